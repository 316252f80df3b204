"""Who has come is known to have a device once the homeserver shows one, also after a restart."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

from bot.domain.incoming import Equipped, Moved
from bot.domain.recap import RECAP
from bot.matrix.keyring import Keyring
from bot.matrix.newcomers import Newcomers
from bot.matrix.wire import Unreachable, Wire
from bot.store import deadlines
from bot.store.engine import Store

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ME, ANNA = "@samverkan:here", "@anna:here"


@dataclass
class Devices:
    """A keyring that knows who has a device, or cannot find out."""

    there: set[str] = field(default_factory=set)
    away: bool = False
    asked: list[set[str]] = field(default_factory=list)

    async def reachable(self, _wire: Wire, user_ids: Collection[str]) -> set[str]:
        self.asked.append(set(user_ids))
        if self.away:
            raise Unreachable("away")
        return self.there & set(user_ids)


def newcomers(devices: Devices, store: Store) -> Newcomers:
    return Newcomers(cast("Wire", None), cast("Keyring", devices), store, ME)


def joins(mxid: str) -> Moved:
    return Moved("$1", "!vsk", mxid, NOW, mxid=mxid, membership="join")


async def test_a_device_that_comes_later_is_told_of_when_it_is_there(store: Store) -> None:
    devices = Devices()
    found = newcomers(devices, store)

    before = [await found.equipped([joins(ANNA), joins(ME)]), await found.equipped([])]
    devices.there = {ANNA, "@other:here"}
    then = [await found.equipped([]), await found.equipped([])]

    assert before == [(), ()]
    assert then == [(Equipped(ANNA),), ()]
    assert devices.asked == [{ANNA}] * 3


async def test_a_server_that_does_not_answer_is_asked_again(store: Store) -> None:
    devices = Devices({ANNA}, away=True)
    found = newcomers(devices, store)

    silent = await found.equipped([joins(ANNA)])
    devices.away = False

    assert silent == ()
    assert await found.equipped([]) == (Equipped(ANNA),)


async def test_who_waited_when_the_bot_stopped_is_looked_for_when_it_starts(store: Store) -> None:
    async with store.begin() as session:
        await deadlines.set_(session, RECAP, f"!vsk {ANNA}", NOW)

    assert await newcomers(Devices({ANNA}), store).equipped([]) == (Equipped(ANNA),)
