"""Whether a message is meant for the bot, and which words of it are."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.domain.incoming import Said

SIGN = re.compile(r"^(?:/{1,2}|!)\s*(?P<words>.*)$", re.DOTALL)


@dataclass(frozen=True)
class Meant:
    """Words for the bot. `signed`: begun with a sign, so that an unknown word is answered."""

    words: str
    signed: bool


def meant(said: Said, *, direct: bool, answered: bool) -> Meant | None:
    """Find the words meant for the bot, or None for talk between people.

    `answered`: it is a reply to one of the bot's messages. In a direct room, in a reply and after
    the bot's name the sign may be left out.
    """
    body = said.body.strip()
    if found := SIGN.match(body):
        return Meant(found["words"].strip(), signed=True)
    if said.addressed:
        return Meant(body, signed=True)
    if direct or answered:
        return Meant(body, signed=False)
    return None
