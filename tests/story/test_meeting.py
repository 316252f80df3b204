"""A meeting opens with who is there instead of a roll call, and calls itself (R11, R27)."""

from __future__ import annotations

from datetime import datetime

from bot.deadlines.cadence import arm_cadences
from bot.domain.model import Action, CallState, MeetingState
from bot.store import deadlines, meetings
from tests.story.gathering import (
    REPRESENTED,
    comes,
    everybody_taps,
    gathers,
    the_calls,
    the_log,
    the_meeting,
)
from tests.story.story import Story, mxid_of, unmanned

CALL = "!kalla TIBG 16.04 bedöma behovet av samordning"


async def called(story: Story, *, but: tuple[str, ...] = ()) -> None:
    """Call the duty officers' group at 15.54; its holders are in the room, and tap but some."""
    await story.to("2026-11-03T15:54")
    await gathers(story, "TIBG", but=but)
    await story.says("lst.TIB", CALL, "TIBG")
    await everybody_taps(story, "TIBG", but=but)


# --- the opening ---


async def test_a_meeting_opens_at_its_minute_with_who_is_there(story: Story) -> None:
    await called(story, but=("pol.VB", "mil.VB"))
    await story.to("2026-11-03T16:00")
    await comes(story, "pol.VB/2", "TIBG")
    await story.taps("pol.VB/2", "✅", "direct", "Kallelse")

    await story.to("2026-11-03T16:04")

    assert story.said_last("TIBG") == (
        "TiB-gruppen (första kontakt) v. 45, M-2026-001. "
        "Ordförande: Tjänsteperson i beredskap, Länsstyrelsen Mälarvik. Närvarande 7 av 8.\n"
        "Ersättare: Polisregion Mälarvik (ersättare 1).\n"
        "Ej nådda: Militärregionen (frivillig).\n"
        f"{REPRESENTED}\n"
        "Ej myndighet i rummet: SOS Alarm Mälarvik.\n"
        "Informationsklass: Endast deltagande aktörer. Upprop utgår."
    )
    meeting = await the_meeting(story)
    assert meeting.state == MeetingState.OPEN
    assert meeting.opened_at == meeting.starts_at


async def test_who_has_acknowledged_and_is_not_in_the_room_is_not_present(story: Story) -> None:
    await called(story, but=("pol.VB",))
    await story.taps("pol.VB", "✅", "direct", "Kallelse")

    await story.to("2026-11-03T16:04")

    assert "Närvarande 7 av 8." in story.said_last("TIBG")
    assert "Kvitterat men inte i rummet: Polisregion Mälarvik." in story.said_last("TIBG")


async def test_who_is_in_the_room_and_silent_is_not_present(story: Story) -> None:
    await called(story, but=("pol.VB",))
    await comes(story, "pol.VB", "TIBG")

    await story.to("2026-11-03T16:04")

    assert "Närvarande 7 av 8." in story.said_last("TIBG")
    assert "Inget svar än: Polisregion Mälarvik." in story.said_last("TIBG")


async def test_time_that_is_out_when_the_meeting_opens_is_out_first(story: Story) -> None:
    await story.to("2026-11-03T15:51")
    await gathers(story, "LC", but=["bana.JOUR"])
    await story.says("vag.VTL", "!kalla LC 15.59 köerna", "LC")
    await everybody_taps(story, "LC", but=["bana.JOUR"])

    await story.to("2026-11-03T15:59")

    assert "Ej nådda: Mälarbanan Drift AB (frivillig)." in story.find("Närvarande", "LC").body


async def test_the_vice_chair_opens_where_the_chair_is_not_reached(story: Story) -> None:
    await story.to("2026-11-03T15:54")
    await gathers(story, "ASK", but=["lst.TIB"])
    await story.says("kansli.RSIB", "!kalla ASK 16.10 bussbrand", "ASK")
    await everybody_taps(story, "ASK", but=["lst.TIB"])

    await story.to("2026-11-03T16:10")

    assert (
        "Ordföranden (Tjänsteperson i beredskap, Länsstyrelsen Mälarvik) är inte nådd: "
        "Regional samverkanskoordinator i beredskap, Samordningskansliet öppnar mötet."
    ) in story.said_last("ASK")
    assert story.mentioned_last("ASK") == [mxid_of("kansli.RSIB")]


async def test_a_chair_without_a_seat_chairs_by_being_in_the_room(story: Story) -> None:
    await story.to("2026-11-03T10:00")
    await story.says("kansli.SCHEF", "!kalla RSG 10.30 halka", "RSG")
    assert mxid_of("kansli.SCHEF") in story.mentioned_last("RSG")
    await comes(story, "kansli.SCHEF", "RSG")

    await story.to("2026-11-03T10:30")

    assert "Ordförande: Samordningschef, Samordningskansliet. Närvarande 0 av 25." in (
        story.find("Närvarande", "RSG").body
    )


async def test_what_is_still_to_be_done_opens_the_next_meeting(story: Story) -> None:
    await story.to("2026-11-03T15:00")
    async with story.store.begin() as session:
        session.add(Action(
            id="AT-2026-204", forum="TIBG", text="tank vid <b>Lunden</b>", function="vatten.JOUR",
            mxid=mxid_of("vatten.JOUR"), taken_on_at=story.clock.now(), due_at=story.clock.now(),
        ))  # fmt: skip
    await called(story)

    await story.to("2026-11-03T16:04")

    assert story.said_last("TIBG").endswith(
        "Sedan sist\n- AT-2026-204 tank vid <b>Lunden</b> "
        "(Mälarviks Vatten AB, försenad, skulle vara klar kl. 15.00)"
    )


async def test_after_a_silence_of_the_bot_the_opening_says_that_it_is_late(story: Story) -> None:
    await called(story)

    story.clock.move_to(datetime.fromisoformat("2026-11-03T16:09+01:00"))
    await story.passes(seconds=1)

    assert "Detta skrivs sent, kl. 16.09; mötet skulle börja kl. 16.04." in (
        story.find("Närvarande", "TIBG").body
    )


# --- the end ---


async def test_a_meeting_with_nothing_to_tell_ends_by_itself(story: Story) -> None:
    await called(story)

    await story.to("2026-11-03T16:44")

    assert story.said_last("TIBG") == (
        "M-2026-001 (TiB-gruppen (första kontakt)) är avslutat. Det skulle vara klart kl. 16.14, "
        "och inget är överenskommet eller åtaget: ingen sammanfattning skickas."
    )
    meeting = await the_meeting(story)
    assert (meeting.state, meeting.published_at) == (MeetingState.PUBLISHED, None)


async def test_nobody_is_asked_to_a_meeting_that_is_over(story: Story) -> None:
    await called(story)
    await story.to("2026-11-03T16:44")

    await story.says("reg.TIB", "!kvittera KA-2026-001", "TIBG")

    assert story.said_last("TIBG") == (
        "Det är för sent att svara på KA-2026-001: mötet M-2026-001 är avslutat."
    )


async def test_an_open_meeting_with_a_record_is_the_chairs_to_close_then_the_vice_chairs(
    story: Story,
) -> None:
    await called(story)
    async with story.store.begin() as session:
        session.add(Action(
            id="AT-2026-204", forum="TIBG", meeting="M-2026-001", text="ringa", function="pol.VB",
            mxid=mxid_of("pol.VB"), taken_on_at=story.clock.now(),
        ))  # fmt: skip

    await story.to("2026-11-03T16:44")
    assert story.told_last("lst.TIB").startswith(
        "Avsluta M-2026-001 (TiB-gruppen (första kontakt)): skriv !avsluta M-2026-001."
    )
    assert story.told("kansli.RSIB") == []
    await story.to("2026-11-03T17:14")

    assert "du får frågan som Regional samverkanskoordinator" in story.told_last("kansli.RSIB")
    await story.passes(hours=6)
    assert len(story.told("kansli.RSIB")) == 1
    assert (await the_meeting(story)).state == MeetingState.OPEN


async def test_a_chair_that_nobody_is_is_not_waited_for(story: Story) -> None:
    await called(story)
    await unmanned(story, "lst.TIB")
    async with story.store.begin() as session:
        session.add(Action(
            id="AT-2026-204", forum="TIBG", meeting="M-2026-001", text="ringa", function="pol.VB",
            mxid=mxid_of("pol.VB"), taken_on_at=story.clock.now(),
        ))  # fmt: skip

    await story.to("2026-11-03T16:44")

    assert "Avsluta M-2026-001" in story.told_last("kansli.RSIB")


# --- by itself ---


async def arm(story: Story) -> None:
    async with story.store.begin() as session:
        await arm_cadences(session, story.region, story.clock.now())


def calls_to(story: Story, forum: str) -> list[str]:
    return [body for body in story.said(forum) if body.startswith("Kallelse")]


async def test_the_week_calls_itself(story: Story) -> None:
    await arm(story)

    await story.to("2026-10-12T09:00")

    assert story.said_last("VSK").startswith(
        "Kallelse KA-2026-002 till Ordinarie samverkanskonferens. "
        "Kvittera inom 1 dygn, senast i morgon kl. 09.00 (✅). Mötet börjar torsdag kl. 09.00."
    )
    assert "Kallat enligt forumets mötesordning." in story.said_last("VSK")
    await gathers(story)
    await story.to("2026-10-15T09:00")
    opened = story.find("Närvarande", "VSK").body
    assert opened.startswith("Ordinarie samverkanskonferens v. 42, M-2026-0")
    assert "Ej nådda: Länsstyrelsen Mälarvik" in opened
    assert "Inget svar än: Samordningskansliet (Regional kommunikationskoordinator).\n" in opened
    await story.to("2026-10-19T09:00")
    assert len(calls_to(story, "VSK")) == 2


async def test_nine_stays_nine_when_summer_time_ends(story: Story) -> None:
    await story.to("2026-10-23T12:00")
    await arm(story)

    await story.to("2026-10-29T09:00")

    assert story.find("Närvarande", "VSK")
    async with story.store.read() as session:
        meeting = await meetings.open_in(session, "VSK")
    assert meeting
    assert meeting.starts_at.isoformat() == "2026-10-29T08:00:00+00:00"


async def test_a_meeting_moved_from_a_holiday_says_so(story: Story) -> None:
    await story.to("2027-05-01T12:00")
    await arm(story)

    await story.to("2027-05-02T09:00")

    assert "Mötet börjar onsdag kl. 09.00, flyttat från torsdag 6 maj som är helgdag." in (
        story.said_last("VSK")
    )


async def test_starting_again_calls_nothing_twice_and_skips_nothing(story: Story) -> None:
    await arm(story)
    await story.to("2026-10-12T08:59")
    await arm(story)
    await story.to("2026-10-12T09:00")
    await arm(story)
    await story.passes(minutes=1)

    await arm(story)
    await story.to("2026-10-18T00:00")

    assert len(calls_to(story, "VSK")) == 1


async def test_a_call_that_comes_late_uses_the_limits_that_still_fit(story: Story) -> None:
    await arm(story)

    story.clock.move_to(datetime.fromisoformat("2026-10-15T08:00+02:00"))
    await arm(story)
    await story.passes(seconds=1)

    assert (
        "Kvittera inom 5 minuter, senast kl. 08.05 (✅). Mötet börjar kl. 09.00."
        in (calls_to(story, "VSK")[-1])
    )


async def test_a_meeting_that_went_by_is_skipped_and_the_log_says_so(story: Story) -> None:
    await arm(story)

    story.clock.move_to(datetime.fromisoformat("2026-10-15T11:00+02:00"))
    await arm(story)
    await story.passes(seconds=1)

    assert calls_to(story, "VSK") == []
    skipped = [e for e in await the_log(story) if e.what == "meeting.skipped" and e.forum == "VSK"]
    assert [entry.facts["starts_at"] for entry in skipped] == ["2026-10-15T07:00:00+00:00"]
    await story.to("2026-10-19T09:00")
    assert len(calls_to(story, "VSK")) == 1


async def test_a_meeting_called_by_hand_for_that_time_is_not_called_again(story: Story) -> None:
    await arm(story)
    await story.says("lst.TIB", "!kalla VSK 2026-10-15T09:00 vi tar det nu", "VSK")

    await story.to("2026-10-14T09:00")

    assert len(calls_to(story, "VSK")) == 1


async def test_only_forums_with_a_rhythm_are_waited_for(story: Story) -> None:
    await arm(story)

    async with story.store.read() as session:
        due = await deadlines.due(session, datetime.fromisoformat("2027-06-01T00:00+02:00"))

    armed = {each.subject for each in due if each.kind == "cadence"}
    assert armed == {"RCG", "RSG", "SPM", "KOMN", "VSK", "LC", "TRAF", "AGC"}


async def test_a_seat_that_answers_after_the_opening_still_counts(story: Story) -> None:
    await called(story, but=("pol.VB",))
    await story.to("2026-11-03T16:05")

    await story.taps("pol.VB/2", "✅", "direct", "Kallelse")

    assert (await the_calls(story))["pol.VB"].state == CallState.ACKNOWLEDGED
    assert story.find("Kvitterat 8 av 8", "TIBG")
