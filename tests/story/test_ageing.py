"""The bot was away: what was asked long ago is not done unasked, what was owed counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.incoming import Incoming, Reacted, Said
from bot.domain.model import CallState
from tests.story.gathering import the_calls
from tests.story.story import Story, mxid_of

YESTERDAY = timedelta(days=1)
CALLED, ASKER = "lindo.SAK", "pol.VB"


def said(story: Story, body: str, number: int, age: timedelta = YESTERDAY) -> Said:
    """Let somebody have written in the forum's room, so long before it was read."""
    who, at = mxid_of(ASKER), story.clock.now()
    return Said(f"$old{number}", "!forum:VSK", who, at, body=body, age=age)


async def aged(story: Story, *bodies: str, age: timedelta = YESTERDAY) -> None:
    await story.hears(*[said(story, body, number, age) for number, body in enumerate(bodies)])


async def test_what_was_asked_yesterday_is_not_done_and_that_is_said_once(story: Story) -> None:
    await aged(story, "!hjälp kalla", "!hjälp", "!hjälp närvaro")

    assert story.said() == []
    assert story.told(ASKER) == [
        (
            "”!hjälp närvaro” från i går kl. 08.00 och 2 saker till från dig nådde mig först nu. "
            "Jag har inte gjort något av det. "
            "Det är för länge sedan för att jag ska göra det utan att du säger till. "
            "Svar på det jag själv har frågat om har jag räknat.\n"
            "Vill du det fortfarande: skriv det igen.\n"
            "Stämmer inte tiden här ovan går klockan fel på din hemserver: "
            "säg det till den som sköter den."
        )
    ]


async def test_who_asked_in_english_in_a_direct_room_is_told_in_english(story: Story) -> None:
    await story.says(ASKER, "help", "direct")
    who = mxid_of(ASKER)
    old = Said("$old", f"!direct:{who}", who, story.clock.now(), body="help", age=YESTERDAY)

    await story.hears(old)

    assert story.told_last(ASKER) == (
        "“help” from yesterday 08:00 reached me only now. I have not done it. "
        "It is too long ago for me to do it without asking. "
        "Answers to what I asked you have been counted.\n"
        "If you still want it: write it again.\n"
        "If that time is not when you wrote it, the clock of your homeserver is wrong: "
        "tell who runs it."
    )


async def test_the_same_events_again_are_told_of_no_more(story: Story) -> None:
    await aged(story, "!hjälp")
    await aged(story, "!hjälp")

    assert len(story.told(ASKER)) == 1


async def test_what_people_said_to_each_other_is_nobodys_wish(story: Story) -> None:
    await aged(story, "Hej, hur går det?", "Bra.")

    assert story.told(ASKER) == []


async def test_each_who_asked_is_told_of_their_own(story: Story) -> None:
    other = mxid_of("vag.VTL")
    await story.hears(
        said(story, "!hjälp", 1), replace(said(story, "!hjälp kalla", 2), sender=other)
    )

    assert story.told_last(ASKER).startswith("”!hjälp” från i går kl. 08.00 nådde mig först nu.")
    assert story.told_last("vag.VTL").startswith("”!hjälp kalla” från i går ")


@pytest.mark.parametrize(("minutes", "done"), [(29, 1), (30, 0)])
async def test_what_is_younger_than_half_an_hour_is_done(
    story: Story, minutes: int, done: int
) -> None:
    await aged(story, "!hjälp", age=timedelta(minutes=minutes))

    assert len(story.said()) == done
    assert len(story.told(ASKER)) == 1 - done


@pytest.mark.parametrize("how", ["tap", "word"])
async def test_an_answer_to_a_call_counts_however_late_it_is_read(story: Story, how: str) -> None:
    await story.to("2026-11-03T15:54")
    await story.says("lst.TIB", "!kalla TIBG 16.04 bedöma läget", "TIBG")
    target = story.find("Kallelse", "direct", ASKER).event_id

    def answer(head: tuple[str, str, str, datetime]) -> Incoming:
        if how == "tap":
            return Reacted(*head, target=target, key="✅", age=YESTERDAY)
        return Said(*head, body="!kvittera", reply_to=target, age=YESTERDAY)

    await story.happens("direct", ASKER, answer)

    assert (await the_calls(story))[ASKER].state == CallState.ACKNOWLEDGED
    assert not any("nådde mig först nu" in body for body in story.told(ASKER))


async def test_a_position_from_yesterday_counts(story: Story) -> None:
    await story.says("lst.TIB", '!förslag tid "Bron stängs 22." varför="x" berörda=lindo,ekviken')
    await story.chooses("ekviken.TIB", "agrees")
    who, at = mxid_of(CALLED), story.clock.now()

    await story.hears(Said("$p", "!forum:VSK", who, at, body="!ståndpunkt OV-1 1", age=YESTERDAY))

    assert story.said_last().startswith("OV-2026-001 överenskommen.")
