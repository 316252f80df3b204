"""A mandate runs out: who can renew it is told in time, and what it touches says so (T18, b.2)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.asking import Ring, deadline
from bot.domain import mandates
from bot.domain.answer import Answer, Direct, InForum, Operators, Reply
from bot.domain.mandates import Term
from bot.domain.model import Agreement
from bot.domain.region import Region
from bot.procedures.agreements import backer, seat_facts, shown, standing
from bot.store import agreements, deadlines, holdings, log

RUNS_OUT, ENDED = "mandate.runs_out", "mandate.ended"
"""The subject of both is "FORUM FUNCTION LAST_DAY"."""


async def _arm_ahead(session: AsyncSession, region: Region, now: datetime) -> None:
    """Set what is to be told of each mandate that ends; each last day is told of once."""
    for term in mandates.terms(region):
        at = max(term.told_at(region), now)
        await deadlines.set_once(session, RUNS_OUT, _subject(term), at)


async def _arm_ends(session: AsyncSession, region: Region, now: datetime) -> None:
    for term in mandates.terms(region):
        at = max(term.ends_at(region), now)
        await deadlines.set_once(session, ENDED, _subject(term), at)


@deadline(RUNS_OUT, arm=_arm_ahead)
async def runs_out(ring: Ring) -> list[Answer]:
    """Tell the function at home that decides on it, and those who keep the region file."""
    term = _term(ring)
    if term is None:
        return []
    forum = ring.region.forum(term.forum)
    seat = forum.seat_of(term.function)
    home = backer(ring.region, forum, term.function)
    to = await _who(ring, (home, ring.region.home_of(term.function).contact_point))
    held = bool(await holdings.holders(ring.session, home, ring.now))
    facts = {
        "function": term.function, "forum": term.forum, "last_day": term.last_day,
        "ended": term.ends_at(ring.region) <= ring.now, "backer": home, "backer_held": held,
        "basis": seat.mandate.basis if seat else None,
    }  # fmt: skip
    await _note(ring, term, told=to)
    told = [Reply("mandate/runs_out", facts, to=Direct(to), mention=(to,))] if to else []
    return [*told, Reply("mandate/runs_out", facts, to=Operators())]


@deadline(ENDED, arm=_arm_ends)
async def ended(ring: Ring) -> list[Answer]:
    """Show every open proposal that it touches anew, and say it in the forums' rooms."""
    term = _term(ring)
    if term is None:
        return []
    touched = [
        it for it in await agreements.proposed(ring.session) if await _touches(ring, term, it)
    ]
    answers: list[Answer] = []
    for agreement in touched:
        stands = await standing(ring.session, ring.region, agreement, ring.now)
        answers.append(shown(ring.region, agreement, stands))
    await _note(ring, term, proposals=[it.id for it in touched])
    return [*answers, *_told(ring.region, term, touched)]


async def _touches(ring: Ring, term: Term, agreement: Agreement) -> bool:
    """Tell whether a proposal asks that seat, and it is this mandate that it would answer by."""
    forum = ring.region.forums.get(agreement.forum)
    if forum is None:
        return False
    today = term.ends_at(ring.region).astimezone(ring.region.timezone).date()
    if mandates.expired(ring.region, forum, term.function, today) != term.last_day:
        return False
    borrowed = forum.seats_from.forum if forum.seats_from and not forum.seats else forum.code
    asked = await agreements.concerned(ring.session, agreement.id)
    return borrowed == term.forum and term.function in asked


def _told(region: Region, term: Term, touched: Iterable[Agreement]) -> list[Reply]:
    by_forum: dict[str, list[str]] = {}
    for agreement in touched:
        by_forum.setdefault(agreement.forum, []).append(agreement.id)
    return [
        Reply(
            "mandate/ended",
            {
                "seat": seat_facts(region, region.forum(code), term.function),
                "last_day": term.last_day,
                "proposals": ids,
            },
            to=InForum(code),
        )
        for code, ids in by_forum.items()
    ]


async def _who(ring: Ring, functions: Iterable[str]) -> str | None:
    """Give who holds the first of these functions that anybody holds, by mxid."""
    return await holdings.leader(ring.session, list(functions), ring.now)


async def _note(ring: Ring, term: Term, **facts: object) -> None:
    await log.append(
        ring.session, "mandate.ended" if "proposals" in facts else "mandate.runs_out",
        f"forum:{term.forum}", happened_at=ring.due_at, written_at=ring.now, forum=term.forum,
        function=term.function, facts={"last_day": term.last_day.isoformat(), **facts},
    )  # fmt: skip


def _subject(term: Term) -> str:
    return f"{term.forum} {term.function} {term.last_day.isoformat()}"


def _term(ring: Ring) -> Term | None:
    """Read what it is about; None if the law says otherwise by now."""
    forum, function, last_day = ring.subject.split(" ")
    term = Term(forum, function, date.fromisoformat(last_day))
    return term if term in mandates.terms(ring.region) else None
