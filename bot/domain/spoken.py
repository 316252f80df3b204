"""An answer that somebody gives for an organisation that cannot give it here (R10).

It is never shown as the organisation's own: who says so, how they were told, and whether it was
read back stand beside it, and the organisation's own answer stands before it.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.answer import Facts, Typed

HOW = {
    "phone": "phone", "telefon": "phone", "tfn": "phone",
    "radio": "radio",
    "paper": "paper", "papper": "paper",
    "meeting": "meeting", "möte": "meeting",
    "mail": "mail", "email": "mail", "mejl": "mail", "e-post": "mail",
    "sms": "sms",
}  # fmt: skip
"""Each word for a way of being told, and the way it means; another word is kept as it is."""
YES = frozenset({"yes", "ja", "true", "1"})

LAST_RANK = 99
"""The rank of an answer given for somebody: any of their own goes before it."""


@dataclass(frozen=True)
class Spoken:
    """For whom somebody speaks, how they were told, whether it was read back; `by` says so."""

    whom: str
    how: str = "phone"
    read_back: bool = False
    by: str = ""


def spoken_of(by: str | None, how: str, *, read_back: bool) -> Facts | None:
    """Tell who says so and how, as facts; None for an organisation's own answer."""
    if not by:
        return None
    known = how in HOW.values()
    return {"by": by, "how": how if known else Typed(how), "read_back": read_back}
