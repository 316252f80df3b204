"""From an event to the command it means and the words that go with it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.asking import Ask, Command
from bot.dispatch.catalogue import Catalogue
from bot.dispatch.understand import Meant, meant
from bot.domain.answer import Refusal, Typed
from bot.domain.incoming import Event, Reacted, Said, Voted
from bot.domain.region import Language

STOPS = ".,!?"
"""What a phone puts after a word by itself: "Deltar."."""


@dataclass(frozen=True)
class Wish:
    """A command, the words after its verb, and the language the verb was said in, if clear."""

    command: Command
    words: str
    language: Language | None = None


def wish(catalogue: Catalogue, event: Event, ask: Ask) -> Wish | None:
    """Find what somebody wants of the bot, or None; Refusal if they want what nobody knows."""
    match event:
        case Said():
            return _said(catalogue, event, ask)
        case Reacted(key=key) if ask.about:
            kind, _, id_ = ask.about.partition(":")
            command = catalogue.tapped(key, kind)
            return Wish(command, id_) if command else None
        case Voted(choices=(choice, *_)) if ask.about:
            kind, _, id_ = ask.about.partition(":")
            command = catalogue.voted(kind)
            return Wish(command, f"{id_} {choice}") if command else None
    return None


def _said(catalogue: Catalogue, said: Said, ask: Ask) -> Wish | None:
    found = meant(said, direct=ask.direct, answered=ask.about is not None)
    words = found.words if found else said.body.strip()
    verb, _, rest = words.partition(" ")
    if found and not words:
        return _named(catalogue, "help", "")
    if found and (command := catalogue.find(verb)):
        return Wish(command, rest.strip(), command.language_of(verb.rstrip(STOPS)))
    if found and (command := _typed_tap(catalogue, words, ask)):
        return Wish(command, "")
    if bare := _bare(catalogue, words, signed=found is not None and found.signed):
        return bare
    if found and (found.signed or ask.direct):
        raise _unknown(catalogue, verb, found, ask)
    return None


def _typed_tap(catalogue: Catalogue, words: str, ask: Ask) -> Command | None:
    """Find what a reaction's sign means, written instead of put on a message."""
    kind = (ask.about or "").partition(":")[0]
    return catalogue.tapped(words, kind) if kind else catalogue.tapped(words, "summons")


def _bare(catalogue: Catalogue, words: str, *, signed: bool) -> Wish | None:
    """Find the verb that needs not be said."""
    for command in catalogue.commands():
        text = command.bare(words, signed) if command.bare else None
        if text is not None:
            return Wish(command, text)
    return None


def _named(catalogue: Catalogue, name: str, words: str) -> Wish | None:
    command = catalogue.find(name)
    return Wish(command, words) if command else None


def _unknown(catalogue: Catalogue, verb: str, found: Meant, ask: Ask) -> Refusal:
    near = catalogue.near(verb, [each for each in catalogue.commands() if each.allowed(ask)])
    command, word = near or (None, "")
    rest = found.words[len(verb) :].strip()
    return Refusal(
        "unknown_command", word=Typed(verb), rest=Typed(rest),
        near=command.name if command else None, near_word=word,
    )  # fmt: skip
