"""One person, many wishes: one plain answer, and nobody else waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bot.dispatch.desk import Desk
from bot.domain.incoming import Incoming, Reacted, Said
from tests.story.story import Story, mxid_of

MANY = 1000
FLOODER, OTHER = "pol.VB", "lst.TIB"
TOLD = (
    "Du har bett om mer än 30 saker på en minut. Fler gör jag inte, för att andra inte ska få "
    "vänta på svar.\n"
    "Inget du skickar före kl. 08.01 blir gjort. Det första som inte blev gjort: ”!hjälp kalla”.\n"
    "Skriv !hjälp efter kl. 08.01: då ser du vad som väntar på ditt svar. "
    "Skicka sedan om det som saknas."
)
CARD = "!kalla [FORUM] TID SYFTE"


def asks(story: Story, who: str, number: int, at: datetime | None = None) -> Said:
    sent = at or story.clock.now()
    return Said(f"$m{who}{number}", "!forum:VSK", mxid_of(who), sent, body="!hjälp kalla")


async def heard(story: Story, events: Sequence[Incoming]) -> None:
    """Let all of it come in one answer of the homeserver's."""
    async with story.store.begin() as session:
        await story.desk.hear(session, events, story.clock.now())
    await story.passes(seconds=0)
    await story._ring()


def answered(story: Story, start: str = CARD) -> int:
    return sum(body.startswith(start) for body in story.said())


async def test_a_thousand_commands_get_one_plain_answer_and_the_others_theirs(story: Story) -> None:
    flood = [asks(story, FLOODER, number) for number in range(MANY)]
    others = [asks(story, OTHER, number) for number in range(10)]
    mixed: list[Incoming] = [*flood[:500], *others[:5], *flood[500:], *others[5:]]

    await heard(story, mixed)

    assert story.said().count(TOLD) == 1
    assert answered(story) == 30 + len(others)
    assert len(story.said()) == 30 + len(others) + 1


async def test_what_comes_in_the_next_batches_is_not_answered_either(story: Story) -> None:
    for batch in range(10):
        await heard(story, [asks(story, FLOODER, 100 * batch + it) for it in range(100)])
        await story.passes(seconds=5)

    assert len(story.said()) == 30 + 1


async def test_when_the_minute_told_has_come_they_can_go_on(story: Story) -> None:
    await heard(story, [asks(story, FLOODER, number) for number in range(50)])
    await story.to("2026-10-12T08:01")

    await story.says(FLOODER, "!hjälp kalla")

    assert story.said()[-2] == TOLD
    assert answered(story) == 31


async def test_it_is_one_person_s_measure_wherever_they_ask(story: Story) -> None:
    await heard(story, [asks(story, FLOODER, number) for number in range(50)])

    await story.says(FLOODER, "hjälp", "direct")
    await story.says(OTHER, "hjälp", "direct")

    assert story.told(FLOODER) == []
    assert len(story.told(OTHER)) == 1


async def test_talk_between_people_is_not_counted(story: Story) -> None:
    room, who, now = "!forum:VSK", mxid_of(FLOODER), story.clock.now()
    talk = [Said(f"$t{n}", room, who, now, body="bron är stängd") for n in range(200)]

    await heard(story, [*talk, asks(story, FLOODER, 1)])

    assert answered(story) == 1
    assert len(story.said()) == 1


async def test_fifteen_quick_taps_all_count(story: Story) -> None:
    for hour in range(9, 24):
        await story.says(OTHER, f"!kalla VSK {hour:02}.30 möte {hour}")
        await story.passes(seconds=10)
    calls = [story.find(rf"^[^”]*möte {hour}\b", "VSK").event_id for hour in range(9, 24)]
    who, now = mxid_of(FLOODER), story.clock.now()
    await story.says(FLOODER, "hjälp", "direct")
    before = story.told_last(FLOODER)

    await heard(
        story,
        [
            Reacted(f"$tap{number}", "!forum:VSK", who, now, target=call, key="✅")
            for number, call in enumerate(calls)
        ],
    )

    await story.says(FLOODER, "hjälp", "direct")
    assert before.count("!kvittera KA-2026-") == 15
    assert "KA-2026-" not in story.told_last(FLOODER), "nothing waits for them any more"


async def test_a_restart_in_the_middle_says_nothing_twice(story: Story) -> None:
    await heard(story, [asks(story, FLOODER, number) for number in range(500)])

    story.desk = Desk(story.desk.region, story.desk.catalogue, story.desk.post)
    await heard(story, [asks(story, FLOODER, number) for number in range(500, 1000)])

    assert story.said().count(TOLD) == 1
    assert len(story.said()) == 31


async def test_a_batch_that_comes_again_has_the_same_letters(story: Story) -> None:
    batch = [asks(story, FLOODER, number) for number in range(100)]

    try:
        async with story.store.begin() as session:
            await story.desk.hear(session, batch, story.clock.now())
            raise InterruptedError  # noqa: TRY301 - the process is killed before the commit
    except InterruptedError:
        story.desk = Desk(story.desk.region, story.desk.catalogue, story.desk.post)
    await heard(story, batch)

    assert story.said().count(TOLD) == 1
    assert len(story.said()) == 31


def over(story: Story, minutes: float) -> Callable[[int], datetime]:
    """Spread a hundred moments over the time the bot was away."""
    began = story.clock.now()
    return lambda number: began + timedelta(minutes=minutes * number / 100)


async def test_what_was_asked_in_good_order_while_the_bot_was_away_is_answered(
    story: Story,
) -> None:
    await story.says(OTHER, "!hjälp kalla")
    when = over(story, 60)
    await story.passes(hours=1)

    await heard(story, [asks(story, FLOODER, number, when(number)) for number in range(100)])

    assert answered(story) == 101


async def test_what_was_too_much_while_the_bot_was_away_is_told_as_past(story: Story) -> None:
    await story.says(OTHER, "!hjälp kalla")
    when = over(story, 1)
    await story.passes(hours=2)

    await heard(story, [asks(story, FLOODER, number, when(number)) for number in range(100)])

    assert story.said_last() == (
        "Du har bett om mer än 30 saker på en minut. Fler gör jag inte, för att andra inte ska få "
        "vänta på svar.\n"
        "Inget du skickade mellan kl. 08.00 och kl. 08.02 är gjort. "
        "Det första som inte blev gjort: ”!hjälp kalla”.\n"
        "Skriv !hjälp: då ser du vad som väntar på ditt svar. Skicka sedan om det som saknas."
    )


async def test_a_server_gains_nothing_by_lying_about_when_it_was_sent(story: Story) -> None:
    await story.says(OTHER, "!hjälp kalla")
    when = over(story, -100_000)
    await story.passes(seconds=30)

    await heard(story, [asks(story, FLOODER, number, when(number)) for number in range(100)])

    assert answered(story) == 31


async def test_english_words_are_answered_in_english(story: Story) -> None:
    who, now = mxid_of(FLOODER), story.clock.now()
    flood = [Said(f"$e{it}", f"!direct:{who}", who, now, body="help") for it in range(40)]

    await story.says(FLOODER, "help", "direct")
    await heard(story, flood)

    assert story.told_last(FLOODER) == (
        "You have asked for more than 30 things in a minute. I do no more of them, so that others "
        "need not wait for their answers.\n"
        "Nothing that you send before 08:01 will be done. The first that was not done: “help”.\n"
        "Write !help after 08:01: it shows what waits for your answer. "
        "Then send again what is missing."
    )
