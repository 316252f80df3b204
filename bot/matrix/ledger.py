"""What is owed, kept beside the keys: in the same file, so that no copy parts them.

A room key is worth as much as what it opens: it lies here under the key that the others are
locked with.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from bot.matrix.machine import Nio
from bot.matrix.secret_storage import WrongKey, seal, unseal

_TABLE = """CREATE TABLE IF NOT EXISTS samverkan_owed (
    user_id TEXT NOT NULL, room_id TEXT NOT NULL, session_id TEXT NOT NULL, sealed TEXT NOT NULL,
    since INTEGER NOT NULL DEFAULT (strftime('%s', 'now')),
    PRIMARY KEY (user_id, room_id, session_id)
)"""
_READ = "SELECT user_id, sealed, strftime('%s', 'now') - since FROM samverkan_owed ORDER BY rowid"
_ADD = "INSERT INTO samverkan_owed (user_id, room_id, session_id, sealed) VALUES (?, ?, ?, ?)"
_REMOVE = "DELETE FROM samverkan_owed WHERE user_id = ? AND room_id = ? AND session_id = ?"


class Ledger:
    """The rows of what is owed, in the database of one device's keys."""

    def __init__(self, database: Nio, pickle_key: str) -> None:
        """Open them, locked with the key that locks the others."""
        self._database = database
        self._lock = pickle_key.encode()
        database.execute_sql(_TABLE)

    def rows(self) -> Iterator[tuple[str, dict[str, Any], float]]:
        """Give each user, the key that is owed to them, and for how many seconds."""
        for user_id, sealed, age in self._database.execute_sql(_READ).fetchall():
            try:
                yield user_id, json.loads(unseal(self._lock, user_id, json.loads(sealed))), age
            except (WrongKey, ValueError):
                continue  # whatever it was, it can be given to nobody

    def add(self, user_id: str, key: dict[str, Any]) -> None:
        """Keep that a key is owed to somebody."""
        sealed = json.dumps(seal(self._lock, user_id, json.dumps(key).encode()))
        row = (user_id, key["room_id"], key["session_id"], sealed)
        self._database.execute_sql(_ADD, row)

    def remove(self, user_id: str, room_id: str, session_id: str) -> None:
        """Forget that it is."""
        self._database.execute_sql(_REMOVE, (user_id, room_id, session_id))
