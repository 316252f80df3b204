"""The green button: asked from anywhere, judged in time or passed on, always answered (R8, R9)."""

from __future__ import annotations

import pytest

from bot.dispatch.desk import Desk
from bot.store import incidents
from tests.story.gathering import comes, the_log
from tests.story.story import OPERATOR, Story, mxid_of, unmanned

FIRE = "Bussbrand i Klippbergstunneln, båda rören stängda sedan 15.44"
PRESSED = f'!samverka "{FIRE}"'
ID = "H-2026-001"


@pytest.fixture
async def pressed(story: Story) -> Story:
    """Let the traffic controller press the button at 15.51 one Tuesday, in a forum's room."""
    await story.to("2026-11-03T15:51")
    await comes(story, "vag.VTL", "LC")
    await story.says("vag.VTL", PRESSED, "LC")
    return story


async def the_state(story: Story) -> str:
    async with story.store.read() as session:
        found = await incidents.by_id(session, ID)
    assert found
    return found.state


# --- asked ---


async def test_who_asks_sees_who_judges_and_until_when(pressed: Story) -> None:
    assert pressed.said_last("LC") == (
        "Begäran om samverkan H-2026-001 från Trafikverket Mälarvik (Vakthavande trafikledare) "
        "kl. 15.51. Bedöms av Tjänsteperson i beredskap, Länsstyrelsen Mälarvik senast kl. 16.21. "
        f"Du får besked oavsett utfall.\nDet jag har lämnat vidare: ”{FIRE}”"
    )


async def test_the_judge_is_called_with_choices_and_their_typed_words(pressed: Story) -> None:
    called = pressed.find("begär samverkan", "direct", "lst.TIB")

    assert called.body == (
        f"[SKARPT LÄGE] Trafikverket Mälarvik begär samverkan, H-2026-001: ”{FIRE}”\n"
        "Begärt av Vakthavande trafikledare, Trafikverket Mälarvik kl. 15.51. "
        "Du bedömer som Tjänsteperson i beredskap, Länsstyrelsen Mälarvik, senast kl. 16.21.\n"
        "Välj i omröstningen här under, eller skriv:\n"
        '1 Inget behov: bedöm H-2026-001 inget "varför"\n'
        "2 Vi följer, ny bedömning: bedöm H-2026-001 följ kl 16.40\n"
        "3 Första kontakt, gruppen kallas nu: bedöm H-2026-001 kontakt\n"
        "4 Aktiverat läge: bedöm H-2026-001 aktivera\n"
        "✅ talar om att du har den; annars frågas din ersättare också om några minuter."
    )
    assert called.letter.content["call"]
    assert called.letter.urgent
    assert called.letter.content["mention"] == [mxid_of("lst.TIB")]
    poll = pressed.find("hur bedömer du", "direct", "lst.TIB", kind="poll")
    assert [key for key, _ in poll.letter.content["choices"]] == [
        f"incident:H-2026-001/{it}" for it in ("none", "follow", "contact", "activate")
    ]  # fmt: skip


async def test_who_else_should_know_gets_it_at_once_without_being_called(pressed: Story) -> None:
    told = pressed.find("För kännedom", "direct", "kansli.RSIB")

    assert "Bedöms av Tjänsteperson i beredskap, Länsstyrelsen Mälarvik senast kl. 16.21." in (
        told.body
    )
    assert not told.letter.content["call"]


@pytest.mark.parametrize("where", ["VSK", "direct"])
async def test_anybody_with_a_function_may_anywhere(story: Story, where: str) -> None:
    await story.says("norrsund.KOM/2", "!cooperate the bridge is closed", where)

    said = story.said(where, "norrsund.KOM/2")[-1]
    assert "Request for cooperation H-2026-001 from Norrsunds kommun" in said
    assert "[SKARPT LÄGE] Norrsunds kommun begär samverkan" in story.told_last("lst.TIB")


async def test_in_the_middle_of_the_night_it_is_judged_as_soon(story: Story) -> None:
    await story.to("2026-11-08T03:00")

    await story.says("hamn.JOUR", "samverka ett fartyg har gått på grund", "direct")

    assert "senast kl. 03.30" in story.told_last("hamn.JOUR")


# --- one more word ---


async def test_without_a_word_it_asks_for_one_and_takes_the_next_plain_line(story: Story) -> None:
    await story.says("vag.VTL", "!samverka", "LC")
    asked = story.said_last("LC")

    await story.says("pol.VB", "hos oss är det lugnt", "LC")
    assert len(story.said("LC")) == 1
    await story.says("vag.VTL", "Bussen brinner", "LC")

    assert asked == "Vad har hänt, på en rad? Skriv det här, så går det till den som bedömer."
    assert "begär samverkan, H-2026-001: ”Bussen brinner”" in story.told_last("lst.TIB")
    await story.says("vag.VTL", "Tack", "LC")
    assert len(story.said("LC")) == 2


async def test_only_where_it_was_asked_and_not_for_ever(story: Story) -> None:
    await story.says("vag.VTL", "!samverka", "LC")

    await story.says("vag.VTL", "Hej på er", "VSK")
    await story.passes(minutes=31)
    await story.says("vag.VTL", "Hej igen", "LC")

    assert not [it for it in story.told("lst.TIB") if "samverkan" in it]


async def test_who_does_not_say_it_is_reminded_once(story: Story) -> None:
    await story.says("vag.VTL", "!samverka", "LC")
    await story.passes(minutes=5)

    assert story.told_last("vag.VTL").startswith("Jag har inte lämnat någon begäran vidare än")
    await story.passes(hours=2)
    assert len(story.told("vag.VTL")) == 1


async def test_the_question_outlives_a_restart(story: Story) -> None:
    await story.says("vag.VTL", "!samverka", "LC")
    story.desk = Desk(story.region, story.desk.catalogue, story.desk.post)

    await story.says("vag.VTL", "Bussen brinner", "LC")
    await story.passes(minutes=5)

    assert "H-2026-001" in story.said_last("LC")
    assert not [it for it in story.told("vag.VTL") if "inte lämnat" in it]


async def test_a_command_is_not_taken_for_what_has_happened(story: Story) -> None:
    await story.says("vag.VTL", "samverka", "direct")

    await story.says("vag.VTL", "!hjälp", "direct")
    assert "Det här kan du göra" in story.told_last("vag.VTL")
    await story.says("vag.VTL", "1 buss brinner", "direct")

    assert "H-2026-001" in story.told_last("vag.VTL")


async def test_without_a_function_one_is_told_who_can_press_it(story: Story) -> None:
    await story.says("@gast:malarvik.example", "!samverka det brinner", "LC")

    assert story.said_last("LC") == (
        "Du har ingen funktion just nu, så jag vet inte för vem du begär samverkan. Ring någon "
        "av dem, de kan göra det för dig:\n"
        "- Vakthavande trafikledare, Trafikverket Mälarvik: vag.VTL 1\n"
        "- Vakthavande operatör ledning, SOS Alarm Mälarvik: sos.VOF 1\n"
        "- Tjänsteperson i beredskap, Länsstyrelsen Mälarvik: lst.TIB 1\n"
        "- Regional samverkanskoordinator i beredskap, Samordningskansliet: kansli.RSIB 1\n"
        "De skriver !samverka och vad som har hänt."
    )


async def test_help_says_it_first(story: Story) -> None:
    await story.says("vag.VTL", "!hjälp", "LC")

    lines = story.said_last("LC").splitlines()
    assert next(line for line in lines if line.startswith("- ")).startswith("- !samverka: ")


# --- judged ---


async def test_no_need_is_an_outcome_and_the_caller_is_told_why(pressed: Story) -> None:
    await pressed.says("lst.TIB", f'bedöm {ID} inget "trafiken löser det själv"', "direct")

    assert pressed.said_last("LC") == (
        "H-2026-001 är bedömd: inget behov av samverkan just nu. "
        "Av Tjänsteperson i beredskap, Länsstyrelsen Mälarvik.\n"
        f"Begäran från Trafikverket Mälarvik: ”{FIRE}”\n"
        "Varför: ”trafiken löser det själv”\n"
        "Ändras läget: samverka igen, så bedöms det på nytt."
    )
    assert pressed.mentioned_last("LC") == [mxid_of("vag.VTL")]
    assert pressed.told_last("kansli.RSIB").startswith("[SKARPT LÄGE] För kännedom: H-2026-001 är")
    assert "får veta det nu" in pressed.told_last("lst.TIB")
    assert await the_state(pressed) == "no_need"


async def test_organisations_that_are_chosen_get_the_outcome_for_information(
    pressed: Story,
) -> None:
    await pressed.says("lst.TIB", f'bedöm {ID} inget "lokalt" till=trf, Ekviken', "direct")

    for who in ("trf.VTL", "ekviken.TIB"):
        assert pressed.told_last(who).startswith("[SKARPT LÄGE] För kännedom: H-2026-001 är bedömd")
    assert pressed.told("kbv.VB") == []


async def test_who_may_have_left_the_room_is_told_directly_too(story: Story) -> None:
    await story.says("vag.VTL", PRESSED, "LC")

    await story.says("lst.TIB", "bedöm inget", "direct")

    assert "inget behov" in story.said_last("LC")
    assert "inget behov" in story.told_last("vag.VTL")


async def test_one_tap_is_enough(pressed: Story) -> None:
    await pressed.chooses("lst.TIB", "follow", "direct", "hur bedömer du")

    assert "vi följer läget" in pressed.said_last("LC")
    assert "Bedöms på nytt kl. 16.21." in pressed.said_last("LC")


@pytest.mark.parametrize("how", ["tap", "digit", "word"])
async def test_a_digit_on_the_request_judges_it(pressed: Story, how: str) -> None:
    if how == "tap":
        await pressed.taps("lst.TIB", "1️⃣", "direct", "begär samverkan")
    else:
        said = {"digit": "1", "word": "bedöm inget"}[how]
        await pressed.says("lst.TIB", said, "direct", to="begär samverkan")

    assert await the_state(pressed) == "no_need"


@pytest.mark.parametrize("digit", ["1", "!1"])
async def test_a_digit_alone_judges_the_only_thing_that_waits_there(
    pressed: Story, digit: str
) -> None:
    await pressed.says("lst.TIB", digit, "direct")

    assert "inget behov" in pressed.said_last("LC")
    assert await the_state(pressed) == "no_need"


async def test_a_digit_that_could_mean_two_things_does_neither(pressed: Story) -> None:
    await pressed.says("pol.VB", '!förslag tid "Bron stängs." varför="arbete" berörda=lst,lindo')
    await pressed.says("lst.TIB", "1", "direct")

    asked = pressed.told_last("lst.TIB")
    assert asked.startswith("Vilken gäller 1? Inget är gjort än.")
    assert f"!bedöm {ID} 1" in asked
    assert "!ståndpunkt OV-2026-001 1" in asked
    assert await the_state(pressed) == "requested"


async def test_a_digit_in_a_forum_s_room_judges_nothing(pressed: Story) -> None:
    await pressed.says("lst.TIB", "1", "VSK")

    assert await the_state(pressed) == "requested"


async def test_who_writes_activate_first_is_asked_how_it_is_judged(pressed: Story) -> None:
    await pressed.says("lst.TIB", "aktivera", "direct")

    assert pressed.told_last("lst.TIB").startswith(f"Hur bedömer du {ID}?")
    assert f"bedöm {ID} aktivera" in pressed.told_last("lst.TIB")


async def test_nobody_is_called_by_a_judgement_that_calls_nobody(pressed: Story) -> None:
    await pressed.says("lst.TIB", f"bedöm {ID} inget till=trf,foobar", "direct")

    told = pressed.told_last("lst.TIB")
    assert "Jag förstod inte vilka du menar med foobar." in told
    assert "Alla andra får veta det; säg det själv till dem." in told
    assert "kallade" not in told


async def test_the_coordinator_may_judge_though_it_is_not_their_turn(pressed: Story) -> None:
    await pressed.says("kansli.RSIB", f"bedöm {ID} följ kl 16.40 vi väntar in räddningen", "direct")

    said = pressed.said_last("LC")
    assert "Av Regional samverkanskoordinator i beredskap, Samordningskansliet." in said
    assert "Bedöms på nytt kl. 16.40." in said
    assert "Varför: ”vi väntar in räddningen”" in said


async def test_others_are_told_who_judges(pressed: Story) -> None:
    await pressed.says("pol.VB", f"!bedöm {ID} inget", "LC")

    assert pressed.said_last("LC") == (
        "H-2026-001 bedöms av en funktion som du inte har: nu är det Tjänsteperson i beredskap, "
        "Länsstyrelsen Mälarvik, senast kl. 16.21. De som kan bedöma:\n"
        "- Tjänsteperson i beredskap, Länsstyrelsen Mälarvik: lst.TIB 1\n"
        "- Regional samverkanskoordinator i beredskap, Samordningskansliet: kansli.RSIB 1\n"
        "Berörs ni också? Skriv !samverka och vad som har hänt hos er."
    )
    assert await the_state(pressed) == "requested"


async def test_judged_twice_the_first_stands_and_is_said(pressed: Story) -> None:
    await pressed.says("lst.TIB", f"bedöm {ID} inget", "direct")

    await pressed.chooses("kansli.RSIB", "follow", "direct", "hur bedömer du")

    assert pressed.told_last("kansli.RSIB").startswith(
        "H-2026-001 är redan bedömd: inget behov av samverkan just nu, "
        "av Tjänsteperson i beredskap, Länsstyrelsen Mälarvik kl. 15.51. Det gäller."
    )
    assert await the_state(pressed) == "no_need"


async def test_a_change_of_mind_in_words_is_a_new_turn(pressed: Story) -> None:
    await pressed.says("lst.TIB", f"bedöm {ID} inget", "direct")
    await pressed.says("lst.TIB", f"bedöm {ID} följ kl 17.00", "direct")

    assert "; tidigare: inget behov av samverkan just nu." in pressed.said_last("LC")
    async with pressed.store.read() as session:
        turns = await incidents.turns(session, ID)
    assert [turn.state for turn in turns] == ["requested", "no_need", "followed"]
    assert [turn.function for turn in turns] == ["vag.VTL", "lst.TIB", "lst.TIB"]


async def test_an_emptied_poll_takes_no_judgement_back(pressed: Story) -> None:
    await pressed.chooses("lst.TIB", "follow", "direct", "hur bedömer du")

    await pressed.chooses("lst.TIB", (), "direct", "hur bedömer du")

    assert "Det gäller tills någon bedömer på nytt." in pressed.told_last("lst.TIB")
    assert await the_state(pressed) == "followed"


async def test_activated_mode_says_what_it_needs(pressed: Story) -> None:
    await pressed.chooses("lst.TIB", "activate", "direct", "hur bedömer du")

    assert f"bedöm {ID} aktivera rytm=16.20,18.20,20.20 slutvillkor=" in pressed.told_last(
        "lst.TIB"
    )
    assert await the_state(pressed) == "requested"


async def test_what_is_followed_is_judged_anew_at_its_time(pressed: Story) -> None:
    await pressed.says("lst.TIB", f"bedöm {ID} följ kl 16.40", "direct")

    await pressed.to("2026-11-03T16:40")

    assert "behöver en ny bedömning" in pressed.told_last("lst.TIB")
    assert pressed.said_last("LC") == (
        "H-2026-001 bedöms på nytt. Tjänsteperson i beredskap, Länsstyrelsen Mälarvik bedömer "
        "senast kl. 17.10. Du får besked oavsett utfall."
    )


# --- not judged ---


async def test_a_judge_who_says_nothing_is_followed_by_the_deputies_within_the_time(
    pressed: Story,
) -> None:
    await pressed.passes(minutes=4, seconds=59)
    assert pressed.told("lst.TIB/2") == []

    await pressed.passes(seconds=1)
    assert (
        "Varför du: Tjänsteperson i beredskap, Länsstyrelsen Mälarvik har inte svarat i tid."
        in (pressed.told_last("lst.TIB/2"))
    )
    assert "(ersättare 1), senast kl. 16.21" in pressed.told_last("lst.TIB/2")
    assert pressed.told("lst.TIB/3") == []
    await pressed.passes(minutes=3)
    assert len(pressed.told("lst.TIB/3")) == 1
    await pressed.says("lst.TIB/2", f"bedöm {ID} inget", "direct")

    assert "Mälarvik (ersättare 1)." in pressed.said_last("LC")
    assert len(pressed.told("lst.TIB/2")) == 2


async def test_a_judge_who_has_it_lets_the_deputies_sleep_and_the_time_goes_on(
    pressed: Story,
) -> None:
    await pressed.taps("lst.TIB", "✅", "direct", "begär samverkan")
    await pressed.passes(minutes=30)

    assert (
        "Dina ersättare väcks inte. Bedöm senast kl. 16.21"
        in pressed.find("noterat", "direct", "lst.TIB").body
    )
    assert pressed.told("lst.TIB/2") == []
    assert "är inte bedömd än." in pressed.said_last("LC")


async def test_anybody_elses_tick_says_nothing_and_stops_nothing(pressed: Story) -> None:
    await pressed.taps("pol.VB", "✅", "LC", "Begäran om samverkan")

    assert pressed.told("pol.VB") == []
    await pressed.passes(minutes=5)
    assert pressed.told("lst.TIB/2")


async def test_unjudged_it_goes_on_to_the_next_at_that_minute(pressed: Story) -> None:
    await pressed.passes(minutes=29, seconds=59)
    before = len(pressed.told("kansli.RSIB"))

    await pressed.passes(seconds=1)

    assert len(pressed.told("kansli.RSIB")) == before + 1
    assert (
        "Varför du: Tjänsteperson i beredskap, Länsstyrelsen Mälarvik har inte bedömt i tid."
        in pressed.told_last("kansli.RSIB")
    )
    assert pressed.said_last("LC") == (
        "H-2026-001 är inte bedömd än. Tjänsteperson i beredskap, Länsstyrelsen Mälarvik svarade "
        "inte i tid. Nu bedömer Regional samverkanskoordinator i beredskap, Samordningskansliet, "
        "senast kl. 16.51. Du får besked oavsett utfall."
    )


async def test_a_judge_that_nobody_holds_is_passed_over_at_once(story: Story) -> None:
    await unmanned(story, "lst.TIB")

    await story.says("vag.VTL", PRESSED, "LC")

    assert "Bedöms av Regional samverkanskoordinator" in story.said_last("LC")
    assert story.told("lst.TIB") == []


async def test_after_the_last_everybody_hears_it_and_hears_it_again(pressed: Story) -> None:
    await pressed.passes(minutes=60)

    nobody = "[SKARPT LÄGE] Ingen har bedömt H-2026-001."
    assert pressed.said_last("LC").startswith(f"{nobody} Vänta inte på mig: ring någon av dem")
    assert "- Tjänsteperson i beredskap, Länsstyrelsen Mälarvik: lst.TIB 1" in pressed.said_last(
        "LC"
    )
    assert "Jag har frågat alla som kan och frågar igen kl. 17.21" in pressed.said_last("LC")
    assert pressed.told_last(OPERATOR).startswith(nobody)
    assert "Ingen har bedömt den." in pressed.told_last("lst.TIB")
    assert "Ingen har bedömt den." in pressed.told_last("kansli.RSIB")

    await pressed.passes(minutes=30)

    assert len([it for it in pressed.said("LC") if it.startswith(nobody)]) == 2
    assert len([it for it in pressed.told(OPERATOR) if it.startswith(nobody)]) == 2


async def test_where_no_judge_is_there_at_all_it_is_said_at_once(story: Story) -> None:
    for function in story.region.cooperation.judges:
        await unmanned(story, function)

    await story.says("vag.VTL", PRESSED, "LC")

    assert "Ingen har bedömt H-2026-001." in story.said_last("LC")
    assert story.told(OPERATOR)


async def test_judged_late_everybody_rests(pressed: Story) -> None:
    await pressed.passes(minutes=61)
    await pressed.says("lst.TIB", f"bedöm {ID} inget", "direct")
    said = len(pressed.said("LC"))

    await pressed.passes(hours=3)

    assert len(pressed.said("LC")) == said


async def test_the_record_has_each_fact(pressed: Story) -> None:
    await pressed.passes(minutes=30)
    await pressed.says("kansli.RSIB", f"bedöm {ID} inget", "direct")

    assert [it.what for it in await the_log(pressed) if it.subject == ID] == [
        "incident.requested", "incident.concerned", "incident.put", "incident.deputy_asked",
        "incident.deputy_asked", "incident.passed_on", "incident.put",
        "incident.judged", "incident.told",
    ]  # fmt: skip


async def test_what_waits_to_be_judged_stands_first_in_help(pressed: Story) -> None:
    await pressed.says("lst.TIB", "hjälp", "direct")

    assert f"Begäran om samverkan att bedöma, ”{FIRE}”, senast kl. 16.21: !bedöm {ID}\n" in (
        pressed.told_last("lst.TIB")
    )


async def test_the_line_for_it_copied_as_it_stands_asks_how_and_calls_nobody(
    pressed: Story,
) -> None:
    await pressed.says("lst.TIB", f"!bedöm {ID}", "direct")

    told = pressed.told_last("lst.TIB")
    assert told.startswith(f"Hur bedömer du {ID}? Den väntar fortfarande.\n1 Inget behov: ")
    assert await the_state(pressed) == "requested"
