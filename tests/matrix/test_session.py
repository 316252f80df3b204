"""What a homeserver says of a kept token, and what is made of it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from bot.matrix.session import NoSession, Session, open_session

ME, DEVICE = "@samverkan:here.example", "SAMVERKANONE"


@dataclass
class Door:
    """A homeserver that will not have the token, and lets in who has the password."""

    said: dict[str, Any] = field(default_factory=dict)
    status: int = 401
    logins: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    async def whoami(self, _: web.Request) -> web.Response:
        return web.json_response(self.said, status=self.status)

    async def login(self, request: web.Request) -> web.Response:
        self.logins.append(await request.json())
        device = self.logins[-1]["device_id"]
        return web.json_response({"user_id": ME, "device_id": device, "access_token": "new"})


@pytest_asyncio.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    there = Door()
    app = web.Application()
    app.router.add_get("/_matrix/client/v3/account/whoami", there.whoami)
    app.router.add_post("/_matrix/client/v3/login", there.login)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    there.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    kept = Session(there.url, ME, DEVICE, "old")
    (tmp_path / "session.json").write_text(json.dumps(asdict(kept)))
    yield there
    await runner.cleanup()


async def test_a_token_that_has_run_out_is_renewed_on_the_same_device(
    door: Door, tmp_path: Path
) -> None:
    door.said = {"errcode": "M_UNKNOWN_TOKEN", "soft_logout": True}

    session = await open_session(door.url, ME, tmp_path, "hemligt")

    assert (session.device_id, session.access_token) == (DEVICE, "new")
    assert len(door.logins) == 1


@pytest.mark.parametrize(
    ("status", "said", "reason"),
    [
        (401, {"errcode": "M_UNKNOWN_TOKEN"}, "token-revoked"),
        (403, {"errcode": "M_USER_DEACTIVATED"}, "deactivated"),
    ],
)
async def test_a_device_that_is_gone_is_not_made_anew_by_itself(
    door: Door, tmp_path: Path, status: int, said: dict[str, Any], reason: str
) -> None:
    door.status, door.said = status, said

    with pytest.raises(NoSession) as none:
        await open_session(door.url, ME, tmp_path, "hemligt")

    assert (none.value.reason, door.logins) == (reason, [])
