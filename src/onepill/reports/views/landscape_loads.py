"""The loads of a landscape page: their numbers, which pictures rest on which, and their rows at the foot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onepill.reports.catalogue import Catalogue
from onepill.reports.context import View
from onepill.reports.footnotes import Mark
from onepill.reports.numerals import number

GRADE = "derived"
"""What is counted from a load follows from it; no marker of a doubt stands beside it."""
HASH_SHOWN = 12


class Loads:
    """The numbered sources of a page, in the order of the document; `marks` gives those of some roles."""

    def __init__(self, page: Mapping[str, Any], words: Catalogue) -> None:
        self._words = words
        self._rows = [(place, row) for place, row in enumerate(page["sources"], start=1)]

    def marks(self, *roles: str) -> tuple[Mark, ...]:
        """Markers of the sources whose rows are used in one of the roles."""
        return tuple(
            Mark(place, f"s{place}", GRADE, self._words("scape.source_mark", source=row["source"]))
            for place, row in self._rows
            if set(roles) & set(row["roles"])
        )

    def rows(self) -> list[View]:
        """Every source with its files, its age and what it is used for."""
        words = self._words
        return [
            {
                "number": place,
                "anchor": f"s{place}",
                "title": words.text(row["title"]),
                "publisher": row["publisher"],
                "licence": row["licence"],
                "url": row["address"],
                "age": self._age(row),
                "used": words("list.comma").join(words(f"role.{role}") for role in row["roles"])
                or words("scape.unused"),
                "records": number(row["records"]),
                "span": f"{row['first_day']} … {row['last_day']}" if row["first_day"] else "",
                "files": [self._file(one) for one in row["files"]],
            }
            for place, row in self._rows
        ]

    def _age(self, row: Mapping[str, Any]) -> str:
        days = row["age_days"]
        if not any(one["snapshot_day"] for one in row["files"]):
            return self._words("scape.no_day", day=row["shown_day"])
        key = "scape.age_zero" if not days else "scape.age" if days > 0 else "scape.newer"
        return self._words(key, day=row["shown_day"], count=number(abs(days)))

    def _file(self, one: Mapping[str, Any]) -> str:
        words = self._words
        loaded = words("scape.loaded", file=one["file"], rows=number(one["rows_loaded"]), day=one["loaded_day"])
        refused = one["rows_quarantined"]
        parts = [loaded, words("scape.refused", count=number(refused)) if refused else ""]
        parts.append(words("scape.hash", hash=one["sha256"][:HASH_SHOWN]))
        return words("list.semicolon").join(part for part in parts if part)
