"""Who belongs in which room: the room follows the holdings, at the minute they change (R1).

The holder (rank 1) of a seat, and of a post that leads a forum, is invited to the region's Space
and to the forum's room. Whoever's last holding there has ended stays for a grace time, and then
leaves or, where the law says so, stays and reads. Deputies are not put into rooms by themselves:
one who answers a call is invited then, and one who is in stays for as long as they hold a rank in
the forum. Who lives on another homeserver is invited to the Space alone, which opens the rooms;
once in it, to a forum's room for a seat they get later or a meeting they come to: homeservers let
few invitations in.

Never fight a human: who left by choice is not invited again, who was banned is left alone, and
whoever the law has never known is not thrown out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.holdings import in_force
from bot.domain.model import Holding, Member
from bot.domain.region import Forum, Region, Relief
from bot.domain.room_plan import Why
from bot.domain.rooms import SPACE, forum_key, level_key
from bot.domain.silences import server_of

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


def graces(region: Region) -> frozenset[timedelta]:
    """Give how long former holders stay: one time, or several where forums have their own."""
    return frozenset(it.grace for it in (region.relief, *map(region.relief_in, _all(region))))


def _all(region: Region) -> list[Forum]:
    return [*region.forums.values(), *region.closed_forums]


def membership_plan(  # noqa: PLR0913 - the law on one side, what there is on the other
    region: Region,
    holdings: Holdings,
    members: Members,
    now: datetime,
    *,
    called: Mapping[str, frozenset[str]] | None = None,
    creators: Collection[str] = (),
    home: str | None = None,
) -> tuple[Move, ...]:
    """List who is to be invited and who taken out. `members` has only the rooms there are.

    `holdings` are the periods, overrides laid on, that are in force or have ended. `called` gives,
    by forum, those who have answered that they come to a meeting that is not over, whatever their
    rank. `creators` are the standby bot and the break-glass person: in the Space beforehand, so
    that they can get in when the bot is lost; from there every room is open to them. `home` is the
    rooms' own homeserver; None where it does not matter who lives elsewhere. Into a closed
    forum's room nobody is asked; who is in it reads on, for as long as they belong there.
    """
    moves: list[Move] = []
    held = _Sorted(holdings, now)
    everything: dict[str, None] = {}
    for forum in region.forums.values():
        functions = functions_of(forum, region)
        everything |= dict.fromkeys(functions)
        room = _Room(forum_key(forum.code), functions, held, region.relief_in(forum))
        coming_here = (called or {}).get(forum.code, frozenset())
        moves.extend(
            move
            for move in room.moves(members, coming_here)
            if isinstance(move, Kick)
            or not lives_elsewhere(move.mxid, home)
            or room.asks_elsewhere(move.mxid, members, coming_here)
        )
    for forum in region.closed_forums:
        relief, functions = region.relief_in(forum), functions_of(forum, region)
        room = _Room(forum_key(forum.code), functions, held, relief)
        moves.extend(room.kicks(members))
    leaves = replace(region.relief, listens=False)  # from a Space every room is open
    space = _Room(SPACE, tuple(everything), held, leaves)
    coming = frozenset(mxid for there in (called or {}).values() for mxid in there)
    levels = (
        _Room(level_key(code), tuple(region.functions), held, leaves) for code in region.levels
    )
    kicks = [kick for level in levels for kick in level.kicks(members)]
    return (
        *_creators(creators, members),
        *space.invites(members, coming),
        *moves,
        *kicks,
        *_out_of_space(region, held, members),
    )


def lives_elsewhere(mxid: str, home: str | None) -> bool:
    """Tell whether somebody's account is on another homeserver than the rooms."""
    return home is not None and server_of(mxid) != home


def _creators(creators: Collection[str], members: Members) -> Iterator[Invite]:
    """Ask those into the Space who can take the rooms over, unless they have left it by choice."""
    for mxid in creators if SPACE in members else ():
        member = members[SPACE].get(mxid)
        if member is None or (member.membership == "leave" and not member.by_choice):
            yield Invite(SPACE, mxid, Why("creator", {}))


def _out_of_space(region: Region, held: _Sorted, members: Members) -> Iterator[Kick]:
    """Take out of the region's Space who has no function left at all: it opens every room."""
    leaves = replace(region.relief, listens=False)
    return _Room(SPACE, tuple(region.functions), held, leaves).kicks(members)


def listeners(
    region: Region, holdings: Holdings, members: Members, now: datetime
) -> dict[str, frozenset[str]]:
    """Give, by the key of each forum's room where former holders stay, those who now only read."""
    found = {}
    held = _Sorted(holdings, now)
    for forum in region.forums.values():
        relief, functions = region.relief_in(forum), functions_of(forum, region)
        if relief.listens and forum_key(forum.code) in members:
            room = _Room(forum_key(forum.code), functions, held, relief)
            found[room.key] = frozenset(it.mxid for it in room.relieved(members))
    return found


class _Sorted:
    """Holdings by function: those in force, and the others, in the order in which they came."""

    def __init__(self, holdings: Holdings, now: datetime) -> None:
        """Look at each once: there are many rooms to ask for."""
        self.now = now
        self._by: dict[bool, dict[str, list[Holding]]] = {True: {}, False: {}}
        for held in holdings:
            there = self._by[in_force(held, now)]
            there.setdefault(held.function, []).append(held)

    def of(self, functions: Collection[str], *, in_force_now: bool) -> Iterator[Holding]:
        """List those of some functions, by function."""
        there = self._by[in_force_now]
        return (held for code in sorted({*functions}) for held in there.get(code, ()))


@dataclass(frozen=True)
class _Room:
    """A room, and the functions that make somebody belong in it."""

    key: str
    functions: tuple[str, ...]
    holdings: _Sorted
    relief: Relief

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

    def asks_elsewhere(self, mxid: str, members: Members, coming: frozenset[str]) -> bool:
        """Tell whether somebody who lives elsewhere is to be asked in all the same.

        Those in the Space already: for a meeting, or for what they hold since they came there.
        """
        if SPACE not in members:
            return True
        member = members[SPACE].get(mxid)
        if member is None or member.membership != "join":
            return False
        theirs = (it for it in self._held(in_force_now=True) if it.mxid == mxid)
        return mxid in coming or any(it.starts and it.starts > member.since for it in theirs)

    def kicks(self, members: Members) -> Iterator[Kick]:
        """List those whose time is out, unless they may stay and read."""
        for held in () if self.relief.listens else self.relieved(members):
            yield Kick(self.key, held.mxid, Why("ends", {"function": held.function}))

    def relieved(self, members: Members) -> Iterator[Holding]:
        """List those who are in, and whose last holding here ended a grace time ago or longer.

        Who came in after it had ended is somebody's guest.
        """
        for mxid, held in self._ended(self.relief.grace).items():
            member = members.get(self.key, {}).get(mxid)
            if member and member.membership in INSIDE and held.ends and member.since <= held.ends:
                yield held

    def _ended(self, grace: timedelta = timedelta()) -> dict[str, Holding]:
        """Give who no longer belongs here, with the holding that ended last.

        An answer given while it was held does not keep anybody: the call is the function's (R1).
        """
        belong = {held.mxid for held in self._held(in_force_now=True)}
        ended: dict[str, Holding] = {}
        for held in self._held(in_force_now=False):
            if held.ends and held.ends + grace <= self.holdings.now and held.mxid not in belong:
                ended[held.mxid] = _later(ended.get(held.mxid), held)
        return ended

    def _held(self, *, in_force_now: bool) -> Iterator[Holding]:
        return self.holdings.of(self.functions, in_force_now=in_force_now)


def _later(one: Holding | None, other: Holding) -> Holding:
    """Give the holding that ended last."""
    if one is None or one.ends is None or other.ends is None:
        return other
    return other if other.ends >= one.ends else one
