"""Rows of the answer of `deal comps`: deals, amounts, groups, predictors, benchmarks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from onepill.core.errors import InputError
from onepill.deals.comparables import DIMENSIONS, QUANTITIES, STAGES, UNRANKED_STAGES, Chosen, Deal, Wanted, kin_of
from onepill.workbench.deals import comps_words as words

if TYPE_CHECKING:
    from onepill.deals.comparable_amounts import Pooled, Spread
    from onepill.deals.comparable_prediction import Predictor, Score

Row = dict[str, Any]
BENCHMARKS = "deal_benchmark."
"""Rules whose id begins so are published benchmarks of deal terms."""


def deal_row(deal: Deal) -> Row:
    """A deal with ISO days; empty texts are null."""
    row = {name: _plain(value) for name, value in asdict(deal).items()}
    return {**row, "targets": list(deal.targets), "upfront_share": deal.upfront_share}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return None if value == "" else value


def asked_amounts(chosen: Chosen, wanted: Wanted, *, draws: int, seed: int) -> Row:
    """Amounts of the deals asked for, with limits of their medians over so many resamples; where they are few they are
    pooled with the table's other kins of deals."""
    kin = kin_of(wanted)
    asked = {deal.deal_id for deal in chosen.counted}
    others: dict[tuple[str, ...], list[Deal]] = {}
    for deal in chosen.base:
        if deal.deal_id not in asked:
            others.setdefault(kin(deal), []).append(deal)
    told = _amounts(chosen.counted, [chosen.counted, *others.values()])
    return {quantity: row | _limits(chosen.counted, quantity, draws, seed) for quantity, row in told.items()}


def _limits(deals: Sequence[Deal], quantity: str, draws: int, seed: int) -> Row:
    from onepill.deals.comparable_amounts import median_limits

    known = [value for _, value in _known(deals, quantity)]
    low, high = median_limits(known, draws=draws, seed=seed, stream=f"comps.{quantity}") or (None, None)
    return {"p50_low": low, "p50_high": high}


def grouped_amounts(deals: Sequence[Deal]) -> dict[str, list[Row]]:
    """Amounts by each dimension, groups in the vocabulary's or the alphabet's order."""
    return {dimension: _groups(deals, dimension) for dimension in DIMENSIONS}


def _groups(deals: Sequence[Deal], dimension: str) -> list[Row]:
    groups: dict[str, list[Deal]] = {}
    for deal in deals:
        groups.setdefault(deal.group(dimension), []).append(deal)
    order = (*STAGES, *UNRANKED_STAGES) if dimension == "stage" else ()
    names = sorted(groups, key=lambda name: (order.index(name) if name in order else 0, name))
    return [
        {
            "group": name,
            "label": label(dimension, name),
            "n": len(groups[name]),
            "quantiles": _amounts(groups[name], list(groups.values())),
        }
        for name in names
    ]


def label(dimension: str, name: str) -> words.Text:
    """A group's name in both languages."""
    from onepill.reports.catalogue import LANGUAGES, catalogue

    known = {"stage": words.STAGES, "structure": words.STRUCTURES}.get(dimension)
    if known is not None:
        return known[name]
    if dimension == "year":
        return {"en": name, "zh": name}
    return {language: catalogue(language)(f"{dimension}.{name}") for language in LANGUAGES}


def _amounts(deals: Sequence[Deal], groups: Sequence[Sequence[Deal]]) -> Row:
    return {quantity: _amount(deals, groups, quantity) for quantity in QUANTITIES}


def _amount(deals: Sequence[Deal], groups: Sequence[Sequence[Deal]], quantity: str) -> Row:
    from onepill.deals.comparable_amounts import FEWEST, fit_spread, pool, quantiles

    known = _known(deals, quantity)
    found = quantiles([value for _, value in known])
    few = len(known) < FEWEST
    spread = fit_spread([_positive(group, quantity) for group in groups]) if few else None
    return {
        **asdict(found),
        "p50_low": None,
        "p50_high": None,
        "cases": [{"deal_id": deal_id, "value": value} for deal_id, value in known] if few else None,
        "pooled": _pooled(pool(_positive(deals, quantity), spread), spread) if spread else None,
    }


def _known(deals: Iterable[Deal], quantity: str) -> list[tuple[str, float]]:
    return [(deal.deal_id, value) for deal in deals if (value := deal.amount(quantity)) is not None]


def _positive(deals: Iterable[Deal], quantity: str) -> list[float]:
    """Amounts that have a logarithm."""
    return [value for _, value in _known(deals, quantity) if value > 0]


def _pooled(found: Pooled, spread: Spread) -> Row:
    told = {name: getattr(found, name) for name in ("estimate", "low", "high", "weight")}
    return {"label": words.POOLED, **told, "groups": spread.groups, "n_all": spread.n}


def left_out(chosen: Chosen) -> list[Row]:
    """Rows that are not counted; those of other features, of which there may be many, without their ids."""
    return [
        {
            "reason": reason,
            "label": words.REASONS[reason],
            "n": len(deals),
            "deal_ids": [] if reason == "not_asked_for" else [deal.deal_id for deal in deals],
        }
        for reason, deals in chosen.not_counted.items()
    ]


def predictor_row(found: Predictor | None) -> Row | None:
    if found is None:
        return None
    verdict = words.filled(
        words.BETTER if found.is_better else words.NO_BETTER,
        model=f"{found.model.median_factor:.2f}",
        median=f"{found.median.median_factor:.2f}",
        gain=f"{found.gain:+.3f}",
        error=f"{found.gain_error:.3f}",
    )
    plain = ("n", "penalty", "gain", "gain_error", "is_better", "predicted_usd", "low_usd", "high_usd")
    told = {name: getattr(found, name) for name in plain}
    return {**told, "model": _score(found.model), "median": _score(found.median), "verdict": verdict}


def _score(score: Score) -> Row:
    return asdict(score)


def benchmark_rows(day: date) -> list[Row]:
    """Published benchmarks that were known on the day."""
    from onepill.rulebook import load_rulebook

    rows = []
    for rule in (rule for rule in load_rulebook().rules() if rule.id.startswith(BENCHMARKS)):
        try:
            found = rule.on(day, known_on=day)
        except InputError:
            continue
        if found.version.used_from <= day:
            rows.append(_benchmark(rule.id, dict(rule.name), found))
    return rows


def _benchmark(rule_id: str, name: words.Text, found: Any) -> Row:
    version = found.version
    return {
        "rule_id": rule_id,
        "name": name,
        "body": version.body,
        "unit": found.unit,
        "value": found.value,
        "source_grade": version.source_grade,
        "source": version.source.as_row() if version.source else None,
    }
