"""Which sides a forum hears: by whom a seat answers for, and only from who has answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.domain.calling import SeatCall
from bot.domain.model import Call, CallState
from bot.domain.perspectives import brings, perspectives
from bot.domain.region import Forum, Mode, Region
from bot.domain.summons import limits_of
from config.region import load_region
from tests.domain.test_summons import NOON

EXAMPLE = Path(__file__).parents[2] / "config/example"


@pytest.fixture(scope="module")
def region() -> Region:
    return load_region(EXAMPLE / "malarvik.yaml", date(2026, 11, 3))


def call_of(region: Region, forum: Forum, reached: dict[str, str]) -> list[SeatCall]:
    """Call the forum; `reached` are functions, each with who answered for it."""
    limits = limits_of(region, Mode.ACTIVATED, NOON)
    return [
        SeatCall(seat, _call(seat.function, reached.get(seat.function)), [], (), limits)
        for seat in forum.seats
    ]


def _call(function: str, by: str | None) -> Call:
    state = CallState.ACKNOWLEDGED if by else CallState.NOT_REACHED
    return Call(summons="KA-1", function=function, represents=[], state=state, answered_by=by)


def test_a_seat_brings_the_perspectives_of_all_whom_it_represents(region: Region) -> None:
    seats = {seat.function: seat for seat in region.forum("TIBG").seats}

    assert brings(region, seats["rtjn.RCB"]) == {"blaljus", "kommun"}
    assert brings(region, seats["malarvik.TIB"]) == {"kommun"}
    assert brings(region, seats["mil.VB"]) == frozenset()


def test_who_represents_seven_municipalities_covers_their_perspective(region: Region) -> None:
    wanted = region.forum("ASK").perspectives
    forum = replace(region.forum("TIBG"), perspectives=wanted)

    found = perspectives(region, forum, call_of(region, forum, {"rtjn.RCB": "@rcb"}))

    assert found["covered"] == ["kommun", "blaljus"]
    assert found["missing"] == [
        {"perspective": "trafik", "seats": []},
        {"perspective": "vard", "seats": ["reg.TIB"]},
    ]


def test_silence_covers_nothing_and_all_who_could_are_named(region: Region) -> None:
    forum = region.forum("ASK")

    found = perspectives(region, forum, call_of(region, forum, {}))

    assert found["covered"] == []
    assert [it["perspective"] for it in found["missing"]] == list(forum.perspectives)
    assert found["missing"][1]["seats"] == ["trf.VTL", "vag.VTL"]


def test_at_the_meeting_only_who_is_in_the_room_counts(region: Region) -> None:
    forum = region.forum("ASK")
    seats = call_of(region, forum, {"reg.TIB": "@reg", "trf.VTL": "@trf"})

    found = perspectives(region, forum, seats, {"@trf"})

    assert found["covered"] == ["trafik"]
    assert {"perspective": "vard", "seats": ["reg.TIB"]} in found["missing"]


def test_a_forum_that_names_none_is_told_of_none(region: Region) -> None:
    forum = region.forum("VSK")

    assert perspectives(region, forum, call_of(region, forum, {})) == {
        "covered": [],
        "missing": [],
    }
