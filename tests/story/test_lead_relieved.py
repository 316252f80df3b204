"""The function that leads or judges an event changes hands: its brief says so (R1, R18, R26)."""

from __future__ import annotations

import pytest

from tests.story.activation import FIRE, activated, requested
from tests.story.gathering import gathers
from tests.story.handing_over import LENA, changes_hands, read_anew
from tests.story.story import Story, unmanned

TIB, RSIB = "lst.TIB", "kansli.RSIB"
MET = "är slutvillkoret uppfyllt?"


@pytest.fixture
async def led(story: Story) -> Story:
    """Let the duty officer lead something activated at 16.12, and be relieved at 18.00."""
    await activated(story)
    await read_anew(story)
    await changes_hands(story, TIB, "2026-11-03T18:00")
    return story


def brief(story: Story, who: str = LENA) -> str:
    return story.find(r"tar över|går av|Övertagen", "direct", who).body


# --- the brief ---


async def test_the_brief_says_first_what_is_led_with_what_comes_next(led: Story) -> None:
    await led.to("2026-11-03T17:01")
    await led.says(TIB, "!avsluta M-2026-001", "direct")
    await led.says(TIB, "!uppfyllt H-2026-001 nej", "direct")

    await led.to("2026-11-03T17:45")

    assert (
        "Ta över med ✅ eller !övertar AV-2026-001. Jonas Ek har funktionen till dess.\n"
        "Funktionen leder eller bedömer:\n"
        f"- H-2026-001, aktiverat läge: ”{FIRE}” Funktionen leder.\n"
        "  Slutvillkor: ”tunneln öppen i båda riktningar”. Nästa konferens kl. 18.30.\n"
        "Det här ligger på funktionen:"
    ) in brief(led)
    assert brief(led, TIB) == brief(led)


async def test_a_question_that_nobody_has_answered_stands_in_it(led: Story) -> None:
    await led.to("2026-11-03T17:45")

    assert (
        "Nästa konferens kl. 18.30.\n"
        "  Obesvarat efter M-2026-001: är slutvillkoret uppfyllt? !uppfyllt H-2026-001 ja "
        "eller !uppfyllt H-2026-001 nej"
    ) in brief(led)


async def test_that_the_end_condition_is_met_stands_in_it_with_what_to_write(led: Story) -> None:
    await led.to("2026-11-03T17:06")
    await led.says(TIB, "!uppfyllt H-2026-001 ja", "direct")

    await led.to("2026-11-03T17:45")

    assert (
        "  Slutvillkoret är uppfyllt sedan kl. 17.06. Trappa ned: !avsluta H-2026-001 nedtrappning"
    ) in brief(led)


async def test_stepping_down_is_said_with_until_when(led: Story) -> None:
    await led.to("2026-11-03T17:30")
    await led.says(TIB, "!avsluta H-2026-001 nedtrappning till=19.00", "direct")

    await led.to("2026-11-03T17:45")

    assert f"- H-2026-001, nedtrappning: ”{FIRE}” Funktionen leder. Ordinarie läge kl. 19.00." in (
        brief(led)
    )


async def test_without_a_next_conference_the_line_to_copy_is_there(story: Story) -> None:
    await activated(story, '!bedöm H-2026-001 aktivera rytm=16.40,17.30 slutvillkor="släckt"')
    await read_anew(story)
    await changes_hands(story, TIB, "2026-11-03T18:00")

    await story.to("2026-11-03T18:00")

    assert "Ingen mer konferens är bestämd: !rytm H-2026-001 22.30" in brief(story)


async def test_who_judges_what_another_leads_sees_who_leads_it(story: Story) -> None:
    await activated(story)
    await read_anew(story)
    await changes_hands(story, RSIB, "2026-11-03T18:00")

    await story.to("2026-11-03T17:45")

    assert (
        f"- H-2026-001, aktiverat läge: ”{FIRE}” "
        "Leder: Tjänsteperson i beredskap, Länsstyrelsen Mälarvik.\n" in brief(story)
    )


async def test_what_is_followed_stands_in_it_with_when_it_is_judged_anew(story: Story) -> None:
    await requested(story)
    await story.says(TIB, "bedöm H-2026-001 följ kl 20.00", "direct")
    await read_anew(story)
    await changes_hands(story, TIB, "2026-11-03T18:00")

    await story.to("2026-11-03T17:45")

    assert f"- H-2026-001, följs: ”{FIRE}” Bedöms på nytt kl. 20.00." in brief(story)


async def test_who_neither_leads_nor_judges_gets_no_such_line(story: Story) -> None:
    await activated(story)
    await read_anew(story)
    await changes_hands(story, "pol.VB", "2026-11-03T18:00")

    await story.to("2026-11-03T17:45")

    assert "leder eller bedömer" not in brief(story)


async def test_in_english(led: Story) -> None:
    await led.says(LENA, "!help", "direct")
    await led.to("2026-11-03T17:45")

    said = led.find("takes over", "direct", LENA).body
    assert f"- H-2026-001, activated mode: “{FIRE}” The function leads it.\n" in said
    assert "Unanswered after M-2026-001: is the end condition met? !met H-2026-001 yes" in said


# --- what was asked of the one who goes ---


async def test_the_open_question_is_asked_of_whoever_comes_with_its_form(led: Story) -> None:
    await led.to("2026-11-03T17:59")
    before = [it for it in led.told(LENA) if f"H-2026-001, efter M-2026-001: {MET}" in it]
    await led.to("2026-11-03T18:00")

    assert before == []
    asked = led.find(f"efter M-2026-001: {MET}", "direct", LENA)
    assert "Varför du: du leder nu, och frågan är inte besvarad.\n" in asked.body
    assert asked.letter.content["mention"] == [LENA]
    await led.chooses(LENA, "not_met", "direct", on="Är slutvillkoret")
    assert "slutvillkoret är inte uppfyllt kl. 18.00" in led.told_last(LENA)


async def test_what_was_answered_is_not_asked_again(led: Story) -> None:
    await led.to("2026-11-03T17:06")
    await led.says(TIB, "!uppfyllt H-2026-001 nej", "direct")

    await led.to("2026-11-03T18:10")

    assert not any(f"H-2026-001, efter M-2026-001: {MET}" in it for it in led.told(LENA))


async def test_where_nobody_leads_any_more_the_next_is_asked_once(led: Story) -> None:
    await led.to("2026-11-03T18:10")

    await unmanned(led, TIB)
    await read_anew(led)
    await read_anew(led)

    assert len([it for it in led.told(RSIB) if f"efter M-2026-001: {MET}" in it]) == 1


async def test_who_is_to_lead_a_meeting_is_asked_of_whoever_comes(story: Story) -> None:
    await story.to("2026-11-03T15:54")
    await read_anew(story)
    await gathers(story, "ASK", but=[TIB, RSIB])
    await story.says(RSIB, "!kalla ASK 16.20 köerna", "direct")
    await story.says("pol.VB", "kvittera", "direct")
    await changes_hands(story, RSIB, "2026-11-03T16:25")
    await story.to("2026-11-03T16:21")
    assert any(it.startswith("Vem ska leda") for it in story.told(RSIB))

    await story.to("2026-11-03T16:25")

    assert len([it for it in story.told(LENA) if it.startswith("Vem ska leda")]) == 1
    await story.says(LENA, "1", "direct", to="Vem ska leda")
    assert "leder Aktiverad samverkanskonferens (M-2026-001)" in story.said_last("ASK")


async def test_who_is_to_lead_is_not_asked_again_once_it_is_said(story: Story) -> None:
    await story.to("2026-11-03T15:54")
    await read_anew(story)
    await gathers(story, "ASK", but=[TIB, RSIB])
    await story.says(RSIB, "!kalla ASK 16.20 köerna", "direct")
    await story.says("pol.VB", "kvittera", "direct")
    await changes_hands(story, RSIB, "2026-11-03T16:25")
    await story.to("2026-11-03T16:21")
    await story.says(RSIB, "1", "direct", to="Vem ska leda")

    await story.to("2026-11-03T16:30")

    assert not any(it.startswith("Vem ska leda") for it in story.told(LENA))
