"""Make a test call to every duty function: `testcall`, `provkalla`."""

from __future__ import annotations

from bot.asking import Ask, command
from bot.domain import authority
from bot.domain.answer import Answer, Refusal, Reply
from bot.domain.model import Holding
from bot.procedures.test_calls import begin
from bot.store import test_calls


def may(ask: Ask) -> bool:
    """Allow those who may call a forum, and those who judge requests for cooperation."""
    return _caller(ask) is not None


def _caller(ask: Ask) -> Holding | None:
    convene = [code for it in ask.region.forums.values() for code in sorted(it.may_convene)]
    return authority.acting_as(ask, [*ask.region.cooperation.judges, *convene])


@command("testcall", sv="provkalla", allowed=may, counts="act", real=True)
async def testcall(ask: Ask) -> list[Answer]:
    """Ask the holder of every duty function for one tap; nobody is to meet."""
    caller = _caller(ask)
    if caller is None:
        raise Refusal("may_not_test", who=list(ask.region.cooperation.judges))
    running = await test_calls.running(ask.session)
    if running is not None:
        raise Refusal("test_runs", id=running.id, until=running.closes_at)
    test, asked = await begin(ask, caller)
    rows = await test_calls.functions(ask.session, test.id)
    facts = {
        "id": test.id,
        "functions": len(rows),
        "people": len(asked),
        "unmanned": [row.function for row in rows if row.mxid is None],
        "until": test.closes_at,
    }
    return [*asked, Reply("test_call/made", facts, subject=f"test_call:{test.id}")]
