"""Versions of rules that were announced, that begin or that end within a span of days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from onepill.core.errors import InputError
from onepill.rulebook import Rule, Rulebook, Version

Row = dict[str, Any]
ORDER = ("announced", "begins", "ends")


def law_changes(rulebook: Rulebook, *, after: date, until: date | None, known_on: date) -> list[Row]:
    """What happens to rules after one day and up to another (None: for ever), among what was announced by `known_on`.

    A version whose start no source establishes begins on no day, and is told only by its announcement. Rows stand in
    the order of days; each names the value before and after.
    """
    rows = [row for rule in rulebook.rules() for row in _changes(rule, after, until, known_on)]
    return sorted(rows, key=lambda row: (row["day"], ORDER.index(row["change"]), row["rule"], row["variant"] or ""))


def _changes(rule: Rule, after: date, until: date | None, known_on: date) -> Iterator[Row]:
    names = {variant.id: dict(variant.name) for variant in rule.variants}
    for variant, version in _versions(rule):
        if version.known_from > known_on:
            continue
        for change, day in _days(version):
            if day is not None and day > after and (until is None or day <= until):
                row = _row(rule, variant, version, known_on)
                yield {
                    "day": day.isoformat(),
                    "change": change,
                    **row,
                    "variant_name": names.get(variant or "") or None,
                }


def _versions(rule: Rule) -> Iterator[tuple[str | None, Version]]:
    yield from ((None, version) for version in rule.versions)
    for variant in rule.variants:
        yield from ((variant.id, version) for version in variant.versions)


def _days(version: Version) -> Iterator[tuple[str, date | None]]:
    yield "announced", version.announced
    yield "begins", version.first
    yield "ends", version.last


def _row(rule: Rule, variant: str | None, version: Version, known_on: date) -> Row:
    source = version.source
    return {
        "rule": rule.id,
        "name": dict(rule.name),
        "jurisdiction": rule.jurisdiction,
        "topic": rule.topic,
        "variant": variant,
        "unit": rule.unit or None,
        "before": _before(rule, variant, version, known_on),
        "value": version.value,
        "announced": version.announced.isoformat() if version.announced else None,
        "from": version.first.isoformat() if version.first else None,
        "until": version.last.isoformat() if version.last else None,
        "status": version.status,
        "source_grade": version.source_grade,
        "source": source.as_row() if source else None,
    }


def _before(rule: Rule, variant: str | None, version: Version, known_on: date) -> Any:
    """The value on the eve of a version's first day; null where there was none, or where conditions choose it."""
    if variant is not None:
        return None
    try:
        found = rule.on(version.used_from - timedelta(days=1), known_on)
    except (InputError, OverflowError):
        return None
    return None if found.start_unknown or found.version is version else found.value
