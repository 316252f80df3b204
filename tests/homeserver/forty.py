"""Forty organisations and the night they are called: law, roster, and what becomes of each.

What becomes of a call is worked out here by itself, from the rules as people know them: the holder
has five minutes, everybody after them three; who is not there is passed over at once; who says no
is followed at once; after the function come those of the organisation's contact point.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Stockholm")
BEGINS = datetime(2026, 11, 3, 10, 0, tzinfo=ZONE)
OPENS = BEGINS + timedelta(minutes=30)
ENDS = BEGINS + timedelta(minutes=11)  # the last of the longest chain has been silent
FIRST, NEXT = timedelta(minutes=5), timedelta(minutes=3)

YES, NO, NEVER = "yes", "no", "never"
"""What somebody does when they are asked: a tap at once, a word that they cannot come, nothing."""


@dataclass(frozen=True)
class House:
    """One organisation: what its holder, its deputy and its contact point do; None: nobody."""

    holder: str | None = YES
    deputy: str | None = None
    contact: str | None = None

    def chain(self) -> Iterator[tuple[str, str]]:
        """Go through those who are there, in the order they are asked: (who, what they do)."""
        for who in ("holder", "deputy", "contact"):
            does = getattr(self, who)
            if does is not None:
                yield who, does


USUAL = House(YES, NEVER, NEVER)
HOUSES: Mapping[str, House] = {f"o{number:02}": USUAL for number in range(1, 41)} | {
    "o05": House(NO, YES, NEVER),
    "o06": House(NO, NEVER, YES),
    "o07": House(NO),
    "o10": House(NEVER, YES, NEVER),
    "o11": House(NEVER, NEVER, YES),
    "o12": House(NEVER, NEVER, NEVER),
    "o36": House(None, None, YES),
    "o37": House(None, None, NEVER),
    "o38": House(None),
    "o39": House(None),
    "o40": House(None),
}


@dataclass(frozen=True)
class Turn:
    """Somebody is asked, at a moment; `order` is their place in the chain."""

    organisation: str
    order: int
    who: str
    at: datetime
    does: str


def turns() -> list[Turn]:
    """List who is asked when, if all do as they are said to."""
    found: list[Turn] = []
    for code, house in HOUSES.items():
        at, patience = BEGINS, FIRST
        for order, (who, does) in enumerate(house.chain()):
            found.append(Turn(code, order, who, at, does))
            if does == YES:
                break
            at, patience = (at if does == NO else at + patience), NEXT
    return found


def outcome() -> dict[str, set[str]]:
    """Say what becomes of each organisation's seat when nobody is waited for any more."""
    ends: dict[str, set[str]] = {
        end: set() for end in ("reached", "prevented", "silent", "unmanned")
    }
    for code, house in HOUSES.items():
        asked = [turn for turn in turns() if turn.organisation == code]
        does = [turn.does for turn in asked]
        if YES in does:
            ends["reached"].add(code)
        elif NO in does:
            ends["prevented"].add(code)
        else:
            ends["unmanned" if house.holder is None else "silent"].add(code)
    return ends


def name(code: str) -> str:
    """Give what an organisation is called."""
    return f"House {code[1:]}"


def people(houses: Mapping[str, House] = HOUSES) -> Iterator[tuple[str, str, int]]:
    """Go through everybody there is: who they are, their function and rank."""
    for code, house in houses.items():
        for who, does in (("holder", house.holder), ("deputy", house.deputy)):
            if does is not None:
                yield f"{code}-{who}", f"{code}.DUTY", 1 if who == "holder" else 2
        if house.contact is not None:
            yield f"{code}-contact", f"{code}.HEAD", 1


def law(houses: Mapping[str, House] = HOUSES) -> dict[str, Any]:
    """Write the region file: one forum, which every organisation's duty officer sits in."""
    return {
        "region": {
            "code": "forty",
            "name": "Forty houses",
            "timezone": "Europe/Stockholm",
            "language": "en",
        },
        "levels": {"all": {"rank": 1, "en": "All"}},
        "mandate_kinds": {"INFORM": {"en": "may inform"}, "ARRANGE": {"en": "may arrange"}},
        "function_templates": {
            "house": {
                "DUTY": {"en": "Duty officer", "kind": "duty", "deputies": 1},
                "HEAD": {"en": "Head", "kind": "post"},
            }
        },
        "organisations": [
            {
                "code": code,
                "name": name(code),
                "type": "house",
                "authority": True,
                "contact_point": f"{code}.HEAD",
                "area_responsible": code == "o01",
            }
            for code in houses
        ],
        "groups": {"everybody": list(houses)},
        "cooperation": {"judges": ["o01.DUTY"], "contact": "ALL", "conference": "ALL"},
        "receivers": {"default_by_type": {"house": {"all": "HEAD"}}},
        "info_classes": {"open": {"rank": 1, "en": "Open"}},
        "agendas": {"short": [{"key": "one", "en": "One", "minutes": 10}]},
        "forums": [
            {
                "code": "ALL",
                "en": "Everybody",
                "level": "all",
                "purpose": "To act together.",
                "chair": "o01.DUTY",
                "may_convene": "all",
                "activated_only": True,
                "seats": [{"each": "everybody", "function": "DUTY", "mandate": ["ARRANGE"]}],
                "agenda": {"activated": "short"},
                "info_class_max": "open",
            }
        ],
    }
