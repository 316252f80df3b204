"""Scenario file → script, or everything that is wrong in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bot.domain.region import Region
from bot.rehearsal.casting import Casting
from bot.rehearsal.moments import START, NotATime, read_start
from bot.rehearsal.script import ScenarioFileWrong, Script
from bot.rehearsal.shape import ScenarioShape
from bot.rehearsal.staging import Staging
from config.problem import FileWrong, Problem
from config.region import load_region
from config.structure import read_structure
from config.yaml_tree import NotYaml, Tree, read_tree


def read_script(file: Path) -> Script:
    """Read a scenario whole. Raise ScenarioFileWrong with all that is wrong, region included."""
    tree = _tree(file)
    shape, problems = read_structure(ScenarioShape, tree)
    if shape is None:
        raise ScenarioFileWrong(_sorted(problems))
    region_file = (file.parent / shape.region).resolve()
    region = _region(region_file, shape, tree, problems)
    if region is None:
        raise ScenarioFileWrong(_sorted(problems))
    script = _Reading(file, region_file, shape, tree, region, problems).script()
    if problems:
        raise ScenarioFileWrong(_sorted(problems))
    return script


def _sorted(problems: list[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: (problem.file, problem.line))


def _tree(file: Path) -> Tree:
    try:
        return read_tree(file)
    except NotYaml as error:
        problem = Problem(file.name, error.line, "", error.message, error.expected)
        raise ScenarioFileWrong([problem]) from error


def _region(file: Path, shape: ScenarioShape, tree: Tree, problems: list[Problem]) -> Region | None:
    """Load the region as it stands on the day the play begins."""
    if not file.is_file():
        problems.append(
            tree.problem(
                ("region",), f'there is no file "{shape.region}"', "a path relative to this file"
            )
        )
        return None
    try:
        today = datetime.fromisoformat(shape.start).date()
    except ValueError:
        problems.append(tree.problem(("start",), f'"{shape.start}" is no time', START))
        return None
    try:
        return load_region(file, today)
    except FileWrong as error:
        problems.extend(error.problems)
        return None


@dataclass
class _Reading:
    """A scenario whose keys are right, being held against its region."""

    file: Path
    region_file: Path
    shape: ScenarioShape
    tree: Tree
    region: Region
    problems: list[Problem] = field(default_factory=list)

    def script(self) -> Script:
        """Read all of it; what is wrong is noted, and something harmless stands for it."""
        start = self._start()
        casting = Casting(self.shape, self.tree, self.region, self.problems)
        people = casting.people()
        staging = Staging(self.shape, self.tree, self.region, self.problems, casting, start)
        return Script(
            file=self.file,
            title=self.shape.scenario,
            region=self.region,
            region_file=self.region_file,
            start=start,
            encrypted=self.shape.encrypted,
            homeservers=casting.homeservers(),
            people=people,
            roster=casting.roster(),
            automaton=casting.automaton(),
            steps=staging.steps(),
        )

    def _start(self) -> datetime:
        try:
            return read_start(self.shape.start, self.region.timezone)
        except NotATime as error:
            message = f'"{self.shape.start}" is no time'
            self.problems.append(self.tree.problem(("start",), message, str(error)))
            return datetime(2026, 1, 1, tzinfo=UTC)
