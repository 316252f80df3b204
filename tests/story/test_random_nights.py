"""Random nights: rosters, absences, refusals, late answers, restarts, a silent server (R1 to R11).

The real line in memory, against an oracle that is written apart from the code: nobody is asked
twice, nobody is passed over, no minute is missed, and who is not reached is exact. An ordinary
run plays some; `SAMVERKAN_TEST_EXAMPLES=500` plays that many.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.clock.wall import SteeredClock
from bot.dispatch.catalogue import Catalogue
from bot.dispatch.desk import Desk
from bot.dispatch.post import Post
from bot.domain.model import Holding
from bot.domain.region import Region
from bot.store import deadlines, holdings, servers, summonses
from bot.store.engine import Store
from bot.text.phrasebook import Phrasebook
from tests.story.night_oracle import Night, Roster
from tests.story.story import Story

NIGHTS = int(os.environ.get("SAMVERKAN_TEST_EXAMPLES", "20"))
MINUTE = timedelta(minutes=1)
SUMMONS = "KA-2026-001"
ELSEWHERE = "other.example"
PEOPLE = [f"@p{number}:malarvik.example" for number in range(6)]
PEOPLE += [f"@q{number}:{ELSEWHERE}" for number in range(3)]
CALLER = "@caller:malarvik.example"

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
NAMES = {
    "granholm.KD": "Granholms kommun", "lindo.SAK": "Lindö kommun",
    "rtjn.RCB": "Norra brandförsvaret", "reg.BCH": "Region Mälarvik",
    "malarvik.TIB": "Mälarviks stad", "pol.VB": "Polisregion Mälarvik",
}  # fmt: skip
FUNCTIONS = sorted({function for chain in BY_NIGHT.values() for function in chain})


@dataclass(frozen=True)
class Event:
    """Something that happens so many seconds after the call."""

    second: int
    what: str
    who: str
    function: str
    rank: int


def night_law(region: Region) -> Region:
    """Give the conference six seats: two represented at night, and by another that sits there."""
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
    return replace(region, forums={**region.forums, "ASK": replace(forum, seats=seats)})


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
         "restarts", "falls_silent"]
    ),
    who=st.sampled_from(PEOPLE),
    function=st.sampled_from(FUNCTIONS),
    rank=st.integers(1, 3),
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
        await house.until(event.second)
        oracle.until(house.now)
        await house.compare(oracle)
        await happens(house, oracle, event, number)
        await house.compare(oracle)
    await house.until(85 * 60)
    oracle.until(house.now)
    await house.compare(oracle)
    house.compare_words(oracle)


async def happens(house: House, oracle: Night, event: Event, number: int) -> None:
    """Let one thing happen to the house and to the oracle."""
    now = house.now
    if event.what == "restarts":
        await house.restarts()
    elif event.what == "falls_silent":
        await house.falls_silent()
    elif event.what == "changes":
        person = f"@new{number}:malarvik.example" if number % 2 else event.who
        taken = {who for rank, who in oracle.roster.get(event.function, []) if rank != event.rank}
        if person not in taken:
            await house.changes(event.function, event.rank, person)
            oracle.changes(event.function, event.rank, person, now)
            house.people.append(person)
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


WORDS = {
    "receives": f"kvittera {SUMMONS}", "comes": f"deltar {SUMMONS}", "no": f"förhinder {SUMMONS}",
}  # fmt: skip


class House:
    """The bot in memory, with what is needed to end it and begin anew on the same memory."""

    def __init__(self, region: Region, phrasebook: Phrasebook, url: str) -> None:
        """Know where its memory is."""
        self.region, self.phrasebook, self.url = region, phrasebook, url
        self.people = list(PEOPLE)
        self.said: list[tuple[str, str]] = []

    @property
    def now(self) -> datetime:
        return self.story.clock.now()

    def desk(self) -> Desk:
        return Desk(self.region, Catalogue.discover(), Post(self.phrasebook, self.region.language))

    async def begin(self, at: datetime, held: dict[str, list[str]]) -> None:
        """Open it, give everybody their functions, and call the conference for later."""
        clock = SteeredClock(at)
        self.story = Story(self.region, await Store.open(self.url), self.desk(), clock)
        await self.story.begin(unmanned=set(self.region.functions))
        self.started = self.now
        convener = min(self.region.forum("ASK").may_convene)
        rows = [(code, rank, who) for code, people in held.items()
                for rank, who in enumerate(people, start=1)]  # fmt: skip
        async with self.story.store.begin() as session:
            session.add_all(
                Holding(function=code, rank=rank, mxid=who, name=who, source="night")
                for code, rank, who in [*rows, (convener, 9, CALLER)]
            )
        await self.story.says(CALLER, "!kalla ASK +90m pröva", "ASK")

    async def aclose(self) -> None:
        """Close its memory."""
        await self.story.store.close()

    async def until(self, second: int) -> None:
        target = self.started + timedelta(seconds=second)
        await self.story.passes(seconds=max(0.0, (target - self.now).total_seconds()))

    async def restarts(self) -> None:
        """End it, and begin anew on what it remembers, as it does at each start."""
        await self.story.store.close()
        self.story.store, self.story.desk = await Store.open(self.url), self.desk()
        await self._look()

    async def _look(self) -> None:
        async with self.story.store.begin() as session:
            for kind in ("holding.changes", "summons.changes"):
                await deadlines.set_(session, kind, "all", self.now)
        await self.story.passes(seconds=0)

    async def changes(self, function: str, rank: int, person: str) -> None:
        async with self.story.store.begin() as session:
            for row in await holdings.holders(session, function, self.now):
                if row.rank == rank:
                    row.ends = self.now
                    session.add(row)
            session.add(Holding(
                function=function, rank=rank, mxid=person, name=person, starts=self.now,
                source="night",
            ))  # fmt: skip
        await self._look()

    async def falls_silent(self) -> None:
        async with self.story.store.begin() as session:
            if await servers.fell_silent(session, ELSEWHERE, PEOPLE[-1], self.now):
                await deadlines.set_(session, "server.changed", ELSEWHERE, self.now)
        await self.story.passes(seconds=0)

    async def compare(self, oracle: Night) -> None:
        """See that the same were asked, at the same second, by one message each."""
        async with self.story.store.read() as session:
            calls = {it.function: it for it in await summonses.calls(session, SUMMONS)}
            steps = await summonses.steps_of(session, SUMMONS)
        for own, place in oracle.places.items():
            call = calls[own]
            asked = [
                (it.mxid, it.asked_at, it.due_at)
                for it in steps.get(call.id or 0, [])
                if it.asked_at
            ]
            expected = [(turn.person, turn.at, turn.until) for turn in place.asked()]
            assert sorted(asked, key=str) == sorted(expected, key=str), own
            assert max(Counter(who for who, _, _ in asked).values(), default=0) <= 1
            assert call.state == oracle.state(place), own
            assert call.answered_by == place.by, own
        for person in {*self.people, *oracle.moments()}:
            moments = oracle.moments().get(person, set())
            assert self.requests(person) == len(moments), person

    def requests(self, person: str) -> int:
        """Count the messages that ask somebody; one that is written anew counts once."""
        messages = self.story.rooms.get(f"direct:{person}", [])
        return sum((it.letter.object or "").startswith("asked:") for it in messages)

    def compare_words(self, oracle: Night) -> None:
        """See that the status names exactly those whom nobody has reached."""
        bodies = [it for it in self.story.said("ASK") if it.startswith("Kvitterat")]
        body = bodies[-1] if bodies else ""
        for state, words in (("not_reached", "Ej nådda"), ("prevented", "Förhinder")):
            names = [NAMES[own] for own, it in oracle.places.items() if oracle.state(it) == state]
            line = f"{words}: {', '.join(names)}."
            assert (line in body.splitlines()) == bool(names), body
