"""What bodies counted of licences that came back, from the rulebook: cohorts, reasons, second lives."""

from __future__ import annotations

from datetime import date
from typing import Any

from onepill.deals.returns import Cohort, exact_interval, pooled
from onepill.rulebook import Rulebook, Version
from onepill.workbench.common.rule_rows import value_row

Row = dict[str, Any]
SHARES = {year: f"founding.licence_outs_{year}_return_share" for year in (2020, 2021, 2022)}
DEALS, ENDED = "founding.licence_outs_2020", "founding.licence_outs_2020_returned"
"""Counts are stated for one cohort only."""
COUNTED = {2020: (DEALS, ENDED)}
OTHER_COUNTS = {2020: (DEALS,), 2021: ("cn.licence_out.deals.2021",)}
"""Rules with other bodies' numbers of the same year's deals: shown, never divided by."""
PUBLISHED = (
    "deal_return.reasons.2010_2011",
    "deal_return.late_stage_failures.reasons",
    "deal_return.second_life.continued_share",
    "deal_return.second_life.approved_share",
)
DIGITS = 6


def cohorts(rulebook: Rulebook) -> dict[int, Cohort]:
    """By year, each with its body's own counts alone."""
    return {year: _cohort(rulebook, year) for year in SHARES}


def _cohort(rulebook: Rulebook, year: int) -> Cohort:
    stated = rulebook.rule(SHARES[year]).versions[-1]
    counts = [rulebook.rule(name).versions[-1] for name in COUNTED.get(year, ())]
    counted_on, body = _day(stated), _body(stated)
    own = [int(found.value) for found in counts if _day(found) == counted_on and _same_body(_body(found), body)]
    if len(own) == 2:
        return Cohort(year, own[1] / own[0], counted_on, body, deals=own[0], ended=own[1])
    return Cohort(year, float(stated.value), counted_on, body)


def cohort_rows(rulebook: Rulebook) -> list[Row]:
    """Every cohort with its body, its hazard, the exact interval where the body gives counts, and others' counts."""
    return [_cohort_row(rulebook, found) for found in cohorts(rulebook).values()]


def _cohort_row(rulebook: Rulebook, found: Cohort) -> Row:
    stated, interval = rulebook.rule(SHARES[found.year]).versions[-1], exact_interval(found)
    low, high = (None, None) if interval is None else (round(limit, DIGITS) for limit in interval)
    return {
        "year": found.year,
        "ended_share": round(found.ended_share, DIGITS),
        "deals": found.deals,
        "ended": found.ended,
        "counted_on": found.counted_on.isoformat(),
        "body": found.body,
        "mean_age_years": round(found.mean_age_years, 4),
        "hazard_per_year": round(found.hazard_per_year, DIGITS),
        "hazard_low_per_year": low,
        "hazard_high_per_year": high,
        "other_counts": _other_counts(rulebook, found),
        "source_grade": stated.source_grade,
        "source": stated.source.as_row() if stated.source else None,
    }


def _other_counts(rulebook: Rulebook, found: Cohort) -> list[Row]:
    rows = []
    for name in OTHER_COUNTS.get(found.year, ()):
        rule = rulebook.rule(name)
        for version in (*rule.versions, *rule.beside):
            if not _same_body(_body(version), found.body):
                rows.append({"body": _body(version), "deals": int(version.value), "rule": name})
    return rows


def pooled_row(rulebook: Rulebook) -> Row:
    found = pooled(list(cohorts(rulebook).values()))
    return {
        "hazard_per_year": round(found.hazard_per_year, DIGITS),
        "hazard_low_per_year": round(found.low_per_year, DIGITS),
        "hazard_high_per_year": round(found.high_per_year, DIGITS),
    }


def published_rows(rulebook: Rulebook) -> list[Row]:
    """What else is published, none of which the calibration uses but for the chance of a second life."""
    rows = []
    for name in PUBLISHED:
        rule = rulebook.rule(name)
        found = rule.on(_day(rule.versions[-1]))
        row = value_row(found)
        keys = ("value", "unit", "attested", "source_grade", "source")
        named = {"rule": name, "name": dict(rule.name), "body": _body(found.version), "note": rule.note}
        rows.append({**named, **{key: row[key] for key in keys}})
    return rows


def _day(version: Version) -> date:
    return version.attested[-1]


def _body(version: Version) -> str:
    return version.body or ""


def _same_body(one: str, other: str) -> bool:
    """Whether two notes name the same counting body: `VBData, quoted by …` is VBData."""
    first = one.replace("(", ",").partition(",")[0].strip()
    return first == other.replace("(", ",").partition(",")[0].strip()
