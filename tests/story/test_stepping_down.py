"""From activated mode back: it ends over nothing that is open, unless somebody says why (B11)."""

from __future__ import annotations

import pytest

from bot.domain.model import IncidentState, LogEntry
from bot.store import incidents
from tests.story.activation import activated
from tests.story.gathering import the_log
from tests.story.story import Story, unmanned


async def with_an_action(story: Story) -> None:
    """Let the police take something on in the first conference, whose digest nobody approves."""
    await activated(story)
    await story.to("2026-11-03T16:45")
    await story.says("pol.VB", '!åtgärd "hålla körfältet fritt" senast=22.00', "ASK")
    await story.says("lst.TIB", "!avsluta", "ASK")
    await story.says("lst.TIB", "!fastställ M-2026-001", "ASK")
    await story.to("2026-11-03T17:10")


async def state(story: Story) -> str:
    """Tell in which state the incident is."""
    async with story.store.read() as session:
        incident = await incidents.by_id(session, "H-2026-001")
    assert incident
    return incident.state


async def entries(story: Story, what: str) -> list[LogEntry]:
    return [entry for entry in await the_log(story) if entry.what == what]


async def test_stepping_down_lists_what_is_open_and_does_not_end_over_it(story: Story) -> None:
    await with_an_action(story)

    await story.says("lst.TIB", "!avsluta H-2026-001 nedtrappning till=17.40", "direct")
    said = story.told_last("lst.TIB")
    await story.to("2026-11-03T17:40")

    assert said.startswith(
        "[SKARPT LÄGE] Nedtrappning från kl. 17.10, ordinarie läge kl. 17.40, H-2026-001.\n"
        "Ännu öppet:\n"
        "- AT-2026-001, Polisregion Mälarvik: ”hålla körfältet fritt” Klar senast kl. 22.00."
    )
    assert (
        "Läget avslutas inte förrän detta är klart. Eller säg varför det avslutas ändå: "
        '!avsluta H-2026-001 trots="varför"'
    ) in said
    assert "Konferenser som är kvar: kl. 18.30, kl. 20.30." in said
    assert await state(story) == IncidentState.STEPPING_DOWN
    kept = story.find("är inte avslutad: det här är ännu öppet", "direct", "lst.TIB").body
    assert "- AT-2026-001, Polisregion Mälarvik" in kept
    assert "Annars frågar jag igen kl. 18.10." in kept


async def test_what_is_handled_lets_it_end_by_itself_and_all_are_told(story: Story) -> None:
    await activated(story)
    await story.to("2026-11-03T16:20")
    await story.says("lst.TIB", "!avsluta H-2026-001 till=16.30", "direct")

    await story.to("2026-11-03T16:30")

    assert await state(story) == IncidentState.ENDED
    contacts = {
        each.contact_point for each in story.region.organisations.values() if not each.coopted_only
    }
    told = {story.told_last(who) for who in contacts if who != "lst.TIB"}
    (words,) = told
    assert words.startswith("[SKARPT LÄGE] Ordinarie läge från kl. 16.30: H-2026-001 är avslutad.")
    assert words == story.find("Ordinarie läge", "ASK").body


async def test_nothing_is_called_after_it_has_ended(story: Story) -> None:
    await activated(story)
    await story.to("2026-11-03T17:20")
    await story.says("lst.TIB", "!fastställ M-2026-001", "ASK")
    await story.says("lst.TIB", '!avsluta H-2026-001 till=17.30 trots="allt är klart"', "direct")

    await story.to("2026-11-03T22:00")

    assert await state(story) == IncidentState.ENDED
    assert not [body for body in story.said("ASK") if "KA-2026-002" in body]


async def test_ending_over_what_is_open_names_each_thing_with_the_reason(story: Story) -> None:
    await with_an_action(story)

    await story.says(
        "lst.TIB",
        '!avsluta H-2026-001 nedtrappning till=17.40 trots="hallen stänger själv 22.00"',
        "direct",
    )
    said = story.told_last("lst.TIB")
    await story.to("2026-11-03T17:40")

    assert "- AT-2026-001, Polisregion Mälarvik: ”hålla körfältet fritt”" in said
    assert "Allt detta är namngivet med skäl i loggen" in said
    (over,) = await entries(story, "incident.stepped_over")
    assert over.facts["why"] == "hallen stänger själv 22.00"
    assert "AT-2026-001" in over.facts["open"]
    assert await state(story) == IncidentState.ENDED
    assert "Fortsätter i ordinarie läge:\n- AT-2026-001" in story.find("Ordinarie", "ASK").body


async def test_what_is_opened_after_the_reason_was_given_keeps_it(story: Story) -> None:
    await with_an_action(story)
    await story.says("lst.TIB", '!avsluta H-2026-001 till=17.40 trots="klart"', "direct")
    await story.says("reg.TIB", '!åtgärd ASK "ambulans åter" senast=19.00', "ASK")

    await story.to("2026-11-03T17:40")

    assert await state(story) == IncidentState.STEPPING_DOWN
    kept = story.find("är inte avslutad", "direct", "lst.TIB").body
    assert "AT-2026-002" in kept
    assert "AT-2026-001" not in kept


async def test_an_agreement_that_still_holds_keeps_it(story: Story) -> None:
    await activated(story)
    await story.to("2026-11-03T16:45")
    await story.says(
        "lst.TIB", '!förslag tid "fritt körfält" varför="ambulanser" berörda=polisregion', "ASK"
    )
    await story.says("pol.VB", "1", "ASK", to="OV-2026-001")
    await story.says("lst.TIB", "!avsluta", "ASK")

    await story.says("lst.TIB", "!avsluta H-2026-001", "direct")

    assert "- OV-2026-001 gäller tills vidare: ”fritt körfält”" in story.told_last("lst.TIB")
    assert "- M-2026-001: sammanfattningen är inte fastställd." in story.told_last("lst.TIB")


async def test_somebody_else_does_not_end_it(story: Story) -> None:
    await activated(story)

    await story.says("pol.VB", "!avsluta H-2026-001", "direct")

    assert story.told_last("pol.VB").startswith("Det bestämmer den som leder H-2026-001.")
    assert await state(story) == IncidentState.ACTIVATED


async def test_when_the_lead_has_gone_the_next_is_asked(story: Story) -> None:
    await with_an_action(story)
    await story.says("lst.TIB", "!avsluta H-2026-001 till=17.40", "direct")
    await unmanned(story, "lst.TIB")

    await story.to("2026-11-03T17:40")

    assert "är inte avslutad" in story.told_last("kansli.RSIB")


# --- lessons (T20) ---


async def test_lessons_are_asked_for_a_day_and_a_fortnight_after(story: Story) -> None:
    await activated(story)
    await story.says("lst.TIB", "!avsluta H-2026-001 till=16.30", "direct")

    await story.to("2026-11-04T16:30")
    first = story.told_last("vag.VTL")
    await story.says("vag.VTL", '!lärdom H-2026-001 "kvällskontakten var upptagen"', "direct")
    kept = story.told_last("vag.VTL")
    await story.to("2026-11-17T16:30")

    assert first == (
        "[SKARPT LÄGE] H-2026-001: vad borde vi göra på ett annat sätt? "
        'Skriv en mening var: !lärdom H-2026-001 "det jag såg"\n'
        "Händelsen avslutades i går kl. 16.30. Det som är färskt i minnet räcker; jag frågar en "
        "gång till om två veckor."
    )
    assert kept == (
        "LÄ-2026-001 är antecknad för H-2026-001: ”kvällskontakten var upptagen” Sagt som "
        "Vakthavande trafikledare, Trafikverket Mälarvik. Alla: !lärdom H-2026-001"
    )
    assert "detta är sista frågan. Sagt hittills: 1." in story.told_last("lst.TIB")
    assert "- LÄ-2026-001, Vakthavande trafikledare" in story.find("Lärdomar", "ASK").body


async def test_what_goes_on_is_shown_with_its_mode_and_what_comes_next(story: Story) -> None:
    await activated(story)

    await story.says("pol.VB", "!händelser", "direct")

    assert story.told_last("pol.VB") == (
        "Pågår just nu: 1.\n"
        "- H-2026-001 [SKARPT LÄGE] ”Bussbrand i Klippbergstunneln, båda rören stängda”\n"
        "  Aktiverat läge. Leder: Tjänsteperson i beredskap, Länsstyrelsen Mälarvik. "
        "Nästa konferens kl. 16.40."
    )


async def test_a_forum_for_activated_mode_says_whether_it_rests(story: Story) -> None:
    await story.says("lst.TIB", "!forum ASK", "direct")
    at_rest = story.told_last("lst.TIB")
    await activated(story)

    await story.says("lst.TIB", "!forum ASK", "direct")

    assert "Vilar. Används i aktiverat läge." in at_rest
    assert "Aktiverat: H-2026-001. Vad som pågår: !händelser" in story.told_last("lst.TIB")
    assert "Aktiverat: H-2026-001." in story.find("Register", "ASK").body


@pytest.mark.parametrize("words", ["till 17.40", "nu", "kl 18.00 nedtrappning"])
async def test_words_that_are_not_read_do_not_step_it_down_at_another_time(
    story: Story, words: str
) -> None:
    await activated(story)

    await story.says("lst.TIB", f"!avsluta H-2026-001 {words}", "direct")

    assert story.told_last("lst.TIB") == (
        f"”{words}” förstod jag inte, och inget är ändrat i H-2026-001.\n"
        "- Trappa ned till en tid: !avsluta H-2026-001 till=16.42\n"
        '- Avsluta över det som är öppet: !avsluta H-2026-001 trots="varför"'
    )
    assert await state(story) == IncidentState.ACTIVATED
