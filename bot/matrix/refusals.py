"""How asking a homeserver ends without an answer: a no, a silence, or being shut out."""

from __future__ import annotations

from http import HTTPStatus

NOT_NOW = frozenset({
    "M_LIMIT_EXCEEDED", "M_RESOURCE_LIMIT_EXCEEDED", "M_USER_LOCKED", "M_USER_SUSPENDED",
})  # fmt: skip
"""Refusals that say nothing of what was asked, only of the server or the account just now."""
NOT_NOW_STATUS = frozenset({
    HTTPStatus.UNAUTHORIZED, HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS,
})  # fmt: skip
SHUT_OUT = frozenset({"M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_USER_DEACTIVATED"})
"""Refusals after which this token is never let in again. A locked account is: once unlocked."""
WORDLESS = "M_UNKNOWN"
"""The errcode we give a refusal that came without Matrix's own words: a proxy's."""
OF_A_PROXY = frozenset({
    HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND,
    HTTPStatus.PROXY_AUTHENTICATION_REQUIRED, HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.MISDIRECTED_REQUEST, HTTPStatus.TOO_EARLY,
})  # fmt: skip
"""What a proxy says for a homeserver it cannot reach, and never of what was asked."""


class MatrixRefusal(Exception):  # noqa: N818 - a refusal is the house's word for an expected no
    """The homeserver understood the request and said no."""

    def __init__(
        self,
        status: int,
        errcode: str,
        error: str,
        retry_after_ms: int | None = None,
        session: str | None = None,
    ) -> None:
        """Keep what the server said.

        `retry_after_ms` only when it asked us to wait, `session` only when it wants the password
        once more before it does this (user-interactive authentication).
        """
        super().__init__(f"{status} {errcode}: {error}")
        self.status = status
        self.errcode = errcode
        self.error = error
        self.retry_after_ms = retry_after_ms
        self.session = session

    @property
    def for_now(self) -> bool:
        """Tell whether the same may be granted later: the server is busy, locked or not there."""
        told = self.errcode in NOT_NOW or self.errcode in SHUT_OUT
        return told or self.status in NOT_NOW_STATUS or self.from_a_proxy

    @property
    def from_a_proxy(self) -> bool:
        """Tell whether it came without Matrix's own words, from before the homeserver."""
        wordless = self.errcode == WORDLESS and self.session is None
        return wordless and self.status in OF_A_PROXY


class LoggedOut(MatrixRefusal):
    """The homeserver has done with our token: nothing is asked with it any more.

    `soft` says that the device and its keys are still there, and only the token is gone.
    """

    def __init__(self, status: int, errcode: str, error: str, *, soft: bool = False) -> None:
        super().__init__(status, errcode, error)
        self.soft = soft


class Unreachable(Exception):  # noqa: N818 - a state of the homeserver, not a fault of ours
    """The homeserver gave no usable answer for as long as the caller had patience.

    `away` says that it answers nobody in the house, so that no wait of one's own is needed.
    `elsewhere` says that it answered, and told us that another homeserver does not.
    """

    def __init__(self, why: str, *, away: bool = False, elsewhere: bool = False) -> None:
        super().__init__(why)
        self.away = away
        self.elsewhere = elsewhere
