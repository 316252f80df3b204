"""What keeps an incident from ending: to be handled, or named and stepped over (B11)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.answer import Typed
from bot.domain.model import Action, Agreement, CarryBack, Meeting
from bot.store import incident_record


@dataclass(frozen=True)
class StillOpen:
    """What is not done with, by kind."""

    actions: tuple[Action, ...]
    proposals: tuple[Agreement, ...]
    agreements: tuple[Agreement, ...]
    carry_backs: tuple[CarryBack, ...]
    meetings: tuple[Meeting, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """List the ids of all of it."""
        every = (
            self.actions, self.proposals, self.agreements, self.carry_backs, self.meetings,
        )  # fmt: skip
        return tuple(each.id for kind in every for each in kind)

    def without(self, ids: Collection[str]) -> StillOpen:
        """Leave out what has these ids."""
        return replace(
            self,
            actions=tuple(it for it in self.actions if it.id not in ids),
            proposals=tuple(it for it in self.proposals if it.id not in ids),
            agreements=tuple(it for it in self.agreements if it.id not in ids),
            carry_backs=tuple(it for it in self.carry_backs if it.id not in ids),
            meetings=tuple(it for it in self.meetings if it.id not in ids),
        )

    def facts(self) -> dict[str, Any]:
        """Give what is said of each."""
        return {
            "actions": [
                {"id": it.id, "function": it.function, "text": Typed(it.text), "due": it.due_at}
                for it in self.actions
            ],
            "proposals": [
                {"id": it.id, "text": Typed(it.text), "closes": it.closes_at}
                for it in self.proposals
            ],
            "agreements": [
                {"id": it.id, "text": Typed(it.text), "until": it.valid_until}
                for it in self.agreements
            ],
            "carry_backs": [
                {"id": it.id, "organisation": it.organisation, "receiver": it.receiver}
                for it in self.carry_backs
            ],
            "meetings": [{"id": it.id, "state": str(it.state)} for it in self.meetings],
        }


async def still_open(session: AsyncSession, incident: str, by: datetime) -> StillOpen:
    """Gather what is open in an incident; of agreements what holds longer than to that moment."""
    return StillOpen(
        actions=tuple(await incident_record.open_actions(session, incident)),
        proposals=tuple(await incident_record.proposals(session, incident)),
        agreements=tuple(await incident_record.valid(session, incident, by)),
        carry_backs=tuple(await incident_record.not_home(session, incident)),
        meetings=tuple(await incident_record.unfinished(session, incident)),
    )
