"""Workers take the files of the suite in an order that saves time and loses none."""

from __future__ import annotations

from pathlib import Path

from tests.order import COMPILING, LONGEST, PLACES, ordered


def test_every_file_that_has_a_place_is_there_and_has_one(repository: Path) -> None:
    assert [file for file in PLACES if not (repository / file).is_file()] == []
    assert len(PLACES) == len(COMPILING) + len(LONGEST)


def test_what_has_a_place_comes_first_and_all_else_keeps_its_order() -> None:
    items = ["tests/z.py::b", f"{LONGEST[0]}::b", "tests/a.py::a", f"{LONGEST[0]}::a", f"{COMPILING[1]}::a"]
    assert ordered((item.partition("::")[0], item) for item in items) == [
        f"{COMPILING[1]}::a",
        f"{LONGEST[0]}::b",
        f"{LONGEST[0]}::a",
        "tests/z.py::b",
        "tests/a.py::a",
    ]
