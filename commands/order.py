"""Open a temporary forum (R23)."""

from __future__ import annotations

import re
from datetime import date

from bot.asking import Ask, Day, FunctionCode, Rest, Word, command
from bot.asking.arguments import ForumCode, read_function
from bot.asking.words import Words
from bot.domain import authority
from bot.domain.answer import InForum, Refusal, Reply, Typed
from bot.domain.model import Holding, OpenedForum
from bot.domain.region import Forum
from bot.domain.temporary import Order, forum_of, without_receiver
from bot.procedures.summoning import REGISTER
from bot.procedures.temporary import ask_at_end, named, told
from bot.store import deadlines, forums, log

_CODE = re.compile(r"^[^\W\d_][^\W_]{1,9}$")
"""A letter and up to nine more letters or digits: short enough to say over radio."""


def _may(ask: Ask) -> bool:
    if ask.forum:
        return authority.may_convene(ask, ask.forum)
    return authority.may_convene_any(ask, ask.region)


@command(
    "order", sv="tillsätt", allowed=_may,
    keys={
        "purpose": ("syfte",), "owner": ("ägare",), "members": ("medlemmar",),
        "ends": ("slut", "till"), "result": ("resultat",), "by": ("av",),
    },
    needed=["purpose", "owner", "members", "ends"], counts="act", real=True,
)  # fmt: skip
async def order(  # noqa: PLR0913 - a forum has as many parts (R23)
    ask: Ask,
    code: Word,
    name: Rest,
    *,
    purpose: Rest | None = None,
    owner: FunctionCode | None = None,
    members: Rest | None = None,
    ends: Day | None = None,
    result: ForumCode | None = None,
    by: ForumCode | None = None,
) -> list[Reply]:
    """Open a temporary forum with a purpose, an owner, members by function and a last day."""
    above, held = _ordering(ask, by)
    code = await _free_code(ask, code)
    given = {"purpose": purpose, "owner": owner, "members": members, "ends": ends}
    if purpose is None or owner is None or members is None or ends is None:
        missing = [key for key, value in given.items() if value is None]
        raise Refusal(
            "order_incomplete", missing=missing, code=code, called=name, **given,
            result=result or above.code, by=by,
        )  # fmt: skip
    wanted = Order(
        code, str(name), str(purpose), owner, _functions(ask, members), above.code,
        result or above.code,
    )  # fmt: skip
    return await _opened(ask, wanted, ends, held)


def _ordering(ask: Ask, by: str | None) -> tuple[Forum, Holding]:
    """Find the forum that orders it, and the holding by which the person speaks for that one."""
    callable_ = [
        forum
        for forum in ask.region.forums.values()
        if authority.may_convene(ask, forum) and not forum.support_only
    ]
    forum = ask.region.forum(by) if by else ask.forum
    if forum is None and len(callable_) == 1:
        forum = callable_[0]
    if forum is None:
        raise Refusal("ordered_by_which", forums=[each.code for each in callable_])
    held = authority.acting_as(ask, forum.may_convene)
    if held is None or forum.support_only:
        raise Refusal(
            "may_not_order", forum=forum.code, support=forum.support_only,
            needs=sorted(forum.may_convene, key=lambda each: each not in forum.lead)[:3],
            forums=[each.code for each in callable_],
        )  # fmt: skip
    return forum, held


async def _free_code(ask: Ask, word: str) -> str:
    """Give the code in capitals; Refusal of one that is no code, or is another forum's."""
    code = word.upper()
    if not _CODE.match(code):
        raise Refusal("unfit_code", word=Typed(word))
    taken = {each.casefold() for each in ask.region.forums}
    used = await forums.by_code(ask.session, code)
    if used is not None or code.casefold() in taken:
        raise Refusal("code_taken", forum=code)
    return code


def _functions(ask: Ask, typed: str) -> tuple[str, ...]:
    """Read the functions that are to sit there, parted by commas."""
    words = [word.strip() for word in typed.replace(";", ",").split(",")]
    read = [read_function(Words.of(word, {}), ask) for word in words if word]
    if not read:
        raise Refusal("missing_argument", expected="function")
    return tuple(dict.fromkeys(read))


async def _opened(ask: Ask, wanted: Order, ends: date, held: Holding) -> list[Reply]:
    forum = forum_of(ask.region, wanted, ends)
    assert forum is not None  # noqa: S101 - its owner and who ordered it have been found
    nobody = without_receiver(ask.region, (*wanted.members, wanted.owner), forum.level)
    if nobody:
        raise Refusal("no_receiver", organisations=nobody, level=forum.level)
    row = OpenedForum(
        code=wanted.code, definition=wanted.kept(), ends=ends, opened_at=ask.now,
        opened_by=ask.mxid, opened_as=held.function, changed_at=ask.now,
    )  # fmt: skip
    await forums.keep(ask.session, row, ask.now)
    await ask_at_end(ask, forum.code, ends)
    await deadlines.set_(ask.session, REGISTER, forum.code, ask.now)
    await log.append(
        ask.session, "forum.opened", f"forum:{forum.code}", happened_at=ask.now,
        written_at=ask.now, forum=forum.code, function=held.function, mxid=ask.mxid,
        facts=wanted.kept() | {"ends": str(ends), "proof": ask.origin},
    )  # fmt: skip
    facts = {
        **named(ask.region, forum), "purpose": Typed(wanted.purpose), "ends": ends,
        "members": list(wanted.members), "by": held.function,
        "ordered_by": wanted.ordered_by, "result_to": wanted.result_to,
    }  # fmt: skip
    said = told(ask, "temporary/opened", facts, (wanted.ordered_by,))
    return [*said, Reply("temporary/opened", facts, to=InForum(forum.code))]
