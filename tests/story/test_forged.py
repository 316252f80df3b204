"""Somebody is spoken for on another's device: that is not counted, and it is told."""

from __future__ import annotations

from datetime import datetime

from bot.domain.incoming import Forged, Said, Voted
from bot.domain.voting import of_which
from bot.store import letters
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


async def test_a_ballot_that_was_moved_to_another_proposal_counts_on_neither_and_that_is_said(
    story: Story,
) -> None:
    await story.says("lst.TIB", PROPOSAL)
    await story.says("lst.TIB", PROPOSAL)
    poll = story.find("OV-2026-002", "VSK", kind="poll").event_id
    keys = ("agreement:OV-2026-001/disagrees",)

    await story.happens("VSK", "ekviken.TIB", lambda head: Voted(*head, poll=poll, choices=keys))

    assert story.said_last() == (
        "Ditt svar på OV-2026-001 kom fram som svar på OV-2026-002, och räknas inte på något av "
        "dem: en hemserver har flyttat det på vägen hit.\n"
        "Svara i ord i stället: !ståndpunkt OV-2026-001 4\n"
        "Säg det också till den som sköter din hemserver."
    )
    for id_ in ("OV-2026-001", "OV-2026-002"):
        assert "Ekvikens kommun." not in story.find(f"^{id_} prövas", "VSK").body.split("Väntar")[0]


async def test_a_ballot_that_names_no_question_counts_only_on_a_poll_sent_before_they_did(
    story: Story,
) -> None:
    await story.says("lst.TIB", PROPOSAL)
    poll = story.find("OV-2026-001", "VSK", kind="poll")

    async def votes() -> None:
        await story.happens(
            "VSK",
            "ekviken.TIB",
            lambda head: Voted(*head, poll=poll.event_id, choices=("agrees",)),
        )

    await votes()
    refused = story.said_last()
    async with story.store.begin() as session:
        letter = await letters.by_event(session, poll.event_id)
        assert letter is not None
        plain = [[of_which(key)[1], text] for key, text in letter.content["choices"]]
        letter.content = {**letter.content, "choices": plain}
    await votes()

    assert refused == (
        "Ett svar från dig kom fram på OV-2026-001, men är inte ifyllt i formuläret till "
        "OV-2026-001. Det räknas inte.\n"
        "Vill du svara på OV-2026-001: välj i formuläret igen. Går det inte: !hjälp ger orden."
    )
    assert "Biträder: Ekvikens kommun." in story.find("^OV-2026-001 prövas", "VSK").body


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
