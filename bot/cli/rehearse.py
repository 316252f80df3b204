"""`play` and `demo`: the whole bot against a homeserver of its own, with people of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.told import err, out

# The rehearsal is imported when it is asked for: `run` carries none of its weight.


def play(
    scenario: Annotated[Path, typer.Argument(metavar="SCENARIO", help="A scenario file.")],
    json_: Annotated[
        Path | None, typer.Option("--json", help="Write every event and verdict here.")
    ] = None,
    transcript: Annotated[
        Path | None, typer.Option(help="Write the play to read, as .md or .html.")
    ] = None,
    *,
    quiet: Annotated[bool, typer.Option(help="Print verdicts only.")] = False,
) -> None:
    """Rehearse a scenario. Exit 0 if all held, 1 if not, 2 if the file is wrong."""
    from bot.rehearsal.play import Wishes  # noqa: PLC0415
    from bot.rehearsal.play import play as play_file  # noqa: PLC0415

    raise typer.Exit(play_file(scenario, Wishes(json_, transcript, quiet), out, err))


def demo(
    *,
    keep: Annotated[
        bool, typer.Option(help="Go on running afterwards, for ordinary Matrix clients.")
    ] = False,
) -> None:
    """Show an ordinary week with one call at night, from the summons to what reached home."""
    from bot.rehearsal.demo import demo as play_demo  # noqa: PLC0415

    raise typer.Exit(play_demo(out, err, keep=keep))
