"""Jinja2 as the words need it: in a sandbox, strict about facts, and deaf to markup in them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from jinja2 import FileSystemLoader, StrictUndefined, Undefined, meta, nodes, pass_context
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from bot.text.rendering import current

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from jinja2.runtime import Context

SUFFIX = ".md.j2"


class Environment(SandboxedEnvironment):
    """Templates of one language, where everything a template reads comes sealed."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._files = FileSystemLoader(list(folders))
        super().__init__(
            loader=self._files,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            # Not for HTML: it tells a macro's words (Markup) from a fact's (str) in `_said`.
            autoescape=True,
            finalize=_said,
            auto_reload=False,
            cache_size=-1,
        )

    def getattr(self, obj: object, attribute: str) -> object:
        """Read an attribute (or a key), sealed."""
        return current().seal(super().getattr(obj, attribute))

    def getitem(self, obj: object, argument: object) -> object:
        """Read a key (or an attribute), sealed."""
        return current().seal(super().getitem(obj, argument))

    def call(self, context: Context, obj: object, /, *args: object, **kwargs: object) -> object:
        """Call what may be called, and seal what it gives."""
        return current().seal(super().call(context, obj, *args, **kwargs))

    def source(self, file: str) -> str:
        """Give a template's own text."""
        return self._files.get_source(self, file)[0]

    def facts_of(self, file: str) -> frozenset[str]:
        """List the facts a template uses, and the parts it imports or includes."""
        source = self.source(file)
        parts = {part for part in meta.find_referenced_templates(self.parse(source)) if part}
        return facts_used(source).union(*(self.facts_of(part) for part in parts))


@pass_context  # so that it is never called while a template is compiled
def _said(_context: Context, value: object) -> object:
    """Turn a value into words that show as they are; a macro's words pass as they came."""
    if isinstance(value, str):
        return value if isinstance(value, Markup) else current().literal(value)
    if isinstance(value, Undefined):
        return str(value)  # raises: no fact has that name
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return str(value)
    raise TypeError(f"a {type(value).__name__} has no words: give it a filter, or test for it")


def facts_used(source: str) -> frozenset[str]:
    """List the facts a template's own text uses, without `now`, which every template has."""
    reader = SandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
    parsed = reader.parse(source)
    for filtered in parsed.find_all(nodes.Filter):
        reader.filters.setdefault(filtered.name, str)  # what a filter does is no matter here
    return frozenset(meta.find_undeclared_variables(parsed)) - {"now"}
