"""From a deal and its programme to the engine's structure: dollars, ordinals, plan markets, activities and links."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from onepill.access import MarketInput, beside_means, build_market, sold_tables, valuation
from onepill.core.errors import Finding
from onepill.deals import inputs as engine
from onepill.deals.equity_checks import vehicle_findings
from onepill.deals.inputs import Discounts, MarketTerms, Structure
from onepill.model.deal import Deal, GrantTerms
from onepill.model.deal_places import granted_in
from onepill.model.deal_vehicle import FundTerms, VehicleTerms
from onepill.sim.compiler_cash import LAUNCH_COST
from onepill.sim.plan import Draw, Market, Money, Sharing
from onepill.workbench.deals.legs import UPSTREAM, leg_of, upstream_legs
from onepill.workbench.deals.reading import Reading, share_of
from onepill.workbench.plan.assemble import Assembled

TINY = 1e-12
"""What is left of a market's profit where tax takes all of it; nothing is divided by it but nothing."""
RETAINED = "loss_of_exclusivity.retained_share"
"""The draw that the sales behind a loss of exclusivity have, and no others."""


def structure_of(deal: Deal, base: Assembled) -> Structure:
    """The deal as the engine takes it.

    Raises:
        InputError: `deal.event_plan`, an event that the plan of this scenario does not have.
    """
    owner, reading = deal.owner_id(), Reading(deal, base)
    rates = party_rates(deal, base)
    parties = tuple(
        engine.Party(name, rates[name], None if party.tax_share is None else party.tax_share.number, party.currency)
        for name, party in deal.parties.items()
    )
    wholes = {market.id: market.group or market.id for market in base.plan.markets}
    owed = (leg for contract in base.plan.contracts for leg in upstream_legs(contract, owner, wholes))
    return Structure(
        id=deal.deal,
        kind=deal.structure,
        owner=owner,
        signed=deal.signed_on.toordinal(),
        parties=parties,
        convention=reading.programme.capital.convention,
        options=tuple(_options(reading)),
        grants=tuple(_grant(name, grant, reading) for name, grant in deal.grants.items()),
        legs=(*(leg_of(name, term, reading) for name, term in deal.terms.items()), *owed),
        vehicle=_vehicle(deal.vehicle, reading) if deal.vehicle else None,
        funds=tuple(_fund(fund) for fund in deal.funds.values()),
    )


def vehicle_errors(deal: Deal, structure: Structure) -> list[Finding]:
    """What contradicts itself in a vehicle once its amounts are dollars, at the paths of the file."""
    if structure.vehicle is None:
        return []
    found = vehicle_findings(structure.vehicle, structure.funds)
    names = {"vehicle.rounds": list(deal.vehicle.rounds) if deal.vehicle else [], "funds": list(deal.funds)}
    if deal.vehicle:
        names |= {f"vehicle.{key}": list(getattr(deal.vehicle, key)) for key in ("stakes", "warrants", "exits")}
    return [replace(finding, path=_named(finding.path, names)) for finding in found if finding.severity == "error"]


def _named(path: str, names: dict[str, list[str]]) -> str:
    """The file's own path of a part that the engine counts: `vehicle.rounds[0].pre_money_usd`."""
    head, _, rest = path.partition("[")
    position, _, field = rest.partition("]")
    if head not in names or not position.isdecimal():
        return path
    return f"{head}.{names[head][int(position)]}{field.removesuffix('_usd')}"


def without_deal(structure: Structure) -> Structure:
    """The same parties where nothing is signed: the owner has it all, and owes what it owes upstream."""
    legs = tuple(leg for leg in structure.legs if leg.id.startswith(UPSTREAM))
    return replace(structure, kind="none", options=(), grants=(), legs=legs, vehicle=None, funds=())


def market_terms(base: Assembled) -> tuple[MarketTerms, ...]:
    """Shares of sales of each plan market, and its sales before the loss of exclusivity."""
    return tuple(terms for given in base.markets for terms in _market_terms(given, base))


def _market_terms(given: MarketInput, base: Assembled) -> Iterator[MarketTerms]:
    """Those of a market, of each of its parts, and of each of its variants."""
    shares = (given.cogs_share, given.selling_share, given.tax_share)
    is_plain = not (given.price_ages or given.yearly_cut or given.duties or given.instalments)
    profit = None if is_plain else _whole(replace(given, tax_share=0.0), base).cash
    protected, parts = _protected_sales(given, base), base.parts[given.id].tables
    yield MarketTerms(given.id, *shares, protected, given.group, profit)
    rows = [market for market in base.plan.markets if market.part_of == given.id]
    variants = base.variants[given.id]
    sold, varied = dict[tuple[Draw, ...], Money](), dict[tuple[Draw, ...], Money]()
    if protected is not None:
        sold = _protected_tables(given, base)
        if variants.tables:
            varied = beside_means(given, variants.inputs, lambda one: _protected_tables(one, base))
    before = [(part, sold) for part in parts] + [(part, varied) for part in variants.tables]
    for market, (part, known) in zip(rows, before, strict=True):
        lasting = None if protected is None else known.get(part.draws, np.zeros_like(part.cash))
        yield MarketTerms(market.id, *shares, lasting, market.group, part.cash / max(1 - given.tax_share, TINY))


def _protected_tables(given: MarketInput, base: Assembled) -> dict[tuple[Draw, ...], Money]:
    """Sales of a market and of its parts before the loss of exclusivity, by the draws of each: those of a market that
    sells nothing behind it."""
    if any(draw.stream.endswith(RETAINED) for draw in given.scale):
        return {}
    rule, spread = replace(given.exclusivity, retained_share=0.0), given.spread
    curves = tuple(curve for curve in spread.curves if curve.field != "retained_share")
    return sold_tables(replace(given, exclusivity=rule, spread=replace(spread, curves=curves)), base.value)


def _protected_sales(given: MarketInput, base: Assembled) -> Money | None:
    """Sales before the loss of exclusivity, which ends a payer state: the state behind it has none."""
    rule = given.exclusivity
    if any(draw.stream.endswith(RETAINED) for draw in given.scale):
        return np.zeros_like(_whole(given, base).sales)
    if (rule.patent is None and rule.years is None) or rule.retained_share == 0:
        return None
    return _whole(replace(given, exclusivity=replace(rule, retained_share=0.0)), base).sales


def _whole(given: MarketInput, base: Assembled) -> Market | Sharing:
    """The tables before any rival takes its share, which is each path's own."""
    built = build_market(given, base.value)
    return built.sharing or built


def party_rates(deal: Deal, base: Assembled) -> dict[str, float]:
    """Yearly discount rates: a party's own, else the programme's."""
    capital = base.filled.ledger.get("capital.discount_rate_per_year")
    common = float(capital.value) if capital is not None else 0.0
    stated = {name: party.discount_rate_per_year for name, party in deal.parties.items()}
    return {name: common if value is None else value.number for name, value in stated.items()}


def discounts(rates: dict[str, float], base: Assembled) -> dict[str, Discounts]:
    """Discount factors by party, in the programme's convention; parties of one rate share theirs."""
    capital, found = base.filled.programme.capital, dict[float, Discounts]()
    for rate in rates.values():
        if rate not in found:
            value = valuation(
                base.value.as_of, years=capital.horizon_years, convention=capital.convention, rate_per_year=rate
            )
            found[rate] = Discounts(by_year=value.by_year, by_day=value.by_day)
    return {name: found[rate] for name, rate in rates.items()}


def _options(reading: Reading) -> Iterator[engine.Option]:
    for name, option in reading.deal.options.items():
        prob = None if option.exercise_prob is None else option.exercise_prob.number
        yield engine.Option(name, option.holder, reading.when(option.on, f"options.{name}.on"), prob)


def _grant(name: str, grant: GrantTerms, reading: Reading) -> engine.Grant:
    markets = granted_in(reading.programme, grant)
    work = dict.fromkeys((*reading.activities(grant.pays, markets), *_launches(markets, reading)))
    return engine.Grant(name, grant.to, tuple(markets), tuple(work), reading.window(grant, f"grants.{name}"))


def _launches(markets: list[str], reading: Reading) -> Iterator[str]:
    """The activities that bear the launch cost of markets with payer states: it goes with the market."""
    items = {f"{market}{LAUNCH_COST}" for market in markets}
    for activity in reading.base.plan.activities:
        if any(cost.item in items for cost in activity.costs):
            yield activity.id


def _vehicle(given: VehicleTerms, reading: Reading) -> engine.Vehicle:
    return engine.Vehicle(
        party=given.party,
        stakes=tuple(
            engine.Stake(name, stake.share.number, reading.usd_or_zero(stake.protected_until))
            for name, stake in given.stakes.items()
        ),
        rounds=tuple(
            engine.Round(
                id=name,
                investors=tuple((who, reading.usd(amount)) for who, amount in item.investors.items()),
                pre_money_usd=reading.usd(item.pre_money),
                tranches=tuple(
                    (tranche.share.number, reading.when(tranche.on, f"vehicle.rounds.{name}.tranches.{i}.on"))
                    for i, tranche in enumerate(item.tranches)
                )
                or ((1.0, engine.SIGNING),),
                anti_dilution=item.anti_dilution,
            )
            for name, item in given.rounds.items()
        ),
        warrants=tuple(
            engine.Warrant(item.holder, item.share.number, reading.usd(item.strike)) for item in given.warrants.values()
        ),
        exits=tuple(
            engine.Exit(
                kind=item.kind,
                when=reading.when(item.on, f"vehicle.exits.{name}.on"),
                discount_rate_per_year=item.discount_rate_per_year.number,
                value_usd=None if item.value is None else reading.usd(item.value),
                discount_share=share_of(item.discount_share),
                cost_share=share_of(item.cost_share),
            )
            for name, item in given.exits.items()
        ),
        preference_multiple=given.preference_multiple,
        participating=given.participating,
    )


def _fund(fund: FundTerms) -> engine.Fund:
    return engine.Fund(
        party=fund.party,
        partners=fund.partners,
        manager=fund.manager,
        currency=fund.currency,
        fee_share_per_year=share_of(fund.fee_share_per_year),
        fee_years=fund.fee_years,
        hurdle_per_year=share_of(fund.hurdle_per_year),
        catch_up_share=share_of(fund.catch_up_share, 1.0),
        carry_share=share_of(fund.carry_share),
    )
