"""`run` is stopped by a signal at once, though the homeserver keeps it waiting."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time

from tests.cli.conftest import HOUSE, Operator

STOP_SECONDS = 5.0


async def test_a_signal_is_heeded_while_a_homeserver_is_silent(operator: Operator) -> None:
    asked = asyncio.Event()

    async def never_answers(_reader: object, writer: asyncio.StreamWriter) -> None:
        asked.set()
        try:
            await asyncio.sleep(60)
        finally:
            writer.close()

    silent = await asyncio.start_server(never_answers, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from bot.cli import main; main()", "run"),
        env={
            **os.environ,
            "PYTHONPATH": str(HOUSE),
            "SAMVERKAN_HOMESERVER": f"http://127.0.0.1:{port}",
        },
        cwd=operator.folder,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        await asked.wait()

    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    _, told = await process.communicate()
    seconds = time.monotonic() - began
    silent.close()

    assert process.returncode == 0
    assert seconds < STOP_SECONDS
    assert told.decode() == ""
    assert not (operator.folder / "data" / "session.json").exists(), "nothing is half done"
