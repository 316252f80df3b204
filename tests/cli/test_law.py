"""`check` and `schema`: everything that is wrong, at once and with its place."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import HOUSE, PASSWORD, Operator

EVERYTHING = """\
samverkan.yaml:5: text_dirs[1]: there is no folder {here}/wrods
samverkan.yaml:6: passwrod_file: unknown key "passwrod_file"; expected one of homeserver, \
user_id, region, password_file, password, state_dir, database_url, text_dirs, pickle_key_file, \
vault_file, vault, creators, … (30 in all); did you mean "password_file"?
samverkan.yaml:7: log_level: "debag" will not do; expected 'debug', 'info', 'warning' or \
'error'; did you mean "debug"?
mini.yaml:53: forums.WEEK.chair: unknown function "aa.DUYT"; expected one of aa.DUTY, aa.HEAD; \
did you mean "aa.DUTY"?
{here}/words/en/forum.md.j2:2: Unexpected end of template. Jinja was looking for the \
following tags: 'elif' or 'else' or 'endif'. The innermost block that needs to be closed is 'if'
{here}/words/en/who/furom.md.j2: the bot says nothing called "who/furom"; did you mean "who/forum"?
{here}/words/se: the bot has no words in this language; expected one of en, sv
{here}/words/sv/who/forum.md.j2:2: there is no fact "forumm"; expected one of forum, seats; \
did you mean "forum"?
{here}/words/sv/who/function.md.j2:1: No filter named 'funktion'; did you mean "function"?
9 things are wrong.
Next: mend what is named, then: samverkan check
"""
MINI = "Mini: 3 organisations, 4 functions, 3 forums, 5 seats.\n"


def test_what_is_right_is_counted_and_the_next_step_named(operator: Operator) -> None:
    screen = operator.types("check")

    assert screen.code == 0
    assert screen.out == f"{MINI}Settings, region and texts are right. Next: samverkan plan\n"
    assert screen.err == ""


def test_the_example_is_right(operator: Operator) -> None:
    screen = operator.types("check", "--settings", str(HOUSE / "config/example/samverkan.yaml"))

    assert screen.code == 0
    assert screen.out.startswith("Mälarviks län: 31 organisations, ")


def test_settings_region_and_words_are_all_read_though_each_is_wrong(operator: Operator) -> None:
    law = operator.folder / "mini.yaml"
    law.write_text(law.read_text("utf-8").replace("chair: aa.DUTY", "chair: aa.DUYT"), "utf-8")
    operator.settings("text_dirs: [words, wrods]\npasswrod_file: x\nlog_level: debag\n")
    operator.writes("words/sv/who/forum.md.j2", "{# facts: forum #}\n{{ forumm|forum }}\n")
    operator.writes("words/sv/who/function.md.j2", "{{ function|funktion }}\n")
    operator.writes("words/en/who/furom.md.j2", "Nobody says this.\n")
    operator.writes("words/en/forum.md.j2", "One\n{% if function %}\n")
    operator.writes("words/se/forum.md.j2", "Tja\n")

    screen = operator.types("check")

    assert screen.code == 1
    assert screen.out == ""
    assert screen.err == EVERYTHING.format(here=operator.folder)


def test_broken_small_words_of_ones_own_are_told_with_their_line(operator: Operator) -> None:
    operator.settings("text_dirs: [words]\n")
    file = operator.writes("words/sv/_words.md.j2", "\n{% set clock\n")

    screen = operator.types("check")

    assert screen.code == 1
    assert screen.err.startswith(f"{file}:2: unexpected end of template")
    assert screen.err.splitlines()[-2] == "1 thing is wrong."


def test_words_of_ones_own_may_say_less_and_use_what_the_bot_gives(operator: Operator) -> None:
    operator.settings("text_dirs: [words]\n")
    operator.writes("words/sv/who/forum.md.j2", "{# facts: forum #}\nVilka i {{ forum|forum }}?\n")

    assert operator.types("check").code == 0


def test_a_region_file_alone_is_checked_without_settings(operator: Operator) -> None:
    (operator.folder / "samverkan.yaml").unlink()

    right = operator.types("check", "--region", "mini.yaml")
    missing = operator.types("check", "--region", "maxi.yaml")

    assert (right.code, right.out) == (0, MINI)
    assert missing.code == 1
    assert missing.err == (
        "maxi.yaml: there is no such file\nNothing has been done.\n"
        "Next: mend the file, then: samverkan check\n"
    )


def test_without_settings_it_says_which_are_needed(operator: Operator) -> None:
    (operator.folder / "samverkan.yaml").unlink()

    screen = operator.types("check")

    assert screen.code == 1
    assert screen.err.splitlines()[0] == "environment: homeserver: this key is missing"


def test_a_database_that_is_none_of_ours_is_refused_without_its_password(
    operator: Operator,
) -> None:
    operator.settings(f"database_url: mysql://bot:{PASSWORD}@db.example/samverkan\n")

    screen = operator.types("check")

    assert screen.code == 1
    assert screen.err.splitlines()[0] == (
        "samverkan.yaml:5: database_url: this is no address of a database; "
        'expected "sqlite:///FILE" or "postgresql://USER@HOST/NAME"'
    )


@pytest.mark.parametrize(("which", "key"), [("region", "forums"), ("settings", "homeserver")])
def test_a_schema_is_json_that_names_its_keys(which: str, key: str, operator: Operator) -> None:
    screen = operator.types("schema", which)

    assert screen.code == 0
    assert key in json.loads(screen.out)["properties"]


def test_a_schema_that_there_is_not_is_wrong_use(operator: Operator) -> None:
    screen = operator.types("schema", "weather")

    assert screen.code == 2
    assert screen.err == 'There is no schema "weather".\nNext: samverkan schema region\n'


def test_a_calendar_that_is_not_there_or_nobodys_is_named(operator: Operator) -> None:
    operator.settings("calendars:\n  - {function: aa.DUYT, file: duty.ics}\n")

    screen = operator.types("check")

    assert screen.code == 1
    assert screen.err.splitlines()[:2] == [
        'samverkan.yaml:6: calendars[0].function: "aa.DUYT" is no function of the region',
        f"samverkan.yaml:6: calendars[0].file: there is no file {operator.folder}/duty.ics",
    ]
