"""`plan` and `apply`: the region file against the rooms there are."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bot.app import House, open_house
from bot.cli.common import SettingsFile, carry_out, settings_from
from bot.cli.told import err, out
from bot.domain.room_plan import Step
from config.settings import Settings

AsJson = Annotated[bool, typer.Option("--json", help="For a program to read.")]


def plan(settings: SettingsFile = None, *, json_: AsJson = False) -> None:
    """Show what `apply` would do to the rooms, each line with its reason. Changes nothing."""
    carry_out(_plan(settings_from(settings), as_json=json_))


def apply(settings: SettingsFile = None) -> None:
    """Make the rooms as the region file says. Safe to stop and to repeat."""
    carry_out(_apply(settings_from(settings)))


async def _plan(settings: Settings, *, as_json: bool) -> None:
    async with open_house(settings) as house:
        look = await house.builder.look()
        lines = [_line(house, step) for step in look.steps]
        left = [house.say("room/why", {"why": "left", "room": each.key}) for each in look.leftovers]
    if as_json:
        typer.echo(json.dumps({"steps": lines, "left_over": left}, ensure_ascii=False))
        return
    for line in (*lines, *left):
        out.print(line, markup=False)
    if not lines:
        out.print("The rooms are as the region file says; nothing to do.", markup=False)
    else:
        out.print(f"{len(lines)} steps. Next: samverkan apply", markup=False)


async def _apply(settings: Settings) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    async with open_house(settings) as house:
        with Progress(*columns, console=err, transient=True) as bar:
            task = bar.add_task("rooms", total=None)

            def progress(done: int, of: int, step: Step) -> None:
                bar.update(task, completed=done, total=of, description=_line(house, step))

            steps = await house.builder.apply(house.clock.now(), progress)
    out.print(f"{len(steps)} steps done. Next: samverkan run", markup=False)


def _line(house: House, step: Step) -> str:
    """Say a step and its reason in the region's language."""
    return f"{step.sign} {house.say('room/why', step.why.told)}"
