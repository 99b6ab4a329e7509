"""A programme's markets by calendar year on its own futures: means over all of them, errors from the first ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import prod

import numpy as np
import numpy.typing as npt

from onepill.access import (
    MarketInput,
    build_market,
    on_market_table,
    path_shares,
    patient_table,
    year_starts,
)
from onepill.core.dates import NEVER
from onepill.sim import Results, compile_plan, run
from onepill.sim.compiler_cash import LAUNCH_COST
from onepill.sim.plan import FINISHED, Activity, Draw, Link, Market, Plan, variant_sizes
from onepill.workbench.plan.assemble import Assembled
from onepill.workbench.results.patients import days_of
from onepill.workbench.results.rows_value import market_ids
from onepill.workbench.results.simulate import OWNER, Runs

Money = npt.NDArray[np.float64]
SAMPLED = 8_192
"""Paths that standard errors are estimated from; they are scaled to the number of draws."""
PROBE = "forecast_probe"
ON_MARKET, PATIENTS, GROSS, NET = "on_market_share", "patients_treated", "gross_sales_usd", "net_sales_usd"
LAUNCHING, CASH, PRESENT = "launch_cost_usd", "cash_usd", "discounted_usd"
PROBED = (ON_MARKET, PATIENTS, GROSS, NET)
"""Quantities that the plan itself does not sum up."""
BROUGHT = ("months_on_treatment", "patients.compliance_share", "net_price_per_month")
"""The draws of a market that say what a patient brings; all others count patients and shares."""


@dataclass(frozen=True)
class YearlyEstimate:
    """One quantity by calendar year: the mean over all futures, its simulation error, and the error of the mean over
    those futures on which the market is launched."""

    mean: Money
    standard_error: Money
    launched_error: Money


@dataclass(frozen=True)
class MarketForecast:
    """One market by calendar year: its quantities by name, and the launch day by path, NEVER where there is none."""

    years: Mapping[str, YearlyEstimate]
    launch_days: npt.NDArray[np.int32]

    @property
    def launch_prob(self) -> float:
        return float(np.count_nonzero(self.launch_days < NEVER) / self.launch_days.size)


@dataclass(frozen=True)
class Group:
    """A market of the programme as a whole, and its members in the plan: itself, or the states of its payer path.

    `branches` is how many states are entered side by side at launch.
    """

    whole: MarketInput
    members: tuple[MarketInput, ...]
    branches: int = 1

    @property
    def id(self) -> str:
        return self.whole.id

    @property
    def has_states(self) -> bool:
        return self.members != (self.whole,)


def market_groups(base: Assembled) -> dict[str, Group]:
    """The programme's markets by id, in their order."""
    found: dict[str, Group] = {}
    for id_ in market_ids(base):
        members = tuple(given for given in base.markets if id_ in (given.id, given.group))
        if id_ in base.paths:
            path = base.paths[id_].path
            found[id_] = Group(path.market, members, sum(state.initial for state in path.states))
        else:
            found[id_] = Group(members[0], members)
    return found


def patient_draws(given: MarketInput) -> tuple[Draw, ...]:
    """The draws that count patients and their shares."""
    prefix = f"markets.{given.id.partition('.')[0]}."
    return tuple(d for d in given.scale if d.stream.removeprefix(prefix) not in BROUGHT and not _is_price(d))


def _is_price(draw: Draw) -> bool:
    """Whether a draw is what a payer pays of the price."""
    return draw.stream.endswith(".price_factor")


@dataclass(frozen=True)
class _Futures:
    """One programme's runs: its own, the one of all quantities, and the first paths with their days and scales."""

    base: Assembled
    runs: Runs
    means: Results
    sampled: Results


def forecast_markets(base: Assembled, runs: Runs, *, threads: int) -> dict[str, MarketForecast]:
    """Every market of the programme by calendar year, over all states of its payer path."""
    tables = {given.id: _tables(base, given) for given in base.markets}
    futures = _Futures(base, runs, _means(base, runs, tables, threads=threads), _sample(base, runs))
    return {id_: _forecast(futures, group, tables) for id_, group in market_groups(base).items()}


Tables = dict[str, list[tuple[str, Money]]]
"""By quantity: tables by launch day and calendar year, each with the name of the scale that it is multiplied with."""


def _tables(base: Assembled, given: MarketInput) -> Tables:
    """What a scale of 1 brings by launch day and calendar year, or by span where rivals share it.

    Net sales and cash have a table more for each part of the market; patients and gross sales stand at the means of
    what is no part of their scale.
    """
    value, rows = base.value, [m for m in base.plan.markets if given.id in (m.id, m.part_of)]
    first_price = replace(given, price_levels=(), price_ages=(), yearly_cut=None, duties=(), instalments=None)
    before_payers = build_market(replace(first_price, price_share=1.0), value)
    own = [(m.id, m.sharing or m) for m in rows]
    return {
        ON_MARKET: [(ON_MARKET, on_market_table(given, value))],
        PATIENTS: [(PATIENTS, patient_table(given, value))],
        GROSS: [(GROSS, _in_spans_of(rows[0], before_payers))],
        NET: [(id_, table.sales) for id_, table in own],
        CASH: [(id_, table.cash) for id_, table in own],
        PRESENT: [(id_, table.discounted) for id_, table in own],
    }


def _in_spans_of(market: Market, billed: Market) -> Money:
    """Sales in the columns of another table of the same market, which instalments may spread over further ones."""
    if market.sharing is None or billed.sharing is None:
        return billed.sales
    wanted, own = (list(zip(m.years.tolist(), m.steps.tolist(), strict=True)) for m in (market.sharing, billed.sharing))
    found = np.zeros((billed.sharing.sales.shape[0], len(wanted)))
    found[:, [wanted.index(span) for span in own]] = billed.sharing.sales
    return found


def _draws_of(given: MarketInput, quantity: str) -> tuple[Draw, ...]:
    if quantity == GROSS:
        return tuple(draw for draw in given.scale if not _is_price(draw))
    drawn = {ON_MARKET: (), PATIENTS: patient_draws(given)}
    return drawn[quantity]


def _means(base: Assembled, runs: Runs, tables: dict[str, Tables], *, threads: int) -> Results:
    """The same plan with a market for each quantity, named `us/gross`, whose cash is that quantity."""
    probes, rows = [], {market.id: market for market in base.plan.markets}
    for given in base.markets:
        for name in PROBED:
            for source, table in tables[given.id][name]:
                market = rows[source if name == NET else given.id]
                scale = market.scale if name == NET else _draws_of(given, name)
                asked = replace(market, id=f"{market.id}/{name}", scale=scale, launch_cost=None)
                asked = replace(asked, part_of=f"{given.id}/{name}" if market.part_of else "")
                probes.append(_with_table(asked, table, is_shared=name != ON_MARKET))
    plan = replace(base.plan, markets=tuple(probes), contracts=(), parties=(OWNER,))
    return run(compile_plan(plan), draws=runs.drawn.draws, seed=runs.drawn.seed, threads=threads)


def _with_table(market: Market, table: Money, *, is_shared: bool) -> Market:
    """The market with a table as its sales and cash, which rivals share if it is `is_shared`."""
    nothing = np.zeros_like(table)
    if market.sharing is None or not is_shared:
        return replace(market, sales=table, cash=table, discounted=nothing, sharing=None)
    return replace(market, sharing=replace(market.sharing, sales=table, cash=table, discounted=nothing))


def _sample(base: Assembled, runs: Runs) -> Results:
    """The first paths with their days; the value of party `us/gross_sales_usd` is the scale of that quantity on each
    path, that of `us` the scale of the plan's market.

    Each scale is drawn by a market that is always launched and brings one dollar for a scale of 1.
    """
    probes = []
    for given in base.markets:
        scales = {f"{given.id}/{name}": _draws_of(given, name) for name in (PATIENTS, GROSS)}
        scales |= {m.id: m.scale for m in base.plan.markets if given.id in (m.id, m.part_of)}
        scales |= {f"{given.id}/{LAUNCH_COST}": (given.launch_cost,)} if given.launch_cost else {}
        probes += [_scale_probe(base.plan, name, draws) for name, draws in scales.items()]
    plan = replace(
        base.plan,
        activities=(*base.plan.activities, Activity(PROBE, not_before=base.plan.as_of)),
        markets=tuple(probes),
        contracts=(),
        parties=(OWNER, *(probe.party for probe in probes)),
    )
    draws = min(SAMPLED, runs.drawn.draws)
    return run(compile_plan(plan), draws=draws, seed=runs.drawn.seed, trace=draws)


def _scale_probe(plan: Plan, name: str, draws: tuple[Draw, ...]) -> Market:
    one = np.ones((1, 1))
    return Market(name, Link(PROBE, FINISHED), draws, plan.as_of, one, one, one, party=name)


def _forecast(futures: _Futures, group: Group, tables: dict[str, Tables]) -> MarketForecast:
    parts = [_member(futures, given, tables[given.id], group.branches) for given in group.members]
    if group.has_states:
        parts.append(_launch_of(futures, group, parts[0]))
    sampled = np.any([part.launched for part in parts], axis=0)
    launches = np.minimum.reduce([part.launch_days for part in parts])
    draws, prob = launches.size, float(np.count_nonzero(launches < NEVER) / launches.size)
    years = {}
    for name in parts[0].rows:
        mean, paths = (sum(part.rows[name][k] for part in parts[1:]) + parts[0].rows[name][k] for k in (0, 1))
        years[name] = _estimate(mean, paths, sampled, draws=draws, prob=prob)
    return MarketForecast(years, launches)


@dataclass(frozen=True)
class _Member:
    """One plan market: by quantity its yearly mean and its values by sampled path and year."""

    rows: dict[str, tuple[Money, Money]]
    launched: npt.NDArray[np.bool_]
    launch_days: npt.NDArray[np.int32]


def _member(futures: _Futures, given: MarketInput, tables: Tables, branches: int) -> _Member:
    base, drawn, means = futures.base, futures.runs.drawn, futures.means
    paths = _MarketPaths(base, futures.sampled, given)
    costs, present_costs = paths.launch_costs()
    rows = {name: (means.yearly[f"{given.id}/{name}", OWNER][0], paths.by_year(tables[name], name)) for name in PROBED}
    rows[ON_MARKET] = (rows[ON_MARKET][0] / branches, rows[ON_MARKET][1] / branches)
    cash, present = drawn.yearly[given.id, OWNER]
    paid, present_paid = drawn.yearly.get((given.id + LAUNCH_COST, OWNER), (0 * cash, 0 * cash))
    rows[LAUNCHING] = (-paid, costs)
    rows[CASH] = (cash + paid, paths.by_year(tables[CASH], CASH) - costs)
    rows[PRESENT] = (present + present_paid, paths.by_year(tables[PRESENT], PRESENT) - present_costs)
    return _Member(rows, paths.launched, _launch_days(drawn, base.plan, given.launch))


def _launch_of(futures: _Futures, group: Group, like: _Member) -> _Member:
    """The launch cost of a market with payer states, which an activity of the plan bears, as one more part of it."""
    base, item, drawn = futures.base, group.id + LAUNCH_COST, futures.runs.drawn
    rows = {name: (np.zeros_like(mean), np.zeros_like(paths)) for name, (mean, paths) in like.rows.items()}
    starts = year_starts(base.value)
    costs = [(a, cost) for a, activity in enumerate(base.plan.activities) for cost in activity.costs]
    for row, (a, cost) in enumerate(costs):
        if cost.item == item:
            usd, day = futures.sampled.amounts.cost_usd[row], futures.sampled.trace.start[a]
            year = np.searchsorted(starts, day, side="right") - 1
            paid = (year[:, None] == np.arange(starts.size - 1)) * usd[:, None]
            ahead = np.clip(day - starts[0], 0, base.value.by_day.size - 1)
            present = paid * base.value.by_day[ahead][:, None]
            for name, paths in ((LAUNCHING, -paid), (CASH, paid), (PRESENT, present)):
                rows[name] = (rows[name][0], rows[name][1] + paths)
    nothing = np.zeros_like(like.rows[CASH][0])
    cash, present_cash = drawn.yearly.get((item, OWNER), (nothing, nothing))
    for name, mean in ((LAUNCHING, -cash), (CASH, cash), (PRESENT, present_cash)):
        rows[name] = (mean, rows[name][1])
    never = np.full_like(like.launch_days, NEVER)
    return _Member(rows, np.zeros_like(like.launched), never)


def _estimate(mean: Money, paths: Money, launched: npt.NDArray[np.bool_], *, draws: int, prob: float) -> YearlyEstimate:
    """The mean with errors from the spread of the sampled paths; a mean that none of them shows is its own error, as if
    one path alone had it."""
    mean, spread = mean[: paths.shape[1]], paths.std(axis=0, ddof=1) / np.sqrt(draws)
    within = paths[launched]
    inner = within.std(axis=0, ddof=1) if within.shape[0] > 1 else np.zeros(mean.size)
    unseen = ~np.any(paths, axis=0) & (mean != 0)
    errors = np.where(unseen, np.abs(mean), spread)
    given_launch = np.where(unseen, np.abs(mean) / max(prob, 1 / draws), inner / np.sqrt(max(prob * draws, 1.0)))
    return YearlyEstimate(mean, errors, given_launch)


def _launch_days(drawn: Results, plan: Plan, launch: Link) -> npt.NDArray[np.int32]:
    """The launch day of every path."""
    return drawn.days_of(next(name for name, link in plan.milestones if link == launch))


def _variants(base: Assembled, sampled: Results, given: MarketInput) -> dict[str, tuple[npt.NDArray[np.int64], int]]:
    """Which version of its tables each part of a market has on the sampled paths, and of how many."""
    place = {activity.id: i for i, activity in enumerate(base.plan.activities)}
    found = {}
    for market in base.plan.markets:
        if market.part_of == given.id and market.variants:
            variant, sizes = np.zeros(sampled.draws, dtype=np.int64), variant_sizes(base.plan, market)
            for id_, size in zip(market.variants, sizes, strict=True):
                variant = variant * size + sampled.trace.outcome[place[id_]] - 1
            found[market.id] = variant, prod(sizes)
    return found


class _MarketPaths:
    """One market on the sampled paths: where it is launched, and how much of each year it is kept."""

    def __init__(self, base: Assembled, sampled: Results, given: MarketInput) -> None:
        self._given, self._sampled, self._value = given, sampled, base.value
        self._starts = year_starts(base.value)
        market = next(market for market in base.plan.markets if market.id == given.id)
        first = market.first_day
        self._row = days_of(sampled, given.launch) - first
        self._sharing, self._variants = market.sharing, _variants(base, sampled, given)
        self._launch = self._row + first
        ends = [days_of(sampled, link) for link in given.ends_on]
        self._end = np.minimum.reduce([np.full(self._row.shape, NEVER, dtype=np.int64), *ends])
        self.launched = (self._launch < NEVER) & (self._launch < self._end)

    def by_year(self, tables: list[tuple[str, Money]], quantity: str) -> Money:
        """The quantity by path and year, summed over its tables."""
        found: Money = np.zeros(())
        for scale, table in tables:
            variant, count = self._variants.get(scale, (0, 1))
            days = table.shape[0] // count
            inside = self.launched & (self._row >= 0) & (self._row < days)
            rows = np.where(inside, self._row + variant * days, 0)
            sold = table[rows] if self._sharing is None or quantity == ON_MARKET else self._shared(table, rows)
            found = found + (inside * self._scale(scale))[:, None] * sold
        return found * self._kept()

    def _shared(self, table: Money, rows: npt.NDArray[np.int64]) -> Money:
        """A table's spans by path with what the rivals of each leave, summed to calendar years."""
        sharing = self._sharing
        assert sharing is not None  # a market without rivals has calendar years
        came = np.array([days_of(self._sampled, link) for link in sharing.rivals])
        spans = table[rows] * path_shares(sharing, came, self._launch)
        by_year = np.zeros((rows.size, self._starts.size - 1))
        for c, year in enumerate(sharing.years.tolist()):
            by_year[:, year] += spans[:, c]
        return by_year

    def launch_costs(self) -> tuple[Money, Money]:
        """The launch cost by path and the year of the launch, nominal and on the plan's day."""
        name, size = f"{self._given.id}/{LAUNCH_COST}", self._starts.size - 1
        if name not in self._sampled.npv_usd:
            return np.zeros((self._row.size, size)), np.zeros((self._row.size, size))
        year = np.searchsorted(self._starts, self._launch, side="right") - 1
        hit = (year[:, None] == np.arange(size)) & self.launched[:, None]
        nominal: Money = hit * self._sampled.npv_usd[name][:, None]
        ahead = np.clip(self._launch - self._starts[0], 0, self._value.by_day.size - 1)
        return nominal, nominal * self._value.by_day[ahead][:, None]

    def _scale(self, name: str) -> Money:
        """By path: a quantity's own scale, or that of one of the plan's markets."""
        if name == ON_MARKET:
            return np.ones(self._row.size)
        return self._sampled.npv_usd[f"{self._given.id}/{name}" if name in (PATIENTS, GROSS) else name]

    def _kept(self) -> Money:
        """The share of each year before the market's end, by days since its opening."""
        opens = np.maximum(self._starts[:-1], self._launch[:, None])
        found: Money = np.clip((self._end[:, None] - opens) / np.maximum(self._starts[1:] - opens, 1), 0.0, 1.0)
        return found
