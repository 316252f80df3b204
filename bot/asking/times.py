"""Moments and days as people type them, in the region's local time."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from bot.asking.ask import Ask
from bot.asking.words import Words, take
from bot.domain.answer import Refusal, Typed

_CLOCK = re.compile(r"^(?P<h>\d{1,2})[:.](?P<m>\d{2})$")
_SOON = re.compile(r"^\+(?P<n>\d{1,4})(?P<unit>m|min|h|t)?$")
_FULL = re.compile(r"^(?P<day>\d{4}-\d{2}-\d{2})(?:T(?P<clock>\d{1,2}[:.]\d{2}))?$")
_TODAY, _TOMORROW = {"idag", "today"}, {"imorgon", "imorn", "tomorrow"}
_PREFIXES = {"kl", "kl.", "at", "i"}
_NOW = {"nu", "now"}
_AT = {"kl", "kl.", "at"}
_DAYS = {*_TODAY, *_TOMORROW, "dag", "morgon", "morn"}
_BEFORE_A_TIME = {*_PREFIXES, *_NOW, *_TODAY, *_TOMORROW}
FURTHEST_YEARS = 20
"""How many years ahead a day may be: further off it is a slip, and no calendar goes for ever."""


def _clock(text: str) -> time | None:
    found = _CLOCK.match(text)
    if not found or int(found["h"]) > 23 or int(found["m"]) > 59:  # noqa: PLR2004 - a day's hours
        return None
    return time(int(found["h"]), int(found["m"]))


def _day(word: str, today: date) -> date | None:
    if word in _TODAY or word == "dag":
        return today
    if word in _TOMORROW or word in {"morgon", "morn"}:
        return today + timedelta(days=1)
    try:
        return date.fromisoformat(word)
    except ValueError:
        return None


def read_time(words: Words, ask: Ask) -> datetime:
    """Read a moment: "15.30", "kl. 15:30", "+20m", "i morgon 09.00", "2026-10-21T06:00", "nu".

    A bare clock time that has passed today means tomorrow. Local time of the region.
    """
    here = ask.now.astimezone(ask.region.timezone)
    day: date | None = None
    line = words.left()
    word = take(words, "time").casefold()
    while word in _PREFIXES:
        word = (words.take() or "").casefold()
    if word in _NOW:
        return ask.now
    if soon := _SOON.match(word):
        return ask.now + timedelta(
            minutes=int(soon["n"]) * (60 if soon["unit"] in {"h", "t"} else 1)
        )
    if full := _FULL.match(word.upper()):
        day, word = _day(full["day"], here.date()), full["clock"] or ""
    elif found := _day(word, here.date()):
        day, word = found, ""
    word = word or (words.take() or "").casefold()
    while word in _PREFIXES:
        word = (words.take() or "").casefold()
    clock = _clock(word)
    if clock is None or (full and day is None):
        raise Refusal("unknown_time", word=Typed(" ".join(line[: len(line) - len(words.left())])))
    if day and day.year > here.year + FURTHEST_YEARS:
        raise Refusal("unknown_time", word=Typed(" ".join(line[: len(line) - len(words.left())])))
    moment = datetime.combine(day or here.date(), clock, ask.region.timezone)
    if day is None and moment <= here:
        moment = datetime.combine(here.date() + timedelta(days=1), clock, ask.region.timezone)
    return moment


def read_day(words: Words, ask: Ask) -> date:
    """Read a day to come: "2027-06-30", "i morgon". Local days of the region."""
    today = ask.now.astimezone(ask.region.timezone).date()
    line = words.left()
    word = take(words, "day").casefold()
    while word in _PREFIXES:
        word = (words.take() or "").casefold()
    day = _day(word, today)
    if day is None or not today <= day <= today.replace(year=today.year + FURTHEST_YEARS, day=1):
        raise Refusal("unknown_day", word=Typed(" ".join(line[: len(line) - len(words.left())])))
    return day


def begins_a_time(words: Words) -> bool:
    """Tell whether the next word begins a moment or a day."""
    word = (words.peek() or "").casefold()
    return word in _BEFORE_A_TIME or word[:1].isdigit() or word[:1] == "+"


def clock_only(words: Words) -> bool:
    """Tell whether what comes is a clock time without a day, or so long from now."""
    left = [word for word in _plain(words) if word not in _AT]
    return bool(left and (_clock(left[0]) or _SOON.match(left[0])))


def day_only(words: Words) -> bool:
    """Tell whether what comes is a day without a clock time: "2026-12-24", "i morgon"."""
    left = _plain(words)
    if left[:1] == ["i"]:
        left = left[1:]
    if not left or not (left[0] in _DAYS or re.fullmatch(r"\d{4}-\d{2}-\d{2}", left[0])):
        return False
    return not (left[1:] and (left[1] in _AT or _clock(left[1])))


def _plain(words: Words) -> list[str]:
    return [word.casefold() for word in words.left()]
