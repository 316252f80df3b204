"""The README says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from bot.cli.table import BEGIN, END, command_table
from bot.dispatch.catalogue import Catalogue

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def test_the_table_of_commands_is_the_codes_own() -> None:
    written = README.partition(BEGIN)[2].partition(END)[0].strip()

    assert written == command_table(), "write it anew with: make fix"


def test_every_word_of_every_command_stands_in_the_table() -> None:
    table = command_table()

    missing = {
        word
        for command in Catalogue.discover().commands()
        for word in command.names
        if not re.search(rf"`!?{re.escape(word)}\b", table)
    }

    assert missing == set(), "a card's usage begins with the command's first word"


def test_every_file_that_the_papers_point_to_is_there() -> None:
    papers = [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")]

    gone = [
        f"{paper.name}: {link}"
        for paper in papers
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", paper.read_text("utf-8"))
        if not (paper.parent / link).exists()
    ]

    assert gone == []


def test_every_make_target_that_the_papers_name_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    papers = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]

    named = {
        target
        for paper in papers
        for target in re.findall(r"`make ([a-z-]+)", paper.read_text("utf-8"))
    }

    assert named <= targets
