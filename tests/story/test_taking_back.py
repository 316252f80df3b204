"""What one taps by mistake can be taken back: what is taken back, by whom, and until when."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.domain.incoming import Voted
from bot.domain.model import Holding
from bot.store import holdings, log
from tests.story.story import Story, mxid_of

SHORT = '!förslag tid "Bron stängs 22." varför="arbete" berörda=lindo,ekviken'
ID = "OV-2026-001"
AGAIN = (
    f"\nSvara så här: !ståndpunkt {ID} 1 biträder, 2 med förbehåll, 3 måste förankras, "
    "4 biträder inte, 5 berörs inte."
)
SILENT = "\nEkvikens kommun står nu utan svar, och det räknas inte som ja." + AGAIN


async def proposed(story: Story) -> None:
    await story.says("lst.TIB", SHORT)


def proposal(story: Story) -> str:
    return story.find(rf"^{ID} (prövas|är avslutad)", "VSK").body


async def whats(story: Story) -> list[str]:
    async with story.store.read() as session:
        assert await log.verify(session) is None
        return [entry.what for entry in await log.since(session, 0)]


async def test_a_vote_that_is_removed_is_taken_back(story: Story) -> None:
    await proposed(story)
    vote = await story.chooses("ekviken.TIB", "agrees")

    await story.takes_back("ekviken.TIB", vote)

    assert proposal(story).endswith("Berörda: Ekvikens kommun, Lindö kommun.")
    assert story.told_last("ekviken.TIB") == (
        f"{ID}: svaret från Ekvikens kommun (biträder) är tillbakataget, eftersom du tog bort det."
        + SILENT
    )
    assert (await whats(story))[-2:] == ["position.given", "position.taken_back"]


async def test_what_is_removed_reverts_to_what_was_said_before(story: Story) -> None:
    await proposed(story)
    await story.says("ekviken.TIB", "4")
    vote = await story.chooses("ekviken.TIB", "agrees")

    await story.takes_back("ekviken.TIB", vote)

    assert "Biträder inte: Ekvikens kommun." in proposal(story)
    assert "\nNu gäller för Ekvikens kommun: biträder inte." in story.told_last("ekviken.TIB")


async def test_what_is_removed_twice_is_taken_back_once(story: Story) -> None:
    await proposed(story)
    vote = await story.chooses("ekviken.TIB", "agrees")

    await story.takes_back("ekviken.TIB", vote)
    await story.takes_back("ekviken.TIB", vote)

    assert (await whats(story)).count("position.taken_back") == 1


@pytest.mark.parametrize("digit", ["1️⃣", "1⃣", "1"])
async def test_a_digit_put_on_a_proposal_is_a_position_and_so_is_taking_it_off(
    story: Story, digit: str
) -> None:
    await proposed(story)

    tap = await story.taps("ekviken.TIB", digit, to=f"{ID} prövas")
    then = proposal(story)
    await story.takes_back("ekviken.TIB", tap)

    assert "Biträder: Ekvikens kommun." in then
    assert proposal(story).endswith("Berörda: Ekvikens kommun, Lindö kommun.")


@pytest.mark.parametrize(
    ("digit", "line"),
    [("2️⃣", "Med förbehåll"), ("4️⃣", "Biträder inte"), ("5️⃣", "Berörs inte")],
)
async def test_every_digit_has_its_position(story: Story, digit: str, line: str) -> None:
    await proposed(story)

    await story.taps("ekviken.TIB", digit, to=f"{ID} prövas")

    assert f"{line}: Ekvikens kommun." in proposal(story)


async def test_a_digit_from_an_emoji_keyboard_may_be_written_too(story: Story) -> None:
    await proposed(story)

    await story.says("ekviken.TIB", "1️⃣", to=f"{ID} prövas")

    assert "Biträder: Ekvikens kommun." in proposal(story)


async def test_a_removed_message_takes_its_answer_back(story: Story) -> None:
    await proposed(story)
    said = await story.says("ekviken.TIB", "1")

    await story.takes_back("ekviken.TIB", said)

    assert proposal(story).endswith("Berörda: Ekvikens kommun, Lindö kommun.")


async def test_an_emptied_poll_takes_the_answer_back_whatever_way_it_was_given(
    story: Story,
) -> None:
    await proposed(story)
    await story.says("ekviken.TIB", "1")

    await story.chooses("ekviken.TIB", ())

    assert proposal(story).endswith("Berörda: Ekvikens kommun, Lindö kommun.")
    assert story.told_last("ekviken.TIB") == (
        f"{ID}: svaret från Ekvikens kommun (biträder) är tillbakataget." + SILENT
    )


async def test_a_zero_with_the_verb_takes_the_answer_back(story: Story) -> None:
    await proposed(story)
    await story.chooses("ekviken.TIB", "agrees")

    await story.says("ekviken.TIB", f"ståndpunkt {ID} 0", "direct")
    told = story.told_last("ekviken.TIB")
    await story.says("ekviken.TIB", f"/position {ID} 0", "direct")

    assert told == f"{ID}: svaret från Ekvikens kommun (biträder) är tillbakataget." + SILENT
    assert story.told_last("ekviken.TIB").startswith(f"You have no answer on {ID} to take back.")


async def test_a_ballot_nobody_can_read_spoils_what_was_chosen_before(story: Story) -> None:
    await proposed(story)
    await story.chooses("ekviken.TIB", "agrees")

    await story.chooses("ekviken.TIB", ("agrees", "kanske"))

    assert proposal(story).endswith("Berörda: Ekvikens kommun, Lindö kommun.")
    assert story.told_last("ekviken.TIB") == (
        f"{ID}: formuläret gick inte att läsa, så det räknas inte. "
        "Det tidigare svaret (biträder) räknas inte heller." + SILENT
    )
    assert (await whats(story))[-1] == "position.spoiled"


async def test_more_than_one_choice_counts_as_the_first(story: Story) -> None:
    await proposed(story)

    await story.chooses("ekviken.TIB", ("disagrees", "agrees", "disagrees"))

    assert "Biträder inte: Ekvikens kommun." in proposal(story)


async def test_words_in_place_of_an_answers_key_are_no_reservation(story: Story) -> None:
    await proposed(story)

    await story.chooses("ekviken.TIB", '2 "till 22"')

    assert "förbehåll:" not in proposal(story)
    assert (await whats(story))[-1] == "position.spoiled"


async def test_a_moderator_takes_no_seats_answer_back(story: Story) -> None:
    await proposed(story)
    vote = await story.chooses("ekviken.TIB", "agrees")

    await story.takes_back("lst.TIB", vote)

    assert "Biträder: Ekvikens kommun." in proposal(story)
    assert story.said_last() == (
        f"{ID}: någon annan har tagit bort meddelandet där Ekvikens kommun svarade. "
        "Svaret (biträder) gäller ändå: bara den som svarade tar tillbaka det.\n"
        f"Ska det ändras: !ståndpunkt {ID} 4. Ska det tas tillbaka: !ståndpunkt {ID} 0."
    )
    assert story.mentioned_last() == [mxid_of("ekviken.TIB")]
    assert (await whats(story))[-1] == "position.hidden"


async def test_after_the_close_an_answer_stands_though_it_is_removed(story: Story) -> None:
    await proposed(story)
    vote = await story.chooses("ekviken.TIB", "agrees")
    await story.passes(minutes=31)
    before = story.said()

    await story.takes_back("ekviken.TIB", vote)

    assert story.said() == before
    assert story.told_last("ekviken.TIB") == (
        f"{ID} avslutades kl. 08.30. Du har tagit bort svaret från Ekvikens kommun (biträder), "
        "men det står kvar.\nSka frågan upp igen: !förslag."
    )


async def test_who_no_longer_has_the_seat_takes_nothing_back(story: Story) -> None:
    await proposed(story)
    vote = await story.chooses("ekviken.TIB", "agrees")
    async with story.store.begin() as session:
        for held in await holdings.holders(session, "ekviken.TIB", story.clock.now()):
            held.ends = story.clock.now()
            session.add(held)
        session.add(
            Holding(
                function="ekviken.TIB", rank=1, mxid="@relief:x", name="Relief", source="story",
                starts=story.clock.now(),
            )
        )  # fmt: skip

    await story.takes_back("ekviken.TIB", vote)

    assert "Biträder: Ekvikens kommun." in proposal(story)
    assert story.told_last("ekviken.TIB").startswith(
        f"Du har tagit bort svaret från Ekvikens kommun om {ID} (biträder), men det står kvar: "
        "du svarar inte längre för Tjänsteperson i beredskap, Ekvikens kommun."
    )


async def test_who_asked_at_home_and_takes_it_back_is_not_asked_again(story: Story) -> None:
    await proposed(story)
    tap = await story.taps("ekviken.TIB", "3️⃣", to=f"{ID} prövas")

    await story.takes_back("ekviken.TIB", tap)
    await story.to("2026-10-13T12:01")

    assert not any("vad säger Ekvikens kommun" in told for told in story.told("ekviken.TIB"))
    assert "Inget svar: Ekvikens kommun, Lindö kommun." in story.said_last()


async def test_nobody_closes_a_proposal_by_closing_its_form(story: Story) -> None:
    await proposed(story)
    await story.chooses("lindo.SAK", "agrees")

    await story.ends_poll("pol.VB")
    await story.ends_poll("lst.TIB")
    said = story.said()
    await story.chooses("ekviken.TIB", "agrees")

    assert said[-1] == (
        f"{ID} är fortfarande öppen till kl. 08.30. Någon har stängt eller tagit bort formuläret, "
        "men det avslutar inte förslaget, och de svar som getts gäller.\n"
        f"Svara med ord: !ståndpunkt {ID} 1 biträder, 2 med förbehåll, 3 måste förankras, "
        "4 biträder inte, 5 berörs inte.\nVäntar på: Ekvikens kommun."
    )
    assert sum("fortfarande öppen" in each for each in said) == 1
    assert story.said_last().startswith(f"{ID} överenskommen.")


async def test_a_form_that_is_removed_closes_nothing_either(story: Story) -> None:
    await proposed(story)

    await story.takes_back("lst.TIB", story.find("", "VSK", kind="poll").event_id)

    assert story.said_last().startswith(f"{ID} är fortfarande öppen till kl. 08.30.")


@pytest.mark.parametrize(
    "claimed", [datetime(2020, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
)
async def test_late_is_late_whatever_time_the_vote_claims(story: Story, claimed: datetime) -> None:
    await proposed(story)
    poll = story.find("", "VSK", kind="poll").event_id
    agrees = (f"agreement:{ID}/agrees",)
    early = Voted("$early", "!forum:VSK", mxid_of("lindo.SAK"), claimed, poll, agrees)
    await story.hears(early)
    await story.passes(minutes=31)

    late = Voted("$late", "!forum:VSK", mxid_of("ekviken.TIB"), claimed, poll, agrees)
    await story.hears(late)

    assert story.told_last("ekviken.TIB").startswith(
        f"{ID} avslutades kl. 08.30. Ditt svar (biträder) står i loggen som sent och räknas inte."
    )
    assert "Biträder: Lindö kommun.\nInget svar: Ekvikens kommun." in story.said_last()
    assert (await whats(story))[-1] == "position.late"
