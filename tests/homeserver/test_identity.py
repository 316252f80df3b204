"""The bot's own identity on a real homeserver: made once, kept, never replaced by itself."""

from __future__ import annotations

import json

import pytest

from bot.matrix import own_identity
from bot.matrix.secret_storage import SecretStorage, unseal
from bot.matrix.session import NoSession
from bot.matrix.vault import Secrets
from bot.matrix.wire import quote
from tests.homeserver.conftest import CLIENT
from tests.homeserver.folder import Bot
from tests.matrix.test_identity import is_signed

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_first_start_makes_an_identity_that_vouches_for_the_device(bot: Bot) -> None:
    device_id = await bot.starts()

    seen, held = await bot.seen(), bot.vault.load()
    assert held is not None
    (own,) = seen["self_signing_keys"]["keys"].values()
    (master,) = seen["master_keys"]["keys"].values()
    device = seen["device_keys"][device_id]
    assert master == held.identity.master.public
    me = bot.account.user_id
    assert is_signed(device, own, f"ed25519:{own}", me)
    assert is_signed(seen["self_signing_keys"], master, f"ed25519:{master}", me)


async def test_a_later_start_changes_nothing(bot: Bot) -> None:
    await bot.starts()
    before, vault = await bot.seen(), bot.vault.file.read_bytes()

    await bot.starts()

    assert await bot.seen() == before
    assert bot.vault.file.read_bytes() == vault


async def test_a_new_device_is_vouched_for_by_the_same_identity(bot: Bot) -> None:
    first = await bot.starts()
    before = await bot.seen()
    (bot.folder / "data/session.json").unlink()

    second = await bot.starts()

    after, held = await bot.seen(), bot.vault.load()
    assert held is not None
    assert second != first
    assert after["master_keys"] == before["master_keys"]
    assert held.identity.vouches_for(after["device_keys"][second])


async def test_a_device_left_unsigned_is_signed_at_the_next_change(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bot.opened() as opened:
        with monkeypatch.context() as broken:
            broken.setattr(own_identity, "sign_device", _refused)
            await opened.identity.settle()
        before = (await bot.seen())["device_keys"][opened.session.device_id]

        await opened.identity.keep()
        unasked = (await bot.seen())["device_keys"][opened.session.device_id]
        opened.identity.hear({"device_lists": {"changed": [bot.account.user_id]}})
        await opened.identity.keep()

        after = (await bot.seen())["device_keys"][opened.session.device_id]
    held = bot.vault.load()
    assert held is not None
    assert not held.identity.vouches_for(before)
    assert not held.identity.vouches_for(unasked)
    assert held.identity.vouches_for(after)


async def test_an_identity_kept_but_not_yet_published_is_published(bot: Bot) -> None:
    held = Secrets.new(bot.account.user_id)
    bot.vault.keep(held)  # and then the process was killed

    await bot.starts()

    (master,) = (await bot.seen())["master_keys"]["keys"].values()
    assert master == held.identity.master.public


async def test_without_its_vault_the_bot_makes_no_second_identity(bot: Bot) -> None:
    await bot.starts()
    before = await bot.seen()
    bot.vault.file.unlink()

    screen = await bot.types("plan")

    assert screen.code == 1
    assert "has an identity that others know it by, and its secrets are not in" in screen.err
    assert f"Next: put vault.json back in {bot.folder}/data, or: samverkan identity" in screen.err
    assert await bot.seen() == before
    assert not bot.vault.file.exists()


async def test_with_the_vault_of_another_identity_it_does_not_start(bot: Bot) -> None:
    await bot.starts()
    before = await bot.seen()
    bot.vault.keep(Secrets.new(bot.account.user_id))

    screen = await bot.types("plan")

    assert screen.code == 1
    assert "has another identity on the homeserver" in screen.err
    assert "Next: put the right vault back, or: samverkan identity recover." in screen.err
    assert await bot.seen() == before


async def test_secret_storage_opens_with_the_recovery_key_and_holds_the_identity(bot: Bot) -> None:
    await bot.starts()

    screen = await bot.types("identity", "recovery-key")

    held = bot.vault.load()
    assert held is not None
    assert (screen.code, screen.err) == (0, "")
    key = str((await bot.data("m.secret_storage.default_key"))["key"])
    told = await bot.data(f"m.secret_storage.key.{key}")
    assert told["algorithm"] == "m.secret_storage.v1.aes-hmac-sha2"
    for name, seed in held.seeds().items():
        sealed = (await bot.data(f"m.cross_signing.{name}"))["encrypted"][key]
        assert unseal(held.recovery, f"m.cross_signing.{name}", sealed).decode() == seed


async def test_a_lost_vault_is_fetched_back_with_the_recovery_key(bot: Bot) -> None:
    await bot.starts()
    fingerprint = await bot.types("identity")
    key = (await bot.types("identity", "recovery-key")).out.strip()
    before, kept = await bot.seen(), json.loads(bot.vault.file.read_text())
    bot.vault.file.unlink()

    wrong = await bot.types("identity", "recover", SAMVERKAN_RECOVERY_KEY=key[:-1])
    screen = await bot.types("identity", "recover", SAMVERKAN_RECOVERY_KEY=key)
    await bot.starts()

    assert wrong.code == 1
    assert "That is not the bot's recovery key." in wrong.err
    assert key[:-1] not in wrong.err + wrong.out
    assert screen.code == 0
    assert screen.out.splitlines()[0] == fingerprint.out.strip()
    assert screen.out.splitlines()[1] == "The vault is as it was. Next: samverkan run"
    assert json.loads(bot.vault.file.read_text()) == kept
    assert await bot.seen() == before


async def test_only_the_operators_command_with_the_password_gives_a_new_identity(bot: Bot) -> None:
    await bot.starts()
    before = await bot.seen()
    (bot.folder / "password").rename(bot.folder / "away")

    refused = await bot.types("identity", "new", "--yes")
    unchanged = await bot.seen()
    password = {"SAMVERKAN_PASSWORD_FILE": str(bot.folder / "away")}
    screen = await bot.types("identity", "new", "--yes", **password)

    after, held = await bot.seen(), bot.vault.load()
    device_id = await bot.starts()
    assert held is not None
    assert (refused.code, unchanged) == (1, before)
    assert "Next: type SAMVERKAN_PASSWORD_FILE=FILE in front of the command, once" in refused.err
    assert "Everybody who ever wrote with the bot is warned that it has changed" in screen.err
    assert screen.code == 0
    assert held.identity.fingerprint in screen.out
    assert list(after["master_keys"]["keys"].values()) == [held.identity.master.public]
    assert after["master_keys"] != before["master_keys"]
    assert held.identity.vouches_for(after["device_keys"][device_id])
    key = (await bot.types("identity", "recovery-key")).out.strip()
    bot.vault.file.unlink()
    assert (await bot.types("identity", "recover", SAMVERKAN_RECOVERY_KEY=key)).code == 0


async def test_a_new_identity_that_was_taken_before_the_process_ended_is_in_force(bot: Bot) -> None:
    await bot.starts()
    async with bot.opened() as opened:
        opened.identity._vault.turn = lambda: None  # type: ignore[method-assign]
        made = await opened.identity.replace()

    await bot.starts()

    held = bot.vault.load()
    assert held is not None
    assert held.identity.master.public == made.master.public
    assert list(bot.vault.file.parent.glob("vault*")) == [bot.vault.file]


async def test_an_identity_of_a_wrong_password_is_not_taken_and_the_old_one_stays(bot: Bot) -> None:
    await bot.starts()
    before = await bot.seen()
    (bot.folder / "password").write_text("ett annat ord")

    screen = await bot.types("identity", "new", "--yes")
    await bot.starts()

    assert screen.code == 1
    assert "The homeserver does not take the password" in screen.err
    assert await bot.seen() == before


async def test_a_persons_own_secret_storage_is_left_as_it_is(bot: Bot) -> None:
    await bot.starts()
    async with bot.opened() as opened:
        path = f"{CLIENT}/user/{quote(bot.account.user_id)}/account_data/"
        await opened.wire.call("PUT", path + "m.secret_storage.default_key", {"key": "theirs"})

    await bot.starts()

    assert await bot.data("m.secret_storage.default_key") == {"key": "theirs"}


async def test_a_recovery_key_that_opens_another_identity_changes_nothing(bot: Bot) -> None:
    await bot.starts()
    async with bot.opened() as opened:
        other = Secrets.new(bot.account.user_id)
        old = opened.identity._vault.load()
        assert old is not None
        mixed = Secrets(other.identity, old.recovery)
        await SecretStorage(opened.wire, bot.account.user_id).replace(mixed)
        with pytest.raises(NoSession) as refused:
            await opened.identity.recover(old.recovery)

    assert refused.value.reason == "identity-other"


async def _refused(*_: object) -> bool:
    return False
