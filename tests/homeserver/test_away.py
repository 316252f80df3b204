"""A homeserver that answers nothing, one that limits, and one that has done with the bot."""

from __future__ import annotations

import asyncio
import json
import secrets
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from bot.app import open_house
from bot.domain.model import Letter
from bot.domain.region import Held
from bot.house import House, Watch
from bot.matrix.courier import Delivery
from bot.matrix.wire import Wire
from bot.rehearsal.homeserver import Account, Homeserver
from bot.store import letters
from bot.store.rosters import import_roster
from config.settings import load_settings
from tests.homeserver.between import Between, between
from tests.homeserver.conftest import CLIENT
from tests.homeserver.folder import settings_file
from tests.homeserver.test_run import started

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]

MINUTE = 60.0
MOST_IN_A_MINUTE = 14
BACK = 25.0  # seconds from the server's return until all has gone out; 20 of them unnoticed
ON_ITS_WAY = 1.0  # second: what is under way when the bot is told cannot be called back
PLACES = ("forum:WEEK", "forum:TOP")
PEOPLE = 12


@dataclass
class Scene:
    """A house that runs behind a proxy, with people who have nothing yet."""

    proxy: Between
    house: House
    people: list[Account]
    delivered: list[Delivery] = field(default_factory=list)

    async def writes(self, number: int) -> None:
        """Lay a letter in for each room and each person."""
        house = self.house
        direct = [f"direct:{each.user_id}" for each in self.people]
        content = {"plain": f"word {number}", "html": "", "mention": [], "call": True}
        async with house.store.begin() as session:
            await letters.write(session, [
                Letter(
                    id=secrets.token_hex(8), place=place, kind="message", content=content,
                    written_at=house.clock.now(),
                )
                for place in (*PLACES, *direct)
            ])  # fmt: skip
        house.courier.wake()

    async def called_to_duty(self) -> None:
        """Give everybody a post, so that the rooms must ask them in."""
        rows = [
            Held("bb.BOSS", 1, each.user_id, f"Person {n}", self.house.clock.now(), None)
            for n, each in enumerate(self.people[:1])
        ]
        async with self.house.store.begin() as session:
            await import_roster(session, self.house.region, rows, self.house.clock.now())
        self.house.reconciler.wake()

    async def all_delivered(self, count: int) -> None:
        while len(self.words()) < count:  # noqa: ASYNC110 - nobody tells us
            await asyncio.sleep(0.05)

    def words(self, place: str | None = None) -> list[str]:
        """Give what was said of our letters, in the order it arrived."""
        letters_ = [it.letter for it in self.delivered if place in {None, it.letter.place}]
        return [it.content["plain"] for it in letters_ if it.content["plain"][:4] == "word"]


@pytest_asyncio.fixture(loop_scope="session")
async def scene(homeserver: Homeserver, tmp_path: Path) -> AsyncIterator[Scene]:
    bot = await homeserver.register(f"bot-{secrets.token_hex(4)}", "ett hemligt ord")
    people = [
        await homeserver.register(f"per-{secrets.token_hex(4)}", "hemligt") for _ in range(PEOPLE)
    ]
    file = settings_file(tmp_path, homeserver, bot)
    delivered: list[Delivery] = []
    async with between(homeserver.url) as proxy:
        file.write_text(file.read_text().replace(homeserver.url, proxy.url))
        async with open_house(load_settings(file), watch=Watch(delivered.append)) as house:
            await house.builder.apply(house.clock.now())
            running = asyncio.create_task(house.run())
            await house.line.caught_up.wait()
            yield Scene(proxy, house, people, delivered)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def test_a_minute_of_bad_gateways_is_no_storm_and_everything_goes_on_after_it(
    scene: Scene,
) -> None:
    await scene.writes(1)
    await scene.all_delivered(len(PLACES) + PEOPLE)

    scene.proxy.always = "page with 502"
    began = asyncio.get_running_loop().time()
    await scene.writes(2)
    await scene.called_to_duty()
    await asyncio.sleep(MINUTE / 2)
    await scene.writes(3)
    await asyncio.sleep(MINUTE / 2)
    asked = scene.proxy.since(began)
    scene.proxy.always = None
    async with asyncio.timeout(BACK):
        await scene.all_delivered(3 * (len(PLACES) + PEOPLE))

    assert 3 <= len(asked) <= MOST_IN_A_MINUTE, [(it.at - began, it.path) for it in asked]
    for place in (*PLACES, *(f"direct:{each.user_id}" for each in scene.people)):
        assert scene.words(place) == ["word 1", "word 2", "word 3"]


async def test_a_revoked_token_ends_the_process_which_asks_nothing_more(
    homeserver: Homeserver, tmp_path: Path
) -> None:
    bot = await homeserver.register(f"bot-{secrets.token_hex(4)}", "ett hemligt ord")
    file = settings_file(tmp_path, homeserver, bot)
    port = _free_port()
    async with between(homeserver.url, seed=1, one_in=5) as proxy:
        text = file.read_text().replace(homeserver.url, proxy.url)
        file.write_text(f"{text}metrics_port: {port}\n")
        process = await started(file)
        session = tmp_path / "data" / "session.json"
        while not (session.exists() and any("sync" in it.path for it in proxy.asked)):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        proxy.one_in, proxy.always = 0, "502"
        metrics = await _metrics(port, "samverkan_homeserver_faults_total{")
        proxy.always = None
        theirs = Wire(homeserver.url, json.loads(session.read_text())["access_token"])
        await theirs.call("POST", f"{CLIENT}/logout", {})
        await theirs.close()
        _, log = await process.communicate()
        told = min(it.answered for it in proxy.asked if it.status == 401)

    said = log.decode().splitlines()
    assert process.returncode == 3
    assert said[-2].startswith("The homeserver has logged the bot out (401 M_UNKNOWN_TOKEN")
    assert said[-1].startswith("Next: SAMVERKAN_PASSWORD_FILE=FILE samverkan renew-device")
    assert "ett hemligt ord" not in log.decode()
    assert "samverkan_homeserver_retries_total" in metrics
    assert "samverkan_homeserver_limited_total" in metrics
    assert not proxy.since(told + ON_ITS_WAY)


async def _metrics(port: int, what: str) -> str:
    """Ask the bot for its metrics as Prometheus does, until they have that."""
    async with aiohttp.ClientSession() as http:
        while True:
            async with http.get(f"http://127.0.0.1:{port}/metrics") as told:
                text = await told.text()
            if what in text:
                return text
            await asyncio.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])
