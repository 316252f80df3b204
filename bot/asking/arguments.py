"""The kinds of argument a command may have, each with the way it is read.

A reader takes what it needs from the words and gives a value, or raises a Refusal that says what
was expected. Dispatch fills in the usage line of the command that was tried.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from bot.asking.ask import Ask
from bot.asking.times import read_day, read_time
from bot.asking.words import Words, take
from bot.domain.answer import Refusal, Typed
from bot.domain.exercises import spoken
from bot.domain.region import Region

Reading = Callable[[Words, Ask], Any]
Among = Callable[[Region], Sequence[str]]
"""Lists the only words that can be meant, from the law."""


@dataclass(frozen=True)
class Part:
    """One field of a form for what a reader reads at once; `rest` takes a whole sentence."""

    key: str
    among: Among | None = None
    optional: bool = False
    rest: bool = False


@dataclass(frozen=True)
class Reader:
    """How an argument is read from the words.

    The rest is for menus. `among` lists the only words it takes, if they are few. `finds`: where
    nothing is said it may find the value by itself. `parts`: what it reads at once, a form has
    several fields for.
    """

    read: Reading
    among: Among | None = None
    finds: bool = False
    parts: tuple[Part, ...] = ()


def read_forum(words: Words, ask: Ask) -> str:
    """Read a forum's code; without one, the forum of the room, or the only one the person has."""
    word = words.peek()
    codes = spoken(ask.region, ask.region.forums)
    if word and word.casefold() in codes:
        words.take()
        return codes[word.casefold()]
    if ask.forum:
        return ask.forum.code
    if word and word.isupper() and len(word) > 1:
        raise unknown_forum(word, ask)
    own = sorted({f.code for fn in ask.functions for f, _ in ask.region.seats_held_by(fn)})
    if len(own) == 1:
        return own[0]
    raise Refusal("which_forum", forums=own)


def read_only_forum(words: Words, ask: Ask) -> str:
    """Read a forum's code as all that is said: a word that is no forum is refused, not ignored."""
    word = words.peek()
    if word and word.casefold() not in spoken(ask.region, ask.region.forums):
        raise unknown_forum(word, ask)
    return read_forum(words, ask)


def unknown_forum(word: str, ask: Ask) -> Refusal:
    """Refuse a word that is no forum's code, with the codes it is most like."""
    codes = spoken(ask.region, ask.region.forums)
    near = difflib.get_close_matches(word.casefold(), codes, n=3, cutoff=0.4)
    return Refusal("unknown_forum", word=Typed(word), nearest=[codes[code] for code in near])


def read_function(words: Words, ask: Ask) -> str:
    """Read a function's code, "lst.TIB"."""
    word = take(words, "function")
    codes = spoken(ask.region, ask.region.functions)
    if word.casefold() in codes:
        return codes[word.casefold()]
    near = difflib.get_close_matches(word.casefold(), codes, n=3, cutoff=0.6)
    raise Refusal("unknown_function", word=Typed(word), nearest=[codes[code] for code in near])


def read_rest(words: Words, ask: Ask) -> Typed:  # noqa: ARG001 - the shape of every Reading
    """Read all the words that are left; at least one is needed."""
    text = words.rest()
    if not text:
        raise Refusal("missing_argument", expected="text")
    return Typed(text)


def read_word(words: Words, ask: Ask) -> str:  # noqa: ARG001 - the shape of every Reading
    """Read one word or quoted passage."""
    return take(words, "word")


AN_ID = re.compile(r"^[^\W\d]{1,2}-(\d{4}-)?\d{1,9}$")
"""The shape of the id of anything: "OV-2026-014", "ov-14"."""


def id_reader(letters: str, kind: str) -> Reader:
    """Make a reader for an object's id; without one, what the answered message is about."""
    pattern = re.compile(rf"^{letters}-(\d{{4}}-)?\d{{1,9}}$", re.IGNORECASE)

    def read(words: Words, ask: Ask) -> str:
        word = words.peek() or ""
        if pattern.match(word):
            words.take()
            return _full_id(word.upper(), ask)
        about = ask.about_id(kind)
        if about is None or AN_ID.match(word):
            other = Typed(word.upper()) if AN_ID.match(word) else None
            raise Refusal("missing_id", kind=kind, letters=letters, word=other)
        return about

    return Reader(read, finds=True)


def _full_id(word: str, ask: Ask) -> str:
    letters, *year, number = word.split("-")
    width = 4 if letters == "AF" else 3
    when = year[0] if year else str(ask.now.astimezone(ask.region.timezone).year)
    return f"{letters}-{when}-{int(number):0{width}d}"


def forums(region: Region) -> Sequence[str]:
    """List the forums' codes."""
    return list(region.forums)


ForumCode = Annotated[str, Reader(read_forum, forums, finds=True)]
OnlyForum = Annotated[str, Reader(read_only_forum, forums, finds=True)]
FunctionCode = Annotated[str, Reader(read_function)]
Day = Annotated[date, Reader(read_day)]
LocalTime = Annotated[datetime, Reader(read_time)]
Rest = Annotated[Typed, Reader(read_rest)]
Word = Annotated[str, Reader(read_word)]
SummonsId = Annotated[str, id_reader("KA", "summons")]
MeetingId = Annotated[str, id_reader("M", "meeting")]
AgreementId = Annotated[str, id_reader("OV", "agreement")]
ActionId = Annotated[str, id_reader("AT", "action")]
CarryBackId = Annotated[str, id_reader("AF", "carry_back")]
IncidentId = Annotated[str, id_reader("H", "incident")]
