"""Posted results of a study's primary outcomes, as the API v2 writes them, to rows; read only where it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from typing import Any

from onepill.registries.days import Day
from onepill.registries.sink import Sink

Module = dict[str, Any]
_PARTICIPANTS = "participants"


def read_results(study: Module, trial_id: str, posted: Day, sink: Sink) -> None:
    """Add a row for each measurement and each comparison of the posted primary outcomes.

    Args:
        posted: the day on which the results were first shown.
    """
    module, ordinal = (study.get("resultsSection") or {}).get("outcomeMeasuresModule") or {}, 0
    for measure in module.get("outcomeMeasures") or ():
        if measure.get("type") != "PRIMARY" or measure.get("reportingStatus") == "NOT_POSTED":
            continue
        arms = {group.get("id"): group.get("title") for group in measure.get("groups") or ()}
        said = {
            "measure": measure.get("title"),
            "time_frame": measure.get("timeFrame"),
            "population": measure.get("populationDescription"),
            "posted_day": posted[0],
            "posted_precision": posted[1],
        }
        for row in (*_measurements(measure, arms), *_analyses(measure, arms)):
            sink.put("outcome_result", trial_id, ordinal, {**said, **row})
            ordinal += 1


def _measurements(measure: Module, arms: dict[Any, Any]) -> Iterator[Module]:
    shared = {"kind": "measurement", "statistic": measure.get("paramType"), "unit": measure.get("unitOfMeasure")}
    counts = _counts(measure)
    for one in measure.get("classes") or ():
        of_class = {**counts, **_counts(one)}
        for category in one.get("categories") or ():
            titles = (one.get("title"), category.get("title"))
            for value in category.get("measurements") or ():
                group = value.get("groupId")
                yield {
                    **shared,
                    "category": " / ".join(title for title in titles if title) or None,
                    "arm": arms.get(group),
                    "value": number(value.get("value")),
                    "value_raw": value.get("value"),
                    "low": number(value.get("lowerLimit")),
                    "high": number(value.get("upperLimit")),
                    "spread": number(value.get("spread")),
                    "dispersion": measure.get("dispersionType"),
                    "participants": of_class.get(group),
                }


def _analyses(measure: Module, arms: dict[Any, Any]) -> Iterator[Module]:
    """Comparisons of arms that have an estimate, such as a hazard ratio."""
    for one in measure.get("analyses") or ():
        if one.get("paramValue") is None:
            continue
        compared = [str(arms.get(group)) for group in one.get("groupIds") or ()]
        percent = one.get("ciPctValue")
        yield {
            "kind": "comparison",
            "statistic": one.get("paramType"),
            "arm": " | ".join(compared),
            "value": number(one.get("paramValue")),
            "value_raw": one.get("paramValue"),
            "low": number(one.get("ciLowerLimit")),
            "high": number(one.get("ciUpperLimit")),
            "dispersion": f"{percent}% Confidence Interval" if percent else None,
            "p_value": one.get("pValue"),
        }


def _counts(told: Module) -> dict[Any, int | None]:
    """Participants by group; counts of other units, such as eyes, are none."""
    found: dict[Any, int | None] = {}
    for one in told.get("denoms") or ():
        if (one.get("units") or "").casefold() == _PARTICIPANTS:
            for count in one.get("counts") or ():
                value = number(count.get("value"))
                found[count.get("groupId")] = int(value) if value is not None and value == int(value) else None
    return found


def number(text: Any) -> float | None:
    """A finite number; None for `NA`, a bound such as `<0.001`, or nothing. Thousands may be told by commas."""
    try:
        value = float(str(text).replace(",", ""))
    except ValueError:
        return None
    return value if isfinite(value) else None
