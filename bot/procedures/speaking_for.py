"""Answering for an organisation that cannot answer here: by phone, with who says so (R10)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.asking.ask import Ask
from bot.domain.answer import Answer, Direct, Refusal, Reply, Typed
from bot.domain.authority import acting_as
from bot.domain.calling import SeatCall
from bot.domain.model import CallState
from bot.domain.region import Forum, Seat
from bot.domain.seats import organisation_meant, own_seats
from bot.domain.spoken import HOW, YES, Spoken, spoken_of
from bot.procedures.acknowledging import which_roll
from bot.procedures.roll import Roll, status, write
from bot.procedures.turns import asked_again
from bot.store import answered, holdings, log

KEYS = {"behalf": ("for", "för"), "by": ("per",), "readback": ("motläst",)}
"""The named words with which somebody speaks for another, on every answer."""


def spoken(whom: str, by: str, readback: str) -> Spoken:
    """Read for whom somebody speaks, and how they were told: by phone, unless they say."""
    how = HOW.get(by.casefold(), by) or "phone"
    return Spoken(whom, how, readback.casefold() in YES)


def as_whom(ask: Ask, said: Spoken, id_: str, functions: Iterable[str]) -> Spoken:
    """Give it with the function by which they say so; Refusal if they may not speak for others."""
    may = tuple(dict.fromkeys((*functions, *ask.region.cooperation.judges)))
    held = acting_as(ask, may)
    if held is None:
        raise Refusal("may_not_speak_for", id=id_, whom=Typed(said.whom), needs=list(may))
    return replace(said, by=held.function)


def seats_of(
    ask: Ask, forum: Forum, seats: Sequence[Seat], said: Spoken, line: str
) -> tuple[str, ...]:
    """Find, of these seats, the own ones of whom they speak for.

    Refusal where it has none: whoever represents it is another organisation, and goes on being
    asked (R2). `line` is what was typed before the named words, for the refusal to say it again.
    """
    known = said.whom not in ask.region.groups
    found = own_seats(ask.region, seats, said.whom) if known else ()
    if found:
        return found
    home = organisation_meant(ask.region, said.whom) if known else None
    through = [seat.function for seat in seats if home in seat.represents]
    raise nobody(forum, said, line, home, through)


def nobody(
    forum: Forum, said: Spoken, line: str, home: str | None, instead: Sequence[str]
) -> Refusal:
    """Say that no one seat is the organisation's own, and by which functions it can be said."""
    return Refusal(
        "nobody_to_speak_for", id=line.split(" ", maxsplit=1)[0], line=line, whom=Typed(said.whom),
        forum=forum.code, organisation=home, instead=list(instead),
    )  # fmt: skip


async def answer_for(ask: Ask, summons: str, state: CallState, said: Spoken) -> list[Answer]:
    """Record what an organisation has answered elsewhere, and tell it that it was spoken for."""
    roll = await which_roll(ask, summons)
    id_ = roll.summons.id
    if roll.over:
        raise roll.too_late
    caller = (roll.summons.made_by,) if roll.summons.made_by else ()
    said = as_whom(ask, said, id_, (*roll.forum.lead, *caller))
    wanted = seats_of(ask, roll.forum, [each.seat for each in roll.seats], said, id_)
    theirs = [each for each in roll.seats if each.seat.function in wanted]
    recorded = [each for each in theirs if each.speak_for(state, said, ask.now)]
    functions = [each.seat.function for each in recorded or theirs]
    if not recorded:
        raise Refusal("has_answered_itself", id=id_, functions=functions)
    await write(ask, roll)
    for each in recorded:
        await _note(ask, roll, each, state, said)
        about = f"spoken:{each.call.id}"
        await answered.note(ask.session, ask.event_id, ask.mxid, about, str(state), ask.now)
    noted = Reply("spoken/noted", {**_facts(said, id_, str(state)), "functions": functions})
    told = [it for code in functions for it in await tell(ask, said, id_, str(state), code)]
    return [*asked_again(roll, recorded, ""), status(ask.region, roll), noted, *told]


async def tell(ask: Ask, said: Spoken, id_: str, state: str, function: str) -> list[Answer]:
    """Tell whoever has the function, or else the contact point, that they were spoken for."""
    mxid = await whose(ask, function)
    if mxid is None:
        return []
    facts = {**_facts(said, id_, state), "function": function}
    about = f"{'agreement' if id_.startswith('OV-') else 'summons'}:{id_}"
    return [Reply("spoken/told", facts, to=Direct(mxid), mention=(mxid,), subject=about)]


async def whose(ask: Ask, function: str) -> str | None:
    """Give who has the function, or else the contact point (mxid), and is not who asks."""
    for code in (function, ask.region.home_of(function).contact_point):
        there = await holdings.holders(ask.session, code, ask.now)
        if there and there[0].mxid != ask.mxid:
            return there[0].mxid
    return None


def _facts(said: Spoken, id_: str, state: str) -> dict[str, object]:
    how = spoken_of(said.by, said.how, read_back=said.read_back)
    return {"id": id_, "state": state, "spoken": how}


async def _note(ask: Ask, roll: Roll, each: SeatCall, state: CallState, said: Spoken) -> None:
    await log.append(
        ask.session, f"call.{state}", roll.summons.id, happened_at=ask.now, written_at=ask.now,
        forum=roll.forum.code, function=said.by, mxid=ask.mxid,
        facts={
            "seat": each.seat.function, "said_by": said.by, "how": said.how,
            "read_back": said.read_back, "proof": ask.origin,
        },
    )  # fmt: skip
