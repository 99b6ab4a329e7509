"""Footnotes: from a value's path to the source that stands behind it.

Provenance rows that lead to the same place share one number. Numbers are given in order of first mention, so the views
ask for their marks in the order of the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from onepill.reports.catalogue import Catalogue
from onepill.reports.numerals import number
from onepill.reports.said_values import Said, said_value

GRADES = ("official", "secondary", "derived", "unverified", "assumption")
RUN_KEY = "run"
MAX_USES_SHOWN = 4
MOST_ROOTS = 3


@dataclass(frozen=True)
class Mark:
    """A footnote marker: its number, the row of the sources table it leads to, and that source's grade."""

    number: int
    anchor: str
    grade: str
    label: str


@dataclass(frozen=True)
class SourceRow:
    """One row of the sources table."""

    number: int
    anchor: str
    grade: str
    title: str
    details: tuple[Said, ...]
    url: str
    date: str
    uses: tuple[str, ...]
    more_uses: int


@dataclass
class _Note:
    grade: str
    title: str
    url: str = ""
    date: str = ""
    rows: list[Mapping[str, Any]] = field(default_factory=list)
    uses: list[str] = field(default_factory=list)
    from_file: bool = False
    number: int = 0


def grade_of(row: Mapping[str, Any]) -> str:
    """The grade shown: an assumption is one whatever its source grade says; without any grade it is unverified."""
    if row.get("origin") == "assumption":
        return "assumption"
    grade = row.get("source_grade")
    return grade if grade in GRADES else "unverified"


def owner_of(path: str) -> str:
    """What a path belongs to: `markets.us` of `markets.us.net_price_per_month`."""
    return ".".join(path.split(".")[:2])


class Footnotes:
    """The numbering of one page. Asking for a mark gives its source a number; `rows` lists all, cited ones first."""

    def __init__(self, passport: Mapping[str, Any], words: Catalogue) -> None:
        self._words = words
        self._notes: dict[tuple[str, ...], _Note] = {}
        self._key_of_path: dict[str, tuple[str, ...]] = {}
        self._derived_from: dict[str, tuple[str, ...]] = {}
        self._cited: list[_Note] = []
        self._run_title = words("sources.run", draws=number(passport.get("draws")), seed=passport.get("seed"))
        self._as_of = str(passport.get("as_of", ""))
        for row in passport.get("provenance") or ():
            self._file(row)

    def _file(self, row: Mapping[str, Any]) -> None:
        path, grade, source = str(row["path"]), grade_of(row), row.get("source")
        key = self._key(row, path=path, grade=grade)
        note = self._notes.get(key) or self._open(key, grade, source, path)
        note.rows.append(row)
        use = owner_of(path) if note.from_file else path
        if use not in note.uses:
            note.uses.append(use)
        self._key_of_path.setdefault(path, key)
        if key == (RUN_KEY,):
            self._derived_from[path] = tuple(str(p) for p in row.get("from") or ())

    def _key(self, row: Mapping[str, Any], *, path: str, grade: str) -> tuple[str, ...]:
        source = row.get("source")
        if source:
            return ("source", str(source.get("title", "")), str(source.get("url", "")), grade)
        if row.get("origin") == "derived":
            return (RUN_KEY,)
        return ("file", owner_of(path), grade)

    def _open(self, key: tuple[str, ...], grade: str, source: Mapping[str, Any] | None, path: str) -> _Note:
        if source:
            note = _Note(grade, str(source.get("title", "")), str(source.get("url", "")), source_date(source))
        elif key == (RUN_KEY,):
            note = _Note("derived", self._run_title, date=self._as_of)
        else:
            note = _Note(grade, self._words("sources.file", owner=owner_of(path)), date=self._as_of, from_file=True)
        self._notes[key] = note
        return note

    def _cite(self, note: _Note) -> Mark:
        if not note.number:
            self._cited.append(note)
            note.number = len(self._cited)
        grade = self._words(f"grade.{note.grade}")
        label = self._words("sources.mark", number=note.number, grade=grade)
        return Mark(note.number, f"s{note.number}", note.grade, label)

    def run(self) -> Mark:
        """The mark of a number that this run computed."""
        note = self._notes.get((RUN_KEY,)) or self._open((RUN_KEY,), "derived", None, "")
        return self._cite(note)

    def path(self, path: str | None) -> tuple[Mark, ...]:
        """The mark of a value, or of the nearest path above it that has provenance; none if there is none."""
        while path:
            key = self._key_of_path.get(path)
            if key is not None:
                return (self._cite(self._notes[key]),)
            path = path.rpartition(".")[0]
        return ()

    def roots(self, path: str, *, most: int = MOST_ROOTS) -> tuple[Mark, ...]:
        """The marks of the sourced and assumed values that a computed value rests on, nearest first; else its own mark.

        `path` may be that of a row (`us.approval`), whose `p50`, `prob` or `mean` is then taken.
        """
        start = next(
            (p for p in (path, *(f"{path}.{n}" for n in ("prob", "p50", "mean"))) if p in self._key_of_path), path
        )
        queue, seen, keys = [start], {start}, list[tuple[str, ...]]()
        while queue and len(keys) < most:
            current = queue.pop(0)
            before = self._derived_from.get(current, ())
            key = self._key_of_path.get(current)
            if key is not None and not before and key != (RUN_KEY,) and key not in keys:
                keys.append(key)
            queue += [p for p in before if p not in seen]
            seen.update(before)
        marks = {mark.number: mark for mark in (self._cite(self._notes[key]) for key in keys)}
        return tuple(marks[n] for n in sorted(marks)) or self.path(start)

    def paths(self, paths: Iterable[str]) -> tuple[Mark, ...]:
        """The marks of several values, each source once, in ascending order."""
        marks = {mark.number: mark for path in paths for mark in self.path(path)}
        return tuple(marks[n] for n in sorted(marks))

    def source(self, source: Mapping[str, Any] | None, *, grade: str | None, used_for: str) -> tuple[Mark, ...]:
        """The mark of a source that stands in a row of the document rather than in its provenance."""
        if not source or not source.get("title"):
            return ()
        shown = grade if grade in GRADES else self._grade_on_file(source)
        key = ("source", str(source["title"]), str(source.get("url", "")), shown)
        note = self._notes.get(key) or self._open(key, shown, source, "")
        if used_for not in note.uses:
            note.uses.append(used_for)
        return (self._cite(note),)

    def _grade_on_file(self, source: Mapping[str, Any]) -> str:
        for key in self._notes:
            if key[:3] == ("source", str(source["title"]), str(source.get("url", ""))):
                return key[3]
        return "secondary"

    def grade(self, path: str) -> str | None:
        """The grade of a value by its own path, or None when it has no provenance."""
        key = self._key_of_path.get(path)
        return None if key is None else self._notes[key].grade

    def rows(self) -> list[SourceRow]:
        """The sources table: cited sources in the order of the page, then the others in the order of the document."""
        for note in self._notes.values():
            self._cite(note)
        return [self._row(note) for note in self._cited]

    def _row(self, note: _Note) -> SourceRow:
        shown = tuple(note.uses[:MAX_USES_SHOWN])
        details = tuple(said_value(row, self._words) for row in note.rows) if note.from_file else ()
        more = len(note.uses) - len(shown)
        return SourceRow(
            note.number, f"s{note.number}", note.grade, note.title, details, note.url, note.date, shown, more
        )


def source_date(source: Mapping[str, Any]) -> str:
    """The day of a source, else the day it was read."""
    return str(source.get("date") or source.get("retrieved") or "")
