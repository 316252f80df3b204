"""`check` and `schema`: whether what was written is right, and what may be written."""

from __future__ import annotations

import json
from datetime import UTC
from pathlib import Path
from typing import Annotated

import typer

from bot.app import phrasebook
from bot.cli.common import SettingsFile, err, fail, out, told
from bot.clock.wall import WallClock
from bot.domain.region import Region
from bot.text.proof import differences
from config.problem import FileWrong
from config.region import load_region
from config.schema import region_schema, settings_schema
from config.settings import load_settings


def check(
    settings: SettingsFile = None,
    region: Annotated[
        Path | None, typer.Option("--region", help="Check this region file alone.")
    ] = None,
) -> None:
    """Read settings, region and texts, and say everything that is wrong and where."""
    if region is not None:
        with told():
            _count(load_region(region, WallClock().now().astimezone(UTC).date()))
        return
    problems: list[str] = []
    try:
        read = load_settings(settings)
    except FileWrong as wrong:
        err.print(str(wrong), markup=False)
        raise fail("The settings are refused.", "mend them, then: samverkan check") from None
    try:
        law = load_region(read.region, WallClock().now().date())
    except FileWrong as wrong:
        problems.append(str(wrong))
    else:
        problems += differences(phrasebook(read, law))
    if problems:
        for problem in problems:
            err.print(problem, markup=False)
        raise fail(f"{len(problems)} refused.", "mend what is named, then: samverkan check")
    _count(law)
    out.print("Settings, region and texts are right. Next: samverkan plan", markup=False)


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
