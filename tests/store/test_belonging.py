"""What decides who belongs in which room, read from the history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.domain.model import (
    Call,
    CallState,
    CallStep,
    Holding,
    Letter,
    Meeting,
    MeetingState,
    Room,
    StepState,
    Summons,
)
from bot.store import rooms
from bot.store.belonging import belonging, coming, turned
from bot.store.engine import Store

NOW = datetime(2026, 11, 3, 19, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def holding(function: str, starts: datetime | None, ends: datetime | None) -> Holding:
    return Holding(
        function=function, rank=1, mxid="@a:b", name="A", starts=starts, ends=ends, source="t"
    )


def meeting(state: MeetingState, number: int) -> tuple[Meeting, Summons]:
    id_ = f"M-2026-{number:03}"
    held = Meeting(
        id=id_,
        forum="LC",
        purpose="?",
        mode="ordinary",
        starts_at=NOW,
        ends_at=NOW + HOUR,
        state=state,
    )
    called = Summons(
        id=f"KA-{number}",
        meeting=id_,
        forum="LC",
        mode="ordinary",
        made_at=NOW,
        first_minutes=5,
        step_minutes=3,
    )
    return held, called


async def answers(store: Store, number: int, state: CallState, step: StepState, mxid: str) -> None:
    async with store.begin() as session:
        call = Call(summons=f"KA-{number}", function="vag.VTL", represents=["vag"], state=state)
        session.add(call)
        await session.flush()
        assert call.id
        session.add(
            CallStep(
                call=call.id,
                order=0,
                function="vag.VTL",
                rank=2,
                mxid=mxid,
                name="A",
                state=step,
            )
        )


async def test_those_are_coming_who_said_so_to_a_meeting_that_is_not_over(store: Store) -> None:
    async with store.begin() as session:
        session.add_all(meeting(MeetingState.CALLED, 1) + meeting(MeetingState.ENDED, 2))
    await answers(store, 1, CallState.ATTENDING, StepState.ANSWERED, "@comes:b")
    await answers(store, 1, CallState.ATTENDING, StepState.SILENT, "@silent:b")
    await answers(store, 1, CallState.PREVENTED, StepState.PREVENTED, "@prevented:b")
    await answers(store, 2, CallState.ATTENDING, StepState.ANSWERED, "@over:b")

    async with store.read() as session:
        assert await coming(session) == {"LC": frozenset({"@comes:b"})}


async def test_a_turn_is_after_the_last_look_and_not_after_now(store: Store) -> None:
    async with store.begin() as session:
        session.add(holding("begins.NOW", NOW, None))
        session.add(holding("ends.NOW", None, NOW))
        session.add(holding("seen.BEFORE", NOW - HOUR, None))
        session.add(holding("begins.LATER", NOW + HOUR, None))

    async with store.read() as session:
        assert await turned(session, NOW - HOUR, NOW) == {"begins.NOW", "ends.NOW"}


async def test_direct_rooms_are_left_out_and_members_are_by_key(store: Store) -> None:
    async with store.begin() as session:
        await rooms.remember(session, Room(key="forum:LC", room_id="!lc", made_at=NOW))
        await rooms.remember(session, Room(key="direct:@a:b", room_id="!direct", made_at=NOW))
        await rooms.moved(session, "!lc", "@a:b", "join", NOW)
        await rooms.moved(session, "!direct", "@a:b", "join", NOW)

    async with store.read() as session:
        known = await belonging(session)

    assert known.rooms == {"forum:LC": "!lc"}
    assert list(known.members["forum:LC"]) == ["@a:b"]


async def test_the_register_is_the_first_letter_and_not_its_edits(store: Store) -> None:
    async with store.begin() as session:
        await rooms.remember(session, Room(key="forum:LC", room_id="!lc", made_at=NOW))
        for number in (1, 2):
            session.add(
                Letter(
                    id=str(number),
                    place="forum:LC",
                    kind="message",
                    content={},
                    object="register:LC",
                    written_at=NOW,
                    event_id=f"$event{number}",
                )
            )
            await session.flush()

    async with store.read() as session:
        assert (await belonging(session)).registers == {"LC": "$event1"}
