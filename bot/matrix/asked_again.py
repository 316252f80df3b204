"""What a homeserver does only after it has asked for the password once more."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from bot.matrix.session import NoSession
from bot.matrix.wire import MatrixRefusal, Wire

DENIED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


async def post_with_password(
    wire: Wire, path: str, body: Mapping[str, Any], user_id: str, password: str | None
) -> None:
    """Post it; when the homeserver asks for the password (user-interactive), with that.

    Raise NoSession when it asks and there is none, or another one.
    """
    try:
        await wire.call("POST", path, body)
    except MatrixRefusal as refusal:
        if refusal.status != HTTPStatus.UNAUTHORIZED or refusal.session is None:
            raise
        again = {**body, "auth": _auth(user_id, password, refusal.session)}
    else:
        return
    try:
        await wire.call("POST", path, again)
    except MatrixRefusal as refusal:
        if refusal.status not in DENIED:
            raise
        message = f"The homeserver does not take the password ({refusal.errcode})."
        raise NoSession("wrong-password", message) from None


def _auth(user_id: str, password: str | None, session: str) -> dict[str, Any]:
    if not password:
        message = "The homeserver wants the bot's password for this, and there is none."
        raise NoSession("password-needed", message)
    return {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": user_id},
        "password": password,
        "session": session,
    }
