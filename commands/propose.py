"""Propose something for a forum to agree on (R3, R16)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated

from bot.asking import Ask, ForumCode, LocalTime, Rest, command
from bot.asking.agreements import mode_of, shown, standing, subject
from bot.asking.arguments import Reader
from bot.asking.closing import CLOSES
from bot.asking.words import Words
from bot.domain.answer import Answer, Ballot, Direct, Refusal, Reply, Typed
from bot.domain.calendar import NeverFalls, local, next_occurrence
from bot.domain.limits import due
from bot.domain.model import Agreement, Choice
from bot.domain.region import Forum, Mode
from bot.domain.seats import called, with_position
from bot.domain.spelling import folded
from bot.store import agreements, counters, deadlines, holdings, log, meetings, rooms

BALLOT = Ballot("agreement/question", tuple((str(c), f"choice/{c}") for c in Choice))


def _read_kind(words: Words, ask: Ask) -> str | None:
    """Take the next word if it names a kind of agreement, however it is spelled."""
    word = folded(words.peek() or "")
    for kind in ask.region.agreement_kinds.values():
        if word in {folded(kind.code), *map(folded, kind.names.by_language.values())}:
            words.take()
            return kind.code
    return None


Kind = Annotated[str | None, Reader(_read_kind)]


def _may(ask: Ask) -> bool:
    forums = [ask.forum] if ask.forum else ask.region.forums.values()
    return any(
        seat.function in ask.functions
        for forum in forums
        for seat in with_position(ask.region, forum)
    )


@command(
    "propose", "proposal", sv="förslag", allowed=_may,
    keys={
        "why": ("varför",), "until": ("gäller_till",), "review": ("ompröva", "omprövas"),
        "to": ("berörda", "till"), "closes": ("stänger", "senast"),
    },
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
    where = ask.region.forum(forum)
    function = _proposer(ask, where)
    kind = _kind(ask, where, kind)
    if why is None:
        raise Refusal(
            "why_missing", forum=forum, kind=kind, text=text, to=to,
            until=_typed_time(ask, until), review=_typed_time(ask, review),
            closes=_typed_time(ask, closes), here=ask.forum is not None,
        )  # fmt: skip
    for key, moment in (("until", until), ("review", review), ("closes", closes)):
        if moment is not None and moment <= ask.now:
            raise Refusal("past_time", key=key, time=moment)
    concerned = _concerned(ask, where, to)
    meeting = await meetings.open_in(ask.session, forum)
    mode = mode_of(where, meeting)
    limits = ask.region.limits[mode]
    year = local(ask.region, ask.now).year
    agreement = Agreement(
        id=await counters.next_id(ask.session, "OV", year), forum=forum,
        meeting=meeting.id if meeting else None, kind=kind, text=str(text), why=str(why),
        proposed_by=ask.mxid, proposed_as=function, proposed_at=ask.now,
        closes_at=closes or due(limits["position"], ask.now, ask.region, next_meeting=None),
        valid_until=until,
        review_at=review or due(
            limits["review"], ask.now, ask.region, next_meeting=await _next(ask, where, mode)
        ),
    )  # fmt: skip
    await agreements.add(ask.session, agreement, concerned)
    await deadlines.set_(ask.session, CLOSES, agreement.id, agreement.closes_at)
    await log.append(
        ask.session, "agreement.proposed", agreement.id, happened_at=ask.now, written_at=ask.now,
        forum=forum, function=function, mxid=ask.mxid,
        facts={"kind": kind, "text": str(text), "why": str(why), "concerned": list(concerned)},
    )  # fmt: skip
    return await _told(ask, agreement, concerned)


def _proposer(ask: Ask, forum: Forum) -> str:
    """Find the seat the person speaks for: the one they hold before those they stand in for."""
    seats = {seat.function for seat in with_position(ask.region, forum)}
    held = [each for each in ask.holdings if each.function in seats]
    if not held:
        who = [seat.function for seat in with_position(ask.region, forum)]
        raise Refusal("may_not_propose", forum=forum.code, functions=who)
    return min(held, key=lambda each: each.rank).function


def _kind(ask: Ask, forum: Forum, kind: str | None) -> str:
    kinds = forum.may_agree or tuple(ask.region.agreement_kinds)
    if kind is None and len(kinds) == 1:
        return kinds[0]
    if kind is None or kind not in kinds:
        raise Refusal("agreement_kind", forum=forum.code, kind=kind, kinds=list(kinds))
    return kind


def _typed_time(ask: Ask, moment: datetime | None) -> str | None:
    """Write a moment so that it can be typed again."""
    return local(ask.region, moment).strftime("%Y-%m-%dT%H:%M") if moment else None


def _concerned(ask: Ask, forum: Forum, to: Typed | None) -> list[str]:
    """List the functions that are asked; without a word about it, all that take positions."""
    if to is None:
        return [seat.function for seat in with_position(ask.region, forum)]
    asked: dict[str, None] = {}
    unknown: list[Typed] = []
    for word in filter(None, (part.strip() for part in to.split(","))):
        found = called(ask.region, forum, word)
        asked |= dict.fromkeys(found)
        unknown += [] if found else [Typed(word)]
    if unknown or not asked:
        raise Refusal("no_such_seat", forum=forum.code, words=unknown)
    return list(asked)


async def _next(ask: Ask, forum: Forum, mode: Mode) -> datetime | None:
    """Tell when the forum meets next: what is called, or else what its cadence gives."""
    meeting = await meetings.next_in(ask.session, forum.code, ask.now)
    if meeting is not None and meeting.starts_at > ask.now:
        return meeting.starts_at
    cadence = forum.cadence.get(mode)
    try:
        return next_occurrence(ask.region, cadence, ask.now).starts if cadence else None
    except NeverFalls:
        return None


async def _told(ask: Ask, agreement: Agreement, concerned: Sequence[str]) -> list[Answer]:
    """Ask in the forum, with a form, and directly whoever is not in its room."""
    standing_ = await standing(ask.session, ask.region, agreement, ask.now)
    asked = shown(ask.region, agreement, standing_)
    holders: dict[str, None] = {}
    for function in concerned:
        first = (await holdings.holders(ask.session, function, ask.now))[:1]
        holders |= dict.fromkeys(each.mxid for each in first)
    room = await rooms.by_key(ask.session, f"forum:{agreement.forum}")
    inside = await rooms.joined(ask.session, room.room_id) if room else set()
    called_ = replace(asked, mention=tuple(holders), call=True, ballot=BALLOT)
    direct = [
        Reply(
            asked.name, asked.facts, to=Direct(mxid), mention=(mxid,), subject=subject(agreement),
            call=True,
        )
        for mxid in holders
        if mxid not in inside
    ]  # fmt: skip
    return [called_, *direct]
