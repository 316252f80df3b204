"""A wrong scenario is refused whole before anything starts, with the line and what was meant."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from bot.rehearsal.play import WRONG, Wishes, play
from bot.rehearsal.reading import read_script
from bot.rehearsal.script import ScenarioFileWrong
from tests.rehearsal.conftest import EXAMPLE

SAY = "steps: [{at: '09:00', who: amira, in: VSK, say: hej}]\n"

WRONG_FILES = {
    "a key nobody knows": (
        "steps: [{at: '09:00', who: amira, in: VSK, sya: hej}]",
        '5: steps[0].sya: unknown key "sya"; expected one of at, who, in, direct, say',
    ),
    "a step that does nothing": (
        "steps: [{at: '09:00', who: amira, in: VSK}]",
        "5: steps[0]: this does nothing; expected exactly one of say, react, choose",
    ),
    "a step that does two things": (
        "steps: [{at: '09:00', who: amira, in: VSK, say: hej, react: ✅}]",
        "5: steps[0]: this does say and react at once",
    ),
    "nobody of that name": (
        "steps: [{at: '09:00', who: amria, in: VSK, say: hej}]",
        (
            'unknown name "amria"; expected one of amira, jonas, lena, or "pol.VB/2"; '
            'did you mean "amira"?'
        ),
    ),
    "a deputy the function has not": (
        "steps: [{at: '09:00', who: vag.VTL/4, in: VSK, say: hej}]",
        '"vag.VTL/4" is nobody; expected vag.VTL/1 to vag.VTL/3',
    ),
    "no such forum": (
        "steps: [{at: '09:00', who: amira, in: VKS, say: hej}]",
        'steps[0].in: unknown forum "VKS"',
    ),
    "no such function": (
        "automaton: {pol.VBB/1: {acknowledge: never}}\n" + SAY,
        '5: automaton.pol.VBB/1: unknown function "pol.VBB"',
    ),
    "no such habit": (
        "automaton: {default: {acknowlege: never}}\n" + SAY,
        (
            'unknown key "acknowlege"; expected one of acknowledge, position, carry, confirm, '
            'report; did you mean "acknowledge"?'
        ),
    ),
    "a habit that is no delay": (
        "automaton: {default: {carry: soon}}\n" + SAY,
        '"soon" will not do; expected a delay: "40s", "20m", "2h" or "1d", or never',
    ),
    "a time that is none": (
        "steps: [{at: '25:00', who: amira, in: VSK, say: hej}]",
        '5: steps[0].at: "25:00" is no time; expected a time "15:51"',
    ),
    "time that goes back": (
        (
            "steps:\n  - {at: '10:00', who: amira, in: VSK, say: hej}\n"
            "  - {at: '09:30', who: amira, in: VSK, say: hej}"
        ),
        '7: steps[1].at: time goes back to "09:30"; expected 2026-10-14 10:00:00 or later',
    ),
    "an expression that is none": (
        "steps: [{at: '09:00', expect: {in: VSK, says: '(KA'}}]",
        "steps[0].expect.says",
    ),
    "a name that nobody saved": (
        "steps: [{at: '09:00', expect: {in: VSK, says: '${ov}'}}]",
        '"${ov}" has not been saved; expected a "save" before it',
    ),
    "a save without a group": (
        "steps: [{at: '09:00', save: {ov: 'OV-'}, in: VSK}]",
        "steps[0].save.ov: no group to keep",
    ),
    "an expectation of nothing": (
        "steps: [{at: '09:00', expect: {in: VSK}}]",
        "steps[0].expect: nothing to look for; expected says, file or members",
    ),
    "an expectation nowhere": (
        "steps: [{at: '09:00', expect: {says: hej}}]",
        'steps[0].expect: where?; expected "in: FORUM" or "direct: NAME"',
    ),
    "a choice there is not": (
        "steps: [{at: '09:00', who: amira, in: VSK, choose: agree}]",
        (
            'unknown choice "agree"; expected one of agrees, reservation, anchor, disagrees, '
            'not_concerned, or its number; did you mean "agrees"?'
        ),
    ),
    "a key beside what it does not go with": (
        "steps: [{at: '09:00', who: amira, in: VSK, say: hej, on: 'OV-'}]",
        'steps[0].on: "on" means nothing beside "say"; expected beside it who, in',
    ),
    "a deed there is not": (
        "steps: [{at: '09:00', do: kill-bott}]",
        (
            'unknown "kill-bott"; expected one of kill-bot, stop-bot, start-bot, restart-bot, '
            'stop-homeserver, start-homeserver; did you mean "kill-bot"?'
        ),
    ),
    "a homeserver there is not": (
        "homeservers: {norr: [rosvik]}\nsteps: [{at: '09:00', do: stop-homeserver nor}]",
        'unknown homeserver "nor"; expected one of norr, main; did you mean "norr"?',
    ),
    "an organisation on two homeservers": (
        "homeservers: {norr: [rosvik], syd: [rosvik]}\n" + SAY,
        '5: homeservers.syd[0]: "rosvik" is on "norr" already',
    ),
    "no steps": ("steps: []", "steps: an empty list will not do; expected at least one"),
    "not YAML": ("steps: [", "this is not YAML"),
}


@pytest.mark.parametrize(("rest", "expected"), WRONG_FILES.values(), ids=WRONG_FILES.keys())
def test_each_mistake_is_named_with_its_line(
    write: Callable[[str], Path], rest: str, expected: str
) -> None:
    file = write(rest)

    with pytest.raises(ScenarioFileWrong) as wrong:
        read_script(file)

    assert expected in str(wrong.value)
    assert str(wrong.value).startswith("scenario.yaml:")


def test_a_region_that_is_not_there_is_said(tmp_path: Path) -> None:
    file = tmp_path / "scenario.yaml"
    file.write_text("scenario: x\nregion: gone.yaml\nstart: 2026-10-14T09:00\n" + SAY)

    with pytest.raises(ScenarioFileWrong) as wrong:
        read_script(file)

    assert 'scenario.yaml:2: region: there is no file "gone.yaml"' in str(wrong.value)


def test_a_wrong_file_ends_with_two_and_says_so(write: Callable[[str], Path]) -> None:
    said = io.StringIO()

    code = play(write("steps: []"), Wishes(), Console(file=io.StringIO()), Console(file=said))

    assert code == WRONG
    assert "Nothing has been played." in said.getvalue()


@pytest.mark.parametrize(
    "file", sorted((EXAMPLE / "scenarios").glob("*.yaml")), ids=lambda f: f.stem
)
def test_the_scenarios_of_the_project_are_right(file: Path) -> None:
    script = read_script(file)

    assert script.steps
