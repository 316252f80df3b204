"""The bot in memory as a night of `test_random_nights` needs it: it ends, and begins anew."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock.wall import SteeredClock
from bot.deadlines.summons import CHANGES
from bot.dispatch.catalogue import Catalogue
from bot.dispatch.desk import Desk
from bot.dispatch.post import Post
from bot.domain.incoming import Incoming, TakenBack
from bot.domain.model import Holding
from bot.domain.region import Region, Way
from bot.domain.reliefs import LOOK
from bot.store import deadlines, dispatches, holdings, servers, summonses
from bot.store.engine import Store
from bot.text.phrasebook import Phrasebook
from tests.story.night_oracle import Night
from tests.story.other_ways import HOOK, MAIL
from tests.story.story import Story

MINUTE = timedelta(minutes=1)
SUMMONS = "KA-2026-001"
ELSEWHERE = "other.example"
PEOPLE = [f"@p{number}:malarvik.example" for number in range(6)]
PEOPLE += [f"@q{number}:{ELSEWHERE}" for number in range(3)]
CALLER = "@caller:malarvik.example"
NAMES = {
    "granholm.KD": "Granholms kommun", "lindo.SAK": "Lindö kommun",
    "rtjn.RCB": "Norra brandförsvaret", "reg.BCH": "Region Mälarvik",
    "malarvik.TIB": "Mälarviks stad", "pol.VB": "Polisregion Mälarvik",
}  # fmt: skip
WAYS: dict[str, tuple[Way, ...]] = {"pol": (MAIL,), "malarvik": (HOOK,)}
ARMED = (CHANGES, LOOK, "holding.changes")
"""What is set at each start and has to do with calls and with who has what, in any order."""


@dataclass
class Nightly(Story):
    """A story whose bot is down at times: what people write then lies with the server."""

    unheard: list[Incoming] | None = None
    """What has come since; None while the bot is up."""

    async def hears(self, *events: Incoming) -> None:
        """Let that reach the bot, or lie until it is back; what is removed meanwhile is gone."""
        if self.unheard is None:
            await super().hears(*events)
            return
        gone = {it.target for it in events if isinstance(it, TakenBack)}
        self.unheard = [it for it in self.unheard if it.event_id not in gone]
        self.unheard += events


class House:
    """The bot in memory, with what is needed to end it and begin anew on the same memory."""

    def __init__(self, region: Region, phrasebook: Phrasebook, url: str) -> None:
        """Know where its memory is."""
        self.region, self.phrasebook, self.url = region, phrasebook, url
        self.people = list(PEOPLE)
        self.said: list[tuple[str, str]] = []
        self.back_at: datetime | None = None
        """When it is up again; None while it is up."""

    @property
    def now(self) -> datetime:
        return self.story.clock.now()

    @property
    def is_down(self) -> bool:
        return self.back_at is not None

    def desk(self) -> Desk:
        return Desk(self.region, Catalogue.discover(), Post(self.phrasebook, self.region.language))

    async def begin(self, at: datetime, held: dict[str, list[str]]) -> None:
        """Open it, give everybody their functions, and call the conference for later."""
        clock = SteeredClock(at)
        self.story = Nightly(self.region, await Store.open(self.url), self.desk(), clock)
        await self.story.begin(unmanned=set(self.region.functions))
        self.started = self.now
        convener = min(self.region.forum("ASK").may_convene)
        rows = [(code, rank, who) for code, people in held.items()
                for rank, who in enumerate(people, start=1)]  # fmt: skip
        async with self.story.store.begin() as session:
            session.add_all(
                Holding(function=code, rank=rank, mxid=who, name=who, source="night")
                for code, rank, who in [*rows, (convener, 9, CALLER)]
            )
        await self._arm()
        await self.story.says(CALLER, "!kalla ASK +90m pröva", "ASK")

    async def aclose(self) -> None:
        """Close its memory."""
        await self.story.store.close()

    async def until(self, second: int, oracle: Night) -> None:
        """Let time pass for both, and compare; on the way the bot may come back."""
        target = self.started + timedelta(seconds=second)
        if self.back_at and self.back_at <= target:
            self.story.clock.move_to(self.back_at)
            await self._comes_back()
            oracle.comes_back(self.now)
            await self.compare(oracle)
        if self.is_down:
            self.story.clock.move_to(max(target, self.now))
            return
        await self.story.passes(seconds=max(0.0, (target - self.now).total_seconds()))
        oracle.until(self.now)
        await self.compare(oracle)

    async def goes_down(self, minutes: int) -> None:
        """End it for so many minutes; while it is down it cannot end."""
        if self.back_at is None:
            self.back_at, self.story.unheard = self.now + minutes * MINUTE, []

    async def _comes_back(self) -> None:
        """Begin anew on what it remembers: set what each start sets, hear, then ring."""
        await self.story.store.close()
        self.story.store, self.story.desk = await Store.open(self.url), self.desk()
        await self._arm()
        heard, self.story.unheard, self.back_at = self.story.unheard or [], None, None
        await self.story.hears(*heard)

    async def _arm(self) -> None:
        async with self.story.store.begin() as session:
            for name in ARMED:
                arm = self.story.desk.catalogue.kinds[name].arm
                assert arm
                await arm(session, self.region, self.now)

    async def changes(self, function: str, rank: int, person: str) -> None:
        async with self.story.store.begin() as session:
            for row in await holdings.holders(session, function, self.now):
                if row.rank == rank:
                    row.ends = self.now
                    session.add(row)
            session.add(Holding(
                function=function, rank=rank, mxid=person, name=person, starts=self.now,
                source="night",
            ))  # fmt: skip
            await deadlines.set_(session, "holding.changes", "all", self.now)  # as an import does
        if not self.is_down:
            await self.story.passes(seconds=0)

    async def falls_silent(self) -> None:
        async with self.story.store.begin() as session:
            if await servers.fell_silent(session, ELSEWHERE, PEOPLE[-1], self.now):
                await deadlines.set_(session, "server.changed", ELSEWHERE, self.now)
        await self.story.passes(seconds=0)

    async def compare(self, oracle: Night) -> None:
        """See that the same were asked, at the same second, by one message each; not while down."""
        if self.is_down:
            return
        async with self.story.store.read() as session:
            calls = {it.function: it for it in await summonses.calls(session, SUMMONS)}
            steps = await summonses.steps_of(session, SUMMONS)
            sent = [((it.organisation, it.mxid), it.written_at)
                    for it in await dispatches.of(session, SUMMONS)]  # fmt: skip
        assert sorted(sent) == sorted(oracle.sent(WAYS).items())  # each once, at their minute
        assert self.status_says_silent() == self.silent_words(oracle)
        for own, place in oracle.places.items():
            call = calls[own]
            asked = [
                (it.mxid, it.asked_at, it.due_at)
                for it in steps.get(call.id or 0, [])
                if it.asked_at
            ]
            expected = [(turn.person, turn.at, turn.until) for turn in place.asked()]
            assert sorted(asked, key=str) == sorted(expected, key=str), own
            assert max(Counter(who for who, _, _ in asked).values(), default=0) <= 1
            assert call.state == oracle.state(place), own
            assert call.answered_by == place.by, own
        for person in {*self.people, *oracle.moments()}:
            moments = oracle.moments().get(person, set())
            assert self.requests(person) == len(moments), person

    def requests(self, person: str) -> int:
        """Count the messages that ask somebody; one that is written anew counts once."""
        messages = self.story.rooms.get(f"direct:{person}", [])
        return sum((it.letter.object or "").startswith("asked:") for it in messages)

    def status(self) -> str:
        """Give what the room reads of how the call stands."""
        bodies = [it for it in self.story.said("ASK") if it.startswith("Kvitterat")]
        return bodies[-1] if bodies else ""

    def status_says_silent(self) -> list[str]:
        return [line for line in self.status().splitlines() if line.startswith("Servern")]

    def silent_words(self, oracle: Night) -> list[str]:
        """Give what is to be said of the silent server: for whom nobody answers because of it."""
        names = [NAMES[own] for own, it in oracle.places.items() if oracle.away(it, ELSEWHERE)]
        if not names or oracle.silent_since is None:
            return []
        since = oracle.silent_since.astimezone(self.region.timezone)
        homes = " och ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
        said = f"Servern hos {homes} svarar inte (sedan kl. {since:%H.%M})"
        said += ": de kan inte nås genom mig. Ring dem."
        return [f"{said} Det jag har skickat kommer fram när den svarar igen."]

    def compare_words(self, oracle: Night) -> None:
        """See that the status names exactly those whom nobody has reached."""
        body = self.status()
        for state, words in (("not_reached", "Ej nådda"), ("prevented", "Förhinder")):
            names = [NAMES[own] for own, it in oracle.places.items() if oracle.state(it) == state]
            line = f"{words}: {', '.join(names)}."
            assert (line in body.splitlines()) == bool(names), body
