"""A homeserver of the rehearsal's own: Synapse on SQLite, on loopback, gone when stopped."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bot.matrix.wire import Unreachable, Wire, quote
from bot.rehearsal.synapse import Layout, lay_out, tail

START_SECONDS = 60.0  # on a busy machine; an idle one needs about five
STOP_SECONDS = 10.0  # between asking Synapse to stop and ending it


class DidNotStart(Exception):  # noqa: N818 - says what happened
    """The homeserver ended, or was not ready in time; the message ends with its log."""


@dataclass(frozen=True)
class Account:
    """Someone registered, and the device they are logged in on."""

    user_id: str
    device_id: str
    access_token: str
    password: str


class Homeserver:
    """One running Synapse, ended by its own process id."""

    def __init__(self, layout: Layout) -> None:
        """Hold where it lives; `start` gives one that runs."""
        self.name = layout.name
        self.url = f"http://127.0.0.1:{layout.port}"
        self._layout = layout
        self._wire = self._line()
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: Wire | None = None
        self._keeping = asyncio.Lock()

    @classmethod
    async def start(
        cls,
        folder: Path,
        *,
        name: str | None = None,
        default_limits: bool = False,
        federation: bool = False,
    ) -> Homeserver:
        """Start one in that folder and wait until it answers.

        `name` is the part of its ids after the colon. With `federation` it is always
        `localhost:PORT`, since that is how another such server finds it; such servers
        trust each other's certificates unseen. `default_limits` leaves Synapse's own
        rate limits in place. Raise DidNotStart with the end of its log.
        """
        server = cls(await asyncio.to_thread(lay_out, folder, name, default_limits, federation))
        await server._launch()
        return server

    async def stop(self) -> None:
        """Stop it: ask first, end it if it does not listen. Safe to call twice."""
        process, self._process = self._process, None
        await self._wire.close()
        if self._keeper is not None:
            await self._keeper.close()
            self._keeper = None
        if process is not None:
            await _end(process)

    async def restart(self) -> None:
        """Stop it and start it again, with all it remembered, at the same address."""
        await self.stop()
        await self._launch()

    async def register(
        self, localpart: str, password: str, *, display_name: str | None = None, admin: bool = False
    ) -> Account:
        """Register someone and log them in on a device with a long random id."""
        path = "/_synapse/admin/v1/register"
        nonce = str((await self._wire.call("GET", path))["nonce"])
        wanted = {
            "nonce": nonce,
            "username": localpart,
            "displayname": display_name or localpart,
            "password": password,
            "admin": admin,
            "mac": self._mac(nonce, localpart, password, admin=admin),
            "device_id": secrets.token_hex(12).upper(),
        }
        given = await self._wire.call("POST", path, wanted)
        return Account(given["user_id"], given["device_id"], given["access_token"], password)

    async def lift_limits(self, user_id: str) -> None:
        """Exempt one user from every rate limit of this server."""
        keeper = await self._admin()
        path = f"/_synapse/admin/v1/users/{quote(user_id)}/override_ratelimit"
        await keeper.call("POST", path, {"messages_per_second": 0, "burst_count": 0})

    async def restore_limits(self, user_id: str) -> None:
        """Let this server's rate limits hold for one user again."""
        keeper = await self._admin()
        path = f"/_synapse/admin/v1/users/{quote(user_id)}/override_ratelimit"
        await keeper.call("DELETE", path)

    async def _admin(self) -> Wire:
        """Give the line of this server's administrator, registered at the first use."""
        async with self._keeping:
            if self._keeper is None:
                localpart = f"keeper-{secrets.token_hex(4)}"
                account = await self.register(localpart, secrets.token_hex(16), admin=True)
                self._keeper = Wire(self.url, account.access_token)
        return self._keeper

    def _mac(self, nonce: str, localpart: str, password: str, *, admin: bool) -> str:
        """Prove to the admin API that we know the shared secret."""
        parts = (nonce, localpart, password, "admin" if admin else "notadmin")
        return hmac.new(
            self._layout.shared_secret.encode(), "\0".join(parts).encode(), hashlib.sha1
        ).hexdigest()

    def _line(self) -> Wire:
        return Wire(self.url, longest_wait=0.1)  # it is waited for while it starts

    async def _launch(self) -> None:
        """Start the process and wait until it answers."""
        self._wire = self._line()
        with self._layout.console.open("ab") as console:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "synapse.app.homeserver", "-c", str(self._layout.config)),
                cwd=self._layout.folder,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=console,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for us; we stop Synapse when we are done
            )
        try:
            async with asyncio.timeout(START_SECONDS):
                await self._ready(self._process)
        except BaseException as error:
            await self.stop()
            if isinstance(error, TimeoutError):
                raise DidNotStart(self._last_words("not ready in time")) from error
            raise

    async def _ready(self, process: asyncio.subprocess.Process) -> None:
        while True:
            if process.returncode is not None:
                raise DidNotStart(self._last_words(f"ended with status {process.returncode}"))
            with suppress(Unreachable):
                await self._wire.call("GET", "/_matrix/client/versions", timeout=5, patience=0)
                return
            await asyncio.sleep(0.1)

    def _last_words(self, why: str) -> str:
        """Say why it did not start, with the last lines it wrote."""
        return f"{self.name} did not start: {why}\n{tail(self._layout)}"


async def _end(process: asyncio.subprocess.Process) -> None:
    """End one process by its id, gently and then not."""
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
