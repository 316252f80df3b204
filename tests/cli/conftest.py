"""An operator at a console, in a folder of their own; every screen is searched for secrets."""

from __future__ import annotations

import sqlite3
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from bot.cli import app

HOUSE = Path(__file__).parents[2]
PASSWORD = "correct-horse-battery"
TOKEN = "syt_never_to_be_seen"


@dataclass(frozen=True)
class Screen:
    """What the operator saw: the exit code, what a program would read, and what went beside it."""

    code: int
    out: str
    err: str


@dataclass
class Operator:
    """Types commands in a folder, and keeps what a command ended in that was no exit."""

    folder: Path
    defect: BaseException | None = None
    environment: dict[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = (PASSWORD, TOKEN)

    def types(self, *words: str) -> Screen:
        """Type `samverkan` and these words; nothing seen may hold a secret."""
        around = {"COLUMNS": "100", **self.environment}
        result = CliRunner(env=around).invoke(app, list(words))
        ended = result.exception
        self.defect = None if isinstance(ended, SystemExit) else ended
        shown = "".join(traceback.format_exception(self.defect)) if self.defect else ""
        for secret in self.secrets:
            assert secret not in result.output + shown
        return Screen(result.exit_code, result.stdout, result.stderr)

    def writes(self, name: str, text: str) -> Path:
        """Write a file in the folder."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def settings(self, more: str = "") -> None:
        """Write right settings, whose homeserver nobody keeps."""
        self.writes(
            "samverkan.yaml",
            'homeserver: http://127.0.0.1:1\nuser_id: "@bot:example"\n'
            f"region: mini.yaml\npassword: {PASSWORD}\n{more}",
        )

    def database(self) -> sqlite3.Connection:
        """Open the history behind the bot's back."""
        return sqlite3.connect(self.folder / "data" / "samverkan.db")


@pytest.fixture
def operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Operator]:
    """Give an operator with right settings and a small region in the folder they stand in."""
    monkeypatch.chdir(tmp_path)
    operator = Operator(tmp_path)
    operator.settings()
    law = (HOUSE / "tests/config/minimal.yaml").read_text(encoding="utf-8")
    operator.writes("mini.yaml", law)
    yield operator
    structlog.reset_defaults()
