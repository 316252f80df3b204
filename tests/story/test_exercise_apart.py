"""What is practised and what is real do not touch each other, in either direction (R22)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.exercises import world
from bot.domain.model import Handover, HeldExercise, Incident, IncidentState
from bot.domain.region import Region
from bot.store import exercises, incidents, kept
from tests.story.story import Story, mxid_of

TWIN = "ÖVN1-TIBG"
MARK = "ÖVNING (ÖVN1)"
BEGIN = '!öva "Tunnelbrand" forum=TIBG,ASK deltar=lst.TIB,reg.TIB'


@pytest.fixture
async def begun(story: Story) -> Story:
    """Begin an exercise."""
    await story.says("lst.TIB", BEGIN, "VSK")
    async with story.store.begin() as session:
        await story._room(session, f"forum:{TWIN}")
    return story


async def state_of(story: Story, incident: str) -> str:
    async with story.store.read() as session:
        found = await incidents.by_id(session, incident)
    assert found
    return found.state


async def test_a_real_request_cannot_be_judged_from_an_exercise(begun: Story) -> None:
    await begun.says("reg.TIB", "!samverka Rök på riktigt", "TIBG")

    await begun.says("lst.TIB", '!bedöm H-2026-001 inget "övning"', TWIN)

    assert begun.said_last(TWIN) == (
        f"{MARK}\nH-2026-001 finns inte i övningen ÖVN1, och det som gäller på riktigt rörs inte "
        "härifrån. Skriv i det vanliga rummet."
    )
    assert await state_of(begun, "H-2026-001") == IncidentState.REQUESTED


async def test_a_practised_request_cannot_be_judged_from_a_real_room(begun: Story) -> None:
    await begun.says("reg.TIB", "!samverka Rök på låtsas", TWIN)

    await begun.says("lst.TIB", '!bedöm H-2026-001 inget "verklighet"', "TIBG")

    assert begun.said_last("TIBG") == "H-2026-001 hör till övningen ÖVN1. Skriv i övningens rum."
    assert await state_of(begun, "H-2026-001") == IncidentState.REQUESTED


@pytest.mark.parametrize(
    "said",
    [
        "!provkalla",
        "!övertar",
        "!avlös lst.TIB @ny:lst.example 09.00",
        '!tillsätt RÖK "Rök" syfte="rök" ägare=lst.TIB medlemmar=reg.TIB slut=2026-12-01',
        "!intyga @anna:pol.example",
    ],
)
async def test_what_would_reach_out_of_an_exercise_is_not_done_in_it(
    begun: Story, said: str
) -> None:
    await begun.says("lst.TIB", said, TWIN)

    assert begun.said_last(TWIN) == (
        f"{MARK}\nDet gäller alltid på riktigt, och det här är övningen ÖVN1. "
        "Skriv det i det vanliga rummet."
    )


async def test_what_somebody_owes_for_real_is_not_shown_in_an_exercise(begun: Story) -> None:
    now = begun.clock.now()
    async with begun.store.begin() as session:
        session.add(
            Handover(
                id="AV-2026-009", function="reg.TIB", at=now + timedelta(minutes=10),
                outgoing=None, outgoing_name="", incoming=mxid_of("reg.TIB"), incoming_name="R",
                briefed_at=now,
            )
        )  # fmt: skip

    await begun.says("reg.TIB", "!sedan 24h", TWIN)
    practised = begun.told_last("reg.TIB")
    await begun.says("reg.TIB", "!sedan 24h", "TIBG")

    assert "AV-2026-009" in begun.told_last("reg.TIB")
    assert "AV-2026-009" not in practised


async def test_who_catches_up_in_an_exercise_has_not_caught_up_for_real(begun: Story) -> None:
    await begun.says("reg.TIB", "!sedan 24h", TWIN)

    async with begun.store.read() as session:
        assert await kept.get(session, f"since.asked {mxid_of('reg.TIB')}") is None
        assert await kept.get(session, f"since.asked ÖVN1 {mxid_of('reg.TIB')}")


async def test_a_forum_is_awake_for_its_own_world_s_incidents_alone(begun: Story) -> None:
    for id_, exercise in (("H-2026-008", None), ("H-2026-009", "ÖVN1")):
        async with begun.store.begin() as session:
            session.add(
                Incident(
                    id=id_, text="rök", state=IncidentState.ACTIVATED, asked_by="@a:x",
                    asked_at=begun.clock.now(), asked_as="lst.TIB", asked_in="forum:LC",
                    exercise=exercise,
                )
            )  # fmt: skip

    await begun.says("lst.TIB", "!forum ASK", "TIBG")
    await begun.says("lst.TIB", "!forum ASK", TWIN)

    real, practised = begun.said_last("TIBG"), begun.said_last(TWIN)
    assert ("H-2026-008" in real, "H-2026-009" in real) == (True, False)
    assert ("H-2026-008" in practised, "H-2026-009" in practised) == (False, True)


async def test_the_eleventh_exercise_is_not_taken_for_the_first(
    story: Story, malarvik: Region
) -> None:
    now = story.clock.now()
    rows = [
        HeldExercise(
            code=code, title=code, forums=["ASK"], participants=[], started_at=now,
            started_by="@a:x", started_as="lst.TIB", started_in="forum:VSK", changed_at=now,
        )
        for code in ("ÖVN1", "ÖVN11")
    ]  # fmt: skip
    law = replace(malarvik, exercises={row.code: world(malarvik, row) for row in rows})

    async with story.store.read() as session:
        found = await exercises.world_of(session, law, "exercise:ÖVN11", 2026)

    assert found.practised == "ÖVN11"


async def test_help_in_an_exercise_lists_nothing_that_is_refused_there(begun: Story) -> None:
    await begun.says("lst.TIB", "!hjälp", TWIN)

    said = begun.said_last(TWIN)
    assert "samverka" in said
    assert not [verb for verb in ("tillsätt", "avlös", "provkalla", "intyga") if verb in said]


async def test_a_group_that_is_not_practised_is_not_said_to_be_called(story: Story) -> None:
    await story.to("2026-11-03T13:00")
    await story.says("lst.TIB", '!öva "Tunnelbrand" forum=ASK deltar=lst.TIB,reg.TIB', "VSK")
    async with story.store.begin() as session:
        await story._room(session, "forum:ÖVN1-ASK")
    await story.says("lst.TIB", "!samverka Rök ur tunneln", "ÖVN1-ASK")

    await story.says("lst.TIB", "!bedöm H-2026-001 kontakt", "ÖVN1-ASK")

    assert "Ingen grupp för första kontakt finns här" in story.said_last("ÖVN1-ASK")
    assert "!bedöm H-2026-001 aktivera" in story.said_last("ÖVN1-ASK")
