"""Who is represented has no voice in another seat: nobody is silenced by it (R2, R10)."""

from __future__ import annotations

import pytest

from bot.domain.model import CallState
from tests.story.activation import requested
from tests.story.gathering import gathers, the_calls
from tests.story.story import Story

LINE = "!kvittera KA-2026-001 för=granholm per=telefon motläst=ja"


@pytest.fixture
async def called(story: Story) -> Story:
    """Call the duty officers' group at two in the night; Granholm has no seat of its own there."""
    await gathers(story, "TIBG")
    await story.to("2026-11-03T02:00")
    await story.says("lst.TIB", "!kalla TIBG 02.10 gasol på E4", "TIBG")
    return story


async def test_said_for_an_organisation_without_a_seat_nothing_is_noted(called: Story) -> None:
    await called.says("kansli.RSIB", LINE, "direct")

    assert not [it for it in (await the_calls(called)).values() if it.said_by]
    assert called.told_last("kansli.RSIB") == (
        "Inget är noterat: Granholms kommun har ingen egen plats i TiB-gruppen (första kontakt), "
        "så inget svar på KA-2026-001 väntas av den. Den företräds där av Norra "
        "brandförsvaret och Mälarviks stad, som svarar för sig. Har någon av dem svarat dig:\n"
        "- !kvittera KA-2026-001 för=rtjn.RCB per=telefon Räddningschef i beredskap, "
        "Norra brandförsvaret\n"
        "- !kvittera KA-2026-001 för=malarvik.TIB per=telefon Tjänsteperson i beredskap, "
        "Mälarviks stad"
    )


async def test_those_who_represent_it_go_on_being_asked(called: Story) -> None:
    await called.says("kansli.RSIB", LINE, "direct")

    await called.passes(minutes=5)

    assert "Du kallas som ersättare 1" in called.told_last("rtjn.RCB/2")
    assert "Du kallas som ersättare 1" in called.told_last("malarvik.TIB/2")


async def test_its_no_is_not_the_no_of_those_who_represent_others_too(called: Story) -> None:
    await called.says("kansli.RSIB", "!förhinder KA-1 för=rosvik per=telefon", "direct")

    assert {it.state for it in (await the_calls(called)).values()} == {CallState.ASKED}
    assert called.told_last("kansli.RSIB").startswith("Inget är noterat: Rosviks kommun har ingen")


@pytest.mark.parametrize("whom", ["rtjn.RCB", "rtjn", "Norra brand"])
async def test_who_represents_others_is_spoken_for_by_its_own_name(
    called: Story, whom: str
) -> None:
    await called.says("kansli.RSIB", f'!kvittera KA-1 för="{whom}" per=telefon', "direct")

    calls = await the_calls(called)
    assert calls["rtjn.RCB"].state == CallState.ACKNOWLEDGED
    assert [it.function for it in calls.values() if it.said_by] == ["rtjn.RCB"]


async def test_who_is_there_because_it_is_concerned_has_a_seat_of_its_own(story: Story) -> None:
    await requested(story)
    await gathers(story, "TIBG")
    await story.says("lst.TIB", "bedöm H-2026-001 kontakt rosvik", "direct")

    await story.says("kansli.RSIB", "!kvittera KA-1 för=rosvik per=telefon", "direct")

    spoken = [it.function for it in (await the_calls(story)).values() if it.said_by]
    assert spoken == ["rosvik.TIB"]


async def test_a_position_is_never_taken_down_for_who_represents_another(called: Story) -> None:
    await called.says("lst.TIB", '!förslag "Vi följer." varför="brand" berörda=lindo', "TIBG")

    await called.says("kansli.RSIB", "!ståndpunkt OV-1 4 för=lindo per=telefon", "direct")

    assert "Biträder inte" not in called.find("OV-2026-001 prövas", "TIBG").body
    assert (
        "- !ståndpunkt OV-2026-001 4 för=rtjs.RCB per=telefon Räddningschef i beredskap, "
        "Södra brandförsvarsförbundet"
    ) in called.told_last("kansli.RSIB")


async def test_of_an_organisation_with_two_seats_it_is_asked_for_which(story: Story) -> None:
    await gathers(story, "ASK")
    await story.says("lst.TIB", '!förslag resurs "Vi öppnar." varför="kö" berörda=kansli', "ASK")

    await story.says("lst.TIB", "!ståndpunkt OV-1 1 för=kansli per=telefon", "direct")

    assert story.told_last("lst.TIB").startswith(
        "Samordningskansliet har flera platser i OV-2026-001. För vilken svarar du?\n"
        "- !ståndpunkt OV-2026-001 1 för=kansli.RKK per=telefon "
    )
