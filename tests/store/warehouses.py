"""A registry made up for tests: trials as a dictionary, given as batches like a parser's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from onepill.store.warehouse import Loaded, Origin, load_source, open_reader

LOADED_AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
TRIAL = pa.schema(
    [
        ("source", pa.string()),
        ("record_id", pa.string()),
        ("ordinal", pa.int32()),
        ("status", pa.string()),
        ("phases", pa.list_(pa.string())),
    ]
)
SITE = pa.schema([("source", pa.string()), ("record_id", pa.string()), ("ordinal", pa.int32()), ("city", pa.string())])
SCHEMAS = {"trial": TRIAL, "site": SITE}


@dataclass(frozen=True)
class Trial:
    """What the registry says of one trial."""

    status: str = "RECRUITING"
    phases: tuple[str, ...] = ("PHASE2",)
    cities: tuple[str, ...] = ("Shanghai", "Boston")


@dataclass(frozen=True)
class RefusedRow:
    record_id: str | None
    row: int
    reason_code: str
    message: str
    excerpt: str


@dataclass
class Registry:
    """A parsed file of these trials, `batch` of them at a time."""

    trials: Mapping[str, Trial]
    source: str = "ctgov"
    batch: int = 100
    snapshot_day: date | None = None
    refused: list[RefusedRow] = field(default_factory=list)
    after_batch: Callable[[int], None] = lambda number: None
    format: str = "invented"
    first_day: date | None = date(2020, 1, 1)
    last_day: date | None = date(2025, 12, 31)
    rows_loaded: int = 0

    @property
    def rows_read(self) -> int:
        return self.rows_loaded + len(self.refused)

    @property
    def quarantined(self) -> list[RefusedRow]:
        return self.refused

    @property
    def counts_by_status(self) -> dict[str, int]:
        return dict(Counter(trial.status for trial in self.trials.values()))

    def batches(self) -> Iterator[tuple[str, pa.RecordBatch]]:
        items = sorted(self.trials.items())
        for start in range(0, len(items), self.batch):
            part = items[start : start + self.batch]
            rows = [
                {**self._key(name, 0), "status": trial.status, "phases": list(trial.phases)} for name, trial in part
            ]
            yield "trial", pa.RecordBatch.from_pylist(rows, schema=TRIAL)
            sites = [
                {**self._key(name, place), "city": city}
                for name, trial in part
                for place, city in enumerate(trial.cities)
            ]
            if sites:
                yield "site", pa.RecordBatch.from_pylist(sites, schema=SITE)
            self.rows_loaded += len(part)
            self.after_batch(start // self.batch)

    def _key(self, name: str, ordinal: int) -> dict[str, Any]:
        return {"source": self.source, "record_id": name, "ordinal": ordinal}


def trials(count: int, start: int = 0, **said: Any) -> dict[str, Trial]:
    return {f"NCT{number:08d}": Trial(**said) for number in range(start, start + count)}


def load(root: Path, registry: Registry, *, text: str | None = None, tell: Any = None, **how: Any) -> Loaded:
    """Load the registry from a file that holds `text`: what its trials are, unless something else is said."""
    file = root.parent / f"{registry.source}.json"
    file.write_text(repr(sorted(registry.trials.items())) if text is None else text, encoding="utf-8")
    given = {"path": file, "loaded_at": LOADED_AT, "engine_version": "0.1.0", **how}
    origin = Origin(
        source=registry.source,
        publisher="a publisher",
        licence="public domain",
        address="https://example.org",
        **given,
    )
    return load_source(root, origin, lambda _: registry, tell=tell)


def standing(root: Path, source: str = "ctgov") -> dict[str, Trial]:
    """The registry as the warehouse tells it."""
    with open_reader(root, SCHEMAS) as reader:
        cities: dict[str, list[str]] = {}
        for name, city in reader.connection.execute(
            "SELECT record_id, city FROM site WHERE source = ? ORDER BY record_id, ordinal", [source]
        ).fetchall():
            cities.setdefault(name, []).append(city)
        rows = reader.connection.execute(
            "SELECT record_id, status, phases FROM trial WHERE source = ?", [source]
        ).fetchall()
    assert len({row[0] for row in rows}) == len(rows)
    return {name: Trial(status, tuple(phases), tuple(cities.get(name, ()))) for name, status, phases in rows}
