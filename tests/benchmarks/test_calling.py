"""From a request for cooperation to the last of 60 seats called, beside bare sends of the same."""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from pathlib import Path
from typing import Any

from bot.matrix.wire import Wire, quote
from tests.benchmarks.lab import Figure, show
from tests.homeserver.forty import BEGINS, USUAL, House
from tests.homeserver.night import CLIENT, Night, night

SEATS = 60
HOUSES = {f"o{number:02}": House() if number > 1 else USUAL for number in range(1, SEATS + 1)}
MEDIUM = "m.room.message"


async def test_sixty_seats_are_called(tmp_path: Path) -> None:
    async with night(tmp_path, HOUSES, prepare=_open_directs) as there:
        began = time.perf_counter()
        requested = await there.says("o01-holder", "!cooperate The bridge is closed")
        await there.rests(BEGINS, requested)
        judged = time.perf_counter()
        incident = await _incident(there)
        already = len(there.said)
        assessed = await there.says("o01-holder", f"!assess {incident} contact")
        await there.rests(BEGINS, assessed)
        ended = time.perf_counter()
        sent = [delivery for _, delivery in there.said]
        bare = await _bare(there, [(it.room_id, it.event_id) for it in sent[already:]])
        called = sum(
            any(account.user_id in it.mention for it in sent) for account in there.people.values()
        )

    show(
        f"On Synapse, unencrypted: {called} of {SEATS} seats called",
        [
            Figure("request → judge called, s", f"{judged - began:.2f}", "", None, ""),
            Figure(
                f"judged → the last one called ({len(sent) - already} messages), s",
                f"{ended - judged:.2f}", f"{bare:.2f}", (ended - judged) / bare, "",
            ),
            Figure("request → the last one called, s", f"{ended - began:.2f}", "", None, ""),
        ],
    )  # fmt: skip


async def _open_directs(there: Night) -> None:
    """Let everybody open a room with the bot, as those have who ever wrote to it."""
    wanted = {"preset": "private_chat", "is_direct": True, "invite": [there.bot.user_id]}
    for who in there.people:
        await there.wires[who].call("POST", f"{CLIENT}/createRoom", wanted)
    while len([key for key in there.rooms if key.startswith("direct:")]) < len(there.people):
        await there.rests(BEGINS)


async def _incident(there: Night) -> str:
    words = await there.reads("o01-holder", there.direct("o01-holder"), "H-")
    found = re.search(r"H-\d{4}-\d{3}", words)
    assert found
    return found[0]


async def _bare(there: Night, events: list[tuple[str, str]]) -> float:
    """Send the same again, side by side, and nothing else; give the seconds."""
    wire = Wire(there.homeserver.url, there.bot.access_token)
    contents = [await _content(wire, room_id, event_id) for room_id, event_id in events]
    began = time.perf_counter()
    await asyncio.gather(*(_put(wire, *each) for each in contents))
    seconds = time.perf_counter() - began
    await wire.close()
    return seconds


async def _content(wire: Wire, room_id: str, event_id: str) -> tuple[str, str, dict[str, Any]]:
    path = f"{CLIENT}/rooms/{quote(room_id)}/event/{quote(event_id)}"
    event = await wire.call("GET", path)
    return room_id, str(event["type"]), dict(event["content"])


async def _put(wire: Wire, room_id: str, kind: str, content: dict[str, Any]) -> None:
    if kind == "m.reaction":  # nobody may tap twice: the same weight, as a message
        kind, content = MEDIUM, {"msgtype": "m.notice", "body": "✅"}
    path = f"{CLIENT}/rooms/{quote(room_id)}/send/{kind}/{secrets.token_hex(8)}"
    await wire.call("PUT", path, content)
