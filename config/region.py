"""Region file → the law, or everything that is wrong in it.

A file is taken whole or refused whole. What it refuses is told at once: each thing with its
file, line and key, what was expected, and the nearest valid name.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from bot.domain.region import Region
from config.problem import Problem, RegionFileWrong
from config.region_file.build import region_of
from config.region_file.checks import check
from config.region_file.reading import Reading
from config.region_file.shape import RegionShape
from config.structure import read_structure
from config.yaml_tree import NotYaml, Tree, read_tree


def load_region(path: Path, today: date) -> Region:
    """Read a region file as it stands today. Raises RegionFileWrong with all that is wrong."""
    tree = _tree(path)
    shape, problems = read_structure(RegionShape, tree)
    if shape is not None:
        reading = Reading(shape, tree, today, problems)
        check(reading)
        if not problems:
            return region_of(reading)
    raise RegionFileWrong(sorted(problems, key=lambda problem: problem.line))


def _tree(path: Path) -> Tree:
    try:
        return read_tree(path)
    except NotYaml as error:
        problem = Problem(path.name, error.line, "", error.message, error.expected)
        raise RegionFileWrong([problem]) from error
