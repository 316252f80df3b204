"""A function's calendar is read again and again; when it cannot be, nothing changes and it is said.

The calendar is a file, read by a process of its own as in the running house.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.rosters.calendars import Calendars
from bot.rosters.fetching import Source
from bot.store import holdings
from tests.rosters.calendar import calendar, event
from tests.story.story import OPERATOR, Story, unmanned

FUNCTION = "sos.VOF"
ADA, BO = "@ada.ek:malarvik.example", "@bo.ek:malarvik.example"


def shift(mxid: str, first: str, last: str, uid: str = "1") -> str:
    times = (f"DTSTART;TZID=Europe/Stockholm:{first}", f"DTEND;TZID=Europe/Stockholm:{last}")
    return event(*times, title=mxid, uid=uid)


TODAY = shift(ADA, "20261012T070000", "20261013T070000")


class Read:
    """A story in which a function's duty is kept in a calendar."""

    def __init__(self, story: Story, file: Path) -> None:
        self.story, self.file = story, file
        source = Source(FUNCTION, file=file)
        self.calendars = Calendars(
            story.store, story.region, [source], 60, story.clock.now, lambda: None
        )

    async def has(self, *events: str) -> None:
        """Put these events in the calendar, and let it be read at the next time."""
        self.file.write_bytes(calendar(*events))
        await self.again()

    async def again(self) -> None:
        await self.story.passes(minutes=60)
        await self.calendars.read_wanted()
        await self.story.passes(seconds=0)

    async def holder(self, ahead: timedelta = timedelta()) -> list[str]:
        async with self.story.store.read() as session:
            now = self.story.clock.now() + ahead
            return [it.mxid for it in await holdings.holders(session, FUNCTION, now)]


@pytest.fixture
async def kept(story: Story, tmp_path: Path) -> Read:
    """Keep the alarm centre's duty in a calendar, and in nothing else."""
    await unmanned(story, FUNCTION)
    read = Read(story, tmp_path / "sos.ics")
    read.file.write_bytes(calendar(TODAY))
    await read.calendars.expect()
    await story.passes(seconds=0)
    await read.calendars.read_wanted()
    await story.passes(seconds=0)
    return read


async def test_who_is_on_duty_by_the_calendar_has_the_function(kept: Read) -> None:
    await kept.story.says("lst.TIB", "!vem sos.VOF", "TIBG")

    assert await kept.holder() == [ADA]
    assert await kept.holder(timedelta(days=1)) == []
    assert "ada.ek" in kept.story.said_last("TIBG")


async def test_what_the_calendar_says_next_is_read_within_the_hour(kept: Read) -> None:
    await kept.has(shift(BO, "20261012T070000", "20261013T070000"))

    assert await kept.holder() == [BO]


async def test_a_calendar_that_cannot_be_read_changes_nothing_and_is_said_once(
    kept: Read,
) -> None:
    before = len(kept.story.told(OPERATOR))
    await kept.has(TODAY, shift("Semester", "20261013T070000", "20261014T070000", uid="2"))
    await kept.again()

    told = kept.story.told(OPERATOR)[before:]
    assert len(told) == 1
    assert plain(told[0]) == (
        "Kalendern för Vakthavande operatör ledning, SOS Alarm Mälarvik (sos.VOF) går inte att "
        "läsa, och ändrar ingenting. Händelsen ”Semester” nämner ingen som jag känner till.\n"
        "Det som lästes förut gäller, fram till i morgon kl. 07.00.\n"
        "Gör så här: skriv personens Matrix-id i händelsen, som @namn:server. "
        "Jag läser den igen inom 1 timme, och säger till när den är bra."
    )
    assert await kept.holder() == [ADA]


async def test_who_has_the_function_is_told_too(kept: Read) -> None:
    kept.file.unlink()
    await kept.again()

    letters = kept.story.rooms.get(f"direct:{ADA}", [])
    assert "går inte att läsa" in letters[-1].body


async def test_another_fault_is_said_anew_and_so_is_that_all_is_well(kept: Read) -> None:
    before = len(kept.story.told(OPERATOR))
    await kept.has("BEGIN:VTODO\n")
    kept.file.unlink()
    await kept.again()
    await kept.has(TODAY)
    await kept.again()

    said = kept.story.told(OPERATOR)[before:]
    assert len(said) == 3
    assert "Det som finns där är ingen kalender." in said[0]
    assert "Filen finns inte." in said[1]
    assert "går att läsa igen. Den gick inte att läsa sedan kl. 09.00." in said[2]


async def test_two_at_once_are_told_with_who_counts_and_only_once(kept: Read) -> None:
    before = len(kept.story.told(OPERATOR))
    both = (TODAY, shift(BO, "20261012T120000", "20261013T070000", uid="2"))
    await kept.has(*both)
    await kept.again()

    said = kept.story.told(OPERATOR)[before:]
    assert len(said) == 1
    assert plain(said[0]).splitlines()[1] == (
        "- kl. 12.00 till i morgon kl. 07.00, innehavare: bo.ek; sedan ada.ek"
    )
    assert await kept.holder(timedelta(hours=4)) == [BO, ADA]


async def test_a_calendar_that_the_settings_no_longer_name_ends(kept: Read) -> None:
    kept.calendars.sources = []
    await kept.calendars.expect()
    await kept.story.passes(seconds=0)

    assert await kept.holder() == []


async def test_the_register_follows_the_calendar_by_itself(kept: Read) -> None:
    before = register(kept.story)
    await kept.has(shift(BO, "20261012T070000", "20261013T070000"))

    assert "- Vakthavande operatör ledning, SOS Alarm Mälarvik: ada.ek." in before
    assert "- Vakthavande operatör ledning, SOS Alarm Mälarvik: bo.ek." in register(kept.story)


async def test_a_calendar_that_was_wanted_when_the_bot_was_killed_is_read_at_the_next_start(
    kept: Read,
) -> None:
    kept.file.write_bytes(calendar(shift(BO, "20261012T070000", "20261013T070000")))
    await kept.story.passes(minutes=60)  # and the bot ends before it is read

    await kept.calendars.read_wanted()

    assert await kept.holder() == [BO]


def register(story: Story) -> list[str]:
    return plain(story.find("Register", "TIBG").body).splitlines()


def plain(said: str) -> str:
    """Leave out the marks that keep names from becoming links."""
    return said.replace("\u2060", "")
