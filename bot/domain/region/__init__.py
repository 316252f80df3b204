"""The law, as frozen values: what a region file says, once it has been found right.

Built by `config.region`; read by everybody. Nobody changes it; which forums are in use besides
the file's, or no longer, is taken in by `bot.store.law` alone. A code is the short name the
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
    Perspective,
    Way,
)
from bot.domain.region.cooperation import Cooperation
from bot.domain.region.exercise import Exercise
from bot.domain.region.forum import Forum
from bot.domain.region.kinds import (
    FunctionKind,
    HolidayRule,
    Language,
    Mode,
    Names,
    WayKind,
)
from bot.domain.region.limits import (
    After,
    Limits,
    NextMeeting,
    NextWorkday,
    SameDay,
    TimeLimit,
    Workdays,
)
from bot.domain.region.listing import Listing, everything
from bot.domain.region.meetings import Agenda, AgendaItem, Cadence, ReportRequest, Temporary
from bot.domain.region.reach import Reach
from bot.domain.region.region import Region
from bot.domain.region.relief import Relief
from bot.domain.region.seats import Limit, Mandate, Seat, SeatsFrom

__all__ = [
    "After",
    "Agenda",
    "AgendaItem",
    "AgreementKind",
    "Cadence",
    "Cooperation",
    "Exercise",
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
    "Listing",
    "Mandate",
    "MandateKind",
    "Mode",
    "Names",
    "NextMeeting",
    "NextWorkday",
    "Organisation",
    "Perspective",
    "Reach",
    "Region",
    "Relief",
    "ReportRequest",
    "SameDay",
    "Seat",
    "SeatsFrom",
    "Temporary",
    "TimeLimit",
    "Way",
    "WayKind",
    "Workdays",
    "everything",
]
