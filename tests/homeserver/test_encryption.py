from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from nio.crypto import SessionStore

from bot.matrix.keyring import Keyring
from bot.matrix.letters import REJECTED
from bot.matrix.wire import quote
from tests.homeserver.conftest import CLIENT, Arrives, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_two_people_read_each_other_in_an_encrypted_room(arrives: Arrives) -> None:
    anna, bo = await arrives("anna"), await arrives("bo")
    room = await anna.opens_room()
    await anna.invites(room, bo)

    await anna.says(room, [anna, bo], "Hej Bo")
    to_bo = await bo.reads(room)
    await bo.says(room, [anna, bo], "Hej Anna")
    to_anna = await anna.reads(room)

    assert to_bo == ["Hej Bo"]
    assert to_anna == ["Hej Bo", "Hej Anna"]


async def test_a_third_who_joins_later_reads_what_follows(arrives: Arrives) -> None:
    anna, bo, cia = await arrives("anna"), await arrives("bo"), await arrives("cia")
    room = await anna.opens_room()
    await anna.invites(room, bo)
    await anna.says(room, [anna, bo], "Före")
    await anna.invites(room, cia)

    await anna.says(room, [anna, bo, cia], "Efter")

    assert await cia.reads(room) == [None, "Efter"]
    assert await bo.reads(room) == ["Före", "Efter"]


async def test_who_has_left_gets_no_more_keys(arrives: Arrives) -> None:
    anna, bo = await arrives("anna"), await arrives("bo")
    room = await anna.opens_room()
    await anna.invites(room, bo)
    before = await anna.keyring.encrypt(anna.wire, room, _ids(anna, bo), "m.room.message", {})

    after = await anna.keyring.encrypt(anna.wire, room, _ids(anna), "m.room.message", {})

    assert before["session_id"] != after["session_id"]


async def test_what_is_said_after_somebody_left_is_closed_to_them_and_open_to_the_rest(
    arrives: Arrives,
) -> None:
    anna, bo, cia = await arrives("anna"), await arrives("bo"), await arrives("cia")
    room = await anna.opens_room()
    await anna.invites(room, bo)
    await anna.invites(room, cia)
    await anna.says(room, [anna, bo, cia], "Alla")
    both = [await bo.reads(room), await cia.reads(room)]
    await cia.wire.call("POST", f"{CLIENT}/rooms/{quote(room)}/leave", {})

    said = await anna.says(room, [anna, bo], "Bara vi")
    path = f"{CLIENT}/rooms/{quote(room)}/event/{quote(said)}"
    taken = await bo.wire.call("GET", path)
    await cia.syncs()

    assert both == [["Alla"], ["Alla"]]
    assert await bo.reads(room) == ["Bara vi"]
    assert cia.keyring.decrypt(room, taken) is None


@pytest.mark.parametrize(("visibility", "handed_on"), [("shared", True), ("joined", False)])
async def test_a_key_may_be_handed_on_where_the_room_shows_its_history(
    arrives: Arrives, monkeypatch: pytest.MonkeyPatch, visibility: str, *, handed_on: bool
) -> None:
    anna, bo = await arrives("anna"), await arrives("bo")
    room = await anna.opens_room()
    await anna.invites(room, bo)
    path = f"{CLIENT}/rooms/{quote(room)}/state/m.room.history_visibility"
    given: list[dict[str, Any]] = []
    seal = anna.keyring._machine.letter

    def watched(device: Any, kind: str, content: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401
        given.append(content)
        return seal(device, kind, content)

    monkeypatch.setattr(anna.keyring._machine, "letter", watched)
    await anna.says(room, [anna, bo], "Före")

    await anna.wire.call("PUT", path, {"history_visibility": visibility})
    await anna.syncs()
    await anna.says(room, [anna, bo], "Efter")

    assert len(given) == 2
    assert given[1].get("shared_history", False) is handed_on


async def test_a_device_opened_from_its_store_still_reads(arrives: Arrives, tmp_path: Path) -> None:
    anna, bo = await arrives("anna"), await arrives("bo", tmp_path)
    room = await anna.opens_room()
    await anna.invites(room, bo)
    before = await anna.says(room, [anna, bo], "Före omstarten")
    await bo.syncs()

    bo.keyring.close()
    bo.keyring = Keyring(bo.user_id, bo.account.device_id, tmp_path, "a long key")
    await anna.says(room, [anna, bo], "Efter omstarten")
    heard = await bo.reads(room)
    path = f"{CLIENT}/rooms/{quote(room)}/event/{quote(before)}"
    old = bo.keyring.decrypt(room, await bo.wire.call("GET", path))
    await bo.says(room, [anna, bo], "Jag är tillbaka")

    assert heard == ["Efter omstarten"]
    assert old is not None
    assert old["content"]["body"] == "Före omstarten"
    assert (await anna.reads(room))[-1] == "Jag är tillbaka"


async def test_one_time_keys_that_were_all_taken_are_refilled(arrives: Arrives) -> None:
    anna, bo = await arrives("anna", keys=4), await arrives("bo")
    claim = {"one_time_keys": {anna.user_id: {anna.account.device_id: "signed_curve25519"}}}
    taken = [await bo.wire.call("POST", f"{CLIENT}/keys/claim", claim) for _ in range(5)]
    keys = [_claimed(it) for it in taken]
    empty = await anna.syncs()

    full = await anna.syncs()

    assert empty["device_one_time_keys_count"]["signed_curve25519"] == 0
    assert [key.get("fallback", False) for key in keys] == [False] * 4 + [True]
    assert full["device_one_time_keys_count"]["signed_curve25519"] == 4


async def test_when_only_the_fallback_key_is_left_people_can_still_be_reached(
    arrives: Arrives,
) -> None:
    anna, bo = await arrives("anna", keys=2), await arrives("bo")
    claim = {"one_time_keys": {anna.user_id: {anna.account.device_id: "signed_curve25519"}}}
    for _ in range(3):
        await bo.wire.call("POST", f"{CLIENT}/keys/claim", claim)
    room = await bo.opens_room()
    await bo.invites(room, anna)

    await bo.says(room, [anna, bo], "På reservnyckeln")

    assert await anna.reads(room) == ["På reservnyckeln"]


async def test_rubbish_from_a_stranger_does_not_stop_the_keys_of_others(arrives: Arrives) -> None:
    anna, bo, stranger = await arrives("anna"), await arrives("bo"), await arrives("stranger")
    room = await anna.opens_room()
    await anna.invites(room, bo)
    await bo.syncs()
    before = REJECTED._value.get()
    for number, content in enumerate(_rubbish(bo)):
        path = f"{CLIENT}/sendToDevice/m.room.encrypted/{number}"
        messages = {bo.user_id: {bo.account.device_id: content}}
        await stranger.wire.call("PUT", path, {"messages": messages})

    await anna.says(room, [anna, bo], "Trots allt")

    assert (await bo.reads(room))[-1] == "Trots allt"
    assert REJECTED._value.get() - before == len(_rubbish(bo))


async def test_words_put_in_anothers_mouth_are_not_believed(arrives: Arrives) -> None:
    anna, bo, mallory = await arrives("anna"), await arrives("bo"), await arrives("mallory")
    room = await anna.opens_room()
    await anna.invites(room, bo)
    await anna.invites(room, mallory)
    await anna.says(room, [anna, bo, mallory], "Hej")
    await mallory.says(room, [anna, bo, mallory], "Ja")
    await bo.reads(room)
    event = {
        "event_id": "$forged",
        "sender": anna.user_id,
        "type": "m.room.encrypted",
        "origin_server_ts": 1,
        "content": await mallory.keyring.encrypt(
            mallory.wire, room, _ids(anna, bo, mallory), "m.room.message", {"body": "Ja"}
        ),
    }

    assert bo.keyring.decrypt(room, event | {"sender": mallory.user_id}) is not None
    assert bo.keyring.decrypt(room, event) is None


async def test_what_an_answer_relates_to_stays_in_the_clear(arrives: Arrives) -> None:
    anna = await arrives("anna")
    room = await anna.opens_room()
    relation = {"rel_type": "m.reference", "event_id": "$poll"}

    content = await anna.keyring.encrypt(
        anna.wire,
        room,
        [anna.user_id],
        "org.matrix.msc3381.poll.response",
        {"m.relates_to": relation},
    )

    assert content["m.relates_to"] == relation


async def test_a_device_out_of_keys_is_reached_by_a_later_message(arrives: Arrives) -> None:
    anna, bo = await arrives("anna"), await arrives("bo", keys=0, fallback=False)
    room = await anna.opens_room()
    await anna.invites(room, bo)
    await anna.says(room, [anna, bo], "Når inte fram")

    bo.keyring._supply._wanted = 4
    await bo.syncs()
    await anna.says(room, [anna, bo], "Når fram")

    assert (await bo.reads(room))[-1] == "Når fram"


async def test_who_lost_their_sessions_is_met_anew(arrives: Arrives) -> None:
    anna, bo = await arrives("anna"), await arrives("bo")
    room = await anna.opens_room()
    await anna.invites(room, bo)
    await anna.says(room, [anna, bo], "Före")
    await bo.reads(room)
    await bo.says(room, [anna, bo], "Svar")
    await anna.reads(room)
    bo.keyring._machine.session_store = SessionStore()
    anna.keyring.forget_room(room)

    await anna.says(room, [anna, bo], "Förlorat")
    lost = await bo.reads(room)
    await anna.syncs()
    await anna.says(room, [anna, bo], "Hörs igen")

    assert lost[-1] is None
    assert (await bo.reads(room))[-1] == "Hörs igen"


async def test_many_messages_at_once_share_one_key(arrives: Arrives) -> None:
    anna, bo = await arrives("anna"), await arrives("bo")
    room = await anna.opens_room()
    await anna.invites(room, bo)

    await asyncio.gather(*(anna.says(room, [anna, bo], f"Nr {it}") for it in range(8)))

    assert sorted(str(it) for it in await bo.reads(room)) == [f"Nr {it}" for it in range(8)]


def _ids(*people: Person) -> list[str]:
    return [it.user_id for it in people]


def _claimed(answer: dict[str, Any]) -> dict[str, Any]:
    (devices,) = answer["one_time_keys"].values()
    (keys,) = devices.values()
    (key,) = keys.values()
    return dict(key)


def _rubbish(person: Person) -> list[dict[str, Any]]:
    own = person.keyring._machine.curve25519
    letter = {"algorithm": "m.olm.v1.curve25519-aes-sha2", "sender_key": "A" * 43}
    bodies = ({"type": 0, "body": "AAAA"}, {"type": 1, "body": "!"}, {"type": 0}, {"type": 1})
    return [
        {},
        {"ciphertext": [], "sender_key": 1},
        *(letter | {"ciphertext": {own: body}} for body in bodies),
    ]
