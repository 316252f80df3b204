"""What is called and is not to be: the meeting is called off, and all who were called hear it."""

from __future__ import annotations

import pytest

from bot.domain.model import MeetingState
from tests.story.activation import activated, requested
from tests.story.gathering import gathers, the_calls, the_log, the_meeting
from tests.story.other_ways import WAYS, gets_ways, sent
from tests.story.story import Story, mxid_of

ID = "H-2026-001"


@pytest.fixture
async def called(story: Story) -> Story:
    """Let the group be called."""
    return await calls_the_group(story)


async def calls_the_group(story: Story) -> Story:
    """Let the judge call the group at 15.54, with one more organisation, to meet at 16.04."""
    await requested(story)
    await gathers(story, "TIBG")
    await story.to("2026-11-03T15:54")
    await story.says("lst.TIB", f"bedöm {ID} kontakt trf", "direct")
    return story


async def test_judged_as_no_need_after_all_the_group_is_told_not_to_meet(called: Story) -> None:
    await called.to("2026-11-03T15:56")

    await called.says("lst.TIB", f'bedöm {ID} inget "falsklarm"', "direct")

    off = called.find("^Inställt", "TIBG")
    assert off.body == (
        "Inställt: TiB-gruppen (första kontakt) kl. 16.04, M-2026-001. Du behöver inte komma, och "
        "KA-2026-001 behöver ingen svara på. Varför: H-2026-001 är bedömd på nytt."
    )
    assert mxid_of("pol.VB") in off.letter.content["mention"]
    assert called.told_last("trf.VTL") == off.body
    assert (await the_meeting(called)).state == MeetingState.PUBLISHED


async def test_called_off_the_status_seeks_nobody_any_more(called: Story) -> None:
    await called.to("2026-11-03T16:00")
    before = called.find("^Kvitterat", "TIBG").body

    await called.says("lst.TIB", f'bedöm {ID} inget "falsklarm"', "direct")

    after = called.find("^Inställt. Kvitterat", "TIBG").body
    assert "söker ersättare 1" in before
    assert "söker" not in after
    assert "Svarar senast" not in after


async def test_called_off_nothing_more_of_it_goes_out_by_mail_or_webhook(story: Story) -> None:
    gets_ways(story, WAYS)
    await calls_the_group(story)
    assert {row.until > story.clock.now() for row in await sent(story)} == {True}

    await story.says("lst.TIB", f"bedöm {ID} följ om=17.00", "direct")

    assert {row.until for row in await sent(story)} == {story.clock.now()}


async def test_what_is_only_followed_is_not_met_about_either(called: Story) -> None:
    await called.says("lst.TIB", f"bedöm {ID} följ 18.00", "direct")

    assert called.find("^Inställt", "TIBG")


async def test_called_off_nobody_is_asked_and_nothing_opens(called: Story) -> None:
    await called.says("lst.TIB", f"bedöm {ID} inget", "direct")
    before = {who: len(called.told(who)) for who in ("pol.VB/2", "trf.VTL", "kansli.RSIB")}
    said = len(called.said("TIBG"))

    await called.to("2026-11-03T18:00")

    assert {who: len(called.told(who)) for who in before} == before
    assert len(called.said("TIBG")) == said
    assert all(call.state != "not_reached" for call in (await the_calls(called)).values())
    (entry,) = [it for it in await the_log(called) if it.what == "meeting.called_off"]
    assert entry.subject == "M-2026-001"


async def test_who_answers_what_is_called_off_learns_it(called: Story) -> None:
    await called.says("lst.TIB", f"bedöm {ID} inget", "direct")

    await called.taps("trf.VTL", "✅", "direct", "Kallelse KA-")

    assert called.told_last("trf.VTL").startswith("Mötet M-2026-001 är inställt")


async def test_called_anew_the_group_gets_a_call_of_its_own(called: Story) -> None:
    await called.says("lst.TIB", f"bedöm {ID} inget", "direct")
    await called.to("2026-11-03T16:10")

    await called.says("lst.TIB", f"bedöm {ID} kontakt", "direct")

    assert "Mötet börjar kl. 16.15." in called.find("Kallelse KA-2026-002", "TIBG").body


async def test_a_group_that_meets_already_goes_on(called: Story) -> None:
    await called.to("2026-11-03T16:05")

    await called.says("lst.TIB", f"bedöm {ID} inget", "direct")

    assert (await the_meeting(called)).state == MeetingState.OPEN
    assert not [it for it in called.said("TIBG") if it.startswith("Inställt")]


async def test_a_conference_called_for_later_than_the_end_is_called_off(story: Story) -> None:
    await activated(story)
    await story.to("2026-11-03T17:20")
    await story.says("lst.TIB", "!fastställ M-2026-001", "ASK")
    await story.to("2026-11-03T18:10")
    await story.says("lst.TIB", f'!avsluta {ID} till=18.15 trots="allt är klart"', "direct")

    await story.to("2026-11-03T18:15")

    assert (await the_meeting(story, "M-2026-002")).state == MeetingState.PUBLISHED
    assert story.find("^Inställt", "ASK").body == (
        "Inställt: Aktiverad samverkanskonferens kl. 18.30, M-2026-002. Du behöver inte komma, och "
        "KA-2026-002 behöver ingen svara på. Varför: H-2026-001 är avslutad."
    )


async def test_a_digest_that_comes_later_names_no_conference_that_is_called_off(
    story: Story,
) -> None:
    await activated(story)
    await story.to("2026-11-03T18:10")
    await story.says("lst.TIB", f'!avsluta {ID} till=18.15 trots="allt är klart"', "direct")
    await story.to("2026-11-03T18:16")

    await story.says("lst.TIB", "!fastställ M-2026-001", "ASK")
    await story.says("lst.TIB", "!fastställ M-2026-001", "ASK")  # of what has changed since

    assert story.said_last("ASK").startswith("Sammanfattning v. 45")
    assert "18.30" not in story.said_last("ASK") + story.told_last("lst.TIB")


async def test_a_temporary_forum_that_is_closed_meets_no_more(story: Story) -> None:
    await story.says(
        "kansli.SCHEF",
        '!tillsätt VATTEN "Arbetsgrupp nödvatten" syfte="Förslag till plan." ägare=kansli.SCHEF '
        "medlemmar=lst.FD,reg.BCH slut=2026-11-30",
        "RSG",
    )
    await gathers(story, "VATTEN")
    await story.says("kansli.SCHEF", "!kalla VATTEN 15.00 gå igenom uppdraget", "direct")

    await story.says("kansli.SCHEF", '!avsluta VATTEN resultat="Inget."', "VATTEN")

    assert story.find("^Inställt", "VATTEN").body.endswith(
        "Varför: Arbetsgrupp nödvatten är avslutat."
    )
