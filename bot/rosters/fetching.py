"""Read a calendar's text from a file or an address, with a limit to everything.

The address may hold a secret: it is in no message, no log line and no error.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

import aiohttp

from bot.domain.shifts import CalendarWrong, Fault

MOST_BYTES = 2_000_000
MOST_REDIRECTS = 3
LIMIT = aiohttp.ClientTimeout(total=30, connect=10)
HEADERS = {"Accept": "text/calendar", "Accept-Encoding": "identity"}
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
REDIRECTS = frozenset({301, 302, 303, 307, 308})

B = TypeVar("B", bytes, bytearray)


@dataclass(frozen=True)
class Source:
    """A function's calendar: a file, or an address that is given or stands in a file."""

    function: str
    rank: int = 1
    file: Path | None = None
    address: str | None = field(default=None, repr=False)
    address_file: Path | None = None

    @property
    def name(self) -> str:
        """Name it, for the record and as the source of what it says."""
        return f"calendar:{self.function}/{self.rank}"


async def text_of(source: Source) -> bytes:
    """Read the calendar. Raise CalendarWrong."""
    try:
        if source.file is not None:
            return await asyncio.to_thread(_file, source.file)
        return await _fetched(await asyncio.to_thread(_address, source))
    except OSError as error:
        why = "no_file" if isinstance(error, FileNotFoundError) else "unreadable"
        raise CalendarWrong(Fault(why)) from None


def _file(path: Path) -> bytes:
    """Read no more of a file than may be used. Raise OSError."""
    with path.open("rb") as opened:
        return _small(opened.read(MOST_BYTES + 1))


def _address(source: Source) -> str:
    if source.address_file is not None:
        return _file(source.address_file).decode("utf-8", "replace").strip()
    return source.address or ""


async def _fetched(address: str) -> bytes:
    """Fetch it, following a few redirects to safe addresses. Raise CalendarWrong."""
    try:
        async with aiohttp.ClientSession(timeout=LIMIT, auto_decompress=False) as session:
            for _ in range(MOST_REDIRECTS + 1):
                _safe(address)
                async with session.get(address, headers=HEADERS, allow_redirects=False) as answer:
                    if answer.status not in REDIRECTS:
                        return await _body(answer)
                    address = urljoin(address, answer.headers.get("Location", ""))
    except (aiohttp.ClientError, TimeoutError, ValueError):
        raise CalendarWrong(Fault("unreachable")) from None
    raise CalendarWrong(Fault("redirects"))


async def _body(answer: aiohttp.ClientResponse) -> bytes:
    """Read an answer up to the limit. Raise CalendarWrong."""
    if answer.status != HTTPStatus.OK:
        raise CalendarWrong(Fault("status", detail=str(answer.status)))
    if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise CalendarWrong(Fault("packed"))
    read = bytearray()
    async for piece in answer.content.iter_chunked(65_536):
        read += piece
        _small(read)
    return bytes(read)


def _safe(address: str) -> None:
    """Refuse an address at which somebody on the way could read or change it."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise CalendarWrong(Fault("not_https"))


def _small(read: B) -> B:
    if len(read) > MOST_BYTES:
        raise CalendarWrong(Fault("too_large"))
    return read
