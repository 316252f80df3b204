"""What a letter looks like in its room: whom it answers, whom it calls, and what an edit keeps."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.domain.model import Letter
from bot.matrix.envelope import seal

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SAID: dict[str, Any] = {
    "plain": "Noterat",
    "html": "<b>Noterat</b>",
    "mention": ["@amira:here"],
    "call": False,
}
ASKED: dict[str, Any] = {"question": "OV-1?", "choices": [["agrees", "1 Biträder"]]}


def letter(kind: str = "message", **content: Any) -> Letter:  # noqa: ANN401 - JSON
    return Letter(id="one", place="forum:VSK", kind=kind, content=content, written_at=NOW)


def test_an_answer_to_what_was_asked_in_a_thread_lies_in_it() -> None:
    sealed = seal(letter(**SAID, reply_to="$ask", thread="$root"), target=None, replaces=None)

    assert sealed.content["m.relates_to"] == {
        "rel_type": "m.thread",
        "event_id": "$root",
        "is_falling_back": True,
        "m.in_reply_to": {"event_id": "$ask"},
    }


def test_an_answer_outside_threads_is_a_plain_reply() -> None:
    sealed = seal(letter(**SAID, reply_to="$ask"), target=None, replaces=None)

    assert sealed.content["m.relates_to"] == {"m.in_reply_to": {"event_id": "$ask"}}


def test_an_edit_says_only_what_it_replaces_and_the_thread_stays_that_of_the_first() -> None:
    said = letter(**SAID, reply_to="$ask", thread="$root")

    sealed = seal(said, target=None, replaces="$first")

    assert sealed.content["m.relates_to"] == {"rel_type": "m.replace", "event_id": "$first"}
    assert "m.relates_to" not in sealed.content["m.new_content"]


def test_an_edit_calls_nobody_anew_and_reads_as_one_where_edits_are_unknown() -> None:
    sealed = seal(letter(**SAID), target=None, replaces="$first")

    assert sealed.content["m.mentions"] == {}
    assert sealed.content["m.new_content"]["m.mentions"] == {"user_ids": ["@amira:here"]}
    assert sealed.content["body"] == "* Noterat"
    assert sealed.content["formatted_body"] == "* <b>Noterat</b>"
    assert sealed.content["m.new_content"]["body"] == "Noterat"


@pytest.mark.parametrize(
    ("said", "target"),
    [
        (letter(**SAID | {"mention": []}), None),
        (letter("poll", **ASKED), None),
        (letter("poll_end", plain="OV-1: alla"), "$poll"),
    ],
    ids=["a message", "a poll", "its end"],
)
def test_nobody_is_called_by_a_name_that_only_stands_in_the_words(
    said: Letter, target: str | None
) -> None:
    assert seal(said, target=target, replaces=None).content["m.mentions"] == {}
