"""The locks: pinned, hashed, in agreement with each other and with pyproject.toml, and tied to no index."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCKS = ("requirements.txt", "requirements-dev.txt")


@dataclass(frozen=True)
class Pin:
    """One entry of a lock: what is required, and the hashes that its archives may have."""

    requirement: Requirement
    hashes: tuple[str, ...]


def read_pins(lock: Path) -> list[Pin]:
    text = lock.read_text(encoding="utf-8").replace("\\\n", " ")
    entries = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [
        Pin(Requirement(entry.split(" --hash=")[0]), tuple(re.findall(r"--hash=(\S+)", entry))) for entry in entries
    ]


def versions_by_name(lock: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for pin in read_pins(lock):
        (specifier,) = pin.requirement.specifier
        found[canonicalize_name(pin.requirement.name)].add(f"{specifier} ; {pin.requirement.marker or ''}")
    return dict(found)


@pytest.mark.parametrize("name", LOCKS)
def test_every_entry_is_pinned_to_one_version_with_sha256(repository: Path, name: str) -> None:
    pins = read_pins(repository / name)
    assert len(pins) > 20
    for pin in pins:
        assert [specifier.operator for specifier in pin.requirement.specifier] == ["=="], pin
        assert pin.hashes, pin
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for digest in pin.hashes), pin


@pytest.mark.parametrize("name", LOCKS)
def test_no_index_address_and_no_option_stands_in_a_lock(repository: Path, name: str) -> None:
    text = (repository / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*-(?!-hash=)", text, flags=re.MULTILINE)


def test_the_developers_lock_holds_the_users_lock_at_the_same_versions(repository: Path) -> None:
    run, develop = (versions_by_name(repository / name) for name in LOCKS)
    assert {name: develop.get(name) for name in run} == run


@pytest.mark.parametrize("name", LOCKS)
def test_the_lock_satisfies_what_the_project_asks_for(repository: Path, name: str) -> None:
    settings = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = settings["project"]["dependencies"] + settings["dependency-groups"]["build"]
    if name == "requirements-dev.txt":
        wanted += settings["project"]["optional-dependencies"]["dev"]
    pins = read_pins(repository / name)
    for requirement in map(Requirement, wanted):
        locked = [pin for pin in pins if canonicalize_name(pin.requirement.name) == canonicalize_name(requirement.name)]
        assert locked, f"{requirement} is not locked: run `make lock`"
        for pin in locked:
            (specifier,) = pin.requirement.specifier
            assert requirement.specifier.contains(specifier.version), f"{pin.requirement} against {requirement}"
