"""The schemas that lie beside the examples are those of the shapes, and the examples fit them."""

from __future__ import annotations

import pytest

from config.schema import (
    FOLDER,
    REGION_FILE,
    SETTINGS_FILE,
    region_schema,
    settings_schema,
    written,
)


def test_the_committed_schemas_are_the_made_ones() -> None:
    assert REGION_FILE.read_text(encoding="utf-8") == written(region_schema())
    assert SETTINGS_FILE.read_text(encoding="utf-8") == written(settings_schema())


@pytest.mark.parametrize("name", ["malarvik.yaml", "thornmere.yaml"])
def test_the_region_examples_name_their_schema(name: str) -> None:
    first_line = (FOLDER / name).read_text(encoding="utf-8").splitlines()[0]

    assert first_line == f"# yaml-language-server: $schema={REGION_FILE.name}"


def test_a_schema_knows_languages_and_limits_beside_the_named_keys() -> None:
    shapes = region_schema()["$defs"]

    assert shapes["RankedShape"]["patternProperties"] == {
        "^[a-z]{2}$": {"type": "string", "minLength": 1}
    }
    assert "^limit_[a-z]{3}$" in shapes["SeatShape"]["patternProperties"]
    assert shapes["ForumShape"]["additionalProperties"] is False
