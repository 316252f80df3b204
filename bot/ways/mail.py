"""Mail: SMTP as far as the server's own word that it has taken the message (RFC 5321).

Until the message itself is on its way nothing has been accepted, and all may be tried again.
After that only a reply tells; without one it is unknown, and never sent again.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP as LINES
from typing import Literal

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPResponseException,
)

from bot.domain.model import Dispatch, DispatchState
from bot.ways.outcome import DELIVERED, Begun, Outcome, failed, later

SECONDS = 30.0
"""For each step of the conversation."""
AFTER_DATA = 120.0
"""Seconds for the server's word on the message: longer than for a step, since it may scan it."""
PERMANENT = 500

Security = Literal["starttls", "tls", "none"]
Broken = (SMTPException, OSError, TimeoutError, ValueError)


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed over, as whom. The password is read each time: it may be renewed."""

    host: str
    port: int
    sender: str
    security: Security = "starttls"
    user: str | None = None
    password: Callable[[], str | None] = lambda: None
    trust: str | None = None
    """A file of certificates to trust instead of the system's; None for the system's."""

    @property
    def domain(self) -> str:
        """Give the sender's domain: what we call ourselves, and the home of Message-IDs."""
        return self.sender.partition("@")[2]


@dataclass(frozen=True)
class Mail:
    """One conversation with the server for each message."""

    server: MailServer

    async def carry(self, dispatch: Dispatch, begun: Begun) -> Outcome:
        """Hand one message over."""
        client = self._client()
        try:
            refused = await self._to_the_message(client, dispatch)
            return refused or await self._message(client, dispatch, begun)
        finally:
            client.close()

    async def close(self) -> None:
        """Hold nothing open."""

    def _client(self) -> SMTP:
        server = self.server
        return SMTP(
            hostname=server.host, port=server.port, timeout=SECONDS, start_tls=False,
            use_tls=server.security == "tls", local_hostname=server.domain,
            tls_context=self._trusted(),
        )  # fmt: skip

    def _trusted(self) -> ssl.SSLContext | None:
        if self.server.security == "none":
            return None
        return ssl.create_default_context(cafile=self.server.trust)

    async def _to_the_message(self, client: SMTP, dispatch: Dispatch) -> Outcome | None:
        """Go as far as the server will take the message; None if it will. Nothing goes in clear."""
        step = "unreachable"
        try:
            await client.connect()
            if self.server.security == "starttls":
                step = "tls"
                await client.starttls(tls_context=self._trusted())
            step = "login"
            await self._log_in(client)
            step = "refused"
            await client.mail(self.server.sender)
            await client.rcpt(dispatch.address)
        except SMTPResponseException as no:
            return _refused(no.code, step)
        except Broken as broken:
            return later("tls" if _is_of_tls(broken) else _broken_at(step))
        return None

    async def _log_in(self, client: SMTP) -> None:
        password = self.server.password() if self.server.user else None
        if self.server.user and password is not None:
            await client.login(self.server.user, password)

    async def _message(self, client: SMTP, dispatch: Dispatch, begun: Begun) -> Outcome:
        await begun()
        try:
            await client.data(message_of(dispatch, self.server), timeout=AFTER_DATA)
        except SMTPDataError as no:
            return _refused(no.code, "refused")
        except Broken:
            return Outcome(DispatchState.UNKNOWN, "cut")
        with suppress(*Broken):
            await client.quit()
        return DELIVERED


def _refused(code: int, step: str) -> Outcome:
    """Take the server's no: for now (4xx), or for good (5xx)."""
    if code >= PERMANENT:
        return later("tls") if step == "tls" else failed("login" if step == "login" else "refused")
    return later("later")


def _broken_at(step: str) -> str:
    return step if step in {"tls", "login"} else "unreachable"


def _is_of_tls(broken: BaseException) -> bool:
    return isinstance(broken, ssl.SSLError) or isinstance(broken.__cause__, ssl.SSLError)


def message_of(dispatch: Dispatch, server: MailServer) -> bytes:
    """Write the message: plain text, complete; its id is the dispatch's."""
    message = EmailMessage(policy=LINES)
    message["From"] = server.sender
    message["To"] = dispatch.address
    message["Subject"] = " ".join(str(dispatch.content["subject"]).split())
    message["Date"] = _written(dispatch.written_at)
    message["Message-ID"] = f"<{dispatch.id}@{server.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Importance"] = "high"
    message.set_content(str(dispatch.content["text"]), charset="utf-8", cte="quoted-printable")
    return message.as_bytes()


def _written(at: datetime) -> datetime:
    """Give the time in whole seconds, as a header has it."""
    return at.replace(microsecond=0)
