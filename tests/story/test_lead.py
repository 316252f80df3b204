"""Who leads when the chair is not reached, and another chair for an event (R19, R27)."""

from __future__ import annotations

import pytest

from bot.domain.model import Incident, IncidentState, Meeting
from bot.store import chairs, log, meetings
from tests.story.gathering import comes, gathers
from tests.story.story import Story, mxid_of, unmanned

RSIB = "Regional samverkanskoordinator i beredskap, Samordningskansliet"
VB = "Vakthavande befäl, Polisregion Mälarvik"
CHAIR = "Ordföranden (Tjänsteperson i beredskap, Länsstyrelsen Mälarvik)"


async def meeting(story: Story, id_: str = "M-2026-001") -> Meeting:
    async with story.store.read() as session:
        found = await meetings.by_id(session, id_)
    assert found
    return found


async def incident(story: Story) -> None:
    """Let something be handled together, in activated mode, led by the duty officer."""
    async with story.store.begin() as session:
        session.add(Incident(
            id="H-2026-031", text="Bussbrand i *tunneln*", state=IncidentState.ACTIVATED,
            asked_at=story.clock.now(), asked_by=mxid_of("vag.VTL"), asked_as="vag.VTL",
            asked_in="forum:ASK", lead="lst.TIB",
        ))  # fmt: skip


async def calls_about_it(story: Story, forum: str = "ASK", at: str = "08.20") -> None:
    """Call a conference and let it be about the incident."""
    await story.says("lst.TIB", f"!kalla {forum} {at} köerna", forum)
    async with story.store.begin() as session:
        made = (await meetings.in_state(session, forum, "called"))[-1]  # type: ignore[arg-type]
        made.incident = "H-2026-031"
        session.add(made)


# --- the chair is not reached ---


async def test_the_status_says_that_the_vice_chair_leads(story: Story) -> None:
    await gathers(story, "ASK")
    await unmanned(story, "lst.TIB")
    await unmanned(story, "lst.LBA")
    await story.says("kansli.RSIB", "!kalla ASK 08.20 köerna", "ASK")

    await story.says("kansli.RSIB", "kvittera", "direct")

    assert f"{CHAIR} är obemannad: {RSIB} leder." in story.find("Kvitterat", "ASK").body


async def test_the_coordinator_on_duty_opens_where_chair_and_vice_chair_are_not_there(
    story: Story,
) -> None:
    await comes(story, "kansli.RSIB", "KOMN")
    await story.says("lst.TIB", "!kalla KOMN 08.20 budskap", "direct")

    await story.to("2026-10-12T08:20")

    assert f"är inte nådd: {RSIB} öppnar mötet." in story.find("Upprop utgår", "KOMN").body


async def test_nobody_whose_turn_it_is_can_the_caller_is_asked_once(story: Story) -> None:
    await story.to("2026-11-03T15:54")
    await gathers(story, "ASK", but=["lst.TIB", "kansli.RSIB"])
    await story.says("kansli.RSIB", "!kalla ASK 16.20 köerna *växer*", "direct")
    await story.says("pol.VB", "kvittera", "direct")
    await story.says("vag.VTL", "kvittera", "direct")

    await story.to("2026-11-03T16:21")

    asked = [body for body in story.told("kansli.RSIB") if body.startswith("Vem ska leda")]
    assert len(asked) == 1
    assert f"1. Vakthavande trafikledare, Trafikverket Mälarvik\n2. {VB}" in asked[0]
    assert "Syfte: köerna *växer*" in asked[0]


@pytest.mark.parametrize("answer", ["tap", "digit", "code"])
async def test_the_caller_picks_by_a_tap_a_digit_or_a_code(story: Story, answer: str) -> None:
    await story.to("2026-11-03T15:54")
    await gathers(story, "ASK", but=["lst.TIB", "kansli.RSIB"])
    await story.says("kansli.RSIB", "!kalla ASK 16.20 köerna", "direct")
    await story.says("pol.VB", "kvittera", "direct")
    await story.to("2026-11-03T16:21")

    if answer == "tap":
        await story.taps("kansli.RSIB", "1️⃣", "direct", "Vem ska leda")
    elif answer == "digit":
        await story.says("kansli.RSIB", "1", "direct", to="Vem ska leda")
    else:
        await story.says("kansli.RSIB", "!leda M-1 pol.VB", "direct")

    assert (await meeting(story)).chair == "pol.VB"
    assert story.said_last("ASK").startswith(
        f"{VB} leder Aktiverad samverkanskonferens (M-2026-001), sagt av {RSIB}."
    )
    assert story.told_last("pol.VB").startswith("Du leder Aktiverad samverkanskonferens")


async def test_who_was_picked_may_end_the_meeting_and_approve_what_came_of_it(
    story: Story,
) -> None:
    await gathers(story, "ASK")
    await story.says("lst.TIB", "!kalla ASK 08.20 köerna", "ASK")
    await story.to("2026-10-12T08:20")
    await story.says("pol.VB", "!avsluta", "ASK")
    assert "den funktionen har du inte just nu" in story.said_last("ASK")

    await story.says("lst.TIB", "!leda M-1 pol.VB", "ASK")
    await story.says("pol.VB", "!avsluta", "ASK")

    assert (await meeting(story)).ended_by == "pol.VB"
    await story.taps("pol.VB", "✅", "direct", "M-2026-001")
    assert (await meeting(story)).approved_by == "pol.VB"


async def test_after_its_digest_the_picked_one_leads_no_more(story: Story) -> None:
    await test_who_was_picked_may_end_the_meeting_and_approve_what_came_of_it(story)
    await story.says("lst.TIB", "!kalla ASK 10.20 köerna", "ASK")
    await story.to("2026-10-12T10:20")

    await story.says("pol.VB", "!avsluta M-2", "ASK")

    assert "den funktionen har du inte just nu" in story.said_last("ASK")


# --- another chair for the event ---


async def test_the_chair_is_moved_for_an_event_and_its_meetings_say_so(story: Story) -> None:
    await gathers(story, "ASK")
    await incident(story)
    await calls_about_it(story)

    await story.says("lst.TIB", "!leda H-31 pol.VB", "ASK")
    await story.says("pol.VB", "kvittera", "direct")
    await story.to("2026-10-12T08:20")

    assert any(body.startswith(f"{VB} leder ") for body in story.said("ASK"))
    opening = story.find("Upprop utgår", "ASK").body
    assert (
        f"Ordförande: {VB} (i stället för Tjänsteperson i beredskap, Länsstyrelsen Mälarvik)."
    ) in opening
    async with story.store.read() as session:
        entry = await log.latest(session, "chair.moved", "H-2026-031")
    assert entry
    assert (entry.function, entry.facts["to"]) == ("lst.TIB", "pol.VB")


async def test_for_the_event_it_may_what_a_chair_may_and_the_own_chair_still_does(
    story: Story,
) -> None:
    await gathers(story, "ASK")
    await incident(story)
    await calls_about_it(story)
    await story.says("lst.TIB", "!leda H-31 pol.VB", "ASK")
    await story.to("2026-10-12T08:20")

    await story.says("pol.VB", "!avsluta", "ASK")

    assert (await meeting(story)).ended_by == "pol.VB"
    await calls_about_it(story, at="09.20")
    await story.to("2026-10-12T09:20")
    await story.says("lst.TIB", "!avsluta M-2", "ASK")
    assert (await meeting(story, "M-2026-002")).ended_by == "lst.TIB"


async def test_a_meeting_that_is_not_about_the_event_keeps_its_chair(story: Story) -> None:
    await gathers(story, "ASK")
    await incident(story)
    await calls_about_it(story)
    await story.says("lst.TIB", "!leda H-31 pol.VB", "ASK")

    await story.says("kansli.RSIB", "!kalla LC 08.40 annat", "LC")

    async with story.store.read() as session:
        assert await chairs.moved(session) == [("ASK", "pol.VB")]


async def test_the_chair_goes_back_to_the_forums_own(story: Story) -> None:
    await gathers(story, "ASK")
    await incident(story)
    await calls_about_it(story)
    await story.says("lst.TIB", "!leda H-31 pol.VB", "ASK")

    await story.says("pol.VB", "!leda H-31 lst.TIB", "ASK")

    async with story.store.read() as session:
        assert await chairs.moved(session) == []
    assert "igen (H-2026-031)" in story.said("ASK")[-1]


async def test_only_who_leads_called_or_judges_may_choose(story: Story) -> None:
    await gathers(story, "ASK")
    await story.says("lst.TIB", "!kalla ASK 08.20 köerna", "ASK")

    await story.says("hamn.JOUR", "!leda M-1 hamn.JOUR", "ASK")

    assert story.said_last("ASK").startswith("Vem som leder M-2026-001 väljer den som kallade")
    assert (await meeting(story)).chair is None


async def test_who_has_no_seat_there_cannot_lead(story: Story) -> None:
    await gathers(story, "ASK")
    await story.says("lst.TIB", "!kalla ASK 08.20 köerna", "ASK")

    await story.says("lst.TIB", "!leda M-1 bana.JOUR", "ASK")

    assert "har ingen plats i Aktiverad samverkanskonferens" in story.said_last("ASK")


async def test_a_secretary_in_the_room_opens_while_the_caller_is_asked(story: Story) -> None:
    await story.to("2026-11-03T15:54")
    await gathers(story, "ASK", but=["lst.TIB", "kansli.RSIB"])
    await comes(story, "lst.LBA", "ASK")
    await story.says("kansli.RSIB", "!kalla ASK 16.20 köerna", "direct")
    await story.says("pol.VB", "kvittera", "direct")

    await story.to("2026-11-03T16:21")

    assert "öppnar mötet" in story.find("Upprop utgår", "ASK").body
