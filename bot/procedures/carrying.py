"""The three acts that bring a carry-back home, each with its deadline and its line in the log."""

from __future__ import annotations

from bot.asking.ask import Ask
from bot.domain.answer import Refusal, Reply
from bot.domain.authority import acting_as
from bot.domain.homecoming import (
    IN_PERSON,
    READ_BACK,
    SELF,
    SENT,
    carriers,
    facts,
    lacking,
    note,
    receipt,
)
from bot.domain.model import CarryBack, CarryBackState
from bot.procedures.waiting import carried_to
from bot.store import answered, carrybacks, carrying, deadlines, holdings


async def carryback_of(ask: Ask, id_: str) -> CarryBack:
    """Find the carry-back that is meant; Refusal if there is none, or it is not said which.

    Without an id: the one answered to, or else the only one that waits for this person.
    """
    wanted = id_ or ask.about_id("carry_back") or ask.about_id("receipt")
    if wanted:
        row = await carrybacks.by_id(ask.session, wanted)
        if row is None:
            raise Refusal("unknown_carry_back", id=wanted)
        return row
    waiting = await carried_to(ask)
    if len(waiting) != 1:
        raise Refusal(
            "which_carry_back", carry_backs=[[row.id, row.organisation] for row in waiting]
        )
    return waiting[0]


async def received(ask: Ask, row: CarryBack) -> list[Reply]:
    """Note that its carrier has received it; if the receiver sits there, it is home."""
    function = _carrier(ask, row)
    if row.received_at is None:
        row.received_at, row.received_by = ask.now, function
        row.state = CarryBackState.RECEIVED
        if row.own_part and await _is_receiver(ask, row):
            _arrived(ask, row, function)
        await _note(ask, f"received:{row.id}")
        await done(ask, row, "carry_back.received", function)
    return _told(ask, row, Reply("carry_back/received", facts(row)))


async def sent_home(ask: Ask, row: CarryBack) -> list[Reply]:
    """Let the bot hand it to the receiver at home, who confirms it with one tap.

    Refusal if nobody has that function now: then it is handed over in another way.
    """
    function = _on_behalf(ask, row)
    if row.confirmed_at is not None:
        return _told(ask, row, Reply("carry_back/carried", facts(row)))
    there = await holdings.holders(ask.session, row.receiver, ask.now)
    if not there:
        raise Refusal("receiver_unmanned", id=row.id, receiver=row.receiver)
    row.receiver_mxid = there[0].mxid
    await _carry(ask, row, function, SENT)
    return [*_told(ask, row, Reply("carry_back/carried", facts(row))), receipt(row)]


async def handed_over(ask: Ask, row: CarryBack, how: str, *, read_back: bool) -> list[Reply]:
    """Note that it was handed over by phone, on paper, …; read back, it counts as confirmed.

    The receiver is told all the same, and confirms if it was not read back.
    """
    function = _on_behalf(ask, row)
    if row.confirmed_at is not None:
        return _told(ask, row, Reply("carry_back/carried", facts(row)))
    if read_back:
        row.confirmed_at, row.confirmed_by, row.confirmed_how = ask.now, function, READ_BACK
    there = await holdings.holders(ask.session, row.receiver, ask.now)
    row.receiver_mxid = there[0].mxid if there else None
    await _carry(ask, row, function, how)
    answers = _told(ask, row, Reply("carry_back/carried", facts(row)))
    return answers if read_back or not there else [*answers, receipt(row)]


async def confirmed(ask: Ask, row: CarryBack) -> list[Reply]:
    """Note that the receiver at home has it; nobody else can say so."""
    held = acting_as(ask, (row.receiver,))
    if held is None and ask.mxid != row.receiver_mxid:
        raise Refusal("not_receiver", id=row.id, needs=[row.receiver])
    if row.carried_at is None:
        raise Refusal("not_carried", id=row.id)
    if row.confirmed_at is None or row.confirmed_how != SELF:
        row.confirmed_at, row.confirmed_by = ask.now, row.receiver
        row.confirmed_how, row.state = SELF, CarryBackState.CONFIRMED
        await _note(ask, f"confirmed:{row.id}")
        await done(ask, row, "carry_back.confirmed", row.receiver)
    return _told(ask, row, Reply("carry_back/confirmed", facts(row)))


async def _note(ask: Ask, about: str) -> None:
    await answered.note(ask.session, ask.event_id, ask.mxid, about, "", ask.now)


async def _carry(ask: Ask, row: CarryBack, function: str, how: str) -> None:
    if row.received_at is None and function == row.seat:
        row.received_at, row.received_by = ask.now, function
    row.carried_at, row.carried_by, row.carried_how = ask.now, function, how
    row.state = CarryBackState.CONFIRMED if row.confirmed_at else CarryBackState.CARRIED
    await done(ask, row, "carry_back.carried", function)


def _arrived(ask: Ask, row: CarryBack, function: str) -> None:
    """Note that receiving was arriving: the receiver sits in the seat."""
    row.carried_at = row.confirmed_at = ask.now
    row.carried_by, row.confirmed_by = function, row.receiver
    row.carried_how = row.confirmed_how = IN_PERSON
    row.state = CarryBackState.CONFIRMED


async def _is_receiver(ask: Ask, row: CarryBack) -> bool:
    if row.seat == row.receiver:
        return True
    there = await holdings.holders(ask.session, row.receiver, ask.now)
    return bool(there) and there[0].mxid == ask.mxid


async def done(ask: Ask, row: CarryBack, what: str, function: str) -> None:
    """Log an act, wait for the next one instead, and bring the chair's list up to date."""
    await carrying.log(
        ask.session, row, what, ask.now, function=function, mxid=ask.mxid, proof=ask.origin
    )
    await carrying.wait_for(ask.session, row, lacking(row), ask.now)
    if row.receive_by <= ask.now or await carrying.last_list(ask.session, row.meeting):
        await deadlines.set_(ask.session, "carry_back.list", row.meeting, ask.now)


def _carrier(ask: Ask, row: CarryBack) -> str:
    held = acting_as(ask, carriers(ask.region, row))
    if held is None and ask.mxid != row.carrier:
        raise _not_carrier(ask, row)
    return held.function if held else row.seat


def _on_behalf(ask: Ask, row: CarryBack) -> str:
    """Give as what they record that it was carried: its carrier, or one who leads the forum."""
    lead = ask.region.forums[row.forum].lead if row.forum in ask.region.forums else ()
    held = acting_as(ask, carriers(ask.region, row)) or acting_as(ask, lead)
    if held is None and ask.mxid != row.carrier:
        raise _not_carrier(ask, row)
    return held.function if held else row.seat


def _not_carrier(ask: Ask, row: CarryBack) -> Refusal:
    """Say which functions carry it, and who has them now."""
    return Refusal("not_carrier", id=row.id, needs=list(dict.fromkeys(carriers(ask.region, row))))


def _told(ask: Ask, row: CarryBack, answer: Reply) -> list[Reply]:
    """Answer, and bring the note in the carrier's room up to date.

    That note answers a tap on itself.
    """
    on_note = ask.tapped and ask.mxid == row.carrier and ask.about_id("carry_back") == row.id
    answers = [] if on_note else [answer]
    return [*answers, note(row)] if row.carrier else answers
