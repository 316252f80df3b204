"""Room keys that somebody could not be given when something was said, kept until they can be.

A key is kept as it was when it was first missed: it opens what was said from then on, and nothing
before. It is on the disk before that is said: a bot that is killed and comes back gives it all the
same. Whoever is no longer in the room when something is said there is owed nothing of it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from bot.matrix.ledger import Ledger
from bot.matrix.seconds import now as _now

KEPT_SECONDS = 24 * 3600.0
MOST = 500  # keys owed to one person: a room has a new one a week, or after a hundred messages


@dataclass(frozen=True)
class Debt:
    """One room's key, as the content of an `m.room_key`, and when it was first missed."""

    key: dict[str, Any]
    since: float


class Owed:
    """Who lacks which keys: by user, room and session."""

    def __init__(self, ledger: Ledger | None = None) -> None:
        """Begin with what is in the ledger; without one nothing outlives the process."""
        self._ledger = ledger
        self._debts: dict[str, dict[tuple[str, str], Debt]] = {}
        for user_id, key, age in ledger.rows() if ledger else ():
            debt = Debt(key, _now() - age)
            self._debts.setdefault(user_id, {})[key["room_id"], key["session_id"]] = debt

    def note(self, key: dict[str, Any], lacking: Collection[str], members: Collection[str]) -> None:
        """Note who among the room's members lacks a key; one missed before stays as it was."""
        for user_id in lacking:
            self._add(user_id, key)
        self.only(key["room_id"], members)

    def only(self, room_id: str, members: Collection[str]) -> None:
        """Forget what is owed of a room to those who are not in it."""
        for user_id in self._debts.keys() - set(members):
            self._forget(user_id, {it for it in self._debts[user_id] if it[0] == room_id})

    def users(self) -> list[str]:
        """List whom anything is owed to; what is too old is forgotten."""
        for user_id, debts in list(self._debts.items()):
            old = {it for it, debt in debts.items() if _now() - debt.since > KEPT_SECONDS}
            self._forget(user_id, old)
        return list(self._debts)

    def keys(self, user_id: str) -> list[dict[str, Any]]:
        """List the keys owed to somebody, the first missed first."""
        return [debt.key for debt in self._debts.get(user_id, {}).values()]

    def paid(self, user_id: str, key: dict[str, Any]) -> None:
        """Note that all of somebody's devices have that key."""
        self._forget(user_id, {(key["room_id"], key["session_id"])})

    def _add(self, user_id: str, key: dict[str, Any]) -> None:
        which = (key["room_id"], key["session_id"])
        debts = self._debts.setdefault(user_id, {})
        if which in debts or len(debts) >= MOST:
            return
        debts[which] = Debt(key, _now())
        if self._ledger:
            self._ledger.add(user_id, key)

    def _forget(self, user_id: str, which: Collection[tuple[str, str]]) -> None:
        debts = self._debts.get(user_id, {})
        for it in which:
            if debts.pop(it, None) and self._ledger:
                self._ledger.remove(user_id, *it)
        if not debts:
            self._debts.pop(user_id, None)
