"""Checks of single terms: tiers, caps, and shares that together may not pass the whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from onepill.core.errors import Finding
from onepill.model.deal import Deal
from onepill.model.deal_order import never_together
from onepill.model.deal_places import paid_for, sales_markets
from onepill.model.deal_terms import (
    CostShareTerm,
    OnSales,
    PaymentTerm,
    ProfitShareTerm,
    RoyaltyTerm,
    SalesMilestoneTerm,
    SupplyTerm,
)
from onepill.model.deal_windows import Counted, is_beyond_grants, window_of
from onepill.model.schema import Programme
from onepill.model.values import Value

SLACK = 1e-9


def check_terms(deal: Deal, programme: Programme) -> Iterator[Finding]:
    """Findings about the terms of a deal, alone and together."""
    for name, term in deal.terms.items():
        if isinstance(term, RoyaltyTerm):
            yield from _tiers(f"terms.{name}", term)
            yield from _base(deal, name, term)
            yield from _caps(deal, programme, name, term)
        if isinstance(term, OnSales) and not (isinstance(term, RoyaltyTerm) and term.of):
            yield from _sold(deal, programme, name, term)
        if isinstance(term, Counted) and is_beyond_grants(deal, programme, term):
            hint = "write one term for each grant, with its territory or activities, its since and its until"
            message = f"{name} counts sales or costs on days on which they are granted to nobody, or to another"
            yield Finding("deal.beyond_grants", "warning", message, hint, f"terms.{name}")
    yield from _royalty_sums(deal, programme)
    yield from _profit_sums(deal, programme)
    yield from _cost_sums(deal, programme)


def _error(code: str, message: str, path: str, hint: str, value: object = None) -> Finding:
    return Finding(code, "error", message, hint, path, value=value)


def _tiers(path: str, term: RoyaltyTerm) -> Iterator[Finding]:
    if term.tiers[0].above.number > 0:
        where = f"{path}.tiers.0.above"
        hint = "begin with {above: 0, rate: …}; a rate of 0 is allowed"
        yield _error("deal.tiers_start", "the first tier does not begin at 0", where, hint, term.tiers[0].above.text)
    if len({tier.above.unit for tier in term.tiers if tier.above.number > 0}) > 1:
        hint = "write all thresholds in one currency"
        yield _error("deal.tiers_currency", "the tiers are in several currencies", f"{path}.tiers", hint)
        return
    for index, (lower, upper) in enumerate(pairwise(term.tiers), start=1):
        where = f"{path}.tiers.{index}.above"
        if upper.above.number <= lower.above.number:
            hint = "let the thresholds rise; each tier ends where the next begins"
            message = f"the tier above {upper.above.text} falls back behind the one above {lower.above.text}"
            yield _error("deal.tiers_order", message, where, hint, upper.above.text)
        elif lower.up_to is not None and lower.up_to.number != upper.above.number:
            kind = "overlap" if lower.up_to.number > upper.above.number else "leave a gap"
            hint = "let each tier begin where the one before ends, or leave up_to out"
            message = f"the tiers {kind}: up to {lower.up_to.text}, then above {upper.above.text}"
            yield _error("deal.tiers_overlap", message, where, hint, upper.above.text)
    for index, tier in enumerate(term.tiers):
        if tier.up_to is not None and tier.up_to.number <= tier.above.number:
            hint = "write a larger number, or leave up_to out"
            yield _error("deal.tiers_order", "the tier is empty", f"{path}.tiers.{index}.up_to", hint, tier.up_to.text)


def _base(deal: Deal, name: str, term: RoyaltyTerm) -> Iterator[Finding]:
    """A royalty on a royalty names one that its payer receives and that has sales as its base."""
    if term.of is None:
        return
    base, path = deal.terms.get(term.of), f"terms.{name}.of"
    known = [key for key, other in deal.terms.items() if isinstance(other, RoyaltyTerm) and other.of is None]
    hint = f"royalties on sales: {', '.join(known) or 'none'}"
    if not isinstance(base, RoyaltyTerm) or base.of is not None:
        yield _error("deal.royalty_base", f"{term.of!r} is no royalty on sales of this deal", path, hint, term.of)
    elif base.to != term.from_:
        message = f"{term.from_} passes on {term.of}, which {base.to} receives"
        yield _error("deal.royalty_base", message, path, "let the one who receives it pay", term.of)
    if term.territory is not None or term.field:
        hint = "take territory and field out"
        message = "a royalty on a royalty has that royalty's markets"
        yield _error("deal.royalty_base", message, f"terms.{name}.territory", hint)


def _caps(deal: Deal, programme: Programme, name: str, term: RoyaltyTerm) -> Iterator[Finding]:
    path = f"terms.{name}.caps"
    for index, (cap, later) in enumerate(pairwise(term.caps), start=1):
        if cap.by is None or (later.by is not None and later.by <= cap.by):
            hint = "order the caps by their days; the last one has none"
            yield _error("deal.caps_order", "the caps are out of order", f"{path}.{index - 1}", hint)
    if term.caps and term.caps[-1].by is not None:
        hint = "add {total: …} without a day, or take by: out of the last one"
        message = "nothing caps the royalty after the last cap's day"
        yield Finding("deal.cap_ends", "warning", message, hint, f"{path}.{len(term.caps) - 1}")
    paid = [
        other
        for other in deal.terms.values()
        if isinstance(other, PaymentTerm) and (other.from_, other.to) == (term.to, term.from_) and other.on.is_signing
    ]
    price = sum(_dollars(deal, programme, other.amount) * other.instalments for other in paid)
    for index, cap in enumerate(term.caps):
        if _dollars(deal, programme, cap.total) < price:
            hint = "a cap on what comes back is at least what was paid for it"
            message = (
                f"the cap of {cap.total.text} is below the {price / 1e6:g} MUSD that {term.to} pays at the signing"
            )
            yield _error("deal.cap_below_price", message, f"{path}.{index}.total", hint, cap.total.text)


def _dollars(deal: Deal, programme: Programme, value: Value) -> float:
    """US dollars of an amount; an unknown currency (which has its own finding) counts as dollars."""
    book = {**programme.capital.exchange_rates, **deal.exchange_rates}
    return value.number / (book[value.unit].per_usd if value.unit in book else 1.0)


def _sold(deal: Deal, programme: Programme, name: str, term: OnSales) -> Iterator[Finding]:
    # What a payer is granted is not known while a grant goes to nobody.
    known = {term.from_, *(grant.to for grant in deal.grants.values())} <= {*deal.parties}
    if known and not sales_markets(deal, programme, term):
        hint = "name a territory: [US, EU]; without one it counts all that the payer is granted"
        message = f"{name} counts the sales of no market"
        yield _error("deal.no_sales", message, f"terms.{name}", hint)
    if isinstance(term, SalesMilestoneTerm) and term.above.number == 0:
        hint = "name the net sales that earn it"
        yield _error("deal.threshold", "a sales milestone needs a threshold", f"terms.{name}.above", hint)


def _royalty_sums(deal: Deal, programme: Programme) -> Iterator[Finding]:
    """The highest rates that one party may owe on the sales of one market at one time."""
    royalties = {n: t for n, t in deal.terms.items() if isinstance(t, RoyaltyTerm) and t.of is None}
    shares = {name: _top_rate(term) for name, term in royalties.items()}
    yield from _sums(deal, programme, royalties, shares, code="deal.royalty_sum", what="royalties")
    supplies = {n: t for n, t in deal.terms.items() if isinstance(t, SupplyTerm)}
    prices = {name: term.share_of_sales.number for name, term in supplies.items()}
    yield from _sums(
        deal,
        programme,
        {**royalties, **supplies},
        {**shares, **prices},
        code="deal.sales_sum",
        what="royalties and supply prices",
        only=set(supplies),
    )


def _top_rate(term: RoyaltyTerm) -> float:
    top: float = max(tier.rate.number for tier in term.tiers)
    return top + (term.stacking.rate.number if term.stacking else 0.0)


def _profit_sums(deal: Deal, programme: Programme) -> Iterator[Finding]:
    found = {n: t for n, t in deal.terms.items() if isinstance(t, ProfitShareTerm)}
    shares = {name: term.share.number for name, term in found.items()}
    yield from _sums(deal, programme, found, shares, code="deal.profit_sum", what="profit shares")


def _sums(
    deal: Deal,
    programme: Programme,
    terms: Mapping[str, OnSales],
    shares: Mapping[str, float],
    *,
    code: str,
    what: str,
    only: set[str] | None = None,
) -> Iterator[Finding]:
    """One finding for the first term with which a party's shares of one market's sales pass 1 (of those in `only`)."""
    for index, (name, term) in enumerate(terms.items()):
        markets = set(sales_markets(deal, programme, term))
        held = [
            other
            for other, rival in list(terms.items())[:index]
            if rival.from_ == term.from_
            and markets & set(sales_markets(deal, programme, rival))
            and not never_together(deal, window_of(deal, programme, term), window_of(deal, programme, rival))
        ]
        total = shares[name] + sum(shares[other] for other in held)
        if total > 1 + SLACK and (only is None or name in only):
            beside = f" with {', '.join(held)}" if held else " with what third parties are owed"
            message = f"{what} of {term.from_} come to {total:.0%} of net sales{beside}"
            yield _error(code, message, f"terms.{name}", "lower the rates; they may not pass 100 %", round(total, 6))


def _cost_sums(deal: Deal, programme: Programme) -> Iterator[Finding]:
    terms = {name: term for name, term in deal.terms.items() if isinstance(term, CostShareTerm)}
    for index, (name, term) in enumerate(terms.items()):
        work = set(paid_for(programme, term.activities, []))
        held = [
            rival
            for rival in list(terms.values())[:index]
            if rival.to == term.to
            and work & set(paid_for(programme, rival.activities, []))
            and not never_together(deal, window_of(deal, programme, term), window_of(deal, programme, rival))
        ]
        total = term.share.number + sum(rival.share.number for rival in held)
        if total > 1 + SLACK:
            message = f"others bear {total:.0%} of the same costs of {term.to}"
            yield _error(
                "deal.cost_sum", message, f"terms.{name}.share", "lower the shares to 1 in all", round(total, 6)
            )
