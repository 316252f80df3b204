"""The room follows the function."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.membership import Invite, Kick, listeners, membership_plan
from bot.domain.model import Holding, Member
from bot.domain.region import Listing, Region, Relief
from bot.domain.room_plan import fits
from bot.domain.room_state import POWER_LEVELS, silenced
from config.region import load_region

HOUSE = Path(__file__).parents[2]
NOW = datetime(2026, 11, 3, 19, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
JONAS, LENA = "@jonas.ek:malarvik.example", "@lena.wiik:malarvik.example"


@pytest.fixture(scope="module")
def region() -> Region:
    """Give the example region, with nobody staying after their time."""
    return replace(usual(), relief=Relief(grace=timedelta(0)))


def usual() -> Region:
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


AFAR = "@ada.berg:ekviken.example"


def test_who_lives_elsewhere_is_invited_to_the_space_alone(region: Region) -> None:
    rooms: dict[str, dict[str, Member]] = {"space": {}, "forum:LC": {}, "forum:RCG": {}}

    moves = membership_plan(region, [held(AFAR)], rooms, NOW, home="malarvik.example")

    assert [(it.key, it.mxid) for it in moves] == [("space", AFAR)]


@pytest.mark.parametrize(("membership", "asked"), [("join", True), ("invite", False)])
def test_who_lives_elsewhere_and_comes_to_a_meeting_is_asked_in_through_the_space(
    region: Region, membership: str, *, asked: bool
) -> None:
    rooms = {"space": room(member(AFAR, membership)), "forum:LC": {}, "forum:RCG": {}}
    called = {"LC": frozenset({AFAR})}

    moves = membership_plan(
        region, [held(AFAR)], rooms, NOW, called=called, home="malarvik.example"
    )

    assert [it.key for it in moves] == (["forum:LC"] if asked else [])


def test_without_a_space_who_lives_elsewhere_is_invited_to_the_room(region: Region) -> None:
    moves = membership_plan(region, [held(AFAR)], {"forum:LC": {}}, NOW, home="malarvik.example")

    assert [it.key for it in moves] == ["forum:LC"]


def test_whose_mandate_ends_is_taken_out_wherever_they_live(region: Region) -> None:
    rooms = {"space": room(member(AFAR)), "forum:LC": room(member(AFAR))}

    moves = membership_plan(region, [held(AFAR, ends=NOW)], rooms, NOW, home="malarvik.example")

    assert {(type(it), it.key) for it in moves} == {(Kick, "space"), (Kick, "forum:LC")}


@pytest.mark.parametrize(("starts", "asked"), [(NOW, True), (NOW - 2 * HOUR, False), (None, False)])
def test_who_is_in_the_space_and_gets_a_seat_later_is_asked_in_wherever_they_live(
    region: Region, starts: datetime | None, *, asked: bool
) -> None:
    rooms = {"space": room(member(AFAR)), "forum:LC": {}, "forum:RCG": {}}

    moves = membership_plan(
        region, [held(AFAR, starts=starts)], rooms, NOW, home="malarvik.example"
    )

    assert [it.key for it in moves] == (["forum:LC"] if asked else [])


def test_into_a_closed_forum_nobody_is_asked_and_who_is_in_it_reads_on(region: Region) -> None:
    open_ = {code: forum for code, forum in region.forums.items() if code != "AGC"}
    law = replace(region, forums=Listing(region.forums))
    assert isinstance(law.forums, Listing)
    law.forums.hold(open_, {"AGC": region.forums["AGC"]})
    holdings = [held("@inside", "reg.BCH"), held("@outside", "lst.FD")]
    ended = [held("@gone", "rosvik.SAK", ends=NOW)]
    members = {"forum:AGC": room(member("@inside"), member("@gone"))}

    moves = membership_plan(law, [*holdings, *ended], members, NOW)

    assert [(type(it), it.key, it.mxid) for it in moves] == [(Kick, "forum:AGC", "@gone")]


@pytest.mark.parametrize(("minutes", "kicked"), [(0, []), (9, []), (10, [JONAS])])
def test_a_former_holder_leaves_when_the_grace_is_over_and_the_new_one_comes_at_once(
    minutes: int, kicked: list[str]
) -> None:
    shifts = [held(JONAS, ends=NOW), held(LENA, starts=NOW)]
    rooms = {"space": room(member(JONAS)), "forum:LC": room(member(JONAS))}

    moves = membership_plan(usual(), shifts, rooms, NOW + timedelta(minutes=minutes))

    assert [it.mxid for it in moves if isinstance(it, Invite)] == [LENA, LENA]
    assert [it.mxid for it in moves if isinstance(it, Kick) and it.key == "forum:LC"] == kicked


def test_where_the_law_lets_them_a_former_holder_stays_without_a_say() -> None:
    law = replace(usual(), relief=Relief(listens=True))
    shifts = [held(JONAS, ends=NOW), held(LENA, starts=NOW)]
    rooms = {"space": room(member(JONAS)), "forum:LC": room(member(JONAS), member(LENA))}
    later = NOW + timedelta(minutes=10)

    moves = membership_plan(law, shifts, rooms, later)

    assert [it.key for it in moves if isinstance(it, Kick)] == ["space"]
    assert listeners(law, shifts, rooms, later) == {"forum:LC": frozenset({JONAS})}
    assert listeners(law, shifts, rooms, NOW) == {"forum:LC": frozenset()}
    assert listeners(usual(), shifts, rooms, later) == {}


def test_who_listens_and_gets_the_function_again_has_a_say_again() -> None:
    law = replace(usual(), relief=Relief(listens=True))
    back = [held(JONAS, ends=NOW), held(JONAS, starts=NOW + HOUR)]
    rooms = {"forum:LC": room(member(JONAS))}

    assert listeners(law, back, rooms, NOW + HOUR) == {"forum:LC": frozenset()}


def test_power_levels_are_as_wanted_whoever_only_listens() -> None:
    wanted = {"users": {"@bot:x": 100}, "users_default": 0}

    quiet = silenced(wanted, {JONAS})

    assert quiet["users"] == {"@bot:x": 100, JONAS: -1}
    assert fits(wanted, quiet, POWER_LEVELS)
    assert not fits(wanted, {**wanted, "users": {LENA: 50}}, POWER_LEVELS)
    assert silenced(quiet, ()) == wanted
