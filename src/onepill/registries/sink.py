"""Collects the rows of records, sets aside what cannot be read, and turns the rest into Arrow batches."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from onepill.registries.days import BadDay, Day, as_date
from onepill.registries.extras import need
from onepill.registries.tables import table_schema, tables

if TYPE_CHECKING:
    import pyarrow

FLUSH_ROWS = 20_000
"""Rows of the longest table after which a batch is given out."""
MOST_ROWS = 50_000
"""Rows that no batch exceeds."""
LOOK_EVERY = 64
EXCERPT = 160
Item = TypeVar("Item")


@dataclass(frozen=True)
class Quarantined:
    """A record that was read and not loaded.

    Attributes:
        record_id: the publisher's id; the name of its file where it cannot be told.
        row: line, or place of the record, in its file, from 1.
        reason_code: a key of `REASONS`.
        message: what is wrong with it.
        excerpt: its beginning, as read.
    """

    record_id: str
    row: int
    reason_code: str
    message: str
    excerpt: str


class Refused(Exception):
    """This record cannot be loaded, and why."""

    def __init__(self, reason_code: str, message: str, record_id: str = "") -> None:
        super().__init__(message)
        self.reason_code, self.record_id = reason_code, record_id


@dataclass(frozen=True, slots=True)
class Kept:
    """A record that was read: its id, its status for the counts, and the days that its source's span is made of."""

    record_id: str
    status: str | None = None
    days: tuple[int | None, ...] = ()


@dataclass
class Sink:
    """What one load has read so far. Rows of a record are added together or not at all.

    Attributes:
        seen: ids of records of which an id may occur once only.
        place: the name of the file that is read.
        with_results: whether posted results of trials are read too, which takes as long again.
        kept: if set to a list, every loaded record with its row, for a run that another process counts.
    """

    source: str
    rows_read: int = 0
    rows_loaded: int = 0
    quarantined: list[Quarantined] = field(default_factory=list)
    counts_by_status: Counter[str] = field(default_factory=Counter)
    rows_by_table: Counter[str] = field(default_factory=Counter)
    first: int | None = None
    last: int | None = None
    snapshot: int | None = None
    seen: set[str] = field(default_factory=set)
    place: str = ""
    with_results: bool = False
    kept: list[tuple[Kept, int]] | None = None

    def __post_init__(self) -> None:
        self._columns = {name: table.column_names for name, table in tables().items()}
        self._names = {name: frozenset(columns) for name, columns in self._columns.items()}
        # One flat list a table, row after row: a column is a slice, and no object is kept for each row.
        self._rows: dict[str, list[Any]] = {name: [] for name in self._columns}
        self._widths = {name: len(columns) + 2 for name, columns in self._columns.items()}
        self._full = [(self._rows[name], FLUSH_ROWS * width) for name, width in self._widths.items()]
        self._ordinals: dict[str, dict[str, int]] = {name: {} for name in self._columns}
        self._pending: list[tuple[Kept, int]] = []

    def rows(self, table: str) -> list[Any]:
        """The pending values of a table; a reader in a hurry extends it by record id, ordinal and its columns."""
        return self._rows[table]

    def add(self, table: str, record_id: str, **values: Any) -> None:
        """Add a row; its ordinal counts on within the record."""
        ordinals = self._ordinals[table]
        ordinal = ordinals.get(record_id, 0)
        ordinals[record_id] = ordinal + 1
        self.put(table, record_id, ordinal, values)

    def put(self, table: str, record_id: str, ordinal: int, values: dict[str, Any]) -> None:
        """Add a row whose ordinal is known."""
        columns = self._columns[table]
        if not values.keys() <= self._names[table]:
            raise AssertionError(f"{table} has no {sorted(values.keys() - self._names[table])}")
        flat = self._rows[table]
        flat += (record_id, ordinal)
        flat += map(values.get, columns)

    def take(
        self,
        item: Item,
        row: int,
        read: Callable[[Item, Sink], Kept],
        *,
        unique: bool = False,
        id_of: Callable[[Item], str] = lambda item: "",
    ) -> None:
        """Read one record; what cannot be read is set aside with its reason, and leaves no row behind.

        Args:
            item: the record.
            row: its line or place in its file, from 1.
            read: adds its rows.
            unique: whether its id may occur once only.
            id_of: tells the id of a record that could not be read, empty if it cannot be told.
        """
        self.rows_read += 1
        marks = [len(rows) for rows in self._rows.values()]
        try:
            kept = read(item, self)
            if unique:
                self._once(kept.record_id)
        except Refused as refused:
            self._set_aside(item, row, marks, refused, id_of)
        except BadDay as bad:
            self._set_aside(item, row, marks, Refused("bad_day", str(bad)), id_of)
        except (AttributeError, TypeError, KeyError, IndexError, ValueError) as error:
            message = f"not in the shape of this source: {type(error).__name__}: {error}"
            self._set_aside(item, row, marks, Refused("malformed", message), id_of)
        else:
            self._pending.append((kept, row))

    def refuse(self, item: Any, row: int, refused: Refused) -> None:
        """Count a record as read and set it aside."""
        self.rows_read += 1
        self._set_aside(item, row, [len(rows) for rows in self._rows.values()], refused)

    def note_snapshot(self, day: int | None) -> None:
        """The source states a day of release; the latest stands."""
        if day is not None and (self.snapshot is None or day > self.snapshot):
            self.snapshot = day

    @property
    def is_full(self) -> bool:
        """Whether a batch may be given out; looked at now and then, since looking costs as much as a small record."""
        if self.rows_read % LOOK_EVERY:
            return False
        return any(len(flat) >= most for flat, most in self._full)

    def flush(self) -> Iterator[tuple[str, pyarrow.RecordBatch]]:
        """Everything pending as batches; a record with a value of a wrong type is set aside with all its rows."""
        batches = None
        while batches is None:
            batches = self._convert()
        for kept, _ in self._pending:
            self._count(kept)
        if self.kept is not None:
            self.kept += self._pending
        self._pending.clear()
        for rows in self._rows.values():
            rows.clear()
        for table, batch in batches:
            for start in range(0, batch.num_rows, MOST_ROWS):
                self.rows_by_table[table] += min(MOST_ROWS, batch.num_rows - start)
                yield table, batch.slice(start, MOST_ROWS)

    def absorb(self, kept: list[tuple[Kept, int]], quarantined: list[Quarantined], snapshot: int | None) -> set[str]:
        """Count what another process has read; ids that were there before are set aside and returned."""
        self.rows_read += len(kept) + len(quarantined)
        self.quarantined += quarantined
        self.note_snapshot(snapshot)
        again = set()
        for one, row in kept:
            if one.record_id in self.seen:
                again.add(one.record_id)
                self.quarantined.append(Quarantined(one.record_id, row, "duplicate_id", _again(one.record_id), ""))
            else:
                self.seen.add(one.record_id)
                self._count(one)
        return again

    def _once(self, record_id: str) -> None:
        if record_id in self.seen:
            raise Refused("duplicate_id", _again(record_id), record_id)
        self.seen.add(record_id)

    def _set_aside(
        self, item: Any, row: int, marks: list[int], why: Refused, id_of: Callable[[Any], str] | None = None
    ) -> None:
        for rows, mark in zip(self._rows.values(), marks, strict=True):
            del rows[mark:]
        record_id = why.record_id or (id_of(item) if id_of else "") or self.place
        found = Quarantined(record_id, row, why.reason_code, str(why), excerpt_of(item))
        self.quarantined.append(found)

    def _count(self, kept: Kept) -> None:
        self.rows_loaded += 1
        if kept.status:
            self.counts_by_status[kept.status] += 1
        for day in kept.days:
            if day is None:
                continue
            self.first = day if self.first is None or day < self.first else self.first
            self.last = day if self.last is None or day > self.last else self.last

    def _convert(self) -> list[tuple[str, pyarrow.RecordBatch]] | None:
        """All tables as batches; None after a record of a wrong type was dropped, to be tried again."""
        arrow = need("pyarrow")
        batches = []
        for table, flat in self._rows.items():
            if not flat:
                continue
            schema, width = table_schema(table), self._widths[table]
            arrays = [arrow.repeat(arrow.scalar(self.source, arrow.string()), len(flat) // width)]
            for place, column in enumerate(list(schema)[1:]):
                values = flat[place::width]
                try:
                    arrays.append(arrow.array(values, type=column.type))
                except (arrow.ArrowException, TypeError, ValueError, OverflowError):
                    self._drop(_bad_ids(flat[::width], values, column), column.name)
                    return None
            batches.append((table, arrow.RecordBatch.from_arrays(arrays, schema=schema)))
        return batches

    def _drop(self, bad: dict[str, str], column: str) -> None:
        """Set the records aside whose value of a column has a wrong type."""
        for name, flat in self._rows.items():
            width = self._widths[name]
            starts = [start for start in range(0, len(flat), width) if flat[start] not in bad]
            flat[:] = [value for start in starts for value in flat[start : start + width]]
        keep = []
        for pending in self._pending:
            kept, row = pending
            if kept.record_id not in bad:
                keep.append(pending)
                continue
            self.seen.discard(kept.record_id)
            value = bad[kept.record_id]
            message = f"{column} is of a wrong type: {value}"
            self.quarantined.append(Quarantined(kept.record_id, row, "malformed", message, value))
        self._pending = keep

    @property
    def span(self) -> tuple[date | None, date | None]:
        return as_date(self.first), as_date(self.last)


def _again(record_id: str) -> str:
    return f"{record_id} occurs a second time; the first is kept"


@contextmanager
def paused_collection() -> Iterator[None]:
    """Python's search for reference cycles is off within.

    Rows hold no cycles, and it would walk all of them again and again, which doubles the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _bad_ids(ids: list[str], values: list[Any], column: pyarrow.Field) -> dict[str, str]:
    """Ids of the records whose value does not fit the column, with the value."""
    arrow = need("pyarrow")
    bad = {}
    for record_id, value in zip(ids, values, strict=True):
        try:
            arrow.array([value], type=column.type)
        except (arrow.ArrowException, TypeError, ValueError, OverflowError):
            bad[record_id] = repr(value)[:EXCERPT]
    return bad


def excerpt_of(item: Any) -> str:
    """The beginning of a record, as it was read."""
    if isinstance(item, str):
        return item[:EXCERPT]
    if isinstance(item, dict):
        return str(dict(list(item.items())[:4]))[:EXCERPT]
    return str(item)[:EXCERPT]


def day_pair(name: str, day: Day) -> dict[str, Any]:
    """The two columns of a day."""
    return {f"{name}_day": day[0], f"{name}_precision": day[1]}


def text_or_none(value: str | None) -> str | None:
    """A text without the blanks around it; None if nothing is left."""
    return (value or "").strip() or None


def count_or_none(text: str | None) -> int | None:
    """A whole number, which some sources write as `60.0`; None where there is none.

    Raises:
        ValueError: it is not a whole number.
    """
    stripped = (text or "").strip().replace(",", "")
    if stripped.lower() in ("", "null", "na", "n/a"):
        return None
    number = float(stripped)
    if number != int(number) or abs(number) >= 2**31:
        raise ValueError(f"{text!r} is not a whole number that fits")
    return int(number)
