"""What is read or believed late counts from when it came: it overtakes nothing said since."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.dispatch.origin import Trust
from bot.domain.incoming import Incoming, Proof, Said, Voted
from bot.domain.model import CallState
from tests.story.gathering import the_calls, the_log
from tests.story.story import OPERATOR, Story, mxid_of

PROPOSAL = '!förslag tid "Bron stängs 22." varför="x" berörda=lindo,ekviken'
PER = mxid_of("ekviken.TIB")
Head = tuple[str, str, str, datetime]


def proposal(story: Story) -> str:
    return story.find("^OV-2026-001 prövas", "VSK").body


async def reads_late(story: Story, choice: str, **ago: float) -> None:
    """Let a vote be read now that came so long ago."""
    poll = story.find("OV-2026-001", "VSK", kind="poll").event_id
    at = story.clock.now() - timedelta(**ago)
    keys = (f"agreement:OV-2026-001/{choice}",) if choice else ()
    await story.happens("VSK", PER, lambda head: Voted(*head, poll=poll, choices=keys, heard_at=at))


@pytest.fixture
async def proposed(story: Story) -> Story:
    await story.to("2026-10-15T09:10")
    await story.says("lst.TIB", PROPOSAL)
    return story


async def test_a_late_key_lets_no_older_answer_override_a_newer_one(proposed: Story) -> None:
    await proposed.passes(seconds=20)
    await proposed.chooses("ekviken.TIB", "agrees")
    await proposed.to("2026-10-15T09:15")

    await reads_late(proposed, "disagrees", minutes=5)

    assert "Biträder: Ekvikens kommun." in proposal(proposed)
    assert proposed.told_last("ekviken.TIB") == (
        "Ditt svar på OV-2026-001 från kl. 09.10 (biträder inte) gick inte att pröva förrän nu. "
        "Du har svarat för Ekvikens kommun efter det, och det senare svaret gäller.\n"
        "Är det i stället det här som ska gälla: !ståndpunkt OV-2026-001 4"
    )
    given = [it for it in await the_log(proposed) if it.what == "position.given"]
    assert [it.facts["counts"] for it in given] == [True, False]
    assert given[1].happened_at < given[0].happened_at < given[1].written_at


async def test_an_older_answer_that_is_read_late_stands_again_when_the_newer_is_removed(
    proposed: Story,
) -> None:
    await proposed.passes(seconds=20)
    vote = await proposed.chooses("ekviken.TIB", "agrees")
    await reads_late(proposed, "disagrees", seconds=20)

    await proposed.takes_back("ekviken.TIB", vote)

    assert "Biträder inte: Ekvikens kommun." in proposal(proposed)


async def test_a_late_answer_that_nobody_has_overtaken_counts(proposed: Story) -> None:
    await proposed.chooses("ekviken.TIB", "agrees")
    await proposed.passes(minutes=5)

    await reads_late(proposed, "disagrees", minutes=2)

    assert "Biträder inte: Ekvikens kommun." in proposal(proposed)


async def test_two_that_are_read_late_keep_their_order(proposed: Story) -> None:
    await proposed.passes(minutes=5)

    await reads_late(proposed, "disagrees", minutes=4)
    await reads_late(proposed, "agrees", minutes=4)

    assert "Biträder: Ekvikens kommun." in proposal(proposed)


async def test_an_answer_taken_back_long_ago_takes_no_later_one_with_it(proposed: Story) -> None:
    await proposed.passes(minutes=5)
    await proposed.chooses("ekviken.TIB", "agrees")

    await reads_late(proposed, "", minutes=4)

    assert "Biträder: Ekvikens kommun." in proposal(proposed)
    assert proposed.told_last("ekviken.TIB").startswith(
        "Att du tog tillbaka ditt svar på OV-2026-001 från kl. 09.11 gick inte att pröva"
    )


async def test_what_waited_for_somebody_to_vouch_overtakes_nothing_answered_since(
    story: Story,
) -> None:
    story.encrypted, story.desk.trust = True, Trust(encrypted=True)
    for who in ("lst.TIB", "lindo.SAK", OPERATOR):
        story.proofs[mxid_of(who)] = Proof("D", f"key of {who}")
    old, new = Proof("PHONE", "key", "Per's"), Proof("NEW", "new key", "another")
    story.proofs[PER] = old
    await story.says("lst.TIB", PROPOSAL)
    await story.says("ekviken.TIB", "!vem", where="direct")
    story.proofs[PER] = new
    await story.chooses("ekviken.TIB", "disagrees")
    await story.passes(minutes=1)
    story.proofs[PER] = old
    await story.chooses("ekviken.TIB", "agrees")

    await story.says("lst.TIB", f"!intyga {PER}", where="direct")

    assert "Biträder: Ekvikens kommun." in proposal(story)
    assert story.told_last("ekviken.TIB").startswith("Ditt svar på OV-2026-001 från kl. ")


async def test_a_late_no_to_a_call_takes_no_later_yes_away(story: Story) -> None:
    await story.to("2026-11-03T15:54")
    await story.says("lst.TIB", "!kalla TIBG 16.04 bedöma läget", "TIBG")
    target = story.find("Kallelse", "direct", "pol.VB").event_id
    await story.passes(minutes=2)
    await story.says("pol.VB", "!deltar", "direct")
    at = story.clock.now() - timedelta(minutes=1)

    def no(head: Head) -> Incoming:
        return Said(*head, body="!förhinder", reply_to=target, heard_at=at)

    await story.happens("direct", "pol.VB", no)

    assert (await the_calls(story))["pol.VB"].state == CallState.ATTENDING
    assert story.told_last("pol.VB") == (
        "Ditt svar på KA-2026-001 från kl. 15.55 (förhinder) gick inte att pröva förrän nu. "
        "Du har svarat igen efter det, och det senare svaret gäller.\n"
        "Ska det ändras: !deltar KA-2026-001, !kvittera KA-2026-001 eller !förhinder KA-2026-001"
    )
