"""What others write to this device by itself: room keys, and whatever strangers think of.

What makes no sense is counted, its sender named, and it stops nothing (D1).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from nio.crypto import InboundGroupSession
from nio.events import DummyEvent, RoomKeyEvent
from prometheus_client import Counter

from bot.matrix.directory import Directory
from bot.matrix.handover import Handover
from bot.matrix.machine import MEGOLM, REJECTS, Machine, Nio

log = structlog.get_logger()

REJECTED = Counter("samverkan_letters_rejected", "To-device letters that made no sense")
WITHHELD = Counter("samverkan_keys_withheld", "Room keys somebody told us we shall not have")
NEVER_IN_CLEAR = frozenset({"m.room_key", "m.forwarded_room_key", "m.secret.send", "m.dummy"})


class Senseless(ValueError):  # noqa: N818 - says what the letter is, to the log
    """The letter was opened, and there is nothing in it for us."""


class InClear(ValueError):  # noqa: N818 - as above
    """What no device sends but sealed came as anybody may send it."""


class Letters:
    """Opens the letters to one device."""

    def __init__(self, machine: Machine, directory: Directory, handover: Handover) -> None:
        self._machine = machine
        self._directory = directory
        self._handover = handover

    def hear(self, events: Iterable[object]) -> None:
        """Take in all letters of one sync answer."""
        with self._machine.together():
            for event in events:
                self._hear(event)

    def _hear(self, event: object) -> None:
        try:
            if not isinstance(event, Mapping):
                raise TypeError("not an object")
            self._take(event)
        except REJECTS as error:
            REJECTED.inc()
            sender = event.get("sender") if isinstance(event, Mapping) else None
            log.warning("letter.rejected", sender=sender, why=kind_of(error))

    def _take(self, event: Mapping[str, Any]) -> None:
        if event["type"] == "m.room.encrypted":
            self._open(str(event["sender"]), event["content"])
        elif event["type"] == "m.room_key.withheld":
            WITHHELD.inc()
            log.warning("key.withheld", sender=event["sender"])
        elif event["type"] in NEVER_IN_CLEAR:
            raise InClear

    def _open(self, sender: str, content: Mapping[str, Any]) -> None:
        try:
            opened = self._machine.open(sender, content)
        except REJECTS:
            # An honest device whose session broke can be met anew; nio asks no more than hourly.
            self._machine._mark_device_for_unwedging(sender, content.get("sender_key"))  # noqa: SLF001
            raise
        if not _has_sense(opened):
            raise Senseless
        device = self._machine.device_store.device_from_sender_key(sender, content["sender_key"])
        if device is None:
            self._directory.wonder_about(sender)
        elif isinstance(opened, DummyEvent):  # the session before this one broke
            self._handover.repeat([(sender, device.id)])


def _has_sense(opened: Nio) -> bool:
    """Tell whether what nio makes of a letter is one: it gives a bad one back as an event, too."""
    if isinstance(opened, RoomKeyEvent):
        return bool(opened.algorithm == MEGOLM)
    return isinstance(opened, DummyEvent | InboundGroupSession)


def kind_of(error: BaseException) -> str:
    """Name an error without its words, which may quote what people wrote."""
    return type(error).__name__
