"""What every part of a region file's shape has in common."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    ModelWrapValidatorHandler,
    PrivateAttr,
    model_validator,
)

from config.region_file.kinds import LANGUAGE, Line
from config.yaml_tree import Path, Placed

NAME = {"type": "string", "minLength": 1}


class Shape(BaseModel):
    """A mapping with known keys and no others, which knows where in its file it stands."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")
    _path: Path = PrivateAttr(default=())

    @model_validator(mode="wrap")
    @classmethod
    def _keep_path(cls, data: object, read: ModelWrapValidatorHandler[Self]) -> Self:
        shape = read(data)
        if isinstance(data, Placed):
            shape._path = data.path  # noqa: SLF001 - its own class
        return shape

    def place(self, *parts: str | int) -> Path:
        """Give the path of something within."""
        return (*self._path, *parts)

    @classmethod
    def takes(cls, key: str) -> bool:
        """Tell whether a key may stand here."""
        return key in cls.written_keys()

    @classmethod
    def written_keys(cls) -> list[str]:
        """List the keys as they are written."""
        return [field.alias or name for name, field in cls.model_fields.items()]


def _by_language(schema: dict[str, Any]) -> None:
    schema["patternProperties"] = {LANGUAGE: NAME}
    schema["additionalProperties"] = False


class Named(Shape):
    """A mapping that, beside its keys, holds a name by language: `sv: …`, `en: …`."""

    model_config = ConfigDict(
        strict=True, frozen=True, extra="allow", json_schema_extra=_by_language
    )
    __pydantic_extra__: dict[str, Line]

    needs_names: ClassVar[bool] = True

    @classmethod
    def takes(cls, key: str) -> bool:
        """Tell whether a key may stand here: a known one, or a language."""
        return super().takes(key) or re.fullmatch(LANGUAGE, key) is not None

    def names(self) -> dict[str, str]:
        """Give the names by language, in the order of the file."""
        extra = self.__pydantic_extra__ or {}
        return {key: name for key, name in extra.items() if re.fullmatch(LANGUAGE, key)}
