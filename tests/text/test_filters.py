"""Times, names and lists sound as people say them, in the region's zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bot.domain.answer import Typed
from bot.domain.region import Limit
from bot.text.faults import BrokenTemplateError

if TYPE_CHECKING:
    from tests.text.conftest import Desk


def at(text: str) -> datetime:
    """Read a moment in UTC; the region is two hours ahead of it, in winter one."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "sv", "en"),
    [
        (at("2026-10-15T13:08"), "kl. 15.08", "15:08"),
        (at("2026-10-15T21:59"), "kl. 23.59", "23:59"),
        (at("2026-10-15T22:00"), "i morgon kl. 00.00", "tomorrow 00:00"),
        (at("2026-10-16T07:00"), "i morgon kl. 09.00", "tomorrow 09:00"),
        (at("2026-10-14T20:10"), "i går kl. 22.10", "yesterday 22:10"),
        (at("2026-10-17T10:00"), "lördag kl. 12.00", "Saturday 12:00"),
        (at("2026-10-21T10:00"), "onsdag kl. 12.00", "Wednesday 12:00"),
        (at("2026-10-22T10:00"), "22 okt kl. 12.00", "22 Oct 12:00"),
        (at("2026-11-05T05:00"), "5 nov kl. 06.00", "5 Nov 06:00"),
        (at("2026-10-13T10:00"), "13 okt kl. 12.00", "13 Oct 12:00"),
        (at("2027-01-05T05:00"), "5 jan 2027 kl. 06.00", "5 Jan 2027 06:00"),
        (date(2026, 10, 15), "i dag", "today"),
        (date(2026, 10, 16), "i morgon", "tomorrow"),
        (date(2026, 10, 19), "måndag", "Monday"),
        (date(2026, 12, 1), "1 dec", "1 Dec"),
    ],
)
def test_a_moment_is_said_as_seen_from_now(desk: Desk, moment: date, sv: str, en: str) -> None:
    assert desk.hear("{{ t|when }}", "sv", t=moment).plain == sv
    assert desk.hear("{{ t|when }}", "en", t=moment).plain == en


@pytest.mark.parametrize(
    ("said", "fact", "sv", "en"),
    [
        ("clock", at("2026-10-15T13:08"), "kl. 15.08", "15:08"),
        ("clock", time(9, 0), "kl. 09.00", "09:00"),
        ("day", at("2026-10-15T22:30"), "fredag 16 oktober", "Friday 16 October"),
        ("day", date(2027, 5, 1), "lördag 1 maj 2027", "Saturday 1 May 2027"),
        ("week", at("2026-10-15T13:08"), "v. 42", "v. 42"),
        ("week", 7, "v. 7", "v. 7"),
        ("minutes", 1, "1 minut", "1 minute"),
        ("minutes", 5, "5 minuter", "5 minutes"),
        ("minutes", 0, "0 minuter", "0 minutes"),
        ("minutes", 120, "2 timmar", "2 hours"),
        ("minutes", 90, "1 timme 30 minuter", "1 hour 30 minutes"),
        ("minutes", 1440, "1 dygn", "1 day"),
        ("duration", timedelta(hours=25), "1 dygn 1 timme", "1 day 1 hour"),
        ("function", "ekv.KD", "Kommundirektör, Ekvikens kommun", None),
        ("function", "ekv.GONE", "ekv.GONE", "ekv.GONE"),
        ("role", "lst.TIB", "Tjänsteperson i beredskap", "Duty officer"),
        ("organisation", "ekv", "Ekvikens kommun", "Ekvikens kommun"),
        ("organisation", "ekv.KD", "Ekvikens kommun", "Ekvikens kommun"),
        ("forum", "VSK", "Veckosamverkan", "Weekly coordination"),
        ("level", "samordnande", "Samordnande", "Coordinating"),
        ("mandate", "RESURS", "får ta i anspråk resurser", "may commit resources"),
        ("agreement_kind", "RAD", "resursfördelning", "resource allocation"),
        ("info_class", "OPEN", "öppen", "open"),
        ("info_class", "GONE", "GONE", "GONE"),
        ("amount", Limit(Decimal(250000), "SEK"), "250\u00a0000 SEK", "250,000 SEK"),
        ("listed", [], "", ""),
        ("listed", ["a"], "a", "a"),
        ("listed", ["a", Typed("b")], "a och b", "a and b"),
        ("listed", ("a", "b", "c"), "a, b och c", "a, b and c"),
        ("quoted", Typed("hej"), "”hej”", "“hej”"),
    ],
)
def test_a_filter_says(desk: Desk, said: str, fact: object, sv: str, en: str | None) -> None:
    template = "{{ fact|" + said + " }}"

    assert desk.hear(template, "sv", fact=fact).plain == sv
    assert en is None or desk.hear(template, "en", fact=fact).plain == en


def test_a_list_of_codes_is_said_by_names(desk: Desk) -> None:
    said = desk.hear('{{ codes|map("organisation")|listed }}', codes=["ekv", "lst"])

    assert said.plain == "Ekvikens kommun och Länsstyrelsen"


def test_a_moment_without_a_zone_is_refused(desk: Desk) -> None:
    naive = datetime(2026, 10, 15, 12, 0)  # noqa: DTZ001

    with pytest.raises(BrokenTemplateError, match=r"sv/test\.md\.j2 .* ValueError"):
        desk.hear("{{ t|clock }}", t=naive)
