"""Read values into a shape, and say everything that does not fit.

What does not fit is taken out and the rest is read again, so that what must hold between the
parts can still be looked at: one reading tells all that is wrong.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any, ClassVar, Protocol, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from config.problem import Problem, nearest, one_of
from config.yaml_tree import Path, Tree, Value

Annotation = Any
"""What stands behind a field's colon, a class or a wrapping of one."""

FOLLOWS = "default_factory_not_called"
"""An error that only says that there are others."""
SECRET = re.compile("password|^.?.?address")
"""Keys whose values are never shown."""

ROUNDS = 12
"""How often what no longer fits, because a part was taken out, is taken out in its turn."""

WORDING = {
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "string_type": "a text",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "too_short": "at least one",
    "string_too_long": "at most {max_length} characters",
    "greater_than_equal": "at least {ge}",
    "less_than_equal": "at most {le}",
    "literal_error": "{expected}",
}


class Keyed(Protocol):
    """A shape that knows which keys it takes."""

    @classmethod
    def takes(cls, key: str) -> bool:
        """Tell whether a key may stand here."""

    @classmethod
    def written_keys(cls) -> list[str]:
        """List the keys as they are written."""


class Sections(BaseModel):
    """A whole file's shape. `stand_ins` take the place of sections that did not fit.

    Only where nothing else is checked against them: so the rest of the file is still looked at.
    """

    stand_ins: ClassVar[dict[str, Value]] = {}


S = TypeVar("S", bound=Sections)


def read_structure(shape: type[S], tree: Tree) -> tuple[S | None, list[Problem]]:
    """Read a tree into a shape: what fits of it (None if nothing does), and what is wrong."""
    data = copy.deepcopy(tree.root)
    problems = tree.problems() + without_unknown_keys(shape, data, tree)
    read, errors = _read(shape, data)
    problems += told(errors, data, tree)
    for _ in range(ROUNDS):
        if read is not None:
            break
        _take_out(errors, data)
        for key, stand_in in shape.stand_ins.items():
            data.setdefault(key, stand_in)
        read, errors = _read(shape, data)
    return read, problems


def _read(shape: type[S], data: Value) -> tuple[S | None, list[ErrorDetails]]:
    try:
        return shape.model_validate(data), []
    except ValidationError as error:
        return None, error.errors(include_url=False)


def without_unknown_keys(shape: type[BaseModel], data: Value, tree: Tree) -> list[Problem]:
    """Take out the keys that no shape takes, and say each, with the key probably meant."""
    problems = []
    for path, keyed in list(_unknown_keys(shape, data, ())):
        near = nearest(path[-1], keyed.written_keys())
        message = f'unknown key "{path[-1]}"'
        problems.append(tree.problem(path, message, one_of(keyed.written_keys()), near))
        del _value(data, path[:-1])[path[-1]]
    return problems


def _unknown_keys(
    annotation: Annotation, data: Value, path: Path
) -> Iterator[tuple[Path, type[Keyed]]]:
    """Walk the values beside their shape, and find the keys that it does not take."""
    shape = _shape_in(annotation)
    if isinstance(data, list):
        for place, item in enumerate(data):
            yield from _unknown_keys(annotation, item, (*path, place))
    elif isinstance(data, dict) and shape is not None:
        yield from _in_mapping(annotation, shape, data, path)


def _in_mapping(
    annotation: Annotation, shape: Annotation, data: dict[str, Any], path: Path
) -> Iterator[tuple[Path, type[Keyed]]]:
    inner = _mapping_value(annotation)
    fields = {field.alias or name: field for name, field in shape.model_fields.items()}
    for key, value in data.items():
        here = (*path, key)
        if inner is not None:
            yield from _unknown_keys(inner, value, here)
        elif not shape.takes(key):
            yield here, shape
        elif key in fields:
            yield from _unknown_keys(fields[key].annotation, value, here)


def _shape_in(annotation: Annotation) -> Annotation:
    """Find the shape that an annotation speaks of, however wrapped; None if it has none."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_shape_in, get_args(annotation))), None)


def _mapping_value(annotation: Annotation) -> Annotation:
    """Give what a `dict[…, X]` annotation holds, however wrapped; None if it is no dict."""
    if getattr(annotation, "__origin__", None) is dict:
        return get_args(annotation)[1]
    if isinstance(annotation, type):
        return None
    return next(filter(None, map(_mapping_value, get_args(annotation))), None)


def told(errors: list[ErrorDetails], data: Value, tree: Tree) -> list[Problem]:
    """Say what did not fit; what failed as each of several kinds is said once."""
    by_path: dict[Path, list[ErrorDetails]] = {}
    for error in errors:
        if error["type"] == FOLLOWS:
            continue
        by_path.setdefault(_path(error, data), []).append(error)
    return [_tell(path, together, tree) for path, together in by_path.items()]


def _tell(path: Path, errors: list[ErrorDetails], tree: Tree) -> Problem:
    first, context = errors[0], errors[0].get("ctx", {})
    if first["type"] == "missing":
        key = str(first["loc"][-1])
        return tree.problem((*path, key), "this key is missing")
    if first["type"] == "wrong":
        return tree.problem(path, context["message"], context["expected"], context["nearest"])
    if SECRET.search(str(path[-1:])):
        return tree.problem(path, "the secret will not do", _wording(first))
    expected = " or ".join(dict.fromkeys(_wording(error) for error in errors))
    near = nearest(first["input"], expected.replace("'", " ").split())
    return tree.problem(path, f"{_shown(first['input'])} will not do", expected, near)


def _wording(error: ErrorDetails) -> str:
    return WORDING.get(error["type"], error["msg"]).format(**error.get("ctx", {}))


def _shown(value: Value) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    words = {None: "nothing", True: "true", False: "false"}
    if value is None or isinstance(value, bool):
        return words[value]
    return f'"{value}"' if isinstance(value, str) else str(value)


def _path(error: ErrorDetails, data: Value) -> Path:
    """Give the path of an error in the file: pydantic's own marks between are left out."""
    path: Path = ()
    for part in error["loc"]:
        if isinstance(data, dict) and part in data:
            data, path = data[str(part)], (*path, part)
        elif isinstance(data, list) and isinstance(part, int):
            data, path = data[part], (*path, part)
    return path


def _value(data: Value, path: Path) -> Value:
    for part in path:
        data = data[part]
    return data


def _take_out(errors: list[ErrorDetails], data: Value) -> None:
    """Take out what does not fit, last first, so that the places of the others hold."""
    paths = {_path(error, data) for error in errors}
    for path in sorted(paths, key=lambda path: [str(part).zfill(9) for part in path])[::-1]:
        if path:
            del _value(data, path[:-1])[path[-1]]
