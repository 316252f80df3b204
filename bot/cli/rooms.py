"""`plan` and `apply`: the region file against the rooms there are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bot.app import open_house
from bot.cli.common import SettingsFile, carry_out, settings_from
from bot.cli.told import err, fail, out
from bot.domain.room_plan import Powerless, Step
from bot.house import House
from config.settings import Settings

AsJson = Annotated[bool, typer.Option("--json", help="For a program to read.")]


def plan(settings: SettingsFile = None, *, json_: AsJson = False) -> None:
    """Show what `apply` would do to the rooms, each line with its reason. Changes nothing."""
    read = settings_from(settings)
    carry_out(_plan(read, as_json=json_), read)


def apply(settings: SettingsFile = None) -> None:
    """Make the rooms as the region file says. Safe to stop and to repeat."""
    read = settings_from(settings)
    carry_out(_apply(read), read)


async def _plan(settings: Settings, *, as_json: bool) -> None:
    async with open_house(settings) as house:
        look = await house.builder.look()
        lines = [_line(house, step) for step in look.steps]
        left = [house.say("room/why", {"why": "left", "room": each.key}) for each in look.leftovers]
        beyond = _beyond(look.steps)
    if as_json:
        typer.echo(json.dumps({"steps": lines, "left_over": left}, ensure_ascii=False))
    else:
        for line in (*lines, *left):
            out.print(line, markup=False)
        if not lines:
            out.print("The rooms are as the region file says; nothing to do.", markup=False)
        elif len(lines) > beyond:
            out.print(f"{len(lines) - beyond} steps. Next: samverkan apply", markup=False)
    if beyond:
        raise _powerless(settings, beyond)


async def _apply(settings: Settings) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    async with open_house(settings) as house:
        with Progress(*columns, console=err, transient=True) as bar:
            task = bar.add_task("rooms", total=None)

            def progress(done: int, of: int, step: Step) -> None:
                bar.update(task, completed=done, total=of, description=_line(house, step))

            steps = await house.builder.apply(house.clock.now(), progress)
        beyond = {it.key: _line(house, it) for it in steps if isinstance(it, Powerless)}
        done = len(steps) - _beyond(steps)
    for line in beyond.values():
        out.print(line, markup=False)
    out.print(f"{done} steps done. Next: samverkan run", markup=False)
    if beyond:
        raise _powerless(settings, len(beyond))


def _beyond(steps: Sequence[Step]) -> int:
    """Count the steps that the bot has not the power to take."""
    return sum(isinstance(step, Powerless) for step in steps)


def _powerless(settings: Settings, rooms: int) -> typer.Exit:
    """Say what a person must do, since the bot cannot."""
    which = "one room" if rooms == 1 else f"{rooms} rooms"
    return fail(
        f"In {which} the bot has lost the power to mend what differs.",
        f"let somebody with power 100 there give it back to {settings.user_id}; where nobody has "
        "it, delete the room on the homeserver and it is made anew. Then: samverkan apply",
    )


def _line(house: House, step: Step) -> str:
    """Say a step and its reason in the region's language."""
    return f"{step.sign} {house.say('room/why', step.why.told)}"
