"""First contact: the duty officers' group, with those whom the event concerns (R9, T4, S19)."""

from __future__ import annotations

import pytest

from bot.domain.concerned import called as seats_called
from bot.domain.model import ConcernedActor
from bot.store import incidents
from tests.story.gathering import comes, everybody_taps, gathers, the_calls, the_log, the_meeting
from tests.story.story import Story, mxid_of

FIRE = "Bussbrand i Klippbergstunneln, båda rören stängda sedan 15.44"
ID = "H-2026-001"


@pytest.fixture
async def pressed(story: Story) -> Story:
    """Let the traffic controller press the button at 15.51; it is 15.54 one Tuesday."""
    await story.to("2026-11-03T15:51")
    await comes(story, "vag.VTL", "LC")
    await gathers(story, "TIBG")
    await story.says("vag.VTL", f'!samverka "{FIRE}"', "LC")
    await story.to("2026-11-03T15:54")
    return story


@pytest.fixture
async def called(pressed: Story) -> Story:
    """Let the judge call the group, with one more organisation that it concerns."""
    await pressed.says("lst.TIB", f"bedöm {ID} kontakt trf", "direct")
    return pressed


# --- called ---


async def test_the_group_is_called_by_its_own_list_with_those_concerned(called: Story) -> None:
    call = called.find("Kallelse KA-2026-001", "TIBG").body.splitlines()

    assert call[0] == (
        "Kallelse KA-2026-001 till TiB-gruppen (första kontakt), H-2026-001. Kvittera inom "
        "5 minuter, senast kl. 15.59 (✅). Mötet börjar kl. 16.04."
    )
    assert call[1] == f"Syfte: {FIRE}"
    assert call[4].startswith(
        "Kallade: Länsstyrelsen Mälarvik, Region Mälarvik, Polisregion Mälarvik"
    )
    assert call[4].endswith(
        "SOS Alarm Mälarvik, Militärregionen (frivillig), Trafikverket Mälarvik (berörd), "
        "Region Mälarvik trafikförvaltningen (berörd)."
    )


async def test_from_the_button_to_the_opening_are_at_most_twenty_minutes(called: Story) -> None:
    await everybody_taps(called, "TIBG")
    await called.to("2026-11-03T16:04")

    meeting = await the_meeting(called)
    assert meeting.opened_at is not None
    assert meeting.incident == ID
    async with called.store.read() as session:
        incident = await incidents.by_id(session, ID)
    assert incident
    assert (meeting.opened_at - incident.asked_at).total_seconds() == 13 * 60


@pytest.mark.parametrize(
    ("judged", "starts"), [("16:05", "16.11"), ("16:09", "16.14"), ("15:55", "16.05")]
)
async def test_judged_later_it_meets_sooner_but_never_before_five_minutes(
    pressed: Story, judged: str, starts: str
) -> None:
    await pressed.to(f"2026-11-03T{judged}")

    await pressed.says("lst.TIB", f"bedöm {ID} kontakt", "direct")

    assert f"Mötet börjar kl. {starts}." in pressed.find("Kallelse KA-", "TIBG").body


async def test_the_judge_may_say_when(pressed: Story) -> None:
    await pressed.says("lst.TIB", f"bedöm {ID} kontakt kl 16.20 trf", "direct")

    assert "Mötet börjar kl. 16.20." in pressed.find("Kallelse KA-", "TIBG").body


async def test_one_tap_calls_the_group(pressed: Story) -> None:
    await pressed.chooses("lst.TIB", "contact", "direct", "hur bedömer du")

    assert pressed.find("Kallelse KA-2026-001", "TIBG")


async def test_who_asked_is_told_the_outcome(called: Story) -> None:
    told = called.find("är bedömd: första kontakt", "LC")

    assert (
        "TiB-gruppen (första kontakt) är kallad till kl. 16.04: KA-2026-001. Berörda: "
        "Trafikverket Mälarvik och Region Mälarvik trafikförvaltningen." in told.body
    )
    assert told.letter.content["mention"] == [mxid_of("vag.VTL")]


async def test_the_judge_gets_the_codes_of_those_who_could_be_called_too(called: Story) -> None:
    told = called.find("är bedömd", "direct", "lst.TIB").body

    assert f"Berörs fler? Skriv bedöm {ID} kontakt och deras koder:" in told
    assert "ekviken Ekvikens kommun" in told
    assert "trf Region" not in told
    assert "pol Polis" not in told


async def test_those_concerned_are_called_directly_as_what_they_are(called: Story) -> None:
    for who in ("vag.VTL", "trf.VTL"):
        assert called.told_last(who).startswith("Kallelse KA-2026-001 till TiB-gruppen")
        assert "(första kontakt), H-2026-001: kvittera" in called.told_last(who)


async def test_a_word_that_names_nobody_is_said_and_holds_nobody_up(pressed: Story) -> None:
    await pressed.says("lst.TIB", f'bedöm {ID} kontakt trf, ekvikn "kön växer"', "direct")

    told = pressed.find("är bedömd", "direct", "lst.TIB").body
    assert "Jag förstod inte vilka du menar med ekvikn. Alla andra är kallade." in told
    assert "Varför: ”kön växer”" in told
    assert "trf.VTL" in await the_calls(pressed)


async def test_no_answer_in_five_minutes_and_the_deputy_is_asked_at_that_minute(
    called: Story,
) -> None:
    await everybody_taps(called, "TIBG", but=["pol.VB", "mil.VB"])
    await called.taps("vag.VTL", "✅", "direct", "Kallelse KA-")
    await called.taps("trf.VTL", "✅", "direct", "Kallelse KA-")
    await called.to("2026-11-03T15:58")
    assert called.told("pol.VB/2") == []

    await called.to("2026-11-03T15:59")

    assert "kvittera senast kl. 16.02" in called.told_last("pol.VB/2")
    assert called.said_last("TIBG").startswith("Kvitterat 8 av 10 (KA-2026-001, H-2026-001).")


# --- concerned, by themselves ---


async def test_who_says_so_late_is_called_there_and_then(called: Story) -> None:
    await called.to("2026-11-03T16:00")

    await called.says("ekviken.TIB", "berörs", "direct")

    assert called.find("berörs av", "direct", "ekviken.TIB").body == (
        "Ekvikens kommun berörs av H-2026-001.\n"
        "Ni kallas nu till TiB-gruppen (första kontakt), kl. 16.04: KA-2026-001."
    )
    assert "kvittera senast kl. 16.05 (✅)" in called.told_last("ekviken.TIB")
    assert called.find("Ekvikens kommun berörs av", "TIBG")
    call = (await the_calls(called))["ekviken.TIB"]
    assert call.represents == ["ekviken"]


async def test_before_it_is_judged_it_is_kept_and_called_with_the_rest(pressed: Story) -> None:
    await pressed.says("trf.VTL", f"!berörs {ID}", "LC")

    assert "Begäran är inte bedömd än." in pressed.said_last("LC")
    assert "trafikförvaltningen berörs av H-2026-001" in pressed.told_last("lst.TIB")
    await pressed.says("lst.TIB", f"bedöm {ID} kontakt", "direct")
    assert "trf.VTL" in await the_calls(pressed)


async def test_who_has_a_seat_keeps_it_and_gets_no_other(called: Story) -> None:
    before = len(await the_calls(called))

    await called.says("pol.VB", "!berörs", "TIBG")

    assert "Ni är redan kallade till TiB-gruppen" in called.said_last("TIBG")
    assert len(await the_calls(called)) == before


async def test_twice_is_once(called: Story) -> None:
    await called.says("trf.VTL", "berörs", "direct")

    assert "Det visste jag redan." in called.find("berörs av", "direct", "trf.VTL").body
    assert [it.what for it in await the_log(called)].count("summons.added") == 0


async def test_a_reply_to_the_summons_says_which_incident(called: Story) -> None:
    await called.says("vag.VTL", '!samverka "annat"', "LC")

    await called.says("pol.OPS", "berörs", "TIBG", to="Kallelse KA-2026-001")

    assert called.find("berörs av H-2026-001", "TIBG")


async def test_not_concerned_is_still_a_position(called: Story) -> None:
    await called.says("vag.VTL", "!berörs inte", "LC")

    assert "berörs av" not in called.said_last("LC")
    assert "Berörs ni inte" not in called.said_last("LC")
    async with called.store.read() as session:
        assert len(await incidents.concerned(session, ID)) == 2


async def test_the_judge_adds_more_to_a_group_that_is_called(called: Story) -> None:
    await called.says("lst.TIB", f"bedöm {ID} kontakt kbv ekviken", "direct")

    calls = await the_calls(called)
    assert {"kbv.VB", "ekviken.TIB"} <= set(calls)
    assert len([it for it in called.said("TIBG") if it.startswith("Kallelse")]) == 1


async def test_a_new_time_moves_the_group_that_is_called_and_all_who_were_asked_hear_it(
    called: Story,
) -> None:
    await called.taps("pol.VB", "✅", "TIBG", "Kallelse KA-")

    await called.says("lst.TIB", f"bedöm {ID} kontakt kl 16.20", "direct")
    await called.to("2026-11-03T16:19")

    moved = called.find("^Ny tid", "TIBG")
    assert moved.body == (
        "Ny tid: TiB-gruppen (första kontakt) börjar kl. 16.20, inte kl. 16.04 (M-2026-001, "
        "H-2026-001). Har du kvitterat gäller det. Kan du inte då: !förhinder KA-2026-001"
    )
    assert mxid_of("pol.VB") in moved.letter.content["mention"]
    assert any(it == moved.body for it in called.told("trf.VTL"))
    assert "är kallad till kl. 16.20: KA-2026-001" in called.find("är bedömd", "LC").body
    assert (await the_meeting(called)).opened_at is None
    await called.to("2026-11-03T16:20")
    assert (await the_meeting(called)).opened_at is not None


async def test_contact_said_twice_calls_once(called: Story) -> None:
    await called.says("kansli.RSIB", f"bedöm {ID} kontakt", "direct")

    assert called.told_last("kansli.RSIB").startswith(
        f"{ID} är redan bedömd: första kontakt, av Tjänsteperson i beredskap"
    )


# --- what a place for the concerned is ---


async def test_of_borrowed_seats_only_the_concerned_are_called(pressed: Story) -> None:
    meeting = pressed.region.forum("BM")
    actors = [
        ConcernedActor(
            incident=ID, organisation=code, said_as="lst.TIB", said_at=pressed.clock.now()
        )
        for code in ("vag", "ekviken")
    ]

    seats = [seat.function for seat in seats_called(pressed.region, meeting, actors)]

    assert seats == ["lst.LOD", "vag.RCH", "ekviken.KD"]


async def test_a_concerned_seat_takes_positions_by_its_mandate(called: Story) -> None:
    await everybody_taps(called, "TIBG")
    await called.taps("trf.VTL", "✅", "direct", "Kallelse KA-")
    await called.to("2026-11-03T16:05")

    await called.says(
        "lst.TIB", '!förslag bedomning "vi behöver mötas igen" varför="kön växer"', "TIBG"
    )
    await called.says("trf.VTL", "!ståndpunkt OV-2026-001 1", "TIBG")

    body = called.find("OV-2026-001 .*prövas", "TIBG").body
    assert "Biträder: Region Mälarvik trafikförvaltningen." in body


async def test_a_word_that_names_nobody_is_said_to_a_judge_who_judges_where_it_was_asked(
    pressed: Story,
) -> None:
    await comes(pressed, "lst.TIB", "LC")

    await pressed.says("lst.TIB", f"!bedöm {ID} kontakt trf, ekvikn", "LC")

    assert "Jag förstod inte vilka du menar med ekvikn" in pressed.told_last("lst.TIB")
    assert "ekvikn" not in pressed.find("är bedömd: första kontakt", "LC").body


async def test_a_no_after_the_number_is_no_yes(called: Story) -> None:
    await called.says("ekviken.TIB", f"!berörs {ID} inte.", "direct")

    assert called.told_last("ekviken.TIB").startswith("Berörs ni inte behöver du inte säga det")
    async with called.store.read() as session:
        there = {it.organisation for it in await incidents.concerned(session, ID)}
    assert "ekviken" not in there
