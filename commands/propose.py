"""Propose something for a forum to agree on (R3, R16)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from bot.asking import Ask, ForumCode, LocalTime, Rest, command
from bot.asking.arguments import Reader
from bot.asking.words import Words
from bot.domain.answer import Answer, Refusal, Typed
from bot.domain.calendar import local
from bot.domain.model import Agreement
from bot.domain.region import Forum, Region
from bot.domain.seats import with_position
from bot.domain.spelling import folded
from bot.procedures.closing import CLOSES
from bot.procedures.proposing import begin, concerned, put
from bot.procedures.seating import at_table
from bot.store import agreements, deadlines, log


def _read_kind(words: Words, ask: Ask) -> str | None:
    """Take the next word if it names a kind of agreement, however it is spelled."""
    word = folded(words.peek() or "")
    for kind in ask.region.agreement_kinds.values():
        if word in {folded(kind.code), *map(folded, kind.names.by_language.values())}:
            words.take()
            return kind.code
    return None


def _kinds(region: Region) -> list[str]:
    return list(region.agreement_kinds)


Kind = Annotated[str | None, Reader(_read_kind, _kinds, finds=True)]


def _forums(ask: Ask) -> list[str]:
    """List the forums in which the person may propose."""
    return [
        forum.code
        for forum in ask.region.forums.values()
        if any(seat.function in ask.functions for seat in with_position(ask.region, forum))
    ]


def _may(ask: Ask) -> bool:
    return ask.forum.code in _forums(ask) if ask.forum else bool(_forums(ask))


@command(
    "propose", "proposal", sv="förslag", allowed=_may,
    keys={
        "why": ("varför",), "until": ("gäller_till",), "review": ("ompröva", "omprövas"),
        "to": ("berörda", "till"), "closes": ("stänger", "senast"),
    },
    needed=["why"], counts="act",
)  # fmt: skip
async def propose(  # noqa: PLR0913 - a proposal has as many parts (R16)
    ask: Ask,
    forum: ForumCode,
    kind: Kind,
    text: Rest,
    *,
    why: Rest | None = None,
    until: LocalTime | None = None,
    review: LocalTime | None = None,
    to: Rest | None = None,
    closes: LocalTime | None = None,
) -> list[Answer]:
    """Put a proposal to the concerned seats of a forum."""
    where = await at_table(ask, ask.region.forum(forum))
    function = _proposer(ask, where)
    kind = _kind(ask, where, kind, text)
    times = {"until": until, "review": review, "closes": closes}
    if why is None:
        again = {key: _typed_time(ask, moment) for key, moment in times.items()}
        here = ask.forum is not None
        raise Refusal("why_missing", forum=forum, kind=kind, text=text, to=to, here=here, **again)
    for key, moment in times.items():
        if moment is not None and moment <= ask.now:
            raise Refusal("past_time", key=key, time=moment)
    functions = concerned(ask, where, to)
    agreement = await begin(ask, where, closes, review)
    agreement.kind, agreement.text, agreement.why = kind, str(text), str(why)
    agreement.proposed_as, agreement.valid_until = function, until
    await agreements.add(ask.session, agreement, functions)
    await deadlines.set_(ask.session, CLOSES, agreement.id, agreement.closes_at)
    await _log(ask, agreement, functions)
    return await put(ask, agreement, functions)


async def _log(ask: Ask, agreement: Agreement, functions: Sequence[str]) -> None:
    said = {"kind": agreement.kind, "text": agreement.text, "why": agreement.why}
    await log.append(
        ask.session, "agreement.proposed", agreement.id, happened_at=ask.now, written_at=ask.now,
        forum=agreement.forum, function=agreement.proposed_as, mxid=ask.mxid,
        facts=said | {"concerned": list(functions), "proof": ask.origin},
    )  # fmt: skip


def _proposer(ask: Ask, forum: Forum) -> str:
    """Find the seat the person speaks for: the one they hold before those they stand in for."""
    seats = {seat.function for seat in with_position(ask.region, forum)}
    held = [each for each in ask.holdings if each.function in seats]
    if not held:
        raise Refusal("may_not_propose", forum=forum.code, forums=_forums(ask))
    return min(held, key=lambda each: each.rank).function


def _kind(ask: Ask, forum: Forum, kind: str | None, text: Typed) -> str:
    kinds = forum.may_agree or tuple(ask.region.agreement_kinds)
    if kind is None and len(kinds) == 1:
        return kinds[0]
    if kind is None or kind not in kinds:
        raise Refusal(
            "agreement_kind", forum=forum.code, kind=kind, kinds=list(kinds), text=text,
            here=ask.forum is not None,
        )  # fmt: skip
    return kind


def _typed_time(ask: Ask, moment: datetime | None) -> str | None:
    """Write a moment so that it can be typed again."""
    return local(ask.region, moment).strftime("%Y-%m-%dT%H:%M") if moment else None
