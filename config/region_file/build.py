"""A region file that has been found right → the law, as the domain's values."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.domain.region import (
    Agenda,
    AgendaItem,
    AgreementKind,
    Function,
    FunctionKind,
    Held,
    HolidayRule,
    InfoClass,
    Level,
    Listing,
    MandateKind,
    Names,
    Organisation,
    Perspective,
    Region,
    Way,
    WayKind,
)
from config.region_file.base import Named
from config.region_file.build_cooperation import cooperation_of
from config.region_file.build_forum import forum_of
from config.region_file.build_reach import reach_of
from config.region_file.build_relief import relief_of
from config.region_file.limits import limits_of
from config.region_file.reading import Reading
from config.region_file.shape import HeldShape, WayShape


def region_of(reading: Reading) -> Region:
    """Build the region. The reading has been checked and has no problems."""
    shape, about = reading.shape, reading.shape.region
    return Region(
        code=about.code,
        name=about.name,
        timezone=ZoneInfo(about.timezone),
        language=about.language,
        holidays=about.holidays,
        holiday_rule=HolidayRule(about.holiday_rule),
        week_label=about.week_label,
        levels={c: Level(c, each.rank, _names(c, each)) for c, each in shape.levels.items()},
        mandate_kinds=_mandate_kinds(reading),
        agreement_kinds=_agreement_kinds(reading),
        info_classes={
            code: InfoClass(code, each.rank, _names(code, each))
            for code, each in shape.info_classes.items()
        },
        organisations=_organisations(reading),
        functions=_functions(reading),
        groups={name: tuple(members) for name, members in shape.groups.items()},
        receivers=_receivers(reading),
        limits=limits_of(shape.time_limits),
        agendas=_agendas(reading),
        forums=Listing({c: forum_of(reading, forum) for c, forum in reading.forums.items()}),
        cooperation=cooperation_of(reading),
        perspectives={
            code: Perspective(code, tuple(each.types), _names(code, each))
            for code, each in shape.perspectives.items()
        },
        relief=relief_of(reading),
        reach=reach_of(reading),
        holdings=tuple(_held(each, ZoneInfo(about.timezone)) for each in shape.on_duty_example),
    )


def _names(code: str, named: Named) -> Names:
    """Give the names by language; what has none is called by its code."""
    return Names(named.names() or {"sv": code, "en": code})


def _mandate_kinds(reading: Reading) -> dict[str, MandateKind]:
    """Rank the kinds in the order of the file, from 1."""
    kinds = enumerate(reading.shape.mandate_kinds.items(), start=1)
    return {code: MandateKind(code, rank, _names(code, each)) for rank, (code, each) in kinds}


def _agreement_kinds(reading: Reading) -> dict[str, AgreementKind]:
    """Give the kinds of agreement; without a section, those that the forums name.

    A kind named like a mandate kind needs that one; any other the second mandate kind, the
    first that may do more than inform.
    """
    written = reading.shape.agreement_kinds
    if written is not None:
        return {c: AgreementKind(c, e.mandate, _names(c, e)) for c, e in written.items()}
    mandates = list(reading.shape.mandate_kinds)
    by_folded = {mandate.casefold(): mandate for mandate in mandates}
    usual = mandates[min(1, len(mandates) - 1)]
    named = dict.fromkeys(kind for forum in reading.shape.forums for kind in forum.may_agree)
    return {
        kind: AgreementKind(
            kind, by_folded.get(kind.casefold(), usual), Names({"sv": kind, "en": kind})
        )
        for kind in named
    }


def _organisations(reading: Reading) -> dict[str, Organisation]:
    return {
        code: Organisation(
            code=code,
            name=each.name,
            type=each.type,
            authority=each.authority,
            contact_point=each.contact_point,
            night_contact=each.night_contact,
            hosted_by=each.hosted_by,
            area_responsible=each.area_responsible,
            coopted_only=each.coopted_only,
            ways=tuple(map(_way, each.ways)),
        )
        for code, each in reading.organisations.items()
    }


def _way(way: WayShape) -> Way:
    kind = WayKind.EMAIL if way.email else WayKind.WEBHOOK
    return Way(kind, way.email or way.webhook or "")


def _functions(reading: Reading) -> dict[str, Function]:
    return {
        code: Function(
            code=code,
            organisation=code.partition(".")[0],
            kind=FunctionKind(each.kind),
            titles=_names(code, each),
            deputies=each.deputies,
        )
        for code, each in reading.functions.items()
    }


def _receivers(reading: Reading) -> dict[tuple[str, str], str]:
    found = {}
    for organisation in reading.organisations:
        for level in reading.shape.levels:
            function = reading.receiver(organisation, level)
            if function is not None:
                found[organisation, level] = function
    return found


def _agendas(reading: Reading) -> dict[str, Agenda]:
    return {
        code: Agenda(
            code,
            tuple(AgendaItem(each.key, _names(each.key, each), each.minutes) for each in items),
        )
        for code, items in reading.shape.agendas.items()
    }


def _held(held: HeldShape, zone: ZoneInfo) -> Held:
    return Held(
        function=held.function,
        rank=held.rank,
        mxid=held.mxid,
        person=held.person,
        starts=_moment(held.from_, zone),
        ends=_moment(held.to, zone),
    )


def _moment(written: str | None, zone: ZoneInfo) -> datetime | None:
    """Give the moment of a local time; of one that comes twice, the first."""
    if written is None:
        return None
    return datetime.fromisoformat(written).replace(tzinfo=zone).astimezone(UTC)
