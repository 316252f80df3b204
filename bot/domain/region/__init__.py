"""The law, as frozen values: what a region file says, once it has been found right.

Built by `config.region`; read by everybody; changed by nobody. A code is the short name the
region file uses ("VSK", "lst.TIB"); a name is what people read, by language.
"""

from bot.domain.region.actors import (
    AgreementKind,
    Function,
    Held,
    InfoClass,
    Level,
    MandateKind,
    Organisation,
)
from bot.domain.region.forum import Forum
from bot.domain.region.kinds import FunctionKind, HolidayRule, Language, Mode, Names
from bot.domain.region.limits import (
    After,
    Limits,
    NextMeeting,
    NextWorkday,
    SameDay,
    TimeLimit,
    Workdays,
)
from bot.domain.region.meetings import Agenda, AgendaItem, Cadence, ReportRequest, Temporary
from bot.domain.region.region import Region
from bot.domain.region.seats import Limit, Mandate, Seat, SeatsFrom

__all__ = [
    "After",
    "Agenda",
    "AgendaItem",
    "AgreementKind",
    "Cadence",
    "Forum",
    "Function",
    "FunctionKind",
    "Held",
    "HolidayRule",
    "InfoClass",
    "Language",
    "Level",
    "Limit",
    "Limits",
    "Mandate",
    "MandateKind",
    "Mode",
    "Names",
    "NextMeeting",
    "NextWorkday",
    "Organisation",
    "Region",
    "ReportRequest",
    "SameDay",
    "Seat",
    "SeatsFrom",
    "Temporary",
    "TimeLimit",
    "Workdays",
]
