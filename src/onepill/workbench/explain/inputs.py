"""What a computed number was made of, where its answer says so: measures and baselines, its kin's chain, its error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

from onepill.workbench.explain.marks import day_of
from onepill.workbench.explain.way import Place

if TYPE_CHECKING:
    from datetime import date

    from onepill.rulebook.nouns import Measure, Version

Row = Mapping[str, Any]
MOST_MEASURES = 12
PAIRED = frozenset({"rnpv_gain_usd", "patients_gain", "days_saved", "rnpv_difference_usd", "days_difference"})
"""Estimates of a change on the same futures: path by path, with the change less without it."""
DRAWN = frozenset({"rnpv_usd"})
"""Estimates of a mean over independent futures."""
OF_POLICY = frozenset({"alone", "left_out", "together", "effect", "timeline"})
KIN = ("", ".mean", ".prob", ".p50")
ErrorFormula = Literal["mean_of_draws", "paired_difference"]


def policy_inputs(way: list[Place]) -> list[dict[str, Any]]:
    """Of an effect of measures: each measure with its fact, source and first day; what holds without it; what it does.

    Those of the row that the number stands in, else of all measures in numbers that the effect is of.
    """
    if not OF_POLICY & {place.key for place in way}:
        return []
    own = next((place for place in reversed(way) if _is_measure(place.value)), None)
    rows = [(own.path, own.value)] if own else list(_together(way))
    known = _measures() if rows else {}
    day = day_of(way[0].value)
    return [one for path, row in rows[:MOST_MEASURES] for one in _told(path, row, known.get(str(row["id"])), day)]


def _is_measure(node: Any) -> bool:
    return isinstance(node, Mapping) and {"alone", "left_out", "counterfactual"} <= set(node)


def _together(way: list[Place]) -> Iterator[tuple[str, Row]]:
    """The measures in numbers of the nearest list of them, outwards; those of one aspect where the effect is of one."""
    aspect = next((place.value["aspect"] for place in way if _is_aspect(place.value)), None)
    for place in reversed(way):
        listed = place.value.get("measures") if isinstance(place.value, Mapping) else None
        if isinstance(listed, list):
            for index, row in enumerate(listed):
                if not _is_measure(row) or aspect not in (None, row["aspect"]):
                    continue
                if row["applies"] and isinstance(row["alone"], Mapping):
                    yield f"{place.path}/measures/{index}", row
            return


def _is_aspect(node: Any) -> bool:
    return isinstance(node, Mapping) and {"aspect", "effect", "quantified"} <= set(node)


def _measures() -> dict[str, Measure]:
    from onepill.rulebook import load_rulebook

    return {measure.id: measure for policy in load_rulebook().policies() for measure in policy.measures}


def _told(path: str, row: Row, measure: Measure | None, day: date | None) -> Iterator[dict[str, Any]]:
    """A measure's own fact as of the answer's day, the rule that holds without it, and its effect."""
    for version in _in_force(measure, day):
        assert measure is not None  # a version is of one
        yield {
            **_input("measure", measure.id, path, name=row["name"], value=version.value, unit=measure.unit),
            "from": version.first.isoformat() if version.first else None,
            "source": version.source.as_row() if version.source else None,
            "source_grade": version.source_grade,
        }
    counter = row["counterfactual"] or {}
    if counter:
        told = _input("baseline", str(counter.get("rule") or ""), f"{path}/counterfactual", name=counter.get("text"))
        told |= {key: counter.get(key) for key in ("value", "unit", "source", "source_grade")}
        yield told
    if measure and measure.effect:
        effect = measure.effect
        yield _input("change", f"{effect.on} {effect.target} {effect.verb}", path, value=effect.value)


def _in_force(measure: Measure | None, day: date | None) -> list[Version]:
    """The newest version of a measure that has begun by the day; none where the answer tells no day."""
    begun = [one for one in measure.versions if one.first is None or (day and one.first <= day)] if measure else []
    return begun[-1:]


def _input(role: str, key: str, path: str, *, name: Any = None, value: Any = None, unit: Any = None) -> dict[str, Any]:
    empty = dict.fromkeys(("from", "source", "source_grade"))
    return {"role": role, "key": key, "path": path, "name": name, "value": value, "unit": unit, **empty}


def error_formula(way: list[Place]) -> ErrorFormula | None:
    """How the standard error of a simulated estimate is computed; None where this module does not know."""
    answer, leaf = way[0].value, way[-1]
    around = leaf.value if isinstance(leaf.value, Mapping) else way[-2].value if len(way) > 1 else None
    if not isinstance(around, Mapping) or "standard_error" not in around:
        return None
    if leaf.key not in ("mean", "standard_error") and around is not leaf.value:
        return None
    if not isinstance(answer, Mapping) or not answer.get("draws"):
        return None
    keys = {place.key for place in way[-3:]}
    return "paired_difference" if PAIRED & keys else "mean_of_draws" if DRAWN & keys else None


def kin_paths(way: list[Place], named: list[str]) -> list[str]:
    """What traces a number that has no provenance itself: the number whose row it stands in, or that it is a part of.

    Args:
        way: the places from the answer to the number.
        named: the same as the provenance calls them, the answer left out.
    """
    cash = next((place.value for place in reversed(way) if _is_cash(place.value)), None)
    if cash is not None:
        return [f"value.by_market.{cash['market'] or 'development'}.rnpv_usd.mean"]
    prefixes = (".".join(named[:size]) for size in range(len(named) - 1, 0, -1))
    return [f"{root}{prefix}{part}" for prefix in prefixes for root in ("", "value.") for part in KIN]


def _is_cash(node: Any) -> bool:
    return isinstance(node, Mapping) and {"year", "item", "market", "cash_usd", "discounted_usd"} <= set(node)


def stated(key: str, asked: Row) -> str:
    """Whether a field of the question was asked for, or is what onepill takes where it is left out."""
    return "asked" if key in asked else "default"
