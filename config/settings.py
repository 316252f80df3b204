"""How this bot is run: from the environment first, then from `samverkan.yaml`.

`SAMVERKAN_HOMESERVER` goes before `homeserver:`. Secrets come from a file (`password_file`) or
from the environment, and never stand in an error. Paths in the file are relative to the file,
those in the environment to where the bot is started.
"""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
)
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from config.feeds import CalendarSetting
from config.problem import Problem, SettingsFileWrong
from config.region_file.kinds import Email, Mxid, matching, wrong
from config.structure import told, without_unknown_keys
from config.yaml_tree import NotYaml, Placed, Tree, Value, read_tree

PREFIX = "SAMVERKAN_"
USUAL = Path("samverkan.yaml")
DATABASES = '"sqlite:///FILE" or "postgresql://USER@HOST/NAME"'
PATHS = (
    "password_file", "state_dir", "region", "pickle_key_file", "vault_file", "text_dirs",
    "smtp_password_file", "smtp_trust_file", "webhooks_file",
)  # fmt: skip

CALENDAR_PATHS = ("file", "address_file")

DATABASE = (
    r"sqlite(\+\w+)?:///[^:?][^?]*(\?.*)?"
    r"|postgresql(\+\w+)?://([^@/]*@)?(\[[^\]]*\]|[^@/:?]*)(:\d+)?(/[^?]*)?(\?.*)?"
)
URL = r"^https?://[^\s/?#]+(/[^\s?#]*)?$"


def _listed(written: Value) -> Value:
    """Let the environment write a list with commas."""
    return [part.strip() for part in written.split(",")] if isinstance(written, str) else written


def _text(written: Value) -> Value:
    """Let a version be written as the number it looks like."""
    whole = isinstance(written, int) and not isinstance(written, bool)
    return str(written) if whole else written


def _database(address: str) -> str:
    """Refuse what is no database of ours, without saying it again: it may hold a password."""
    if not re.fullmatch(DATABASE, address):
        wrong("this is no address of a database", DATABASES)
    return address


def _once(calendars: list[CalendarSetting]) -> list[CalendarSetting]:
    """Refuse a second calendar for the same place in a function."""
    places = [(each.function, each.rank) for each in calendars]
    for function, rank in places:
        if places.count((function, rank)) > 1:
            wrong(f"{function}, rank {rank}, has more than one calendar", "one for each rank")
    return calendars


def _database_beside(validated: dict[str, Any]) -> str:
    return f"sqlite+aiosqlite:///{validated.get('state_dir', Path())}/samverkan.db"


def _key_beside(validated: dict[str, Any]) -> Path:
    return Path(validated.get("state_dir", Path())) / "pickle.key"


def _vault_beside(validated: dict[str, Any]) -> Path:
    return Path(validated.get("state_dir", Path())) / "vault.json"


Url = Annotated[
    str,
    AfterValidator(matching(URL, 'a web address, "https://matrix.example"')),
    Field(json_schema_extra={"pattern": URL}),
]
Mxids = Annotated[list[Mxid], NoDecode, BeforeValidator(_listed)]
Folders = Annotated[list[Path], NoDecode, BeforeValidator(_listed)]


class _FromEnvironmentFirst(BaseSettings):
    """Something the environment may say, and goes before the file in saying."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment go before the file, and nothing else have a say."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings


class NamedFiles(_FromEnvironmentFirst):
    """The files that the settings name, as far as they can be read."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    region: Path | None = None
    text_dirs: Folders = Field(default_factory=list)
    calendars: list[CalendarSetting] = Field(default_factory=list)


class Settings(_FromEnvironmentFirst):
    """How this bot is run: where its homeserver is, who it is there, where its things lie."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="forbid", frozen=True, hide_input_in_errors=True
    )

    homeserver: Annotated[Url, Field(description="The homeserver's address.")]
    user_id: Annotated[Mxid, Field(description="Who the bot is there.")]
    region: Annotated[Path, Field(description="The region file: the law.")]
    password_file: Annotated[
        Path | None,
        Field(description="A file with the bot's password, read until it has a token."),
    ] = None
    password: Annotated[
        SecretStr | None,
        Field(description="The password itself; better in SAMVERKAN_PASSWORD or a file."),
    ] = None
    state_dir: Annotated[
        Path, Field(description="Where the bot keeps its session, keys and database.")
    ] = Path("data")
    database_url: Annotated[
        str,
        AfterValidator(_database),
        Field(description="SQLAlchemy's address of the history; SQLite in state_dir."),
    ] = Field(default_factory=_database_beside)
    text_dirs: Annotated[
        Folders, Field(description="Folders with words of your own, before the bot's.")
    ] = Field(default_factory=list)
    pickle_key_file: Annotated[
        Path, Field(description="The key that the bot's encryption keys are kept under.")
    ] = Field(default_factory=_key_beside)
    vault_file: Annotated[
        Path, Field(description="The secrets of the bot's identity; made at the first start.")
    ] = Field(default_factory=_vault_beside)
    vault: Annotated[
        SecretStr | None,
        Field(description="What vault_file would hold, in SAMVERKAN_VAULT; then there is no file."),
    ] = None
    creators: Annotated[
        Mxids, Field(description="Who can take the rooms over if the bot is lost.")
    ] = Field(default_factory=list)
    operators: Annotated[
        Mxids, Field(description="Who is told when something is wrong with the bot or its rooms.")
    ] = Field(default_factory=list)
    calendars: Annotated[
        list[CalendarSetting],
        AfterValidator(_once),
        Field(description="Calendars that say who holds a function, each read again and again."),
    ] = Field(default_factory=list)
    calendar_minutes: Annotated[
        int, Field(ge=5, le=1440, description="How often the calendars are read, in minutes.")
    ] = 60
    room_version: Annotated[
        str, BeforeValidator(_text), Field(description="The Matrix version of new rooms.")
    ] = "12"
    encrypted: Annotated[bool, Field(description="Whether new rooms are encrypted.")] = True
    taps: Annotated[
        Literal["count", "acknowledge"],
        Field(description="What a reaction, never encrypted, may say: all, or a summons received."),
    ] = "count"
    display_name: Annotated[
        str, Field(min_length=1, max_length=255, description="What the bot is called.")
    ] = "Samverkan"
    smtp_host: Annotated[
        str | None, Field(description="The mail server for urgent calls; no mail if absent.")
    ] = None
    smtp_port: Annotated[int, Field(ge=1, le=65535, description="Its port.")] = 587
    smtp_security: Annotated[
        Literal["starttls", "tls", "none"],
        Field(description="How the connection is encrypted; in clear only to a server of yours."),
    ] = "starttls"
    smtp_sender: Annotated[
        Email | None, Field(description="From which address calls are mailed.")
    ] = None
    smtp_user: Annotated[str | None, Field(description="Who the bot is at the mail server.")] = None
    smtp_password_file: Annotated[
        Path | None, Field(description="A file with the password for the mail server.")
    ] = None
    smtp_password: Annotated[
        SecretStr | None,
        Field(description="The password itself; better in SAMVERKAN_SMTP_PASSWORD or a file."),
    ] = None
    smtp_trust_file: Annotated[
        Path | None, Field(description="Certificates to trust instead of the system's.")
    ] = None
    webhooks_file: Annotated[
        Path | None,
        Field(description="The webhooks that the law names: a url and a secret for each."),
    ] = None
    metrics_port: Annotated[
        int | None, Field(ge=1, le=65535, description="Where Prometheus may ask; off if absent.")
    ] = None
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Field(description="How much is logged.")
    ] = "info"

    @classmethod
    def takes(cls, key: str) -> bool:
        """Tell whether a key may stand in the file."""
        return key in cls.model_fields

    @classmethod
    def written_keys(cls) -> list[str]:
        """List the keys of the file."""
        return list(cls.model_fields)

    def read_password(self) -> SecretStr | None:
        """Give the password, from the environment or its file; None when there is none (now)."""
        return _secret(self.password, self.password_file)

    def read_smtp_password(self) -> SecretStr | None:
        """Give the mail server's password, from the environment or its file; None if none (now)."""
        return _secret(self.smtp_password, self.smtp_password_file)


def _secret(given: SecretStr | None, file: Path | None) -> SecretStr | None:
    """Give a secret, or what its file holds; None when there is none (now)."""
    if given is not None or file is None:
        return given
    return SecretStr(file.read_text(encoding="utf-8").strip()) if file.is_file() else None


def load_settings(path: Path | None = None) -> Settings:
    """Read the settings. Raises SettingsFileWrong with all that is wrong.

    Without a path, `samverkan.yaml` is read if it is there; else the environment alone.
    """
    if path is None and USUAL.is_file():
        path = USUAL
    tree = _tree(path)
    data = tree.root
    problems = tree.problems() + without_unknown_keys(Settings, data, tree)
    _place_paths(data, path.parent if path else Path())
    try:
        settings = Settings(**data)
        problems += _of_mail(settings, tree)
    except ValidationError as error:
        problems += _told(error, data, tree)
    if problems:
        raise SettingsFileWrong(sorted(problems, key=lambda problem: problem.line))
    return settings


def _of_mail(settings: Settings, tree: Tree) -> list[Problem]:
    """Tell of half a mail server, and of a password that would go in clear."""
    problems = []
    if settings.smtp_host and not settings.smtp_sender:
        problems.append(tree.problem(("smtp_host",), "a mail server needs smtp_sender beside it"))
    if settings.smtp_user and settings.smtp_security == "none":
        message = "smtp_user would send its password in clear"
        expected = "smtp_security: starttls or tls"
        problems.append(tree.problem(("smtp_user",), message, expected))
    return problems


def named_files(path: Path | None = None) -> NamedFiles:
    """Read which files the settings name, however wrong the rest of them is."""
    if path is None and USUAL.is_file():
        path = USUAL
    try:
        data = _tree(path).root
        _place_paths(data, path.parent if path else Path())
        return NamedFiles(**data)
    except (SettingsFileWrong, ValidationError):
        return NamedFiles.model_construct()


def calendar_problems(path: Path | None, functions: Collection[str]) -> list[Problem]:
    """Tell which calendars of the settings are not there, or for a function that is not."""
    if path is None and USUAL.is_file():
        path = USUAL
    found = [
        (("calendars", at, key), message)
        for at, each in enumerate(named_files(path).calendars)
        for key, message in _wrong_in(each, functions)
    ]
    tree = _tree(path) if found else Tree("environment", root=Placed())
    problems = [tree.problem(place, message) for place, message in found]
    return [_in_environment(problem, f"{PREFIX}CALENDARS") for problem in problems]


def _wrong_in(calendar: CalendarSetting, functions: Collection[str]) -> Iterator[tuple[str, str]]:
    if functions and calendar.function not in functions:
        yield "function", f'"{calendar.function}" is no function of the region'
    for key in CALENDAR_PATHS:
        file: Path | None = getattr(calendar, key)
        if file is not None and not file.is_file():
            yield key, f"there is no file {file}"


def missing_folders(path: Path | None = None) -> list[Problem]:
    """Tell which of the folders of words that the settings name are not there."""
    if path is None and USUAL.is_file():
        path = USUAL
    gone = [(at, each) for at, each in enumerate(named_files(path).text_dirs) if not each.is_dir()]
    if not gone:
        return []
    tree = _tree(path)
    problems = [tree.problem(("text_dirs", at), f"there is no folder {each}") for at, each in gone]
    return [_in_environment(problem, f"{PREFIX}TEXT_DIRS") for problem in problems]


def _tree(path: Path | None) -> Tree:
    if path is None:
        return Tree("environment", root=Placed())
    try:
        return read_tree(path)
    except NotYaml as error:
        problem = Problem(path.name, error.line, "", error.message, error.expected)
        raise SettingsFileWrong([problem]) from None


def _place_paths(data: dict[str, Value], folder: Path) -> None:
    """Take the file's paths, and the usual folder for its state, as seen from the file."""
    data.setdefault("state_dir", "data")
    for key in PATHS:
        written = data.get(key)
        if isinstance(written, str):
            data[key] = str((folder / written).absolute())
        elif isinstance(written, list):
            data[key] = [str((folder / str(part)).absolute()) for part in written]
    calendars = data.get("calendars")
    for each in calendars if isinstance(calendars, list) else ():
        for key in CALENDAR_PATHS:
            if isinstance(each, dict) and isinstance(each.get(key), str):
                each[key] = str((folder / each[key]).absolute())


def _told(error: ValidationError, data: Value, tree: Tree) -> list[Problem]:
    """Say what is wrong; what came from the environment by its variable's name there."""
    problems = []
    for each in error.errors(include_url=False):
        variable = f"{PREFIX}{each['loc'][0]}".upper()
        problems += [_in_environment(p, variable) for p in told([each], data, tree)]
    return problems


def _in_environment(problem: Problem, variable: str) -> Problem:
    if variable not in os.environ:
        return problem
    return dataclasses.replace(problem, file="environment", line=0, key=variable)
