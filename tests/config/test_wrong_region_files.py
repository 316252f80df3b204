"""Wrong region files: each is refused whole, with the message it must get.

The table is `wrong_region_files.yaml`; each case is one change in `minimal.yaml`.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from config.problem import RegionFileWrong
from config.region import load_region

HERE = Path(__file__).parent
MINIMAL = (HERE / "minimal.yaml").read_text(encoding="utf-8")
WRONG: dict[str, Any] = YAML(typ="safe", pure=True).load(HERE / "wrong_region_files.yaml")
TODAY = date(2026, 11, 2)


def refused(file: Path) -> list[str]:
    with pytest.raises(RegionFileWrong) as caught:
        load_region(file, TODAY)
    return [str(problem) for problem in caught.value.problems]


def patched(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    text = MINIMAL
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in minimal.yaml"
        text = text.replace(old, new)
    return holding(tmp_path, text.encode())


def holding(tmp_path: Path, content: bytes) -> Path:
    file = tmp_path / "region.yaml"
    file.write_bytes(content)
    return file


def test_the_minimal_region_is_right(tmp_path: Path) -> None:
    region = load_region(patched(tmp_path), TODAY)

    assert list(region.forums) == ["TOP", "WEEK", "GROUP"]


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_file_gets_its_message(case: str, tmp_path: Path) -> None:
    wrong = WRONG[case]

    told = refused(patched(tmp_path, (wrong["instead_of"], wrong["write"])))

    assert told == wrong["told"]


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    file = patched(
        tmp_path,
        ("name: Mini", "name: 5"),
        ("works: {lower: BOSS}", "works: {lower: BOS}"),
        ("chair: aa.DUTY", "chair: aa.DUTYY"),
        ("escalates_to: WEEK", "escalate_to: WEEK"),
    )

    told = refused(file)

    assert [line.split(": ")[:2] for line in told] == [
        ["region.yaml:3", "region.name"],
        ["region.yaml:29", "receivers.default_by_type.works.lower"],
        ["region.yaml:53", "forums.WEEK.chair"],
        ["region.yaml:75", "forums.GROUP.escalate_to"],
    ]


def test_what_only_follows_from_a_fault_is_not_told_as_another(tmp_path: Path) -> None:
    file = patched(
        tmp_path,
        ("{each: all_works, function: BOSS, mandate: [INFORM]}", "{each: all_works, function: 7}"),
        ("chair: aa.DUTY", "chair: bb.BOSS"),
    )

    assert refused(file) == [
        "region.yaml:58: forums.WEEK.seats[1].function: 7 will not do; expected a text",
        "region.yaml:58: forums.WEEK.seats[1].mandate: this key is missing",
    ]


def test_a_perspective_that_no_seat_can_bring_is_refused(tmp_path: Path) -> None:
    file = patched(
        tmp_path,
        ("info_classes:", "perspectives: {work: {en: work, types: [works]}}\ninfo_classes:"),
        ("purpose: To give aims.", "purpose: To give aims.\n    perspectives: [work]"),
    )

    [told] = refused(file)
    assert told == (
        'region.yaml:44: forums.TOP.perspectives[0]: no seat of TOP can bring "work"; '
        "expected a seat for one of works"
    )


def test_a_file_of_fifty_megabytes_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "region.yaml"
    with file.open("wb") as opened:
        opened.truncate(50_000_000)

    assert refused(file) == [
        "region.yaml: the file is 50000000 bytes; expected at most 1000000 bytes"
    ]


def test_aliases_cannot_make_a_small_file_large(tmp_path: Path) -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]

    told = refused(holding(tmp_path, "\n".join(rows).encode()))

    assert told == [
        "region.yaml:6: aliases make the file too large; expected at most 200000 values"
    ]


def test_an_alias_within_itself_is_refused(tmp_path: Path) -> None:
    told = refused(holding(tmp_path, b"levels: &x [*x]\n"))

    assert told == ["region.yaml:1: *x points at no finished &x above it"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "region.yaml: the file is empty; expected a region or settings file"),
        (b"# only words\n", "region.yaml: the file is empty; expected a region or settings file"),
        (b"- a\n- b\n", 'region.yaml:1: the file holds no mapping; expected sections such as "a:"'),
        (
            "region:\n  name: Mälarvik\n".encode("latin-1"),
            "region.yaml:2: the text is not UTF-8; expected a file saved as UTF-8",
        ),
        (b"[a, b]: c\n", "region.yaml:1: a key is a list or a mapping; expected a word"),
    ],
)
def test_a_file_that_holds_no_region_is_refused(content: bytes, told: str, tmp_path: Path) -> None:
    assert refused(holding(tmp_path, content)) == [told]


def test_binary_is_not_yaml(tmp_path: Path) -> None:
    [told] = refused(holding(tmp_path, b"a: \x00\x01\n"))

    assert told.startswith("region.yaml: this is not YAML")


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    assert refused(tmp_path / "nowhere.yaml") == ["nowhere.yaml: there is no such file"]


def test_there_are_at_least_thirty_wrong_files() -> None:
    assert len(WRONG) >= 30
