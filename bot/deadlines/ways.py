"""More is known of what an incident sends by other ways than Matrix, or a minute has passed."""

from __future__ import annotations

from bot.asking import Ring, deadline
from bot.domain.answer import Answer
from bot.procedures.telling_ways import told
from bot.store import incidents
from bot.store.dispatches import INCIDENT_TOLD


@deadline(INCIDENT_TOLD)
async def known(ring: Ring) -> list[Answer]:
    """Tell who must act what does not get through (R9, T5)."""
    incident = await incidents.by_id(ring.session, ring.subject)
    return await told(ring, incident) if incident else []
