"""Polls as clients send them, and what is taken back, read from what a server tells."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.incoming import PollEnded, TakenBack, Voted
from bot.matrix.ballots import RESPONSE
from tests.matrix.test_ears import AMIRA, ME, event, heard

POLL = {"rel_type": "m.reference", "event_id": "$poll"}


def vote(
    content: dict[str, Any] | None = None, kind: str = RESPONSE, relation: object = POLL
) -> dict[str, Any]:
    return event({"m.relates_to": relation, **(content or {})}, kind)


@pytest.mark.parametrize(
    ("response", "choices"),
    [
        (vote({RESPONSE: {"answers": ["agrees"]}}), ("agrees",)),
        (vote({"m.selections": ["agrees"]}, "m.poll.response"), ("agrees",)),
        (vote({"m.selections": ["agrees"]}), ("agrees",)),
        (vote({RESPONSE: {"answers": ["agrees"]}}, "m.poll.response"), ("agrees",)),
        (vote({RESPONSE: {"answers": []}}), ()),
        (vote({RESPONSE: {"answers": "agrees"}}), ("",)),
        (vote({RESPONSE: {"answers": [{"id": "agrees"}, 7]}}), ("", "")),
        (vote({RESPONSE: {}}), ("",)),
        (vote(), ("",)),
        (vote({RESPONSE: {"answers": ["agrees"] * 50}}), ("agrees",) * 20),
    ],
    ids=[
        "as clients send it", "by its stable names", "a stable part", "an unstable part",
        "emptied", "no list", "no words", "no answers", "nothing", "too many",
    ],
)  # fmt: skip
def test_a_vote_is_read_under_either_name(
    response: dict[str, Any], choices: tuple[str, ...]
) -> None:
    (voted,) = heard(response)

    assert isinstance(voted, Voted)
    assert (voted.poll, voted.choices) == ("$poll", choices)


@pytest.mark.parametrize("rel_type", ["m.replace", "m.thread", "m.annotation", 7, None])
def test_a_vote_that_belongs_to_a_poll_in_another_way_is_none(rel_type: object) -> None:
    relation = {"rel_type": rel_type, "event_id": "$poll"}

    assert heard(vote({RESPONSE: {"answers": ["agrees"]}}, relation=relation)) == []


@pytest.mark.parametrize("kind", ["org.matrix.msc3381.poll.end", "m.poll.end"])
def test_a_poll_that_another_ends_is_heard_and_the_bots_own_end_is_not(kind: str) -> None:
    ended, own = vote(kind=kind), vote(kind=kind) | {"sender": ME, "event_id": "$2"}

    (told,) = heard(ended, own)

    assert isinstance(told, PollEnded)
    assert (told.sender, told.poll) == (AMIRA, "$poll")


@pytest.mark.parametrize(
    "removal",
    [
        event({"redacts": "$vote"}, "m.room.redaction"),
        event({}, "m.room.redaction", redacts="$vote"),
        event({"reason": "fel"}, "m.room.redaction", redacts="$vote"),
        event({}, RESPONSE, event_id="$vote", unsigned={
            "redacted_because": event({}, "m.room.redaction", redacts="$vote"),
        }),
    ],
    ids=["room version 11", "before it", "with a reason", "only what was removed"],
)  # fmt: skip
def test_what_is_removed_is_heard_whatever_the_room_version(removal: dict[str, Any]) -> None:
    (taken,) = heard(removal)

    assert isinstance(taken, TakenBack)
    assert (taken.event_id, taken.sender, taken.target) == ("$1", AMIRA, "$vote")


@pytest.mark.parametrize(
    "nothing",
    [
        event({}, "m.room.redaction"),
        event({"redacts": 7}, "m.room.redaction"),
        event({"redacts": "$vote"}, "m.room.redaction", sender=ME),
        event({}, RESPONSE, unsigned={"redacted_because": "gone"}),
        event({}, RESPONSE, unsigned={"redacted_because": event({}, sender=ME)}),
    ],
    ids=["nothing named", "no id", "the bot's own", "no reason", "removed by the bot"],
)
def test_what_removes_nothing_of_anybodys_is_passed_over(nothing: dict[str, Any]) -> None:
    assert heard(nothing) == []
