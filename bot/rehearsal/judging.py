"""Whether the bot has said what a scenario expects, and what it said instead."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.rehearsal.record import Kind, Message
from bot.rehearsal.scene import Scene
from bot.rehearsal.script import DIRECT, Expect, Members, Role, Save, Step

BESIDE = timedelta(seconds=60)  # a file this near a message has come with it
LATEST = 3  # how many of the bot's messages are shown when it said something else
LONGEST = 300  # characters shown of each


@dataclass(frozen=True)
class Finding:
    """Whether it holds now; what there was instead; and the message that shows it."""

    holds: bool
    instead: str = ""
    message: Message | None = None


@dataclass(frozen=True)
class Verdict:
    """What was found of a step in the end, and when."""

    step: Step
    what: str
    at: datetime
    finding: Finding

    @property
    def ok(self) -> bool:
        """Tell whether it held."""
        return self.finding.holds


Fill = Callable[[str], str]


async def look(scene: Scene, wanted: Expect | Members, pattern: Fill) -> Finding:
    """Judge an expectation as things stand. `pattern` puts in what has been saved."""
    if isinstance(wanted, Members):
        return await _members(scene, wanted)
    said = await _said(scene, wanted.where, wanted.direct)
    if wanted.never:
        return _never(said, wanted, pattern)
    found = _matching(scene, said, wanted, pattern)
    if wanted.count is not None:
        holds = len(found) == wanted.count
        shown = found[-1] if found else None
        return Finding(holds, "" if holds else f"{len(found)} of them", shown)
    if found:
        return Finding(holds=True, message=found[-1])
    return Finding(holds=False, instead=_instead(said), message=said[-1] if said else None)


async def keep(scene: Scene, save: Save, pattern: Fill) -> dict[str, str]:
    """Find what is to be saved in the latest match; what is not found is missing."""
    found = {}
    said = await _said(scene, save.where, save.direct)
    for name, expression in save.names.items():
        for message in reversed(said):
            match = re.search(pattern(expression), message.words, re.DOTALL)
            if match:
                found[name] = match[1]
                break
    return found


def described(scene: Scene, wanted: Expect | Members | Save) -> str:
    """Say in a line what is looked for."""
    if isinstance(wanted, Members):
        called = scene.company.called
        include = [f"+{called(role)}" for role in wanted.include]
        exclude = [f"-{called(role)}" for role in wanted.exclude]
        return f"{wanted.forum} members {' '.join([*include, *exclude])}"
    where = wanted.where
    if wanted.direct is not None:
        where = f"{DIRECT} {scene.company.called(wanted.direct)}"
    if isinstance(wanted, Save):
        return f"{where} save {', '.join(wanted.names)}"
    parts = [f"/{wanted.says}/"] if wanted.says else []
    parts += [f"file /{wanted.file}/"] if wanted.file else []
    parts += [f"@{scene.company.called(role)}" for role in wanted.mentions]
    parts += [f"{wanted.count} times"] if wanted.count is not None else []
    return f"{where} {'never' if wanted.never else 'says'} {' '.join(parts)}"


async def _said(scene: Scene, where: str, direct: Role | None) -> list[Message]:
    """Give what the bot has said there, in order; nothing where there is no room."""
    room_id = await scene.find_room(where, direct)
    if room_id is None:
        return []
    return [each for each in scene.record.room(room_id) if each.sender == scene.bot]


def _never(said: list[Message], wanted: Expect, pattern: Fill) -> Finding:
    expression = pattern(wanted.says or wanted.file or "")
    kinds = {Kind.FILE} if wanted.says is None else {Kind.WORDS, Kind.POLL}
    for message in said:
        for version in message.versions:
            if message.kind in kinds and re.search(expression, version.plain, re.DOTALL):
                return Finding(holds=False, instead=_short(version.plain), message=message)
    return Finding(holds=True)


def _matching(scene: Scene, said: list[Message], wanted: Expect, pattern: Fill) -> list[Message]:
    """List what matches: the words, who is mentioned, and the file with it or beside it."""
    mentions = {scene.company.people[role].mxid for role in wanted.mentions}
    named = pattern(wanted.file) if wanted.file is not None else None
    files = [each for each in said if each.kind is Kind.FILE]
    if named is not None:
        files = [each for each in files if re.search(named, each.plain, re.DOTALL)]
    if wanted.says is None:
        return files
    says = pattern(wanted.says)
    return [
        each
        for each in said
        if re.search(says, each.words, re.DOTALL)
        and mentions <= each.mentions
        and (named is None or any(abs(file.at - each.at) <= BESIDE for file in files))
    ]


async def _members(scene: Scene, wanted: Members) -> Finding:
    room_id = await scene.find_room(wanted.forum, None)
    witness = scene.witness(room_id) if room_id else None
    if room_id is None or witness is None:
        return Finding(holds=False, instead="nobody of the play is in that room")
    there = await witness.members(room_id)
    people = scene.company.people
    wrong = [
        f"{_called(scene, r)} is not in it" for r in wanted.include if people[r].mxid not in there
    ]
    wrong += [f"{_called(scene, r)} is in it" for r in wanted.exclude if people[r].mxid in there]
    return Finding(holds=not wrong, instead=", ".join(wrong))


def _called(scene: Scene, role: Role) -> str:
    return scene.company.called(role)


def _instead(said: list[Message]) -> str:
    """Show the latest things the bot did say there."""
    return "\n".join(_short(each.words) for each in said[-LATEST:]) or "nothing at all"


def _short(words: str) -> str:
    return words if len(words) <= LONGEST else f"{words[:LONGEST]} …"
