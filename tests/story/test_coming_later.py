"""Who comes later says when; who is represented is named; who is busy is asked and said to be."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.model import CallState, ConcernedActor, Incident, Meeting
from tests.story.gathering import comes, everybody_taps, gathers, the_calls
from tests.story.story import Story, mxid_of

CALL = "!kalla TIBG 16.04 bedöma behovet av samordning"


@pytest.fixture
async def called(story: Story) -> Story:
    """Call the duty officers' group at 15.54 one Tuesday."""
    await story.to("2026-11-03T15:54")
    await gathers(story, "TIBG", but=["pol.VB"])
    await story.says("lst.TIB", CALL, "TIBG")
    return story


# --- coming later ---


@pytest.mark.parametrize(
    "typed",
    ["kommer KA-2026-001 16.50", "kommer kl. 16.50", "!attend KA-2026-001 16:50", "deltar +56m"],
)
async def test_who_comes_later_says_when_and_is_reached(called: Story, typed: str) -> None:
    await called.says("pol.VB", typed, "direct")

    call = (await the_calls(called))["pol.VB"]
    assert call.state == CallState.ATTENDING
    assert call.coming_at == called.clock.now() + timedelta(minutes=56)
    assert "Kommer senare: Polisregion Mälarvik (kommer kl. 16.50)." in called.said_last("TIBG")
    assert "16.50" in called.told_last("pol.VB").replace("16:50", "16.50")


async def test_who_comes_later_is_said_when_the_meeting_opens_and_not_counted_yet(
    called: Story,
) -> None:
    await everybody_taps(called, "TIBG", but=["pol.VB"])
    await called.says("pol.VB", "kommer 16.50", "direct")

    await called.to("2026-11-03T16:04")

    opening = called.said_last("TIBG")
    assert "Närvarande 7 av 8." in opening
    assert "Kommer senare: Polisregion Mälarvik (kommer kl. 16.50)." in opening
    assert "Kvitterat men inte i rummet" not in opening


async def test_who_is_there_before_they_said_is_there(called: Story) -> None:
    await everybody_taps(called, "TIBG", but=["pol.VB"])
    await called.says("pol.VB", "kommer 16.50", "direct")
    await comes(called, "pol.VB", "TIBG")

    await called.to("2026-11-03T16:04")

    assert "Närvarande 8 av 8." in called.said_last("TIBG")
    assert "Kommer senare" not in called.said_last("TIBG")


@pytest.mark.parametrize("typed", ["kommer 16.00", "kommer", "kommer strax"])
async def test_who_comes_from_the_start_or_says_no_time_just_comes(
    called: Story, typed: str
) -> None:
    await called.says("pol.VB", typed, "direct")

    call = (await the_calls(called))["pol.VB"]
    assert (call.state, call.coming_at) == (CallState.ATTENDING, None)


async def test_a_new_answer_takes_the_time_along(called: Story) -> None:
    await called.says("pol.VB", "kommer 16.50", "direct")
    await called.says("pol.VB", "förhinder", "direct")

    assert (await the_calls(called))["pol.VB"].coming_at is None
    assert "Kommer senare" not in called.said_last("TIBG")


async def test_a_time_when_nobody_is_there_any_more_is_refused(called: Story) -> None:
    await called.says("pol.VB", "kommer KA-2026-001 15.30", "direct")

    assert called.told_last("pol.VB").startswith(
        "Mötet i KA-2026-001 beräknas sluta kl. 16.14; då är i morgon kl. 15.30 för sent."
    )
    assert (await the_calls(called))["pol.VB"].state == CallState.ASKED


# --- who is represented ---


async def test_those_represented_by_who_is_not_reached_are_each_named(called: Story) -> None:
    await called.passes(minutes=30)

    assert (
        "Inte heller nådda genom Norra brandförsvaret: Norrsunds kommun, Ulvnäs kommun, "
        "Rosviks kommun, Granholms kommun, Kvarnsele kommun, Sandhamra kommun och "
        "Västerlunda kommun."
    ) in called.find("Kvitterat", "TIBG").body


# --- who is taken up by the event ---


async def at_night(story: Story) -> None:
    await story.to("2026-11-03T02:00")
    await story.says("lst.TIB", "!kalla ASK 02.20 översvämning", "ASK")
    await story.passes(minutes=8)


async def test_a_night_contact_that_is_called_itself_is_asked_and_the_chair_is_told(
    story: Story,
) -> None:
    await at_night(story)

    busy = "söker Räddningschef i beredskap, Norra brandförsvaret, som själv är med i händelsen."
    assert "Granholms kommun: ersättare 1 svarade inte 02.05–02.08, " + busy in (  # noqa: RUF001
        story.said_last("ASK")
    )
    told = story.find("själv med i händelsen", "direct", "lst.TIB").body
    assert (
        "- Beredskapssamordnare, Granholms kommun: nu söks Räddningschef i beredskap, "
        "Norra brandförsvaret, till kl. 02.11."
    ) in told
    assert "Förslag: ring Granholms kommun, " in told
    assert "Du kallas som Räddningschef i beredskap" in story.told_last("rtjn.RCB")


async def test_who_answers_as_a_busy_night_contact_is_shown_as_that(story: Story) -> None:
    await at_night(story)

    await story.taps("rtjn.RCB", "✅", "direct", "Kallelse")

    assert (
        "Granholms kommun (Räddningschef i beredskap, Norra brandförsvaret, "
        "som själv är med i händelsen)"
    ) in story.said_last("ASK")


async def test_a_stand_in_whose_organisation_the_incident_concerns_is_flagged(
    called: Story,
) -> None:
    """The largest municipality is represented by the rescue service in the first contact."""
    now = called.clock.now()
    async with called.store.begin() as session:
        session.add(Incident(
            id="H-2026-031", text="Bussbrand", asked_at=now, asked_by=mxid_of("vag.VTL"),
            asked_as="vag.VTL", asked_in="forum:LC",
        ))  # fmt: skip
        session.add(ConcernedActor(
            incident="H-2026-031", organisation="rtjs", said_as="rtjs.RCB", said_at=now,
        ))  # fmt: skip
        meeting = await session.get(Meeting, "M-2026-001")
        assert meeting
        meeting.incident = "H-2026-031"

    await called.passes(minutes=14)

    assert called.find(
        "nu söks Räddningschef i beredskap, Södra brandförsvarsförbundet", "direct", "lst.TIB"
    )
