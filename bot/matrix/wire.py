"""Ask a homeserver over HTTP: one session, kept-alive connections, patience with an end.

All who ask over one wire share one view of the homeserver: of whether it is there (`gate`), of how
fast it lets us go (`paces`), and of whether it still knows us (`ended`).
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Mapping
from itertools import count
from typing import Any
from urllib.parse import quote as percent_encode
from urllib.parse import urlencode

import aiohttp
import structlog
from prometheus_client import Counter
from yarl import URL

from bot.matrix.answers import Fault, Json, Outcome, asks_elsewhere, read
from bot.matrix.gate import LONGEST_WAIT, Gate
from bot.matrix.paces import Paces, kind_of
from bot.matrix.refusals import LoggedOut, MatrixRefusal, Unreachable
from bot.matrix.seconds import now as _now

__all__ = ["LoggedOut", "MatrixRefusal", "Unreachable", "Wire", "quote"]

log = structlog.get_logger()

FIRST_WAIT = 0.1  # seconds before the first retry; doubled for each one after it
IN_FLIGHT = 100  # connections at most; more callers than that stand in line
FAULTS = Counter("samverkan_homeserver_faults", "Requests that failed on the way", ["why"])
RETRIES = Counter("samverkan_homeserver_retries", "Requests that were made again")
LIMITED = Counter("samverkan_homeserver_limited", "Requests that were refused as too many (429)")


def quote(identifier: str) -> str:
    """Make an id safe as one segment of a path."""
    return percent_encode(identifier, safe="")


class Blob(bytes):
    """A file as a request's body, with its MIME type."""

    kind = "application/octet-stream"

    @classmethod
    def of(cls, data: bytes, kind: str) -> Blob:
        """Say what kind of file the bytes are."""
        blob = cls(data)
        blob.kind = kind
        return blob


class Wire:
    """A line to one homeserver, for one account or for none."""

    def __init__(
        self, homeserver: str, token: str | None = None, *, longest_wait: float = LONGEST_WAIT
    ) -> None:
        """Prepare the line; nothing is connected before the first call.

        `longest_wait` is the most seconds between two requests to a homeserver that is away.
        """
        self.homeserver = homeserver.rstrip("/")
        self._headers = {"Content-Type": "application/json"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self._http: aiohttp.ClientSession | None = None
        self._hung_up = False
        self._gate = Gate(longest_wait)
        self._paces = Paces()
        self._logged_out: LoggedOut | None = None
        self._ended = asyncio.Event()

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
        once: bool = False,
    ) -> dict[str, Any]:
        """Ask, and return the JSON object answered.

        `timeout` bounds one attempt, `patience` all of them and the waiting for a turn together;
        both in seconds. `once` waits for a turn like any other, and makes one attempt.
        Raise MatrixRefusal on a 4xx, LoggedOut among them, and Unreachable when patience ends
        without an answer.
        """
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        url = self._url(path, query)
        answer = await self._ask(method, url, data, timeout, patience, once=once)
        return answer if isinstance(answer, dict) else {"answer": answer}

    async def hand_in(self, path: str, file: Blob, *, patience: float = 60.0) -> dict[str, Any]:
        """Post a file, and return the JSON object answered; raise as `call` does."""
        answer = await self._ask(
            "POST", self._url(path, None), file, patience, patience, once=False
        )
        return answer if isinstance(answer, dict) else {"answer": answer}

    async def listing(self, path: str, *, patience: float = 30.0) -> list[Any]:
        """Get a JSON list, such as a room's whole state; raise as `call` does."""
        answer = await self._ask("GET", self._url(path, None), None, 30.0, patience, once=False)
        return answer if isinstance(answer, list) else []

    async def rest(self, seconds: float) -> None:
        """Wait; shorter when a homeserver that was away comes back meanwhile."""
        await self._gate.rest(seconds)

    async def ended(self) -> None:
        """Wait until the homeserver has done with our token, whoever hears it; raise LoggedOut."""
        await self._ended.wait()
        self._refuse_if_ended()

    async def close(self) -> None:
        """Hang up for good: whoever still has something to ask is told so, and nothing is sent."""
        self._hung_up = True
        if self._http is not None:
            await self._http.close()
            self._http = None

    def _url(self, path: str, query: Mapping[str, str] | None) -> URL:
        tail = f"?{urlencode(query)}" if query else ""
        return URL(f"{self.homeserver}{path}{tail}", encoded=True)

    async def _ask(  # noqa: PLR0913 - a request has this many parts
        self,
        method: str,
        url: URL,
        data: bytes | None,
        timeout: float,  # noqa: ASYNC109 - as in call
        patience: float,
        *,
        once: bool,
    ) -> Json:
        """Try until there is an answer, a refusal, or no patience left."""
        until = _now() + patience
        fault: Fault | None = None
        for attempt in count():
            answer = await self._turn(method, url, data, timeout, until, fault)
            if isinstance(answer, MatrixRefusal):
                raise answer
            if not isinstance(answer, Fault):
                return answer
            fault = answer
            wait = fault.wait if fault.wait is not None else _backoff(attempt)
            if once or _now() + wait > until:
                break
            RETRIES.inc()
            log.warning("homeserver.faulted", path=url.path, why=fault.why, wait_seconds=wait)
            await self.rest(wait)
        raise self._gave_up(url, fault)

    async def _turn(  # noqa: PLR0913, PLR0917 - a request has this many parts
        self,
        method: str,
        url: URL,
        data: bytes | None,
        seconds: float,
        until: float,
        before: Fault | None,
    ) -> Outcome:
        """Wait for a turn, and try once; note for everybody what came of it."""
        kind = kind_of(method, url.raw_path)
        try:
            while True:
                await self._paced(kind, until)
                async with self._gate.turn(until, long=_is_long(url)) as turn:
                    self._refuse_if_ended()
                    if self._paces.wait(kind):
                        continue  # limited while we stood in line
                    pace = self._paces.go(kind)
                    try:
                        answer = await self._attempt(method, url, data, seconds)
                    finally:
                        self._paces.left(kind)
                    turn.answered = not isinstance(answer, Fault) or answer.alive
                    break
        except TimeoutError:
            raise self._gave_up(url, before) from None
        if isinstance(answer, MatrixRefusal):
            self._heed(answer)
        return self._noted(answer, kind, pace)

    async def _paced(self, kind: str, until: float) -> None:
        """Wait until another request of that kind may go; TimeoutError if that is too late."""
        while wait := self._paces.wait(kind):
            if _now() + wait > until:
                raise TimeoutError
            await asyncio.sleep(wait)

    def _noted(self, answer: Outcome, kind: str, pace: float | None) -> Outcome:
        """Note a fault, and how long its kind must wait."""
        if not isinstance(answer, Fault):
            self._paces.granted(kind)
            return answer
        FAULTS.labels(answer.why).inc()
        if not answer.limited:
            return answer
        LIMITED.inc()
        wait = self._paces.limited(kind, answer.wait, pace)
        return Fault(answer.why, answer.alive, answer.limited, wait, answer.refusal)

    def _heed(self, refusal: MatrixRefusal) -> None:
        """Let nobody ask any more once the homeserver has done with us."""
        if isinstance(refusal, LoggedOut) and "Authorization" in self._headers:
            if self._logged_out is None:
                log.error("session.ended", errcode=refusal.errcode, soft=refusal.soft)
            self._logged_out = self._logged_out or refusal
            self._ended.set()

    def _refuse_if_ended(self) -> None:
        if self._logged_out is not None:
            before = self._logged_out
            raise LoggedOut(before.status, before.errcode, before.error, soft=before.soft)

    def _gave_up(self, url: URL, fault: Fault | None) -> Exception:
        """Say how it ended: with what the server said last, if it said anything."""
        if fault is not None and fault.refusal is not None:
            return fault.refusal
        why = fault.why if fault is not None else "no turn, the homeserver is away or busy"
        away = self._gate.away or (fault is None and not asks_elsewhere(url.path))
        elsewhere = fault is not None and fault.elsewhere and not away
        return Unreachable(f"{url.path}: {why}", away=away, elsewhere=elsewhere)

    async def _attempt(self, method: str, url: URL, data: bytes | None, seconds: float) -> Outcome:
        """Try once; return the answer, the refusal or the fault as a value."""
        limit = aiohttp.ClientTimeout(total=seconds)
        try:
            async with self._session().request(
                method, url, data=data, timeout=limit, allow_redirects=False, headers=_kind(data)
            ) as response:
                raw = await response.read()
                return read(response.status, response.headers, raw, url.raw_path)
        except TimeoutError:
            return Fault(f"no answer within {seconds:g} s", alive=asks_elsewhere(url.raw_path))
        except (aiohttp.ClientError, OSError) as error:
            return Fault(type(error).__name__)

    def _session(self) -> aiohttp.ClientSession:
        if self._hung_up:
            raise Unreachable(f"{self.homeserver}: the line has been hung up")
        if self._http is None:
            self._http = aiohttp.ClientSession(
                headers=self._headers,
                connector=aiohttp.TCPConnector(limit=IN_FLIGHT, keepalive_timeout=60),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._http


def _kind(data: bytes | None) -> dict[str, str]:
    """Say what is sent, where it is not JSON as everything else."""
    return {"Content-Type": data.kind} if isinstance(data, Blob) else {}


def _is_long(url: URL) -> bool:
    """Tell whether the server is asked to keep us waiting until there is news."""
    return url.raw_path.endswith("/sync") and url.query.get("timeout", "0") != "0"


def _backoff(attempt: int) -> float:
    """Give the seconds before the next attempt: doubled each time, capped, jittered."""
    longest = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(attempt, 10))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret
