"""What commands and deadlines are written against: who asks, where, and with which words."""

from bot.asking.arguments import (
    ActionId,
    AgreementId,
    CarryBackId,
    ForumCode,
    FunctionCode,
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
    "Deadline",
    "ForumCode",
    "FunctionCode",
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
