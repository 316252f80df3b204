"""What readers saw is kept once, with its edits, reactions and votes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.matrix import ballots
from bot.rehearsal.record import Change, Record

NOON = datetime(2026, 10, 14, 10, 0, tzinfo=UTC)


def event(id_: str, kind: str, content: dict[str, Any], sender: str = "@bot:x") -> dict[str, Any]:
    return {"event_id": id_, "type": kind, "sender": sender, "content": content}


def said(id_: str, body: str, sender: str = "@bot:x") -> dict[str, Any]:
    return event(id_, "m.room.message", {"msgtype": "m.text", "body": body}, sender)


def edit(id_: str, of: str, body: str, sender: str = "@bot:x") -> dict[str, Any]:
    relation = {"rel_type": "m.replace", "event_id": of}
    new = {"msgtype": "m.text", "body": body}
    content = {"body": f"* {body}", "m.new_content": new, "m.relates_to": relation}
    return event(id_, "m.room.message", content, sender)


def test_an_edited_message_counts_with_its_new_words_and_keeps_the_old() -> None:
    record = Record()
    record.take("!r", said("$1", "Kvitterat 1 av 8"), NOON)

    news = record.take("!r", edit("$2", "$1", "Kvitterat 8 av 8"), NOON)

    [message] = record.room("!r")
    assert news is not None
    assert news.change is Change.EDITED
    assert message.plain == "Kvitterat 8 av 8"
    assert message.versions[0].plain == "Kvitterat 1 av 8"


def test_nobody_edits_the_words_of_another() -> None:
    record = Record()
    record.take("!r", said("$1", "Kvitterat 1 av 8"), NOON)

    record.take("!r", edit("$2", "$1", "Inställt", sender="@mallory:x"), NOON)

    assert next(record.room("!r")).plain == "Kvitterat 1 av 8"


def test_what_two_have_read_is_there_once() -> None:
    record = Record()

    first = record.take("!r", said("$1", "hej"), NOON)
    again = record.take("!r", said("$1", "hej"), NOON)

    assert first is not None
    assert again is None
    assert len(list(record.room("!r"))) == 1


def test_the_last_answer_to_a_poll_counts() -> None:
    record = Record()
    poll = ballots.start(
        "OV-2026-001: ja?", [("agrees", "Biträder"), ("disagrees", "Biträder inte")]
    )
    record.take("!r", event("$1", ballots.START, poll), NOON)

    for number, choice in enumerate(("agrees", "disagrees")):
        answer = ballots.response("$1", [choice])
        record.take("!r", event(f"$v{number}", ballots.RESPONSE, answer, "@a:x"), NOON)

    assert next(record.room("!r")).votes == {"@a:x": "disagrees"}
