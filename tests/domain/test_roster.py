"""A roster as people write it, and what is wrong with it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.domain.region import Held, Region
from bot.domain.roster import RosterWrong, read_roster
from config.region import load_region

EXAMPLE = Path(__file__).parents[2] / "config/example"
HEAD = "function,rank,mxid,name,from,to\n"
JONAS = "vag.VTL,1,@jonas.ek:malarvik.example,Jonas Ek"


@pytest.fixture(scope="module")
def region() -> Region:
    return load_region(EXAMPLE / "malarvik.yaml", date(2026, 10, 12))


def wrong(text: str, region: Region) -> list[str]:
    with pytest.raises(RosterWrong) as caught:
        read_roster(text, region, "jour.csv")
    return [str(problem) for problem in caught.value.problems]


def test_a_line_gives_a_holding_in_the_regions_time(region: Region) -> None:
    rows = read_roster(f"{HEAD}{JONAS},2026-11-03T07:00,2026-11-03 19:00\n", region)

    assert rows == (
        Held(
            "vag.VTL",
            1,
            "@jonas.ek:malarvik.example",
            "Jonas Ek",
            datetime(2026, 11, 3, 6, tzinfo=UTC),
            datetime(2026, 11, 3, 18, tzinfo=UTC),
        ),
    )


def test_an_open_time_is_no_limit_and_a_day_is_its_midnight(region: Region) -> None:
    (row,) = read_roster(f"{HEAD}{JONAS},2026-07-01,\n", region)

    assert (row.starts, row.ends) == (datetime(2026, 6, 30, 22, tzinfo=UTC), None)


def test_a_spreadsheets_own_way_is_understood(region: Region) -> None:
    text = (
        "\ufeff# Jourlista\r\nFunktion;Rang;Namn;Matrix-id;Från;Till\r\n"
        'VAG.vtl;1;"Ek; Jonas";@jonas.ek:malarvik.example;;\r\n;;;;;\r\n'
    )

    (row,) = read_roster(text, region)

    assert (row.function, row.person) == ("vag.VTL", "Ek; Jonas")


def test_who_follows_another_does_not_overlap(region: Region) -> None:
    text = f"{HEAD}{JONAS},2026-11-03T19:00,\n{JONAS},,2026-11-03T19:00\n"

    assert len(read_roster(text, region)) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "jour.csv:1: is empty; expected a line of column names"),
        (
            "function,rank,mxid\n",
            (
                "jour.csv:1: has no column name, from, to; expected function, rank, mxid, name, "
                "from, to"
            ),
        ),
        (
            f"{HEAD}vag.VLT,1,@a:b,A,,\n",
            'jour.csv:2: "vag.VLT" is no function of the region; did you mean "vag.VTL"?',
        ),
        (
            f"{HEAD}vag.VTL,0,@a:b,A,,\n",
            'jour.csv:2: "0" is no rank; expected 1 for the holder, 2 for the first deputy, …',
        ),
        (
            f"{HEAD}vag.VTL,1,jonas,A,,\n",
            'jour.csv:2: "jonas" is no Matrix id; expected "@name:server"',
        ),
        (f"{HEAD}vag.VTL,1,@a:b,,,\n", "jour.csv:2: has no name"),
        (
            f"{HEAD}{JONAS},3 nov,\n",
            'jour.csv:2: "3 nov" is no time; expected "2026-11-02 08:00", or nothing',
        ),
        (
            f"{HEAD}{JONAS},2026-11-03,2026-11-03\n",
            'jour.csv:2: ends at "2026-11-03", which is not after "2026-11-03"',
        ),
        (
            f"{HEAD}{JONAS},,\n\n{JONAS},2026-11-03,\n",
            "jour.csv:4: vag.VTL, rank 1, is already held in that time by line 2",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, message: str, region: Region) -> None:
    assert wrong(text, region) == [message]


def test_everything_that_is_wrong_is_said_at_once(region: Region) -> None:
    said = wrong(f"{HEAD}x.Y,1,@a:b,A,,\nvag.VTL,one,@a:b,A,,\n", region)

    assert [line[:11] for line in said] == ["jour.csv:2:", "jour.csv:3:"]


@pytest.mark.parametrize(
    ("name", "unmanned"),
    [
        ("malarvik", {"kbv.VB", "elnat.JOUR", "bana.SAK", "tallasen.KOM"}),
        ("thornmere", {"roads.DUTY", "ferry.CTRL", "oldwick.RES"}),
    ],
)
def test_the_examples_man_every_function_but_those_they_name(name: str, unmanned: set[str]) -> None:
    law = load_region(EXAMPLE / f"{name}.yaml", date(2026, 10, 12))
    text = (EXAMPLE / f"{name}-roster.csv").read_text(encoding="utf-8")

    rows = read_roster(text, law)

    assert set(law.functions) - {row.function for row in rows} == unmanned
    assert all(code in text.splitlines()[1] for code in unmanned)
    people = {row.mxid: row.person for row in rows}
    assert len(set(people.values())) == len(people)


def test_in_the_night_with_an_hour_twice_who_goes_stays_until_it_is_over(region: Region) -> None:
    text = (
        f"{HEAD}{JONAS},2026-10-24 20:00,2026-10-25 02:30\n"
        "vag.VTL,1,@eva:malarvik.example,Eva,2026-10-25 02:30,2026-10-25 08:00\n"
    )

    goes, comes = read_roster(text, region)

    assert goes.ends == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert comes.starts == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_in_the_night_without_an_hour_one_goes_when_the_next_comes(region: Region) -> None:
    text = (
        f"{HEAD}{JONAS},2027-03-27 20:00,2027-03-28 02:30\n"
        "vag.VTL,1,@eva:malarvik.example,Eva,2027-03-28 02:30,2027-03-28 08:00\n"
    )

    goes, comes = read_roster(text, region)

    assert goes.ends == comes.starts == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


def test_that_night_too_a_place_is_given_to_one_at_a_time(region: Region) -> None:
    text = (
        f"{HEAD}{JONAS},2026-10-24 20:00,2026-10-25 03:30\n"
        "vag.VTL,1,@eva:malarvik.example,Eva,2026-10-25 02:30,2026-10-25 08:00\n"
    )

    assert wrong(text, region) == [
        "jour.csv:3: vag.VTL, rank 1, is already held in that time by line 2"
    ]
