"""Another organisation's homeserver does not answer: that is said, and no answer alone is not."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from bot.domain.model import Holding
from bot.store import deadlines, log, servers
from tests.story.gathering import gathers
from tests.story.story import Story

CALL = "!kalla TIBG 16.04 bedöma behovet av samordning"
THEIRS = "pol.example"
SILENT = (
    "Servern hos Polisregion Mälarvik svarar inte (sedan kl. 15.56): de kan inte nås genom mig. "
    "Ring dem. Det jag har skickat kommer fram när den svarar igen."
)


async def moved(story: Story, *functions: str) -> None:
    """Let those who hold these functions have their accounts on a homeserver of their own."""
    async with story.store.begin() as session:
        wanted = select(Holding).where(col(Holding.function).in_(functions))
        for held in await session.exec(wanted):
            held.mxid = f"@{held.function.lower()}-{held.rank}:{THEIRS}"


async def falls_silent(story: Story) -> None:
    async with story.store.begin() as session:
        now = story.clock.now()
        assert await servers.fell_silent(session, THEIRS, f"@pol.vb-1:{THEIRS}", now)
        await deadlines.set_(session, "server.changed", THEIRS, now)
    await story.passes(seconds=0)


async def answers(story: Story) -> None:
    async with story.store.begin() as session:
        assert await servers.answers(session, THEIRS, story.clock.now())
        await deadlines.set_(session, "server.changed", THEIRS, story.clock.now())
    await story.passes(seconds=0)


@pytest.fixture
async def called(story: Story) -> Story:
    """Call the duty officers' group; the police has a homeserver of its own."""
    await moved(story, "pol.VB")
    await story.to("2026-11-03T15:54")
    await gathers(story, "TIBG", but=["pol.VB"])
    await story.says("lst.TIB", CALL, "TIBG")
    await story.to("2026-11-03T15:56")
    return story


async def test_a_call_says_at_once_whose_server_is_silent_and_to_phone_them(called: Story) -> None:
    await falls_silent(called)

    assert SILENT in called.said_last("TIBG").splitlines()


async def test_that_somebody_does_not_answer_says_nothing_of_their_server(called: Story) -> None:
    await called.passes(minutes=30)

    assert "Servern" not in "\n".join(called.said("TIBG"))


async def test_who_is_asked_next_learns_why(called: Story) -> None:
    await falls_silent(called)
    await called.to("2026-11-03T15:59")

    asked = called.told_last(f"@pol.vb-2:{THEIRS}")
    assert "Varför: Vakthavande befäl svarade inte 15.54–15.59 (deras server svarar inte, " in asked  # noqa: RUF001
    assert "sedan kl. 15.56)." in asked


async def test_who_was_not_reached_stays_so_and_is_shown_with_when_it_was(called: Story) -> None:
    await falls_silent(called)
    await called.to("2026-11-03T16:03")
    await answers(called)
    await called.to("2026-11-03T16:30")

    said = called.find("Kvitterat", "TIBG").body
    assert "Servern hos Polisregion Mälarvik svarade inte 15.56–16.03." in said  # noqa: RUF001
    assert "Ring dem" not in said


async def test_an_answer_from_there_ends_it(called: Story) -> None:
    await falls_silent(called)
    await called.says(f"@pol.vb-1:{THEIRS}", "kvittera", "direct")

    assert "Servern" not in called.find("Kvitterat", "TIBG").body


async def test_the_operators_are_told_once_and_the_same_message_tells_of_the_end(
    called: Story,
) -> None:
    await falls_silent(called)
    operator = "@drift:malarvik.example"
    first = called.told(operator)
    await called.to("2026-11-03T16:06")
    await answers(called)

    assert len(first) == 1
    assert first[0].startswith("pol.example svarar inte (sedan kl. 15.56).")
    assert len(called.told(operator)) == 1
    assert called.told_last(operator).startswith("pol.example svarar igen sedan kl. 16.06.")


async def test_the_record_keeps_from_when_until_when(called: Story) -> None:
    await falls_silent(called)
    await called.passes(minutes=10)
    await answers(called)

    async with called.store.read() as session:
        entries = [each for each in await log.since(session, 0) if each.subject == THEIRS]
    assert [each.what for each in entries] == ["server.silent", "server.answers"]


async def test_an_agreement_names_those_who_could_not_answer(story: Story) -> None:
    await moved(story, "pol.VB")
    await story.to("2026-11-03T15:56")
    await story.says("lst.TIB", '!förslag tid "Bron stängs 22." varför="arbete" berörda=pol,lindo')
    await falls_silent(story)
    await story.chooses("lindo.SAK", "agrees")
    open_ = story.find("prövas", "VSK").body
    await story.passes(hours=2)
    await answers(story)

    assert SILENT in open_
    assert SILENT in story.find(r"gäller för dem som biträder\.", "VSK").body
