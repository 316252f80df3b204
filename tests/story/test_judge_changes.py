"""The judge's function changes hands, or nobody has it, while a request waits (R1, R8, R9)."""

from __future__ import annotations

import pytest

from tests.story.gathering import the_log
from tests.story.handing_over import LENA, changes_hands, read_anew
from tests.story.story import Story, mxid_of, unmanned

FIRE = "Bussbrand i Klippbergstunneln"
ID = "H-2026-001"
TIB, DEPUTY, RSIB = "lst.TIB", "lst.TIB/2", "kansli.RSIB"
ASKED = "begär samverkan, H-2026-001"


@pytest.fixture
async def waiting(story: Story) -> Story:
    """Let somebody press at 15.57, three minutes before the judge's function changes hands."""
    await story.to("2026-11-03T15:30")
    await read_anew(story)
    await changes_hands(story, TIB, "2026-11-03T16:00")
    await story.to("2026-11-03T15:57")
    await story.says("vag.VTL", f'!samverka "{FIRE}"', "LC")
    return story


def calls(story: Story, who: str) -> list[str]:
    """List what asks somebody to judge it."""
    return [it for it in story.told(who) if ASKED in it and "Du bedömer som" in it]


# --- it changes hands ---


async def test_whoever_comes_is_asked_at_that_minute_and_it_sounds(waiting: Story) -> None:
    await waiting.to("2026-11-03T15:59:59")
    before = calls(waiting, LENA)
    await waiting.to("2026-11-03T16:00")

    assert before == []
    asked = waiting.find("Du bedömer som", "direct", LENA)
    assert "Mälarvik, senast kl. 16.27.\n" in asked.body
    assert (
        "Varför du: funktionen har gått över till dig, och begäran är inte bedömd än." in asked.body
    )
    assert asked.letter.content["call"]
    assert asked.letter.content["mention"] == [LENA]
    await waiting.chooses(LENA, "none", "direct", "hur bedömer du")
    assert "inget behov av samverkan just nu." in waiting.said_last("LC")


async def test_that_the_one_who_goes_had_it_lets_the_deputies_of_the_next_not_sleep(
    waiting: Story,
) -> None:
    await waiting.taps(TIB, "✅", "direct", ASKED)
    await waiting.to("2026-11-03T16:04:59")
    before = calls(waiting, DEPUTY)
    await waiting.to("2026-11-03T16:05")

    assert before == []
    assert len(calls(waiting, DEPUTY)) == 1
    await waiting.taps(LENA, "✅", "direct", ASKED)
    await waiting.to("2026-11-03T16:26")
    assert calls(waiting, "lst.TIB/3") == []


async def test_a_deputy_who_has_been_asked_is_not_asked_again(story: Story) -> None:
    await story.to("2026-11-03T15:30")
    await read_anew(story)
    await changes_hands(story, TIB, "2026-11-03T16:00")
    await story.to("2026-11-03T15:54")
    await story.says("vag.VTL", f'!samverka "{FIRE}"', "LC")

    await story.to("2026-11-03T16:20")

    assert len(calls(story, DEPUTY)) == 1
    assert len(calls(story, "lst.TIB/3")) == 1
    assert len(calls(story, LENA)) == 1


async def test_the_time_to_judge_goes_on_and_then_the_next_judges(waiting: Story) -> None:
    await waiting.to("2026-11-03T16:26:59")
    before = calls(waiting, RSIB)
    await waiting.to("2026-11-03T16:27")

    assert before == []
    assert len(calls(waiting, RSIB)) == 1


async def test_whoever_comes_to_what_is_judged_is_asked_nothing(waiting: Story) -> None:
    await waiting.says(TIB, f"bedöm {ID} inget", "direct")

    await waiting.to("2026-11-03T16:10")

    assert calls(waiting, LENA) == []


async def test_where_nobody_comes_the_deputy_who_is_there_is_asked(story: Story) -> None:
    await story.to("2026-11-03T15:30")
    await read_anew(story)
    await changes_hands(story, TIB, "2026-11-03T16:00", None)
    await story.to("2026-11-03T15:57")
    await story.says("vag.VTL", f'!samverka "{FIRE}"', "LC")
    await story.taps(TIB, "✅", "direct", ASKED)

    await story.to("2026-11-03T16:00")

    (asked,) = calls(story, DEPUTY)
    assert "(ersättare 1), senast kl. 16.27." in asked
    assert calls(story, RSIB) == []


async def test_whoever_comes_when_nobody_has_judged_is_asked_at_once(story: Story) -> None:
    for function in story.region.cooperation.judges:
        await unmanned(story, function)
    await story.to("2026-11-03T15:30")
    await read_anew(story)
    await changes_hands(story, TIB, "2026-11-03T16:00")
    await story.to("2026-11-03T15:57")
    await story.says("vag.VTL", f'!samverka "{FIRE}"', "LC")

    await story.to("2026-11-03T16:00")

    assert "Ingen har bedömt den." in calls(story, LENA)[0]


# --- nobody has it ---


async def test_a_judge_that_nobody_is_any_more_is_passed_over_at_that_minute(
    waiting: Story,
) -> None:
    await waiting.to("2026-11-03T16:10")
    told = len(waiting.said("LC"))

    await unmanned(waiting, TIB)
    await read_anew(waiting)

    (asked,) = calls(waiting, RSIB)
    assert "Du bedömer som Regional samverkanskoordinator i beredskap" in asked
    assert "senast kl. 16.40." in asked
    assert (
        "Varför du: Tjänsteperson i beredskap, Länsstyrelsen Mälarvik är obemannad, och begäran "
        "är inte bedömd än."
    ) in asked
    assert waiting.find("Du bedömer som", "direct", RSIB).letter.content["mention"] == [
        mxid_of(RSIB)
    ]
    (said,) = waiting.said("LC")[told:]
    assert said == (
        "H-2026-001 är inte bedömd än. Tjänsteperson i beredskap, Länsstyrelsen Mälarvik är "
        "obemannad. Nu bedömer Regional samverkanskoordinator i beredskap, Samordningskansliet, "
        "senast kl. 16.40. Du får besked oavsett utfall."
    )


async def test_when_the_last_deputy_goes_it_goes_on_too(waiting: Story) -> None:
    await changes_hands(waiting, TIB, "2026-11-03T16:05", None)
    await waiting.to("2026-11-03T16:12")
    before = calls(waiting, RSIB)

    await unmanned(waiting, TIB)
    await read_anew(waiting)

    assert before == []
    assert len(calls(waiting, RSIB)) == 1


async def test_when_no_judge_is_left_everybody_hears_it_at_once(waiting: Story) -> None:
    await waiting.to("2026-11-03T16:10")

    for function in waiting.region.cooperation.judges:
        await unmanned(waiting, function)
    await read_anew(waiting)

    assert waiting.said_last("LC").startswith("[SKARPT LÄGE] Ingen har bedömt H-2026-001.")
    assert "incident.passed_on" in [entry.what for entry in await the_log(waiting)]
