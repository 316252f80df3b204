"""What comes in clear where people encrypt is nobody's word; a tap is its homeserver's."""

from __future__ import annotations

from typing import Any

import pytest

from bot.dispatch.origin import Trust
from bot.domain.incoming import Proof
from tests.story.gathering import the_log
from tests.story.meeting_room import published
from tests.story.story import Story, mxid_of

PROPOSAL = '!förslag VSK tid "Bron stängs 22." varför="arbete" berörda=lindo,ekviken'
NOT_COUNTED = (
    "Det här räknas inte: det kom okrypterat, eller på en nyckel som en annan enhet lämnat vidare, "
    "och då kan någon ha skrivit det i ditt namn.\n"
)
PHONE = Proof("PHONE", "key of the phone")


def encrypts(story: Story, *people: str) -> None:
    """Let the rooms be encrypted, and these people write on a device of theirs."""
    story.encrypted, story.desk.trust = True, Trust(encrypted=True)
    story.proofs |= {mxid_of(who): PHONE for who in people}


def proposal(story: Story) -> str:
    return story.find(r"^OV-2026-001 prövas", "VSK").body


async def proofs_of(story: Story, what: str) -> list[Any]:
    return [each.facts["proof"] for each in await the_log(story) if each.what == what]


async def test_a_position_in_clear_is_refused_with_the_words_to_write_again(story: Story) -> None:
    encrypts(story, "lst.TIB")
    await story.says("lst.TIB", PROPOSAL)

    await story.says("ekviken.TIB", '!ståndpunkt OV-2026-001 2 "till 22"')

    assert "Med förbehåll:" not in proposal(story)
    assert story.said_last() == (
        NOT_COUNTED + "Skriv det en gång till från en klient som krypterar, i ett rum som visas "
        'med lås: !ståndpunkt OV-2026-001 2 "till 22". Element, FluffyChat och Sable krypterar '
        "av sig själva."
    )


async def test_a_ballot_in_clear_is_refused_to_the_one_it_is_from(story: Story) -> None:
    encrypts(story, "lst.TIB")
    await story.says("lst.TIB", PROPOSAL)

    await story.chooses("ekviken.TIB", "disagrees", on="OV-2026-001")

    assert "Biträder inte:" not in proposal(story)
    assert story.told_last("ekviken.TIB").startswith(NOT_COUNTED)
    assert "!ståndpunkt OV-2026-001 4." in story.told_last("ekviken.TIB")


async def test_what_comes_from_a_device_counts_and_the_record_says_which(story: Story) -> None:
    encrypts(story, "lst.TIB", "ekviken.TIB")
    await story.says("lst.TIB", PROPOSAL)

    await story.chooses("ekviken.TIB", "agrees", on="OV-2026-001")

    assert "Biträder: Ekvikens kommun." in proposal(story)
    assert await proofs_of(story, "position.given") == [
        {"device": "PHONE", "device_key": "key of the phone", "identity": None}
    ]


async def test_a_direct_room_that_a_homeserver_opened_in_clear_is_no_way_round(
    story: Story,
) -> None:
    encrypts(story, "lst.TIB")
    await story.says("lst.TIB", PROPOSAL)
    story.encrypted = False

    await story.says("ekviken.TIB", "!ståndpunkt OV-2026-001 1", where="direct")

    assert story.told_last("ekviken.TIB").startswith(NOT_COUNTED)
    assert "Biträder:" not in proposal(story)


async def test_who_only_reads_may_do_so_in_clear(story: Story) -> None:
    encrypts(story)

    await story.says("ekviken.TIB", "!vem ekviken.TIB")

    assert not story.said_last().startswith(NOT_COUNTED)


async def test_without_encryption_the_homeservers_word_counts_and_is_recorded(
    story: Story,
) -> None:
    await story.says("lst.TIB", PROPOSAL)

    await story.says("ekviken.TIB", "!ståndpunkt OV-2026-001 1")

    assert "Biträder: Ekvikens kommun." in proposal(story)
    assert await proofs_of(story, "position.given") == ["homeserver"]


async def test_a_tap_counts_on_the_homeservers_word_and_the_record_says_so(story: Story) -> None:
    encrypts(story, "lst.TIB")
    await story.says("lst.TIB", "!kalla VSK 09:00 Läget")

    await story.taps("ekviken.TIB", "✅", to="Kallelse KA-")

    assert await proofs_of(story, "call.acknowledged") == ["homeserver"]


@pytest.mark.parametrize("taps", ["count", "acknowledge"])
async def test_where_taps_only_acknowledge_a_carry_back_wants_a_word(
    story: Story, taps: str
) -> None:
    await published(story)
    story.desk.trust = Trust(taps=taps)  # type: ignore[arg-type]  # one of the two words

    await story.taps("lindo.SAK", "✅", "direct", to="AF-")

    received = [each for each in await the_log(story) if each.what == "carry_back.received"]
    asked = "En reaktion räcker inte här" in story.told_last("lindo.SAK")
    assert (len(received), asked) == ((1, False) if taps == "count" else (0, True))


async def test_where_taps_only_acknowledge_a_summons_is_still_acknowledged_by_one(
    story: Story,
) -> None:
    story.desk.trust = Trust(taps="acknowledge")
    await story.says("lst.TIB", "!kalla VSK 09:00 Läget")

    await story.taps("ekviken.TIB", "✅", to="Kallelse KA-")

    assert await proofs_of(story, "call.acknowledged") == ["homeserver"]
