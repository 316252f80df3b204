"""Relief at the edges: when clocks change, at random, and with the bot down (R1, R26)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock.wall import SteeredClock
from bot.deadlines.summons import CHANGES
from bot.domain.holdings import in_force
from bot.domain.model import Holding
from bot.domain.reliefs import LOOK, Holder, holders, turns
from tests.story.gathering import gathers, the_log
from tests.story.handing_over import LENA, arms, hands_over, read_anew, rings_again
from tests.story.story import Story, mxid_of

VTL = "vag.VTL"
QUARTER = timedelta(minutes=15)

CLOCKS_CHANGE = [
    pytest.param(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "kl. 02.30", id="the first 02.30"),
    pytest.param(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "kl. 02.30", id="the second 02.30"),
    pytest.param(datetime(2026, 10, 25, 1, 0, tzinfo=UTC), "kl. 02.00", id="02.00 again"),
    pytest.param(datetime(2027, 3, 28, 1, 0, tzinfo=UTC), "kl. 03.00", id="from 02.00 to 03.00"),
    pytest.param(datetime(2027, 3, 28, 1, 5, tzinfo=UTC), "kl. 03.05", id="just after"),
]


@pytest.mark.parametrize(("moment", "said"), CLOCKS_CHANGE)
async def test_when_clocks_change_the_brief_comes_a_quarter_before_and_once(
    moment: datetime, said: str, story: Story
) -> None:
    begun = replace(story, clock=SteeredClock(moment - timedelta(hours=1)))
    await read_anew(begun)
    await hands_over(begun, VTL, moment)

    await begun.passes(minutes=44, seconds=59)
    before = list(begun.told(LENA))
    await begun.passes(seconds=1)
    briefed = list(begun.told(LENA))
    await begun.passes(minutes=15)
    await begun.passes(hours=2)

    assert before == []
    assert [it.startswith(f"Lena Wiik tar över {said}") for it in briefed] == [True]
    moved = [it for it in await the_log(begun) if it.what == "relief.moved"]
    assert [it.happened_at for it in moved] == [moment]
    assert sum("tar över" in it and "Ta över med" in it for it in begun.told(LENA)) == 1


async def test_who_is_unknown_to_the_rooms_is_briefed_all_the_same(story: Story) -> None:
    await read_anew(story)
    await hands_over(story, VTL, story.clock.now() + timedelta(minutes=30), "@ny:annan.example")

    await story.passes(minutes=15)

    assert story.told_last("@ny:annan.example").startswith("Lena Wiik tar över kl. 08.30")


async def test_a_restart_at_any_second_says_nothing_twice(story: Story) -> None:
    await read_anew(story)
    await hands_over(story, VTL, story.clock.now() + timedelta(minutes=20))

    for _ in range(30):
        await story.passes(minutes=1)
        await rings_again(story, "relief.look")

    for who in (VTL, LENA):
        assert sum("tar över kl. 08.20" in it for it in story.told(who)) == 1, who
        assert sum("Ingen har bekräftat" in it for it in story.told(who)) == 1, who


async def test_two_that_change_hands_at_once_are_taken_over_by_one_word(story: Story) -> None:
    await read_anew(story)
    at = story.clock.now() + timedelta(minutes=20)
    await hands_over(story, VTL, at)
    await hands_over(story, "vatten.JOUR", at)
    await story.passes(minutes=10)

    await story.says(LENA, "övertar", "direct")
    await story.passes(minutes=20)

    assert story.told_last(LENA).count("Du har tagit över") == 2
    assert not any("Ingen har bekräftat" in it for it in story.told(LENA))


async def test_nobody_after_them_the_one_who_goes_is_told_so(story: Story) -> None:
    await read_anew(story)
    await hands_over(story, VTL, story.clock.now() + timedelta(minutes=20), None)

    await story.passes(minutes=5)

    assert "Ingen står på tur efter" in story.told_last(VTL)


async def test_the_line_for_who_comes_after_nobody_holds_from_that_minute_on(
    story: Story,
) -> None:
    await read_anew(story)
    await hands_over(story, VTL, story.clock.now() + timedelta(minutes=20), None)
    await story.passes(minutes=5)

    line = re.search(r"!avlös vag\.VTL NAMN[^.]*[\d]", story.told_last(VTL))
    assert line
    await story.says(VTL, line[0].replace("NAMN", mxid_of("vag.VTL/2")) + ' "Bro 2"', "direct")
    await story.passes(minutes=20)

    await story.says("sos.VOF", "!vem vag.VTL", "direct")
    assert story.told_last("sos.VOF").startswith(
        "Vakthavande trafikledare, Trafikverket Mälarvik: vag.VTL 2"
    )
    assert "”Bro 2”" in story.told("vag.VTL/2")[0]


async def test_who_came_while_the_bot_was_down_is_asked_before_any_deputy(story: Story) -> None:
    await story.to("2026-11-03T15:54")
    await arms(story)
    await gathers(story, "TIBG", but=["pol.VB"])
    await story.says("lst.TIB", "!kalla TIBG 16.30 bedöma läget", "TIBG")
    await hands_over(story, "pol.VB", story.clock.now() + timedelta(minutes=1))
    story.clock.move_to(story.clock.now() + timedelta(minutes=20))

    await arms(story)
    await story.passes(seconds=0)

    assert any(it.startswith("Kallelse KA-2026-001") for it in story.told(LENA))
    assert not any(it.startswith("Kallelse KA-2026-001") for it in story.told("pol.VB/2"))


async def test_who_comes_is_asked_before_any_deputy_whichever_deadline_rings_first(
    story: Story,
) -> None:
    await rings_again(story, CHANGES)  # its row is the oldest from now on
    await rings_again(story, "holding.changes", LOOK)
    await story.to("2026-11-03T15:54")
    await gathers(story, "TIBG", but=["pol.VB"])
    await story.says("lst.TIB", "!kalla TIBG 16.30 bedöma läget", "TIBG")
    await story.passes(minutes=2)

    await hands_over(story, "pol.VB", story.clock.now())

    assert any(it.startswith("Kallelse KA-2026-001") for it in story.told(LENA))
    assert not any(it.startswith("Kallelse KA-2026-001") for it in story.told("pol.VB/2"))


async def test_who_comes_and_has_said_that_they_cannot_is_passed_over_at_once(story: Story) -> None:
    await story.to("2026-11-03T15:54")
    await rings_again(story, LOOK)
    await gathers(story, "TIBG", but=["pol.VB"])
    await story.says("lst.TIB", "!kalla TIBG 16.30 bedöma läget", "TIBG")
    await story.says("reg.TIB", "förhinder KA-2026-001", "direct")

    await hands_over(story, "pol.VB", story.clock.now(), to="reg.TIB")

    asked = "Du kallas som Vakthavande befäl, Polisregion Mälarvik."
    assert not [it for it in story.told("reg.TIB") if asked in it]
    assert "Du kallas som ersättare 1 för Vakthavande befäl" in story.told_last("pol.VB/2")


PEOPLE = st.sampled_from(["@a:x", "@b:x", "@c:x"])
START = datetime(2026, 10, 15, tzinfo=UTC)
SHIFTS = st.lists(
    st.tuples(
        st.sampled_from(["x.A", "x.B"]), PEOPLE, st.integers(0, 40), st.integers(1, 20),
        st.integers(1, 2),
    ),
    max_size=12,
)  # fmt: skip


@given(SHIFTS)
def test_following_every_turn_gives_who_holds_what_at_every_moment(
    shifts: list[tuple[str, str, int, int, int]],
) -> None:
    rows = [
        Holding(
            function=function, rank=rank, mxid=mxid, name=mxid, source="any",
            starts=START + timedelta(hours=begins),
            ends=START + timedelta(hours=begins + lasts),
        )
        for function, mxid, begins, lasts, rank in shifts
    ]  # fmt: skip
    moments = sorted({at for row in rows for at in (row.starts, row.ends) if at})

    known: dict[str, Holder] = {}
    for at in moments:
        now = holders(row for row in rows if in_force(row, at))
        for turn in turns(known, now, at):
            assert turn.outgoing == known.get(turn.function)
            assert turn.outgoing is None or turn.incoming is None or turn.outgoing != turn.incoming
            if turn.incoming:
                known[turn.function] = turn.incoming
            else:
                del known[turn.function]
        assert known == now


async def test_a_function_that_the_law_does_not_have_is_let_be(story: Story) -> None:
    await read_anew(story)
    async with story.store.begin() as session:
        session.add(
            Holding(
                function="ÖVN1-vag.VTL", rank=1, mxid=LENA, name="Lena Wiik", source="exercise",
                starts=story.clock.now() + timedelta(minutes=5),
            )
        )  # fmt: skip
    await hands_over(story, VTL, story.clock.now() + timedelta(minutes=20))

    await story.passes(minutes=6)

    assert len(story.told(LENA)) == 1
