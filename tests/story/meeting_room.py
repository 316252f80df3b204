"""A meeting that has been held, put straight into the memory: what the closing begins with."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.model import (
    Action,
    Agreement,
    AgreementState,
    Call,
    CallState,
    Choice,
    Concerned,
    Meeting,
    MeetingState,
    Position,
    Summons,
)
from tests.story.story import Story, mxid_of

M = "M-2026-118"


def at(story: Story, local: str) -> datetime:
    """Give the moment of a local date and time."""
    return datetime.fromisoformat(local).replace(tzinfo=story.region.timezone)


async def held(story: Story, forum: str = "VSK", *, mode: str = "ordinary", id_: str = M) -> None:
    """Put an open meeting there, with every seat reached but the voluntary airport."""
    now = story.clock.now()
    async with story.store.begin() as session:
        session.add(
            Meeting(
                id=id_,
                forum=forum,
                purpose="Veckans lägesbild",
                mode=mode,
                starts_at=now,
                ends_at=now + timedelta(minutes=30),
                state=MeetingState.OPEN,
                opened_at=now,
            )
        )
        session.add(
            Summons(
                id=f"KA-{id_}",
                meeting=id_,
                forum=forum,
                mode=mode,
                made_at=now,
                first_minutes=5,
                step_minutes=3,
            )
        )
        for seat in story.region.forum(forum).seats:
            absent = seat.function == "flyg.JOUR"
            session.add(
                Call(
                    summons=f"KA-{id_}",
                    function=seat.function,
                    represents=list(seat.represents),
                    state=CallState.NOT_REACHED if absent else CallState.ATTENDING,
                    rank=2 if seat.function == "pol.VB" else 1,
                )
            )


async def agreed(  # noqa: PLR0913 - an agreement has as many parts
    story: Story,
    positions: dict[str, tuple[str, str]],
    *,
    id_: str = "OV-2026-061",
    text: str = "Besked om Ekviksbron senast 21.30.",
    state: str = AgreementState.AGREED_WITH_RESERVATION,
    silent: tuple[str, ...] = (),
    meeting: str = M,
    forum: str = "VSK",
) -> None:
    """Put an agreement there with the positions given, function by function."""
    now = story.clock.now()
    async with story.store.begin() as session:
        session.add(
            Agreement(
                id=id_,
                forum=forum,
                meeting=meeting,
                kind="arbetssatt",
                text=text,
                why="utryckning",
                proposed_by=mxid_of("lst.TIB"),
                proposed_as="lst.TIB",
                proposed_at=now,
                closes_at=now + timedelta(hours=5),
                state=state,
                valid_until=at(story, "2026-10-21T06:00"),
                review_at=at(story, "2026-10-20T21:30"),
                closed_at=None if state == AgreementState.PROPOSED else now,
            )
        )
        for function in (*positions, *silent):
            session.add(Concerned(agreement=id_, function=function))
        for function, (choice, words) in positions.items():
            anchored = choice == Choice.ANCHOR
            session.add(
                Position(
                    agreement=id_,
                    function=function,
                    choice=choice,
                    text=words,
                    mxid=mxid_of(function),
                    rank=1,
                    given_at=now,
                    event_id=f"$p-{id_}-{function}",
                    anchored_until=at(story, "2026-10-16T12:00") if anchored else None,
                )
            )


async def takes_on(story: Story, function: str, text: str, due: str, id_: str) -> None:
    """Let an organisation take something on at the meeting."""
    async with story.store.begin() as session:
        session.add(
            Action(
                id=id_,
                forum="VSK",
                meeting=M,
                text=text,
                function=function,
                mxid=mxid_of(function),
                taken_on_at=story.clock.now(),
                due_at=at(story, due),
            )
        )


async def thursday(story: Story) -> None:
    """Hold the ordinary conference of week 42, as in the ordinary Thursday's story."""
    await story.to("2026-10-15T09:00")
    await held(story)
    await agreed(
        story,
        {
            "vag.VTL": (Choice.AGREES, ""),
            "rtjs.RCB": (Choice.AGREES, ""),
            "reg.TIB": (Choice.AGREES, ""),
            "ekviken.TIB": (Choice.AGREES, ""),
            "lindo.SAK": (Choice.RESERVATION, "även hemtjänsten ska få besked"),
            "soderby.TIB": (Choice.NOT_CONCERNED, ""),
        },
    )
    await takes_on(story, "vatten.JOUR", "tank vid Lunden", "2026-10-16T17:30", "AT-2026-204")
    await story.to("2026-10-15T09:28")


async def published(story: Story) -> None:
    """Hold it, close it, and let its digest out at 09.46."""
    await thursday(story)
    await story.says("lst.TIB", "!avsluta")
    await story.to("2026-10-15T09:46")
    await story.says("lst.TIB", "!fastställ")
