"""Promises of the paces: one person's own limit is theirs alone."""

from __future__ import annotations

from bot.matrix.paces import Paces, kind_of

ROOM = "/_matrix/client/v3/rooms/!direct"


async def test_who_may_not_be_invited_for_minutes_holds_up_no_message() -> None:
    paces = Paces()
    eli, kim = (kind_of("PUT", f"{ROOM}/state/m.room.member/%40{it}") for it in ("eli", "kim"))
    message, name = (kind_of("PUT", f"{ROOM}/{it}") for it in ("send/m.room.message/1", "state/n"))

    paces.limited(eli, 333.0, None)

    assert paces.wait(eli) > 300.0
    assert [paces.wait(it) for it in (kim, message, name)] == [0.0, 0.0, 0.0]
    assert message == name
