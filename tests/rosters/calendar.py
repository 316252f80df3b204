"""Calendars written for a test."""

from __future__ import annotations

SHIFTS = """\
BEGIN:VEVENT
UID:1
DTSTART;TZID=Europe/Stockholm:20261023T183000
DTEND;TZID=Europe/Stockholm:20261024T023000
RRULE:FREQ=DAILY;INTERVAL=2
SUMMARY:@ada:x
END:VEVENT
"""


def event(*lines: str, uid: str = "1", title: str = "@ada:x") -> str:
    return "\n".join(["BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{title}", *lines, "END:VEVENT", ""])


def calendar(*events: str) -> bytes:
    whole = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:test\n" + "".join(events) + "END:VCALENDAR\n"
    return whole.replace("\n", "\r\n").encode()
