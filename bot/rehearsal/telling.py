"""Tells a play as it happens, on the terminal: who says what where, and what held."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.status import Status
from rich.text import Text

from bot.rehearsal.faces import Faces
from bot.rehearsal.judging import Verdict
from bot.rehearsal.record import Change, News
from bot.rehearsal.scene import Scene

MOST_LINES = 7  # of one message on the terminal
LONGEST_LINE = 240  # characters
WORTH_SAYING = 1.0  # seconds; a shorter wait is nobody's business


class Telling:
    """A play's voice. `quiet` leaves the verdicts only."""

    def __init__(self, console: Console, *, quiet: bool = False) -> None:
        self._console = console
        self._quiet = quiet
        self._status: Status | None = None
        self._faces: Faces | None = None
        self._day = ""
        self.happenings: list[tuple[datetime, str]] = []

    def begins(self, scene: Scene) -> None:
        """Learn who and where everybody is."""
        self._faces = Faces(scene)

    @contextmanager
    def waiting(self, what: str) -> Iterator[Callable[[str], None]]:
        """Show what is waited for, and how long it took if that was long.

        What is given can be called with how far it has come.
        """
        began = time.monotonic()

        def show(how_far: str) -> None:
            if self._status is not None:
                self._status.update(f"{escape(what)} … {escape(how_far)}")

        with self._console.status(f"{escape(what)} …") as status:
            self._status = status
            yield show
        self._status = None
        took = time.monotonic() - began
        if took >= WORTH_SAYING and not self._quiet:
            self._console.print(f"[dim]{escape(what)}: {took:.1f} s[/dim]", highlight=False)

    @contextmanager
    def playing(self) -> Iterator[None]:
        """Show, while a play goes on, which moment is being played."""
        with self._console.status("") as status:
            self._status = status
            yield
        self._status = None

    def tell(self, news: News) -> None:
        """Tell of a change in a room."""
        faces = self._faces
        if faces is None or self._quiet:
            return
        self._moment(faces, news.at)
        room = faces.short(news.message.room_id)
        who = faces.face(news.sender)
        if news.change is Change.REACTED:
            what = f"{news.what}  ({_first_line(news.message.plain)})"
        elif news.change is Change.VOTED:
            what = f"[{news.what}]  ({_first_line(news.message.plain)})"
        else:
            what = _shortened(_news_only(news))
        mark = {Change.EDITED: " (edited)", Change.CLOSED: " (poll closed)"}.get(news.change, "")
        title = f" {who.function}, {who.organisation}" if who.function else ""
        line = Text.assemble(
            (f"{self._clock(faces, news.at)} ", "cyan"),
            (f"{room} ", "magenta"),
            (who.name, "bold green" if who.function else "bold blue"),
            (f"{title}{mark}", "dim"),
        )
        self._console.print(line, soft_wrap=False)
        self._console.print(Padding(Text(what), (0, 0, 0, 7)), soft_wrap=False)

    def happened(self, at: datetime, what: str) -> None:
        """Tell what was done to a machine, or what nobody could do."""
        self.happenings.append((at, what))
        if self._faces is not None and not self._quiet:
            clock = self._clock(self._faces, at)
            self._console.print(Text.assemble((f"{clock} ", "cyan"), (f"*** {what}", "yellow")))

    def judged(self, verdict: Verdict) -> None:
        """Tell what was found of an expectation."""
        if self._faces is None:
            return
        clock = self._clock(self._faces, verdict.step.at)
        style, word = ("green", "ok    ") if verdict.ok else ("bold red", "NOT ok")
        line = Text.assemble((f"{clock} ", "cyan"), (word, style), f" {verdict.what}")
        self._console.print(line, soft_wrap=False)
        if not verdict.ok:
            script = self._faces.scene.script
            self._console.print(f"       {script.file.name}:{verdict.step.line}", highlight=False)
            self._console.print(
                Padding(Text(f"instead: {verdict.finding.instead}"), (0, 0, 0, 7)), soft_wrap=False
            )

    def ends(self, passed: int, failed: int) -> None:
        """Say how it went, alone on a line, last."""
        self._console.print(f"{passed} passed, {failed} failed", highlight=False)

    def _moment(self, faces: Faces, at: datetime) -> None:
        """Begin a new day, when it is one; keep the spinner's clock."""
        local = at.astimezone(faces.scene.script.region.timezone)
        day = f"{local:%A %d %B %Y}"
        if day != self._day:
            self._day = day
            self._console.rule(day)
        if self._status is not None:
            self._status.update(f"{local:%a %H:%M:%S}")

    def _clock(self, faces: Faces, at: datetime) -> str:
        return f"{at.astimezone(faces.scene.script.region.timezone):%H:%M}"


def _news_only(news: News) -> str:
    """Give what was said; of an edit, the lines that were not there before."""
    versions = news.message.versions
    if news.change is not Change.EDITED or len(versions) == 1:
        return news.message.words if news.change is Change.SAID else news.what
    before = set(versions[-2].plain.splitlines())
    return "\n".join(line for line in news.what.splitlines() if line not in before)


def _shortened(words: str) -> str:
    """Leave out the end of what is long; the transcript has all of it."""
    lines = words.splitlines()
    cut = [line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]} …" for line in lines]
    left = len(cut) - MOST_LINES
    return "\n".join([*cut[:MOST_LINES], *([f"… {left} more lines"] if left > 0 else [])])


def _first_line(words: str) -> str:
    return words.strip().partition("\n")[0][:60]
