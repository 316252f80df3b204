"""What must hold for meetings: cadences that fall, agendas that add up, digests."""

from __future__ import annotations

from datetime import date

from bot.domain.calendar import HORIZON, days_of
from config.region_file.forum_shape import DigestShape, ForumShape
from config.region_file.reading import Reading
from config.yaml_tree import Path

MODES = ("ordinary", "activated")


def check(reading: Reading) -> None:
    """Look at each forum's cadence, agendas and digests."""
    for forum in reading.shape.forums:
        for mode in MODES:
            agenda = getattr(forum.agenda, mode)
            agendas = reading.written("agendas")
            reading.known(forum.agenda.place(mode), "agenda", agenda, agendas)
            _check_sum(reading, forum, mode)
            rule = getattr(forum.cadence, mode, None)
            if forum.cadence is not None and rule is not None:
                check_falls(reading, forum.cadence.place(mode), rule)
        for digest in forum.digests:
            _check_digest(reading, digest)


def _check_sum(reading: Reading, forum: ForumShape, mode: str) -> None:
    """See that an agenda fits into the meeting it is for."""
    items = reading.shape.agendas.get(getattr(forum.agenda, mode) or "", [])
    if forum.cadence is None or getattr(forum.cadence, mode) is None:
        return
    needed, given = sum(item.minutes for item in items), forum.cadence.minutes
    if needed > given:
        name = getattr(forum.agenda, mode)
        message = f"the agenda {name} takes {needed} minutes, the meeting has {given}"
        reading.say(forum.agenda.place(mode), message, f"at most {given} minutes in all")


def check_falls(reading: Reading, path: Path, rule: str) -> None:
    """See that a rule gives a day in the years to come."""
    today = reading.today
    until = today + HORIZON if date.max - today > HORIZON else date.max
    if next(days_of(rule, today, until), None) is None:
        reading.say(path, f"the cadence {rule} never falls", "a rule with a day in the next years")


def _check_digest(reading: Reading, digest: DigestShape) -> None:
    by_rule = digest.rule is not None and digest.at is not None and digest.cron is None
    by_cron = digest.cron is not None and digest.rule is None and digest.at is None
    if not by_rule and not by_cron:
        reading.say(
            digest.place(),
            "a digest has a rule with a time, or a cron line",
            '"rule" and "at", or "cron" alone',
        )
    elif digest.rule is not None:
        check_falls(reading, digest.place("rule"), digest.rule)
