"""Markdown, rendered once into both bodies: HTML that Matrix allows, and complete plain text."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.normalize_url import normalizeLink
from markdown_it.renderer import RendererHTML

from bot.text.plain import as_plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

    from bot.text.rendering import Rendering

# A line break in a template is a line break for its reader. Pictures, raw HTML, underlined
# headings and indented code are not what a template's author means by what looks like them.
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True}).disable(
    ["image", "html_block", "html_inline", "lheading", "code", "reference"]
)
# Addresses stay as written until the facts in them are put back (`_address`).
_MARKDOWN.normalizeLink = lambda url: url  # type: ignore[method-assign]
_RENDERER = RendererHTML()
_MARKED = re.compile(r"[*_`\[\]<&\\]|^\s*(?:[-+>#]|~~~|\d{1,9}[.)])", re.MULTILINE)
_LINKED = re.compile(r"\]\(|<")
_BLANK = re.compile(r"\n\s*\n")
# What both the Matrix specification (m.room.message, its HTML subset) allows and Markdown makes.
_SCHEMES = {"https", "http", "mailto"}
_TAGS = {
    *("p", "br", "hr", "strong", "em", "code", "pre", "blockquote", "a"),
    *("ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6"),
}
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
_PARAGRAPH = ["paragraph_open", "inline", "paragraph_close"]


def bodies(marked: str, rendering: Rendering) -> tuple[str, str]:
    """Give the plain and the HTML body of a template's output, with the same words in both."""
    plain, rich = _simple(marked) if _MARKED.search(marked) is None else _full(marked, rendering)
    return rendering.plain(plain), rendering.html(rich)


def _simple(text: str) -> tuple[str, str]:
    """Do without Markdown where there is none: paragraphs and line breaks only."""
    paragraphs = [
        [line.strip() for line in paragraph.split("\n")] for paragraph in _BLANK.split(text.strip())
    ]
    plain = "\n".join("\n".join(lines) for lines in paragraphs)
    rich = ["<br>".join(html.escape(line, quote=False) for line in p) for p in paragraphs]
    return plain, rich[0] if len(rich) == 1 else "\n".join(f"<p>{p}</p>" for p in rich)


def _full(marked: str, rendering: Rendering) -> tuple[str, str]:
    if not _LINKED.search(marked):
        return _without_links(marked)
    tokens = _MARKDOWN.parse(marked)
    for token in tokens:
        if token.children:
            token.children = _with_links(token.children, rendering)
    return as_plain(tokens), _as_html(tokens)


@lru_cache(maxsize=512)
def _without_links(marked: str) -> tuple[str, str]:
    """Render what holds no facts but as tokens: the same for everybody it is said to."""
    tokens = _MARKDOWN.parse(marked)
    return as_plain(tokens), _as_html(tokens)


def _as_html(tokens: Sequence[Token]) -> str:
    """Render, without a paragraph around the only paragraph, and keep only what Matrix allows."""
    alone = [token.type for token in tokens] == _PARAGRAPH
    shown = (tokens[1].children or []) if alone else tokens
    rich = (
        _RENDERER.renderInline(shown, _MARKDOWN.options, {})
        if alone
        else _RENDERER.render(shown, _MARKDOWN.options, {})
    )
    clean = nh3.clean(rich, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=None)
    return clean.replace("<br>\n", "<br>").strip()


def _with_links(children: list[Token], rendering: Rendering) -> list[Token]:
    """Put facts into the addresses of links; a link to what somebody typed is only its text."""
    kept, open_links = [], []
    for token in children:
        if token.type == "link_open":
            href = _address(str(token.attrGet("href") or ""), rendering)
            token.attrSet("href", href or "")
            open_links.append(href is not None)
        follows = token.type not in {"link_open", "link_close"} or open_links[-1]
        if token.type == "link_close":
            open_links.pop()
        if follows:
            kept.append(token)
    return kept


def _address(href: str, rendering: Rendering) -> str | None:
    address = rendering.address(href)
    if address is None or urlsplit(address).scheme.lower() not in _SCHEMES:
        return None
    return normalizeLink(address)
