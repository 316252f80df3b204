"""An operator's path on a real homeserver: plan, apply, roster, run, hand over, stop and go on."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import shutil
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.app import open_house
from bot.clock import bell
from bot.domain.model import Letter
from bot.matrix.wire import Wire, quote
from bot.rehearsal.homeserver import Account, Homeserver
from bot.store import rooms
from bot.store.engine import Store
from config.settings import load_settings
from tests.cli.conftest import Operator, Screen
from tests.homeserver.conftest import CLIENT, Arrives, Person

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(240)]

HOUSE = Path(__file__).parents[2]
EXAMPLE = HOUSE / "config/example"
HEAD = "function,rank,mxid,name,from,to\n"
STOP_SECONDS = 5.0
PATIENCE_SECONDS = 40.0  # a busy machine starts slowly
MANY = 500
FORUMS = ("forum:TRAF", "forum:LC", "forum:BM", "forum:RCG")


@dataclass
class Desk:
    """An operator's folder with the example's settings, the bot's account given beside them."""

    operator: Operator
    bot: Account
    wire: Wire
    first_plan: Screen = field(default_factory=lambda: Screen(0, "", ""))
    applied: Screen = field(default_factory=lambda: Screen(0, "", ""))
    second_plan: Screen = field(default_factory=lambda: Screen(0, "", ""))
    started: list[asyncio.subprocess.Process] = field(default_factory=list)

    @property
    def settings(self) -> str:
        return str(self.operator.folder / "samverkan.yaml")

    async def types(self, *words: str) -> Screen:
        """Type a command, while the homeserver goes on answering."""
        return await asyncio.to_thread(self.operator.types, *words, "--settings", self.settings)

    async def roster(self, *rows: str) -> Screen:
        file = self.operator.writes("roster.csv", HEAD + "\n".join(rows) + "\n")
        return await self.types("roster", "import", str(file))

    @asynccontextmanager
    async def store(self) -> AsyncIterator[Store]:
        store = await Store.open(f"sqlite:///{self.operator.folder}/data/samverkan.db")
        yield store
        await store.close()

    async def room(self, key: str) -> str:
        async with self.store() as store, store.read() as session:
            found = await rooms.by_key(session, key)
        assert found
        return found.room_id

    async def membership(self, room_id: str, person: Person) -> str:
        path = f"{CLIENT}/rooms/{quote(room_id)}/state"
        events = await self.wire.listing(path)
        found = [it["content"] for it in events if it["state_key"] == person.user_id]
        return str(found[0]["membership"]) if found else "none"

    async def runs(self) -> asyncio.subprocess.Process:
        """Start `samverkan run`, its log in a file."""
        with (self.operator.folder / "log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", "from bot.cli import main; main()"),
                *("run", "--settings", self.settings),
                cwd=HOUSE,
                env={**os.environ, **self.operator.environment},
                stderr=log,
            )
        self.started.append(process)
        return process


async def stopped(process: asyncio.subprocess.Process) -> float:
    """Ask it to stop; give how many seconds that took."""
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    await process.wait()
    return time.monotonic() - began


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    """Wait until that is so."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await true():  # noqa: ASYNC110 - a homeserver is asked
            await asyncio.sleep(0.1)


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def desk(
    homeserver: Homeserver, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Desk]:
    """Plan, apply and plan again with the example's settings."""
    folder = tmp_path_factory.mktemp("desk")
    for name in ("samverkan.yaml", "malarvik.yaml"):
        shutil.copy(EXAMPLE / name, folder / name)
    with (folder / "malarvik.yaml").open("a", encoding="utf-8") as law:
        law.write("\nrelief: {grace: 0}\n")  # who has gone leaves at the minute
    bot = await homeserver.register(f"operated-{secrets.token_hex(4)}", "ett hemligt ord")
    (folder / "secrets").mkdir()
    (folder / "secrets" / "password").write_text(bot.password)
    environment = {"SAMVERKAN_HOMESERVER": homeserver.url, "SAMVERKAN_USER_ID": bot.user_id}
    operator = Operator(folder, environment=environment, secrets=(bot.password,))
    desk = Desk(operator, bot, Wire(homeserver.url, bot.access_token))
    desk.first_plan = await desk.types("plan")
    session = json.loads((folder / "data" / "session.json").read_text())
    operator.secrets += (session["access_token"],)
    desk.applied = await desk.types("apply")
    desk.second_plan = await desk.types("plan")
    yield desk
    await desk.wire.close()
    for process in desk.started:  # those that a failed test has left
        if process.returncode is None:
            await stopped(process)


async def test_the_plan_gives_a_reason_on_each_line_and_is_empty_when_applied(desk: Desk) -> None:
    *lines, last = desk.first_plan.out.splitlines()

    assert (desk.first_plan.code, desk.applied.code, desk.second_plan.code) == (0, 0, 0)
    assert last == f"{len(lines)} steps. Next: samverkan apply"
    assert "+ Ordinarie samverkanskonferens (VSK): rummet finns inte än." in lines
    assert all(": " in line for line in lines)
    assert desk.applied.out == f"{len(lines)} steps done. Next: samverkan run\n"
    assert desk.second_plan.out == "The rooms are as the region file says; nothing to do.\n"


async def test_a_plan_for_a_program_is_json_and_nothing_else(desk: Desk) -> None:
    screen = await desk.types("plan", "--json")

    assert json.loads(screen.out) == {"steps": [], "left_over": []}


async def test_at_the_moment_a_holding_ends_room_and_register_have_the_next_one(
    desk: Desk, arrives: Arrives
) -> None:
    amira, rolf, alva = [await arrives(name) for name in ("amira", "rolf", "alva")]
    room_id = await desk.room("forum:VSK")
    alva_row = f"lst.LBA,1,{alva.user_id},Alva Eldvall,,"
    await desk.roster(f"lst.TIB,1,{amira.user_id},Amira Holm,,", alva_row)
    process = await desk.runs()
    for person in (amira, alva):
        await _comes_in(desk, person, room_id)

    everybody = [amira, alva, Person(desk.bot, desk.wire, amira.keyring)]
    await amira.says(room_id, everybody, "!vem lst.TIB")
    before = await _hears(alva, room_id, "Amira Holm")
    ends = datetime.now(UTC) + timedelta(seconds=6)
    imported = await desk.roster(
        f"lst.TIB,1,{amira.user_id},Amira Holm,,{ends.isoformat()}",
        f"lst.TIB,1,{rolf.user_id},Rolf Borgsten,{ends.isoformat()},",
        alva_row,
    )
    await amira.says(room_id, everybody, "!vem lst.TIB")  # wakes the bell, to save a minute
    await asyncio.sleep((ends - datetime.now(UTC)).total_seconds() - 0.5)
    still_there = await desk.membership(room_id, amira)
    await until(lambda: _is(desk, room_id, amira, "leave"))
    late = (datetime.now(UTC) - ends).total_seconds()
    await until(lambda: _is(desk, room_id, rolf, "invite"))
    register = await _hears(alva, room_id, "Länsstyrelsen Mälarvik: Rolf Borgsten")
    seconds = await stopped(process)

    assert "Amira Holm" in before
    assert imported.out == "3 holdings taken in from roster.csv. Next: samverkan plan\n"
    assert still_there == "join"
    assert 0 <= late < 10
    assert register.startswith("* Register: Ordinarie samverkanskonferens (VSK)")
    assert (process.returncode, seconds < STOP_SECONDS) == (0, True)


async def test_a_roster_is_noticed_by_a_bot_that_nobody_talks_to(
    desk: Desk, arrives: Arrives, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert timedelta(minutes=1) >= bell.LONGEST_SLEEP
    monkeypatch.setattr(bell, "LONGEST_SLEEP", timedelta(seconds=0.5))
    for name, value in desk.operator.environment.items():
        monkeypatch.setenv(name, value)
    karin, room_id = await arrives("karin"), await desk.room("forum:VSK")

    async with open_house(load_settings(Path(desk.settings))) as house:
        running = asyncio.create_task(house.run())
        await asyncio.sleep(1)
        before = await desk.membership(room_id, karin)
        await desk.roster(f"lst.TIB,1,{karin.user_id},Karin Blomgård,,")
        await until(lambda: _is(desk, room_id, karin, "invite"))
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    assert before == "none"


async def test_stopped_among_many_letters_it_says_each_once_when_it_runs_again(
    desk: Desk,
) -> None:
    async with desk.store() as store, store.begin() as session:
        session.add_all(_letter(FORUMS[number % len(FORUMS)]) for number in range(MANY))

    first = await desk.runs()
    await until(lambda: _carried(desk, MANY // 10))
    seconds = await stopped(first)
    noted = _noted(desk)
    await until(lambda: _are_shown(desk, noted))
    second = await desk.runs()
    await until(lambda: _all_carried(desk))
    await stopped(second)
    await until(lambda: _are_shown(desk, _noted(desk)))

    assert (first.returncode, second.returncode) == (0, 0)
    assert seconds < STOP_SECONDS
    assert sum(map(len, noted.values())) < MANY, "it was stopped in the middle"
    assert await _shown(desk) == _noted(desk), "each once, in the order they were written"
    assert all(len(events) >= MANY / len(FORUMS) for events in _noted(desk).values())


async def _comes_in(desk: Desk, person: Person, room_id: str) -> None:
    """Wait for the invitation, accept it, and read what is there."""
    await until(lambda: _is(desk, room_id, person, "invite"))
    await person.wire.call("POST", f"{CLIENT}/join/{quote(room_id)}", {})
    await person.syncs()


async def _is(desk: Desk, room_id: str, person: Person, membership: str) -> bool:
    return await desk.membership(room_id, person) == membership


async def _hears(person: Person, room_id: str, words: str) -> str:
    """Wait until somebody says something with these words in it."""
    heard: list[str] = []

    async def said() -> bool:
        heard.extend(each for each in await person.reads(room_id) if each and words in each)
        return bool(heard)

    await until(said)
    return heard[0]


def _letter(place: str) -> Letter:
    return Letter(
        id=secrets.token_hex(8),
        place=place,
        kind="message",
        content={"plain": "Brev", "html": "Brev", "mention": [], "call": False},
        written_at=datetime.now(UTC),
    )


def _noted(desk: Desk) -> dict[str, list[str]]:
    """List by forum the events of the letters that are noted as sent, in the order written.

    Without taps: they are not sealed, and at some hours of the day a forum calls itself.
    """
    asked = (
        "SELECT event_id FROM letter WHERE place = ? AND event_id IS NOT NULL AND kind <> 'tap' "
        "ORDER BY position"
    )
    with closing(desk.operator.database()) as database:
        return {place: [it for (it,) in database.execute(asked, (place,))] for place in FORUMS}


async def _carried(desk: Desk, number: int) -> bool:
    return sum(map(len, _noted(desk).values())) >= number


async def _all_carried(desk: Desk) -> bool:
    asked = "SELECT count(*) FROM letter WHERE event_id IS NULL AND given_up IS NULL"
    with closing(desk.operator.database()) as database:
        return bool(database.execute(asked).fetchone() == (0,))


async def _are_shown(desk: Desk, noted: Mapping[str, list[str]]) -> bool:
    """Tell whether all that is noted can be read there.

    A homeserver shows an event a moment after it has taken it, once no earlier one is under way.
    """
    there = await _shown(desk)
    return all(set(noted[place]) <= set(there[place]) for place in FORUMS)


async def _shown(desk: Desk) -> dict[str, list[str]]:
    """List by forum the ids of all that was written there, oldest first."""
    shown = {}
    for place in FORUMS:
        path = f"{CLIENT}/rooms/{quote(await desk.room(place))}/messages"
        answer = await desk.wire.call("GET", path, query={"dir": "f", "limit": "1000"})
        written = [it for it in answer["chunk"] if it["type"] == "m.room.encrypted"]
        shown[place] = [event["event_id"] for event in written]
    return shown
