"""What Synapse must be told to be a rehearsal's homeserver, written into a folder."""

from __future__ import annotations

import base64
import json
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOOPBACK = "127.0.0.1"
WITHOUT_LIMIT = {"per_second": 1000, "burst_count": 1000}
LAST_LINES = 15


@dataclass(frozen=True)
class Layout:
    """One homeserver's place on disk and on loopback."""

    folder: Path
    name: str
    port: int
    federation_port: int | None
    shared_secret: str

    @property
    def config(self) -> Path:
        """Its configuration; JSON, which is YAML too."""
        return self.folder / "homeserver.yaml"

    @property
    def console(self) -> Path:
        """What it printed."""
        return self.folder / "console.log"

    @property
    def log(self) -> Path:
        """What it logged, warnings and worse."""
        return self.folder / "homeserver.log"


def lay_out(folder: Path, name: str | None, default_limits: bool, federation: bool) -> Layout:  # noqa: FBT001 - the caller names them
    """Choose free ports and write what Synapse reads at its start."""
    folder.mkdir(parents=True, exist_ok=True)
    port, federation_port = _free_ports()
    layout = Layout(
        folder=folder.resolve(),
        name=f"localhost:{federation_port}" if federation else name or "malarvik.example",
        port=port,
        federation_port=federation_port if federation else None,
        shared_secret=secrets.token_hex(24),
    )
    wanted = _base(layout) | _closed(layout) | ({} if default_limits else _unlimited())
    (folder / "log.yaml").write_text(json.dumps(_logging(layout)))
    (folder / "signing.key").write_text(f"ed25519 a_1 {_seed()}\n")
    if federation:
        # Only here, so that everybody else does without the library it needs.
        from bot.rehearsal.certificate import certify  # noqa: PLC0415

        certify(layout.folder)
        wanted |= _federating(layout)
    layout.config.write_text(json.dumps(wanted, indent=1))
    return layout


def tail(layout: Layout) -> str:
    """Give the last lines of what it printed and logged."""
    files = [file for file in (layout.console, layout.log) if file.exists()]
    lines = [line for file in files for line in file.read_text(errors="replace").splitlines()]
    return "\n".join(lines[-LAST_LINES:])


def _free_ports() -> tuple[int, int]:
    """Find two ports nobody listens on; both are held until both are known."""
    with socket.socket() as one, socket.socket() as other:
        one.bind((LOOPBACK, 0))
        other.bind((LOOPBACK, 0))
        return one.getsockname()[1], other.getsockname()[1]


def _seed() -> str:
    """Make a signing key, as Synapse stores one: 32 bytes in unpadded base64."""
    return base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")


def _listener(port: int, names: list[str], *, tls: bool) -> dict[str, Any]:
    return {
        "port": port,
        "tls": tls,
        "type": "http",
        "bind_addresses": [LOOPBACK],
        "resources": [{"names": names}],
    }


def _base(layout: Layout) -> dict[str, Any]:
    """Give what every such server needs: SQLite, loopback, nobody told about it."""
    return {
        "server_name": layout.name,
        "public_baseurl": f"http://{LOOPBACK}:{layout.port}/",
        "pid_file": str(layout.folder / "homeserver.pid"),
        "listeners": [_listener(layout.port, ["client"], tls=False)],
        "database": {"name": "sqlite3", "args": {"database": str(layout.folder / "synapse.db")}},
        "log_config": str(layout.folder / "log.yaml"),
        "media_store_path": str(layout.folder / "media"),
        "signing_key_path": str(layout.folder / "signing.key"),
        "registration_shared_secret": layout.shared_secret,
        "macaroon_secret_key": secrets.token_hex(24),
        "form_secret": secrets.token_hex(24),
        "enable_registration": False,
        "bcrypt_rounds": 4,  # people of a rehearsal have nothing to hide, and are many
        "password_config": {"policy": {"enabled": False}},
        "report_stats": False,
        "trusted_key_servers": [],
        "suppress_key_server_warning": True,
        "presence": {"enabled": False},
        "url_preview_enabled": False,
        # Who starts anew with an old token must see what is, not an answer kept for two minutes.
        "caches": {"global_factor": 0.5, "sync_response_cache_duration": 0},
        "user_directory": {"enabled": False},
        "update_user_directory_from_worker": "nobody",  # nor written: it has no other off switch
        # Nobody here has a phone or looks for anything: half the work of every event.
        "push": {"enabled": False},
        "stats": {"enabled": False},
        "enable_search": False,
    }


def _closed(layout: Layout) -> dict[str, Any]:
    """Keep it from asking any other server anything."""
    return (
        {}
        if layout.federation_port
        else {"federation_domain_whitelist": [], "send_federation": False}
    )


def _federating(layout: Layout) -> dict[str, Any]:
    """Let two such servers talk to each other on loopback."""
    port = layout.federation_port or layout.port
    return {
        "listeners": [
            _listener(layout.port, ["client"], tls=False),
            _listener(port, ["client", "federation"], tls=True),
        ],
        "tls_certificate_path": str(layout.folder / "tls.crt"),
        "tls_private_key_path": str(layout.folder / "tls.key"),
        "federation_verify_certificates": False,
        # A rehearsal's outage lasts seconds; nobody waits ten minutes to try again after it.
        "federation": {
            "client_timeout": "5s",
            "max_short_retries": 1,
            "max_long_retries": 1,
            "destination_min_retry_interval": 500,
            "destination_retry_multiplier": 1,
            "destination_max_retry_interval": "1s",
        },
        "ip_range_blacklist": [],
    }


def _unlimited() -> dict[str, Any]:
    """Lift every rate limit, so that a rehearsal's minutes are its own."""
    flat = (
        *("rc_message", "rc_registration", "rc_registration_token_validity"),
        *("rc_admin_redaction", "rc_joins_per_room", "rc_key_requests", "rc_3pid_validation"),
        *("rc_third_party_invite", "rc_media_create", "rc_room_creation", "rc_profile"),
        *("rc_delayed_event_mgmt", "rc_reports", "rc_user_directory"),
    )
    nested = {
        "rc_login": ("address", "account", "failed_attempts"),
        "rc_joins": ("local", "remote"),
        "rc_invites": ("per_room", "per_user", "per_issuer"),
    }
    return dict.fromkeys(flat, WITHOUT_LIMIT) | {
        name: dict.fromkeys(parts, WITHOUT_LIMIT) for name, parts in nested.items()
    }


def _logging(layout: Layout) -> dict[str, Any]:
    return {
        "version": 1,
        "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
        "handlers": {
            "file": {
                "class": "logging.FileHandler",
                "filename": str(layout.log),
                "formatter": "plain",
            }
        },
        "root": {"level": "WARNING", "handlers": ["file"]},
        "disable_existing_loggers": False,
    }
