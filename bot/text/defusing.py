"""Make what a person typed harmless: one line of words that no client links, pills or mirrors.

The visible words stay as they are. What is broken up is broken by U+2060, a joiner that nobody
sees: linkifiers, pills and push rules do not look past it.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 2000
"""The most characters of typed text that a message shows; what is longer ends with "…". Where
there is so much of it that the message would be too long for a room, it shows less of each."""

JOINER = "\u2060"

_READ_AT_MOST = 20 * LONGEST
_EMOJI_JOINER = "\u200d"
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs"})

# Where a linkifier, a pill or a push rule would begin; the joiner goes in right after.
_LINKABLE = re.compile(
    r"""
      @                                          # @room, @user:server, name@host
    | [#!$+](?=[^\s:]{0,255}:\S)                 # an alias, a room, an event, by its server
    | !(?=[\w-]{43})                             # a room whose id names no server (version 12)
    | /(?=/)                                     # https://host, //host
    | (?<=[^\W\d_]):(?=[^\W\d_/])                # mailto:name, matrix:u
    | (?<=\S)[.\u3002\uff0e\uff61](?=[^\W\d_])   # host.tld, www.host
    | (?<=\d)[.](?=\d{1,3}[.]\d)                 # 192.0.2.1
    | \blocal(?=host\b)
    """,
    re.VERBOSE | re.IGNORECASE,
)


def defuse(text: str, longest: int = LONGEST) -> str:
    """Give the same words on one line, at most that long, with nothing in them to follow."""
    return _LINKABLE.sub(_broken, _shortened(_seen(text[:_READ_AT_MOST]), longest))


def _broken(found: re.Match[str]) -> str:
    return found[0] + JOINER


def _shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _seen(text: str) -> str:
    """Take away what has no shape of its own, and make every run of white space one space."""
    spaced = " ".join(text.split())
    if spaced.isprintable():
        return spaced
    return " ".join("".join(char for char in spaced if _is_seen(char)).split())


def _is_seen(char: str) -> bool:
    return char == _EMOJI_JOINER or unicodedata.category(char) not in _UNSEEN
