from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

LOCKS = Path(__file__).parent.parent / "requirements"
PEERS = Path(__file__).parent / "peers"
NAMES = ["run", "rehearsal", "test", "tools"]


def lines(name: str) -> list[str]:
    return (LOCKS / f"{name}.lock").read_text(encoding="utf-8").splitlines()


def pins(name: str) -> dict[str, str]:
    found = (re.match(r"([a-z0-9-]+)==(\S+)", line) for line in lines(name))
    return {match[1]: match[2] for match in found if match}


@pytest.mark.parametrize("name", NAMES)
def test_a_lock_names_no_machine_and_no_address(name: str) -> None:
    text = "\n".join(lines(name))

    assert "://" not in text
    assert "--index-url" not in text
    assert not re.search(r"^\s*(#|-[a-z])", text, re.MULTILINE)


@pytest.mark.parametrize("name", NAMES)
def test_every_pin_in_a_lock_is_hashed(name: str) -> None:
    text = "\n".join(lines(name))

    hashed = re.findall(r"^\S+==.* \\\n    --hash=sha256:[0-9a-f]{64}", text, re.MULTILINE)

    assert len(hashed) == len(pins(name))


@pytest.mark.parametrize("name", ["run", "rehearsal", "tools"])
def test_what_runs_is_what_was_tested(name: str) -> None:
    tested = pins("test")

    assert pins(name).items() <= tested.items()


def test_the_image_carries_no_homeserver_and_no_tests() -> None:
    assert {"matrix-synapse", "pytest", "uv"}.isdisjoint(pins("run"))


def test_the_lock_of_the_other_client_names_every_hash_and_no_address() -> None:
    packages = json.loads((PEERS / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    installed = [package for place, package in packages.items() if place]

    assert "omit-lockfile-registry-resolved=true" in (PEERS / ".npmrc").read_text().splitlines()
    assert len(installed) > 10
    assert all(package["integrity"].startswith("sha512-") for package in installed)
    assert not [name for name, package in packages.items() if "resolved" in package]
