"""A mail server in this process, with certificates of its own; and a database for each test."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.domain.model import Dispatch
from bot.store.engine import Store
from bot.store.migrations import migrate

NOW = datetime(2026, 11, 3, 14, 54, tzinfo=UTC)
TEXT = "SKARPT LÄGE. Det här är ingen övning.\n\nNi kallas till TiB-gruppen.\n.\nVarför: brand\n"


def dispatch(number: int = 1, **other: Any) -> Dispatch:  # noqa: ANN401 - any of its columns
    """Write a call to Rosvik by mail."""
    given: dict[str, Any] = {
        "id": f"{number:032x}", "about": "KA-2026-088", "occasion": "call",
        "organisation": "rosvik", "kind": "email", "address": "tib@rosvik.example",
        "mxid": f"@tib-{number}:rosvik.example", "function": "rosvik.TIB",
        "written_at": NOW, "until": NOW + timedelta(hours=1),
        "content": {"subject": "[SKARPT LÄGE] Kallelse", "text": TEXT, "data": {"version": 1}},
    }  # fmt: skip
    return Dispatch(**given | other)


@dataclass(frozen=True)
class Certificate:
    """A certificate for localhost that nobody has signed but itself, as files."""

    chain: Path
    key: Path

    def served(self) -> ssl.SSLContext:
        """Give what a server shows."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain, self.key)
        return context


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """Make one."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    chain, secret = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return Certificate(chain, secret)


@dataclass
class Post:
    """What a mail server got, and how it behaves: `says` answers the next recipients in turn."""

    port: int = 0
    taken: list[Envelope] = field(default_factory=list)
    tried: int = 0
    says: list[str] = field(default_factory=list)
    after_data: str = "250 taken"
    cuts: bool = False
    holds: asyncio.Event | None = None
    """Until it is set, nothing is said of a message."""
    logins: list[bytes] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - the library's own name
        self,
        server: SMTP,  # noqa: ARG002 - the library's own shape
        session: Session,  # noqa: ARG002 - the same
        envelope: Envelope,
        address: str,
        options: list[str],  # noqa: ARG002 - the same
    ) -> str:
        """Take the recipient, or say what was to be said."""
        self.tried += 1
        if self.says:
            return self.says.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the library's own name
        self,
        server: SMTP,
        session: Session,  # noqa: ARG002 - the library's own shape
        envelope: Envelope,
    ) -> str:
        """Take the message, and say so, or not."""
        if self.after_data.startswith("250"):
            self.taken.append(envelope)
        if self.holds:
            await self.holds.wait()
        if self.cuts:
            assert server.transport
            server.transport.abort()  # type: ignore[attr-defined]
        return self.after_data

    def log_in(self, *what: Any) -> AuthResult:  # noqa: ANN401 - the library's own shape
        """Let in who has the password."""
        data = what[-1]
        assert isinstance(data, LoginPassword)
        self.logins.append(data.login)
        return AuthResult(success=data.password == b"open sesame", handled=False)


class Posts:
    """Mail servers on loopback, as many as a test needs."""

    def __init__(self) -> None:
        self._servers: list[asyncio.Server] = []

    async def open(self, post: Post, **how: Any) -> Post:  # noqa: ANN401 - the library's own
        """Open one; `implicit` is the certificate of a port that begins with TLS."""
        implicit = how.pop("implicit", None)
        server = await asyncio.get_running_loop().create_server(
            lambda: SMTP(post, hostname="post.example", **how), "localhost", 0, ssl=implicit
        )
        self._servers.append(server)
        post.port = server.sockets[0].getsockname()[1]
        return post

    async def close(self) -> None:
        """Close them all."""
        for server in self._servers:
            server.close()


@pytest.fixture
async def posts() -> AsyncIterator[Posts]:
    """Give mail servers, closed at the end."""
    there = Posts()
    yield there
    await there.close()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """Give a database."""
    address = f"sqlite:///{tmp_path / 'ways.db'}"
    await migrate(address)
    opened = await Store.open(address)
    yield opened
    await opened.close()
