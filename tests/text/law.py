"""A small law for tests of words: two organisations, one forum, one of each kind."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot.domain.region import (
    AgreementKind,
    Cooperation,
    Forum,
    Function,
    FunctionKind,
    HolidayRule,
    InfoClass,
    Level,
    MandateKind,
    Names,
    Organisation,
    Region,
)


def names(sv: str, en: str) -> Names:
    return Names({"sv": sv, "en": en})


def _function(code: str, sv: str, en: str) -> Function:
    return Function(code, code.partition(".")[0], FunctionKind.DUTY, names(sv, en), deputies=1)


def small_region() -> Region:
    """Build the law that these tests read."""
    return Region(
        code="mv",
        name="Mälarviks län",
        timezone=ZoneInfo("Europe/Stockholm"),
        language="sv",
        holidays=None,
        holiday_rule=HolidayRule.KEEP,
        week_label="v. {iso_week}",
        levels={"samordnande": Level("samordnande", 2, names("Samordnande", "Coordinating"))},
        mandate_kinds={
            "RESURS": MandateKind(
                "RESURS", 2, names("får ta i anspråk resurser", "may commit resources")
            )
        },
        agreement_kinds={
            "RAD": AgreementKind("RAD", "RESURS", names("resursfördelning", "resource allocation"))
        },
        info_classes={"OPEN": InfoClass("OPEN", 0, names("öppen", "open"))},
        organisations={
            "lst": Organisation("lst", "Länsstyrelsen", "stat", True, "lst.TIB"),  # noqa: FBT003
            "ekv": Organisation("ekv", "Ekvikens kommun", "kommun", False, "ekv.KD"),  # noqa: FBT003
        },
        functions={
            "lst.TIB": _function("lst.TIB", "Tjänsteperson i beredskap", "Duty officer"),
            "ekv.KD": _function("ekv.KD", "Kommundirektör", "Municipal director"),
        },
        groups={},
        receivers={},
        limits={},
        agendas={},
        cooperation=Cooperation(),
        forums={"VSK": _forum()},
    )


def _forum() -> Forum:
    return Forum(
        code="VSK",
        names=names("Veckosamverkan", "Weekly coordination"),
        level="samordnande",
        purpose="",
        chair="lst.TIB",
        vice_chair=None,
        secretary=None,
        may_convene=frozenset(),
        may_request=frozenset(),
        may_agree=(),
        seats=(),
        agenda={},
        info_class_max="OPEN",
    )
