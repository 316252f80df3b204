"""People the law does not know are told and shown, not thrown out; who left is asked once."""

from __future__ import annotations

from bot.domain.incoming import Moved
from bot.domain.model import Room
from bot.store import holdings, kept, rooms
from tests.story.story import BOT, Story, mxid_of

GUEST = "@otto:elsewhere.example"


async def test_a_guest_and_the_chair_are_told_once(story: Story) -> None:
    await story.moves(GUEST, "join")
    await story.moves(GUEST, "leave")
    await story.moves(GUEST, "join")

    (told,) = story.told(GUEST)
    (seen,) = story.told("lst.TIB")
    assert told.startswith(
        "Du har gått in i Ordinarie samverkanskonferens (VSK), men har ingen funktion där just nu."
    )
    assert seen.startswith(
        "@otto:elsewhere.example har gått in i Ordinarie samverkanskonferens (VSK)"
    )


async def test_holders_and_deputies_come_in_without_a_word(story: Story) -> None:
    await story.moves("pol.VB", "join")
    await story.moves("pol.VB/2", "join")

    assert story.told("pol.VB") == story.told("pol.VB/2") == story.told("lst.TIB") == []


async def test_the_bots_own_accounts_are_no_guests(story: Story) -> None:
    async with story.store.begin() as session:
        await kept.put(session, "accounts.own", f"{BOT} @standby:malarvik.example")

    await story.moves("@standby:malarvik.example", "join")

    assert story.told("lst.TIB") == []


async def test_who_left_by_choice_is_asked_once(story: Story) -> None:
    await story.moves("pol.VB", "join")
    await story.moves("pol.VB", "leave")
    await story.passes(days=3)

    (asked,) = story.told("pol.VB")
    assert asked.startswith("Vill du komma tillbaka till Ordinarie samverkanskonferens (VSK)?")


async def test_a_deputy_who_leaves_is_not_asked(story: Story) -> None:
    await story.moves("pol.VB/2", "join")
    await story.moves("pol.VB/2", "leave")

    assert story.told("pol.VB/2") == []


async def test_who_was_taken_out_is_not_asked(story: Story) -> None:
    await story.moves("pol.VB", "join")
    await story.moves("pol.VB", "leave", by=BOT)

    assert story.told("pol.VB") == []


async def test_who_comes_into_the_space_from_another_homeserver_is_shown_their_rooms_once(
    story: Story,
) -> None:
    async with story.store.begin() as session:
        await kept.put(session, "accounts.own", BOT)
        space = Room(key="space", room_id="!space", made_at=story.clock.now())
        await rooms.remember(session, space)
        for held in await holdings.holders(session, "pol.VB", story.clock.now()):
            held.mxid = held.mxid.replace("malarvik", "pol")
    ada = "@pol.vb-1:pol.example"

    for membership in ("join", "leave", "join"):
        head = (f"$space-{membership}-{story.clock.now()}", "!space", ada, story.clock.now())
        await story.hears(Moved(*head, mxid=ada, membership=membership, by_us=False))

    (shown,) = story.told(ada)
    assert shown.startswith("Du hör hemma i de här")
    assert (
        "TiB-gruppen (första kontakt) (https://matrix.to/#/!forum:TIBG?via=malarvik.example)"
        in shown
    )


async def test_who_lives_where_the_rooms_are_is_invited_and_not_shown_the_way(
    story: Story,
) -> None:
    async with story.store.begin() as session:
        await kept.put(session, "accounts.own", BOT)
        space = Room(key="space", room_id="!space", made_at=story.clock.now())
        await rooms.remember(session, space)
    mxid = mxid_of("pol.VB")

    head = ("$space", "!space", mxid, story.clock.now())
    await story.hears(Moved(*head, mxid=mxid, membership="join", by_us=False))

    assert story.told("pol.VB") == []
