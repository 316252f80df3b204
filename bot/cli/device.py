"""`renew-device`: another device for the bot, when the keys of its own are lost or an old copy."""

from __future__ import annotations

from bot.account import renew_device as renew
from bot.cli.common import SettingsFile, carry_out, settings_from
from bot.cli.told import out


def renew_device(settings: SettingsFile = None) -> None:
    """Go on as a new device, with the password. The same bot to everybody; the history stays."""
    read = settings_from(settings)
    left = carry_out(renew(read), read)
    what = f"; left behind: {', '.join(left)}" if left else ""
    out.print(f"The bot has a new device{what}. Next: samverkan run", markup=False)
