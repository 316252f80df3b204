"""A calendar is fetched from a file or an address, within limits, and its address is a secret."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import unused_port

from bot.domain.shifts import CalendarWrong
from bot.rosters.fetching import MOST_BYTES, Source, text_of

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
SECRET = "s3cr3t-t0ken"


class Server:
    """A web server on loopback that answers as a test wants."""

    def __init__(self) -> None:
        self.answers: dict[str, Handler] = {}
        self.port = unused_port()

    def at(self, path: str) -> Source:
        return Source("lst.TIB", address=f"http://127.0.0.1:{self.port}{path}?token={SECRET}")

    async def handle(self, request: web.Request) -> web.StreamResponse:
        return await self.answers[request.path](request)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    serving = Server()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", serving.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", serving.port).start()
    yield serving
    await runner.cleanup()


def says(body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(body=body, status=status, headers=headers)

    return answer


def leads(to: str) -> Handler:
    return says(b"", 302, {"Location": to})


async def why(source: Source) -> str:
    with pytest.raises(CalendarWrong) as wrong:
        await text_of(source)
    shown = f"{wrong.value!r} {wrong.value.fault!r} {wrong.value.__cause__!r} {source!r}"
    assert SECRET not in shown
    return wrong.value.fault.why


async def test_a_calendar_is_read_from_its_address_and_after_a_redirect(server: Server) -> None:
    server.answers = {"/a": leads("/b"), "/b": says(b"BEGIN:VCALENDAR")}

    assert await text_of(server.at("/a")) == b"BEGIN:VCALENDAR"


async def test_an_address_may_stand_in_a_file(server: Server, tmp_path: Path) -> None:
    server.answers = {"/a": says(b"BEGIN:VCALENDAR")}
    file = tmp_path / "address"
    file.write_text(f"{server.at('/a').address}\n")

    assert await text_of(Source("lst.TIB", address_file=file)) == b"BEGIN:VCALENDAR"


async def test_an_address_that_gives_no_calendar_says_why(server: Server) -> None:
    server.answers = {
        "/gone": says(b"", 404),
        "/round": leads("/round"),
        "/plain": leads("http://plain.example/calendar"),
        "/file": leads("file:///etc/passwd"),
        "/packed": says(gzip.compress(b"x" * 50_000_000), headers={"Content-Encoding": "gzip"}),
        "/large": says(b"x" * (MOST_BYTES + 1)),
    }

    assert await why(server.at("/gone")) == "status"
    assert await why(server.at("/round")) == "redirects"
    assert await why(server.at("/plain")) == "not_https"
    assert await why(server.at("/file")) == "not_https"
    assert await why(server.at("/packed")) == "packed"
    assert await why(server.at("/large")) == "too_large"


async def test_an_address_at_which_nobody_answers_says_so() -> None:
    nobody = f"http://127.0.0.1:{unused_port()}/{SECRET}"

    assert await why(Source("lst.TIB", address=nobody)) == "unreachable"
    assert await why(Source("lst.TIB", address=f"http://calendar.example/{SECRET}")) == "not_https"
    assert await why(Source("lst.TIB", address=f"https://[{SECRET}")) == "unreachable"


async def test_a_file_is_read_up_to_the_limit(tmp_path: Path) -> None:
    file = tmp_path / "lst.ics"
    file.write_bytes(b"BEGIN:VCALENDAR")
    large = tmp_path / "large.ics"
    large.write_bytes(b"x" * (MOST_BYTES + 1))

    assert await text_of(Source("lst.TIB", file=file)) == b"BEGIN:VCALENDAR"
    assert await why(Source("lst.TIB", file=large)) == "too_large"
    assert await why(Source("lst.TIB", file=tmp_path / "none.ics")) == "no_file"
    assert await why(Source("lst.TIB", file=tmp_path)) == "unreadable"
