"""A forum of a region file that has been found right → the domain's forum."""

from __future__ import annotations

from datetime import date, time
from typing import cast

from bot.domain.region import (
    Cadence,
    Forum,
    Mandate,
    Mode,
    Names,
    ReportRequest,
    Seat,
    SeatsFrom,
    Temporary,
)
from config.region_file.build_relief import relief_in
from config.region_file.forum_shape import DigestShape, ForumShape, SeatShape
from config.region_file.reading import Place, Reading
from config.region_file.rules import read_cron

MODES = (Mode.ORDINARY, Mode.ACTIVATED)


def forum_of(reading: Reading, forum: ForumShape) -> Forum:
    """Build one forum, its borrowed seats included."""
    return Forum(
        code=forum.code,
        names=Names(forum.names()),
        level=forum.level,
        purpose=forum.purpose,
        chair=forum.chair,
        vice_chair=forum.vice_chair,
        secretary=forum.secretary,
        may_convene=_functions(reading, forum.may_convene),
        may_request=_functions(reading, forum.may_request),
        may_agree=tuple(forum.may_agree),
        seats=tuple(_seat(place) for place in reading.places(forum)),
        agenda=_agenda(forum),
        info_class_max=forum.info_class_max,
        seats_from=_seats_from(forum),
        concerned_mandate=_concerned_mandate(forum),
        cadence=_cadence(forum),
        report_request=_report_request(forum),
        escalates_to=forum.escalates_to,
        hands_down_to=forum.hands_down_to,
        receives_digest_of=tuple(forum.receives_digest_of),
        digests=tuple(_digest(each) for each in forum.digests),
        activated_only=forum.activated_only,
        support_only=forum.support_only,
        temporary=_temporary(forum),
        perspectives=tuple(forum.perspectives),
        relief=relief_in(reading, forum),
    )


def _functions(reading: Reading, named: str | list[str]) -> frozenset[str]:
    """Give the functions that "all", "all_duty_functions" or a list stands for."""
    if isinstance(named, list):
        return frozenset(named)
    functions = reading.functions.items()
    return frozenset(code for code, each in functions if named == "all" or each.kind == "duty")


def _seat(place: Place) -> Seat:
    return Seat(
        function=place.function,
        represents=place.represents,
        mandate=_mandate(place.seat, place.kinds),
        required=place.seat.required,
        coopted=place.seat.coopted,
        night_represented=place.seat.night_represented,
    )


def _mandate(seat: SeatShape, kinds: tuple[str, ...]) -> Mandate:
    last_day = date.fromisoformat(seat.valid_to) if seat.valid_to else None
    return Mandate(frozenset(kinds), seat.limit(), seat.basis, last_day)


def _concerned_mandate(forum: ForumShape) -> Mandate | None:
    roles = (seat for seat in forum.seats if seat.role is not None)
    return next((_mandate(seat, tuple(seat.mandate)) for seat in roles), None)


def _seats_from(forum: ForumShape) -> SeatsFrom | None:
    source = forum.seats_from
    return SeatsFrom(source.forum, source.filter) if source else None


def _agenda(forum: ForumShape) -> dict[Mode, str]:
    by_mode = {mode: getattr(forum.agenda, mode) for mode in MODES}
    return {mode: cast("str", code) for mode, code in by_mode.items() if code}


def _cadence(forum: ForumShape) -> dict[Mode, Cadence]:
    shape = forum.cadence
    if shape is None:
        return {}
    at = time.fromisoformat(shape.at)
    rules = {mode: getattr(shape, mode) for mode in MODES}
    return {
        mode: Cadence(rule, at, shape.minutes, shape.call_before)
        for mode, rule in rules.items()
        if rule
    }


def _digest(shape: DigestShape) -> Cadence:
    rule, clock = read_cron(shape.cron) if shape.cron else (shape.rule or "", shape.at or "")
    return Cadence(rule, time.fromisoformat(clock))


def _report_request(forum: ForumShape) -> ReportRequest | None:
    shape = forum.report_request
    return ReportRequest(_weekday(shape.opens), _weekday(shape.closes)) if shape else None


def _weekday(written: str) -> tuple[str, time]:
    weekday, clock = written.split(" ")
    return weekday, time.fromisoformat(clock)


def _temporary(forum: ForumShape) -> Temporary | None:
    shape = forum.temporary
    if shape is None:
        return None
    return Temporary(shape.ordered_by, date.fromisoformat(shape.ends), shape.result_to)
