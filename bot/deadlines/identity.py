"""Somebody has vouched for a person's new identity: what waited for it is heard now."""

from __future__ import annotations

from bot.asking import Ring, deadline
from bot.domain.answer import Direct, Reply
from bot.domain.incoming import Again
from bot.store import identities


@deadline(identities.VOUCHED)
async def vouched(ring: Ring) -> list[Reply | Again]:
    """Tell the person, and take up what came under that identity, once; another's is let go."""
    pin = await identities.get(ring.session, ring.subject)
    if pin is None:
        return []
    waiting = await identities.held(ring.session, pin.mxid)
    theirs = [each.event for each in waiting if each.identity in {None, pin.master}]
    await identities.let_go(ring.session, pin.mxid)
    facts = {"by": pin.vouched_by, "waiting": len(theirs)}
    told = Reply("identity/vouched_for", facts, to=Direct(pin.mxid), mention=(pin.mxid,))
    return [told, Again(tuple(theirs))]
