"""Called by function, with a clock: who is asked, when, and what is said of it (R1, R9, R10)."""

# ruff: noqa: RUF001 - the dash of a stretch of time is one of the bot's own words
from __future__ import annotations

import pytest

from bot.domain.model import CallState
from tests.story.gathering import REPRESENTED, everybody_taps, gathers, the_calls, the_log
from tests.story.story import Story, mxid_of, unmanned

CALL = "!kalla TIBG 16.04 bedöma behovet av samordning"


@pytest.fixture
async def called(story: Story) -> Story:
    """Call the duty officers' group at 15.54 one Tuesday; everybody but pol.VB is in its room."""
    await story.to("2026-11-03T15:54")
    await gathers(story, "TIBG", but=["pol.VB"])
    await story.says("lst.TIB", CALL, "TIBG")
    return story


# --- the call ---


async def test_a_call_says_what_is_asked_and_until_when_in_its_first_line(called: Story) -> None:
    first, *others = called.said_last("TIBG").splitlines()

    assert first == (
        "Kallelse KA-2026-001 till TiB-gruppen (första kontakt). "
        "Kvittera inom 5 minuter, senast kl. 15.59 (✅). Mötet börjar kl. 16.04."
    )
    assert others[0] == "Syfte: bedöma behovet av samordning"
    assert "Norra brandförsvaret (företräder 7: Norrsunds kommun, " in others[2]
    assert others[2].endswith("SOS Alarm Mälarvik, Militärregionen (frivillig).")


async def test_a_call_sounds_with_those_who_have_the_functions(called: Story) -> None:
    message = called.find("Kallelse", "TIBG")

    assert called.mentioned_last("TIBG") == [
        mxid_of(code)
        for code in (
            "lst.TIB", "reg.TIB", "pol.VB", "rtjn.RCB", "rtjs.RCB", "malarvik.TIB", "sos.VOF",
            "mil.VB",
        )
    ]  # fmt: skip
    assert message.letter.content["call"]
    assert message.taps == ["✅"]


async def test_who_is_not_in_the_room_is_called_directly_and_nobody_else(called: Story) -> None:
    assert called.told_last("pol.VB").startswith(
        "Kallelse KA-2026-001 till TiB-gruppen (första kontakt): kvittera senast kl. 15.59 (✅)."
    )
    assert "Du kallas som Vakthavande befäl, Polisregion Mälarvik." in called.told_last("pol.VB")
    assert called.told("reg.TIB") == []


async def test_a_call_from_another_room_is_confirmed_there(story: Story) -> None:
    await story.to("2026-11-03T15:54")

    await story.says("lst.TIB", "kalla TIBG 16.04 bedöma läget", "direct")

    assert "Kallelse KA-2026-001" in story.said_last("TIBG")
    assert story.find("är kallat till kl. 16.04: KA-2026-001, 8 platser", "direct", "lst.TIB")


async def test_who_may_not_call_learns_which_function_may_and_who_has_it(story: Story) -> None:
    await story.says("sos.VOF", "!kalla VSK 16.04 prata", "VSK")

    assert story.said_last("VSK") == (
        "Det kan du inte kalla: Ordinarie samverkanskonferens kallas av en funktion som du inte "
        "har. Be en av dessa:\n- Tjänsteperson i beredskap, Länsstyrelsen Mälarvik: lst.TIB 1\n"
        "Du kan kalla: TiB-gruppen (första kontakt) (TIBG), Ledningscentralsforum (LC)."
    )


async def test_a_deputy_calls_and_it_is_said_as_whom(story: Story) -> None:
    await story.says("lst.TIB/2", "!kalla VSK 16.04 prata", "VSK")

    assert (
        "Kallat av Tjänsteperson i beredskap, Länsstyrelsen Mälarvik (ersättare 1)."
        in story.said_last("VSK")
    )


async def test_a_time_that_has_passed_is_refused(story: Story) -> None:
    await story.says("lst.TIB", "!kalla VSK 2026-10-11T09:00 prata", "VSK")

    assert story.said_last("VSK").startswith("Den tiden har redan varit: i går kl. 09.00.")


async def test_what_is_asked_for_in_good_time_has_the_ordinary_limits(story: Story) -> None:
    await story.says("lst.TIB", "!kalla VSK 2026-10-15T09:00 prata", "VSK")

    assert "Kvittera inom 1 dygn, senast i morgon kl. 08.00 (✅)." in story.said_last("VSK")


# --- the turns ---


async def test_at_the_minute_the_time_is_out_the_deputy_is_asked(called: Story) -> None:
    await everybody_taps(called, "TIBG", but=["pol.VB", "mil.VB"])
    await called.passes(minutes=4, seconds=59)
    assert called.told("pol.VB/2") == []

    await called.passes(seconds=1)

    assert called.told_last("pol.VB/2") == (
        "Kallelse KA-2026-001 till TiB-gruppen (första kontakt): kvittera senast kl. 16.02 (✅). "
        "Mötet börjar kl. 16.04.\n"
        "Du kallas som ersättare 1 för Vakthavande befäl, Polisregion Mälarvik.\n"
        "Varför: Vakthavande befäl svarade inte 15.54–15.59.\n"
        "Syfte: bedöma behovet av samordning\n"
        "Svara ✅ eller kvittera KA-2026-001; kan du inte: förhinder KA-2026-001."
    )
    assert called.said_last("TIBG") == (
        "Kvitterat 6 av 8 (KA-2026-001).\n"
        "Polisregion Mälarvik: Vakthavande befäl svarade inte 15.54–15.59, söker ersättare 1.\n"
        "Militärregionen (frivillig): Vakthavande befäl svarade inte 15.54–15.59, "
        f"söker ersättare 1.\n{REPRESENTED}"
    )


async def test_how_the_call_stands_is_one_message_that_is_edited(called: Story) -> None:
    await everybody_taps(called, "TIBG", but=["pol.VB"])
    await called.passes(minutes=30)

    standing = [body for body in called.said("TIBG") if body.startswith("Kvitterat")]

    assert standing == [
        f"Kvitterat 7 av 8 (KA-2026-001).\nEj nådda: Polisregion Mälarvik.\n{REPRESENTED}"
    ]
    assert called.find("Kvitterat", "TIBG").edits > 7


async def test_one_after_the_other_and_then_not_reached(called: Story) -> None:
    await called.passes(minutes=11)

    asked = {
        who: [called.find("Kallelse", "direct", who).letter.written_at]
        for who in ("pol.VB", "pol.VB/2", "pol.VB/3")
    }
    minutes = [(at[0] - asked["pol.VB"][0]).seconds // 60 for at in asked.values()]

    assert minutes == [0, 5, 8]
    calls = await the_calls(called)
    assert calls["pol.VB"].state == CallState.NOT_REACHED
    assert calls["pol.VB"].answered_by is None


async def test_a_deputy_who_answers_is_named_as_one(called: Story) -> None:
    await called.passes(minutes=5)

    await called.taps("pol.VB/2", "✅", "direct", "Kallelse")

    assert "Genom annan än innehavaren: Polisregion Mälarvik (ersättare 1)." in called.said_last(
        "TIBG"
    )
    assert (await the_calls(called))["pol.VB"].rank == 2


async def test_the_holder_who_answers_late_comes_before_the_deputy(called: Story) -> None:
    await called.passes(minutes=5)
    await called.taps("pol.VB/2", "✅", "direct", "Kallelse")

    await called.taps("pol.VB", "✅", "direct", "Kallelse")

    assert (await the_calls(called))["pol.VB"].rank == 1
    assert "Genom annan" not in called.said_last("TIBG")


async def test_who_cannot_come_is_not_waited_for(called: Story) -> None:
    await called.says("pol.VB", "förhinder", "direct", to="Kallelse")

    assert "Varför: Vakthavande befäl har förhinder." in called.told_last("pol.VB/2")
    assert called.told_last("pol.VB") == (
        "Noterat för KA-2026-001: förhinder.\n"
        "- Vakthavande befäl, Polisregion Mälarvik; söker ersättare 1."
    )
    assert "Polisregion Mälarvik: Vakthavande befäl har förhinder, söker ersättare 1." in (
        called.said_last("TIBG")
    )


async def test_why_somebody_cannot_come_is_nobodys_business(called: Story) -> None:
    await called.says("pol.VB", "förhinder magsjuk", "direct")

    assert (await the_calls(called))["pol.VB"].state == CallState.ASKED
    assert "magsjuk" not in " ".join(str(entry.facts) for entry in await the_log(called))


async def test_a_function_that_nobody_has_is_skipped_at_once_and_said_so(story: Story) -> None:
    await story.to("2026-11-03T10:00")
    await unmanned(story, "rosvik.SAK")

    await story.says("kansli.SCHEF", "!kalla RSG 10.30 halka", "RSG")

    assert "Rosviks kommun (obemannad)" in story.said_last("RSG")
    assert "Varför: ingen har funktionen just nu." in story.told_last("rosvik.TIB")
    await story.says("rosvik.TIB", "kvittera", "direct")
    assert "Rosviks kommun (Tjänsteperson i beredskap, Rosviks kommun)" in story.said_last("RSG")


async def test_where_nobody_at_all_is_there_that_is_what_is_said(story: Story) -> None:
    await story.to("2026-11-03T15:54")
    await unmanned(story, "mil.VB")

    await story.says("lst.TIB", CALL, "TIBG")
    await everybody_taps(story, "TIBG", but=["mil.VB"])

    assert story.said_last("TIBG") == (
        f"Kvitterat 7 av 8 (KA-2026-001).\nObemannade: Militärregionen (frivillig).\n{REPRESENTED}"
    )


async def test_at_night_the_small_are_reached_by_those_who_watch_for_them(story: Story) -> None:
    await story.to("2026-11-03T02:00")
    await story.says("lst.TIB", "!kalla ASK 02.20 översvämning", "ASK")
    await story.taps("rtjn.RCB", "✅", "ASK", "Kallelse")

    await story.passes(minutes=8)

    assert (
        "Du kallas som Räddningschef i beredskap, Norra brandförsvaret, "
        "för Beredskapssamordnare, Granholms kommun.\nVarför: ersättare 1 svarade inte 02.05–02.08."
        in story.told_last("rtjn.RCB")
    )
    assert (await the_calls(story))["granholm.SAK"].state == CallState.ASKED
    await story.taps("rtjn.RCB", "✅", "direct", "Kallelse")
    calls = await the_calls(story)
    assert [calls[code].answered_as for code in ("granholm.SAK", "kvarnsele.SAK", "lindo.SAK")] == [
        "rtjn.RCB", "rtjn.RCB", None
    ]  # fmt: skip
    assert story.told_last("rtjn.RCB").startswith("Noterat för KA-2026-001: kvitterat.\n- Bered")


# --- the words ---


@pytest.mark.parametrize(
    ("typed", "state"),
    [
        ("!kvittera", CallState.ACKNOWLEDGED),
        ("!ack KA-1", CallState.ACKNOWLEDGED),
        ("//kvittera KA-2026-001", CallState.ACKNOWLEDGED),
        ("!deltar", CallState.ATTENDING),
        ("/attend", CallState.ATTENDING),
        ("!förhinder KA-2026-001 sitter i bil", CallState.PREVENTED),
    ],
)
async def test_everything_a_tap_can_say_a_word_can_say(
    called: Story, typed: str, state: CallState
) -> None:
    await called.says("sos.VOF", typed, "TIBG")

    call = (await the_calls(called))["sos.VOF"]
    prevented = state is CallState.PREVENTED
    assert call.state == (CallState.ASKED if prevented else state)
    assert called.find("Note(rat för|d for) KA-2026-001", "TIBG")


async def test_a_tap_is_confirmed_by_the_status_alone(called: Story) -> None:
    before = len(called.said("TIBG"))

    await called.taps("reg.TIB", "✅", "TIBG", "Kallelse")
    await called.taps("sos.VOF", "✅", "TIBG", "Kallelse")

    assert len(called.said("TIBG")) == before + 1
    assert called.said_last("TIBG").startswith("Kvitterat 2 av 8 (KA-2026-001).")
    assert "Svarar senast kl. 15.59: Länsstyrelsen Mälarvik, Polisregion" in called.said_last(
        "TIBG"
    )
    assert called.told("reg.TIB") == []


async def test_who_is_not_called_is_told_so_and_a_stray_tap_only_directly(called: Story) -> None:
    before = called.said("TIBG")

    await called.taps("hamn.VD", "✅", "TIBG", "Kallelse")
    await called.says("hamn.VD", "!kvittera", "direct")

    assert called.said("TIBG") == before
    assert called.told("hamn.VD")[0].startswith(
        "Du behöver inte svara: ingen av dina funktioner är kallad i KA-2026-001"
    )
    assert called.told_last("hamn.VD").startswith("Ingen kallelse väntar på svar från dig.")


async def test_of_two_open_calls_the_bare_word_asks_which(called: Story) -> None:
    await called.says("vag.VTL", "!kalla LC 16.30 köerna", "LC")

    await called.says("pol.VB", "deltar", "direct")

    assert called.told_last("pol.VB") == (
        "Vilken kallelse gäller det? Skriv en av dessa:\n"
        "- !deltar KA-2026-002 – Ledningscentralsforum, kl. 16.30\n"
        "- !deltar KA-2026-001 – TiB-gruppen (första kontakt), kl. 16.04"
    )


async def test_in_a_forums_room_the_bare_word_means_that_forums_call(called: Story) -> None:
    await called.says("vag.VTL", "!kalla LC 16.30 köerna", "LC")

    await called.says("pol.VB", "!deltar", "LC")

    assert (await the_calls(called, "KA-2026-002"))["pol.VB"].state == CallState.ATTENDING


async def test_an_unknown_summons_is_said_to_be_one(called: Story) -> None:
    await called.says("pol.VB", "!kvittera KA-2026-999", "TIBG")

    assert called.said_last("TIBG").startswith("Det finns ingen kallelse KA-2026-999.")


async def test_english_is_answered_in_english(called: Story) -> None:
    await called.says("pol.VB", "attend", "direct")

    assert called.told_last("pol.VB") == (
        "Noted for KA-2026-001: attending.\n- Officer in command on duty, Polisregion Mälarvik."
    )


async def test_the_log_holds_every_turn(called: Story) -> None:
    await called.taps("reg.TIB", "✅", "TIBG", "Kallelse")
    await called.passes(minutes=5)

    entries = await the_log(called)

    assert entries[0].what == "summons.made"
    assert entries[0].facts["asked"][0] == ["lst.TIB", 1, mxid_of("lst.TIB")]
    acknowledged = next(entry for entry in entries if entry.what == "call.acknowledged")
    assert (acknowledged.function, acknowledged.mxid) == ("reg.TIB", mxid_of("reg.TIB"))
    assert {entry.function for entry in entries if entry.what == "call.silent"} == {
        "lst.TIB", "pol.VB", "rtjn.RCB", "rtjs.RCB", "malarvik.TIB", "sos.VOF", "mil.VB"
    }  # fmt: skip


async def test_a_carry_back_is_received_by_its_own_word(called: Story) -> None:
    await called.says("pol.VB", "!deltar AF-2026-0014", "direct")

    assert "!mottagen AF-2026-0014" in called.told_last("pol.VB")
    assert (await the_calls(called))["pol.VB"].state == CallState.ASKED
