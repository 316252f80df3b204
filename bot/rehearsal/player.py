"""Plays a script: moves the clock to whatever comes first, and judges what was expected."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.rehearsal import acting, judging
from bot.rehearsal.automaton import Automaton, Intention
from bot.rehearsal.homeserver import Homeserver
from bot.rehearsal.judging import Finding, Verdict
from bot.rehearsal.scene import CannotAct, Scene
from bot.rehearsal.script import Choose, Do, Expect, Members, React, Save, Say, Step
from bot.rehearsal.shape import NAME


class Audience(Protocol):
    """Somebody who is told how the play goes."""

    def judged(self, verdict: Verdict) -> None:
        """Tell what was found of an expectation."""

    def happened(self, at: datetime, what: str) -> None:
        """Tell what was done to a machine, or what nobody could do."""


@dataclass
class _Pending:
    """An expectation that may still come true."""

    step: Step
    wanted: Expect | Members
    until: datetime


@dataclass
class Player:
    """One play of one script."""

    scene: Scene
    automaton: Automaton
    servers: Mapping[str, Homeserver]
    audience: Audience
    verdicts: list[Verdict] = field(default_factory=list)
    _pending: list[_Pending] = field(default_factory=list)
    _put_off: list[Intention] = field(default_factory=list)
    _saved: dict[str, str] = field(default_factory=dict)

    async def play(self) -> list[Verdict]:
        """Play from the first step to the last, and until the last expectation is judged."""
        await self._rest()
        for step in self.scene.script.steps:
            await self._pass_to(step.at)
            await self._take(step)
        while self._pending:
            await self._pass_to(min(each.until for each in self._pending))
        return self.verdicts

    async def _pass_to(self, moment: datetime) -> None:
        """Let time pass until then, stopping wherever something happens on the way."""
        while (stop := self._next_stop()) is not None and stop < moment:
            await self._be_at(max(stop, self.scene.now))
        if moment > self.scene.now:
            await self._be_at(moment)
        await self._answers()

    def _next_stop(self) -> datetime | None:
        """Give the next moment at which the bot, the automaton or an expectation is due."""
        due = self.scene.next_due
        if due is not None and due <= self.scene.now:
            due = None
        stops = [due, self.automaton.next_at, *(each.until for each in self._pending)]
        return min((each for each in stops if each is not None), default=None)

    async def _be_at(self, moment: datetime) -> None:
        """Move the clock there and let everything that is due happen."""
        self.scene.now = moment
        await self._rest()
        await self._answers()
        await self._judge_pending()

    async def _answers(self) -> None:
        """Let the automaton do what it means to do by now, and the bot react to it."""
        while intentions := self.automaton.due(self.scene.now):
            for intention in intentions:
                if self.scene.is_away(self.scene.company.people[intention.who]):
                    self._put_off.append(intention)
                else:
                    await self._answer(intention)
            await self._rest()

    async def _answer(self, intention: Intention) -> None:
        try:
            await acting.answer(self.scene, intention)
        except CannotAct as error:
            called = self.scene.company.called(intention.who)
            self.audience.happened(self.scene.now, f"{called}: {error}")

    async def _rest(self) -> None:
        """Wait until the bot is quiet; let the automaton think about what it said."""
        scene = self.scene
        for message in await scene.settle():
            self.automaton.consider(message, scene.asked(message), scene.now)

    async def _take(self, step: Step) -> None:
        """Do what a step says, or begin to look for it."""
        match step.act:
            case Say() | React() | Choose():
                await self._perform(step, step.act)
            case Expect() | Members():
                await self._expect(step, step.act)
            case Save():
                await self._save(step, step.act)
            case Do():
                await self._do(step.act)
                await self._rest()

    async def _perform(self, step: Step, act: Say | React | Choose) -> None:
        try:
            await acting.perform(self.scene, act, self._filled, self._pattern)
            if isinstance(act, Choose) and act.text is not None:
                await self._rest()
                await acting.add_words(self.scene, act, self._filled(act.text))
        except (CannotAct, KeyError, TimeoutError) as error:
            what = f"{self.scene.company.called(act.who)} in {act.where}"
            self._judge(Verdict(step, what, self.scene.now, Finding(False, str(error))))  # noqa: FBT003
        await self._rest()

    async def _expect(self, step: Step, wanted: Expect | Members) -> None:
        """Judge at once; what does not hold yet may still, unless it is a never."""
        never = isinstance(wanted, Expect) and wanted.never
        until = self.scene.now if never else step.at + wanted.within
        pending = _Pending(step, wanted, until)
        if not await self._judge_one(pending):
            self._pending.append(pending)

    async def _judge_pending(self) -> None:
        self._pending = [each for each in self._pending if not await self._judge_one(each)]

    async def _judge_one(self, pending: _Pending) -> bool:
        """Judge; tell whether that was final."""
        try:
            finding = await judging.look(self.scene, pending.wanted, self._pattern)
        except KeyError as error:
            finding = Finding(holds=False, instead=f"{error} was never saved")
        final = finding.holds or self.scene.now >= pending.until
        if final:
            what = self._known(judging.described(self.scene, pending.wanted))
            self._judge(Verdict(pending.step, what, self.scene.now, finding))
        return final

    async def _save(self, step: Step, save: Save) -> None:
        """Keep what is found; what is not is a failure, since later steps lean on it."""
        found = await judging.keep(self.scene, save, self._pattern)
        self._saved |= found
        missing = [name for name in save.names if name not in found]
        if missing:
            what = judging.described(self.scene, save)
            finding = Finding(holds=False, instead=f"nothing matched for {', '.join(missing)}")
            self._judge(Verdict(step, what, self.scene.now, finding))

    async def _do(self, act: Do) -> None:
        """Start or end a process."""
        self.audience.happened(self.scene.now, f"{act.verb} {act.what}".strip())
        stage = self.scene.stage
        if act.verb == "kill-bot":
            await stage.kill()
        if act.verb in {"stop-bot", "restart-bot"}:
            await stage.stop()
        if act.verb in {"start-bot", "restart-bot"} and not stage.running:
            await self.scene.wake()
        if act.verb.endswith("homeserver"):
            await self._homeserver(act)

    async def _homeserver(self, act: Do) -> None:
        server = self.servers[act.what]
        if act.verb == "stop-homeserver":
            self.scene.down.add(server.name)
            await server.stop()
        else:
            await server.restart()
            await self.scene.back(server)
            put_off, self._put_off = self._put_off, []
            for intention in put_off:  # a client sends by itself what it could not send
                await self._answer(intention)

    def _judge(self, verdict: Verdict) -> None:
        self.verdicts.append(verdict)
        self.audience.judged(verdict)

    def _filled(self, text: str) -> str:
        """Put what was saved in the place of its name; KeyError if it was not."""
        return NAME.sub(lambda found: self._saved[found["name"]], text)

    def _known(self, text: str) -> str:
        """Put in what has been saved, and leave what has not as it is."""
        return NAME.sub(lambda found: self._saved.get(found["name"], found[0]), text)

    def _pattern(self, text: str) -> str:
        """Put what was saved into an expression, to be matched as it is."""
        return NAME.sub(lambda found: re.escape(self._saved[found["name"]]), text)
