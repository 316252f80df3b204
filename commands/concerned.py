"""Say that an event concerns your own organisation: you are called then and there (S19)."""

from __future__ import annotations

from typing import Annotated

from bot.asking import Ask, command
from bot.asking.arguments import Reader, id_reader
from bot.asking.words import Words
from bot.domain.answer import Answer, Refusal
from bot.domain.model import IncidentState
from bot.procedures.incidents import meant
from bot.procedures.joining import join_in
from bot.procedures.requesting import asker, no_function

NOT = {"inte", "ej", "not"}

_ID = id_reader("H", "incident")


def _read(words: Words, ask: Ask) -> str:
    """Read the incident's id; nothing ("") where it is not said."""
    first = (words.peek() or "").casefold()
    if first in NOT:
        raise Refusal("not_concerned_how")
    if not first.startswith("h-"):
        return ""
    found: str = _ID.read(words, ask)
    if (words.peek() or "").casefold().rstrip(".,!") in NOT:
        raise Refusal("not_concerned_how")
    return found


def _may(ask: Ask) -> bool:
    return bool(ask.holdings)


@command("concerned", "affected", sv="berörs", allowed=_may, counts="act")
async def concerned(
    ask: Ask, incident: Annotated[str, Reader(_read, finds=True)] = ""
) -> list[Answer]:
    """Say that it concerns you; late is better than not at all."""
    held = asker(ask)
    if held is None:
        raise await no_function(ask)
    about = await meant(ask, incident)
    if about.state == IncidentState.ENDED:
        raise Refusal("incident_over", id=about.id)
    return await join_in(ask, about, held)
