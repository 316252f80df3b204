"""Each message calls upon those who must act: the call, and all from the draft to what is home."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

from bot.dispatch.post import Post
from bot.domain.answer import Direct, Reply
from tests.story.gathering import gathers
from tests.story.meeting_room import published
from tests.story.story import Story, mxid_of

CHAIR = "lst.TIB"
NOBODY: frozenset[str] = frozenset()
Mentions = dict[str, set[frozenset[str]]]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[Reply]:
    """Note everything that is said, by its name."""
    noted: list[Reply] = []
    say = Post._say

    async def noting(self: Post, session: Any, reply: Reply, occasion: Any) -> Any:  # noqa: ANN401
        noted.append(reply)
        return await say(self, session, reply, occasion)

    monkeypatch.setattr(Post, "_say", noting)
    return noted


def called_upon(said: list[Reply]) -> Mentions:
    """List by name whom each message called upon; in a direct room only the one whose it is."""
    called: Mentions = defaultdict(set)
    for reply in said:
        called[reply.name].add(frozenset(reply.mention))
        if isinstance(reply.to, Direct):
            assert set(reply.mention) <= {reply.to.mxid}, reply.name
    return called


def mentioning(called: Mentions) -> set[str]:
    return {name for name, who in called.items() if who != {NOBODY}}


async def test_a_call_calls_upon_its_seats_and_no_answer_to_it_upon_anybody(
    story: Story, said: list[Reply]
) -> None:
    await gathers(story, but=["pol.VB"])
    await story.says(CHAIR, "!kalla 09.30 Is på älven")
    await story.taps("ekviken.TIB", "✅", "VSK", "Kallelse KA-")
    await story.says("vag.VTL", "förhinder", to="Kallelse KA-")
    await story.says(CHAIR, "!vem")
    await story.says(CHAIR, "!nonsens")
    await story.passes(hours=2)

    called = called_upon(said)
    seats = {mxid_of(seat.function) for seat in story.region.forum("VSK").seats}
    assert called["summons/called"] == {frozenset(seats | {mxid_of(CHAIR)})}
    assert called.keys() > {"summons/status", "summons/noted", "meeting/opens", "who/forum"}
    assert mentioning(called) == {"summons/called", "summons/asked"}


async def test_from_the_draft_to_the_reminders_only_who_owes_is_called_upon(
    story: Story, said: list[Reply]
) -> None:
    await published(story)
    await story.passes(days=4)

    called = called_upon(said)
    assert called["digest/published"] == {NOBODY}
    assert called.keys() >= {"digest/ended", "carry_back/list"}
    assert mentioning(called) == {
        "digest/draft", "carry_back/note", "carry_back/remind", "carry_back/left_over",
    }  # fmt: skip
