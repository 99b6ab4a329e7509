"""What the warehouse holds: generations of sources, each a list of immutable segments and the loads that made them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from onepill.core.errors import InputError

if TYPE_CHECKING:
    from pydantic import TypeAdapter

Mode = Literal["full", "update"]
CLOSED = {"extra": "forbid"}
"""Read by pydantic: a key that this version does not know is an error."""


@dataclass(frozen=True)
class Segment:
    """One Parquet file, never changed once named; `file` is relative to the warehouse, generations are inclusive."""

    __pydantic_config__: ClassVar[dict[str, str]] = CLOSED
    table: str
    file: str
    sha256: str
    bytes: int
    rows: int
    first_generation: int
    last_generation: int


@dataclass(frozen=True)
class Changes:
    """Records by what a load did to them; `total` are those that stand afterwards."""

    __pydantic_config__: ClassVar[dict[str, str]] = CLOSED
    new: int
    changed: int
    unchanged: int
    gone: int
    total: int


@dataclass(frozen=True)
class LoadEntry:
    """The manifest of one load; `loaded_at` is UTC and the only time of day that the warehouse keeps."""

    __pydantic_config__: ClassVar[dict[str, str]] = CLOSED
    source: str
    generation: int
    publisher: str
    licence: str
    address: str
    file: str
    format: str
    mode: Mode
    loaded_at: datetime
    engine_version: str
    sha256: str
    bytes: int
    rows_read: int
    rows_loaded: int
    rows_quarantined: int
    reasons: dict[str, int]
    counts_by_status: dict[str, int]
    first_day: date | None
    last_day: date | None
    snapshot_day: date | None
    records: Changes
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class Recipe:
    """How content hashes were made: another engine or other columns hash the same record to another number."""

    __pydantic_config__: ClassVar[dict[str, str]] = CLOSED
    engine: str
    columns: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class SourceState:
    """One source in one generation: its loads from the first on, its standing segments, its ledger of records.

    `superseded_in` are the generations that wrote rows which no longer stand: only their segments need the ledger.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = CLOSED
    loads: tuple[LoadEntry, ...]
    segments: tuple[Segment, ...]
    ledger: Segment
    recipe: Recipe
    superseded_in: tuple[int, ...] = ()

    @property
    def last(self) -> LoadEntry:
        return self.loads[-1]

    @property
    def files(self) -> tuple[Segment, ...]:
        return (*self.segments, self.ledger)


@dataclass(frozen=True)
class Generation:
    """The whole warehouse as of one load; number 0 is the empty one."""

    __pydantic_config__: ClassVar[dict[str, str]] = CLOSED
    warehouse: Literal[1]
    number: int
    sources: dict[str, SourceState]

    @property
    def files(self) -> set[str]:
        return {segment.file for state in self.sources.values() for segment in state.files}


def empty_generation() -> Generation:
    """What a warehouse holds before its first load."""
    return Generation(warehouse=1, number=0, sources={})


@cache
def _adapter() -> TypeAdapter[Generation]:
    from pydantic import TypeAdapter

    return TypeAdapter(Generation)


def to_bytes(generation: Generation) -> bytes:
    return _adapter().dump_json(generation, indent=1) + b"\n"


def from_file(path: Path) -> Generation:
    """Read a generation's manifest.

    Raises:
        FileNotFoundError, NotADirectoryError: there is none.
        InputError: `warehouse.manifest`: the file cannot be read, is damaged, or of a later version of onepill.
    """
    from pydantic import ValidationError

    try:
        return _adapter().validate_json(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        raise
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror or error}"
        hint = "make it readable, or name another warehouse"
        raise InputError.single("warehouse.manifest", message, hint=hint, file=str(path)) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        message = f"{path} is not a manifest that this version reads: {place}: {first['msg']}"
        hint = "update onepill, or load the sources into another warehouse"
        raise InputError.single("warehouse.manifest", message, hint=hint, file=str(path)) from None


def entry_row(entry: LoadEntry) -> dict[str, object]:
    """One load's manifest as a plain document."""
    from pydantic import TypeAdapter

    row: dict[str, object] = TypeAdapter(LoadEntry).dump_python(entry, mode="json")
    return row
