"""Somebody is taken out of a function for a while; who is asked instead is said, or that nobody."""

from __future__ import annotations

import pytest

from bot.deadlines.gaps import arm_look
from tests.story.gathering import gathers, the_log
from tests.story.handing_over import read_anew
from tests.story.story import Story, mxid_of, unmanned

VTL, DEPUTY, SECOND = "vag.VTL", "vag.VTL/2", "vag.VTL/3"
TITLE = "Vakthavande trafikledare, Trafikverket Mälarvik"


@pytest.fixture
async def duty(story: Story) -> Story:
    """Let it be a Thursday evening, with everybody in the room."""
    await story.to("2026-10-15T18:00")
    await gathers(story)
    await gathers(story, "LC")
    await read_anew(story)
    return story


def _told(story: Story, who: str) -> list[str]:
    """List what somebody was told; a name that looks like a domain has a joint in it there."""
    return [it.replace("\u2060", "") for it in story.told(who)]


def _told_last(story: Story, who: str) -> str:
    return _told(story, who)[-1]


async def _who_has(story: Story, function: str = VTL) -> str:
    await story.says("sos.VOF", f"!vem {function}", "direct")
    return _told_last(story, "sos.VOF")


async def test_the_holder_is_away_for_a_while_and_the_deputy_is_asked_instead(duty: Story) -> None:
    await duty.says(VTL, '!frånvaro kl 20.00 till=22.00 "tandläkare"', "direct")
    said = _told_last(duty, VTL)
    await duty.to("2026-10-15T20:00")
    during = await _who_has(duty)
    await duty.to("2026-10-15T22:00")

    assert said == (
        f"vag.VTL 1 har inte {TITLE} från kl. 20.00 till kl. 22.00.\n"
        "Ingen är innehavare då. I stället frågas vag.VTL 2, sedan vag.VTL 3.\n"
        "Blev det inte så, eller är det över tidigare: !frånvaro vag.VTL nej"
    )
    assert _told(duty, DEPUTY)[0].startswith(f"vag.VTL 1 har inte {TITLE} från kl. 20.00")
    assert during.startswith(f"{TITLE}: obemannad.\nErsättare: vag.VTL 2 och vag.VTL 3.")
    assert (await _who_has(duty)).startswith(f"{TITLE}: vag.VTL 1.")


async def test_both_are_briefed_when_who_was_away_comes_back(duty: Story) -> None:
    await duty.says(VTL, "!frånvaro kl 20.00 till=22.00", "direct")
    await duty.to("2026-10-15T19:45")
    goes = _told_last(duty, VTL)
    await duty.to("2026-10-15T21:45")

    assert goes.startswith(f"vag.VTL 1 går av kl. 20.00: {TITLE}. Ingen står på tur efter.")
    assert _told_last(duty, VTL).startswith(f"vag.VTL 1 tar över kl. 22.00: {TITLE}.")


async def test_reach_shows_who_would_be_asked_while_it_lasts(duty: Story) -> None:
    await duty.says(VTL, "!frånvaro kl 20.00 till=22.00", "direct")
    await duty.says("lst.TIB", "!nås LC 2026-10-15T21:00", "LC")

    said = duty.said_last("LC").replace("\u2060", "")
    assert "- Inte i rummet, frågas direkt: Trafikverket Mälarvik (vag.VTL 2)." in said


async def test_reach_shows_that_nobody_would_be_asked(duty: Story) -> None:
    for who in (VTL, DEPUTY, SECOND):
        await duty.says(who, "!frånvaro vag.VTL mig kl 20.00 till=22.00", "direct")
    await duty.says("lst.TIB", "!nås LC 2026-10-15T21:00", "LC")
    during = duty.said_last("LC")
    await duty.says("lst.TIB", "!nås LC 2026-10-15T22:00", "LC")

    assert "- Obemannade, ingen att fråga: Trafikverket Mälarvik." in during
    assert "Obemannade" not in duty.said_last("LC")


async def test_where_everybody_is_away_it_is_said_at_once_and_at_night(duty: Story) -> None:
    async with duty.store.begin() as session:
        await arm_look(session, duty.region, duty.clock.now())
    await duty.says(DEPUTY, "!frånvaro vag.VTL mig 2026-10-20 till=2026-10-21", "direct")
    await duty.says(SECOND, "!frånvaro vag.VTL mig 2026-10-20 till=2026-10-21", "direct")
    await duty.says(VTL, "!frånvaro mig 2026-10-20T18:00 till 2026-10-22T06:00", "direct")
    said = _told_last(duty, VTL)
    await duty.to("2026-10-16T02:00")

    assert said.splitlines() == [
        f"vag.VTL 1 har inte {TITLE} från tisdag kl. 18.00 till 22 okt kl. 06.00.",
        "Ingen annan har den då, och ingen finns på kontaktpunkten.",
        "Säg vem som tar den: !avlös vag.VTL NAMN 2026-10-20T18:00 till=2026-10-22T00:00",
        "Blev det inte så, eller är det över tidigare: !frånvaro vag.VTL nej",
    ]
    assert f"- {TITLE}: från tisdag kl. 18.00 till torsdag kl. 00.00, ingen alls." in _told_last(
        duty, VTL
    )


async def test_a_day_alone_is_meant_with_all_its_hours(duty: Story) -> None:
    await duty.says(VTL, "!frånvaro i morgon", "direct")

    assert "från i morgon kl. 00.00 till lördag kl. 00.00" in _told_last(duty, VTL)


async def test_without_an_end_it_lasts_until_it_is_taken_back(duty: Story) -> None:
    await duty.says(VTL, "!frånvaro nu", "direct")
    said = _told(duty, VTL)[0]
    await duty.to("2026-10-25T12:00")
    during = await _who_has(duty)
    await duty.says(VTL, "!frånvaro nej", "direct")

    assert said.startswith(f"vag.VTL 1 har inte {TITLE} från kl. 18.00 och tills vidare.")
    assert during.startswith(f"{TITLE}: obemannad.")
    assert any(
        it.splitlines()
        == [
            f"{TITLE}: det här gäller inte längre.",
            "- vag.VTL 1 har inte funktionen från 15 okt kl. 18.00 tills vidare.",
            "vag.VTL 1 har funktionen nu; ersättare: vag.VTL 2 och vag.VTL 3.",
        ]
        for it in _told(duty, VTL)
    )
    assert _told_last(duty, DEPUTY).startswith(f"{TITLE}: det här gäller inte längre.")
    assert (await _who_has(duty)).startswith(f"{TITLE}: vag.VTL 1.")


async def test_what_was_said_for_the_future_is_taken_back_before_it_begins(duty: Story) -> None:
    await duty.says(VTL, "!frånvaro kl 20.00 till=22.00", "direct")
    await duty.says(VTL, "!frånvaro vag.VTL nej", "direct")
    await duty.to("2026-10-15T21:00")

    assert (await _who_has(duty)).startswith(f"{TITLE}: vag.VTL 1.")
    assert not any("går av" in it for it in _told(duty, VTL))
    assert [it.what for it in await the_log(duty) if it.what.startswith("away")] == [
        "away.said",
        "away.withdrawn",
    ]


async def test_a_relief_that_covers_an_absence_is_named_when_that_is_taken_back(
    duty: Story,
) -> None:
    await duty.says(VTL, "!frånvaro kl 20.00 till=22.00", "direct")
    await duty.says(VTL, f"!avlös {mxid_of(DEPUTY)} kl 20.00 till=22.00", "direct")
    covered = _told_last(duty, VTL)
    await duty.says(VTL, "!frånvaro nej", "direct")

    assert covered.endswith("Sedan gäller bemanningen igen: då har vag.VTL 1 den.")
    assert _told_last(duty, VTL).splitlines()[-1] == (
        "- vag.VTL 2 har funktionen från kl. 20.00 till kl. 22.00. "
        f"Ta tillbaka: !avlös vag.VTL {mxid_of(DEPUTY)} nej"
    )


async def test_a_deputy_says_it_of_themself_and_who_has_it_is_named(duty: Story) -> None:
    await duty.says(DEPUTY, "!frånvaro kl 20.00 till=22.00", "direct")

    assert _told_last(duty, DEPUTY).splitlines()[1] == (
        "vag.VTL 1 har den då; ersättare: vag.VTL 3."
    )
    assert _told(duty, VTL) == []


async def test_who_has_the_function_says_it_of_a_deputy_who_is_told_and_can_take_it_back(
    duty: Story,
) -> None:
    await duty.says(VTL, f"!frånvaro vag.VTL {mxid_of(DEPUTY)} nu", "direct")
    told = _told_last(duty, DEPUTY)
    await duty.says(DEPUTY, "!frånvaro nej", "direct")

    assert told.splitlines()[0].endswith("Sagt av vag.VTL 1.")
    assert told.endswith(f"!frånvaro vag.VTL {mxid_of(DEPUTY)} nej")
    assert _told_last(duty, DEPUTY).endswith(
        "vag.VTL 1 har funktionen nu; ersättare: vag.VTL 2 och vag.VTL 3."
    )


async def test_a_call_passes_over_who_is_away(duty: Story) -> None:
    await duty.says(VTL, "!frånvaro nu", "direct")
    await duty.says("sos.VOF", "!kalla LC +20m Skred vid bron", "LC")

    called = {mxid_of(VTL), mxid_of(DEPUTY)} & set(duty.mentioned_last("LC"))
    assert called == set()
    assert any("Kallelse" in it for it in _told(duty, DEPUTY))
    assert not any("Kallelse" in it for it in _told(duty, VTL))


async def test_who_goes_while_being_asked_is_followed_by_the_deputy_at_once(duty: Story) -> None:
    await duty.says("sos.VOF", "!kalla LC +20m Skred vid bron", "LC")
    before = list(_told(duty, DEPUTY))
    await duty.says(VTL, "!frånvaro nu", "direct")

    assert not any("Kallelse" in it for it in before)
    assert any("Kallelse" in it for it in _told(duty, DEPUTY))


async def test_the_contact_point_says_it_of_another_function_and_everybody_reads_the_same(
    duty: Story,
) -> None:
    contact, director = "ekviken.TIB", "ekviken.KD"
    await duty.says(contact, f"!frånvaro {director} {mxid_of(director)} nu till=+2h", "direct")

    said = _told_last(duty, contact)
    assert said in _told(duty, director)
    assert "från kl. 18.00 till kl. 20.00. Sagt av ekviken.TIB 1." in said


@pytest.mark.parametrize(
    ("who", "line", "refused"),
    [
        (VTL, "!frånvaro", "Det saknas något: från när, till exempel nu, 15.30 eller 2026-12-24."),
        (VTL, "!frånvaro 2026-10-15T17:00", "Den tiden har redan varit: kl. 17.00."),
        (VTL, "!frånvaro kl 20.00 till=2026-10-15T19:00", "Slutet kommer inte efter början"),
        (VTL, "!frånvaro Otto kl 20.00", f"”Otto” har inte {TITLE} då. De här har den:"),
        (VTL, "!frånvaro nej", f"Ingen sådan frånvaro är sagd för {TITLE}"),
        (
            DEPUTY,
            f"!frånvaro vag.VTL {mxid_of(SECOND)} nu",
            f"Vem som är borta från {TITLE} säger den som har den",
        ),
        ("pol.VB", f"!frånvaro vag.VTL {mxid_of(VTL)} nu", f"Vem som är borta från {TITLE}"),
        (
            "pol.VB",
            "!frånvaro vag.VTL mig nu",
            f"Du har inte {TITLE} då. De här har den, vem är borta?",
        ),
    ],
)
async def test_what_cannot_be_said_is_refused_with_what_can(
    duty: Story, who: str, line: str, refused: str
) -> None:
    await duty.says(who, line, "direct")

    assert _told_last(duty, who).startswith(refused)
    assert (await _who_has(duty)).startswith(f"{TITLE}: vag.VTL 1.")


async def test_what_somebody_said_is_not_for_others_to_take_back(duty: Story) -> None:
    await duty.says(VTL, "!frånvaro nu", "direct")
    await duty.says("pol.VB", "!frånvaro vag.VTL nej", "direct")

    assert _told_last(duty, "pol.VB").startswith(f"Vem som är borta från {TITLE}")
    assert (await _who_has(duty)).startswith(f"{TITLE}: obemannad.")


async def test_the_line_to_copy_keeps_the_times(duty: Story) -> None:
    await duty.says(VTL, "!frånvaro Otto kl 20.00 till 22.00", "direct")

    assert (
        f"- vag.VTL 2: !frånvaro vag.VTL {mxid_of(DEPUTY)} 2026-10-15T20:00 till=2026-10-15T22:00"
        in _told_last(duty, VTL).splitlines()
    )


async def test_where_nobody_has_it_nobody_can_be_away(duty: Story) -> None:
    await unmanned(duty, "vag.VTL")
    await duty.says("vag.SAK", "!frånvaro vag.VTL mig nu", "direct")

    assert "Ingen har den då. Säg vem som tar den: !avlös vag.VTL NAMN" in _told_last(
        duty, "vag.SAK"
    )


async def test_the_english_words_are_answered_in_english(duty: Story) -> None:
    await duty.says(VTL, "!away vag.VTL me 20:00 until 22:00", "direct")
    said = _told_last(duty, VTL)
    await duty.says(VTL, "!away no", "direct")

    assert said == (
        "vag.VTL 1 does not have Traffic controller on duty, Trafikverket Mälarvik from "
        "20:00 until 22:00.\nNobody holds it then. vag.VTL 2 is asked instead, then vag.VTL 3.\n"
        "If it is not so after all, or is over before: !away vag.VTL no"
    )
    assert _told_last(duty, VTL).endswith(
        "vag.VTL 1 has the function now; deputies: vag.VTL 2 and vag.VTL 3."
    )
