"""Who is told for information of every request learns the outcome, whatever it is (R9)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.dispatch.desk import Desk
from tests.story.activation import ACTIVATE, FIRE, requested
from tests.story.gathering import gathers
from tests.story.story import Story, unmanned

KOM, RSIB = "lst.KOM", "kansli.RSIB"


@pytest.fixture
async def knowing(story: Story) -> Story:
    """Let the law tell a communications officer of every request: no contact point, no judge."""
    cooperation = replace(story.region.cooperation, informed=(RSIB, KOM))
    story.region = replace(story.region, cooperation=cooperation)
    story.desk = Desk(story.region, story.desk.catalogue, story.desk.post)
    return story


async def test_activated_mode_is_told_to_those_who_were_promised_the_outcome(
    knowing: Story,
) -> None:
    await requested(knowing)
    assert "Du får veta utfallet." in knowing.told_last(KOM)
    await gathers(knowing, "ASK")
    await knowing.to("2026-11-03T16:12")

    await knowing.says("lst.TIB", ACTIVATE, "direct")

    assert knowing.told_last(KOM).startswith(
        "[SKARPT LÄGE] Aktiverat läge från kl. 16.12, H-2026-001."
    )
    assert len([it for it in knowing.told(KOM) if "Aktiverat läge från" in it]) == 1


async def test_who_gets_the_first_information_or_asked_or_activated_it_is_told_once(
    knowing: Story,
) -> None:
    await knowing.to("2026-11-03T15:51")
    await knowing.says(KOM, f"samverka {FIRE}", "direct")
    await knowing.to("2026-11-03T16:12")

    await knowing.says(RSIB, ACTIVATE, "direct")

    assert len([it for it in knowing.told(KOM) if "Aktiverat läge från" in it]) == 1
    assert len([it for it in knowing.told(RSIB) if "Aktiverat läge från" in it]) == 1
    told = [it for it in knowing.told("lst.TIB") if "H-2026-001" in it]
    assert not any("Aktiverat läge från" in it for it in told)
    assert any("Första information kl. 16.12" in it for it in told)


async def test_that_it_has_ended_is_told_to_them_too(knowing: Story) -> None:
    await requested(knowing)
    await knowing.says("lst.TIB", ACTIVATE, "direct")
    await knowing.says("lst.TIB", "!avsluta H-2026-001 till=16.20", "direct")

    await knowing.to("2026-11-03T16:20")

    ended = [it for it in knowing.told("ekviken.TIB") if "Ordinarie läge från" in it]
    assert len(ended) == 1
    assert ended[0] == knowing.told_last(KOM)


async def test_where_nobody_can_judge_they_are_told_all_the_same(knowing: Story) -> None:
    for function in knowing.region.cooperation.judges:
        await unmanned(knowing, function)

    await requested(knowing)

    assert knowing.told_last(KOM) == (
        "[SKARPT LÄGE] För kännedom: Trafikverket Mälarvik begär samverkan, H-2026-001: "
        f"”{FIRE}”\n"
        "Begärt av Vakthavande trafikledare, Trafikverket Mälarvik kl. 15.51. "
        "Ingen som kan bedöma den är i tjänst; jag frågar igen kl. 16.21. Du får veta utfallet."
    )
