"""Rows about value: rNPV, by market, by year, its histogram, what moves it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import isnan
from typing import Any

import numpy as np
import numpy.typing as npt

from onepill.core.dates import NEVER
from onepill.core.provenance import Ledger
from onepill.sim import CompiledPlan, Results, compile_plan, estimate, run, summarise_values, variance_share
from onepill.sim.compiler_cash import LAUNCH_COST
from onepill.sim.plan import FAILED, SUCCEEDED, Contract, Draw
from onepill.workbench.common.defaults import FIXED_SWING
from onepill.workbench.plan.assemble import Assembled
from onepill.workbench.results import rival_levers
from onepill.workbench.results.payer_levers import payer_gates, payer_streams, with_payer_chance
from onepill.workbench.results.payer_rows import payer_rows
from onepill.workbench.results.payer_words import payer_label
from onepill.workbench.results.rows_cost import cost_per_launch, without_costs
from onepill.workbench.results.simulate import OWNER, Runs, estimate_row, whole

Row = dict[str, Any]
Money = npt.NDArray[np.float64]
SENSITIVITY_DRAWS = 8_192
SHARE_DRAWS = 16_384
TORNADO_ROWS = 14
BINS = 40


def value_section(base: Assembled, runs: Runs, *, seed: int) -> Row:
    """The owner's value: distribution, check, markets, years, sensitivity."""
    npv = runs.drawn.npv_usd[OWNER]
    levers = list(_levers(base))
    tornado = tornado_rows(base, runs, levers, seed=seed)
    return {
        "party": OWNER,
        "rnpv_usd": rnpv_row(npv),
        "rnpv_expected_usd": expected_row(runs),
        "by_market": market_rows(base, runs),
        "yearly": yearly_rows(base, runs),
        "cost_per_launch_usd": cost_per_launch(base, runs),
        "assumption_variance_share": assumption_share(base, runs, seed=seed),
        "variance": variance_rows(base, runs, seed=seed),
        "tornado": tornado[:TORNADO_ROWS],
        "histogram": histogram(base, runs),
        "payer_paths": payer_rows(base, runs),
    }


def rnpv_row(npv: Money) -> Row:
    """Mean with its standard error, spread, and observed order statistics."""
    found = summarise_values(npv, probs=(0.05, 0.5, 0.95))
    p5, p50, p95 = (round(found.percentiles[q]) for q in (0.05, 0.5, 0.95))
    mean = {"mean": round(found.mean), "standard_error": round(found.standard_error), "sd": round(found.sd)}
    return {**mean, "p5": p5, "p50": p50, "p95": p95, "prob_positive": found.prob_positive}


def expected_row(runs: Runs) -> Row:
    """The check on the mean: weighed by the chance of success instead of drawing it."""
    found = whole(estimate_row(estimate(runs.weighted.npv_usd[OWNER])))
    return {**found, "excludes": list(runs.weighted.excludes)}


def _item(base: Assembled, item: str) -> str:
    """The row of `by_market` that a yearly item belongs to: its market, else development."""
    market = item.partition(".")[0]
    return market if market in market_ids(base) else "development"


def market_ids(base: Assembled) -> tuple[str, ...]:
    """The programme's markets in the plan, each once however many payer states it has."""
    return tuple(dict.fromkeys(market.group or market.id for market in base.plan.markets))


def owner_rows(drawn: Results) -> Iterable[tuple[str, Money, Money]]:
    """(item, nominal by year, discounted by year) of the owner."""
    return ((item, *rows) for (item, party), rows in drawn.yearly.items() if party == OWNER)


def market_parts(base: Assembled, drawn: Results) -> dict[str, float]:
    """The mean's parts: development, and each market with its launch cost."""
    parts: dict[str, float] = {"development": 0.0, **dict.fromkeys(market_ids(base), 0.0)}
    for item, _, discounted in owner_rows(drawn):
        parts[_item(base, item)] += float(discounted.sum())
    return parts


def market_rows(base: Assembled, runs: Runs) -> list[Row]:
    """The mean's parts: each market, and development; they sum to the mean."""
    parts = market_parts(base, runs.drawn)
    errors = part_errors(base, runs)
    rounded = _round_to_sum(parts)
    return [
        {
            "market": market_label(base, name),
            "id": name,
            "jurisdiction": _jurisdiction(base, name),
            "rnpv_usd": {"mean": rounded[name], "standard_error": errors[name]},
            **_peak(base, name),
            "route": _route(base, name),
        }
        for name in parts
    ]


def part_errors(base: Assembled, runs: Runs) -> dict[str, int]:
    """The standard error of each part: the spread of the paths' difference with and without it, on the same futures."""
    draws = min(SENSITIVITY_DRAWS, runs.drawn.draws)
    every = runs.drawn.npv_usd[OWNER][:draws]
    names = market_ids(base)
    without = {name: _value_with(base, runs, {name}, draws=draws) for name in names}
    parts = {"development": _value_with(base, runs, set(names), draws=draws), **{n: every - without[n] for n in names}}
    return {name: round(float(part.std(ddof=1) / np.sqrt(runs.drawn.draws))) for name, part in parts.items()}


def _value_with(base: Assembled, runs: Runs, dropped: set[str], *, draws: int) -> Money:
    """Values by path of the same plan without some of its markets."""
    markets = tuple(market for market in base.plan.markets if (market.group or market.id) not in dropped)
    gone = {market.id for market in base.plan.markets} - {market.id for market in markets}
    contracts = tuple(_without(contract, gone) for contract in base.plan.contracts)
    costs = {f"{name}{LAUNCH_COST}" for name in dropped}
    activities = tuple(without_costs(activity, costs) for activity in base.plan.activities)
    plan = replace(base.plan, activities=activities, markets=markets, contracts=contracts)
    return run(compile_plan(plan), draws=draws, seed=runs.drawn.seed).npv_usd[OWNER]


def _without(contract: Contract, dropped: set[str]) -> Contract:
    royalties = [replace(r, markets=tuple(m for m in r.markets if m not in dropped)) for r in contract.royalties]
    return replace(contract, royalties=tuple(r for r in royalties if r.markets))


def _round_to_sum(parts: dict[str, float]) -> dict[str, int]:
    """Whole dollars that still sum to the rounded total: what is left over goes to the largest part."""
    rounded = {name: round(value) for name, value in parts.items()}
    largest = max(parts, key=lambda name: abs(parts[name]))
    rounded[largest] += round(sum(parts.values())) - sum(rounded.values())
    return rounded


def market_label(base: Assembled, name: str) -> str:
    """The market's jurisdiction, with its indication where one jurisdiction has several markets."""
    markets = {key.lower(): market for key, market in base.filled.programme.markets.items()}
    if name not in markets:
        return name
    codes = [market.jurisdiction or key.upper() for key, market in markets.items()]
    code = markets[name].jurisdiction or name.upper()
    return code if codes.count(code) == 1 else f"{code} {markets[name].indication or name}"


def _jurisdiction(base: Assembled, name: str) -> str | None:
    found = [m.jurisdiction or key.upper() for key, m in base.filled.programme.markets.items() if key.lower() == name]
    return found[0] if found else None


def _route(base: Assembled, name: str) -> str | None:
    """The route of a market's filing, as the file names it."""
    markets = {key.lower(): (market.filing or key).lower() for key, market in base.filled.programme.markets.items()}
    filings = {key.lower(): filing for key, filing in base.filled.programme.filings.items()}
    filing = filings.get(markets.get(name, ""))
    return filing.route if filing else None


def _peak(base: Assembled, name: str) -> Row:
    """Mean peak sales a year at the first price level, where the market has one; of payer states, the largest."""
    found = [m for m in base.markets if name in (m.id, m.group)]
    if not found:
        return {"peak_sales_usd": None}
    peaks = [
        np.prod([draw.distribution.mean() * draw.factor for draw in m.scale]) * m.price_share * m.peak_level
        for m in found
    ]
    return {"peak_sales_usd": round(float(max(peaks)))}


def yearly_rows(base: Assembled, runs: Runs) -> list[Row]:
    """Expected cash by year and item; the discounted rows sum to the mean up to rounding to whole dollars."""
    first, rows = base.filled.as_of.year, []
    for item, nominal, discounted in owner_rows(runs.drawn):
        for k in np.flatnonzero((np.abs(nominal) >= 0.5) | (np.abs(discounted) >= 0.5)):
            cash, present = round(float(nominal[k]), 2), round(float(discounted[k]), 2)
            rows.append(
                {
                    "year": first + int(k),
                    "item": item,
                    "market": _item(base, item),
                    "cash_usd": cash,
                    "discounted_usd": present,
                }
            )
    return sorted(rows, key=lambda row: (row["year"], row["item"]))


def _is_fact(base: Assembled, activity: str) -> bool:
    return any(a.id == activity and a.finished is not None for a in base.plan.activities)


def histogram(base: Assembled, runs: Runs) -> Row:
    """Counts of paths by rNPV, stacked by how many new approvals the path has."""
    npv = runs.drawn.npv_usd[OWNER]
    approvals = _new_approvals(base, runs)
    low, high = (float(x) for x in np.quantile(npv, [0.002, 0.998]))
    width = _nice((high - low) / BINS or 1.0)
    edges = np.arange(np.floor(low / width), np.ceil(high / width) + 1) * width
    if edges.size < 2:
        edges = np.array([low - width, low + width])
    clipped = np.clip(npv, edges[0], edges[-1])
    groups = [("none", approvals == 0), ("one", approvals == 1), ("several", approvals >= 2)]
    labels = {
        "none": {"en": "no new approval", "zh": "无新获批"},
        "one": {"en": "one new approval", "zh": "一个市场新获批"},
        "several": {"en": "two or more new approvals", "zh": "两个及以上市场新获批"},
    }
    counts = {name: np.histogram(clipped[mask], bins=edges)[0].tolist() for name, mask in groups if mask.any()}
    keys = [{"id": name, "label": labels[name]} for name in counts]
    return {"edges": [round(float(edge)) for edge in edges], "counts": counts, "keys": keys}


def _new_approvals(base: Assembled, runs: Runs) -> npt.NDArray[np.int64]:
    rows = [runs.drawn.days_of(name) < NEVER for name in new_approvals(base)]
    return np.sum(rows, axis=0) if rows else np.zeros(runs.drawn.draws, dtype=np.int64)


def new_approvals(base: Assembled) -> list[str]:
    """Milestones that open a market: approvals still ahead, but not where the indication is approved there already."""
    programme, filings = base.filled.programme, {f.id: f for f in base.filled.filings}
    indications = {name.lower(): filing.indication for name, filing in programme.filings.items()}
    approved = {(f.jurisdiction, indications.get(f.id)) for f in filings.values() if f.approved}
    ahead = [f for f in filings.values() if not f.approved and (f.jurisdiction, indications.get(f.id)) not in approved]
    return [f"{filing.id}.approval" for filing in ahead]


def _nice(width: float) -> float:
    """The next of 1, 2, 2.5 and 5 times a power of ten."""
    power = 10.0 ** np.floor(np.log10(width)) if width > 0 else 1.0
    return float(next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= width))


@dataclass(frozen=True)
class Lever:
    """One input that the tornado moves: a draw by its stream, a gate, or one of several streams alike (`streams`): a
    chance of a payer path, or a rival's chance or day (`is_rival`)."""

    path: str
    stream: str
    draw: Draw | None
    gate_low: float | None = None
    gate_high: float | None = None
    streams: tuple[str, ...] = ()
    is_rival: bool = False


def _levers(base: Assembled) -> Iterable[Lever]:
    """Every input that can be moved: draws by their path, gates with an interval."""
    seen: set[str] = set()
    for draw in all_draws(base):
        if draw.stream not in seen and base.filled.ledger.get(draw.stream) is not None:
            seen.add(draw.stream)
            yield Lever(draw.stream, draw.stream, draw)
    for gate in base.filled.gates:
        low = gate.low if gate.low is not None else max(gate.prob * (1 - FIXED_SWING), 0.0)
        high = gate.high if gate.high is not None else min(gate.prob * (1 + FIXED_SWING), 1.0)
        if not gate.included:
            yield Lever(gate_path(gate.stream), gate.stream, None, low, high)
    for path, (prob, streams) in payer_gates(base).items():
        low, high = prob * (1 - FIXED_SWING), min(prob * (1 + FIXED_SWING), 1.0)
        yield Lever(path, streams[0], None, low, high, streams)
    for path, (prob, streams) in rival_levers.rival_chances(base).items():
        low, high = prob * (1 - FIXED_SWING), min(prob * (1 + FIXED_SWING), 1.0)
        yield Lever(path, streams[0], None, low, high, streams, is_rival=True)
    for path, (draw, streams) in rival_levers.rival_delays(base).items():
        yield Lever(path, streams[0], draw, streams=streams, is_rival=True)


def gate_path(stream: str) -> str:
    """The value path of a gate's chance."""
    return stream.replace(".success", ".success_prob") if stream.startswith("development.") else f"{stream}_prob"


def all_draws(base: Assembled) -> Iterable[Draw]:
    """Every draw of the plan, in its order."""
    for activity in base.plan.activities:
        if activity.duration is not None and activity.finished is None:
            yield activity.duration
        yield from (cost.amount for cost in activity.costs if not cost.income)
    for market in base.plan.markets:
        yield from market.scale
        if market.launch_cost is not None:
            yield market.launch_cost
    yield from (given.drawn() for given in base.uncertain)


def tornado_rows(base: Assembled, runs: Runs, levers: list[Lever], *, seed: int) -> list[Row]:
    """Mean rNPV with each input at its low and its high, on the same futures; widest first."""
    draws = min(SENSITIVITY_DRAWS, runs.drawn.draws)
    rows = []
    for lever in levers:
        ends = _ends(base, runs.compiled, lever)
        means = [float(run(plan, draws=draws, seed=seed).npv_usd[OWNER].mean()) for plan, _ in ends]
        if abs(means[1] - means[0]) >= 1:
            rows.append(_tornado_row(base, lever, means, [label for _, label in ends]))
    return sorted(rows, key=lambda row: (-abs(row["high_usd"] - row["low_usd"]), row["path"]))


def _ends(base: Assembled, compiled: CompiledPlan, lever: Lever) -> list[tuple[CompiledPlan, Any]]:
    """The plan with the input at its low and at its high, each with the input's value there."""
    if lever.draw is None:
        probs = (lever.gate_low or 0.0, lever.gate_high or 0.0)
        if lever.streams:
            change = rival_levers.with_rivals_chance if lever.is_rival else with_payer_chance
            return [(change(compiled, lever.streams, prob), prob) for prob in probs]
        return [(with_chance(base, compiled, lever.stream, prob), prob) for prob in probs]
    if lever.draw.distribution.is_fixed:
        most = 1.0 if ".access." in lever.path and not lever.path.endswith(".lag") else np.inf
        values = [min(lever.draw.distribution.params[0] * (1 + side * FIXED_SWING), most) for side in (-1, 1)]
        return [(_frozen(compiled, lever, value=value), value) for value in values]
    shown = [float(lever.draw.distribution.quantile(q)) for q in (0.1, 0.9)]
    return [(_frozen(compiled, lever, quantile=q), value) for q, value in zip((0.1, 0.9), shown, strict=True)]


def _frozen(compiled: CompiledPlan, lever: Lever, **at: float) -> CompiledPlan:
    """The plan with all streams of a lever at one value or quantile."""
    for stream in lever.streams or (lever.stream,):
        compiled = compiled.freeze(stream, **at)
    return compiled


def with_chance(base: Assembled, compiled: CompiledPlan, stream: str, prob: float) -> CompiledPlan:
    """The plan with another chance at a gate; the split among its good outcomes stays."""
    gate = next(a.gate for a in base.plan.activities if a.gate is not None and a.gate.stream == stream)
    good = 1 - gate.prob(FAILED)
    share = {name: (p / good if good > 0 else 1.0 * (name == SUCCEEDED)) for name, p in gate.outcomes if name != FAILED}
    outcomes = tuple((name, (1 - prob) if name == FAILED else share[name] * prob) for name, _ in gate.outcomes)
    return compiled.with_gate(stream, outcomes)


def _tornado_row(base: Assembled, lever: Lever, means: list[float], values: list[Any]) -> Row:
    entry = base.filled.ledger.get(lever.path)
    is_fixed = lever.draw is not None and lever.draw.distribution.is_fixed
    has_interval = lever.draw is None and any(g.stream == lever.stream and g.low is not None for g in base.filled.gates)
    convention = (
        "±20 %"
        if is_fixed or (lever.draw is None and not has_interval)
        else "interval"
        if lever.draw is None
        else "p10-p90"
    )
    label = payer_label(base, lever.path) or rival_levers.rival_label(base, lever.path)
    return {
        "path": lever.path,
        **({} if label is None else {"label": label}),
        "low_usd": round(means[0]),
        "high_usd": round(means[1]),
        "low_value": values[0],
        "high_value": values[1],
        "unit": _unit(entry.unit if entry else "share"),
        "convention": convention,
        "origin": entry.origin if entry else "derived",
        "source_grade": entry.source_grade if entry else "derived",
    }


def _unit(unit: str) -> str:
    return "USD" if len(unit) == 3 and unit.isupper() else unit


def assumption_share(base: Assembled, runs: Runs, *, seed: int) -> Row:
    """The share of the variance that goes with inputs that rest on no source (total effect)."""
    streams = frozenset(unsourced_streams(base, base.filled.ledger))
    return _share(base, runs, streams, seed=seed)


def unsourced_streams(base: Assembled, ledger: Ledger) -> Iterable[str]:
    """Streams of uncertain inputs, and of gates, without a stated source."""
    for draw in all_draws(base):
        entry = ledger.get(draw.stream)
        if entry is not None and not entry.is_sourced and not draw.distribution.is_fixed:
            yield draw.stream
    for gate in base.filled.gates:
        entry = ledger.get(gate_path(gate.stream))
        if entry is not None and not entry.is_sourced:
            yield gate.stream
    for stream, path in (payer_streams(base) | rival_levers.rival_streams(base)).items():
        entry = ledger.get(path)
        if entry is not None and not entry.is_sourced:
            yield stream


def _share(base: Assembled, runs: Runs, streams: frozenset[str], *, seed: int) -> Row:
    known = frozenset(streams) & frozenset(runs.compiled.streams)
    if not known:
        return {"mean": 0.0, "standard_error": 0.0}
    found = variance_share(runs.compiled, known, draws=min(SHARE_DRAWS, runs.drawn.draws), seed=seed)
    if isnan(found.mean):  # the value is one and the same on every path: nothing of it hangs on anything
        return {"mean": 0.0, "standard_error": 0.0}
    return {"mean": min(max(float(found.mean), 0.0), 1.0), "standard_error": float(found.standard_error)}


GROUPS = {
    "chance": {"en": "success and failure", "zh": "成败"},
    "time": {"en": "durations", "zh": "时长"},
    "cost": {"en": "costs", "zh": "成本"},
    "market": {"en": "markets and prices", "zh": "市场与价格"},
    "official": {"en": "official sources", "zh": "官方来源"},
    "secondary": {"en": "secondary sources", "zh": "转引来源"},
    "derived": {"en": "derived from sources", "zh": "由来源推算"},
    "unverified": {"en": "unverified", "zh": "未核实"},
    "assumption": {"en": "assumptions", "zh": "假设"},
}


def variance_rows(base: Assembled, runs: Runs, *, seed: int) -> list[Row]:
    """Total-effect shares of the variance by kind of input and by the grade of its source.

    They overlap where inputs act together, so that the shares of a grouping need not sum to 1.
    """
    rows = []
    for grouping in (_by_kind(base), _by_grade(base)):
        for name, streams in grouping.items():
            rows.append({"group": name, "label": GROUPS[name], **_share(base, runs, frozenset(streams), seed=seed)})
    return sorted(rows, key=lambda row: -row["mean"])


def _by_kind(base: Assembled) -> dict[str, set[str]]:
    groups: dict[str, set[str]] = {"chance": set(), "time": set(), "cost": set(), "market": set()}
    others = set(payer_streams(base)) | rival_levers.drawn_streams(base) | {one.draw.stream for one in base.uncertain}
    for activity in base.plan.activities:
        groups["chance"] |= {activity.gate.stream} - others if activity.gate else set()
        groups["time"] |= {activity.duration.stream} - others if activity.duration else set()
        groups["cost"] |= {cost.amount.stream for cost in activity.costs}
    groups["market"] = {draw.stream for market in base.plan.markets for draw in market.scale} | others
    return groups


def _by_grade(base: Assembled) -> dict[str, set[str]]:
    """Uncertain inputs and gates by the grade of their source; what rests on none is an assumption."""
    groups: dict[str, set[str]] = {}
    paths = {draw.stream: draw.stream for draw in all_draws(base) if not draw.distribution.is_fixed}
    paths |= {gate.stream: gate_path(gate.stream) for gate in base.filled.gates}
    paths |= payer_streams(base) | rival_levers.rival_streams(base)
    for stream, path in paths.items():
        entry = base.filled.ledger.get(path)
        if entry is not None:
            is_assumed = entry.origin == "assumption" or entry.source is None
            groups.setdefault("assumption" if is_assumed else entry.source_grade, set()).add(stream)
    return groups
