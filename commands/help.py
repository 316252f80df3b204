"""What you, here and now, may say."""

from __future__ import annotations

from bot.asking import Ask, Word, command
from bot.domain.answer import Refusal, Reply, Typed


@command("help", "commands", sv=("hjälp", "kommandon"))
async def help_(ask: Ask, verb: Word = "") -> Reply:
    """List what the person may say here and now, or show one command's card."""
    if verb:
        asked = verb.lstrip("/!").casefold()
        found = next((each for each in ask.verbs if asked in each.names), None)
        if found is None:
            raise Refusal("unknown_command", word=Typed(verb), near=None, rest="")
        return Reply("help/one", {"verb": found.name})
    allowed = [each.name for each in ask.verbs if each.allowed(ask)]
    return Reply(
        "help/all",
        {
            "name": ask.name,
            "functions": list(ask.functions),
            "verbs": allowed,
        },
    )
