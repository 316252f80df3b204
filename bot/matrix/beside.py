"""Work that is waited for a moment: what takes longer is finished beside, in its own time.

For what another homeserver must answer: how long that takes is for strangers to choose.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog

from bot.matrix.refusals import MatrixRefusal, Unreachable

log = structlog.get_logger()

MOMENT = 1.0  # seconds


class Beside:
    """At most one piece of work under each name; what is asked for meanwhile is asked again."""

    def __init__(self) -> None:
        """Begin with nothing under way."""
        self._under_way: dict[str, asyncio.Task[None]] = {}

    @property
    def busy(self) -> bool:
        """Tell whether anything is under way."""
        return bool(self._under_way)

    async def begin(self, works: Mapping[str, Callable[[], Awaitable[None]]]) -> None:
        """Begin what is not under way already, and wait a moment for that; nothing is raised."""
        begun = [
            self._begun(name, work) for name, work in works.items() if name not in self._under_way
        ]
        if begun:
            await asyncio.wait(begun, timeout=MOMENT)

    def close(self) -> None:
        """End what is under way."""
        for task in self._under_way.values():
            task.cancel()

    def _begun(self, name: str, work: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
        self._under_way[name] = task = asyncio.create_task(self._do(name, work))
        return task

    async def _do(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except (MatrixRefusal, Unreachable) as refused:
            log.warning("devices.unasked", about=name, why=str(refused))
        except Exception:
            log.exception("devices.failed", about=name)
        finally:
            del self._under_way[name]
