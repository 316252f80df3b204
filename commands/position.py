"""Give a seat's position on a proposal: a tap in the form, a digit, or a word (R3, R6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from bot.asking import Ask, FunctionCode, command
from bot.asking.arguments import Reader, id_reader, read_time
from bot.asking.words import Words, unquoted
from bot.domain import positions
from bot.domain.answer import Answer, Direct, InForum, Refusal, Reply, Typed
from bot.domain.model import Agreement, Choice
from bot.domain.seats import seat_in
from bot.procedures.agreements import backer
from bot.procedures.positions import Given, take_down
from bot.procedures.waiting import proposals
from bot.store import agreements

ALONE = "·"
"""Stands before the words of a message that had neither sign nor verb: "1" may be only talk."""

_ID = id_reader("OV", "agreement")


@dataclass(frozen=True)
class Answered:
    """What was typed; `agreement` is an id or None.

    `alone`: with neither sign nor verb. `in_full`: with verb and id.
    """

    agreement: str | None
    said: positions.Said
    until: datetime | None
    alone: bool
    in_full: bool


def _read(words: Words, ask: Ask) -> Answered:
    alone = words.peek() == ALONE
    if alone:
        words.take()
    id_ = None
    if (words.peek() or "").casefold().startswith("ov-"):
        id_ = _ID.read(words, ask)
    line = words.rest()
    said = positions.read(line)
    if said is None:
        raise Refusal("unknown_position", agreement=id_ or ask.about_id("agreement"))
    said, until = _back_at(said, ask)
    tapped = ask.about is not None and line in set(Choice)
    in_full = id_ is not None and not tapped
    return Answered(id_ or ask.about_id("agreement"), said, until, alone=alone, in_full=in_full)


def _back_at(said: positions.Said, ask: Ask) -> tuple[positions.Said, datetime | None]:
    """Take the time an anchoring seat will be back from the front of its words, if it is there."""
    words = Words.of(said.rest, {})
    clock = (words.peek() or "").casefold().rstrip(".")
    timed = clock[:1].isdigit() or clock[:1] == "+" or clock in {"kl", "at"}
    if said.choice is not Choice.ANCHOR or not timed:
        return said, None
    until = read_time(words, ask)
    if until <= ask.now:
        raise Refusal("time_passed", at=until)
    return positions.Said(said.choice, words.rest()), until


def _bare(text: str, signed: bool) -> str | None:  # noqa: FBT001 - the shape of every Bare
    """Find a position without its verb; with a sign it may go on in words without quotes."""
    if signed:
        return text if positions.read(text) else None
    return f"{ALONE} {text}" if positions.is_alone(text) else None


@command(
    "position", sv="ståndpunkt", votes=("agreement",), bare=_bare,
    keys={"seat": ("plats", "as", "som"), "anchored": ("förankrad", "anchored_by")},
)  # fmt: skip
async def position(
    ask: Ask,
    answered: Annotated[Answered, Reader(_read)],
    *,
    seat: FunctionCode | None = None,
    anchored: FunctionCode | None = None,
) -> list[Answer] | None:
    """Take down the position of the seat the person holds."""
    agreement = await _agreement(ask, answered)
    if agreement is None:
        return None
    function = await _seat(ask, agreement, answered, seat)
    if function is None:
        return [Reply("position/not_asked", {"id": agreement.id}, to=Direct(ask.mxid))]
    backer = _backer(ask, agreement, function, anchored)
    text = unquoted(answered.said.rest.strip())
    given = Given(answered.said.choice, text, answered.until, backer, in_full=answered.in_full)
    return await take_down(ask, agreement, function, given)


async def _agreement(ask: Ask, answered: Answered) -> Agreement | None:
    """Find the proposal that is meant; None if a digit was only talk."""
    if answered.agreement:
        found = await agreements.by_id(ask.session, answered.agreement)
        if found is None:
            raise Refusal("unknown_agreement", id=answered.agreement)
        return found
    here = await _waiting(ask)
    if len(here) == 1:
        return here[0]
    if not here and answered.alone and isinstance(ask.place, InForum):
        return None
    if not here:
        raise Refusal("nothing_open", forum=ask.forum.code if ask.forum else None)
    digit = positions.CHOICES.index(answered.said.choice) + 1
    which = [{"id": each.id, "text": Typed(each.text)} for each in here]
    raise Refusal("which_agreement", agreements=which, digit=digit)


async def _waiting(ask: Ask) -> list[Agreement]:
    """List what waits for the person's answer, in this forum or, elsewhere, in all."""
    found = await proposals(ask)
    return [each for each in found if ask.forum is None or each.forum == ask.forum.code]


async def _seat(ask: Ask, agreement: Agreement, answered: Answered, seat: str | None) -> str | None:
    """Find the seat the person answers for: the one they say, or else the one they hold (R25)."""
    concerned = await agreements.concerned(ask.session, agreement.id)
    held = {each.function: each.rank for each in reversed(ask.holdings)}
    own = [code for code in dict.fromkeys(ask.functions) if code in concerned]
    if seat is not None:
        return seat if seat in own else None
    first = [code for code in own if held[code] == 1] or own
    if len(first) > 1:
        digit = positions.CHOICES.index(answered.said.choice) + 1
        raise Refusal("which_seat", id=agreement.id, functions=first, digit=digit)
    return first[0] if first else None


def _backer(ask: Ask, agreement: Agreement, function: str, anchored: str | None) -> str | None:
    """Check that who backs the answer is another function of an organisation it answers for."""
    if anchored is None:
        return None
    seat = seat_in(ask.region, ask.region.forum(agreement.forum), function)
    homes = {ask.region.home_of(function).code, *(seat.represents if seat else ())}
    if anchored == function or ask.region.home_of(anchored).code not in homes:
        by = backer(ask.region, ask.region.forum(agreement.forum), function)
        raise Refusal("cannot_back", id=agreement.id, function=anchored, seat=function, backer=by)
    return anchored
