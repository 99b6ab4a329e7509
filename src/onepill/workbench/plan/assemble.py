"""Joins the engines' fragments into one plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from onepill.access import (
    CompiledPath,
    MarketInput,
    Parts,
    Valuation,
    Variants,
    compile_path,
    part_rows,
    rival_rows,
    valuation,
    variant_rows,
    with_idle_moves,
)
from onepill.model.overlays import Overlay
from onepill.pathway import Network, NetworkInput, build_network
from onepill.sim.plan import Contract, Fragment, Market, Plan, join
from onepill.workbench.common import defaults
from onepill.workbench.plan.filled import Filled
from onepill.workbench.plan.kept_markets import market_of, parts_of, variants_of
from onepill.workbench.plan.market_variants import MarketVariants, UncertainInput, market_variants
from onepill.workbench.plan.markets import market_input, market_inputs, upstream_contracts
from onepill.workbench.plan.payer_paths import note_losses, payer_paths
from onepill.workbench.plan.stage_costs import under_overlays


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
    """What uncertain inputs make of each market: the plan's markets that are `part_of` it, in their order, those of
    `variants` behind."""
    variants: Mapping[str, Variants] = field(default_factory=dict)
    uncertain: tuple[UncertainInput, ...] = ()
    """The inputs that stand at few values, of which each future draws one."""


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
    varied = _varied(filled, whole, value)
    tables, parts, variants = _tables(inputs, value, varied)
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
    uncertain = tuple(one for found in varied for one in found.inputs)
    choices = Fragment(activities=tuple(one.row() for one in uncertain), markets=tables)
    sold = _together([*rivals, *(path.fragment for path in paths.values()), choices])
    plan = join([network.fragment, sold], base=base)
    return Assembled(filled, network, inputs, value, plan, sold, paths, parts, variants, uncertain)


def _tables(
    inputs: Sequence[MarketInput], value: Valuation, varied: Sequence[MarketVariants]
) -> tuple[tuple[Market, ...], dict[str, Parts], dict[str, Variants]]:
    """The markets of the plan, each with its parts behind it, and the parts and variants by market."""
    rows, parts, variants = list[Market](), dict[str, Parts](), dict[str, Variants]()
    choices = {id_: row for found in varied for id_, row in found.rows.items()}
    for given in inputs:
        whole = market_of(given, value)
        parts[given.id] = parts_of(given, value, whole)
        variants[given.id] = variants_of(given, value, *choices[given.id]) if given.id in choices else Variants()
        rows += (whole, *part_rows(given, value, parts[given.id]), *variant_rows(given, value, variants[given.id]))
    return tuple(rows), parts, variants


def _varied(filled: Filled, markets: Sequence[MarketInput], value: Valuation) -> tuple[MarketVariants, ...]:
    """The markets whose tables are made at several values of their inputs."""
    names, found = {name.lower(): name for name in filled.programme.markets}, list[MarketVariants]()
    for market in markets:
        uncertain = [draw for path, draw in filled.uncertain.items() if path.startswith(f"markets.{market.id}.")]

        def restated(other: Filled, name: str = names[market.id]) -> dict[str, MarketInput]:
            whole = market_input(other, name)
            paths = _compiled_paths(other, (whole,), value, keeps_idle=True)
            return {segment.id: segment for segment in _segments(whole, paths)}

        if uncertain and (varied := market_variants(filled, uncertain, value, restated)) is not None:
            found.append(varied)
    return tuple(found)


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
    return replace(kept, plan=plan, sold=base.sold, variants=base.variants, uncertain=base.uncertain)


def _valuation(filled: Filled) -> Valuation:
    capital = filled.programme.capital
    rate = filled.number("capital.discount_rate_per_year", capital.discount_rate_per_year, defaults.DISCOUNT)
    return valuation(filled.as_of, years=capital.horizon_years, convention=capital.convention, rate_per_year=rate)
