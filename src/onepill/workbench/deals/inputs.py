"""Writes down where each number of a deal comes from: its own source, else that of the term it stands in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from onepill.core.provenance import Grade, Ledger, Origin, Provenance, Source
from onepill.model.deal import Deal
from onepill.model.types import Closed, SourceText
from onepill.model.values import Value
from onepill.workbench.common import ledger as notes
from onepill.workbench.results.derive import input_ledger

if TYPE_CHECKING:
    from onepill.workbench.deals.ready import Opened

SKIPPED = ("onepill", "believes", "comparables")
"""Parts that hold no term."""


class Backing(Protocol):
    """A part of the file that says where its numbers come from."""

    @property
    def source(self) -> SourceText | None: ...
    @property
    def assumption(self) -> str: ...


def note_deal(ledger: Ledger, deal: Deal, rates: dict[str, float]) -> None:
    """Note every number and day of a deal under `deals.<id>`, and the rates that parties take from the programme."""
    head = f"deals.{deal.deal}"
    for path, value, backing in _walk(deal, head, None):
        if isinstance(value, Value):
            notes.note_user(ledger, path, _backed(value, backing))
        else:
            ledger.add(_plain(path, value, backing))
    for name, party in deal.parties.items():
        if party.discount_rate_per_year is None:
            path, base = f"{head}.parties.{name}.discount_rate_per_year", "capital.discount_rate_per_year"
            formula = "the programme's discount rate"
            notes.note_derived(ledger, path, rates[name], unit="share", formula=formula, derived_from=(base,))
    for code, rate in deal.exchange_rates.items():
        path = f"{head}.exchange_rates.{code.lower()}"
        ledger.add(_row(path, rate.per_usd, f"{code} per USD", rate.source, note=f"of {rate.date}"))
    ledger.add(_row(f"{head}.signed_on", deal.signed_on.isoformat(), "day", deal.signed_source))


def note_beliefs(ledger: Ledger, deal: Deal, opened: Opened) -> None:
    """Note what is another number to a party that believes something else than the programme's file, or is one to it
    alone, under `deals.<id>.parties.<party>.believes`."""
    known = {entry.path: entry for entry in input_ledger(opened.base)}
    for name, party in deal.parties.items():
        if party.believes:
            head = f"deals.{deal.deal}.parties.{name}.believes"
            believed = input_ledger(opened.seen_with(party.believes).base)
            own = {entry.path: entry for entry in believed if entry != known.get(entry.path)}
            for path, entry in own.items():
                sources = tuple(f"{head}.{source}" if source in own else source for source in entry.derived_from)
                ledger.add(replace(entry, path=f"{head}.{path}", derived_from=sources))


def _walk(node: Any, path: str, backing: Backing | None) -> Iterator[tuple[str, Any, Backing | None]]:
    """Every value, plain number and day with what backs it, the nearest part that can have a source."""
    if isinstance(node, Closed):
        nearest: Any = node if type(node).model_fields.keys() >= {"source", "assumption"} else backing
        for name in type(node).model_fields:
            is_told = name in node.model_fields_set and name not in SKIPPED
            if is_told and not (isinstance(node, Deal) and name in ("signed_on", "exchange_rates")):
                yield from _walk(getattr(node, name), f"{path}.{name.rstrip('_')}", nearest)
    elif isinstance(node, dict):
        for key, item in node.items():
            yield from _walk(item, f"{path}.{key}", backing)
    elif isinstance(node, list):
        for index, item in enumerate(node):
            yield from _walk(item, f"{path}.{index}", backing)
    elif isinstance(node, Value | date) or (isinstance(node, int | float) and not isinstance(node, bool)):
        yield path, node, backing


def _backed(value: Value, backing: Backing | None) -> Value:
    """A value without a word of its own has that of its term."""
    if backing is None or value.source or value.assumption:
        return value
    source = Source(**backing.source.model_dump()) if backing.source else None
    return replace(value, source=source, grade="secondary" if source else None, assumption=backing.assumption)


def _plain(path: str, value: Any, backing: Backing | None) -> Provenance:
    shown, unit = (value.isoformat(), "day") if isinstance(value, date) else (value, "number")
    source, assumption = (backing.source, backing.assumption) if backing else (None, "")
    return _row(path, shown, unit, source, assumption=assumption)


def _row(
    path: str, value: Any, unit: str, source: SourceText | None, *, assumption: str = "", note: str = ""
) -> Provenance:
    found = Source(**source.model_dump()) if source else None
    origin: Origin = "assumption" if assumption and not found else "user"
    grade: Grade = "secondary" if found else "unverified"
    return Provenance(path, value, unit, origin, grade, found, note=assumption or note)
