"""The list of numbers of a passport's file: where each of its figures leads, for who has the file and no server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from onepill.reports.catalogue import Catalogue
from onepill.reports.footnotes import Footnotes, Mark, grade_of
from onepill.reports.numerals import number, percent
from onepill.reports.said_values import value_words
from onepill.reports.told import Places, value_at

Row = Mapping[str, Any]
MOST_PARENTS = 12
WHOLE = 1e5
"""From here on a number is shown without decimals."""
SUMMED = ("mean", "prob", "p50")


@dataclass(frozen=True)
class NumberRow:
    """One number: its anchor and path, its value, its grade, how it was made, and of which others."""

    anchor: str
    path: str
    value: str
    grade: str
    origin: str
    formula: str
    parents: tuple[tuple[str, str], ...]
    more_parents: int
    marks: tuple[Mark, ...]


def file_places(passport: Row) -> Places:
    """The places of a file: each number at its own row of the list."""
    at = {str(row["path"]): f"#n{i}" for i, row in enumerate(passport.get("provenance") or (), start=1)}

    def address(place: str) -> str:
        return at.setdefault(place, f"#n{len(at) + 1}")

    return Places(passport, address)


def number_rows(places: Places, notes: Footnotes, words: Catalogue) -> list[NumberRow]:
    """Every number that has provenance, then those of the page that have no row of their own."""
    ledger: Sequence[Row] = places.passport.get("provenance") or ()
    known = {str(row["path"]) for row in ledger}
    rows = [_of_ledger(row, known, places, notes, words) for row in ledger]
    return rows + [_computed(place, places, notes, words) for place in places.cited if place not in known]


def _of_ledger(row: Row, known: set[str], places: Places, notes: Footnotes, words: Catalogue) -> NumberRow:
    path, parents = str(row["path"]), [str(one) for one in row.get("from") or () if str(one) in known]
    return NumberRow(
        anchor=places.address(path).removeprefix("#"),
        path=path,
        value=_value(row.get("value"), row.get("unit"), words),
        grade=grade_of(row),
        origin=words.either("origin", row.get("origin")),
        formula=str(row.get("formula") or ""),
        parents=tuple((one, places.address(one)) for one in parents[:MOST_PARENTS]),
        more_parents=max(0, len(parents) - MOST_PARENTS),
        marks=notes.path(path),
    )


def _computed(place: str, places: Places, notes: Footnotes, words: Catalogue) -> NumberRow:
    """A number without a row of its own: the source that it stands beside where there is one, else the run."""
    source = _source(places.passport, place)
    marks = notes.source(source, grade=None, used_for=place) if source else (notes.run(),)
    return NumberRow(
        anchor=places.address(place).removeprefix("#"),
        path=place,
        value=_value(_summed(value_at(places.passport, place)), None, words),
        grade=marks[0].grade,
        origin=words("numbers.stands_beside" if source else "origin.derived"),
        formula="",
        parents=(),
        more_parents=0,
        marks=marks,
    )


def _source(passport: Row, place: str) -> Row | None:
    """The nearest source that stands at the number's row, or at what the row is in; never that of another row."""
    parts = place.split("/")
    for size in range(len(parts), 1, -1):
        node = value_at(passport, "/".join(parts[:size]))
        given = node.get("source") if isinstance(node, Mapping) else None
        if isinstance(given, Mapping) and given.get("title"):
            return given
    return None


def _summed(value: Any) -> Any:
    """Of an estimate its mean; of a list how many rows it has."""
    if isinstance(value, Mapping):
        return next((value[key] for key in SUMMED if key in value), None)
    return len(value) if isinstance(value, Sequence) and not isinstance(value, str) else value


def _value(value: Any, unit: Any, words: Catalogue) -> str:
    """A value of the ledger; dollars and what is large in whole ones, shares in percent."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if unit in ("share", "prob"):
            return percent(float(value), 1)
        if unit == "USD" or abs(value) >= WHOLE:
            return f"{number(float(value))}{' USD' if unit == 'USD' else ''}"
    return value_words({"value": value, "unit": unit}, words)
