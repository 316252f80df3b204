# ruff: noqa: RUF001 - the words said are typeset: a dash between a number and a name
"""What was agreed is carried home: received, carried and confirmed are three acts (R2, R10)."""

from __future__ import annotations

import re

from bot.domain.model import CarryBack, CarryBackState, Choice
from bot.store import carrybacks
from tests.story.meeting_room import M, agreed, held, published, takes_on, thursday
from tests.story.story import Story, unmanned

CHAIR = "lst.TIB"


async def part_of(story: Story, organisation: str) -> CarryBack:
    """Find an organisation's carry-back; the first, should there be several."""
    async with story.store.read() as session:
        rows = await carrybacks.of_meeting(session, M)
    return next(row for row in rows if row.organisation == organisation)


async def lets_out(story: Story, forum: str = "VSK") -> None:
    """Close and approve the meeting that is on."""
    await story.says(story.region.forum(forum).chair, "!avsluta", forum)
    await story.says(story.region.forum(forum).chair, "!fastställ", forum)


# --- what it says ---


async def test_each_carrier_gets_its_organisations_own_part(story: Story) -> None:
    await published(story)

    assert story.told_last("lindo.SAK") == (
        "Återföring AF-2026-0028 – Lindö kommun. Kvittera senast i morgon kl. 12.00 (✅).\n"
        "Till: Kommundirektör, senast i morgon kl. 12.00. "
        "Bärare: Beredskapssamordnare.\n"
        "Från Ordinarie samverkanskonferens v. 42 (M-2026-118). Endast deltagande aktörer.\n"
        "För er:\n"
        "- OV-2026-061, överenskommen med förbehåll: ”Besked om Ekviksbron senast 21.30.” "
        "Er ståndpunkt: ni biträder med förbehåll (”även hemtjänsten ska få besked”). "
        "Gäller till onsdag kl. 06.00. Omprövas tisdag kl. 21.30.\n"
        "Ni är skyldiga: inget.\n"
        "Nästa möte: torsdag 22 oktober kl. 09.00.\n"
        "När mottagaren ska få den: !återförd AF-2026-0028, så skickar jag den. "
        "Sagt på annat sätt: !återförd AF-2026-0028 per=telefon."
    )
    assert story.mentioned_last("direct", "lindo.SAK") == ["@lindo.sak-1:malarvik.example"]


async def test_a_reservation_stands_in_the_part_of_those_it_concerns_too(story: Story) -> None:
    await published(story)

    unanswered = (
        "- Förbehåll från Lindö kommun om OV-2026-061 är obesvarat: "
        "”även hemtjänsten ska få besked”"
    )
    assert unanswered in story.told_last("vag.VTL")
    assert unanswered in story.told_last(CHAIR)
    assert unanswered not in story.told_last("lindo.SAK")
    assert unanswered not in story.told_last("soderby.TIB")


async def test_without_a_part_of_its_own_it_says_so(story: Story) -> None:
    await published(story)

    assert story.told_last("soderby.TIB") == (
        "Återföring AF-2026-0019 – Söderby kommun. Inget särskilt för er denna vecka. "
        "Läs och kvittera senast i morgon kl. 12.00 (✅).\n"
        "Från Ordinarie samverkanskonferens v. 42 (M-2026-118). "
        "Nästa möte: torsdag 22 oktober kl. 09.00."
    )


async def test_no_organisation_gets_anothers_debts(story: Story) -> None:
    await published(story)

    assert "Ni har åtagit er AT-2026-204: ”tank vid Lunden”" in story.told_last("vatten.JOUR")
    others = (seat.function for seat in story.region.forum("VSK").seats)
    for function in others:
        if function != "vatten.JOUR":
            assert "AT-2026-204" not in story.told_last(function)


async def test_what_must_be_anchored_is_owed_with_its_time(story: Story) -> None:
    await story.to("2026-10-15T09:00")
    await held(story)
    await agreed(story, {"ekviken.TIB": (Choice.ANCHOR, "")}, silent=("reg.TIB",))

    await lets_out(story)

    assert (
        "Ni är skyldiga: svar hemifrån om OV-2026-061, senast i morgon kl. 12.00."
        in story.told_last("ekviken.TIB")
    )
    assert "Ni har inte svarat." in story.told_last("reg.TIB")


async def test_a_seat_that_represents_others_carries_for_each_of_them(story: Story) -> None:
    await held(story, "TIBG", mode="activated")

    await lets_out(story, "TIBG")

    async with story.store.read() as session:
        rows = await carrybacks.of_meeting(session, M)
    carried = {row.organisation: row.seat for row in rows}
    assert carried["lindo"] == "rtjs.RCB"
    assert carried["granholm"] == "rtjn.RCB"
    assert carried["rtjn"] == "rtjn.RCB"
    assert len(rows) == len(carried)
    assert (await part_of(story, "lindo")).receiver == "lindo.KD"


async def test_who_is_touched_without_a_seat_is_told_for_information(story: Story) -> None:
    await held(story)
    await takes_on(story, "bana.SAK", "extratåg", "2026-10-16T06:00", "AT-2026-300")

    await lets_out(story)

    row = await part_of(story, "bana")
    assert (row.seat, row.receiver) == ("bana.JOUR", "bana.SAK")
    told = story.told_last("bana.JOUR")
    assert "För kännedom." in told
    assert "Ni har åtagit er AT-2026-300: ”extratåg”" in told


# --- three acts ---


async def test_received_carried_and_confirmed_are_three_facts(story: Story) -> None:
    await published(story)

    await story.taps("lindo.SAK", where="direct")
    received = await part_of(story, "lindo")
    await story.to("2026-10-15T11:00")
    await story.says("lindo.SAK", "återförd", "direct")
    carried = await part_of(story, "lindo")
    await story.to("2026-10-15T11:30")
    await story.taps("lindo.KD", where="direct")
    confirmed = await part_of(story, "lindo")

    assert (received.state, received.received_by) == (CarryBackState.RECEIVED, "lindo.SAK")
    assert received.carried_at is None
    assert (carried.state, carried.carried_how) == (CarryBackState.CARRIED, "sent")
    assert carried.confirmed_at is None
    assert (confirmed.state, confirmed.confirmed_how) == (CarryBackState.CONFIRMED, "self")
    assert story.told_last("lindo.KD") == (
        "Bekräftad kl. 11.30: AF-2026-0028 – Lindö kommun. Den är hemma hos Kommundirektör."
    )


async def test_the_carriers_note_follows_it_all_the_way(story: Story) -> None:
    await published(story)

    await story.taps("lindo.SAK", where="direct")
    await story.says("lindo.SAK", "!återförd AF-2026-0028", "direct")
    await story.taps("lindo.KD", where="direct")

    assert story.told("lindo.SAK")[0].endswith(
        "Nu: mottagen kl. 09.46 av Beredskapssamordnare, Lindö kommun; "
        "återförd kl. 09.46 (genom mig); bekräftad kl. 09.46 av Kommundirektör, Lindö kommun."
    )


async def test_a_word_does_what_a_tap_does(story: Story) -> None:
    await published(story)

    await story.says("lindo.SAK", "mottagen AF-28", "direct")

    assert story.told_last("lindo.SAK") == (
        "Mottagen: AF-2026-0028 – Lindö kommun. Återför senast i morgon kl. 12.00 till "
        "Kommundirektör: !återförd AF-2026-0028."
    )


async def test_to_acknowledge_it_is_to_receive_it(story: Story) -> None:
    await published(story)

    await story.says("lindo.SAK", "kvittera AF-2026-0028", "direct")
    await story.says("soderby.TIB", "kvittera", "direct", to="Återföring")

    assert (await part_of(story, "lindo")).state == CarryBackState.RECEIVED
    assert (await part_of(story, "soderby")).state == CarryBackState.RECEIVED


async def test_the_receiver_reads_the_part_and_what_the_forum_agreed(story: Story) -> None:
    await published(story)

    await story.says("lindo.SAK", "återförd", "direct")

    told = story.told_last("lindo.KD")
    assert told.startswith(
        "Bekräfta att Lindö kommun har fått detta, senast 22 okt kl. 09.00: "
        "✅ eller !bekräfta AF-2026-0028.\n"
        "Till dig som Kommundirektör, från Beredskapssamordnare "
        "kl. 09.46 (genom mig)."
    )
    assert "ni biträder med förbehåll (”även hemtjänsten ska få besked”)" in told
    assert "Överenskommet i forumet:\n- OV-2026-061" in told


async def test_only_the_receiver_confirms(story: Story) -> None:
    await published(story)
    await story.says("lindo.SAK", "återförd", "direct")

    await story.says("lindo.SAK", "bekräfta AF-2026-0028", "direct")

    assert story.told_last("lindo.SAK").startswith(
        "AF-2026-0028 bekräftas av den som tar emot hemma:\n"
        "- Kommundirektör, Lindö kommun: lindo.KD 1\n"
    )
    assert (await part_of(story, "lindo")).confirmed_at is None


async def test_the_receivers_deputy_may_confirm_in_words(story: Story) -> None:
    await published(story)
    await story.says("lindo.SAK", "återförd", "direct")

    await story.says("lindo.KD/2", "bekräfta AF-2026-0028", "direct")

    assert (await part_of(story, "lindo")).confirmed_by == "lindo.KD"


async def test_nothing_can_be_confirmed_before_it_is_carried(story: Story) -> None:
    await published(story)

    await story.says("lindo.KD", "bekräfta AF-2026-0028", "direct")

    assert story.told_last("lindo.KD").startswith("AF-2026-0028 är inte återförd än")


async def test_by_phone_is_recorded_and_the_receiver_asked_to_confirm(story: Story) -> None:
    await published(story)

    await story.says("lindo.SAK", "återförd AF-2026-0028 per=telefon", "direct")

    row = await part_of(story, "lindo")
    assert (row.carried_how, row.confirmed_at) == ("phone", None)
    assert "(per telefon)" in story.told_last("lindo.KD")


async def test_another_function_may_record_a_call_with_read_back(story: Story) -> None:
    await published(story)

    await story.says("kansli.RSIB", "!återförd AF-2026-0028 per=telefon till=lindo.KD motläst=ja")

    row = await part_of(story, "lindo")
    assert story.said_last() == (
        "Återförd kl. 09.46 till Kommundirektör, Lindö kommun, av Regional "
        "samverkanskoordinator i beredskap, Samordningskansliet, per telefon (AF-2026-0028).\n"
        "Lindö kommun: motläst, enligt Regional samverkanskoordinator i beredskap, "
        "Samordningskansliet."
    )
    assert (row.state, row.confirmed_how) == (CarryBackState.CONFIRMED, "readback")
    assert row.received_at is None
    assert story.told("lindo.KD") == []


async def test_the_same_in_english(story: Story) -> None:
    await published(story)

    await story.says("lindo.SAK", "carried AF-2026-0028 by=paper readback=yes", "direct")

    assert "by Preparedness coordinator, on paper" in story.told_last("lindo.SAK")


async def test_a_way_that_has_no_word_is_told_as_it_was_typed(story: Story) -> None:
    await published(story)

    await story.says("lindo.SAK", 'återförd AF-2026-0028 per="bud @room"', "direct")

    assert "”bud @\u2060room”" in story.told("lindo.SAK")[-1]


async def test_it_is_not_handed_to_another_organisation(story: Story) -> None:
    await published(story)

    await story.says("lindo.SAK", "återförd AF-2026-0028 per=telefon till=ekviken.KD", "direct")

    assert story.told_last("lindo.SAK").startswith(
        "Kommundirektör, Ekvikens kommun hör inte till Lindö kommun"
    )
    assert (await part_of(story, "lindo")).receiver == "lindo.KD"


async def test_strangers_carry_nothing(story: Story) -> None:
    await published(story)

    for words in ("mottagen AF-2026-0028", "återförd AF-2026-0028 per=telefon"):
        await story.says("ekviken.TIB", words, "direct")

        assert story.told_last("ekviken.TIB").startswith(
            "AF-2026-0028 bärs inte av dig. Den bärs av:\n- Beredskapssamordnare, Lindö kommun: "
        )


async def test_the_chair_does_not_receive_for_others(story: Story) -> None:
    await published(story)

    await story.says("kansli.RSIB", "!mottagen AF-2026-0028")

    assert story.said_last().startswith("AF-2026-0028 bärs inte av dig.")


async def test_with_nobody_to_receive_at_home_another_way_is_shown(story: Story) -> None:
    await published(story)
    await unmanned(story, "lindo.KD")

    await story.says("lindo.SAK", "återförd", "direct")

    assert story.told_last("lindo.SAK") == (
        "Ingen har funktionen Kommundirektör, Lindö kommun just nu, så jag kan inte skicka "
        "AF-2026-0028 dit.\n"
        "Lämna över den på annat sätt och skriv "
        "!återförd AF-2026-0028 per=telefon till=FUNKTION."
    )


async def test_where_the_receiver_sits_receiving_is_arriving(story: Story) -> None:
    await held(story, "RCG")
    await agreed(story, {"ekviken.KD": (Choice.AGREES, "")}, forum="RCG")
    await lets_out(story, "RCG")

    await story.taps("ekviken.KD", where="direct")

    row = await part_of(story, "ekviken")
    assert (row.state, row.carried_how, row.confirmed_how) == (
        CarryBackState.CONFIRMED, "in_person", "in_person",
    )  # fmt: skip
    assert "mottagaren sitter själv på platsen" in story.told_last("ekviken.KD")


async def test_without_an_id_it_is_asked_which(story: Story) -> None:
    await published(story)

    await story.says("lindo.KD", "bekräfta", "direct")

    assert story.told_last("lindo.KD").startswith("Ingen återföring väntar på dig just nu.")


# --- late ---


async def test_late_ones_remind_then_go_to_the_deputy_then_to_the_chair(story: Story) -> None:
    await published(story)

    await story.to("2026-10-16T11:59")
    before = len(story.told("lindo.SAK"))
    await story.to("2026-10-16T12:00")
    reminded = story.told_last("lindo.SAK")
    await story.to("2026-10-16T13:00")
    deputy = story.told_last("lindo.SAK/2")
    await story.to("2026-10-16T14:00")

    assert before == 1
    assert reminded == (
        "AF-2026-0028 – Lindö kommun väntar på kvittens sedan kl. 12.00: "
        "✅ eller !mottagen AF-2026-0028.\n"
        "Du får detta som Beredskapssamordnare, Lindö kommun."
    )
    assert deputy.startswith(
        "Återföring AF-2026-0028 – Lindö kommun väntar på dig, som ersättare för "
        "Beredskapssamordnare, Lindö kommun.\n"
        "Ingen har kvitterat sedan kl. 12.00: ✅ eller !mottagen AF-2026-0028."
    )
    assert (
        "- Lindö kommun, AF-2026-0028: ingen har kvitterat. "
        "Försök: Beredskapssamordnare kl. 12.00, Beredskapssamordnare kl. 13.00. "
        "Ring Kommundirektör, Lindö kommun och skriv "
        "!återförd AF-2026-0028 per=telefon motläst=ja."
    ) in story.find("Det här når inte hem", "direct", CHAIR).body
    assert (await part_of(story, "lindo")).state == CarryBackState.LEFT_OVER


async def test_the_deputy_who_was_asked_may_act(story: Story) -> None:
    await published(story)
    await story.to("2026-10-16T13:00")

    await story.taps("lindo.SAK/2", where="direct")

    row = await part_of(story, "lindo")
    assert row.state == CarryBackState.RECEIVED
    assert row.carrier == "@lindo.sak-2:malarvik.example"


async def test_the_contact_point_is_asked_after_the_deputies(story: Story) -> None:
    await held(story, "RCG", mode="activated")
    await agreed(story, {"ekviken.KD": (Choice.AGREES, "")}, forum="RCG")
    await lets_out(story, "RCG")

    await story.passes(minutes=15 * 4)

    assert story.told_last("ekviken.TIB").startswith(
        "Återföring AF-2026-0016 – Ekvikens kommun väntar på dig, som Tjänsteperson i beredskap"
    )


async def test_what_is_received_in_time_reminds_nobody(story: Story) -> None:
    await published(story)
    await story.taps("soderby.TIB", where="direct")

    await story.passes(days=3)

    assert len(story.told("soderby.TIB")) == 1
    assert story.told("soderby.TIB/2") == []


async def test_received_and_not_carried_reminds_of_carrying(story: Story) -> None:
    await published(story)
    await story.taps("lindo.SAK", where="direct")

    await story.to("2026-10-16T12:00")

    assert story.told_last("lindo.SAK").startswith(
        "AF-2026-0028 – Lindö kommun skulle ha nått Kommundirektör "
        "senast kl. 12.00: !återförd AF-2026-0028"
    )


async def test_who_receives_late_gets_time_to_carry(story: Story) -> None:
    await published(story)
    await story.to("2026-10-16T12:30")

    await story.says("lindo.SAK", "mottagen AF-2026-0028", "direct")
    told = len(story.told("lindo.SAK"))
    await story.to("2026-10-16T13:29")
    still = len(story.told("lindo.SAK"))
    await story.to("2026-10-16T13:30")

    assert told == still
    assert "skulle ha nått" in story.told_last("lindo.SAK")


async def test_unconfirmed_reminds_the_receiver_then_the_deputy_at_home(story: Story) -> None:
    await published(story)
    await story.says("lindo.SAK", "återförd", "direct")

    await story.to("2026-10-22T09:00")
    reminded = story.told_last("lindo.KD")
    await story.to("2026-10-22T10:00")

    assert reminded.startswith("AF-2026-0028 – Lindö kommun är inte bekräftad hemma")
    assert story.told_last("lindo.KD/2").startswith("Bekräfta att Lindö kommun har fått detta")


async def test_in_activated_mode_the_limits_are_minutes(story: Story) -> None:
    await held(story, "ASK", mode="activated")
    await agreed(story, {"lindo.SAK": (Choice.AGREES, "")}, forum="ASK")
    await lets_out(story, "ASK")

    await story.passes(minutes=15)

    assert "väntar på kvittens sedan kl. 08.15" in story.told_last("lindo.SAK")
    row = await part_of(story, "lindo")
    since = [by - row.sent_at for by in (row.receive_by, row.carry_by, row.confirm_by)]
    assert [each.total_seconds() / 60 for each in since] == [15, 60, 120]


# --- the chair's list ---


async def test_the_chair_gets_one_list_when_they_should_have_been_received(
    story: Story,
) -> None:
    await published(story)
    for seat in story.region.forum("VSK").seats:
        if seat.function not in {"kvarnsele.SAK", "tallasen.SAK"}:
            await story.taps(seat.function, where="direct", to="Återföring")

    await story.to("2026-10-16T12:00")

    assert story.find("^Återföring v", "direct", CHAIR).body.startswith(
        "Återföring v. 42: 28 av 30 kvitterade, 0 av 7 med egen del återförda hemma, "
        "0 bekräftade. Ordinarie samverkanskonferens, M-2026-118.\n"
        "Rest:\n"
        "- Inte kvitterade: Kvarnsele kommun (AF-2026-0027), Tallåsens kommun (AF-2026-0030).\n"
        "- Inte återförda: "
    )


async def test_the_list_is_edited_in_place_as_they_come_home(story: Story) -> None:
    await published(story)
    await story.to("2026-10-16T12:00")

    await story.says("lindo.SAK", "mottagen AF-2026-0028", "direct")
    await story.says("lindo.SAK", "återförd AF-2026-0028", "direct")
    await story.taps("lindo.KD", where="direct")

    lists = [body for body in story.told(CHAIR) if body.startswith("Återföring v. 42")]
    assert len(lists) == 1
    assert "1 av 30 kvitterade, 1 av 7 med egen del återförda hemma, 1 bekräftade" in lists[0]


async def test_what_nobody_can_carry_stands_in_the_list_at_once(story: Story) -> None:
    await thursday(story)
    await unmanned(story, "lindo.SAK")

    await lets_out(story)

    assert (await part_of(story, "lindo")).state == CarryBackState.LEFT_OVER
    assert "- Utan bärare: Lindö kommun (AF-2026-0028)." in story.told_last(CHAIR)


async def test_home_shows_where_it_has_come(story: Story) -> None:
    await published(story)
    await story.taps("lindo.SAK", where="direct")

    await story.says(CHAIR, "!hemma")
    await story.says("ekviken.TIB", "hemma M-118", "direct")
    await story.says("kansli.RSIB", "hemma", "direct")

    said = story.said_last()
    assert story.told_last("kansli.RSIB") == said
    assert said.startswith(
        "Hemma efter Ordinarie samverkanskonferens v. 42 (M-2026-118): "
        "1 av 30 kvitterade, 0 av 7 med egen del återförda hemma, 0 bekräftade.\n"
    )
    assert (
        "- Lindö kommun (AF-2026-0028): mottagen kl. 09.46 av Beredskapssamordnare, Lindö kommun."
        in said
    )
    assert len(re.findall(r"inte kvitterad", said)) == 29
    assert story.told_last("ekviken.TIB") == said


async def test_home_is_for_those_who_sit_there(story: Story) -> None:
    await published(story)

    await story.says("nord.SAK", "hemma M-2026-118", "direct")

    assert story.told_last("nord.SAK").startswith("Det visas för dem som har en plats")


async def test_one_without_a_part_needs_only_to_be_received(story: Story) -> None:
    await published(story)

    await story.taps("soderby.TIB", where="direct")

    async with story.store.read() as session:
        not_home = await carrybacks.not_home(session, "VSK")
    assert "soderby" not in {row.organisation for row in not_home}
