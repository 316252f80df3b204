"""The phrasebook finds the words, and says clearly when it cannot."""

from __future__ import annotations

import timeit
from typing import TYPE_CHECKING

import pytest

from bot.domain.answer import Typed
from bot.text.phrasebook import BrokenTemplateError, Card, MissingTemplateError
from tests.text.conftest import NOW, SHIPPED

if TYPE_CHECKING:
    from tests.text.conftest import Desk


def test_a_missing_template_names_the_file_that_should_exist(desk: Desk) -> None:
    with pytest.raises(MissingTemplateError) as fault:
        desk.book().say("refusal/nowhere", {}, "sv", now=NOW)

    assert fault.value.file == SHIPPED / "sv" / "refusal" / "nowhere.md.j2"
    assert "refusal/nowhere.md.j2 should exist" in str(fault.value)


def test_a_language_without_words_is_a_missing_template(desk: Desk) -> None:
    with pytest.raises(MissingTemplateError, match=r"fi/summons\.md\.j2 should exist"):
        desk.book().say("summons", {}, "fi", now=NOW)


def test_a_language_without_its_small_words_says_which_file_is_missing(desk: Desk) -> None:
    desk.write("fi", "summons", "Hei")

    with pytest.raises(MissingTemplateError, match=r"fi/_words\.md\.j2 should exist"):
        desk.book()


def test_a_forgotten_fact_is_told_by_its_name(desk: Desk) -> None:
    with pytest.raises(BrokenTemplateError, match=r"sv/test\.md\.j2 .*'forum' is undefined"):
        desk.hear("{{ forum }}")


@pytest.mark.parametrize("fact", [None, [1], NOW, True])
def test_a_fact_without_words_of_its_own_is_refused(desk: Desk, fact: object) -> None:
    with pytest.raises(BrokenTemplateError, match="TypeError"):
        desk.hear("{{ fact }}", fact=fact)


def test_a_template_that_cannot_be_read_is_told_with_its_line(desk: Desk) -> None:
    with pytest.raises(BrokenTemplateError, match=r"sv/test\.md\.j2 .*line 2"):
        desk.hear("ett\n{% if %}")


def test_what_people_wrote_is_not_in_the_fault(desk: Desk) -> None:
    with pytest.raises(BrokenTemplateError) as fault:
        desk.hear("{{ why|clock }}", why="hemligt")

    assert "hemligt" not in str(fault.value)


def test_a_template_reaches_nothing_outside_its_facts(desk: Desk) -> None:
    with pytest.raises(BrokenTemplateError, match="unsafe"):
        desk.hear("{{ a.__class__.__mro__ }}", a="x")


def test_the_operators_own_words_go_before_ours(desk: Desk) -> None:
    desk.write("sv", "_words", (SHIPPED / "sv/_words.md.j2").read_text().replace("i dag", "nu"))

    assert desk.hear("{{ now|day }}, {{ d|when }}", d=NOW.date()).plain == "torsdag 15 oktober, nu"


def test_a_line_is_one_line_of_plain_text(desk: Desk) -> None:
    desk.write("sv", "topic", "{# facts: a #}\n**{{ a }}**\nrad två\n\n- tre\n")

    assert desk.book().line("topic", {"a": "*"}, "sv", now=NOW) == "* rad två - tre"


def test_a_card_has_a_usage_an_example_and_a_summary(desk: Desk) -> None:
    text = "{# facts: none #}\n/kalla FORUM [TID] *\n/kalla VSK 15.00 Läget\nKallar.\nGenast.\n"
    desk.write("sv", "command/convene", text)

    assert desk.book().card("convene", "sv") == Card(
        "/kalla FORUM [TID] *", "/kalla VSK 15.00 Läget", "Kallar. Genast."
    )


def test_a_card_without_a_summary_is_refused(desk: Desk) -> None:
    desk.write("sv", "command/x", "/x\n/x 1\n")

    with pytest.raises(BrokenTemplateError, match=r"sv/command/x\.md\.j2 .*summary"):
        desk.book().card("x", "sv")


def test_names_are_those_of_templates_and_not_of_their_parts(desk: Desk) -> None:
    desk.write("sv", "refusal/unknown", "Nej.")
    desk.write("sv", "_part", "x")

    names = desk.book().names("sv")

    assert "refusal/unknown" in names
    assert not any(name.startswith("_") for name in names)
    assert desk.book().names("fi") == frozenset()


def test_the_facts_of_a_template_are_also_those_of_its_parts(desk: Desk) -> None:
    desk.write("sv", "_part", "{{ b }}")
    desk.write("sv", "whole", '{{ a }}{{ now|clock }}{% include "_part.md.j2" %}')

    assert desk.book().facts_of("whole", "sv") == {"a", "b"}


def test_a_simple_message_costs_less_than_a_third_of_a_millisecond(desk: Desk) -> None:
    desk.write("sv", "simple", "Kvittera senast {{ until|when }}: {{ forum|forum }}, {{ why }}.")
    book = desk.book()
    facts = {"until": NOW, "forum": "VSK", "why": Typed("isläget")}

    def say() -> None:
        book.say("simple", facts, "sv", now=NOW)

    say()

    # The best of many: what others do on the machine meanwhile is not its cost.
    assert min(timeit.repeat(say, number=20, repeat=20)) / 20 < 0.0003
