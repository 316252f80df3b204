"""The log tells what happened and to whom, and nothing that a stranger or a person has written."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog

from bot.logs import log_to_stderr
from tests.matrix.anything import HUGE, RUBBISH, UNICODE

log = structlog.get_logger()


@pytest.fixture(autouse=True)
def logged() -> Iterator[None]:
    log_to_stderr("info")
    yield
    log_to_stderr("debug")


@pytest.mark.parametrize("sender", [*RUBBISH, *UNICODE], ids=lambda it: ascii(it)[:20])
def test_whatever_a_stranger_is_called_it_is_one_short_line(
    sender: object, capsys: pytest.CaptureFixture[str]
) -> None:
    log.warning("letter.rejected", sender=sender, why="ValueError")

    line = capsys.readouterr().err

    assert line.count("\n") == 1
    assert line[:-1].isprintable()
    assert len(line) < 5 * HUGE // 64
    assert "letter.rejected" in line
    assert "why=ValueError" in line


def test_a_shape_that_is_no_id_is_named_and_not_quoted(capsys: pytest.CaptureFixture[str]) -> None:
    log.warning("letter.rejected", sender={"body": "a secret"}, device=("@a:b", "DEV"))

    line = capsys.readouterr().err

    assert "sender=dict" in line
    assert "device=@a:b/DEV" in line
    assert "a secret" not in line


def test_a_traceback_tells_the_place_and_the_kind_and_no_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    try:
        try:
            int("what somebody wrote")
        except ValueError as error:
            raise LookupError("and more of it") from error
    except LookupError:
        log.exception("event.failed", event_id="$1")

    lines = capsys.readouterr().err

    assert "test_logs.py" in lines
    assert lines.index("builtins.ValueError") < lines.index("builtins.LookupError")
    assert "wrote" not in lines.replace('int("what somebody wrote")', "")
    assert "and more of it" not in lines.replace('LookupError("and more of it")', "")
