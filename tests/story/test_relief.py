"""A function changes hands: both are briefed before, and at the minute the seat moves (R1)."""

from __future__ import annotations

import pytest

from tests.story.gathering import the_log
from tests.story.handing_over import LENA, changes_hands, postponed, read_anew, rings_again
from tests.story.meeting_room import published, takes_on
from tests.story.story import Story, mxid_of

VTL = "vag.VTL"


@pytest.fixture
async def relief(story: Story) -> Story:
    """Let the traffic controller be relieved at 19.00 on a Thursday with something to hand over."""
    await published(story)
    await read_anew(story)
    await takes_on(story, VTL, "skyltar vid bron", "2026-10-15T21:00", "AT-2026-205")
    await changes_hands(story, VTL, "2026-10-15T19:00")
    return story


async def test_a_quarter_before_both_get_the_same_brief_of_the_seats_debts(relief: Story) -> None:
    await relief.to("2026-10-15T18:44")
    before = (relief.told(VTL)[-1:], relief.told(LENA))
    await relief.to("2026-10-15T18:45")

    brief = relief.told_last(LENA)
    assert not any("tar över" in it for said in before for it in said)
    assert relief.told_last(VTL) == brief
    assert brief.startswith(
        "Lena Wiik tar över kl. 19.00: Vakthavande trafikledare, Trafikverket Mälarvik. "
        "Ta över med ✅ eller !övertar AV-2026-001."
    )
    assert "- Åtgärd ”skyltar vid bron”, senast kl. 21.00: !klar AT-2026-205" in brief
    assert "Återföring till" in brief
    assert "Senaste sammanfattning, Ordinarie samverkanskonferens kl. 09.46" in brief
    assert brief.endswith("Jonas Ek: svara på det här meddelandet med en rad till Lena Wiik.")


async def test_the_one_who_comes_takes_over_with_a_tap_and_the_other_is_told(
    relief: Story,
) -> None:
    await relief.to("2026-10-15T18:50")

    await relief.taps(LENA, "✅", "direct", "tar över")
    await relief.to("2026-10-15T19:10")

    assert relief.told_last(VTL).startswith("Lena Wiik har tagit över Vakthavande trafikledare")
    assert "Övertagen kl. 18.50" in relief.told(LENA)[0]
    assert not any("Ingen har bekräftat" in it for it in relief.told(LENA))
    assert "relief.taken_over" in [entry.what for entry in await the_log(relief)]


async def test_a_word_is_as_good_as_a_tap(relief: Story) -> None:
    await relief.to("2026-10-15T18:50")

    await relief.says(LENA, "övertar", "direct")

    assert relief.told_last(LENA) == (
        "Du har tagit över Vakthavande trafikledare, Trafikverket Mälarvik; "
        "funktionen är din från kl. 19.00."
    )


async def test_a_reply_to_the_brief_is_a_line_for_the_other(relief: Story) -> None:
    await relief.to("2026-10-15T18:50")

    await relief.says(VTL, "Klart vid bron, men ring VTL 2 före 20", "direct", to="tar över")

    line = "Från Jonas Ek, om Vakthavande trafikledare"
    assert relief.told_last(LENA).startswith(line)
    assert "”Klart vid bron, men ring VTL 2 före 20”" in relief.told_last(LENA)
    assert "”Klart vid bron, men ring VTL 2 före 20”" in relief.told(LENA)[0]
    assert relief.told_last(VTL) == (
        "Raden står i avlösningen AV-2026-001. Lena Wiik har fått den."
    )
    kept = [entry for entry in await the_log(relief) if entry.what == "relief.line"]
    assert [entry.facts["text"] for entry in kept] == ["Klart vid bron, men ring VTL 2 före 20"]


async def test_a_command_in_reply_to_the_brief_is_a_command(relief: Story) -> None:
    await relief.to("2026-10-15T18:50")

    await relief.says(VTL, "klar AT-2026-205", "direct", to="tar över")

    assert not any("Från Jonas Ek" in it for it in relief.told(LENA))


async def test_not_taken_over_at_the_minute_the_seat_moves_anyway_and_that_is_told(
    relief: Story,
) -> None:
    await relief.to("2026-10-15T18:59:59")
    before = list(relief.told(LENA))
    await relief.to("2026-10-15T19:00")

    told = "Ingen har bekräftat avlösningen kl. 19.00: Vakthavande trafikledare"
    assert not any("Ingen har bekräftat" in it for it in before)
    for who in (VTL, LENA, "lst.TIB"):
        assert relief.told_last(who).startswith(told), who
    await relief.says("lst.TIB", "!vem vag.VTL", "direct")
    assert "Lena Wiik" in relief.told_last("lst.TIB")


async def test_taken_over_late_everybody_who_was_told_sees_it(relief: Story) -> None:
    await relief.to("2026-10-15T19:04")

    await relief.taps(LENA, "✅", "direct", "Ingen har bekräftat")

    for who in (VTL, LENA, "lst.TIB"):
        assert any(it.startswith("Bekräftad kl. 19.04") for it in relief.told(who)), who
        assert not any("Ingen har bekräftat" in it for it in relief.told(who)), who


async def test_a_tap_too_late_does_not_say_that_a_function_is_theirs_which_another_has_now(
    relief: Story,
) -> None:
    await relief.to("2026-10-15T19:10")
    await changes_hands(relief, VTL, "2026-10-15T20:00", "vag.VTL/2", "Nils Berg")
    await relief.to("2026-10-15T20:10")

    await relief.taps(LENA, "✅", "direct", "tar över kl. 19.00")
    await relief.says(LENA, "övertar", "direct")

    assert not any("Du har tagit över" in it for it in relief.told(LENA))
    assert not any("har tagit över" in it for it in relief.told(VTL))


async def test_who_goes_cannot_take_over_for_the_other(relief: Story) -> None:
    await relief.to("2026-10-15T18:50")

    await relief.says(VTL, "övertar AV-2026-001", "direct")

    assert relief.told_last(VTL).startswith("Det är Lena Wiik som tar över")


async def test_a_roster_that_changes_after_the_brief_is_told_to_whom_it_concerned(
    relief: Story,
) -> None:
    await relief.to("2026-10-15T18:50")
    await postponed(relief, VTL, "2026-10-15T23:00")
    await relief.to("2026-10-15T19:05")

    for who in (VTL, LENA):
        assert relief.told_last(who).startswith("Avlösningen kl. 19.00 gäller inte längre"), who


async def test_nobody_is_told_twice_after_a_restart_between_brief_and_minute(
    relief: Story,
) -> None:
    await relief.to("2026-10-15T18:50")
    await rings_again(relief, "relief.look", "holding.changes", "relief.look")
    await relief.to("2026-10-15T19:00")
    await rings_again(relief, "relief.look", "holding.changes", "relief.look")
    await relief.to("2026-10-15T19:30")

    for who in (VTL, LENA):
        briefs = [it for it in relief.told(who) if "tar över kl. 19.00" in it]
        asked = [it for it in relief.told(who) if it.startswith("Ingen har bekräftat")]
        assert (len(briefs), len(asked)) == (1, 1), who
    moved = [entry for entry in await the_log(relief) if entry.what == "relief.moved"]
    assert len(moved) == 1


async def test_what_happened_while_the_bot_was_down_is_told_with_its_true_time(
    relief: Story,
) -> None:
    relief.clock.move_to(relief.clock.now().replace(hour=18, minute=30))  # 20.30 local

    await relief.passes(seconds=0)

    assert relief.told(LENA)[0].startswith("Lena Wiik tar över kl. 19.00")
    await relief.passes(minutes=5)
    assert relief.told_last(LENA).startswith("Ingen har bekräftat avlösningen kl. 19.00")


async def test_the_brief_is_of_the_function_that_changes_hands_and_no_other(
    relief: Story,
) -> None:
    await takes_on(relief, "vatten.JOUR", "hemligt ärende", "2026-10-15T21:00", "AT-2026-206")
    await relief.to("2026-10-15T18:45")

    assert "hemligt" not in relief.told_last(LENA)
    assert mxid_of(VTL) not in relief.told_last(LENA)
