"""What was written once is heard once, whatever event it comes in.

A homeserver can put an encrypted message, as it is, into an event of its own making, days later:
it is still its writer's, by every key. But each message has a number under its key, and it is kept
which numbers have been heard.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.incoming import Event, Reported
from bot.domain.numbers import Run, is_in, with_number
from bot.store import replays

log = structlog.get_logger()


async def once(
    session: AsyncSession, events: Sequence[Reported], handled: Collection[str]
) -> list[Reported]:
    """Leave out what has been heard in another event; `handled` are known to be the same one."""
    sealed = [it for it in events if isinstance(it, Event) and it.message]
    if not sealed:
        return [*events]
    heard = await replays.heard(session, {it.message[0] for it in sealed if it.message})
    new = [it for it in events if _is_new(heard, it, handled)]
    await replays.keep(session, heard)
    return new


def _is_new(heard: dict[str, list[Run]], event: Reported, handled: Collection[str]) -> bool:
    """Tell whether it has not been heard in another event, and note that it has been now."""
    if not isinstance(event, Event) or event.message is None or event.event_id in handled:
        return True
    key, number = event.message
    runs = heard.get(key, [])
    if is_in(runs, number):
        log.warning(
            "event.replayed", sender=event.sender, room_id=event.room_id, event_id=event.event_id
        )
        return False
    heard[key] = [*with_number(runs, number)]
    return True
