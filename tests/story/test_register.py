"""The register stands in the room, and follows the holdings at the minute they change."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, delete

from bot.domain.model import Holding
from bot.domain.region import Held
from bot.store import deadlines
from bot.store.rosters import import_roster
from tests.story.story import Story

JONAS = Held("vag.VTL", 1, "@jonas.ek:malarvik.example", "Jonas Ek")
SEAT = "- Vakthavande trafikledare, Trafikverket Mälarvik: "


def at(story: Story, local: str) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=story.region.timezone)


def seat(story: Story, forum: str) -> str:
    """Give the traffic controller's line of the register, as it reads now."""
    lines = story.find("^Register: ", forum).body.splitlines()
    return next(line for line in lines if line.startswith(SEAT)).removeprefix(SEAT)


async def shifts(story: Story, *rows: Held) -> None:
    async with story.store.begin() as session:
        await session.exec(delete(Holding).where(col(Holding.function) == "vag.VTL"))
        await import_roster(session, story.region, rows, story.clock.now())
    await story.passes(minutes=0)


async def test_it_says_who_sits_here_and_when_it_meets(story: Story) -> None:
    async with story.store.begin() as session:
        await deadlines.set_(session, "register.refresh", "VSK", story.clock.now())

    await story.passes(minutes=0)

    said = story.find("^Register: ", "VSK").body
    assert said.startswith("Register: Ordinarie samverkanskonferens (VSK), Verkställande\n")
    assert "Nästa möte: torsdag 15 oktober kl. 09.00." in said
    assert "- Tjänsteperson i beredskap, Länsstyrelsen Mälarvik: lst.TIB 1.\n" in said
    assert "- Lägesbildsansvarig, Länsstyrelsen Mälarvik: lst.LBA 1 (leder utan plats)." in said


async def test_it_changes_at_the_minute_the_duty_does_and_stays_one_message(story: Story) -> None:
    handover = at(story, "2026-10-13T19:00")
    jonas = Held("vag.VTL", 1, JONAS.mxid, "Jonas Ek", None, handover)
    lena = Held("vag.VTL", 1, "@lena.wiik:malarvik.example", "Lena Wiik", handover, None)
    await shifts(story, jonas, lena)

    await story.to("2026-10-13T18:59")
    before = seat(story, "LC")
    await story.to("2026-10-13T19:00")

    assert (before, seat(story, "LC")) == ("Jonas Ek.", "Lena Wiik.")
    assert sum(m.body.startswith("Register: ") for m in story.rooms["forum:LC"]) == 1


async def test_a_seat_that_nobody_holds_is_shown(story: Story) -> None:
    await shifts(
        story, Held("vag.VTL", 1, JONAS.mxid, "Jonas Ek", None, at(story, "2026-10-12T10:00"))
    )

    await story.to("2026-10-12T10:00")

    assert seat(story, "LC") == "obemannad."
    assert "Utan innehavare: 1." in story.find("^Register: ", "LC").body


async def test_after_a_meeting_it_shows_the_next_one(story: Story) -> None:
    async with story.store.begin() as session:
        await deadlines.set_(session, "register.refresh", "TRAF", story.clock.now())

    await story.to("2026-10-21T12:00")

    assert "Nästa möte: onsdag 18 november kl. 09.00." in story.find("^Register", "TRAF").body
