"""What an HTTP response is: an answer, a refusal, or a fault that a second try may not meet."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeAlias

from bot.matrix.refusals import SHUT_OUT, WORDLESS, LoggedOut, MatrixRefusal

Json = dict[str, Any] | list[Any]
_ELSEWHERE = re.compile(r"/(invite|join/[^/]*|knock/[^/]*|directory/room/[^/]*|profile/.*)$")
"""Requests that our homeserver may have to ask another one about."""

_FOR_ANOTHER = frozenset({
    HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT,
})  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """One attempt that failed, and may be repeated."""

    why: str
    """A few fixed words: they name a metric, too."""
    alive: bool = False
    """The homeserver itself answers, though not with what was asked."""
    limited: bool = False
    wait: float | None = None
    """Seconds the server asked for."""
    refusal: MatrixRefusal | None = None
    elsewhere: bool = False
    """It says that another homeserver, which it would have to ask, does not answer."""


Outcome: TypeAlias = Json | MatrixRefusal | Fault


def asks_elsewhere(path: str) -> bool:
    """Tell whether silence may be another homeserver's, and tells nothing of our own."""
    return _ELSEWHERE.search(path) is not None


def read(status: int, headers: Mapping[str, str], raw: bytes, path: str) -> Outcome:
    """Turn a response into its answer, a refusal or a fault."""
    body = _json(raw)
    if status < HTTPStatus.MULTIPLE_CHOICES:
        return body if isinstance(body, dict | list) else Fault("no JSON")
    told = body if isinstance(body, dict) else {}
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status < HTTPStatus.BAD_REQUEST:
        alive = "errcode" in told and asks_elsewhere(path)
        return Fault(f"status {status}", alive, elsewhere=alive and status in _FOR_ANOTHER)
    refusal = _refusal(status, headers, told)
    if status == HTTPStatus.TOO_MANY_REQUESTS or refusal.errcode == "M_USER_SUSPENDED":
        wait = refusal.retry_after_ms
        seconds = None if wait is None else wait / 1000
        return Fault(f"status {status}", alive=True, limited=True, wait=seconds, refusal=refusal)
    if refusal.errcode == "M_USER_LOCKED" or refusal.from_a_proxy:
        return Fault(f"status {status}", refusal=refusal)
    return refusal


def _json(raw: bytes) -> object:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _refusal(status: int, headers: Mapping[str, str], told: dict[str, Any]) -> MatrixRefusal:
    """Build the refusal of a 4xx, whatever its body was."""
    errcode = str(told.get("errcode", WORDLESS))
    error = str(told.get("error", HTTPStatus(status).phrase if status in _KNOWN else ""))
    if errcode in SHUT_OUT:
        return LoggedOut(status, errcode, error, soft=told.get("soft_logout") is True)
    session = str(told["session"]) if "session" in told else None
    return MatrixRefusal(status, errcode, error, _wait(told, headers), session)


_KNOWN = frozenset(int(each) for each in HTTPStatus)


def _wait(told: dict[str, Any], headers: Mapping[str, str]) -> int | None:
    """Give the milliseconds the server asks us to wait, where it says so."""
    said = told.get("retry_after_ms")
    if isinstance(said, int | float) and not isinstance(said, bool) and math.isfinite(said):
        return max(0, int(said))
    header = headers.get("Retry-After", "")
    return int(header) * 1000 if re.fullmatch("[0-9]{1,9}", header) else None
