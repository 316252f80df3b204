"""YAML text → plain values, remembering on which line each one stands.

The text is read as a stream of events, so that neither depth nor aliases can make a small file
into a large one: a tree has a most number of nodes and a most depth, counted as it grows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from config.problem import Problem

MOST_BYTES = 1_000_000
MOST_NODES = 200_000
MOST_DEPTH = 40

Value = Any
"""What YAML can hold: a Placed mapping, a list, a text, a number, true, false or nothing."""

Path = tuple[str | int, ...]
"""The way to a value from the root: keys and list positions."""

INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
DECIMAL = re.compile(r"[-+]?[0-9]*\.[0-9]+")
WORDS = {"": None, "~": None, "null": None, "Null": None, "true": True, "false": False}


class NotYaml(Exception):  # noqa: N818 - says what the text is
    """The text cannot be read at all: the line, and why."""

    def __init__(self, line: int, message: str, expected: str = "") -> None:
        super().__init__(message)
        self.line, self.message, self.expected = line, message, expected


@dataclass
class Node:
    """A value with the line it begins on. A mapping's value is a list of (key, line, Node)."""

    line: int
    value: Value
    size: int = 1
    mapping: bool = False


class Placed(dict[str, Any]):
    """A mapping that knows where in its file it stands."""

    path: Path = ()


@dataclass
class Tree:
    """A file's values and the line of each path."""

    file: str
    root: Value = None
    lines: dict[Path, int] = field(default_factory=dict)
    twice: list[tuple[Path, int]] = field(default_factory=list)
    """Keys that stand in their mapping a second time, with that line."""

    def line(self, path: Path) -> int:
        """Give the line of a path, or of the nearest thing around it that has one."""
        while path not in self.lines and path:
            path = path[:-1]
        return self.lines.get(path, 0)

    def key(self, path: Path) -> str:
        """Write a path for people: `forums.VSK.seats[3].function`; a list's items by code."""
        written, value = "", self.root
        for part in path:
            value = _step(value, part)
            code = value.get("code") if isinstance(part, int) and isinstance(value, dict) else None
            name = code if isinstance(code, str) else part
            written += f"[{name}]" if isinstance(name, int) else f".{name}"
        return written.removeprefix(".")

    def problem(self, path: Path, message: str, expected: str = "", nearest: str = "") -> Problem:
        """Say what is wrong at a path."""
        return Problem(self.file, self.line(path), self.key(path), message, expected, nearest)

    def problems(self) -> list[Problem]:
        """Say what was wrong already in the writing."""
        message = "this key stands here twice"
        return [Problem(self.file, line, self.key(path), message) for path, line in self.twice]


def _step(value: Value, part: str | int) -> Value:
    try:
        return value[part]
    except (KeyError, IndexError, TypeError):
        return None


def read_tree(path: FilePath) -> Tree:
    """Read a YAML file. Raises NotYaml when there is nothing in it to look at."""
    tree = Tree(path.name)
    node = _compose(_parse(_text(path)))
    tree.root = _plain(node, (), tree)
    if not isinstance(tree.root, dict):
        raise NotYaml(node.line, "the file holds no mapping", 'sections such as "a:"')
    return tree


def _text(path: FilePath) -> str:
    """Read a text of modest size; a larger file is refused before it is opened."""
    try:
        if not path.is_file():
            raise NotYaml(0, "there is no such file")
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise NotYaml(0, f"the file is {size} bytes", f"at most {MOST_BYTES} bytes")
        raw = path.read_bytes()
    except OSError as error:
        raise NotYaml(0, f"the file cannot be read: {error.strerror}") from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise NotYaml(line, "the text is not UTF-8", "a file saved as UTF-8") from error


def _parse(text: str) -> Iterator[Event]:
    """Go through the text's events; what is not YAML is said with its line."""
    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = error.problem or error.context or "it cannot be read"
        raise NotYaml(mark.line + 1 if mark else 0, f"this is not YAML: {reason}") from None
    except (YAMLError, ValueError) as error:
        raise NotYaml(0, f"this is not YAML: {str(error).splitlines()[0]}") from None


@dataclass
class Composer:
    """Builds nodes from events: the open collections, and the anchors met."""

    open: list[tuple[Node, str | None]] = field(default_factory=list)
    anchors: dict[str, Node] = field(default_factory=dict)
    root: Node | None = None
    documents: int = 0
    size: int = 0

    def take(self, event: Event) -> None:
        """Take in one event."""
        line = event.start_mark.line + 1
        if isinstance(event, DocumentStartEvent):
            self._begin_document(line)
        elif isinstance(event, ScalarEvent):
            self._add(Node(line, _scalar(event)), event.anchor)
        elif isinstance(event, AliasEvent):
            self._alias(str(event.anchor), line)
        elif isinstance(event, MappingStartEvent | SequenceStartEvent):
            mapping = isinstance(event, MappingStartEvent)
            self._open(Node(line, [], mapping=mapping), event.anchor)
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            self._add(*self.open.pop())

    def _begin_document(self, line: int) -> None:
        self.documents += 1
        if self.documents > 1:
            raise NotYaml(line, "a second document begins here", 'one document, no second "---"')

    def _open(self, node: Node, anchor: str | None) -> None:
        if len(self.open) >= MOST_DEPTH:
            raise NotYaml(node.line, "nested too deeply", f"at most {MOST_DEPTH} levels")
        self.open.append((node, anchor))

    def _alias(self, name: str, line: int) -> None:
        if name not in self.anchors:
            raise NotYaml(line, f"*{name} points at no finished &{name} above it")
        self._add(self.anchors[name], None, line)

    def _add(self, node: Node, anchor: str | None, line: int | None = None) -> None:
        """Put a finished node where it belongs, and count it with all it holds."""
        if anchor:
            self.anchors[anchor] = node
        if not self.open:
            self.root = node
            return
        around = self.open[-1][0]
        around.value.append((node, line or node.line))
        around.size += node.size
        if around.size > MOST_NODES:
            raise NotYaml(
                line or node.line, "aliases make the file too large", f"at most {MOST_NODES} values"
            )


def _compose(events: Iterator[Event]) -> Node:
    composer = Composer()
    for event in events:
        composer.take(event)
    if composer.root is None:
        raise NotYaml(0, "the file is empty", "a region or settings file")
    return composer.root


def _scalar(event: ScalarEvent) -> Value:
    """Read a scalar by YAML 1.2's core schema; dates and clocks stay text."""
    text = str(event.value)
    plain = event.implicit[0] if event.implicit else event.tag is None
    if not plain:
        return text
    if text in WORDS:
        return WORDS[text]
    if INTEGER.fullmatch(text):
        return int(text)
    return float(text) if DECIMAL.fullmatch(text) else text


def _plain(node: Node, path: Path, tree: Tree) -> Value:
    """Turn nodes into dicts, lists and scalars, writing down each path's line."""
    tree.lines.setdefault(path, node.line)
    if node.mapping:
        return _mapping(node, path, tree)
    if isinstance(node.value, list):
        return [_plain(item, (*path, i), tree) for i, (item, _) in enumerate(node.value)]
    return node.value


def _mapping(node: Node, path: Path, tree: Tree) -> Placed:
    """Read a mapping's pairs; a key that comes twice is a problem, and the first one counts."""
    values = Placed()
    values.path = path
    pairs = iter(node.value)
    for (name, line), (item, _) in zip(pairs, pairs, strict=True):
        key = "null" if name.value is None else str(name.value)
        if isinstance(name.value, list):
            raise NotYaml(line, "a key is a list or a mapping", "a word")
        if key in values:
            tree.twice.append(((*path, key), line))
        else:
            tree.lines[*path, key] = line
            values[key] = _plain(item, (*path, key), tree)
    return values
