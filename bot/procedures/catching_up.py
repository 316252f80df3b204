"""What happened while somebody was away: shortest first, then what is theirs, then the rest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.asking.ask import Ask
from bot.domain.agreements import STANDING
from bot.domain.answer import Typed
from bot.domain.membership import functions_of
from bot.domain.model import AgreementState
from bot.procedures.waiting import waits
from bot.store import heard, kept, news

ASKED = "since.asked "
"""Under this name, with a Matrix id after it, is kept when somebody last asked."""
USUAL = timedelta(days=1)
"""How far back it goes for somebody who has never been heard from."""
MOST_OWED, MOST_LINES = 10, 5
"""How much is named of what they owe, and of each forum."""

Line = dict[str, Any]


async def caught_up(ask: Ask, since: datetime | None) -> dict[str, Any]:
    """Gather it, of the forums they sit in and no other; keep that they have asked."""
    begun = since or await away_since(ask)
    await kept.put(ask.session, _asked(ask), ask.now.isoformat())
    codes = [
        forum.code
        for forum in ask.region.forums.values()
        if set(ask.functions) & set(functions_of(forum, ask.region))
    ]
    owed = await waits(ask, everywhere=True)
    closed = await news.closed(ask.session, codes, begun)
    ended = await news.ended(ask.session, codes, begun, ask.now)
    named = {it["id"] for it in owed}
    lines = [
        *(_line(it.forum, "closed", it.id, it.text, it.closed_at, str(it.state)) for it in closed),
        *(_line(it.forum, "ended", it.id, it.text, it.valid_until) for it in ended),
        *await _rest(ask, codes, begun),
    ]
    lines = [it for it in lines if it["id"] not in named]
    return {
        "since": begun,
        "length": max(ask.now - begun, timedelta(minutes=1)),
        "agreed": sum(it.state in STANDING for it in closed),
        "not_agreed": sum(it.state == AgreementState.NOT_AGREED for it in closed),
        "ended": len(ended),
        "actions": sum(it["kind"] == "action" for it in owed),
        "waits": owed[:MOST_OWED],
        "more": max(0, len(owed) - MOST_OWED),
        "forums": [it for code in codes if (it := _of(code, lines))["lines"]],
    }


def _asked(ask: Ask) -> str:
    """Name when they last asked: who asked in an exercise has not asked of what is real."""
    own = f"{ask.region.practised} " if ask.region.practised else ""
    return f"{ASKED}{own}{ask.mxid}"


async def away_since(ask: Ask) -> datetime:
    """Tell since when they know nothing: they were away, or have asked since then."""
    left = await heard.away_since(ask.session, ask.mxid, ask.now)
    asked = await kept.get(ask.session, _asked(ask))
    known = [left] if left else []
    known += [datetime.fromisoformat(asked)] if asked else []
    return max(known, default=ask.now - USUAL)


async def _rest(ask: Ask, codes: Sequence[str], since: datetime) -> list[Line]:
    session = ask.session
    return [
        *(
            _line(it.forum, "open", it.id, it.text, it.closes_at)
            for it in await news.opened(session, codes, since)
        ),
        *(
            _line(it.forum, "called", it.id, it.purpose, it.starts_at)
            for it in await news.called(session, codes, since)
        ),
        *(
            _line(forum, "incident", turn.incident, turn.reason, turn.at, turn.state)
            for turn, forum in await news.turned(session, codes, since)
        ),
        *(
            _line(it.forum, "digest", it.id, "", it.published_at)
            for it in await news.published(session, codes, since)
        ),
        *(
            _line(it.forum, "done", it.id, it.text, it.ended_at)
            for it in await news.done(session, codes, since)
        ),
    ]


def _line(  # noqa: PLR0913, PLR0917 - a line has as many parts
    forum: str, kind: str, id_: str, text: str, at: datetime | None, state: str = ""
) -> Line:
    return {"forum": forum, "kind": kind, "id": id_, "text": Typed(text), "at": at, "state": state}


def _of(code: str, lines: Sequence[Line]) -> dict[str, Any]:
    """Give a forum's own lines, the first few, and how many more there are."""
    own = [it for it in lines if it["forum"] == code]
    return {"forum": code, "lines": own[:MOST_LINES], "more": max(0, len(own) - MOST_LINES)}
