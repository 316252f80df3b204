"""What commands and deadlines are written against: who asks, where, and with which words."""

from bot.asking.arguments import (
    ActionId,
    AgreementId,
    CarryBackId,
    Day,
    ForumCode,
    FunctionCode,
    IncidentId,
    LocalTime,
    MeetingId,
    OnlyForum,
    Rest,
    SummonsId,
    Word,
)
from bot.asking.ask import Ask, Ring
from bot.asking.command import Command, Deadline, command, deadline

__all__ = [
    "ActionId",
    "AgreementId",
    "Ask",
    "CarryBackId",
    "Command",
    "Day",
    "Deadline",
    "ForumCode",
    "FunctionCode",
    "IncidentId",
    "LocalTime",
    "MeetingId",
    "OnlyForum",
    "Rest",
    "Ring",
    "SummonsId",
    "Word",
    "command",
    "deadline",
]
