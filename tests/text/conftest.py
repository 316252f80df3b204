"""What tests of words share: the law, a moment, and a desk to write templates at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.text.phrasebook import Phrasebook, Words
from config.region import load_region
from tests.text.law import small_region

if TYPE_CHECKING:
    from bot.domain.region import Region

CONFIG = Path(__file__).parents[2] / "config"
SHIPPED = CONFIG / "text"
NOW = datetime(2026, 10, 15, 12, 0, tzinfo=UTC)
"""A Thursday, 14:00 in the region."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--snapshots",
        action="store_true",
        help="write the snapshots of the templates anew (pytest tests/text --snapshots)",
    )


@dataclass
class Desk:
    """Where a test writes a template of its own and hears how it sounds."""

    folder: Path
    region: Region

    def write(self, language: str, name: str, text: str) -> None:
        file = self.folder / language / f"{name}.md.j2"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def book(self) -> Phrasebook:
        return Phrasebook([self.folder, SHIPPED], self.region)

    def hear(self, text: str, language: str = "sv", **facts: object) -> Words:
        self.write(language, "test", text)
        return self.book().say("test", facts, language, now=NOW)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, small_region())


@pytest.fixture(scope="session")
def shipped() -> Phrasebook:
    """Give every word we ship, over the example law."""
    region = load_region(CONFIG / "example" / "malarvik.yaml", date(2026, 10, 15))
    return Phrasebook([SHIPPED], region)
