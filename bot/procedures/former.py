"""What a former holder answers: kept as a message, not counted, and told to whom it concerns (R1).

Whoever has handed a function over answers for it no more, from the minute on. What they mean to
answer is known by the thing that it is about, or, where they do not say, by what the function owes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.asking.arguments import AN_ID
from bot.asking.ask import Ask
from bot.domain.answer import Answer, Direct, Reply, Typed
from bot.domain.model import Handover
from bot.procedures.waiting import ANSWERED_BY, ANSWERING, waits_for
from bot.store import (
    actions,
    agreements,
    carrybacks,
    handovers,
    holdings,
    incidents,
    log,
    meetings,
    summonses,
)

REMEMBERED = timedelta(days=14)
"""How long it is looked for that somebody has handed a function over."""
CALLS = frozenset({"ack", "attend", "decline"})


@dataclass(frozen=True)
class About:
    """A thing by its id, in which forum it is, and the functions that may answer it."""

    id: str
    forum: str
    functions: frozenset[str]


async def kept(ask: Ask, verb: str, words: str, typed: Typed) -> list[Answer]:
    """Keep what a former holder answers, and tell; nothing where it is theirs to answer.

    `typed` are the words after the verb, as they could be typed again.
    """
    gone = await gone_from(ask) if verb in ANSWERING else {}
    about = await _about(ask, verb, words, gone) if gone else None
    if about is None or about.functions & set(ask.functions):
        return []
    theirs = [function for function in gone if function in about.functions]
    return await _told(ask, verb, typed, about, gone[theirs[0]]) if theirs else []


async def gone_from(ask: Ask) -> dict[str, Handover]:
    """Give what somebody has handed over and does not have again, by function."""
    rows = await handovers.handed_over(ask.session, ask.mxid, ask.now - REMEMBERED)
    return {row.function: row for row in reversed(rows) if row.function not in ask.functions}


async def stands(ask: Ask, id_: str, functions: Sequence[str], given_at: datetime) -> list[Answer]:
    """Let stand what was answered for one of these functions by who has none of them any more."""
    had = await holdings.held_by(ask.session, ask.mxid, given_at)
    theirs = [row.function for row in had if row.function in functions]
    if not theirs or set(functions) & set(ask.functions):
        return []
    function = theirs[0]
    row = (await gone_from(ask)).get(function)
    there = await holdings.holders(ask.session, function, ask.now)
    holder = Typed(there[0].name) if there else None
    facts = {"id": id_, "function": function, "at": row.at if row else None, "holder": holder}
    return [Reply("relief/stands", facts, to=Direct(ask.mxid))]


async def _told(ask: Ask, verb: str, typed: Typed, about: About, row: Handover) -> list[Answer]:
    there = await holdings.holders(ask.session, row.function, ask.now)
    said = typed if about.id in typed else Typed(f"{about.id} {typed}".strip())
    await log.append(
        ask.session, "answer.kept", about.id, happened_at=ask.now, written_at=ask.now,
        forum=about.forum or None, function=row.function, mxid=ask.mxid,
        facts={"command": verb, "typed": str(said), "relief": row.id, "proof": ask.origin},
    )  # fmt: skip
    facts = {
        "id": about.id, "function": row.function, "at": row.at, "name": Typed(row.outgoing_name),
        "holder": Typed(there[0].name) if there else None, "command": verb, "typed": said,
    }  # fmt: skip
    answers: list[Answer] = [Reply("relief/kept", facts, to=Direct(ask.mxid))]
    for held in there[:1]:
        came = Reply("relief/came", facts, to=Direct(held.mxid), mention=(held.mxid,), call=True)
        answers.append(came)
    return answers


async def _about(ask: Ask, verb: str, words: str, gone: Mapping[str, Handover]) -> About | None:
    """Find the thing that is answered: named, replied to, or the first that waits for it."""
    first = next(iter(words.removeprefix("·").split()), "").upper()
    id_ = first if AN_ID.match(first) else (ask.about or "").partition(":")[2]
    if id_:
        return await _named(ask, _in_full(id_, ask))
    if await waits_for(ask, verb):
        return None
    return await _owed(ask, verb, gone)


def _in_full(id_: str, ask: Ask) -> str:
    letters, *year, number = id_.split("-")
    when = year[0] if year else str(ask.now.astimezone(ask.region.timezone).year)
    width = 4 if letters == "AF" else 3
    return f"{letters}-{when}-{int(number):0{width}d}" if number.isdecimal() else id_


async def _named(ask: Ask, id_: str) -> About | None:
    find = FINDERS.get(id_.partition("-")[0])
    return await find(ask, id_) if find else None


async def _agreement(ask: Ask, id_: str) -> About | None:
    found = await agreements.by_id(ask.session, id_)
    concerned = await agreements.concerned(ask.session, id_)
    return About(id_, found.forum, frozenset(concerned)) if found else None


async def _action(ask: Ask, id_: str) -> About | None:
    action = await actions.by_id(ask.session, id_)
    return About(id_, action.forum, frozenset({action.function})) if action else None


async def _carry_back(ask: Ask, id_: str) -> About | None:
    row = await carrybacks.by_id(ask.session, id_)
    return About(id_, row.forum, frozenset({row.seat, row.receiver})) if row else None


async def _incident(ask: Ask, id_: str) -> About | None:
    incident = await incidents.by_id(ask.session, id_)
    judge = incident.judge if incident else None
    return About(id_, "", frozenset({judge})) if judge else None


async def _summons(ask: Ask, id_: str) -> About | None:
    made = await summonses.by_id(ask.session, id_)
    calls = await summonses.calls(ask.session, id_)
    functions = {code for call in calls for code in (call.function, *call.functions)}
    return About(id_, made.forum, frozenset(functions)) if made else None


async def _meeting(ask: Ask, id_: str) -> About | None:
    """Give a meeting with those who answer for it: its seats the call, its lead the rest."""
    meeting = await meetings.by_id(ask.session, id_)
    forum = ask.region.forums.get(meeting.forum) if meeting else None
    if forum is None:
        return None
    made = await summonses.of_meeting(ask.session, id_)
    called = await _summons(ask, made.id) if made else None
    seats = called.functions if called else frozenset()
    return About(id_, forum.code, seats | set(forum.lead))


FINDERS: Mapping[str, Callable[[Ask, str], Awaitable[About | None]]] = {
    "KA": _summons, "OV": _agreement, "AT": _action, "AF": _carry_back, "M": _meeting,
    "H": _incident,
}  # fmt: skip
"""How the things are found that can be answered, by the letters of their ids."""


async def _owed(ask: Ask, verb: str, gone: Collection[str]) -> About | None:
    """Find the first thing that the functions owe and that verb answers, here or anywhere."""
    found: list[tuple[str, str]] = []
    if verb in CALLS:
        made = await summonses.running(ask.session)
        found = [(it.id, it.forum) for it in made if await _is_asked(ask, it.id, gone)]
    elif verb in ANSWERED_BY["agreement"]:
        asking = await agreements.asking(ask.session, gone, ask.now)
        found = [(it.id, it.forum) for it in asking]
    elif verb in ANSWERED_BY["action"]:
        found = [(it.id, it.forum) for it in await actions.open_of(ask.session, gone)]
    elif verb in {*ANSWERED_BY["receive"], *ANSWERED_BY["carry"], *ANSWERED_BY["confirm"]}:
        found = [(it.id, it.forum) for it in await carrybacks.owed_by(ask.session, gone)]
    here = [id_ for id_, forum in found if not ask.forum or forum == ask.forum.code]
    return await _named(ask, here[0]) if here else None


async def _is_asked(ask: Ask, summons: str, gone: Collection[str]) -> bool:
    calls = await summonses.calls(ask.session, summons)
    return any(call.function in gone for call in calls)
