"""A chair who called and cannot come after all is not announced as chair (R11, R27)."""

from __future__ import annotations

import pytest

from tests.story.activation import activated
from tests.story.gathering import comes, gathers
from tests.story.story import Story

TIB = "Tjänsteperson i beredskap, Länsstyrelsen Mälarvik"
RSIB = "Regional samverkanskoordinator i beredskap, Samordningskansliet"
WHOLE = ("lst.TIB", "lst.TIB/2", "lst.TIB/3")


async def all_decline(story: Story, *people: str) -> None:
    """Let these say, one after the other, that they cannot come."""
    for who in people:
        await story.says(who, "förhinder KA-2026-001", "direct")


@pytest.fixture
async def declined(story: Story) -> Story:
    """Let the duty officer activate and call, and then have no one who can come."""
    await activated(story)
    await all_decline(story, *WHOLE)
    return story


async def test_the_vice_chair_opens_and_is_asked_to(declined: Story) -> None:
    await declined.says("kansli.RSIB", "deltar KA-2026-001", "direct")

    await declined.to("2026-11-03T16:40")

    opening = declined.find("Upprop utgår", "ASK").body
    assert f"Ordföranden ({TIB}) har förhinder: {RSIB} öppnar mötet." in opening
    assert "Förhinder: Länsstyrelsen Mälarvik." in opening


async def test_the_status_says_of_a_chair_who_answered_that_it_cannot(declined: Story) -> None:
    await declined.says("kansli.RSIB", "deltar KA-2026-001", "direct")

    assert f"Ordföranden ({TIB}) har förhinder: {RSIB} leder." in (
        declined.find("^Kvitterat", "ASK").body
    )


async def test_while_a_deputy_is_sought_the_caller_who_declined_is_not_there(story: Story) -> None:
    await activated(story)
    await story.says("kansli.RSIB", "deltar KA-2026-001", "direct")
    await story.to("2026-11-03T16:38")
    await all_decline(story, "lst.TIB")

    await story.to("2026-11-03T16:40")

    assert f"{RSIB} öppnar mötet." in story.find("Upprop utgår", "ASK").body


async def test_the_deputy_who_comes_is_the_chair(story: Story) -> None:
    await activated(story)
    await all_decline(story, "lst.TIB")
    await story.says("lst.TIB/2", "deltar KA-2026-001", "direct")

    await story.to("2026-11-03T16:40")

    assert f"Ordförande: {TIB}." in story.find("Upprop utgår", "ASK").body


async def test_the_secretary_is_asked_who_leads_where_the_caller_cannot(declined: Story) -> None:
    await comes(declined, "lst.LBA", "ASK")
    await all_decline(declined, "kansli.RSIB", "kansli.RSIB/2", "kansli.RSIB/3")
    await declined.says("pol.VB", "deltar KA-2026-001", "direct")

    await declined.to("2026-11-03T16:41")

    assert declined.told_last("lst.LBA").startswith(
        "Vem ska leda Aktiverad samverkanskonferens kl. 16.40 (M-2026-001, H-2026-001)? "
        f"Ordföranden ({TIB}) har förhinder, och ingen träder in. Du är sekreterare, så du väljer: "
        "svara med en siffra, eller !leda M-2026-001 och en funktions kod.\n"
        "1. Vakthavande befäl, Polisregion Mälarvik"
    )
    assert not [said for said in declined.told("lst.TIB") if said.startswith("Vem ska leda")]


async def test_a_caller_is_told_that_they_choose_because_they_called(story: Story) -> None:
    await story.to("2026-11-03T15:54")
    await gathers(story, "ASK", but=["lst.TIB", "kansli.RSIB"])
    await story.says("kansli.RSIB", "!kalla ASK 16.20 köerna", "direct")
    await story.says("pol.VB", "kvittera", "direct")

    await story.to("2026-11-03T16:21")

    asked = story.find("^Vem ska leda", "direct", "kansli.RSIB").body
    assert "är inte nådd, och ingen träder in. Du kallade, så du väljer: " in asked
