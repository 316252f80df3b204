"""What two plays of the same scenario must have in common: the rooms, the words, the record."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
EVENT = re.compile(r"\$[A-Za-z0-9_-]{43}|![A-Za-z0-9_-]{43}")
RECORD = {
    "agreement": (), "concerned": (), "position": ("id",), "meeting": (), "summons": (),
    "call": ("id",), "callstep": ("id", "call"), "carryback": (), "action": (),
    "holding": ("id",), "logentry": ("position", "previous", "hash"),
}  # fmt: skip
"""The tables of the record, and what in them only numbers the rows or chains them."""


def rooms(play: Row) -> dict[str, list[str]]:
    """Give every room with its messages, in order, as they stand at the end.

    But for the register: it is posted while people are on their way in, and whose device is there
    in time to be given its key is chance. `letters` has it.
    """
    names = {it["room_id"]: it["forum"] or it["person"] or it["name"] for it in play["rooms"]}
    said: dict[str, list[str]] = {name: [] for name in names.values()}
    for message in play["messages"]:
        if (message["subject"], message["versions"][0]["plain"][:9]) == (None, "Register:"):
            continue
        said[names[message["room"]]].append(_message(message))
    return {name: them for name, them in said.items() if them}


def record(tables: Mapping[str, Sequence[Row]]) -> dict[str, list[str]]:
    """Give the rows of the record, without what is drawn by lot."""
    return {
        name: sorted(_row(row, without) for row in tables[name]) for name, without in RECORD.items()
    }


def letters(tables: Mapping[str, Sequence[Row]]) -> dict[str, list[str]]:
    """Give what the bot has said in each place, in order; all of it must have arrived."""
    said: dict[str, list[str]] = {}
    for row in sorted(tables["letter"], key=lambda row: row["position"]):
        assert row["event_id"] or row["given_up"] == "superseded", row
        kept = (row["kind"], json.loads(row["content"]), row["object"] is not None)
        said.setdefault(row["place"], []).append(EVENT.sub("", json.dumps(kept, sort_keys=True)))
    return said


def members(tables: Mapping[str, Sequence[Row]]) -> list[tuple[str, str, str]]:
    """Give who is in which room."""
    keys = {row["room_id"]: row["key"] for row in tables["room"]}
    return sorted(
        (keys.get(row["room_id"], ""), row["mxid"], row["membership"]) for row in tables["member"]
    )


def _message(message: Row) -> str:
    kept = ("sender", "kind", "at", "call", "mentions", "subject", "choices", "votes", "closed")
    told = {name: message[name] for name in kept} | {
        "words": message["versions"][-1]["plain"],
        "taps": {key: sorted(them) for key, them in message["reactions"].items()},
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True)


def _row(row: Row, without: Sequence[str]) -> str:
    kept = {name: value for name, value in row.items() if name not in without}
    if "facts" in kept:
        kept["facts"] = _facts(json.loads(kept["facts"]))
    return EVENT.sub("", json.dumps(kept, ensure_ascii=False, sort_keys=True))


def _facts(facts: Row) -> Row:
    """Leave out the names and keys of devices, which are new in each play."""
    proof = facts.get("proof")
    return {**facts, "proof": sorted(proof)} if isinstance(proof, Mapping) else facts
