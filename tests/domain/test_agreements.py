"""Positions, not votes: what comes of any answers by anybody in any order."""

from __future__ import annotations

import functools
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import mandates, positions
from bot.domain.agreements import complete, outcome, remind_at, stands, undecided_until
from bot.domain.model import Agreement, AgreementState, Choice, Position
from bot.domain.region import Mandate, Region
from bot.domain.seats import called, seat_in
from bot.domain.spelling import folded
from bot.procedures.agreements import listed
from config.region import load_region

NOW = datetime(2026, 10, 15, 8, 0, tzinfo=UTC)
SEATS = ("lst.TIB", "pol.VB", "lindo.SAK")
EXAMPLE = Path(__file__).parent.parent.parent / "config/example/malarvik.yaml"


@functools.cache
def load() -> Region:
    return load_region(EXAMPLE, date(2026, 10, 12))


@pytest.fixture
def region() -> Region:
    return load()


def position(
    function: str, choice: Choice, rank: int = 1, *, text: str = "", minutes: int | None = None
) -> Position:
    until = NOW + timedelta(minutes=minutes) if minutes is not None else None
    return Position(
        agreement="OV-2026-001", function=function, choice=choice, text=text, mxid="@a:b",
        rank=rank, given_at=NOW - timedelta(minutes=10), anchored_until=until, event_id="$1",
    )  # fmt: skip


ANSWERS = st.lists(
    st.builds(
        position,
        function=st.sampled_from(SEATS),
        choice=st.sampled_from(Choice),
        rank=st.integers(1, 3),
        text=st.sampled_from(["", "till kl. 22"]),
        minutes=st.sampled_from([-5, 0, 5]),
    ),
    max_size=12,
)


def oracle(given_: list[Position]) -> dict[str, Choice | None]:
    """Say again, in the plainest way, whose answer counts and what it is."""
    found: dict[str, Choice | None] = dict.fromkeys(SEATS)
    for function in SEATS:
        for rank in (3, 2, 1):
            of_rank = [p for p in given_ if p.function == function and p.rank == rank]
            if of_rank:
                last = of_rank[-1]
                out = last.choice == "anchor" and last.anchored_until and last.anchored_until <= NOW
                found[function] = None if out else Choice(last.choice)
    return found


@given(ANSWERS)
def test_each_seat_stands_where_its_first_in_turn_last_said(given_: list[Position]) -> None:
    standing = stands(SEATS, given_, NOW)

    assert {each.function: each.choice for each in standing} == oracle(given_)


@given(ANSWERS)
def test_the_outcome_names_and_never_counts(given_: list[Position]) -> None:
    standing = stands(SEATS, given_, NOW)

    said = set(oracle(given_).values())
    yes = bool(said & {Choice.AGREES, Choice.RESERVATION})
    all_in = not said & {None, Choice.ANCHOR, Choice.DISAGREES}
    expected = {
        (False, False): AgreementState.NOT_AGREED,
        (False, True): AgreementState.NOT_AGREED,
        (True, False): AgreementState.STANDS_FOR_SOME,
        (True, True): AgreementState.AGREED_WITH_RESERVATION
        if Choice.RESERVATION in said
        else AgreementState.AGREED,
    }[yes, all_in]
    assert outcome(standing, support_only=False) is expected
    assert outcome(standing, support_only=True) is AgreementState.ADVICE


@given(ANSWERS)
def test_silence_is_never_agreement(given_: list[Position]) -> None:
    silent = [p for p in given_ if p.function != "lindo.SAK"]

    standing = stands(SEATS, silent, NOW)

    assert standing[-1].choice is None
    assert not complete(standing)
    assert outcome(standing, support_only=False) in {
        AgreementState.STANDS_FOR_SOME,
        AgreementState.NOT_AGREED,
    }


@given(ANSWERS, st.permutations(SEATS))
def test_the_order_of_the_seats_changes_nothing(given_: list[Position], order: list[str]) -> None:
    one, other = stands(SEATS, given_, NOW), stands(order, given_, NOW)

    assert set(one) == set(other)
    assert outcome(one, support_only=False) is outcome(other, support_only=False)


def test_who_asks_at_home_is_waited_for_until_the_time_is_out() -> None:
    ledger = [position("lst.TIB", Choice.ANCHOR, minutes=5)]

    before = stands(["lst.TIB"], ledger, NOW)
    after = stands(["lst.TIB"], ledger, NOW + timedelta(minutes=5))

    assert (complete(before), before[0].anchoring) == (False, True)
    assert (complete(after), after[0].choice, after[0].lapsed) == (True, None, True)


def test_a_reservation_is_waited_for_until_it_is_worded() -> None:
    wordless = [position("lst.TIB", Choice.RESERVATION)]
    worded = [*wordless, position("lst.TIB", Choice.RESERVATION, text="till 22")]

    assert not complete(stands(["lst.TIB"], wordless, NOW))
    assert complete(stands(["lst.TIB"], worded, NOW))


def test_what_hangs_on_home_alone_stays_open_for_it() -> None:
    alone = stands(["lst.TIB"], [position("lst.TIB", Choice.ANCHOR, minutes=5)], NOW)
    agreed = stands(
        SEATS,
        [position("lst.TIB", Choice.ANCHOR, minutes=5), position("pol.VB", Choice.AGREES)],
        NOW,
    )

    assert undecided_until(alone, support_only=False) == NOW + timedelta(minutes=5)
    assert undecided_until(agreed, support_only=False) is None
    assert undecided_until(alone, support_only=True) is None


def test_an_anchoring_seat_is_asked_again_for_the_last_third_at_most_an_hour() -> None:
    assert remind_at(NOW, NOW + timedelta(minutes=30)) == NOW + timedelta(minutes=20)
    assert remind_at(NOW, NOW + timedelta(days=1)) == NOW + timedelta(hours=23)


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("1", Choice.AGREES), ("Biträder", Choice.AGREES), ("agree", Choice.AGREES),
        ("agrees", Choice.AGREES), ("2", Choice.RESERVATION), ('2 "till 22"', Choice.RESERVATION),
        ("biträder med förbehåll", Choice.RESERVATION), ("2 ”till 22”", Choice.RESERVATION),
        ("3", Choice.ANCHOR), ("3 17.25", Choice.ANCHOR), ("måste förankras", Choice.ANCHOR),
        ("4", Choice.DISAGREES), ("bitrader inte", Choice.DISAGREES),
        ("BITRÄDER EJ.", Choice.DISAGREES), ("5", Choice.NOT_CONCERNED),
        ("not_concerned", Choice.NOT_CONCERNED), ("berörs inte", Choice.NOT_CONCERNED),
    ],
)  # fmt: skip
def test_a_position_alone_is_understood(text: str, choice: Choice) -> None:
    said = positions.read(text)

    assert said is not None
    assert said.choice is choice
    assert positions.is_alone(text)


@pytest.mark.parametrize(
    "text",
    [
        "1 buss kvar",
        "3 man på väg",
        "2 till 22",
        "0",
        "6",
        "",
        "ja",
        "biträder vi det här?",
        "1 17.25",
    ],
)
def test_talk_is_not_a_position(text: str) -> None:
    assert not positions.is_alone(text)


def test_an_expired_mandate_may_only_inform(region: Region) -> None:
    forum = region.forum("VSK")
    until_today = Mandate(frozenset({"SAMORDNA"}), last_day=date(2026, 10, 15))

    on_the_day = mandates.may_agree(region, forum, until_today, "tid", date(2026, 10, 15))
    the_day_after = mandates.may_agree(region, forum, until_today, "tid", date(2026, 10, 16))

    assert (on_the_day, the_day_after) == (True, False)
    assert mandates.in_force(region, until_today, date(2026, 10, 16)) == {"INFORMERA"}


def test_a_support_forum_needs_no_mandate_for_what_binds_nobody(region: Region) -> None:
    staff, informs = region.forum("STAB"), Mandate(frozenset({"INFORMERA"}))

    assert mandates.may_agree(region, staff, informs, "inriktning", date(2026, 10, 15))


@pytest.mark.parametrize(
    ("forum", "word", "functions"),
    [
        ("VSK", "lindo", ("lindo.SAK",)),
        ("VSK", "Lindö", ("lindo.SAK",)),
        ("VSK", "Polisregion Mälarvik", ("pol.VB",)),
        ("VSK", "lst.tib", ("lst.TIB",)),
        ("VSK", "kommuner_sma", (
            "granholm.SAK", "holmstad.SAK", "kvarnsele.SAK", "lindo.SAK", "sandhamra.SAK",
            "tallasen.SAK",
        )),
        ("TIBG", "norrsund", ("rtjn.RCB", "malarvik.TIB")),
        ("TIBG", "malarvik", ("malarvik.TIB",)),
        ("VSK", "kansli", ("kansli.RSIB", "kansli.RKK")),
        ("VSK", "nord", ()),
        ("VSK", "Mälarviks", ()),
    ],
)  # fmt: skip
def test_a_word_means_the_seats_that_answer_for_it(
    region: Region, forum: str, word: str, functions: tuple[str, ...]
) -> None:
    assert called(region, region.forum(forum), word) == functions


def test_borrowed_seats_are_those_of_the_forum_they_come_from(region: Region) -> None:
    assert seat_in(region, region.forum("BM"), "lst.LOD") is not None


def test_spelling_folds_case_and_marks() -> None:
    assert folded("  Arbetssätt ") == folded("arbetssatt")
    assert folded("inriktning_kort") == "inriktning kort"


@given(ANSWERS)
def test_every_seat_is_named_in_exactly_the_list_it_chose(given_: list[Position]) -> None:
    law = load()
    agreement = Agreement(
        id="OV-2026-001", forum="VSK", kind="tid", text="", why="", proposed_by="@a:b",
        proposed_as="lst.TIB", proposed_at=NOW, closes_at=NOW,
    )  # fmt: skip

    lists = listed(law, agreement, stands(SEATS, given_, NOW))

    named = {name: [seat["function"] for seat in seats] for name, seats in lists.items()}
    said = oracle(given_)
    assert named.pop("unread") == []  # every answer could be read
    words = {
        "agrees": Choice.AGREES, "reservations": Choice.RESERVATION, "anchoring": Choice.ANCHOR,
        "disagrees": Choice.DISAGREES, "not_concerned": Choice.NOT_CONCERNED, "silent": None,
    }  # fmt: skip
    assert named == {
        name: [seat for seat in SEATS if said[seat] is choice] for name, choice in words.items()
    }
