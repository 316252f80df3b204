"""`reach`: who would be asked in which order, and what is missing (R1, R11)."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from bot.domain.model import Holding
from bot.domain.recap import equipped
from bot.store import heard, kept, rooms, servers
from tests.story.gathering import gathers
from tests.story.story import Story, mxid_of, unmanned

POLICE = (
    "- Polisregion Mälarvik: 0 pol.VB 1 (i rummet, inte hörd);"
    " 5 pol.VB 2 (ersättare 1, ej i rummet, inte hörd);"
    " 8 pol.VB 3 (ersättare 2, ej i rummet, inte hörd); 11 ej nådd."
)


async def asked(story: Story, what: str = "!nås TIBG") -> list[str]:
    """Ask in the forum's room; give what comes directly."""
    await story.says("lst.TIB", what, "TIBG")
    return story.told_last("lst.TIB").splitlines()


@pytest.fixture
async def there(story: Story) -> Story:
    """Let everybody who has a seat in the duty officers' group be in its room."""
    await gathers(story, "TIBG")
    return story


async def test_it_tells_of_each_seat_who_is_asked_after_how_many_minutes(there: Story) -> None:
    told = await asked(there)

    assert told[:3] == [
        (
            "TiB-gruppen (första kontakt), om det kallas nu: "
            "7 av 7 obligatoriska platser har någon att fråga."
        ),
        "Inget saknas.",
        "Så frågas de, om ingen svarar. Siffran är minuter efter kallelsen.",
    ]
    assert POLICE in told
    assert told[-2] == "Frivilliga:"
    assert told[-1].startswith("- Militärregionen (frivillig): 0 mil.VB 1 ")


async def test_in_the_forums_room_only_what_is_missing_is_told(there: Story) -> None:
    await unmanned(there, "pol.VB")

    await asked(there)

    assert there.said_last("TIBG").splitlines() == [
        (
            "TiB-gruppen (första kontakt), om det kallas nu: "
            "6 av 7 obligatoriska platser har någon att fråga."
        ),
        "Det här saknas:",
        "- Obemannade, ingen att fråga: Polisregion Mälarvik.",
        "I vilken ordning de frågas har du fått direkt.",
    ]


async def test_a_function_that_nobody_holds_is_unmanned_and_the_next_is_asked_at_once(
    there: Story,
) -> None:
    await unmanned(there, "pol.VB")

    told = await asked(there)

    assert "6 av 7 obligatoriska platser har någon att fråga." in told[0]
    assert told[1:3] == [
        "Det här saknas:",
        "- Obemannade, ingen att fråga: Polisregion Mälarvik.",
    ]
    assert "- Polisregion Mälarvik: obemannad." in told


async def test_an_unmanned_post_names_the_contact_point_that_is_asked_instead(
    story: Story,
) -> None:
    await gathers(story, "RSG")
    await unmanned(story, "pol.OPS")

    await story.says("lst.TIB", "nås RSG", "direct")

    told = story.told_last("lst.TIB").splitlines()
    instead = "Vakthavande befäl, Polisregion Mälarvik: pol.VB 1"
    assert f"- Obemannade, en annan frågas: Polisregion Mälarvik ({instead})." in told
    assert f"- Inte i rummet, frågas direkt: Polisregion Mälarvik ({instead})." in told
    assert [line for line in told if line.startswith(f"- Polisregion Mälarvik: 0 {instead} (")]


async def test_a_time_to_come_is_told_of_as_it_will_be_then(there: Story) -> None:
    async with there.store.begin() as session:
        holds = select(Holding).where(col(Holding.function) == "pol.VB", Holding.rank == 1)
        first = (await session.exec(holds)).one()
        first.ends = there.clock.now().replace(hour=18)  # 20.00 in the region
        session.add(
            Holding(
                function="pol.VB", rank=1, mxid="@natt:malarvik.example", name="Nattbefäl",
                starts=first.ends, source="story",
            )
        )  # fmt: skip

    before = await asked(there, "!nås TIBG 19.59")
    after = await asked(there, "!nås TIBG 20.00")

    assert "om det kallas kl. 19.59:" in before[0]
    assert any("0 pol.VB 1 (i rummet" in line for line in before)
    assert "- Inte i rummet, frågas direkt: Polisregion Mälarvik (Nattbefäl)." in after
    assert any("0 Nattbefäl (ej i rummet, inte hörd); 5 pol.VB 2" in line for line in after)


async def test_who_has_written_was_heard_and_who_only_reads_was_not(there: Story) -> None:
    await there.says("pol.VB", "god morgon", "TIBG")
    await there.passes(minutes=30)

    told = await asked(there)

    assert any("0 pol.VB 1 (i rummet, hörd kl. 08.00);" in line for line in told)
    assert any("0 reg.TIB 1 (i rummet, inte hörd);" in line for line in told)


async def test_a_sign_of_life_is_written_down_once_in_five_minutes(there: Story) -> None:
    first = there.clock.now()
    await there.says("pol.VB", "god morgon", "TIBG")
    await there.passes(minutes=4)
    await there.says("pol.VB", "är någon där?", "TIBG")
    async with there.store.read() as session:
        assert await heard.last(session, [mxid_of("pol.VB")]) == {mxid_of("pol.VB"): first}

    await there.passes(minutes=1)
    await there.says("pol.VB", "hallå", "TIBG")

    async with there.store.read() as session:
        assert await heard.last(session, [mxid_of("pol.VB")]) == {
            mxid_of("pol.VB"): there.clock.now()
        }


async def test_of_a_stranger_no_sign_of_life_is_kept(there: Story) -> None:
    await there.says("@okand:annan.example", "hej", "TIBG")

    async with there.store.read() as session:
        assert await kept.beginning(session, heard.PREFIX) == {}


async def test_in_an_encrypted_room_it_names_who_has_no_device_to_read_with(there: Story) -> None:
    async with there.store.begin() as session:
        await rooms.seal(session, "!forum:TIBG")
        for code, function in there.region.functions.items():
            for rank in range(1, function.deputies + 2):
                if (code, rank) != ("pol.VB", 2):
                    await kept.put(session, equipped(mxid_of(f"{code}/{rank}")), "2026-10-01")

    told = await asked(there)

    assert told[2] == "- Ingen enhet som kan läsa: Polisregion Mälarvik (pol.VB 2)."
    assert any(
        "5 pol.VB 2 (ersättare 1, ej i rummet, ingen enhet, inte hörd);" in line for line in told
    )
    assert sum("ingen enhet" in line for line in told) == 1


async def test_it_says_whose_server_is_silent(there: Story) -> None:
    async with there.store.begin() as session:
        holds = select(Holding).where(col(Holding.function) == "pol.VB")
        for held in await session.exec(holds):
            held.mxid = f"@vb-{held.rank}:pol.example"
        await servers.fell_silent(session, "pol.example", "@vb-1:pol.example", there.clock.now())

    told = await asked(there)

    assert "- Servern svarar inte, ring dem: Polisregion Mälarvik (sedan kl. 08.00)." in told
    assert any(
        "5 pol.VB 2 (ersättare 1, ej i rummet, servern svarar inte, inte hörd)" in line
        for line in told
    )


async def test_who_is_only_invited_is_not_in_the_room(there: Story) -> None:
    async with there.store.begin() as session:
        now = there.clock.now()
        await rooms.moved(session, "!forum:TIBG", mxid_of("reg.TIB"), "invite", now)

    told = await asked(there)

    assert "- Inte i rummet, frågas direkt: Region Mälarvik (reg.TIB 1, inbjuden)." in told


async def test_it_is_shown_to_anyone_with_a_function_and_to_nobody_else(there: Story) -> None:
    await there.says("bana.JOUR", "reach TIBG", "direct")
    await there.says("@okand:annan.example", "!nås TIBG", "TIBG")

    assert there.told_last("bana.JOUR").startswith(
        "Duty officers' group (first contact), if called now: "
        "7 of 7 required seats have somebody to ask.\n"
    )
    assert there.said_last("TIBG").startswith(
        "Det visas för dem som har en funktion i regionen, och det har du inte just nu."
    )


async def test_a_time_that_has_passed_is_refused(there: Story) -> None:
    await there.says("lst.TIB", "!nås TIBG 2026-10-11T09:00", "TIBG")

    told = there.said_last("TIBG")
    assert told.splitlines()[0] == "Den tiden har redan varit: i går kl. 09.00."


async def test_thirty_seats_with_their_deputies_fit_in_one_message(story: Story) -> None:
    largest = max(story.region.forums.values(), key=lambda forum: len(forum.seats))

    await story.says("lst.TIB", f"!nås {largest.code}", "VSK")

    told = story.told_last("lst.TIB").splitlines()
    assert len(told) > len(largest.seats)
    assert not told[-1].endswith("…")
    assert story.find("", "direct", "lst.TIB").letter.content["html"]
