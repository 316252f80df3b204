from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from bot.matrix.keyring import Keyring
from bot.matrix.letters import NEVER_IN_CLEAR
from bot.matrix.machine import Machine
from bot.matrix.wire import Wire

BO = "@bo:ekviken.example"
ROOM = "!room"


class Scripted(Wire):
    """A line on which each path is answered with what the test wrote."""

    def __init__(self, **answers: dict[str, Any]) -> None:
        super().__init__("http://homeserver.example")
        self.answers = answers
        self.asked: list[tuple[str, Any]] = []

    async def call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, **_: object
    ) -> dict[str, Any]:
        name = path.rsplit("/", 1)[-1]
        self.asked.append((f"{method} {name}", body))
        return self.answers.get(name, {})

    def uploads(self) -> list[dict[str, Any]]:
        return [body for name, body in self.asked if name == "POST upload"]


def device(name: str) -> dict[str, Any]:
    return Machine(BO, name, None, "").device_keys()


def value_of(metric: str) -> float:
    return REGISTRY.get_sample_value(metric) or 0.0


def keyring(keys: int = 8) -> Keyring:
    return Keyring("@samverkan:malarvik.example", "BOT", None, "", one_time_keys=keys)


async def test_a_malformed_device_does_not_hide_its_owners_other_devices() -> None:
    ring = keyring()
    crooked = device("CROOKED")
    crooked["keys"]["curve25519:CROOKED"] = "not a key"
    stolen = device("STOLEN") | {"user_id": "@cia:lindo.example"}
    devices = {
        "FINE": device("FINE"),
        "CROOKED": crooked,
        "STOLEN": stolen,
        "UNSIGNED": device("UNSIGNED") | {"signatures": {}},
        "SHAPELESS": [],
        "BAD-SIGNATURE": device("BAD-SIGNATURE") | {"signatures": {BO: {"ed25519:BAD": "x"}}},
        "EMPTY": {},
    }

    await ring.encrypt(Scripted(query={"device_keys": {BO: devices}}), ROOM, [BO], "m.x", {})

    assert list(ring._directory.devices([BO])) == [(BO, "FINE")]


async def test_anothers_device_with_our_device_id_is_written_to() -> None:
    ring = keyring()

    wire = Scripted(query={"device_keys": {BO: {"BOT": device("BOT")}}})
    await ring.encrypt(wire, ROOM, [BO, "@samverkan:malarvik.example"], "m.x", {})

    assert list(ring._directory.devices([BO])) == [(BO, "BOT")]


async def test_the_first_publishing_gives_device_keys_and_fallback_in_one() -> None:
    wire = Scripted()

    await keyring(keys=3).publish(wire)

    (body,) = wire.uploads()
    assert body["device_keys"]["device_id"] == "BOT"
    assert len(body["one_time_keys"]) == 3
    assert len(body["fallback_keys"]) == 1


@pytest.mark.parametrize(
    ("counts", "uploaded"),
    [
        ({"device_one_time_keys_count": {"signed_curve25519": 0}}, 8),
        ({"device_one_time_keys_count": {}}, 8),
        ({"device_one_time_keys_count": {"signed_curve25519": 4}}, 4),
        ({"device_one_time_keys_count": {"signed_curve25519": 5}}, None),
        ({}, None),
    ],
    ids=["none left", "not counted", "half left", "enough", "unchanged"],
)
async def test_keys_are_refilled_when_half_are_gone(
    counts: dict[str, Any], uploaded: int | None
) -> None:
    ring = keyring(keys=8)
    wire = Scripted(upload={"one_time_key_counts": {"signed_curve25519": 8}})
    await ring.publish(wire)

    ring.hear(counts)
    await ring.publish(wire)

    later = wire.uploads()[1:]
    assert [len(it["one_time_keys"]) for it in later] == ([] if uploaded is None else [uploaded])


@pytest.mark.parametrize(
    "sync",
    [
        {"to_device": {"events": [None, 1, [], {}, {"type": 1}, {"type": "m.room.encrypted"}]}},
        {"to_device": {"events": [{"type": "m.room_key.withheld"}]}},
        {"to_device": {"events": [{"type": "m.room.encrypted", "sender": BO, "content": []}]}},
        {"to_device": [], "device_lists": [], "device_one_time_keys_count": 3},
        {"device_lists": {"changed": [None, {}, BO], "left": 1}},
        {"device_one_time_keys_count": {"signed_curve25519": "many"}},
        {"device_unused_fallback_key_types": "none"},
    ],
)
def test_nothing_in_a_sync_stops_the_hearing(sync: dict[str, Any]) -> None:
    keyring().hear(sync)


@pytest.mark.parametrize("kind", sorted(NEVER_IN_CLEAR))
def test_what_comes_in_clear_and_never_does_is_counted_and_its_sender_named(kind: str) -> None:
    before = value_of("samverkan_letters_rejected_total")

    with capture_logs() as logs:
        keyring().hear({"to_device": {"events": [{"type": kind, "sender": BO, "content": {}}]}})

    assert [(it["event"], it["sender"], it["why"]) for it in logs] == [
        ("letter.rejected", BO, "InClear")
    ]
    assert value_of("samverkan_letters_rejected_total") == before + 1


def test_an_event_that_nobody_can_read_is_counted_and_its_sender_named() -> None:
    before = value_of("samverkan_events_unreadable_total")
    events = [{"session_id": "x"}, {"session_id": []}, {"session_id": "x", "ciphertext": "rubbish"}]

    with capture_logs() as logs:
        for content in events:
            keyring().opened(ROOM, {"event_id": "$e", "sender": BO, "content": content})

    assert {(it["event"], it["sender"], it["event_id"]) for it in logs} == {
        ("event.unreadable", BO, "$e")
    }
    assert value_of("samverkan_events_unreadable_total") == before + 3


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"content": None, "sender": BO},
        {"content": {"session_id": []}, "sender": BO},
        {"content": {"session_id": "x", "ciphertext": 1}, "sender": None},
    ],
)
def test_a_garbled_event_is_no_event(event: dict[str, Any]) -> None:
    assert keyring().decrypt(ROOM, event) is None
