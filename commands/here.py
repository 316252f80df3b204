"""Answer a test call: `here`, `här`, or a tap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from bot.asking import Ask, command
from bot.asking.arguments import Reader, id_reader
from bot.asking.words import Words
from bot.domain.answer import Answer, Refusal
from bot.procedures.test_calls import answered
from bot.store import test_calls

TAPS = dict.fromkeys(("✅", "👍", "✔"), ("test_call",))
_ID = id_reader("PK", "test_call")


def read_which(words: Words, ask: Ask) -> str:
    """Read a test call's id; nothing ("") where there is none, and none was answered to."""
    if words.peek() is None and ask.about_id("test_call") is None:
        return ""
    found: str = _ID.read(words, ask)
    return found


Which = Annotated[str, Reader(read_which, finds=True)]


@command("here", sv="här", taps=TAPS)
async def here(ask: Ask, which: Which = "") -> Sequence[Answer]:
    """Say that a test call has reached you. It is nobody's word, so that a tap always counts."""
    last = await test_calls.last_of(ask.session, ask.mxid)
    test = await test_calls.by_id(ask.session, which or ask.about_id("test_call") or last or "")
    rows = await test_calls.functions(ask.session, test.id) if test else []
    theirs = [row for row in rows if row.mxid == ask.mxid]
    if test is None or not theirs:
        raise Refusal("no_test_call", id=which or None)
    return await answered(ask, test, theirs)
