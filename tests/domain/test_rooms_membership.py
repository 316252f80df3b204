"""The room follows the function."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.membership import Invite, Kick, membership_plan
from bot.domain.model import Holding, Member
from bot.domain.region import Region
from config.region import load_region

HOUSE = Path(__file__).parents[2]
NOW = datetime(2026, 11, 3, 19, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
JONAS, LENA = "@jonas.ek:malarvik.example", "@lena.wiik:malarvik.example"


@pytest.fixture(scope="module")
def region() -> Region:
    return load_region(HOUSE / "config/example/malarvik.yaml", date(2026, 10, 12))


def held(
    mxid: str,
    function: str = "vag.VTL",
    rank: int = 1,
    starts: datetime | None = None,
    ends: datetime | None = None,
) -> Holding:
    return Holding(
        function=function, rank=rank, mxid=mxid, name=mxid, starts=starts, ends=ends, source="test"
    )


def member(mxid: str, membership: str = "join", *, by_choice: bool = False) -> Member:
    return Member(
        room_id="!r", mxid=mxid, membership=membership, by_choice=by_choice, since=NOW - HOUR
    )


def room(*members: Member) -> dict[str, Member]:
    return {each.mxid: each for each in members}


def test_a_holder_is_invited_to_the_space_and_to_the_forums_of_their_seats(
    region: Region,
) -> None:
    rooms: dict[str, dict[str, Member]] = {"space": {}, "forum:LC": {}, "forum:RCG": {}}

    moves = membership_plan(region, [held(JONAS)], rooms, NOW)

    assert [(type(it), it.key, it.mxid) for it in moves] == [
        (Invite, "space", JONAS),
        (Invite, "forum:LC", JONAS),
    ]


def test_nobody_is_asked_twice(region: Region) -> None:
    rooms = {"space": room(member(JONAS)), "forum:LC": room(member(JONAS, "invite"))}

    assert membership_plan(region, [held(JONAS)], rooms, NOW) == ()


def test_a_secretary_without_a_seat_belongs_too(region: Region) -> None:
    moves = membership_plan(region, [held(LENA, "lst.LBA")], {"forum:VSK": {}}, NOW)

    assert [it.mxid for it in moves] == [LENA]


def test_a_deputy_is_not_put_in_by_themselves_and_not_thrown_out(region: Region) -> None:
    deputy = [held(LENA, rank=2)]

    assert membership_plan(region, deputy, {"forum:LC": {}}, NOW) == ()
    assert membership_plan(region, deputy, {"forum:LC": room(member(LENA))}, NOW) == ()


def test_a_deputy_who_comes_to_a_meeting_is_let_in(region: Region) -> None:
    called = {"LC": frozenset({LENA})}

    moves = membership_plan(region, [held(LENA, rank=2)], {"forum:LC": {}}, NOW, called=called)

    assert [(it.mxid, it.why.name) for it in moves] == [(LENA, "attends")]


def test_who_answered_a_call_and_then_left_the_function_is_not_called_back(
    region: Region,
) -> None:
    called = {"LC": frozenset({JONAS})}
    ended = [held(JONAS, ends=NOW)]
    rooms = {"space": room(), "forum:LC": room(member(JONAS, "leave"))}

    assert membership_plan(region, ended, rooms, NOW, called=called) == ()


@pytest.mark.parametrize(("minutes", "kicked"), [(0, []), (1, [JONAS]), (-1, [])])
def test_at_the_minute_a_holding_ends_the_room_changes(
    minutes: int, kicked: list[str], region: Region
) -> None:
    turn = NOW
    shifts = [held(JONAS, ends=turn), held(LENA, starts=turn)]
    rooms = {"forum:LC": room(member(JONAS))}

    at = turn + timedelta(minutes=minutes) - timedelta(seconds=1 if minutes == 0 else 0)
    moves = membership_plan(region, shifts, rooms, at)

    assert [it.mxid for it in moves if isinstance(it, Kick)] == kicked
    assert [it.mxid for it in moves if isinstance(it, Invite)] == ([LENA] if kicked else [])


def test_who_still_has_another_seat_there_stays(region: Region) -> None:
    both = [held(JONAS, ends=NOW), held(JONAS, "sos.VOF", rank=2)]

    moves = membership_plan(region, both, {"forum:LC": room(member(JONAS))}, NOW)

    assert moves == ()


def test_who_has_no_function_left_leaves_the_spaces_as_well(region: Region) -> None:
    rooms = {"space": room(member(JONAS)), "level:verkstallande": room(member(JONAS))}

    moves = membership_plan(region, [held(JONAS, ends=NOW)], rooms, NOW)

    assert {(type(it), it.key) for it in moves} == {(Kick, "space"), (Kick, "level:verkstallande")}


def test_who_left_by_choice_is_not_invited_again(region: Region) -> None:
    rooms = {"forum:LC": room(member(JONAS, "leave", by_choice=True))}

    assert membership_plan(region, [held(JONAS)], rooms, NOW) == ()


def test_who_was_taken_out_and_returns_to_duty_is_invited_again(region: Region) -> None:
    rooms = {"forum:LC": room(member(JONAS, "leave"))}

    moves = membership_plan(region, [held(JONAS)], rooms, NOW)

    assert [type(it) for it in moves] == [Invite]


@pytest.mark.parametrize("membership", ["ban", "knock"])
def test_a_ban_and_a_knock_are_left_to_people(membership: str, region: Region) -> None:
    rooms = {"forum:LC": room(member(JONAS, membership))}

    assert membership_plan(region, [held(JONAS)], rooms, NOW) == ()


def test_whom_the_law_never_knew_is_not_thrown_out(region: Region) -> None:
    rooms = {"forum:LC": room(member("@guest:elsewhere.example"))}

    assert membership_plan(region, [], rooms, NOW) == ()


def test_who_came_back_as_a_guest_after_their_duty_is_not_thrown_out(region: Region) -> None:
    rooms = {"forum:LC": room(member(JONAS))}

    assert membership_plan(region, [held(JONAS, ends=NOW - 2 * HOUR)], rooms, NOW) == ()


def test_who_can_take_the_rooms_over_is_in_the_space_beforehand(region: Region) -> None:
    moves = membership_plan(region, [], {"space": {}}, NOW, creators=("@glass:other.example",))

    assert [(it.key, it.mxid, it.why.name) for it in moves] == [
        ("space", "@glass:other.example", "creator")
    ]
