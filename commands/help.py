"""What you, here and now, may say."""

from __future__ import annotations

from bot.asking import Ask, Word, command
from bot.asking.command import anybody
from bot.domain.answer import Refusal, Reply, Typed
from bot.procedures.waiting import ANSWERING, waits


@command("help", "commands", sv=("hjälp", "kommandon"))
async def help_(ask: Ask, verb: Word = "") -> Reply:
    """Say what waits for the person and what they may do here and now, or show one card."""
    if verb:
        asked = verb.lstrip("/!").casefold()
        found = next((each for each in ask.verbs if asked in each.names), None)
        if found is None:
            raise Refusal("unknown_command", word=Typed(verb), near=None, near_word="", rest="")
        return Reply("help/one", {"verb": found.name})
    there = await waits(ask)
    return Reply(
        "help/all",
        {"name": ask.name, "functions": list(ask.functions), "waits": there, "verbs": _verbs(ask)},
    )


def _verbs(ask: Ask) -> list[str]:
    """List what may be begun here: first what takes a function, then what anybody may ask.

    What only answers something is said where it waits.
    """
    allowed = [each for each in ask.verbs if each.allowed(ask) and each.name not in ANSWERING]
    return [each.name for each in sorted(allowed, key=lambda v: (v.allowed is anybody, v.name))]
