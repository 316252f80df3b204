"""A temporary forum: opened by those who may, asked about at its end, closed and kept (R23)."""

from __future__ import annotations

import pytest

from bot.store import forums
from tests.story.gathering import gathers, the_log
from tests.story.story import Story, mxid_of, unmanned

ORDER = (
    '!tillsätt VATTEN "Arbetsgrupp nödvatten" syfte="Förslag till plan." ägare=kansli.SCHEF '
    "medlemmar=lst.FD,reg.BCH,rosvik.SAK slut=2026-11-30"
)


@pytest.fixture
async def opened(story: Story) -> Story:
    """Let the coordination group open a working group on Monday 12 October."""
    await story.says("kansli.SCHEF", ORDER, "RSG")
    return story


async def test_it_is_said_in_both_rooms_with_purpose_owner_members_end_and_result(
    opened: Story,
) -> None:
    said = opened.said_last("RSG")

    assert said == opened.said_last("VATTEN")
    assert said == (
        "Nytt tillfälligt forum: Arbetsgrupp nödvatten (VATTEN), till och med måndag 30 november. "
        "Tillsatt av Regionala samordningsgruppen genom Samordningschef, Samordningskansliet.\n"
        "Syfte: Förslag till plan.\n"
        "Ägare: Samordningschef, Samordningskansliet. Här sitter: Försvarsdirektör, "
        "Länsstyrelsen Mälarvik, Beredskapschef, Region Mälarvik och Säkerhets- och "
        "beredskapschef, Rosviks kommun.\n"
        "Forumet lägger förslag och avgör inget. Resultatet går till Regionala "
        "samordningsgruppen.\n"
        "Rummet öppnas nu och medlemmarna bjuds in dit. Ägaren kallar till första mötet: "
        "!kalla VATTEN TID SYFTE"
    )


async def test_its_register_stands_there_and_the_next_message_knows_it(opened: Story) -> None:
    register = opened.find("^Register: ", "VATTEN").body

    assert "Arbetsgrupp nödvatten (VATTEN)" in register
    assert "- Beredskapschef, Region Mälarvik: reg.BCH 1." in register
    assert "Ordförande: Samordningschef" in register


async def test_it_is_called_to_a_meeting_like_any_other(opened: Story) -> None:
    await gathers(opened, "VATTEN")

    await opened.says("kansli.SCHEF", "!kalla VATTEN 10.00 gå igenom uppdraget", "direct")

    assert "Kallelse KA-2026-001 till Arbetsgrupp nödvatten" in opened.said_last("VATTEN")
    assert mxid_of("rosvik.SAK") in opened.mentioned_last("VATTEN")


async def test_it_proposes_and_no_more_is_asked_of_a_mandate_than_to_inform(opened: Story) -> None:
    await opened.says(
        "lst.FD", '!förslag forslag "Tankbilar till Rosvik." varför="nödläge"', "VATTEN"
    )

    assert "OV-2026-001" in opened.find("Tankbilar", "VATTEN").body


async def test_what_is_missing_is_asked_for_with_a_line_that_has_the_rest(story: Story) -> None:
    await story.says(
        "kansli.SCHEF", '!tillsätt vatten "Nödvatten" ägare=kansli.SCHEF slut=2026-11-30', "RSG"
    )

    assert story.said_last("RSG") == (
        "Ett tillfälligt forum behöver också syfte, medlemmar efter funktion. Skriv klart:\n"
        '!tillsätt VATTEN "Nödvatten" syfte="…" ägare=kansli.SCHEF medlemmar=lst.FD,reg.BCH '
        "slut=2026-11-30 resultat=RSG"
    )


async def test_who_may_not_call_the_forum_opens_none_for_it(story: Story) -> None:
    await story.says("lst.FD", ORDER, "RSG")

    assert story.said_last("RSG").startswith(
        "Det gör den som kallar Regionala samordningsgruppen, och den funktionen har du inte"
    )
    assert "VATTEN" not in story.region.forums


async def test_a_code_is_used_once(opened: Story) -> None:
    await opened.says("kansli.SCHEF", ORDER, "RSG")

    assert opened.said_last("RSG").startswith("Koden VATTEN har redan ett forum")


async def test_what_an_error_undoes_is_not_in_the_law(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("commands.order.log.append", broken)

    await story.says("kansli.SCHEF", ORDER, "RSG")

    assert "VATTEN" not in story.region.forums
    async with story.store.read() as session:
        assert await forums.every(session) == []


async def test_the_owner_and_who_leads_above_are_asked_a_week_before_and_at_the_end(
    opened: Story,
) -> None:
    await opened.to("2026-11-23T09:00")
    before = opened.told("kansli.SCHEF")
    await opened.to("2026-11-30T09:00")
    at_end = opened.told("kansli.SCHEF")

    assert before[-1].splitlines()[0] == (
        "Arbetsgrupp nödvatten (VATTEN) har sin sista dag måndag 30 november. Ska det förlängas "
        "eller avslutas? Svara senast den dagen. Forumet avslutas inte av sig självt."
    )
    assert len(at_end) == len(before) + 1


async def test_unanswered_it_goes_on_and_is_asked_again_and_shown_above(opened: Story) -> None:
    await opened.to("2026-12-02T09:00")

    assert "skulle ha varit klart måndag 30 november" in opened.told_last("kansli.SCHEF")
    assert opened.said_last("RSG").startswith(
        "Arbetsgrupp nödvatten (VATTEN) skulle ha varit klart måndag 30 november och är varken "
        "förlängt eller avslutat."
    )
    assert opened.region.in_use("VATTEN")

    await opened.to("2026-12-07T09:00")

    shown = [it for it in opened.said("RSG") if "varken förlängt eller avslutat" in it]
    assert len(shown) == 2


async def test_an_owner_that_nobody_holds_is_shown_above_at_once(opened: Story) -> None:
    await unmanned(opened, "kansli.SCHEF")

    await opened.to("2026-11-23T09:00")

    assert "ingen har ägarfunktionen just nu" in opened.said_last("RSG")


async def test_prolonged_it_is_asked_about_at_the_new_end(opened: Story) -> None:
    await opened.to("2026-11-23T09:00")

    await opened.says("kansli.SCHEF", "!förläng VATTEN 2027-01-29", "direct")
    asked = len(opened.told("kansli.SCHEF"))
    await opened.to("2027-01-15T12:00")

    assert opened.said_last("VATTEN") == (
        "Arbetsgrupp nödvatten (VATTEN) är förlängt till och med fredag 29 januari 2027, av "
        "Samordningschef, Samordningskansliet. Sista dagen var måndag 30 november."
    )
    assert len(opened.told("kansli.SCHEF")) == asked
    await opened.to("2027-01-22T09:00")
    assert len(opened.told("kansli.SCHEF")) == asked + 1


async def test_closing_asks_for_the_result_and_hands_it_on(opened: Story) -> None:
    await opened.says("kansli.SCHEF", "!avsluta VATTEN", "VATTEN")
    asked = opened.said_last("VATTEN")
    await opened.says("kansli.SCHEF", '!avsluta VATTEN resultat="Plan i tre steg."', "VATTEN")

    assert asked.startswith("Vad kom Arbetsgrupp nödvatten fram till?")
    assert opened.said_last("RSG").splitlines()[:2] == [
        (
            "Arbetsgrupp nödvatten (VATTEN) är avslutat av Samordningschef, Samordningskansliet. "
            "Resultatet går till Regionala samordningsgruppen."
        ),
        "Resultat: ”Plan i tre steg.”",
    ]
    assert opened.said_last("VATTEN") == opened.said_last("RSG")
    assert not opened.region.in_use("VATTEN")
    assert opened.region.forum("VATTEN").names.in_("sv") == "Arbetsgrupp nödvatten"
    assert [e.what for e in await the_log(opened)][-1] == "forum.closed"


async def test_closed_nothing_more_is_asked_about_it(opened: Story) -> None:
    await opened.says("kansli.SCHEF", '!avsluta VATTEN resultat="Inget."', "RSG")
    before = len(opened.told("kansli.SCHEF"))

    await opened.to("2026-12-31T12:00")

    assert len(opened.told("kansli.SCHEF")) == before


async def test_a_member_does_not_decide_about_its_end(opened: Story) -> None:
    await opened.says("reg.BCH", "!förläng VATTEN 2027-01-29", "VATTEN")

    assert opened.said_last("VATTEN").startswith(
        "Om Arbetsgrupp nödvatten avgör dess ägare eller den som kallar det forum som tillsatte"
    )


async def test_the_laws_own_temporary_forum_is_asked_about_and_closed_too(story: Story) -> None:
    for kind in story.desk.catalogue.kinds.values():
        if kind.kind == "forum.ends" and kind.arm:
            async with story.store.begin() as session:
                await kind.arm(session, story.region, story.clock.now())
    await story.to("2027-06-23T09:00")
    asked = story.told_last("kansli.SCHEF")

    await story.says("kansli.SCHEF", '!avsluta AGC resultat="Tre scenarier."', "direct")

    assert asked.startswith("Arbetsgrupp cyberstörningar (AGC) har sin sista dag")
    assert "Tre scenarier." in story.said_last("RSG")
    assert not story.region.in_use("AGC")


async def test_a_start_asks_once_about_what_was_missed_and_not_again(opened: Story) -> None:
    armed = next(k.arm for k in opened.desk.catalogue.kinds.values() if k.kind == "forum.ends")
    assert armed
    await opened.to("2026-11-23T09:00")
    asked = len(opened.told("kansli.SCHEF"))

    for _ in range(2):
        async with opened.store.begin() as session:
            await armed(session, opened.region, opened.clock.now())
        await opened.passes(minutes=1)

    assert len(opened.told("kansli.SCHEF")) == asked


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("!förläng", "Det saknas något: en dag, till exempel 2027-06-30 eller i morgon."),
        ("!prolong", "Something is missing: a day, for example 2027-06-30 or tomorrow."),
        ("!tillsätt", "Det saknas något: forumets kod, ett kort ord."),
    ],
)
async def test_what_is_missing_is_named(story: Story, said: str, answer: str) -> None:
    await story.says("lst.TIB", said)

    assert story.said_last().startswith(answer)
