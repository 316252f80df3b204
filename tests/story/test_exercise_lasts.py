"""An exercise outlives a restart, and who leads it is reminded to end it (R22)."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest

from bot.dispatch.catalogue import Catalogue
from bot.dispatch.desk import Desk
from bot.domain.region import Listing, Region
from tests.story.story import Story, mxid_of

TWIN = "ÖVN1-TIBG"
MARK = "ÖVNING (ÖVN1)"
BO = "@bo:pol.example"
BEGIN = f'!öva "Tunnelbrand" forum=TIBG,ASK deltar=lst.TIB,reg.TIB,pol.VB=@anna:pol.example+{BO}'
REMINDED = f"{MARK}\nÖvningen Tunnelbrand (ÖVN1) pågår fortfarande."


async def begin(story: Story, more: str = "") -> Story:
    await story.says("lst.TIB", BEGIN + more, "VSK")
    async with story.store.begin() as session:
        await story._room(session, f"forum:{TWIN}")
    return story


@pytest.fixture
async def begun(story: Story) -> Story:
    """Begin an exercise."""
    return await begin(story)


def anew(region: Region) -> Region:
    """Give the region as a house that starts reads it: the file's law and nothing else."""
    forums = region.forums
    law = forums.law if isinstance(forums, Listing) else forums
    return replace(copy.copy(region), forums=Listing(law), exercises=Listing({}))


async def starts_again(story: Story) -> None:
    """Let a new house begin on the same store: it remembers nothing else."""
    story.region = anew(story.region)
    story.desk = Desk(story.region, Catalogue.discover(), story.desk.post)
    async with story.store.begin() as session:
        for kind in story.desk.catalogue.kinds.values():
            if kind.arm:
                await kind.arm(session, story.region, story.clock.now())


async def test_after_a_restart_the_twins_the_marks_and_the_deadlines_are_as_before(
    begun: Story,
) -> None:
    await begun.says("lst.TIB", "!kalla TIBG 08.30 bedöma läget", TWIN)
    await begun.passes(minutes=2)
    await starts_again(begun)

    await begun.passes(minutes=4)  # the police's first has not answered; the next is asked
    await begun.says("reg.TIB", "!deltar", TWIN, to="Kallelse KA-")

    assert begun.told_last(BO).startswith(f"{MARK}\n")
    assert "Kallelse KA-2026-001" in begun.told_last(BO)
    assert begun.find("Kvitterat 1 av", TWIN).body.startswith(MARK)
    assert begun.told("pol.VB") == []
    assert begun.told("pol.VB/2") == []


async def test_who_leads_it_is_reminded_after_twelve_hours_and_daily_until_it_is_ended(
    begun: Story,
) -> None:
    await begun.passes(hours=11, minutes=59)
    early = [it for it in begun.told("lst.TIB") if it.startswith(REMINDED)]
    await starts_again(begun)
    await begun.passes(minutes=2)
    at_twelve = [it for it in begun.told("lst.TIB") if it.startswith(REMINDED)]
    await begun.passes(days=2)
    later = [it for it in begun.told("lst.TIB") if it.startswith(REMINDED)]
    assert (len(early), len(at_twelve), len(later)) == (0, 1, 3)

    await begun.says("lst.TIB", "!öva slut", "VSK")
    await begun.passes(days=3)

    assert len([it for it in begun.told("lst.TIB") if it.startswith(REMINDED)]) == 3
    assert not [it for it in begun.told("reg.TIB") if it.startswith(REMINDED)]


async def test_the_time_that_was_given_is_when_it_reminds(story: Story) -> None:
    await begin(story, " slut=09.30")

    assert "ledaren påminns kl. 09.30" in story.said_last("VSK")
    await story.passes(minutes=91)

    assert story.told_last("lst.TIB").startswith(REMINDED)
    assert story.find("Tunnelbrand", "direct", "lst.TIB").letter.content["mention"] == [
        mxid_of("lst.TIB")
    ]
