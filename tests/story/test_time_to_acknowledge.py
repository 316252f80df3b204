"""An exercise's timeline measures until a seat had answered, not until it last said something."""

from __future__ import annotations

import pytest

from tests.story.gathering import comes
from tests.story.story import Story

TWIN = "ÖVN1-TIBG"


@pytest.fixture
async def called(story: Story) -> Story:
    """Let the duty officers' group be called in an exercise, at 08.00 for 08.30."""
    await story.says("lst.TIB", '!öva "Buss" forum=TIBG deltar=lst.TIB,pol.VB', "VSK")
    async with story.store.begin() as session:
        await story._room(session, f"forum:{TWIN}")
    await comes(story, "pol.VB", TWIN)
    await story.says("lst.TIB", "!kalla TIBG 08.30 Bussbrand", TWIN)
    return story


async def acknowledged(story: Story) -> str:
    """End the exercise, and give what it says of the police."""
    await story.says("lst.TIB", "!öva slut", "VSK")
    line = next(it for it in story.said_last("VSK").splitlines() if "Polisregion" in it)
    return line.removeprefix("- Polisregion Mälarvik: kvitterade ").partition(";")[0]


async def test_a_second_answer_does_not_make_the_first_one_late(called: Story) -> None:
    await called.passes(minutes=1)
    await called.taps("pol.VB", "✅", TWIN, "Kallelse KA-")
    await called.passes(minutes=20)
    await called.says("pol.VB", "!deltar", TWIN)

    assert await acknowledged(called) == "1 minut"


async def test_what_was_taken_back_was_no_answer(called: Story) -> None:
    await called.passes(minutes=1)
    tapped = await called.taps("pol.VB", "✅", TWIN, "Kallelse KA-")
    await called.passes(minutes=1)
    await called.takes_back("pol.VB", tapped, TWIN)
    await called.passes(minutes=2)
    await called.says("pol.VB", "!kvittera", TWIN)

    assert await acknowledged(called) == "4 minuter"


async def test_an_answer_by_phone_counts_until_the_own_one_takes_its_place(called: Story) -> None:
    await called.passes(minutes=2)
    await called.says("lst.TIB", "!kvittera KA-2026-001 för=pol per=telefon motläst=ja", TWIN)
    await called.passes(minutes=10)
    await called.says("pol.VB", "!deltar", TWIN)

    assert await acknowledged(called) == "2 minuter"
