"""The people the bot talks with: a name and a language, no more (GDPR)."""

from __future__ import annotations

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import Person


async def get(session: AsyncSession, mxid: str) -> Person | None:
    """Find the person with that Matrix id."""
    return (await session.exec(select(Person).where(Person.mxid == mxid))).one_or_none()


async def remember(session: AsyncSession, mxid: str, name: str) -> Person:
    """Give the person with that Matrix id, made or renamed as needed."""
    person = await get(session, mxid)
    if person is None:
        person = Person(mxid=mxid, name=name)
        session.add(person)
    elif person.name != name:
        person.name = name
    return person


async def set_language(session: AsyncSession, mxid: str, language: str) -> None:
    """Note which language the person wants; somebody unknown is remembered by Matrix id."""
    person = await get(session, mxid) or await remember(session, mxid, mxid)
    person.language = language
