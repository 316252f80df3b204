"""The runbook of docs/OPERATING.md, read from the paper and tried step by step."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.matrix.watermark import KIND
from bot.matrix.wire import Wire, quote
from tests.homeserver.conftest import Arrives
from tests.homeserver.folder import CLIENT, Bot
from tests.homeserver.test_run import answered, started, stopped

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(240)]

PAPER = (Path(__file__).parents[2] / "docs/OPERATING.md").read_text("utf-8")
RUNBOOK = PAPER.partition("## When the bot's device is of no use any more")[2].partition("\n## ")[0]
CASES = {part.partition("\n")[0]: part for part in RUNBOOK.split("\n### ")[1:]}
Around = dict[str, str]


async def keys_lost(bot: Bot) -> Around:
    shutil.rmtree(bot.folder / "data/keys")
    return {}


async def keys_old(bot: Bot) -> Around:
    keys, backup = bot.folder / "data/keys", bot.folder / "backup"
    shutil.copytree(keys, backup)
    await bot.starts()
    shutil.rmtree(keys)
    shutil.copytree(backup, keys)
    return {}


async def server_old(bot: Bot) -> Around:
    before = await bot.data(KIND)
    await bot.starts()
    wire = Wire(bot.homeserver.url, bot.account.access_token)
    path = f"{CLIENT}/user/{quote(bot.account.user_id)}/account_data/{KIND}"
    await wire.call("PUT", path, before)
    await wire.close()
    return {}


async def logged_out(bot: Bot) -> Around:
    session = json.loads((bot.folder / "data/session.json").read_text())
    wire = Wire(bot.homeserver.url, session["access_token"])
    await wire.call("POST", f"{CLIENT}/logout", {})
    await wire.close()
    return {}


async def elsewhere(bot: Bot) -> Around:
    there = bot.folder / "there"
    (there / "data").mkdir(parents=True)
    for name in (bot.file.name, "password", "data/vault.json"):
        shutil.copy(bot.folder / name, there / name)
    await replace(bot, folder=there, file=there / bot.file.name).starts()
    return {}


async def vault_lost(bot: Bot) -> Around:
    key = (await bot.types("identity", "recovery-key")).out.strip()
    bot.vault.file.unlink()
    return {"SAMVERKAN_RECOVERY_KEY": key}


async def both_lost(bot: Bot) -> Around:
    bot.vault.file.unlink()
    return {}


WRONG: dict[str, Callable[[Bot], Awaitable[Around]]] = {
    "The keys are lost": keys_lost,
    "The keys are an old copy": keys_old,
    "The homeserver was set back": server_old,
    "The device was logged out": logged_out,
    "The bot runs elsewhere by now": elsewhere,
    "The vault is lost": vault_lost,
    "Vault and recovery key are both lost": both_lost,
}


def steps(case: str) -> list[tuple[Around, list[str]]]:
    """Read a case's commands: the variables in front of each, and its words."""
    block = re.search(r"```\n(.*?)```", CASES[case], re.DOTALL)
    assert block, case
    read = []
    for line in block.group(1).splitlines():
        words = shlex.split(line)
        at = words.index("samverkan")
        read.append((dict(word.split("=", 1) for word in words[:at]), words[at + 1 :]))
    return read


def said_in_order(paper: str, told: str) -> bool:
    """Tell whether a message is the one that the paper quotes, with … for what varies."""
    return bool(re.search(".*".join(map(re.escape, paper.split("…"))), told, re.DOTALL))


async def test_every_case_of_the_runbook_is_tried() -> None:
    assert list(CASES) == list(WRONG)


@pytest.mark.parametrize("case", list(WRONG))
async def test_the_steps_of_the_paper_bring_the_bot_back(
    case: str, bot: Bot, arrives: Arrives
) -> None:
    await bot.starts()
    around = await WRONG[case](bot)
    quoted = re.search(r"It says `(.*?)`", CASES[case], re.DOTALL)
    amira = await arrives("amira")

    refused = await bot.types("plan")
    for before, words in steps(case):
        if words == ["run"]:
            process = await started(bot.file)
            answer = await answered(amira, bot.account.user_id, "help")
            await stopped(process)
        else:
            named = {
                key: value.replace("FILE", str(bot.folder / "password"))
                for key, value in before.items()
            }
            screen = await bot.types(*words, **around, **named)
            assert screen.code == 0, screen.err

    assert refused.code in {1, 3}
    assert not quoted or said_in_order(quoted.group(1), refused.err)
    assert steps(case)[-1] == ({}, ["run"])
    assert answer.startswith("This is what you can do here and now.")
    assert (await bot.types("plan")).code == 0
