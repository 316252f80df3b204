"""Somebody says in the room, or directly, who has a function from now or from then."""

from __future__ import annotations

import pytest

from tests.story.gathering import gathers, the_log
from tests.story.handing_over import changes_hands, read_anew, the_handovers
from tests.story.story import Story, mxid_of

VTL, DEPUTY = "vag.VTL", "vag.VTL/2"


@pytest.fixture
async def duty(story: Story) -> Story:
    """Let it be a Thursday evening, with everybody in the room."""
    await story.to("2026-10-15T18:00")
    await gathers(story)
    await read_anew(story)
    return story


def _told(story: Story, who: str) -> list[str]:
    """List what somebody was told; a name that looks like a domain has a joint in it there."""
    return [it.replace("\u2060", "") for it in story.told(who)]


def _told_last(story: Story, who: str) -> str:
    return _told(story, who)[-1]


async def _who_has(story: Story, function: str = VTL) -> str:
    await story.says("sos.VOF", f"!vem {function}", "direct")
    return story.told_last("sos.VOF")


async def test_the_holder_hands_over_now_and_both_get_the_brief(duty: Story) -> None:
    await duty.says(VTL, f'!avlös {mxid_of(DEPUTY)} "Bro 2 stängs 22"')

    assert duty.said_last().startswith("vag.\u2060VTL 2 har Vakthavande trafikledare")
    for who in (VTL, DEPUTY):
        assert any(
            "tar över kl. 18.00" in it and "”Bro 2 stängs 22”" in it for it in duty.told(who)
        )
    assert (await _who_has(duty)).startswith(
        "Vakthavande trafikledare, Trafikverket Mälarvik: vag.VTL 2"
    )
    ordered = [it for it in await the_log(duty) if it.what == "relief.ordered"]
    assert [(it.function, it.mxid, it.facts["text"]) for it in ordered] == [
        (VTL, mxid_of(VTL), "Bro 2 stängs 22")
    ]


async def test_handed_over_later_it_is_briefed_a_quarter_before_and_moves_at_the_minute(
    duty: Story,
) -> None:
    await duty.says(VTL, f'!avlös {mxid_of(DEPUTY)} kl 21.00 "Bro 2"', "direct")
    noted = duty.told_last(VTL)
    await duty.to("2026-10-15T20:44")
    before = list(duty.told(DEPUTY))
    await duty.to("2026-10-15T20:45")

    assert "från kl. 21.00" in noted
    assert before == []
    assert len(duty.told(DEPUTY)) == 1
    assert "tar över kl. 21.00" in duty.told_last(DEPUTY)
    assert "”Bro 2”" in duty.told_last(DEPUTY)
    await duty.to("2026-10-15T21:00")
    assert await the_handovers(duty) == []


async def test_a_deputy_takes_it_themself_and_nobody_is_told_that_none_has_confirmed(
    duty: Story,
) -> None:
    await duty.says(DEPUTY, "!avlös vag.VTL mig", "direct")
    await duty.to("2026-10-15T18:30")

    assert any("Du har tagit över" in it for it in duty.told(DEPUTY))
    assert any(it.startswith("Övertagen kl. 18.00") for it in duty.told(VTL))
    assert not any("Ingen har bekräftat" in it for it in duty.told(VTL))


async def test_a_deputy_cannot_give_it_to_another(duty: Story) -> None:
    await duty.says(DEPUTY, f"!avlös vag.VTL {mxid_of('vag.VTL/3')}", "direct")

    assert "lämnas över av den som har den" in duty.told_last(DEPUTY)
    assert await the_handovers(duty) == []


async def test_the_contact_point_may_say_it_for_another_function(duty: Story) -> None:
    contact = duty.region.home_of("ekviken.KD").contact_point
    await duty.says(contact, f"!avlös ekviken.KD {mxid_of(contact)}", "direct")

    assert "har Kommundirektör" in duty.told_last(contact) or any(
        "har Kommundirektör" in it for it in duty.told(contact)
    )


async def test_a_stranger_is_refused_with_those_who_are_known(duty: Story) -> None:
    await duty.says(VTL, "!avlös Otto Främling kl 19.00", "direct")

    told = duty.told_last(VTL)
    assert "”Otto Främling” finns inte i bemanningen hos Trafikverket Mälarvik" in told
    assert f"!avlös vag.VTL {mxid_of(DEPUTY)}" in told
    assert await the_handovers(duty) == []


async def test_who_holds_something_elsewhere_is_not_known_here(duty: Story) -> None:
    await duty.says(VTL, f"!avlös {mxid_of('pol.VB')}", "direct")

    assert "finns inte i bemanningen" in duty.told_last(VTL)


async def test_somebody_without_the_function_cannot_hand_it_over(duty: Story) -> None:
    await duty.says("pol.VB", f"!avlös vag.VTL {mxid_of(DEPUTY)}", "direct")

    assert "lämnas över av den som har den" in duty.told_last("pol.VB")


async def test_who_had_it_once_and_has_it_no_more_does_not_take_it_by_themself(
    duty: Story,
) -> None:
    other = "vag.SAK"
    await duty.says(VTL, f"!avlös {mxid_of(other)} kl 18.30", "direct")
    await duty.to("2026-10-15T18:40")
    await duty.says(other, f"!avlös vag.VTL {mxid_of(DEPUTY)} kl 19.00", "direct")
    await duty.to("2026-10-15T19:10")

    await duty.says(other, "!avlös vag.VTL mig", "direct")

    assert "lämnas över av den som har den" in duty.told_last(other)


async def test_a_time_that_has_been_is_refused(duty: Story) -> None:
    await duty.says(VTL, f"!avlös {mxid_of(DEPUTY)} 2026-10-15T17:00", "direct")

    assert duty.told_last(VTL).startswith("Den tiden har redan varit")


async def test_the_shift_over_the_roster_holds_again(duty: Story) -> None:
    await duty.says(VTL, f"!avlös {mxid_of(DEPUTY)} kl 21.00", "direct")
    await duty.says(VTL, f"!avlös {mxid_of('vag.VTL/3')} kl 21.00", "direct")
    await duty.to("2026-10-15T21:30")

    briefed = [who for who in (DEPUTY, "vag.VTL/3") if duty.told(who)]
    assert briefed == ["vag.VTL/3"]


async def test_the_word_alone_says_what_it_needs(duty: Story) -> None:
    await duty.says(VTL, "!avlös", "direct")

    assert duty.told_last(VTL).startswith("Det saknas något: vem som tar över.")


async def test_the_line_to_copy_keeps_the_time_that_was_typed(story: Story) -> None:
    await story.says("lst.TIB", 'avlös lst.TIB Ingen kl 19.00 "Bro 2 stängs"', "direct")

    assert (
        '!avlös lst.TIB @lst.tib-2:malarvik.example 2026-10-12T19:00 "Bro 2 stängs"'
        in story.told_last("lst.TIB")
    )


async def test_with_an_end_the_roster_holds_again_from_that_minute_and_it_is_briefed(
    duty: Story,
) -> None:
    await duty.says(VTL, f"!avlös {mxid_of(DEPUTY)} kl 20.00 till=22.00", "direct")
    said = _told_last(duty, VTL)
    await duty.to("2026-10-15T21:44")
    during, before = await _who_has(duty), len(_told(duty, DEPUTY))
    await duty.to("2026-10-15T21:45")
    briefed = _told(duty, DEPUTY)[before:]
    await duty.to("2026-10-15T22:00")

    assert said == (
        "vag.VTL 2 har Vakthavande trafikledare, Trafikverket Mälarvik från kl. 20.00 till "
        "kl. 22.00, i stället för vag.VTL 1. Båda får det som ligger på funktionen en stund "
        "innan.\nSedan gäller bemanningen igen: då har vag.VTL 1 den."
    )
    assert during.startswith("Vakthavande trafikledare, Trafikverket Mälarvik: vag.VTL 2")
    assert len(briefed) == 1
    assert briefed[0].startswith(
        "vag.VTL 1 tar över kl. 22.00: Vakthavande trafikledare, Trafikverket Mälarvik."
    )
    assert (await _who_has(duty)).startswith(
        "Vakthavande trafikledare, Trafikverket Mälarvik: vag.VTL 1"
    )


async def test_an_end_may_be_said_without_its_sign_and_is_after_the_start(duty: Story) -> None:
    await duty.says(VTL, f"!avlös {mxid_of(DEPUTY)} i morgon kl 18.00 till kl 06.00", "direct")

    assert "från i morgon kl. 18.00 till lördag kl. 06.00" in _told_last(duty, VTL)


async def test_an_end_reaches_over_the_next_shift(duty: Story) -> None:
    await changes_hands(duty, VTL, "2026-10-15T20:00")
    await duty.says(VTL, f"!avlös {mxid_of(DEPUTY)} kl 19.00 till=21.00", "direct")
    said = _told_last(duty, VTL)
    await duty.to("2026-10-15T20:30")
    during = await _who_has(duty)
    await duty.to("2026-10-15T21:00")

    assert "till kl. 21.00, i stället för Jonas Ek" in said
    assert said.endswith("Sedan gäller bemanningen igen: då har Lena Wiik den.")
    assert ": vag.VTL 2." in during
    assert ": Lena Wiik." in await _who_has(duty)


async def test_where_nobody_has_it_after_the_end_that_is_said_with_what_to_write(
    duty: Story,
) -> None:
    await changes_hands(duty, VTL, "2026-10-15T20:00", to=None)
    await duty.says(VTL, f"!avlös {mxid_of(DEPUTY)} kl 20.00 till=22.00", "direct")

    assert _told_last(duty, VTL).endswith(
        "Sedan är ingen innehavare. Säg vem som tar den då: !avlös vag.VTL NAMN 2026-10-15T22:00"
    )


async def test_who_has_it_already_may_stay_longer(duty: Story) -> None:
    await changes_hands(duty, VTL, "2026-10-15T20:00")
    await duty.says(VTL, "!avlös vag.VTL mig till=21.00", "direct")
    await duty.to("2026-10-15T20:30")

    assert ": Jonas Ek." in await _who_has(duty)


@pytest.mark.parametrize(
    ("end", "refused"),
    [
        ("till=2026-10-15T19:00", "Slutet kommer inte efter början: från kl. 20.00 till kl. 19.00"),
        ("till=sen", "till: ”sen” är ingen tid jag förstår."),
        ("till=", "till: ”” är ingen tid jag förstår."),
    ],
)
async def test_an_end_that_is_none_is_refused_with_one_that_is(
    duty: Story, end: str, refused: str
) -> None:
    await duty.says(VTL, f"!avlös {mxid_of(DEPUTY)} kl 20.00 {end}", "direct")

    assert _told_last(duty, VTL).startswith(refused)
    assert await the_handovers(duty) == []


async def test_a_relief_said_by_mistake_is_taken_back_by_who_went(duty: Story) -> None:
    await duty.says(VTL, f"!avlös {mxid_of(DEPUTY)}", "direct")
    await duty.passes(minutes=10)
    await duty.says(VTL, "!avlös vag.VTL nej", "direct")

    assert any(
        it.startswith(
            "Vakthavande trafikledare, Trafikverket Mälarvik: det här gäller inte längre."
        )
        and "vag.VTL 1 har funktionen nu; ersättare: vag.VTL 2 och vag.VTL 3." in it
        for it in _told(duty, VTL)
    )
    assert ": vag.VTL 1." in await _who_has(duty)
    assert any("vag.VTL 1 tar över kl. 18.10" in it for it in _told(duty, DEPUTY))


async def test_a_relief_to_come_is_taken_back_and_nobody_is_briefed(duty: Story) -> None:
    await duty.says(VTL, f"!avlös {mxid_of(DEPUTY)} kl 21.00", "direct")
    await duty.says(VTL, "!avlös nej", "direct")
    await duty.to("2026-10-15T21:30")

    assert _told(duty, DEPUTY) == []
    assert await the_handovers(duty) == []
    assert "- vag.VTL 2 har funktionen från kl. 21.00 tills vidare." in _told_last(duty, VTL)


async def test_of_several_reliefs_it_is_asked_which_is_taken_back(duty: Story) -> None:
    await duty.says(VTL, f"!avlös {mxid_of(DEPUTY)} kl 20.00 till=21.00", "direct")
    await duty.says(VTL, f"!avlös {mxid_of('vag.VTL/3')} kl 22.00 till=23.00", "direct")
    await duty.says(VTL, "!avlös vag.VTL nej", "direct")

    assert _told_last(duty, VTL).splitlines() == [
        "Flera kan menas för Vakthavande trafikledare, Trafikverket Mälarvik. Vems?",
        f"- vag.VTL 2: !avlös vag.VTL {mxid_of(DEPUTY)} nej",
        f"- vag.VTL 3: !avlös vag.VTL {mxid_of('vag.VTL/3')} nej",
    ]
