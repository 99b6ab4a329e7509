"""What the registry operations answer."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from onepill.workbench.replies.parts import FindingRow, Iso, Reply, Text


class RegistrySource(Reply):
    """A source of the catalogue; `may_ship` says whether its rows may go into the product, `can_sync` whether `registry
    sync` knows it, `zh` holds licence, cadence, fields and warnings in Chinese.
    """

    id: str
    publisher: str
    title: Text
    licence: str
    may_ship: bool
    cadence: str
    address: str
    formats: list[str]
    tables: list[str]
    fields: dict[str, str]
    warnings: list[str]
    can_sync: bool
    zh: dict[str, Any]


class RefusedRow(Reply):
    """A row that was not loaded, and why."""

    record_id: str | None
    row: int | None
    reason_code: str
    message: str
    excerpt: str


class RecordChanges(Reply):
    new: int
    changed: int
    unchanged: int
    gone: int
    total: int


class LoadManifest(Reply):
    """Where the load came from and what it held; `loaded_at` is UTC."""

    source: str
    generation: int
    publisher: str
    licence: str
    address: str
    file: str
    format: str
    mode: str
    loaded_at: str
    engine_version: str
    sha256: str
    bytes: int
    rows_read: int
    rows_loaded: int
    rows_quarantined: int
    reasons: dict[str, int]
    counts_by_status: dict[str, int]
    first_day: Iso | None
    last_day: Iso | None
    snapshot_day: Iso | None
    records: RecordChanges
    segments: list[dict[str, Any]]


class RegistryLoad(Reply):
    """A load; `unchanged` where the same file was loaded before, `quarantined` are the first 100 refused rows."""

    source: str
    unchanged: bool
    rows_read: int
    rows_loaded: int
    rows_quarantined: int
    reasons: dict[str, int]
    quarantined: list[RefusedRow] = Field(max_length=100)
    seconds: float
    manifest: LoadManifest
    findings: list[FindingRow]


class FetchedPages(Reply):
    studies: int
    expected: int
    pages: int
    resumed_at: int
    restarted: bool


class RegistrySync(Reply):
    """What was fetched, and its load; no load where nothing was found."""

    source: str
    fetched: FetchedPages
    load: RegistryLoad | None
    findings: list[FindingRow]


class LoadedSource(Reply):
    """A source that is loaded; `age_days` counts from the day in `age_from`."""

    source: str
    publisher: str
    licence: str
    records: int
    rows_by_table: dict[str, int]
    rows_quarantined: int
    bytes: int
    loads: int
    generation: int
    file: str
    format: str
    counts_by_status: dict[str, int]
    first_day: Iso | None
    last_day: Iso | None
    snapshot_day: Iso | None
    loaded_day: Iso
    age_days: int | None
    age_from: str


class RegistryStatus(Reply):
    """What is loaded; ages are counted to the day `on`, and null without one."""

    warehouse: str
    generation: int
    on: Iso | None
    sources: list[LoadedSource]
    absent: list[str]


class RegistryVerified(Reply):
    """What was checked; `data_day` is the newest day that it shows, null where nothing is loaded."""

    warehouse: str
    generation: int
    segments: int
    bytes: int
    rows: int
    data_day: Iso | None
    errors: int
    findings: list[FindingRow]


class RegistryForgotten(Reply):
    """A source that is gone; what readers hold of it is freed later."""

    source: str
    generation: int
    records: int
    segments: int
    bytes: int
    bytes_freed: int


RegistrySources = list[RegistrySource]
