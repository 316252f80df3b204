"""What happened while somebody was away: shortest first, and nothing of where they do not sit."""

from __future__ import annotations

import pytest

from tests.story.meeting_room import agreed, published
from tests.story.story import Story

VTL = "vag.VTL"


@pytest.fixture
async def away(story: Story) -> Story:
    """Let the traffic controller be heard on Wednesday evening, and the forum meet on Thursday."""
    await story.to("2026-10-14T19:00")
    await story.says(VTL, "!vem VSK", "direct")
    await published(story)
    return story


async def test_it_begins_with_how_long_and_how_much(away: Story) -> None:
    await away.to("2026-10-15T10:00")

    await away.says(VTL, "!sedan", "direct")

    told = away.told_last(VTL)
    assert told.startswith(
        "15 timmar, sedan i går kl. 19.00: 1 överenskommelse, 0 åtgärder på dig."
    )
    assert told.index("Det här väntar på dig") < told.index("Ordinarie samverkanskonferens:")
    assert "- OV-2026-061, överenskommen med förbehåll kl. 09.00: ”Besked om Ekviksbron" in told
    assert "- Sammanfattning M-2026-118 kl. 09.46: !sammanfattning M-2026-118" in told


async def test_in_a_room_it_is_told_to_the_one_who_asks_alone(away: Story) -> None:
    before = away.said()

    await away.says(VTL, "!since 14h", "VSK")

    assert away.said() == before
    assert away.told_last(VTL).startswith("14 ")


async def test_nothing_leaks_from_a_forum_where_they_do_not_sit(away: Story) -> None:
    await agreed(away, {}, id_="OV-2026-090", text="Hemligt i RSG", forum="RSG", meeting="M-x")
    assert "vag.VTL" not in {seat.function for seat in away.region.forum("RSG").seats}

    await away.says(VTL, "!sedan i går 19.00", "direct")
    theirs = away.told_last(VTL)
    sits_there = away.region.forum("RSG").seats[0].function
    await away.says(sits_there, "!sedan i går 19.00", "direct")

    assert "Hemligt i RSG" in away.told_last(sits_there)
    assert "Hemligt" not in theirs
    assert "OV-2026-090" not in theirs


async def test_asked_again_it_begins_where_the_last_answer_ended(away: Story) -> None:
    await away.to("2026-10-15T10:00")
    await away.says(VTL, "!sedan", "direct")
    await away.to("2026-10-15T10:20")

    await away.says(VTL, "!sedan", "direct")

    assert away.told_last(VTL).startswith("20 minuter, sedan kl. 10.00: 0 överenskommelser")


async def test_who_has_said_something_on_coming_back_still_hears_of_the_whole_absence(
    away: Story,
) -> None:
    await away.to("2026-10-15T10:00")
    await away.says(VTL, "god morgon", "VSK")
    await away.says(VTL, "!vem VSK", "direct")
    await away.to("2026-10-15T10:10")

    await away.says(VTL, "!sedan", "direct")

    assert "sedan i går kl. 19.00" in away.told_last(VTL)


@pytest.mark.parametrize(
    ("said", "since"),
    [("07.00", "kl. 07.00"), ("23.00", "i går kl. 23.00"), ("2 h", "kl. 07.46"),
     ("i går 19.30", "i går kl. 19.30"), ("2026-10-13T08:00", "13 okt kl. 08.00")],
)  # fmt: skip
async def test_a_time_that_has_been_is_read_as_the_latest_one(
    said: str, since: str, away: Story
) -> None:
    await away.says(VTL, f"!sedan {said}", "direct")

    assert f"sedan {since}:" in away.told_last(VTL)


async def test_a_time_to_come_is_refused(away: Story) -> None:
    await away.says(VTL, "!sedan 2026-11-13T08:00", "direct")

    assert "sedan" not in away.told_last(VTL).splitlines()[0]


async def test_it_is_for_those_who_have_a_function(away: Story) -> None:
    await away.says("@otto:elsewhere.example", "!sedan", "direct")

    assert "har en funktion" in away.told_last("@otto:elsewhere.example")
