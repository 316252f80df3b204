"""What a call must do, told from the rules alone: it knows nothing of how the bot does it.

A seat's chain is who had its functions when the call was made. One after the other is asked, the
first for five minutes, each other for three; who cannot come or has lost the function is passed
over at once. Whoever has one of the functions when they answer, answers (R1, R4, R10, T2, T3).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

FIRST, NEXT = timedelta(minutes=5), timedelta(minutes=3)
WAITING, ASKED, SILENT, GONE, YES, NO = "waiting", "asked", "silent", "gone", "yes", "no"

Roster = dict[str, list[tuple[int, str]]]
"""Who has each function now: (rank, person)."""


@dataclass
class Turn:
    """One person in a seat's chain."""

    person: str
    function: str
    rank: int
    state: str = WAITING
    at: datetime | None = None
    until: datetime | None = None


@dataclass
class Place:
    """A seat: its functions in the law's order, its chain, and who answers for it."""

    functions: list[str]
    chain: list[Turn] = field(default_factory=list)
    by: str | None = None
    standing: tuple[bool, int] = (True, 99)
    comes: bool = False
    ended: str = ""
    """How it stood when there was nobody left to ask; a later change of the roster is too late."""
    said: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """By person what they have said and not taken back: (event, answer)."""

    @property
    def own(self) -> str:
        return self.functions[0]

    def turn_of(self, person: str) -> Turn | None:
        return next((turn for turn in self.chain if turn.person == person), None)

    def asked(self) -> list[Turn]:
        """List who has been asked, in that order."""
        asked = [(it.at, number, it) for number, it in enumerate(self.chain) if it.at]
        return [it for _, _, it in sorted(asked, key=lambda row: row[:2])]

    def running(self) -> list[Turn]:
        return [] if self.by else [turn for turn in self.chain if turn.state == ASKED]


class Night:
    """All seats of one call, the roster as it is, and the clock as far as it has gone."""

    def __init__(self, law: dict[str, list[str]], roster: Roster, now: datetime) -> None:
        """Make the call."""
        self.roster = roster
        self.places = {own: Place(functions) for own, functions in law.items()}
        for place in self.places.values():
            for person, function, rank in self._holders(place):
                place.chain.append(Turn(person, function, rank))
            self._ask(place, now)

    # --- what happens ---

    def until(self, now: datetime) -> None:
        """Let time pass up to that moment, the moment included."""
        while True:
            ends = [it.until for place in self.places.values() for it in place.running()]
            first = min((end for end in ends if end), default=None)
            if first is None or first > now:
                return
            self._end_turns(first)

    def changes(self, function: str, rank: int, person: str, now: datetime) -> None:
        """Let a place in a function go to somebody else."""
        rows = [row for row in self.roster.get(function, []) if row[0] != rank]
        self.roster[function] = sorted([*rows, (rank, person)])
        for place in self.places.values():
            running = place.running()
            for turn in running:
                if not self._has(place, turn.person):
                    turn.state = GONE
            if running and not place.running():
                self._ask(place, now)

    def says(self, person: str, answer: str, event: str, now: datetime) -> None:
        """Let somebody answer, in one word, for all that is theirs to answer for."""
        for place in self._theirs(person, answer):
            place.said.setdefault(person, []).append((event, answer))
            self._take(place, person, answer, now)
        self._go_on(now)

    def takes_back(self, person: str, event: str, now: datetime) -> None:
        """Let somebody take back what they said then: what they had said before it holds again.

        For a function that somebody else has now it stands: it was the function's answer.
        """
        for place in self.places.values():
            said = place.said.get(person, [])
            if not any(it[0] == event for it in said) or not self._has(place, person):
                continue
            said[:] = [it for it in said if it[0] != event]
            turn = place.turn_of(person)
            assert turn
            if said:
                self._take(place, person, said[-1][1], now, turn)
            else:
                self._unsay(place, turn, now)
        self._go_on(now)

    # --- what is to be seen ---

    def state(self, place: Place) -> str:
        """Tell how a seat stands."""
        if place.by:
            return "attending" if place.comes else "acknowledged"
        manned = any(turn.function == place.own for turn in place.chain)
        if place.running():
            return "asked" if manned else "unmanned"
        return place.ended

    def moments(self) -> dict[str, set[datetime]]:
        """Give, for each person, when they are asked: one message at each, whatever for."""
        found: dict[str, set[datetime]] = {}
        for place in self.places.values():
            for turn in place.asked():
                if turn.at:
                    found.setdefault(turn.person, set()).add(turn.at)
        return found

    # --- how ---

    def _holders(self, place: Place) -> Iterator[tuple[str, str, int]]:
        seen: set[str] = set()
        for function in place.functions:
            for rank, person in sorted(self.roster.get(function, [])):
                if person not in seen:
                    seen.add(person)
                    yield person, function, rank

    def _link(self, place: Place, person: str) -> tuple[str, int] | None:
        return next(((f, r) for p, f, r in self._holders(place) if p == person), None)

    def _has(self, place: Place, person: str) -> bool:
        return self._link(place, person) is not None

    def _no(self, person: str) -> bool:
        turns = (turn for place in self.places.values() for turn in place.chain)
        return any(turn.person == person and turn.state == NO for turn in turns)

    def _next(self, place: Place) -> Turn | None:
        free = (turn for turn in place.chain if turn.state == WAITING)
        return next(
            (it for it in free if self._has(place, it.person) and not self._no(it.person)), None
        )

    def _ask(self, place: Place, now: datetime) -> None:
        turn = self._next(place)
        if turn:
            limit = NEXT if any(each.at for each in place.chain) else FIRST
            turn.state, turn.at, turn.until = ASKED, now, now + limit
            return
        no = any(it.state == NO or (it.state == WAITING and self._has(place, it.person)
                                    and self._no(it.person)) for it in place.chain)  # fmt: skip
        manned = any(it.function == place.own for it in place.chain)
        place.ended = "prevented" if no else "not_reached" if manned else "unmanned"

    def _end_turns(self, now: datetime) -> None:
        for place in self.places.values():
            running = place.running()
            for turn in running:
                if turn.until and turn.until <= now:
                    turn.state = SILENT
            if running and not place.running():
                self._ask(place, now)

    def _go_on(self, now: datetime) -> None:
        """Ask who was passed over and can come after all; end what should have ended by now."""
        for place in self.places.values():
            if not place.by and not place.running() and self._next(place):
                self._ask(place, now)
        self._end_turns(now)

    def _theirs(self, person: str, answer: str) -> list[Place]:
        theirs = [place for place in self.places.values() if self._has(place, person)]
        asked = [it for it in theirs if (turn := it.turn_of(person)) and turn.at]
        by_them = [place for place in theirs if place.by == person]
        either = [place for place in theirs if place in asked or place in by_them]
        own = [place for place in theirs
               if any(who == person for _, who in self.roster.get(place.own, []))]  # fmt: skip
        open_ = [place for place in asked if place.by != person]
        for found in ([either] if answer == NO else []) + [open_, by_them, own]:
            if found:
                return found
        return theirs

    def _take(
        self, place: Place, person: str, answer: str, now: datetime, known: Turn | None = None
    ) -> None:
        link = (known.function, known.rank) if known else self._link(place, person)
        assert link
        turn = place.turn_of(person)
        if turn is None:
            turn = Turn(person, *link)
            place.chain.append(turn)
        if answer == NO:
            turn.state = NO
            self._cannot(place, person, now)
            return
        turn.state = YES
        comes, standing = answer == "comes", (link[0] != place.own, link[1])
        holds = place.by is not None and self._has(place, place.by)
        again = known is not None and place.by == person
        better = standing < place.standing or (
            standing == place.standing and not (place.comes and not comes)
        )
        if again or not holds or better:
            place.by, place.standing, place.comes = person, standing, comes

    def _cannot(self, place: Place, person: str, now: datetime) -> None:
        if place.by and place.by != person and self._has(place, place.by):
            return
        if place.by or not place.running():
            self._stand_in(place, now)
        if not place.by and not place.running():
            self._ask(place, now)

    def _unsay(self, place: Place, turn: Turn, now: datetime) -> None:
        later = any(it.at and turn.at and (it.at, place.chain.index(it)) >
                    (turn.at, place.chain.index(turn)) for it in place.chain)  # fmt: skip
        if turn.at is None or turn.until is None:
            turn.state = WAITING
        else:
            turn.state = ASKED if now < turn.until and not later else SILENT
        if place.by == turn.person:
            self._stand_in(place, now, turn)
        if not place.by and not place.running():
            self._ask(place, now)

    def _stand_in(self, place: Place, now: datetime, whose: Turn | None = None) -> None:
        """Let the best who has answered before, and has a function still, answer for the seat.

        Where nobody has, who was waited for, and told that it was answered, has three minutes.
        """
        left = [it for it in place.chain if it.state == YES and self._has(place, it.person)]
        best = min(left, key=lambda it: (it.function != place.own, it.rank), default=None)
        place.by, place.comes = (best.person if best else None), False
        place.standing = (best.function != place.own, best.rank) if best else (True, 99)
        for turn in place.running():
            if turn.until and turn is not whose:
                turn.until = max(turn.until, now + NEXT)
