"""`run`: the bot itself, until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys

import structlog
from prometheus_client import start_http_server

from bot.app import open_house
from bot.cli.common import SettingsFile, carry_out, settings_from
from config.settings import Settings

log = structlog.get_logger()


def run(settings: SettingsFile = None) -> None:
    """Run the bot. SIGTERM stops it within five seconds with nothing half done."""
    read = settings_from(settings)
    log_to_stderr(read.log_level)
    if read.metrics_port:
        start_http_server(read.metrics_port, addr="127.0.0.1")
    carry_out(_run(read))


def log_to_stderr(level: str) -> None:
    """Write one line for each thing that happens, and none of what people wrote."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


async def _run(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with open_house(settings) as house:
        log.info("house.opened", region=house.region.code)
        running = asyncio.create_task(house.run())
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not running.done():
            running.cancel()
            await asyncio.wait({running})
            log.info("house.closed")
            return
        await running
