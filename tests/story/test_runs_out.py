"""A function's last known holder ends: who can renew it is told in time, and once (T18)."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.domain.region import Held
from bot.store.rosters import import_roster
from tests.story.story import OPERATOR, Story, unmanned

FUNCTION, HOLDER, CONTACT = "mil.VB", "@ada.ek:malarvik.example", "@bo.ek:malarvik.example"


def local(story: Story, written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=story.region.timezone)


async def lists(story: Story, *rows: tuple[int, str, str, str | None]) -> None:
    """Take a roster in: rank, name, from and to in local time."""
    held = [
        Held(
            FUNCTION,
            rank,
            f"@{name}:malarvik.example",
            name,
            local(story, starts),
            local(story, ends) if ends else None,
        )
        for rank, name, starts, ends in rows
    ]
    async with story.store.begin() as session:
        await import_roster(session, story.region, held, story.clock.now())
    await story.passes(seconds=0)


def said(story: Story, mxid: str = HOLDER) -> list[str]:
    return [
        message.body.replace("\u2060", "")
        for message in story.rooms.get(f"direct:{mxid}", [])
        if "tala om vem som tar vid" in message.body
    ]


def told_operators(story: Story) -> list[str]:
    return [body for body in story.told(OPERATOR) if "tala om vem som tar vid" in body]


@pytest.fixture
async def ending(story: Story) -> Story:
    """Let Ada have the duty until 2 November at 08.00, and nobody after."""
    await unmanned(story, FUNCTION)
    await lists(story, (1, "ada.ek", "2026-10-12T08:00", "2026-11-02T08:00"))
    return story


async def test_the_morning_before_fourteen_days_are_left_it_is_told_once(ending: Story) -> None:
    await ending.to("2026-10-18T08:59")
    before = said(ending)
    await ending.to("2026-10-18T09:00")
    await ending.to("2026-10-25T09:00")

    assert before == []
    (told,) = said(ending)
    assert told == (
        "Det är inte känt att någon har Vakthavande befäl, Militärregionen (mil.VB) efter 2 nov "
        "kl. 08.00: tala om vem som tar vid. Den sista är ada.ek. Därefter är funktionen "
        "obemannad: då finns ingen att fråga på platsen, och det är något annat än att någon "
        "har förhinder.\n"
        "Gör så här: skicka nästa jourlista till den som sköter mig (samverkan roster import FIL)."
    )
    assert len(told_operators(ending)) == 1


async def test_a_roster_that_goes_on_is_not_told_of(ending: Story) -> None:
    await ending.to("2026-10-15T09:00")
    await lists(
        ending,
        (1, "ada.ek", "2026-10-12T08:00", "2026-11-02T08:00"),
        (1, "bo.ek", "2026-11-02T08:00", "2026-11-20T08:00"),
    )
    await ending.to("2026-11-04T09:00")

    assert said(ending) == said(ending, CONTACT) == []


async def test_a_roster_that_goes_on_and_ends_in_turn_is_told_of_anew(ending: Story) -> None:
    await ending.to("2026-10-19T09:00")
    await lists(
        ending,
        (1, "ada.ek", "2026-10-12T08:00", "2026-11-02T08:00"),
        (1, "bo.ek", "2026-11-02T08:00", "2026-11-20T08:00"),
    )
    await ending.to("2026-11-05T09:00")

    assert len(said(ending)) == 1
    assert len(said(ending, CONTACT)) == 1
    assert "Den sista är bo.ek." in said(ending, CONTACT)[0]


async def test_a_roster_that_is_short_already_is_told_of_at_once(story: Story) -> None:
    await unmanned(story, FUNCTION)

    await lists(
        story,
        (1, "ada.ek", "2026-10-12T08:00", "2026-10-14T08:00"),
        (2, "cia.ek", "2026-10-12T08:00", None),
    )

    assert "Därefter tillfrågas ersättaren först." in said(story)[0]


async def test_a_seat_that_nobody_has_is_unmanned_and_not_prevented(ending: Story) -> None:
    await ending.to("2026-11-02T08:00")

    await ending.says("lst.TIB", "!kalla TIBG 09.30 bedöma läget", "TIBG")

    assert "Militärregionen (frivillig) (obemannad)" in ending.said_last("TIBG")
    assert told_operators(ending) != []
