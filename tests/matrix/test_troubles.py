"""What is read of the bot's own standing in a room, and of an event's age."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.matrix import troubles
from bot.matrix.ears import Ears

ME, OTHER = "@bot:here", "@admin:here"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def state(kind: str, content: object, before: object = None, **more: object) -> dict[str, Any]:
    raw = {"type": kind, "state_key": "", "sender": OTHER, "content": content, **more}
    return raw if before is None else {**raw, "unsigned": {"prev_content": before}}


def power(*, now: object, before: object) -> dict[str, Any]:
    return state("m.room.power_levels", {"users": now}, {"users": before})


def member(membership: object, who: str = ME, by: str = OTHER) -> dict[str, Any]:
    return state("m.room.member", {"membership": membership}, state_key=who, sender=by)


MEGOLM = {"algorithm": "m.megolm.v1.aes-sha2"}


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (member("leave"), "kicked"),
        (member("leave", by=ME), "left"),
        (member("ban"), "banned"),
        (member("join"), None),
        (member("leave", who=OTHER), None),
        (member(["leave"]), None),
        (state("m.room.tombstone", {"replacement_room": "!x"}), "replaced"),
        (state("m.room.tombstone", {}), "replaced"),
        (state("m.room.tombstone", {}, state_key="x"), None),
        (power(now={OTHER: 100}, before={ME: 100}), "demoted"),
        (power(now={ME: 50}, before={ME: 100}), "demoted"),
        (power(now={}, before={ME: 100}), "demoted"),
        (power(now={ME: 100}, before={ME: 100}), None),
        (power(now={ME: 100}, before={}), None),
        (state("m.room.power_levels", {"users": {ME: 100}}), None),
        (power(now={OTHER: 50}, before={OTHER: 100}), None),
        (state("m.room.power_levels", {}, {"users": [ME]}), None),
        (power(now={ME: "100"}, before={ME: 100}), "demoted"),
        (state("m.room.power_levels", "x", {"users": {ME: 100}}), "demoted"),
        (state("m.room.power_levels", {"users": {}}, {"users": {ME: [100]}}), None),
        (state("m.room.encryption", MEGOLM), None),
        (state("m.room.encryption", MEGOLM, {}), None),
        (state("m.room.encryption", {}), "unsealed"),
        (state("m.room.encryption", {"algorithm": "org.forged"}), "unsealed"),
        (state("m.room.encryption", {"algorithm": ["m.megolm.v1.aes-sha2"]}), "unsealed"),
        (state("m.room.encryption", []), "unsealed"),
        (state("m.room.encryption", {}, state_key="x"), None),
        (state("m.room.name", {"name": "x"}), None),
        ({"type": ["m.room.member"]}, None),
        ({}, None),
    ],
)
def test_what_was_done_to_the_bot_is_known_from_the_event(
    raw: dict[str, Any], what: str | None
) -> None:
    assert troubles.found(raw, ME) == what


@pytest.mark.parametrize(
    ("told", "seconds"),
    [(90_000, 90), (0, 0), (-5, 0), ("9", 0), (None, 0), ([9], 0), (10**30, 10**10)],
)
def test_an_events_age_is_as_the_server_tells_it_and_never_absurd(
    told: object, seconds: int
) -> None:
    assert troubles.age({"unsigned": {"age": told}}, NOW, NOW) == timedelta(seconds=seconds)


def test_an_event_without_anything_unsigned_has_no_age() -> None:
    assert troubles.age({"unsigned": "x"}, NOW, NOW) == timedelta()


class NoKeys:
    """A keyring that opens nothing."""

    def opened(self, _room_id: str, _event: object) -> None:
        return None


def heard(*timeline: dict[str, Any]) -> list[str]:
    """Let the ears read those events of one room; give the kinds of what was heard."""
    dated = [
        {**raw, "event_id": f"${number}", "origin_server_ts": 1}
        for number, raw in enumerate(timeline)
    ]
    sync = {"next_batch": "b", "rooms": {"join": {"!r": {"timeline": {"events": dated}}}}}
    read = Ears(ME, (), NoKeys(), lambda: NOW).read(sync, first=False)
    return [type(event).__name__ for event in read.events]


def test_a_room_that_the_bot_is_back_in_is_not_told_of_as_lost() -> None:
    assert "Troubled" in heard(member("leave"))
    assert "Troubled" not in heard(member("leave"), member("join", by=ME))
    assert "Troubled" in heard(member("join", by=ME), state("m.room.tombstone", {}))
