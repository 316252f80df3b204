"""Somebody is spoken for on another's device: that is not counted, and it is told."""

from __future__ import annotations

from datetime import datetime

from bot.domain.incoming import Forged, Said
from tests.story.gathering import the_log
from tests.story.story import OPERATOR, Story, mxid_of

PROPOSAL = '!förslag VSK tid "Bron stängs 22." varför="arbete" berörda=lindo,ekviken'
SPOKEN_FOR = (
    "Någon har försökt tala som @ekviken.tib-1:malarvik.example i Ordinarie samverkanskonferens "
    "(VSK). Meddelandet kom krypterat från någon annans enhet, så jag har inte räknat det "
    "som svar på OV-2026-001.\n"
)


async def is_forged(story: Story, who: str, *, on: str = "", where: str = "VSK") -> None:
    """Let a homeserver put words in somebody's mouth, as an answer to the poll if there is one."""
    target = story.find(on, where, kind="poll").event_id if on else None
    await story.happens(where, who, lambda head: Forged(*head, target=target))


async def test_a_forged_vote_is_not_counted_and_the_chair_is_told(story: Story) -> None:
    await story.says("lst.TIB", PROPOSAL)

    await is_forged(story, "ekviken.TIB", on="OV-2026-001")

    assert "Biträder:" not in story.find("^OV-2026-001 prövas", "VSK").body
    assert story.told_last("lst.TIB").startswith(SPOKEN_FOR)
    assert story.told_last(OPERATOR).startswith(SPOKEN_FOR)
    assert [it.mxid for it in await the_log(story) if it.what == "event.forged"] == [
        mxid_of("ekviken.TIB")
    ]


async def test_the_one_who_was_spoken_for_can_still_answer(story: Story) -> None:
    await story.says("lst.TIB", PROPOSAL)
    await is_forged(story, "ekviken.TIB", on="OV-2026-001")

    await story.chooses("ekviken.TIB", "agrees", on="OV-2026-001")

    assert "Biträder: Ekvikens kommun." in story.find("^OV-2026-001 prövas", "VSK").body


async def test_a_flood_of_forgeries_is_told_once_a_day_for_each_person(story: Story) -> None:
    for _ in range(3):
        await is_forged(story, "ekviken.TIB")
    await is_forged(story, "lindo.SAK")
    first_day = len(story.told(OPERATOR))
    await story.passes(days=1)
    await is_forged(story, "ekviken.TIB")

    assert first_day == 2
    assert len(story.told(OPERATOR)) == 3
    assert "i Ordinarie samverkanskonferens (VSK)" in story.told_last(OPERATOR)


async def test_what_belongs_to_no_forum_is_told_to_the_operators_alone(story: Story) -> None:
    await is_forged(story, "ekviken.TIB", where="direct")

    assert len(story.told(OPERATOR)) == 1
    assert story.told("lst.TIB") == []


async def test_words_that_come_again_in_another_event_answer_nothing_a_second_time(
    story: Story,
) -> None:
    async def one(head: tuple[str, str, str, datetime]) -> None:
        await story.hears(Said(*head, body="1", message=("bo's key", 7)))

    await story.says("lst.TIB", PROPOSAL)
    who, at = mxid_of("ekviken.TIB"), story.clock.now()
    await one(("$first", "!forum:VSK", who, at))
    await story.passes(minutes=31)
    await story.says("lst.TIB", PROPOSAL)

    await one(("$again", "!forum:VSK", who, at))
    before = story.find("^OV-2026-002 prövas", "VSK").body
    await story.hears(Said("$new", "!forum:VSK", who, at, body="1", message=("bo's key", 8)))

    assert "Biträder: Ekvikens kommun." not in before
    assert "Biträder: Ekvikens kommun." in story.find("^OV-2026-002 prövas", "VSK").body
