"""Another device for the bot, vouched for by the same identity, when the old one's keys are lost.

Nothing of the old device's keys is used again, whatever copy of them there is.
"""

from __future__ import annotations

from pathlib import Path

import structlog

from bot.matrix.asked_again import post_with_password
from bot.matrix.cross_signing import look
from bot.matrix.own_identity import in_force
from bot.matrix.session import PREFIX, NoSession, Session, keep, log_in
from bot.matrix.vault import Vault
from bot.matrix.wire import MatrixRefusal, Unreachable, Wire

log = structlog.get_logger()

CLIENT = "/_matrix/client/v3"


async def new_device(homeserver: str, vault: Vault, folder: Path, password: str | None) -> Session:
    """Log in as a new device and keep that session; what was there before stays if it fails.

    Raise NoSession without the password, or when the vault's identity is not the account's.
    """
    if not password:
        message = "A new device logs in with the bot's password, and there is none."
        raise NoSession("password-needed", message)
    session = await log_in(homeserver, vault.user_id, password)
    wire = Wire(homeserver, session.access_token)
    try:
        in_force(vault, await look(wire, session.user_id, session.device_id))
    except (NoSession, MatrixRefusal, Unreachable):
        await wire.call("POST", f"{CLIENT}/logout", {})
        raise
    finally:
        await wire.close()
    keep(folder, session)
    log.info("session.renewed", user_id=session.user_id, device_id=session.device_id)
    return session


async def leave_others(wire: Wire, session: Session, password: str | None) -> list[str]:
    """Delete the bot's other devices from the account; people's clients there are left alone."""
    answer = await wire.call("GET", f"{CLIENT}/devices")
    listed = [str(it.get("device_id")) for it in answer.get("devices", []) if isinstance(it, dict)]
    others = [it for it in listed if it.startswith(PREFIX) and it != session.device_id]
    if others:
        body = {"devices": others}
        await post_with_password(wire, f"{CLIENT}/delete_devices", body, session.user_id, password)
        log.info("devices.left", devices=others)
    return others


def forget_keys(folder: Path, session: Session) -> None:
    """Remove every device's keys but the session's own."""
    own = f"crypto-{session.device_id}.db"
    for file in folder.glob("crypto-*.db*"):
        if not file.name.startswith(own):
            file.unlink()
