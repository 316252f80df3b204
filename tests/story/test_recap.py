"""Who comes late is told what they owe and what holds: debts first, once, when they can read it."""

from __future__ import annotations

from structlog.testing import capture_logs

from bot.domain.incoming import Equipped
from bot.store import rooms
from tests.story.meeting_room import published
from tests.story.story import Story, mxid_of

PROPOSAL = '!förslag tid "Bron stängs 22." varför="arbete" berörda=lindo,ekviken'


async def sealed(story: Story) -> None:
    """Let the forum's room be encrypted, so that a key must reach whoever reads there."""
    async with story.store.begin() as session:
        await rooms.seal(session, "!forum:VSK")


async def test_who_comes_late_is_told_what_they_owe_and_then_what_holds(story: Story) -> None:
    await published(story)
    await story.says("lst.TIB", PROPOSAL)

    await story.moves("lindo.SAK", "join")

    told = story.told_last("lindo.SAK")
    assert told.startswith(
        "Välkommen till Ordinarie samverkanskonferens. Det här väntar på dig:\n"
        "- Förslag ”Bron stängs 22.”"
    )
    assert "!ståndpunkt OV-2026-001 1" in told
    assert "OV-2026-061 gäller till onsdag kl. 06.00: ”Besked om Ekviksbron" in told
    assert "Senaste sammanfattning, M-2026-118 från kl. 09.46: !sammanfattning VSK" in told
    assert told.index("OV-2026-001") < told.index("OV-2026-061") < told.index("M-2026-118")


async def test_where_nothing_has_happened_nothing_is_said(story: Story) -> None:
    for seat in story.region.forum("VSK").seats:
        await story.moves(seat.function, "join")

    assert not any(story.rooms.values())


async def test_who_comes_and_goes_is_not_told_the_same_again(story: Story) -> None:
    await published(story)
    for _ in range(3):
        await story.moves("soderby.TIB", "join")
        await story.moves("soderby.TIB", "leave", by="@samverkan:malarvik.example")
    first = [it for it in story.told("soderby.TIB") if it.startswith("Välkommen")]

    await story.says("lst.TIB", PROPOSAL + ",soderby")
    await story.moves("soderby.TIB", "join")

    assert len(first) == 1
    assert "Bron stängs" in story.told_last("soderby.TIB")


async def test_nothing_is_told_before_there_is_a_device_to_read_it(story: Story) -> None:
    await published(story)
    await sealed(story)
    before = len(story.told("soderby.TIB"))
    await story.moves("soderby.TIB", "join")
    await story.passes(minutes=3)
    waiting = len(story.told("soderby.TIB"))

    async with story.store.begin() as session:
        now = story.clock.now()
        await story.desk.hear(session, [Equipped(mxid_of("soderby.TIB"))], now)
    await story.passes(seconds=0)

    assert waiting == before
    assert story.told_last("soderby.TIB").startswith("Välkommen till")


async def test_after_five_minutes_it_is_said_anyway_and_the_log_says_so(story: Story) -> None:
    await published(story)
    await sealed(story)
    await story.moves("soderby.TIB", "join")

    with capture_logs() as logs:
        await story.passes(minutes=5)

    assert story.told_last("soderby.TIB").startswith("Välkommen till")
    assert [it["mxid"] for it in logs if it["event"] == "recap.without_device"] == [
        mxid_of("soderby.TIB")
    ]


async def test_a_call_that_is_not_answered_comes_first(story: Story) -> None:
    await story.to("2026-10-15T10:00")
    await story.says("lst.TIB", "!kalla VSK 11.00 Bron")

    await story.moves("lindo.SAK", "join")

    told = story.told_last("lindo.SAK")
    assert "Kallelse till Ordinarie samverkanskonferens" in told
    assert "!kvittera KA-2026-001" in told


async def test_a_guest_is_told_none_of_it(story: Story) -> None:
    await published(story)

    await story.moves("@otto:elsewhere.example", "join")

    assert not any("Välkommen" in it for it in story.told("@otto:elsewhere.example"))
