"""An urgent call goes by mail and webhook too, where the law gives a way; what is known is said."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.deadlines.cadence import arm_cadences
from bot.domain.model import DispatchState
from tests.story.gathering import gathers, the_calls
from tests.story.other_ways import WAYS, all_sent, becomes, gets_ways, sent
from tests.story.story import Story, mxid_of

CALL = "!kalla TIBG 08.20 Bussbrand i *tunneln*"


@pytest.fixture
async def urgent(story: Story) -> Story:
    """Let the law have ways, and the duty officers be in their room."""
    gets_ways(story, WAYS)
    await gathers(story, "TIBG")
    return story


async def test_an_urgent_call_also_comes_directly_to_who_is_in_the_room_and_has_a_direct_room(
    urgent: Story,
) -> None:
    await urgent.says("pol.VB", "hjälp", "direct")

    await urgent.says("lst.TIB", CALL, "TIBG")

    called = urgent.find("Kallelse KA-", "TIBG")
    assert mxid_of("pol.VB") in called.letter.content["mention"]
    assert urgent.told_last("pol.VB").startswith(
        "Kallelse KA-2026-001 till TiB-gruppen (första kontakt): kvittera senast kl. 08.05"
    )
    assert urgent.told("reg.TIB") == []


async def test_one_tap_in_the_direct_room_answers_an_urgent_call(urgent: Story) -> None:
    await urgent.says("pol.VB", "hjälp", "direct")
    await urgent.says("lst.TIB", CALL, "TIBG")

    await urgent.taps("pol.VB", "✅", "direct", "Kallelse KA-")

    assert (await the_calls(urgent))["pol.VB"].answered_by == mxid_of("pol.VB")


async def test_what_is_not_urgent_is_said_once_in_the_room(urgent: Story) -> None:
    await gathers(urgent)
    await urgent.says("pol.VB", "hjälp", "direct")
    before = len(urgent.told("pol.VB"))

    await urgent.says("lst.TIB", "!kalla VSK 2026-10-14T10:00 Vägarbeten")

    assert mxid_of("pol.VB") in urgent.find("Kallelse KA-", "VSK").letter.content["mention"]
    assert len(urgent.told("pol.VB")) == before


async def test_an_urgent_call_goes_by_every_way_the_law_gives(urgent: Story) -> None:
    await urgent.says("lst.TIB", CALL, "TIBG")

    rows = await sent(urgent)
    assert [(row.organisation, row.kind, row.address, row.mxid) for row in rows] == [
        ("pol", "email", "vakt@polisen.example", mxid_of("pol.VB")),
        ("pol", "webhook", "vard-larm", mxid_of("pol.VB")),
        ("reg", "webhook", "vard-larm", mxid_of("reg.TIB")),
    ]
    content = rows[0].content
    assert content["subject"] == (
        "[SKARPT LÄGE] Kallelse KA-2026-001 till TiB-gruppen (första kontakt) kl. 08.20, "
        "svara senast kl. 08.05"
    )
    assert content["text"].startswith("SKARPT LÄGE. Det här är ingen övning.\n")
    assert "Kallad: Vakthavande befäl, Polisregion Mälarvik." in content["text"]
    assert "Varför: Bussbrand i *tunneln*" in content["text"]
    assert content["data"]["called"] == [{"function": "pol.VB", "as_function": "pol.VB", "rank": 1}]
    assert content["data"]["answer_by"] == "2026-10-12T06:05:00+00:00"
    assert content["data"]["live"] is True


async def test_the_deputy_is_called_by_them_at_the_minute_and_nobody_twice(urgent: Story) -> None:
    await urgent.says("lst.TIB", CALL, "TIBG")
    await urgent.says("reg.TIB", "kvittera", "direct")

    await urgent.passes(minutes=20)

    by_mail = [row for row in await sent(urgent) if row.kind == "email"]
    assert [row.mxid for row in by_mail] == [mxid_of(f"pol.VB/{rank}") for rank in (1, 2, 3)]
    assert by_mail[1].written_at - by_mail[0].written_at == timedelta(minutes=5)
    assert "Vakthavande befäl, Polisregion Mälarvik (ersättare 1)." in by_mail[1].content["text"]
    assert len([row for row in await sent(urgent) if row.organisation == "reg"]) == 1


async def test_who_cannot_come_lets_the_next_be_called_by_them_at_once(urgent: Story) -> None:
    await urgent.says("lst.TIB", CALL, "TIBG")

    await urgent.says("pol.VB", "förhinder", "direct")

    by_mail = [row for row in await sent(urgent) if row.kind == "email"]
    assert [row.mxid for row in by_mail] == [mxid_of("pol.VB"), mxid_of("pol.VB/2")]


async def test_a_call_that_is_not_urgent_goes_by_no_other_way(urgent: Story) -> None:
    await urgent.says("kansli.SCHEF", "!kalla RSG 2026-10-20T13:00 planering", "RSG")

    assert "Kallelse KA-2026-001" in urgent.said("RSG")[-1]
    assert await sent(urgent) == []


async def test_a_meeting_that_calls_itself_is_no_alarm_however_short_the_time_to_answer(
    urgent: Story,
) -> None:
    await gathers(urgent, "LC")
    await urgent.says("pol.VB", "hjälp", "direct")
    async with urgent.store.begin() as session:
        await arm_cadences(session, urgent.region, urgent.clock.now())

    await urgent.to("2026-10-13T06:00")

    assert urgent.find("Kallelse KA-", "LC").body.startswith(
        "Kallelse KA-2026-003 till Ledningscentralsforum. Kvittera inom 5 minuter, "
        "senast kl. 05.50 (✅)."
    )
    assert not [it for it in urgent.told("pol.VB") if "Ledningscentralsforum" in it]
    assert "Du kallas som ersättare 1" in urgent.told_last("pol.VB/2")
    assert await all_sent(urgent) == []


async def test_the_same_meeting_called_by_a_person_at_short_notice_is_urgent(urgent: Story) -> None:
    await urgent.says("vag.VTL", "!kalla LC 08.30 Stopp i Klippbergstunneln")

    assert [row.organisation for row in await sent(urgent)] == ["pol", "pol"]


async def test_the_status_says_what_is_known_of_each(urgent: Story) -> None:
    await urgent.says("lst.TIB", CALL, "TIBG")
    await urgent.says("sos.VOF", "kvittera", "direct")
    mail, alarm, care = await sent(urgent)

    await becomes(urgent, mail, DispatchState.DELIVERED)
    await becomes(urgent, alarm, DispatchState.UNKNOWN, "cut")
    await becomes(urgent, care, DispatchState.FAILED, "refused")

    status = urgent.find("Kvitterat 1 av", "TIBG").body
    assert status.splitlines()[-2:] == [
        "E-post: lämnat till Polisregion Mälarvik kl. 08.00.",
        (
            "Larmsystem: Osäkert om det kom fram: Polisregion Mälarvik kl. 08.00. Ring dem. "
            "Gick inte: Region Mälarvik (servern tog inte emot det)."
        ),
    ]


async def test_that_it_was_handed_over_is_no_answer(urgent: Story) -> None:
    await urgent.says("lst.TIB", CALL, "TIBG")
    for row in await sent(urgent):
        await becomes(urgent, row, DispatchState.DELIVERED)

    assert urgent.find("Kvitterat 0 av", "TIBG")


async def test_in_an_exercise_no_other_way_is_used_whoever_is_named_and_the_status_says_so(
    urgent: Story,
) -> None:
    await urgent.says("lst.TIB", '!öva "Buss" forum=TIBG deltar=lst.TIB,pol.VB,reg.TIB', "VSK")
    async with urgent.store.begin() as session:
        await urgent._room(session, "forum:ÖVN1-TIBG")

    await urgent.says("lst.TIB", CALL, "ÖVN1-TIBG")
    await urgent.passes(minutes=20)

    assert await all_sent(urgent) == []
    assert urgent.find("Kvitterat 0 av", "ÖVN1-TIBG").body.splitlines()[-1] == (
        "E-post och larmsystem används inte i en övning: de går till dem som har jour på riktigt."
    )


async def test_a_live_call_during_an_exercise_goes_by_them_all_the_same(urgent: Story) -> None:
    await urgent.says("lst.TIB", '!öva "Buss" forum=TIBG deltar=lst.TIB,pol.VB,reg.TIB', "VSK")

    await urgent.says("lst.TIB", CALL, "TIBG")
    first = await sent(urgent)
    await urgent.passes(minutes=6)

    assert [row.organisation for row in first] == ["pol", "pol", "reg"]
    assert "i en övning" not in urgent.find("Kvitterat 0 av", "TIBG").body
