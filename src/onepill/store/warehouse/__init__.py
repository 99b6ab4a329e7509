"""What is loaded, since when, from where: DuckDB over immutable segments; a load is visible at once or not at all."""

from onepill.store.warehouse.care import Forgotten, Verified, forget_source, verify
from onepill.store.warehouse.folder import current, writing
from onepill.store.warehouse.journal import Journal
from onepill.store.warehouse.load import Loaded, Origin, load_source
from onepill.store.warehouse.manifest import (
    Changes,
    Generation,
    LoadEntry,
    Segment,
    SourceState,
    entry_row,
)
from onepill.store.warehouse.reading import Reader, open_reader
from onepill.store.warehouse.staging import Parsed, Refused

__all__ = [
    "Changes",
    "Forgotten",
    "Generation",
    "Journal",
    "LoadEntry",
    "Loaded",
    "Origin",
    "Parsed",
    "Reader",
    "Refused",
    "Segment",
    "SourceState",
    "Verified",
    "current",
    "entry_row",
    "forget_source",
    "load_source",
    "open_reader",
    "verify",
    "writing",
]
