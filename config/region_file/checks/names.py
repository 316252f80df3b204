"""Names that must be unique, and ranks likewise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from config.region_file.reading import Reading
from config.region_file.shape import RankedShape
from config.yaml_tree import Path

Named = Iterable[tuple[str, Path]]


def check(reading: Reading) -> None:
    """Look for codes that come twice, big and small letters being the same."""
    shape = reading.shape
    organisations = [(each.code, each.place("code")) for each in shape.organisations]
    groups = [(name, ("groups", name)) for name in shape.groups]
    _unique(reading, "organisation or group", [*organisations, *groups])
    _unique(reading, "forum", [(each.code, each.place("code")) for each in shape.forums])
    for name, items in shape.agendas.items():
        points = [(item.key, item.place("key")) for item in items]
        _unique(reading, f"point of the agenda {name}", points)
    _unique_ranks(reading, shape.levels)
    _unique_ranks(reading, shape.info_classes)
    for kind in (shape.agreement_kinds or {}).values():
        reading.known(kind.place("mandate"), "mandate kind", kind.mandate, shape.mandate_kinds)


def _unique(reading: Reading, what: str, named: Named) -> None:
    first: dict[str, Path] = {}
    for name, path in named:
        taken = first.setdefault(name.casefold(), path)
        if taken is not path:
            line = reading.tree.line(taken)
            reading.say(path, f'"{name}" is the code of another {what}, on line {line}')


def _unique_ranks(reading: Reading, ranked: Mapping[str, RankedShape]) -> None:
    first: dict[int, str] = {}
    for name, each in ranked.items():
        taken = first.setdefault(each.rank, name)
        if taken != name:
            reading.say(each.place("rank"), f'rank {each.rank} belongs to "{taken}" already')
