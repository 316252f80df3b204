"""The mark on the encryption keys: no crash looks like an old copy, and every old copy does."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from bot.matrix.account_data import AccountData
from bot.matrix.cross_signing import Seen
from bot.matrix.machine import Machine
from bot.matrix.session import NoSession
from bot.matrix.supply import SPOILT
from bot.matrix.watermark import KEPT, Watermark
from bot.store import kept
from bot.store.engine import Store

BOT = "@samverkan:malarvik.example"


class Killed(Exception):  # noqa: N818 - what happens to the process
    """The process ends here."""


@dataclass
class Server:
    """An account's data, on a homeserver that may end us before or after it takes some."""

    data: dict[str, dict[str, Any]] = field(default_factory=dict)
    kills: str = ""

    async def get(self, kind: str) -> dict[str, Any]:
        return self.data.get(kind, {})

    async def put(self, kind: str, content: Mapping[str, Any]) -> None:
        if self.kills == "before":
            raise Killed
        self.data[kind] = dict(content)
        if self.kills == "after":
            raise Killed


@dataclass
class Place:
    """A folder of keys, a history and a homeserver: what a start finds."""

    folder: Path
    store: Store
    server: Server = field(default_factory=Server)

    def machine(self, device_id: str = "ONE") -> Machine:
        machine = Machine(BOT, device_id, self.folder, "a long key")
        machine.account.shared = True
        machine.save_account()
        return machine

    async def starts(self, device_id: str = "ONE", *, shown: bool = True) -> Machine:
        """Check the mark and move it, as a start does; give the device, closed."""
        machine = self.machine(device_id)
        try:
            mark = Watermark(machine, cast("AccountData", self.server), self.store)
            await mark.check(Seen(None, machine.device_keys() if shown else None))
            await mark.move()
        finally:
            machine.close()
        return machine

    @asynccontextmanager
    async def running(self, device_id: str = "ONE") -> AsyncIterator[Watermark]:
        """Start, and stay."""
        machine = self.machine(device_id)
        try:
            mark = Watermark(machine, cast("AccountData", self.server), self.store)
            await mark.check(Seen(None, machine.device_keys()))
            await mark.move()
            yield mark
        finally:
            machine.close()

    async def refused(self, device_id: str = "ONE") -> str:
        """Start, and give the reason why not."""
        with pytest.raises(NoSession) as refused:
            await self.starts(device_id)
        return refused.value.reason


@pytest.fixture
def place(tmp_path: Path, store: Store) -> Place:
    return Place(tmp_path / "keys", store)


async def test_start_after_start_the_mark_grows_and_nothing_is_wrong(place: Place) -> None:
    with capture_logs() as logs:
        for _ in range(3):
            await place.starts()

    (mark,) = place.server.data.values()
    assert (mark["device_id"], mark["number"]) == ("ONE", 3)
    assert logs == []


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("first", [True, False], ids=["at the first start", "later"])
@pytest.mark.parametrize("times", [1, 2], ids=["once", "twice"])
async def test_a_start_killed_on_its_way_to_the_homeserver_is_no_old_copy(
    place: Place, when: str, *, first: bool, times: int
) -> None:
    if not first:
        await place.starts()
    place.server.kills = when
    for _ in range(times):
        with pytest.raises(Killed):
            await place.starts()
    place.server.kills = ""

    await place.starts()
    await place.starts()


async def test_a_start_killed_before_the_history_knew_is_no_old_copy(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    await place.starts()
    with monkeypatch.context() as broken:
        broken.setattr(kept, "put", _killed)
        with pytest.raises(Killed):
            await place.starts()

    with capture_logs() as logs:
        await place.starts()

    assert logs == []


async def test_keys_set_back_in_time_are_known_by_what_the_homeserver_knows(place: Place) -> None:
    await place.starts()
    shutil.copytree(place.folder, place.folder.with_name("backup"))
    await place.starts()
    shutil.rmtree(place.folder)
    shutil.copytree(place.folder.with_name("backup"), place.folder)

    assert await place.refused() == "keys-old"
    assert await place.refused() == "keys-old"


async def test_of_two_copies_that_start_in_turns_one_is_refused(place: Place) -> None:
    await place.starts()
    shutil.copytree(place.folder, place.folder.with_name("copy"))
    copy = Place(place.folder.with_name("copy"), place.store, place.server)

    await copy.starts()

    assert await place.refused() == "keys-old"


async def test_of_two_copies_side_by_side_the_first_notices_when_its_mark_moves_next(
    place: Place,
) -> None:
    async with place.running() as mark:
        shutil.copytree(place.folder, place.folder.with_name("copy"))
        copy = Place(place.folder.with_name("copy"), place.store, place.server)
        await copy.starts()
        theirs = dict(place.server.data)

        with pytest.raises(NoSession, match="another copy of them runs") as ended:
            await mark.move()

    assert ended.value.reason == "keys-old"
    assert place.server.data == theirs
    assert await place.refused() == "keys-old"


async def test_of_a_device_that_has_been_left_the_running_one_notices_too(place: Place) -> None:
    async with place.running("ONE") as mark:
        await place.starts("TWO")

        with pytest.raises(NoSession) as ended:
            await mark.move()

    assert ended.value.reason == "device-superseded"


async def test_a_homeserver_that_answers_with_an_older_mark_ends_nobody(place: Place) -> None:
    async with place.running() as mark:
        older = dict(place.server.data)
        await mark.move()
        place.server.data = older

        await mark.move()

    await place.starts()


async def test_a_move_whose_answer_was_lost_is_no_other_copy(place: Place) -> None:
    async with place.running() as mark:
        place.server.kills = "after"
        with pytest.raises(Killed):
            await mark.move()
        place.server.kills = ""

        await mark.move()

    await place.starts()


async def test_keys_that_are_gone_are_said_to_be_lost(place: Place) -> None:
    await place.starts()
    shutil.rmtree(place.folder)

    assert await place.refused() == "keys-lost"


async def test_keys_of_which_only_the_history_knows_are_lost_too(place: Place) -> None:
    await place.starts()
    shutil.rmtree(place.folder)
    place.server.data.clear()

    assert await place.refused() == "keys-lost"


async def test_a_homeserver_set_back_in_time_is_told_apart(place: Place) -> None:
    await place.starts()
    old = {kind: dict(content) for kind, content in place.server.data.items()}
    await place.starts()
    place.server.data = old

    assert await place.refused() == "server-old"


async def test_a_homeserver_that_has_forgotten_everything_is_set_back(place: Place) -> None:
    await place.starts()
    place.server.data.clear()

    assert await place.refused() == "server-old"


async def test_a_device_that_the_bot_has_left_is_not_taken_up_again(place: Place) -> None:
    await place.starts("ONE")
    await place.starts("TWO")

    assert await place.refused("ONE") == "device-superseded"
    await place.starts("TWO")


async def test_an_old_history_beside_the_newest_keys_is_told_and_goes_on(place: Place) -> None:
    await place.starts()
    async with place.store.read() as session:
        old = await kept.get(session, KEPT)
    await place.starts()
    await place.starts()
    async with place.store.begin() as session:
        await kept.put(session, KEPT, str(old))

    with capture_logs() as logs:
        await place.starts()

    assert [it["event"] for it in logs] == ["history.older"]


async def test_keys_found_to_be_an_old_copy_are_never_used_again(place: Place) -> None:
    await place.starts()
    machine = place.machine()
    machine.note({SPOILT: "yes"})
    machine.close()

    assert await place.refused() == "keys-old"


async def test_keys_from_before_there_were_marks_are_taken_as_they_are(place: Place) -> None:
    place.machine().close()

    await place.starts()


async def test_a_mark_that_somebody_garbled_on_the_homeserver_is_none(place: Place) -> None:
    await place.starts()
    for kind in place.server.data:
        place.server.data[kind] = {"device_id": "ONE", "number": "many"}

    assert await place.refused() == "server-old"


async def _killed(*_: object) -> None:
    raise Killed
