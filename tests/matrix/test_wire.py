from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from aiohttp import web
from structlog.testing import capture_logs

from bot.matrix.gate import PLACES
from bot.matrix.wire import LoggedOut, MatrixRefusal, Unreachable, Wire, quote

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
TOKEN = "syt_very_secret"


@dataclass
class Server:
    """A homeserver that answers with what it was told to, in order; the last one stays."""

    url: str = ""
    answers: list[Answer] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.raw_path)
        await request.read()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return await answer(request)


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Server]:
    fake = Server()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", fake.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    fake.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield fake
    await runner.cleanup()


@pytest_asyncio.fixture
async def wire(server: Server) -> AsyncIterator[Wire]:
    line = Wire(server.url, TOKEN)
    yield line
    await line.close()


def says(status: int, body: str, **headers: str) -> Answer:
    async def answer(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0)
        return web.Response(status=status, text=body, headers=headers)

    return answer


async def cuts(request: web.Request) -> web.StreamResponse:
    """Promise more than is sent, then hang up."""
    response = web.StreamResponse(headers={"Content-Length": "100"})
    await response.prepare(request)
    await response.write(b'{"half":')
    assert request.transport is not None
    request.transport.abort()
    return response


async def dawdles(_: web.Request) -> web.StreamResponse:
    await asyncio.sleep(0.3)
    return web.Response(text="{}")


FINE = says(200, '{"event_id": "$1"}')


@pytest.mark.parametrize(
    "fault",
    [
        says(502, "<html>Bad Gateway</html>"),
        says(503, "{}"),
        says(404, "<html>No such site</html>"),
        says(403, "<html>Sign in first</html>"),
        says(403, '{"errcode": "M_FORB'),
        says(200, "<html>Sign in to the hotel network</html>"),
        says(200, '{"event_id": '),
        says(302, "", Location="https://elsewhere.example"),
        cuts,
    ],
    ids=[
        "bad gateway",
        "unavailable",
        "no site",
        "sign in",
        "half a refusal",
        "html",
        "truncated",
        "redirect",
        "cut",
    ],
)
async def test_a_fault_that_passes_is_not_noticed(
    server: Server, wire: Wire, fault: Answer
) -> None:
    server.answers = [fault, FINE]

    answer = await wire.call("PUT", "/_matrix/client/v3/x", {"body": "hej"})

    assert answer == {"event_id": "$1"}
    assert len(server.asked) == 2


async def test_a_refusal_is_raised_at_once(server: Server, wire: Wire) -> None:
    server.answers = [says(403, '{"errcode": "M_FORBIDDEN", "error": "Not a member"}')]

    with pytest.raises(MatrixRefusal, match="403 M_FORBIDDEN: Not a member") as caught:
        await wire.call("GET", "/_matrix/client/v3/x")

    assert (caught.value.status, caught.value.errcode) == (403, "M_FORBIDDEN")
    assert len(server.asked) == 1


async def test_a_refusal_without_json_is_a_refusal_too(server: Server, wire: Wire) -> None:
    server.answers = [says(413, "<html>Too large</html>")]

    with pytest.raises(MatrixRefusal) as caught:
        await wire.call("PUT", "/_matrix/client/v3/x", {})

    assert (caught.value.status, caught.value.errcode) == (413, "M_UNKNOWN")


@pytest.mark.parametrize(
    "limit",
    [
        says(429, '{"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 50}'),
        says(429, '{"errcode": "M_LIMIT_EXCEEDED"}', **{"Retry-After": "0"}),
        says(429, '{"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": Infinity}'),
    ],
    ids=["body", "header", "no number"],
)
async def test_a_limit_is_waited_out(server: Server, wire: Wire, limit: Answer) -> None:
    server.answers = [limit, FINE]

    assert await wire.call("PUT", "/_matrix/client/v3/x", {}) == {"event_id": "$1"}


async def test_a_limit_longer_than_our_patience_is_told(server: Server, wire: Wire) -> None:
    server.answers = [says(429, '{"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 60000}')]

    with pytest.raises(MatrixRefusal) as caught:
        await wire.call("PUT", "/_matrix/client/v3/x", {}, patience=5)

    assert caught.value.retry_after_ms == 60_000
    assert len(server.asked) == 1


async def test_patience_ends(server: Server, wire: Wire) -> None:
    server.answers = [says(502, "")]

    with pytest.raises(Unreachable, match="status 502"):
        await wire.call("GET", "/_matrix/client/v3/x", patience=1)

    assert 2 <= len(server.asked) <= 6


async def test_an_answer_that_takes_too_long_is_given_up(server: Server, wire: Wire) -> None:
    server.answers = [dawdles]

    with pytest.raises(Unreachable, match="no answer within"):
        await wire.call("GET", "/_matrix/client/v3/x", timeout=0.05, patience=0)


async def test_nobody_listening_is_unreachable() -> None:
    wire = Wire("http://127.0.0.1:1", TOKEN)

    with pytest.raises(Unreachable, match="ClientConnectorError"):
        await wire.call("GET", "/_matrix/client/v3/x", patience=0)

    await wire.close()


async def test_ids_reach_the_server_as_they_were_quoted(server: Server, wire: Wire) -> None:
    server.answers = [FINE]

    await wire.call("GET", f"/_matrix/client/v3/rooms/{quote('!a/b:c')}", query={"via": "ö&x"})

    assert server.asked == ["/_matrix/client/v3/rooms/%21a%2Fb%3Ac?via=%C3%B6%26x"]


async def test_a_rooms_state_is_a_list(server: Server, wire: Wire) -> None:
    server.answers = [says(200, '[{"type": "m.room.name"}]')]

    assert await wire.listing("/_matrix/client/v3/rooms/!x/state") == [{"type": "m.room.name"}]


async def test_the_token_is_never_told(server: Server, wire: Wire) -> None:
    server.answers = [says(502, ""), says(401, '{"errcode": "M_UNKNOWN_TOKEN"}')]

    with capture_logs() as lines, pytest.raises(MatrixRefusal) as caught:
        await wire.call("GET", "/_matrix/client/v3/x")

    assert lines
    assert TOKEN not in f"{lines} {caught.value!r} {wire!r}"


REVOKED = says(401, '{"errcode": "M_UNKNOWN_TOKEN", "error": "Token is not active"}')
CLOSED = says(403, '{"errcode": "M_USER_DEACTIVATED", "error": "This account is closed"}')
EVERYWHERE = tuple(f"/_matrix/client/v3/{path}" for path in ("sync", "createRoom", "keys/upload"))


@pytest.mark.parametrize("last", [REVOKED, CLOSED], ids=["revoked", "closed"])
async def test_nothing_is_asked_any_more_once_the_server_has_done_with_us(
    server: Server, wire: Wire, last: Answer
) -> None:
    server.answers = [last, FINE]

    for path in EVERYWHERE:
        with pytest.raises(LoggedOut):
            await wire.call("POST", path, {})
    with pytest.raises(LoggedOut):
        await wire.ended()

    assert server.asked == [EVERYWHERE[0]]


async def test_a_locked_account_waits(server: Server, wire: Wire) -> None:
    locked = says(401, '{"errcode": "M_USER_LOCKED", "soft_logout": true}')
    server.answers = [locked, locked, FINE]

    assert await wire.call("GET", "/_matrix/client/v3/x") == {"event_id": "$1"}


async def test_while_nothing_answers_one_asks_for_all(server: Server, wire: Wire) -> None:
    server.answers = [says(502, "<html>Bad Gateway</html>")]

    asking = [wire.call("PUT", f"{EVERYWHERE[0]}/{n}", {}, patience=4) for n in range(50)]
    ended = await asyncio.gather(*asking, return_exceptions=True)

    assert all(isinstance(each, Unreachable) and each.away for each in ended)
    assert len(server.asked) <= PLACES + 6


async def test_when_it_is_back_everybody_goes_on_at_once(server: Server, wire: Wire) -> None:
    server.answers = [says(502, "")]
    asking = [
        asyncio.create_task(wire.call("PUT", f"{EVERYWHERE[0]}/{n}", {}, patience=60))
        for n in range(50)
    ]
    await asyncio.wait(asking, timeout=1.2)

    server.answers = [FINE]
    began = asyncio.get_running_loop().time()
    await asyncio.gather(*asking)

    assert asyncio.get_running_loop().time() - began < 3


async def test_a_line_that_was_hung_up_connects_to_nobody_again(server: Server, wire: Wire) -> None:
    server.answers = [FINE]
    await wire.call("GET", "/_matrix/client/v3/x")
    await wire.close()

    with pytest.raises(Unreachable, match="hung up"):
        await wire.call("GET", "/_matrix/client/v3/x")

    assert len(server.asked) == 1


async def test_another_servers_silence_is_not_our_own(server: Server, wire: Wire) -> None:
    server.answers = [says(502, '{"errcode": "M_UNKNOWN", "error": "Failed via any server"}')]

    with pytest.raises(Unreachable) as caught:
        await wire.call("POST", "/_matrix/client/v3/rooms/!x/invite", {}, patience=2)
    server.answers = [FINE]
    await wire.call("PUT", "/_matrix/client/v3/rooms/!x/send/m.room.message/1", {}, patience=0)

    assert not caught.value.away


async def test_a_limit_is_one_line_for_all_who_are_under_it(server: Server, wire: Wire) -> None:
    """Three messages a burst, then one each 0.6 seconds: as a homeserver counts."""
    bucket, refused, times = 3.0, 0, asyncio.get_running_loop().time
    last = times()

    async def counts(_: web.Request) -> web.StreamResponse:
        nonlocal bucket, refused, last
        bucket, last = min(3.0, bucket + (times() - last) / 0.6), times()
        if bucket >= 1:
            bucket -= 1
            return web.json_response({"event_id": "$1"})
        refused += 1
        wait = (1 - bucket) * 600
        return web.json_response(
            {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": wait}, status=429
        )

    server.answers = [counts]
    path = "/_matrix/client/v3/rooms/{}/send/m.room.message/1"
    await asyncio.gather(*(wire.call("PUT", path.format(room), {}) for room in range(12)))

    assert refused <= PLACES + 12 // 4
    assert len(server.asked) == 12 + refused
