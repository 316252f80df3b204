"""A new command, as `make new-command` writes it, keeps every promise at once."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WHAT_IT_NEEDS = ("bot", "commands", "config", "tests", "pyproject.toml", "README.md")
WORD = "echo_again"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the project, and add a command to the copy."""
    copy = tmp_path_factory.mktemp("project")
    for name in WHAT_IT_NEEDS:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, copy / name)
    assert _in(copy, "bot.cli.scaffold", WORD, "eko_igen").returncode == 0
    return copy


def _in(folder: Path, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a module in that copy: the folder it is started in is looked through first."""
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_its_own_tests_pass_as_they_are_written(project: Path) -> None:
    tests = [f"tests/story/test_{WORD}.py", "tests/text/test_every_template.py"]

    run = _in(project, "pytest", "-q", "-p", "no:cacheprovider", *tests, "-k", WORD)

    assert run.returncode == 0, run.stdout
    assert "failed" not in run.stdout


def test_its_story_fails_when_the_template_says_something_else(project: Path) -> None:
    template = project / f"config/text/sv/{WORD}/said.md.j2"
    before = template.read_text("utf-8")
    template.write_text(before.replace("säger", "ropar"), "utf-8")

    run = _in(project, "pytest", "-q", "-p", "no:cacheprovider", f"tests/story/test_{WORD}.py")
    template.write_text(before, "utf-8")

    assert run.returncode == 1
    assert "1 failed, 1 passed" in run.stdout


def test_its_code_has_the_form_of_the_house(project: Path) -> None:
    written = [f"commands/{WORD}.py", f"tests/story/test_{WORD}.py"]

    checked = _in(project, "ruff", "check", "--no-cache", *written)
    formed = _in(project, "ruff", "format", "--no-cache", "--check", *written)

    assert checked.returncode == 0, checked.stdout
    assert formed.returncode == 0, formed.stdout


def test_it_stands_in_the_readme_when_that_is_mended(project: Path) -> None:
    _in(project, "bot.cli.table")

    row = f"| `!{WORD} TEXT` | `!eko_igen TEXT` | Says again what you say. |"
    assert row in (project / "README.md").read_text("utf-8")


def test_a_word_that_is_taken_is_refused_and_nothing_written(project: Path) -> None:
    run = _in(project, "bot.cli.scaffold", "other", "hjälp")

    assert run.returncode == 1
    assert '"hjälp" already means the command help.' in run.stderr
    assert not (project / "commands/other.py").exists()
