"""The plain body: what the Markdown says, without its marks, complete without the HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token


def as_plain(tokens: Sequence[Token]) -> str:
    """Write blocks as lines: items as "- …", quotes as "> …", links as "text (address)"."""
    page = _Page()
    for token in tokens:
        page.take(token)
    return "\n".join(page.lines)


class _Page:
    """The lines so far, and the lists and quotes that the next line stands in."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._lists: list[int | None] = []
        self._marker = ""
        self._quotes = 0

    def take(self, token: Token) -> None:
        """Write a block's line, or note what begins and ends."""
        if token.type == "inline":
            self._write(_words(token.children or []))
        elif token.type == "fence":
            self._write(token.content.rstrip("\n"))
        elif token.type == "hr":
            self._write("———")
        elif token.type in {"blockquote_open", "blockquote_close"}:
            self._quotes += token.nesting
        else:
            self._take_list(token)

    def _take_list(self, token: Token) -> None:
        if token.type == "bullet_list_open":
            self._lists.append(None)
        elif token.type == "ordered_list_open":
            self._lists.append(int(token.attrGet("start") or 1))
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            self._lists.pop()
        elif token.type == "list_item_open":
            self._marker = self._next_marker()

    def _next_marker(self) -> str:
        number = self._lists[-1]
        if number is None:
            return "- "
        self._lists[-1] = number + 1
        return f"{number}. "

    def _write(self, text: str) -> None:
        margin = "> " * self._quotes + "  " * (len(self._lists) - 1)
        for line in text.split("\n"):
            lead = self._marker or ("  " if self._lists else "")
            self.lines.append(f"{margin}{lead}{line}")
            self._marker = ""


def _words(children: Sequence[Token]) -> str:
    """Join a paragraph's words; a break is a new line, an address follows its text."""
    words: list[str] = []
    links: list[tuple[str, int]] = []
    for token in children:
        if token.type in {"softbreak", "hardbreak"}:
            words.append("\n")
        elif token.type == "link_open":
            links.append((str(token.attrGet("href")), len(words)))
        elif token.type == "link_close":
            href, begun = links.pop()
            words.append("" if "".join(words[begun:]) == href else f" ({href})")
        else:
            words.append(token.content)
    return "".join(words)
