"""Alembic at work: up to the newest step, or down to the ground. Imported when there is need."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

INI = Path(__file__).parent / "alembic.ini"


def go_up(connection: Connection) -> None:
    """Take the steps that are left."""
    command.upgrade(_config(connection), "head")


def go_down(connection: Connection) -> None:
    """Take every step back."""
    command.downgrade(_config(connection), "base")


def _config(connection: Connection) -> Config:
    """Tell Alembic to work on that connection."""
    config = Config(INI)
    config.attributes["connection"] = connection
    return config
