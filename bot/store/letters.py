"""Letters: what is to be put in the rooms, in order, and what became of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import bindparam, insert
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import Letter, Room
from bot.store.portions import portions

_WRITTEN = insert(Letter)
_NOTED = (
    update(Letter)
    .where(col(Letter.id) == bindparam("letter"))
    .values(event_id=bindparam("event"), sent_at=bindparam("at"))
)


async def write(session: AsyncSession, new: Iterable[Letter]) -> None:
    """Lay letters last in their places' lines; they are sent after the transaction is kept."""
    rows = [letter.model_dump(exclude={"position"}) for letter in new]
    if rows:
        await session.run_sync(lambda sync: sync.connection().execute(_WRITTEN, rows))


async def unsent(session: AsyncSession, limit: int, after: int = 0) -> list[Letter]:
    """List at most `limit` letters that are neither sent nor given up, in the order written.

    Only those behind the position `after`.
    """
    waiting = (
        select(Letter)
        .where(col(Letter.sent_at).is_(None), col(Letter.given_up).is_(None))
        .where(col(Letter.position) > after)
        .order_by(col(Letter.position))
        .limit(limit)
    )
    return list(await session.exec(waiting))


async def mark_sent(session: AsyncSession, sent: Mapping[str, str], now: datetime) -> None:
    """Note which event each letter (id → event id) became.

    Letters that this session has read already keep their old values until read anew.
    """
    if not sent:
        return
    rows = [{"letter": letter, "event": event, "at": now} for letter, event in sent.items()]
    await session.run_sync(lambda sync: sync.connection().execute(_NOTED, rows))


async def give_up(session: AsyncSession, letter_id: str, why: str) -> None:
    """Take a letter that can never be sent out of the line, with the reason."""
    letter = await by_id(session, letter_id)
    if letter is not None:
        letter.given_up = why


async def by_id(session: AsyncSession, letter_id: str) -> Letter | None:
    """Find the letter with that id, which is its Matrix transaction id."""
    return (await session.exec(select(Letter).where(Letter.id == letter_id))).one_or_none()


async def by_event(session: AsyncSession, event_id: str) -> Letter | None:
    """Find the letter that became that event."""
    found = select(Letter).where(Letter.event_id == event_id).order_by(col(Letter.position))
    return (await session.exec(found.limit(1))).first()


async def subjects_of(session: AsyncSession, event_ids: Collection[str]) -> dict[str, str | None]:
    """Tell what those of these events that were letters are about."""
    subjects: dict[str, str | None] = {}
    for some in portions(event_ids):
        found = (
            select(Letter.event_id, Letter.subject)
            .where(col(Letter.event_id).in_(some))
            .order_by(col(Letter.position).desc())  # the first letter has the last word
        )
        subjects |= {
            event_id: subject for event_id, subject in await session.exec(found) if event_id
        }
    return subjects


async def first_of_object(session: AsyncSession, place: str, object_: str) -> Letter | None:
    """Find the letter that first told of an object in a place: the one that edits belong to.

    What was told in a room that another has taken the place of is not there to be edited.
    """
    told = (
        select(Letter)
        .join(Room, col(Room.key) == col(Letter.place), isouter=True)
        .where(Letter.place == place, Letter.object == object_)
        .where(
            ~(col(Letter.sent_at) < col(Room.made_at))
            | col(Letter.sent_at).is_(None)
            | col(Room.made_at).is_(None)
        )
        .order_by(col(Letter.position))
        .limit(1)
    )
    return (await session.exec(told)).first()


async def latest_of_subject(
    session: AsyncSession, subject: str, kind: str | None = None
) -> Letter | None:
    """Find the newest letter about a subject, of that kind if one is given."""
    about = select(Letter).where(Letter.subject == subject)
    if kind is not None:
        about = about.where(Letter.kind == kind)
    return (await session.exec(about.order_by(col(Letter.position).desc()).limit(1))).first()


async def unsent_of_object(session: AsyncSession, object_: str) -> list[str]:
    """List the places that a message has not come to yet."""
    waiting = select(Letter.place).where(Letter.object == object_, col(Letter.sent_at).is_(None))
    return list(await session.exec(waiting.order_by(col(Letter.position))))
