"""Whatever a sync answer holds, it is dealt with: the good after the bad, and no batch for ever."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from bot.dispatch.catalogue import Catalogue
from bot.dispatch.desk import Desk
from bot.dispatch.post import Post
from bot.domain.model import Letter, Room
from bot.domain.region import Region
from bot.matrix.ears import Ears
from bot.matrix.reader import Opened
from bot.store import handled, rooms
from bot.store.engine import Store
from bot.text.phrasebook import Phrasebook
from config.region import load_region

HOUSE = Path(__file__).parent.parent.parent
ME = "@samverkan:here"
ROOM = "!vsk"
NOW = datetime.fromisoformat("2026-11-23T09:00:00+00:00")
SENT = datetime.fromtimestamp(1_700_000_000, UTC)

_numbers = itertools.count(1)


class Clear:
    """A keyring whose events are as clear as the sender wants them."""

    def opened(self, _room_id: str, event: Mapping[str, Any]) -> Opened | None:
        content = event.get("content")
        clear = content.get("clear") if isinstance(content, Mapping) else None
        return Opened({**event, **clear}, None) if isinstance(clear, Mapping) else None


@pytest.fixture(scope="module")
def region() -> Region:
    return load_region(HOUSE / "config/example/malarvik.yaml", date(2026, 10, 12))


@pytest.fixture(scope="module")
def desk(region: Region) -> Desk:
    post = Post(Phrasebook([HOUSE / "config/text"], region), region.language)
    return Desk(region, Catalogue.discover(), post)


@pytest.fixture
async def known_room(store: Store) -> Store:
    """Let the bot have a forum's room, a direct one, and a message that reactions can be put on."""
    async with store.begin() as session:
        await rooms.remember(session, Room(key="forum:VSK", room_id=ROOM, made_at=NOW))
        await rooms.remember(session, Room(key="direct:@a:here", room_id="!a", made_at=NOW))
        content = {"plain": "x", "html": "", "mention": [], "call": False}
        session.add(
            Letter(
                id="l", place="forum:VSK", kind="poll", content=content, written_at=NOW,
                subject="agreement:OV-2026-001", event_id="$poll", sent_at=NOW,
            )
        )  # fmt: skip
    return store


# What strangers write: NUL, half a surrogate pair, the sign of a command, and much of it.
WORDS = st.one_of(
    st.sampled_from([
        "\x00", "\ud800", "!\ud800", "/\x00", "!hjälp \x00", "!who", "1", "", "$poll", "✅", ROOM,
        "!" + "x" * 3_000, "!kalla VSK nu \ud83d\x00", "!förslag a \x00", "KA-" + "9" * 50,
        "!kvittera KA-" + "9" * 50, "!förhinder \x00", "2 \ud800",
    ]),
    st.text(max_size=8),
)  # fmt: skip
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORDS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2),
    max_leaves=4,
)


def mostly(good: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Give what belongs there nine times in ten, else anything."""
    return st.integers(0, 9).flatmap(lambda n: good if n else ANYTHING)


STAMPS = st.sampled_from([0, -1, 1_700_000_000_000, -(10**18), 10**30, True])
RELATION = st.fixed_dictionaries({
    "event_id": mostly(st.just("$poll") | WORDS),
    "key": mostly(WORDS),
    "m.in_reply_to": mostly(st.fixed_dictionaries({"event_id": WORDS})),
})  # fmt: skip
CONTENT = st.fixed_dictionaries({
    "msgtype": mostly(st.just("m.text")),
    "body": mostly(WORDS),
    "membership": mostly(st.sampled_from(["join", "leave", "invite", "\x00", "\ud800"])),
    "displayname": mostly(WORDS),
    "m.relates_to": mostly(RELATION),
    "m.selections": mostly(st.lists(WORDS, max_size=2)),
    "m.mentions": mostly(st.just({"user_ids": [ME]})),
})  # fmt: skip
VERBS = st.sampled_from(["kalla", "förslag", "ståndpunkt", "help", "\x00"])
KEYS = st.sampled_from(["forum", "at", "purpose", "text", "why", "choice", "verb", "\ud800"])
CHOSEN = st.fixed_dictionaries({
    "command": mostly(VERBS | WORDS),
    "arguments": mostly(st.dictionaries(KEYS, WORDS | ANYTHING, max_size=4)),
})  # fmt: skip
CONTENT = CONTENT | st.builds(
    lambda content, chosen: content | {"org.matrix.msc4391.command": chosen},
    CONTENT,
    mostly(CHOSEN),
)
KINDS = st.sampled_from(["m.room.message", "m.reaction", "m.poll.response", "m.room.member"])
PLAIN = {"type": mostly(KINDS), "content": mostly(CONTENT)}
SEALED = st.fixed_dictionaries({
    "type": st.just("m.room.encrypted"),
    "content": st.fixed_dictionaries({"clear": mostly(st.fixed_dictionaries(PLAIN))}),
})  # fmt: skip
HEAD = {
    "event_id": mostly(st.builds(lambda: f"${next(_numbers)}") | WORDS),
    "sender": mostly(st.sampled_from(["@a:here", ME, "@\x00:b", "@\ud800:b"])),
    "origin_server_ts": mostly(STAMPS),
}
EVENT = st.builds(
    lambda head, what, state: head | what | state,
    st.fixed_dictionaries(HEAD),
    st.fixed_dictionaries(PLAIN) | SEALED,
    st.just({}) | st.fixed_dictionaries({"state_key": mostly(WORDS)}),
)
EVENTS = mostly(st.fixed_dictionaries({"events": mostly(st.lists(mostly(EVENT), max_size=3))}))
JOINED = mostly(st.fixed_dictionaries({"timeline": EVENTS, "state": EVENTS}))
IDS = st.sampled_from([ROOM, "!a", "!other", "!\x00", "!\ud800"])
SYNC = st.fixed_dictionaries({
    "next_batch": mostly(st.just("s1")),
    "rooms": mostly(st.fixed_dictionaries({
        "join": mostly(st.dictionaries(IDS, JOINED, max_size=2)),
        "leave": mostly(st.dictionaries(IDS, JOINED, max_size=2)),
        "invite": mostly(st.dictionaries(IDS, JOINED, max_size=2)),
    })),
})  # fmt: skip


@settings(
    max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True,
    phases=[Phase.generate],
)  # fmt: skip
@given(sync=SYNC)
async def test_nothing_that_a_sync_holds_stops_what_comes_after_it(
    known_room: Store, desk: Desk, sync: dict[str, Any]
) -> None:
    ears = Ears(ME, ("samverkan",), Clear(), lambda: SENT)
    number = next(_numbers)
    good, now = f"$good{number}", NOW + timedelta(minutes=2 * number)  # nobody asks too much
    after = {
        "type": "m.room.message", "event_id": good, "sender": "@a:here",
        "origin_server_ts": 1_700_000_000_000, "content": {"msgtype": "m.text", "body": "!hjälp"},
    }  # fmt: skip
    last = {"rooms": {"join": {"!a": {"timeline": {"events": [after]}}}}}

    events = [*ears.read(sync, first=False).events, *ears.read(last, first=False).events]
    async with known_room.begin() as session:
        await desk.hear(session, events, now)

    async with known_room.read() as session:
        assert await handled.among(session, [good]) == {good}
        newest = select(Letter).order_by(col(Letter.position).desc()).limit(20)
        for letter in await session.exec(newest):
            str(letter.content).encode()
