"""`make new-command NAME=x SV=y`: a new command that works, to be made into the one that is meant.

Writes the command, its card and one template in both languages, a sample, the snapshots and a
story test. All of them pass as they are: the test expects what the template says, word for word.
"""

from __future__ import annotations

import builtins
import keyword
import re
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.told import fail, out
from bot.dispatch.catalogue import Catalogue

ROOT = Path(__file__).parents[2]
NAME = re.compile(r"[a-z][a-z_]*")
SV = re.compile(r"[a-zåäö][a-zåäö_]*")

COMMAND = '''"""Say here what it is for, in a line."""

from __future__ import annotations

from bot.asking import Ask, Rest, command
from bot.domain.answer import Reply


@command("@name@", sv="@sv@")
async def @function@(ask: Ask, text: Rest) -> Reply:
    """Say again what was said."""
    return Reply("@name@/said", {"name": ask.name, "text": text})
'''
STORY = '''"""@name@: what people hear."""

from __future__ import annotations

from tests.story.story import Story


async def test_what_was_said_is_said_again(story: Story) -> None:
    await story.says("lst.TIB", "!@sv@ god morgon")

    assert story.said_last() == "lst.TIB 1 säger: god morgon"


async def test_the_english_word_is_answered_in_english(story: Story) -> None:
    await story.says("lst.TIB", "@name@ good morning", "direct")

    assert story.told_last("lst.TIB") == "lst.TIB 1 says: good morning"
'''
SNAPSHOT = "Amira Holm @says@: *all* clear\n\n--- html\n\nAmira Holm @says@: *all* clear\n"
CARDS = {
    "en": ("@name@ TEXT", "@name@ good morning", "Says again what you say."),
    "sv": ("@sv@ TEXT", "@sv@ god morgon", "Säger det du säger en gång till."),
}
SAYS = {"en": "says", "sv": "säger"}


def files(name: str, sv: str) -> dict[str, str]:
    """Give the text of every file of a new command, by its path from the project's root."""
    taken = keyword.iskeyword(name) or hasattr(builtins, name)
    texts = {
        f"commands/{name}.py": COMMAND.replace("@function@", f"{name}_" if taken else name),
        f"tests/story/test_{name}.py": STORY,
        f"tests/text/samples/{name}/said.yaml": '{name: Amira Holm, text: !typed "*all* clear"}\n',
    }
    for language, card in CARDS.items():
        words, heard = f"config/text/{language}", f"tests/text/snapshots/{language}"
        lines = "\n".join(card) + "\n"
        said = f"{{# facts: name, text #}}\n{{{{ name }}}} {SAYS[language]}: {{{{ text }}}}\n"
        texts[f"{words}/command/{name}.md.j2"] = f"{{# facts: none #}}\n{lines}"
        texts[f"{words}/{name}/said.md.j2"] = said
        texts[f"{heard}/command/{name}.txt"] = lines
        texts[f"{heard}/{name}/said.txt"] = SNAPSHOT.replace("@says@", SAYS[language])
    return {path: text.replace("@name@", name).replace("@sv@", sv) for path, text in texts.items()}


def new_command(
    name: Annotated[str, typer.Argument(help="The English word, such as `relieve`.")],
    sv: Annotated[str, typer.Argument(help="The Swedish word; NAME if left out.")] = "",
    into: Annotated[Path, typer.Option(help="The project's root.")] = ROOT,
) -> None:
    """Write the files of a new command; none if one of them is there already."""
    sv = sv or name
    if not NAME.fullmatch(name) or not SV.fullmatch(sv):
        raise fail(
            "A command is one word in small letters.", "make new-command NAME=relieve SV=avlös"
        )
    known = Catalogue.discover()
    for word in (name, sv):
        if found := known.find(word):
            raise fail(f'"{word}" already means the command {found.name}.', "choose another word")
    texts = files(name, sv)
    if there := [path for path in texts if (into / path).exists()]:
        raise fail(f"{there[0]} is there already; nothing was written.", "choose another word")
    for path, text in texts.items():
        (into / path).parent.mkdir(parents=True, exist_ok=True)
        (into / path).write_text(text, encoding="utf-8")
        out.print(path, markup=False)
    out.print(f"Next: write commands/{name}.py; make test ARGS='-k {name}'", markup=False)


if __name__ == "__main__":
    typer.run(new_command)
