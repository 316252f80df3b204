"""What nio 0.26 does by itself: the defects of docs/NIO.md, each seen, so that we know of a cure.

A test that fails here says that nio has mended something: then our own mending may go.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import vodozemac
from nio import (
    AsyncClient,
    AsyncClientConfig,
    BadEvent,
    ErrorResponse,
    KeysClaimResponse,
    KeysQueryResponse,
    MegolmEvent,
    PowerLevels,
    RoomGetStateEventResponse,
    RoomMessageText,
    SyncResponse,
    WhoamiResponse,
)
from nio.crypto import Olm
from nio.exceptions import EncryptionError, LocalProtocolError

from bot.matrix.machine import MEGOLM, OLM, Machine

ME, STRANGER, ANNA = "@me:here", "@stranger:there", "@anna:here"
ROOM = "!room:here"
HEAD = {"event_id": "$1", "origin_server_ts": 1}


@pytest.fixture
async def bare(tmp_path: Path) -> AsyncIterator[AsyncClient]:
    """Give a client as its documentation makes it, logged in, with keys, never connected."""
    config = AsyncClientConfig(encryption_enabled=True, store_sync_tokens=True)
    client = AsyncClient("http://127.0.0.1:1", ME, store_path=str(tmp_path), config=config)
    client.restore_login(ME, "DEVICE", "token")
    client.olm.account.shared = True
    yield client
    await client.close()
    client.store.database.close()


def sync(**parts: Any) -> SyncResponse:  # noqa: ANN401
    """Read an answer as nio reads it."""
    answer: dict[str, Any] = {
        "next_batch": "s1",
        "device_one_time_keys_count": {"signed_curve25519": 50},
        "rooms": {"join": {}, "invite": {}, "leave": {}},
        "to_device": {"events": []},
        "device_lists": {"changed": [], "left": []},
        "presence": {"events": []},
    }
    return SyncResponse.from_dict(answer | parts)


def joined(*events: dict[str, Any], state: tuple[dict[str, Any], ...] = ()) -> SyncResponse:
    room = {
        "state": {"events": [*state]},
        "timeline": {"events": [*events], "limited": False, "prev_batch": "p"},
        "ephemeral": {"events": []}, "account_data": {"events": []}, "summary": {},
        "unread_notifications": {},
    }  # fmt: skip
    return sync(rooms={"join": {ROOM: room}, "invite": {}, "leave": {}})


def member(who: str, membership: str = "join") -> dict[str, Any]:
    content = {"membership": membership}
    return HEAD | {"type": "m.room.member", "sender": who, "state_key": who, "content": content}


SEALED = HEAD | {
    "type": "m.room.encryption", "sender": ME, "state_key": "", "content": {"algorithm": MEGOLM},
}  # fmt: skip


def letter(bare: AsyncClient, **own: Any) -> SyncResponse:  # noqa: ANN401
    curve = bare.olm.account.identity_keys["curve25519"]
    key = Machine(STRANGER, "D", None, "").curve25519
    content = {"algorithm": OLM, "sender_key": key, "ciphertext": {curve: own}}
    event = {"type": "m.room.encrypted", "sender": STRANGER, "content": content}
    return sync(to_device={"events": [event]})


def restarted(bare: AsyncClient) -> Olm:
    """Open what a process that began now would find."""
    return Olm(ME, "DEVICE", bare.store)


@dataclass(frozen=True)
class First:
    """A stranger's first letter to a device, on a one-time key of it."""

    sender: vodozemac.Curve25519PublicKey
    message: vodozemac.PreKeyMessage
    body: str


def first_letter(device: Olm) -> First:
    """Let a stranger take a one-time key of a device and write to it."""
    device.account.generate_one_time_keys(1)
    (key,) = device.account.one_time_keys["curve25519"].values()
    device.account.mark_keys_as_published()
    device.save_account()
    ours = vodozemac.Curve25519PublicKey.from_base64(device.account.identity_keys["curve25519"])
    stranger = vodozemac.Account()
    session = stranger.create_outbound_session(ours, vodozemac.Curve25519PublicKey.from_base64(key))
    _, raw = session.encrypt(b"{}").to_parts()
    body = base64.b64encode(raw).decode()
    return First(stranger.curve25519_key, vodozemac.PreKeyMessage.from_base64(body), body)


async def test_d1_a_letter_of_rubbish_ends_the_sync(bare: AsyncClient) -> None:
    with pytest.raises(vodozemac.DecodeException):
        await bare.receive_response(letter(bare, type=0, body="rubbish"))


async def test_d1_a_session_on_a_key_we_never_had_ends_the_sync(bare: AsyncClient) -> None:
    ours = vodozemac.Curve25519PublicKey.from_base64(bare.olm.account.identity_keys["curve25519"])
    stranger, nobody = vodozemac.Account(), vodozemac.Account()
    session = stranger.create_outbound_session(ours, nobody.curve25519_key)
    _, body = session.encrypt(b"{}").to_parts()

    with pytest.raises(vodozemac.SessionCreationException):
        await bare.receive_response(letter(bare, type=0, body=base64.b64encode(body).decode()))


def test_d1_a_room_key_of_rubbish_ends_the_sync(bare: AsyncClient) -> None:
    with pytest.raises(vodozemac.SessionKeyDecodeException):
        bare.olm.create_group_session("key", "fp", ROOM, "session", "rubbish")


async def test_d2_a_malformed_device_ends_the_answer(bare: AsyncClient) -> None:
    keys = {"ed25519:D": "rubbish", "curve25519:D": "rubbish"}
    device = {
        "user_id": STRANGER, "device_id": "D", "algorithms": [OLM, MEGOLM], "keys": keys,
        "signatures": {STRANGER: {"ed25519:D": "rubbish"}},
    }  # fmt: skip
    bare.olm.users_for_key_query.add(STRANGER)

    with pytest.raises(vodozemac.KeyException):
        await bare.receive_response(KeysQueryResponse({STRANGER: {"D": device}}, {}))


async def test_d3_no_keys_left_are_taken_for_enough(bare: AsyncClient) -> None:
    await bare.receive_response(sync())

    await bare.receive_response(sync(device_one_time_keys_count={"signed_curve25519": 0}))

    assert bare.olm.uploaded_key_count == 50
    assert not bare.should_upload_keys


async def test_d4_a_one_time_key_that_was_used_is_there_again_after_a_restart(
    bare: AsyncClient,
) -> None:
    first = first_letter(bare.olm)
    bare.olm.decrypt(STRANGER, first.sender.to_base64(), first.message)

    again = restarted(bare)

    assert again.account._account.create_inbound_session(first.sender, first.message)


async def test_d4_in_our_machine_a_used_one_time_key_stays_used_over_a_restart(
    tmp_path: Path,
) -> None:
    machine = Machine(ME, "OURS", tmp_path, "a long key")
    first = first_letter(machine)
    own = {machine.curve25519: {"type": 0, "body": first.body}}
    content = {"sender_key": first.sender.to_base64(), "ciphertext": own}
    machine.open(STRANGER, content)
    machine.close()

    again = Machine(ME, "OURS", tmp_path, "a long key")

    with pytest.raises(vodozemac.SessionCreationException):
        again.account._account.create_inbound_session(first.sender, first.message)
    again.close()


async def test_d5_what_follows_a_handlers_fault_is_lost(bare: AsyncClient) -> None:
    heard: list[str] = []

    async def stumbles(_room: object, event: RoomMessageText) -> None:
        heard.append(event.body)
        raise ValueError("stumbled")

    bare.add_event_callback(stumbles, RoomMessageText)
    text = {"type": "m.room.message", "sender": ANNA, "event_id": "$2", "origin_server_ts": 1}
    says = [text | {"content": {"msgtype": "m.text", "body": body}} for body in ("one", "two")]

    with pytest.raises(ValueError, match="stumbled"):
        await bare.receive_response(joined(*says, state=(member(ME),)))

    assert heard == ["one"]
    assert bare.store.load_sync_token() == "s1"


async def test_d6_to_be_kicked_is_not_noticed(bare: AsyncClient) -> None:
    await bare.receive_response(joined(state=(member(ME),)))
    kick = member(ME, "leave") | {"sender": ANNA}
    left = {ROOM: {"state": {"events": []}, "timeline": {"events": [kick], "limited": False,
                                                         "prev_batch": "p"}}}  # fmt: skip

    await bare.receive_response(
        sync(rooms={"join": {}, "invite": {}, "leave": left}, next_batch="s2")
    )

    assert ROOM in bare.rooms


async def test_d7_a_failed_claim_locks_the_room_for_ever(bare: AsyncClient) -> None:
    await bare.receive_response(joined(state=(member(ME), member(ANNA), SEALED)))
    anna = Machine(ANNA, "D", None, "")
    bare.olm.users_for_key_query.add(ANNA)
    await bare.receive_response(KeysQueryResponse({ANNA: {"D": anna.device_keys()}}, {}))

    async def falls(_: object) -> None:
        raise OSError("fell")

    bare.keys_claim = falls
    with pytest.raises(OSError, match="fell"):
        await bare.share_group_session(ROOM, ignore_unverified_devices=True)

    with pytest.raises(LocalProtocolError, match="Already sharing"):
        await bare.share_group_session(ROOM, ignore_unverified_devices=True)


async def test_d8_a_device_that_has_no_keys_left_is_taken_for_served(bare: AsyncClient) -> None:
    await bare.receive_response(joined(state=(member(ME), member(ANNA), SEALED)))
    anna = Machine(ANNA, "D", None, "")
    bare.olm.users_for_key_query.add(ANNA)
    await bare.receive_response(KeysQueryResponse({ANNA: {"D": anna.device_keys()}}, {}))

    async def none_left(_: object) -> KeysClaimResponse:
        return KeysClaimResponse({}, {})

    bare.keys_claim = none_left
    await bare.share_group_session(ROOM, ignore_unverified_devices=True)

    group = bare.olm.outbound_group_sessions[ROOM]
    assert (ANNA, "D") not in group.users_shared_with
    assert not bare.olm.should_share_group_session(ROOM)


def test_d9_who_is_taken_out_of_the_power_levels_keeps_the_power() -> None:
    levels = PowerLevels(users={ANNA: 50})

    levels.update(PowerLevels(users={}))

    assert levels.users == {ANNA: 50}


async def test_d10_a_permission_that_is_there_is_told_as_an_error(bare: AsyncClient) -> None:
    async def levels(*_: object) -> RoomGetStateEventResponse:
        content = {"users": {ME: 100}, "events": {}}
        return RoomGetStateEventResponse(content, "m.room.power_levels", "", ROOM)

    async def myself() -> WhoamiResponse:
        return WhoamiResponse(ME, "DEVICE", None)

    bare.room_get_state_event, bare.whoami = levels, myself

    assert isinstance(await bare.has_event_permission(ROOM, "m.room.name"), ErrorResponse)


async def test_d12_a_room_where_nothing_happens_is_unknown_after_a_restart(
    bare: AsyncClient,
) -> None:
    bare.next_batch = "s9"
    await bare.receive_response(sync(next_batch="s10"))

    with pytest.raises(LocalProtocolError, match="No such room"):
        await bare.room_send(ROOM, "m.room.message", {"msgtype": "m.text", "body": "x"})


async def test_d13_what_an_answer_leaves_out_is_not_asked_for(bare: AsyncClient) -> None:
    asked: list[str] = []

    async def send(_kind: object, _method: str, path: str, *_: object, **__: object) -> None:
        asked.append(path)

    bare._send = send
    answer = joined(state=(member(ME),))
    answer.rooms.join[ROOM].timeline.limited = True

    await bare.receive_response(answer)

    assert asked == []


async def test_d14_an_event_without_the_old_fields_is_no_event(bare: AsyncClient) -> None:
    content = {"algorithm": MEGOLM, "session_id": "x", "ciphertext": "AwgA"}
    event = HEAD | {"type": "m.room.encrypted", "sender": ANNA, "content": content}

    answer = joined(event)

    (read,) = answer.rooms.join[ROOM].timeline.events
    assert isinstance(read, BadEvent)
    assert not isinstance(read, MegolmEvent)


async def test_d15_a_room_whose_state_it_has_not_seen_is_written_to_in_clear(
    bare: AsyncClient,
) -> None:
    await bare.receive_response(joined(state=(member(ME),)))
    sent: list[str] = []

    async def put(_kind: object, _method: str, path: str, *_: object, **__: object) -> None:
        sent.append(path)

    bare._send = put
    await bare.room_send(ROOM, "m.room.message", {"msgtype": "m.text", "body": "x"}, tx_id="t")

    assert "m.room.message" in sent[0]


async def test_d16_words_on_anothers_key_are_the_senders_for_it(bare: AsyncClient) -> None:
    mallory = Machine(STRANGER, "D", None, "")
    mallory.create_outbound_group_session(ROOM)
    group = mallory.outbound_group_sessions[ROOM]
    bare.olm.create_group_session(
        mallory.curve25519, mallory.ed25519, ROOM, group.id, group.session_key
    )
    group.mark_as_shared()
    words = mallory.seal(group, ROOM, "m.room.message", {"msgtype": "m.text", "body": "Ja"})
    content = {
        "algorithm": MEGOLM, "sender_key": mallory.curve25519, "device_id": "D",
        "session_id": group.id, "ciphertext": words,
    }  # fmt: skip
    relabelled = HEAD | {"type": "m.room.encrypted", "sender": ANNA, "content": content}

    answer = joined(relabelled, state=(member(ME), member(ANNA), SEALED))
    await bare.receive_response(answer)

    (read,) = answer.rooms.join[ROOM].timeline.events
    assert isinstance(read, RoomMessageText)
    assert (read.sender, read.body) == (ANNA, "Ja")


async def test_d17_a_device_with_our_own_id_gets_no_keys(bare: AsyncClient) -> None:
    await bare.receive_response(joined(state=(member(ME), member(ANNA), SEALED)))
    twin = Machine(ANNA, "DEVICE", None, "")
    bare.olm.users_for_key_query.add(ANNA)
    await bare.receive_response(KeysQueryResponse({ANNA: {"DEVICE": twin.device_keys()}}, {}))

    assert [it.user_id for it in bare.device_store.active_user_devices(ANNA)] == [ANNA]
    assert bare.get_missing_sessions(ROOM) == {}


async def test_d18_what_was_said_before_it_came_in_is_heard_as_new(bare: AsyncClient) -> None:
    heard: list[str] = []

    async def hears(_room: object, event: RoomMessageText) -> None:
        heard.append(event.body)

    bare.add_event_callback(hears, RoomMessageText)
    content = {"msgtype": "m.text", "body": "!old"}
    old = HEAD | {"type": "m.room.message", "sender": ANNA, "content": content}

    await bare.receive_response(joined(old, member(ME)))

    assert heard == ["!old"]


async def test_d19_of_two_that_run_on_one_store_one_loses_its_keys(bare: AsyncClient) -> None:
    other = restarted(bare)
    for each in (bare.olm, other):
        each.account.generate_one_time_keys(1)
        each.save_account()

    kept = restarted(bare).account.one_time_keys

    assert kept == other.account.one_time_keys
    assert kept != bare.olm.account.one_time_keys


async def test_d20_the_same_words_in_another_event_are_read_again_after_a_restart(
    bare: AsyncClient,
) -> None:
    anna = Machine(ANNA, "D", None, "")
    anna.create_outbound_group_session(ROOM)
    group = anna.outbound_group_sessions[ROOM]
    bare.olm.create_group_session(anna.curve25519, anna.ed25519, ROOM, group.id, group.session_key)
    group.mark_as_shared()
    words = anna.seal(group, ROOM, "m.room.message", {"msgtype": "m.text", "body": "1"})
    content = {
        "algorithm": MEGOLM, "sender_key": anna.curve25519, "device_id": "D",
        "session_id": group.id, "ciphertext": words,
    }  # fmt: skip
    once, twice = (
        MegolmEvent.from_dict(
            HEAD | {"type": "m.room.encrypted", "sender": ANNA, "content": content, "event_id": it}
        )
        for it in ("$1", "$2")
    )
    for each in (once, twice):
        each.room_id = ROOM
    assert bare.olm.decrypt_megolm_event(once, ROOM).body == "1"
    with pytest.raises(EncryptionError):
        bare.olm.decrypt_megolm_event(twice, ROOM)

    assert restarted(bare).decrypt_megolm_event(twice, ROOM).body == "1"


async def test_d11_a_failing_sync_is_asked_again_at_once(bare: AsyncClient) -> None:
    asked = 0

    async def fails(*_: object, **__: object) -> ErrorResponse:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0)
        return ErrorResponse("unknown error")

    bare.sync = fails
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await bare.sync_forever(timeout=30_000)

    assert asked > 20
