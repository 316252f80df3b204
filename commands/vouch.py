"""Vouch for somebody whose identity has changed."""

from __future__ import annotations

from typing import Annotated

from bot.asking import Ask, command
from bot.asking.arguments import Reader
from bot.asking.words import Words
from bot.domain.answer import Refusal, Reply, Typed
from bot.domain.model import Identity
from bot.procedures.identities import by_what, vouched
from bot.store import identities, people


def _read(words: Words, ask: Ask) -> Typed:  # noqa: ARG001 - the shape of every Reading
    """Read a Matrix id or a name; nothing ("") where nobody is named."""
    return Typed(words.rest())


@command("vouch", sv="intyga", counts="act", real=True)
async def vouch(ask: Ask, person: Annotated[Typed, Reader(_read)] = Typed("")) -> Reply:  # noqa: B008 - it cannot change
    """Say that a person's new identity is theirs, having asked them: their answers count again."""
    waiting = await identities.changed(ask.session)
    named = [await _name(ask, pin) for pin in waiting]
    chosen = [
        (pin, name)
        for pin, name in zip(waiting, named, strict=True)
        if not person or person.casefold().lstrip("@") in {pin.mxid[1:].casefold(), name.casefold()}
    ]
    if len(chosen) != 1:
        raise Refusal("nobody_to_vouch_for", person=Typed(person), people=_listed(waiting, named))
    pin, name = chosen[0]
    how = await by_what(ask, pin.mxid)
    if how is None:
        raise Refusal("may_not_vouch", person=name, mxid=pin.mxid, own=pin.mxid == ask.mxid)
    count = await identities.held_count(ask.session, pin.mxid)
    await vouched(ask, pin, how)
    return Reply("identity/vouched", {"person": name, "mxid": pin.mxid, "waiting": count})


async def _name(ask: Ask, pin: Identity) -> str:
    person = await people.get(ask.session, pin.mxid)
    return person.name if person else pin.mxid


def _listed(waiting: list[Identity], named: list[str]) -> list[dict[str, str]]:
    return [{"mxid": pin.mxid, "name": name} for pin, name in zip(waiting, named, strict=True)]
