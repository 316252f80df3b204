"""Every command's card is true: what its example says can be typed as it stands, and is read."""

from __future__ import annotations

import dataclasses

import pytest

from bot.asking import Command
from bot.dispatch.asker import Asker, Known
from bot.dispatch.catalogue import Catalogue
from bot.dispatch.grammar import bind, parameters
from bot.dispatch.hearing import wish
from bot.domain.incoming import Said
from bot.store.askers import Askers
from tests.story.story import Story, mxid_of

COMMANDS = Catalogue.discover().commands()
NAMES = [command.name for command in COMMANDS]
LANGUAGES = ("sv", "en")


def _card(story: Story, command: Command, language: str) -> tuple[str, str]:
    card = story.desk.post.phrasebook.card(command.name, language)
    return card.usage, card.example


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("command", COMMANDS, ids=NAMES)
async def test_the_example_is_understood_as_it_stands(
    story: Story, command: Command, language: str
) -> None:
    _, example = _card(story, command, language)
    said = Said("$in1", "!direct", mxid_of("lst.TIB"), story.clock.now(), body=f"!{example}")

    async with story.store.read() as session:
        known = Known(
            session, story.clock.now(), {}, Askers(session, {said.sender}, story.clock.now())
        )
        ask = await Asker(story.region, tuple(COMMANDS)).ask(said, known)
        assert ask
        found = wish(story.desk.catalogue, said, dataclasses.replace(ask, direct=True))

        assert found
        assert (found.command, found.language or language) == (command, language)
        assert bind(found.command, found.words, ask) is not None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("command", COMMANDS, ids=NAMES)
async def test_the_usage_begins_with_a_word_that_means_the_command(
    story: Story, command: Command, language: str
) -> None:
    usage, example = _card(story, command, language)

    assert usage.split()[0] == example.split()[0] == command.words[language][0]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("command", COMMANDS, ids=NAMES)
async def test_the_usage_names_only_arguments_there_are(
    story: Story, command: Command, language: str
) -> None:
    usage, _ = _card(story, command, language)
    known = {name for each in parameters(command) for name in _names(command, each.name)}

    named = {part.split("=")[0].strip("[") for part in usage.split() if "=" in part}

    assert named <= known


def _names(command: Command, argument: str) -> tuple[str, ...]:
    return (argument, *command.keys.get(argument, ()))
