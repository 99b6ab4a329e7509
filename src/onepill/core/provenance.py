"""Where a number comes from: a side table by value path, so that numbers are never wrapped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

Origin = Literal["user", "rule", "base_rate", "registry", "derived", "assumption"]
Grade = Literal["official", "secondary", "derived", "unverified"]
GRADES: tuple[Grade, ...] = ("official", "secondary", "derived", "unverified")


@dataclass(frozen=True)
class Source:
    """A document that states a value: title, address, day of the document and day of retrieval (ISO text or empty)."""

    title: str
    url: str = ""
    date: str = ""
    retrieved: str = ""

    def as_row(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True)
class Provenance:
    """The origin of one value.

    `path` is the value's dotted path, `value` its plain form, `date` the day from which or on which the value is
    attested, `derived_from` the paths that a derived value was computed from and `formula` how.
    """

    path: str
    value: Any
    unit: str
    origin: Origin
    source_grade: Grade
    source: Source | None = None
    date: str = ""
    formula: str = ""
    derived_from: tuple[str, ...] = ()
    note: str = ""

    @property
    def is_sourced(self) -> bool:
        """True where the value rests on a stated source; assumptions and bare user values do not."""
        return self.origin != "assumption" and self.source_grade != "unverified"

    def as_row(self) -> dict[str, Any]:
        """The contract's row: `from` instead of `derived_from`, which Python reserves."""
        return {
            "path": self.path,
            "value": self.value,
            "unit": self.unit,
            "origin": self.origin,
            "source_grade": self.source_grade,
            "source": self.source.as_row() if self.source else None,
            "date": self.date or None,
            "formula": self.formula or None,
            "from": list(self.derived_from),
            "note": self.note or None,
        }


class Ledger:
    """The provenance of a result, one entry a path; a later entry for the same path replaces the earlier one."""

    def __init__(self) -> None:
        self._entries: dict[str, Provenance] = {}

    def add(self, entry: Provenance) -> None:
        self._entries[entry.path] = entry

    def get(self, path: str) -> Provenance | None:
        return self._entries.get(path)

    def __iter__(self) -> Iterator[Provenance]:
        return iter(self._entries[path] for path in sorted(self._entries))

    def __len__(self) -> int:
        return len(self._entries)
