"""What is owed of a room's keys: from the first that was missed, to those who are still there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.matrix.keyring import Keyring
from bot.matrix.owed import Owed
from tests.matrix.test_proof import BO, BOT, MALLORY, ROOM, Device, Server
from tests.matrix.test_proof import Line as Way

ADA, BEA = "@ada:there.example", "@bea:there.example"


def key(index: int, room: str = "!room", session: str = "one") -> dict[str, Any]:
    return {"room_id": room, "session_id": session, "session_key": f"from {index}"}


@pytest.mark.asyncio
async def test_the_key_as_it_was_when_first_missed_is_owed() -> None:
    owed = Owed()

    owed.note(key(3), [ADA], [ADA, BEA])
    owed.note(key(4), [ADA, BEA], [ADA, BEA])

    assert owed.keys(ADA) == [key(3)]
    assert owed.keys(BEA) == [key(4)]


@pytest.mark.asyncio
async def test_who_has_left_is_owed_nothing_of_that_room_any_more() -> None:
    owed = Owed()
    owed.note(key(0), [ADA], [ADA, BEA])
    owed.note(key(0, "!other"), [ADA], [ADA])

    owed.note(key(1), [], [BEA])

    assert owed.keys(ADA) == [key(0, "!other")]


@pytest.mark.asyncio
async def test_what_was_given_is_owed_no_more() -> None:
    owed = Owed()
    owed.note(key(0), [ADA], [ADA])

    owed.paid(ADA, key(0))

    assert owed.users() == []


class AwayServer(Server):
    """A homeserver that gets no answer from another one until that is back."""

    away = True

    async def call(  # type: ignore[override]  # a homeserver needs no more to answer
        self, method: str, path: str, body: Mapping[str, Any] | None = None, **_: object
    ) -> dict[str, Any]:
        answer = await super().call(method, path, body)
        if self.away and path.endswith("/keys/query"):
            return {"device_keys": {}, "failures": {BO.partition(":")[2]: {}}}
        return answer


PICKLE_KEY = "a long key that nobody else has"


@pytest.mark.asyncio
async def test_a_bot_that_was_killed_while_somebody_was_away_still_gives_them_the_key(
    tmp_path: Path,
) -> None:
    server = AwayServer()
    bo = await Device(server, BO, "BO").arrives()
    bot = Keyring(BOT, "BOT", tmp_path, PICKLE_KEY, one_time_keys=2)
    await bot.publish(Way(server, BOT))
    said = await bot.encrypt(server, ROOM, [BO], "m.room.message", {"body": "Kallelse"})
    later = await bot.encrypt(server, ROOM, [BO, MALLORY], "m.room.message", {"body": "Nu"})
    bot.close()  # a bot that is killed has nothing else on the disk

    again = Keyring(BOT, "BOT", tmp_path, PICKLE_KEY, one_time_keys=2)
    while_away = await again.make_good(server)
    server.away = False
    again.returned(BO.partition(":")[2])
    left = await again.make_good(server)
    letter = server.letters[BO]["BO"]
    bo.keyring.hear({"to_device": {"events": [
        {"type": "m.room.encrypted", "sender": BOT, "content": letter}
    ]}})  # fmt: skip
    await bo.keyring.reachable(server, [BOT])

    assert (while_away, left) == (True, False)
    assert [read(bo, said), read(bo, later)] == ["Kallelse", "Nu"]
    again.close()
    third = Keyring(BOT, "BOT", tmp_path, PICKLE_KEY, one_time_keys=2)
    assert third._owed.users() == []
    third.close()


def read(device: Device, secret: dict[str, Any]) -> str | None:
    event = {"event_id": f"${secret['ciphertext'][-9:]}", "sender": BOT, "content": secret}
    opened = device.keyring.decrypt(ROOM, {"type": "m.room.encrypted", **event})
    return opened["content"]["body"] if opened else None


@pytest.mark.asyncio
async def test_no_key_that_is_owed_lies_open_on_the_disk(tmp_path: Path) -> None:
    server = AwayServer()
    bot = Keyring(BOT, "BOT", tmp_path, PICKLE_KEY, one_time_keys=2)
    await bot.encrypt(server, ROOM, [BO], "m.room.message", {"body": "Kallelse"})
    (owed,) = bot._owed.keys(BO)
    bot.close()

    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())

    assert BO.encode() in kept
    assert owed["session_key"].encode() not in kept


@pytest.mark.asyncio
async def test_what_has_been_owed_for_more_than_a_day_is_forgotten_also_over_a_restart(
    tmp_path: Path,
) -> None:
    server = AwayServer()
    bot = Keyring(BOT, "BOT", tmp_path, PICKLE_KEY, one_time_keys=2)
    await bot.encrypt(server, ROOM, [BO], "m.room.message", {"body": "Kallelse"})
    bot.machine.database.execute_sql("UPDATE samverkan_owed SET since = since - 86401")
    bot.close()

    again = Keyring(BOT, "BOT", tmp_path, PICKLE_KEY, one_time_keys=2)

    assert again._owed.users() == []
    assert [*again.machine.database.execute_sql("SELECT * FROM samverkan_owed")] == []
    again.close()
