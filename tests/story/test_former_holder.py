"""A function changes hands while something runs: it is asked of whoever has it now (R1)."""

from __future__ import annotations

import pytest

from bot.domain.model import CallState
from tests.story.gathering import comes, gathers, the_calls, the_log
from tests.story.handing_over import LENA, changes_hands, read_anew
from tests.story.meeting_room import published
from tests.story.story import Story, mxid_of

VTL = "vag.VTL"
PROPOSAL = '!förslag tid "Bron stängs 22." varför="arbete" berörda=vag,ekviken senast=20.30'
OV = "OV-2026-001"


@pytest.fixture
async def relief(story: Story) -> Story:
    """Let the traffic controller be relieved at 19.00, while a proposal and a call are open."""
    await story.to("2026-10-15T18:00")
    await gathers(story)
    await read_anew(story)
    await changes_hands(story, VTL, "2026-10-15T19:00")
    return story


def _shown(story: Story) -> str:
    """Give the proposal as it stands in the room."""
    return story.find("Bron stängs", "VSK", kind="message").body


async def test_a_former_holders_position_does_not_count_and_both_are_told(relief: Story) -> None:
    await relief.says("lst.TIB", PROPOSAL)
    await relief.to("2026-10-15T19:00")

    await relief.says(VTL, '!ståndpunkt OV-2026-001 4 "inte i natt"')

    assert relief.told_last(VTL).startswith(f"Ditt svar om {OV} räknas inte: du lämnade över")
    assert "Lena Wiik har funktionen nu" in relief.told_last(VTL)
    assert relief.told_last(LENA).startswith(f"Jonas Ek svarade om {OV}, men hade lämnat över")
    assert '!ståndpunkt OV-2026-001 4 "inte i natt"' in relief.told_last(LENA)
    assert "Biträder inte" not in _shown(relief)
    kept = [entry for entry in await the_log(relief) if entry.what == "answer.kept"]
    assert [(it.subject, it.function, it.mxid) for it in kept] == [(OV, VTL, mxid_of(VTL))]
    assert kept[0].facts["typed"] == 'OV-2026-001 4 "inte i natt"'


async def test_before_the_minute_it_counts_and_stands_afterwards(relief: Story) -> None:
    await relief.says("lst.TIB", PROPOSAL)
    await relief.to("2026-10-15T18:59:59")
    given = await relief.says(VTL, f"!ståndpunkt {OV} 1")
    before = _shown(relief)
    await relief.to("2026-10-15T19:00")

    await relief.takes_back(VTL, given)

    assert "Biträder: Trafikverket Mälarvik" in before
    assert _shown(relief) == before
    assert relief.told_last(VTL).startswith(f"Svaret om {OV} står kvar")


async def test_in_mid_poll_a_former_holders_choice_is_kept_and_the_new_ones_counts(
    relief: Story,
) -> None:
    await relief.says("lst.TIB", PROPOSAL)
    await relief.to("2026-10-15T19:00")

    await relief.chooses(VTL, "disagrees")
    told = relief.told_last(LENA)
    await relief.chooses(LENA, "agrees")

    assert f"!ståndpunkt {OV} 4" in told
    assert "Biträder: Trafikverket Mälarvik" in _shown(relief)


async def test_a_bare_digit_of_a_former_holder_is_kept_too(relief: Story) -> None:
    await relief.says("lst.TIB", PROPOSAL)
    await relief.to("2026-10-15T19:00")

    await relief.says(VTL, "1")

    assert relief.told_last(VTL).startswith(f"Ditt svar om {OV} räknas inte")


async def test_talk_of_a_former_holder_is_talk(relief: Story) -> None:
    await relief.says("lst.TIB", PROPOSAL)
    await relief.to("2026-10-15T19:00")
    before = len(relief.told(VTL))

    await relief.says(VTL, "1 buss kvar vid bron")

    assert len(relief.told(VTL)) == before


async def test_in_mid_summons_the_new_holder_is_asked_at_the_minute(relief: Story) -> None:
    await relief.to("2026-10-15T18:58")
    await relief.says("lst.TIB", "!kalla VSK 19.10 Bron")
    await relief.to("2026-10-15T18:59:59")
    before = list(relief.told(LENA))

    await relief.to("2026-10-15T19:00")

    asked = "Kallelse KA-2026-001 till Ordinarie samverkanskonferens: kvittera senast kl. 19.03"
    assert not any(it.startswith(asked) for it in before)
    assert any(it.startswith(asked) for it in relief.told(LENA))
    assert not any(it.startswith("Kallelse KA-2026-001") for it in relief.told("vag.VTL/2"))
    await relief.taps(LENA, "✅", "direct", "Kallelse KA-2026-001")
    call = (await the_calls(relief))[VTL]
    assert (call.state, call.answered_by) == (CallState.ACKNOWLEDGED, LENA)


async def test_the_new_holder_silent_the_chain_goes_on(relief: Story) -> None:
    await relief.to("2026-10-15T18:58")
    await relief.says("lst.TIB", "!kalla VSK 19.10 Bron")

    await relief.to("2026-10-15T19:03")

    assert relief.told_last("vag.VTL/2").startswith("Kallelse KA-2026-001")


async def test_a_tap_of_the_former_holder_on_the_summons_does_not_count(relief: Story) -> None:
    await relief.to("2026-10-15T18:58")
    await relief.says("lst.TIB", "!kalla VSK 19.10 Bron")
    await relief.to("2026-10-15T19:00")

    await relief.taps(VTL, "✅", "VSK", "Kallelse KA-")

    call = (await the_calls(relief))[VTL]
    assert call.state == CallState.ASKED
    assert relief.told_last(VTL).startswith("Ditt svar om KA-2026-001 räknas inte")
    assert "!kvittera KA-2026-001" in relief.told_last(LENA)


async def test_of_two_seats_answered_by_one_tap_only_the_one_still_theirs_is_taken_back(
    story: Story,
) -> None:
    await story.to("2026-10-15T18:00")
    await gathers(story)
    await changes_hands(story, "ekviken.TIB", "2026-10-15T18:00", VTL, "Jonas Ek")
    await changes_hands(story, VTL, "2026-10-15T19:00")
    await story.to("2026-10-15T18:58")
    await story.says("lst.TIB", "!kalla VSK 19.10 Bron")
    tap = await story.taps(VTL, "✅", "VSK", "Kallelse KA-")
    before = {code: (await the_calls(story))[code].state for code in ("ekviken.TIB", VTL)}
    await story.to("2026-10-15T19:00")

    await story.takes_back(VTL, tap)

    after = {code: (await the_calls(story))[code].state for code in ("ekviken.TIB", VTL)}
    assert before == {"ekviken.TIB": CallState.ACKNOWLEDGED, VTL: CallState.ACKNOWLEDGED}
    assert after == {"ekviken.TIB": CallState.ASKED, VTL: CallState.ACKNOWLEDGED}
    told = story.told(VTL)[-2:]
    assert any(it.startswith("Svaret om KA-2026-001 står kvar") for it in told)
    assert any(it.startswith("KA-2026-001: ditt svar är tillbakataget") for it in told)


async def test_of_two_functions_only_the_one_that_was_handed_over_is_answered_for_no_more(
    story: Story,
) -> None:
    await story.to("2026-10-15T18:00")
    await gathers(story)
    await changes_hands(story, "ekviken.TIB", "2026-10-15T18:00", VTL, "Jonas Ek")
    await changes_hands(story, VTL, "2026-10-15T19:00")
    await story.says("lst.TIB", PROPOSAL)
    await story.to("2026-10-15T19:00")

    await story.says(VTL, f"!ståndpunkt {OV} 1")

    shown = _shown(story)
    assert "Biträder: Ekvikens kommun" in shown
    assert "Biträder: Ekvikens kommun, Trafikverket" not in shown
    assert not any("du lämnade över" in it for it in story.told(VTL))


async def test_what_the_carrier_had_not_taken_home_is_the_next_ones(story: Story) -> None:
    await published(story)
    await read_anew(story)
    await story.taps(VTL, "✅", "direct", "Återföring")
    await changes_hands(story, VTL, "2026-10-15T19:00")
    await story.to("2026-10-15T19:00")

    note = story.find("AF-2026-", "direct", LENA)
    await story.says(VTL, "!återförd", "direct")

    assert "!återförd AF-" in note.body or "AF-2026" in note.body
    assert story.told_last(VTL).startswith("Ditt svar om AF-2026-")


async def test_a_guest_in_the_room_is_no_former_holder(relief: Story) -> None:
    await comes(relief, "@otto:elsewhere.example")
    await relief.says("lst.TIB", PROPOSAL)

    await relief.says("@otto:elsewhere.example", f"!ståndpunkt {OV} 1")

    assert not any("du lämnade över" in it for it in relief.told("@otto:elsewhere.example"))
