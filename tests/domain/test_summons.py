"""The call to one seat, against a tiny oracle: silences, refusals and rosters of every kind."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calling import SeatCall, answers_for
from bot.domain.model import Call, CallState, Holding, StepState
from bot.domain.region import Cadence, Mode, Region, Seat
from bot.domain.summons import (
    CallLimits,
    Link,
    by_function,
    call_before,
    chain,
    ends_at,
    limits_for,
    links,
    order,
)
from config.region import load_region

MALARVIK = Path(__file__).parents[2] / "config/example/malarvik.yaml"
NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)  # a Tuesday, 13.00 in the region
NIGHT = datetime(2026, 11, 3, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LIMITS = CallLimits(Mode.ACTIVATED, 5 * MINUTE, 3 * MINUTE)


@pytest.fixture(scope="module")
def region() -> Region:
    return load_region(MALARVIK, NOON.date())


def held(function: str, rank: int, who: str) -> Holding:
    return Holding(function=function, rank=rank, mxid=who, name=who, source="test")


def seat_of(region: Region, forum: str, function: str) -> Seat:
    seat = region.forum(forum).seat_of(function)
    assert seat
    return seat


def called(
    seat: Seat, *people: str, function: str | None = None, limits: CallLimits = LIMITS
) -> SeatCall:
    links = tuple(
        Link(function or seat.function, rank, who, who) for rank, who in enumerate(people, start=1)
    )
    call = Call(id=1, summons="KA-2026-001", function=seat.function, represents=[])
    return SeatCall(seat, call, [], links, limits)


# --- the chain ---


def test_the_chain_is_the_holder_the_deputies_and_then_the_contact_point(region: Region) -> None:
    seat = seat_of(region, "RSG", "reg.BCH")
    roster = by_function(
        [held("reg.TIB", 1, "@t"), held("reg.BCH", 2, "@d"), held("reg.BCH", 1, "@h")]
    )

    links = chain(region, region.forum("RSG"), seat, roster, NOON)

    assert [link.mxid for link in links] == ["@h", "@d", "@t"]
    assert links[2].function == "reg.TIB"


@pytest.mark.parametrize(
    ("now", "asked"),
    [
        (NIGHT, ["@sak", "@rcb"]),
        (NOON, ["@sak"]),
        (datetime(2026, 11, 3, 6, 59, tzinfo=UTC), ["@sak", "@rcb"]),
        (datetime(2026, 11, 3, 7, 0, tzinfo=UTC), ["@sak"]),
        (datetime(2026, 11, 3, 16, 0, tzinfo=UTC), ["@sak", "@rcb"]),
        (datetime(2026, 12, 25, 12, 0, tzinfo=UTC), ["@sak", "@rcb"]),
    ],
)
def test_a_night_contact_answers_only_out_of_office_hours(
    region: Region, now: datetime, asked: list[str]
) -> None:
    seat = seat_of(region, "VSK", "granholm.SAK")
    roster = by_function([held("rtjn.RCB", 1, "@rcb"), held("granholm.SAK", 1, "@sak")])

    links = chain(region, region.forum("VSK"), seat, roster, now)

    assert [link.mxid for link in links] == asked


def test_who_represents_an_organisation_is_asked_before_its_contact_point(region: Region) -> None:
    """R2, T3: the night contact, those who represent it in that forum, then the contact point."""
    forum = region.forum("VSK")
    small = replace(seat_of(region, "VSK", "granholm.SAK"), function="granholm.KD")
    speaks = replace(seat_of(region, "VSK", "malarvik.TIB"), represents=("malarvik", "granholm"))
    forum = replace(forum, seats=(small, speaks))

    by_night = order(region, forum, small, NIGHT)
    by_day = order(region, forum, small, NOON)

    assert by_night == ("granholm.KD", "rtjn.RCB", "malarvik.TIB", "granholm.SAK")
    assert by_day == ("granholm.KD", "malarvik.TIB", "granholm.SAK")


def test_in_the_first_contact_the_rescue_service_stands_in_for_who_it_represents(
    region: Region,
) -> None:
    """R2: the law gives it the southern municipalities, the largest among them."""
    tibg = region.forum("TIBG")

    largest = order(region, tibg, seat_of(region, "TIBG", "malarvik.TIB"), NOON)

    assert largest == ("malarvik.TIB", "rtjs.RCB")
    assert order(region, tibg, seat_of(region, "TIBG", "rtjn.RCB"), NIGHT) == ("rtjn.RCB",)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["granholm.SAK", "rtjn.RCB"]),
            st.integers(1, 4),
            st.sampled_from(["@a", "@b", "@c", "@d"]),
        ),
        max_size=12,
    )
)
def test_nobody_is_twice_in_a_chain(roster: list[tuple[str, int, str]]) -> None:
    region = load_region_once()
    rows = by_function(held(*row) for row in roster)

    seat = seat_of(region, "VSK", "granholm.SAK")
    links = chain(region, region.forum("VSK"), seat, rows, NIGHT)

    people = [link.mxid for link in links]
    assert len(people) == len(set(people))
    assert set(people) == {who for _, _, who in roster}


_loaded: list[Region] = []


def load_region_once() -> Region:
    if not _loaded:
        _loaded.append(load_region(MALARVIK, NOON.date()))
    return _loaded[0]


# --- the turns ---

SILENT, PREVENTED, ACKS = "silent", "prevented", "acks"
Conduct = st.tuples(st.sampled_from([SILENT, PREVENTED, ACKS]), st.integers(0, 2))


@given(st.lists(Conduct, max_size=6), st.booleans())
def test_each_is_asked_once_and_at_the_minute_the_turn_comes(
    conduct: list[tuple[str, int]],
    manned: bool,  # noqa: FBT001 - a property's input
) -> None:
    region = load_region_once()
    seat = seat_of(region, "VSK", "pol.VB")
    people = [f"@{number}" for number in range(len(conduct))]
    call = called(seat, *people, function=None if manned else "pol.OPS")

    call.begin(NOON)
    _play(call, dict(zip(people, conduct, strict=True)))

    asked, state = _oracle(conduct, manned=manned and bool(conduct))
    assert [(step.mxid, step.asked_at) for step in call.steps if step.asked_at] == asked
    assert [step.mxid for step in call.steps] == people
    assert call.call.state == state


def _play(call: SeatCall, conduct: dict[str, tuple[str, int]]) -> None:
    """Let forty minutes pass; everybody answers so many minutes after having been asked."""
    for minute in range(40):
        now = NOON + minute * MINUTE
        call.elapse(now)
        while (step := call.asking) and step.asked_at is not None:
            what, after = conduct[step.mxid]
            if what == SILENT or now < step.asked_at + after * MINUTE:
                break
            state = CallState.ACKNOWLEDGED if what == ACKS else CallState.PREVENTED
            link = call.link_of(step.mxid)
            assert link
            call.answer(link, state, now)


def _oracle(
    conduct: list[tuple[str, int]], *, manned: bool
) -> tuple[list[tuple[str, datetime]], CallState]:
    """Say who is asked when, and how it ends, in the plainest way there is."""
    asked, at = [], NOON
    for number, (what, after) in enumerate(conduct):
        asked.append((f"@{number}", at))
        if what == ACKS:
            return asked, CallState.ACKNOWLEDGED
        limit = 5 if number == 0 else 3
        at += (after if what == PREVENTED else limit) * MINUTE
    if any(what == PREVENTED for what, _ in conduct):
        return asked, CallState.PREVENTED
    return asked, CallState.NOT_REACHED if manned else CallState.UNMANNED


def test_a_minute_early_is_not_out(region: Region) -> None:
    call = called(seat_of(region, "VSK", "pol.VB"), "@h", "@d")
    call.begin(NOON)

    early = call.elapse(NOON + 5 * MINUTE - timedelta(seconds=1))
    out = call.elapse(NOON + 5 * MINUTE)

    assert early is None
    assert out is not None
    assert out.mxid == "@d"


# --- what changes while it runs ---


def test_who_has_come_onto_the_roster_since_is_not_asked(region: Region) -> None:
    call = called(seat_of(region, "VSK", "pol.VB"), "@h", "@d")
    call.begin(NOON)
    call.chain = (*call.chain, Link("pol.VB", 3, "@new", "new"))

    for minute in (5, 8, 11):
        call.elapse(NOON + minute * MINUTE)

    assert [step.mxid for step in call.steps] == ["@h", "@d"]
    assert call.call.state == CallState.NOT_REACHED


def test_whoever_has_the_function_now_answers_for_the_seat(region: Region) -> None:
    call = called(seat_of(region, "VSK", "pol.VB"), "@h", "@d")
    call.begin(NOON)
    new = Link("pol.VB", 1, "@new", "new")
    call.chain = (new, *call.chain[1:])

    call.answer(new, CallState.ATTENDING, NOON + MINUTE)

    assert (call.call.answered_by, call.call.rank) == ("@new", 1)
    assert call.link_of("@h") is None


def test_who_has_lost_the_function_is_not_waited_for(region: Region) -> None:
    call = called(seat_of(region, "VSK", "pol.VB"), "@h", "@d", "@e")
    call.begin(NOON)
    call.chain = call.chain[2:]

    following = call.elapse(NOON + MINUTE)

    assert following is not None
    assert (following.mxid, following.asked_at) == ("@e", NOON + MINUTE)
    assert [step.state for step in call.steps] == [
        StepState.GONE, StepState.WAITING, StepState.ASKED
    ]  # fmt: skip


def test_who_cannot_come_is_passed_over_for_every_seat_and_asked_if_that_is_taken_back(
    region: Region,
) -> None:
    no = {"@d"}
    call = called(seat_of(region, "VSK", "pol.VB"), "@h", "@d", "@e")
    call.prevented = no.__contains__
    call.begin(NOON)

    asked = [call.elapse(NOON + minute * MINUTE) for minute in (5, 8)]
    ended = CallState(call.call.state)
    none = call.resume(NOON + 9 * MINUTE)
    no.clear()
    after_all = call.resume(NOON + 9 * MINUTE)

    assert [step.mxid for step in asked if step] == ["@e"]
    assert (ended, none) == (CallState.PREVENTED, None)
    assert after_all is not None
    assert (after_all.mxid, after_all.due_at) == ("@d", NOON + 12 * MINUTE)
    assert call.call.state == CallState.ASKED


def test_a_function_that_got_a_holder_since_is_answered_for_by_them(region: Region) -> None:
    roster = by_function([held("pol.VB", 1, "@new")])

    assert [link.mxid for link in links(["pol.OPS", "pol.VB"], roster)] == ["@new"]


# --- the answers ---


def test_the_holder_comes_before_the_deputy_however_late(region: Region) -> None:
    call = called(seat_of(region, "VSK", "pol.VB"), "@h", "@d")
    call.begin(NOON)
    call.elapse(NOON + 5 * MINUTE)

    call.answer(call.chain[1], CallState.ATTENDING, NOON + 6 * MINUTE)
    call.answer(call.chain[0], CallState.ACKNOWLEDGED, NOON + 7 * MINUTE)
    call.answer(call.chain[1], CallState.ATTENDING, NOON + 8 * MINUTE)

    assert (call.call.answered_by, call.call.rank) == ("@h", 1)
    assert call.call.state == CallState.ACKNOWLEDGED


def test_to_acknowledge_after_saying_yes_takes_nothing_back(region: Region) -> None:
    call = called(seat_of(region, "VSK", "pol.VB"), "@h")
    call.begin(NOON)

    call.answer(call.chain[0], CallState.ATTENDING, NOON)
    call.answer(call.chain[0], CallState.ACKNOWLEDGED, NOON + MINUTE)

    assert call.call.state == CallState.ATTENDING


def test_who_takes_an_answer_back_leaves_it_to_the_deputy_who_answered(region: Region) -> None:
    call = called(seat_of(region, "VSK", "pol.VB"), "@h", "@d", "@e")
    call.begin(NOON)
    call.elapse(NOON + 5 * MINUTE)
    call.answer(call.chain[1], CallState.ATTENDING, NOON + 6 * MINUTE)
    call.answer(call.chain[0], CallState.ATTENDING, NOON + 7 * MINUTE)

    following = call.answer(call.chain[0], CallState.PREVENTED, NOON + 8 * MINUTE)

    assert following is None
    assert call.call.answered_by == "@d"


def test_who_takes_an_answer_back_has_the_next_asked_at_once(region: Region) -> None:
    call = called(seat_of(region, "VSK", "pol.VB"), "@h", "@d")
    call.begin(NOON)
    call.answer(call.chain[0], CallState.ACKNOWLEDGED, NOON + MINUTE)

    following = call.answer(call.chain[0], CallState.PREVENTED, NOON + 30 * MINUTE)

    assert following is not None
    assert (following.mxid, following.due_at) == ("@d", NOON + 33 * MINUTE)
    assert call.call.answered_by is None


def test_an_answer_after_the_end_of_the_chain_still_counts(region: Region) -> None:
    call = called(seat_of(region, "VSK", "pol.VB"), "@h")
    call.begin(NOON)
    call.elapse(NOON + 5 * MINUTE)
    assert call.call.state == CallState.NOT_REACHED

    call.answer(call.chain[0], CallState.ACKNOWLEDGED, NOON + 20 * MINUTE)

    assert call.call.state == CallState.ACKNOWLEDGED
    assert call.steps[0].state == StepState.ANSWERED


def test_one_answer_is_for_all_that_the_person_was_asked_for(region: Region) -> None:
    own = called(seat_of(region, "VSK", "rtjn.RCB"), "@rcb")
    small = called(seat_of(region, "VSK", "granholm.SAK"), "@sak", "@rcb")
    own.begin(NOON)
    small.begin(NOON)

    before = answers_for([own, small], "@rcb", lambda code: code == "rtjn.RCB")
    small.elapse(NOON + 5 * MINUTE)
    after = answers_for([own, small], "@rcb", lambda code: code == "rtjn.RCB")

    assert before == [own]
    assert after == [own, small]


def test_a_deputy_whom_nobody_has_asked_answers_for_what_they_stand_in_for(region: Region) -> None:
    own = called(seat_of(region, "VSK", "pol.VB"), "@h", "@d")
    own.begin(NOON)

    theirs = answers_for([own], "@d", lambda code: code == "pol.VB")

    assert theirs == [own]


def test_somebody_outside_every_chain_has_nothing_to_answer_for(region: Region) -> None:
    own = called(seat_of(region, "VSK", "pol.VB"), "@h")
    own.begin(NOON)

    assert answers_for([own], "@x", lambda _: False) == []


# --- the limits ---


def test_the_ordinary_limits_need_room_for_one_deputy_to_the_minute(region: Region) -> None:
    forum = region.forum("VSK")

    room = limits_for(region, forum, NOON + timedelta(hours=48), NOON)
    none = limits_for(region, forum, NOON + timedelta(hours=48) - MINUTE, NOON)

    assert (room.mode, room.first, room.step) == (
        Mode.ORDINARY, timedelta(days=1), timedelta(days=1)
    )  # fmt: skip
    assert none == LIMITS


def test_an_activated_forum_is_always_called_by_the_short_limits(region: Region) -> None:
    limits = limits_for(region, region.forum("TIBG"), NOON + timedelta(days=9), NOON)

    assert limits == LIMITS


def test_a_meeting_lasts_as_long_as_its_agenda(region: Region) -> None:
    assert ends_at(region, region.forum("VSK"), NOON) == NOON + timedelta(minutes=30)
    assert ends_at(region, region.forum("TIBG"), NOON) == NOON + timedelta(minutes=10)


@pytest.mark.parametrize(
    ("cadence", "before"),
    [
        (Cadence("FREQ=WEEKLY;BYDAY=TH", time(9)), timedelta(days=3)),
        (Cadence("FREQ=DAILY", time(9)), timedelta(hours=1)),
        (Cadence("FREQ=DAILY", time(9), 0, 20), timedelta(minutes=20)),
    ],
)
def test_a_call_goes_out_as_early_as_its_rhythm_has_room_for(
    region: Region, cadence: Cadence, before: timedelta
) -> None:
    thursday = datetime(2026, 11, 5, 8, 0, tzinfo=UTC)

    assert call_before(region, cadence, thursday) == before
