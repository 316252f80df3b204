"""The file of a letter: its pages are set from the letter's own words, uploaded, and described.

The letter keeps words and not bytes: the same words are the same pages, so a kill loses nothing.
A file that is uploaded and never told of is an orphan in the media store, and harms nobody. What
cannot be set, or is larger than the homeserver takes, goes as words alone (`None`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from nio.crypto import encrypt_attachment

from bot.domain.model import Letter
from bot.matrix.media import upload
from bot.matrix.wire import MatrixRefusal, Wire
from bot.press.press import Printed

log = structlog.get_logger()

PDF, PNG, SEALED = "application/pdf", "image/png", "application/octet-stream"
SET_SECONDS = 30.0
Print = Callable[[Letter], Awaitable[Printed]]
"""Sets the paper of a letter."""


@dataclass
class Attachments:
    """Makes the files of letters. `_made` are those that are uploaded and not in their room yet."""

    wire: Wire
    print: Print
    _made: dict[tuple[str, bool], dict[str, Any]] = field(default_factory=dict)
    _limit: int | None = None

    async def of(self, letter: Letter, *, encrypted: bool) -> Mapping[str, Any] | None:
        """Upload a letter's file and give what its event says of it; None if it has to do without.

        Raise what the wire raises where it is worth trying again.
        """
        key = (letter.id, encrypted)
        if key not in self._made:
            printed = await self._printed(letter)
            if printed is None or not await self._fits(printed):
                return None
            try:
                self._made[key] = await self._uploaded(printed, encrypted=encrypted)
            except MatrixRefusal as refusal:
                if refusal.for_now:
                    raise
                log.warning("file.refused", letter=letter.id, why=str(refusal))
                return None
        return self._made[key]

    def done(self, letter: Letter) -> None:
        """Forget a file that is in its room."""
        for encrypted in (False, True):
            self._made.pop((letter.id, encrypted), None)

    async def _printed(self, letter: Letter) -> Printed | None:
        try:
            async with asyncio.timeout(SET_SECONDS):
                return await self.print(letter)
        except Exception as broken:
            log.exception("file.unprinted", letter=letter.id, why=type(broken).__name__)
            return None

    async def _fits(self, printed: Printed) -> bool:
        """Tell whether the homeserver takes a file of that size; one that says nothing does."""
        if self._limit is None:
            path = "/_matrix/client/v1/media/config"
            try:
                told = (await self.wire.call("GET", path)).get("m.upload.size")
            except MatrixRefusal as refusal:
                if refusal.for_now:
                    raise
                told = None
            self._limit = told if isinstance(told, int) and told > 0 else 2**62
        fits = max(len(printed.pdf), len(printed.page)) <= self._limit
        if not fits:
            log.warning("file.too_large", bytes=len(printed.pdf), limit=self._limit)
        return fits

    async def _uploaded(self, printed: Printed, *, encrypted: bool) -> dict[str, Any]:
        page = {
            "mimetype": PNG, "size": len(printed.page), "w": printed.width, "h": printed.height,
        }  # fmt: skip
        info = {"mimetype": PDF, "size": len(printed.pdf), "thumbnail_info": page}
        info |= await self._placed(printed.page, PNG, "thumbnail_", encrypted=encrypted)
        return {"info": info, **await self._placed(printed.pdf, PDF, "", encrypted=encrypted)}

    async def _placed(
        self, data: bytes, kind: str, part: str, *, encrypted: bool
    ) -> dict[str, Any]:
        """Upload one part, and say where it is and how it is opened (EncryptedFile)."""
        if not encrypted:
            return {f"{part}url": await upload(self.wire, data, kind)}
        sealed, keys = encrypt_attachment(data)
        return {f"{part}file": {**keys, "url": await upload(self.wire, sealed, SEALED)}}
