"""Compiling, which a machine does once, is told to whoever waits for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from numba import njit

from onepill.cli.main import say_preparing
from onepill.core.preparing import when_preparing
from onepill.deals import arrays, equity_rows
from onepill.sim import jit  # noqa: F401 (it listens to the compiler)


def test_the_first_compilation_is_told_once_and_before_it_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    told: list[str] = []
    when_preparing(lambda: told.append("someone else"))
    when_preparing(say_preparing)
    twice, thrice = njit(lambda x: 2 * x), njit(lambda x: 3 * x)
    assert (twice(2), told) == (4, [])
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("once") == said.err.count("分钟") == said.err.count("\n") == 1
    assert (twice(3), thrice(2), twice(2.0), told) == (6, 6, 4.0, [])
    assert capsys.readouterr() == ("", "")


def test_what_is_compiled_already_is_not_told() -> None:
    told: list[str] = []
    known = njit(lambda x: 5 * x)
    known(1)
    when_preparing(lambda: told.append("begins"))
    assert (known(2), told) == (10, [])
    njit(lambda x: 7 * x)(1)
    assert told == ["begins"]


def test_every_file_of_the_deal_kernels_is_looked_at_before_compiled_code_is_used_again() -> None:
    """Each file belongs to the kernel whose digest names it; the rates of return have their own."""
    files = {path.stem.removeprefix("kernel") for path in Path(arrays.__file__).parent.glob("kernel*.py")}
    assert files == {*arrays.PARTS, *equity_rows.PARTS, "_irr"}
