"""Polls as clients send and read them (MSC3381): unstable names sent, both accepted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

START = "org.matrix.msc3381.poll.start"
RESPONSE = "org.matrix.msc3381.poll.response"
END = "org.matrix.msc3381.poll.end"
RESPONSES = frozenset({RESPONSE, "m.poll.response"})
ENDS = frozenset({END, "m.poll.end"})
TEXT = "org.matrix.msc1767.text"
MOST_ANSWERS = 20  # that a poll may have; who sends more chooses no more by it (MSC3381)


def start(question: str, choices: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Write a poll with one answer; clients without polls show the question and its choices.

    The choices bring their digits with them ("1 Agree"): they are what one types instead of a tap.
    """
    fallback = "\n".join([question, *(text for _, text in choices)])
    return {
        TEXT: fallback,
        START: {
            "kind": "org.matrix.msc3381.poll.disclosed",
            "max_selections": 1,
            "question": {TEXT: question, "body": question, "msgtype": "m.text"},
            "answers": [{"id": key, TEXT: text} for key, text in choices],
        },
    }


def end(poll: str, outcome: str) -> dict[str, Any]:
    """Close a poll, with the outcome in words."""
    return {"m.relates_to": {"rel_type": "m.reference", "event_id": poll}, TEXT: outcome, END: {}}


def response(poll: str, choices: Sequence[str]) -> dict[str, Any]:
    """Fill a poll in."""
    return {
        "m.relates_to": {"rel_type": "m.reference", "event_id": poll},
        RESPONSE: {"answers": list(choices)},
    }


def choices_of(content: Mapping[str, Any]) -> tuple[str, ...]:
    """Read what a response chose, under either name; "" stands for what is no answer at all."""
    unstable = content.get(RESPONSE)
    given = (
        unstable.get("answers") if isinstance(unstable, Mapping) else content.get("m.selections")
    )
    if not isinstance(given, list):
        return ("",)
    return tuple(each if isinstance(each, str) else "" for each in given[:MOST_ANSWERS])
