"""Rows about a deal that was run: what each party has, how the value is shared, and whether anything got lost."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from onepill.core.dates import DAYS_PER_MONTH, NEVER
from onepill.deals import FlowKey, Outcome
from onepill.deals.measures import prob_loss, tail_mean
from onepill.model.deal import Deal
from onepill.sim import estimate, summarise_values
from onepill.sim.plan import Days, Money
from onepill.workbench.deals.run import Run, Valued
from onepill.workbench.deals.words import item_label
from onepill.workbench.plan.assemble import Assembled
from onepill.workbench.results.simulate import estimate_row, whole

Row = dict[str, Any]
BINS = 40
SMALL_USD = 0.5
"""A year's flow below it is none: half a dollar."""


def party_rows(run: Run, valued: Valued, base: Assembled) -> list[Row]:
    """Each party of the deal, the owner first."""
    deal = valued.posed.loaded.deal
    names = sorted(deal.parties, key=lambda name: name != valued.owner)
    return [_party(name, run, valued, base) for name in names]


def _party(name: str, run: Run, valued: Valued, base: Assembled) -> Row:
    party, npv = valued.posed.loaded.deal.parties[name], valued.outcome.npv_usd[name]
    without = valued.without_usd[name]
    start = max(valued.posed.structure.signed, base.plan.as_of)
    return {
        "id": name,
        "role": party.role,
        "name": dict(party.name),
        "is_owner": name == valued.owner,
        "passes_on": name in valued.posed.structure.conduits,
        "discount_rate_per_year": valued.posed.rates[name],
        "npv_usd": npv_row(npv),
        "prob_loss": prob_loss(npv),
        "tail_mean_usd": round(tail_mean(npv)),
        "own_npv_usd": _estimated(own_view(valued, name)),
        "kept_usd": round(valued.kept_usd[name]),
        "without_usd": _estimated(without),
        "gain_usd": _estimated(npv - without),
        **first_cash(valued.outcome.first_cash_day[name], start),
        "flows": flow_rows(valued.outcome, valued.posed.loaded.deal, base, party=name),
    }


def npv_row(npv: Money) -> Row:
    """Mean with its standard error and observed order statistics, in whole dollars, and the chance of a loss."""
    found = summarise_values(npv, probs=(0.05, 0.5, 0.95))
    p5, p50, p95 = (round(found.percentiles[prob]) for prob in (0.05, 0.5, 0.95))
    mean = {"mean": round(found.mean), "standard_error": round(found.standard_error)}
    return {**mean, "p5": p5, "p50": p50, "p95": p95, "prob_loss": prob_loss(npv)}


def _estimated(values: Money) -> Row:
    return whole(estimate_row(estimate(values)))


def first_cash(days: Days, start: int) -> Row:
    """Months from the later of signing and the plan's day to the first cash: the median of the paths that have any."""
    comes = np.maximum(days[days < NEVER] - start, 0) / DAYS_PER_MONTH
    prob = comes.size / days.size
    if not comes.size:
        return {"months_to_first_cash": None, "first_cash": {"prob": 0.0, "p10": None, "p90": None}}
    p10, p50, p90 = (round(float(np.quantile(comes, q, method="inverted_cdf")), 1) for q in (0.1, 0.5, 0.9))
    return {"months_to_first_cash": p50, "first_cash": {"prob": prob, "p10": p10, "p90": p90}}


def flow_rows(outcome: Outcome, deal: Deal, base: Assembled, *, party: str) -> list[Row]:
    """A party's expected undiscounted flows by year, one row for each leg or item, received positive."""
    found = []
    for key, usd in outcome.flows_usd.items():
        if key.party == party and np.any(np.abs(usd) >= SMALL_USD):
            label = item_label(key, deal, base)
            found.append({"kind": key.kind, "item": key.item, "label": label, "usd": [round(float(x)) for x in usd]})
    return found


def years_of(base: Assembled) -> list[int]:
    first = date.fromordinal(base.plan.as_of).year
    return [first + k for k in range(base.plan.discount_by_year.size)]


def by_year(outcome: Outcome, parties: Sequence[str]) -> Money:
    """The parties' expected undiscounted flows together, shape (years,)."""
    kept = [usd for key, usd in outcome.flows_usd.items() if key.party in parties]
    return np.sum(kept, axis=0) if kept else np.zeros(_years(outcome))


def _years(outcome: Outcome) -> int:
    return next((usd.size for usd in outcome.flows_usd.values()), 0)


def unexplained_usd(run: Run, valued: Valued) -> float:
    """The largest yearly gap between all parties' flows, authorities and outsiders among them, and the programme's."""
    deal, whole = _all_flows(valued.outcome.flows_usd), _all_flows(run.programme.flows_usd)
    return float(np.max(np.abs(deal - whole)))


def _all_flows(flows: Mapping[FlowKey, Money]) -> Money:
    return np.asarray(sum(flows.values(), np.zeros(())))


def share_section(valued: Valued) -> Row:
    """Each party's share of what the deal brings all of them, each by its own view; none where it brings nothing.

    What the owner keeps whatever is paid is no part of it. A party that loses has a negative share; conduits have none.
    """
    parties = [name for name in valued.posed.loaded.deal.parties if name not in valued.posed.structure.conduits]
    brought = {name: float(own_view(valued, name).mean()) - valued.kept_usd[name] for name in parties}
    found = shares_of(brought)
    shares = {name: found.get(name) for name in valued.posed.loaded.deal.parties}
    return {"shares": shares, "shared_usd": round(sum(brought.values())), "total_usd": _total(valued, parties)}


def shares_of(brought_usd: Mapping[str, float]) -> dict[str, float | None]:
    """Parts of what is brought in all, null where that is nothing or a loss."""
    total = sum(brought_usd.values())
    return {party: round(usd / total, 6) if total > 0 else None for party, usd in brought_usd.items()}


def own_view(valued: Valued, party: str) -> Money:
    """A party's value by path on the futures that it believes in."""
    return valued.own_usd[party] if party in valued.own_usd else valued.outcome.npv_usd[party]


def _total(valued: Valued, parties: Sequence[str]) -> int:
    return round(sum(float(valued.outcome.npv_usd[name].mean()) for name in parties))


def others_of(valued: Valued) -> list[str]:
    """The parties other than the owner that keep what they have."""
    return [
        name
        for name in valued.posed.loaded.deal.parties
        if name not in {valued.owner, *valued.posed.structure.conduits}
    ]


def sides(valued: Valued) -> dict[str, tuple[Money, Money]]:
    """(value, value without the deal) by path of the owner and of all others together, each at their own rates."""
    names = others_of(valued)
    others = [np.sum([npv[name] for name in names], axis=0) for npv in (valued.outcome.npv_usd, valued.without_usd)]
    return {
        "owner": (valued.outcome.npv_usd[valued.owner], valued.without_usd[valued.owner]),
        "partner": (others[0], others[1]),
    }


def side_row(npv: Money, days: Days, start: int) -> Row:
    return {
        "npv_usd": npv_row(npv),
        "prob_loss": prob_loss(npv),
        "tail_mean_usd": round(tail_mean(npv)),
        **first_cash(days, start),
    }


def difference_row(ours: Money, base: Money) -> Row:
    """The paired difference path by path, and the chance to be better off."""
    return {**_estimated(ours - base), "better_prob": float(np.mean(ours > base))}


def edges_of(values: Sequence[Money]) -> Money:
    """Edges of the bins that several distributions share: round, from the lowest to the highest of their tails."""
    ends = [np.quantile(npv, [0.005, 0.995]) for npv in values]
    low, high = float(min(end[0] for end in ends)), float(max(end[1] for end in ends))
    width = _round_up((high - low) / BINS or 1.0)
    first, last = math.floor(low / width), math.ceil(high / width)
    edges: Money = np.arange(first, max(last, first + 1) + 1, dtype=np.float64) * width
    return edges


def counted(npv: Money, edges: Money) -> Row:
    """A histogram; what lies beyond the edges stands in the outer bins."""
    counts = np.histogram(np.clip(npv, edges[0], edges[-1]), bins=edges)[0]
    return {"edges_usd": [round(float(edge)) for edge in edges], "counts": [int(count) for count in counts]}


def _round_up(width: float) -> float:
    """The next of 1, 2, 2.5 and 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(width))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= width)
