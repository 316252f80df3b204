"""What is going on: every incident that is not over."""

from __future__ import annotations

from typing import Any

from bot.asking import Ask, command
from bot.domain.activation import facts
from bot.domain.answer import Reply
from bot.domain.model import Incident
from bot.store import incidents as store


@command("incidents", sv="händelser")
async def incidents(ask: Ask) -> Reply:
    """List the incidents that are not over, with their state, their lead and what comes next."""
    running = await store.running(ask.session)
    there = [each for each in running if each.exercise == ask.region.practised]
    return Reply("incident/list", {"incidents": [await _told(ask, each) for each in there]})


async def _told(ask: Ask, incident: Incident) -> dict[str, Any]:
    return {
        **facts(incident),
        "judge": incident.judge,
        "judge_until": incident.judge_until,
        "again_at": incident.look_again_at,
        "next": await store.next_time(ask.session, incident.id, ask.now),
    }
