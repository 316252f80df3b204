"""Reads the words as a proof-reader does: every language complete, and equal in facts."""

from __future__ import annotations

from bot.text.faults import WordsError
from bot.text.phrasebook import Phrasebook


def differences(book: Phrasebook) -> list[str]:
    """List what is missing, broken or unequal between the languages, a line each."""
    languages = book.languages()
    names = sorted({name for language in languages for name in book.names(language)})
    found: list[str] = []
    for name in names:
        facts: dict[str, frozenset[str]] = {}
        for language in languages:
            try:
                facts[language] = book.facts_of(name, language)
            except WordsError as wrong:
                found.append(str(wrong))
        if len(set(facts.values())) > 1:
            said = "; ".join(f"{lang}: {', '.join(sorted(f))}" for lang, f in facts.items())
            found.append(f"{name}: the languages do not tell the same facts ({said})")
    return found
