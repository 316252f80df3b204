"""Activated mode: from the judgement to everybody being told, called, and back again (R18, R19)."""

from __future__ import annotations

from bot.domain.model import MeetingState
from bot.store import deadlines, people
from tests.story.activation import ACTIVATE, FIRE, activated, requested
from tests.story.gathering import everybody_taps, the_log, the_meeting
from tests.story.story import Story, mxid_of

# --- it begins ---


async def test_it_begins_with_a_lead_a_rhythm_and_an_end_condition(story: Story) -> None:
    await activated(story)

    begun = story.find("Aktiverat läge", "direct", "lst.TIB").body
    assert begun == (
        "[SKARPT LÄGE] Aktiverat läge från kl. 16.12, H-2026-001. Beslut av Tjänsteperson i "
        "beredskap, Länsstyrelsen Mälarvik; begäran av Vakthavande trafikledare, Trafikverket "
        "Mälarvik.\n"
        f"Varför: ”{FIRE}”\n"
        "Leder: Tjänsteperson i beredskap, Länsstyrelsen Mälarvik. "
        "Aktiverad samverkanskonferens: kl. 16.40, kl. 18.30, kl. 20.30.\n"
        "Slutvillkor: ”tunneln öppen i båda riktningar”. Det prövas vid varje konferens.\n"
        "Första information går nu till alla organisationers kontaktpunkter, och kallelsen till "
        "konferensen går ut."
    )
    assert story.find("Aktiverat läge", "ASK").body == begun
    assert story.find("Aktiverat läge", "LC").body == begun  # who asked is told, where they did
    assert story.find("Aktiverat läge", "LC").letter.urgent


async def test_without_an_end_condition_it_does_not_begin(story: Story) -> None:
    await requested(story)
    await story.to("2026-11-03T16:12")

    await story.says("lst.TIB", "!bedöm H-2026-001 aktivera rytm=16.40,18.30", "direct")

    assert story.told_last("lst.TIB") == (
        "H-2026-001 är inte aktiverad än. Det saknas ett slutvillkor: vad ska vara uppfyllt för "
        "att läget ska kunna avslutas?\n"
        "Kopiera, skriv slutvillkoret och skicka:\n"
        '!bedöm H-2026-001 aktivera rytm=16.40,18.30 slutvillkor="…"'
    )
    assert story.said("ASK") == []
    assert story.told("ekviken.TIB") == []


async def test_a_bare_word_is_answered_with_a_whole_line_to_copy(story: Story) -> None:
    await requested(story)
    await story.to("2026-11-03T16:12")

    await story.chooses("lst.TIB", "activate", "direct")

    assert story.told_last("lst.TIB").endswith(
        '!bedöm H-2026-001 aktivera rytm=16.40,18.40,20.40 slutvillkor="…"'
    )
    line = story.told_last("lst.TIB").rpartition("\n")[2].replace("…", "vägen öppen")
    await story.says("lst.TIB", line, "direct")
    assert story.find("Aktiverat läge", "ASK")


async def test_words_without_quotes_are_read_as_they_were_meant(story: Story) -> None:
    await activated(
        story,
        "!bedöm H-2026-001 aktivera rytm=16.40, 18.30 slutvillkor=tunneln öppen åt båda håll "
        "leder=kansli.RSIB skäl=köerna växer",
    )

    begun = story.find("Aktiverat läge", "ASK").body
    assert "Varför: ”köerna växer”\nLeder: Regional samverkanskoordinator" in begun
    assert "kl. 16.40, kl. 18.30.\nSlutvillkor: ”tunneln öppen åt båda håll”" in begun


async def test_one_time_gets_two_more_and_it_is_said(story: Story) -> None:
    await activated(story, '!bedöm H-2026-001 aktivera rytm=16.40 slutvillkor="släckt"')

    begun = story.find("Aktiverat läge", "ASK").body
    assert "kl. 16.40, kl. 18.40, kl. 20.40." in begun
    assert "Bara den första tiden var sagd; de andra är satta två timmar isär." in begun


async def test_a_slip_in_the_times_is_said_and_nothing_begins(story: Story) -> None:
    await activated(story, '!bedöm H-2026-001 aktivera rytm=16.40,sen slutvillkor="släckt"')

    assert story.told_last("lst.TIB") == (
        "”sen” är ingen tid. Skriv tiderna med komma: 16.40,18.40,20.40"
    )
    assert story.said("ASK") == []


async def test_a_first_conference_far_off_is_said_to_be(story: Story) -> None:
    await activated(story, '!bedöm H-2026-001 aktivera rytm=18.30,20.30 slutvillkor="släckt"')

    assert "Den första konferensen är om 2 timmar 18 minuter. Målet är inom en timme." in (
        story.find("Aktiverat läge", "ASK").body
    )


# --- everybody is told (B4) ---


async def test_every_contact_point_is_told_at_once_in_the_same_words(story: Story) -> None:
    await activated(story)

    contacts = {
        each.contact_point for each in story.region.organisations.values() if not each.coopted_only
    }
    told = {who: story.find("Första information kl", "direct", who) for who in contacts}
    assert len(contacts) == 30
    (words,) = {message.body for message in told.values()}
    assert words == (
        "[SKARPT LÄGE] Första information kl. 16.12, H-2026-001. "
        "Berörs ni? Skriv !berörs H-2026-001\n"
        f"”{FIRE}” Källa: Vakthavande trafikledare, Trafikverket Mälarvik kl. 15.51. "
        "Ingen annan har bekräftat det.\n"
        "Aktiverad samverkanskonferens kl. 16.40. De som har plats där kallas för sig.\n"
        "Inget att säga utåt än. Samma ord går till alla organisationer."
    )
    assert all(message.letter.urgent for message in told.values())
    assert all(message.letter.sent_at == story.clock.now() for message in told.values())
    assert story.told("nord.JOUR") == []  # only ever co-opted


async def test_what_is_given_is_parted_into_confirmed_unconfirmed_and_not_known(
    story: Story,
) -> None:
    info = "Bekräftat: 38 utrymda. Obekräftat: rök mot centrum. Vet inte: när tunneln öppnar."
    await activated(story, f'{ACTIVATE} info="{info}"')

    assert (
        "Bekräftat: 38 utrymda.\nObekräftat: rök mot centrum.\nVet inte: när tunneln öppnar.\n"
        "Källa: Tjänsteperson i beredskap, Länsstyrelsen Mälarvik kl. 16.12."
    ) in story.told_last("hamn.JOUR")


# --- the conferences ---


async def test_the_conference_is_called_at_once_by_the_activated_limits(story: Story) -> None:
    await activated(story)

    called = story.find("Kallelse KA", "ASK").body
    assert called.startswith(
        "Kallelse KA-2026-001 till Aktiverad samverkanskonferens, H-2026-001. "
        "Kvittera inom 5 minuter, senast kl. 16.17 (✅). Mötet börjar kl. 16.40."
    )
    assert (
        "Väntad överenskommelse: inriktning på kort sikt, resurser, tider och samordnat budskap."
    ) in called


async def test_the_chair_sees_before_the_meeting_which_mandates_are_lacking(story: Story) -> None:
    await activated(story)

    gaps = story.find("mandat saknas", "direct", "lst.TIB").body
    assert gaps.startswith(
        "Innan M-2026-001 börjar kl. 16.40 (H-2026-001): mandat saknas för det väntade."
    )
    assert "SAMORDNA behövs för inriktning på kort sikt, tider och samordnat budskap." in gaps
    assert "RESURS behövs för resurser. Det saknar:" in gaps
    assert "Söderby kommun" in gaps
    assert "Mälarviks stad" not in gaps
    assert (await the_meeting(story)).state == MeetingState.CALLED


async def test_the_chair_calls_who_has_the_mandate_before_the_meeting(story: Story) -> None:
    await activated(story)
    await everybody_taps(story, "ASK")
    line = story.find("mandat saknas", "direct", "lst.TIB").body.rpartition("Kalla den")[2]
    assert line == " som behövs: !tillkalla norrsund.KD"

    await story.says("lst.TIB", "!tillkalla ekviken.KD lst.TIB", "direct", to="mandat saknas")

    status = story.find("Kvitterat", "ASK").body
    assert status.startswith("Kvitterat 30 av 31 (KA-2026-001, H-2026-001).")
    assert story.find("Kallas nu också", "ASK").body == (
        "Kallas nu också till Aktiverad samverkanskonferens kl. 16.40 (KA-2026-001): "
        "Kommundirektör, Ekvikens kommun. De deltar utan ståndpunkt.\n"
        "Redan kallade: Tjänsteperson i beredskap, Länsstyrelsen Mälarvik."
    )
    await story.taps("ekviken.KD", "✅", "direct", "kvittera senast kl. 16.17")
    assert "Kvitterat 31 av 31" in story.find("Kvitterat", "ASK").body


async def test_the_rhythm_calls_opens_reminds_and_closes_by_itself(story: Story) -> None:
    await activated(story)
    await everybody_taps(story, "ASK")

    await story.to("2026-11-03T16:40")
    opened = story.said_last("ASK")
    await story.to("2026-11-03T17:05")
    reminded = story.find("Avsluta M", "direct", "lst.TIB").body
    await story.to("2026-11-03T17:15")
    closed = story.said_last("ASK")
    await story.to("2026-11-03T18:09")
    quiet = "\n".join(story.said("ASK"))
    await story.to("2026-11-03T18:10")
    called = story.find("Kallelse KA-2026-002", "ASK").body
    await story.to("2026-11-03T18:30")

    assert "Aktiverad samverkanskonferens v. 45, M-2026-001, H-2026-001." in opened
    assert opened.endswith(
        "Slutvillkor, prövas innan mötet är slut: ”tunneln öppen i båda riktningar”"
    )
    assert reminded.startswith(
        "Avsluta M-2026-001 (H-2026-001): skriv !avsluta M-2026-001. Aktiverad "
        "samverkanskonferens skulle vara klar kl. 17.05. Avslutar ingen, gör jag det kl. 17.15."
    )
    assert closed.startswith("M-2026-001 (H-2026-001) avslutad kl. 17.15: tiden var ute.")
    assert "KA-2026-002" not in quiet
    assert "Kallat enligt rytmen för H-2026-001." in called
    assert "M-2026-002, H-2026-001." in story.find("Närvarande", "ASK").body
    assert (await the_meeting(story)).state == MeetingState.ENDED


async def test_the_next_conference_stands_in_the_digest(story: Story) -> None:
    await activated(story)
    await story.to("2026-11-03T16:50")

    await story.says("lst.TIB", "!avsluta", "ASK")

    draft = story.find("Utkast", "direct", "lst.TIB").body
    assert "(M-2026-001, H-2026-001)" in draft
    assert draft.endswith("Nästa: tisdag 3 november kl. 18.30.")


async def test_what_is_agreed_and_taken_on_carries_the_incidents_number(story: Story) -> None:
    await activated(story)
    await story.to("2026-11-03T16:45")

    await story.says("lst.TIB", '!förslag tid "fritt körfält 17.10" varför="ambulanser"', "ASK")
    await story.says("pol.VB", '!åtgärd "hålla körfältet fritt" senast=17.10', "ASK")

    assert story.find("OV-2026-001 .*prövas", "ASK").body.startswith("OV-2026-001 (H-2026-001) ")
    assert story.find("AT-2026-001", "ASK").body.startswith("AT-2026-001 (H-2026-001) åtagen")


async def test_a_conference_that_went_by_while_the_bot_was_away_is_not_called_late(
    story: Story,
) -> None:
    await activated(story)
    await story.to("2026-11-03T18:00")

    story.clock.move_to(story.clock.now().replace(hour=19, minute=0))  # 20.00 local time
    await story.passes(minutes=15)

    assert "conference.skipped" in [entry.what for entry in await the_log(story)]
    assert "Mötet börjar kl. 20.30" in story.find("Kallelse KA-2026-002", "ASK").body


async def test_new_times_move_what_is_called_and_are_said_in_the_room(story: Story) -> None:
    await activated(story)
    await everybody_taps(story, "ASK", but=["ekviken.TIB"])

    await story.says("lst.TIB", "!rytm H-2026-001 17.00,19.00", "direct")

    assert story.find("Ny rytm", "ASK").body == (
        "[SKARPT LÄGE] Ny rytm för H-2026-001: kl. 17.00, kl. 19.00. Beslut av Tjänsteperson i "
        "beredskap, Länsstyrelsen Mälarvik. Nästa konferens var kl. 16.40.\n"
        "De som redan har kvitterat behöver inte svara igen."
    )
    await story.to("2026-11-03T16:59")
    assert (await the_meeting(story)).state == MeetingState.CALLED
    await story.to("2026-11-03T17:00")
    assert "Närvarande 29 av 30" in story.find("Närvarande", "ASK").body
    await story.to("2026-11-03T18:40")
    assert "Mötet börjar kl. 19.00" in story.find("Kallelse KA-2026-002", "ASK").body


async def test_who_was_asked_directly_hears_of_the_new_time_too(story: Story) -> None:
    await activated(story)
    await story.to("2026-11-03T16:18")  # the deputies have been asked

    await story.says("lst.TIB", "!rytm H-2026-001 17.00,19.00", "direct")

    assert story.told_last("pol.VB/2").startswith(
        "Ny tid: Aktiverad samverkanskonferens börjar kl. 17.00, inte kl. 16.40 (M-2026-001, "
    )


async def test_somebody_else_does_not_change_the_times(story: Story) -> None:
    await activated(story)

    await story.says("pol.VB", "!rytm H-2026-001 17.00", "ASK")

    assert story.said_last("ASK").startswith("Det bestämmer den som leder H-2026-001.")


# --- the end condition ---


async def test_each_conference_asks_once_whether_the_end_condition_is_met(story: Story) -> None:
    await activated(story)
    await story.to("2026-11-03T16:55")

    await story.says("lst.TIB", "!avsluta", "ASK")
    await story.to("2026-11-03T18:00")

    (asked,) = [body for body in story.told("lst.TIB") if "är slutvillkoret uppfyllt?" in body]
    assert asked == (
        "[SKARPT LÄGE] H-2026-001, efter M-2026-001: är slutvillkoret uppfyllt? "
        "”tunneln öppen i båda riktningar”\n"
        "Svara i omröstningen, eller skriv !uppfyllt H-2026-001 ja eller !uppfyllt H-2026-001 "
        "nej. Inget avslutas av sig självt.\n"
        "Nästa konferens: kl. 18.30."
    )


async def test_a_no_is_kept_and_the_rhythm_goes_on(story: Story) -> None:
    await activated(story)
    await story.to("2026-11-03T17:06")

    await story.chooses("lst.TIB", "not_met", "direct", on="Är slutvillkoret")

    assert "slutvillkoret är inte uppfyllt kl. 17.06" in story.told_last("lst.TIB")
    assert "Nästa konferens: kl. 18.30." in story.told_last("lst.TIB")


async def test_a_yes_by_a_tap_or_typed_ends_nothing_but_says_how(story: Story) -> None:
    await activated(story)
    await story.to("2026-11-03T17:06")

    await story.chooses("lst.TIB", "met", "direct", on="Är slutvillkoret")
    by_tap = story.told_last("lst.TIB")
    await story.says("lst.TIB", "!uppfyllt H-2026-001 ja", "direct")

    assert by_tap == story.told_last("lst.TIB")
    assert by_tap.endswith(
        "Trappa ned: !avsluta H-2026-001 nedtrappning till=17.36. "
        "Läget är aktiverat tills någon gör det."
    )
    assert by_tap == story.said_last("ASK")
    await story.says("lst.TIB", "!händelser", "direct")
    assert "Aktiverat läge. Leder:" in story.told_last("lst.TIB")


async def test_after_the_last_time_the_lead_is_asked_for_more(story: Story) -> None:
    await activated(story, '!bedöm H-2026-001 aktivera rytm=16.40,18.30 slutvillkor="släckt"')

    await story.to("2026-11-03T18:55")

    assert story.find("efter M-2026-002", "direct", "lst.TIB").body.endswith(
        "Ingen mer konferens är bestämd. Fler tider: !rytm H-2026-001 22.30"
    )


# --- what goes wrong, and what comes twice ---


async def test_a_deadline_that_rings_again_calls_and_tells_nobody_twice(story: Story) -> None:
    await activated(story)
    said, told = len(story.said("ASK")), len(story.told("ekviken.TIB"))

    async with story.store.begin() as session:
        for kind in ("incident.call", "incident.informed", "incident.steps_down"):
            await deadlines.set_(session, kind, "H-2026-001", story.clock.now())
    await story.passes(minutes=1)

    assert (said, told) == (len(story.said("ASK")), len(story.told("ekviken.TIB")))
    await story.to("2026-11-03T18:10")
    assert "Mötet börjar kl. 18.30" in story.find("Kallelse KA-2026-002", "ASK").body


async def test_what_flares_up_while_it_steps_down_is_activated_anew(story: Story) -> None:
    await activated(story)
    await story.to("2026-11-03T17:20")
    await story.says("lst.TIB", "!avsluta H-2026-001 till=17.50", "direct")
    await story.to("2026-11-03T17:30")

    await story.says(
        "lst.TIB", '!bedöm H-2026-001 aktivera rytm=18.00,20.00 slutvillkor="släckt"', "direct"
    )
    await story.to("2026-11-03T18:00")

    assert "Aktiverat läge från kl. 17.30" in story.find("Aktiverat läge", "ASK").body
    again = [body for body in story.told("hamn.JOUR") if "Första information kl" in body]
    assert len(again) == 2
    assert "är inte avslutad" not in story.told_last("lst.TIB")
    assert "M-2026-002, H-2026-001." in story.find("Närvarande", "ASK").body


async def test_who_speaks_english_is_told_in_english(story: Story) -> None:
    async with story.store.begin() as session:
        for who in ("lst.TIB", "hamn.JOUR"):
            await people.set_language(session, mxid_of(who), "en")

    await activated(story, '!assess H-2026-001 activate rhythm=16:40,18:30 end="the road is open"')

    assert story.told_last("hamn.JOUR").startswith(
        "[LIVE] First information 16:12, H-2026-001. "
        "Does it concern you? Write !concerned H-2026-001\n"
    )
    assert "Nothing to say in public yet." in story.told_last("hamn.JOUR")
    assert "End condition: “the road is open”" in (
        story.find("Activated mode from 16:12", "direct", "lst.TIB").body
    )
