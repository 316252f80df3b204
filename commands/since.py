"""`since`, `sedan`: what happened while somebody was away."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Annotated

from bot.asking import Ask, command
from bot.asking.arguments import Reader
from bot.asking.times import read_time
from bot.asking.words import Words
from bot.domain.answer import Direct, Refusal, Reply, Typed
from bot.procedures.catching_up import caught_up

_AGO = re.compile(r"-?(?P<n>\d{1,3})\s*(?P<unit>min|m|h|t|d)[a-zé]*")
_UNITS = {"min": 1, "m": 1, "h": 60, "t": 60, "d": 24 * 60}
_YESTERDAY = re.compile(r"(?:i\s?går|yesterday)\b")
FURTHEST = timedelta(days=366)


def read_past(words: Words, ask: Ask) -> datetime:
    """Read a moment that has been: "14h", "07.00", "i går 19.00", "2026-10-14T19:00".

    A bare clock time is the latest one that has been. Local time of the region.
    """
    text = words.rest().casefold().strip()
    if ago := _AGO.fullmatch(text):
        return ask.now - timedelta(minutes=int(ago["n"]) * _UNITS[ago["unit"]])
    clock = _YESTERDAY.sub("", text).strip()
    moment = read_time(Words.of(clock or "00:00", {}), ask).astimezone(ask.region.timezone)
    if clock != text:
        today = ask.now.astimezone(ask.region.timezone).date()
        moment = datetime.combine(today - timedelta(days=1), moment.time(), ask.region.timezone)
    elif moment > ask.now:
        moment -= timedelta(days=1)
    if not ask.now - FURTHEST <= moment <= ask.now:
        raise Refusal("unknown_time", word=Typed(text))
    return moment


def _may(ask: Ask) -> bool:
    return bool(ask.holdings)


@command("since", sv="sedan", allowed=_may)
async def since(ask: Ask, moment: Annotated[datetime | None, Reader(read_past)] = None) -> Reply:
    """Tell what happened since then, or since they were last heard from, to them alone."""
    if not _may(ask):
        raise Refusal("no_function")
    return Reply("relief/since", await caught_up(ask, moment), to=Direct(ask.mxid))
