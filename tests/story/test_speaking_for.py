"""By phone, for an organisation that cannot answer here: who says so stands beside it (R10)."""

from __future__ import annotations

import pytest

from bot.domain.model import CallState
from bot.store import log
from tests.story.gathering import gathers, the_calls
from tests.story.story import Story, unmanned

RSIB = "Regional samverkanskoordinator i beredskap, Samordningskansliet"
MARK = f"Rosviks kommun (per telefon, sagt av {RSIB}, motläst)"
LINE = "!kvittera KA-1 för=rosvik per=telefon motläst=ja"


@pytest.fixture
async def called(story: Story) -> Story:
    """Call the activated conference; Rosvik's duty officer is not in the room."""
    await story.to("2026-11-03T15:54")
    await gathers(story, "ASK", but=["rosvik.TIB"])
    await story.says("lst.TIB", "!kalla ASK 16.20 köerna", "ASK")
    return story


async def test_it_is_recorded_with_who_says_so_and_whether_it_was_read_back(
    called: Story,
) -> None:
    await called.says("kansli.RSIB", LINE, "direct")

    call = (await the_calls(called))["rosvik.TIB"]
    assert (call.state, call.answered_by) == (CallState.ACKNOWLEDGED, None)
    assert (call.said_by, call.said_how, call.read_back) == ("kansli.RSIB", "phone", True)
    async with called.store.read() as session:
        entry = await log.latest(session, "call.acknowledged", "KA-2026-001")
    assert entry
    assert (entry.function, entry.facts["seat"]) == ("kansli.RSIB", "rosvik.TIB")
    assert (entry.facts["how"], entry.facts["read_back"]) == ("phone", True)
    assert called.find("Noterat för KA-2026-001", "direct", "kansli.RSIB").body.startswith(
        "Noterat för KA-2026-001: kvitterat, åt Tjänsteperson i beredskap, "
        f"Rosviks kommun (per telefon, sagt av {RSIB}, motläst)."
    )


async def test_it_is_shown_as_that_in_the_status_and_at_the_opening(called: Story) -> None:
    await called.says("kansli.RSIB", LINE, "direct")

    assert f"Svarat på annat sätt: {MARK}." in called.find("Kvitterat 1 av", "ASK").body
    await called.to("2026-11-03T16:20")
    opening = called.find("Upprop utgår", "ASK").body
    assert f"Svarat på annat sätt: {MARK}." in opening
    assert "Närvarande 0 av" in opening


async def test_nobody_is_asked_for_the_seat_any_more(called: Story) -> None:
    await called.says("kansli.RSIB", LINE, "direct")
    before = called.told("rosvik.TIB/2")

    await called.passes(minutes=10)

    assert called.told("rosvik.TIB/2") == before


async def test_the_organisation_is_told_that_it_was_spoken_for(called: Story) -> None:
    await called.says("kansli.RSIB", LINE, "direct")

    assert called.told_last("rosvik.TIB").startswith(
        "Någon har svarat åt Rosviks kommun på KA-2026-001: kvitterat (per telefon, sagt av "
    )


@pytest.mark.parametrize("who", ["rosvik.TIB", "rosvik.TIB/2"])
async def test_its_own_later_answer_takes_the_place_of_it(called: Story, who: str) -> None:
    await called.says("kansli.RSIB", LINE, "direct")

    await called.says(who, "deltar KA-1", "direct")

    call = (await the_calls(called))["rosvik.TIB"]
    assert (call.state, call.said_by) == (CallState.ATTENDING, None)
    assert "Svarat på annat sätt" not in called.find("Kvitterat 1 av", "ASK").body


async def test_its_own_later_no_lets_the_next_be_asked(called: Story) -> None:
    await called.says("kansli.RSIB", LINE, "direct")

    await called.says("rosvik.TIB", "förhinder KA-1", "direct")

    call = (await the_calls(called))["rosvik.TIB"]
    assert (call.state, call.said_by) == (CallState.ASKED, None)
    assert "Du kallas som ersättare 1" in called.told_last("rosvik.TIB/2")


async def test_what_it_has_answered_by_itself_nobody_answers_for(called: Story) -> None:
    await called.says("rosvik.TIB", "deltar KA-1", "direct")

    await called.says("kansli.RSIB", "!förhinder KA-1 för=rosvik per=telefon", "direct")

    assert (await the_calls(called))["rosvik.TIB"].state == CallState.ATTENDING
    assert called.told_last("kansli.RSIB") == (
        "Rosviks kommun har svarat själva på KA-2026-001, och det svaret gäller. "
        "De kan ändra det själva."
    )


async def test_by_phone_an_organisation_can_say_that_it_cannot_come(called: Story) -> None:
    await called.says("kansli.RSIB", "!decline KA-1 for=rosvik by=phone", "direct")

    status = called.find("Kvitterat 0 av", "ASK").body
    assert f"Förhinder: Rosviks kommun (per telefon, sagt av {RSIB}, inte motläst)." in status


async def test_a_no_by_phone_stands_when_somebody_else_answers(called: Story) -> None:
    await called.says("kansli.RSIB", "!förhinder KA-1 för=rosvik per=telefon", "direct")
    before = called.told("rosvik.TIB/2")

    await called.says("pol.VB", "deltar KA-1", "direct")
    await called.passes(minutes=10)

    call = (await the_calls(called))["rosvik.TIB"]
    assert (call.state, call.said_by) == (CallState.PREVENTED, "kansli.RSIB")
    assert called.told("rosvik.TIB/2") == before


async def test_what_was_said_for_the_wrong_one_is_taken_back_by_removing_it(called: Story) -> None:
    said = await called.says("kansli.RSIB", LINE, "direct")
    await called.passes(minutes=10)

    await called.takes_back("kansli.RSIB", said, "direct")

    call = (await the_calls(called))["rosvik.TIB"]
    assert (call.state, call.said_by) == (CallState.ASKED, None)
    assert "Svarat på annat sätt" not in called.find("Kvitterat 0 av", "ASK").body
    assert called.told_last("kansli.RSIB").startswith(
        "KA-2026-001: ditt svar åt Rosviks kommun är tillbakataget, eftersom du tog bort det."
    )
    assert called.told_last("rosvik.TIB").startswith(
        "Svaret åt Rosviks kommun på KA-2026-001 gäller inte längre: det är tillbakataget."
    )
    before = called.told("rosvik.TIB/2")
    await called.passes(minutes=3)
    assert called.told("rosvik.TIB/2") != before


async def test_what_was_said_again_since_stands(called: Story) -> None:
    first = await called.says("kansli.RSIB", LINE, "direct")
    await called.says("kansli.RSIB", "!deltar KA-1 för=rosvik per=telefon", "direct")

    await called.takes_back("kansli.RSIB", first, "direct")

    call = (await the_calls(called))["rosvik.TIB"]
    assert (call.state, call.said_by) == (CallState.ATTENDING, "kansli.RSIB")


async def test_only_who_leads_called_or_coordinates_speaks_for_another(called: Story) -> None:
    await called.says("hamn.JOUR", LINE, "direct")

    assert (await the_calls(called))["rosvik.TIB"].said_by is None
    assert called.told_last("hamn.JOUR").startswith("Att svara åt ”rosvik” på KA-2026-001 kan den")


async def test_who_has_no_seat_there_cannot_be_spoken_for(called: Story) -> None:
    await called.says("kansli.RSIB", "!kvittera KA-1 för=bana", "direct")

    assert called.told_last("kansli.RSIB").startswith("”bana” har ingen plats")


async def test_where_nobody_has_the_function_the_contact_point_is_told(called: Story) -> None:
    await unmanned(called, "granholm.SAK")

    await called.says("kansli.RSIB", "!kvittera KA-1 för=granholm", "direct")

    assert (await the_calls(called))["granholm.SAK"].said_by == "kansli.RSIB"


# --- positions ---


@pytest.fixture
async def proposed(called: Story) -> Story:
    """Propose something that Rosvik and the military command take a position on."""
    await called.to("2026-11-03T16:20")
    await called.says(
        "lst.TIB", '!förslag resurs "Vi öppnar hallen." varför="kö" berörda=rosvik,pol', "ASK"
    )
    return called


async def test_a_mandate_binds_who_is_spoken_for(proposed: Story) -> None:
    await proposed.says(
        "kansli.RSIB", "!ståndpunkt OV-1 1 för=rosvik per=telefon motläst=ja", "direct"
    )

    shown = proposed.find("OV-2026-001 prövas", "ASK").body
    assert "Förankrar: " in shown
    assert f"{MARK} till" in shown
    assert proposed.told_last("rosvik.TIB").startswith(
        "Någon har svarat åt Rosviks kommun på OV-2026-001: måste förankra"
    )


async def test_inside_it_the_position_stands_as_said_and_its_own_answer_replaces_it(
    proposed: Story,
) -> None:
    await proposed.says("kansli.RSIB", "!ståndpunkt OV-1 4 för=pol per=radio", "direct")

    assert f"Biträder inte: Polisregion Mälarvik (över radio, sagt av {RSIB}, inte motläst)." in (
        proposed.find("OV-2026-001 prövas", "ASK").body
    )
    await proposed.says("pol.VB/2", "1", "ASK", to="OV-2026-001 prövas")
    assert "Biträder: Polisregion Mälarvik." in proposed.find("OV-2026-001 prövas", "ASK").body
