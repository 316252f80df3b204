"""What is owed of a room's keys: from the first that was missed, to those who are still there."""

from __future__ import annotations

from typing import Any

import pytest

from bot.matrix.owed import Owed

ADA, BEA = "@ada:there.example", "@bea:there.example"


def key(index: int, room: str = "!room", session: str = "one") -> dict[str, Any]:
    return {"room_id": room, "session_id": session, "session_key": f"from {index}"}


@pytest.mark.asyncio
async def test_the_key_as_it_was_when_first_missed_is_owed() -> None:
    owed = Owed()

    owed.note(key(3), [ADA], [ADA, BEA])
    owed.note(key(4), [ADA, BEA], [ADA, BEA])

    assert owed.keys(ADA) == [key(3)]
    assert owed.keys(BEA) == [key(4)]


@pytest.mark.asyncio
async def test_who_has_left_is_owed_nothing_of_that_room_any_more() -> None:
    owed = Owed()
    owed.note(key(0), [ADA], [ADA, BEA])
    owed.note(key(0, "!other"), [ADA], [ADA])

    owed.note(key(1), [], [BEA])

    assert owed.keys(ADA) == [key(0, "!other")]


@pytest.mark.asyncio
async def test_what_was_given_is_owed_no_more() -> None:
    owed = Owed()
    owed.note(key(0), [ADA], [ADA])

    owed.paid(ADA, key(0))

    assert owed.users() == []
