"""A function's calendar, as the settings name it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from config.region_file.kinds import wrong


class CalendarSetting(BaseModel):
    """A calendar that says who holds a function: in a file, or at an address."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    function: Annotated[str, Field(description="The function, as in the region file.")]
    rank: Annotated[
        int, Field(ge=1, le=99, description="1 for the holder, 2 for the first deputy, …")
    ] = 1
    file: Annotated[Path | None, Field(description="An iCalendar file.")] = None
    address: Annotated[
        SecretStr | None, Field(description="An https address; better in a file of its own.")
    ] = None
    address_file: Annotated[
        Path | None, Field(description="A file with the https address, which may hold a secret.")
    ] = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        named = (self.file, self.address, self.address_file)
        if sum(each is not None for each in named) != 1:
            wrong("a calendar is in one place", "one of file, address and address_file")
        return self

    @classmethod
    def takes(cls, key: str) -> bool:
        """Tell whether a key may stand here."""
        return key in cls.model_fields

    @classmethod
    def written_keys(cls) -> list[str]:
        """List the keys as they are written."""
        return list(cls.model_fields)
