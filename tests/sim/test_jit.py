"""Parts of kernels are compiled once, with what they become part of, and come to what numba makes of them by itself."""

from __future__ import annotations

import re
from pathlib import Path

import numba
import numpy as np
import pytest
from numba import njit
from numba.core.codegen import JITCodeLibrary

from onepill.sim import jit
from onepill.sim.jit_parts import TRIED, part_options


def _sum_to(values, count):  # type: ignore[no-untyped-def]
    total = 0.0
    for i in range(count):
        total += values[i] / 3.0
    return total


def test_only_the_entry_is_translated_to_machine_code(monkeypatch: pytest.MonkeyPatch) -> None:
    translated: list[str] = []
    translate = JITCodeLibrary._finalize_specific

    def spy(library: JITCodeLibrary) -> None:
        translated.append(library.name)
        translate(library)

    monkeypatch.setattr(JITCodeLibrary, "_finalize_specific", spy)
    part = jit.jit(_sum_to)

    @njit(no_cfunc_wrapper=True)
    def entry(values, count):  # type: ignore[no-untyped-def]
        return part(values, count) + part(values, 1)

    values = np.random.default_rng(1).random(1_000)
    assert entry(values, 900) == _sum_to(values, 900) + _sum_to(values, 1)
    assert {name.rpartition(".")[2] for name in translated} - {"nrt"} == {"entry"}


def test_a_version_of_numba_that_was_not_tried_compiles_parts_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    assert part_options() != {}
    monkeypatch.setattr("onepill.sim.jit_parts.TRIED", frozenset({(0, 1)}))
    assert part_options() == {}


def test_the_locked_version_is_one_that_was_tried(repository: Path) -> None:
    locked = re.search(r"^numba==(\d+)\.(\d+)", (repository / "requirements.txt").read_text("utf-8"), re.MULTILINE)
    assert locked is not None
    assert (int(locked[1]), int(locked[2])) in TRIED
    assert numba.version_info.short in TRIED
