"""Give a seat's position on a proposal: a tap in the form, a digit, or a word (R3, R6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from bot.asking import Ask, FunctionCode, Word, command
from bot.asking.arguments import Part, Reader, id_reader
from bot.asking.times import read_time
from bot.asking.words import Words, unquoted
from bot.domain import positions
from bot.domain.agreements import stand
from bot.domain.answer import Answer, Direct, InForum, Refusal, Reply, Typed
from bot.domain.concerned import seat_asked
from bot.domain.model import Agreement, Blank, Choice
from bot.domain.seats import seat_in
from bot.domain.spoken import Spoken
from bot.domain.voting import EMPTY, SPOILED
from bot.procedures.agreements import backer
from bot.procedures.blanks import leave_blank
from bot.procedures.positions import Given, take_down
from bot.procedures.speaking_for import KEYS, as_whom, nobody, seats_of, spoken, tell
from bot.procedures.waiting import proposals
from bot.store import agreements

ALONE = "·"
"""Stands before the words of a message that had neither sign nor verb: "1" may be only talk."""

BLANKS = {EMPTY: Blank.TAKEN_BACK, SPOILED: Blank.SPOILED}
DIGITS = tuple(str(number) for number, _ in enumerate(Choice, start=1))

_ID = id_reader("OV", "agreement")
_DIGITS = [str(number) for number, _ in enumerate(positions.CHOICES, 1)]
FIELDS = (
    Part("agreement", optional=True),
    Part("choice", lambda _: _DIGITS),
    Part("reservation", optional=True, rest=True),
)


@dataclass(frozen=True)
class Answered:
    """What was typed; `agreement` is an id or None. A Blank takes back what was answered.

    `alone`: with neither sign nor verb. `in_full`: with verb and id.
    """

    agreement: str | None
    said: positions.Said | Blank
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
    about = id_ or ask.about_id("agreement")
    if line in BLANKS:
        return Answered(about, BLANKS[line], None, alone=False, in_full=False)
    said = positions.read(line)
    if said is None:
        raise Refusal("unknown_position", agreement=about)
    said, until = _back_at(said, ask)
    in_full = id_ is not None and not ask.tapped
    return Answered(about, said, until, alone=alone, in_full=in_full)


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
    "position", sv="ståndpunkt", bare=_bare,
    votes={"agreement": tuple(Choice)}, taps=dict.fromkeys(DIGITS, ("agreement",)),
    keys={"seat": ("plats", "as", "som"), "anchored": ("förankrad", "anchored_by"), **KEYS},
    counts="answer",
)  # fmt: skip
async def position(  # noqa: PLR0913 - the last three say for whom somebody speaks
    ask: Ask,
    answered: Annotated[Answered, Reader(_read, parts=FIELDS)],
    *,
    seat: FunctionCode | None = None,
    anchored: FunctionCode | None = None,
    behalf: Word = "",
    by: Word = "",
    readback: Word = "",
) -> list[Answer] | None:
    """Take down the position of the seat the person holds, or take it back."""
    agreement = await _agreement(ask, answered)
    if agreement is None:
        return None
    said = answered.said
    if isinstance(said, Blank):
        return await leave_blank(ask, agreement, seat, said)
    if behalf:
        return await _for_another(ask, agreement, answered, spoken(behalf, by, readback), anchored)
    function = await _seat(ask, agreement, said, seat)
    if function is None:
        return [Reply("position/not_asked", {"id": agreement.id}, to=Direct(ask.mxid))]
    backer = _backer(ask, agreement, function, anchored)
    text = unquoted(said.rest.strip())
    given = Given(said.choice, text, answered.until, backer, in_full=answered.in_full)
    return await take_down(ask, agreement, function, given)


async def _for_another(
    ask: Ask, agreement: Agreement, answered: Answered, said: Spoken, anchored: str | None
) -> list[Answer]:
    """Take down what an organisation says elsewhere: its mandate binds as if it were here (R6)."""
    assert isinstance(answered.said, positions.Said)  # noqa: S101 - the caller looked
    forum, id_ = ask.region.forum(agreement.forum), agreement.id
    said = as_whom(ask, said, id_, forum.lead)
    concerned = await agreements.concerned(ask.session, id_)
    seats = [seat for code in concerned if (seat := seat_asked(ask.region, forum, code))]
    line = f"{id_} {_digit(answered.said)}"
    found = seats_of(ask, forum, seats, said, line)
    if len(found) != 1:
        raise nobody(forum, said, line, ask.region.home_of(found[0]).code, found)
    choice, text = answered.said.choice, unquoted(answered.said.rest.strip())
    backed = _backer(ask, agreement, found[0], anchored)
    given = Given(choice, text, answered.until, backed, in_full=answered.in_full, spoken=said)
    answers = await take_down(ask, agreement, found[0], given)
    now = stand(found[0], await agreements.positions(ask.session, id_), ask.now)
    if now.spoken is None or now.choice is None:  # too late, or its own answer stands
        return answers
    return [*answers, *await tell(ask, said, id_, str(now.choice), found[0])]


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
    digit = _digit(answered.said)
    which = [{"id": each.id, "text": Typed(each.text)} for each in here]
    raise Refusal("which_agreement", agreements=which, digit=digit)


async def _waiting(ask: Ask) -> list[Agreement]:
    """List what waits for the person's answer, in this forum or, elsewhere, in all."""
    found = await proposals(ask)
    return [each for each in found if ask.forum is None or each.forum == ask.forum.code]


def _digit(said: positions.Said | Blank) -> int:
    return 0 if isinstance(said, Blank) else positions.CHOICES.index(said.choice) + 1


async def _seat(
    ask: Ask, agreement: Agreement, said: positions.Said, seat: str | None
) -> str | None:
    """Find the seat the person answers for: the one they say, or else the one they hold (R25)."""
    concerned = await agreements.concerned(ask.session, agreement.id)
    held = {each.function: each.rank for each in reversed(ask.holdings)}
    own = [code for code in dict.fromkeys(ask.functions) if code in concerned]
    if seat is not None:
        return seat if seat in own else None
    first = [code for code in own if held[code] == 1] or own
    if len(first) > 1:
        raise Refusal("which_seat", id=agreement.id, functions=first, digit=_digit(said))
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
