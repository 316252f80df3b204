"""What happens, as tables: the history that outlives every process."""

from bot.domain.model.agreements import (
    Action,
    ActionState,
    Agreement,
    AgreementState,
    Blank,
    Choice,
    Concerned,
    Position,
)
from bot.domain.model.base import Moment
from bot.domain.model.carrying import CarryBack, CarryBackState, LogEntry
from bot.domain.model.dispatches import Dispatch, DispatchState
from bot.domain.model.exercises import HeldExercise
from bot.domain.model.feeds import Feed
from bot.domain.model.forums import OpenedForum
from bot.domain.model.gaps import PlannedGap
from bot.domain.model.handovers import Handover
from bot.domain.model.identities import Held, Identity
from bot.domain.model.incidents import (
    ConcernedActor,
    Incident,
    IncidentState,
    IncidentTurn,
    Lesson,
    RhythmTime,
)
from bot.domain.model.line import Answered, Counter, Deadline, Handled, HeardKey, Kept, Letter
from bot.domain.model.meetings import (
    Call,
    CallState,
    CallStep,
    Meeting,
    MeetingState,
    StepState,
    Summons,
)
from bot.domain.model.overrides import Override, OverrideKind
from bot.domain.model.people import Holding, Invitation, Member, Person, Room
from bot.domain.model.servers import Outage
from bot.domain.model.test_calls import TestCall, TestedFunction
from bot.domain.model.unread import Unread, UnreadState

__all__ = [
    "Action",
    "ActionState",
    "Agreement",
    "AgreementState",
    "Answered",
    "Blank",
    "Call",
    "CallState",
    "CallStep",
    "CarryBack",
    "CarryBackState",
    "Choice",
    "Concerned",
    "ConcernedActor",
    "Counter",
    "Deadline",
    "Dispatch",
    "DispatchState",
    "Feed",
    "Handled",
    "Handover",
    "HeardKey",
    "Held",
    "HeldExercise",
    "Holding",
    "Identity",
    "Incident",
    "IncidentState",
    "IncidentTurn",
    "Invitation",
    "Kept",
    "Lesson",
    "Letter",
    "LogEntry",
    "Meeting",
    "MeetingState",
    "Member",
    "Moment",
    "OpenedForum",
    "Outage",
    "Override",
    "OverrideKind",
    "Person",
    "PlannedGap",
    "Position",
    "RhythmTime",
    "Room",
    "StepState",
    "Summons",
    "TestCall",
    "TestedFunction",
    "Unread",
    "UnreadState",
]
