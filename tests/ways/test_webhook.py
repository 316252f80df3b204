"""A webhook to a real web server: signed, once by its key, and what is known of it."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web

from bot.domain.model import DispatchState
from bot.ways.outcome import DELIVERED, NO_ADDRESS, Outcome, failed, later
from bot.ways.webhook import Hook, Webhooks
from config.webhooks import webhook
from tests.ways.conftest import NOW, TEXT, dispatch

SECRET = "between you and me"


@dataclass
class Receiver:
    """What came, and what is answered."""

    url: str = ""
    status: int = 204
    cuts: bool = False
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        """Take it, or break off."""
        self.came.append((dict(request.headers), await request.read()))
        if self.cuts:
            assert request.transport
            request.transport.close()
        return web.Response(status=self.status, headers={"Location": "/elsewhere"})


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    there = Receiver()
    app = web.Application()
    app.router.add_post("/hook", there.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    there.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield there
    await runner.cleanup()


async def posted(url: str | None) -> Outcome:
    hooks = Webhooks(lambda _: Hook(url, SECRET) if url else None, lambda: NOW)
    try:
        return await hooks.carry(dispatch(kind="webhook", address="rosvik-larm"), _begun)
    finally:
        await hooks.close()


async def _begun() -> None:
    await asyncio.sleep(0)


async def test_it_is_json_signed_with_the_time_and_carries_its_key(receiver: Receiver) -> None:
    assert await posted(receiver.url) == DELIVERED

    [(head, body)] = receiver.came
    stamp = head["X-Samverkan-Timestamp"]
    expected = hmac.new(SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert head["X-Samverkan-Signature"] == f"sha256={expected}"
    assert head["Idempotency-Key"] == f"{1:032x}"
    assert stamp == str(int(NOW.timestamp()))
    assert json.loads(body) == {"id": f"{1:032x}", "version": 1, "text": TEXT}


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, DELIVERED),
        (429, later("later")),
        (503, later("later")),
        (404, failed("refused")),
        (302, failed("refused")),
    ],
)
async def test_what_it_answers_is_what_is_known(
    status: int, outcome: Outcome, receiver: Receiver
) -> None:
    receiver.status = status

    assert await posted(receiver.url) == outcome
    assert len(receiver.came) == 1


async def test_cut_off_it_is_unknown_and_goes_again_with_the_same_key(receiver: Receiver) -> None:
    receiver.cuts = True

    assert await posted(receiver.url) == Outcome(DispatchState.UNKNOWN, "cut", again=True)


async def test_nobody_there_and_no_address_are_told_apart(receiver: Receiver) -> None:
    assert await posted(None) == NO_ADDRESS
    assert await posted("http://127.0.0.1:9/hook") == later("unreachable")


def test_the_file_of_webhooks_is_read_each_time_and_what_is_wrong_in_it_is_no_address(
    tmp_path: Path,
) -> None:
    file = tmp_path / "webhooks.yaml"
    assert webhook(file, "larm") is None

    file.write_text("larm: {url: https://larm.example/x, secret: abc}\nbad: {url: nowhere}\n")

    assert webhook(file, "larm") == ("https://larm.example/x", "abc")
    assert webhook(file, "bad") is None
    assert webhook(None, "larm") is None
    file.write_text("larm: [")
    assert webhook(file, "larm") is None


def test_neither_address_nor_secret_is_shown() -> None:
    assert repr(Hook("https://larm.example/token", SECRET)) == "Hook()"
