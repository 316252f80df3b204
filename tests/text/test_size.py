"""Whatever people wrote, and however much of it: a room takes every message, whole in its facts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.domain.answer import Typed
from bot.text.phrasebook import MOST_BYTES, Phrasebook, Words
from tests.matrix.anything import HUGE, UNICODE
from tests.text.conftest import NOW, SHIPPED
from tests.text.law import small_region
from tests.text.sampling import samples

SAMPLES = Path(__file__).parent / "samples"
ODD = "".join(it for it in UNICODE if len(it) < HUGE // 4)
NAMES = sorted(str(file.relative_to(SAMPLES).with_suffix("")) for file in SAMPLES.rglob("*.yaml"))


@pytest.fixture(scope="module")
def words() -> Phrasebook:
    return Phrasebook([SHIPPED], small_region())


def overdone(value: Any, text: str, times: int) -> Any:  # noqa: ANN401
    """Make every typed text that text, and every list that many times as long."""
    if isinstance(value, Typed):
        return Typed(text)
    if isinstance(value, dict):
        return {key: overdone(its, text, times) for key, its in value.items()}
    if isinstance(value, list):
        return [overdone(it, text, times) for it in value] * times
    return value


def said(
    words: Phrasebook, name: str, text: str, times: int, now: datetime
) -> Iterator[tuple[str, str]]:
    for language in ("sv", "en"):
        for facts in samples(SAMPLES / f"{name}.yaml"):
            at = facts.get("now", now)
            told = words.say(name, overdone(facts, text, times), language, now=at)
            yield told.plain, told.html


@pytest.mark.parametrize("name", NAMES)
def test_a_room_takes_every_message_however_much_was_typed(words: Phrasebook, name: str) -> None:
    text = "&Å\U0001f692<" * (HUGE // 8)

    for plain, html in said(words, name, text, 12, NOW):
        assert len(plain.encode()) + len(html.encode()) <= MOST_BYTES
        assert plain


@pytest.mark.parametrize("name", NAMES)
def test_no_character_breaks_a_message_or_its_lines(words: Phrasebook, name: str) -> None:
    usual = [plain.count("\n") for plain, _ in said(words, name, "ord", 1, NOW)]

    found = [plain for plain, _ in said(words, name, f"a{ODD}b", 1, NOW)]

    assert [plain.count("\n") for plain in found] == usual
    for plain in found:
        plain.encode()


def test_a_long_message_keeps_every_line_and_shows_less_of_each_text(words: Phrasebook) -> None:
    facts = overdone(samples(SAMPLES / "digest/published.yaml")[0], "långt " * 1000, 3)

    told = words.say("digest/published", facts, "sv", now=NOW)

    for number in ("OV-2026-061", "OV-2026-062", "OV-2026-063", "AT-2026-204", "AT-2026-207"):
        assert told.plain.count(number) >= 3
        assert told.html.count(number) >= 3
    assert "långt långt" in told.plain
    assert "…" in told.plain


def test_what_does_not_fit_at_all_ends_at_a_whole_line() -> None:
    words = Words("en rad\n" * MOST_BYTES, "x").cut()

    assert words.plain.endswith("\nen rad\n…")
    assert len(words.plain.encode()) <= MOST_BYTES
    assert words.html == ""
