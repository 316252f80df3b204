"""Webhooks: one signed POST of JSON, whose key lets the receiver take it once.

The receiver computes HMAC-SHA256 of `TIMESTAMP.BODY` with the shared secret and compares it with
the signature; it takes each Idempotency-Key once. So what may have arrived is sent again.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientTimeout,
    InvalidURL,
)

from bot.domain.model import Dispatch, DispatchState
from bot.ways.outcome import DELIVERED, NO_ADDRESS, Begun, Outcome, failed, later

TIME = ClientTimeout(total=20, connect=10)
OK = range(200, 300)
FOR_NOW = frozenset({408, 421, 425, 429, 500, 502, 503, 504})
"""Answers after which it may be tried again."""


@dataclass(frozen=True)
class Hook:
    """Where a webhook is, and the secret shared with it. Neither is ever shown."""

    url: str = field(repr=False)
    secret: str = field(repr=False)


@dataclass
class Webhooks:
    """The webhooks that the settings know, looked up by name each time."""

    find: Callable[[str], Hook | None]
    now: Callable[[], datetime]
    _session: ClientSession | None = None

    async def carry(self, dispatch: Dispatch, begun: Begun) -> Outcome:
        """Post it once."""
        hook = self.find(dispatch.address)
        if hook is None:
            return NO_ADDRESS
        body = body_of(dispatch)
        headers = headers_of(dispatch, body, hook.secret, self.now())
        await begun()
        try:
            return await self._post(hook.url, body, headers)
        except ClientConnectorError:
            return later("unreachable")
        except InvalidURL:
            return NO_ADDRESS
        except (ClientError, OSError, TimeoutError):
            return Outcome(DispatchState.UNKNOWN, "cut", again=True)

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def _post(self, url: str, body: bytes, headers: dict[str, str]) -> Outcome:
        if self._session is None:
            self._session = ClientSession(timeout=TIME)
        async with self._session.post(
            url, data=body, headers=headers, allow_redirects=False
        ) as answer:  # its body is nobody's business, and is not read
            if answer.status in OK:
                return DELIVERED
            return later("later") if answer.status in FOR_NOW else failed("refused")


def body_of(dispatch: Dispatch) -> bytes:
    """Write the body: the same bytes each time, so that a repeat is a repeat."""
    content = dispatch.content
    said = {"id": dispatch.id, **content["data"], "text": content["text"]}
    return json.dumps(said, ensure_ascii=False, sort_keys=True).encode()


def headers_of(dispatch: Dispatch, body: bytes, secret: str, now: datetime) -> dict[str, str]:
    """Sign the body with the time of sending."""
    timestamp = str(int(now.astimezone(UTC).timestamp()))
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Samverkan",
        "Idempotency-Key": dispatch.id,
        "X-Samverkan-Timestamp": timestamp,
        "X-Samverkan-Signature": f"sha256={signature(secret, timestamp, body)}",
    }


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Compute the signature that the receiver compares."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
