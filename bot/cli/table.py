"""Writes the README's table of commands from the code and the command cards: `make fix` runs it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from bot.asking import Command
from bot.cli.told import out
from bot.dispatch.catalogue import Catalogue
from bot.domain.region import Language
from bot.outfit import WORDS
from bot.text.phrasebook import Phrasebook
from config.region import load_region

README = Path(__file__).parents[2] / "README.md"
EXAMPLE = WORDS.parent / "example" / "malarvik.yaml"
A_DAY = date(2026, 10, 15)
"""Any day on which the example is in force: the cards do not depend on it."""
BEGIN = "<!-- commands: written by `make fix` from config/text/*/command -->"
END = "<!-- /commands -->"


def command_table() -> str:
    """Write every command: how it is typed in both languages, its other words, what it does."""
    book = Phrasebook([WORDS], load_region(EXAMPLE, A_DAY))
    rows = ["| In English | På svenska | What it does |", "|---|---|---|"]
    for command in Catalogue.discover().commands():
        card = book.card(command.name, "en")
        words = " | ".join(_typed(book, command, language) for language in ("en", "sv"))
        rows.append(f"| {words} | {card.summary} |")
    return "\n".join(rows)


def _typed(book: Phrasebook, command: Command, language: Language) -> str:
    """Say how it is typed in a language, and which other words mean the same."""
    usage = book.card(command.name, language).usage.replace("|", "\\|")
    others = ", ".join(f"`{word}`" for word in command.words[language][1:])
    return f"`!{usage}`" + (f" ({others})" if others else "")


def with_table(text: str) -> str:
    """Put the table between its two marks; ValueError if they are not there."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the marks {BEGIN} and {END} are missing")
    return f"{before}{BEGIN}\n{command_table()}\n{END}{after}"


if __name__ == "__main__":
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")
    out.print("README.md has the commands that there are.", markup=False)
