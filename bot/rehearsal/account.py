"""The account of a play: everything said and found, as plain data for a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bot.rehearsal.faces import Faces
from bot.rehearsal.judging import Verdict
from bot.rehearsal.record import Kind, Message
from bot.rehearsal.scene import Scene


@dataclass(frozen=True)
class Account:
    """What a play was, once it is over."""

    scene: Scene
    verdicts: Sequence[Verdict]
    happenings: Sequence[tuple[datetime, str]]

    @property
    def passed(self) -> int:
        """Count what held."""
        return sum(verdict.ok for verdict in self.verdicts)

    @property
    def failed(self) -> int:
        """Count what did not."""
        return len(self.verdicts) - self.passed

    def data(self) -> dict[str, Any]:
        """Give all of it: people, rooms, messages in order, verdicts."""
        script = self.scene.script
        faces = Faces(self.scene)
        messages = list(self.scene.record.messages.values())
        speakers = {each.sender for each in messages}
        speakers |= {mxid for each in messages for them in each.reactions.values() for mxid in them}
        speakers |= {mxid for each in messages for mxid in each.votes}
        rooms = self._rooms(faces)
        speakers |= {room["person"] for room in rooms if room["person"]}
        return {
            "scenario": script.title,
            "region": script.region.name,
            "language": script.region.language,
            "start": self._local(script.start),
            "bot": self.scene.bot,
            "people": {mxid: asdict(faces.face(mxid)) for mxid in sorted(speakers)},
            "rooms": rooms,
            "messages": [self._message(each) for each in messages],
            "happenings": [{"at": self._local(at), "what": what} for at, what in self.happenings],
            "verdicts": [self._verdict(each) for each in self.verdicts],
            "passed": self.passed,
            "failed": self.failed,
        }

    def _rooms(self, faces: Faces) -> list[dict[str, str]]:
        """List the rooms where something was said: the forums by the law, then direct ones."""
        spoken = {each.room_id for each in self.scene.record.messages.values()}
        law = list(self.scene.script.region.forums)
        places = [faces.place(room_id) for room_id in spoken]
        forums = [place for place in places if place.forum]
        direct = [place for place in places if not place.forum]
        forums.sort(key=lambda place: law.index(place.forum))
        direct.sort(key=lambda place: place.name)
        return [asdict(place) for place in (*forums, *direct)]

    def _message(self, message: Message) -> dict[str, Any]:
        versions = [
            {"at": self._local(each.at), "plain": each.plain, "html": each.html}
            for each in message.versions
        ]
        return {
            "id": message.event_id,
            "room": message.room_id,
            "sender": message.sender,
            "kind": message.kind,
            "call": message.call,
            "at": self._local(message.at),
            "versions": versions,
            "mentions": sorted(message.mentions),
            "reply_to": message.reply_to,
            "subject": message.subject,
            "choices": [list(choice) for choice in message.choices],
            "votes": message.votes if message.kind is Kind.POLL else {},
            "closed": message.closed,
            "reactions": message.reactions,
        }

    def _verdict(self, verdict: Verdict) -> dict[str, Any]:
        message = verdict.finding.message
        return {
            "at": self._local(verdict.step.at),
            "line": verdict.step.line,
            "what": verdict.what,
            "ok": verdict.ok,
            "instead": verdict.finding.instead,
            "message": message.event_id if message else None,
        }

    def _local(self, moment: datetime) -> str:
        """Write a moment by the region's clocks."""
        return moment.astimezone(self.scene.script.region.timezone).isoformat()
