"""What people typed shows as they typed it, and never does anything."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.answer import Typed
from bot.text.defusing import JOINER, LONGEST, defuse
from bot.text.phrasebook import Phrasebook, Words
from tests.text.conftest import NOW, SHIPPED, Desk
from tests.text.law import small_region

if TYPE_CHECKING:
    from pathlib import Path

NASTY = [
    *("**fet**", "_l_", "`", "``", "```\n", "[a](https://x.example)", "![a](b)", "<a@b.example>"),
    *("\n\n", "\n- ", "\n# ", "\n> ", "1. ", "    x", "---", "\\", "&lt;", "&#64;room", "{{ x }}"),
    *("<b>", "</p>", "<a href='//x'>", "<script>", "<!--", "]]>", "<mx-reply>", '"', "'"),
    *("@room", "@anna:malarvik.example", "#vsk:malarvik.example", "!abc:malarvik.example", "@"),
    *("https://x.example/y", "//x.example", "www.x.example", "x.example", "a@b.example", "room"),
    *(
        "mailto:a@b.example",
        "matrix:u/a:b.example",
        "localhost:80",
        "http://192.0.2.1",
        "javascript:",
    ),
    *("\u202e", "\u2066", "\u200f", "\u200b", "\ufeff", "\x00", "\x1b[31m", "\ud800", "\u2028"),
    *("\ue000", "\ue001", "\ue0000\ue001", "\ue0001\ue001", "\u2060", "👩‍👩‍👧", "ord", " ", "å"),
]
TYPED = st.lists(st.sampled_from(NASTY) | st.text(max_size=8), max_size=8).map("".join)
# What others do on the machine meanwhile is no fault of the words.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
# Where a linkifier, a pill or a push rule would begin.
ALIVE = re.compile(
    rf"://|@[^\s{JOINER}]|[#!]\w+:\w|\bwww\.\w|[^\s.]\.[a-z]{{2}}|\bmailto:\w|\blocalhost\b",
    re.IGNORECASE,
)
UNSEEN = re.compile(
    r"[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ue000-\uf8ff]"
)

EVERYWHERE = """{# facts: a, it, many #}
{% macro said(x) %}*{{ x }}*{% endmacro %}
{{ a }}
**{{ a }}** _{{ it.a }}_ `{{ a|quoted }}`
{{ a ~ it.deep.a }} {{ said(a) }} {{ a|upper|lower }} {{ a|replace("x", "y") }}

- {{ a }}
{% for one in many %}
- {{ one }}
{% endfor %}
- {{ many|listed }} {{ many|map("upper")|join("") }} {{ [a, a]|join(", ") }}

> {{ a }}

[{{ a }}](https://malarvik.example) [hem](https://malarvik.example/{{ a }}) [hem]({{ a }})

```
{{ a }}
```
"""


@dataclass(frozen=True)
class Thing:
    a: str
    deep: dict[str, str]


class Reader(HTMLParser):
    """Read HTML as a client does: which tags, and which words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.words = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Phrasebook:
    folder: Path = tmp_path_factory.mktemp("words")
    (folder / "sv").mkdir()
    (folder / "sv" / "everywhere.md.j2").write_text(EVERYWHERE)
    (folder / "sv" / "alone.md.j2").write_text("Sagt: {{ a }}.")
    return Phrasebook([folder, SHIPPED], small_region())


def say_everywhere(book: Phrasebook, text: str) -> Words:
    typed = Typed(text)
    facts = {"a": typed, "it": Thing(typed, {"a": typed}), "many": [typed, typed]}
    return book.say("everywhere", facts, "sv", now=NOW)


@UNHURRIED
@given(text=TYPED)
def test_it_never_becomes_a_tag_or_a_link(book: Phrasebook, text: str) -> None:
    harmless = "ord" if defuse(text) else ""

    said = Reader(say_everywhere(book, text).html)

    assert said.tags == Reader(say_everywhere(book, harmless).html).tags


@UNHURRIED
@given(text=TYPED)
def test_it_holds_nothing_that_a_client_would_link(book: Phrasebook, text: str) -> None:
    said = book.say("alone", {"a": Typed(text)}, "sv", now=NOW)

    assert not ALIVE.search(said.plain)
    assert not ALIVE.search(Reader(said.html).words)
    assert not UNSEEN.search(said.plain)


@UNHURRIED
@given(text=TYPED)
def test_both_bodies_say_the_same_words(book: Phrasebook, text: str) -> None:
    said = book.say("alone", {"a": Typed(text)}, "sv", now=NOW)

    assert said.plain == f"Sagt: {defuse(text)}."
    assert Reader(said.html).words == said.plain


@UNHURRIED
@given(text=TYPED)
def test_the_plain_body_says_it_wherever_it_stands(book: Phrasebook, text: str) -> None:
    lines = say_everywhere(book, text).plain.split("\n")

    words = defuse(text)
    assert not words or lines[0] == words
    assert not words or f"- {words}" in lines
    assert not words or f"> {words}" in lines


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("**hej**\n# du", "**hej** # du"),
        ("  a \t\u00a0 b\r\n", "a b"),
        ("ta\u202eb", "tab"),
        ("@room nu", "@·room nu"),
        ("@anna:x.example", "@·anna:·x.·example"),
        ("#vsk:x", "#·vsk:·x"),
        ("https://x.example/y", "https:/·/x.·example/y"),
        ("mail a@b.se", "mail a@·b.·se"),
        ("www.x.se", "www.·x.·se"),
        ("192.0.2.1", "192.·0.·2.1"),
        ("Möte kl. 15.08, nr #3! 50 % $5", "Möte kl. 15.08, nr #3! 50 % $5"),
        ("", ""),
        ("\u200b", ""),
    ],
)
def test_typed_text_is_shown_as(typed: str, shown: str) -> None:
    assert defuse(typed) == shown.replace("·", JOINER)


def test_what_is_too_long_ends_with_an_ellipsis() -> None:
    shown = defuse("a" * (LONGEST + 1))

    assert len(shown) == LONGEST
    assert shown.endswith("a…")
    assert defuse("a" * LONGEST) == "a" * LONGEST


def test_a_link_to_something_typed_is_only_its_text(desk: Desk) -> None:
    said = desk.hear("[här]({{ to }}) [där](https://{{ to }})", to=Typed("https://x.example"))

    assert said == Words("här där", "här där")


def test_nothing_typed_counts_as_nothing(desk: Desk) -> None:
    said = desk.hear("{% if why %}{{ why }}{% else %}Inget skäl.{% endif %}", why=Typed(" \n"))

    assert said.plain == "Inget skäl."


def test_a_token_that_somebody_forged_is_taken_away(desk: Desk) -> None:
    said = desk.hear("{{ a }}|{{ b }}", a="\ue0009\ue001x", b=Typed("\ue0000\ue001y"))

    assert said.plain == "x|0y"
