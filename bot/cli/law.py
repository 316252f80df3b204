"""`check` and `schema`: whether what was written is right, and what may be written."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common import SettingsFile
from bot.cli.told import err, fail, out, told
from bot.clock.wall import WallClock
from bot.domain.region import Region
from bot.outfit import WORDS
from bot.text.faults import WordsError
from bot.text.own_words import faults
from bot.text.phrasebook import Phrasebook
from bot.text.proof import differences
from config.problem import FileWrong
from config.region import load_region
from config.schema import region_schema, settings_schema
from config.settings import calendar_problems, load_settings, missing_folders, named_files

STAND_IN = WORDS.parent / "example" / "malarvik.yaml", date(2026, 10, 15)
"""A law to read the words by when there is none of one's own, and a day on which it is right."""


def check(
    settings: SettingsFile = None,
    region: Annotated[
        Path | None, typer.Option("--region", help="Check this region file alone.")
    ] = None,
) -> None:
    """Read settings, region and texts, and say everything that is wrong and where."""
    if region is not None:
        with told():
            _count(load_region(region, WallClock().now().date()))
        return
    files = named_files(settings)
    problems = _of_settings(settings)
    law = None
    if files.region is not None:
        law, wrong = _of_region(files.region)
        problems += wrong
    problems += map(str, calendar_problems(settings, law.functions if law else ()))
    with told():
        problems += _of_words(files.text_dirs, law or load_region(*STAND_IN))
    if problems or law is None:
        err.print("\n".join(problems), markup=False)
        count = "1 thing is" if len(problems) == 1 else f"{len(problems)} things are"
        raise fail(f"{count} wrong.", "mend what is named, then: samverkan check")
    _count(law)
    out.print("Settings, region and texts are right. Next: samverkan plan", markup=False)


def _of_settings(file: Path | None) -> list[str]:
    problems = missing_folders(file)
    try:
        load_settings(file)
    except FileWrong as wrong:
        problems = sorted((*wrong.problems, *problems), key=lambda problem: problem.line)
    return [str(problem) for problem in problems]


def _of_region(file: Path) -> tuple[Region | None, list[str]]:
    try:
        return load_region(file, WallClock().now().date()), []
    except FileWrong as wrong:
        return None, [str(problem) for problem in wrong.problems]


def _of_words(folders: list[Path], law: Region) -> list[str]:
    """Read the bot's own words, and those of every folder the settings name."""
    found = differences(Phrasebook([WORDS], law))
    for folder in folders:
        if not folder.is_dir():
            continue  # told among the settings
        try:
            found += faults(folder, WORDS, law)
        except WordsError as wrong:
            found.append(str(wrong))
    return found


def _count(law: Region) -> None:
    seats = sum(len(forum.seats) for forum in law.forums.values())
    out.print(
        f"{law.name}: {len(law.organisations)} organisations, {len(law.functions)} functions, "
        f"{len(law.forums)} forums, {seats} seats.",
        markup=False,
    )


def schema(
    which: Annotated[str, typer.Argument(help="region or settings")] = "region",
) -> None:
    """Print the JSON Schema of the region file or of the settings, for an editor."""
    schemas = {"region": region_schema, "settings": settings_schema}
    if which not in schemas:
        err.print(f'There is no schema "{which}".\nNext: samverkan schema region', markup=False)
        raise typer.Exit(2)
    typer.echo(json.dumps(schemas[which](), ensure_ascii=False, indent=2))
