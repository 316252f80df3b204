"""A person's identity is pinned; a changed one waits until somebody who knows them vouches."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.dispatch.origin import Trust
from bot.domain.incoming import Proof
from bot.store import identities
from tests.story.gathering import the_log
from tests.story.story import OPERATOR, Story, mxid_of

PROPOSAL = '!förslag VSK tid "Bron stängs 22." varför="arbete" berörda=lindo,ekviken'
PER = mxid_of("ekviken.TIB")
PHONE = Proof("PHONE", "phone's key", "Per's identity")
NEW_PHONE = Proof("NEW", "new phone's key", "another identity")
WAITS = "Ditt svar väntar: din identitet i Matrix har ändrats, och jag kan inte se att det är du."


async def seals(story: Story) -> None:
    """Let the rooms be encrypted and a proposal wait; nobody has seen Per yet."""
    story.encrypted, story.desk.trust = True, Trust(encrypted=True)
    for who in ("lst.TIB", "lindo.SAK", "ekviken.TIB/2", OPERATOR):
        story.proofs[mxid_of(who)] = Proof("D", f"key of {who}")
    await story.says("lst.TIB", PROPOSAL)


@pytest.fixture
async def pinned(story: Story) -> Story:
    """Let the rooms be encrypted, a proposal wait, and Per have been seen with an identity."""
    await seals(story)
    story.proofs[PER] = PHONE
    await story.says("ekviken.TIB", "!vem", where="direct")
    return story


def proposal(story: Story) -> str:
    return story.find(r"^OV-2026-001 (prövas|är avslutad)", "VSK").body


async def answers_from(story: Story, proof: Proof, choice: str = "agrees") -> None:
    story.proofs[PER] = proof
    await story.chooses("ekviken.TIB", choice, on="OV-2026-001")


async def test_a_device_that_the_pinned_identity_signed_counts(pinned: Story) -> None:
    await answers_from(pinned, replace(PHONE, device="TABLET", device_key="tablet's key"))

    assert "Biträder: Ekvikens kommun." in proposal(pinned)


async def test_a_device_that_is_not_signed_is_told_what_to_do(pinned: Story) -> None:
    await answers_from(pinned, Proof("LAPTOP", "laptop's key"))

    assert "Biträder:" not in proposal(pinned)
    assert pinned.told_last("ekviken.TIB").startswith(
        "Det här räknas inte: enheten du skriver från är inte verifierad av dig"
    )
    assert "!ståndpunkt OV-2026-001 1" in pinned.told_last("ekviken.TIB")


async def test_a_device_that_a_shown_identity_has_not_signed_never_counts_though_nothing_is_pinned(
    story: Story,
) -> None:
    await seals(story)

    await answers_from(story, Proof("LAPTOP", "laptop's key", shown="Per's identity"))
    refused = story.told_last("ekviken.TIB")
    await answers_from(story, NEW_PHONE)
    waits = story.told_last("ekviken.TIB")
    await answers_from(story, PHONE)

    assert refused.startswith("Det här räknas inte: enheten du skriver från är inte verifierad")
    assert waits.startswith(WAITS)
    assert "Biträder: Ekvikens kommun." in proposal(story)


async def test_who_shows_no_identity_counts_from_their_device(story: Story) -> None:
    await seals(story)

    await answers_from(story, Proof("LAPTOP", "laptop's key"))

    assert "Biträder: Ekvikens kommun." in proposal(story)


async def test_a_known_device_counts_while_its_server_cannot_be_asked(pinned: Story) -> None:
    await answers_from(pinned, replace(PHONE, identity=None))

    assert "Biträder: Ekvikens kommun." in proposal(pinned)


async def test_a_changed_identity_holds_the_answer_and_says_who_can_help(pinned: Story) -> None:
    await answers_from(pinned, NEW_PHONE)

    assert "Biträder:" not in proposal(pinned)
    told = pinned.told_last("ekviken.TIB")
    assert told.startswith(WAITS)
    assert f"!intyga {PER}" in told
    assert "ekviken.TIB 2" in told
    for who in ("lst.TIB", OPERATOR):
        assert pinned.told_last(who).startswith(
            f"ekviken.TIB 1 ({PER}) har fått en ny identitet i Matrix"
        )
        assert f"!intyga {PER}" in pinned.told_last(who)


@pytest.mark.parametrize("who", ["lst.TIB", "ekviken.TIB/2", OPERATOR])
async def test_the_chair_a_second_holder_or_an_operator_vouches_and_the_answer_counts(
    pinned: Story, who: str
) -> None:
    await answers_from(pinned, NEW_PHONE)

    await pinned.says(who, f"!intyga {PER}", where="direct")

    assert "Biträder: Ekvikens kommun." in proposal(pinned)
    assert "Det som väntade (1) prövas nu" in pinned.told("ekviken.TIB")[-1]
    given = [each for each in await the_log(pinned) if each.what == "position.given"]
    assert [each.facts["proof"]["identity"] for each in given] == ["another identity"]


async def test_what_was_heard_again_is_not_heard_a_third_time(pinned: Story) -> None:
    await answers_from(pinned, NEW_PHONE)
    await pinned.says("lst.TIB", f"!intyga {PER}", where="direct")

    await pinned.says("lst.TIB", f"!intyga {PER}", where="direct")
    await pinned.passes(minutes=5)

    given = [each for each in await the_log(pinned) if each.what == "position.given"]
    assert len(given) == 1
    assert pinned.told_last("lst.TIB").startswith("Ingens identitet väntar")


async def test_nobody_vouches_for_themself_and_no_stranger_does(pinned: Story) -> None:
    await answers_from(pinned, NEW_PHONE)

    await pinned.says("lindo.SAK", f"!intyga {PER}", where="direct")
    await pinned.says("ekviken.TIB", f"!intyga {PER}", where="direct")

    assert "Du är ingen av dem just nu." in pinned.told_last("lindo.SAK")
    assert pinned.told_last("ekviken.TIB").startswith("Det här är inte gjort:")
    assert "Biträder:" not in proposal(pinned)


async def test_nobody_vouches_for_themself_even_from_the_old_device(pinned: Story) -> None:
    await answers_from(pinned, NEW_PHONE)
    pinned.proofs[PER] = PHONE

    await pinned.says("ekviken.TIB", f"!intyga {PER}", where="direct")

    assert pinned.told_last("ekviken.TIB").startswith("Ingen intygar för sig själv.")


async def test_an_answer_that_waited_too_long_is_told_so(pinned: Story) -> None:
    await answers_from(pinned, NEW_PHONE)
    await pinned.passes(minutes=45)

    await pinned.says("lst.TIB", f"!intyga {PER}", where="direct")

    assert "Biträder: Ekvikens" not in proposal(pinned)
    assert pinned.told_last("ekviken.TIB").startswith("OV-2026-001 ")


async def test_a_tap_waits_too_while_the_identity_is_in_doubt(pinned: Story) -> None:
    await pinned.says("lst.TIB", "!kalla VSK 09:00 Läget")
    await answers_from(pinned, NEW_PHONE)

    await pinned.taps("ekviken.TIB", "✅", to="Kallelse KA-")
    before = [each.what for each in await the_log(pinned)]
    await pinned.says("lst.TIB", f"!intyga {PER}", where="direct")
    after = [each.what for each in await the_log(pinned)]

    assert "call.acknowledged" not in before
    assert after.count("call.acknowledged") == 1


async def test_who_only_reads_is_never_held(pinned: Story) -> None:
    await answers_from(pinned, NEW_PHONE)

    await pinned.says("ekviken.TIB", "!hjälp", where="direct")

    assert not pinned.told_last("ekviken.TIB").startswith(WAITS)


async def test_who_has_only_read_under_a_new_identity_is_told_of_when_they_answer(
    pinned: Story,
) -> None:
    pinned.proofs[PER] = NEW_PHONE
    await pinned.says("ekviken.TIB", "!vem", where="direct")
    before = pinned.told(OPERATOR)

    await answers_from(pinned, NEW_PHONE)

    assert before == []
    assert "har fått en ny identitet i Matrix" in pinned.told_last(OPERATOR)
    assert "har fått en ny identitet i Matrix" in pinned.told_last("lst.TIB")


async def test_what_begins_something_is_not_held_but_asked_for_again(pinned: Story) -> None:
    pinned.proofs[PER] = NEW_PHONE

    await pinned.says("ekviken.TIB", '!förslag VSK tid "Bron öppnas." varför="klart"')

    assert pinned.said_last().startswith("Det här är inte gjort:")
    assert '!förslag VSK tid "Bron öppnas." varför="klart"' in pinned.said_last()


async def test_what_came_under_a_third_identity_is_let_go(pinned: Story) -> None:
    await answers_from(pinned, NEW_PHONE, "disagrees")
    await answers_from(pinned, replace(NEW_PHONE, identity="a third identity"))

    await pinned.says("lst.TIB", f"!intyga {PER}", where="direct")

    assert "Biträder: Ekvikens kommun." in proposal(pinned)
    async with pinned.store.read() as session:
        pin = await identities.get(session, PER)
        assert pin is not None
        assert pin.master == "a third identity"
        assert await identities.held(session, PER) == []


async def test_help_shows_a_chair_whom_they_may_vouch_for(pinned: Story) -> None:
    await answers_from(pinned, NEW_PHONE)

    await pinned.says("lst.TIB", "!hjälp", where="direct")
    await pinned.says("lindo.SAK", "!hjälp", where="direct")

    assert f"!intyga {PER}" in pinned.told_last("lst.TIB")
    assert "intyga" not in pinned.told_last("lindo.SAK")


async def test_where_rooms_are_open_a_pinned_person_counts_on_the_homeservers_word(
    story: Story,
) -> None:
    await story.says("lst.TIB", PROPOSAL)
    story.proofs[PER] = PHONE
    await story.says("ekviken.TIB", "!vem")
    del story.proofs[PER]

    await story.chooses("ekviken.TIB", "agrees", on="OV-2026-001")

    assert "Biträder: Ekvikens kommun." in proposal(story)
