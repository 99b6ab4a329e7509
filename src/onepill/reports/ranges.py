"""Estimates with a range: the mean, its simulation error, and the least and the most as uncertain inputs move."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onepill.reports.catalogue import Catalogue
from onepill.reports.numerals import MILLION, Estimate, days_estimate, mean_decimals, money_estimate, number

DAYS, PATIENTS, MONEY = "days", "patients", "money"
Row = Mapping[str, Any]


def shown(row: Row, kind: str) -> dict[str, Any]:
    """`{mean, standard_error, low, high}` as printed; `low` and `high` are empty where nothing is uncertain.

    Args:
        kind: `DAYS`, `PATIENTS`, or `MONEY` (US dollars, printed in millions).
    """
    decimals, scale = 0, 1.0
    if kind == MONEY:
        decimals, scale = mean_decimals([row["mean"], row["low"], row["high"]]), float(MILLION)
    estimate = {DAYS: days_estimate, PATIENTS: _count, MONEY: money_estimate}[kind](row)
    low, high = (number(row[end] / scale, decimals) for end in ("low", "high"))
    is_certain = low == high
    return {"estimate": estimate, "low": "" if is_certain else low, "high": "" if is_certain else high}


def limits_words(printed: Mapping[str, Any], words: Catalogue) -> str:
    """The range in words, empty where there is none."""
    return words("one_pill.limits", low=printed["low"], high=printed["high"]) if printed["low"] else ""


def _count(row: Row) -> Estimate:
    error = row["standard_error"]
    return Estimate(number(row["mean"]), number(error) if error else "", row["mean"] < 0)
