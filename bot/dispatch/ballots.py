"""Whose question a ballot answers: the keys of its answers say so, within what is encrypted.

What ties a vote to its poll stands outside, where every homeserver on the way can change it.
"""

from __future__ import annotations

from dataclasses import replace

from bot.asking import Ask
from bot.dispatch.catalogue import Catalogue
from bot.dispatch.hearing import Wish
from bot.dispatch.origin import again
from bot.domain.answer import Refusal, Typed
from bot.domain.incoming import Event, Voted
from bot.domain.voting import of_which
from bot.store import letters


async def of_its_own(catalogue: Catalogue, event: Event, ask: Ask) -> Event:
    """Take the question's name off a ballot's answers; Refusal if they answer another question.

    A poll that was sent before answers had names takes them without. An emptied ballot names none.
    """
    if not isinstance(event, Voted) or ask.about is None or not event.choices:
        return event
    answers = [of_which(each) for each in event.choices]
    questions = {question for question, _ in answers}
    if questions == {ask.about}:
        return replace(event, choices=tuple(plain for _, plain in answers))
    if questions == {""} and not await _has_names(ask, event.poll):
        return event
    raise _elsewhere(catalogue, event, ask, *sorted(filter(None, questions))[:1])


async def _has_names(ask: Ask, poll: str) -> bool:
    letter = await letters.by_event(ask.session, poll)
    choices = letter.content.get("choices", []) if letter else []
    return any(of_which(key)[0] for key, _ in choices)


def _elsewhere(catalogue: Catalogue, event: Voted, ask: Ask, question: str = "") -> Refusal:
    """Say that it was another question's, with the words that answer that one."""
    kind, _, belongs = question.partition(":")
    command, here = catalogue.voted(kind), (ask.about or "").partition(":")[2]
    typed = Typed("")
    if command:
        typed = again(Wish(command, f"{belongs} {of_which(event.choices[0])[1]}"), event)
    return Refusal(
        "ballot_elsewhere", id=here, belongs=belongs if command else None, typed=typed,
        command=command.name if command else None,
    )  # fmt: skip
