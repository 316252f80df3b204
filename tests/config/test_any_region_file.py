"""Whatever is done to a region file, it is read whole or refused with reasons: never a crash."""

from __future__ import annotations

import contextlib
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from config.problem import RegionFileWrong
from config.region import load_region

MINIMAL = (Path(__file__).parent / "minimal.yaml").read_text(encoding="utf-8")
TODAY = date(2026, 11, 2)

Way = tuple[str | int, ...]

odd_values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False),
    st.text(max_size=8),
    st.sampled_from(
        ["", "aa", "aa.DUTY", "TOP", "GROUP", "all", "*", "{}", "FREQ=DAILY", "é\u202e"]
    ),
    st.just([]),
    st.just({}),
    st.just([[]]),
    st.just({"a": {"b": ["c"]}}),
)


def ways(value: Any) -> list[Way]:  # noqa: ANN401 - whatever YAML holds
    """List the way to every value within."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    found: list[Way] = []
    for key, inner in pairs:
        found.append((key,))
        if isinstance(inner, dict | list):
            found += [(key, *rest) for rest in ways(inner)]
    return found


def read() -> Any:  # noqa: ANN401 - whatever YAML holds
    return YAML(typ="safe", pure=True).load(MINIMAL)


changes = st.lists(
    st.tuples(st.sampled_from(ways(read())), st.booleans(), odd_values), min_size=1, max_size=4
)


def change(content: Any, way: Way, value: object, *, remove: bool) -> None:  # noqa: ANN401
    with contextlib.suppress(KeyError, IndexError, TypeError, AttributeError):
        for part in way[:-1]:
            content = content[part]
        if remove:
            del content[way[-1]]
        else:
            content[way[-1]] = value


def reasons(file: Path) -> list[str]:
    """Load a file, and give the reasons of a refusal; none if it is taken."""
    try:
        load_region(file, TODAY)
    except RegionFileWrong as refusal:
        return [str(problem) for problem in refusal.problems] or ["refused without a reason"]
    return []


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
)
@given(changes=changes)
def test_values_of_any_kind_anywhere(
    changes: list[tuple[Way, bool, object]], tmp_path: Path
) -> None:
    content = read()
    for way, remove, value in changes:
        change(content, way, value, remove=remove)
    file = tmp_path / "region.yaml"
    YAML(typ="safe", pure=True).dump(content, file)

    assert all(reason.startswith("region.yaml") for reason in reasons(file))


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
)
@given(place=st.integers(0, len(MINIMAL)), text=st.text(max_size=4), cut=st.integers(0, 6))
def test_characters_of_any_kind_anywhere(place: int, text: str, cut: int, tmp_path: Path) -> None:
    file = tmp_path / "region.yaml"
    changed = MINIMAL[:place] + text + MINIMAL[place + cut :]
    file.write_bytes(changed.encode("utf-8", "surrogatepass"))

    assert all(reason.startswith("region.yaml") for reason in reasons(file))
