"""The price of a payer state beside the market's: what contracts take, and what states before left of it."""

from __future__ import annotations

from collections.abc import Sequence

from onepill.reports.workbook.formula import Num, half_even, maximum, num, product, total
from onepill.reports.workbook.inputs_sheet import Inputs
from onepill.reports.workbook.model import CarriedWords, StateWords


def price_left(state: StateWords, inputs: Inputs) -> Num:
    """The share of the price that contracts and the states before leave, beside the factors of the state itself."""
    parts = [1 - inputs[state.free_goods]] if state.free_goods else []
    if state.refund:
        parts.append(1 - product([inputs[path] for path in state.refund]))
    return product([*parts, *(_carried(item, state, inputs) for item in state.carried)])


def goods_ratio(state: StateWords, left: Num, inputs: Inputs) -> Num:
    """The cost of goods as a share of sales at the state's price, over that at the market's own."""
    return 1 / product([left, *(inputs[path] for path in state.price_factors)])


def renewed(cut: Num, weights: Sequence[float]) -> list[Num]:
    """The price after each renewal, over the first one: each cuts by `cut` times its weight."""
    found: list[Num] = []
    for weight in weights:
        kept = 1 - (cut if weight == 1 else cut * weight)
        found.append(found[-1] * kept if found else kept)
    return found


def _carried(item: CarriedWords, state: StateWords, inputs: Inputs) -> Num:
    """What one state before left of the price."""
    parts = [] if item.left == 1 else [num(item.left)]
    if item.renewal:
        parts.append(renewed(inputs[item.renewal], item.weights)[-1])
    if item.cut:
        cuts = _days_in(item, state, inputs) / inputs.days_per_year / item.every_years
        parts.append((1 - inputs[item.cut]) ** cuts)
    return product(parts)


def _days_in(item: CarriedWords, state: StateWords, inputs: Inputs) -> Num:
    """The mean days in a state before (see `access.payer_start.days_in`)."""
    parts = [num(item.base)]
    if item.launch_lag:
        parts.append(item.launch_lag * launch_lag_days(state, inputs))
    for path, mean, weight in item.lags:
        parts.append(weight * (inputs[path] if path else num(mean)))
    if item.protected is not None:
        years = inputs[item.exclusivity] * inputs.days_per_year if item.exclusivity else num(0)
        parts.append(maximum(years, item.protected))
    return maximum(total(parts), 0)


def launch_lag_days(state: StateWords, inputs: Inputs) -> Num:
    """Whole days from approval to the launch of a state's market."""
    if not state.launch_lag:
        return num(state.launch_lag_days)
    return listed(half_even(inputs[state.launch_lag]), state.listing_days)


def listed(lag: Num, listing_days: int) -> Num:
    """A lag after the days to the price list, where a launch waits for one."""
    return lag + listing_days if listing_days else lag
