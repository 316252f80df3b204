"""A tap on a summons or a carry-back, taken off again: the call and the part go on without it."""

from __future__ import annotations

import pytest

from bot.domain.model import CallState, CarryBackState
from tests.story.gathering import gathers, the_calls, the_log
from tests.story.meeting_room import published, thursday
from tests.story.story import Story, mxid_of
from tests.story.test_carry_back import part_of

KA = "KA-2026-001"
ANSWER = f"\nSvara så här: !deltar {KA}, !kvittera {KA} eller !förhinder {KA}"
REMOVED = f"{KA}: ditt svar är tillbakataget, eftersom du tog bort det.\n"


@pytest.fixture
async def called(story: Story) -> Story:
    """Call the duty officers' group at 15.54 one Tuesday; all are in its room."""
    await story.to("2026-11-03T15:54")
    await gathers(story, "TIBG")
    await story.says("lst.TIB", "!kalla TIBG 16.04 bedöma behovet av samordning", "TIBG")
    return story


async def test_in_time_who_takes_the_tap_off_is_asked_as_before(called: Story) -> None:
    tap = await called.taps("pol.VB", "✅", "TIBG", "Kallelse")
    await called.passes(minutes=2)

    await called.takes_back("pol.VB", tap, "TIBG")
    told = called.told_last("pol.VB")
    before = called.told("pol.VB/2")
    await called.passes(minutes=3)

    assert told == (
        REMOVED + "- Vakthavande befäl, Polisregion Mälarvik: svara senast kl. 15.59, "
        "sedan söks nästa." + ANSWER
    )
    assert before == []
    assert called.told_last("pol.VB/2").startswith(f"Kallelse {KA} till TiB-gruppen")


async def test_after_their_time_the_next_is_asked_at_once(called: Story) -> None:
    tap = await called.taps("pol.VB", "✅", "TIBG", "Kallelse")
    await called.passes(minutes=7)

    await called.takes_back("pol.VB", tap, "TIBG")

    assert called.told_last("pol.VB/2").startswith(f"Kallelse {KA} till TiB-gruppen")
    assert called.told_last("pol.VB") == (
        REMOVED + "- Vakthavande befäl, Polisregion Mälarvik: nu söks ersättare 1." + ANSWER
    )
    assert (await the_calls(called))["pol.VB"].state == CallState.ASKED
    assert (await the_log(called))[-1].what == "call.taken_back"


async def test_what_was_answered_before_it_counts_again(called: Story) -> None:
    await called.taps("pol.VB", "✅", "TIBG", "Kallelse")
    said = await called.says("pol.VB", f"!deltar {KA}", "TIBG")

    await called.takes_back("pol.VB", said, "TIBG")

    assert (await the_calls(called))["pol.VB"].state == CallState.ACKNOWLEDGED
    assert "nu gäller det du svarade innan (kvitterat)" in called.told_last("pol.VB")


async def test_the_deputy_who_has_answered_stands_in_when_the_holder_takes_it_back(
    called: Story,
) -> None:
    await called.passes(minutes=5)
    await called.taps("pol.VB/2", "✅", "direct", "Kallelse")
    tap = await called.taps("pol.VB", "✅", "TIBG", "Kallelse")

    await called.takes_back("pol.VB", tap, "TIBG")

    assert (await the_calls(called))["pol.VB"].answered_by == mxid_of("pol.VB/2")
    assert "ersättare 1 har svarat." in called.told_last("pol.VB")


async def test_who_is_no_longer_prevented_is_not_asked_twice(called: Story) -> None:
    said = await called.says("pol.VB", f"!förhinder {KA}", "TIBG")

    await called.takes_back("pol.VB", said, "TIBG")
    await called.says("pol.VB", f"!deltar {KA}", "TIBG")

    assert (await the_calls(called))["pol.VB"].answered_by == mxid_of("pol.VB")
    assert sum("Kallelse" in each for each in called.told("pol.VB/2")) == 1


async def test_a_moderator_takes_nobodys_acknowledgement_back(called: Story) -> None:
    tap = await called.taps("pol.VB", "✅", "TIBG", "Kallelse")

    await called.takes_back("lst.TIB", tap, "TIBG")

    assert (await the_calls(called))["pol.VB"].state == CallState.ACKNOWLEDGED
    assert called.said_last("TIBG") == (
        f"{KA}: någon annan har tagit bort svaret från Vakthavande befäl, Polisregion Mälarvik. "
        "Det gäller ändå: bara den som svarade tar tillbaka det.\n"
        f"Ska det ändras: !deltar {KA} eller !förhinder {KA}"
    )


async def test_when_the_meeting_is_over_the_answer_stands(called: Story) -> None:
    tap = await called.taps("pol.VB", "✅", "TIBG", "Kallelse")
    await called.passes(days=1)

    await called.takes_back("pol.VB", tap, "TIBG")

    assert called.told_last("pol.VB").startswith(
        f"Mötet är över, så ditt svar på {KA} står kvar fast du har tagit bort det."
    )
    assert (await the_calls(called))["pol.VB"].state == CallState.ACKNOWLEDGED


async def test_what_is_received_is_taken_back_until_it_is_carried(story: Story) -> None:
    await published(story)

    tap = await story.taps("lindo.SAK", where="direct")
    await story.takes_back("lindo.SAK", tap, "direct")
    back = await part_of(story, "lindo")
    told = story.told_last("lindo.SAK")
    again = await story.says("lindo.SAK", "mottagen", "direct")
    await story.says("lindo.SAK", "återförd", "direct")
    await story.takes_back("lindo.SAK", again, "direct")

    assert (back.state, back.received_at) == (CarryBackState.SENT, None)
    assert told.startswith(f"{back.id} (Lindö kommun): mottagandet är återtaget, eftersom du tog")
    assert story.told_last("lindo.SAK").startswith(f"{back.id} (Lindö kommun) är redan framförd")
    assert (await part_of(story, "lindo")).state == CarryBackState.CARRIED


async def test_what_is_confirmed_by_mistake_is_lacking_again(story: Story) -> None:
    await published(story)
    await story.says("lindo.SAK", "återförd", "direct", to="Återföring")
    tap = await story.taps("lindo.KD", where="direct")

    await story.takes_back("lindo.KD", tap, "direct")

    row = await part_of(story, "lindo")
    assert (row.state, row.confirmed_at) == (CarryBackState.CARRIED, None)
    assert story.told_last("lindo.KD").endswith(f"Skriv så här när det stämmer: !bekräfta {row.id}")


async def test_what_is_published_stays_published(story: Story) -> None:
    await thursday(story)
    await story.says("lst.TIB", "!avsluta")
    tap = await story.taps("lst.TIB", where="direct")

    await story.takes_back("lst.TIB", tap, "direct")

    assert story.told_last("lst.TIB").startswith(
        "Sammanfattningen av M-2026-118 är utskickad och gäller, fast du har tagit bort"
    )
