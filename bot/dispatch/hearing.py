"""From an event to the command it means and the words that go with it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.asking import Ask, Command
from bot.asking.arguments import AN_ID
from bot.dispatch.catalogue import Catalogue
from bot.dispatch.grammar import Form, as_typed
from bot.dispatch.understand import Meant, meant
from bot.domain.answer import Refusal, Typed
from bot.domain.incoming import Chosen, Event, Reacted, Said, Voted
from bot.domain.region import Language
from bot.domain.voting import filled_in, sign

STOPS = ".,!?"
"""What a phone puts after a word by itself: "Deltar."."""


@dataclass(frozen=True)
class Wish:
    """A command, the words after its verb, and the language the verb was said in, if clear."""

    command: Command
    words: str
    language: Language | None = None
    form: Form | None = None
    """The fields of a form, which count instead of the words."""


def wish(catalogue: Catalogue, event: Event, ask: Ask) -> Wish | None:
    """Find what somebody wants of the bot, or None; Refusal if they want what nobody knows."""
    match event:
        case Said():
            return _said(catalogue, event, ask)
        case Reacted(key=key) if ask.about:
            kind, _, id_ = ask.about.partition(":")
            command = catalogue.tapped(key, kind)
            if command and kind in command.votes:
                return Wish(command, f"{id_} {sign(key)}")
            return Wish(command, id_) if command else None
        case Voted(choices=choices) if ask.about:
            kind, _, id_ = ask.about.partition(":")
            command = catalogue.voted(kind)
            if command is None:
                return None
            chosen = filled_in(choices, command.votes[kind])
            return Wish(command, f"{id_} {' '.join(chosen)}")
    return None


def _said(catalogue: Catalogue, said: Said, ask: Ask) -> Wish | None:
    if said.chosen is not None:
        return _chosen(catalogue, said.chosen, ask)
    found = meant(said, direct=ask.direct, answered=ask.answered)
    words = found.words if found else said.body.strip()
    verb = words.partition(" ")[0]
    if found and not words:
        return _named(catalogue, "help", "")
    if found and (wished := _meant(catalogue, found, ask)):
        return wished
    if wished := _awaited(catalogue, said, found, ask) or _bare(catalogue, words, found):
        return wished
    if found and (found.signed or ask.direct):
        raise _unknown(catalogue, verb, found, ask)
    return None


def _meant(catalogue: Catalogue, found: Meant, ask: Ask) -> Wish | None:
    """Find the command that words for the bot begin with, or are the sign of."""
    if not found.signed and (talk := _in_reply(catalogue, found.words, ask)):
        return talk
    verb, _, rest = found.words.partition(" ")
    if rest and catalogue.find(verb) and (bare := _bare(catalogue, found.words, found)):
        return bare  # "berörs inte" is a position, though "berörs" is a verb
    if command := catalogue.find(verb):
        return Wish(command, rest.strip(), command.language_of(verb.rstrip(STOPS)))
    typed = _typed_tap(catalogue, found.words, ask)
    return Wish(typed, found.words if _votes(typed, ask) else "") if typed else None


def _chosen(catalogue: Catalogue, chosen: Chosen, ask: Ask) -> Wish:
    """Find the command that was chosen from a menu; Refusal if there is none of that name."""
    command = catalogue.find(chosen.command)
    if command is None:
        raise _unknown(catalogue, chosen.command, Meant(chosen.command, signed=True), ask)
    words = as_typed(command, chosen.fields)
    return Wish(command, words, command.language_of(chosen.command), chosen.fields)


def _typed_tap(catalogue: Catalogue, words: str, ask: Ask) -> Command | None:
    """Find what a reaction's sign means, written instead of put on a message."""
    kind = (ask.about or "").partition(":")[0]
    command = catalogue.tapped(words, kind or "summons")
    if command and command.bare and kind in command.votes:
        return None  # an answer that needs no verb is read as it is
    return command


def _in_reply(catalogue: Catalogue, words: str, ask: Ask) -> Wish | None:
    """Find what a sentence means in reply to a message that waits for one; None for a command.

    A verb begins a sentence too ("Klart vid bron"): it is a command there if it stands alone, or
    before an id.
    """
    kind, _, id_ = (ask.about or "").partition(":")
    command = catalogue.replied(kind)
    if command is None or catalogue.tapped(words, kind):
        return None
    verb, _, rest = words.partition(" ")
    if catalogue.find(verb) and (not rest.strip() or AN_ID.match(rest.split()[0])):
        return None
    return Wish(command, f"{id_} {words}")


def _votes(command: Command, ask: Ask) -> bool:
    """Tell whether the sign is one of several answers, and so says more than the verb."""
    return (ask.about or "").partition(":")[0] in command.votes


def _awaited(catalogue: Catalogue, said: Said, found: Meant | None, ask: Ask) -> Wish | None:
    """Find the command that has asked for this line, if it is one of their own.

    A line with a sign before it, or an answer to somebody else, is none.
    """
    if ask.unsaid is None or (found and found.signed) or (said.reply_to and not ask.answered):
        return None
    return _named(catalogue, ask.unsaid, said.body.strip())


def _bare(catalogue: Catalogue, words: str, found: Meant | None) -> Wish | None:
    """Find the verb that needs not be said."""
    signed = found is not None and found.signed
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
