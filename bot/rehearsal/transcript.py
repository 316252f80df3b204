"""A play to read: as Markdown, or as a page that looks like a chat and needs no network."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import config

PAGE = Path(config.__file__).parent / "press" / "play.html"
SLOT = "/*PLAY*/"
"""Stands in the page where the play's data goes."""


def write_transcript(data: Mapping[str, Any], file: Path) -> None:
    """Write the play, as a page if the name ends in .html, else as Markdown."""
    text = page(data) if file.suffix.lower() in {".html", ".htm"} else "\n".join(markdown(data))
    file.write_text(text, encoding="utf-8")


def page(data: Mapping[str, Any]) -> str:
    """Put the play into the page. What was typed stays data: it cannot end the script."""
    told = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    harmless = (
        told.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    )
    return PAGE.read_text(encoding="utf-8").replace(SLOT, harmless)


def markdown(data: Mapping[str, Any]) -> Iterator[str]:
    """Go through the lines of the play, room by room."""
    yield f"# {data['scenario']}"
    yield ""
    yield f"{data['region']}. {data['passed']} passed, {data['failed']} failed."
    for room in data["rooms"]:
        yield from ("", f"## {room['name']}", "")
        for message in data["messages"]:
            if message["room"] == room["room_id"]:
                yield from _message(message, data["people"])
    yield from ("", "## Expectations", "")
    for verdict in data["verdicts"]:
        word = "ok" if verdict["ok"] else f"**NOT ok**, instead: {_quoted(verdict['instead'])}"
        yield f"- {_clock(verdict['at'])} `{verdict['what']}`: {word}"
    yield ""


def _message(message: Mapping[str, Any], people: Mapping[str, Any]) -> Iterator[str]:
    who = people[message["sender"]]
    title = f", {who['function']}, {who['organisation']}" if who["function"] else ""
    yield f"**{_clock(message['at'])} {who['name']}{title}**"
    yield ""
    for line in message["versions"][-1]["plain"].splitlines():
        yield f"> {line}"
    for _, choice in message["choices"]:
        yield f"> - {choice}"
    if len(message["versions"]) > 1:
        yield f"> (edited {_clock(message['versions'][-1]['at'])})"
    for key, them in message["reactions"].items():
        yield f"> {key} {', '.join(people[mxid]['name'] for mxid in them)}"
    for mxid, chosen in message["votes"].items():
        yield f"> {people[mxid]['name']}: {dict(message['choices']).get(chosen, chosen)}"
    yield ""


def _clock(moment: str) -> str:
    return f"{datetime.fromisoformat(moment):%Y-%m-%d %H:%M}"


def _quoted(words: str) -> str:
    return " / ".join(words.splitlines())
