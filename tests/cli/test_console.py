"""What every command keeps: an exit code, words for what failed, and no secret on the screen."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from bot.cli import history
from bot.cli.told import NEXT, failure_of, told
from bot.matrix import wire
from bot.matrix.session import NoSession
from bot.matrix.wire import LoggedOut, MatrixRefusal, Unreachable
from tests.cli.conftest import HOUSE, PASSWORD, TOKEN, Operator

RUNS = pytest.mark.parametrize("command", ["plan", "apply", "run"])


def test_without_a_command_it_shows_help_and_calls_that_wrong_use(operator: Operator) -> None:
    alone, asked = operator.types(), operator.types("--help")

    assert (alone.code, asked.code) == (2, 0)
    for command in ("demo", "play", "run", "check", "schema", "plan", "apply", "roster"):
        assert f" {command} " in alone.out + alone.err
        assert f" {command} " in asked.out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["fly"], "No such command 'fly'."),
        (["plan", "--jsn"], "No such option: --jsn"),
        (["roster", "export"], "No such command 'export'."),
        (["roster", "import"], "Missing argument 'FILE'."),
        (["play"], "Missing argument 'SCENARIO'."),
    ],
)
def test_wrong_use_is_told_and_ends_with_2(words: list[str], told: str, operator: Operator) -> None:
    screen = operator.types(*words)

    assert screen.code == 2
    assert told in screen.err


@pytest.mark.parametrize("command", ["plan", "apply", "run", "migrate", "verify"])
def test_settings_that_are_not_there_are_named(command: str, operator: Operator) -> None:
    screen = operator.types(command, "--settings", "elsewhere.yaml")

    assert screen.code == 1
    assert screen.err == (
        "There is no settings file elsewhere.yaml.\nNext: samverkan check --settings FILE\n"
    )


@pytest.mark.parametrize("command", ["plan", "apply", "run", "migrate", "verify"])
def test_wrong_settings_stop_every_command_with_the_same_words(
    command: str, operator: Operator
) -> None:
    operator.settings("log_level: loud\n")

    screen = operator.types(command)

    assert screen.code == 1
    assert screen.err == (
        'samverkan.yaml:5: log_level: "loud" will not do; '
        "expected 'debug', 'info', 'warning' or 'error'\n"
        "Nothing has been done.\nNext: mend the file, then: samverkan check\n"
    )


@RUNS
def test_a_wrong_region_stops_before_anything_is_touched(command: str, operator: Operator) -> None:
    operator.writes("mini.yaml", "region: [")

    screen = operator.types(command)

    assert screen.code == 1
    assert screen.err.startswith("mini.yaml:1: this is not YAML")
    assert screen.err.endswith(
        "Nothing has been done.\nNext: mend the file, then: samverkan check\n"
    )
    assert not (operator.folder / "data").exists()


@RUNS
def test_a_homeserver_that_is_silent_is_told(
    command: str, operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "_backoff", lambda _attempt: 31.0)  # the first try is the last

    screen = operator.types(command)

    assert screen.code == 1
    assert screen.out == ""
    assert "Cannot log in: http://127.0.0.1:1 does not answer" in screen.err
    assert screen.err.endswith(f"Next: {NEXT['unreachable']}\n")


@RUNS
def test_without_a_password_it_says_how_to_give_one(
    command: str, operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMVERKAN_PASSWORD", "")

    screen = operator.types(command)

    assert screen.code == 1
    assert screen.err == (
        "Cannot log in: There is no session for @bot:example and no password.\n"
        "Next: give it once: SAMVERKAN_PASSWORD_FILE=FILE samverkan run\n"
    )


@RUNS
def test_a_session_file_that_is_damaged_is_named(command: str, operator: Operator) -> None:
    operator.writes("data/session.json", f'{{"access_token": "{TOKEN}"')

    screen = operator.types(command)

    assert screen.code == 1
    assert "data/session.json cannot be read" in screen.err
    assert screen.err.endswith(f"Next: {NEXT['unreadable']}\n")


@RUNS
def test_while_another_process_acts_nothing_is_done(command: str, operator: Operator) -> None:
    lock = operator.writes("data/samverkan.db.lock", "")

    with lock.open("a") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        screen = operator.types(command)

    assert screen.code == 1
    assert screen.err.startswith("another process acts on sqlite")
    assert screen.err.endswith("Next: stop the other process, then type this again\n")


def test_a_folder_that_cannot_be_made_is_named(operator: Operator) -> None:
    operator.writes("data", "a file where the folder should be")

    screen = operator.types("migrate")

    assert screen.code == 1
    assert screen.err == (
        f"The machine will not: {operator.folder}/data: File exists\n"
        "Next: mend that, then type this again\n"
    )


@pytest.mark.parametrize("command", ["migrate", "verify", "plan", "run"])
def test_a_database_that_does_not_answer_is_told_without_its_password(
    command: str, operator: Operator
) -> None:
    operator.settings(f"database_url: postgresql://bot:{PASSWORD}@127.0.0.1:1/samverkan\n")

    screen = operator.types(command)

    assert screen.code == 1
    assert screen.err.startswith("The database cannot be used: connection failed: ")
    assert screen.err.endswith(
        "Next: see that `database_url` is right and the database runs, then: samverkan migrate\n"
    )


@pytest.mark.parametrize(
    ("error", "code", "then"),
    [
        (
            LoggedOut(401, "M_UNKNOWN_TOKEN", "Gone"),
            3,
            "SAMVERKAN_PASSWORD_FILE=FILE samverkan renew-device",
        ),
        (LoggedOut(403, "M_USER_DEACTIVATED", "Gone"), 3, "let an administrator"),
        (LoggedOut(401, "M_UNKNOWN_TOKEN", "Old", soft=True), 1, "SAMVERKAN_PASSWORD_FILE=FILE"),
        (
            NoSession("token-revoked", "Gone"),
            3,
            "SAMVERKAN_PASSWORD_FILE=FILE samverkan renew-device",
        ),
        (NoSession("vault-missing", "Lost"), 1, "put vault.json back in /var/bot, or: samverkan"),
        (NoSession("locked", "Locked"), 1, "let an administrator of the homeserver unlock"),
    ],
)
def test_being_shut_out_has_an_exit_of_its_own(
    error: Exception, code: int, then: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as ended, told(Path("/var/bot")):
        raise ExceptionGroup("", [error])

    assert ended.value.exit_code == code
    assert f"Next: {then}" in capsys.readouterr().err


def test_failures_that_come_together_are_told_as_one() -> None:
    failures = ExceptionGroup("", [MatrixRefusal(401, "M_UNKNOWN_TOKEN", "Gone"), Unreachable("x")])

    with pytest.raises(typer.Exit) as ended, told():
        raise failures

    assert ended.value.exit_code == 1


def test_a_defect_among_failures_is_not_hidden_by_them() -> None:
    mixed = ExceptionGroup("", [Unreachable("x"), KeyError("y")])

    with pytest.raises(ExceptionGroup), told():
        raise mixed


def test_every_reason_for_no_session_has_a_next_step() -> None:
    for reason in NEXT:
        failure = failure_of(NoSession(reason, "Because."))

        assert failure is not None
        assert failure[1]


def test_a_defect_shows_itself_and_no_secret(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_url: str) -> None:
        raise RuntimeError("this should not happen")

    monkeypatch.setattr(history, "migrate", broken)

    screen = operator.types("migrate")

    assert screen.code == 1
    assert isinstance(operator.defect, RuntimeError)


def test_the_console_script_is_a_process_with_those_exit_codes(operator: Operator) -> None:
    command = [sys.executable, "-c", "from bot.cli import main; main()", "check"]
    path = {**os.environ, "PYTHONPATH": str(HOUSE), "SAMVERKAN_LOG_LEVEL": "loud"}

    ended = subprocess.run(command, capture_output=True, text=True, check=False, env=path)

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == (
        'environment: SAMVERKAN_LOG_LEVEL: "loud" will not do; '
        "expected 'debug', 'info', 'warning' or 'error'\n"
        "1 thing is wrong.\nNext: mend what is named, then: samverkan check\n"
    )
