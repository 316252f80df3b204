"""In what is handled together everything has its number: mail, carry-backs, and who is asked."""

from __future__ import annotations

import pytest

from tests.story.activation import activated
from tests.story.other_ways import WAYS, gets_ways, sent
from tests.story.story import Story

ID = "H-2026-001"


@pytest.fixture
async def first(story: Story) -> Story:
    """Let the first conference be called, where the police have a mail address."""
    gets_ways(story, WAYS)
    await activated(story)
    return story


async def digested(story: Story) -> None:
    """Let the police take something on in it, and its digest be approved."""
    await story.to("2026-11-03T16:45")
    await story.says("pol.VB", '!åtgärd "hålla körfältet fritt" senast=22.00', "ASK")
    await story.says("lst.TIB", "!avsluta", "ASK")
    await story.says("lst.TIB", "!fastställ M-2026-001", "ASK")


async def test_a_call_by_mail_says_which_event_in_its_subject_and_its_words(first: Story) -> None:
    called = next(row for row in await sent(first) if row.kind == "email")

    assert called.content["subject"].startswith(
        f"[SKARPT LÄGE] {ID}: kallelse KA-2026-001 till Aktiverad samverkanskonferens kl. 16.40"
    )
    assert (
        f"Ni kallas till Aktiverad samverkanskonferens, {ID}. Svara senast"
        in (called.content["text"])
    )


async def test_a_call_about_no_event_has_no_number(story: Story) -> None:
    gets_ways(story, WAYS)

    await story.says("lst.TIB", "!kalla TIBG 08.20 Bussbrand", "TIBG")

    called = next(row for row in await sent(story) if row.kind == "email")
    assert called.content["subject"].startswith("[SKARPT LÄGE] Kallelse KA-2026-001 till TiB")


async def test_what_is_carried_home_says_which_event_on_the_whole_way(first: Story) -> None:
    await digested(first)
    note = first.find("Återföring AF-", "direct", "pol.VB").body
    carried = note.split()[1].rstrip(",")
    assert note.startswith(f"Återföring {carried}, {ID} ")

    await first.says("pol.VB", f"!mottagen {carried}", "direct")
    assert f"Mottagen: {carried}, {ID} " in first.told_last("pol.VB")
    await first.says("pol.VB", f"!återförd {carried}", "direct")

    receipt = [
        message.body
        for place, messages in first.rooms.items()
        for message in messages
        if place.startswith("direct:") and f"!bekräfta {carried}" in message.body
    ]
    assert f"har fått detta om {ID}, senast" in receipt[0]
    await first.says("lst.TIB", "!hemma M-2026-001", "ASK")
    assert f"(M-2026-001, {ID})" in first.said_last("ASK")
