"""Where an answer lies: in the thread it was asked in, unless it is for the whole room."""

from __future__ import annotations

from tests.story.gathering import gathers
from tests.story.story import Story


async def test_what_is_asked_in_a_thread_is_answered_there(story: Story) -> None:
    await story.says("lst.TIB", "!vem lst.TIB", thread="$talk")

    answer = story.find("lst.TIB", "VSK").letter.content
    assert (answer["thread"], answer["reply_to"]) == ("$talk", "$in1")


async def test_what_is_asked_outside_threads_is_answered_outside(story: Story) -> None:
    await story.says("lst.TIB", "!vem lst.TIB")

    assert "thread" not in story.find("lst.TIB", "VSK").letter.content


async def test_a_call_made_in_a_thread_is_seen_by_the_whole_room(story: Story) -> None:
    await gathers(story)

    await story.says("lst.TIB", "!kalla 09.30 Is på älven", thread="$talk")

    assert "thread" not in story.find("Kallelse KA-", "VSK").letter.content


async def test_a_word_in_the_thread_about_a_call_answers_the_call(story: Story) -> None:
    await gathers(story)
    await story.says("lst.TIB", "!kalla 09.30 Is på älven")
    call = story.find("Kallelse KA-", "VSK").event_id

    await story.says("ekviken.TIB", "kommer", to="Kallelse KA-", thread=call)

    assert "Ekviken" in story.find("KA-2026-001: ", "VSK").body
