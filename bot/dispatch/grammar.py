"""From the words typed to the arguments a command's function asks for by its own signature."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from bot.asking import Ask, Command
from bot.asking.arguments import Reader, read_rest
from bot.asking.words import Words
from bot.domain.answer import Refusal


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
