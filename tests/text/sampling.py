"""Read samples: the facts that a template is said with in its snapshot.

Every template has one in `tests/text/samples/NAME.yaml`: a mapping of facts, or a list of such
mappings to hear it said in several ways. `now` is Thursday 15 October 2026, 14.00, unless given.
Besides plain YAML a value may be

- `!typed "what a person wrote"`,
- `!time 2026-10-15T15:08`, a moment in the example region's local time,
- `!date 2026-10-15` (plain dates work too), `!clock "15:08"` a time of day,
- `!limit 250000 SEK`, the most that a mandate may commit.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor

from bot.domain.answer import Typed
from bot.domain.region import Limit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ZONE = ZoneInfo("Europe/Stockholm")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def _limit(text: str) -> Limit:
    amount, currency = text.split()
    return Limit(Decimal(amount), currency)


class _Facts(SafeConstructor):
    """YAML's own values and ours."""


def _add(tag: str, make: Callable[[str], object]) -> None:
    _Facts.add_constructor(tag, lambda loader, node: make(loader.construct_scalar(node)))


_add("!typed", Typed)
_add("!time", _moment)
_add("!date", date.fromisoformat)
_add("!clock", time.fromisoformat)
_add("!limit", _limit)


def samples(file: Path) -> list[dict[str, Any]]:
    """Read the ways in which a template is to be said."""
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = _Facts
    said = yaml.load(file)
    return said if isinstance(said, list) else [said or {}]
