"""Whoever is to judge is asked by mail and alarm system too; what fails is told to who asked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.model import DispatchState
from tests.story.activation import FIRE
from tests.story.gathering import comes
from tests.story.other_ways import JUDGES, all_sent, becomes, gets_ways, sent
from tests.story.story import Story, mxid_of

ID = "H-2026-001"
RING = "ring Tjänsteperson i beredskap, Länsstyrelsen Mälarvik"


@pytest.fixture
async def pressed(story: Story) -> Story:
    """Let the traffic controller press the button at 15.51, where those who judge have ways."""
    gets_ways(story, JUDGES)
    await story.to("2026-11-03T15:51")
    await comes(story, "vag.VTL", "LC")
    await story.says("vag.VTL", f'!samverka "{FIRE}"', "LC")
    return story


async def test_the_judge_is_asked_by_every_way_of_their_organisation(pressed: Story) -> None:
    mail, alarm = await sent(pressed, ID)

    assert [(it.kind, it.address, it.mxid) for it in (mail, alarm)] == [
        ("email", "tib@lst.example", mxid_of("lst.TIB")),
        ("webhook", "lst-larm", mxid_of("lst.TIB")),
    ]
    assert mail.content["subject"] == (
        "[SKARPT LÄGE] H-2026-001: Trafikverket Mälarvik begär samverkan, bedöm senast kl. 16.21"
    )
    assert mail.content["text"] == (
        "SKARPT LÄGE. Det här är ingen övning.\n"
        "Trafikverket Mälarvik begär samverkan, H-2026-001. Bedöm senast kl. 16.21.\n"
        f"Vad som har hänt: {FIRE}\n"
        "Begärt av Vakthavande trafikledare, Trafikverket Mälarvik kl. 15.51.\n"
        "Ska bedöma: Tjänsteperson i beredskap, Länsstyrelsen Mälarvik.\n"
        "Så bedömer du: välj i omröstningen i ditt direktrum med mig i Matrix, eller skriv där:\n"
        '1 Inget behov: bedöm H-2026-001 inget "varför"\n'
        "2 Vi följer, ny bedömning: bedöm H-2026-001 följ kl 16.40\n"
        "3 Första kontakt, gruppen kallas nu: bedöm H-2026-001 kontakt\n"
        "4 Aktiverat läge: bedöm H-2026-001 aktivera\n"
        "Går det inte: ring en ersättare eller Regional samverkanskoordinator i beredskap, "
        "Samordningskansliet, som också kan bedöma.\n"
        "Det går inte att svara på det här meddelandet."
    )
    data = alarm.content["data"]
    assert (data["kind"], data["incident"], data["live"]) == ("judge", ID, True)
    assert (data["purpose"], data["answer_by"]) == (FIRE, "2026-11-03T15:21:00+00:00")


async def test_each_deputy_is_asked_by_them_in_turn_and_nobody_twice(pressed: Story) -> None:
    await pressed.passes(minutes=20)

    by_mail = [row for row in await sent(pressed, ID) if row.kind == "email"]
    assert [row.mxid for row in by_mail] == [mxid_of(f"lst.TIB/{rank}") for rank in (1, 2, 3)]
    assert by_mail[1].written_at - by_mail[0].written_at == timedelta(minutes=5)
    assert "Länsstyrelsen Mälarvik (ersättare 1), eftersom" in by_mail[1].content["text"]


async def test_a_judge_who_has_it_keeps_the_deputies_mail_silent(pressed: Story) -> None:
    await pressed.taps("lst.TIB", "✅", "direct", "begär samverkan")

    await pressed.passes(minutes=20)

    assert {row.mxid for row in await sent(pressed, ID)} == {mxid_of("lst.TIB")}


async def test_it_goes_on_to_the_next_by_theirs_and_at_last_to_all_again(pressed: Story) -> None:
    await pressed.to("2026-11-03T16:51:30")

    late = [row for row in await sent(pressed, ID) if row.written_at > pressed.clock.now()]
    assert late == []
    by_mail = [row for row in await sent(pressed, ID) if row.kind == "email"]
    assert [row.organisation for row in by_mail] == [
        *["lst"] * 3, *["kansli"] * 3, "kansli", "lst",
    ]  # fmt: skip
    assert "eftersom Tjänsteperson i beredskap" in by_mail[3].content["text"]
    assert "Ingen har bedömt den" in by_mail[-1].content["text"]


async def test_what_is_judged_anew_is_asked_by_them_anew(pressed: Story) -> None:
    await pressed.says("lst.TIB", f"bedöm {ID} följ kl 16.40", "direct")

    await pressed.to("2026-11-03T16:41")

    by_mail = [row for row in await sent(pressed, ID) if row.kind == "email"]
    assert [row.mxid for row in by_mail] == [mxid_of("lst.TIB")] * 2


async def test_who_asked_is_told_nothing_while_it_goes_well(pressed: Story) -> None:
    before = pressed.said("LC")
    for row in await sent(pressed, ID):
        await becomes(pressed, row, DispatchState.DELIVERED)

    await pressed.passes(minutes=3)

    assert pressed.said("LC") == before


async def test_who_asked_is_told_whom_to_phone_where_it_fails_and_when_it_has_come_after_all(
    pressed: Story,
) -> None:
    mail, alarm = await sent(pressed, ID)

    await becomes(pressed, mail, DispatchState.FAILED, "refused")
    await becomes(pressed, alarm, DispatchState.UNKNOWN, "cut")

    told = pressed.find(RING, "LC")
    assert told.body == (
        f"[SKARPT LÄGE] {ID}: {RING}. Frågan finns i Matrix. Det är inte säkert att den har "
        "nått dem på andra vägar.\n"
        "E-post: Gick inte: Länsstyrelsen Mälarvik (servern tog inte emot det).\n"
        "Larmsystem: Osäkert om det kom fram: Länsstyrelsen Mälarvik kl. 15.51. Ring dem."
    )
    assert told.letter.content["mention"] == [mxid_of("vag.VTL")]
    assert told.letter.content["call"]

    await becomes(pressed, alarm, DispatchState.DELIVERED)

    told = pressed.find("utanför Matrix", "LC")
    assert "behöver inte ringa" in told.body
    assert told.edits == 1


async def test_what_has_not_been_taken_within_a_minute_is_told(pressed: Story) -> None:
    for row in await sent(pressed, ID):
        await becomes(pressed, row, DispatchState.WAITING, "unreachable")
    assert RING not in pressed.said_last("LC")

    await pressed.passes(minutes=1)

    assert RING in pressed.said_last("LC")
    assert "Inte lämnat än: Länsstyrelsen Mälarvik (servern svarar inte)." in (
        pressed.said_last("LC")
    )


async def test_nobody_is_to_phone_a_judge_who_has_it_or_has_judged(pressed: Story) -> None:
    mail, alarm = await sent(pressed, ID)
    await pressed.taps("lst.TIB", "✅", "direct", "begär samverkan")
    await becomes(pressed, mail, DispatchState.FAILED, "refused")
    await pressed.says("lst.TIB", f"bedöm {ID} följ kl 16.40", "direct")
    await becomes(pressed, alarm, DispatchState.FAILED, "refused")

    assert not [it for it in pressed.said("LC") if "andra vägar" in it]


async def test_in_an_exercise_it_goes_by_none_of_them(story: Story) -> None:
    gets_ways(story, JUDGES)
    await story.says("lst.TIB", '!öva "Buss" forum=TIBG deltar=lst.TIB,pol.VB,kansli.RSIB', "VSK")
    async with story.store.begin() as session:
        await story._room(session, "forum:ÖVN1-TIBG")

    await story.says("pol.VB", "!samverka brand", "ÖVN1-TIBG")
    await story.passes(minutes=40)

    assert "begär samverkan" in story.find("begär samverkan", "direct", "lst.TIB").body
    assert await all_sent(story) == []
