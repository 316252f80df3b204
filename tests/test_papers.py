"""What the papers promise to name, they name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config.settings import PREFIX, Settings

ROOT = Path(__file__).parents[1]
OPERATING = (ROOT / "docs/OPERATING.md").read_text("utf-8")
DECISIONS = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
PARTS = ("## Why it was asked", "## What was decided", "## What follows", "## How it is held")


@pytest.mark.parametrize("setting", Settings.model_fields)
def test_every_setting_has_its_line(setting: str) -> None:
    assert f"\n| `{setting}` |" in OPERATING


def test_every_setting_with_a_line_is_one() -> None:
    table = OPERATING.partition("## Settings")[2].partition("## First start")[0]

    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(Settings.model_fields)


@pytest.mark.parametrize("file", ["compose.yaml", "docs/systemd/samverkan.service"])
def test_every_variable_in_the_environment_is_a_setting(file: str) -> None:
    named = set(re.findall(rf"{PREFIX}(\w+)", (ROOT / file).read_text("utf-8")))

    assert named
    assert {name.lower() for name in named} <= set(Settings.model_fields)


@pytest.mark.parametrize("record", DECISIONS, ids=lambda record: record.stem[:4])
def test_a_decision_has_all_its_parts_and_stands_in_the_list(record: Path) -> None:
    text = record.read_text("utf-8")
    listed = (record.parent / "README.md").read_text("utf-8")

    assert [part for part in PARTS if part not in text] == []
    assert f"({record.name}) | {text.splitlines()[0].partition('. ')[2]} |" in listed


@pytest.mark.parametrize("record", DECISIONS, ids=lambda record: record.stem[:4])
def test_the_tests_that_hold_a_decision_are_there(record: Path) -> None:
    held = record.read_text("utf-8").partition(PARTS[-1])[2]

    for path, name in re.findall(r"`(tests/[\w/]+(?:\.py)?)(?:::(\w+))?", held):
        assert (ROOT / path).exists(), path
        assert not name or f"def {name}(" in (ROOT / path).read_text("utf-8"), name


def test_every_claim_about_security_names_a_test_that_is_there() -> None:
    text = (ROOT / "docs/SECURITY.md").read_text("utf-8")
    rows = [line for line in text.splitlines() if re.match(r"^\| (?!---)", line)]
    claims = [row for row in rows if not row.endswith(("Shown by |",))]

    assert claims
    assert [row for row in claims if "`tests/" not in row] == []
    for path, name in re.findall(r"`(tests/[\w/]+(?:\.py)?)(?:::(\w+))?", text):
        assert (ROOT / path).exists(), path
        assert not name or f"def {name}(" in (ROOT / path).read_text("utf-8"), name
