"""Whoever the judge names with till= is told, whatever the judgement is (R9)."""

from __future__ import annotations

import pytest

from bot.domain.calendar import local
from bot.store import incidents
from tests.story.activation import requested
from tests.story.gathering import gathers, the_calls
from tests.story.story import Story, unmanned

ID = "H-2026-001"
TOLD = f"[SKARPT LÄGE] För kännedom: {ID} är bedömd: första kontakt."
BEGUN = 'rytm=16.40,18.30 slutvillkor="tunneln öppen"'


@pytest.fixture
async def pressed(story: Story) -> Story:
    """Let cooperation be asked for; the duty officer has it to judge."""
    await gathers(story, "ASK")
    await requested(story)
    return story


async def test_with_first_contact_they_are_told_and_not_called(pressed: Story) -> None:
    await pressed.says("lst.TIB", f"!bedöm {ID} kontakt trf till=hamn,kbv", "direct")

    for who in ("hamn.JOUR", "kbv.VB"):
        assert pressed.told_last(who).startswith(TOLD)
    calls = await the_calls(pressed)
    assert "trf.VTL" in calls
    assert not {"hamn.JOUR", "kbv.VB"} & set(calls)
    assert "För kännedom till: Mälarviks Hamnar AB och Kustbevakningen." in (
        pressed.find("är bedömd", "direct", "lst.TIB").body
    )


async def test_they_can_be_told_of_a_group_that_is_called_already(pressed: Story) -> None:
    await pressed.says("lst.TIB", f"!bedöm {ID} kontakt", "direct")

    await pressed.says("lst.TIB", f"!bedöm {ID} kontakt till=hamn", "direct")

    assert pressed.told_last("hamn.JOUR").startswith(TOLD)


async def test_a_word_that_names_nobody_is_said(pressed: Story) -> None:
    await pressed.says("lst.TIB", f"!bedöm {ID} kontakt trf till=hamm", "direct")

    assert "Jag förstod inte vilka du menar med hamm." in (
        pressed.find("är bedömd", "direct", "lst.TIB").body
    )


async def test_where_nobody_has_the_contact_point_the_judge_is_told_to_phone(
    pressed: Story,
) -> None:
    await unmanned(pressed, "hamn.JOUR")

    await pressed.says("lst.TIB", f"!bedöm {ID} inget till=hamn,kbv", "direct")

    said = pressed.told_last("lst.TIB")
    assert "För kännedom till: Kustbevakningen." in said
    assert "Ingen har kontaktpunkten hos Mälarviks Hamnar AB just nu. Ring dem." in said


@pytest.mark.parametrize("words", [f"till=hamn,kbv {BEGUN}", f"{BEGUN} till=hamn,kbv"])
async def test_activating_it_loses_nothing_and_says_that_all_are_told_anyway(
    pressed: Story, words: str
) -> None:
    await pressed.to("2026-11-03T16:12")

    await pressed.says("lst.TIB", f"!bedöm {ID} aktivera {words}", "direct")

    async with pressed.store.read() as session:
        begun = await incidents.by_id(session, ID)
        times = await incidents.rhythm(session, ID)
    assert begun
    assert begun.end_condition == "tunneln öppen"
    assert [local(pressed.region, it.starts_at).hour for it in times] == [16, 18]
    assert pressed.find("Första information", "direct", "hamn.JOUR")
    assert pressed.find("till=", "direct", "lst.TIB").body == (
        f"till= behövdes inte: när {ID} aktiveras får alla organisationers kontaktpunkter "
        "första information."
    )


async def test_activating_it_names_who_is_not_told_by_that_and_what_named_nobody(
    pressed: Story,
) -> None:
    await pressed.to("2026-11-03T16:12")

    await pressed.says("lst.TIB", f"!bedöm {ID} aktivera {BEGUN} till=nord,hamm", "direct")

    assert pressed.find("till=", "direct", "lst.TIB").body.endswith(
        "\nRing Nordbyte AB (it-leverantör): de är bara adjungerade och får den inte.\n"
        "Jag förstod inte vilka du menar med hamm."
    )
