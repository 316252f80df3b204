"""The rooms of activated mode say on a real homeserver whether they rest or are awake (R18)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import Incident, IncidentState
from bot.domain.rooms import RoomSettings, WantedRoom, topics, wanted_rooms
from bot.matrix.awakenings import Awakenings
from bot.matrix.rooms import Builder
from bot.matrix.wire import Wire, quote
from bot.rehearsal.homeserver import Homeserver
from bot.store import incidents, rooms
from bot.store.engine import Store
from bot.store.migrations import migrate
from bot.text.phrasebook import Phrasebook
from config.region import load_region

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOUSE = Path(__file__).parents[2]
NOW = datetime(2026, 11, 3, 15, 12, tzinfo=UTC)
KEYS = {"space", "level:verkstallande", "forum:ASK"}


async def test_a_room_at_rest_wakes_with_the_incidents_number_and_rests_again(
    homeserver: Homeserver, tmp_path: Path
) -> None:
    bot = await homeserver.register(f"wakes-{secrets.token_hex(4)}", "hemligt")
    url = f"sqlite:///{tmp_path / 'bot.db'}"
    await migrate(url)
    store, wire = await Store.open(url), Wire(homeserver.url, bot.access_token)
    region = load_region(HOUSE / "config/example/malarvik.yaml", date(2026, 10, 12))
    words = Phrasebook([HOUSE / "config/text"], region)
    settings = RoomSettings(bot.user_id, encrypted=False, namespace=secrets.token_hex(4))

    def say(name: str, facts: Mapping[str, Any]) -> str:
        return words.line(name, facts, "sv", now=NOW)

    async def wanted(session: AsyncSession) -> Sequence[WantedRoom]:
        return wanted_rooms(region, settings, say, (), await incidents.awake(session))

    builder = Builder(wire, store, wanted)
    await builder.apply(NOW, only=KEYS)
    async with store.read() as session:
        room = await rooms.by_key(session, "forum:ASK")
    assert room

    async def topic() -> str:
        path = f"/_matrix/client/v3/rooms/{quote(room.room_id)}/state/m.room.topic/"
        return str((await wire.call("GET", path))["topic"])

    awakenings = Awakenings(wire, store, partial(topics, region, say))
    await awakenings.once()
    at_rest = await topic()

    incident = Incident(
        id="H-2026-031", text="Bussbrand", state=IncidentState.ACTIVATED, asked_at=NOW,
        asked_by="@vtl:x", asked_as="vag.VTL", asked_in="forum:LC", activated_at=NOW,
    )  # fmt: skip
    async with store.begin() as session:
        session.add(incident)
    await awakenings.once()
    awake = await topic()
    differs = (await builder.look(only={"forum:ASK"})).steps

    async with store.begin() as session:
        kept = await incidents.by_id(session, "H-2026-031")
        assert kept
        kept.state = IncidentState.ENDED
    await Awakenings(wire, store, partial(topics, region, say)).once()

    assert "Vilar: används i aktiverat läge." in at_rest
    assert "Aktiverat: H-2026-031." in awake
    assert differs == ()
    assert await topic() == at_rest
    await wire.close()
    await store.close()
