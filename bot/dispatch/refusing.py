"""A refusal becomes a reply: with what waits for the one who asked, and who could have done it."""

from __future__ import annotations

from typing import Any

from bot.asking import Ask
from bot.dispatch.hearing import Wish
from bot.domain.answer import Refusal, Reply, Typed
from bot.procedures.waiting import waits, waits_for
from bot.store import holdings

FILLED_IN = frozenset({
    "missing_id", "no_summons", "nothing_open", "no_meeting", "which_carry_back",
    "unknown_action", "unknown_agreement", "unknown_carry_back", "unknown_meeting",
    "unknown_summons", "unknown_position", "not_called",
})  # fmt: skip
"""The refusals that name what the command could have been about."""


async def refused(refusal: Refusal, found: Wish | None, ask: Ask) -> Reply:
    """Give the words of a refusal and its facts.

    Each may use `command`, `typed` (the words after the verb), `key` (the named argument that it
    is about), `waits` (what the command could answer) and `held` (who has each of the functions
    that it `needs`, None for nobody).
    """
    facts: dict[str, Any] = {
        "command": found.command.name if found else None,
        "typed": Typed(found.words if found else ""),
        "key": None,
        **refusal.facts,
    }
    if found and refusal.name in FILLED_IN:
        facts["waits"] = await waits_for(ask, found.command.name)
    elif refusal.name == "unknown_command":
        facts["waits"] = await waits(ask) if ask.direct else []
    if "needs" in facts and "held" not in facts:
        facts["held"] = {code: await _holder(ask, code) for code in facts["needs"]}
    return Reply(f"refusal/{refusal.name}", facts)


async def _holder(ask: Ask, function: str) -> str | None:
    there = await holdings.holders(ask.session, function, ask.now)
    return there[0].name if there else None
