"""The press: sets a template of `config/press` with its facts, as pages of a PDF or as a picture.

A template is typst. Its facts come as one JSON text (`sys.inputs.facts`), so that nothing in them
is markup. typst works in a thread of its own: a page takes 15 to 150 ms.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import typst

from bot.domain.model import Letter
from bot.press.tree import title_of, tree

SHARP = 288.0  # pixels an inch
SMALL = 64.0  # pixels an inch, of a page shown in a room: 529 by 748


@dataclass(frozen=True)
class Printed:
    """A paper: its pages, and its first page as a small PNG of so many pixels."""

    pdf: bytes
    page: bytes
    width: int
    height: int


class Press:
    """Every paper and picture; the first folder that has one wins, the last is ours."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)

    async def portrait(self) -> bytes:
        """Draw the bot's picture, a PNG of 512 by 512 pixels."""
        return await self._set("avatar", {}, format="png", ppi=SHARP)

    async def letter(self, region: str, letter: Letter) -> Printed:
        """Set the paper of a letter of the kind "file"; raise what typst raises."""
        said, at = letter.content, letter.written_at
        mark = said.get("mark", "")
        if "picture" in said:
            facts = {**said["picture"], "region": region, "language": said["language"]}
            return await self._printed("timeline", {**facts, "mark": mark}, at)
        return await self.paper(said["html"], region, said["language"], at, mark)

    async def paper(
        self, html: str, region: str, language: str, at: datetime, mark: str = ""
    ) -> Printed:
        """Set a message's words as a paper of pages, each with the mark, if there is one.

        The same words at the same moment are the same bytes. Raise what typst raises.
        """
        content = tree(html)
        title = " ".join(filter(None, (mark, title_of(content))))
        facts = {"content": content, "title": title, "region": region, "language": language}
        return await self._printed("paper", facts, at)

    async def _printed(self, name: str, facts: Mapping[str, Any], at: datetime) -> Printed:
        when = int(at.timestamp())
        pdf = await self._pages(name, facts, when)
        page = await self._set(name, facts, format="png", ppi=SMALL, timestamp=when)
        return Printed(pdf, page, *_size(page))

    async def _pages(self, name: str, facts: Mapping[str, Any], when: int) -> bytes:
        """Set the pages, as PDF/UA-1 for those who listen to them too.

        That standard has no room for a sign no font here can draw, such as 🚧; the pages have.
        """
        try:
            return await self._set(
                name, facts, format="pdf", pdf_standards=["ua-1"], timestamp=when
            )
        except typst.TypstError:
            return await self._set(name, facts, format="pdf", timestamp=when)

    async def _set(self, name: str, facts: Mapping[str, Any], **how: Any) -> bytes:  # noqa: ANN401
        """Set a template; LookupError where there is none, typst's own error where it is wrong."""
        inputs = {"facts": json.dumps(facts)}
        work = partial(typst.compile, self._file(name), sys_inputs=inputs, **how)
        made: Any = await asyncio.to_thread(work)  # its own types know no answer but None
        return bytes(made if isinstance(made, bytes) else made[0])

    def _file(self, name: str) -> Path:
        for folder in self._folders:
            if (file := folder / f"{name}.typ").is_file():
                return file
        msg = f"there is no {name}.typ to set"
        raise LookupError(msg)


def _size(png: bytes) -> tuple[int, int]:
    """Read a PNG's width and height, which stand first in it."""
    return int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
