"""What the settings say, in the words of the rooms that need it."""

from __future__ import annotations

from pathlib import Path

from bot.clock.wall import Clock
from bot.domain.region import Region, WayKind
from bot.domain.rooms import RoomSettings
from bot.rosters.fetching import Source
from bot.text.phrasebook import Phrasebook
from bot.ways.mail import Mail, MailServer
from bot.ways.outcome import Way
from bot.ways.webhook import Hook, Webhooks
from config.settings import Settings
from config.webhooks import webhook

WORDS = Path(__file__).parent.parent / "config" / "text"
PAPER = WORDS.parent / "press"


def phrasebook(settings: Settings, region: Region) -> Phrasebook:
    """Open the words: the operator's own folders first, then the shipped ones."""
    return Phrasebook([*settings.text_dirs, WORDS], region)


def ways_of(settings: Settings, clock: Clock) -> dict[WayKind, Way]:
    """Give the ways beside Matrix that the settings know the addresses of."""

    def password() -> str | None:
        secret = settings.read_smtp_password()
        return secret.get_secret_value() if secret else None

    def hook(name: str) -> Hook | None:
        found = webhook(settings.webhooks_file, name)
        return Hook(*found) if found else None

    ways: dict[WayKind, Way] = {WayKind.WEBHOOK: Webhooks(hook, clock.now)}
    if settings.smtp_host and settings.smtp_sender:
        trust = str(settings.smtp_trust_file) if settings.smtp_trust_file else None
        ways[WayKind.EMAIL] = Mail(MailServer(
            settings.smtp_host, settings.smtp_port, settings.smtp_sender, settings.smtp_security,
            settings.smtp_user, password, trust,
        ))  # fmt: skip
    return ways


def room_settings(settings: Settings) -> RoomSettings:
    """Say what the operator wants of the rooms."""
    return RoomSettings(
        bot=settings.user_id,
        creators=tuple(settings.creators),
        encrypted=settings.encrypted,
        version=settings.room_version,
    )


def sources(settings: Settings) -> list[Source]:
    """List where the calendars of the settings are read."""
    return [
        Source(
            function=each.function,
            rank=each.rank,
            file=each.file,
            address=each.address.get_secret_value() if each.address else None,
            address_file=each.address_file,
        )
        for each in settings.calendars
    ]
