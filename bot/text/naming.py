"""Filters that turn the law's codes into the names people read: `{{ "lst.TIB"|function }}`.

A code that the law no longer has is said as it is: the history outlives the law.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel.numbers import format_decimal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from babel import Locale

    from bot.domain.region import Limit, Names, Region


class Naming:
    """The region's names in one language."""

    def __init__(self, region: Region, language: str, locale: Locale) -> None:
        self._region = region
        self._language = language
        self._locale = locale

    def filters(self) -> Mapping[str, Callable[..., Any]]:
        """Name the filters."""
        return {
            "function": self.function,
            "role": self.role,
            "organisation": self.organisation,
            "forum": self.forum,
            "level": self.level,
            "mandate": self.mandate,
            "agreement_kind": self.agreement_kind,
            "info_class": self.info_class,
            "perspective": self.perspective,
            "amount": self.amount,
        }

    def function(self, code: str) -> str:
        """Say a function's title and its organisation: "Kommundirektör, Ekvikens kommun"."""
        region = self._region.world_of(code)
        return region.title(code, self._language) if code in region.functions else code

    def role(self, code: str) -> str:
        """Say a function's title alone, where the organisation is plain from what is around."""
        function = self._region.world_of(code).functions.get(code)
        return function.titles.in_(self._language) if function else code

    def organisation(self, code: str) -> str:
        """Say an organisation's name, given its code or that of one of its functions."""
        region = self._region.world_of(code)
        if code in region.functions:
            return region.home_of(code).name
        home = region.organisations.get(code)
        return home.name if home else code

    def forum(self, code: str) -> str:
        """Say a forum's name."""
        return self._named(self._region.world_of(code).forums, code)

    def level(self, code: str) -> str:
        """Say a level's name."""
        return self._named(self._region.levels, code)

    def mandate(self, code: str) -> str:
        """Say what a kind of mandate allows."""
        return self._named(self._region.mandate_kinds, code)

    def agreement_kind(self, code: str) -> str:
        """Say a kind of agreement."""
        return self._named(self._region.agreement_kinds, code)

    def info_class(self, code: str) -> str:
        """Say an information class."""
        return self._named(self._region.info_classes, code)

    def perspective(self, code: str) -> str:
        """Say a perspective: "health care"."""
        return self._named(self._region.perspectives, code)

    def amount(self, limit: Limit) -> str:
        """Say an amount with its currency: "250 000 SEK"."""
        return f"{format_decimal(limit.amount, locale=self._locale)} {limit.currency}"

    def _named(self, things: Mapping[str, Any], code: str) -> str:
        if code not in things:
            return code
        names: Names = things[code].names
        return names.in_(self._language)
