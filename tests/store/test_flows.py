"""Promises of what the flows ask: of meetings, summonses, agreements, actions, carry-backs."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import (
    Action,
    ActionState,
    Agreement,
    AgreementState,
    Call,
    CallState,
    CallStep,
    CarryBack,
    Concerned,
    Meeting,
    MeetingState,
    Position,
    Summons,
)
from bot.store import actions, agreements, carrybacks, meetings, summonses
from bot.store.engine import Store

HOUR = timedelta(hours=1)


async def test_the_open_meeting_comes_before_the_next(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        session.add_all(
            [
                a_meeting("M-1", now - HOUR, MeetingState.OPEN),
                a_meeting("M-2", now),
            ]
        )

        found = await meetings.open_or_next(session, "ISF", now)

    assert found is not None
    assert found.id == "M-1"


async def test_the_next_meeting_is_the_earliest_that_is_not_over(
    store: Store, now: datetime
) -> None:
    async with store.begin() as session:
        session.add_all(
            [
                a_meeting("M-1", now - HOUR),
                a_meeting("M-3", now + 2 * HOUR),
                a_meeting("M-2", now + HOUR),
            ]
        )

        found = await meetings.open_or_next(session, "ISF", now)
        none = await meetings.open_or_next(session, "SG", now)

    assert found is not None
    assert found.id == "M-2"
    assert none is None


async def test_the_meeting_told_of_last_is_found(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        for id_, published_at in [("M-1", now), ("M-2", now - HOUR)]:
            meeting = a_meeting(id_, now - 3 * HOUR, MeetingState.PUBLISHED)
            meeting.published_at = published_at
            session.add(meeting)
        session.add(a_meeting("M-3", now - HOUR, MeetingState.ENDED))

        last = await meetings.last_published(session, "ISF")
        untold = await meetings.ended_in(session, "ISF")

    assert last is not None
    assert last.id == "M-1"
    assert [it.id for it in untold] == ["M-3"]


async def test_a_chain_is_in_the_order_it_is_asked(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        call = await a_call(session, now, "KA-1", ["@ada:x", "@bo:x"])

        assert [it.mxid for it in await summonses.steps(session, call)] == ["@ada:x", "@bo:x"]
        assert [it.id for it in await summonses.calls(session, "KA-1")] == [call]
        newest = await summonses.of_meeting(session, "M-KA-1")
        assert newest is not None
        assert newest.id == "KA-1"


async def test_a_person_is_asked_once_the_chain_has_come_to_them(
    store: Store, now: datetime
) -> None:
    async with store.begin() as session:
        call_id = await a_call(session, now, "KA-1", ["@ada:x", "@bo:x"])

        asked = await summonses.asked_of(session, "@ada:x")
        not_yet = await summonses.asked_of(session, "@bo:x")
        call = await summonses.call(session, call_id)
        assert call is not None
        call.state = CallState.ATTENDING
        answered = await summonses.asked_of(session, "@ada:x")

    assert [it.id for it in asked] == [call_id]
    assert not_yet == answered == []


async def test_nobody_is_asked_about_a_meeting_that_is_over(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        await a_call(session, now, "KA-1", ["@ada:x"])
        meeting = await meetings.by_id(session, "M-KA-1")
        assert meeting is not None
        meeting.state = MeetingState.ENDED

        assert await summonses.asked_of(session, "@ada:x") == []


async def test_proposals_are_listed_by_when_they_close(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        session.add_all(
            [
                an_agreement("OV-1", now + 2 * HOUR),
                an_agreement("OV-2", now + HOUR),
                an_agreement("OV-3", now, AgreementState.AGREED),
            ]
        )

        assert [it.id for it in await agreements.open_in(session, "ISF")] == ["OV-2", "OV-1"]
        assert len(await agreements.of_meeting(session, "M-1")) == 3


async def test_the_ledger_keeps_every_position_oldest_first(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        session.add_all(
            Concerned(agreement="OV-1", function=function) for function in ("lst.TIB", "eke.TIB")
        )
        session.add_all(
            Position(
                agreement="OV-1", function="eke.TIB", choice=choice, mxid="@eva:x", rank=1,
                given_at=now, event_id=f"${choice}",
            )
            for choice in ("disagrees", "agrees")
        )  # fmt: skip

        assert await agreements.concerned(session, "OV-1") == ["eke.TIB", "lst.TIB"]
        assert [it.choice for it in await agreements.positions(session, "OV-1")] == [
            "disagrees",
            "agrees",
        ]


async def test_what_is_to_be_done_first_comes_first_and_what_has_no_day_last(
    store: Store, now: datetime
) -> None:
    async with store.begin() as session:
        session.add_all(
            [
                an_action("AT-1", now, None),
                an_action("AT-2", now, now + 2 * HOUR),
                an_action("AT-3", now, now + HOUR, ActionState.LATE),
                an_action("AT-4", now, now, ActionState.DONE),
            ]
        )

        open_ = await actions.open_in(session, "ISF")

    assert [it.id for it in open_] == ["AT-3", "AT-2", "AT-1"]


async def test_a_part_waits_for_its_carrier_and_then_for_its_receiver(
    store: Store, now: datetime
) -> None:
    async with store.begin() as session:
        part = a_part("AF-1", now)
        session.add(part)
        first = await waiting(session)
        part.carried_at = now
        then = await waiting(session)
        part.confirmed_at = now
        at_last = await waiting(session)

    assert first == (["AF-1"], [], ["AF-1"])
    assert then == ([], ["AF-1"], ["AF-1"])
    assert at_last == ([], [], [])


async def test_a_meetings_parts_are_listed_by_id(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        session.add_all([a_part("AF-2", now), a_part("AF-1", now + HOUR)])

        assert [it.id for it in await carrybacks.of_meeting(session, "M-1")] == ["AF-1", "AF-2"]
        assert [it.id for it in await carrybacks.not_home(session, "ISF")] == ["AF-2", "AF-1"]


async def waiting(session: AsyncSession) -> tuple[list[str], list[str], list[str]]:
    """List what waits for the carrier, for the receiver, and what is not home."""
    carrier = await carrybacks.waiting_for(session, "@ada:x")
    receiver = await carrybacks.waiting_for(session, "@chef:x")
    not_home = await carrybacks.not_home(session, "ISF")
    return [it.id for it in carrier], [it.id for it in receiver], [it.id for it in not_home]


def a_meeting(id_: str, starts_at: datetime, state: str = MeetingState.CALLED) -> Meeting:
    return Meeting(
        id=id_, forum="ISF", purpose="Läget", mode="activated", starts_at=starts_at,
        ends_at=starts_at + HOUR, state=state,
    )  # fmt: skip


async def a_call(session: AsyncSession, now: datetime, summons: str, chain: list[str]) -> int:
    """Call a seat with that chain; only the first has been asked."""
    session.add(a_meeting(f"M-{summons}", now + HOUR))
    session.add(Summons(
        id=summons, meeting=f"M-{summons}", forum="ISF", mode="activated", made_at=now,
        first_minutes=5, step_minutes=3,
    ))  # fmt: skip
    call = Call(summons=summons, function="lst.TIB", represents=["LST"])
    session.add(call)
    await session.flush()
    assert call.id is not None
    for order, mxid in reversed(list(enumerate(chain))):
        session.add(CallStep(
            call=call.id, order=order, function="lst.TIB", rank=order + 1, mxid=mxid, name=mxid,
            asked_at=None if order else now,
        ))  # fmt: skip
    return call.id


def an_agreement(id_: str, closes_at: datetime, state: str = AgreementState.PROPOSED) -> Agreement:
    return Agreement(
        id=id_, forum="ISF", meeting="M-1", kind="information", text="Vi mäter.", why="Vattnet.",
        proposed_by="@ada:x", proposed_as="lst.TIB", proposed_at=closes_at - HOUR,
        closes_at=closes_at, state=state,
    )  # fmt: skip


def an_action(
    id_: str, now: datetime, due_at: datetime | None, state: str = ActionState.TAKEN_ON
) -> Action:
    return Action(
        id=id_, forum="ISF", meeting="M-1", text="Mäta", function="eke.TIB", mxid="@eva:x",
        taken_on_at=now, due_at=due_at, state=state,
    )  # fmt: skip


def a_part(id_: str, now: datetime) -> CarryBack:
    return CarryBack(
        id=id_, meeting="M-1", forum="ISF", organisation="EKE", seat="eke.TIB",
        receiver="eke.CHEF", own_part=True, part={"actions": []}, carrier="@ada:x",
        receiver_mxid="@chef:x", sent_at=now, receive_by=now, carry_by=now, confirm_by=now,
    )  # fmt: skip
