"""What an account keeps about itself on its homeserver."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from bot.matrix.wire import MatrixRefusal, Wire, quote


class AccountData:
    """One account's data, by type."""

    def __init__(self, wire: Wire, user_id: str) -> None:
        """Name the account that the wire speaks for."""
        self._wire = wire
        self._user_id = user_id

    async def get(self, kind: str) -> dict[str, Any]:
        """Get what is there of that type; nothing when there is none."""
        try:
            return await self._wire.call("GET", self._path(kind))
        except MatrixRefusal as refusal:
            if refusal.status == HTTPStatus.NOT_FOUND and not refusal.for_now:
                return {}
            raise

    async def put(self, kind: str, content: Mapping[str, Any]) -> None:
        """Set what is there of that type."""
        await self._wire.call("PUT", self._path(kind), content)

    def _path(self, kind: str) -> str:
        user = quote(self._user_id)
        return f"/_matrix/client/v3/user/{user}/account_data/{quote(kind)}"
