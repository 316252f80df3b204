"""A lost, copied or rolled-back folder of keys on a real homeserver, and the way out of it."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from bot.matrix.keyring import Keyring
from bot.matrix.session import NoSession
from bot.matrix.wire import quote
from bot.rehearsal.homeserver import Account
from tests.cli.conftest import Operator
from tests.homeserver.conftest import CLIENT, Arrives, Person
from tests.homeserver.folder import PASSWORD, Bot
from tests.homeserver.test_run import answered, heard, started, stopped

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(240)]

RENEW = "Next: SAMVERKAN_PASSWORD_FILE=FILE samverkan renew-device"


async def test_lost_keys_are_said_to_be_lost_and_nothing_is_published(bot: Bot) -> None:
    await bot.starts()
    before = await bot.seen()
    shutil.rmtree(bot.folder / "data/keys")

    screen = await bot.types("plan")

    assert screen.code == 1
    assert "The encryption keys of the bot's device" in screen.err
    assert "are lost" in screen.err
    assert RENEW in screen.err
    assert await bot.seen() == before


async def test_keys_put_back_from_a_backup_are_said_to_be_old(bot: Bot) -> None:
    await bot.starts()
    keys, backup = bot.folder / "data/keys", bot.folder / "backup"
    shutil.copytree(keys, backup)
    await bot.starts()
    shutil.rmtree(keys)
    shutil.copytree(backup, keys)

    screen = await bot.types("plan")

    assert screen.code == 1
    assert "The encryption keys in state_dir are an old copy: the homeserver knows" in screen.err
    assert "Next: never use that copy again; SAMVERKAN_PASSWORD_FILE=FILE" in screen.err


async def test_a_copy_of_the_whole_folder_does_not_run_beside_the_first(bot: Bot) -> None:
    await bot.starts()
    shutil.copytree(bot.folder, bot.folder.with_name("copy"))
    copy = Bot(
        bot.account, bot.folder.with_name("copy"), bot.folder.with_name("copy") / bot.file.name,
        bot.homeserver,
    )  # fmt: skip
    await bot.starts()

    screen = await copy.types("plan")

    assert screen.code == 1
    assert "are an old copy" in screen.err
    await bot.starts()


async def test_a_renewed_device_is_the_same_bot_and_the_old_one_is_gone(bot: Bot) -> None:
    first = await bot.starts()
    before = await bot.seen()
    shutil.rmtree(bot.folder / "data/keys")

    screen = await bot.types("renew-device")

    second, after, held = await bot.starts(), await bot.seen(), bot.vault.load()
    assert held is not None
    assert screen.code == 0
    assert screen.out == (f"The bot has a new device; left behind: {first}. Next: samverkan run\n")
    assert after["master_keys"] == before["master_keys"]
    assert set(before["device_keys"]) - set(after["device_keys"]) == {first}
    assert held.identity.vouches_for(after["device_keys"][second])
    names = [file.name for file in (bot.folder / "data/keys").glob("*.db")]
    assert names == [f"crypto-{second}.db"]
    assert bot.account.device_id not in screen.out, "a person's own client stays logged in"


async def test_a_device_is_renewed_with_the_password_alone_and_else_nothing_changes(
    bot: Bot,
) -> None:
    await bot.starts()
    before, session = await bot.seen(), (bot.folder / "data/session.json").read_bytes()
    (bot.folder / "password").write_text("ett annat ord")

    wrong = await bot.types("renew-device")
    (bot.folder / "password").unlink()
    none = await bot.types("renew-device")
    (bot.folder / "password").write_text(PASSWORD)
    vault = bot.vault.file.rename(bot.folder / "vault")
    identity = await bot.types("renew-device")

    assert [wrong.code, none.code, identity.code] == [1, 1, 1]
    assert "does not let us in" in wrong.err
    assert "Next: type SAMVERKAN_PASSWORD_FILE=FILE in front of the command, once" in none.err
    assert "has an identity that others know it by" in identity.err
    assert await bot.seen() == before
    assert (bot.folder / "data/session.json").read_bytes() == session
    vault.rename(bot.vault.file)
    await bot.starts()


async def test_a_letter_that_arrived_and_was_not_noted_is_not_sent_again_by_a_new_device(
    bot: Bot, arrives: Arrives
) -> None:
    amira = await arrives("amira")
    await amira.syncs()
    before = amira.since
    process = await started(bot.file)
    await answered(amira, bot.account.user_id, "help")
    await stopped(process)
    room_id = str((await amira.wire.call("GET", f"{CLIENT}/joined_rooms"))["joined_rooms"][0])
    said = await _said(amira, room_id, bot.account.user_id)
    with closing(Operator(bot.folder).database()) as database, database:
        unnoted = "UPDATE letter SET sent_at = NULL, event_id = NULL"
        count = database.execute(unnoted).rowcount  # as if it had ended before it could note that
        database.execute("UPDATE kept SET value = ? WHERE key = 'sync.since'", (before,))
    shutil.rmtree(bot.folder / "data/keys")

    renewed = await bot.types("renew-device")
    again = await started(bot.file)
    await amira.syncs()  # hears of the new device
    stranger = Person(Account(bot.account.user_id, "", "", ""), amira.wire, amira.keyring)
    await amira.says(room_id, [amira, stranger], "hjälp")
    answer = await heard(amira, room_id, "hjälp")
    await stopped(again)

    assert renewed.code == 0
    assert count > 0
    assert answer.startswith("Det här kan du göra här och nu.")
    assert await _said(amira, room_id, bot.account.user_id) == said + 1


async def test_keys_that_meet_others_under_their_numbers_end_it_and_are_spoilt_for_good(
    arrives: Arrives, tmp_path: Path
) -> None:
    bo, anna = await arrives("bo", tmp_path / "keys", keys=4), await arrives("anna")
    bo.keyring.close()
    shutil.copytree(tmp_path / "keys", tmp_path / "backup")
    args = (bo.user_id, bo.account.device_id)
    bo.keyring = Keyring(*args, tmp_path / "keys", "a long key", one_time_keys=4)
    claim = {"one_time_keys": {bo.user_id: {bo.account.device_id: "signed_curve25519"}}}
    for _ in range(4):
        await anna.wire.call("POST", f"{CLIENT}/keys/claim", claim)
    await bo.syncs()
    bo.keyring.close()

    bo.keyring = Keyring(*args, tmp_path / "backup", "a long key", one_time_keys=8)
    bo.since = None
    with pytest.raises(NoSession) as refused:
        await bo.syncs()

    assert refused.value.reason == "keys-old"
    assert bo.keyring.machine.noted("spoilt") == "yes"


async def _said(person: Person, room_id: str, sender: str) -> int:
    """Count what somebody has said in a room."""
    path = f"{CLIENT}/rooms/{quote(room_id)}/messages"
    answer = await person.wire.call("GET", path, query={"dir": "b", "limit": "100"})
    kinds = {"m.room.encrypted", "m.room.message"}
    return sum(it["sender"] == sender and it["type"] in kinds for it in answer["chunk"])
