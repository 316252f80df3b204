"""What the ears take for something said, and what they let pass."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.incoming import Incoming, Moved, Reacted, Said, Sealed, Troubled, Voted
from bot.matrix.ears import Ears
from bot.matrix.reader import Opened

ME, AMIRA, ROOM = "@samverkan:here", "@amira.holm:here", "!room"
STAMP = 1_795_000_000_000  # milliseconds
NOW = datetime.fromtimestamp(STAMP / 1000, UTC) + timedelta(hours=6)


class NoKeys:
    """A keyring that opens nothing."""

    def opened(self, _room_id: str, _event: Mapping[str, Any]) -> Opened | None:
        return None


def event(content: dict[str, Any], kind: str = "m.room.message", **more: object) -> dict[str, Any]:
    head = {"event_id": "$1", "sender": AMIRA, "origin_server_ts": STAMP}
    return {**head, "type": kind, "content": content, **more}


def text(body: str, **more: object) -> dict[str, Any]:
    return {"msgtype": "m.text", "body": body, **more}


def heard(*timeline: dict[str, Any], first: bool = False) -> list[Incoming]:
    sync = {"next_batch": "s1", "rooms": {"join": {ROOM: {"timeline": {"events": [*timeline]}}}}}
    return list(Ears(ME, ("Samverkan",), NoKeys(), lambda: NOW).read(sync, first=first).events)


def joined() -> dict[str, Any]:
    member = {"membership": "join"}
    return event(member, "m.room.member", sender=ME, state_key=ME, event_id="$joined")


def test_what_a_person_writes_is_heard() -> None:
    (said,) = heard(event(text("!vem")))

    assert isinstance(said, Said)
    assert (said.sender, said.body, said.addressed) == (AMIRA, "!vem", False)


@pytest.mark.parametrize(
    "passed_over",
    [
        event(
            text("* !vem")
            | {"m.new_content": text("!vem"), "m.relates_to": {"rel_type": "m.replace"}}
        ),
        event({"msgtype": "m.notice", "body": "!vem"}),
        event(text("!vem"), sender=ME),
        event({"topic": "!vem"}, "m.room.topic", state_key=""),
        event({}),
        event(text("!vem"), event_id=7),
        event({"msgtype": "m.text", "body": ["!vem"]}),
    ],
    ids=["an edit", "a notice", "its own words", "state", "redacted", "no id", "no words"],
)
def test_what_is_no_new_word_of_a_person_never_acts(passed_over: dict[str, Any]) -> None:
    assert heard(passed_over) == []


@pytest.mark.parametrize(
    "content",
    [{"algorithm": "m.megolm.v1.aes-sha2"}, {"algorithm": "m.from.tomorrow"}, {}],
    ids=["known", "unknown", "emptied"],
)
def test_whatever_an_encryption_event_says_the_room_is_not_clear(content: dict[str, Any]) -> None:
    sealed, *told = heard(event(content, "m.room.encryption", state_key=""))

    known = content.get("algorithm") == "m.megolm.v1.aes-sha2"
    assert isinstance(sealed, Sealed)
    assert [type(each) for each in told] == ([] if known else [Troubled])


def test_what_only_looks_like_an_encryption_event_seals_nothing() -> None:
    assert (
        heard(event({}, "m.room.encryption"), event({}, "m.room.encryption", state_key="x")) == []
    )


def test_what_was_written_before_it_joined_never_acts() -> None:
    events = heard(event(text("!kalla 14.00 x")), joined(), event(text("!vem"), event_id="$2"))

    assert [each.body for each in events if isinstance(each, Said)] == ["!vem"]
    assert any(isinstance(each, Moved) for each in events)


def test_what_was_written_before_its_first_look_never_acts() -> None:
    assert heard(event(text("!kalla 14.00 x")), first=True) == []


@pytest.mark.parametrize("name", ["Samverkan: vem", "@samverkan:here vem", "samverkan, vem"])
def test_after_its_name_it_is_addressed(name: str) -> None:
    (said,) = heard(event(text(name)))

    assert isinstance(said, Said)
    assert (said.body, said.addressed) == ("vem", True)


def test_a_tap_and_a_vote_are_heard_by_what_they_belong_to() -> None:
    tap = event(
        {"m.relates_to": {"rel_type": "m.annotation", "event_id": "$call", "key": "✅"}},
        "m.reaction",
    )
    vote = event(
        {
            "m.relates_to": {"rel_type": "m.reference", "event_id": "$poll"},
            "org.matrix.msc3381.poll.response": {"answers": ["agrees"]},
        },
        "org.matrix.msc3381.poll.response",
    )

    tapped, voted = heard(tap, vote)

    assert isinstance(tapped, Reacted)
    assert (tapped.target, tapped.key) == ("$call", "✅")
    assert isinstance(voted, Voted)
    assert (voted.poll, voted.choices) == ("$poll", ("agrees",))


@pytest.mark.parametrize(
    ("answering", "replied"),
    [
        ({"m.in_reply_to": {"event_id": "$last"}, "is_falling_back": True}, "$root"),
        ({"m.in_reply_to": {"event_id": "$picked"}}, "$picked"),
        ({}, "$root"),
    ],
    ids=["the latest, for clients without threads", "one picked out", "none"],
)
def test_in_a_thread_one_answers_to_what_it_is_about(
    answering: dict[str, Any], replied: str
) -> None:
    relation = {"rel_type": "m.thread", "event_id": "$root", **answering}

    (said,) = heard(event(text("kommer", **{"m.relates_to": relation})))

    assert isinstance(said, Said)
    assert (said.thread, said.reply_to) == ("$root", replied)


def test_a_reply_outside_threads_is_in_no_thread() -> None:
    relation = {"m.in_reply_to": {"event_id": "$call"}}

    (said,) = heard(event(text("kommer", **{"m.relates_to": relation})))

    assert isinstance(said, Said)
    assert (said.thread, said.reply_to) == (None, "$call")


@pytest.mark.parametrize(
    ("unsigned", "stamp", "age"),
    [
        ({"age": 90_000}, STAMP, timedelta(seconds=90)),
        ({"age": 0}, STAMP, timedelta()),
        ({}, STAMP, timedelta(hours=6)),
        ({"age": "9"}, STAMP, timedelta(hours=6)),
        ({}, STAMP + 7 * 3_600_000, timedelta()),
    ],
    ids=["told", "just now", "from elsewhere", "told wrongly", "a clock that is ahead"],
)
def test_where_our_server_tells_no_age_it_is_from_when_theirs_says_it_was_sent(
    unsigned: dict[str, Any], stamp: int, age: timedelta
) -> None:
    (said,) = heard(event(text("!kalla VSK nu"), unsigned=unsigned, origin_server_ts=stamp))

    assert said.age == age


def test_what_came_in_one_answer_is_heard_as_it_happened_whichever_room_it_was_in() -> None:
    def said(body: str, at: int) -> dict[str, Any]:
        return event(text(body), event_id=f"${body}", origin_server_ts=STAMP + at)

    rooms = {
        "!rsg": [said("second", 20), said("fourth", 40)],
        "!vsk": [said("first", 10), said("third", 30)],
    }
    join = {room_id: {"timeline": {"events": events}} for room_id, events in rooms.items()}
    told = Ears(ME, (), NoKeys(), lambda: NOW).read({"rooms": {"join": join}}, first=False).events

    words = [it.body for it in told if isinstance(it, Said)]
    assert words == ["first", "second", "third", "fourth"]


def test_no_clock_of_another_server_turns_the_order_within_a_room() -> None:
    told = heard(
        event(text("says it is from tomorrow"), event_id="$1", origin_server_ts=STAMP + 10**8),
        event(text("says it is from yesterday"), event_id="$2", origin_server_ts=STAMP - 10**8),
        event(text("now"), event_id="$3"),
    )

    assert [it.event_id for it in told] == ["$1", "$2", "$3"]


def test_what_is_read_again_is_as_old_as_it_has_become() -> None:
    ears = Ears(ME, (), NoKeys(), lambda: NOW)

    said = ears.reread(ROOM, event(text("!kalla VSK nu")))

    assert said is not None
    assert said.age == timedelta(hours=6)
