"""Invented names for the people of a rehearsal: the same person every time."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator

from bot.domain.region import Language

GIVEN = {
    "sv": (
        *("Sara", "Per", "Maja", "Oskar", "Elin", "Nils", "Karin", "Ali", "Ebba", "Johan"),
        *("Ines", "Viktor", "Linnea", "Samir", "Astrid", "Gustav", "Leila", "Emil", "Tove"),
        *("Birger", "Signe", "Daniel", "Frida", "Yusuf", "Hanna", "Mattias", "Rut", "Isak"),
        "Vera",
    ),
    "en": (
        *("Grace", "Tom", "Aisha", "Owen", "Ruth", "Callum", "Priya", "Harry", "Isla", "Ben"),
        *("Moira", "Dev", "Nora", "Lewis", "Farah", "Hugh", "Tess", "Amir", "Joan", "Rhys"),
        *("Clara", "Ewan", "Zara", "Simon", "Beth", "Idris", "Flora", "Kit", "Maeve"),
    ),
}
FAMILY = {
    "sv": (
        *("Lindh", "Sandell", "Ek", "Holm", "Bergvall", "Norling", "Sjöö", "Dahlgren", "Rask"),
        *("Winter", "Åkesdotter", "Friberg", "Lund", "Hägg", "Molin", "Strand", "Öberg"),
        *("Kvist", "Thelin", "Brolin", "Falk", "Wik", "Almgren"),
    ),
    "en": (
        *("Ashdown", "Barrow", "Carver", "Dunmore", "Elgin", "Farrow", "Greaves", "Hale"),
        *("Ives", "Jessop", "Kerrow", "Lowther", "Marsh", "Nairn", "Orme", "Penrose"),
        *("Quill", "Rudge", "Sorrel", "Thorne", "Upton", "Vane", "Wray"),
    ),
}
"""As many given names as make each pair with a family name once: 29 and 23 share no factor."""


def invented(language: Language) -> Iterator[str]:
    """Go through names of a language, no two alike; English where there is no list of its own."""
    known = language if language in GIVEN else "en"
    pairs = zip(itertools.cycle(GIVEN[known]), itertools.cycle(FAMILY[known]), strict=False)
    for turn, (given, family) in enumerate(pairs):
        rounds = turn // (len(GIVEN[known]) * len(FAMILY[known]))
        yield f"{given} {family}" if not rounds else f"{given} {family} {rounds + 1}"


def family_of(language: Language, turn: int) -> str:
    """Give a family name for somebody whom a scenario calls by the given name alone."""
    names = FAMILY.get(language, FAMILY["en"])
    return names[turn % len(names)]


def localpart(name: str) -> str:
    """Write a name as a Matrix user's: "Sara Lindh" is "sara.lindh"."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", ".", plain).strip(".")
