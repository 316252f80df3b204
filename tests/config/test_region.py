"""The law as the examples give it: everything that a region file can say, once."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot.domain.region import (
    After,
    Cadence,
    Cooperation,
    FunctionKind,
    HolidayRule,
    Limit,
    Mode,
    NextMeeting,
    NextWorkday,
    Reach,
    Region,
    Relief,
    SameDay,
    SeatsFrom,
    Workdays,
)
from config.region import load_region

EXAMPLES = Path(__file__).parents[2] / "config" / "example"
TODAY = date(2026, 11, 2)


@pytest.fixture(scope="module")
def malarvik() -> Region:
    return load_region(EXAMPLES / "malarvik.yaml", TODAY)


@pytest.fixture(scope="module")
def thornmere() -> Region:
    return load_region(EXAMPLES / "thornmere.yaml", TODAY)


def test_the_whole_swedish_example_is_there(malarvik: Region) -> None:
    counts = {
        "levels": len(malarvik.levels),
        "organisations": len(malarvik.organisations),
        "functions": len(malarvik.functions),
        "forums": len(malarvik.forums),
        "agendas": len(malarvik.agendas),
        "holdings": len(malarvik.holdings),
    }

    assert counts == {
        "levels": 3,
        "organisations": 31,
        "functions": 111,
        "forums": 12,
        "agendas": 5,
        "holdings": 6,
    }


def test_levels_and_information_classes_keep_their_rank(malarvik: Region) -> None:
    assert [level.rank for level in malarvik.levels.values()] == [1, 2, 3]
    assert malarvik.levels["samordnande"].names.in_("en") == "Coordinating"
    assert malarvik.info_classes["krets"].rank == 2


def test_functions_come_from_the_organisations_type(malarvik: Region) -> None:
    duty, small = malarvik.functions["malarvik.TIB"], malarvik.functions["lindo.KOM"]

    assert (duty.kind, duty.deputies) == (FunctionKind.DUTY, 2)
    assert (small.kind, small.deputies) == (FunctionKind.POST, 0)
    assert "lindo.TIB" not in malarvik.functions
    assert malarvik.title("lst.TIB", "sv") == "Tjänsteperson i beredskap, Länsstyrelsen Mälarvik"


def test_a_seat_for_each_of_a_group_is_a_seat_of_each_organisation(malarvik: Region) -> None:
    group = malarvik.forum("RCG")

    assert [s.function for s in group.seats][-2:] == ["sandhamra.KD", "tallasen.KD"]
    assert len(group.seats) == 10 + 8 + 6


def test_a_seat_represents_its_own_organisation_and_those_it_names(malarvik: Region) -> None:
    north = malarvik.forum("TIBG").seat_of("rtjn.RCB")
    everybody = malarvik.forum("TIBG").seat_of("malarvik.TIB")
    own = malarvik.forum("VSK").seat_of("reg.TIB")

    assert north is not None
    assert north.represents == ("rtjn", *malarvik.groups["kommuner_norr"])
    assert everybody is not None
    assert len(everybody.represents) == 14
    assert own is not None
    assert own.represents == ("reg",)


def test_borrowed_seats_are_those_of_the_lender_with_their_filter(malarvik: Region) -> None:
    assert malarvik.forum("BM").seats_from == SeatsFrom("RCG", "concerned")
    assert malarvik.forum("BM").seats == malarvik.forum("RCG").seats
    assert malarvik.forum("BM").activated_only


def test_aliases_give_two_forums_the_same_seats(malarvik: Region) -> None:
    assert malarvik.forum("ASK").seats == malarvik.forum("VSK").seats
    assert len(malarvik.forum("ASK").seats) == 16 + 8 + 6


def test_whoever_an_event_concerns_has_a_mandate_waiting(malarvik: Region) -> None:
    concerned = malarvik.forum("TIBG").concerned_mandate

    assert concerned is not None
    assert concerned.kinds == {"SAMORDNA"}
    assert malarvik.forum("VSK").concerned_mandate is None


def test_marks_on_seats_are_kept(malarvik: Region) -> None:
    airport = malarvik.forum("VSK").seat_of("flyg.JOUR")
    island = malarvik.forum("VSK").seat_of("lindo.SAK")
    supplier = malarvik.forum("AGC").seat_of("nord.SAK")

    assert airport is not None
    assert not airport.required
    assert island is not None
    assert island.night_represented
    assert supplier is not None
    assert supplier.coopted


def test_an_exception_gives_one_of_many_another_mandate(malarvik: Region) -> None:
    city, other = (malarvik.forum("VSK").seat_of(f) for f in ("malarvik.TIB", "rosvik.TIB"))

    assert city is not None
    assert city.mandate.kinds == {"SAMORDNA", "RESURS"}
    assert other is not None
    assert other.mandate.kinds == {"SAMORDNA"}


def test_a_mandate_can_have_a_limit_in_any_currency(malarvik: Region, thornmere: Region) -> None:
    crowns = malarvik.forum("RCG").seat_of("trf.FC")
    pounds = thornmere.forum("EXEC").seat_of("health.CHIEF")

    assert crowns is not None
    assert crowns.mandate.limit == Limit(Decimal(5000000), "SEK")
    assert pounds is not None
    assert pounds.mandate.limit == Limit(Decimal(250000), "GBP")


def test_receivers_go_by_type_and_level(malarvik: Region) -> None:
    assert malarvik.receiver("malarvik", "verkstallande") == "malarvik.SAK"
    assert malarvik.receiver("lindo", "verkstallande") == "lindo.KD"
    assert malarvik.receiver("lst", "inriktande") == "lst.LOD"


def test_a_receiver_of_an_organisations_own_goes_before_its_types(thornmere: Region) -> None:
    assert thornmere.receiver("ambul", "tactical") == "ambul.GOLD"
    assert thornmere.receiver("fire", "tactical") == "fire.OPS"


def test_time_limits_are_the_files_and_else_the_usual(malarvik: Region) -> None:
    ordinary, activated = malarvik.limits[Mode.ORDINARY], malarvik.limits[Mode.ACTIVATED]

    assert ordinary["ack"] == After(1440)
    assert ordinary["digest"] == SameDay(time(15))
    assert ordinary["carrier_ack"] == NextWorkday(time(12))
    assert ordinary["carried_back"] == Workdays(1)
    assert ordinary["confirmed"] == NextMeeting()
    assert ordinary["log_entry"] == After(5)
    assert activated["review"] == After(240)
    assert malarvik.limits[Mode.STEPPING_DOWN] == activated


def test_agendas_keep_their_points_and_minutes(malarvik: Region) -> None:
    agenda = malarvik.agendas["ordinarie_konferens"]

    assert agenda.minutes == 30
    assert agenda.items[2].names.in_("sv") == "Aktörsrapporter, bara avvikelser"
    assert malarvik.forum("RCG").agenda[Mode.ACTIVATED] == "beslutsmote"


def test_cadences_are_rules_with_a_local_time(malarvik: Region) -> None:
    week, rooms = malarvik.forum("VSK").cadence, malarvik.forum("LC").cadence

    assert week[Mode.ORDINARY].rule == "FREQ=WEEKLY;BYDAY=TH"
    assert (week[Mode.ORDINARY].at, week[Mode.ORDINARY].minutes) == (time(9), 30)
    assert rooms[Mode.ORDINARY].call_before == 60
    assert malarvik.holiday_rule is HolidayRule.DAY_BEFORE
    assert malarvik.forum("ASK").cadence == {}


def test_digests_are_scheduled_by_rule_or_by_cron(malarvik: Region, thornmere: Region) -> None:
    [by_rule], [by_cron] = malarvik.forum("VSK").digests, thornmere.forum("WEEK").digests

    assert (by_rule.rule, by_rule.at) == ("FREQ=WEEKLY;BYDAY=FR", time(15))
    assert (by_cron.rule, by_cron.at) == ("FREQ=WEEKLY;BYDAY=FR", time(15, 30))


def test_a_temporary_support_forum_knows_who_ordered_it_and_its_end(malarvik: Region) -> None:
    cyber = malarvik.forum("AGC")

    assert cyber.support_only
    assert cyber.temporary is not None
    assert cyber.temporary.ends == date(2027, 6, 30)
    assert (cyber.temporary.ordered_by, cyber.temporary.result_to) == ("RSG", "RSG")


def test_those_who_may_convene_are_functions(malarvik: Region) -> None:
    duty = malarvik.forum("TIBG").may_convene

    assert {"malarvik.TIB", "elnat.JOUR", "kansli.RSIB"} <= duty
    assert "lst.LOD" not in duty
    assert malarvik.forum("VSK").may_convene == {"lst.TIB"}
    assert malarvik.forum("VSK").may_request == set(malarvik.functions)


def test_agreement_kinds_need_the_mandate_they_name(malarvik: Region) -> None:
    assert malarvik.agreement_kinds["inriktning"].needs == "INRIKTA"
    assert malarvik.agreement_kinds["tid"].needs == "SAMORDNA"
    assert malarvik.agreement_kinds["arbetssatt"].names.in_("sv") == "arbetssätt"


def test_without_a_section_agreement_kinds_need_their_namesake_or_the_second(
    tmp_path: Path,
) -> None:
    text = (EXAMPLES / "malarvik.yaml").read_text(encoding="utf-8")
    head, _, rest = text.partition("agreement_kinds:")
    file = tmp_path / "region.yaml"
    file.write_text(head + rest[rest.index("function_templates:") :], encoding="utf-8")

    kinds = load_region(file, TODAY).agreement_kinds

    assert kinds["resurs"].needs == "RESURS"
    assert kinds["tid"].needs == "SAMORDNA"
    assert kinds["tid"].names.in_("sv") == "tid"


def test_holdings_are_in_the_regions_own_time(malarvik: Region) -> None:
    amira, mats = malarvik.holdings[0], malarvik.holdings[4]

    assert amira.starts == datetime(2026, 11, 2, 7, tzinfo=UTC)
    assert (mats.starts, mats.ends, mats.rank) == (None, None, 1)


def test_the_english_example_uses_two_levels_of_three(thornmere: Region) -> None:
    used = {forum.level for forum in thornmere.forums.values()}

    assert len(thornmere.levels) == 3
    assert used == {"strategic", "tactical"}
    assert thornmere.timezone.key == "Europe/London"
    assert thornmere.forum("WEEK").names.in_("sv") == "Weekly partners' call"


def test_without_a_word_of_the_file_the_areas_duty_officer_judges_requests(
    malarvik: Region,
) -> None:
    assert malarvik.cooperation == Cooperation(
        judges=("lst.TIB", "kansli.RSIB"),
        informed=("kansli.RSIB",),
        contact="TIBG",
        conference="ASK",
    )


def test_without_a_word_of_the_file_both_are_briefed_a_quarter_before_and_the_former_leaves(
    malarvik: Region,
) -> None:
    usual = Relief(timedelta(minutes=15), timedelta(minutes=10), listens=False)

    assert malarvik.relief == usual
    assert all(malarvik.relief_in(forum) == usual for forum in malarvik.forums.values())


def test_a_forum_may_let_its_former_holders_listen(tmp_path: Path) -> None:
    text = (EXAMPLES / "malarvik.yaml").read_text(encoding="utf-8")
    text = text.replace("  - code: VSK\n", "  - code: VSK\n    relief: {former: listens}\n", 1)
    file = tmp_path / "region.yaml"
    file.write_text(text + "\nrelief: {brief_before: 20, grace: 10}\n", encoding="utf-8")

    region = load_region(file, TODAY)

    twenty, ten = timedelta(minutes=20), timedelta(minutes=10)
    assert region.relief_in(region.forum("RSG")) == Relief(twenty, ten, listens=False)
    assert region.relief_in(region.forum("VSK")) == Relief(twenty, ten, listens=True)


def test_gaps_are_looked_for_at_two_and_test_calls_go_out_by_themselves_only_if_named(
    malarvik: Region, tmp_path: Path
) -> None:
    text = (EXAMPLES / "malarvik.yaml").read_text(encoding="utf-8")
    file = tmp_path / "region.yaml"
    file.write_text(text + "\nreach: {look_at: '03:30', test_call: {}}\n", encoding="utf-8")

    named = load_region(file, TODAY)

    assert malarvik.reach == Reach(time(2), None)
    first_tuesday = Cadence("FREQ=MONTHLY;BYDAY=1TU", time(10))
    assert named.reach == Reach(time(3, 30), first_tuesday, 30, None)
