"""How things stand at one moment, read once for all who are briefed then.

Whoever makes one keeps it no longer than one command or one ring: in it the calls are the very
ones that are changed on the way, and nothing else that is told here changes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.domain.model import Agreement, Meeting
from bot.procedures.roll import Asking, Roll, read, roster_now
from bot.store import agreements, meetings, summonses


@dataclass
class Situation:
    """The calls that run, and what is open in the forums; nothing is read before it is asked."""

    at: Asking
    _rolls: list[Roll] | None = None
    _open: dict[str, list[Agreement]] = field(default_factory=dict)
    _told: dict[str, Meeting | None] = field(default_factory=dict)

    async def rolls(self) -> list[Roll]:
        """List the calls that run, the newest first; where none runs, nobody is looked up."""
        if self._rolls is None:
            made = await summonses.running(self.at.session)
            roster = await roster_now(self.at) if made else {}
            self._rolls = [roll for each in made if (roll := await read(self.at, each, roster))]
        return self._rolls

    async def open_in(self, forum: str) -> list[Agreement]:
        """List the proposals that are open in a forum."""
        if forum not in self._open:
            self._open[forum] = list(await agreements.open_in(self.at.session, forum))
        return self._open[forum]

    async def last_published(self, forum: str) -> Meeting | None:
        """Find the meeting of a forum whose digest was published last."""
        if forum not in self._told:
            self._told[forum] = await meetings.last_published(self.at.session, forum)
        return self._told[forum]
