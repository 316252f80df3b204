"""What the tests of the player stand on: the example regions, and a way to write a scenario."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import config

EXAMPLE = Path(config.__file__).parent / "example"
HEAD = f"""\
scenario: A test
region: {EXAMPLE / "malarvik.yaml"}
start: 2026-10-14T09:00
people: {{amira: lst.TIB, jonas: vag.VTL, lena: vag.VTL/2}}
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    """Write a scenario file that begins with HEAD; what is given follows."""

    def written(rest: str, head: str = HEAD) -> Path:
        file = tmp_path / "scenario.yaml"
        file.write_text(head + rest, encoding="utf-8")
        return file

    return written
