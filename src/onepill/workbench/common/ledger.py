"""Writes down where each filled value comes from."""

from __future__ import annotations

from typing import Any

from onepill.core.distributions import Distribution
from onepill.core.provenance import Grade, Ledger, Origin, Provenance, Source
from onepill.model.values import Value
from onepill.rulebook import RuleValue
from onepill.workbench.common.defaults import Default


def show_distribution(distribution: Distribution) -> Any:
    """A fixed number as such, a distribution as its kind and parameters."""
    if distribution.is_fixed:
        return distribution.params[0]
    return {"kind": distribution.kind, "params": [round(p, 6) for p in distribution.params]}


def note_user(ledger: Ledger, path: str, value: Value) -> None:
    """A value of the programme file: sourced, assumed, or the user's own word."""
    origin: Origin = "assumption" if value.assumption and not value.source else "user"
    grade: Grade = value.grade or "unverified"
    note = value.assumption or value.note
    rate = (f"capital.exchange_rates.{value.unit.lower()}",) if _is_foreign_money(value.unit) else ()
    ledger.add(
        Provenance(
            path,
            _plain(value),
            value.unit,
            origin,
            grade,
            value.source,
            value.date,
            derived_from=rate,
            note=note,
        )
    )


def note_default(ledger: Ledger, path: str, default: Default) -> None:
    """A value of our own where nothing else was at hand."""
    shown = show_distribution(default.distribution)
    ledger.add(Provenance(path, shown, default.unit, "assumption", "unverified", default.source, note=default.why))


def note_assumed(ledger: Ledger, path: str, value: Any, *, unit: str, why: str) -> None:
    """A number, a day or a word of our own that has no distribution."""
    ledger.add(Provenance(path, value, unit, "assumption", "unverified", note=why))


def note_rule(ledger: Ledger, path: str, found: RuleValue, *, note: str = "") -> None:
    """A value of the rulebook in force on the day it was asked for."""
    version = found.version
    words = [note, version.note, f"rule {found.rule_id}", f"variant {found.variant}" if found.variant else ""]
    if found.start_unknown:
        words.append("start not established: used before the first day on which a source states it")
    text = "; ".join(word for word in words if word)
    ledger.add(
        Provenance(
            path,
            found.value,
            found.unit,
            "rule",
            version.source_grade,
            version.source,
            version.date_text,
            version.formula,
            note=text,
        )
    )


def note_review(ledger: Ledger, path: str, found: RuleValue, *, note: str = "") -> None:
    """A time of the review-time model: seen in past reviews, and no rule."""
    version = found.version
    text = "; ".join(word for word in (note, version.note) if word)
    ledger.add(
        Provenance(
            path,
            found.value,
            found.unit,
            "registry",
            version.source_grade,
            version.source,
            version.date_text,
            version.formula,
            note=text,
        )
    )


def note_derived(
    ledger: Ledger, path: str, value: Any, *, unit: str, formula: str, derived_from: tuple[str, ...], note: str = ""
) -> None:
    """A computed value, its formula and what it was computed from."""
    ledger.add(
        Provenance(path, value, unit, "derived", "derived", None, formula=formula, derived_from=derived_from, note=note)
    )


def note_base(
    ledger: Ledger, path: str, value: Any, *, unit: str, origin: Origin, grade: Grade, source: Source | None, note: str
) -> None:
    """A base rate or a registry statistic."""
    ledger.add(Provenance(path, value, unit, origin, grade, source, source.date if source else "", note=note))


def _is_foreign_money(unit: str) -> bool:
    return len(unit) == 3 and unit.isupper() and unit != "USD"


def _plain(value: Value) -> Any:
    """A share or a count as a number; what has a unit or a spread as the file says it."""
    return value.number if value.distribution.is_fixed and value.unit in ("share", "count") else value.text
