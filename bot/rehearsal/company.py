"""Everybody who plays: the holders of every function, each with an account and a device."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bot.rehearsal.homeserver import Homeserver
from bot.rehearsal.names import localpart
from bot.rehearsal.person import Person
from bot.rehearsal.roster import Roster
from bot.rehearsal.script import MAIN, Role, Script

AT_ONCE = 8  # registrations side by side; more do not go faster on one homeserver
T = TypeVar("T")


@dataclass
class Company:
    """The people of a play, by the function and rank they are called by."""

    script: Script
    people: dict[Role, Person] = field(default_factory=dict)
    _by_mxid: dict[str, Person] = field(default_factory=dict)

    async def register(
        self, servers: Mapping[str, Homeserver], *, encrypted: bool, told: Callable[[int], None]
    ) -> None:
        """Register everybody, several at a time; `told` hears how many are done."""
        home = {org: name for name, orgs in self.script.homeservers.items() for org in orgs}
        roster = Roster(self.script)
        names = roster.names()

        async def one(role: Role) -> None:
            code = self.script.region.home_of(role.function).code
            server = servers[home.get(code, MAIN)]
            name = names[role]
            person = await Person.register(server, role, name, localpart(name), encrypted=encrypted)
            self.people[role] = person
            self._by_mxid[person.mxid] = person
            told(len(self.people))

        await side_by_side([one(role) for role in roster.roles()])
        self.people = {role: self.people[role] for role in roster.roles()}

    def person(self, mxid: str) -> Person | None:
        """Find somebody by Matrix id; None for the bot and for strangers."""
        return self._by_mxid.get(mxid)

    def in_order(self) -> list[Person]:
        """Give everybody in the order of the law."""
        return list(self.people.values())

    def take_arrivals(self, server: str) -> list[str]:
        """Give the events by which people have come into rooms since last asked.

        Only those of one homeserver: what comes over another's line may come at any time.
        """
        near = [each for each in self.people.values() if each.server.name == server]
        came = [event_id for person in near for event_id in person.arrivals]
        for person in self.people.values():
            person.arrivals.clear()
        return came

    def called(self, role: Role) -> str:
        """Say what the scenario calls somebody: the name there, or function and rank."""
        named = {its: name for name, its in self.script.people.items()}
        return named.get(role, str(role))

    async def close(self) -> None:
        """Hang up every line."""
        for person in self.people.values():
            await person.wire.close()


async def side_by_side(jobs: Iterable[Coroutine[Any, Any, T]], most: int = AT_ONCE) -> list[T]:
    """Do several things at a time, and no more than that; the first failure is raised."""
    turn = asyncio.Semaphore(most)

    async def one(job: Coroutine[Any, Any, T]) -> T:
        async with turn:
            return await job

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(job)) for job in jobs]
    return [task.result() for task in tasks]
