"""Joins the engines' fragments into one plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from onepill.access import MarketInput, Valuation, build_market, valuation
from onepill.model.overlays import Overlay
from onepill.pathway import Network, NetworkInput, build_network
from onepill.sim.plan import Fragment, Plan, join
from onepill.workbench import defaults
from onepill.workbench.filled import Filled
from onepill.workbench.markets import market_inputs, upstream_contracts
from onepill.workbench.stage_costs import under_overlays


@dataclass(frozen=True)
class Assembled:
    """A plan with the network and the filled inputs that it was made of."""

    filled: Filled
    network: Network
    markets: tuple[MarketInput, ...]
    value: Valuation
    plan: Plan


def assemble(
    filled: Filled, *, overlays: Sequence[Overlay] = (), markets: tuple[MarketInput, ...] | None = None
) -> Assembled:
    """The plan of a filled programme under the given overlays."""
    value, inputs = _valuation(filled), markets if markets is not None else tuple(market_inputs(filled))
    given = NetworkInput(
        as_of=filled.as_of,
        known_on=filled.as_of,
        stages=tuple(under_overlays(stage, overlays) for stage in filled.stages),
        filings=tuple(filled.filings),
        overlays=tuple(overlays),
        usd_per=filled.usd_per(),
        gates=filled.plan_gates,
    )
    network = build_network(given, filled.rulebook)
    contracts = upstream_contracts(filled)
    base = Plan(
        as_of=filled.as_of.toordinal(),
        activities=(),
        markets=(),
        discount_by_day=value.by_day,
        discount_by_year=value.by_year,
        contracts=contracts,
        factors=tuple(filled.programme.factors),
        parties=("owner", *dict.fromkeys(contract.payee for contract in contracts)),
    )
    sold = Fragment(markets=tuple(build_market(market, value) for market in inputs))
    return Assembled(filled, network, inputs, value, join([network.fragment, sold], base=base))


def with_overlays(base: Assembled, overlays: Sequence[Overlay]) -> Assembled:
    """The same programme under overlays; the markets' tables do not depend on them and are kept."""
    changed = assemble(base.filled, overlays=overlays, markets=())
    return replace(changed, markets=base.markets, plan=replace(changed.plan, markets=base.plan.markets))


def _valuation(filled: Filled) -> Valuation:
    capital = filled.programme.capital
    rate = filled.number("capital.discount_rate_per_year", capital.discount_rate_per_year, defaults.DISCOUNT)
    return valuation(filled.as_of, years=capital.horizon_years, convention=capital.convention, rate_per_year=rate)
