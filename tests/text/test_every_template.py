"""Every template we ship: in both languages, with the same facts, and said as its snapshot says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.text.environment import SUFFIX, facts_used
from tests.text.conftest import NOW, SHIPPED
from tests.text.sampling import samples

if TYPE_CHECKING:
    from bot.text.phrasebook import Phrasebook

HERE = Path(__file__).parent
SAMPLES, SNAPSHOTS = HERE / "samples", HERE / "snapshots"
LANGUAGES = ("en", "sv")
HEADER = re.compile(r"\{#\s*facts:(.*?)#\}", re.DOTALL)
NEXT_WAY = "\n\n=== said in another way\n\n"


def _files(language: str) -> set[str]:
    """List all template files of a language, macros and parts among them."""
    folder = SHIPPED / language
    return {str(file.relative_to(folder)) for file in folder.rglob(f"*{SUFFIX}")}


def _names(language: str) -> set[str]:
    spoken = {file for file in _files(language) if "/_" not in f"/{file}"}
    return {file.removesuffix(SUFFIX) for file in spoken}


EVERY_FILE = sorted(_files("sv") & _files("en"))
EVERY_NAME = sorted(_names("sv") | _names("en"))
SPOKEN = [name for name in EVERY_NAME if not name.startswith("command/")]
CARDS = [name.removeprefix("command/") for name in EVERY_NAME if name.startswith("command/")]


def _declared(source: str) -> set[str]:
    """Read the facts off the first line: `{# facts: a, b (c, d). And a remark. #}`."""
    found = HEADER.match(source)
    assert found, "the first line is not {# facts: … #}"
    facts = found[1]
    while "(" in facts:
        facts = re.sub(r"\([^()]*\)", "", facts)
    facts = re.split(r"\.(?:\s|$)", facts.strip())[0]
    return {fact.strip() for fact in facts.split(",")} - {"none", "", "now"}


def test_the_languages_are_those_two(shipped: Phrasebook) -> None:
    assert shipped.languages() == LANGUAGES


def test_the_languages_have_the_same_templates() -> None:
    only_sv = sorted(_files("sv") - _files("en"))
    only_en = sorted(_files("en") - _files("sv"))

    assert (only_sv, only_en) == ([], []), "(only in sv, only in en)"


@pytest.mark.parametrize("file", EVERY_FILE)
def test_the_languages_use_the_same_facts(file: str) -> None:
    sv, en = (facts_used((SHIPPED / at / file).read_text("utf-8")) for at in ("sv", "en"))

    assert sv == en


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SPOKEN)
def test_a_template_says_its_facts_first(name: str, language: str, shipped: Phrasebook) -> None:
    source = (SHIPPED / language / f"{name}{SUFFIX}").read_text("utf-8")

    assert _declared(source) == shipped.facts_of(name, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SPOKEN)
def test_a_template_says_what_its_snapshot_says(
    name: str, language: str, shipped: Phrasebook, request: pytest.FixtureRequest
) -> None:
    sample = SAMPLES / f"{name}.yaml"
    assert sample.exists(), f"write the facts it is said with in tests/text/samples/{name}.yaml"

    said = [
        shipped.say(name, facts, language, now=facts.get("now", NOW)) for facts in samples(sample)
    ]

    for words in said:
        assert words.plain
    heard = NEXT_WAY.join(f"{words.plain}\n\n--- html\n\n{words.html}" for words in said)
    _compare(SNAPSHOTS / language / f"{name}.txt", heard, request)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("command", CARDS)
def test_a_card_says_what_its_snapshot_says(
    command: str, language: str, shipped: Phrasebook, request: pytest.FixtureRequest
) -> None:
    card = shipped.card(command, language)

    heard = f"{card.usage}\n{card.example}\n{card.summary}"
    _compare(SNAPSHOTS / language / "command" / f"{command}.txt", heard, request)


def test_no_sample_or_snapshot_is_left_of_a_template_that_is_gone() -> None:
    sampled = {str(file.relative_to(SAMPLES).with_suffix("")) for file in SAMPLES.rglob("*.yaml")}
    pictured = {
        str(file.relative_to(SNAPSHOTS / language).with_suffix(""))
        for language in LANGUAGES
        for file in (SNAPSHOTS / language).rglob("*.txt")
    }

    assert sampled <= set(SPOKEN)
    assert pictured <= set(EVERY_NAME)


def _compare(snapshot: Path, heard: str, request: pytest.FixtureRequest) -> None:
    """Compare with the snapshot, or write it if that is what was asked for."""
    if request.config.getoption("--snapshots", default=False):
        snapshot.parent.mkdir(parents=True, exist_ok=True)
        snapshot.write_text(heard + "\n", encoding="utf-8")
    assert snapshot.exists(), "no snapshot yet: pytest tests/text --snapshots, then read it"
    assert heard + "\n" == snapshot.read_text(encoding="utf-8")
