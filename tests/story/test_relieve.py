"""Somebody says in the room, or directly, who has a function from now or from then."""

from __future__ import annotations

import pytest

from tests.story.gathering import gathers, the_log
from tests.story.handing_over import read_anew, the_handovers
from tests.story.story import Story, mxid_of

VTL, DEPUTY = "vag.VTL", "vag.VTL/2"


@pytest.fixture
async def duty(story: Story) -> Story:
    """Let it be a Thursday evening, with everybody in the room."""
    await story.to("2026-10-15T18:00")
    await gathers(story)
    await read_anew(story)
    return story


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
