"""Who holds what: periods, and what is said on top of them, against a slow and plain oracle."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.holdings import held_at, in_force, in_order, resolved
from bot.domain.manning import Gap, gaps, known_until, overlaps
from bot.domain.model import Holding, Override, OverrideKind

START = datetime(2026, 10, 24, 18, tzinfo=UTC)
HOURS = 12
FUNCTIONS = ("a.TIB", "b.TIB")
PEOPLE = ("@ada:x", "@bo:x", "@cia:x")

hours = st.integers(0, HOURS)
maybe_hours = st.none() | hours


def at(hour: int) -> datetime:
    return START + timedelta(hours=hour)


def maybe(hour: int | None) -> datetime | None:
    return None if hour is None else at(hour)


@st.composite
def some_holdings(draw: st.DrawFn) -> Holding:
    starts, ends = draw(maybe_hours), draw(maybe_hours)
    if starts is not None and ends is not None and ends <= starts:
        ends = starts + 1
    return Holding(
        id=draw(st.integers(1, 99)),
        function=draw(st.sampled_from(FUNCTIONS)),
        rank=draw(st.integers(1, 2)),
        mxid=(who := draw(st.sampled_from(PEOPLE))),
        name=who,
        starts=maybe(starts),
        ends=maybe(ends),
        source="roster",
        withdrawn_at=maybe(draw(st.none() | st.none() | hours)),
    )


@st.composite
def some_overrides(draw: st.DrawFn) -> Override:
    kind = draw(st.sampled_from(OverrideKind))
    return Override(
        id=draw(st.integers(1, 99)),
        function=draw(st.sampled_from(FUNCTIONS)),
        kind=kind,
        rank=draw(st.integers(1, 2) if kind is OverrideKind.ADD else st.none() | st.integers(1, 2)),
        instead_of=None if kind is OverrideKind.ADD else draw(st.sampled_from(PEOPLE)),
        mxid=None if kind is OverrideKind.TAKE_OUT else draw(st.sampled_from(PEOPLE)),
        starts=at(draw(hours)),
        ends=maybe(draw(maybe_hours)),
        made_at=at(draw(hours)),
        source="room",
        withdrawn_at=maybe(draw(st.none() | st.none() | hours)),
    )


rosters = st.lists(some_holdings(), max_size=6)
said = st.lists(some_overrides(), max_size=5, unique_by=lambda each: (each.made_at, each.id))


def oracle(
    roster: Sequence[Holding], words: Sequence[Override], now: datetime
) -> list[tuple[str, int, str]]:
    """Ask everybody at one moment, in the order in which things were said."""
    there = [
        (row.function, row.rank, row.mxid)
        for row in roster
        if row.withdrawn_at is None
        and not (row.starts and now < row.starts)
        and not (row.ends and row.ends <= now)
    ]
    for word in sorted(words, key=lambda each: (each.made_at, each.id)):
        if now < word.starts or (word.ends and word.ends <= now):
            continue
        if word.withdrawn_at and word.withdrawn_at <= now:
            continue
        left = []
        for function, rank, who in there:
            hit = (function, who) == (word.function, word.instead_of)
            if not hit or word.rank not in {None, rank}:
                left.append((function, rank, who))
            elif word.mxid:
                left.append((function, rank, word.mxid))
        if word.instead_of is None and word.mxid and word.rank:
            left.append((word.function, word.rank, word.mxid))
        there = left
    return sorted(there)


@given(rosters, said, st.integers(-1, HOURS + 1))
def test_at_every_moment_those_have_it_whom_the_oracle_names(
    roster: list[Holding], words: list[Override], hour: int
) -> None:
    held = held_at(roster, words, at(hour))

    assert sorted((it.function, it.rank, it.mxid) for it in held) == oracle(roster, words, at(hour))


@given(rosters, said, hours)
def test_an_override_only_touches_its_own_time(
    roster: list[Holding], words: list[Override], hour: int
) -> None:
    before = [it for it in words if it.starts <= at(hour)]
    counts = [it for it in before if it.ends is None or at(hour) < it.ends]

    assert held_rows(held_at(roster, words, at(hour))) == held_rows(
        held_at(roster, counts, at(hour))
    )


@given(rosters, said)
def test_no_period_is_empty_and_no_row_of_the_roster_is_changed(
    roster: list[Holding], words: list[Override]
) -> None:
    before = [row.model_dump() for row in roster]

    periods = resolved(roster, words)

    assert all(not it.starts or not it.ends or it.starts < it.ends for it in periods)
    assert [row.model_dump() for row in roster] == before


@given(rosters, said)
def test_a_gap_is_where_nobody_is_the_holder_and_nowhere_else(
    roster: list[Holding], words: list[Override]
) -> None:
    found = gaps(roster, words, FUNCTIONS, at(0), at(HOURS))

    for hour in range(HOURS):
        now = at(hour) + timedelta(minutes=30)
        there = oracle(roster, words, now)
        for function in FUNCTIONS:
            holes = [it for it in found if it.function == function and it.starts <= now < it.ends]
            ranks = {rank for code, rank, _ in there if code == function}
            assert len(holes) == (1 not in ranks)
            assert all(hole.deputies == bool(ranks) for hole in holes)


@given(rosters, said)
def test_an_overlap_is_where_two_share_a_place_and_nowhere_else(
    roster: list[Holding], words: list[Override]
) -> None:
    found = overlaps(roster, words, at(0), at(HOURS))

    for hour in range(HOURS):
        now = at(hour) + timedelta(minutes=30)
        doubled: dict[tuple[str, int], set[str]] = {}
        for function, rank, who in oracle(roster, words, now):
            doubled.setdefault((function, rank), set()).add(who)
        there = {
            (it.function, it.rank): set(it.mxids) for it in found if it.starts <= now < it.ends
        }
        assert there == {place: who for place, who in doubled.items() if len(who) > 1}


def test_who_stands_in_may_be_stood_in_for_in_turn() -> None:
    roster = [shift("@ada:x", 0, 8)]
    words = [replaced("@ada:x", "@bo:x", 2, 6, id_=1), replaced("@bo:x", "@cia:x", 4, 5, id_=2)]

    assert [
        (it.starts, it.mxid)
        for it in sorted(resolved(roster, words), key=lambda it: it.starts or at(0))
    ] == [
        (at(0), "@ada:x"),
        (at(2), "@bo:x"),
        (at(4), "@cia:x"),
        (at(5), "@bo:x"),
        (at(6), "@ada:x"),
    ]


def test_a_replacement_counts_only_while_the_other_would_have_had_it() -> None:
    roster = [shift("@ada:x", 0, 2), shift("@bo:x", 2, 4)]
    words = [replaced("@ada:x", "@cia:x", 1, None)]

    assert [it.mxid for hour in range(4) for it in held_at(roster, words, at(hour))] == [
        "@ada:x",
        "@cia:x",
        "@bo:x",
        "@bo:x",
    ]


def test_an_override_about_one_rank_leaves_the_others_alone() -> None:
    deputy, word = shift("@ada:x", 0, 4), replaced("@ada:x", "@bo:x", 0, None)
    deputy.rank, word.rank = 2, 2

    held = held_at([shift("@ada:x", 0, 4), deputy], [word], at(1))

    assert [(it.rank, it.mxid) for it in held] == [(1, "@ada:x"), (2, "@bo:x")]


def test_of_two_at_once_the_one_who_began_last_counts_and_the_other_is_next() -> None:
    both = [shift("@ada:x", 0, 3), shift("@bo:x", 2, 5)]

    (double,) = overlaps(both, [], at(0), at(9))

    assert [it.mxid for it in in_order(both)] == ["@bo:x", "@ada:x"]
    assert (double.starts, double.ends, double.mxids) == (at(2), at(3), ("@bo:x", "@ada:x"))


def test_a_gap_is_told_whole_though_other_things_change_in_it() -> None:
    deputy = shift("@bo:x", 3, 4)
    deputy.rank = 2

    assert gaps([shift("@ada:x", 0, 2), deputy], [], ["a.TIB"], at(1), at(6)) == [
        Gap("a.TIB", at(2), at(3), deputies=False),
        Gap("a.TIB", at(3), at(4), deputies=True),
        Gap("a.TIB", at(4), at(6), deputies=False),
    ]


def test_what_is_known_ends_with_the_last_holder_and_never_with_an_open_one() -> None:
    periods = [shift("@ada:x", 0, 2), shift("@bo:x", 5, 7)]

    assert known_until(periods, "a.TIB") == at(7)
    assert known_until([*periods, shift("@cia:x", 3, None)], "a.TIB") is None
    assert known_until(periods, "b.TIB") is None


def held_rows(holdings: Sequence[Holding]) -> list[tuple[str, int, str]]:
    return sorted((it.function, it.rank, it.mxid) for it in holdings)


def shift(mxid: str, starts: int, ends: int | None) -> Holding:
    return Holding(
        function="a.TIB",
        rank=1,
        mxid=mxid,
        name=mxid,
        starts=at(starts),
        ends=maybe(ends),
        source="roster",
    )


def replaced(out: str, comes: str, starts: int, ends: int | None, id_: int = 1) -> Override:
    return Override(
        id=id_,
        function="a.TIB",
        kind=OverrideKind.REPLACE,
        instead_of=out,
        mxid=comes,
        starts=at(starts),
        ends=maybe(ends),
        made_at=at(0),
        source="room",
    )


def test_a_period_includes_its_start_and_not_its_end() -> None:
    held = shift("@ada:x", 1, 2)

    assert [in_force(held, at(hour)) for hour in (0, 1, 2)] == [False, True, False]
