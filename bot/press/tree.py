"""From a message's HTML to the tree that a paper is set from: texts, and tags with what is in them.

The HTML is the bot's own, of the few tags that a message may have; anything else is only its text.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

Node = str | dict[str, Any]
ALONE = frozenset({"br", "hr"})
BETWEEN = frozenset({"", "ul", "ol", "blockquote"})
"""Where only blocks stand: a line break there is how the HTML is written, not what it says."""


class _Reader(HTMLParser):
    """Builds the tree as it reads; what is never closed ends with what it stands in."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root: dict[str, Any] = {"tag": "", "in": []}
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Go into a tag."""
        del attrs
        node: dict[str, Any] = {"tag": tag, "in": []}
        self._open[-1]["in"].append(node)
        if tag not in ALONE:
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        """Come out of it, and of all that was left open in it."""
        tags = [node["tag"] for node in self._open]
        if tag in tags[1:]:
            del self._open[len(tags) - 1 - tags[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        """Take words; line breaks between blocks are none."""
        if data.strip() or self._open[-1]["tag"] not in BETWEEN:
            self._open[-1]["in"].append(" ".join(data.split("\n")))


def tree(html: str) -> list[Node]:
    """Read a message's HTML."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    found: list[Node] = reader.root["in"]
    return found


def title_of(nodes: list[Node]) -> str:
    """Give the words of the first heading; nothing where there is none."""
    for node in nodes:
        if isinstance(node, dict) and node["tag"] == "h1":
            return _words(node)
    return ""


def _words(node: Node) -> str:
    return node if isinstance(node, str) else "".join(_words(each) for each in node["in"])
