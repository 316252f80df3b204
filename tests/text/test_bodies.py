"""A message has two bodies that say the same: plain text without marks, and Matrix's HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.text.phrasebook import Words

if TYPE_CHECKING:
    from tests.text.conftest import Desk


@pytest.mark.parametrize(
    ("template", "plain", "html"),
    [
        ("Hej & hå.", "Hej & hå.", "Hej &amp; hå."),
        ("Ett.\nTvå.\n", "Ett.\nTvå.", "Ett.<br>Två."),
        ("Ett.\n\n\nTvå.", "Ett.\nTvå.", "<p>Ett.</p>\n<p>Två.</p>"),
        ("**Fet** och *lutad*.", "Fet och lutad.", "<strong>Fet</strong> och <em>lutad</em>."),
        ("**A**\nB", "A\nB", "<strong>A</strong><br>B"),
        ("# Rubrik", "Rubrik", "<h1>Rubrik</h1>"),
        ("Skriv `ja`.", "Skriv ja.", "Skriv <code>ja</code>."),
        (
            "A:\n- b\n- c\n  - d",
            "A:\n- b\n- c\n  - d",
            "<p>A:</p>\n<ul>\n<li>b</li>\n<li>c\n<ul>\n<li>d</li>\n</ul>\n</li>\n</ul>",
        ),
        ("2. b\n3. c", "2. b\n3. c", '<ol start="2">\n<li>b</li>\n<li>c</li>\n</ol>'),
        ("> sagt", "> sagt", "<blockquote>\n<p>sagt</p>\n</blockquote>"),
        ("```\na\n b\n```", "a\n b", "<pre><code>a\n b\n</code></pre>"),
        ("[här](https://a.se/)", "här (https://a.se/)", '<a href="https://a.se/">här</a>'),
        ("<https://a.se>", "https://a.se", '<a href="https://a.se">https://a.se</a>'),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("<b>x</b> *y*", "<b>x</b> y", "&lt;b&gt;x&lt;/b&gt; <em>y</em>"),
    ],
)
def test_markdown_becomes_two_bodies(desk: Desk, template: str, plain: str, html: str) -> None:
    assert desk.hear(template) == Words(plain, html)


def test_a_fact_is_never_markup_even_if_nobody_typed_it(desk: Desk) -> None:
    said = desk.hear("**{{ a }}**: {{ b }}", a="1. *x*", b="<i>_y_</i>")

    assert said == Words("1. *x*: <i>_y_</i>", "<strong>1. *x*</strong>: &lt;i&gt;_y_&lt;/i&gt;")


def test_a_macro_may_write_marks_around_a_fact(desk: Desk) -> None:
    desk.write("sv", "_marks", "{% macro head(x) %}**{{ x }}**{% endmacro %}")

    said = desk.hear('{% import "_marks.md.j2" as marks %}{{ marks.head(a) }}!', a="*a*")

    assert said == Words("*a*!", "<strong>*a*</strong>!")


def test_a_fact_in_the_address_of_a_link_is_followed(desk: Desk) -> None:
    said = desk.hear("[rummet]({{ to }})", to="https://matrix.to/#/!a_b_c:malarvik.example")

    assert said.plain == "rummet (https://matrix.to/#/!a_b_c:malarvik.example)"
    assert said.html == '<a href="https://matrix.to/#/!a_b_c:malarvik.example">rummet</a>'
