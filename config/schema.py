"""JSON Schemas of the files people write, so that an editor completes and checks while they type.

They lie beside the examples, so that who copies those has them too; a test holds them to the
shapes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from config.region_file.shape import RegionShape
from config.settings import Settings

FOLDER = Path(__file__).parent / "example"
REGION_FILE = FOLDER / "region.schema.json"
SETTINGS_FILE = FOLDER / "settings.schema.json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]


def region_schema() -> Schema:
    """Make the JSON Schema of a region file."""
    return _titled("Samverkan: region file", RegionShape.model_json_schema())


def settings_schema() -> Schema:
    """Make the JSON Schema of the settings; none is required, the environment may give it."""
    schema = Settings.model_json_schema()
    schema.pop("required", None)
    return _titled("Samverkan: settings", schema)


def written(schema: Schema) -> str:
    """Write a schema as its file has it."""
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def _titled(title: str, schema: Schema) -> Schema:
    return {"$schema": DIALECT, **schema, "title": title}
