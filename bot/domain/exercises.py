"""The law as an exercise has it: the same, with forums, organisations and functions of its own.

Every code of an exercise begins with the exercise's ("ÖVN1-ASK", "ÖVN1-lst.TIB"). So whatever is
called, asked or told by a code of the exercise stays in it, and nothing real is found by one. A
function that nobody was named for is unmanned there; live duty is never called (R22).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from bot.domain.model.exercises import HeldExercise
from bot.domain.region import Cooperation, Exercise, Forum, Organisation, Region, Seat

LETTERS = {"sv": "ÖVN"}
"""With which letters an exercise's code begins, by the region's language."""
LETTERS_ELSE = "EXE"


def next_code(region: Region, before: int) -> str:
    """Give the code of the exercise that comes after so many."""
    return f"{LETTERS.get(region.language, LETTERS_ELSE)}{before + 1}"


def twin(exercise: str, code: str) -> str:
    """Give the exercise's own code for one of the law's."""
    return f"{exercise}-{code}"


def plain(region: Region, code: str) -> str:
    """Give the law's code for one of this region's, as people say it."""
    return code.removeprefix(f"{region.exercise.code}-") if region.exercise else code


def is_of(region: Region, code: str) -> bool:
    """Tell whether a code of a forum or a function is of this world: of this exercise, or real."""
    if region.exercise:
        return code.startswith(twin(region.exercise.code, ""))
    return region.world_of(code).exercise is None


def spoken(region: Region, codes: Iterable[str]) -> dict[str, str]:
    """Give the codes by all that people may type for them, in lower case."""
    return {word.casefold(): code for code in codes for word in (plain(region, code), code)}


def world(region: Region, row: HeldExercise) -> Region:
    """Make the exercise's own region of the law in use."""
    own = _Twins(row.code, frozenset(row.forums))
    chosen = [region.forums[code] for code in row.forums if code in region.forums]
    return replace(
        region,
        exercise=Exercise(
            row.code,
            row.title,
            frozenset(row.participants),
            ended_at=row.ended_at,
            ways=any(it.ways for it in region.organisations.values()),
        ),
        exercises={},
        organisations={own(it.code): own.organisation(it) for it in region.organisations.values()},
        functions={
            own(it.code): replace(it, code=own(it.code), organisation=own(it.organisation))
            for it in region.functions.values()
        },
        groups={name: own.each(codes) for name, codes in region.groups.items()},
        receivers={
            (own(organisation), level): own(function)
            for (organisation, level), function in region.receivers.items()
        },
        forums={own(forum.code): own.forum(forum) for forum in chosen},
        cooperation=own.cooperation(region.cooperation),
        holdings=(),
    )


class _Twins:
    """The twins of one exercise, which practises these forums."""

    def __init__(self, exercise: str, forums: Collection[str]) -> None:
        self._exercise = exercise
        self._forums = forums

    def __call__(self, code: str) -> str:
        return twin(self._exercise, code)

    def each(self, codes: Iterable[str]) -> tuple[str, ...]:
        return tuple(self(code) for code in codes)

    def there(self, forum: str | None) -> str | None:
        """Give the twin of a forum; None where it is not practised."""
        return self(forum) if forum in self._forums and forum else None

    def organisation(self, it: Organisation) -> Organisation:
        """Make the twin of an organisation, that no other way leads to."""
        return replace(
            it,
            code=self(it.code),
            contact_point=self(it.contact_point),
            night_contact=self(it.night_contact) if it.night_contact else None,
            hosted_by=self(it.hosted_by) if it.hosted_by else None,
            ways=(),
        )

    def forum(self, it: Forum) -> Forum:
        """Make the twin of a forum: it meets when it is called, and reports inside the exercise."""
        lender = self.there(it.seats_from.forum) if it.seats_from else None
        return replace(
            it,
            code=self(it.code),
            chair=self(it.chair),
            vice_chair=self(it.vice_chair) if it.vice_chair else None,
            secretary=self(it.secretary) if it.secretary else None,
            may_convene=frozenset(self.each(it.may_convene)),
            may_request=frozenset(self.each(it.may_request)),
            seats=tuple(self.seat(seat) for seat in it.seats),
            seats_from=replace(it.seats_from, forum=lender) if it.seats_from and lender else None,
            cadence={},
            report_request=None,
            digests=(),
            escalates_to=self.there(it.escalates_to),
            hands_down_to=self.there(it.hands_down_to),
            receives_digest_of=tuple(filter(None, map(self.there, it.receives_digest_of))),
            temporary=None,
        )

    def seat(self, it: Seat) -> Seat:
        return replace(it, function=self(it.function), represents=self.each(it.represents))

    def cooperation(self, it: Cooperation) -> Cooperation:
        return replace(
            it,
            judges=self.each(it.judges),
            informed=self.each(it.informed),
            contact=self.there(it.contact),
            conference=self.there(it.conference),
        )


def worlds(
    region: Region, rows: Iterable[HeldExercise], before: Mapping[str, Region]
) -> tuple[dict[str, Region], dict[str, Region]]:
    """Give the regions of the exercises that go on, and of those that are over, by code.

    One that is over, and was `before`, is not made anew.
    """
    running: dict[str, Region] = {}
    over: dict[str, Region] = {}
    for row in rows:
        known = before.get(row.code)
        made = known if known and row.ended_at and _is_same(known, row) else world(region, row)
        (over if row.ended_at else running)[row.code] = made
    return running, over


def _is_same(known: Region, row: HeldExercise) -> bool:
    its, forums = known.exercise, {twin(row.code, code) for code in row.forums}
    return (
        its is not None
        and (its.title, its.ended_at) == (row.title, row.ended_at)
        and its.participants == frozenset(row.participants)
        and set(known.forums) == forums
    )
