"""A mandate that runs out: told in time, said where it matters, and the seat may inform only."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from shutil import copy

import pytest

from bot.clock.wall import SteeredClock
from bot.dispatch.catalogue import Catalogue
from bot.dispatch.desk import Desk
from bot.dispatch.post import Post
from bot.domain.region import Region
from bot.store.engine import Store
from bot.text.phrasebook import Phrasebook
from tests.story.gathering import the_log
from tests.story.story import OPERATOR, Story, mxid_of, unmanned

LAST_DAY = date(2026, 10, 29)
SHORT = '!förslag tid "Bron stängs 22." varför="arbete" berörda=lindo,ekviken'


def law(region: Region, forum: str, function: str, last_day: date) -> Region:
    """Give the law with an end to that seat's mandate."""
    there = region.forum(forum)
    seats = tuple(
        replace(seat, mandate=replace(seat.mandate, last_day=last_day, basis="dnr 7"))
        if seat.function == function
        else seat
        for seat in there.seats
    )
    return replace(region, forums={**region.forums, forum: replace(there, seats=seats)})


@pytest.fixture
async def ending(
    malarvik: Region, phrasebook: Phrasebook, empty_database: Path, tmp_path: Path
) -> AsyncIterator[Story]:
    """Begin on 12 October; Lindö's mandate in the weekly conference ends with 29 October."""
    copy(empty_database, tmp_path / "story.db")
    region = law(malarvik, "VSK", "lindo.SAK", LAST_DAY)
    store = await Store.open(f"sqlite:///{tmp_path / 'story.db'}")
    catalogue = Catalogue.discover()
    desk = Desk(region, catalogue, Post(phrasebook, region.language, (OPERATOR,)))
    start = datetime.fromisoformat("2026-10-12T08:00").replace(tzinfo=region.timezone)
    story = Story(region, store, desk, SteeredClock(start))
    await story.begin()
    await armed(story)
    yield story
    await store.close()


async def armed(story: Story) -> None:
    """Set what the law asks for about mandates, as each start does."""
    async with story.store.begin() as session:
        for kind, found in story.desk.catalogue.kinds.items():
            if kind.startswith("mandate.") and found.arm:
                await found.arm(session, story.region, story.clock.now())


async def test_fourteen_days_ahead_who_can_renew_it_and_who_keeps_the_law_are_told(
    ending: Story,
) -> None:
    await ending.to("2026-10-15T08:59")
    assert ending.told("lindo.KD") == []

    await ending.to("2026-10-15T09:00")

    words = (
        "Mandatet för Beredskapssamordnare, Lindö kommun i Ordinarie samverkanskonferens går ut "
        "torsdag 29 oktober: förnya det före dess. Därefter får platsen bara informera.\n"
        "Det bygger på ”dnr 7”.\n"
        "Beslutet fattas hemma hos organisationen (Kommundirektör, Lindö kommun); den som sköter "
        "mig för in det nya slutdatumet i regionfilen."
    )
    assert ending.told("lindo.KD") == [words]
    assert ending.told(OPERATOR) == [words]


async def test_it_is_told_once_however_often_the_bot_is_started(ending: Story) -> None:
    await ending.to("2026-10-17T00:00")

    await armed(ending)
    await ending.to("2026-10-20T00:00")

    assert len(ending.told("lindo.KD")) == 1


async def test_where_nobody_decides_at_home_the_contact_point_is_told(ending: Story) -> None:
    await unmanned(ending, "lindo.KD")

    await ending.to("2026-10-15T09:00")

    assert "Kommundirektör, Lindö kommun, obemannad just nu" in ending.told_last("lindo.SAK")


async def test_an_open_proposal_says_at_that_minute_that_the_mandate_has_run_out(
    ending: Story,
) -> None:
    await ending.to("2026-10-29T23:50")
    await ending.says("lst.TIB", f"{SHORT} stänger=+3h")
    proposal = ending.find("OV-2026-001 prövas", "VSK")
    assert "Mandatet har gått ut" not in proposal.body

    await ending.to("2026-10-30T00:00")

    assert "Mandatet har gått ut: Lindö kommun (sista dag torsdag 29 oktober)." in proposal.body
    assert ending.said_last() == (
        "Lindö kommun får från nu bara informera: mandatet gick ut torsdag 29 oktober.\n"
        "Det rör OV-2026-001. Det som redan är svarat räknas."
    )


async def test_past_its_last_day_a_seat_cannot_agree_and_the_outcome_says_so(
    ending: Story,
) -> None:
    await ending.to("2026-10-30T09:00")
    await ending.says("lst.TIB", SHORT)

    await ending.says("lindo.SAK", "1")
    await ending.says("ekviken.TIB", "1")

    assert "Mandatet har gått ut: Lindö kommun" in ending.find("OV-2026-001 prövas", "VSK").body
    await ending.to("2026-11-02T13:00")
    assert (
        "Mandatet har gått ut: Lindö kommun (sista dag torsdag 29 oktober). De får bara informera."
        in ending.find("OV-2026-001 gäller för dem som biträder", "VSK").body.splitlines()
    )


async def test_on_its_last_day_it_still_holds(ending: Story) -> None:
    await ending.to("2026-10-29T23:00")
    await ending.says("lst.TIB", SHORT)

    await ending.says("lindo.SAK", "1")

    assert "Biträder: Lindö kommun." in ending.find("OV-2026-001 prövas", "VSK").body


async def test_a_proposal_that_does_not_ask_that_seat_says_nothing_of_it(ending: Story) -> None:
    await ending.to("2026-10-29T23:50")
    await ending.says(
        "lst.TIB", '!förslag tid "Bron stängs." varför="a" berörda=pol,ekviken stänger=+3h'
    )
    before = ending.said()

    await ending.to("2026-10-30T00:00")

    assert ending.said() == before


async def test_the_record_says_when_it_ran_out_and_what_it_touched(ending: Story) -> None:
    await ending.to("2026-10-29T23:50")
    await ending.says("lst.TIB", f"{SHORT} stänger=+3h")
    await ending.to("2026-10-30T00:00")

    found = {entry.what: entry for entry in await the_log(ending) if "mandate" in entry.what}

    assert found["mandate.runs_out"].facts["told"] == mxid_of("lindo.KD")
    assert found["mandate.ended"].facts["proposals"] == ["OV-2026-001"]
