"""No answer of a server stops the hearing, and nothing good is lost after something bad."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, Phase, given, settings

from bot.clock.wall import WallClock
from bot.domain.incoming import Said
from bot.logs import log_to_stderr
from bot.matrix.ears import Ears
from bot.matrix.keyring import Keyring
from tests.matrix.anything import ME, SYNC

EXAMPLES = int(os.environ.get("SAMVERKAN_TEST_EXAMPLES", "20000"))
"""How many answers are tried; a million was tried once (docs/SECURITY.md says when)."""


@pytest.fixture(scope="module")
def keyring() -> Keyring:
    return Keyring(ME, "BOT", None, "", one_time_keys=2)


@pytest.fixture(scope="module", autouse=True)
def unlogged() -> Iterator[None]:
    """Write no lines: there would be a hundred thousand."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    log_to_stderr("debug")


@pytest.mark.timeout(0)
@settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None,
    phases=[Phase.generate], derandomize=EXAMPLES <= 20_000,
)  # fmt: skip
@given(sync=SYNC)
def test_no_answer_stops_the_ears_and_what_comes_after_is_heard(
    keyring: Keyring, sync: dict[str, Any]
) -> None:
    ears = Ears(ME, ("samverkan",), keyring, WallClock().now)

    keyring.hear(sync)
    keyring.meet(sync)
    events = ears.read(sync, first=False).events

    heard = [event for event in events if event.event_id == "$good" and event.room_id == "!vsk"]
    assert len(heard) == 1
    assert isinstance(heard[0], Said)
    assert heard[0].body == "!hjälp"
