"""Which copy of the encryption keys is the newest: a number kept in three places that only grows.

Keys set back in time are used again, and what is then written cannot be read by those who have
seen them. So the number lies with the keys, in the history and on the homeserver, and is moved
at every start, with every upload of keys and once an hour. Whoever is behind is an old copy; and
whoever finds that somebody else has moved it ends.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import structlog

from bot.matrix.account_data import AccountData
from bot.matrix.cross_signing import Seen
from bot.matrix.machine import Machine
from bot.matrix.seconds import now as _now
from bot.matrix.session import NoSession
from bot.matrix.supply import SPOILT
from bot.store import kept
from bot.store.engine import Store

log = structlog.get_logger()

KEPT = "keys.mark"
KIND = "org.samverkan.keys"  # the type of the account's data on the homeserver
AT, NEXT = "mark", "mark.next"
MOVED_EVERY = 3600.0  # seconds
AGAIN_AFTER = 60.0  # seconds: no request of one move may overtake the next one


@dataclass(frozen=True)
class Mark:
    """How far a device's keys have come; `nonce` tells two copies apart that came as far."""

    device_id: str
    number: int
    nonce: str


class Watermark:
    """The mark of one device's keys, in all its places."""

    def __init__(self, machine: Machine, data: AccountData, store: Store) -> None:
        self._machine = machine
        self._data = data
        self._store = store
        self._moving = asyncio.Lock()
        self._moved = float("-inf")

    async def check(self, seen: Seen) -> None:
        """See that these keys are the device's newest. Raise NoSession if they are not.

        Changes nothing but what a crash left half done.
        """
        if self._machine.noted(SPOILT):
            raise _old("the homeserver has other keys under their numbers")
        there, told = _read(await self._data.get(KIND)), await self._told()
        here, coming = self._here(AT), self._here(NEXT)
        if here is None and (coming is None or there != coming):
            self._check_unmarked(seen, (there, told))
        elif there is None or (here and there.number < here.number):
            raise NoSession("server-old", _SERVER_OLD)
        elif there.device_id != self._machine.device_id:
            raise NoSession("device-superseded", _SUPERSEDED.format(there.device_id))
        elif there not in {here, coming}:
            raise _old("the homeserver knows newer ones")
        elif told and told.device_id == there.device_id and told.number > there.number:
            raise _old("the history knows newer ones")
        elif told is None or told.number < there.number - 1:
            log.warning("history.older", told=told.number if told else 0, keys=there.number)
        if seen.device is not None and not seen.shows(self._machine.device_keys()):
            raise NoSession("keys-lost", _LOST.format(self._machine.device_id))

    async def move(self) -> None:
        """Move the mark on, with the keys first: a crash leaves what `check` understands.

        Raise NoSession when somebody else has moved it since.
        """
        async with self._moving:
            told, there = await self._told(), _read(await self._data.get(KIND))
            self._check_alone(there)
            known = (self._here(AT), self._here(NEXT), told, there)
            number = max((mark.number for mark in known if mark), default=0) + 1
            mark = Mark(self._machine.device_id, number, secrets.token_hex(8))
            ours = there if there and there.device_id == mark.device_id else None
            self._machine.note({NEXT: _written(mark)} | ({AT: _written(ours)} if ours else {}))
            await self._data.put(KIND, asdict(mark))
            self._machine.note({AT: _written(mark), NEXT: None})
            async with self._store.begin() as session:
                await kept.put(session, KEPT, _written(mark))
            self._moved = _now()

    async def move_after(self, seconds: float) -> None:
        """Move the mark when it has lain for so long."""
        if _now() - self._moved > seconds:
            await self.move()

    def _check_alone(self, there: Mark | None) -> None:
        """See that the homeserver's mark is ours: not another copy's, nor a later device's.

        An older one of ours is none of the two: a homeserver may answer with what it knew before.
        """
        here, coming = self._here(AT), self._here(NEXT)
        if there is None or here is None or there.number < here.number:
            return
        if there.device_id != self._machine.device_id:
            raise NoSession("device-superseded", _SUPERSEDED.format(there.device_id))
        if there not in {here, coming}:
            raise _old("another copy of them runs, or has run")

    def _check_unmarked(self, seen: Seen, marks: tuple[Mark | None, ...]) -> None:
        """See that keys without a mark are new, or from before there were marks."""
        me = self._machine.device_id
        known = me in {mark.device_id for mark in marks if mark}
        new = not self._machine.account.shared
        if known or (new and seen.device and not seen.shows(self._machine.device_keys())):
            raise NoSession("keys-lost", _LOST.format(me))

    def _here(self, name: str) -> Mark | None:
        written = self._machine.noted(name)
        return _read(json.loads(written)) if written else None

    async def _told(self) -> Mark | None:
        async with self._store.read() as session:
            written = await kept.get(session, KEPT)
        return _read(json.loads(written)) if written else None


_LOST = (
    "The encryption keys of the bot's device {} are lost: the homeserver shows others under its "
    "name than those in state_dir. Nobody could read what is written with new ones."
)
_SUPERSEDED = (
    "The bot has gone on as another device, {}. The keys here are of one that it has left, and "
    "two at once would answer everybody twice."
)
_SERVER_OLD = (
    "The homeserver has been set back in time: it knows less of the bot's encryption keys than "
    "state_dir does. It hands out keys that were used already, and nobody could read the answers."
)


def _old(why: str) -> NoSession:
    message = (
        f"The encryption keys in state_dir are an old copy: {why}. What is written with used keys "
        "cannot be read."
    )
    return NoSession("keys-old", message)


def _read(value: Mapping[str, Any]) -> Mark | None:
    """Read a mark; None where there is none, or none of ours."""
    try:
        return Mark(str(value["device_id"]), int(value["number"]), str(value["nonce"]))
    except (LookupError, TypeError, ValueError):
        return None


def _written(mark: Mark) -> str:
    return json.dumps(asdict(mark))
