"""A test call: one tap by every duty function's holder; nobody is to meet."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import col, select

from bot.deadlines.test_calls import DUE, arm_test_call
from bot.domain.model import Holding, Incident, IncidentState
from bot.domain.region import Cadence, FunctionKind
from bot.domain.region.reach import Reach
from bot.store import rooms, test_calls
from tests.story.gathering import the_log
from tests.story.story import OPERATOR, Story, mxid_of, unmanned

ID = "PK-2026-001"


def duty(story: Story) -> list[str]:
    return [code for code, it in story.region.functions.items() if it.kind is FunctionKind.DUTY]


async def all_tap(story: Story, *, but: frozenset[str] = frozenset()) -> None:
    for code in duty(story):
        if code not in but:
            await story.taps(code, "✅", "direct", ID)


async def test_the_first_line_says_in_both_languages_that_it_is_a_test_and_nothing_has_happened(
    story: Story,
) -> None:
    await story.says("lst.TIB", "!provkalla", "direct")

    assert story.told("pol.VB") == [
        (
            "PROV / TEST PK-2026-001: tryck ✅ senast kl. 08.30. "
            "Ingen ska samlas, inget har hänt.\n"
            "Du provas som Vakthavande befäl, Polisregion Mälarvik. "
            "Provet görs av Tjänsteperson i beredskap, Länsstyrelsen Mälarvik.\n"
            "Går det inte att trycka: här PK-2026-001"
        )
    ]
    message = story.find("PROV / TEST", "direct", "pol.VB")
    assert message.letter.content["call"]
    assert message.taps == ["✅"]
    assert story.find("har gått till .* funktioner", "direct", "lst.TIB")


async def test_every_duty_functions_holder_is_asked_and_nobody_else(story: Story) -> None:
    await story.says("lst.TIB", "!provkalla", "direct")

    asked = {place for place, them in story.rooms.items() for it in them if "PROV /" in it.body}
    assert asked == {f"direct:{mxid_of(code)}" for code in duty(story)}


async def test_one_tap_is_enough_and_shows_in_the_same_message(story: Story) -> None:
    await story.says("lst.TIB", "!provkalla", "direct")
    await story.passes(seconds=42)

    await story.taps("pol.VB", "✅", "direct", ID)

    (words,) = story.told("pol.VB")
    assert words.startswith("PROV / TEST PK-2026-001: noterat kl. 08.00, tack. Det tog 42 s.")


@pytest.mark.parametrize("line", ["här", "!here PK-1", "här PK-2026-001", "✅"])
async def test_who_cannot_tap_writes_it(story: Story, line: str) -> None:
    await story.says("lst.TIB", "!provkalla", "direct")

    await story.says("pol.VB", line, "direct", to="PROV / TEST")

    assert (
        "noterat kl. 08.00" in story.told("pol.VB")[0] or "noted 08:00" in story.told("pol.VB")[0]
    )


async def test_when_all_have_answered_it_is_over_and_told_at_once(story: Story) -> None:
    await story.says("lst.TIB", "!provkalla", "direct")
    await story.passes(minutes=1)

    await all_tap(story)

    total = len(duty(story))
    assert story.told_last("lst.TIB") == (
        f"PROV / TEST PK-2026-001, kl. 08.00: {total} av {total} jourfunktioner svarade. "
        "Hälften inom 60 s.\n"
        "Alla organisationer är nådda.\n"
        "Varje organisation har fått sitt eget resultat."
    )


async def test_each_organisation_gets_its_own_in_full_and_the_caller_the_totals(
    story: Story,
) -> None:
    await unmanned(story, "kbv.VB")
    await story.says("lst.TIB", "!provkalla", "direct")
    await story.passes(seconds=30)
    await all_tap(story, but=frozenset({"pol.KOM", "kbv.VB"}))
    await story.passes(minutes=29, seconds=29)
    assert len(story.told("pol.VB")) == 1

    await story.passes(seconds=1)

    total = len(duty(story))
    assert story.told_last("pol.VB") == (
        "PROV / TEST PK-2026-001, kl. 08.00, Polisregion Mälarvik: 1 av 2 jourfunktioner svarade.\n"
        "- Vakthavande befäl: pol.VB 1 svarade efter 30 s.\n"
        "- Presstalesperson i beredskap: pol.KOM 1 svarade inte."
    )
    assert "- Vakthavande befäl: obemannad." in story.told_last("kbv.CH")
    assert story.told_last("lst.TIB").splitlines() == [
        (
            f"PROV / TEST PK-2026-001, kl. 08.00: {total - 2} av {total} jourfunktioner svarade. "
            "Hälften inom 30 s."
        ),
        "Obemannade: 1.",
        "Inte helt nådda:",
        "- Polisregion Mälarvik: 1 av 2.",
        "- Kustbevakningen: 0 av 1.",
        "Varje organisation har fått sitt eget resultat.",
    ]
    assert "pol.KOM 1" not in story.told_last("lst.TIB")


async def test_who_has_two_functions_is_asked_once_and_answers_for_both(story: Story) -> None:
    async with story.store.begin() as session:
        which = select(Holding).where(col(Holding.function) == "pol.KOM", Holding.rank == 1)
        (await session.exec(which)).one().mxid = mxid_of("pol.VB")
    await story.says("lst.TIB", "!provkalla", "direct")

    await story.taps("pol.VB", "✅", "direct", ID)

    async with story.store.read() as session:
        rows = await test_calls.functions(session, ID)
    assert {row.function for row in rows if row.answered_at} == {"pol.VB", "pol.KOM"}
    assert len(story.told("pol.VB")) == 1


async def test_who_answers_too_late_is_thanked_and_told_that_it_does_not_count(
    story: Story,
) -> None:
    await story.says("lst.TIB", "!provkalla", "direct")
    await story.passes(minutes=31)

    await story.taps("pol.VB", "✅", "direct", "tryck ✅ senast")

    assert "Provet var redan slut, så svaret är inte med i resultatet." in story.told("pol.VB")[0]


async def test_who_has_no_device_is_named_to_its_own_organisation(story: Story) -> None:
    await story.says("pol.VB", "hej", "direct")
    async with story.store.begin() as session:
        await rooms.seal(session, f"!direct:{mxid_of('pol.VB')}")

    await story.says("lst.TIB", "!provkalla", "direct")
    await story.passes(minutes=30)

    assert "pol.VB 1 svarade inte, ingen enhet som kan läsa." in story.told_last("pol.VB")


async def test_only_one_runs_at_a_time(story: Story) -> None:
    await story.says("lst.TIB", "!provkalla", "direct")

    await story.says("kansli.SCHEF", "!provkalla", "direct")

    assert story.told_last("kansli.SCHEF").startswith("Provkallelsen PK-2026-001 pågår till")


async def test_who_may_not_call_anybody_may_not_test(story: Story) -> None:
    await story.says("bana.SAK", "!provkalla", "direct")

    assert story.told_last("bana.SAK").startswith("En provkallelse gör den som får kalla")


async def test_what_is_no_test_to_somebody_is_said(story: Story) -> None:
    await story.says("bana.SAK", "här", "direct")

    assert story.told_last("bana.SAK").startswith("Ingen provkallelse väntar på dig.")


# --- by itself ---


@pytest.fixture
async def monthly(story: Story) -> Story:
    """Let the law have a test call on the first Tuesday of the month at 10."""
    every = Cadence("FREQ=MONTHLY;BYDAY=1TU", Reach().look_at.replace(hour=10))
    story.region = replace(story.region, reach=Reach(test_call=every, result_to="kansli.SCHEF"))
    story.desk.region = story.region
    await armed(story)
    return story


async def armed(story: Story) -> None:
    async with story.store.begin() as session:
        await arm_test_call(session, story.region, story.clock.now())


async def test_the_laws_test_call_goes_out_by_itself_and_the_totals_to_whom_it_names(
    monthly: Story,
) -> None:
    await monthly.to("2026-11-03T09:59")
    assert monthly.told("pol.VB") == []

    await monthly.to("2026-11-03T10:30")

    assert monthly.told("pol.VB")[0].startswith("PROV / TEST PK-2026-001: tryck ✅ senast")
    assert "Provet görs av" not in monthly.told("pol.VB")[0]
    assert "jourfunktioner svarade." in monthly.told_last("kansli.SCHEF")
    assert monthly.told(OPERATOR) == []


async def test_without_a_word_of_the_law_none_goes_out(story: Story) -> None:
    await armed(story)

    await story.to("2026-12-31T00:00")

    assert story.told("pol.VB") == []


async def test_none_goes_out_while_people_work_in_activated_mode(monthly: Story) -> None:
    async with monthly.store.begin() as session:
        session.add(
            Incident(
                id="H-2026-001", text="brand", state=IncidentState.ACTIVATED, asked_by="@a:x",
                asked_at=monthly.clock.now(), asked_as="lst.TIB", asked_in="forum:LC",
            )
        )  # fmt: skip

    await monthly.to("2026-11-03T12:00")

    assert monthly.told("pol.VB") == []


async def test_what_is_activated_in_an_exercise_holds_none_back(monthly: Story) -> None:
    async with monthly.store.begin() as session:
        session.add(
            Incident(
                id="H-2026-001", text="brand", state=IncidentState.ACTIVATED, asked_by="@a:x",
                asked_at=monthly.clock.now(), asked_as="ÖVN1-lst.TIB", asked_in="forum:ÖVN1-LC",
                exercise="ÖVN1",
            )
        )  # fmt: skip

    await monthly.to("2026-11-03T12:00")

    assert monthly.told("pol.VB")[0].startswith("PROV / TEST PK-2026-001")


async def test_one_whose_day_went_by_while_the_bot_was_away_does_not_come_at_night(
    monthly: Story,
) -> None:
    monthly.clock.move_to(monthly.clock.now() + timedelta(days=24))
    await armed(monthly)

    await monthly.passes(minutes=1)

    assert monthly.told("pol.VB") == []


async def test_the_record_says_who_was_asked_who_answered_and_what_came_of_it(
    story: Story,
) -> None:
    await story.says("lst.TIB", "!provkalla", "direct")
    await story.taps("pol.VB", "✅", "direct", ID)
    await story.passes(minutes=30)

    found = {entry.what: entry for entry in await the_log(story) if "test_call" in entry.what}

    assert ["pol.VB", mxid_of("pol.VB")] in found["test_call.made"].facts["asked"]
    assert found["test_call.answered"].mxid == mxid_of("pol.VB")
    assert found["test_call.closed"].facts["answered"] == 1
    assert DUE not in {entry.subject for entry in await the_log(story)}
