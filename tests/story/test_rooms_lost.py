"""A room is taken away: the operators are told what mends it, the chair what it means."""

from __future__ import annotations

import pytest

from bot.domain.incoming import Troubled, TroubleKind
from bot.domain.model import Room
from bot.store import deadlines, rooms
from tests.story.story import OPERATOR, Story, mxid_of, unmanned

CHAIR, VICE = "lst.TIB", "kansli.RSIB"
MENDS = (
    "Gör så här: stoppa mig, kör samverkan plan för att se vad som fattas, sedan "
    "samverkan apply, och starta mig igen."
)


async def happened(story: Story, what: TroubleKind, room_id: str = "!forum:VSK") -> None:
    at = story.clock.now()
    await story.hears(Troubled("$t", room_id, "@admin:malarvik.example", at, what=what))


WORDS: dict[TroubleKind, tuple[str, str]] = {
    "kicked": ("jag har tagits ut ur rummet.", "jag har tagits ut ur rummet."),
    "banned": ("jag har stängts ute från rummet.", "jag har tagits ut ur rummet."),
    "left": (
        (
            "jag är inte längre med i rummet. Så ser det också ut när någon har tagit bort rummet "
            "på servern."
        ),
        "jag är inte längre med i rummet.",
    ),
    "replaced": (
        "rummet har stängts och ersatts av ett annat.",
        "rummet har stängts och ersatts av ett annat.",
    ),
    "demoted": (
        "jag har fått mindre behörighet i rummet.",
        "jag har fått mindre behörighet i rummet.",
    ),
    "unsealed": (
        "någon har ändrat rummets kryptering till en som ingen kan använda.",
        "någon har ändrat rummets kryptering till en som ingen kan använda.",
    ),
}
LEFT_OUT = {
    "demoted": (
        "Det jag inte längre får göra där, gör jag inte; det jag inte får säga där, väntar.",
        "Kallelser och frågor går ut som vanligt, så länge jag får skriva i rummet.",
    ),
    "unsealed": (
        "Det jag säger där är fortfarande krypterat, som förut.",
        "Skriv inget i rummet förrän det är lagat",
    ),
}
WAITS = (
    "Det som skulle ha sagts i rummet väntar; direkta meddelanden går fram som vanligt.",
    (
        "Det jag säger i rummet når ingen förrän det är lagat. Kallelser går fortfarande till var "
        "och en direkt, och där kan ni svara mig."
    ),
)


@pytest.mark.parametrize("what", WORDS)
async def test_the_operators_are_told_what_mends_it_and_the_chair_what_it_means(
    story: Story, what: TroubleKind
) -> None:
    await happened(story, what)

    to_operator, to_chair = WORDS[what]
    means = LEFT_OUT.get(what, WAITS)
    operator, chair = story.told_last(OPERATOR), story.told_last(CHAIR)
    assert operator == (
        f"Ordinarie samverkanskonferens (VSK): {to_operator} "
        "Det gjordes från kontot @admin:malarvik.example.\n"
        f"Rummet är !forum:VSK. {means[0]}\n{MENDS}"
    )
    assert chair.startswith(f"Ordinarie samverkanskonferens (VSK): {to_chair} Det gjordes från")
    assert means[1] in chair
    assert chair.endswith("De som sköter mig har fått veta det.")
    assert story.said() == []


async def test_where_nobody_is_chair_the_one_who_steps_in_is_told(story: Story) -> None:
    await unmanned(story, CHAIR)

    await happened(story, "kicked")

    assert story.told(CHAIR) == []
    assert story.told_last(VICE).startswith("Ordinarie samverkanskonferens (VSK): jag har tagits")


async def test_of_a_space_only_the_operators_are_told(story: Story) -> None:
    async with story.store.begin() as session:
        row = Room(key="space", room_id="!space", made_at=story.clock.now())
        await rooms.remember(session, row)

    await happened(story, "left", "!space")

    assert story.told_last(OPERATOR).startswith("En grupp av rum: jag är inte längre med i rummet.")
    assert [key for key, messages in story.rooms.items() if messages] == [f"direct:{OPERATOR}"]


@pytest.mark.parametrize("room_id", ["!somebody-elses", f"!direct:{mxid_of('pol.VB')}"])
async def test_a_room_that_is_not_the_laws_troubles_nobody(story: Story, room_id: str) -> None:
    await story.says("pol.VB", "!hjälp", "direct")

    await happened(story, "kicked", room_id)

    assert story.told(OPERATOR) == []


async def rung(story: Story, kind: str, subject: str) -> str:
    async with story.store.begin() as session:
        await deadlines.set_once(session, kind, subject, story.clock.now())
    await story.passes(seconds=1)
    return story.told_last(OPERATOR)


async def test_where_the_server_takes_nothing_more_the_operators_are_told_that_it_waits(
    story: Story,
) -> None:
    assert await rung(story, "room.closed", "forum:VSK 2026-10-12") == (
        "Ordinarie samverkanskonferens (VSK): servern tar inte emot vad jag säger i rummet. "
        "Det väntar; inget går förlorat, och direkta meddelanden går fram som vanligt.\n"
        f"Rummet är !forum:VSK.\n{MENDS}"
    )


async def test_where_the_bot_may_not_speak_any_more_the_operators_and_the_chair_are_told(
    story: Story,
) -> None:
    operator = await rung(story, "room.closed", "forum:VSK 2026-10-12 silenced")

    assert operator == (
        "Ordinarie samverkanskonferens (VSK): jag får inte längre skriva i rummet. "
        "Det jag skulle ha sagt där väntar; inget går förlorat, och direkta meddelanden går fram "
        f"som vanligt.\nRummet är !forum:VSK.\n{MENDS}"
    )
    assert story.told_last(CHAIR) == (
        "Ordinarie samverkanskonferens (VSK): jag får inte längre skriva i rummet. "
        "Det jag skulle ha sagt där väntar tills det är lagat. Kallelser går fortfarande till var "
        "och en direkt, och där kan ni svara mig. De som sköter mig har fått veta det."
    )


@pytest.mark.parametrize(
    ("steps", "words"),
    [(1, "en sak fattas eller är ändrad."), (7, "7 saker fattas eller är ändrade.")],
)
async def test_rooms_that_are_not_as_the_region_file_says_are_told_of(
    story: Story, steps: int, words: str
) -> None:
    assert await rung(story, "rooms.differ", f"{steps} abc") == (
        f"Rummen stämmer inte med regionfilen: {words} Jag arbetar vidare i de rum som finns.\n"
        "Gör så här: stoppa mig, kör samverkan plan för att se vad det är och varför, sedan "
        "samverkan apply, och starta mig igen."
    )
