"""Filters that say times as people do, in the region's zone: `{{ until|when }}`."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from babel.dates import format_date

from bot.text.rendering import current

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from babel import Locale

    from bot.domain.region import Region
    from bot.text.vocabulary import Vocabulary

_HOUR, _DAY = 60, 24 * 60
_WEEKDAY_ALONE = range(2, 7)  # days ahead for which the weekday says which one


class Moments:
    """The region's calendar and one language's words for it."""

    def __init__(self, region: Region, locale: Locale, words: Vocabulary) -> None:
        self._zone = region.timezone
        self._week_label = region.week_label
        self._locale = locale
        self._words = words

    def filters(self) -> Mapping[str, Callable[..., Any]]:
        """Name the filters."""
        return {
            "clock": self.clock,
            "day": self.day,
            "when": self.when,
            "week": self.week,
            "minutes": self.minutes,
            "duration": self.minutes,
        }

    def clock(self, moment: datetime | time) -> str:
        """Say the time of day: "kl. 15.08"."""
        local = self._local(moment) if isinstance(moment, datetime) else moment
        return local.strftime(self._words.clock)

    def day(self, moment: date) -> str:
        """Say the day: "torsdag 15 oktober", with the year if it is another than this."""
        return self._dated(self._day_of(moment), self._words.long_day)

    def when(self, moment: date) -> str:
        """Say the moment as seen from now: "kl. 15.08", "i morgon kl. 09.00", "21 okt kl. 06.00".

        A date without a time is said without one: "i dag", "fredag".
        """
        day = self._day_of(moment)
        ahead = (day - self._day_of(current().now)).days
        clock = self.clock(moment) if isinstance(moment, datetime) else ""
        if ahead == 0 and not clock:
            return self._words.this_day
        near = {0: self._words.today, 1: self._words.tomorrow, -1: self._words.yesterday}
        pattern = self._words.weekday if ahead in _WEEKDAY_ALONE else self._words.short_day
        words = near.get(ahead) or self._words.on_day
        return words.format(day=self._dated(day, pattern), clock=clock).strip()

    def week(self, moment: date | int) -> str:
        """Say the week as the region labels it: "v. 42". A number is taken as it is."""
        if isinstance(moment, int):
            return self._week_label.format(iso_week=moment)
        return self._week_label.format(iso_week=self._day_of(moment).isocalendar().week)

    def minutes(self, length: float | timedelta) -> str:
        """Say how long, given minutes: "5 minuter", "2 timmar", "1 dygn 6 timmar"."""
        seconds = length.total_seconds() if isinstance(length, timedelta) else length * 60
        left = round(seconds / 60)
        days, left = divmod(left, _DAY)
        hours, left = divmod(left, _HOUR)
        units = ((days, self._words.days), (hours, self._words.hours), (left, self._words.minutes))
        return " ".join(_counted(n, unit) for n, unit in units if n) or _counted(0, units[-1][1])

    def _local(self, moment: datetime) -> datetime:
        if moment.tzinfo is None:
            raise ValueError("a time without a zone is no moment")
        return moment.astimezone(self._zone)

    def _day_of(self, moment: date) -> date:
        return self._local(moment).date() if isinstance(moment, datetime) else moment

    def _dated(self, day: date, pattern: str) -> str:
        if pattern != self._words.weekday and day.year != self._day_of(current().now).year:
            pattern += self._words.year
        # CLDR ends a shortened month with a full stop in some languages; a sentence would end.
        return format_date(day, pattern, locale=self._locale).replace(".", "")


def _counted(number: int, unit: str) -> str:
    one, many = unit.split("|")
    return f"{number} {one if number == 1 else many}"
