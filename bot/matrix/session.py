"""Log in once and stay the same device: the session is kept in a file beside the crypto store."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Literal

import structlog

from bot.matrix.wire import LoggedOut, MatrixRefusal, Unreachable, Wire

log = structlog.get_logger()

FILE = "session.json"
PREFIX = "SAMVERKAN"  # of each device id, so that the bot knows its own
Reason = Literal[
    "no-password",
    "wrong-password",
    "token-revoked",
    "token-expired",
    "deactivated",
    "locked",
    "unreachable",
    "wrong-device",
    "wrong-user",
    "refused",
    "unreadable",
    "wrong-key",
    "vault-missing",
    "vault-open",
    "vault-unreadable",
    "vault-foreign",
    "vault-fixed",
    "identity-changed",
    "identity-other",
    "password-needed",
    "keys-lost",
    "keys-old",
    "server-old",
    "device-superseded",
]


class NoSession(Exception):  # noqa: N818 - says what there is not
    """There is no session to work in; `reason` tells a program why, the message a person."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True)
class Session:
    """One account on one device of one homeserver."""

    homeserver: str
    user_id: str
    device_id: str
    access_token: str

    def __repr__(self) -> str:
        """Name the device and never the token."""
        return f"Session({self.user_id!r}, {self.device_id!r})"


async def open_session(
    homeserver: str, user_id: str, folder: Path, password: str | None
) -> Session:
    """Use the session kept in the folder, or log in with the password and keep the new one.

    The password is not used while there is a session: a new login is a new device, which
    cannot read what was written to the old one. Only where the homeserver says that the token has
    run out and the device is still there, the password gives it a new token. Raise NoSession
    with the reason.
    """
    kept = _kept(folder / FILE, homeserver, user_id)
    if kept is not None:
        try:
            await _check(kept)
        except NoSession as none:
            if none.reason != "token-expired" or not password:
                raise
        else:
            return kept
    if not password:
        raise NoSession("no-password", f"There is no session for {user_id} and no password.")
    session = await log_in(homeserver, user_id, password, kept.device_id if kept else None)
    keep(folder, session)
    log.info("session.opened", user_id=user_id, device_id=session.device_id)
    return session


def _kept(file: Path, homeserver: str, user_id: str) -> Session | None:
    """Read the kept session; the address is the caller's, since a homeserver may move."""
    if not file.exists():
        return None
    try:
        kept = json.loads(file.read_text())
        session = Session(homeserver, kept["user_id"], kept["device_id"], kept["access_token"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NoSession("unreadable", f"{file} cannot be read: {error!r}.") from error
    if session.user_id != user_id:
        message = f"{file} belongs to {session.user_id}, but the settings name {user_id}."
        raise NoSession("wrong-user", message)
    return session


async def _check(session: Session) -> None:
    """Ask the homeserver whose token this is; both user and device must agree."""
    wire = Wire(session.homeserver, session.access_token)
    try:
        answer = await wire.call("GET", "/_matrix/client/v3/account/whoami")
    except (MatrixRefusal, Unreachable) as error:
        raise _reasoned(error, session.homeserver, "token-revoked") from error
    finally:
        await wire.close()
    if answer.get("user_id") != session.user_id:
        message = f"The kept token belongs to {answer.get('user_id')}, not to {session.user_id}."
        raise NoSession("wrong-user", message)
    if answer.get("device_id") != session.device_id:
        message = (
            f"The kept token belongs to device {answer.get('device_id')}, but the keys in this "
            f"folder to {session.device_id}."
        )
        raise NoSession("wrong-device", message)


async def log_in(
    homeserver: str, user_id: str, password: str, device: str | None = None
) -> Session:
    """Log in on a device; a new one has an id nobody else's can be expected to have."""
    wire = Wire(homeserver)
    wanted = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": user_id},
        "password": password,
        "device_id": device or f"{PREFIX}{secrets.token_hex(12).upper()}",
        "initial_device_display_name": "Samverkan",
    }
    try:
        given = await wire.call("POST", "/_matrix/client/v3/login", wanted)
    except (MatrixRefusal, Unreachable) as error:
        raise _reasoned(error, homeserver, "wrong-password") from error
    finally:
        await wire.close()
    if given["user_id"] != user_id:
        raise NoSession("wrong-user", f"The login gave {given['user_id']}, not {user_id}.")
    return Session(homeserver, user_id, given["device_id"], given["access_token"])


def _reasoned(error: MatrixRefusal | Unreachable, homeserver: str, denied: Reason) -> NoSession:
    """Say why a login or a check failed; `denied` is what a 401 or 403 means here."""
    if isinstance(error, Unreachable):
        return NoSession("unreachable", f"{homeserver} does not answer ({error}).")
    if error.from_a_proxy:
        return NoSession("unreachable", f"A proxy answers for {homeserver} ({error}).")
    reason, what = _why(error, denied)
    return NoSession(reason, f"{homeserver} {what} ({error}).")


def _why(error: MatrixRefusal, denied: Reason) -> tuple[Reason, str]:
    if error.errcode == "M_USER_LOCKED":
        return "locked", "has locked the bot's account"
    if error.errcode == "M_USER_DEACTIVATED":
        return "deactivated", "has closed the bot's account"
    if isinstance(error, LoggedOut) and error.soft:
        return "token-expired", "wants the password again"
    if error.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return denied, "does not let us in"
    return "refused", "refused"


def keep(folder: Path, session: Session) -> None:
    """Write the session whole or not at all, for its owner's eyes only."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{FILE}.{secrets.token_hex(4)}"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(asdict(session), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / FILE)
