"""What could not be read: its writer is told, once, and nothing waits for ever."""

from __future__ import annotations

import pytest

from bot.domain.unread import MOST
from bot.store import unread
from tests.story.meeting_room import held
from tests.story.story import Story, mxid_of

WORD_JOINER = "\u2060"
"""Keeps "lindo.SAK" from becoming a link."""


async def kept(story: Story) -> int:
    async with story.store.read() as session:
        return len(await unread.every(session))


async def test_who_could_not_be_read_is_told_in_the_room_to_send_it_again(story: Story) -> None:
    await story.to("2026-10-15T09:21")
    await story.mumbles("lindo.SAK")
    await story.passes(seconds=59)
    before = story.said()

    await story.passes(seconds=1)

    assert before == []
    assert story.said_last().replace(WORD_JOINER, "") == (
        "lindo.SAK 1: ditt meddelande från kl. 09.21 gick inte att läsa. Skicka det igen. "
        "Inget av det har räknats, varken som svar eller som tystnad.\n"
        "Nyckeln till det kom aldrig fram hit. Går det inte den här gången heller: skriv samma "
        "sak till mig i vårt direktrum, eller be någon annan skriva åt dig."
    )
    assert story.mentioned_last() == [mxid_of("lindo.SAK")]
    assert story.find("gick inte att läsa", "VSK").letter.content["reply_to"] == "$in1"


async def test_a_thousand_unreadable_messages_make_one_message(story: Story) -> None:
    for _ in range(1000):
        await story.mumbles("@stranger:malarvik.example")

    await story.passes(minutes=5)
    await story.mumbles("@stranger:malarvik.example")
    await story.passes(minutes=3)

    assert len(story.said()) == 1
    assert f"{MOST} meddelanden från dig" in story.said_last()
    assert await kept(story) == MOST


async def test_after_a_while_of_silence_who_still_cannot_be_read_is_told_again(
    story: Story,
) -> None:
    await story.mumbles("lindo.SAK")
    await story.passes(minutes=2)
    await story.mumbles("lindo.SAK")

    await story.passes(minutes=10)

    assert len(story.said()) == 2


async def test_what_can_be_read_before_the_minute_is_out_is_not_told_of(story: Story) -> None:
    await story.mumbles("lindo.SAK")
    async with story.store.begin() as session:
        await unread.let_go(session, ["$in1"])

    await story.passes(minutes=2)

    assert story.said() == []


async def test_in_a_room_that_is_not_the_bots_nothing_is_kept_and_nobody_told(
    story: Story,
) -> None:
    await story.mumbles("lindo.SAK", "!elsewhere")

    await story.passes(minutes=2)

    assert await kept(story) == 0
    assert not any(story.rooms.values())


async def test_what_is_unread_is_forgotten_in_the_end(story: Story) -> None:
    await story.mumbles("lindo.SAK")
    await story.passes(hours=12)
    await story.mumbles("lindo.SAK")

    await story.passes(hours=12)
    between = await kept(story)
    await story.passes(hours=12)

    assert (between, await kept(story)) == (1, 0)


async def proposed(story: Story) -> None:
    """Put a proposal to two seats at 09.00; its time is out half an hour later."""
    await story.to("2026-10-15T09:00")
    await story.says("lst.TIB", '!förslag tid "Bron stängs 22." varför="x" berörda=lindo,ekviken')


async def test_a_proposal_does_not_close_over_a_vote_that_nobody_could_read(story: Story) -> None:
    await proposed(story)
    await story.chooses("ekviken.TIB", "agrees")
    await story.to("2026-10-15T09:29")
    await story.mumbles("lindo.SAK", on="Bron")

    await story.to("2026-10-15T09:31")
    waits = story.find("väntar till", "VSK").body
    before = len(story.said())
    await story.to("2026-10-15T09:39")
    still = len(story.said())
    await story.to("2026-10-15T09:40")

    assert waits.startswith("OV-2026-001 väntar till kl. 09.40. Ett meddelande från Lindö kommun ")
    assert "avsluta genast: !avsluta OV-2026-001" in waits
    assert still == before
    assert story.said_last() == (
        "OV-2026-001 gäller för dem som biträder.\n”Bron stängs 22.”\n"
        "Biträder: Ekvikens kommun.\nGick inte att läsa: ett meddelande från Lindö kommun. "
        "Det räknas varken som svar eller som tystnad.\nOmprövas 22 okt kl. 09.00."
    )


async def test_what_its_writer_removes_unread_is_as_never_written(story: Story) -> None:
    await proposed(story)
    await story.to("2026-10-15T09:29")
    vote = await story.mumbles("lindo.SAK", on="Bron")

    await story.takes_back("lindo.SAK", vote)
    left = await kept(story)
    await story.to("2026-10-15T09:31")

    assert left == 0
    assert "Inget svar: " in story.find("OV-2026-001 inte överenskommen", "VSK").body
    assert "gick inte att läsa" not in "".join(story.said())


async def test_what_a_moderator_removes_unread_counts_still_when_it_can_be_read(
    story: Story,
) -> None:
    await proposed(story)
    vote = await story.mumbles("lindo.SAK", on="Bron")

    await story.takes_back("lst.TIB", vote)

    assert await kept(story) == 1


async def test_who_answers_again_closes_it(story: Story) -> None:
    await proposed(story)
    await story.chooses("ekviken.TIB", "agrees")
    await story.to("2026-10-15T09:29")
    await story.mumbles("lindo.SAK", "direct")
    await story.to("2026-10-15T09:31")

    await story.says("lindo.SAK", "1", "direct")

    assert story.said_last().startswith("OV-2026-001 överenskommen.")
    assert "Gick inte att läsa" not in story.said_last()


async def test_the_chair_may_close_it_at_once(story: Story) -> None:
    await proposed(story)
    await story.to("2026-10-15T09:29")
    await story.mumbles("lindo.SAK", on="Bron")
    await story.says("lst.TIB", "!avsluta OV-1")
    early = story.said_last()
    await story.mumbles("ekviken.TIB")
    await story.to("2026-10-15T09:31")

    await story.says("vag.VTL", "!avsluta OV-1")
    refused = story.said_last()
    await story.says("lst.TIB", "!avsluta OV-1")

    assert early.startswith("OV-2026-001 väntar inte på något meddelande")
    assert "OV-2026-001" not in refused
    assert story.said_last().startswith("OV-2026-001 inte överenskommen.")
    assert "meddelande från Ekvikens kommun, Lindö kommun." in story.said_last()


async def test_when_all_have_answered_a_vote_that_may_change_one_is_waited_for(
    story: Story,
) -> None:
    await proposed(story)
    await story.chooses("lindo.SAK", "agrees")
    await story.mumbles("lindo.SAK", on="Bron")

    await story.chooses("ekviken.TIB", "agrees")
    waits = story.said_last()
    await story.to("2026-10-15T09:10")
    still = story.find("prövas|avslutad", "VSK").body
    await story.to("2026-10-15T09:12")

    assert waits.startswith("OV-2026-001 väntar till kl. 09.11.")
    assert still.startswith("OV-2026-001 prövas.")
    assert story.said_last().startswith("OV-2026-001 överenskommen.")
    assert "Gick inte att läsa: ett meddelande från Lindö kommun." in story.said_last()


async def test_who_takes_an_answer_back_while_all_wait_gets_the_whole_time(story: Story) -> None:
    await proposed(story)
    await story.chooses("lindo.SAK", "agrees")
    await story.mumbles("lindo.SAK", on="Bron")
    await story.chooses("ekviken.TIB", "agrees")

    await story.says("ekviken.TIB", "!ståndpunkt OV-1 3")
    await story.to("2026-10-15T09:12")

    assert story.find("prövas", "VSK").body.startswith("OV-2026-001 prövas.")


@pytest.mark.parametrize(
    ("who", "when"),
    [("vag.VTL", "2026-10-15T09:10"), ("lindo.SAK", "2026-10-15T09:31")],
    ids=["a seat that was not asked", "after its time"],
)
async def test_what_cannot_be_the_answer_holds_nothing_up(
    story: Story, who: str, when: str
) -> None:
    await proposed(story)
    await story.to(when)
    await story.mumbles(who)

    await story.to("2026-10-15T09:32")

    assert story.find("OV-2026-001 inte överenskommen", "VSK")
    assert "Gick inte att läsa" not in story.find("inte överenskommen", "VSK").body


async def test_what_answers_something_else_holds_nothing_up(story: Story) -> None:
    await proposed(story)
    await story.says("lst.TIB", '!förslag tid "Vägen stängs." varför="x" berörda=lindo,ekviken')
    await story.mumbles("lindo.SAK", on="Vägen")

    await story.to("2026-10-15T09:35")

    assert "Inget svar: " in story.find("OV-2026-001 inte överenskommen", "VSK").body
    assert "Gick inte att läsa" in story.find("OV-2026-002 inte överenskommen", "VSK").body


async def test_the_digest_names_whose_message_nobody_could_read(story: Story) -> None:
    await story.to("2026-10-15T09:00")
    await held(story)
    await story.says("lst.TIB", '!förslag tid "Bron stängs 22." varför="x" berörda=lindo,ekviken')
    await story.chooses("ekviken.TIB", "agrees")
    await story.mumbles("lindo.SAK", on="Bron")
    await story.to("2026-10-15T09:45")

    await story.says("lst.TIB", "!avsluta")

    draft = story.find("OV-2026-001, gäller för dem", "direct", "lst.TIB").body
    assert "Gick inte att läsa: meddelande från Lindö kommun." in draft
    assert "Inget svar: Lindö" not in draft
