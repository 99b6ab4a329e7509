"""Joins the engines' fragments into one plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from onepill.access import (
    CompiledPath,
    MarketInput,
    Parts,
    Valuation,
    compile_path,
    part_rows,
    rival_rows,
    valuation,
    with_idle_moves,
)
from onepill.model.overlays import Overlay
from onepill.pathway import Network, NetworkInput, build_network
from onepill.sim.plan import Contract, Fragment, Market, Plan, join
from onepill.workbench import defaults
from onepill.workbench.filled import Filled
from onepill.workbench.kept_markets import market_of, parts_of
from onepill.workbench.markets import market_inputs, upstream_contracts
from onepill.workbench.payer_paths import note_losses, payer_paths
from onepill.workbench.stage_costs import under_overlays


@dataclass(frozen=True)
class Assembled:
    """A plan with the network and the filled inputs that it was made of."""

    filled: Filled
    network: Network
    markets: tuple[MarketInput, ...]
    value: Valuation
    plan: Plan
    sold: Fragment
    paths: Mapping[str, CompiledPath] = field(default_factory=dict)
    parts: Mapping[str, Parts] = field(default_factory=dict)
    """What uncertain inputs make of each market: the plan's markets that are `part_of` it, in their order."""


def assemble(
    filled: Filled,
    *,
    overlays: Sequence[Overlay] = (),
    markets: tuple[MarketInput, ...] | None = None,
    keeps_idle_moves: bool = False,
) -> Assembled:
    """The plan of a filled programme under the given overlays.

    `markets` are those of the plan, one for each payer state of a market with a payer path; `paths` are these, by
    market, and `sold` is the plan's part that they and the markets make. With `keeps_idle_moves` the plan has the payer
    states too that could be come to if a chance of 0 were another.
    """
    value, whole = _valuation(filled), markets if markets is not None else tuple(market_inputs(filled))
    paths = _compiled_paths(filled, whole, value, keeps_idle=keeps_idle_moves)
    inputs = tuple(part for market in whole for part in _segments(market, paths))
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
    tables, parts = _tables(inputs, value)
    contracts = tuple(_on_segments(contract, tables) for contract in upstream_contracts(filled))
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
    rivals = (rival_rows(m.competition, m.launch) for m in whole if m.competition is not None)
    sold = _together([*rivals, *(path.fragment for path in paths.values()), Fragment(markets=tables)])
    return Assembled(filled, network, inputs, value, join([network.fragment, sold], base=base), sold, paths, parts)


def _tables(inputs: Sequence[MarketInput], value: Valuation) -> tuple[tuple[Market, ...], dict[str, Parts]]:
    """The markets of the plan, each with its parts behind it, and the parts by market."""
    rows, parts = list[Market](), dict[str, Parts]()
    for given in inputs:
        whole = market_of(given, value)
        parts[given.id] = parts_of(given, value, whole)
        rows += (whole, *part_rows(given, value, parts[given.id]))
    return tuple(rows), parts


def _compiled_paths(
    filled: Filled, markets: Sequence[MarketInput], value: Valuation, *, keeps_idle: bool
) -> dict[str, CompiledPath]:
    paths = payer_paths(filled, markets, horizon=filled.as_of.toordinal() + value.by_day.size - 1)
    found = {name: compile_path(with_idle_moves(path) if keeps_idle else path) for name, path in paths.items()}
    note_losses(filled, found.values())
    return found


def _segments(market: MarketInput, paths: Mapping[str, CompiledPath]) -> tuple[MarketInput, ...]:
    """The market itself, or its payer states where something is sold."""
    if market.id not in paths:
        return (market,)
    return tuple(segment.market for segment in paths[market.id].segments if segment.market is not None)


def _on_segments(contract: Contract, markets: Sequence[Market]) -> Contract:
    """Royalties on a market are paid on all of its payer states, and on what uncertain inputs move of their sales."""
    parts: dict[str, list[str]] = {}
    for market in markets:
        if not market.part_of or market.sales.any():
            parts.setdefault(market.group or market.id, []).append(market.id)
    royalties = [
        replace(royalty, markets=tuple(id_ for name in royalty.markets for id_ in parts.get(name, [name])))
        for royalty in contract.royalties
    ]
    return replace(contract, royalties=tuple(royalties))


def _together(parts: Sequence[Fragment]) -> Fragment:
    """Fragments as one, in order."""
    return Fragment(
        activities=tuple(activity for part in parts for activity in part.activities),
        milestones=tuple(milestone for part in parts for milestone in part.milestones),
        clocks={name: table for part in parts for name, table in part.clocks.items()},
        calendars={name: days for part in parts for name, days in part.calendars.items()},
        markets=tuple(market for part in parts for market in part.markets),
    )


def with_overlays(base: Assembled, overlays: Sequence[Overlay]) -> Assembled:
    """The same programme under overlays; the markets' tables do not depend on them and are kept."""
    changed = assemble(base.filled, overlays=overlays, markets=())
    plan = replace(join([base.sold], base=changed.plan), contracts=base.plan.contracts)
    kept = replace(changed, markets=base.markets, paths=base.paths, parts=base.parts)
    return replace(kept, plan=plan, sold=base.sold)


def _valuation(filled: Filled) -> Valuation:
    capital = filled.programme.capital
    rate = filled.number("capital.discount_rate_per_year", capital.discount_rate_per_year, defaults.DISCOUNT)
    return valuation(filled.as_of, years=capital.horizon_years, convention=capital.convention, rate_per_year=rate)
