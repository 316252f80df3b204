"""Help, near misses and what is not for the bot."""

from __future__ import annotations

from tests.story.story import Story


async def test_help_lists_what_you_may_do_here(story: Story) -> None:
    await story.says("lst.TIB", "!hjälp")

    assert story.said_last().startswith("Det här kan du göra här och nu.")
    assert "- !hjälp: Visar vad du kan göra här och nu." in story.said_last()


async def test_a_bare_slash_is_a_cry_for_help(story: Story) -> None:
    await story.says("lst.TIB", "/")

    assert story.said_last().startswith("Det här kan du göra här och nu.")


async def test_a_near_miss_is_suggested(story: Story) -> None:
    await story.says("lst.TIB", "!hjlp")

    assert story.said_last() == (
        "Jag kan inget ord som heter ”hjlp”.\nMenade du !hjälp? Visar vad du kan göra här och nu."
    )


async def test_talk_between_people_is_left_alone(story: Story) -> None:
    await story.says("lst.TIB", "hjälp, vilken kö!")

    assert story.said() == []


async def test_in_a_direct_room_the_sign_may_be_left_out(story: Story) -> None:
    await story.says("lst.TIB", "help", "direct")

    assert story.told_last("lst.TIB").startswith("This is what you can do here and now.")


async def test_the_same_event_twice_is_answered_once(story: Story) -> None:
    await story.says("lst.TIB", "!hjälp")
    story._numbers = iter([1])  # type: ignore[assignment]
    await story.says("lst.TIB", "!hjälp")

    assert len(story.said()) == 1


async def test_a_reply_to_whatever_the_bot_has_said_needs_no_sign(story: Story) -> None:
    await story.says("lst.TIB", "!hjlp")

    await story.says("lst.TIB", "hjälp", to="hjlp")

    assert story.said_last().startswith("Det här kan du göra här och nu.")


async def test_help_stays_within_a_screen_and_still_names_every_word(story: Story) -> None:
    await story.says("lst.TIB", "hjälp", "direct")

    told = story.told_last("lst.TIB")
    assert len(told) < 1600
    assert len(told.splitlines()) <= 22
    for word in ("samverka", "kalla", "avlös", "tillkalla", "provkalla", "lucka", "öva"):
        assert f"!{word}" in told


async def test_a_word_that_help_only_names_is_shown_by_itself(story: Story) -> None:
    await story.says("lst.TIB", "!hjälp lucka")

    assert "Till exempel: !lucka lst.TIB 2026-12-24" in story.said_last()
