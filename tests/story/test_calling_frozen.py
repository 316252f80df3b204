"""Law and roster are frozen into a call; who has the function when they answer still answers."""

from __future__ import annotations

import pytest
from sqlmodel import select

from bot.domain.model import Call, CallState, CallStep, Holding
from bot.store import deadlines, holdings
from tests.story.gathering import everybody_taps, gathers, the_calls, the_log
from tests.story.story import Story, mxid_of

CALL = "!kalla TIBG 16.04 bedöma behovet av samordning"
NEW = "@ny:malarvik.example"


async def hands_over(story: Story, who: str, new: str = NEW) -> None:
    """Let somebody's place in a function go to another, from now on."""
    function, _, rank = who.partition("/")
    now = story.clock.now()
    async with story.store.begin() as session:
        for held in await holdings.holders(session, function, now):
            if held.rank == int(rank or 1):
                held.ends = now
                session.add(held)
                session.add(Holding(
                    function=function, rank=held.rank, mxid=new, name="Ny", starts=now,
                    source="story",
                ))  # fmt: skip
        await deadlines.set_(session, "holding.changes", "all", now)
    await story.passes(seconds=0)


@pytest.fixture
async def called(story: Story) -> Story:
    """Call the duty officers' group at 15.54 one Tuesday."""
    await story.to("2026-11-03T15:54")
    await gathers(story, "TIBG", but=["pol.VB"])
    await story.says("lst.TIB", CALL, "TIBG")
    return story


async def test_a_new_deputy_is_not_asked_by_a_call_that_runs(called: Story) -> None:
    await hands_over(called, "pol.VB/2")

    await called.passes(minutes=20)

    assert called.told(NEW) == []
    assert called.told("pol.VB/2") == []
    assert "Du kallas som ersättare 2" in called.told_last("pol.VB/3")
    assert (await the_calls(called))["pol.VB"].state == CallState.NOT_REACHED


async def test_the_new_holder_answers_for_the_seat_and_the_former_no_more(called: Story) -> None:
    await hands_over(called, "pol.VB")

    await called.says("pol.VB", "deltar KA-2026-001", "direct")
    before = (await the_calls(called))["pol.VB"].state
    await called.says(NEW, "deltar KA-2026-001", "direct")

    assert before != CallState.ATTENDING
    assert called.told_last("pol.VB").startswith("Du behöver inte svara")
    call = (await the_calls(called))["pol.VB"]
    assert (call.answered_by, call.rank, call.state) == (NEW, 1, CallState.ATTENDING)


async def test_who_cannot_come_is_asked_for_no_other_seat(called: Story) -> None:
    """The deputy of the police says no unasked: the holder's silence goes past them."""
    await called.says("pol.VB/2", "förhinder", "direct")

    await called.passes(minutes=5)

    assert not any("Kallelse" in told for told in called.told("pol.VB/2"))
    assert "Du kallas som ersättare 2" in called.told_last("pol.VB/3")


async def test_who_was_asked_and_has_gone_is_not_waited_for(called: Story) -> None:
    await called.passes(minutes=2)

    await hands_over(called, "pol.VB")

    assert "kvittera senast kl. 15.59" in called.told_last("pol.VB/2")
    assert "Varför: den som tillfrågades före dig har inte längre funktionen." in called.told_last(
        "pol.VB/2"
    )
    assert (
        "Polisregion Mälarvik: den som tillfrågades har inte längre funktionen, söker ersättare 1."
        in called.said_last("TIBG")
    )

    gone = next(entry for entry in await the_log(called) if entry.what == "call.gone")
    assert (gone.function, gone.mxid) == ("pol.VB", mxid_of("pol.VB"))


async def test_a_change_is_said_with_what_to_write_and_then_the_new_one_is_asked(
    called: Story,
) -> None:
    await everybody_taps(called, "TIBG", but=["pol.VB"])
    await hands_over(called, "pol.VB")
    said = called.said_last("TIBG")

    await called.says("lst.TIB", "!sök KA-2026-001 pol.VB", "TIBG")

    assert (
        "Vakthavande befäl, Polisregion Mälarvik har en ny innehavare eller ersättare sedan "
        "kallelsen, som inte är tillfrågad. Fråga: !sök KA-2026-001 pol.VB"
    ) in said
    assert "Du kallas som Vakthavande befäl, Polisregion Mälarvik." in called.told_last(NEW)
    assert "!sök" not in called.said_last("TIBG")
    await called.taps(NEW, "✅", "direct", "Kallelse")
    assert (await the_calls(called))["pol.VB"].answered_by == NEW
    assert called.said_last("TIBG").startswith("Kvitterat 8 av 8")


async def test_who_is_new_is_asked_beside_the_deputy_whose_time_still_runs(called: Story) -> None:
    await hands_over(called, "pol.VB")
    await called.says("lst.TIB", "!sök KA-2026-001 pol.VB", "TIBG")

    await called.passes(minutes=3)

    calls = await the_calls(called)
    assert calls["pol.VB"].state == CallState.ASKED
    assert "Du kallas som ersättare 2" in called.told_last("pol.VB/3")
    silent = [entry.mxid for entry in await the_log(called) if entry.what == "call.silent"]
    assert silent == [mxid_of("pol.VB/2"), NEW]


async def test_that_the_one_who_answered_has_gone_is_said(called: Story) -> None:
    await everybody_taps(called, "TIBG", but=["pol.VB"])
    await called.taps("pol.VB", "✅", "direct", "Kallelse")

    await hands_over(called, "pol.VB")

    assert "(den som svarade har inte längre funktionen)" in called.said_last("TIBG")
    assert (await the_calls(called))["pol.VB"].state == CallState.ACKNOWLEDGED
    await called.says(NEW, "förhinder KA-2026-001", "direct")
    assert "Varför: den som tillfrågades före dig har inte längre funktionen." in called.told_last(
        "pol.VB/2"
    )


@pytest.mark.parametrize(
    ("who", "typed", "answer"),
    [
        ("lst.TIB", "!sök KA-2026-001 pol.VB", "Alla som har Vakthavande befäl, Polisregion"),
        ("lst.TIB", "!sök KA-2026-009 pol.VB", "Det finns ingen kallelse KA-2026-009."),
        (
            "kansli.SCHEF",
            "!sök KA-2026-001 pol.VB",
            "Vilka som söks i KA-2026-001 bestämmer de som",
        ),
    ],
)
async def test_what_cannot_be_sought_is_answered(
    called: Story, who: str, typed: str, answer: str
) -> None:
    await called.says(who, typed, "direct")

    assert called.told_last(who).startswith(answer)


async def test_a_law_that_has_changed_is_said_and_changes_nothing(called: Story) -> None:
    async with called.store.begin() as session:
        [call] = await session.exec(
            select(Call).where(Call.summons == "KA-2026-001", Call.function == "pol.VB")
        )
        call.functions = ["pol.VB", "pol.OPS"]
        session.add(call)
        await deadlines.set_(session, "summons.changes", "all", called.clock.now())
    await called.passes(minutes=11)

    assert (
        "Regionfilen har ändrats sedan kallelsen, för Polisregion Mälarvik. "
        "Kallelsen går som den gjordes."
    ) in called.find("Kvitterat", "TIBG").body


async def test_who_is_asked_twice_in_a_second_has_both_seats_in_one_message(story: Story) -> None:
    """The deputy of the police holds the southern rescue service, too."""
    await story.to("2026-11-03T15:54")
    await hands_over(story, "rtjs.RCB", mxid_of("pol.VB/2"))
    await story.says("lst.TIB", CALL, "TIBG")
    before = len(story.told("pol.VB/2"))

    await story.says("pol.VB", "förhinder KA-2026-001", "direct")

    assert len(story.told("pol.VB/2")) == before
    both = story.told_last("pol.VB/2")
    assert "Du kallas som ersättare 1 för Vakthavande befäl, Polisregion Mälarvik." in both
    assert "Du kallas som Räddningschef i beredskap, Södra brandförsvarsförbundet." in both


async def test_the_whole_chain_is_written_down_when_the_call_is_made(called: Story) -> None:
    call = (await the_calls(called))["pol.VB"]
    async with called.store.read() as session:
        steps = await session.exec(select(CallStep).where(CallStep.call == call.id))
        found = [(step.mxid, step.state) for step in steps]

    assert call.functions == ["pol.VB"]
    assert found == [
        (mxid_of("pol.VB"), "asked"), (mxid_of("pol.VB/2"), "waiting"),
        (mxid_of("pol.VB/3"), "waiting"),
    ]  # fmt: skip
