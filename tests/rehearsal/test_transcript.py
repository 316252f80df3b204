"""A play to read: whole, and harmless whatever was typed in it."""

from __future__ import annotations

import json
import re
from typing import Any

from bot.rehearsal.transcript import markdown, page

NASTY = "</script><script>alert(1)</script>\u2028 <!-- "


def data(words: str) -> dict[str, Any]:
    return {
        "scenario": "Ett prov", "region": "Mälarviks län", "language": "sv", "start": "",
        "bot": "@bot:x", "passed": 1, "failed": 1, "happenings": [],
        "people": {
            "@a:x": {"name": "Amira Holm", "function": "TiB", "organisation": "Länsstyrelsen"},
        },
        "rooms": [
            {"room_id": "!r", "name": "Konferensen", "group": "", "forum": "VSK", "person": ""},
        ],
        "messages": [
            {
                "id": "$1", "room": "!r", "sender": "@a:x", "kind": "words", "call": False,
                "at": "2026-10-14T09:00:00+02:00", "mentions": [], "reply_to": None,
                "subject": None,
                "versions": [{"at": "2026-10-14T09:00:00+02:00", "plain": words, "html": None}],
                "choices": [], "votes": {}, "closed": None, "reactions": {},
            }
        ],
        "verdicts": [
            {"at": "2026-10-14T09:00:00+02:00", "line": 4, "what": "VSK says /x/", "ok": True,
             "instead": "", "message": "$1"},
            {"at": "2026-10-14T09:01:00+02:00", "line": 5, "what": "VSK says /y/", "ok": False,
             "instead": "nothing at all", "message": None},
        ],
    }  # fmt: skip


def test_the_page_holds_the_play_whole_and_what_was_typed_stays_data() -> None:
    html = page(data(NASTY))

    found = re.search(r'<script type="application/json" id="play">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    assert json.loads(found[1])["messages"][0]["versions"][0]["plain"] == NASTY
    assert "alert(1)</script>" not in html


def test_the_page_asks_no_network_for_anything() -> None:
    html = page(data("hej"))

    assert "default-src 'none'" in html
    assert not re.search(r"(?:src|href)=[\"']?https?:", html)


def test_the_markdown_says_who_said_what_and_what_held() -> None:
    text = "\n".join(markdown(data("hej")))

    assert "**2026-10-14 09:00 Amira Holm, TiB, Länsstyrelsen**" in text
    assert "> hej" in text
    assert "- 2026-10-14 09:00 `VSK says /x/`: ok" in text
    assert "**NOT ok**, instead: nothing at all" in text
