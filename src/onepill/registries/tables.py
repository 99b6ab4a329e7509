"""The one table model of all sources: tables, columns, their types and meanings."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from onepill.registries.extras import need

if TYPE_CHECKING:
    import pyarrow

Kind = Literal["text", "texts", "count", "number", "flag", "day"]


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        kind: text, texts (a list), count (int32), number (float64), flag (yes or no), day (date32). All may be null.
        meaning: by language, `en` and `zh`.
    """

    name: str
    kind: Kind
    meaning: Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """A table: what one row is, and its columns after the three that every table begins with."""

    name: str
    meaning: Mapping[str, str]
    columns: tuple[Column, ...]

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


KEY = (
    Column("source", "text", {"en": "the source's id", "zh": "来源编号"}),
    Column("record_id", "text", {"en": "the publisher's own id of the record", "zh": "发布方的记录编号"}),
    Column("ordinal", "count", {"en": "place within the record, from 0", "zh": "在记录中的序号，从 0 起"}),
)
"""With `record_id` and `ordinal` a row is unique within its source and table."""


@cache
def tables() -> Mapping[str, Table]:
    """All tables by name."""
    text = files("onepill.registries").joinpath("data", "tables.json").read_text(encoding="utf-8")
    return MappingProxyType({name: _table(name, entry) for name, entry in json.loads(text).items()})


def _table(name: str, entry: dict[str, dict[str, dict[str, str]]]) -> Table:
    columns = tuple(Column(key, c["type"], c["meaning"]) for key, c in entry["columns"].items())  # type: ignore[arg-type]
    return Table(name, entry["meaning"], columns)  # type: ignore[arg-type]


@cache
def table_schema(name: str) -> pyarrow.Schema:
    """The Arrow schema of a table: `source`, `record_id`, `ordinal`, then its own columns.

    Raises:
        KeyError: there is no such table.
        MissingExtra: pyarrow is not installed.
    """
    arrow = need("pyarrow")
    kinds = {
        "text": arrow.string(),
        "texts": arrow.list_(arrow.string()),
        "count": arrow.int32(),
        "number": arrow.float64(),
        "flag": arrow.bool_(),
        "day": arrow.date32(),
    }
    own = [arrow.field(column.name, kinds[column.kind]) for column in tables()[name].columns]
    key = [arrow.field(column.name, kinds[column.kind], nullable=False) for column in KEY]
    return arrow.schema([*key, *own])


class _Schemas(Mapping[str, "pyarrow.Schema"]):
    """Schemas by table name, each built when it is first asked for."""

    def __getitem__(self, name: str) -> pyarrow.Schema:
        return table_schema(name)

    def __iter__(self) -> Iterator[str]:
        return iter(tables())

    def __len__(self) -> int:
        return len(tables())


TABLES: Mapping[str, pyarrow.Schema] = _Schemas()
"""The Arrow schema of every table, by name."""
