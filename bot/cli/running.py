"""`run`: the bot itself, until it is told to stop."""

from __future__ import annotations

import asyncio
import signal

import structlog
from prometheus_client import start_http_server

from bot.app import open_house
from bot.cli.common import SettingsFile, carry_out, settings_from
from bot.cli.told import told
from bot.logs import log_to_stderr
from config.settings import Settings

log = structlog.get_logger()


def run(settings: SettingsFile = None) -> None:
    """Run the bot. SIGTERM stops it within five seconds with nothing half done."""
    read = settings_from(settings)
    log_to_stderr(read.log_level)
    if read.metrics_port:
        with told():
            start_http_server(read.metrics_port, addr="127.0.0.1")
    carry_out(_until_stopped(read), read)


async def _until_stopped(settings: Settings) -> None:
    """Run until a signal or a failure. A signal is heeded at once, before the house stands too."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    running = asyncio.create_task(_run(settings))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    running.cancel()  # no matter if it has ended by itself
    await asyncio.wait({running})
    if not running.cancelled():
        await running  # raises why it ended


async def _run(settings: Settings) -> None:
    async with open_house(settings) as house:
        log.info("house.opened", region=house.region.code)
        try:
            await house.run()
        finally:
            log.info("house.closed")
