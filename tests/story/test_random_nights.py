"""Random nights: rosters, absences, refusals, late answers, restarts, a silent server (R1 to R11).

The real line in memory, against an oracle that is written apart from the code: nobody is asked
twice, nor by the same way twice, nobody is passed over, no minute is missed, and who is not reached
and whose server is silent is exact. A restart lasts up to ten minutes, in which people write and
rosters change. An ordinary run plays some; `SAMVERKAN_TEST_EXAMPLES=500` plays that many.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import tempfile
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.domain.region import Region
from bot.text.phrasebook import Phrasebook
from tests.story.night_house import PEOPLE, SUMMONS, WAYS, House
from tests.story.night_oracle import Night, Roster
from tests.story.other_ways import with_ways

NIGHTS = int(os.environ.get("SAMVERKAN_TEST_EXAMPLES", "20"))

BY_DAY = {
    "granholm.KD": ["granholm.KD", "malarvik.TIB", "granholm.SAK"],
    "lindo.SAK": ["lindo.SAK", "malarvik.TIB"],
    "rtjn.RCB": ["rtjn.RCB"],
    "reg.BCH": ["reg.BCH", "reg.TIB"],
    "malarvik.TIB": ["malarvik.TIB"],
    "pol.VB": ["pol.VB"],
}
"""Who answers for each seat, in order, as the rules have it: written by hand."""
BY_NIGHT = BY_DAY | {
    "granholm.KD": ["granholm.KD", "rtjn.RCB", "malarvik.TIB", "granholm.SAK"],
    "lindo.SAK": ["lindo.SAK", "rtjs.RCB", "malarvik.TIB"],
}
FUNCTIONS = sorted({function for chain in BY_NIGHT.values() for function in chain})


@dataclass(frozen=True)
class Event:
    """Something that happens so many seconds after the call."""

    second: int
    what: str
    who: str
    function: str
    rank: int
    minutes: int
    """How long the bot is down, where that is what happens."""


def night_law(region: Region) -> Region:
    """Give the conference six seats: two represented at night, and by another that sits there.

    Two organisations have a way besides Matrix; one of them answers for three of the seats.
    """
    forum = region.forum("ASK")
    seat = forum.seats[0]
    plain = [replace(seat, function=code, represents=(code.split(".", maxsplit=1)[0],),
                     required=True, night_represented=code in {"granholm.KD", "lindo.SAK"})
             for code in BY_DAY]  # fmt: skip
    seats = tuple(
        replace(it, represents=("malarvik", "granholm", "lindo"))
        if it.function == "malarvik.TIB" else it
        for it in plain
    )  # fmt: skip
    law = replace(region, forums={**region.forums, "ASK": replace(forum, seats=seats)})
    return with_ways(law, WAYS)


class Stage:
    """Where nights are played: a law, its words and an empty memory; too long to be shown."""

    def __init__(self, region: Region, phrasebook: Phrasebook, empty: Path) -> None:
        self.region, self.phrasebook, self.empty = region, phrasebook, empty


@pytest.fixture
def stage(malarvik: Region, phrasebook: Phrasebook, empty_database: Path) -> Stage:
    return Stage(night_law(malarvik), phrasebook, empty_database)


EVENTS = st.builds(
    Event,
    second=st.integers(0, 45 * 60) | st.integers(0, 45).map(lambda minute: minute * 60),
    what=st.sampled_from(
        ["receives", "comes", "no", "no", "no", "takes_back", "takes_back", "changes", "changes",
         "restarts", "restarts", "restarts_on_a_new_roster", "restarts_on_a_new_roster",
         "falls_silent"]
    ),
    who=st.sampled_from(PEOPLE),
    function=st.sampled_from(FUNCTIONS),
    rank=st.integers(1, 3),
    minutes=st.integers(0, 10),
)  # fmt: skip
ROSTERS = st.fixed_dictionaries(
    {code: st.lists(st.sampled_from(PEOPLE), max_size=3, unique=True) for code in FUNCTIONS}
)


@pytest.mark.timeout(120 + 20 * NIGHTS)  # a night takes a second or two, more on a busy machine
@settings(
    max_examples=NIGHTS, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(
    held=ROSTERS,
    events=st.lists(EVENTS, max_size=16).map(lambda them: sorted(them, key=lambda it: it.second)),
    night=st.booleans(),
)
def test_nobody_is_asked_twice_nobody_is_passed_over_and_no_minute_is_missed(
    stage: Stage, held: dict[str, list[str]], events: list[Event],
    night: bool,  # noqa: FBT001 - a property's input
) -> None:  # fmt: skip
    asyncio.run(play(stage, held, events, night=night))


async def play(
    stage: Stage, held: dict[str, list[str]], events: list[Event], *, night: bool
) -> None:
    """Call, let it all happen to both, and compare after each thing and at the end."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(stage.empty, f"{folder}/story.db")
        at = datetime.fromisoformat("2026-11-03T02:00" if night else "2026-11-03T10:00")
        house = House(stage.region, stage.phrasebook, f"sqlite:///{folder}/story.db")
        async with contextlib.aclosing(house):
            await house.begin(at.replace(tzinfo=stage.region.timezone), held)
            await compared(house, held, events, night=night)


async def compared(
    house: House, held: dict[str, list[str]], events: list[Event], *, night: bool
) -> None:
    """Let it all happen to both."""
    roster: Roster = {code: list(enumerate(people, start=1)) for code, people in held.items()}
    oracle = Night(BY_NIGHT if night else BY_DAY, roster, house.now)
    await house.compare(oracle)
    for number, event in enumerate(events):
        await house.until(event.second, oracle)
        await happens(house, oracle, event, number)
        await house.compare(oracle)
    await house.until(85 * 60, oracle)
    house.compare_words(oracle)


async def happens(house: House, oracle: Night, event: Event, number: int) -> None:
    """Let one thing happen to the house and to the oracle."""
    now = house.now
    if event.what.startswith("restarts"):
        await house.goes_down(event.minutes)
        oracle.goes_down()
        if event.what == "restarts_on_a_new_roster":
            await changes(house, oracle, event, number)
        await house.until(event.second, oracle)
    elif event.what == "falls_silent":
        if not house.is_down:
            await house.falls_silent()
            oracle.falls_silent(now)
    elif event.what == "changes":
        await changes(house, oracle, event, number)
    elif event.what == "takes_back":
        if house.said:
            person, event_id = house.said.pop()
            await house.story.takes_back(person, event_id, "direct")
            oracle.takes_back(person, event_id, now)
    else:
        who = house.people[event.rank * -1] if event.second % 5 == 0 else event.who
        event_id = await house.story.says(who, WORDS[event.what], "direct")
        house.said.append((who, event_id))
        oracle.says(who, event.what, event_id, now)


async def changes(house: House, oracle: Night, event: Event, number: int) -> None:
    """Let a place in a function go to somebody who has no other in it."""
    person = f"@new{number}:malarvik.example" if number % 2 else event.who
    taken = {who for rank, who in oracle.roster.get(event.function, []) if rank != event.rank}
    if person not in taken:
        await house.changes(event.function, event.rank, person)
        oracle.changes(event.function, event.rank, person, house.now)
        house.people.append(person)


WORDS = {
    "receives": f"kvittera {SUMMONS}", "comes": f"deltar {SUMMONS}", "no": f"förhinder {SUMMONS}",
}  # fmt: skip
