"""Published shares of programmes that pass from one phase to the next."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args

from onepill.core.errors import InputError
from onepill.core.provenance import Grade, Source
from onepill.evidence.areas import AREAS
from onepill.stats.proportions import product_interval, wilson_interval

Table = Literal["bio", "wong", "wong_lead"]
TABLES: tuple[str, ...] = get_args(Table)
DEFAULT_TABLE: Table = "bio"
"""Newer window, a rate for each gate of a plan, and `n` for each rate."""

OTHER_TABLE: dict[str, Table] = {"bio": "wong", "wong": "bio", "wong_lead": "bio"}
"""The table that is shown beside the chosen one."""

LEVEL = 0.95
"""Confidence level of `low` and `high`."""


@dataclass(frozen=True)
class BaseRate:
    """A published or derived success rate with its sample.

    Attributes:
        prob: share of programmes that succeeded, 0 to 1.
        n: programmes that the share rests on (the smallest of its factors for a product); None where the table
            gives none.
        low, high: 95 % Wilson limits from `n`, combined by `product_interval` for a product; None without `n`.
        table: the table's key.
        quantity: what the share is of, such as `phase_2_to_3` or `phase_3_to_approval`.
        area_used: the table's own row name, which may be wider than the area asked for.
        source: the publication.
        grade: `secondary` as printed, `derived` when computed from printed rates of the same table.
        note: what a reader must know: a wider row, a product, a gate that another one includes.
        formula: how a derived rate was computed; empty as printed.
    """

    prob: float
    n: int | None
    low: float | None
    high: float | None
    table: str
    quantity: str
    area_used: str
    source: Source
    grade: Grade
    note: str = ""
    formula: str = ""


def base_rate(area: str, transition: str, *, table: str = DEFAULT_TABLE) -> BaseRate:
    """Look up one printed rate.

    Args:
        area: one of `AREAS`.
        transition: one of `gates_for(table)`.
        table: one of `TABLES`.

    Raises:
        InputError: an unknown area or table, or a transition that this table does not print; `bio` has no
            `phase_3_to_approval`, `wong` no filing gate of its own.
    """
    entry, row = _table(table), _row_name(area, table=table)
    if transition not in gates_for(table):
        raise InputError.single(
            "base_rate.transition",
            f"table {table} has no rate {transition!r}",
            hint=f"it has {', '.join(gates_for(table))}",
            value=transition,
        )
    prob, n = entry["rows"][row][transition]
    low, high = wilson_interval(prob * n, n, level=LEVEL)
    return BaseRate(
        prob=prob,
        n=n,
        low=low,
        high=high,
        table=table,
        quantity=transition,
        area_used=row,
        source=Source(**entry["source"]),
        grade=entry["grade"],
        note=_row_note(area, table=table),
    )


def chained_rate(area: str, transitions: tuple[str, ...], *, table: str, quantity: str) -> BaseRate:
    """Multiply printed rates of one table; a single transition is returned as printed.

    Rates of different tables are never multiplied: both count differently.
    """
    parts = [base_rate(area, transition, table=table) for transition in transitions]
    if len(parts) == 1:
        return parts[0]
    prob = 1.0
    for part in parts:
        prob *= part.prob
    low, high = product_interval([(p.prob, p.low, p.high) for p in parts if p.low is not None and p.high is not None])
    return BaseRate(
        prob=prob,
        n=min(p.n for p in parts if p.n is not None),
        low=low,
        high=high,
        table=table,
        quantity=quantity,
        area_used=parts[0].area_used,
        source=parts[0].source,
        grade="derived",
        note=parts[0].note,
        formula=" x ".join(transitions),
    )


def printed_cumulative(area: str, quantity: str, *, table: str = DEFAULT_TABLE) -> float | None:
    """The cumulative rate that the publication itself prints, such as `phase_1_to_approval`; None where it has none.

    In `bio` it is the product of the gates, rounded. In `wong` it is lower than the product, because paths still in
    progress leave its denominator but not the gates' numerators (docs/methods/base-rates.md).
    """
    row = _table(table)["printed"][_row_name(area, table=table)]
    value = row.get(quantity)
    return None if value is None else float(value)


def gates_for(table: str) -> tuple[str, ...]:
    """The transitions that a table prints a rate for, in the order of development."""
    return tuple(next(iter(_table(table)["rows"].values())))


def table_about(table: str) -> dict[str, str]:
    """Name, window, way of counting and note of a table, for a footnote."""
    entry = _table(table)
    return {key: entry[key] for key in ("name", "window", "counting", "note")}


def table_document(table: str) -> dict[str, Any]:
    """Everything on file of a table, cuts included, as read; `rate_tables` gives it its shape."""
    return _table(table)


def _table(table: str) -> dict[str, Any]:
    if table not in TABLES:
        raise InputError.single(
            "base_rate.table", f"no base-rate table {table!r}", hint=f"choose {', '.join(TABLES)}", value=table
        )
    entry: dict[str, Any] = _document()["tables"][table]
    return entry


def _row_name(area: str, *, table: str) -> str:
    if area not in AREAS:
        raise InputError.single("area.unknown", f"no area {area!r}", hint=f"choose {', '.join(AREAS)}", value=area)
    row: str = _table(table)["area_rows"][area]
    return row


def _row_note(area: str, *, table: str) -> str:
    note: str = _table(table)["wider_rows"].get(area, "")
    return note


@cache
def _document() -> dict[str, Any]:
    # Imported here so that importing the package costs nothing until a rate is asked for.
    import json
    from importlib.resources import files

    text = files("onepill.evidence").joinpath("data/base_rates.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document
