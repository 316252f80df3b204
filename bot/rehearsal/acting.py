"""What people do in a play: write, react, fill in a poll, as an ordinary client would."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import assert_never

from bot.domain.voting import of_which
from bot.matrix import ballots
from bot.matrix.wire import MatrixRefusal, Unreachable
from bot.rehearsal.automaton import TICK, Intention, Reacts, Says, Votes
from bot.rehearsal.record import Kind, Message
from bot.rehearsal.scene import FORUM, CannotAct, Scene
from bot.rehearsal.script import DIRECT, Choose, React, Role, Say

WORDS = re.compile(r"[!/]\S+ OV-[\d-]+ \d(?= [\"”“])")
"""How the bot asks for the words of a choice: a command with the choice's number, to complete."""
Fill = Callable[[str], str]
"""Puts saved words in the place of their names."""


async def perform(scene: Scene, act: Say | React | Choose, fill: Fill, pattern: Fill) -> None:
    """Do what a step says; raise CannotAct. `fill` is for words, `pattern` for expressions."""
    room_id = await scene.room_of(act.where, act.who)
    match act:
        case Say():
            await _say(scene, act.who, room_id, fill(act.text))
        case React():
            wanted = None if act.to is None else pattern(act.to)
            message = _latest(scene, room_id, wanted, {Kind.WORDS, Kind.POLL, Kind.FILE})
            await _react(scene, act.who, message, act.key)
        case Choose():
            wanted = None if act.on is None else pattern(act.on)
            poll = _latest(scene, room_id, wanted, {Kind.POLL})
            await _vote(scene, act.who, poll, act.choice)
        case _:
            assert_never(act)


async def add_words(scene: Scene, act: Choose, words: str) -> None:
    """Give a choice its words, the way the bot asks for them; else as an answer to the poll."""
    direct = await scene.find_room(DIRECT, act.who)
    said = scene.record.room(direct) if direct else iter(())
    asked = [WORDS.search(each.plain) for each in said if each.sender == scene.bot]
    if direct and asked and (found := asked[-1]):
        await _say(scene, act.who, direct, f'{found[0]} "{words}"')
        return
    room_id = await scene.room_of(act.where, act.who)
    poll = _latest(scene, room_id, None, {Kind.POLL})
    await _say(scene, act.who, room_id, words, reply_to=poll.event_id)


async def answer(scene: Scene, intention: Intention) -> None:
    """Do what the automaton means to; raise CannotAct."""
    who = intention.who
    match intention.answer:
        case Reacts(message, key):
            await _react(scene, who, _in_the_room(scene, who, message), key)
        case Says(message, words):
            await _say(scene, who, message.room_id, words)
        case Votes(room_id, subject, choice):
            polls = (each for each in scene.record.room(room_id) if each.kind is Kind.POLL)
            poll = next((each for each in polls if each.subject == subject), None)
            if poll is not None and poll.closed is None:
                await _vote(scene, who, poll, choice)
        case _:
            assert_never(intention.answer)


def _in_the_room(scene: Scene, who: Role, asked: Message) -> Message:
    """Give the call in a forum's room, where somebody is asked there and directly at once.

    Which of the two they read first is chance, and a play is to be the same each time.
    """
    person = scene.company.people[who]
    if asked.subject is None or not scene.place_of(asked.room_id).startswith(DIRECT):
        return asked
    rooms = (it for key, it in scene.rooms.items() if key.startswith(FORUM) and it in person.joined)
    said = (each for room_id in rooms for each in scene.record.room(room_id))
    calls = (it for it in said if it.subject == asked.subject and person.mxid in it.mentions)
    return next((it for it in calls if it.reactions.get(TICK)), asked)


def _latest(scene: Scene, room_id: str, pattern: str | None, kinds: set[Kind]) -> Message:
    """Find the bot's latest message of those kinds there, or the latest that matches."""
    said = [each for each in scene.record.room(room_id) if each.sender == scene.bot]
    for message in reversed(said):
        matches = pattern is None or re.search(pattern, message.words, re.DOTALL)
        if message.kind in kinds and matches:
            return message
    raise CannotAct(f"the bot has said nothing there that matches {pattern!r}")


async def _say(
    scene: Scene, who: Role, room_id: str, words: str, reply_to: str | None = None
) -> None:
    content: dict[str, object] = {"msgtype": "m.text", "body": words, "m.mentions": {}}
    if reply_to is not None:
        content["m.relates_to"] = {"m.in_reply_to": {"event_id": reply_to}}
    await _send(scene, who, room_id, "m.room.message", content)


async def _react(scene: Scene, who: Role, message: Message, key: str) -> None:
    relation = {"rel_type": "m.annotation", "event_id": message.event_id, "key": key}
    await _send(scene, who, message.room_id, "m.reaction", {"m.relates_to": relation})


async def _vote(scene: Scene, who: Role, poll: Message, choice: str | int) -> None:
    keys = {of_which(key)[1]: key for key, _ in poll.choices}
    chosen = choice
    if isinstance(choice, int):
        if choice > len(keys):
            raise CannotAct(f"the poll has {len(keys)} choices")
        chosen = [*keys][choice - 1]
    if chosen not in keys:
        raise CannotAct(f"the poll has no choice {chosen!r}, only {', '.join(keys)}")
    content = ballots.response(poll.event_id, [keys[str(chosen)]])
    await _send(scene, who, poll.room_id, ballots.RESPONSE, content)


async def _send(
    scene: Scene, who: Role, room_id: str, kind: str, content: dict[str, object]
) -> None:
    person = scene.company.people[who]
    try:
        await scene.send(person, room_id, kind, content)
    except MatrixRefusal as refusal:
        raise CannotAct(f"the homeserver refused: {refusal.error}") from refusal
    except Unreachable as error:
        raise CannotAct("their homeserver does not answer") from error
