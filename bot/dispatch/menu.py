"""The menus of the rooms: every command as its own declaration says, in the region's language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.asking import Command
from bot.asking.arguments import Part
from bot.dispatch.grammar import parameters, parts_of
from bot.domain.menus import Field, Menus, Offer
from bot.domain.region import Region
from bot.domain.rooms import Say
from bot.text.phrasebook import Phrasebook

PLACES = ("forum", "direct")


def menus(commands: Sequence[Command], book: Phrasebook, region: Region, say: Say) -> Menus:
    """Write the menus of the forums' rooms and of the direct ones; `say` has each field's words."""
    offers = {command.name: _offer(command, book, region, say) for command in commands}
    forum, direct = (
        tuple(offers[it.name] for it in commands if it.where in {"anywhere", place})
        for place in PLACES
    )
    return Menus(forum, direct)


def _offer(command: Command, book: Phrasebook, region: Region, say: Say) -> Offer:
    own = command.words[region.language] or (command.name,)
    every = dict.fromkeys((*own, *(word for words in command.words.values() for word in words)))
    parts = [(part, part.key in command.needed) for part in _parts(command)]
    fields = tuple(
        Field(
            part.key,
            say("field", {"command": command.name, "field": part.key}),
            tuple(part.among(region)) if part.among else (),
            optional=part.optional and not needed,
        )
        for part, needed in parts
    )
    rest = next((part.key for part, _ in parts if part.rest), None)
    says = book.card(command.name, region.language).summary
    return Offer(own[0], tuple(list(every)[1:]), says, fields, rest)


def _parts(command: Command) -> Iterator[Part]:
    for each in parameters(command):
        yield from parts_of(each)
