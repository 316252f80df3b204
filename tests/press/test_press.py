"""What is printed: the message's own words, on pages that anybody can read, the same each time."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import typst

from bot.press.press import Press
from bot.press.tree import title_of, tree

HOUSE = Path(__file__).parent.parent.parent
AT = datetime(2026, 10, 15, 7, 46, tzinfo=UTC)
PAPER = "<h1>Sammanfattning v. 42</h1>\n<h2>Överenskommet</h2>\n<ul>\n<li>Inget.</li>\n</ul>"
HOSTILE = "#panic() $x$ *_`</b>\\ @ref <lab> \u202e עברית עִבְרִית 🚧 // /* " + "å" * 3000


@pytest.fixture
def press() -> Press:
    return Press([HOUSE / "config" / "press"])


def spoken(language: str) -> str:
    told = (HOUSE / f"tests/text/snapshots/{language}/paper/digest.txt").read_text("utf-8")
    return told.split("--- html")[1].split("=== said")[0].strip()


def test_html_becomes_a_tree_of_words_and_tags() -> None:
    assert tree("<p>a &lt;b&gt;<br>c</p>\n<ul>\n<li><strong>d</strong> e</li>\n</ul>") == [
        {"tag": "p", "in": ["a <b>", {"tag": "br", "in": []}, "c"]},
        {"tag": "ul", "in": [{"tag": "li", "in": [{"tag": "strong", "in": ["d"]}, " e"]}]},
    ]


def test_the_title_is_the_first_heading() -> None:
    assert title_of(tree(PAPER)) == "Sammanfattning v. 42"


@pytest.mark.parametrize("language", ["sv", "en"])
async def test_a_digest_is_a_pdf_and_a_picture_of_its_first_page(
    press: Press, language: str
) -> None:
    printed = await press.paper(spoken(language), "Malarvik", language, AT)

    assert printed.pdf.startswith(b"%PDF-1.7")
    assert printed.page.startswith(b"\x89PNG")
    assert (printed.width, printed.height) == (529, 748)


async def test_the_same_words_are_the_same_bytes(press: Press) -> None:
    first = await press.paper(PAPER, "Malarvik", "sv", AT)

    assert await press.paper(PAPER, "Malarvik", "sv", AT) == first


async def test_what_somebody_typed_is_only_words_on_paper_too(press: Press) -> None:
    typed = HOSTILE.replace("<", "&lt;").replace(">", "&gt;")

    printed = await press.paper(f"{PAPER}<p>{typed}</p>", "Malarvik", "sv", AT)

    assert printed.pdf.startswith(b"%PDF")


async def test_a_long_digest_takes_more_pages_and_shows_the_first(press: Press) -> None:
    long = PAPER + "<p>ord</p>" * 400

    printed = await press.paper(long, "Malarvik", "sv", AT)

    assert (printed.width, printed.height) == (529, 748)


async def test_the_operators_own_paper_goes_before_ours(tmp_path: Path) -> None:
    (tmp_path / "paper.typ").write_text(
        "#set page(width: 72pt, height: 72pt)\n#set document(title: [x])\nx"
    )
    press = Press([tmp_path, HOUSE / "config" / "press"])

    assert (await press.paper(PAPER, "Malarvik", "sv", AT)).width == 64


async def test_a_broken_paper_says_so(tmp_path: Path) -> None:
    (tmp_path / "paper.typ").write_text("#panic()")

    with pytest.raises(typst.TypstError):
        await Press([tmp_path]).paper(PAPER, "Malarvik", "sv", AT)


async def test_the_portrait_is_a_square_picture(press: Press) -> None:
    drawn = await press.portrait()

    assert drawn[16:24] == (512).to_bytes(4, "big") * 2
