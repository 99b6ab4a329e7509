"""From a deal and its programme to the engine's structure: dollars, ordinals, plan markets, activities and links."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from onepill.access import MarketInput, build_market, valuation
from onepill.core.dates import NEVER
from onepill.core.errors import Finding, InputError
from onepill.deals import inputs as engine
from onepill.deals.equity_checks import vehicle_findings
from onepill.deals.inputs import Discounts, MarketTerms, Structure
from onepill.model import deal_terms as terms
from onepill.model.deal import Deal, GrantTerms
from onepill.model.deal_places import event_key, granted_in, paid_for, sales_markets
from onepill.model.deal_vehicle import FundTerms, VehicleTerms
from onepill.model.deal_when import When
from onepill.model.schema import Programme
from onepill.model.values import Value
from onepill.sim.checks import outcome_names
from onepill.sim.compiler_cash import LAUNCH_COST
from onepill.sim.plan import Contract, Link, Money, Plan
from onepill.workbench.assemble import Assembled
from onepill.workbench.fill import event_of

RETAINED = "loss_of_exclusivity.retained_share"
"""The draw that the sales behind a loss of exclusivity have, and no others."""
UPSTREAM = "upstream."
"""Legs that the owner owes to its own licensors, who are no party to the deal."""


def structure_of(deal: Deal, base: Assembled) -> Structure:
    """The deal as the engine takes it.

    Raises:
        InputError: `deal.event_plan`, an event that the plan of this scenario does not have.
    """
    return _Compiler(deal, base).structure()


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
    return tuple(_market_terms(given, base) for given in base.markets)


def _market_terms(given: MarketInput, base: Assembled) -> MarketTerms:
    shares = (given.cogs_share, given.selling_share, given.tax_share)
    is_plain = not (given.price_ages or given.yearly_cut or given.duties or given.instalments)
    profit = None if is_plain else build_market(replace(given, tax_share=0.0), base.value).cash
    return MarketTerms(given.id, *shares, _protected_sales(given, base), given.group, profit)


def _protected_sales(given: MarketInput, base: Assembled) -> Money | None:
    """Sales before the loss of exclusivity, which ends a payer state: the state behind it has none."""
    rule = given.exclusivity
    if any(draw.stream.endswith(RETAINED) for draw in given.scale):
        return np.zeros_like(build_market(given, base.value).sales)
    if (rule.patent is None and rule.years is None) or rule.retained_share == 0:
        return None
    return build_market(replace(given, exclusivity=replace(rule, retained_share=0.0)), base.value).sales


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


@dataclass(frozen=True)
class _Compiler:
    deal: Deal
    base: Assembled

    @property
    def plan(self) -> Plan:
        return self.base.plan

    @property
    def programme(self) -> Programme:
        return self.base.filled.programme

    def structure(self) -> Structure:
        deal, owner = self.deal, self.deal.owner_id()
        rates = party_rates(deal, self.base)
        parties = tuple(
            engine.Party(name, rates[name], None if party.tax_share is None else party.tax_share.number, party.currency)
            for name, party in deal.parties.items()
        )
        return Structure(
            id=deal.deal,
            kind=deal.structure,
            owner=owner,
            signed=deal.signed_on.toordinal(),
            parties=parties,
            convention=self.programme.capital.convention,
            options=tuple(self._options()),
            grants=tuple(self._grant(name, grant) for name, grant in deal.grants.items()),
            legs=(*(self._leg(name, term) for name, term in deal.terms.items()), *self._upstream(owner)),
            vehicle=self._vehicle(deal.vehicle) if deal.vehicle else None,
            funds=tuple(self._fund(fund) for fund in deal.funds.values()),
        )

    # Money, days, places.

    def usd(self, value: Value) -> float:
        """US dollars at the rate of the amount's own day, else the deal's, else the programme's."""
        if value.unit == "USD":
            return value.number
        books = (self.deal.exchange_rates, self.programme.capital.exchange_rates)
        rates = [book[value.unit] for book in books if value.unit in book]
        dated = [rate for rate in rates if not value.date or rate.date.isoformat() == value.date]
        return value.number / dated[0].per_usd

    def when(self, when: When, path: str) -> engine.When:
        if when.is_signing:
            return engine.When(lag_days=when.lag_days)
        day = when.day.toordinal() if when.day else None
        link = self._link(when.event, path) if when.event else None
        return engine.When(day, link, when.option, when.lag_days)

    def _link(self, event: str, path: str) -> Link:
        name = event_key(event).partition(":")[0]
        if name.startswith("markets."):
            group = name.removeprefix("markets.")
            link = next((m.launch for m in self.plan.markets if m.id == group or m.id.startswith(f"{group}.")), None)
        else:
            activity, outcome = event_of(event_key(event))
            link = Link(activity, outcome)
        found = next((a for a in self.plan.activities if link and a.id == link.activity), None)
        if link is None or found is None or link.event not in (*outcome_names(found), "started", "finished"):
            hint = "the work is left out in this scenario, or cannot end so; name another event"
            raise InputError.single(
                "deal.event_plan", f"the plan has no event {event!r}", path=path, hint=hint, value=event
            )
        return link

    def window(
        self, item: GrantTerms | terms.OnSales | terms.FundingTerm | terms.CostShareTerm, path: str
    ) -> engine.Window:
        until = self.when(item.until, f"{path}.until") if item.until is not None else None
        return engine.Window(self.when(item.since, f"{path}.since"), until)

    def activities(self, items: list[str], markets: list[str]) -> tuple[str, ...]:
        """The plan's activities that cost something, of the stages, dossiers and filings named."""
        heads = [item.removeprefix("filings.") for item in paid_for(self.programme, items, markets)]
        costly = (activity.id for activity in self.plan.activities if activity.costs)
        return tuple(name for name in costly if any(name == head or name.startswith(f"{head}.") for head in heads))

    # Parts.

    def _options(self) -> Iterator[engine.Option]:
        for name, option in self.deal.options.items():
            prob = None if option.exercise_prob is None else option.exercise_prob.number
            yield engine.Option(name, option.holder, self.when(option.on, f"options.{name}.on"), prob)

    def _grant(self, name: str, grant: GrantTerms) -> engine.Grant:
        markets = granted_in(self.programme, grant)
        work = dict.fromkeys((*self.activities(grant.pays, markets), *self._launches(markets)))
        return engine.Grant(name, grant.to, tuple(markets), tuple(work), self.window(grant, f"grants.{name}"))

    def _launches(self, markets: list[str]) -> Iterator[str]:
        """The activities that bear the launch cost of markets with payer states: it goes with the market."""
        items = {f"{market}{LAUNCH_COST}" for market in markets}
        for activity in self.plan.activities:
            if any(cost.item in items for cost in activity.costs):
                yield activity.id

    def _vehicle(self, given: VehicleTerms) -> engine.Vehicle:
        return engine.Vehicle(
            party=given.party,
            stakes=tuple(
                engine.Stake(name, stake.share.number, self._or_zero(stake.protected_until))
                for name, stake in given.stakes.items()
            ),
            rounds=tuple(
                engine.Round(
                    id=name,
                    investors=tuple((who, self.usd(amount)) for who, amount in item.investors.items()),
                    pre_money_usd=self.usd(item.pre_money),
                    tranches=tuple(
                        (tranche.share.number, self.when(tranche.on, f"vehicle.rounds.{name}.tranches.{i}.on"))
                        for i, tranche in enumerate(item.tranches)
                    )
                    or ((1.0, engine.SIGNING),),
                    anti_dilution=item.anti_dilution,
                )
                for name, item in given.rounds.items()
            ),
            warrants=tuple(
                engine.Warrant(item.holder, item.share.number, self.usd(item.strike))
                for item in given.warrants.values()
            ),
            exits=tuple(
                engine.Exit(
                    kind=item.kind,
                    when=self.when(item.on, f"vehicle.exits.{name}.on"),
                    discount_rate_per_year=item.discount_rate_per_year.number,
                    value_usd=None if item.value is None else self.usd(item.value),
                    discount_share=_share(item.discount_share),
                    cost_share=_share(item.cost_share),
                )
                for name, item in given.exits.items()
            ),
            preference_multiple=given.preference_multiple,
            participating=given.participating,
        )

    def _fund(self, fund: FundTerms) -> engine.Fund:
        return engine.Fund(
            party=fund.party,
            partners=fund.partners,
            manager=fund.manager,
            currency=fund.currency,
            fee_share_per_year=_share(fund.fee_share_per_year),
            fee_years=fund.fee_years,
            hurdle_per_year=_share(fund.hurdle_per_year),
            catch_up_share=_share(fund.catch_up_share, 1.0),
            carry_share=_share(fund.carry_share),
        )

    def _or_zero(self, value: Value | None) -> float:
        return 0.0 if value is None else self.usd(value)

    # Legs.

    def _leg(self, name: str, term: terms.AnyTerm) -> engine.Leg:
        path, parts = f"terms.{name}", (name, term.kind, term.from_, term.to, _share(term.withholding_share))
        if isinstance(term, terms.PaymentTerm):
            by = NEVER if term.by is None else term.by.toordinal()
            when = self.when(term.on, f"{path}.on")
            return engine.Payment(
                *parts, amount_usd=self.usd(term.amount), when=when, by=by, instalments=term.instalments
            )
        if isinstance(term, terms.FundingTerm):
            return engine.Funding(*parts, usd_per_year=self.usd(term.per_year), window=self.window(term, path))
        if isinstance(term, terms.CostShareTerm):
            cap = float("inf") if term.cap is None else self.usd(term.cap)
            work = self.activities(term.activities, [])
            return engine.CostShare(
                *parts, activities=work, share=term.share.number, cap_usd=cap, window=self.window(term, path)
            )
        if isinstance(term, terms.LoanTerm):
            return self._loan(path, term, parts)
        return self._on_sales(path, term, parts)

    def _loan(self, path: str, term: terms.LoanTerm, parts: tuple[str, str, str, str, float]) -> engine.Loan:
        return engine.Loan(
            *parts,
            taxed=False,
            amount_usd=self.usd(term.amount),
            when=self.when(term.on, f"{path}.on"),
            interest_per_year=term.interest_per_year.number,
            years=term.years,
            repaid_on=self.when(term.repaid_on, f"{path}.repaid_on") if term.repaid_on else None,
            forgiven_on=self.when(term.forgiven_on, f"{path}.forgiven_on") if term.forgiven_on else None,
        )

    def _on_sales(
        self,
        path: str,
        term: terms.SalesMilestoneTerm | terms.RoyaltyTerm | terms.ProfitShareTerm | terms.SupplyTerm,
        parts: tuple[str, str, str, str, float],
    ) -> engine.Leg:
        markets, window = tuple(sales_markets(self.deal, self.programme, term)), self.window(term, path)
        if isinstance(term, terms.SalesMilestoneTerm):
            return engine.SalesMilestone(
                *parts,
                markets=markets,
                amount_usd=self.usd(term.amount),
                threshold_usd=self.usd(term.above),
                measure=term.measure,
                every_year=term.every_year,
                window=window,
                by=NEVER if term.by is None else term.by.toordinal(),
            )
        if isinstance(term, terms.ProfitShareTerm):
            return engine.ProfitShare(*parts, markets=markets, share=term.share.number, window=window)
        if isinstance(term, terms.SupplyTerm):
            price, cost = term.share_of_sales.number, term.cost_share_of_sales.number
            return engine.Supply(*parts, markets=markets, share_of_sales=price, cost_share_of_sales=cost, window=window)
        return engine.Royalty(
            *parts,
            markets=() if term.of else markets,
            of=term.of,
            tiers=tuple((self.usd(tier.above), tier.rate.number) for tier in term.tiers),
            measure=term.measure,
            window=window,
            years_from_first_sale=term.years_from_first_sale,
            ends_at_exclusivity=term.ends_at_exclusivity,
            step_down=_share(term.step_down, 1.0),
            stacking=_stacking(term.stacking),
            cap=tuple(
                engine.Cap(self.usd(cap.total), NEVER if cap.by is None else cap.by.toordinal()) for cap in term.caps
            ),
        )

    def _upstream(self, owner: str) -> Iterator[engine.Leg]:
        """What the plan's owner owes under its own licences goes on, to whoever is no party."""
        for contract in self.plan.contracts:
            yield from _upstream_legs(contract, owner)


def _upstream_legs(contract: Contract, owner: str) -> Iterator[engine.Leg]:
    for i, royalty in enumerate(contract.royalties):
        name = f"{UPSTREAM}{contract.id}.{i}"
        yield engine.Royalty(
            name, "royalty", owner, engine.OUTSIDE, markets=royalty.markets, tiers=royalty.tiers, window=_ALWAYS
        )
    for i, payment in enumerate(contract.payments):
        name, when = f"{UPSTREAM}{contract.id}.payment.{i}", engine.When(link=payment.link)
        yield engine.Payment(name, "milestone", owner, engine.OUTSIDE, amount_usd=payment.amount_usd, when=when)


_ALWAYS = engine.Window(since=engine.When(day=1))
"""From long before any plan: what is owed upstream does not wait for the signing of a deal."""


def _share(value: Value | None, default: float = 0.0) -> float:
    return default if value is None else value.number


def _stacking(term: terms.StackingTerm | None) -> engine.Stacking | None:
    if term is None:
        return None
    return engine.Stacking(term.rate.number, term.offset_share.number, term.floor_share.number)
