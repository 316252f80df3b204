"""Who belongs in which room: the room follows the holdings, at the minute they change (R1).

The holder (rank 1) of a seat, and of a post that leads a forum, is invited to the region's Space
and to the forum's room. Deputies are not put into rooms by themselves: one who answers a call is
invited then, and one who is in stays for as long as they hold a rank in the forum. Never fight a
human: who left by choice is not invited again, who was banned is left alone, and whoever the law
has never known is not thrown out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.model import Holding, Member
from bot.domain.region import Forum, Region
from bot.domain.room_plan import Why
from bot.domain.rooms import SPACE, forum_key, level_key

INSIDE = frozenset({"join", "invite", "knock"})
"""Memberships, in Matrix's own words, of those who are in or on their way."""
Members = Mapping[str, Mapping[str, Member]]
"""What each room (by key) last said of each person (by mxid)."""
Holdings = Sequence[Holding]


@dataclass(frozen=True)
class Invite:
    """Ask the person into the room."""

    key: str
    mxid: str
    why: Why
    sign = "+"


@dataclass(frozen=True)
class Kick:
    """Take the person out of the room; they are told why."""

    key: str
    mxid: str
    why: Why
    sign = "-"


Move = Invite | Kick


def functions_of(forum: Forum, region: Region) -> tuple[str, ...]:
    """List the functions that belong in a forum's room: its seats, and the posts that lead it.

    Where seats are borrowed from another forum, only the lead is there at rest; the concerned
    come when they are called.
    """
    seats = (seat.function for seat in forum.seats)
    return tuple(
        dict.fromkeys((*seats, *(code for code in forum.lead if code in region.functions)))
    )


def in_force(holding: Holding, now: datetime) -> bool:
    """Tell whether it holds; its start is included, its end is not."""
    begun = holding.starts is None or holding.starts <= now
    return begun and (holding.ends is None or now < holding.ends)


def membership_plan(  # noqa: PLR0913 - the law on one side, what there is on the other
    region: Region,
    holdings: Holdings,
    members: Members,
    now: datetime,
    *,
    called: Mapping[str, frozenset[str]] | None = None,
    creators: Collection[str] = (),
) -> tuple[Move, ...]:
    """List who is to be invited and who taken out. `members` has only the rooms there are.

    `holdings` are all that are in force or have ended. `called` gives, by forum, those who have
    answered that they come to a meeting that is not over, whatever their rank. `creators` are the
    standby bot and the break-glass person: in the Space beforehand, so that they can get in when
    the bot is lost; from there every room is open to them.
    """
    moves: list[Move] = []
    everything: dict[str, None] = {}
    for forum in region.forums.values():
        functions = functions_of(forum, region)
        everything |= dict.fromkeys(functions)
        room = _Room(forum_key(forum.code), functions, holdings, now)
        moves.extend(room.moves(members, (called or {}).get(forum.code, frozenset())))
    space = _Room(SPACE, tuple(everything), holdings, now)
    coming = frozenset(mxid for there in (called or {}).values() for mxid in there)
    levels = (
        _Room(level_key(code), tuple(region.functions), holdings, now) for code in region.levels
    )
    kicks = [kick for level in levels for kick in level.kicks(members)]
    return (
        *_creators(creators, members),
        *space.invites(members, coming),
        *moves,
        *kicks,
        *_out_of_space(region, holdings, members, now),
    )


def _creators(creators: Collection[str], members: Members) -> Iterator[Invite]:
    """Ask those into the Space who can take the rooms over, unless they have left it by choice."""
    for mxid in creators if SPACE in members else ():
        member = members[SPACE].get(mxid)
        if member is None or (member.membership == "leave" and not member.by_choice):
            yield Invite(SPACE, mxid, Why("creator", {}))


def _out_of_space(
    region: Region, holdings: Holdings, members: Members, now: datetime
) -> Iterator[Kick]:
    """Take out of the region's Space who has no function left at all: it opens every room."""
    return _Room(SPACE, tuple(region.functions), holdings, now).kicks(members)


@dataclass(frozen=True)
class _Room:
    """A room, and the functions that make somebody belong in it."""

    key: str
    functions: tuple[str, ...]
    holdings: Holdings
    now: datetime

    def moves(self, members: Members, called: frozenset[str]) -> Iterator[Move]:
        """List the invites, then the kicks."""
        yield from self.invites(members, called)
        yield from self.kicks(members)

    def invites(self, members: Members, called: frozenset[str]) -> Iterator[Invite]:
        """List the holders, and those who are coming, who are neither in nor gone by choice."""
        if self.key not in members:
            return
        wanted = {
            held.mxid: held.function for held in self._held(in_force_now=True) if held.rank == 1
        }
        wanted = dict.fromkeys(sorted(called - self._ended().keys()), "") | wanted
        for mxid, function in wanted.items():
            member = members[self.key].get(mxid)
            if member is None or (member.membership == "leave" and not member.by_choice):
                why = Why("begins" if function else "attends", {"function": function or None})
                yield Invite(self.key, mxid, why)

    def kicks(self, members: Members) -> Iterator[Kick]:
        """List those whose last holding here has ended since they came in."""
        if self.key not in members:
            return
        for mxid, held in self._ended().items():
            member = members[self.key].get(mxid)
            if member and member.membership in INSIDE and held.ends and member.since <= held.ends:
                yield Kick(self.key, mxid, Why("ends", {"function": held.function}))

    def _ended(self) -> dict[str, Holding]:
        """Give who no longer belongs here, with the holding that ended last.

        An answer given while it was held does not keep anybody: the call is the function's (R1).
        """
        belong = {held.mxid for held in self._held(in_force_now=True)}
        ended: dict[str, Holding] = {}
        for held in self._held(in_force_now=False):
            if held.ends and held.ends <= self.now and held.mxid not in belong:
                ended[held.mxid] = _later(ended.get(held.mxid), held)
        return ended

    def _held(self, *, in_force_now: bool) -> Iterator[Holding]:
        codes = frozenset(self.functions)
        for held in self.holdings:
            if held.function in codes and in_force(held, self.now) is in_force_now:
                yield held


def _later(one: Holding | None, other: Holding) -> Holding:
    """Give the holding that ended last."""
    if one is None or one.ends is None or other.ends is None:
        return other
    return other if other.ends >= one.ends else one
