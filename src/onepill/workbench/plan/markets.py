"""Markets and upstream royalties with every gap filled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from math import prod

from onepill.access import (
    Curve,
    Exclusivity,
    MarketInput,
    Mix,
    PriceLevel,
    Spread,
    check_market,
    moving,
    relative,
    weighed,
)
from onepill.core.dates import years_to_days
from onepill.core.errors import Finding, InputError
from onepill.core.provenance import Provenance, Source
from onepill.model.schema import Market
from onepill.model.values import number_of
from onepill.pathway import listing_days
from onepill.sim.plan import SUCCEEDED, Contract, Draw, Link, Royalty
from onepill.workbench.common import defaults
from onepill.workbench.common import ledger as notes
from onepill.workbench.plan.fill import event_of
from onepill.workbench.plan.filled import Filled
from onepill.workbench.plan.market_patients import market_patients, market_share, mean_of
from onepill.workbench.plan.payer_contracts import under_contracts
from onepill.workbench.plan.terms import filing_terms

EXCLUSIVITY_TOPIC = "data_protection"


def market_inputs(filled: Filled) -> list[MarketInput]:
    """Each market of the programme; its scale is the product of its draws."""
    return [market_input(filled, name) for name in filled.programme.markets]


def market_input(filled: Filled, name: str) -> MarketInput:
    """One market, by its name in the file."""
    return _market(filled, name.lower(), filled.programme.markets[name])


def _market(filled: Filled, name: str, market: Market) -> MarketInput:
    path = f"markets.{name}"
    patients = market_patients(filled, path, market)
    _, shares, competition = market_share(filled, path, market)
    cogs = filled.drawn(f"{path}.cogs_share", market.cogs_share, defaults.COGS)
    selling = filled.drawn(f"{path}.selling_share", market.selling_share, defaults.SELLING)
    price_share, payers = _price_share(filled, path, market)
    given = MarketInput(
        id=name,
        launch=Link(f"{(market.filing or name).lower()}.launch", SUCCEEDED),
        scale=(*patients.draws, *shares, *_money(filled, path, market)),
        years_to_peak=filled.tabled(filled.plain(f"{path}.uptake.years_to_peak", market.uptake.years_to_peak)),
        shape=market.uptake.shape,
        price_share=price_share,
        price_levels=tuple(PriceLevel(step.since, number_of(step.factor)) for step in market.price_steps),
        growth_per_year=filled.tabled(filled.plain(f"{path}.growth_per_year", market.growth_per_year)),
        exclusivity=_exclusivity(filled, name, market),
        cogs_share=mean_of(cogs),
        selling_share=mean_of(selling),
        tax_share=filled.at_mean(filled.drawn(f"{path}.tax_share", market.tax_share, defaults.TAX)),
        launch_cost=filled.draw(f"{path}.launch_cost", market.launch_cost, None) if not market.launched else None,
        launched=market.launched,
        ends_on=tuple(Link(*event_of(item)) for item in market.ends_on),
        peak_patients_per_year=prod(mean_of(draw) for draw in (*patients.draws, *shares)),
        pool=patients.pool,
        has_yearly_patients=patients.has_yearly_patients,
        competition=competition,
        spread=Spread(
            sales=payers,
            goods=(*payers, *moving(relative(cogs))),
            duties=payers,
            selling=None if selling.distribution.is_fixed else selling,
            curves=tuple(_curves(filled, path, market)),
        ),
    )
    filled.findings.extend(check_market(given, flow_share=patients.flow_share))
    return given if market.access is None else under_contracts(filled, name, market.access, given)


def _money(filled: Filled, path: str, market: Market) -> tuple[Draw, ...]:
    """What a patient brings: months on treatment, the share of them taken, and the price of a month."""
    parts = {
        "months_on_treatment": market.months_on_treatment,
        "patients.compliance_share": market.patients.compliance_share if market.patients else None,
        "net_price_per_month": market.net_price_per_month,
    }
    draws = [filled.draw(f"{path}.{key}", value, None) for key, value in parts.items()]
    _note_uptake(filled, path, market)
    return tuple(draw for draw in draws if draw is not None)


def _note_uptake(filled: Filled, path: str, market: Market) -> None:
    uptake = market.uptake
    source = Source(**uptake.source.model_dump()) if uptake.source else None
    note = uptake.assumption or ("" if source else "default uptake curve")
    text = f"{uptake.shape}, {number_of(uptake.years_to_peak):g} years to peak"
    filled.ledger.add(
        Provenance(
            f"{path}.uptake",
            text,
            "curve",
            "user" if source else "assumption",
            "secondary" if source else "unverified",
            source,
            note=note,
        )
    )


def _curves(filled: Filled, path: str, market: Market) -> Iterator[Curve]:
    """The uncertain inputs of which the tables are polynomials."""
    given = {"retained_share": ("loss_of_exclusivity.retained_share", market.loss_of_exclusivity.retained_share)}
    given |= {f"price_steps.{i}": (f"price_steps.{i}.factor", step.factor) for i, step in enumerate(market.price_steps)}
    for field, (key, value) in given.items():
        draw = filled.plain(f"{path}.{key}", value)
        if not draw.distribution.is_fixed:
            yield Curve(field, draw)


def _price_share(filled: Filled, path: str, market: Market) -> tuple[float, tuple[Mix, ...]]:
    """The payers' share of the net price at its mean, and what is uncertain of it; who is covered by none is not
    treated."""
    if not market.payers:
        return 1.0, ()
    parts = [
        (
            filled.plain(f"{path}.payers.{i}.patient_share", payer.patient_share),
            filled.plain(f"{path}.payers.{i}.price_share", payer.price_share),
        )
        for i, payer in enumerate(market.payers)
    ]
    share = sum(mean_of(patients) * mean_of(price) for patients, price in parts)
    notes.note_derived(
        filled.ledger,
        f"{path}.price_share",
        share,
        unit="share",
        formula="sum of patient share times price share over the payers",
        derived_from=tuple(
            f"{path}.payers.{i}.{part}_share" for i in range(len(market.payers)) for part in ("patient", "price")
        ),
    )
    return share, moving(weighed([(1.0, part) for part in parts]))


def _exclusivity(filled: Filled, name: str, market: Market) -> Exclusivity:
    rule = market.loss_of_exclusivity
    years = rule.exclusivity_years if rule.exclusivity_years is not None else _legal_exclusivity(filled, name, market)
    patent = rule.patent or _patent(filled, name, market)
    if patent is None and years is None:
        message = f"no patent or exclusivity is known in {name.upper()}; sales never fall to generics in the model"
        hint = "add rights.patents or markets.….loss_of_exclusivity"
        filled.findings.append(Finding("market.no_protection", "warning", message, hint, f"markets.{name}"))
    return Exclusivity(patent, years, number_of(rule.retained_share), _lag_days(filled, name, market))


def _lag_days(filled: Filled, name: str, market: Market) -> int:
    """From approval to launch: the facts' own days, else price listing and then the mean of the lag."""
    filing = next((f for f in filled.filings if f.id == (market.filing or name).lower()), None)
    if filing is None:
        return 0
    if filing.launched and filing.approved:
        return (filing.launched - filing.approved).days
    lag = round(filing.launch_lag.distribution.mean()) if filing.launch_lag else 0
    return lag + listing_days(filled.rulebook, filing, filled.as_of)


def _patent(filled: Filled, name: str, market: Market) -> date | None:
    """The last expiry of a patent of that jurisdiction, with its extension."""
    jurisdiction = market.jurisdiction or name.upper()
    found = [p for p in filled.programme.rights.patents if p.country == jurisdiction]
    if not found:
        return None
    last = max(found, key=lambda p: p.expiry + timedelta(days=years_to_days(p.extension_years)))
    source = Source(**last.source.model_dump()) if last.source else None
    day = last.expiry + timedelta(days=years_to_days(last.extension_years))
    filled.ledger.add(
        Provenance(
            f"markets.{name}.loss_of_exclusivity.patent",
            day.isoformat(),
            "day",
            "user" if source else "assumption",
            "secondary" if source else "unverified",
            source,
            note=last.assumption or f"family {last.family}, extension {last.extension_years:g} years",
        )
    )
    return day


def _legal_exclusivity(filled: Filled, name: str, market: Market) -> float | None:
    """The longest data protection or market exclusivity that the rulebook gives this drug on the plan's day."""
    jurisdiction = market.jurisdiction or name.upper()
    filing = next(
        (f for k, f in filled.programme.filings.items() if k.lower() == (market.filing or name).lower()), None
    )
    if filing is None:
        return None
    terms = filing_terms(filled.programme, filing, jurisdiction=jurisdiction)
    path, best = f"markets.{name}.loss_of_exclusivity.exclusivity_years", None
    for rule in filled.rulebook.rules(jurisdiction):
        if (
            rule.topic != EXCLUSIVITY_TOPIC
            or rule.unit != "years"
            or rule.absent
            or rule.id not in _exclusivities(terms)
        ):
            continue
        try:
            found = rule.on(filled.as_of, filled.as_of, terms)
        except InputError:
            continue
        if best is None or float(found.value) > float(best.value):
            best = found
    if best is None:
        return None
    notes.note_rule(filled.ledger, path, best, note="from approval")
    return float(best.value)


def _exclusivities(terms: frozenset[str]) -> set[str]:
    """The rules that can protect this drug: one for every kind of drug, and one more for an orphan."""
    found = {
        "us.exclusivity.biologic" if "biologic" in terms else "us.exclusivity.new_chemical_entity",
        "eu.exclusivity.market",
        "jp.exclusivity.reexamination",
        "cn.data_protection.term",
    }
    if "orphan" in terms:
        found |= {"us.exclusivity.orphan", "eu.exclusivity.orphan"}
    if "rare_disease" in terms:
        found |= {"cn.exclusivity.rare_disease"}
    return found


def upstream_contracts(filled: Filled) -> tuple[Contract, ...]:
    """The royalties that the owner pays to its own licensors."""
    contracts = []
    for index, licence in enumerate(filled.programme.rights.upstream):
        territories = {code.lower() for code in licence.territories}
        markets = tuple(
            name.lower()
            for name, market in filled.programme.markets.items()
            if not territories or (market.jurisdiction or name).lower() in territories
        )
        tiers = tuple((tier.above_usd, tier.rate) for tier in licence.royalty)
        if markets:
            royalty = (Royalty(markets, tiers),)
            contracts.append(Contract(f"upstream.{index}", "owner", licence.licensor, royalties=royalty))
    return tuple(contracts)
