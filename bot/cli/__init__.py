"""What an operator types. Exit 0 done, 1 refused or failed, 2 wrong use."""

from __future__ import annotations

import typer

from bot.cli import device, history, identity, law, people, rehearse, rooms, running
from bot.logs import log_to_stderr

app = typer.Typer(
    name="samverkan",
    help="A Matrix bot for organisations that must act together while none may command another.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _samverkan() -> None:
    """Keep the log from what a program reads; `run` asks for more of it."""
    log_to_stderr("warning")


app.command("demo")(rehearse.demo)
app.command("play")(rehearse.play)
app.command("run")(running.run)
app.command("check")(law.check)
app.command("schema")(law.schema)
app.command("plan")(rooms.plan)
app.command("apply")(rooms.apply)
app.add_typer(people.roster, name="roster")
app.command("vouch")(people.vouch)
app.add_typer(identity.identity, name="identity")
app.command("renew-device")(device.renew_device)
app.command("migrate")(history.migrate_)
app.command("verify")(history.verify)


def main() -> None:
    """Run the command line."""
    app()
