"""What the commands share: where the settings are, what is logged, and how work is carried out."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from bot.cli.told import fail, told
from config.settings import Settings, load_settings

T = TypeVar("T")

SettingsFile = Annotated[
    Path | None,
    typer.Option("--settings", help="The settings file; samverkan.yaml here if left out."),
]


def settings_from(path: Path | None) -> Settings:
    """Read the settings; exit 1 with everything that is wrong in them."""
    if path is not None and not path.is_file():
        raise fail(f"There is no settings file {path}.", "samverkan check --settings FILE")
    with told():
        return load_settings(path)
    raise AssertionError  # told() raises or the line above returns


def carry_out(work: Coroutine[Any, Any, T], settings: Settings | None = None) -> T:
    """Run something asynchronous to its end, its failures told."""
    with told(settings.state_dir if settings else None):
        return asyncio.run(work)
    raise AssertionError  # told() raises or the line above returns
