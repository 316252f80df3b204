"""Whole plays on a real homeserver: the bot killed and started, files written, exits.

They are played two at a time, each in a process of its own, beginning when the first is asked for.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.rehearsal.play import FAILED, HELD
from tests.homeserver.between import FAULTS
from tests.rehearsal import alike
from tests.rehearsal.conftest import EXAMPLE

HERE = Path(__file__).parent
PAPER = HERE.parents[1] / "docs" / "REHEARSING.md"
PLAYS = {
    # The longest first: the others are played meanwhile.
    "ordinary-week": EXAMPLE / "scenarios" / "ordinary-week.yaml",
    "scenario-a": EXAMPLE / "scenarios" / "scenario-a.yaml",
    "scenario-a on a bad line": EXAMPLE / "scenarios" / "scenario-a.yaml",
    "scenario-b": EXAMPLE / "scenarios" / "scenario-b.yaml",
    "second-region": EXAMPLE / "scenarios" / "second-region.yaml",
    "homeserver-away": HERE / "plays" / "homeserver-away.yaml",
    "what-does-not-hold": HERE / "plays" / "what-does-not-hold.yaml",
    "the paper's": PAPER,
}
AT_ONCE = 2
PLAY = "import sys; from bot.cli import main; main()"
SEEDS = {"scenario-a": (), "scenario-a on a bad line": ("20261122",)}
"""Played with the bot's own record kept, and with which seed its requests are broken."""

pytestmark = pytest.mark.timeout(600)


@dataclass(frozen=True)
class Played:
    """What came of a play."""

    code: int
    said: str
    told: Mapping[str, Any]
    page: str
    folder: Path

    def kept(self, name: str) -> Any:  # noqa: ANN401 - as it was written
        """Read what a recorded play wrote besides."""
        return json.loads((self.folder / f"{name}.json").read_text("utf-8"))


def on_stage(name: str, folder: Path) -> Played:
    """Play it as anybody would, with everything written that can be."""
    file = PLAYS[name] if name != "the paper's" else from_the_paper(folder)
    told, page = folder / "play.json", folder / "play.html"
    wishes = ("--quiet", "--json", str(told), "--transcript", str(page))
    typed: tuple[str, ...] = ("-c", PLAY, "play", str(file), *wishes)
    if name in SEEDS:
        typed = ("-m", "tests.rehearsal.recorded", str(file), str(folder), *SEEDS[name])
    done = subprocess.run(
        (sys.executable, *typed),
        capture_output=True,
        text=True,
        check=False,
        cwd=HERE.parents[1],
        env={"COLUMNS": "200"},
    )
    said = done.stdout + done.stderr
    if not told.exists():
        return Played(done.returncode, said, {}, "", folder)
    account = json.loads(told.read_text("utf-8"))
    return Played(done.returncode, said, account, page.read_text("utf-8"), folder)


def from_the_paper(folder: Path) -> Path:
    """Take the example out of the paper, as its reader would."""
    found = re.search(r"```yaml\n(.*?)```", PAPER.read_text("utf-8"), re.DOTALL)
    assert found
    file = folder / "scenario.yaml"
    region = str(EXAMPLE / "thornmere.yaml")
    file.write_text(found[1].replace("thornmere.yaml", region), "utf-8")
    return file


@pytest.fixture(scope="module")
def playing(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[Played]]]:
    """Begin every play that a test of this run asks for, in the order in which it is asked for."""
    tests = [test for test in request.session.items if test.path == request.path]
    items = [test for test in tests if isinstance(test, pytest.Function)]
    wanted = [str(test.callspec.params["name"]) for test in items]
    wanted += ["scenario-a"] if SEEDS.keys() & set(wanted) else []
    with ThreadPoolExecutor(AT_ONCE) as stages:
        yield {
            name: stages.submit(on_stage, name, tmp_path_factory.mktemp("play"))
            for name in dict.fromkeys(wanted)
        }


@pytest.mark.parametrize("name", ["the paper's"])
def test_a_bot_killed_in_the_night_goes_on_where_it_was(
    name: str, playing: dict[str, Future[Played]]
) -> None:
    play = playing[name].result()

    assert (play.code, play.said.splitlines()[-1]) == (HELD, "7 passed, 0 failed"), play.said
    assert play.told["passed"] == 7
    assert {room["forum"] for room in play.told["rooms"]} > {"TCG"}
    assert "Summons KA-2026-001" in play.page


@pytest.mark.parametrize("name", ["what-does-not-hold"])
def test_what_does_not_hold_is_said_with_what_was_said_instead(
    name: str, playing: dict[str, Future[Played]]
) -> None:
    play = playing[name].result()

    lines = play.said.splitlines()
    assert (play.code, lines[-1]) == (FAILED, "1 passed, 2 failed"), play.said
    assert lines[0].startswith("01:35 NOT ok TCG says /Summons/")
    assert "what-does-not-hold.yaml:9" in lines[1]
    assert "instead:" in lines[2]


@pytest.mark.parametrize(
    "name", ["ordinary-week", "scenario-a", "scenario-b", "second-region", "homeserver-away"]
)
def test_the_scenarios_of_the_project_hold(name: str, playing: dict[str, Future[Played]]) -> None:
    play = playing[name].result()

    assert play.code == HELD, play.said
    assert play.said.splitlines()[-1].endswith(" passed, 0 failed")


@pytest.mark.parametrize("name", ["scenario-a on a bad line"])
def test_with_one_request_in_five_broken_it_ends_as_it_does_without(
    name: str, playing: dict[str, Future[Played]]
) -> None:
    whole, broken = playing["scenario-a"].result(), playing[name].result()

    assert broken.code == HELD, broken.said
    assert alike.rooms(broken.told) == alike.rooms(whole.told)
    ended, meant = broken.kept("record"), whole.kept("record")
    assert alike.letters(ended) == alike.letters(meant)
    assert alike.members(ended) == alike.members(meant)
    assert alike.record(ended) == alike.record(meant)
    did = broken.kept("broken")
    asked = did.pop("asked")
    assert asked / 6 < sum(did.values()) < asked / 4
    assert did.keys() == FAULTS.keys()
