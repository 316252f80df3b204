"""Who was told that somebody else had answered, and is waited for after all, is called anew."""

from __future__ import annotations

import pytest

from bot.domain.model import CallState
from bot.store import holdings
from tests.story.gathering import gathers, the_calls
from tests.story.handing_over import read_anew
from tests.story.meeting_room import at
from tests.story.story import Story


@pytest.fixture
async def answered(story: Story) -> Story:
    """Call the duty officers at 15.54; the police's deputy is asked when the holder answers."""
    await story.to("2026-11-03T15:54")
    await gathers(story, "TIBG", but=["pol.VB"])
    await story.says("lst.TIB", "!kalla TIBG +1h bedöma behovet av samordning", "TIBG")
    await story.to("2026-11-03T16:00")
    await story.says("pol.VB", "kvittera", "direct")
    return story


async def test_a_deputy_who_was_told_not_to_answer_is_called_anew_when_the_holder_cannot_come(
    answered: Story,
) -> None:
    told = answered.told_last("pol.VB/2")
    await answered.to("2026-11-03T16:10")

    await answered.says("pol.VB", "förhinder", "direct")

    assert "du behöver inte svara, någon annan har svarat." in told
    again = answered.find("behövs ändå", "direct", "pol.VB/2")
    assert again.body == (
        "Kallelse KA-2026-001 till TiB-gruppen (första kontakt): du behövs ändå, kvittera senast "
        "kl. 16.13 (✅). Mötet börjar kl. 16.54.\n"
        "Svaret för Vakthavande befäl, Polisregion Mälarvik gäller inte längre.\n"
        "Svara ✅ eller kvittera KA-2026-001; kan du inte: förhinder KA-2026-001."
    )
    assert again.letter.content["call"]
    assert again.letter.content["mention"] == ["@pol.vb-2:malarvik.example"]
    assert "kvittera senast kl. 16.13 (✅)" in answered.find("Varför", "direct", "pol.VB/2").body
    assert not answered.told("pol.VB/3")


async def test_one_tap_on_it_answers_and_silence_goes_on_to_the_next(answered: Story) -> None:
    await answered.to("2026-11-03T16:10")
    await answered.says("pol.VB", "förhinder", "direct")
    await answered.taps("pol.VB/2", where="direct", to="behövs ändå")

    tapped = (await the_calls(answered))["pol.VB"]

    assert (tapped.state, tapped.rank) == (CallState.ACKNOWLEDGED, 2)

    await answered.says("pol.VB/2", "förhinder", "direct")
    assert "Varför: ersättare 1 har förhinder." in answered.told_last("pol.VB/3")


async def test_who_is_silent_after_all_is_followed_at_that_minute(answered: Story) -> None:
    await answered.to("2026-11-03T16:10")
    await answered.says("pol.VB", "förhinder", "direct")

    await answered.to("2026-11-03T16:12")
    before = answered.told("pol.VB/3")
    await answered.to("2026-11-03T16:13")

    assert before == []
    assert "kvittera senast kl. 16.16 (✅)" in answered.told_last("pol.VB/3")


async def test_a_holder_is_called_anew_who_was_still_waited_for_when_a_deputy_answered(
    story: Story,
) -> None:
    await story.to("2026-11-03T15:54")
    await gathers(story, "TIBG")
    await story.says("lst.TIB", "!kalla TIBG +1h bedöma behovet av samordning", "TIBG")
    said = await story.says("pol.VB/2", "deltar", "direct")
    await story.to("2026-11-03T16:20")

    await story.takes_back("pol.VB/2", said, "direct")

    assert "senast kl. 16.23 (✅)" in story.find("behövs ändå", "direct", "pol.VB").body
    assert not story.told("pol.VB/3")


async def test_who_takes_back_their_own_answer_has_no_more_time_by_it(answered: Story) -> None:
    await answered.to("2026-11-03T16:01")
    tap = await answered.taps("pol.VB/2", where="direct", to="Kallelse KA-")
    await answered.says("pol.VB", "förhinder", "direct")
    await answered.takes_back("pol.VB/2", tap, "direct")

    await answered.to("2026-11-03T16:02")

    assert not [it for it in answered.told("pol.VB/2") if "behövs ändå" in it]
    assert "kvittera senast kl. 16.05 (✅)" in answered.told_last("pol.VB/3")


async def test_who_has_the_function_no_more_is_not_called_anew_the_next_is_asked_at_once(
    answered: Story,
) -> None:
    async with answered.store.begin() as session:
        for held in await holdings.holders(session, "pol.VB", answered.clock.now()):
            held.ends = held.ends if held.rank != 2 else at(answered, "2026-11-03T16:05")
            session.add(held)
    await read_anew(answered)
    await answered.to("2026-11-03T16:10")

    await answered.says("pol.VB", "förhinder", "direct")

    assert not [it for it in answered.told("pol.VB/2") if "behövs ändå" in it]
    assert "kvittera senast kl. 16.13 (✅)" in answered.told_last("pol.VB/3")
