"""What the sheets are told of a payer state: its price and cost of goods beside those of the market it belongs to."""

from __future__ import annotations

from onepill.access import MarketInput
from onepill.reports.workbook.model import StateWords, market_group, market_path
from onepill.workbench.assemble import Assembled
from onepill.workbench.payer_defaults import UPTAKE_YEARS


def state_words(base: Assembled, given: MarketInput) -> StateWords | None:
    """Of a payer state, else None."""
    group = market_group(given)
    if group == given.id:
        return None
    path = base.paths[group]
    segment = next(item for item in path.segments if item.id == given.id)
    whole = path.path.market
    carried = given.price_share / whole.price_share if whole.price_share else 1.0
    paid = _paid(base, group)
    return StateWords(
        price_left=carried * paid,
        goods_ratio=1 / (segment.price_mean * (paid or 1.0)),
        years_path=_years_path(base, given, segment.state),
    )


def taken_over(base: Assembled, given: MarketInput) -> tuple[object, ...]:
    """What the formulas of a payer state have as plain numbers, to nine places."""
    told, before = state_words(base, given), given.continues
    assert told is not None
    numbers = (told.price_left, told.goods_ratio, given.start_share, before.ratio if before else 0.0)
    ages = ((age.after_years, round(age.factor, 9)) for age in given.price_ages)
    return (*(round(number, 9) for number in numbers), before and (before.launched, before.years_to_peak), *ages)


def _paid(base: Assembled, group: str) -> float:
    """The share of the price that contracts leave."""
    found = base.filled.ledger.get(f"markets.{group}.access.paid_share")
    return float(found.value) if found and isinstance(found.value, int | float) else 1.0


def _years_path(base: Assembled, given: MarketInput, state: str) -> str:
    """The path of the years to the peak: the state's own, else the market's."""
    access = next(m.access for key, m in base.filled.programme.markets.items() if key.lower() == market_group(given))
    assert access is not None
    entry = access.states.get(state)
    has_own = (entry is not None and entry.uptake is not None) or (access.path, state) in UPTAKE_YEARS
    return f"{market_path(given)}.{f'access.states.{state}.' if has_own else ''}uptake.years_to_peak"
