"""Whoever comes takes over; who goes leaves a line; and it is said when nobody has confirmed."""

from __future__ import annotations

from bot.asking.ask import Ask, Ring
from bot.domain.answer import Answer, Direct, Refusal, Reply, Typed
from bot.domain.membership import functions_of
from bot.domain.model import Handover
from bot.domain.reliefs import A_DAY, UNCONFIRMED
from bot.procedures.briefs import both, brief, handed, note, of_about
from bot.procedures.roll import Asking
from bot.store import deadlines, handovers, holdings


async def taken_over(ask: Ask, id_: str) -> list[Answer]:
    """Note that whoever comes has taken over: all that is theirs, where none is named (R25).

    Refusal where somebody else comes, or nobody was to.
    """
    rows = await _meant(ask, id_)
    answers: list[Answer] = []
    for row in rows:
        if row.taken_over_at is None:
            answers += await confirmed(ask, row)
    facts = {"reliefs": [handed(row) for row in rows]}
    return [*answers, Reply("relief/taken_over", facts, to=Direct(ask.mxid))]


async def confirmed(ask: Ask, row: Handover) -> list[Answer]:
    """Note it, tell the one who goes, and bring what was said before up to date."""
    row.taken_over_at = ask.now
    await note(ask, row, "relief.taken_over", ask.mxid)
    told: list[Answer] = [*await brief(ask, row)]
    if row.outgoing and row.outgoing != ask.mxid:
        told.append(Reply("relief/confirmed", handed(row), to=Direct(row.outgoing)))
    if await deadlines.last_rung(ask.session, UNCONFIRMED, row.id):
        told += await unconfirmed(ask, row)
    return told


async def _meant(ask: Ask, id_: str) -> list[Handover]:
    if id_:
        row = await handovers.by_id(ask.session, id_)
        if row is None or row.called_off_at or ask.mxid not in both(row):
            raise Refusal("nothing_to_take_over", id=id_)
        if row.incoming != ask.mxid:
            raise Refusal("not_incoming", **handed(row))
        if _is_past(ask, row):
            raise Refusal("nothing_to_take_over", id=id_)
        return [row]
    briefed = await handovers.to_take_over(ask.session, ask.mxid, ask.now - A_DAY)
    rows = [row for row in briefed if not _is_past(ask, row)]
    if not rows:
        raise Refusal("nothing_to_take_over", id=None)
    return rows


def _is_past(ask: Ask, row: Handover) -> bool:
    """Tell whether the function was theirs by it and is so no more."""
    held = {it.function for it in ask.holdings if it.rank == 1}
    return row.moved_at is not None and row.function not in held


async def line_added(ask: Ask, row: Handover, text: str) -> list[Answer]:
    """Keep a line for the other one, who gets it at once; the brief carries it, too."""
    own = row.outgoing_name if ask.mxid == row.outgoing else row.incoming_name
    said = {"name": own, "text": str(text), "at": ask.now.isoformat()}
    row.lines = [*row.lines, said]
    await note(ask, row, "relief.line", ask.mxid, text=str(text))
    others = [mxid for mxid in both(row) if mxid != ask.mxid]
    facts = {**handed(row), "name": Typed(own), "text": Typed(text)}
    answers: list[Answer] = [
        Reply(
            "relief/line", facts, to=Direct(mxid), mention=(mxid,), call=True,
            subject=f"relief:{row.id}",
        )
        for mxid in others
        if row.briefed_at
    ]  # fmt: skip
    if row.briefed_at:
        answers += await brief(ask, row)
    to = row.incoming_name if ask.mxid == row.outgoing else row.outgoing_name
    noted = {"id": row.id, "to": Typed(to), "briefed": row.briefed_at is not None}
    return [*answers, Reply("relief/line_noted", noted)]


async def line_for(ask: Ask) -> Handover | None:
    """Find the handover that a line belongs to: the one answered, or the only one near."""
    found = await of_about(ask)
    if found is not None:
        return found
    ahead = [it for it in await handovers.ahead(ask.session) if it.outgoing == ask.mxid]
    just = await handovers.handed_over(ask.session, ask.mxid, ask.now - A_DAY)
    near = ahead or just[:1]
    return near[0] if len(near) == 1 else None


async def unconfirmed(at: Asking, row: Handover) -> list[Reply]:
    """Say that nobody has confirmed, to both and to those who must know; or that it is mended."""
    facts = handed(row)
    fresh = row.taken_over_at is None
    return [
        Reply(
            "relief/unconfirmed", facts, to=Direct(mxid), mention=(mxid,) if fresh else (),
            call=fresh, subject=f"relief:{row.id}", object=f"unconfirmed:{row.id}",
        )
        for mxid in [*both(row), *await _must_know(at, row)]
    ]  # fmt: skip


async def _must_know(at: Asking, row: Handover) -> list[str]:
    """Name who holds the organisation's contact point, and who leads the forums it sits in."""
    sits = [it for it in at.region.forums.values() if row.function in functions_of(it, at.region)]
    leads = [(at.region.home_of(row.function).contact_point,), *(forum.lead for forum in sits)]
    found = [await holdings.leader(at.session, lead, at.now) for lead in leads]
    return [mxid for mxid in dict.fromkeys(found) if mxid and mxid not in both(row)]


async def ask_whether(ring: Ring, row: Handover) -> list[Reply]:
    """Say it at the minute, unless it is not to be, or is done."""
    if row.called_off_at or row.taken_over_at:
        return []
    await note(ring, row, "relief.unconfirmed", None)
    return await unconfirmed(ring, row)
