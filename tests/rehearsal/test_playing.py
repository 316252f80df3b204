"""Whole plays on a real homeserver: the bot killed and started, files written, exits."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from bot.rehearsal.play import FAILED, HELD, Wishes, play
from tests.rehearsal.conftest import EXAMPLE

SHORT = f"""\
scenario: A short night
region: {EXAMPLE / "thornmere.yaml"}
start: 2026-11-17T01:30
encrypted: false
people: {{grace: county.DUTY, owen: police.DUTY}}
automaton: {{health.DUTY/1: {{acknowledge: never}}}}
"""


def on_stage(file: Path, wishes: Wishes) -> tuple[int, str]:
    """Play a file; give its exit and what was printed."""
    said = io.StringIO()
    console = Console(file=said, width=200)
    return play(file, wishes, console, console), said.getvalue()


@pytest.mark.timeout(180)
def test_a_bot_killed_in_the_night_goes_on_where_it_was(
    write: Callable[..., Path], tmp_path: Path
) -> None:
    file = write(
        """\
steps:
  - {at: "01:35", who: grace, in: direct, say: '!convene TCG 02:15 "High water"'}
  - {at: "01:35", expect: {in: TCG, says: 'Summons KA-2026-001', mentions: [grace, owen], count: 1}}
  - {at: "01:36", do: kill-bot}
  - {at: "01:37", who: owen, in: TCG, react: ✅}
  - {at: "01:47", do: start-bot}
  - {at: "01:47", expect: {in: TCG, says: 'KA-2026-001.*Health Board.*did not answer'}, within: 30s}
  - {at: "01:48", save: {id: '(KA-2026-\\d{3})'}, in: TCG}
  - {at: "01:48", expect: {in: TCG, says: 'Summons ${id}', count: 1}}
  - {at: "02:15", expect: {in: TCG, says: 'Present'}, within: 10s}
  - {at: "02:15", expect: {members: TCG, include: [grace, health.DUTY/2], exclude: [ferry.CTRL]}}
""",
        SHORT,
    )
    told = tmp_path / "play.json"
    read = tmp_path / "play.html"

    code, said = on_stage(file, Wishes(json_file=told, transcript=read))

    assert (code, said.splitlines()[-1]) == (HELD, "5 passed, 0 failed"), said
    account = json.loads(told.read_text())
    assert account["passed"] == 5
    assert {room["forum"] for room in account["rooms"]} > {"TCG"}
    assert "Summons KA-2026-001" in read.read_text()


@pytest.mark.timeout(180)
def test_what_does_not_hold_is_said_with_what_was_said_instead(write: Callable[..., Path]) -> None:
    file = write(
        """\
steps:
  - {at: "01:35", who: grace, in: TCG, say: '!convane 02:15 "High water"'}
  - {at: "01:35", expect: {in: TCG, says: 'Summons'}}
  - {at: "01:40", never: {in: TCG, says: 'convene'}}
  - {at: "01:41", expect: {in: TCG, says: 'convene'}}
""",
        SHORT,
    )

    code, said = on_stage(file, Wishes(quiet=True))

    lines = said.splitlines()
    assert (code, lines[-1]) == (FAILED, "1 passed, 2 failed"), said
    assert lines[0].startswith("01:35 NOT ok TCG says /Summons/")
    assert "scenario.yaml:9" in lines[1]
    assert "instead:" in lines[2]


@pytest.mark.timeout(400)
@pytest.mark.parametrize("name", ["ordinary-week", "scenario-a", "second-region"])
def test_the_scenarios_of_the_project_hold(name: str) -> None:
    code, said = on_stage(EXAMPLE / "scenarios" / f"{name}.yaml", Wishes(quiet=True))

    assert code == HELD, said
    assert said.splitlines()[-1].endswith(" passed, 0 failed")
