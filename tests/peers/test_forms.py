"""Every way in which clients let a command through reaches the bot, and is answered once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.peers.scene import Scene

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(240)]

ASKED = "who aa.DUTY"
ANSWER = "Duty officer, The county: Kim."


async def _answers(scene: Scene, content: dict[str, Any]) -> list[str]:
    """Let Kim's client send it; give what the bot says to that."""
    before = len(scene.heard("kim", "WEEK"))
    content = {"msgtype": "m.text", "m.mentions": {}} | content
    order = {"room": scene.room("kim", "WEEK"), "type": "m.room.message", "content": content}
    sent = await scene.people["kim"].does("send", **order)
    await scene.rests(str(sent["event_id"]))
    return [each.words.splitlines()[0] for each in scene.heard("kim", "WEEK")[before:]]


@pytest.mark.parametrize("sign", ["!", "/", "//", "samverkan: ", "Samverkan "])
async def test_a_sign_or_the_bots_name_is_enough(scene: Scene, sign: str) -> None:
    assert await _answers(scene, {"body": sign + ASKED}) == [ANSWER]


async def test_a_mention_is_enough(scene: Scene) -> None:
    bot = scene.bot.user_id
    pill = {
        "body": f"samverkan: {ASKED}",
        "format": "org.matrix.custom.html",
        "formatted_body": f'<a href="https://matrix.to/#/{bot}">samverkan</a>: {ASKED}',
        "m.mentions": {"user_ids": [bot]},
    }

    assert await _answers(scene, pill) == [ANSWER]


async def test_a_reply_to_the_bot_is_enough_in_a_thread_too(scene: Scene) -> None:
    await _answers(scene, {"body": f"!{ASKED}"})
    answered = scene.heard("kim", "WEEK")[-1].event_id
    reply = {"m.in_reply_to": {"event_id": answered}}
    thread = {"rel_type": "m.thread", "event_id": answered, "is_falling_back": True}

    assert await _answers(scene, {"body": ASKED, "m.relates_to": reply}) == [ANSWER]
    assert await _answers(scene, {"body": f"!{ASKED}", "m.relates_to": thread | reply}) == [ANSWER]


async def test_a_correction_and_a_notice_are_not_asked(scene: Scene) -> None:
    typo = await scene.people["kim"].says(scene.room("kim", "WEEK"), "who is on duty?")
    edit = {
        "body": f"* !{ASKED}",
        "m.new_content": {"msgtype": "m.text", "body": f"!{ASKED}"},
        "m.relates_to": {"rel_type": "m.replace", "event_id": typo},
    }

    assert await _answers(scene, edit) == []
    assert await _answers(scene, {"msgtype": "m.notice", "body": f"!{ASKED}"}) == []
    assert await _answers(scene, {"body": f"!{ASKED}"}) == [ANSWER]
