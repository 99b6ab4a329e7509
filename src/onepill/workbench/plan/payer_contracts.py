"""What contracts and duties take from a market's net price: refunds, free goods, instalments, tariffs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from onepill.access import Curve, Instalments, MarketInput, Mix, PriceLevel, less_product, moving, relative
from onepill.core.errors import Finding
from onepill.model.payer_path import Access, Tariff
from onepill.rulebook import Rule
from onepill.workbench.common import ledger as notes
from onepill.workbench.plan.filled import Filled

TARIFFS = {"US": ("us.tariff.section_232", "us.tariff.section_232.agreement")}
"""By market: the rule of the duty, and the one for origins with an agreement. Both fall on patented drugs only (note of
us.tariff.section_232): no state after the loss of exclusivity bears them."""
AGREED_ORIGINS = {
    "JP", "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV", "LT", "LU",
    "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE",
}  # fmt: skip
"""Japan and the European Union (rule us.tariff.section_232.agreement)."""


UNKNOWN_ORIGINS = {"KR", "CH", "LI", "GB"}
"""Origins whose duty lies below the baseline too, at a rate that no rule here has (note of us.tariff.section_232)."""


def under_contracts(filled: Filled, name: str, access: Access, market: MarketInput) -> MarketInput:
    """The market's net price and costs under its contracts.

    Free units and refunds lower the mean net price and not the cost of goods, which is a share of sales at the full
    price.
    """
    (paid, factors), path = _paid_share(filled, name, access), f"markets.{name}.access"
    instalments, curves = None, market.spread.curves
    if access.instalments is not None:
        years, share = access.instalments.years, access.instalments.kept_share_per_year
        kept = filled.draw(f"{path}.instalments.kept_share_per_year", share, None)
        instalments = Instalments(years, kept.distribution.mean() if kept else 1.0)
        if kept is not None and not kept.distribution.is_fixed:
            curves = (*curves, Curve("kept_share_per_year", kept, years - 1))
    duties, rated = _duties(filled, name, access.tariff) if access.tariff is not None else ((), ())
    spread = market.spread
    return replace(
        market,
        price_share=market.price_share * paid,
        cogs_share=market.cogs_share / paid if paid > 0 else market.cogs_share,
        instalments=instalments,
        duties=duties,
        spread=replace(
            spread,
            sales=(*spread.sales, *factors),
            duties=(*spread.duties, *factors, *rated),
            curves=curves,
        ),
    )


def _paid_share(filled: Filled, name: str, access: Access) -> tuple[float, tuple[Mix, ...]]:
    """The share of the net price that stays after free goods and refunds at their means, and its uncertain factors."""
    path, share, parents = f"markets.{name}.access", 1.0, []
    factors: list[Mix] = []
    free = filled.draw(f"{path}.free_goods_share", access.free_goods_share, None)
    if free is not None:
        share *= 1 - free.distribution.mean()
        factors.append(relative(free, 1.0, -1.0))
        parents.append(free.stream)
    if access.outcome_contract is not None:
        terms, where = access.outcome_contract, f"{path}.outcome_contract"
        refund = filled.draw(f"{where}.refund_share", terms.refund_share, None)
        missed = filled.draw(f"{where}.non_response_share", terms.non_response_share, None)
        assert refund is not None
        assert missed is not None
        share *= 1 - refund.distribution.mean() * missed.distribution.mean()
        factors.append(less_product(refund, missed))
        parents += [refund.stream, missed.stream]
    if parents:
        formula = "(1 - free goods) x (1 - refund x patients without response)"
        row = f"{path}.paid_share"
        notes.note_derived(filled.ledger, row, share, unit="share", formula=formula, derived_from=tuple(parents))
    return share, moving(*factors)


def _duties(filled: Filled, name: str, tariff: Tariff) -> tuple[tuple[PriceLevel, ...], tuple[Mix, ...]]:
    """The duty as levels of a cost in shares of net sales, each from its day on, and its uncertain factors."""
    path = f"markets.{name}.access.tariff"
    value = filled.draw(f"{path}.customs_value_share", tariff.customs_value_share, None)
    share = value.distribution.mean() if value else 0.0
    uncertain = moving(relative(value)) if value else ()
    if tariff.rate is not None:
        drawn = filled.draw(f"{path}.rate", tariff.rate, None)
        rates = moving(relative(drawn)) if drawn else ()
        return _levels(filled, name, tariff, share), (*uncertain, *rates)
    levels = duty_rates(filled, name, tariff)
    rule = _tariff_rule(filled, name, tariff)
    if rule is not None:
        _note_last(filled, rule, path)
    if not levels:
        message = f"no duty on drugs from {tariff.origin} was known on {filled.as_of}: none is taken"
        if _is_lower(filled, name, tariff):
            message = f"a lower duty holds for drugs from {tariff.origin}, at a rate not in the rulebook: none is taken"
        hint = "give tariff.rate and tariff.since to take one"
        filled.findings.append(Finding("access.no_tariff", "note", message, hint, path))
    return _levels(filled, name, tariff, share), uncertain


def _levels(filled: Filled, name: str, tariff: Tariff, share: float) -> tuple[PriceLevel, ...]:
    return tuple(PriceLevel(day, rate * share) for day, rate in duty_rates(filled, name, tariff))


def duty_rates(filled: Filled, name: str, tariff: Tariff) -> tuple[tuple[date, float], ...]:
    """The rates of a duty on the customs value by the day from which each applies: the file's, else the rulebook's."""
    if tariff.rate is not None:
        return ((tariff.since or date.min, tariff.rate.distribution.mean()),)
    rule = _tariff_rule(filled, name, tariff)
    known = () if rule is None else ((day, value) for day, value in rule.timeline(filled.as_of) if value is not None)
    days = ((date.fromordinal(day) if day else date.min, float(value.value)) for day, value in known)
    # Rates that the file's later start brings to one day: the latest of them is the law on it.
    return tuple({max(day, tariff.since or day): rate for day, rate in days}.items())


def _tariff_rule(filled: Filled, name: str, tariff: Tariff) -> Rule | None:
    market = next(m for key, m in filled.programme.markets.items() if key.lower() == name)
    rules = TARIFFS.get(market.jurisdiction or name.upper())
    if rules is None or tariff.origin in UNKNOWN_ORIGINS:
        return None
    return filled.rulebook.rule(rules[tariff.origin in AGREED_ORIGINS])


def _is_lower(filled: Filled, name: str, tariff: Tariff) -> bool:
    """Whether the baseline was known on the plan's day for an origin that pays less at a rate that no rule has."""
    market = next(m for key, m in filled.programme.markets.items() if key.lower() == name)
    rules = TARIFFS.get(market.jurisdiction or name.upper())
    if rules is None or tariff.origin not in UNKNOWN_ORIGINS:
        return False
    return any(value is not None for _, value in filled.rulebook.rule(rules[0]).timeline(filled.as_of))


def _note_last(filled: Filled, rule: Rule, path: str) -> None:
    """Note the last rate of a duty that was known on the plan's day."""
    found = [value for _, value in rule.timeline(filled.as_of) if value is not None]
    for value in found[-1:]:
        notes.note_rule(filled.ledger, f"{path}.rate", value, note=f"from {value.version.used_from}")
