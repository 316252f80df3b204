"""What `reach` promises and says a real call does: over random rosters, to the minute."""

from __future__ import annotations

import asyncio
import os
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from bot.clock.wall import SteeredClock
from bot.deadlines.summons import CHANGES
from bot.dispatch.catalogue import Catalogue
from bot.dispatch.desk import Desk
from bot.dispatch.post import Post
from bot.domain.foresight import foresee
from bot.domain.model import Holding, Summons
from bot.domain.region import Region, Seat
from bot.domain.reliefs import LOOK
from bot.domain.summons import order
from bot.store import holdings, summonses
from bot.store.engine import Store
from bot.text.phrasebook import Phrasebook
from config.region import load_region
from tests.story.conftest import HOUSE, Memory
from tests.story.story import Story

REGION = load_region(HOUSE / "config/example/malarvik.yaml", date(2026, 10, 12))
FORUMS = ("TIBG", "RSG", "ASK", "LC", "VSK")
QUICK = (Phase.explicit, Phase.reuse, Phase.generate)
"""One example is a whole night: it is not made smaller, which would take minutes."""
NIGHTS = int(os.environ.get("SAMVERKAN_TEST_EXAMPLES", "8"))
ARMED = ("holding.changes", LOOK, CHANGES)
"""What is set at each start and has to do with calls and with who has what."""
PEOPLE = [f"@p{number}:malarvik.example" for number in range(12)]
MONDAY = datetime.fromisoformat("2026-10-19T00:00")
MIDNIGHT = MONDAY.replace(tzinfo=UTC)
MINUTES = st.integers(0, 14 * 24 * 60)
Asked = dict[str, list[tuple[str, int, str, datetime, datetime]]]
TURN = re.compile(r"(?:^|; )(\d+) (?:([^@;]+): )?(@\S+|Caller) \((?:ersättare (\d+), )?")
"""A person's turn as it is written: after how many minutes, as what else, who, which deputy."""
END = re.compile(r"(?:; (\d+) ej nådd|obemannad)\.$")
Told = tuple[list[tuple[str, ...]], str]
Words = dict[str, Told]
"""By seat, the turns as they are written, and after how many minutes it is given up ("" never)."""


@st.composite
def rosters(draw: st.DrawFn, codes: list[str], at: datetime) -> list[Holding]:
    """Draw who holds what, and who goes or comes while the call runs.

    The same person may hold several functions, some nobody at all.
    """
    moments = st.integers(-2, 15).map(lambda minutes: at + timedelta(minutes=minutes))
    spans = st.tuples(st.none() | moments, st.none() | moments).filter(_goes_forward)
    return [
        Holding(
            function=code, rank=rank, mxid=mxid, name=mxid, source="test", starts=begun, ends=over
        )
        for code in codes
        for rank, mxid in enumerate(draw(st.lists(st.sampled_from(PEOPLE), max_size=3)), start=1)
        for begun, over in [draw(spans)]
    ]  # fmt: skip


def _goes_forward(span: tuple[datetime | None, datetime | None]) -> bool:
    begun, over = span
    return begun is None or over is None or begun < over


def involved(region: Region, forum: str) -> list[str]:
    """List every function that a call of the forum may come to."""
    there = region.forum(forum)
    found = (code for seat in there.seats for code in order(region, there, seat, MIDNIGHT))
    return list(dict.fromkeys(found))


@dataclass(frozen=True)
class Night:
    """A call of a forum at a moment, by a roster."""

    forum: str
    at: datetime
    roster: list[Holding]


@st.composite
def nights(draw: st.DrawFn) -> Night:
    """Draw one."""
    forum = draw(st.sampled_from(FORUMS))
    at = MONDAY.replace(tzinfo=REGION.timezone) + timedelta(minutes=draw(MINUTES))
    return Night(forum, at, draw(rosters(involved(REGION, forum), at)))


@pytest.mark.timeout(300 + 10 * NIGHTS)
@settings(
    max_examples=NIGHTS, phases=QUICK, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(night=nights())
def test_who_is_promised_to_be_asked_is_asked_at_that_minute_and_nobody_else(
    phrasebook: Phrasebook, memory: Memory, night: Night
) -> None:
    promised, said, done = asyncio.run(all_of(phrasebook, memory, night))

    assert done == promised
    assert read(said, night) == written(done, night)
    assert said[0].endswith(f"om det kallas nu: {answerable(done, night)} har någon att fråga.")


def test_who_comes_at_the_minute_that_time_is_out_is_promised_before_any_deputy(
    phrasebook: Phrasebook, memory: Memory
) -> None:
    at = MONDAY.replace(tzinfo=REGION.timezone) + timedelta(hours=2)
    turn = at + timedelta(minutes=5)
    roster = [
        Holding(function="pol.VB", rank=rank, mxid=mxid, name=mxid, source="test",
                starts=begun, ends=over)
        for rank, mxid, begun, over in (
            (1, PEOPLE[0], None, turn), (1, PEOPLE[1], turn, None), (2, PEOPLE[2], None, None)
        )
    ]  # fmt: skip

    night = Night("TIBG", at, roster)
    promised, said, done = asyncio.run(all_of(phrasebook, memory, night))

    assert done == promised
    assert read(said, night) == written(done, night)
    assert [it[2] for it in done["pol.VB"]] == PEOPLE[:3]


async def all_of(
    phrasebook: Phrasebook, memory: Memory, night: Night
) -> tuple[Asked, list[str], Asked]:
    """Give what is promised and said before the call, and what became of it unanswered."""
    region, forum, at = REGION, night.forum, night.at
    store = memory.emptied()
    desk = Desk(region, Catalogue.discover(), Post(phrasebook, region.language))
    story = Story(region, store, desk, SteeredClock(at))
    await story.begin(unmanned=set(region.functions))
    caller = min(region.forum(forum).may_convene)
    async with store.begin() as session:
        session.add_all([*map(copied, night.roster), _caller(caller)])
        for name in ARMED:
            arm = desk.catalogue.kinds[name].arm
            assert arm
            await arm(session, region, at)
    await story.passes(seconds=0)
    promised = await promise(story, forum, at)
    await story.says(CALLER, f"!nås {forum}", forum)
    said = story.told_last(CALLER).splitlines()
    await story.says(CALLER, f"!kalla {forum} nu pröva", forum)
    await story.passes(minutes=35)
    done = await what_was_done(store, forum)
    await store.close()
    return promised, said, done


CALLER = "@caller:malarvik.example"


def copied(held: Holding) -> Holding:
    """Make a row of its own: one that has been in a session is not drawn again."""
    return Holding(**held.model_dump(exclude={"id"}))


def _caller(function: str) -> Holding:
    return Holding(function=function, rank=9, mxid=CALLER, name="Caller", source="test")


async def promise(story: Story, forum: str, at: datetime) -> Asked:
    async with story.store.read() as session:
        periods = await holdings.periods(session)
    return {
        each.seat.function: [
            (turn.link.function, turn.link.rank, turn.link.mxid, turn.asked_at, turn.due_at)
            for turn in each.turns
        ]
        for each in foresee(story.region, story.region.forum(forum), periods, at)
    }


async def what_was_done(store: Store, forum: str) -> Asked:
    async with store.read() as session:
        by_hand = select(Summons).where(Summons.forum == forum, col(Summons.made_by).is_not(None))
        made = (await session.exec(by_hand)).one()
        calls = await summonses.calls(session, made.id)
        steps = await summonses.steps_of(session, made.id)
    found: Asked = defaultdict(list)
    for call in calls:
        found[call.function] = [
            (step.function, step.rank, step.mxid, step.asked_at, step.due_at)  # type: ignore[misc]
            for step in sorted(steps.get(call.id or 0, []), key=lambda step: str(step.asked_at))
            if step.asked_at
        ]
    return dict(found)


def seats_of(forum: str) -> list[Seat]:
    """List a forum's seats as they are told of: the required ones first."""
    return sorted(REGION.forum(forum).seats, key=lambda seat: not seat.required)


def read(said: list[str], night: Night) -> Words:
    """Take apart what is said of each seat: a line each, in their order."""
    chains = said[next(at for at, line in enumerate(said) if line.startswith("Så frågas de")) :]
    lines = [line for line in chains if line.startswith("- ")]
    return {
        seat.function: _read(line)
        for seat, line in zip(seats_of(night.forum), lines, strict=True)
    }  # fmt: skip


def _read(line: str) -> Told:
    _, _, told = line.partition(": " if " (företräder " not in line else "): ")
    end = END.search(told if told.startswith("obemannad") else f"; {told}")
    assert end, line
    return [tuple(turn) for turn in TURN.findall(told)], end[1] or ""


def written(done: Asked, night: Night) -> Words:
    """Write what a call has done as it should have been said."""
    return {seat.function: _written(done[seat.function], seat, night.at)
            for seat in seats_of(night.forum)}  # fmt: skip


def _written(
    turns: list[tuple[str, int, str, datetime, datetime]], seat: Seat, at: datetime
) -> Told:
    told: list[tuple[str, ...]] = [
        (_minute(asked, at), "" if code == seat.function else REGION.title(code, "sv"),
         "Caller" if mxid == CALLER else mxid, str(rank - 1) if rank > 1 else "")
        for code, rank, mxid, asked, _ in turns
    ]  # fmt: skip
    return told, _minute(turns[-1][4], at) if turns else ""


def _minute(moment: datetime, at: datetime) -> str:
    return str((moment - at) // timedelta(minutes=1))


def answerable(done: Asked, night: Night) -> str:
    """Say of how many required seats somebody was asked."""
    required = [seat for seat in seats_of(night.forum) if seat.required]
    asked = sum(bool(done[seat.function]) for seat in required)
    return f"{asked} av {len(required)} obligatoriska platser"
