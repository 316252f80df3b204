"""A carry-back's receipt taken back: what was received, or confirmed, is lacking again (R10)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.asking.ask import Ask
from bot.domain.answer import Answer, Direct, Reply
from bot.domain.homecoming import IN_PERSON, due_by, incident_of, lacking, note
from bot.domain.model import Answered, CarryBack, CarryBackState
from bot.procedures.carrying import done
from bot.store import carrybacks


async def removed(ask: Ask, answer: Answered) -> list[Answer]:
    """Deal with it that the message or reaction was removed; only who gave it takes it back.

    What has been received is taken back until it is carried; what is confirmed, always: nothing
    comes after it.
    """
    act, _, id_ = answer.about.partition(":")
    row = await carrybacks.by_id(ask.session, id_)
    if row is None or ask.mxid != answer.mxid:
        return []
    in_person = row.carried_how == IN_PERSON
    if act == "received" and row.carried_at is not None and not in_person:
        return [Reply("carry_back/stands", _facts(row), to=Direct(ask.mxid))]
    answer.taken_back_at = ask.now
    function = (row.received_by if act == "received" else row.confirmed_by) or row.seat
    _undo(row, act, in_person=in_person)
    await done(ask, row, "carry_back.taken_back", function)
    notes: list[Answer] = []
    if row.carrier:  # its own reaction stands on the note already
        notes = [replace(note(row), mention=(), call=False, tap=None)]
    return [_told(ask, row, act), *notes]


def _undo(row: CarryBack, act: str, *, in_person: bool) -> None:
    if act == "confirmed" or in_person:
        row.confirmed_at = row.confirmed_by = row.confirmed_how = None
        row.state = CarryBackState.CARRIED
    if act == "received":
        row.received_at = row.received_by = None
        row.carried_at = row.carried_by = row.carried_how = None
        row.state = CarryBackState.SENT


def _facts(row: CarryBack) -> dict[str, Any]:
    return {"id": row.id, "incident": incident_of(row), "organisation": row.organisation}


def _told(ask: Ask, row: CarryBack, act: str) -> Reply:
    lacks = lacking(row)
    until = due_by(row, lacks) if lacks else None
    facts = {**_facts(row), "act": act, "until": until}
    kind = "receipt" if act == "confirmed" else "carry_back"
    to = Direct(ask.mxid)
    return Reply("carry_back/taken_back", facts, to=to, subject=f"{kind}:{row.id}")
