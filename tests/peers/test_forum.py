"""People with another client run one whole forum: summons, poll, digest, carry-back."""

from __future__ import annotations

import pytest

from tests.peers.scene import Scene

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(240)]

WORDS = {"m.room.message", "org.matrix.msc3381.poll.start", "org.matrix.msc3381.poll.end"}
BAD_NEWS = ("unreadable", "withheld", "forged", "rejected", "unread", "failed")


async def test_people_with_another_client_run_one_whole_forum(scene: Scene) -> None:
    await scene.says("kim", "WEEK", "!summon WEEK 09:30 The bridge is closed")
    await scene.taps("liv", "WEEK")
    await scene.says("noa", "WEEK", "!attend")
    await scene.says("kim", "WEEK", "!attend")
    await scene.passes(minutes=30)
    opened = scene.last("liv", "WEEK")

    await scene.says("kim", "WEEK", '!propose timing "The bridge opens at noon" why="traffic"')
    await scene.chooses("kim", "WEEK", "agrees")
    await scene.chooses("liv", "WEEK", "reservation")
    await scene.says("liv", "direct", '!position OV-2026-001 2 "not before noon"')
    await scene.says("noa", "WEEK", "1")
    agreed = scene.last("noa", "WEEK")

    await scene.says("kim", "WEEK", "!close")
    await scene.says("kim", "direct", "approve")
    digest, part = scene.last("noa", "WEEK"), scene.last("noa", "direct")

    await scene.taps("noa", "direct")
    await scene.taps("liv", "direct")
    await scene.taps("kim", "direct")
    await scene.says("kim", "direct", "carried")
    receipt = scene.last("eli", "direct")
    await scene.taps("eli", "direct")
    await scene.says("kim", "WEEK", "!home")

    assert opened.startswith("The week v. 45, M-2026-001. Chair: Duty officer, The county. ")
    assert "Present 3 of 3." in opened
    assert agreed == (
        "OV-2026-001 agreed with reservation.\n"
        "“The bridge opens at noon”\n"
        "Agree: The county, The depot.\n"
        "With reservation: The works (“not before noon”).\n"
        "To be reviewed Thursday 09:00."
    )
    assert digest.startswith("Digest v. 45, The week (M-2026-001, approved 09:30 ")
    assert "Present: 3 of 3." in digest
    assert part.startswith("Carry-back AF-2026-0003 – The depot. Acknowledge ")  # noqa: RUF001 - typeset
    assert receipt.startswith("Confirm that The county has received this, ")
    assert scene.last("liv", "WEEK").startswith(
        "Home after The week v. 45 (M-2026-001): 3 of 3 acknowledged, "
        "3 of 3 with a part of their own carried home, 3 confirmed.\n"
        "All is home.\n"
    )


async def test_everybody_reads_every_word_of_the_bot_and_it_reads_theirs(scene: Scene) -> None:
    for name in scene.people:
        await scene.says(name, "direct", "help")
    await scene.says("kim", "WEEK", "!who aa.DUTY")

    for person in scene.people.values():
        said = [each for each in person.read.values() if each.sender == scene.bot.user_id]
        sealed = [each for each in said if each.encrypted]
        assert len(sealed) > 1
        assert [each for each in sealed if each.failure or each.warning] == []
        assert {each.type for each in said if not each.encrypted}.isdisjoint(WORDS)
    assert scene.last("noa", "WEEK").startswith("Duty officer, The county: Kim")
    assert [line for line in scene.log.splitlines() if any(bad in line for bad in BAD_NEWS)] == []
