"""From words typed, or a form filled in, to the arguments that a command's signature asks for."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from bot.asking import Ask, Command
from bot.asking.arguments import Part, Reader, read_rest
from bot.asking.words import Words
from bot.domain.answer import Refusal, Typed

Form = Sequence[tuple[str, str | None]]
"""A form's fields by their keys, as `Chosen` has them."""


@dataclass(frozen=True)
class Parameter:
    """An argument of a command: its name, its reader, and whether it may be left out."""

    name: str
    reader: Reader
    named: bool
    optional: bool


def _reader(hint: object) -> Reader:
    options = [hint, *get_args(hint)] if get_origin(hint) is not Annotated else [hint]
    for option in options:
        for extra in getattr(option, "__metadata__", ()):
            if isinstance(extra, Reader):
                return extra
    msg = f"an argument needs one of the kinds in bot.asking, not {hint!r}"
    raise TypeError(msg)


@functools.cache
def parameters(command: Command) -> tuple[Parameter, ...]:
    """Read the function's signature; keyword-only arguments are given as `key=value`."""
    hints = get_type_hints(command.run, include_extras=True)
    given = list(inspect.signature(command.run).parameters.values())[1:]
    return tuple(
        Parameter(
            name=each.name,
            reader=_reader(hints[each.name]),
            named=each.kind is inspect.Parameter.KEYWORD_ONLY,
            optional=each.default is not inspect.Parameter.empty,
        )
        for each in given
    )


def _keys(command: Command) -> Mapping[str, str]:
    names = {
        p.name: (p.name, *command.keys.get(p.name, ())) for p in parameters(command) if p.named
    }
    return {alias.casefold(): name for name, aliases in names.items() for alias in aliases}


def bind(command: Command, text: str, ask: Ask) -> dict[str, Any]:
    """Read the arguments from the text; Refusal where one is missing or not understood."""
    running = {each.name for each in parameters(command) if each.reader.read is read_rest}
    words = Words.of(text, _keys(command), running)
    values: dict[str, Any] = {}
    for each in parameters(command):
        if each.named:
            if each.name in words.named:
                values[each.name] = _read_named(each, words.named[each.name], ask)
        elif not each.optional or words.peek() is not None:
            values[each.name] = each.reader.read(words, ask)
    return values


def _read_named(each: Parameter, value: str, ask: Ask) -> Any:  # noqa: ANN401 - as its reader gives
    """Read a named value, which has lost its quotes, whole; a Refusal says which one it was."""
    try:
        return each.reader.read(Words.of(value, {}), ask)
    except Refusal as refusal:
        raise Refusal(refusal.name, **{"key": each.name, **refusal.facts}) from None


def parts_of(each: Parameter) -> Sequence[Part]:
    """List the fields a form has for an argument: one, or those that its reader names."""
    reader = each.reader
    if reader.parts:
        return reader.parts
    optional = each.optional or reader.finds
    rest = reader.read is read_rest and not each.named
    return (Part(each.name, reader.among, optional=optional, rest=rest),)


def fill_in(command: Command, form: Form, ask: Ask) -> dict[str, Any]:
    """Read the arguments from a form's fields, by the readers that typed words have.

    Refusal where a field is missing, unknown, or not what its reader takes.
    """
    fields = _known(command, form)
    values: dict[str, Any] = {}
    for each in parameters(command):
        said = " ".join(fields[part.key] for part in parts_of(each) if part.key in fields)
        if each.named:
            if said:
                values[each.name] = _read_named(each, said, ask)
        elif said or not each.optional:
            values[each.name] = _read_field(each, said, ask)
    return values


def as_typed(command: Command, form: Form) -> str:
    """Write a form as it would have been typed, for a refusal that shows what to write instead."""
    named = {each.name for each in parameters(command) if each.named}
    fields = [(key, value) for key, value in form if value]
    words = [value for key, value in fields if key not in named]
    return " ".join([*words, *(f'{key}="{value}"' for key, value in fields if key in named)])


def _known(command: Command, form: Form) -> dict[str, str]:
    """Give the fields that say something; Refusal of one that the command does not have."""
    keys = {part.key for each in parameters(command) for part in parts_of(each)}
    for key, value in form:
        if key not in keys or value is None:
            raise Refusal("unreadable_field", key=Typed(key), word=Typed(value or ""))
    return {key: value for key, value in form if value and value.strip()}


def _read_field(each: Parameter, said: str, ask: Ask) -> Any:  # noqa: ANN401 - as its reader gives
    """Read a field; Refusal if its reader passes over it, as it may with words of a line."""
    words = Words.of(said, {})
    before = words.left()
    value = each.reader.read(words, ask)
    if before and words.left() == before:
        raise Refusal("unreadable_field", key=Typed(each.name), word=Typed(said))
    return value
