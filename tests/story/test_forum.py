"""`forum`: what the law says of a forum."""

from __future__ import annotations

from tests.story.story import Story


async def test_it_tells_what_the_forum_is_for_and_when_it_meets(story: Story) -> None:
    await story.says("lst.TIB", "!forum")

    assert story.said_last().splitlines() == [
        "Ordinarie samverkanskonferens (VSK), Verkställande",
        "Veckans lägesbild, informationsdelning och behov av samverkan.",
        "Nästa möte: torsdag 15 oktober kl. 09.00.",
        (
            "Ordförande: Tjänsteperson i beredskap, Länsstyrelsen Mälarvik."
            " Vice: Regional samverkanskoordinator i beredskap, Samordningskansliet."
            " Sekreterare: Lägesbildsansvarig, Länsstyrelsen Mälarvik."
        ),
        "Får kalla: Tjänsteperson i beredskap, Länsstyrelsen Mälarvik.",
        "Rapporterar till: Regionala samordningsgruppen (RSG).",
        "Informationsklass, högst: Endast deltagande aktörer.",
        (
            "Inte myndigheter: SOS Alarm Mälarvik, Mälarviks Hamnar AB, Ulvnäs flygplats,"
            " Mälarviks Vatten AB och Mälarviks Elnät AB."
        ),
        "Vilka som sitter här: !vem VSK",
    ]


async def test_a_forum_without_a_rhythm_meets_when_it_is_called(story: Story) -> None:
    await story.says("lst.TIB", "!forum BM")

    assert "Nästa möte: när någon kallar." in story.said_last()
    assert "Platserna kommer från Regionala chefsgruppen" in story.said_last()


async def test_the_language_of_the_question_is_not_taken_from_a_word_both_have(
    story: Story,
) -> None:
    await story.says("lst.TIB", "forum RSG", "direct")

    assert story.told_last("lst.TIB").startswith("Regionala samordningsgruppen (RSG)")
