"""All that a play needs around it: homeservers, people, the bot's process; gone afterwards."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    nullcontext,
)
from dataclasses import dataclass
from pathlib import Path

from bot.domain.region import Held
from bot.rehearsal.backstage import Stage
from bot.rehearsal.company import Company
from bot.rehearsal.homeserver import Account, Homeserver
from bot.rehearsal.roster import Roster
from bot.rehearsal.scene import Scene
from bot.rehearsal.script import MAIN, Script
from bot.rehearsal.telling import Telling
from bot.store.engine import Store
from bot.store.migrations import migrate
from bot.store.rosters import import_roster
from config.settings import Settings, load_settings

ENCRYPTED = True  # as the bot does by itself
Between = Callable[[str], AbstractAsyncContextManager[str]]
"""What stands between the bot and its homeserver: from the address to the one the bot is told."""


@dataclass(frozen=True)
class Playhouse:
    """What runs while a play is on."""

    scene: Scene
    servers: Mapping[str, Homeserver]
    settings: Settings
    folder: Path


@asynccontextmanager
async def open_playhouse(
    script: Script, telling: Telling, folder: Path, between: Between = nullcontext
) -> AsyncIterator[Playhouse]:
    """Start all of it in the folder, with the rooms made and everybody in them."""
    async with AsyncExitStack() as stack:
        servers = await _start_servers(script, telling, folder, stack)
        encrypted = ENCRYPTED if script.encrypted is None else script.encrypted
        company = Company(script)
        stack.push_async_callback(company.close)
        roles = sum(1 for _ in Roster(script).roles())
        with telling.waiting("Registering the people of the region") as show:
            bot = await servers[MAIN].register("samverkan", secrets.token_hex(16))
            await company.register(
                servers, encrypted=encrypted, told=lambda done: show(f"{done} of {roles}")
            )
        address = await stack.enter_async_context(between(servers[MAIN].url))
        file = await _write_settings(
            script, servers[MAIN], address, bot, folder, encrypted=encrypted
        )
        settings = load_settings(file)
        await _import_roster(settings, company)
        stage = Stage(file, folder / "bot.log")
        stack.push_async_callback(stage.stop)
        scene = Scene(script, company, stage, bot.user_id, script.start, telling, encrypted)
        await _set(scene, telling)
        yield Playhouse(scene, servers, settings, folder)


async def _start_servers(
    script: Script, telling: Telling, folder: Path, stack: AsyncExitStack
) -> dict[str, Homeserver]:
    """Start the homeservers side by side; they find each other only if there are several."""
    names = (MAIN, *script.homeservers)
    with telling.waiting("Starting the homeserver" if len(names) == 1 else "Starting homeservers"):
        name = None if script.homeservers else f"{script.region.code}.example".lower()
        starting = [
            Homeserver.start(folder / each, name=name, federation=bool(script.homeservers))
            for each in names
        ]
        started = await asyncio.gather(*starting, return_exceptions=True)
        for server in started:
            if isinstance(server, Homeserver):
                stack.push_async_callback(server.stop)
        for server in started:
            if isinstance(server, BaseException):
                raise server
    return {n: s for n, s in zip(names, started, strict=True) if isinstance(s, Homeserver)}


async def _write_settings(  # noqa: PLR0913 - what an operator must know
    script: Script, server: Homeserver, address: str, bot: Account, folder: Path, *, encrypted: bool
) -> Path:
    """Write what the bot is started with, as an operator would."""
    creators = [await server.register(each, secrets.token_hex(16)) for each in ("standby", "glass")]
    password = folder / "password"
    password.touch(mode=0o600)
    password.write_text(bot.password)
    file = folder / "samverkan.yaml"
    wanted = {
        "homeserver": address,
        "user_id": bot.user_id,
        "password_file": str(password),
        "region": str(script.region_file),
        "state_dir": str(folder / "state"),
        "creators": [each.user_id for each in creators],
        "encrypted": encrypted,
    }
    file.write_text(json.dumps(wanted, indent=1))  # JSON is YAML too
    return file


async def _import_roster(settings: Settings, company: Company) -> None:
    """Tell the bot who holds what, before it wakes up."""
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    await migrate(settings.database_url)
    rows = [
        Held(
            function=held.role.function,
            rank=held.role.rank,
            mxid=company.people[held.who].mxid,
            person=company.people[held.who].name,
            starts=held.starts,
            ends=held.ends,
        )
        for held in Roster(company.script).holdings()
        if held.who is not None
    ]
    store = await Store.open(settings.database_url)
    try:
        async with store.begin() as session:
            await import_roster(session, company.script.region, rows, company.script.start)
    finally:
        await store.close()


async def _set(scene: Scene, telling: Telling) -> None:
    """Wake the bot, let it make the rooms, and let everybody in."""
    telling.begins(scene)
    with telling.waiting("Waking the bot"):
        await scene.stage.start(scene.now, armed=False)
    with telling.waiting("Making the rooms"):
        await scene.stage.ask("apply", now=scene.now.isoformat())
    with telling.waiting("Everybody goes to their rooms"):
        await scene.gather()
        await scene.stage.ask("arm")
