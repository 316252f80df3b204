"""One thumb at three in the night: what is wrong gets the right words back, filled in."""

from __future__ import annotations

import pytest

from tests.story.gathering import gathers
from tests.story.meeting_room import published
from tests.story.story import Story, mxid_of

LINE = '!åtgärd TIBG "tält vid Lunden" senast=12.00'
PROPOSAL = '!förslag bedomning "Trafiken leds om" varför="röken"'


@pytest.fixture
async def night(story: Story) -> Story:
    """Call the duty officers' group, at a few minutes' notice."""
    await story.to("2026-10-15T02:50")
    await gathers(story, "TIBG")
    await story.says("lst.TIB", "!kalla TIBG 03.04 gasol på E4", "TIBG")
    return story


# --- help ---


async def test_help_says_first_what_waits_with_its_real_number(night: Story) -> None:
    await night.says("pol.VB", "!hjälp", "TIBG")

    assert night.said_last("TIBG").startswith(
        "Det här väntar på dig:\n"
        "- Kallelse till TiB-gruppen (första kontakt), senast kl. 02.55: !kvittera KA-2026-001\n"
        "Det här kan du göra här och nu.\n"
    )


async def test_help_says_nothing_of_what_does_not_wait(story: Story) -> None:
    await story.says("pol.VB", "help", "direct")

    assert "!ack" not in story.told_last("pol.VB")
    assert "!close" not in story.told_last("pol.VB")
    assert story.told_last("pol.VB").startswith("This is what you can do here and now.")


async def test_help_knows_all_that_can_wait(night: Story) -> None:
    await night.to("2026-10-15T03:04")
    await night.says("lst.TIB", PROPOSAL, "TIBG")
    await night.says("lst.TIB", LINE, "TIBG")

    await night.says("lst.TIB", "help", "direct")

    waiting = night.told_last("lst.TIB").split("This is what")[0]
    assert "Proposal “Trafiken leds om”, by 03:" in waiting
    assert ": !position OV-2026-001 1\n" in waiting
    assert "Meeting in progress, Duty officers' group (first contact): !close M-2026-" in waiting
    assert "Action “tält vid Lunden”, by 12:00: !done AT-2026-001" in waiting


async def test_who_carries_something_home_sees_it_in_help(story: Story) -> None:
    await published(story)

    await story.says("lindo.SAK", "hjälp", "direct")

    assert (
        "- Återföring till Lindö kommun, kvittera, senast i morgon kl. 12.00: "
        "!mottagen AF-2026-0028\n"
    ) in story.told_last("lindo.SAK")


# --- signs, and the language spoken ---


@pytest.mark.parametrize("sign", ["!1", "! 1", "/1", "//1", "!biträder"])
async def test_a_sign_with_nothing_open_is_answered(story: Story, sign: str) -> None:
    await story.says("pol.VB", sign, "VSK")

    assert story.said_last("VSK").startswith(
        "Inget förslag är öppet för svar från dig i Ordinarie samverkanskonferens just nu.\n"
    )


async def test_a_bare_digit_with_nothing_open_is_talk(story: Story) -> None:
    await story.says("pol.VB", "1", "VSK")

    assert story.said("VSK") == []


async def test_who_writes_english_in_a_forum_is_answered_in_english(story: Story) -> None:
    await story.says("pol.VB", "!ack", "VSK")

    assert story.said_last("VSK").startswith("No summons waits for an answer from you.")


async def test_a_near_miss_keeps_its_language_and_the_rest(story: Story) -> None:
    await story.says("pol.VB", "!akc KA-2026-088", "VSK")

    assert "Menade du !ack KA-2026-088?" in story.said_last("VSK")


async def test_a_near_miss_that_comes_twice_is_answered_once(story: Story) -> None:
    await story.says("lst.TIB", "!hjlp")
    story._numbers = iter([1])  # type: ignore[assignment]
    await story.says("lst.TIB", "!hjlp")

    assert len(story.said()) == 1


# --- the right words, filled in ---


@pytest.mark.parametrize("wrong", ["KA-999", "OV-12", "XX-2026-1"])
async def test_a_wrong_number_is_answered_with_the_right_one(night: Story, wrong: str) -> None:
    await night.says("pol.VB", f"!kvittera {wrong}", "VSK")

    assert night.said_last("VSK").endswith(": !kvittera KA-2026-001")


async def test_another_kind_of_number_is_named_as_such(night: Story) -> None:
    await night.says("pol.VB", "!deltar OV-2026-014", "TIBG")

    assert night.said_last("TIBG").startswith(
        "OV-2026-014 är inte en kallelse. Numret på en kallelse börjar med KA-.\n"
    )


async def test_the_wrong_room_is_answered_with_what_waits_elsewhere(night: Story) -> None:
    await night.to("2026-10-15T03:04")

    await night.says("lst.TIB", "!avsluta", "VSK")

    assert night.said_last("VSK") == (
        "Inget möte är öppet i Ordinarie samverkanskonferens just nu.\n"
        "Det här väntar på dig:\n"
        "- Möte som pågår, TiB-gruppen (första kontakt): !avsluta M-2026-001"
    )


async def test_the_wrong_function_learns_who_has_the_right_one(night: Story) -> None:
    await night.to("2026-10-15T03:04")

    await night.says("reg.TIB", "!avsluta", "TIBG")

    said = night.said_last("TIBG")
    assert "Be en av dessa skriva !avsluta:" in said
    assert "- Tjänsteperson i beredskap, Länsstyrelsen Mälarvik: lst.TIB 1" in said


async def test_who_may_not_propose_here_learns_where_they_may(story: Story) -> None:
    await story.says("lindo.SAK", PROPOSAL, "TIBG")

    said = story.said_last("TIBG")
    assert "Vilka som har: !vem TIBG" in said
    assert "Ordinarie samverkanskonferens (VSK)" in said


async def test_a_direct_room_asks_which_forum_with_the_words_kept(story: Story) -> None:
    await story.says("lst.TIB", "kalla 10.00 läget", "direct")

    assert "Ordinarie samverkanskonferens: !kalla VSK 10.00 läget" in story.told_last("lst.TIB")


async def test_what_is_only_begun_is_given_back_to_be_finished(story: Story) -> None:
    await story.says("lst.TIB", "!kalla VSK 15.00", "VSK")

    assert "Det saknas något: texten.\nSkriv klart: !kalla VSK 15.00 …" in story.said_last("VSK")


@pytest.mark.parametrize("verb", ["forum", "hemma", "åtgärder", "sammanfattning"])
async def test_a_forum_nobody_knows_is_not_taken_for_this_one(story: Story, verb: str) -> None:
    await story.says("lst.TIB", f"!{verb} VKS", "VSK")

    assert story.said_last("VSK").startswith("Det finns inget forum som heter ”VKS”.")


async def test_a_time_nobody_knows_is_said_back_as_it_was_written(story: Story) -> None:
    await story.says("lst.TIB", "!kalla VSK i Övermorgon läget", "VSK")

    assert story.said_last("VSK").startswith("”i Övermorgon” är varken ett forum eller en tid")


async def test_the_only_action_needs_no_number(story: Story) -> None:
    await story.says("reg.TIB", LINE, "TIBG")

    await story.says("reg.TIB", "!klar", "TIBG")

    assert story.said_last("TIBG").startswith("AT-2026-001 klar, säger Region Mälarvik")


# --- without quotation marks ---


async def test_a_time_with_a_word_before_it_needs_no_quotes(story: Story) -> None:
    await story.says("reg.TIB", "!åtgärd TIBG tält vid Lunden senast=i morgon kl. 12.00", "TIBG")

    assert "klar senast i morgon kl. 12.00.\n”tält vid Lunden”" in story.said_last("TIBG")


async def test_a_reason_without_quotes_goes_on_to_the_next_key(story: Story) -> None:
    await story.says(
        "lst.TIB",
        "!förslag bedomning Trafiken leds om varför=röken driver söderut stänger=09.30",
        "TIBG",
    )

    said = story.find("prövas", "TIBG").body
    assert (
        "föreslår (gemensam bedömning): ”Trafiken leds om”\nVarför: ”röken driver söderut”" in said
    )
    assert "senast kl. 09.30" in said


async def test_with_a_sign_a_reservation_needs_no_quotes(night: Story) -> None:
    await night.to("2026-10-15T03:04")
    await night.says("lst.TIB", PROPOSAL, "TIBG")

    await night.says("reg.TIB", "!2 till kl. 22", "TIBG")

    assert "Med förbehåll: Region Mälarvik (”till kl. 22”)." in night.said_last("TIBG")


async def test_a_time_that_is_wrong_says_which_one(story: Story) -> None:
    await story.says("lst.TIB", f"{PROPOSAL} ompröva=i förrgår", "TIBG")

    assert story.said_last("TIBG").startswith("ompröva: ”i” är ingen tid jag förstår.\n")


async def test_a_kind_that_is_wrong_keeps_the_text(story: Story) -> None:
    await story.says("lst.TIB", '!förslag resurser "Öppna hallen" varför="röken"', "VSK")

    assert '- tider: !förslag tid "Öppna hallen" varför="…"' in story.said_last("VSK")


async def test_how_it_was_handed_over_may_be_a_sentence(story: Story) -> None:
    await published(story)

    await story.says("lindo.SAK", "återförd per=telefon till Karl motläst=ja", "direct")

    assert "per telefon (AF-2026-0028)" in story.told_last("lindo.SAK")


# --- what a thumb writes ---


@pytest.mark.parametrize("typed", ["✅", "👍", "Kvittera.", "KVITTERA!", "kvittera"])
async def test_a_reactions_sign_and_a_full_stop_are_understood_in_the_direct_room(
    night: Story, typed: str
) -> None:
    await night.says("pol.VB", typed, "direct")

    assert night.told_last("pol.VB").startswith("Noterat för KA-2026-001: kvitterat.")


async def test_a_sign_written_as_a_reply_is_a_tap(story: Story) -> None:
    await published(story)

    await story.says("lindo.SAK", "✅", "direct", to="Återföring AF-")

    assert "Mottagen: AF-2026-0028" in story.told_last("lindo.SAK")


async def test_a_sign_in_a_forum_is_only_a_sign(night: Story) -> None:
    before = night.said("TIBG")

    await night.says("pol.VB", "✅", "TIBG")

    assert night.said("TIBG") == before


async def test_the_only_carry_back_needs_no_number(story: Story) -> None:
    await published(story)

    await story.says("lindo.SAK", "kvittera", "direct")

    assert "Mottagen: AF-2026-0028" in story.told_last("lindo.SAK")


async def test_what_nobody_understands_is_answered_with_what_waits(story: Story) -> None:
    await published(story)

    await story.says("lindo.SAK", "ok, ska ringa", "direct")

    assert story.told_last("lindo.SAK").endswith(": !mottagen AF-2026-0028")


async def test_who_is_found_by_the_organisations_name(story: Story) -> None:
    await story.says("lst.TIB", "!vem polisen", "VSK")

    assert "- Vakthavande befäl, Polisregion Mälarvik: !vem pol.VB" in story.said_last("VSK")


# --- the deputy who was asked ---


async def test_a_deputy_is_told_in_place_when_the_holder_answers(night: Story) -> None:
    await night.to("2026-10-15T02:56")

    await night.says("pol.VB", "!deltar", "TIBG")

    asked = night.find("Kallelse KA-2026-001", "direct", "pol.VB/2")
    assert asked.body.startswith(
        "Kallelse KA-2026-001 till TiB-gruppen (första kontakt): du behöver inte svara, "
        "någon annan har svarat."
    )
    assert "Har svarat: Vakthavande befäl." in asked.body
    assert (asked.edits, len(night.told("pol.VB/2"))) == (1, 1)


async def test_a_deputy_is_wanted_again_when_the_holder_cannot_after_all(night: Story) -> None:
    await night.to("2026-10-15T02:56")
    await night.says("pol.VB", "!deltar", "TIBG")

    await night.says("pol.VB", "!förhinder", "TIBG")

    asked = night.find("Varför", "direct", "pol.VB/2")
    assert "kvittera senast kl. 02.59 (✅)." in asked.body
    assert "du behövs ändå, kvittera senast kl. 02.59 (✅)." in night.told_last("pol.VB/2")


# --- what is true afterwards ---


async def test_a_call_makes_the_registers_next_meeting_true(story: Story) -> None:
    await story.says("lst.TIB", "!kalla VSK 16.04 läget", "VSK")

    assert "Nästa möte: måndag 12 oktober kl. 16.04." in story.find("^Register: ", "VSK").body


async def test_what_is_done_is_told_as_done_in_the_digest(night: Story) -> None:
    await night.to("2026-10-15T03:04")
    await night.says("reg.TIB", LINE, "TIBG")
    await night.says("reg.TIB", "!klar AT-2026-001", "TIBG")

    await night.says("lst.TIB", "!avsluta", "TIBG")

    assert "”tält vid Lunden” Klart kl. 03.04." in night.told_last("lst.TIB")
    assert night.mentioned_last("direct", "lst.TIB") == [mxid_of("lst.TIB")]


@pytest.mark.parametrize(
    "line",
    [
        "!kalla VSK 9999-12-31T23:59 slutet",
        "!kvittera KA-" + "9" * 5000,
        "!ståndpunkt OV-" + "9" * 5000 + " 1",
    ],
)
async def test_what_no_calendar_or_counter_reaches_is_refused_in_words(
    story: Story, line: str
) -> None:
    await story.says("lst.TIB", line)

    assert "Något gick fel hos mig" not in story.said_last()
