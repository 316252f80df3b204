"""On a real homeserver a function changes hands: the room follows, a former tap is nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.homeserver.hour import TAP, hour

SCRIPT = (
    (1, "kim", "direct", 'relieve aa.DUTY Mio at 09:20 "The key is in the box"'),
    (6, "mio", "direct", "takeover"),
    (18, "kim", "WEEK", "!summon WEEK 09:40 The bridge is closed"),
    (21, "kim", "WEEK", TAP),
    (22, "mio", "WEEK", TAP),
)


def _told(messages: list[str], words: str) -> list[str]:
    """List the messages of a room that have those words."""
    return [each for each in messages if words in each]


@pytest.mark.timeout(300)
async def test_at_the_minute_the_room_follows_and_the_former_holders_tap_does_not_count(
    tmp_path: Path,
) -> None:
    async with hour(tmp_path / "relief") as scene:
        scene.script = SCRIPT
        before = await scene.membership("kim", "WEEK", "liv")

        await scene.play(minutes=24)
        shown = await scene.shown()
        in_grace = await scene.membership("kim", "WEEK", "mio")
        incoming = await scene.membership("mio", "WEEK", "mio")
        await scene.settle_at(51)
        after = await scene.membership("kim", "WEEK", "mio")

    kim = shown[next(key for key in shown if "@kim:" in key)]
    mio = shown[next(key for key in shown if "@mio:" in key)]
    assert (before, incoming, in_grace, after) == ("join", "join", "join", "leave")
    assert len(_told(kim, "The key is in the box")) == 2
    assert len(_told(mio, "Taken over 09:06")) == 1
    asked = _told(mio, "Summons KA-2026-002 to The week: acknowledge by 09:23")
    assert len(asked) == 1
    assert len(_told(kim, "Your answer about KA-2026-002 does not count")) == 1
    assert len(_told(mio, "Kim answered about KA-2026-002, but had handed over")) == 1
    assert _told(shown["forum:WEEK"], "Acknowledged 1 of 2 (KA-2026-002)")
    assert _told(shown["forum:WEEK"], "- Duty officer, The county: Mio")
