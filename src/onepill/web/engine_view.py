"""A page of an engine: an operation, the columns of its tables, and its drawings where it has some."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from onepill.reports.catalogue import Catalogue
from onepill.reports.charts import Chart
from onepill.web.engine_tables import Table

Draw = Callable[[Any, Catalogue], Sequence[Chart | None]]
Codes = Callable[[], Mapping[str, tuple[str, Sequence[str]]]]
FEW = {"draws": "10000"}
"""Futures of a page that is opened: the answer within seconds; the form asks for more."""
LAW_LINKS = {"rule": "/world/rule?id={}&asked=1"}
"""Rules have a page of their own."""
LAW = (
    "day",
    "change",
    "jurisdiction",
    "name",
    "variant_name",
    "before",
    "value",
    "unit",
    "source_grade",
    "source",
    "rule",
)
CHANGE = ("known_on", "severity", "kind", "drugs", "title", "field", "before", "after", "reason", "record", "source")
CHANGE_WORDS = {"kind": "change_kind", "field": "change_field"}


@dataclass(frozen=True)
class View:
    """One question of an engine.

    `codes` tells, of fields that hold lists of codes, the family of their words and all codes: words are chosen then.
    `first` are the fields that stand open in the form; `presets` what they hold when the page is first opened. A view
    that `waits` asks only when the form was sent: its question has no sensible default or takes long. `series` are the
    places in the answer of what its drawings show, by the id of the drawing; of one that is not named, the answer.
    """

    id: str
    operation: str
    tables: tuple[Table, ...]
    first: tuple[str, ...] = ()
    presets: Mapping[str, str] = field(default_factory=dict)
    waits: bool = False
    draws: Draw | None = None
    series: Mapping[str, str] = field(default_factory=dict)
    codes: Codes | None = None
    template: str = "engine.html.j2"

    @property
    def explains(self) -> bool:
        """Whether numbers of its tables open where they come from."""
        return any(table.explains for table in self.tables)


@dataclass(frozen=True)
class Engine:
    """An engine's page at `/<id>`, with one address a view: the first is the page itself."""

    id: str
    views: tuple[View, ...]
