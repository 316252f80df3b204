"""An exercise begins and ends: who plays what, in which rooms (R22)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.asking.ask import Ask
from bot.domain.answer import Answer, Direct, InForum, Reply, Typed
from bot.domain.exercises import next_code, twin
from bot.domain.model import HeldExercise, Holding
from bot.domain.places import key_of, place_of
from bot.procedures.stepping_down import over
from bot.procedures.summoning import REGISTER
from bot.procedures.timelines import timeline
from bot.store import deadlines, exercises, holdings, incidents, law, log, people

ENDS = "exercise.ends"
"""The deadline at which who leads it is reminded to end it; its subject is the exercise's code."""
USUAL_LENGTH = timedelta(hours=12)
"""After which that is, where no end was given."""


@dataclass(frozen=True)
class Part:
    """A function that is played, by those people in this order; by its holder if by nobody."""

    function: str
    mxids: tuple[str, ...] = ()


async def cast(ask: Ask, part: Part) -> list[Holding]:
    """Give who plays a function: the people named, or who really has it; none if nobody has."""
    live = await holdings.holders(ask.session, part.function, ask.now)
    if not part.mxids:
        return [it for it in live if it.rank == 1] or live[:1]
    known = await people.among(ask.session, part.mxids)
    return [
        Holding(
            function=part.function, rank=rank, mxid=mxid, source="",
            name=known[mxid].name if mxid in known else mxid,
        )
        for rank, mxid in enumerate(part.mxids, 1)
    ]  # fmt: skip


async def begin(  # noqa: PLR0913, PLR0917 - what an exercise is made of
    ask: Ask, title: str, forums: Sequence[str], held: Sequence[Holding], by: Holding,
    ends: datetime | None = None,
) -> list[Answer]:  # fmt: skip
    """Keep the exercise, and who plays what; tell each who takes part, and who asked.

    When it should end who asked is reminded: then, or after twelve hours.
    """
    code = next_code(ask.region, len(await exercises.every(ask.session)))
    parts = [
        Holding(
            function=twin(code, it.function), rank=max(1, it.rank), mxid=it.mxid, name=it.name,
            starts=ask.now, source=exercises.source(code), known_at=ask.now,
        )
        for it in held
    ]  # fmt: skip
    ask.session.add_all(parts)
    who = list(dict.fromkeys(it.mxid for it in parts))
    row = HeldExercise(
        code=code, title=title, forums=list(forums), participants=who, started_at=ask.now,
        started_by=ask.mxid, started_as=by.function, started_in=key_of(ask.place),
        changed_at=ask.now,
    )  # fmt: skip
    await exercises.keep(ask.session, row, ask.now)
    await law.take_in_at_once(ask.session, ask.region)
    until = ends or ask.now + USUAL_LENGTH
    await deadlines.set_(ask.session, ENDS, code, until)
    for forum in forums:
        await deadlines.set_(ask.session, REGISTER, twin(code, forum), ask.now)
    await _note(ask, row, "exercise.started", {"forums": list(forums), "participants": who})
    facts = {
        "exercise": code, "title": Typed(title), "by": by.function, "until": until,
        "forums": [{"code": twin(code, forum), "forum": forum} for forum in forums],
        "parts": [{"function": it.function, "name": it.name} for it in held],
    }  # fmt: skip
    told = [
        Reply(
            "exercise/part",
            {**facts, "functions": [it.function for it in held if it.mxid == mxid]},
            to=Direct(mxid), mention=(mxid,), call=True, subject=f"exercise:{code}",
        )
        for mxid in who
    ]  # fmt: skip
    return [Reply("exercise/started", facts, subject=f"exercise:{code}"), *told]


async def end(ask: Ask, row: HeldExercise) -> list[Answer]:
    """End the exercise: its parts, its rooms; what it took is told where it was begun."""
    row.ended_at, row.ended_by = ask.now, ask.mxid
    await exercises.end_holdings(ask.session, row.code, ask.now)
    for incident in await incidents.active(ask.session):
        if incident.exercise == row.code:
            await over(ask, incident)
    facts = await timeline(ask.session, ask.region, row)
    await exercises.keep(ask.session, row, ask.now)
    await _note(ask, row, "exercise.ended", {})
    await deadlines.drop(ask.session, ENDS, row.code)
    about = f"exercise:{row.code}"
    rooms = [InForum(twin(row.code, forum)) for forum in row.forums]
    said: list[Answer] = [
        Reply("exercise/ended", {"exercise": row.code, "title": Typed(row.title)}, to=room)
        for room in rooms[1:]
    ]
    where = [rooms[0]] if rooms else []
    begun_in = place_of(row.started_in)
    places = dict.fromkeys([*where, ask.place, begun_in])
    return [
        *said,
        *(
            Reply("exercise/timeline", facts, to=to, subject=about, paper="timeline")
            for to in places
        ),
    ]


async def _note(ask: Ask, row: HeldExercise, what: str, facts: dict[str, Any]) -> None:
    await log.append(
        ask.session, what, f"exercise:{row.code}", happened_at=ask.now, written_at=ask.now,
        mxid=ask.mxid, function=row.started_as,
        facts={"title": row.title, **facts, "proof": ask.origin},
    )  # fmt: skip
