"""The mark of an exercise: put on every letter of one, in this one place (R22)."""

from __future__ import annotations

from bot.domain.answer import Direct, InForum, Place
from bot.domain.model import Letter
from bot.domain.region import Region


def admitted(region: Region, place: Place) -> bool:
    """Tell whether something of this region may be said there.

    Of an exercise nothing is said in a real room, nor to anybody who does not take part.
    """
    if region.exercise is None:
        return True
    match place:
        case InForum(forum):
            return forum in region.forums
        case Direct(mxid):
            return mxid in region.exercise.participants
    return True


def marked(letter: Letter, mark: str) -> Letter:
    """Put the mark first in all that is read of a letter; a tap has no words."""
    said = letter.content
    match letter.kind:
        case "message":
            said["plain"] = f"{mark}\n{said['plain']}"
            said["html"] = said["html"] and f"<p><strong>{mark}</strong></p>{said['html']}"
        case "poll":
            said["question"] = f"{mark}. {said['question']}"
        case "poll_end":
            said["plain"] = f"{mark}. {said['plain']}"
        case "file":
            said["plain"] = f"{mark} {said['plain']}"
            said["unsent"] = f"{mark}. {said['unsent']}"
            said["html"] = f"<p><strong>{mark}</strong></p>{said['html']}"
            said["mark"] = mark
    return letter
