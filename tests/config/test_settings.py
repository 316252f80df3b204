"""Settings: the environment before the file, secrets never shown, what is wrong by its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.problem import SettingsFileWrong
from config.settings import load_settings

EXAMPLE = Path(__file__).parents[2] / "config" / "example" / "samverkan.yaml"
RIGHT = """\
homeserver: https://matrix.example
user_id: "@bot:example"
region: law.yaml
"""


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "samverkan.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def refused(file: Path | None) -> list[str]:
    with pytest.raises(SettingsFileWrong) as caught:
        load_settings(file)
    return [str(problem) for problem in caught.value.problems]


def test_half_a_mail_server_and_a_password_in_clear_are_refused(tmp_path: Path) -> None:
    mail = "smtp_host: mail.example\nsmtp_user: bot\nsmtp_security: none\n"

    assert refused(written(tmp_path, RIGHT + mail)) == [
        "samverkan.yaml:4: smtp_host: a mail server needs smtp_sender beside it",
        (
            "samverkan.yaml:5: smtp_user: smtp_user would send its password in clear; "
            "expected smtp_security: starttls or tls"
        ),
    ]


def test_the_mail_servers_password_comes_from_its_file_each_time(tmp_path: Path) -> None:
    file = written(tmp_path, RIGHT + "smtp_password_file: secret\n")
    settings = load_settings(file)
    assert settings.read_smtp_password() is None

    (tmp_path / "secret").write_text("open sesame\n", encoding="utf-8")

    password = settings.read_smtp_password()
    assert password
    assert password.get_secret_value() == "open sesame"
    assert "sesame" not in repr(settings)


def test_the_example_is_right_and_names_its_schema() -> None:
    settings = load_settings(EXAMPLE)

    assert settings.user_id == "@samverkan:localhost"
    assert settings.region == EXAMPLE.parent / "malarvik.yaml"
    first_line = EXAMPLE.read_text(encoding="utf-8").splitlines()[0]
    assert first_line == "# yaml-language-server: $schema=settings.schema.json"


def test_paths_are_seen_from_the_file_and_state_has_its_folder(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, RIGHT + "text_dirs: [words]\n"))

    assert settings.region == tmp_path / "law.yaml"
    assert settings.text_dirs == [tmp_path / "words"]
    assert settings.state_dir == tmp_path / "data"
    assert settings.pickle_key_file == tmp_path / "data" / "pickle.key"
    assert settings.database_url == f"sqlite+aiosqlite:///{tmp_path}/data/samverkan.db"
    assert settings.encrypted
    assert settings.room_version == "12"


def test_the_environment_goes_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMVERKAN_HOMESERVER", "http://localhost:8008")
    monkeypatch.setenv("SAMVERKAN_CREATORS", "@a:example, @b:example")
    monkeypatch.setenv("SAMVERKAN_ENCRYPTED", "false")

    settings = load_settings(written(tmp_path, RIGHT))

    assert settings.homeserver == "http://localhost:8008"
    assert settings.creators == ["@a:example", "@b:example"]
    assert not settings.encrypted


def test_the_environment_alone_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SAMVERKAN_HOMESERVER", "http://localhost:8008")
    monkeypatch.setenv("SAMVERKAN_USER_ID", "@bot:example")
    monkeypatch.setenv("SAMVERKAN_REGION", "law.yaml")

    settings = load_settings()

    assert settings.region == Path("law.yaml")
    assert settings.state_dir == tmp_path / "data"


def test_the_password_comes_from_its_file_while_that_is_there(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, RIGHT + "password_file: secret\n"))
    before = settings.read_password()
    (tmp_path / "secret").write_text("hunter2\n", encoding="utf-8")

    password = settings.read_password()

    assert before is None
    assert password is not None
    assert password.get_secret_value() == "hunter2"
    assert "hunter2" not in repr(settings) + str(password)


def test_everything_wrong_is_told_with_its_line(tmp_path: Path) -> None:
    text = RIGHT.replace("https://", "") + "log_level: loud\nmetrics_prot: 9000\nuser_id: x\n"

    told = refused(written(tmp_path, text))

    assert [line.split("; ")[0] for line in told] == [
        'samverkan.yaml:1: homeserver: "matrix.example" is not a web address',
        'samverkan.yaml:4: log_level: "loud" will not do',
        'samverkan.yaml:5: metrics_prot: unknown key "metrics_prot"',
        "samverkan.yaml:6: user_id: this key stands here twice",
    ]
    assert told[0].endswith('expected a web address, "https://matrix.example"')
    assert told[1].endswith("expected 'debug', 'info', 'warning' or 'error'")
    assert told[2].endswith('did you mean "metrics_port"?')


def test_what_is_wrong_in_the_environment_is_told_by_its_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMVERKAN_METRICS_PORT", "0")

    assert refused(written(tmp_path, RIGHT)) == [
        'environment: SAMVERKAN_METRICS_PORT: "0" will not do; expected at least 1'
    ]


def test_what_is_missing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert refused(None) == [
        "environment: homeserver: this key is missing",
        "environment: user_id: this key is missing",
        "environment: region: this key is missing",
    ]


@pytest.mark.parametrize("line", ["password: [hunter2]", "password: {a: hunter2}", "password: 73"])
def test_a_secret_never_stands_in_an_error(line: str, tmp_path: Path) -> None:
    told = refused(written(tmp_path, f"{RIGHT}{line}\n"))

    assert told == ["samverkan.yaml:4: password: the secret will not do; expected a text"]


def test_text_that_is_not_yaml_does_not_spill_its_secret(tmp_path: Path) -> None:
    told = refused(written(tmp_path, RIGHT + 'password: "hunter2\n'))

    assert len(told) == 1
    assert "hunter2" not in told[0]


def test_a_calendar_is_named_with_where_it_is_as_seen_from_the_file(tmp_path: Path) -> None:
    text = f"{RIGHT}calendars:\n  - function: aa.DUTY\n    file: duty.ics\n"

    (calendar,) = load_settings(written(tmp_path, text)).calendars

    assert (calendar.function, calendar.rank) == ("aa.DUTY", 1)
    assert calendar.file == tmp_path / "duty.ics"


def test_the_address_of_a_calendar_is_a_secret(tmp_path: Path) -> None:
    text = f"{RIGHT}calendars:\n  - function: aa.DUTY\n    address: https://x.example/t0ken\n"

    settings = load_settings(written(tmp_path, text))

    assert "t0ken" not in f"{settings!r}"
    assert settings.calendars[0].address
    wrong = refused(written(tmp_path, text.replace("https://x.example/t0ken", "[t0ken]")))
    assert "t0ken" not in "".join(wrong)
    assert "calendars[0].address" in wrong[0]


def test_a_calendar_is_in_one_place_and_a_place_in_a_function_has_one(tmp_path: Path) -> None:
    nowhere = f"{RIGHT}calendars:\n  - function: aa.DUTY\n"
    twice = f"{RIGHT}calendars:\n" + 2 * "  - {function: aa.DUTY, file: duty.ics}\n"

    assert refused(written(tmp_path, nowhere)) == [
        (
            "samverkan.yaml:5: calendars[0]: a calendar is in one place; expected one of file, "
            "address and address_file"
        )
    ]
    assert refused(written(tmp_path, twice)) == [
        (
            "samverkan.yaml:4: calendars: aa.DUTY, rank 1, has more than one calendar; expected "
            "one for each rank"
        )
    ]
