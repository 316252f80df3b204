"""What you, here and now, may say."""

from __future__ import annotations

from bot.asking import Ask, Word, command
from bot.asking.ask import Verb
from bot.asking.command import anybody
from bot.domain.answer import Refusal, Reply, Typed
from bot.procedures.waiting import ANSWERING, waits

SELDOM = frozenset({
    "away", "call", "digest", "exercise", "forum", "gap", "here", "lead", "lesson", "met", "order",
    "prolong", "rhythm", "seek", "testcall",
})  # fmt: skip
"""What is begun seldom, or is asked for with its words where it is needed: named, not explained."""


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
    verbs = _verbs(ask)
    facts = {
        "name": ask.name, "functions": list(ask.functions), "waits": there,
        "verbs": [each for each in verbs if each not in SELDOM],
        "more": [each for each in verbs if each in SELDOM],
    }  # fmt: skip
    return Reply("help/all", facts)


def _verbs(ask: Ask) -> list[str]:
    """List what may be begun here: first what takes a function, then what anybody may ask.

    The green button stands before all (R8). What only answers something is said where it waits.
    """
    there = [each for each in ask.verbs if not (ask.region.exercise and each.real)]
    allowed = [each for each in there if each.allowed(ask) and each.name not in ANSWERING]

    def order(verb: Verb) -> tuple[bool, bool, str]:
        return verb.name != "cooperate", verb.allowed is anybody, verb.name

    return [each.name for each in sorted(allowed, key=order)]
