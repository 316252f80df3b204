"""The time limits that hold where a region file says nothing (T1-T20 of the domain's table).

The table leaves some open in the ordinary mode, since they are about an event; there the
activated ones hold. Stepping down keeps the activated limits.
"""

from __future__ import annotations

from bot.domain.region import Limits, Mode, TimeLimit
from config.region_file.kinds import read_limit
from config.region_file.shape import LimitsShape, TimeLimitsShape

DAY = 24 * 60

ACTIVATED: dict[str, int | str] = {
    "judge": 30,
    "ack": 5,
    "deputy_step": 3,
    "start": 20,
    "first_info": 10,
    "first_conference": 60,
    "staff": 90,
    "support_start": 12 * 60,
    "report_close": 5,
    "position": 30,
    "anchor": 30,
    "digest": 15,
    "carrier_ack": 15,
    "carried_back": 60,
    "confirmed": 120,
    "log_entry": 5,
    "review": 240,
    "expiry_warning": 14 * DAY,
    "lessons": DAY,
    "lessons_written": 14 * DAY,
}

ORDINARY: dict[str, int | str] = ACTIVATED | {
    "judge": "17:00",
    "ack": DAY,
    "deputy_step": DAY,
    "report_close": 120,
    "anchor": "next_workday 12:00",
    "digest": "15:00",
    "carrier_ack": "next_workday 12:00",
    "carried_back": "1_workday",
    "confirmed": "next_meeting",
    "review": "next_meeting",
}


def limits_of(shape: TimeLimitsShape) -> dict[Mode, Limits]:
    """Give the limits of each mode, the file's before the defaults."""
    activated = _filled(shape.activated, ACTIVATED)
    return {
        Mode.ORDINARY: _filled(shape.ordinary, ORDINARY),
        Mode.ACTIVATED: activated,
        Mode.STEPPING_DOWN: activated,
    }


def _filled(shape: LimitsShape, defaults: dict[str, int | str]) -> Limits:
    found: dict[str, TimeLimit] = {}
    for key, default in defaults.items():
        written = getattr(shape, key)
        limit = read_limit(default if written is None else written)
        if limit is not None:
            found[key] = limit
    return Limits(found)
