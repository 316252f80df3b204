"""First information: what is on its way is not said to have come, and who has not got it (T5)."""

from __future__ import annotations

from sqlmodel import col, select

from bot.domain.model import Holding, Letter
from bot.store import deadlines, rooms, servers
from tests.story.activation import ACTIVATE, activated, requested
from tests.story.gathering import gathers
from tests.story.story import Story, mxid_of, unmanned

THEIRS = "hamn.example"
HARBOUR = f"@hamn:{THEIRS}"


async def lives_elsewhere(story: Story, function: str = "hamn.JOUR") -> None:
    """Let a contact point have its account on a homeserver of its own: the harbour's."""
    async with story.store.begin() as session:
        theirs = select(Holding).where(col(Holding.function) == function, Holding.rank == 1)
        for held in await session.exec(theirs):
            held.mxid = HARBOUR


async def falls_silent(story: Story) -> None:
    async with story.store.begin() as session:
        now = story.clock.now()
        assert await servers.fell_silent(session, THEIRS, HARBOUR, now)
        await deadlines.set_(session, "server.changed", THEIRS, now)
    await story.passes(seconds=0)


async def answers(story: Story) -> None:
    async with story.store.begin() as session:
        assert await servers.answers(session, THEIRS, story.clock.now())


async def is_invited(story: Story, who: str) -> None:
    """Let somebody have been invited to their direct room and not have come."""
    async with story.store.begin() as session:
        room_id = await story._room(session, f"direct:{mxid_of(who)}")
        await rooms.moved(session, room_id, mxid_of(who), "invite", story.clock.now())


async def is_lost(story: Story, who: str) -> None:
    """Let what was written to somebody not have been sent."""
    async with story.store.begin() as session:
        place = f"direct:{mxid_of(who)}"
        lost = select(Letter).where(Letter.place == place, col(Letter.object).is_not(None))
        for letter in await session.exec(lost):
            letter.sent_at = None


def sent(story: Story) -> str:
    return story.find("första information skickas", "direct", "lst.TIB").body


# --- as it goes out ---


async def test_the_lead_is_told_that_it_goes_out_now_and_when_more_is_known(story: Story) -> None:
    await activated(story)

    assert sent(story) == (
        "[SKARPT LÄGE] H-2026-001: första information skickas nu till 30 av 30 organisationer.\n"
        "Alla kontaktpunkter är bemannade.\n"
        "Kommer den inte fram till alla säger jag kl. 16.22 vilka det är."
    )


async def test_a_contact_point_that_nobody_is_is_named_to_the_lead(story: Story) -> None:
    await unmanned(story, "granholm.SAK")
    await unmanned(story, "flyg.JOUR")

    await activated(story)

    assert sent(story).startswith(
        "[SKARPT LÄGE] H-2026-001: första information skickas nu till 29 av 30 organisationer.\n"
        "Kontaktpunkten är obemannad:\n"
        "- Ulvnäs flygplats: ingen får den. Ring dem.\n"
        "- Granholms kommun: den går till Räddningschef i beredskap, Norra brandförsvaret i "
        "stället.\n"
    )


async def test_whose_server_is_known_to_be_silent_is_to_be_phoned_at_once(story: Story) -> None:
    await lives_elsewhere(story)
    await story.to("2026-11-03T15:00")
    await falls_silent(story)

    await activated(story)

    assert (
        "\nRing Mälarviks Hamnar AB nu: servern svarar inte (sedan kl. 15.00), och informationen "
        "kommer fram först när den svarar igen.\n"
    ) in sent(story)


# --- ten minutes after ---


async def test_whom_it_has_not_come_to_is_named_each_with_why(story: Story) -> None:
    await lives_elsewhere(story)
    await activated(story)
    await is_invited(story, "holmstad.SAK")
    await story.to("2026-11-03T16:15")
    await falls_silent(story)

    await story.to("2026-11-03T16:21:59")
    before = story.told("lst.TIB")
    await is_lost(story, "ekviken.TIB")
    await story.to("2026-11-03T16:22")

    assert not any("Första informationen har inte" in it for it in before)
    assert story.told_last("lst.TIB") == (
        "[SKARPT LÄGE] H-2026-001: ring Ekvikens kommun, Mälarviks Hamnar AB och Holmstads kommun. "
        "Första informationen har inte kommit fram till dem genom mig, tio minuter efter att "
        "läget aktiverades.\n"
        "- Ekvikens kommun: den har inte kunnat skickas.\n"
        "- Mälarviks Hamnar AB: servern svarar inte (sedan kl. 16.15).\n"
        "- Holmstads kommun: den som skulle få den har inte gått in i rummet med mig."
    )


async def test_a_server_that_answers_again_in_time_is_not_named(story: Story) -> None:
    await lives_elsewhere(story)
    await story.to("2026-11-03T15:00")
    await falls_silent(story)
    await activated(story)
    await story.to("2026-11-03T16:20")
    await answers(story)

    await story.to("2026-11-03T16:30")

    assert not any("Första informationen har inte" in it for it in story.told("lst.TIB"))


async def test_who_is_waited_for_has_their_server_looked_at_until_then(story: Story) -> None:
    await lives_elsewhere(story, "bana.JOUR")  # has no seat in the conference that is called
    await requested(story)
    await gathers(story, "ASK")
    await story.to("2026-11-03T16:12")

    async def awaited() -> bool:
        async with story.store.read() as session:
            return HARBOUR in await servers.awaited(session, story.clock.now())

    before = await awaited()
    await story.says("lst.TIB", ACTIVATE, "direct")
    then = await awaited()
    await story.to("2026-11-03T16:22")

    assert (before, then, await awaited()) == (False, True, False)
