"""From a letter to a Matrix event: its type and content, ready to be put in a room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.model import Letter
from bot.matrix import ballots

MARK = "org.samverkan"
"""The bot's own mark in each event: finds a letter again when transaction ids no longer do."""


@dataclass(frozen=True)
class Envelope:
    """An event's type and content."""

    type: str
    content: dict[str, Any]


def seal(
    letter: Letter,
    *,
    target: str | None,
    replaces: str | None,
    file: Mapping[str, Any] | None = None,
) -> Envelope:
    """Make the event of a letter.

    `target` is the event a tap or a poll's end belongs to, `replaces` the one an edit is of;
    `file` says where a file's letter has its file, None where it goes without.
    """
    content = letter.content
    match letter.kind:
        case "poll":
            made = ballots.start(content["question"], content["choices"])
            return Envelope(ballots.START, _marked(made, letter))
        case "poll_end":
            return Envelope(
                ballots.END, _marked(ballots.end(target or "", content["plain"]), letter)
            )
        case "tap":
            annotation = {"rel_type": "m.annotation", "event_id": target, "key": content["key"]}
            return Envelope("m.reaction", {"m.relates_to": annotation})
        case "file" if file is None:
            said = {"msgtype": "m.notice", "body": content["unsent"]}
            return Envelope("m.room.message", _marked(said, letter))
        case "file":
            named = {"msgtype": "m.file", "body": content["plain"], "filename": content["plain"]}
            return Envelope("m.room.message", _marked(named | dict(file or {}), letter))
        case _:
            return Envelope("m.room.message", _message(letter, replaces))


def _message(letter: Letter, replaces: str | None) -> dict[str, Any]:
    body = _body(letter.content)
    if replaces is None:
        if relation := _answering(letter.content):
            body["m.relates_to"] = relation
        return _marked(body, letter)
    edit = _marked(dict(body), letter)
    edit["m.new_content"] = _marked(body, letter)
    for shown in ("body", "formatted_body"):  # to who knows no edits it is a message of its own
        if shown in body:
            edit[shown] = f"* {body[shown]}"
    edit["m.relates_to"] = {"rel_type": "m.replace", "event_id": replaces}
    edit["m.mentions"] = {}  # whoever is mentioned was called when it was first said
    return edit


def _answering(content: dict[str, Any]) -> dict[str, Any]:
    """Say what a message answers to; in a thread it is a reply only to who sees no threads."""
    answered = content.get("reply_to")
    relation: dict[str, Any] = {"m.in_reply_to": {"event_id": answered}} if answered else {}
    if thread := content.get("thread"):
        relation |= {"rel_type": "m.thread", "event_id": thread, "is_falling_back": True}
    return relation


def _body(content: dict[str, Any]) -> dict[str, Any]:
    mentioned = {"user_ids": content["mention"]} if content["mention"] else {}
    body = {
        "msgtype": "m.text" if content["call"] else "m.notice",
        "body": content["plain"],
        "m.mentions": mentioned,
    }
    if content["html"] and content["html"] != content["plain"]:
        body |= {"format": "org.matrix.custom.html", "formatted_body": content["html"]}
    return body


def _marked(content: dict[str, Any], letter: Letter) -> dict[str, Any]:
    """Put the mark on; and say that nobody is called by a name that only happens to stand there."""
    return {"m.mentions": {}} | content | {MARK: {"letter": letter.id, "subject": letter.subject}}
