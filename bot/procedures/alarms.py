"""Who is told when somebody's word cannot be trusted: the forum's chair, and who runs the bot."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.answer import Direct, Operators, Reply
from bot.domain.calendar import local
from bot.domain.incoming import Forged
from bot.domain.region import Region
from bot.store import holdings, letters, log


@dataclass(frozen=True)
class Alarm:
    """What goes wrong is seen here: at that moment, by that law, in that memory.

    `operators` are those who are told anyway, so that nobody is told twice.
    """

    session: AsyncSession
    region: Region
    now: datetime
    operators: Collection[str] = ()


async def forged(at: Alarm, event: Forged, about: str | None, forum: str | None) -> list[Reply]:
    """Tell the chair and the operators that somebody was spoken for (D16): once a day for each.

    `about` is the subject of what would have been answered, `forum` where that belongs; None where
    neither can be seen. What comes more often than that is counted and logged, and not said.
    """
    subject = f"forged:{event.sender} {local(at.region, at.now).date()}"
    if await letters.latest_of_subject(at.session, subject):
        return []
    id_ = (about or "").partition(":")[2] or None
    await log.append(
        at.session, "event.forged", id_ or event.sender, happened_at=at.now, written_at=at.now,
        forum=forum, mxid=event.sender, facts={"event": event.event_id},
    )  # fmt: skip
    facts = {"mxid": event.sender, "forum": forum, "id": id_}
    return await to_who_must_know(at, forum, Reply("identity/forged", facts, subject=subject))


async def changed(at: Alarm, mxid: str, name: str, forum: str | None) -> list[Reply]:
    """Tell the chair and the operators that somebody's answers wait; once a day for each."""
    subject = f"identity:{mxid} {local(at.region, at.now).date()}"
    if await letters.latest_of_subject(at.session, subject):
        return []
    facts = {"person": name, "mxid": mxid}
    return await to_who_must_know(at, forum, Reply("identity/changed", facts, subject=subject))


async def to_who_must_know(at: Alarm, forum: str | None, said: Reply) -> list[Reply]:
    """Say it to the forum's chair (or who stands in for the chair), and to the operators."""
    its = at.region.forums.get(forum or "")
    chair = await holdings.leader(at.session, its.lead if its else (), at.now)
    told = [_to(said, chair)] if chair and chair not in at.operators else []
    return [*told, Reply(said.name, said.facts, to=Operators(), subject=said.subject)]


def _to(said: Reply, mxid: str) -> Reply:
    return Reply(
        said.name, said.facts, to=Direct(mxid), mention=(mxid,), subject=said.subject, call=True
    )
