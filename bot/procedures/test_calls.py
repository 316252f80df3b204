"""A test call: the holder of every duty function is asked for one tap; nobody is to meet.

Holders alone are asked, each person once: who follows them is what `reach` tells of. It closes when
all have answered or its time is out; each organisation is told its own in full, who asked for it
the totals.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from statistics import median

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.asking.ask import Ask, Ring
from bot.domain.answer import Answer, Direct, Facts, Operators, Reply
from bot.domain.calendar import local
from bot.domain.model import Holding, TestCall, TestedFunction
from bot.domain.recap import equipped
from bot.domain.region import FunctionKind, Region
from bot.domain.summons import Roster, by_function
from bot.store import counters, deadlines, holdings, kept, log, rooms, test_calls

CLOSES = "test_call.closes"
"""The deadline at which a test call's time is out; its subject is its id."""


async def begin(at: Ask | Ring, caller: Holding | None) -> tuple[TestCall, list[Answer]]:
    """Ask everybody; give the test call, and what is to be said."""
    year = local(at.region, at.now).year
    test = TestCall(
        id=await counters.next_id(at.session, "PK", year),
        made_at=at.now,
        made_by=caller.mxid if caller else None,
        made_as=caller.function if caller else None,
        closes_at=at.now + timedelta(minutes=at.region.reach.test_minutes),
    )
    roster = by_function(await holdings.in_force(at.session, at.now))
    rows = [await _row(at.session, test, code, roster) for code in _duty(at.region)]
    at.session.add_all([test, *rows])
    await deadlines.set_(at.session, CLOSES, test.id, test.closes_at)
    asked = [[row.function, row.mxid] for row in rows]
    await _note(at, "test_call.made", test, {"asked": asked})
    return test, [asking(test, theirs) for theirs in _by_person(rows)]


def asking(test: TestCall, theirs: Sequence[TestedFunction]) -> Reply:
    """Ask one person, or show that they have answered: one message, edited in place."""
    mxid, answered = theirs[0].mxid or "", theirs[0].answered_at
    facts = {
        "id": test.id,
        "functions": [row.function for row in theirs],
        "until": test.closes_at,
        "by": test.made_as,
        "answered": answered,
        "seconds": _seconds(test, theirs[0]),
        "late": answered is not None and answered > (test.closed_at or test.closes_at),
    }
    return Reply(
        "test_call/asked", facts, to=Direct(mxid), mention=() if answered else (mxid,),
        call=not answered, tap=None if answered else "✅",
        subject=f"test_call:{test.id}", object=f"test_call:{test.id}",
    )  # fmt: skip


async def answered(ask: Ask, test: TestCall, theirs: Sequence[TestedFunction]) -> list[Answer]:
    """Note that a person has been reached; close, if that was the last who was waited for."""
    for row in theirs:
        row.answered_at = row.answered_at or ask.now
    await _note(ask, "test_call.answered", test, {"functions": [row.function for row in theirs]})
    shown: list[Answer] = [asking(test, theirs)]
    rows = await test_calls.functions(ask.session, test.id)
    if test.closed_at is None and all(row.answered_at for row in rows if row.mxid):
        return [*shown, *await close(ask, test)]
    return shown


async def close(at: Ask | Ring, test: TestCall) -> list[Answer]:
    """Tell each organisation its own in full, and who asked for it the totals."""
    test.closed_at = at.now
    await deadlines.drop(at.session, CLOSES, test.id)
    rows = await test_calls.functions(at.session, test.id)
    known = [row for row in rows if row.function in at.region.functions]
    by_home: dict[str, list[TestedFunction]] = {}
    for row in known:
        by_home.setdefault(at.region.home_of(row.function).code, []).append(row)
    homes = [await _home(at, test, code, theirs) for code, theirs in by_home.items()]
    result = totals(test, by_home)
    await _note(at, "test_call.closed", test, {**result, "made": test.made_at.isoformat()})
    to = test.made_by or await _secretariat(at)
    told = Reply("test_call/result", {**result, "made": test.made_at}, to=Operators())
    if to:
        told = Reply(told.name, told.facts, to=Direct(to), mention=(to,))
    return [*(each for each in homes if each), told]


def totals(test: TestCall, by_home: dict[str, list[TestedFunction]]) -> Facts:
    """Sum a test call up: how many answered, and which organisations were not reached in full."""
    rows = [row for theirs in by_home.values() for row in theirs]
    took = [seconds for row in rows if (seconds := _seconds(test, row)) is not None]
    return {
        "id": test.id,
        "total": len(rows),
        "answered": len(took),
        "unmanned": sum(row.mxid is None for row in rows),
        "median": round(median(took)) if took else None,
        "lacking": [
            {"organisation": code, "answered": sum(_in_time(row) for row in theirs),
             "total": len(theirs)}
            for code, theirs in by_home.items()
            if not all(map(_in_time, theirs))
        ],
    }  # fmt: skip


async def _home(
    at: Ask | Ring, test: TestCall, home: str, theirs: Sequence[TestedFunction]
) -> Reply | None:
    """Tell an organisation's contact point, or whoever else is there; None if nobody is."""
    contact = at.region.organisations[home].contact_point
    own = [code for code, it in at.region.functions.items() if it.organisation == home]
    to = await holdings.leader(at.session, [contact, *own], at.now)
    if to is None:
        return None
    facts = {
        "id": test.id,
        "organisation": home,
        "made": test.made_at,
        "answered": sum(map(_in_time, theirs)),
        "functions": [
            {"function": row.function, "name": row.name if row.mxid else None,
             "seconds": _seconds(test, row), "deviceless": row.deviceless}
            for row in theirs
        ],
    }  # fmt: skip
    return Reply("test_call/home", facts, to=Direct(to))


async def _secretariat(at: Ask | Ring) -> str | None:
    """Give who is told the totals where nobody asked: whom the law names, or who judges first."""
    named = at.region.reach.result_to
    functions = [*([named] if named else []), *at.region.cooperation.judges]
    return await holdings.leader(at.session, functions, at.now)


def _duty(region: Region) -> list[str]:
    return [code for code, it in region.functions.items() if it.kind is FunctionKind.DUTY]


async def _row(session: AsyncSession, test: TestCall, code: str, roster: Roster) -> TestedFunction:
    held = next(iter(roster.get(code, ())), None)
    if held is None:
        return TestedFunction(test=test.id, function=code)
    room = await rooms.by_key(session, f"direct:{held.mxid}")
    sealed = room is not None and room.encrypted
    deviceless = sealed and await kept.get(session, equipped(held.mxid)) is None
    return TestedFunction(
        test=test.id, function=code, mxid=held.mxid, name=held.name, deviceless=deviceless
    )


def _by_person(rows: Iterable[TestedFunction]) -> list[list[TestedFunction]]:
    people: dict[str, list[TestedFunction]] = {}
    for row in rows:
        if row.mxid:
            people.setdefault(row.mxid, []).append(row)
    return list(people.values())


def _in_time(row: TestedFunction) -> bool:
    return row.answered_at is not None


def _seconds(test: TestCall, row: TestedFunction) -> int | None:
    """Tell how long it took to answer; None for who has not."""
    at: datetime | None = row.answered_at
    return round((at - test.made_at).total_seconds()) if at else None


async def _note(at: Ask | Ring, what: str, test: TestCall, facts: Facts) -> None:
    mxid = at.mxid if isinstance(at, Ask) else None
    await log.append(
        at.session, what, test.id, happened_at=at.now, written_at=at.now,
        function=test.made_as if what == "test_call.made" else None, mxid=mxid, facts=facts,
    )  # fmt: skip
