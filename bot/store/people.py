"""The people the bot talks with: a name and a language, no more (GDPR)."""

from __future__ import annotations

from collections.abc import Collection

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import Person


async def get(session: AsyncSession, mxid: str) -> Person | None:
    """Find the person with that Matrix id."""
    return (await session.exec(select(Person).where(Person.mxid == mxid))).one_or_none()


async def among(session: AsyncSession, mxids: Collection[str]) -> dict[str, Person]:
    """Give those of these people that the bot knows, by Matrix id."""
    known = await session.exec(select(Person).where(col(Person.mxid).in_(mxids)))
    return {person.mxid: person for person in known}


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
