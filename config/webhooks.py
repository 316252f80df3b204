"""The webhooks that the law names: where each is, and the secret shared with it.

A file of its own, since both are secrets: `NAME: {url: …, secret: …}`. It is read anew each time,
so that a secret can be renewed while the bot runs. What is in it never stands in an error.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from config.settings import URL
from config.yaml_tree import NotYaml, read_tree


class Webhook(NamedTuple):
    """An address and the secret with which what goes there is signed."""

    url: str
    secret: str


def webhook(file: Path | None, name: str) -> Webhook | None:
    """Find a webhook by its name; None if there is none, or the file cannot be used (now)."""
    if file is None:
        return None
    try:
        written = read_tree(file).root.get(name)
    except (OSError, NotYaml):
        return None
    if not isinstance(written, dict):
        return None
    url, secret = written.get("url"), written.get("secret")
    if not isinstance(url, str) or not re.match(URL, url):
        return None
    return Webhook(url, secret) if isinstance(secret, str) and secret else None
