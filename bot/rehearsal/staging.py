"""The steps of a scenario: each one time and one act, held against region and people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.region import Region
from bot.rehearsal.casting import Casting
from bot.rehearsal.moments import NotATime, read_at, read_delay
from bot.rehearsal.script import (
    DIRECT,
    MAIN,
    WITHIN,
    Act,
    Choose,
    Do,
    Expect,
    Members,
    React,
    Role,
    Save,
    Say,
    Step,
)
from bot.rehearsal.shape import NAME, ExpectShape, ScenarioShape, StepShape
from config.problem import Problem, nearest, one_of
from config.yaml_tree import Path, Tree

BESIDE = {
    "say": ("who", "in"),
    "react": ("who", "in", "to"),
    "choose": ("who", "in", "on", "text"),
    "expect": ("within",),
    "never": (),
    "save": ("who", "in", "direct"),
    "do": (),
}
"""What a step does, and the keys that may stand beside it."""
NEEDED = {"say": ("who", "in"), "react": ("who", "in"), "choose": ("who", "in")}


@dataclass
class Staging:
    """The steps being read in order; what is wrong is added to `problems`."""

    shape: ScenarioShape
    tree: Tree
    region: Region
    problems: list[Problem]
    casting: Casting
    now: datetime
    _saved: set[str] = field(default_factory=set)

    def steps(self) -> tuple[Step, ...]:
        """Read every step; the time of each leans on the one before."""
        read = []
        for place, shape in enumerate(self.shape.steps):
            path: Path = ("steps", place)
            self._move(path, shape.at)
            act = self._act(path, shape)
            if act is not None:
                read.append(Step(self.now, self.tree.line(path), act))
        return tuple(read)

    def _move(self, path: Path, text: str) -> None:
        """Go to the step's time, which is never before that of the step before it."""
        try:
            at = read_at(text, self.now, self.region.timezone)
        except NotATime as error:
            self.casting.say((*path, "at"), f'"{text}" is no time', str(error))
            return
        if at < self.now:
            stands = f"{self.now.astimezone(self.region.timezone):%Y-%m-%d %H:%M:%S}"
            expected = f"{stands} or later; with a date if it is another day"
            self.casting.say((*path, "at"), f'time goes back to "{text}"', expected)
        else:
            self.now = at

    def _act(self, path: Path, shape: StepShape) -> Act | None:
        """Read what the step does: exactly one thing, with what that needs beside it."""
        written = [field.alias or name for name, field in StepShape.model_fields.items()]
        given = [key for key in written if getattr(shape, _attribute(key)) is not None]
        verbs = [key for key in given if key in BESIDE]
        if len(verbs) != 1:
            message = f"this does {' and '.join(verbs)} at once" if verbs else "this does nothing"
            self.casting.say(path, message, f"exactly one of {', '.join(BESIDE)}")
            return None
        verb = verbs[0]
        for key in given:
            if key not in {"at", verb, *BESIDE[verb]}:
                expected = f"beside it {', '.join(BESIDE[verb]) or 'nothing'}"
                self.casting.say((*path, key), f'"{key}" means nothing beside "{verb}"', expected)
        missing = [key for key in NEEDED.get(verb, ()) if key not in given]
        for key in missing:
            self.casting.say((*path, key), f'this key is missing beside "{verb}"')
        return None if missing else self._read(path, shape, verb)

    def _read(self, path: Path, shape: StepShape, verb: str) -> Act | None:
        for key in ("say", "to", "on", "text"):
            self._known_names((*path, key), getattr(shape, key))
        if verb in {"expect", "never"}:
            return self._expectation((*path, verb), shape)
        if verb == "save":
            return self._save(path, shape)
        if verb == "do":
            return self._do((*path, "do"), shape.do or "")
        return self._done_by(path, shape)

    def _done_by(self, path: Path, shape: StepShape) -> Act | None:
        """Read what a person does in a room."""
        who = self.casting.person((*path, "who"), shape.who or "")
        where = self._where((*path, "in"), shape.in_ or "")
        if who is None:
            return None
        if shape.say is not None:
            return Say(who, where, shape.say)
        if shape.react is not None:
            return React(who, where, shape.react, shape.to)
        return Choose(who, where, shape.choose or "", shape.on, shape.text)

    def _expectation(self, path: Path, shape: StepShape) -> Act | None:
        wanted = shape.expect or shape.never or ExpectShape()
        within = read_delay(shape.within) if shape.within else WITHIN
        never = shape.never is not None
        if wanted.members is not None:
            return self._members(path, wanted, within, never=never)
        for key in ("include", "exclude"):
            if getattr(wanted, key) is not None:
                self.casting.say((*path, key), f'"{key}" stands beside "members" only')
        if wanted.says is None and wanted.file is None:
            self.casting.say(path, "nothing to look for", "says, file or members")
        self._known_names((*path, "says"), wanted.says)
        self._known_names((*path, "file"), wanted.file)
        where, direct = self._place(path, wanted.in_, wanted.direct, None)
        mentions = self._people((*path, "mentions"), wanted.mentions)
        return Expect(
            where, direct, wanted.says, mentions, wanted.file, wanted.count, within, never
        )

    def _members(
        self, path: Path, wanted: ExpectShape, within: timedelta, *, never: bool
    ) -> Members:
        if never:
            self.casting.say((*path, "members"), '"never" looks at what was said', "expect")
        for key in ("in", "direct", "says", "mentions", "file", "count"):
            if getattr(wanted, _attribute(key)) is not None:
                self.casting.say((*path, key), f'"{key}" means nothing beside "members"')
        forum = wanted.members or ""
        self.casting.known((*path, "members"), "forum", forum, self.region.forums)
        include = self._people((*path, "include"), wanted.include)
        return Members(forum, include, self._people((*path, "exclude"), wanted.exclude), within)

    def _save(self, path: Path, shape: StepShape) -> Save:
        where, direct = self._place(path, shape.in_, shape.direct, shape.who)
        names = shape.save or {}
        for name, pattern in names.items():
            if "(" not in pattern:
                self.casting.say((*path, "save", name), "no group to keep", '"(H-[0-9]+)"')
            self._known_names((*path, "save", name), pattern)
        self._saved |= set(names)
        return Save(where, direct, names)

    def _do(self, path: Path, text: str) -> Do:
        verb, _, what = text.partition(" ")
        servers = (*(self.shape.homeservers or {}), MAIN)
        if verb.endswith("homeserver"):
            self.casting.known(path, "homeserver", what, servers)
        elif what:
            self.casting.say(path, f'"{what}" means nothing after "{verb}"', verb)
        return Do(verb, what)

    def _place(
        self, path: Path, in_: str | None, direct: str | None, who: str | None
    ) -> tuple[str, Role | None]:
        """Read where the bot speaks: a forum, or somebody's direct room."""
        if in_ == DIRECT and who:
            in_, direct = None, direct or who
        if (in_ is None) == (direct is None) or in_ == DIRECT:
            self.casting.say(path, "where?", '"in: FORUM" or "direct: NAME"')
            return DIRECT, None
        if direct is not None:
            return DIRECT, self.casting.person((*path, "direct"), direct)
        return self._where((*path, "in"), in_ or ""), None

    def _where(self, path: Path, code: str) -> str:
        self.casting.known(path, "forum", code, (*self.region.forums, DIRECT))
        return code

    def _people(self, path: Path, names: Iterable[str] | None) -> tuple[Role, ...]:
        found = [self.casting.person((*path, n), name) for n, name in enumerate(names or ())]
        return tuple(role for role in found if role)

    def _known_names(self, path: Path, text: str | None) -> None:
        """Check that every ${name} has been saved by then."""
        for found in NAME.finditer(text or ""):
            if found["name"] not in self._saved:
                near = nearest(found["name"], self._saved)
                expected = one_of(sorted(self._saved)) or 'a "save" before it'
                self.casting.say(path, f'"${{{found["name"]}}}" has not been saved', expected, near)


def _attribute(key: str) -> str:
    return "in_" if key == "in" else key
