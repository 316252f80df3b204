"""`samverkan run`: from a password once, then from the stored device; stopped by SIGTERM."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import sys
import time
from pathlib import Path

import pytest

from bot.matrix.wire import quote
from bot.rehearsal.homeserver import Account, Homeserver
from tests.homeserver.conftest import CLIENT, MEGOLM, Arrives, Person
from tests.homeserver.folder import settings_file

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]

HOUSE = Path(__file__).parent.parent.parent
STOP_SECONDS = 5.0
MORE_THAN_A_SYNC_GIVES = 150
PATIENCE = 400  # looks, a tenth of a second apart: a busy machine starts slowly


async def started(settings: Path) -> asyncio.subprocess.Process:
    """Start the bot as an operator does."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from bot.cli import main; main()"),
        *("run", "--settings", str(settings)),
        cwd=HOUSE,
        env={key: value for key, value in os.environ.items() if "SAMVERKAN" not in key},
        stderr=asyncio.subprocess.PIPE,
    )


async def stopped(process: asyncio.subprocess.Process) -> tuple[float, str]:
    """Ask it to stop; give how many seconds that took, and its log."""
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    _, log = await process.communicate()
    return time.monotonic() - began, log.decode()


async def answered(person: Person, bot: str, words: str, *, sealed_late: bool = False) -> str:
    """Open an encrypted direct room with the bot, say something, and wait for the answer."""
    state = [{"type": "m.room.encryption", "state_key": "", "content": MEGOLM}]
    wanted = {
        "preset": "trusted_private_chat",
        "initial_state": [] if sealed_late else state,
        "is_direct": True,
        "invite": [bot],
    }
    room_id = str((await person.wire.call("POST", f"{CLIENT}/createRoom", wanted))["room_id"])
    for _ in range(PATIENCE):
        members = await person.wire.call("GET", f"{CLIENT}/rooms/{quote(room_id)}/joined_members")
        if bot in members["joined"]:
            break
        await asyncio.sleep(0.1)
    if sealed_late:
        path = f"{CLIENT}/rooms/{quote(room_id)}/state/m.room.encryption"
        await person.wire.call("PUT", path, MEGOLM)
    stranger = Person(Account(bot, "", "", ""), person.wire, person.keyring)
    await person.says(room_id, [person, stranger], words)
    return await heard(person, room_id, words)


async def heard(person: Person, room_id: str, words: str) -> str:
    """Wait for the bot's answer to some words."""
    for _ in range(PATIENCE):
        said = [each for each in await person.reads(room_id) if each and each != words]
        if said:
            return said[-1]
        await asyncio.sleep(0.1)
    raise AssertionError("the bot did not answer")


async def test_it_runs_from_a_password_once_and_then_from_the_stored_device(
    homeserver: Homeserver, arrives: Arrives, tmp_path: Path
) -> None:
    bot = await homeserver.register(f"bot-{secrets.token_hex(4)}", "ett hemligt ord")
    settings = settings_file(tmp_path, homeserver, bot)
    amira = await arrives("amira")

    process = await started(settings)
    first = await answered(amira, bot.user_id, "help")
    seconds, log = await stopped(process)
    (tmp_path / "password").unlink()
    again = await started(settings)
    second = await answered(amira, bot.user_id, "hjälp")
    await stopped(again)

    assert first.startswith("This is what you can do here and now.")
    assert second.startswith("Det här kan du göra här och nu.")
    assert (process.returncode, again.returncode) == (0, 0)
    assert seconds < STOP_SECONDS
    assert "ett hemligt ord" not in log
    assert "hjälp" not in log


async def test_without_password_or_session_it_says_what_to_do(
    homeserver: Homeserver, tmp_path: Path
) -> None:
    bot = await homeserver.register(f"bot-{secrets.token_hex(4)}", "ett hemligt ord")
    settings = settings_file(tmp_path, homeserver, bot)
    (tmp_path / "password").unlink()

    process = await started(settings)
    _, log = await process.communicate()

    assert process.returncode == 1
    assert "There is no session for" in log.decode()
    assert "Next: give it once: SAMVERKAN_PASSWORD_FILE=FILE samverkan run" in log.decode()


async def test_what_was_said_long_before_it_came_back_is_answered(
    homeserver: Homeserver, arrives: Arrives, tmp_path: Path
) -> None:
    bot = await homeserver.register(f"bot-{secrets.token_hex(4)}", "ett hemligt ord")
    settings = settings_file(tmp_path, homeserver, bot)
    amira = await arrives("amira")
    process = await started(settings)
    await answered(amira, bot.user_id, "help")
    await stopped(process)
    rooms = await amira.wire.call("GET", f"{CLIENT}/joined_rooms")
    room_id = str(rooms["joined_rooms"][0])
    stranger = Person(Account(bot.user_id, "", "", ""), amira.wire, amira.keyring)

    asked = await amira.says(room_id, [amira, stranger], "hjälp")
    for number in range(MORE_THAN_A_SYNC_GIVES):
        about = {"rel_type": "m.annotation", "event_id": asked, "key": f"{number}"}
        path = f"{CLIENT}/rooms/{quote(room_id)}/send/m.reaction/{number}"
        await amira.wire.call("PUT", path, {"m.relates_to": about})
    again = await started(settings)
    answer = await heard(amira, room_id, "hjälp")
    await stopped(again)

    assert answer.startswith("Det här kan du göra här och nu.")


async def test_a_room_that_is_encrypted_later_gets_no_answer_in_clear(
    homeserver: Homeserver, arrives: Arrives, tmp_path: Path
) -> None:
    bot = await homeserver.register(f"bot-{secrets.token_hex(4)}", "ett hemligt ord")
    amira = await arrives("amira")

    process = await started(settings_file(tmp_path, homeserver, bot))
    answer = await answered(amira, bot.user_id, "help", sealed_late=True)
    await stopped(process)

    assert answer.startswith("This is what you can do here and now.")
