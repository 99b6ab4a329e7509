"""The legs of a deal as the engine takes them: one of each term, and what the owner owes upstream."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from onepill.core.dates import NEVER
from onepill.deals import inputs as engine
from onepill.model import deal_terms as terms
from onepill.model.deal_places import sales_markets
from onepill.sim.plan import Contract
from onepill.workbench.deals.reading import Reading, share_of

UPSTREAM = "upstream."
"""Legs that the owner owes to its own licensors, who are no party to the deal."""
Head = tuple[str, str, str, str, float]
"""What every leg begins with: id, kind, payer, payee, withheld share."""
SalesTerm = terms.SalesMilestoneTerm | terms.RoyaltyTerm | terms.ProfitShareTerm | terms.SupplyTerm


def leg_of(name: str, term: terms.AnyTerm, reading: Reading) -> engine.Leg:
    path, parts = f"terms.{name}", (name, term.kind, term.from_, term.to, share_of(term.withholding_share))
    if isinstance(term, terms.PaymentTerm):
        by = NEVER if term.by is None else term.by.toordinal()
        when = reading.when(term.on, f"{path}.on")
        return engine.Payment(
            *parts, amount_usd=reading.usd(term.amount), when=when, by=by, instalments=term.instalments
        )
    if isinstance(term, terms.FundingTerm):
        return engine.Funding(*parts, usd_per_year=reading.usd(term.per_year), window=reading.window(term, path))
    if isinstance(term, terms.CostShareTerm):
        cap = float("inf") if term.cap is None else reading.usd(term.cap)
        work = reading.activities(term.activities, [])
        return engine.CostShare(
            *parts, activities=work, share=term.share.number, cap_usd=cap, window=reading.window(term, path)
        )
    if isinstance(term, terms.LoanTerm):
        return _loan(path, term, parts, reading)
    return _on_sales(path, term, parts, reading)


def _loan(path: str, term: terms.LoanTerm, parts: Head, reading: Reading) -> engine.Loan:
    return engine.Loan(
        *parts,
        taxed=False,
        amount_usd=reading.usd(term.amount),
        when=reading.when(term.on, f"{path}.on"),
        interest_per_year=term.interest_per_year.number,
        years=term.years,
        repaid_on=reading.when(term.repaid_on, f"{path}.repaid_on") if term.repaid_on else None,
        forgiven_on=reading.when(term.forgiven_on, f"{path}.forgiven_on") if term.forgiven_on else None,
    )


def _on_sales(path: str, term: SalesTerm, parts: Head, reading: Reading) -> engine.Leg:
    markets, window = tuple(sales_markets(reading.deal, reading.programme, term)), reading.window(term, path)
    if isinstance(term, terms.SalesMilestoneTerm):
        return engine.SalesMilestone(
            *parts,
            markets=markets,
            amount_usd=reading.usd(term.amount),
            threshold_usd=reading.usd(term.above),
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
        tiers=tuple((reading.usd(tier.above), tier.rate.number) for tier in term.tiers),
        measure=term.measure,
        window=window,
        years_from_first_sale=term.years_from_first_sale,
        ends_at_exclusivity=term.ends_at_exclusivity,
        step_down=share_of(term.step_down, 1.0),
        stacking=_stacking(term.stacking),
        cap=tuple(
            engine.Cap(reading.usd(cap.total), NEVER if cap.by is None else cap.by.toordinal()) for cap in term.caps
        ),
    )


def _stacking(term: terms.StackingTerm | None) -> engine.Stacking | None:
    if term is None:
        return None
    return engine.Stacking(term.rate.number, term.offset_share.number, term.floor_share.number)


def upstream_legs(contract: Contract, owner: str, wholes: Mapping[str, str]) -> Iterator[engine.Leg]:
    """What the owner owes under a licence of its own goes on, to whoever is no party.

    `wholes` are the contract's markets of which plan markets are states or parts.
    """
    for i, royalty in enumerate(contract.royalties):
        name, markets = f"{UPSTREAM}{contract.id}.{i}", tuple(dict.fromkeys(wholes[id_] for id_ in royalty.markets))
        yield engine.Royalty(
            name, "royalty", owner, engine.OUTSIDE, markets=markets, tiers=royalty.tiers, window=_ALWAYS
        )
    for i, payment in enumerate(contract.payments):
        name, when = f"{UPSTREAM}{contract.id}.payment.{i}", engine.When(link=payment.link)
        yield engine.Payment(name, "milestone", owner, engine.OUTSIDE, amount_usd=payment.amount_usd, when=when)


_ALWAYS = engine.Window(since=engine.When(day=1))
"""From long before any plan: what is owed upstream does not wait for the signing of a deal."""
