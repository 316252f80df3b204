"""Sync answers as no honest server gives them: whole ones, with pieces replaced by rubbish.

The rubbish keeps to the places that matter, so that most answers get deep into the reading.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from hypothesis import strategies as st

ME = "@samverkan:here"
ROOM = "!vsk"
POLL = "org.matrix.msc3381.poll"
HUGE = 64 * 1024  # bytes; no event is longer, says the specification
Json = dict[str, Any]

UNICODE = (
    *("\u202egnp.exe", "\u2066\u2067\u2069", "\u200b\u200d\ufeff", "\u0000", "\ud800", "\udfff"),
    *("e\u0301" * 40, "\U0001f468\u200d\U0001f692", "\u1160\u3164", "\x1b[31m", "\r\n\t", "%s{}{{"),
    *("A" * HUGE, "\u0e49" * (HUGE // 3), "\U000e0041" * (HUGE // 4), "| a | b |\n|---|---|"),
)
RUBBISH: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 2**63, 10**30, 1e308, "", "x", [], {}, [[]], [None], {"": ""}),
    *({"a": {"b": {"c": []}}}, ["m.room.message"], {"algorithm": 1}, "@", "!", "$", "#:", ":"),
    *("m.room.member", "m.room.encrypted", "org.matrix.msc3381.poll.end", ME, ROOM, *UNICODE),
)
HEAD = {"event_id": "$1", "sender": "@a:there", "origin_server_ts": 1_700_000_000_000}
MENTION = {"user_ids": [ME], "room": True}
FILE = {
    "url": "mxc://here/a", "v": "v2", "iv": "AAAA", "hashes": {"sha256": "x"},
    "key": {"kty": "oct", "k": "x", "alg": "A256CTR", "key_ops": ["encrypt"], "ext": True},
}  # fmt: skip


def _message(**content: Any) -> Json:  # noqa: ANN401
    return HEAD | {"type": "m.room.message", "content": {"msgtype": "m.text", **content}}


def _state(kind: str, key: str, **content: Any) -> Json:  # noqa: ANN401
    return HEAD | {"type": kind, "state_key": key, "content": content, "unsigned": {"age": 1}}


def _related(kind: str, **content: Any) -> Json:  # noqa: ANN401
    relation = {"rel_type": "m.reference", "event_id": "$poll", "key": "✅"}
    return HEAD | {"type": kind, "content": {"m.relates_to": relation, **content}}


EVENTS: tuple[Json, ...] = (
    _message(body="!hjälp", **{"m.mentions": MENTION, "format": "org.matrix.custom.html"}),
    _message(body="> <@a:b> x\n\n2", **{"m.relates_to": {"m.in_reply_to": {"event_id": "$poll"}}}),
    _message(body="* ny", **{"m.relates_to": {"rel_type": "m.replace", "event_id": "$1"}}),
    _message(body="!vem", **{"m.relates_to": {"rel_type": "m.thread", "event_id": "$1"}}),
    _message(
        body="/a",
        **{"org.matrix.msc4391.command": {"command": "who", "arguments": {"forum": ["VSK"]}}},
    ),
    _message(body="p.pdf", filename="p.pdf", file=FILE, info={"size": 1, "thumbnail_file": FILE}),
    _related("m.reaction"),
    _related(f"{POLL}.response", **{f"{POLL}.response": {"answers": ["1"]}}),
    _related("m.poll.response", **{"m.selections": ["1"]}),
    _related(f"{POLL}.end", **{f"{POLL}.end": {}}),
    HEAD
    | {
        "type": "org.matrix.msc3381.poll.start",
        "content": {"org.matrix.msc3381.poll.start": {"question": {}, "answers": [{"id": "1"}]}},
    },
    HEAD | {"type": "m.room.redaction", "redacts": "$poll", "content": {"redacts": "$poll"}},
    HEAD | {"type": "m.room.message", "content": {}, "unsigned": {"redacted_because": HEAD}},
    _state("m.room.member", "@a:there", membership="join", displayname="A", avatar_url="mxc://a"),
    _state("m.room.member", ME, membership="join", displayname="A"),
    _state("m.room.encryption", "", algorithm="m.megolm.v1.aes-sha2"),
    _state("m.room.power_levels", "", users={"@a:there": 100}, events={"m.room.name": 0}),
    _state("m.room.tombstone", "", body="x", replacement_room="!new"),
    _state("m.room.name", "", name="VSK"),
    _state("m.room.topic", "", topic="x"),
    _state("m.room.create", "", room_version="12", predecessor={"room_id": "!old"}),
    HEAD
    | {
        "type": "m.room.encrypted",
        "content": {
            "algorithm": "m.megolm.v1.aes-sha2", "session_id": "x", "ciphertext": "AwgA",
            "sender_key": "x", "device_id": "D", "m.relates_to": {"event_id": "$poll"},
        },
    },
)  # fmt: skip
TO_DEVICE: tuple[Json, ...] = (
    {
        "type": "m.room.encrypted", "sender": "@a:there",
        "content": {
            "algorithm": "m.olm.v1.curve25519-aes-sha2", "sender_key": "x",
            "ciphertext": {"KEY": {"type": 0, "body": "AwogT"}},
        },
    },
    {
        "type": "m.room_key.withheld", "sender": "@a:there",
        "content": {"room_id": ROOM, "session_id": "x", "code": "m.unverified", "sender_key": "x"},
    },
    {
        "type": "m.room_key_request", "sender": "@a:there",
        "content": {"action": "request", "requesting_device_id": "D", "request_id": "1"},
    },
    {"type": "m.room_key", "sender": "@a:there", "content": {"room_id": ROOM, "session_key": "x"}},
    {"type": "m.dummy", "sender": "@a:there", "content": {}},
)  # fmt: skip


def paths(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401
    """List every place in a value, the outermost first."""
    yield here
    inside = dict(enumerate(value)) if isinstance(value, list) else value
    for key, its in inside.items() if isinstance(inside, Mapping) else ():
        yield from paths(its, (*here, key))


def spoiled(value: Json, changes: list[tuple[int, Any]]) -> Any:  # noqa: ANN401
    """Put rubbish in some of a value's places; each is counted from the first, and around."""
    whole = {"it": copy.deepcopy(value)}
    for number, rubbish in changes:
        places = list(paths(whole["it"], ("it",)))
        *above, last = places[number % len(places)]
        inner: Any = whole
        for key in above:
            inner = inner[key]
        inner[last] = copy.deepcopy(rubbish)
    return whole["it"]


def _changes(dice: Random) -> list[tuple[int, Any]]:
    return [(dice.randrange(40), dice.choice(RUBBISH)) for _ in range(dice.randrange(4))]


def answer(
    place: int, events: list[Any], letters: list[Any], after: Json, changes: list[tuple[int, Any]]
) -> Json:
    """Make an answer with those events in one of its places, a good one after them, then spoil.

    What is spoiled last leaves the good event's own room alone.
    """
    timeline = {"timeline": {"events": events, "limited": False, "prev_batch": "p"}}
    state = {"state": {"events": events}, "timeline": {"events": []}}
    invite = {"invite_state": {"events": events}}
    knock = {"knock_state": {"events": events}}
    rooms = (
        *({"join": {"!a": timeline}}, {"join": {"!a": state}}, {"leave": {"!a": timeline}}),
        *({"invite": {"!a": invite}}, {"knock": {"!a": knock}}),
    )
    sync: Any = {
        "next_batch": "s1",
        "to_device": {"events": letters},
        "device_lists": {"changed": ["@a:there"], "left": ["@b:there"]},
        "device_one_time_keys_count": {"signed_curve25519": 50},
        "device_unused_fallback_key_types": ["signed_curve25519"],
        "account_data": {"events": [{"type": "m.direct", "content": {"@a:there": ["!a"]}}]},
        "rooms": rooms[place % len(rooms)],
    }
    sync = spoiled(sync, changes)
    if not isinstance(sync, dict):
        sync = {"next_batch": "s1"}
    if not isinstance(sync.get("rooms"), dict):
        sync["rooms"] = {}
    joined = sync["rooms"].get("join")
    joined = joined if isinstance(joined, dict) else {}
    sync["rooms"]["join"] = {**joined, ROOM: {"timeline": {"events": [*events, after]}}}
    return dict(sync)


AFTER = HEAD | {
    "event_id": "$good",
    "sender": "@good:here",
    "type": "m.room.message",
    "content": {"msgtype": "m.text", "body": "!hjälp"},
}


def thrown(number: int) -> Json:
    """Make the answer of that number."""
    dice = Random(number)  # noqa: S311 - dice
    events = [spoiled(dice.choice(EVENTS), _changes(dice)) for _ in range(dice.randrange(3))]
    letters = [spoiled(dice.choice(TO_DEVICE), _changes(dice)) for _ in range(dice.randrange(2))]
    return answer(dice.randrange(5), events, letters, AFTER, _changes(dice))


SYNC = st.integers(0, 2**64 - 1).map(thrown)
"""One number drawn for each: ten times as fast as a draw for each piece."""
