"""An exercise: the law in rooms of its own, marked everywhere, and nothing crosses over (R22)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlmodel import select

from bot.domain.model import Letter
from bot.store import rooms
from tests.story.gathering import gathers
from tests.story.other_ways import JUDGES, WAYS, all_sent, gets_ways
from tests.story.story import OPERATOR, Story, mxid_of

MARK = "ÖVNING (ÖVN1)"
ANNA = "@anna:pol.example"
BO = "@bo:pol.example"
BEGIN = f'!öva "Tunnelbrand" forum=TIBG,ASK deltar=lst.TIB,reg.TIB,pol.VB={ANNA}+{BO},kansli.RSIB'
PLAYERS = {mxid_of("lst.TIB"), mxid_of("reg.TIB"), mxid_of("kansli.RSIB"), ANNA, BO}
THEIRS = {f"direct:{mxid}" for mxid in PLAYERS} | {"forum:ÖVN1-TIBG", "forum:ÖVN1-ASK"}
"""Where something of the exercise may be said: its rooms, and its players' direct ones."""
TWIN, ASK = "ÖVN1-TIBG", "ÖVN1-ASK"
ACTIVATE = '!bedöm aktivera rytm=13.40,15.30 slutvillkor="branden är släckt"'

ACTIVATE_LATE = '!bedöm H-2026-001 aktivera rytm=19.30,21.30 slutvillkor="branden är släckt"'


@pytest.fixture
async def begun(story: Story) -> Story:
    """Begin an exercise on a Tuesday afternoon, from the weekly conference's room.

    Those who take part have mail and alarm systems, which are for what is real.
    """
    gets_ways(story, WAYS | JUDGES)
    await story.to("2026-11-03T13:00")
    await story.says("lst.TIB", BEGIN, "VSK")
    async with story.store.begin() as session:
        for forum in (TWIN, "ÖVN1-ASK"):
            await story._room(session, f"forum:{forum}")
            for mxid in PLAYERS - {BO}:
                await rooms.moved(session, f"!forum:{forum}", mxid, "join", story.clock.now())
    return story


async def letters_of(story: Story) -> list[Letter]:
    async with story.store.read() as session:
        return list(await session.exec(select(Letter).order_by(Letter.position)))  # type: ignore[arg-type]


def words_of(letter: Letter) -> Iterator[str]:
    """Give every text of a letter that is read first."""
    content = letter.content
    for key in ("plain", "question", "unsent"):
        if key in content:
            yield content[key]
    if content.get("html"):
        yield content["html"].removeprefix("<p><strong>")


async def practise(story: Story) -> None:
    """Go through a whole exercise: request, calls, deputies, meeting, proposal, action, home."""
    await story.says("lst.TIB", "!samverka Rök ur tunneln", TWIN)
    await story.passes(minutes=1)
    await story.says("lst.TIB", "!bedöm kontakt", "direct", to="Rök ur tunneln")
    await story.passes(minutes=1)
    await story.says("lst.TIB", "!kalla TIBG 13.20 bedöma läget", TWIN)
    await story.taps("lst.TIB", "✅", TWIN, "Kallelse KA-")
    await story.passes(minutes=6)  # the police's first does not answer; the next is asked
    await story.says(BO, "!kvittera", "direct", to="Kallelse")
    await story.says("reg.TIB", "!deltar", TWIN, to="Kallelse KA-")
    await story.passes(minutes=15)
    await story.says("lst.TIB", '!förslag bedomning "Vi samlas i ASK." varför="rök" ', TWIN)
    await story.chooses("lst.TIB", "agrees", TWIN)
    await story.says("reg.TIB", "!ståndpunkt 1", TWIN, to="Vi samlas")
    await story.says("lst.TIB", '!åtgärd "ringa tunnelvakten" senast=15.00', TWIN)
    await story.says("lst.TIB", "!vem lst.TIB", TWIN)
    await story.passes(minutes=30)
    await story.says("lst.TIB", "!avsluta", TWIN)
    await story.says("kansli.RSIB", "!fastställ", "direct", to="ammanfattning")
    await story.says("reg.TIB", "!mottagen", "direct", to="AF-")
    await story.says("reg.TIB", "!återförd per=telefon", "direct", to="^ÖVNING .*Återföring AF-")
    await story.passes(hours=5)


async def practise_activated(story: Story) -> None:
    """Go on into activated mode: first information, a conference, stepping down.

    A second request is judged by nobody.
    """
    await story.says("lst.TIB", f'{ACTIVATE_LATE} info="rök över E18"', TWIN)
    await story.says("reg.TIB", "!berörs H-2026-001", "direct", to="Första information")
    await story.passes(minutes=1)
    await story.taps("kansli.RSIB", "✅", "direct", "Kallelse KA-")
    await story.says("reg.TIB", "!samverka Slut på vatten", TWIN)
    await story.passes(minutes=90)
    await story.says("lst.TIB", "!avsluta H-2026-001", ASK)
    await story.passes(hours=1)


async def test_nothing_of_a_whole_exercise_is_said_outside_it_and_all_is_marked(
    begun: Story,
) -> None:
    before = len(await letters_of(begun))

    await practise(begun)
    await practise_activated(begun)

    said = (await letters_of(begun))[before:]
    assert len(said) > 100
    assert {it.kind for it in said} >= {"message", "poll", "poll_end", "tap", "file"}
    for words in ("Aktiverat läge från kl. 18.53", "Närvarande 2 av 30", "Nedtrappning från"):
        assert words in "\n".join(begun.said(ASK))
    assert {it.place for it in said} == THEIRS  # nothing real goes on beside it
    for letter in said:
        assert set(letter.content.get("mention", ())) <= PLAYERS, letter
        for text in words_of(letter):
            assert text.startswith(MARK), text
    assert await all_sent(begun) == []


async def test_live_duty_that_is_not_named_gets_nothing(begun: Story) -> None:
    at_start = {it.id for it in await letters_of(begun)}

    await practise(begun)

    told = {
        it.place.removeprefix("direct:")
        for it in await letters_of(begun)
        if it.id not in at_start and it.place.startswith("direct:")
    }
    assert told
    assert told <= PLAYERS
    assert begun.told("pol.VB") == []
    assert begun.told("lst.TIB/2") == []


async def test_each_who_takes_part_learns_it_and_as_whom(begun: Story) -> None:
    first, second, *_ = begun.told_last(ANNA).splitlines()

    assert first == MARK
    assert second == (
        "Du deltar i övningen Tunnelbrand (ÖVN1) som Vakthavande befäl, Polisregion Mälarvik. "
        "Den leds av Tjänsteperson i beredskap, Länsstyrelsen Mälarvik."
    )
    assert begun.said_last("VSK").startswith(f"{MARK}\nÖvningen Tunnelbrand (ÖVN1) har börjat.")


async def test_a_call_goes_by_the_exercise_s_own_roster_and_law(begun: Story) -> None:
    await begun.says("lst.TIB", "!kalla TIBG 13.20 bedöma läget", TWIN)
    await begun.passes(minutes=6)

    call = begun.find("Kallelse KA-", TWIN)
    assert ANNA in call.letter.content["mention"]
    assert mxid_of("pol.VB") not in call.letter.content["mention"]
    assert any("Kallelse" in it for it in begun.told(BO))


async def test_who_plays_has_no_say_in_what_is_real(begun: Story) -> None:
    await begun.says(ANNA, "!kalla LC 13.20 prata", "LC")

    assert begun.said_last("LC").startswith("Det kan du inte kalla")


async def test_a_real_code_is_not_found_in_an_exercise_nor_an_exercise_s_outside(
    begun: Story,
) -> None:
    await begun.says("lst.TIB", "!kalla VSK 13.20 prata", TWIN)
    await begun.says("lst.TIB", "!kalla ÖVN1-TIBG 13.20 prata", "VSK")

    assert begun.said_last(TWIN).startswith(f"{MARK}\n")
    assert not any("Kallelse" in it for it in begun.said("VSK") + begun.said(TWIN))


async def test_a_real_call_at_the_same_time_is_not_marked_and_reaches_live_duty(
    begun: Story,
) -> None:
    await gathers(begun, "TIBG")

    await begun.says("lst.TIB", "!kalla TIBG 13.20 på riktigt", "TIBG")

    call = begun.find("Kallelse KA-", "TIBG")
    assert "ÖVNING" not in call.body
    assert mxid_of("pol.VB") in call.letter.content["mention"]
    assert ANNA not in call.letter.content["mention"]


async def test_ended_it_tells_what_it_took_in_words_and_as_a_picture(begun: Story) -> None:
    await practise(begun)

    await begun.says("lst.TIB", "!öva slut", "VSK")

    said = begun.said_last("VSK")
    assert said.startswith(f"{MARK}\nÖvningen Tunnelbrand (ÖVN1) är slut.")
    police = next(line for line in said.splitlines() if "Polisregion" in line)
    assert police.startswith(
        "- Polisregion Mälarvik: kvitterade 6 minuter (1 kom aldrig); började 18 minuter; "
    )
    assert "tog ställning kom aldrig" in police
    paper = next(it for it in reversed(await letters_of(begun)) if it.kind == "file")
    assert paper.content["plain"] == f"{MARK} Tidslinje Tunnelbrand ÖVN1.pdf"
    names = [row["name"] for row in paper.content["picture"]["rows"]]
    assert names[:3] == ["Länsstyrelsen Mälarvik", "Region Mälarvik", "Polisregion Mälarvik"]
    assert len(paper.content["picture"]["words"]) == 6


async def test_what_was_practised_is_over_with_the_exercise(begun: Story) -> None:
    await begun.says("lst.TIB", "!kalla TIBG 13.20 bedöma läget", TWIN)
    await begun.says("lst.TIB", "!öva slut", TWIN)
    before = len(await letters_of(begun))

    await begun.passes(hours=3)
    said = [it for it in (await letters_of(begun))[before:] if "ÖVN" in str(it.content) + it.place]

    assert said == []
    await begun.taps("lst.TIB", "✅", TWIN, "Kallelse KA-")
    assert begun.said_last(TWIN).startswith(f"{MARK}\nÖvningen ÖVN1 är slut; det räknas inte")


@pytest.mark.parametrize("stepped_down", [True, False])
async def test_what_an_exercise_taught_is_asked_for_after_it_is_over(
    begun: Story, *, stepped_down: bool
) -> None:
    await begun.says("lst.TIB", "!samverka Rök ur tunneln", TWIN)
    await begun.says("lst.TIB", f'{ACTIVATE} info="rök över E18"', "direct", to="Rök ur tunneln")
    await begun.says("reg.TIB", "!berörs H-2026-001", "direct", to="Första information")
    await begun.passes(hours=2)
    if stepped_down:
        await begun.says("lst.TIB", "!avsluta H-2026-001 trots=övat", "direct")
        await begun.passes(hours=1)
    await begun.says("lst.TIB", "!öva slut", "VSK")
    before = len(await letters_of(begun))

    await begun.passes(hours=24)
    asked = {who: begun.told_last(who) for who in ("lst.TIB", "reg.TIB")}
    await begun.says("reg.TIB", '!lärdom H-2026-001 "sjukvården saknade karta"', "direct")
    kept = begun.told_last("reg.TIB")
    await begun.passes(days=14)

    for words in asked.values():
        assert words.startswith(f"{MARK}\n[ÖVNING ÖVN1] H-2026-001: vad borde vi göra")
    assert kept.startswith(f"{MARK}\nLÄ-2026-001 är antecknad för H-2026-001: ”sjukvården saknade")
    assert "Sagt som Tjänsteperson i beredskap (sjukvård), Region Mälarvik." in kept
    assert "Sagt hittills: 1." in begun.find("sista frågan", "direct", "lst.TIB").body
    assert "- LÄ-2026-001, Tjänsteperson i beredskap (sjukvård)" in begun.said_last(ASK)
    about_it = [it for it in (await letters_of(begun))[before:] if "ÖVN1" in str(it.content)]
    assert {it.place for it in about_it} <= THEIRS


async def test_who_is_named_must_be_somebody(story: Story) -> None:
    await story.says("lst.TIB", '!öva "X" forum=ASK deltar=lst.TIB,pol.VB=anna', "VSK")
    assert story.said_last("VSK").startswith("”anna” är inget Matrix-id.")

    await story.says("lst.TIB", '!öva "X" forum=, deltar=lst.TIB', "VSK")
    assert story.said_last("VSK").startswith("En övning behöver också forum att öva i.")

    await story.says("lst.TIB", '!öva "X" forum=ASK deltar=lst.TIB slut=2026-10-11T09:00', "VSK")
    assert story.said_last("VSK").startswith("Den tiden har redan varit")

    await story.says("lst.TIB", '!öva "X" forum=ASK', "VSK")
    assert story.said_last("VSK").startswith(
        "En övning behöver också vilka funktioner som deltar. Skriv klart:\n"
        '!öva "X" forum=ASK deltar='
    )


async def test_what_is_activated_in_an_exercise_is_told_and_called_in_it_alone(
    begun: Story,
) -> None:
    at_start = {it.id for it in await letters_of(begun)}

    await begun.says("lst.TIB", "!samverka Rök ur tunneln", TWIN)
    await begun.says(
        "lst.TIB", '!bedöm H-2026-001 aktivera rytm=13.30,15.00 slutvillkor="rökfritt"', TWIN
    )
    await begun.passes(minutes=60)

    new = [it for it in await letters_of(begun) if it.id not in at_start]
    about_it = [it for it in new if "H-2026-001" in str(it.content)]
    assert begun.find("Första information kl", "direct", ANNA)
    assert begun.find("Närvarande", "ÖVN1-ASK").body.startswith(MARK)
    for letter in about_it:
        where = letter.place.partition(":")[2]
        assert letter.place.startswith("forum:ÖVN1-") or where in PLAYERS, letter
    await begun.says("hamn.JOUR", "!händelser", "direct")
    assert begun.told_last("hamn.JOUR").startswith("Ingen händelse pågår.")


async def test_a_request_that_nobody_judges_is_told_to_nobody_outside_the_exercise(
    begun: Story,
) -> None:
    await begun.says("reg.TIB", "!samverka Rök ur tunneln", TWIN)
    await begun.passes(hours=2)

    assert any("Rök ur tunneln" in it for it in begun.told("kansli.RSIB"))
    assert not [it for it in begun.told(OPERATOR) if "Rök" in it]


async def test_activated_in_an_exercise_only_those_who_take_part_are_told(begun: Story) -> None:
    await begun.says("reg.TIB", "!samverka Rök ur tunneln", TWIN)
    at_start = {it.id for it in await letters_of(begun)}

    await begun.says("lst.TIB", ACTIVATE, "direct", to="Rök ur tunneln")
    await begun.passes(minutes=30)

    new = [it for it in await letters_of(begun) if it.id not in at_start]
    ours = {f"direct:{mxid}" for mxid in PLAYERS} | {"forum:ÖVN1-TIBG", "forum:ÖVN1-ASK"}
    about_it = [it for it in new if "tunneln" in str(it.content)]
    assert any(it.place == "forum:ÖVN1-ASK" for it in new)
    assert about_it
    assert {it.place for it in about_it} <= ours
    assert all(text.startswith(MARK) for it in about_it for text in words_of(it))
