"""What a forum agrees on: positions, not votes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.model import Holding, Meeting, MeetingState
from bot.domain.region import Mode
from bot.store import agreements, holdings, log
from tests.story.story import Story, mxid_of

SCENARIO_A = (
    '!förslag arbetssätt "Räddningstjänst och Region får besked av Trafikverket senast 21.30 om '
    "Ekviksbron inte kan stängas som planerat tisdag 20 okt. Omkörning via väg 255 gäller "
    '22.00–05.00." varför="utryckning till Lindö" gäller_till=2026-10-21T06:00 '  # noqa: RUF001
    "ompröva=2026-10-20T21:30"
)
SIX = ("vag.VTL", "rtjs.RCB", "reg.TIB", "lindo.SAK", "ekviken.TIB", "pol.VB")
TO_SIX = " berörda=vag,rtjs,reg,lindo,ekviken,pol"
SHORT = '!förslag tid "Bron stängs 22." varför="arbete"'
ID = "OV-2026-001"


async def proposed(story: Story, line: str = SHORT, *, to: str = "lindo,ekviken") -> None:
    await story.says("lst.TIB", f"{line} berörda={to}" if to else line)


def proposal(story: Story, where: str = "VSK") -> str:
    return story.find(r"^OV-\d{4}-\d+ (prövas|är avslutad)", where).body


async def test_the_line_of_scenario_a_works_word_for_word(story: Story) -> None:
    await story.to("2026-10-15T09:19")

    await story.says("lst.TIB", SCENARIO_A)

    said = story.said_last()
    assert said.startswith(
        "OV-2026-001 prövas. Svara 1 biträder · 2 med förbehåll · 3 måste förankras · "
        "4 biträder inte · 5 berörs inte, senast kl. 09.49. Inget svar räknas inte som ja."
    )
    assert "Varför: ”utryckning till Lindö”" in said
    assert "Ska gälla till onsdag kl. 06.00." in said
    assert "Omprövas tisdag kl. 21.30." in said
    assert "Militärregionen saknar mandat SAMORDNA" in said


async def test_six_answer_one_with_a_reservation(story: Story) -> None:
    await story.to("2026-10-15T09:19")
    await story.says("lst.TIB", SCENARIO_A + TO_SIX)

    for who in SIX:
        if who != "lindo.SAK":
            await story.chooses(who, "agrees")
    await story.says("lindo.SAK", '2 "även hemtjänsten ska få besked"')

    assert story.said_last().startswith("OV-2026-001 överenskommen med förbehåll.")
    assert (
        "Biträder: Region Mälarvik, Trafikverket Mälarvik, Polisregion Mälarvik, "
        "Södra brandförsvarsförbundet, Ekvikens kommun.\n"
        "Med förbehåll: Lindö kommun (”även hemtjänsten ska få besked”).\n"
        "Gäller till onsdag kl. 06.00. Omprövas tisdag kl. 21.30."
    ) in story.said_last()
    assert proposal(story).startswith("OV-2026-001 är avslutad.")


async def test_silence_is_never_a_yes(story: Story) -> None:
    await proposed(story)
    await story.chooses("ekviken.TIB", "agrees")

    await story.passes(minutes=31)

    assert story.said_last() == (
        "OV-2026-001 gäller för dem som biträder.\n”Bron stängs 22.”\n"
        "Biträder: Ekvikens kommun.\nInget svar: Lindö kommun.\nOmprövas torsdag kl. 09.00."
    )


async def test_nothing_is_agreed_when_nobody_agrees(story: Story) -> None:
    await proposed(story)
    await story.says("lindo.SAK", "biträder inte")
    await story.says("ekviken.TIB", "5")

    assert story.said_last() == (
        "OV-2026-001 inte överenskommen.\n”Bron stängs 22.”\n"
        "Biträder inte: Lindö kommun.\nBerörs inte: Ekvikens kommun."
    )


async def test_the_status_is_one_message_edited_in_place(story: Story) -> None:
    await proposed(story)
    before = len(story.said())

    await story.chooses("ekviken.TIB", "agrees")

    assert len(story.said()) == before
    assert "Biträder: Ekvikens kommun.\nVäntar på: Lindö kommun." in proposal(story)


async def test_it_calls_the_holders_and_writes_to_those_not_in_the_room(story: Story) -> None:
    await story.moves("lindo.SAK", "join")

    await proposed(story)

    assert set(story.mentioned_last()) == {mxid_of("lindo.SAK"), mxid_of("ekviken.TIB")}
    assert story.told("lindo.SAK") == []
    assert story.told_last("ekviken.TIB").startswith("OV-2026-001 prövas.")


async def test_one_digit_in_the_direct_room_is_an_answer(story: Story) -> None:
    await proposed(story)

    await story.says("ekviken.TIB", "1", "direct")

    assert story.told_last("ekviken.TIB") == "Noterat om OV-2026-001: Ekvikens kommun biträder."
    assert "Biträder: Ekvikens kommun." in proposal(story)


@pytest.mark.parametrize("line", ["!1", "/biträder", "//agree", "!ståndpunkt 1", "!position agree"])
async def test_a_sign_before_a_position_is_no_hindrance(story: Story, line: str) -> None:
    await proposed(story)

    await story.says("ekviken.TIB", line)

    assert "Biträder: Ekvikens kommun." in proposal(story)


async def test_a_reply_says_which_proposal_is_meant(story: Story) -> None:
    await proposed(story)
    await proposed(story, '!förslag tid "Bron öppnas 05." varför="arbete"')

    await story.says("ekviken.TIB", "4", to="OV-2026-002 prövas")

    assert "Biträder inte: Ekvikens kommun." in story.find("OV-2026-002 prövas", "VSK").body


async def test_a_bare_digit_with_two_open_asks_which(story: Story) -> None:
    await proposed(story)
    await proposed(story, '!förslag tid "Bron öppnas 05." varför="arbete"')

    await story.says("ekviken.TIB", "1")

    assert story.said_last() == (
        "Flera förslag väntar på svar från dig. Vilket gäller det?\n"
        "- !ståndpunkt OV-2026-001 1 ”Bron stängs 22.”\n"
        "- !ståndpunkt OV-2026-002 1 ”Bron öppnas 05.”"
    )


@pytest.mark.parametrize("talk", ["1 buss kvar", "2 tankar står ute", "jag biträder nog", "6"])
async def test_a_sentence_that_begins_with_a_digit_is_talk(story: Story, talk: str) -> None:
    await proposed(story)
    before = proposal(story)

    await story.says("ekviken.TIB", talk)

    assert proposal(story) == before
    assert story.said_last() == before


async def test_a_digit_when_nothing_is_open_is_talk_in_a_forum(story: Story) -> None:
    await story.says("ekviken.TIB", "1")

    assert story.said() == []


async def test_a_digit_when_nothing_is_open_is_answered_in_the_direct_room(story: Story) -> None:
    await story.says("ekviken.TIB", "1", "direct")

    assert story.told_last("ekviken.TIB").startswith(
        "Inget förslag är öppet för svar från dig just nu.\n"
    )


async def test_a_deputy_answers_where_the_holder_did_not_come_back_in_time(story: Story) -> None:
    await proposed(story)
    await story.says("ekviken.TIB", f"!ståndpunkt {ID} 3 08.10")
    await story.passes(minutes=15)

    await story.says("ekviken.TIB/2", f"!ståndpunkt {ID} 1")
    await story.says("lindo.SAK", f"!ståndpunkt {ID} 1")

    assert story.said_last().startswith(f"{ID} överenskommen.")


async def test_nobody_anchors_until_a_time_that_has_passed(story: Story) -> None:
    await proposed(story)

    await story.says("ekviken.TIB", f"!ståndpunkt {ID} 3 2026-10-12T07:00")

    assert story.said_last().startswith("Den tiden har redan varit: ")
    assert "Berörda: Ekvikens kommun, Lindö kommun." in proposal(story)


async def test_a_deputys_answer_gives_way_to_the_holders(story: Story) -> None:
    await proposed(story)
    await story.says("ekviken.TIB/2", "1")
    assert "Biträder: Ekvikens kommun." in proposal(story)

    await story.says("ekviken.TIB", "4")

    assert "Biträder inte: Ekvikens kommun." in proposal(story)


async def test_a_deputys_answer_never_replaces_the_holders(story: Story) -> None:
    await proposed(story)
    await story.says("ekviken.TIB", "4")

    await story.says("ekviken.TIB/2", "1")

    assert "Biträder inte: Ekvikens kommun." in proposal(story)
    assert story.told_last("ekviken.TIB/2") == (
        "Den som går före dig i tur har redan svarat för Ekvikens kommun om OV-2026-001, "
        "och det svaret gäller.\n"
        "Ditt svar är antecknat. Är det rätt, be ordinarie innehavare att ändra sitt."
    )


async def test_a_reservation_without_words_is_asked_for_them(story: Story) -> None:
    await proposed(story)
    await story.says("lindo.SAK", "1")

    await story.chooses("ekviken.TIB", "reservation")
    asked = story.told_last("ekviken.TIB")
    await story.says("ekviken.TIB", 'ståndpunkt OV-2026-001 2 "till 22"', "direct")

    assert asked == (
        "Med vilket förbehåll biträder Ekvikens kommun OV-2026-001? "
        'Skriv det innan den avslutas.\nSå här: !ståndpunkt OV-2026-001 2 "ert förbehåll"'
    )
    assert "Med förbehåll: Ekvikens kommun (”till 22”)." in story.said_last()


async def test_a_seat_outside_its_mandate_is_noted_as_anchoring(story: Story) -> None:
    await story.to("2026-11-03T16:55")
    await proposed(story, to="mil,ekviken")

    await story.says("mil.VB", "1")

    assert story.said_last() == (
        "Militärregionen har mandat INFORMERA i forumet: svar 1 och 2 är inte möjliga. "
        "Noterat: måste förankras senast i morgon kl. 12.00, eller svara 5.\n"
        "När det är förankrat hemma, säg av vem: !ståndpunkt OV-2026-001 1 förankrad=mil.SAK"
    )
    assert "Förankrar: Militärregionen till i morgon kl. 12.00." in proposal(story)


async def test_what_is_anchored_at_home_counts_when_it_is_said_by_whom(story: Story) -> None:
    await proposed(story, to="mil")
    await story.says("mil.VB", "1")

    await story.says("mil.VB", "!ståndpunkt OV-2026-001 1")
    refused = story.said_last()
    await story.says("mil.VB", "!ståndpunkt OV-2026-001 1 förankrad=mil.SAK")

    assert refused.startswith("Militärregionen har mandat INFORMERA i forumet")
    assert (
        "OV-2026-001: förankrat hemma hos Militärregionen av Beredskapshandläggare"
        in (story.said()[-2])
    )
    assert story.said_last().startswith("OV-2026-001 överenskommen.")


async def test_nobody_is_backed_by_another_organisation(story: Story) -> None:
    await proposed(story, to="mil")

    await story.says("mil.VB", "!ståndpunkt OV-2026-001 1 förankrad=lst.TIB")

    assert story.said_last().startswith(
        "Tjänsteperson i beredskap, Länsstyrelsen Mälarvik kan inte"
    )


async def test_an_anchored_answer_is_asked_for_again_and_then_shown_as_silence(
    story: Story,
) -> None:
    await proposed(story)
    await story.says("lindo.SAK", "1")
    await story.says("ekviken.TIB", '3 "måste ringa kommundirektören"')

    await story.to("2026-10-12T08:31")
    at_close = story.said_last()
    await story.to("2026-10-13T11:30")
    asked = story.told_last("ekviken.TIB")
    await story.to("2026-10-13T12:01")

    assert at_close == (
        "OV-2026-001 gäller för dem som biträder.\n”Bron stängs 22.”\nBiträder: Lindö kommun.\n"
        "Förankrar: Ekvikens kommun till i morgon kl. 12.00 (”måste ringa kommundirektören”).\n"
        "Omprövas torsdag kl. 09.00."
    ), at_close
    assert asked.startswith(
        "OV-2026-001: vad säger Ekvikens kommun? Svara senast kl. 12.00. Annars står ni som inget"
    )
    assert story.said_last() == (
        "OV-2026-001: inget svar från Ekvikens kommun. Tiden för att förankra är ute.\n"
        "Nu: gäller för dem som biträder."
    )
    assert "Inget svar: Ekvikens kommun." in story.find("^OV-2026-001 gäller för", "VSK").body


async def test_an_answer_from_home_after_the_close_changes_the_result(story: Story) -> None:
    await proposed(story)
    await story.says("lindo.SAK", "1")
    await story.says("ekviken.TIB", "3 kl. 10.00")
    await story.to("2026-10-12T09:00")

    await story.says("ekviken.TIB", '!ståndpunkt OV-2026-001 2 "till 22.00"')

    assert story.said_last() == (
        "OV-2026-001: Ekvikens kommun biträder med förbehåll. ”till 22.00”\n"
        "Nu: överenskommen med förbehåll."
    )
    assert story.find("^OV-2026-001 överenskommen med", "VSK").edits == 1


async def test_a_proposal_that_hangs_on_an_answer_from_home_stays_open(story: Story) -> None:
    await proposed(story, to="ekviken")
    await story.says("ekviken.TIB", "3 10.00")

    await story.to("2026-10-12T08:31")
    open_ = story.said_last()
    await story.says("ekviken.TIB", "1")

    assert open_ == (
        "OV-2026-001 är öppen. Forumet är rådgivande i den frågan tills dess.\n"
        "Förankrar: Ekvikens kommun till kl. 10.00."
    )
    assert story.said_last().startswith("OV-2026-001 överenskommen.")


async def test_what_hung_on_an_answer_that_never_came_is_not_agreed(story: Story) -> None:
    await proposed(story, to="ekviken")
    await story.says("ekviken.TIB", "3 10.00")

    await story.to("2026-10-12T12:00")

    assert [line.split("\n")[0] for line in story.said()] == [
        "OV-2026-001 är avslutad. Utfallet står i ett eget meddelande.",
        "OV-2026-001 är öppen. Forumet är rådgivande i den frågan tills dess.",
        "OV-2026-001 inte överenskommen.",
    ]
    assert story.said_last().endswith("Inget svar: Ekvikens kommun.")


async def test_a_late_answer_is_told_and_logged_but_not_counted(story: Story) -> None:
    await proposed(story)
    await story.says("lindo.SAK", "1")
    await story.passes(minutes=31)

    await story.says("ekviken.TIB", "!ståndpunkt OV-2026-001 1")

    assert story.told_last("ekviken.TIB") == (
        "OV-2026-001 avslutades kl. 08.30. Ditt svar (biträder) står i loggen som sent och "
        "räknas inte.\nSka frågan upp igen: !förslag."
    )
    async with story.store.read() as session:
        whats = [entry.what for entry in await log.since(session, 0)]
        assert await log.verify(session) is None
    assert whats == [
        "agreement.proposed", "position.given", "agreement.closed", "position.late",
    ]  # fmt: skip


async def test_who_has_no_concerned_seat_is_told_so_alone(story: Story) -> None:
    await proposed(story)
    before = proposal(story)

    await story.chooses("pol.VB", "agrees")

    assert story.told_last("pol.VB") == (
        "OV-2026-001 frågar inte efter din funktions ståndpunkt, så ditt svar räknas inte."
    )
    assert story.said_last() == before


async def test_a_support_forum_proposes_and_never_closes_as_agreed(story: Story) -> None:
    await story.says("lst.LBA", '!förslag inriktning "Håll 255 öppen." varför="Lindö"', "STAB")
    for who in ("lst.LBA", "kansli.RKK", "pol.OPS", "vag.SAK", "trf.SAK", "sos.VOF"):
        await story.chooses(who, "agrees", "STAB")

    assert story.said_last("STAB").startswith(
        "OV-2026-001 är ett förslag från Regional samverkansstab (ISF-stöd) till "
        "Aktiverad samverkanskonferens. Forumet sluter inga överenskommelser."
    )


async def test_a_seat_that_represents_several_names_them(story: Story) -> None:
    await story.says("lst.TIB", '!förslag "Vi följer." varför="brand" berörda=lindo', "TIBG")

    await story.says("rtjs.RCB", "1", "TIBG")

    assert (
        "Biträder: Södra brandförsvarsförbundet (företräder Mälarviks stad, Söderby kommun, "
        "Österhaga kommun, Ekvikens kommun, Holmstads kommun, Lindö kommun och Tallåsens kommun)."
    ) in proposal(story, "TIBG")


async def test_it_is_asked_whether_an_agreement_still_holds(story: Story) -> None:
    await proposed(story, SHORT + " ompröva=2026-10-12T12:00", to="lindo")
    await story.says("lindo.SAK", "1")

    await story.to("2026-10-12T12:00")

    assert story.said_last().startswith("Gäller OV-2026-001 än? Tjänsteperson i beredskap,")
    assert story.mentioned_last() == [mxid_of("lst.TIB")]


async def test_a_proposal_without_a_why_is_answered_with_the_command_filled_in(
    story: Story,
) -> None:
    await story.says("lst.TIB", '!förslag tid "Bron stängs 22." berörda=lindo stänger=09.00')

    assert story.said_last() == (
        "En överenskommelse behöver ett varför. Skriv så här, med skälet i:\n"
        '!förslag tid "Bron stängs 22." varför="…" berörda="lindo" stänger=2026-10-12T09:00'
    )


async def test_a_kind_the_forum_does_not_agree_on_is_refused_with_those_it_does(
    story: Story,
) -> None:
    await story.says("lst.TIB", '!förslag budskap "Åk inte." varför="kö"')

    assert story.said_last().startswith(
        "Ordinarie samverkanskonferens enas inte om samordnat budskap. Här går:\n"
        '- arbetssätt: !förslag arbetssatt "Åk inte." varför="…"'
    )


async def test_who_has_no_seat_does_not_propose(story: Story) -> None:
    await story.says("ekviken.KD", SHORT)

    assert story.said_last().startswith("I Ordinarie samverkanskonferens föreslår den som har en")


async def test_a_word_for_nobody_with_a_seat_is_refused(story: Story) -> None:
    await proposed(story, to="lindo,nordbyte")

    assert story.said_last().startswith(
        "Ingen plats i Ordinarie samverkanskonferens svarar för nordbyte,"
    )


async def test_a_hall_is_opened_as_in_scenario_b(story: Story) -> None:
    await story.to("2026-11-03T16:55")
    await story.says(
        "lst.TIB",
        '!förslag resurs "Ekviken öppnar Granskolans idrottshall för utrymda från 17.20." '
        'varför="utrymda är ute" berörda=ekviken ompröva=18.30 stänger=17.25',
        "ASK",
    )
    asked = story.said_last("ASK")
    await story.to("2026-11-03T16:56")
    await story.says("ekviken.TIB", '3 "måste ringa kommundirektören"', "ASK")
    noted = story.said_last("ASK")
    await story.chooses("ekviken.TIB", "agrees", "ASK")
    tapped = story.said_last("ASK")
    await story.to("2026-11-03T17:14")

    await story.says("ekviken.TIB", '!ståndpunkt OV-2026-001 2 "till 22.00"', "ASK")

    assert "Forumet är rådgivande i denna fråga: Ekvikens kommun saknar mandat RESURS." in asked
    assert noted.startswith(
        "Ekvikens kommun har mandat SAMORDNA i forumet: svar 1 och 2 är inte möjliga. "
        "Noterat: måste förankras senast kl. 17.26, eller svara 5."
    )
    assert tapped == noted
    assert story.said("ASK")[-2:] == [
        (
            "OV-2026-001: förankrat hemma hos Ekvikens kommun kl. 17.14, "
            "meddelat av Tjänsteperson i beredskap."
        ),
        (
            "OV-2026-001 överenskommen med förbehåll.\n"
            "”Ekviken öppnar Granskolans idrottshall för utrymda från 17.20.”\n"
            "Med förbehåll: Ekvikens kommun (”till 22.00”).\nOmprövas kl. 18.30."
        ),
    ]


async def test_what_is_agreed_at_a_meeting_belongs_to_it(story: Story) -> None:
    async with story.store.begin() as session:
        session.add(
            Meeting(
                id="M-2026-118",
                forum="VSK",
                purpose="",
                mode=Mode.ACTIVATED,
                starts_at=story.clock.now(),
                ends_at=story.clock.now() + timedelta(minutes=30),
                state=MeetingState.OPEN,
            )
        )

    await proposed(story)
    await story.says("ekviken.TIB", "3")

    async with story.store.read() as session:
        found = await agreements.of_meeting(session, "M-2026-118")
    assert [each.id for each in found] == [ID]
    assert "Omprövas kl. 12.00." in proposal(story)
    assert "Förankrar: Ekvikens kommun till kl. 08.30." in proposal(story)


async def test_who_proposes_from_the_direct_room_is_told_where_it_went(story: Story) -> None:
    await story.says("lst.TIB", f"förslag VSK {SHORT[9:]} berörda=lindo", "direct")

    assert story.told_last("lst.TIB") == (
        "OV-2026-001 prövas nu i Ordinarie samverkanskonferens, svar senast kl. 08.30."
    )
    assert proposal(story).endswith("Berörda: Lindö kommun.")


async def test_a_seat_counts_by_whoever_holds_it_then(story: Story) -> None:
    await proposed(story)
    await story.says("ekviken.TIB", "1")
    async with story.store.begin() as session:
        for held in await holdings.holders(session, "ekviken.TIB", story.clock.now()):
            held.ends = story.clock.now()
            session.add(held)
        session.add(
            Holding(
                function="ekviken.TIB",
                rank=1,
                mxid="@relief:x",
                name="Relief",
                source="story",
                starts=story.clock.now(),
            )
        )

    await story.says("ekviken.TIB", "!ståndpunkt OV-2026-001 5")
    await story.says("@relief:x", "4")

    assert "Biträder inte: Ekvikens kommun." in proposal(story)
    assert story.told_last("ekviken.TIB").startswith("OV-2026-001 frågar inte efter din funktion")


async def test_who_holds_two_seats_says_for_which(story: Story) -> None:
    async with story.store.begin() as session:
        session.add(
            Holding(
                function="lindo.SAK", rank=1, mxid=mxid_of("ekviken.TIB"), name="x", source="story"
            )
        )
    await proposed(story)

    await story.says("ekviken.TIB", "1")
    asked = story.said_last()
    await story.says("ekviken.TIB", "!position OV-2026-001 1 seat=lindo.SAK")

    assert asked == (
        "Du har flera platser som OV-2026-001 gäller. För vilken svarar du?\n"
        "- !ståndpunkt OV-2026-001 1 plats=ekviken.TIB "
        "Tjänsteperson i beredskap, Ekvikens kommun\n"
        "- !ståndpunkt OV-2026-001 1 plats=lindo.SAK Beredskapssamordnare, Lindö kommun"
    )
    assert "Biträder: Lindö kommun.\nVäntar på: Ekvikens kommun." in proposal(story)


async def test_an_expired_anchor_closes_what_waited_for_nothing_else(story: Story) -> None:
    await proposed(story, SHORT + " stänger=10.00")
    await story.says("lindo.SAK", "1")
    await story.says("ekviken.TIB", "3 09.00")

    await story.to("2026-10-12T09:01")

    assert "Inget svar: Ekvikens kommun." in story.said_last()


async def test_an_agreement_that_has_ended_is_only_logged(story: Story) -> None:
    line = SHORT + " gäller_till=2026-10-12T10:00 ompröva=2026-10-12T11:00"
    await proposed(story, line, to="lindo")
    await story.says("lindo.SAK", "1")
    before = story.said()

    await story.to("2026-10-12T12:00")

    async with story.store.read() as session:
        whats = [entry.what for entry in await log.since(session, 0)]
    assert story.said() == before
    assert whats[-1] == "agreement.ended"


async def test_an_agreement_is_made_in_english(story: Story) -> None:
    await story.says("lst.TIB", '/propose VSK timing "Close at 22." why=works to=ekviken', "direct")
    await story.says("ekviken.TIB", "//position agree", "direct")

    assert story.told_last("lst.TIB") == (
        "OV-2026-001 is now put to Ordinary cooperation conference, answers by 08:30."
    )
    assert story.told_last("ekviken.TIB") == "Noted on OV-2026-001: Ekvikens kommun agrees."
    assert story.said_last().startswith("OV-2026-001 överenskommen.")


async def test_what_people_type_is_never_markup_or_a_mention(story: Story) -> None:
    await proposed(story, '!förslag tid "**nu** @room [a](http://x.example)" varför="<b>x</b>"')

    letter = story.find("^OV-2026-001 prövas", "VSK").letter
    assert "<b>" not in letter.content["html"]
    assert "href" not in letter.content["html"]
    assert "@room" not in letter.content["plain"]
