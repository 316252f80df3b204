"""What can be wrong with the words: a template that is missing, or one that is broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class WordsError(Exception):
    """Something is wrong with a template. Never holds what people wrote."""


class MissingTemplateError(WordsError):
    """A template does not exist in a language; the message names the file that should."""

    def __init__(self, file: Path) -> None:
        """Name the file that should exist."""
        super().__init__(f"There are no words for this: the template {file} should exist")
        self.file = file


class BrokenTemplateError(WordsError):
    """A template cannot be said with the facts it was given, or not be read at all.

    `line` counts from 1; 0 when it is not one line's fault.
    """

    def __init__(self, name: str, language: str, why: str, line: int = 0) -> None:
        """Name the template and say what is wrong with it."""
        where = f"line {line}: " if line else ""
        super().__init__(f"The template {language}/{name}.md.j2 cannot be said: {where}{why}")
        self.name = name
        self.language = language
        self.why = why
        self.line = line
