"""Ask a homeserver over HTTP: one session, kept-alive connections, patience with an end."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote as percent_encode
from urllib.parse import urlencode

import aiohttp
import structlog
from yarl import URL

log = structlog.get_logger()

FIRST_WAIT = 0.25  # seconds before the first retry; doubled for each one after it
LONGEST_WAIT = 8.0  # seconds between two attempts, unless the server asks for more
IN_FLIGHT = 100  # connections at most; more callers than that stand in line

NOT_NOW = frozenset({"M_LIMIT_EXCEEDED", "M_RESOURCE_LIMIT_EXCEEDED", "M_USER_LOCKED"})
"""Refusals that say nothing of what was asked, only of the server or the account just now."""
NOT_NOW_STATUS = frozenset({
    HTTPStatus.UNAUTHORIZED, HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS,
})  # fmt: skip


class MatrixRefusal(Exception):  # noqa: N818 - a refusal is the house's word for an expected no
    """The homeserver understood the request and said no."""

    def __init__(
        self, status: int, errcode: str, error: str, retry_after_ms: int | None = None
    ) -> None:
        """Keep what the server said; `retry_after_ms` only when it asked us to wait."""
        super().__init__(f"{status} {errcode}: {error}")
        self.status = status
        self.errcode = errcode
        self.error = error
        self.retry_after_ms = retry_after_ms

    @property
    def for_now(self) -> bool:
        """Tell whether the same may be granted later: the server is busy, locked or not there.

        A 404 without Matrix's own words is a proxy's, whose homeserver is away.
        """
        nobody = self.status == HTTPStatus.NOT_FOUND and self.errcode == "M_UNKNOWN"
        return nobody or self.status in NOT_NOW_STATUS or self.errcode in NOT_NOW


class Unreachable(Exception):  # noqa: N818 - a state of the homeserver, not a fault of ours
    """The homeserver gave no usable answer for as long as the caller had patience."""


Json = dict[str, Any] | list[Any]


@dataclass(frozen=True)
class _Fault:
    """One attempt that failed, and may be repeated."""

    why: str
    wait: float | None = None  # seconds the server asked for
    refusal: MatrixRefusal | None = None


def quote(identifier: str) -> str:
    """Make an id safe as one segment of a path."""
    return percent_encode(identifier, safe="")


class Wire:
    """A line to one homeserver, for one account or for none."""

    def __init__(self, homeserver: str, token: str | None = None) -> None:
        """Prepare the line; nothing is connected before the first call."""
        self.homeserver = homeserver.rstrip("/")
        self._headers = {"Content-Type": "application/json"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self._http: aiohttp.ClientSession | None = None

    def __repr__(self) -> str:
        """Name the homeserver and never the token."""
        return f"Wire({self.homeserver!r})"

    async def call(  # noqa: PLR0913 - a request has this many parts
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Mapping[str, str] | None = None,
        timeout: float = 30.0,  # noqa: ASYNC109 - aiohttp closes the connection when it ends
        patience: float = 30.0,
    ) -> dict[str, Any]:
        """Ask, and return the JSON object answered.

        `timeout` bounds one attempt, `patience` all of them together; both in seconds.
        Raise MatrixRefusal on a 4xx, and Unreachable when patience ends without an answer.
        """
        answer = await self._ask(method, self._url(path, query), body, timeout, patience)
        return answer if isinstance(answer, dict) else {"answer": answer}

    async def listing(self, path: str, *, patience: float = 30.0) -> list[Any]:
        """Get a JSON list, such as a room's whole state; raise as `call` does."""
        answer = await self._ask("GET", self._url(path, None), None, 30.0, patience)
        return answer if isinstance(answer, list) else []

    async def close(self) -> None:
        """Hang up; the next call would connect anew."""
        if self._http is not None:
            await self._http.close()
            self._http = None

    def _url(self, path: str, query: Mapping[str, str] | None) -> URL:
        tail = f"?{urlencode(query)}" if query else ""
        return URL(f"{self.homeserver}{path}{tail}", encoded=True)

    async def _ask(
        self,
        method: str,
        url: URL,
        body: Mapping[str, Any] | None,
        timeout: float,  # noqa: ASYNC109 - as in call
        patience: float,
    ) -> Json:
        """Try until there is an answer, a refusal, or no patience left."""
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        started = asyncio.get_running_loop().time()
        attempt = 0
        while True:
            answer = await self._attempt(method, url, data, timeout)
            if not isinstance(answer, _Fault):
                return answer
            wait = answer.wait if answer.wait is not None else _backoff(attempt)
            spent = asyncio.get_running_loop().time() - started
            if spent + wait > patience:
                raise answer.refusal or Unreachable(f"{method} {url.path}: {answer.why}")
            log.warning("homeserver.faulted", path=url.path, why=answer.why, wait_seconds=wait)
            await asyncio.sleep(wait)
            attempt += 1

    async def _attempt(
        self, method: str, url: URL, data: bytes | None, seconds: float
    ) -> Json | _Fault:
        """Try once; return the answer, or the fault as a value."""
        limit = aiohttp.ClientTimeout(total=seconds)
        try:
            async with self._session().request(
                method, url, data=data, timeout=limit, allow_redirects=False
            ) as response:
                return _read(response, await response.read())
        except TimeoutError:
            return _Fault(f"no answer within {seconds:g} s")
        except (aiohttp.ClientError, OSError) as error:
            return _Fault(type(error).__name__)

    def _session(self) -> aiohttp.ClientSession:
        if self._http is None:
            self._http = aiohttp.ClientSession(
                headers=self._headers,
                connector=aiohttp.TCPConnector(limit=IN_FLIGHT, keepalive_timeout=60),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._http


def _backoff(attempt: int) -> float:
    """Give the seconds before the next attempt: doubled each time, capped, jittered."""
    longest = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(attempt, 10))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret


def _read(response: aiohttp.ClientResponse, raw: bytes) -> Json | _Fault:
    """Turn a response into its answer or a fault; raise a refusal."""
    status = response.status
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        body = None
    if status < HTTPStatus.MULTIPLE_CHOICES:
        return body if isinstance(body, dict | list) else _Fault(f"{status} without JSON")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status < HTTPStatus.BAD_REQUEST:
        return _Fault(f"status {status}")
    refusal = _refusal(response, body if isinstance(body, dict) else {})
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        wait = refusal.retry_after_ms
        return _Fault("status 429", None if wait is None else wait / 1000, refusal)
    raise refusal


def _refusal(response: aiohttp.ClientResponse, body: dict[str, Any]) -> MatrixRefusal:
    """Build the refusal of a 4xx, whatever its body was."""
    wait = body.get("retry_after_ms")
    if not isinstance(wait, int | float):
        header = response.headers.get("Retry-After", "")
        wait = int(header) * 1000 if header.isdecimal() else None
    return MatrixRefusal(
        response.status,
        str(body.get("errcode", "M_UNKNOWN")),
        str(body.get("error", response.reason or "")),
        None if wait is None else max(0, int(wait)),
    )
