"""What a call must do, told from the rules alone: it knows nothing of how the bot does it.

A seat's chain is who had its functions when the call was made. One after the other is asked, the
first for five minutes, each other for three; who cannot come or has lost the function is passed
over at once. Where a function changes hands, who comes is asked in place of who goes. Whoever has
one of the functions when they are heard, answers (R1, R4, R10, T2, T3).

While the bot is down time passes, people write and the roster changes. When it is back it first
hears what lies with the server, then sees who has changed hands, then follows whoever's time has
run out: nothing is missed, and what is late is done at that moment (R26).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from tests.story.night_seats import ASKED, GONE, NO, SILENT, WAITING, YES, Place, Turn

FIRST, NEXT = timedelta(minutes=5), timedelta(minutes=3)

Said = tuple[str, str, str]
"""Who has said what (an answer, or TAKEN_BACK), and the event that it came in or is about."""
TAKEN_BACK = "takes back"

Roster = dict[str, list[tuple[int, str]]]
"""Who has each function now: (rank, person)."""


class Night:
    """All seats of one call, the roster as it is, and the clock as far as it has gone."""

    def __init__(self, law: dict[str, list[str]], roster: Roster, now: datetime) -> None:
        """Make the call."""
        self.roster = roster
        self.seen = self._firsts()
        self.unheard: list[Said] | None = None
        """What has been said since the bot went down; None while it is up."""
        self.silent_since: datetime | None = None
        """Since when the homeserver elsewhere is known not to answer."""
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
        """Let a place in a function go to somebody else; a bot that is down does not see it."""
        rows = [row for row in self.roster.get(function, []) if row[0] != rank]
        self.roster[function] = sorted([*rows, (rank, person)])
        if self.unheard is None:
            self._look(now)

    def says(self, person: str, answer: str, event: str, now: datetime) -> None:
        """Let somebody answer, in one word, for all that is theirs to answer for."""
        self._hear((person, answer, event), now)

    def takes_back(self, person: str, event: str, now: datetime) -> None:
        """Let somebody take back what they said then: what they had said before it holds again.

        For a function that somebody else has now it stands: it was the function's answer. What
        nobody has heard yet is gone from the server with it.
        """
        if self.unheard is not None:
            self.unheard = [it for it in self.unheard if it[2] != event]
        self._hear((person, TAKEN_BACK, event), now)

    def goes_down(self) -> None:
        """Let the bot do nothing from now on."""
        self.unheard = self.unheard or []

    def comes_back(self, now: datetime) -> None:
        """Let it hear what was said, see who has changed hands, and go on from where it was."""
        heard, self.unheard = self.unheard or [], None
        for each in heard:
            self._deal_with(each, now)
        self._look(now)

    def falls_silent(self, now: datetime) -> None:
        """Let it be known that the homeserver elsewhere does not answer; it never does again."""
        self.silent_since = self.silent_since or now

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

    def sent(self, homes: Collection[str]) -> dict[tuple[str, str], datetime]:
        """Give when each is first asked for a function of these organisations, by both."""
        asked = [(turn.function.partition(".")[0], turn)
                 for place in self.places.values() for turn in place.asked()]  # fmt: skip
        found: dict[tuple[str, str], datetime] = {}
        for home, turn in sorted(asked, key=lambda it: str(it[1].at)):
            if home in homes and turn.at:
                found.setdefault((home, turn.person), turn.at)
        return found

    def away(self, place: Place, server: str) -> bool:
        """Tell whether nobody answers because of the silent homeserver, as far as is known.

        Who is asked now lives there, or somebody there was asked while it was silent, in vain.
        """
        since, running = self.silent_since, place.running()
        if place.by or since is None:
            return False
        there = [turn for turn in place.asked() if turn.person.endswith(f":{server}")]
        return any(
            turn in running[-1:] or (turn.state == SILENT and turn.until and turn.until >= since)
            for turn in there
        )

    # --- how ---

    def _hear(self, said: Said, now: datetime) -> None:
        if self.unheard is not None:
            self.unheard.append(said)
            return
        self._deal_with(said, now)
        self._end_turns(now)

    def _deal_with(self, said: Said, now: datetime) -> None:
        """Take an answer, or let it be as never given; ask whoever can come after all."""
        person, answer, event = said
        if answer == TAKEN_BACK:
            self._let_go(person, event, now)
        else:
            for place in self._theirs(person, answer):
                place.said.setdefault(person, []).append((event, answer))
                self._take(place, person, answer, now)
        for place in self.places.values():
            if not place.by and not place.running() and self._next(place):
                self._ask(place, now)

    def _let_go(self, person: str, event: str, now: datetime) -> None:
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

    def _firsts(self) -> dict[str, str]:
        """Give who holds each function, by rank 1."""
        return {code: who for code, rows in self.roster.items() for rank, who in rows if rank == 1}

    def _look(self, now: datetime) -> None:
        """See who has changed hands since it was last looked; then nobody waits for the gone."""
        before, self.seen = self.seen, self._firsts()
        for code in sorted(before):
            comes = self.seen.get(code)
            if comes and comes != before[code]:
                self._hand_over(code, before[code], comes, now)
        self._end_turns(now)

    def _hand_over(self, code: str, goes: str, comes: str, now: datetime) -> None:
        """Ask who comes where who goes is asked: at once, for as long as whoever is next.

        Who has been asked already is not asked again, nor is who has said that they cannot come.
        """
        for place in self.places.values():
            asked = place.running()[-1:]
            if not any((it.person, it.function) == (goes, code) for it in asked):
                continue
            link = self._link(place, comes)
            if self._has(place, goes) or link is None or link[0] != code:
                continue
            asked[0].state = GONE
            turn = place.turn_of(comes)
            if (turn and turn.state != WAITING) or self._no(comes):
                self._ask(place, now)
                continue
            if turn is None:
                turn = Turn(comes, *link)
                place.chain.append(turn)
            turn.function, turn.rank = link
            turn.state, turn.at, turn.until = ASKED, now, now + NEXT

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
        """Ask the next where whoever was asked is out of time, or has the function no more."""
        for place in self.places.values():
            running = place.running()
            for turn in running:
                if not self._has(place, turn.person):
                    turn.state = GONE
                elif turn.until and turn.until <= now:
                    turn.state = SILENT
            if running and not place.running():
                self._ask(place, now)

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

        Where nobody has, who was waited for, and told that it was answered, has three minutes;
        nobody waits for who has the function no more.
        """
        left = [it for it in place.chain if it.state == YES and self._has(place, it.person)]
        best = min(left, key=lambda it: (it.function != place.own, it.rank), default=None)
        place.by, place.comes = (best.person if best else None), False
        place.standing = (best.function != place.own, best.rank) if best else (True, 99)
        for turn in place.running():
            if not self._has(place, turn.person):
                turn.state = GONE
            elif turn.until and turn is not whose:
                turn.until = max(turn.until, now + NEXT)
