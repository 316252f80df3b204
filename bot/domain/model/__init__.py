"""What happens, as tables: the history that outlives every process."""

from bot.domain.model.agreements import (
    Action,
    ActionState,
    Agreement,
    AgreementState,
    Choice,
    Concerned,
    Position,
)
from bot.domain.model.base import Moment
from bot.domain.model.carrying import CarryBack, CarryBackState, LogEntry
from bot.domain.model.line import Counter, Deadline, Handled, Kept, Letter
from bot.domain.model.meetings import (
    Call,
    CallState,
    CallStep,
    Meeting,
    MeetingState,
    StepState,
    Summons,
)
from bot.domain.model.people import Holding, Member, Person, Room

__all__ = [
    "Action",
    "ActionState",
    "Agreement",
    "AgreementState",
    "Call",
    "CallState",
    "CallStep",
    "CarryBack",
    "CarryBackState",
    "Choice",
    "Concerned",
    "Counter",
    "Deadline",
    "Handled",
    "Holding",
    "Kept",
    "Letter",
    "LogEntry",
    "Meeting",
    "MeetingState",
    "Member",
    "Moment",
    "Person",
    "Position",
    "Room",
    "StepState",
    "Summons",
]
