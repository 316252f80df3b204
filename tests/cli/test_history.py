"""`migrate`, `verify`, `roster import` and `play`: right, refused, and wrong use."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock.wall import WallClock
from bot.store import log
from bot.store.engine import Store
from tests.cli.conftest import Operator
from tests.rosters.calendar import calendar, event

HEAD = "function,rank,mxid,name,from,to\n"
KIM = "aa.DUTY,1,@kim:example,Kim Lund,,\n"


async def something_happened(url: str) -> None:
    store, now = await Store.open(url), WallClock().now()
    async with store.begin() as session:
        for number in range(2):
            subject = f"ME-{number}"
            await log.append(session, "opened", subject, happened_at=now, written_at=now)
    await store.close()


def test_a_database_is_made_and_an_empty_log_is_whole(operator: Operator) -> None:
    made, again, whole = (
        operator.types("migrate"),
        operator.types("migrate"),
        operator.types("verify"),
    )

    assert (made.code, again.code, whole.code) == (0, 0, 0)
    assert made.out == "The database has the newest shape. Next: samverkan run\n"
    assert whole.out == "The log is as it was written.\n"
    assert made.err + again.err + whole.err == ""


def test_a_log_that_was_touched_is_told_with_its_first_entry(operator: Operator) -> None:
    operator.types("migrate")
    asyncio.run(something_happened(f"sqlite:///{operator.folder}/data/samverkan.db"))
    before = operator.types("verify")
    with operator.database() as database:
        database.execute("UPDATE logentry SET subject = 'ME-9' WHERE position = 2")
    database.close()

    after = operator.types("verify")

    assert before.code == 0
    assert after.code == 1
    assert after.err.startswith("The log is not as it was written, from entry 2 on.\nNext: ")


def test_verifying_nothing_makes_nothing(operator: Operator) -> None:
    screen = operator.types("verify")

    assert screen.code == 1
    assert screen.err == (
        f"There is no database {operator.folder}/data/samverkan.db.\nNext: samverkan migrate\n"
    )
    assert not (operator.folder / "data").exists()


def test_a_database_from_a_newer_version_is_left_alone(operator: Operator) -> None:
    operator.types("migrate")
    with operator.database() as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()

    for command in ("migrate", "verify", "plan", "run"):
        screen = operator.types(command)

        assert screen.code == 1
        assert "9999, which this version does not know" in screen.err
        assert screen.err.endswith("Next: install that version, then: samverkan run\n")


def test_an_empty_database_is_not_verified(operator: Operator) -> None:
    operator.writes("data/samverkan.db", "")

    screen = operator.types("verify")

    assert screen.code == 1
    assert screen.err == "The database has not the newest shape.\nNext: samverkan migrate\n"


def test_a_roster_is_taken_in_and_again_changes_nothing(operator: Operator) -> None:
    operator.writes("roster.csv", f"{HEAD}{KIM}")

    first, second = (operator.types("roster", "import", "roster.csv") for _ in range(2))

    assert (first.code, second.code) == (0, 0)
    assert first.out == second.out == ("1 holding taken in from roster.csv. Next: samverkan plan\n")
    rows = operator.database().execute("SELECT function, mxid FROM holding").fetchall()
    assert rows == [("aa.DUTY", "@kim:example")]


def test_a_wrong_roster_is_refused_whole(operator: Operator) -> None:
    operator.writes("roster.csv", f"{HEAD}{KIM}aa.DUYT,0,kim,Kim,,\n")

    screen = operator.types("roster", "import", "roster.csv")

    assert screen.code == 1
    assert screen.err == (
        'roster.csv:3: "aa.DUYT" is no function of the region; did you mean "aa.DUTY"?\n'
        "Nothing has been taken in.\nNext: mend it, then: samverkan roster import roster.csv\n"
    )
    assert not (operator.folder / "data").exists()


def test_a_roster_in_another_encoding_is_refused_with_its_line(operator: Operator) -> None:
    file = operator.folder / "roster.csv"
    file.write_bytes(f"{HEAD}{KIM}aa.HEAD,1,@asa:example,Åsa,,\n".encode("latin-1"))

    screen = operator.types("roster", "import", "roster.csv")

    assert screen.code == 1
    assert screen.err.startswith(
        'roster.csv:3: the text is not UTF-8; expected a file saved as "CSV UTF-8"\n'
    )


@pytest.mark.parametrize("name", ["none.csv", "."])
def test_a_roster_that_is_no_file_is_told(name: str, operator: Operator) -> None:
    screen = operator.types("roster", "import", name)

    assert screen.code == 1
    assert screen.err == f"There is no file {name}.\nNext: samverkan roster import FILE\n"


def test_a_scenario_with_faults_is_wrong_use_and_nothing_is_played(operator: Operator) -> None:
    operator.writes("play.yaml", "scenario: x\nregoin: mini.yaml\n")

    wrong, missing = operator.types("play", "play.yaml"), operator.types("play", "none.yaml")

    assert (wrong.code, missing.code) == (2, 2)
    assert 'play.yaml:2: regoin: unknown key "regoin"' in wrong.err
    assert 'did you mean "region"?' in wrong.err
    assert wrong.err.endswith("Nothing has been played.\n")
    assert missing.err == "none.yaml: there is no such file\nNothing has been played.\n"


def test_a_calendar_can_be_tried_and_nothing_of_it_is_taken_in(operator: Operator) -> None:
    now = datetime.now(UTC).replace(hour=8, minute=0)
    times = f"DTSTART:{now:%Y%m%dT%H%M00Z}", f"DTEND:{now + timedelta(hours=8):%Y%m%dT%H%M00Z}"
    file = operator.folder / "duty.ics"
    file.write_bytes(calendar(event(*times, title="@eva:x.example /2")))

    screen = operator.types("roster", "read", str(file), "--function", "aa.DUTY")

    assert screen.code == 0
    assert screen.out.splitlines()[0].endswith("  2  eva (@eva:x.example)")
    assert screen.out.splitlines()[1].startswith("1 shift from duty.ics. Next:")
    assert operator.database().execute("SELECT * FROM holding").fetchall() == []


def test_a_calendar_that_cannot_be_read_says_which_event(operator: Operator) -> None:
    now = datetime.now(UTC)
    file = operator.folder / "duty.ics"
    file.write_bytes(calendar(event(f"DTSTART;VALUE=DATE:{now:%Y%m%d}", title="Leave")))

    screen = operator.types("roster", "read", str(file), "--function", "aa.DUTY")

    assert screen.code == 1
    assert screen.err.startswith("The calendar cannot be read: an event names nobody that a ")
    assert 'write @name:server in it, "Leave".' in screen.err
