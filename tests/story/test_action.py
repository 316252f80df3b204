"""What somebody has taken on: shown until it is done, late or handed back."""

from __future__ import annotations

from bot.store import log
from tests.story.story import Story, mxid_of

OWNER = "vatten.JOUR"
LINE = '!åtgärd "tank vid Lunden" senast=17.30'


async def test_the_line_of_scenario_a_works_word_for_word(story: Story) -> None:
    await story.to("2026-10-14T15:22")

    await story.says(OWNER, '!åtgärd BE-2026-118 "tank vid Lunden" senast=17.30')

    assert story.said_last() == (
        "AT-2026-001 åtagen av Mälarviks Vatten AB (Driftjour), klar senast kl. 17.30.\n"
        "”tank vid Lunden” Gäller BE-2026-118."
    )


async def test_what_is_done_is_said_once_and_shown_where_it_stood(story: Story) -> None:
    await story.says(OWNER, LINE)
    await story.passes(hours=2)

    await story.says(OWNER, "klar", to="AT-2026-001 åtagen")

    assert story.said() == [
        "AT-2026-001 klar kl. 10.00: Mälarviks Vatten AB (Driftjour).\n”tank vid Lunden”",
        "AT-2026-001 klar, säger Mälarviks Vatten AB (Driftjour): ”tank vid Lunden”",
    ]


async def test_what_is_late_is_asked_of_its_owner_and_told_the_room_once(story: Story) -> None:
    await story.says(OWNER, LINE)

    await story.to("2026-10-12T20:00")

    assert story.told(OWNER) == [
        (
            "Är AT-2026-001 klar? Den skulle vara det kl. 17.30: ”tank vid Lunden”\n"
            'Ja: !klar AT-2026-001. Går det inte: !återlämna AT-2026-001 "varför". '
            "Tills dess står den som försenad i Ordinarie samverkanskonferens."
        )
    ]
    assert story.said() == [
        (
            "AT-2026-001 försenad. Åtagen av Mälarviks Vatten AB (Driftjour), "
            "skulle vara klar kl. 17.30.\n”tank vid Lunden”"
        ),
        (
            "AT-2026-001 är försenad. Mälarviks Vatten AB (Driftjour) skulle ha den klar "
            "kl. 17.30: ”tank vid Lunden”"
        ),
    ]


async def test_what_is_late_can_still_be_done_from_the_direct_room(story: Story) -> None:
    await story.says(OWNER, LINE)
    await story.to("2026-10-12T18:00")

    await story.says(OWNER, "klar AT-2026-001", "direct")

    assert story.told_last(OWNER) == (
        "AT-2026-001 är klar. Ordinarie samverkanskonferens har fått veta det."
    )
    assert story.said_last().startswith("AT-2026-001 klar, säger Mälarviks Vatten AB")


async def test_what_is_handed_back_has_no_owner(story: Story) -> None:
    await story.says(OWNER, LINE)

    await story.says(f"{OWNER}/2", '!återlämna AT-1 "tanken behövs på sjukhuset"')

    assert story.said_last() == (
        "AT-2026-001 är återlämnad och har ingen ägare: ”tank vid Lunden”\n"
        "Mälarviks Vatten AB (Driftjour): ”tanken behövs på sjukhuset”"
    )


async def test_nobody_ends_anothers_action(story: Story) -> None:
    await story.says(OWNER, LINE)

    await story.says("lst.TIB", "!klar AT-2026-001")

    assert story.said_last() == (
        "AT-2026-001 är inte din: bara den som har åtagit sig den säger när den är klar "
        "eller lämnar den åter.\n- Driftjour, Mälarviks Vatten AB: vatten.JOUR 1"
    )


async def test_an_action_without_a_time_is_answered_with_the_command_filled_in(
    story: Story,
) -> None:
    await story.says(OWNER, '!åtgärd "tank vid Lunden"')

    assert story.said_last() == (
        "När ska den vara klar? Skriv så här, med tiden i:\n"
        '!åtgärd VSK "tank vid Lunden" senast=15.30'
    )


async def test_who_has_no_seat_takes_nothing_on_there(story: Story) -> None:
    await story.says("ekviken.KD", LINE)

    assert story.said_last().startswith("Du har ingen plats i Ordinarie samverkanskonferens")


async def test_an_agreement_says_which_forum_it_belongs_to(story: Story) -> None:
    await story.says("lst.TIB", '!förslag tid "Bron stängs." varför="arbete" berörda=vag')

    await story.says("vag.VTL", "åtgärd OV-2026-001 skyltar på 255 senast=12.00", "direct")

    assert "”skyltar på 255” Gäller OV-2026-001." in story.find("^AT-2026-001", "VSK").body
    assert story.told_last("vag.VTL") == (
        "AT-2026-001 står nu i Ordinarie samverkanskonferens, klar senast kl. 12.00.\n"
        'När den är klar: !klar AT-2026-001. Går det inte: !återlämna AT-2026-001 "varför".'
    )


async def test_the_open_ones_are_listed_first_due_first(story: Story) -> None:
    await story.says(OWNER, LINE)
    await story.says("pol.VB", "!action close the right lane by=09.00")
    await story.says("lst.TIB", '!åtgärd "ring" senast=16.00')
    await story.says("lst.TIB", "!klar AT-3")
    await story.passes(hours=2)

    await story.says("lst.TIB", "åtgärder VSK", "direct")

    assert story.told_last("lst.TIB") == (
        "Öppna åtgärder, Ordinarie samverkanskonferens\n"
        "- AT-2026-002 Polisregion Mälarvik (Vakthavande befäl): ”close the right lane” "
        "Försenad, skulle vara klar kl. 09.00.\n"
        "- AT-2026-001 Mälarviks Vatten AB (Driftjour): ”tank vid Lunden” Klar senast kl. 17.30."
    )


async def test_all_of_it_is_logged(story: Story) -> None:
    await story.says(OWNER, LINE)
    await story.to("2026-10-12T18:00")
    await story.says(OWNER, "!klar AT-2026-001")

    async with story.store.read() as session:
        entries = await log.since(session, 0)
        assert await log.verify(session) is None
    ours = [entry for entry in entries if entry.subject == "AT-2026-001"]
    assert [entry.what for entry in ours] == ["action.taken_on", "action.late", "action.done"]
    assert ours[0].mxid == mxid_of(OWNER)
