"""The bot's own identity: there from the first start on, the same ever after.

Others share keys with a device, and believe it, when its account vouches for it (MSC4153). An
identity that changes warns everybody who ever met the bot, so that only an operator changes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import structlog
from prometheus_client import Gauge

from bot.matrix.cross_signing import Seen, look, publish, sign_device
from bot.matrix.keyring import Keyring
from bot.matrix.secret_storage import SecretStorage
from bot.matrix.session import NoSession
from bot.matrix.signing import Identity
from bot.matrix.vault import Secrets, Vault
from bot.matrix.watermark import AGAIN_AFTER, MOVED_EVERY, Watermark
from bot.matrix.wire import MatrixRefusal, Unreachable, Wire

log = structlog.get_logger()

SIGNED = Gauge("samverkan_device_signed", "1 while the bot's identity vouches for its device")


class OwnIdentity:
    """Keeps the account cross-signed and its device signed."""

    def __init__(
        self, wire: Wire, keyring: Keyring, vault: Vault, watermark: Watermark, password: str | None
    ) -> None:
        self._wire = wire
        self._device = keyring.machine
        self._keyring = keyring
        self._vault = vault
        self._watermark = watermark
        self._password = password
        self._identity: Identity | None = None
        self._stale = False

    async def settle(self) -> None:
        """Bring the account in order at a start. Raise NoSession when that is an operator's to do.

        The secrets are kept before anything is published: killed anywhere, it goes on from there.
        """
        seen = await self._look()
        held = in_force(self._vault, seen)
        await self._begin(seen)
        if seen.master is None:
            await self._publish(held.identity)
        await SecretStorage(self._wire, self._device.user_id).keep(held)
        self._identity = held.identity
        await self._sign(await self._look())

    async def recover(self, recovery: bytes) -> Identity:
        """Fetch the secrets back from the account with a recovery key, and keep them.

        Raise WrongKey, and NoSession when what it opens is not the identity in force.
        """
        held = await SecretStorage(self._wire, self._device.user_id).recover(recovery)
        seen = await self._look()
        if seen.master != held.identity.master.public:
            message = (
                f"The recovery key opens the identity {held.identity.master.public}, but the "
                f"account has another one by now ({seen.master})."
            )
            raise NoSession("identity-other", message)
        self._vault.keep(held)
        log.info("vault.recovered", place=self._vault.place)
        return held.identity

    async def replace(self) -> Identity:
        """Make another identity, publish it with the password, and store it as the first was.

        Killed anywhere, the account's identity is one that the vault has.
        """
        if not self._password:
            message = "A new identity is published with the bot's password, and there is none."
            raise NoSession("password-needed", message)
        held = Secrets.new(self._device.user_id)
        self._vault.keep_next(held)
        await self._begin(await self._look())
        await self._publish(held.identity)
        self._vault.turn()
        await SecretStorage(self._wire, self._device.user_id).replace(held)
        self._identity = held.identity
        await self._sign(await self._look())
        return held.identity

    def hear(self, sync: Mapping[str, Any]) -> None:
        """Take in whether a sync answer says that the account's own devices changed."""
        lists = sync.get("device_lists")
        changed = lists.get("changed") if isinstance(lists, Mapping) else None
        if isinstance(changed, list) and self._device.user_id in changed:
            self._stale = True

    async def keep(self) -> None:
        """Do what is due between syncs: the mark on the keys, and the device after a change."""
        try:
            await self._watermark.move_after(MOVED_EVERY)
            if self._stale and self._identity is not None:
                await self._check(self._identity)
                self._stale = False
        except (MatrixRefusal, Unreachable) as refused:
            log.warning("identity.unseen", why=str(refused))

    async def _check(self, identity: Identity) -> None:
        """Sign the device anew if need be, or say that somebody has replaced the identity."""
        seen = await self._look()
        if seen.master == identity.master.public:
            await self._sign(seen)
        else:
            SIGNED.set(0)
            log.error("identity.replaced", there=seen.master, ours=identity.master.public)

    async def _begin(self, seen: Seen) -> None:
        """See that the keys are the device's newest, and publish what is missing of them."""
        await self._watermark.check(seen)
        if seen.device is None:
            self._device.account.shared = False  # the homeserver does not know it, or no more
        await self._watermark.move()
        self._keyring.before_uploads(partial(self._watermark.move_after, AGAIN_AFTER))
        await self._keyring.publish(self._wire)

    async def _publish(self, identity: Identity) -> None:
        device = self._device
        await publish(self._wire, identity, device.device_id, device.sign_json, self._password)

    async def _look(self) -> Seen:
        return await look(self._wire, self._device.user_id, self._device.device_id)

    async def _sign(self, seen: Seen) -> None:
        """See that the device as others see it is ours and signed."""
        if self._identity is None or seen.device is None:
            SIGNED.set(0)
        elif not seen.shows(self._device.device_keys()):
            SIGNED.set(0)
            log.error("device.not_ours", device_id=self._device.device_id)
        elif self._identity.vouches_for(seen.device):
            SIGNED.set(1)
        else:
            SIGNED.set(int(await sign_device(self._wire, self._identity, seen.device)))


def in_force(vault: Vault, seen: Seen) -> Secrets:
    """Give the secrets of the account's identity; make and keep them when it has none yet.

    Raise NoSession when the account has an identity that is not the vault's: it is not ours to
    replace.
    """
    held, waiting = vault.load(), vault.load_next()
    if waiting and seen.master == waiting.identity.master.public:
        vault.turn()  # an operator's new identity was taken, and then the process ended
        return waiting
    if held is None and seen.master is None:
        held = Secrets.new(vault.user_id)
        vault.keep(held)
        log.info("vault.made", place=vault.place)
    if held is None:
        message = (
            f"{vault.user_id} has an identity that others know it by, and its secrets are not in "
            f"{vault.place}. A new one would warn everybody, so none is made by itself."
        )
        raise NoSession("vault-missing", message)
    if seen.master not in {None, held.identity.master.public}:
        message = (
            f"{vault.user_id} has another identity on the homeserver ({seen.master}) than in "
            f"{vault.place} ({held.identity.master.public}): somebody with the bot's password has "
            "replaced it, or the vault is an old one."
        )
        raise NoSession("identity-changed", message)
    return held
