"""What stands between the bot and its homeserver, and does what networks and proxies do.

A reverse proxy on a free loopback port. It forwards what it is asked, counts it, and breaks one
request in so many, in a way drawn by lot; the lot is seeded, so that a run can be had again.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

import aiohttp
from aiohttp import web
from yarl import URL

PAGE = "<!doctype html><title>502</title><h1>Bad gateway</h1>"
LIMITED = '{"errcode": "M_LIMIT_EXCEEDED", "error": "Too many requests"'
HOP_BY_HOP = frozenset({"transfer-encoding", "content-encoding", "content-length", "connection"})
LONGEST_DELAY = 0.2  # seconds


@dataclass(frozen=True)
class Asked:
    """One request: when it came and was answered, by the loop's clock, and what was done to it.

    `did` is "" for nothing.
    """

    at: float
    answered: float
    method: str
    path: str
    status: int
    did: str


@dataclass(frozen=True)
class Answer:
    """What the homeserver said."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def whole(self) -> web.Response:
        return web.Response(status=self.status, headers=self.headers, body=self.body)


@dataclass
class Between:
    """The proxy. `one_in` 5 breaks one request in five, 0 none; `always` one fault for all."""

    target: str
    seed: int = 0
    one_in: int = 0
    always: str | None = None
    asked: list[Asked] = field(default_factory=list)
    url: str = ""

    def __post_init__(self) -> None:
        self._luck = random.Random(self.seed)  # noqa: S311 - it must come out alike each time
        self._http: aiohttp.ClientSession | None = None

    @property
    def did(self) -> Counter[str]:
        """Count what was done, by kind."""
        return Counter(each.did for each in self.asked if each.did)

    def since(self, at: float) -> list[Asked]:
        """Give what was asked from a moment on."""
        return [each for each in self.asked if each.at >= at]

    def minutes(self) -> Counter[tuple[int, str]]:
        """Count the requests by minute and path."""
        first = self.asked[0].at if self.asked else 0.0
        return Counter((int((each.at - first) // 60), each.path) for each in self.asked)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Forward a request, or break it."""
        at, body = asyncio.get_running_loop().time(), await request.read()
        did = self.always or ""
        if not did and self.one_in and self._luck.randrange(self.one_in) == 0:
            did = self._luck.choices(list(FAULTS), [SELDOM.get(it, 1.0) for it in FAULTS])[0]
        try:
            response = await (
                FAULTS[did](self, request, body) if did else self.whole(request, body)
            )
        except (aiohttp.ClientError, ConnectionError):
            response = web.Response(status=502, text=PAGE, content_type="text/html")
        now = asyncio.get_running_loop().time()
        self.asked.append(Asked(at, now, request.method, request.path, response.status, did))
        return response

    async def forwarded(self, request: web.Request, body: bytes) -> Answer:
        """Ask the homeserver."""
        assert self._http is not None
        headers = {k: v for k, v in request.headers.items() if k.lower() != "host"}
        url = URL(f"{self.target}{request.raw_path}", encoded=True)
        async with self._http.request(request.method, url, data=body, headers=headers) as told:
            kept = {k: v for k, v in told.headers.items() if k.lower() not in HOP_BY_HOP}
            return Answer(told.status, kept, await told.read())

    async def whole(self, request: web.Request, body: bytes) -> web.StreamResponse:
        return (await self.forwarded(request, body)).whole()

    async def delays(self, request: web.Request, body: bytes) -> web.StreamResponse:
        await asyncio.sleep(self._luck.uniform(0, LONGEST_DELAY))
        return await self.whole(request, body)

    async def repeats(self, request: web.Request, body: bytes) -> web.StreamResponse:
        """Ask twice, as a proxy does that has lost the first answer; give the second."""
        await self.forwarded(request, body)
        return await self.whole(request, body)

    async def swallows(self, request: web.Request, body: bytes) -> web.StreamResponse:
        """Let it happen, and say nothing of it."""
        await self.forwarded(request, body)
        return _hung_up(request)

    async def cuts(self, request: web.Request, _body: bytes) -> web.StreamResponse:
        await asyncio.sleep(0)
        return _hung_up(request)

    async def cuts_in_the_middle(self, request: web.Request, body: bytes) -> web.StreamResponse:
        answer = await self.forwarded(request, body)
        response = web.StreamResponse(status=answer.status, headers=answer.headers)
        response.content_length = len(answer.body) + 1
        await response.prepare(request)
        await response.write(answer.body[: len(answer.body) // 2])
        _hung_up(request)
        return response

    async def truncates(self, request: web.Request, body: bytes) -> web.StreamResponse:
        """Give half of the answer as if it were the whole."""
        answer = await self.forwarded(request, body)
        half = answer.body[: len(answer.body) // 2]
        return Answer(answer.status, answer.headers, half).whole()


Does: TypeAlias = Callable[[Between, web.Request, bytes], Awaitable[web.StreamResponse]]


def says(status: int, text: str, kind: str = "text/html", **headers: str) -> Does:
    """Answer in the homeserver's place, which is not asked."""

    async def answer(_self: Between, _request: web.Request, _body: bytes) -> web.StreamResponse:
        await asyncio.sleep(0)
        return web.Response(status=status, text=text, content_type=kind, headers=headers)

    return answer


FAULTS: dict[str, Does] = {
    "delay": Between.delays,
    "duplicate": Between.repeats,
    "drop the answer": Between.swallows,
    "cut": Between.cuts,
    "cut in the middle": Between.cuts_in_the_middle,
    "truncate": Between.truncates,
    "502": says(502, ""),
    "504": says(504, ""),
    "page with 502": says(502, PAGE),
    "page with 200": says(200, PAGE),
    "429 with time": says(429, LIMITED + ', "retry_after_ms": 60}', "application/json"),
    "429 with header": says(429, LIMITED + "}", "application/json", **{"Retry-After": "1"}),
    "429 without time": says(429, LIMITED + "}", "application/json"),
}


SELDOM = {"429 with header": 0.1}
"""What takes a whole second is drawn less often."""


def _hung_up(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=499)


@asynccontextmanager
async def between(target: str, *, seed: int = 0, one_in: int = 0) -> AsyncIterator[Between]:
    """Stand before a homeserver until left."""
    proxy = Between(target.rstrip("/"), seed, one_in)
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_route("*", "/{tail:.*}", proxy.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    proxy.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(timeout=timeout, auto_decompress=True) as proxy._http:
        try:
            yield proxy
        finally:
            await runner.cleanup()
