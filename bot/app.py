"""Where everybody meets: the only module that knows every room, and starts them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.account import Account, open_account, open_memory
from bot.clock.bell import Bell
from bot.clock.wall import Clock, WallClock
from bot.dispatch.catalogue import Catalogue
from bot.dispatch.desk import Desk
from bot.dispatch.menu import menus
from bot.dispatch.origin import Trust
from bot.dispatch.post import Post
from bot.dispatch.ringing import ring_due
from bot.domain.answer import Facts
from bot.domain.menus import Offer
from bot.domain.region import Region
from bot.domain.rooms import RoomSettings, Say, WantedRoom, topics, wanted_rooms
from bot.house import House, Watch
from bot.matrix.attachments import Attachments
from bot.matrix.awakenings import Awakenings
from bot.matrix.courier import Courier, Delivery
from bot.matrix.directs import Directs
from bot.matrix.doorman import Doorman
from bot.matrix.ears import Batch, Ears
from bot.matrix.inspection import Inspection
from bot.matrix.key_requests import KeyRequests
from bot.matrix.line import Line, has_moves, sealings
from bot.matrix.manners import Manners
from bot.matrix.marks import Marks
from bot.matrix.menus import MenuKeeper
from bot.matrix.openings import Openings
from bot.matrix.profile import Profile
from bot.matrix.reach import Reach
from bot.matrix.reconciler import Reconciler
from bot.matrix.rooms import Builder, Wanting
from bot.outfit import PAPER, phrasebook, room_settings, sources, ways_of
from bot.press.press import Press
from bot.rosters.calendars import Calendars
from bot.store import deadlines, incidents, law
from bot.store.engine import Store
from bot.ways.carrier import Carrier
from config.region import load_region
from config.settings import Settings


@asynccontextmanager
async def open_house(
    settings: Settings,
    clock: Clock | None = None,
    watch: Watch | None = None,
    *,
    armed: bool = True,
) -> AsyncIterator[House]:
    """Put the house together for those settings, alone acting on their database.

    `armed` False leaves what the law wants rung to a later `arm`. Raise what the law, the
    database and the homeserver have to say against it.
    """
    clock, watch = clock or WallClock(), watch or Watch()
    region = load_region(settings.region, clock.now().date())
    async with open_memory(settings) as store, open_account(settings, store) as account:
        await account.identity.settle()
        house = _assemble(settings, region, clock, watch, store, account)
        if armed:
            await house.arm()
        yield house


def _wanting(region: Region, settings: RoomSettings, say: Say, menu: tuple[Offer, ...]) -> Wanting:
    """Tell which rooms are wanted at the time when somebody looks."""

    async def wanted(session: AsyncSession) -> Sequence[WantedRoom]:
        awake = await incidents.awake(session)
        return wanted_rooms(await law.seen(session, region), settings, say, menu, awake)

    return wanted


def _each(*calls: Callable[[], None]) -> None:
    """Call each in its turn."""
    for call in calls:
        call()


def _assemble(  # noqa: PLR0913, PLR0917 - the one place where all parts meet
    settings: Settings,
    region: Region,
    clock: Clock,
    watch: Watch,
    store: Store,
    account: Account,
) -> House:
    words = phrasebook(settings, region)
    me, wire, keyring = account.session.user_id, account.wire, account.keyring

    def say(name: str, facts: Facts) -> str:
        return words.line(name, facts, region.language, now=clock.now())

    post = Post(words, region.language, tuple(settings.operators))
    desk = Desk(region, Catalogue.discover(), post, Trust(settings.encrypted, settings.taps))
    offered = menus(desk.catalogue.commands(), words, region, say)
    directs = Directs(
        store, wire, me, region.code, settings.encrypted, clock.now, settings.display_name,
        menu=offered.direct,
    )  # fmt: skip
    manners, menu_keeper = Manners(wire, me), MenuKeeper(wire, store, me, offered)
    press = Press([*(folder / "press" for folder in settings.text_dirs), PAPER])

    def delivered(delivery: Delivery) -> None:
        manners.said(delivery.room_id, delivery.letter.content.get("reply_to"))
        watch.delivered(delivery)

    courier = Courier(
        store, wire, keyring, directs, clock.now, delivered,
        troubled=lambda: bell.wake(),  # noqa: PLW0108 - the bell is hung up further down
        files=Attachments(wire, partial(press.letter, region.name)),
    )  # fmt: skip
    carrier = Carrier(
        store, ways_of(settings, clock), clock.now,
        changed=lambda: bell.wake(),  # noqa: PLW0108 - as above
    )  # fmt: skip
    doorman = Doorman(store, wire, directs, post, region.name, say, clock.now, courier.wake)
    rooms_wanted = room_settings(settings)
    reconciler = Reconciler(wire, store, region, rooms_wanted, say, clock.now)
    wanted = _wanting(region, rooms_wanted, say, offered.forum)
    builder, opener = Builder(wire, store, wanted), Builder(wire, store, wanted)
    awakenings = Awakenings(wire, store, partial(topics, region, say))
    openings = Openings(opener, store, clock.now, (courier.wake, reconciler.wake))

    async def next_due() -> datetime | None:
        async with store.read() as reading:
            return await deadlines.next_due(reading)

    async def ring() -> None:
        await line.caught_up.wait()  # an answer given in time may lie with the server still
        if await ring_due(store, desk, clock.now()):
            _each(
                courier.wake, carrier.wake, reconciler.wake, requests.wake, reach.wake,
                openings.wake, calendars.wake, awakenings.wake,
            )  # fmt: skip

    requests, bell = KeyRequests(store, wire, keyring), Bell(clock, next_due, ring)
    reach = Reach(store, wire, keyring, me, clock.now, bell.wake, reconciler.returned)
    calendars = Calendars(
        store, region, sources(settings), settings.calendar_minutes, clock.now, bell.wake
    )

    def kept_batch(batch: Batch, sync: Mapping[str, Any]) -> None:
        if not batch.only_echoes:
            _each(
                courier.wake, carrier.wake, bell.wake, reach.wake, openings.wake,
                awakenings.wake,
            )  # fmt: skip
        for sealed in sealings(batch):
            courier.sealed(sealed)
        doorman.hear(batch)
        if has_moves(batch):
            reconciler.wake()
        menu_keeper.hear(batch)
        watch.heard(sync)

    ears = Ears(me, (me.partition(":")[0].lstrip("@"), directs.name), keyring, WallClock().now)
    line = Line(
        wire, keyring, ears, store, desk, directs, clock.now, kept_batch, account.identity,
        manners.heard,
    )  # fmt: skip
    graces = (
        manners,
        Marks(store, wire, directs),
        Profile(store, wire, me, settings.display_name, press.portrait),
        menu_keeper,
        awakenings,
    )
    inspection = Inspection(builder, store, clock.now, bell.wake)
    return House(
        region, clock, store, wire, words, desk, courier, carrier, reconciler, builder, line,
        doorman, bell, requests, reach, graces, inspection, openings, calendars,
    )  # fmt: skip
