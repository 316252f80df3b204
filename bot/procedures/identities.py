"""Whether a device is the person's by the identity pinned to them, and who may say that it is.

The first identity seen is taken for theirs, whether it has signed the device or not. From then on
only devices that it has signed speak for them; another one waits until somebody who knows the
person has asked them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from bot.asking.ask import Ask
from bot.domain.authority import acting_as
from bot.domain.model import Identity
from bot.domain.region import Forum
from bot.store import holdings, identities, log

Standing = Literal["theirs", "unsigned", "changed"]
MOST_NAMED = 5
"""How many are named who could vouch."""


@dataclass(frozen=True)
class Looked:
    """How a device stands to its person's identity. `newly`: the change was not known before."""

    standing: Standing
    newly: bool = False


async def look(ask: Ask) -> Looked:
    """Compare with the pin; set it the first time, and note a change.

    What only the homeserver vouches for (a tap, an unencrypted room) waits with the rest while the
    identity is in doubt.
    """
    pin = await identities.get(ask.session, ask.mxid)
    proof = ask.proof
    if proof is None:
        return Looked("changed" if pin and pin.changed_to else "theirs")
    if pin is None:
        await _pin(ask)
        return Looked("unsigned" if proof.shown else "theirs")
    if proof.identity == pin.master:
        pin.devices = {**pin.devices, proof.device: proof.device_key}
        return Looked("theirs")
    if proof.identity is None:
        known = pin.devices.get(proof.device) == proof.device_key
        return Looked("theirs" if known else "unsigned")
    return Looked("changed", newly=await _note(ask, pin, proof.identity))


async def meet(ask: Ask) -> None:
    """Pin the identity of somebody who has none yet; a change is noted where it is told of."""
    if ask.proof and not await identities.get(ask.session, ask.mxid):
        await _pin(ask)


async def _pin(ask: Ask) -> None:
    proof = ask.proof
    master = proof.identity or proof.shown if proof else None
    if proof is None or master is None:
        return
    signed = {proof.device: proof.device_key} if proof.identity else {}
    ask.session.add(Identity(mxid=ask.mxid, master=master, first_seen=ask.now, devices=signed))
    await _log(ask, "identity.pinned", ask.mxid, {"identity": master})


async def _note(ask: Ask, pin: Identity, identity: str) -> bool:
    """Note that another identity is shown; tell whether that is new."""
    if pin.changed_to == identity:
        return False
    pin.changed_to, pin.changed_at = identity, ask.now
    await _log(ask, "identity.changed", ask.mxid, {"from": pin.master, "to": identity})
    return True


async def _log(ask: Ask, what: str, subject: str, facts: dict[str, Any]) -> None:
    await log.append(
        ask.session, what, subject, happened_at=ask.now, written_at=ask.now, mxid=ask.mxid,
        facts={**facts, "proof": ask.origin},
    )  # fmt: skip


async def vouched(ask: Ask, pin: Identity, how: str) -> None:
    """Move the pin, on this person's word."""
    facts = {"from": pin.master, "to": pin.changed_to, "how": how}
    await identities.vouch(ask.session, pin, ask.mxid, how, ask.now)
    await _log(ask, "identity.vouched", pin.mxid, facts)


async def by_what(ask: Ask, mxid: str) -> str | None:
    """Tell by what this person may vouch for that one: a function's code, or "operator"; or None.

    A second holder of the same function, the chair of a forum they sit in, or an operator; nobody
    vouches for themself.
    """
    if ask.mxid == mxid:
        return None
    theirs = {it.function for it in await holdings.held_by(ask.session, mxid, ask.now)}
    shared = acting_as(ask, [code for code in ask.functions if code in theirs])
    chaired = acting_as(ask, [forum.chair for forum in _sits_in(ask, theirs)])
    held = shared or chaired
    return held.function if held else "operator" if ask.operator else None


async def who_can(ask: Ask) -> list[dict[str, str]]:
    """List who could vouch for the one who asks: other holders first, then the chairs."""
    own = ask.functions
    codes = dict.fromkeys([*own, *(forum.chair for forum in _sits_in(ask, set(own)))])
    found: dict[str, dict[str, str]] = {}
    for code in codes:
        for held in await holdings.holders(ask.session, code, ask.now):
            if held.mxid != ask.mxid:
                found.setdefault(held.mxid, {"name": held.name, "function": code})
    return list(found.values())[:MOST_NAMED]


def seat_forum(ask: Ask) -> str | None:
    """Give a forum that the person has a seat in: whose chair is told, if nothing else says."""
    return next((forum.code for forum in _sits_in(ask, set(ask.functions))), None)


def _sits_in(ask: Ask, functions: set[str]) -> list[Forum]:
    return [
        forum
        for forum in ask.region.forums.values()
        if any(seat.function in functions for seat in forum.seats)
    ]
