"""Whom an event concerns comes to its conference, also without a seat there (S19)."""

from __future__ import annotations

import pytest

from bot.domain.model import CallState
from tests.story.activation import activated
from tests.story.gathering import gathers, the_calls
from tests.story.story import Story

ID = "H-2026-001"
RAIL = "Mälarbanan Drift AB"


@pytest.fixture
async def running(story: Story) -> Story:
    """Let it be activated at 16.12; its conference is called, and the railway has no seat there."""
    await activated(story)
    return story


async def test_it_is_called_to_the_conference_that_is_called(running: Story) -> None:
    await running.says("bana.JOUR", f"!berörs {ID}", "direct")

    assert running.find("berörs av", "direct", "bana.JOUR").body == (
        f"{RAIL} berörs av {ID}.\n"
        "Ni kallas nu till Aktiverad samverkanskonferens, kl. 16.40: KA-2026-001. "
        "Ni har ingen plats där, så ni deltar utan ståndpunkt."
    )
    assert running.find("^Kallelse KA-2026-001", "direct", "bana.JOUR")
    assert (await the_calls(running))["bana.JOUR"].state == CallState.ASKED


async def test_the_conference_is_told_that_it_comes_and_as_what(running: Story) -> None:
    await running.says("bana.JOUR", f"!berörs {ID}", "direct")

    assert running.find(f"^{RAIL} berörs av", "ASK").body.endswith(
        "De kallas nu till Aktiverad samverkanskonferens, kl. 16.40: KA-2026-001. "
        "De har ingen plats där, så de deltar utan ståndpunkt."
    )


async def test_its_deputy_is_asked_when_it_does_not_answer(running: Story) -> None:
    await running.says("bana.JOUR", f"!berörs {ID}", "direct")

    await running.passes(minutes=5)

    assert "Du kallas som ersättare 1" in running.told_last("bana.JOUR/2")


async def test_the_conferences_after_it_call_it_too(running: Story) -> None:
    await running.says("bana.JOUR", f"!berörs {ID}", "direct")

    await running.to("2026-11-03T18:25")

    assert "bana.JOUR" in await the_calls(running, "KA-2026-002")


async def test_between_conferences_it_is_told_when_the_next_is(running: Story) -> None:
    await running.to("2026-11-03T17:10")
    await running.says("lst.TIB", "!avsluta M-2026-001", "ASK")

    await running.says("bana.JOUR", f"!berörs {ID}", "direct")

    assert running.find("berörs av", "direct", "bana.JOUR").body == (
        f"{RAIL} berörs av {ID}.\nNästa konferens är kl. 18.30, och ni kallas till den."
    )
    assert running.told_last("lst.TIB").endswith("De kallas till nästa konferens, kl. 18.30.")


async def test_with_no_conference_to_come_the_lead_gets_the_line_for_a_time(
    running: Story,
) -> None:
    await running.to("2026-11-03T21:10")

    await running.says("bana.JOUR", f"!berörs {ID}", "direct")

    assert "Ingen konferens är planerad" in running.find("berörs av", "direct", "bana.JOUR").body
    assert running.told_last("lst.TIB").endswith(
        f"Ingen konferens är planerad. Behövs en: !rytm {ID} TIDER"
    )
    assert "kontakt" not in running.told_last("lst.TIB")


async def test_who_asked_for_cooperation_comes_to_the_conference(story: Story) -> None:
    await gathers(story, "ASK")
    await story.to("2026-11-03T15:51")
    await story.says("bana.JOUR", "!samverka spårspring", "direct")

    await story.says(
        "lst.TIB", f'!bedöm {ID} aktivera rytm=16.40 slutvillkor="spåret fritt"', "direct"
    )

    assert (await the_calls(story))["bana.JOUR"].state == CallState.ASKED
