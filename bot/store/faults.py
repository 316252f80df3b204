"""What an operator can do something about, among all that a database can raise."""

from __future__ import annotations

from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError


def database_fault(error: BaseException) -> str | None:
    """Say in a line why the database cannot be used; None when that is not what went wrong.

    The statement and what was in it are left out: they may hold what people wrote.
    """
    if isinstance(error, ArgumentError):
        return "its address cannot be read"
    if not isinstance(error, OperationalError | InterfaceError):
        return None
    return _first_line(error)


def _first_line(error: DBAPIError) -> str:
    lines = str(error.orig).strip().splitlines()
    return lines[0] if lines else type(error.orig).__name__
