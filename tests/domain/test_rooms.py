"""Which rooms there are to be, and what must be done about those there are."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import pytest

from bot.domain.answer import Facts
from bot.domain.menus import DESCRIPTION, Field, Offer, state_key
from bot.domain.region import Region
from bot.domain.room_plan import (
    ActualRoom,
    Create,
    Link,
    Offering,
    SetState,
    Step,
    Unlink,
    leftovers,
    plan,
)
from bot.domain.room_state import CHILD, PARENT, Content, creation, made, power_levels, state_of
from bot.domain.rooms import RoomSettings, WantedRoom, wanted_rooms
from config.region import load_region

HOUSE = Path(__file__).parents[2]
SETTINGS = RoomSettings("@bot:one.example", ("@standby:one.example", "@glass:two.example"))
Actual = dict[str, ActualRoom]


@pytest.fixture(scope="module")
def region() -> Region:
    return load_region(HOUSE / "config/example/malarvik.yaml", date(2026, 10, 12))


@pytest.fixture
def wanted(region: Region) -> tuple[WantedRoom, ...]:
    return wanted_rooms(region, SETTINGS, say)


def say(name: str, facts: Facts) -> str:
    return f"{name}: {facts.get('purpose', facts.get('forum', ''))}"


def built(wanted: tuple[WantedRoom, ...]) -> Actual:
    """Build the rooms as a homeserver would that carries every step out."""
    actual: Actual = {}
    for step in plan(wanted, actual):
        actual = after(step, wanted, actual)
    return actual


def after(step: Step, wanted: tuple[WantedRoom, ...], actual: Actual) -> Actual:
    by_key = {room.key: room for room in wanted}
    ids = {key: room.room_id for key, room in actual.items()}
    if isinstance(step, Create):
        state = dict(state_of(by_key[step.key], ids))
        return actual | {step.key: ActualRoom(f"!{step.key}", state)}
    there = dict(actual[step.key].state)
    match step:
        case SetState():
            there[step.type, made(step.state_key, ids)] = made(step.content, ids)
        case Offering():
            there |= {(DESCRIPTION, key): content for key, content in step.changes.items()}
        case Link():
            there[CHILD, ids[step.child]] = step.content
        case Unlink():
            there[step.type, step.state_key] = {}
    return actual | {step.key: ActualRoom(actual[step.key].room_id, there)}


def with_state(actual: Actual, key: str, type_: str, content: Content) -> Actual:
    room = actual[key]
    return actual | {key: ActualRoom(room.room_id, {**room.state, (type_, ""): content})}


def test_there_is_a_space_one_for_each_level_and_a_room_for_each_forum(
    wanted: tuple[WantedRoom, ...], region: Region
) -> None:
    keys = [room.key for room in wanted]

    assert keys[:4] == ["space", "level:inriktande", "level:samordnande", "level:verkstallande"]
    assert keys[4:] == [f"forum:{code}" for code in region.forums]
    assert "forum:ASK" in keys, "a forum only used when activated is ready before the night"


def test_an_alias_says_nothing_and_is_the_same_every_time(
    wanted: tuple[WantedRoom, ...], region: Region
) -> None:
    again = wanted_rooms(region, SETTINGS, say)
    exercise = wanted_rooms(region, dataclasses.replace(SETTINGS, namespace="exercise"), say)

    assert [room.alias for room in wanted] == [room.alias for room in again]
    assert all(set(room.alias) <= set("0123456789abcdef") for room in wanted)
    assert not {room.alias for room in wanted} & {room.alias for room in exercise}


def test_a_forum_is_made_whole_and_nobody_is_invited_in_it(
    wanted: tuple[WantedRoom, ...],
) -> None:
    room = next(room for room in wanted if room.key == "forum:VSK")

    body = creation(room, {"space": "!s", "level:verkstallande": "!l"})

    state = {(each["type"], each["state_key"]): each["content"] for each in body["initial_state"]}
    assert "invite" not in body
    assert body["creation_content"]["additional_creators"] == list(SETTINGS.creators)
    assert state["m.room.join_rules", ""]["allow"][0]["room_id"] == "!s"
    assert state["m.room.encryption", ""]["algorithm"] == "m.megolm.v1.aes-sha2"
    assert state["m.room.guest_access", ""] == {"guest_access": "forbidden"}
    assert state["org.samverkan.room", ""] == {"key": "forum:VSK", "region": "mv"}
    assert state[PARENT, "!l"]["via"] == ["one.example", "two.example"]


@pytest.mark.parametrize(
    ("version", "users"),
    [("12", {}), ("11", dict.fromkeys((SETTINGS.bot, *SETTINGS.creators), 100))],
)
def test_creators_are_listed_only_where_the_version_wants_it(
    version: str, users: dict[str, int], region: Region
) -> None:
    settings = dataclasses.replace(SETTINGS, version=version)
    room = wanted_rooms(region, settings, say)[-1]

    power = creation(room, {"space": "!s", room.parent or "": "!l"})["power_level_content_override"]

    assert power["users"] == users
    assert power["invite"] == power["kick"] == power["state_default"] == 50
    assert power["events"]["m.room.encrypted"] == 0
    assert power["events"]["org.matrix.msc3381.poll.response"] == 0


def test_nothing_is_encrypted_when_the_settings_say_so(region: Region) -> None:
    settings = dataclasses.replace(SETTINGS, encrypted=False)

    rooms = wanted_rooms(region, settings, say)

    assert not any(room.encrypted for room in rooms)


def test_rooms_that_are_not_there_are_made_before_they_are_shown(
    wanted: tuple[WantedRoom, ...],
) -> None:
    steps = plan(wanted, {})

    assert [type(step) for step in steps] == [Create] * len(wanted) + [Link] * (len(wanted) - 1)
    assert {step.why.name for step in steps} == {"absent", "belongs"}


def test_the_second_plan_is_empty(wanted: tuple[WantedRoom, ...]) -> None:
    assert plan(wanted, built(wanted)) == ()


@pytest.mark.parametrize(
    ("type_", "content"),
    [
        ("m.room.name", {"name": "Fest"}),
        ("m.room.topic", {}),
        ("m.room.guest_access", {"guest_access": "can_join"}),
        ("m.room.join_rules", {"join_rule": "public"}),
        ("m.room.history_visibility", {"history_visibility": "world_readable"}),
        ("m.room.power_levels", {"users": {"@chair:one.example": 50}}),
        ("m.room.encryption", {}),
    ],
)
def test_what_was_changed_is_set_right(
    type_: str, content: Content, wanted: tuple[WantedRoom, ...]
) -> None:
    actual = with_state(built(wanted), "forum:VSK", type_, content)

    (step,) = plan(wanted, actual)

    assert isinstance(step, SetState)
    assert (step.key, step.type, step.state_key) == ("forum:VSK", type_, "")
    assert plan(wanted, after(step, wanted, actual)) == ()


def test_what_a_homeserver_adds_is_no_reason_to_write(wanted: tuple[WantedRoom, ...]) -> None:
    actual = built(wanted)
    power = {**actual["space"].state["m.room.power_levels", ""], "notifications": {"room": 50}}

    assert plan(wanted, with_state(actual, "space", "m.room.power_levels", power)) == ()


def test_encryption_that_is_no_longer_wanted_cannot_be_taken_back(region: Region) -> None:
    actual = built(wanted_rooms(region, SETTINGS, say))
    plain = wanted_rooms(region, dataclasses.replace(SETTINGS, encrypted=False), say)

    assert plan(plain, actual) == ()


def test_a_forum_that_moves_to_another_level_moves_between_the_spaces(
    wanted: tuple[WantedRoom, ...],
) -> None:
    moved = tuple(
        dataclasses.replace(room, parent="level:inriktande") if room.key == "forum:VSK" else room
        for room in wanted
    )
    actual = built(wanted)

    steps = plan(moved, actual)

    assert [(type(step), step.key) for step in steps] == [
        (SetState, "forum:VSK"),
        (Unlink, "forum:VSK"),
        (Link, "level:inriktande"),
        (Unlink, "level:verkstallande"),
    ]
    for step in steps:
        actual = after(step, moved, actual)
    assert plan(moved, actual) == ()


def test_a_room_the_law_no_longer_has_leaves_the_space_and_is_otherwise_left_alone(
    wanted: tuple[WantedRoom, ...],
) -> None:
    actual = built(wanted)
    fewer = tuple(room for room in wanted if room.key != "forum:AGC")

    (step,) = plan(fewer, actual)

    assert isinstance(step, Unlink)
    assert (step.key, step.why.name) == ("level:samordnande", "not_in_law")
    assert plan(fewer, after(step, fewer, actual)) == ()
    known = {key: room.room_id for key, room in actual.items()}
    assert [left.key for left in leftovers(fewer, known)] == ["forum:AGC"]


MENU = (
    Offer("kalla", ("convene",), "Kallar till ett möte.", (Field("at", "När."),)),
    Offer("vem", ("who",), "Visar vem."),
)


def with_menu(region: Region, menu: tuple[Offer, ...]) -> tuple[WantedRoom, ...]:
    return wanted_rooms(region, SETTINGS, say, menu)


def test_a_room_is_made_with_its_menu_and_a_space_has_none(region: Region) -> None:
    actual = built(with_menu(region, MENU))

    menus = {
        key: [key for type_, key in room.state if type_ == DESCRIPTION]
        for key, room in actual.items()
    }

    assert plan(with_menu(region, MENU), actual) == ()
    assert len(menus["forum:VSK"]) == len(MENU)
    assert menus["space"] == menus["level:verkstallande"] == []


def test_what_is_no_longer_offered_is_withdrawn_in_one_step_a_room(region: Region) -> None:
    actual = built(with_menu(region, MENU))
    changed = (dataclasses.replace(MENU[0], says="Kallar."), Offer("hem", (), "Visar hemma."))
    wanted = with_menu(region, changed)

    steps = plan(wanted, actual)

    assert [type(step) for step in steps] == [Offering] * len(region.forums)
    assert steps[0].why.name == "menu"
    assert (steps[0].why.facts["shown"], steps[0].why.facts["withdrawn"]) == (2, 1)
    for step in steps:
        actual = after(step, wanted, actual)
    assert actual["forum:VSK"].state[DESCRIPTION, state_key("vem", SETTINGS.bot)] == {}
    assert plan(wanted, actual) == ()


def test_a_field_that_is_gone_is_a_difference_and_what_another_bot_offers_is_not(
    region: Region,
) -> None:
    theirs = state_key("ban", "@other:one.example")
    actual = built(with_menu(region, MENU))
    room = actual["forum:VSK"]
    own = state_key("kalla", SETTINGS.bot)
    more = {**room.state[DESCRIPTION, own], "fi.mau.tail_parameter": "at"}
    state = {**room.state, (DESCRIPTION, own): more, (DESCRIPTION, theirs): {"command": "ban"}}

    (step,) = plan(with_menu(region, MENU), actual | {"forum:VSK": ActualRoom(room.room_id, state)})

    assert isinstance(step, Offering)
    assert list(step.changes) == [own]


def test_a_closed_room_says_so_and_nobody_but_the_bot_can_write_there(
    wanted: tuple[WantedRoom, ...],
) -> None:
    forum = next(room for room in wanted if not room.is_space)

    levels = power_levels(dataclasses.replace(forum, closed=True))

    assert levels["events_default"] == 100
    assert {levels["events"][type_] for type_ in ("m.room.encrypted", "m.reaction")} == {100}
    assert power_levels(forum)["events_default"] == 0
