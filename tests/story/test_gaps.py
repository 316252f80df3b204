"""Gaps to come: looked for at night, told of once to who can close them, or said to be meant."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlmodel import col, select

from bot.deadlines.gaps import arm_look
from bot.domain.model import Holding
from tests.story.gathering import gathers, the_log
from tests.story.story import OPERATOR, Story, unmanned

GAP = (
    "Polisregion Mälarvik: 1 ny lucka de närmaste 14 dagarna. Fyll den i bemanningen, eller säg "
    "att det är meningen.\n"
    "- Vakthavande befäl, Polisregion Mälarvik: från fredag kl. 18.00 till 24 okt kl. 08.00, "
    "ingen innehavare, ersättaren frågas.\n"
    'Är det meningen: !lucka pol.VB 2026-10-16 "varför"'
)


def at(story: Story, local: str) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=story.region.timezone)


async def goes(story: Story, function: str, since: str, until: str = "", *, rank: int = 1) -> None:
    """Let the holder of a rank be away from then, until then if that is said."""
    async with story.store.begin() as session:
        which = select(Holding).where(col(Holding.function) == function, Holding.rank == rank)
        held = (await session.exec(which)).one()
        if until:
            again = held.model_dump(exclude={"id"}) | {"starts": at(story, until)}
            session.add(Holding(**again))
        held.ends = at(story, since)


async def ends(story: Story, function: str, planned: str, at_last: str) -> None:
    """Let the holder who was to end then end at another time."""
    async with story.store.begin() as session:
        which = select(Holding).where(
            col(Holding.function) == function, col(Holding.ends) == at(story, planned)
        )
        (await session.exec(which)).one().ends = at(story, at_last)


async def begins(story: Story, function: str, planned: str, at_last: str) -> None:
    """Let the next holder, who was to begin then, begin later."""
    async with story.store.begin() as session:
        which = select(Holding).where(
            col(Holding.function) == function, col(Holding.starts) == at(story, planned)
        )
        (await session.exec(which)).one().starts = at(story, at_last)


@pytest.fixture
async def looking(story: Story) -> Story:
    """Let it be looked for gaps, as from each start."""
    async with story.store.begin() as session:
        await arm_look(session, story.region, story.clock.now())
    return story


async def test_at_two_in_the_night_the_contact_point_is_told_of_a_gap_in_its_roster(
    looking: Story,
) -> None:
    await goes(looking, "pol.VB", "2026-10-16T18:00", "2026-10-24T08:00")
    await looking.to("2026-10-13T01:59")
    assert looking.told("pol.VB") == []

    await looking.to("2026-10-13T02:00")

    assert looking.told("pol.VB") == [GAP]
    letter = looking.find("ny lucka", "direct", "pol.VB").letter
    assert (letter.content["call"], letter.content["mention"]) == (False, [])


async def test_where_everything_is_manned_nobody_is_told_anything(looking: Story) -> None:
    await looking.to("2026-10-20T12:00")

    entries = [entry.what for entry in await the_log(looking)]
    assert "gaps.told" not in entries


async def test_what_was_told_is_not_told_again_and_what_is_new_is(looking: Story) -> None:
    await goes(looking, "pol.VB", "2026-10-16T18:00", "2026-10-24T08:00")
    await looking.to("2026-10-15T12:00")
    assert looking.told("pol.VB") == [GAP]

    await goes(looking, "pol.VB", "2026-10-15T18:00", rank=2)
    await goes(looking, "pol.VB", "2026-10-15T18:00", rank=3)
    await looking.to("2026-10-16T02:00")

    assert len(looking.told("pol.VB")) == 2
    assert "från kl. 18.00 till 24 okt kl. 08.00, ingen alls." in looking.told_last("pol.VB")


async def test_a_gap_that_grows_is_told_of_as_far_as_it_has_grown(looking: Story) -> None:
    await goes(looking, "pol.VB", "2026-10-20T08:00", "2026-10-20T09:00")
    await looking.to("2026-10-13T12:00")
    assert "från 20 okt kl. 08.00 till 20 okt kl. 09.00" in looking.told_last("pol.VB")

    await begins(looking, "pol.VB", "2026-10-20T09:00", "2026-10-25T09:00")
    await looking.to("2026-10-19T12:00")

    assert len(looking.told("pol.VB")) == 2
    assert looking.told_last("pol.VB").splitlines()[1] == (
        "- Vakthavande befäl, Polisregion Mälarvik: från tisdag kl. 09.00 till 25 okt kl. 09.00, "
        "ingen innehavare, ersättaren frågas. Luckan har vuxit."
    )


async def test_a_gap_that_begins_earlier_is_told_of_as_far_as_it_does(looking: Story) -> None:
    await goes(looking, "pol.VB", "2026-10-20T08:00", "2026-10-21T08:00")
    await looking.to("2026-10-13T12:00")

    await ends(looking, "pol.VB", "2026-10-20T08:00", "2026-10-18T08:00")
    await looking.to("2026-10-15T12:00")

    assert len(looking.told("pol.VB")) == 2
    assert "från söndag kl. 08.00 till tisdag kl. 08.00, ingen" in looking.told_last("pol.VB")


async def test_a_gap_told_of_as_going_on_is_no_news_when_its_end_comes_in_sight(
    looking: Story,
) -> None:
    await goes(looking, "pol.VB", "2026-10-20T08:00", "2026-10-30T08:00")

    await looking.to("2026-10-22T12:00")

    assert len(looking.told("pol.VB")) == 1
    assert "från 20 okt kl. 08.00 och vidare" in looking.told_last("pol.VB")


async def test_a_post_s_gap_that_grows_is_news_where_one_more_meeting_falls_in_it(
    looking: Story,
) -> None:
    await goes(looking, "rtjn.OPS", "2026-10-22T08:00", "2026-10-22T18:00")
    await looking.to("2026-10-13T12:00")
    assert "22 okt kl. 13.00" in looking.told_last("rtjn.RCB")

    await begins(looking, "rtjn.OPS", "2026-10-22T18:00", "2026-10-23T18:00")
    await looking.to("2026-10-19T12:00")

    assert len([it for it in looking.told("rtjn.RCB") if "lucka" in it]) == 1


async def test_a_gap_without_end_is_told_of_once_however_long_it_lasts(looking: Story) -> None:
    await goes(looking, "pol.VB", "2026-10-16T18:00")

    await looking.to("2026-11-20T12:00")

    told = [words for words in looking.told("pol.VB/2") if "lucka" in words]
    assert (
        looking.told("pol.VB")[0]
        .splitlines()[1]
        .endswith("från fredag kl. 18.00 och vidare, ingen innehavare, ersättaren frågas.")
    )
    assert len(looking.told("pol.VB")) == 1
    assert told == []


async def test_a_gap_that_was_closed_and_opens_again_is_news(looking: Story) -> None:
    await goes(looking, "pol.VB", "2026-10-16T18:00", "2026-10-24T08:00")
    await looking.to("2026-10-13T12:00")
    async with looking.store.begin() as session:
        which = select(Holding).where(col(Holding.function) == "pol.VB", Holding.rank == 1)
        first = (await session.exec(which.order_by(col(Holding.id)))).first()
        assert first
        first.ends = at(looking, "2026-10-24T08:00")
    await looking.to("2026-10-14T12:00")
    async with looking.store.begin() as session:
        first = (await session.exec(which.order_by(col(Holding.id)))).first()
        assert first
        first.ends = at(looking, "2026-10-16T18:00")

    await looking.to("2026-10-15T02:00")

    assert len(looking.told("pol.VB")) == 2


async def test_a_post_is_a_gap_only_where_its_forum_meets_in_it(looking: Story) -> None:
    await goes(looking, "pol.OPS", "2026-10-13T08:00", "2026-10-14T08:00")
    await goes(looking, "rtjn.OPS", "2026-10-22T08:00", "2026-10-23T08:00")

    await looking.to("2026-10-13T02:00")

    assert looking.told("pol.VB") == []
    assert "; Regionala samordningsgruppen möts 22 okt kl. 13.00." in looking.told_last("rtjn.RCB")


async def test_where_an_organisation_has_nobody_the_operators_are_told(looking: Story) -> None:
    for code, function in looking.region.functions.items():
        if function.organisation == "kbv":
            await unmanned(looking, code)

    await looking.to("2026-10-13T02:00")

    told = looking.told_last(OPERATOR)
    assert "Ingen i de här organisationerna kan nås." in told.splitlines()
    assert "- Vakthavande befäl, Kustbevakningen: redan nu och vidare, ingen alls." in told


async def test_a_gap_on_purpose_is_not_told_of_but_shown_when_asked(looking: Story) -> None:
    await gathers(looking, "TIBG")
    for rank in (1, 2, 3):
        await goes(looking, "pol.VB", "2026-10-16T18:00", "2026-10-18T00:00", rank=rank)
    await looking.says("pol.OPS", "!lucka pol.VB 2026-10-16 2026-10-17 julstängt", "direct")
    await looking.to("2026-10-13T02:00")

    await looking.says("lst.TIB", "!nås TIBG 2026-10-17T12:00", "TIBG")

    assert looking.told("pol.OPS") == [
        (
            "Vakthavande befäl, Polisregion Mälarvik är obemannad med avsikt från fredag kl. 00.00 "
            "till söndag kl. 00.00: ”julstängt”.\n"
            "Det meddelas inte som lucka, men !nås visar det. Blev det inte så: !lucka pol.VB nej"
        )
    ]
    assert looking.told("pol.VB") == []
    assert (
        "- Obemannade med avsikt: Polisregion Mälarvik (”julstängt”, till söndag kl. 00.00)."
        in looking.said_last("TIBG").splitlines()
    )


async def test_a_gap_that_was_not_meant_after_all_is_told_of(looking: Story) -> None:
    await goes(looking, "pol.VB", "2026-10-16T18:00", "2026-10-24T08:00")
    await looking.says("pol.VB", '!lucka pol.VB 2026-10-16 2026-10-24 "semester"', "direct")
    await looking.to("2026-10-13T12:00")
    assert len(looking.told("pol.VB")) == 1

    await looking.says("pol.VB", "!gap pol.VB no", "direct")
    await looking.to("2026-10-14T02:00")

    assert looking.told("pol.VB")[-2].startswith(
        "Officer in command on duty, Polisregion Mälarvik is no longer unmanned on purpose."
    )
    assert "1 new gap" in looking.told_last("pol.VB")


@pytest.mark.parametrize(
    ("who", "line", "refused"),
    [
        (
            "reg.TIB",
            "lucka pol.VB 2026-12-24 jul",
            "Det säger den som har en funktion hos Polisreg",
        ),
        ("pol.VB", "lucka pol.VB 2026-12-24", "Varför är den obemannad?"),
        ("pol.VB", "lucka pol.VB julen jul", "”julen” är ingen dag."),
        ("pol.VB", "lucka pol.VB 2026-99-24 jul", "”2026-99-24” är ingen dag."),
        ("pol.VB", "lucka pol.VB 2026-12-26 2026-12-24 jul", "Från 26 dec"),
        ("pol.VB", "lucka pol.VB 2026-10-01 2026-10-05 jul", "Från 1 okt"),
    ],
)
async def test_what_cannot_be_noted_is_answered_with_what_to_write(
    story: Story, who: str, line: str, refused: str
) -> None:
    await story.says(who, line, "direct")

    assert story.told_last(who).startswith(refused)
