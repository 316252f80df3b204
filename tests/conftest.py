"""What every test leaves as it found it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator

import pytest
from hypothesis import settings

from bot.logs import log_to_stderr
from bot.rehearsal.play import memory

# What others do on the machine meanwhile is no fault of what is tried.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
log_to_stderr("debug")
# A commit waits for the disk for milliseconds, and there are hundreds of thousands of them here.
if (room := memory()) is not None:
    tempfile.tempdir = str(room)


@pytest.fixture(autouse=True)
def log_as_before() -> Iterator[None]:
    """Let no test's log settings outlive it."""
    yield
    log_to_stderr("debug")
