"""The price of a payer state beside the market's: what contracts take, and what states before left of it."""

from __future__ import annotations

from collections.abc import Sequence

from onepill.reports.workbook.formula import Num, num, product
from onepill.reports.workbook.inputs_sheet import Inputs
from onepill.reports.workbook.model import CarriedWords, StateWords


def price_left(state: StateWords, inputs: Inputs) -> Num:
    """The share of the price that contracts and the states before leave, beside the factors of the state itself."""
    parts = [1 - inputs[state.free_goods]] if state.free_goods else []
    if state.refund:
        parts.append(1 - product([inputs[path] for path in state.refund]))
    return product([*parts, *(_carried(item, inputs) for item in state.carried)])


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


def _carried(item: CarriedWords, inputs: Inputs) -> Num:
    """What one state before left of the price."""
    parts = [] if item.left == 1 else [num(item.left)]
    if item.renewal:
        parts.append(renewed(inputs[item.renewal], item.weights)[-1])
    if item.cut:
        parts.append((1 - inputs[item.cut]) ** item.cuts)
    return product(parts)
