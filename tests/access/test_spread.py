"""What uncertain inputs move: a market and its parts, drawn, against the market whose inputs have the drawn values."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from math import prod
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onepill.access import (
    Curve,
    Exclusivity,
    Instalments,
    MarketInput,
    OrderOfEntry,
    PriceAge,
    PriceLevel,
    Rival,
    Spread,
    build_market,
    build_parts,
    moving,
    part_rows,
    relative,
    weighed,
)
from onepill.core.distributions import discrete, fixed, triangular, uniform
from onepill.sim.plan import Draw, Market
from tests.access.test_market import AS_OF, market, value

COGS, SELLING = Draw("cogs", triangular(0.1, 0.15, 0.4)), Draw("selling", uniform(0.2, 0.5))
FREE, DUTY = Draw("free", uniform(0.0, 0.3)), Draw("duty", discrete((0.1, 0.4), (0.5, 0.5)))
REFUND, MISSED = Draw("refund", uniform(0.4, 0.9)), Draw("missed", triangular(0.1, 0.3, 0.6))
KEPT, RETAINED, STEP = (
    Draw("kept", uniform(0.5, 0.9)),
    Draw("retained", uniform(0.1, 0.5)),
    Draw("step", uniform(0.3, 1)),
)
PAID = weighed([(1.0, ()), (-1.0, (REFUND, MISSED))])


def mean(draw: Draw) -> float:
    return draw.distribution.mean()


def uncertain(**changes: Any) -> MarketInput:
    """A market at the means of all inputs above, each of them uncertain."""
    paid = (1 - mean(FREE)) * (1 - mean(REFUND) * mean(MISSED))
    spread = Spread(
        sales=moving(relative(FREE, 1.0, -1.0), PAID),
        goods=moving(relative(COGS)),
        duties=moving(relative(DUTY), relative(FREE, 1.0, -1.0), PAID),
        selling=SELLING,
        curves=(Curve("retained_share", RETAINED), Curve("price_steps.0", STEP), Curve("kept_share_per_year", KEPT, 2)),
    )
    plain = market(
        cogs_share=mean(COGS) / paid,
        selling_share=mean(SELLING),
        tax_share=0.2,
        price_share=paid,
        price_levels=(PriceLevel(date(2028, 4, 1), mean(STEP)),),
        exclusivity=Exclusivity(date(2031, 7, 1), None, mean(RETAINED), 0),
        duties=(PriceLevel(date(2026, 1, 1), mean(DUTY)),),
        instalments=Instalments(3, mean(KEPT)),
        spread=spread,
    )
    return replace(plain, **changes)


def at(given: MarketInput, drawn: dict[str, float]) -> MarketInput:
    """The market whose inputs have these values."""
    paid = (1 - drawn["free"]) * (1 - drawn["refund"] * drawn["missed"])
    return replace(
        given,
        cogs_share=drawn["cogs"] / paid,
        selling_share=drawn["selling"],
        price_share=paid,
        price_levels=(replace(given.price_levels[0], factor=drawn["step"]),),
        exclusivity=replace(given.exclusivity, retained_share=drawn["retained"]),
        duties=(replace(given.duties[0], factor=drawn["duty"]),),
        instalments=Instalments(3, drawn["kept"]),
        spread=Spread(),
    )


@cache
def built(given: MarketInput) -> tuple[tuple[Market, ...], Market]:
    return part_rows(given, value(), build_parts(given, value())), build_market(given, value())


def added_up(given: MarketInput, drawn: dict[str, float], table: str) -> Any:
    """The market and its parts on a path on which the inputs have these values."""
    parts, whole = built(given)
    scales = [prod(draw.at(drawn[draw.stream]) for draw in part.scale) for part in parts]
    return sum((s * getattr(p, table) for s, p in zip(scales, parts, strict=True)), getattr(whole, table))


UNIFORM = st.floats(0.001, 0.999)
DRAWS = (COGS, SELLING, FREE, DUTY, REFUND, MISSED, KEPT, RETAINED, STEP)


@settings(max_examples=10, deadline=None)
@given(us=st.lists(UNIFORM, min_size=len(DRAWS), max_size=len(DRAWS)))
def test_parts_and_market_are_the_market_of_the_drawn_inputs(us: list[float]) -> None:
    """Exact, since cash is a polynomial of these inputs."""
    drawn = {draw.stream: float(draw.distribution.quantile(u)) for draw, u in zip(DRAWS, us, strict=True)}
    given = uncertain()
    twin = build_market(at(given, drawn), value())
    for table in ("sales", "cash", "discounted"):
        np.testing.assert_allclose(added_up(given, drawn, table), getattr(twin, table), rtol=0, atol=1e-12)


def test_at_the_means_every_part_is_nothing_and_the_market_stays_to_the_bit() -> None:
    given = uncertain()
    means = {draw.stream: mean(draw) for draw in DRAWS}
    assert np.array_equal(
        build_market(given, value()).cash, build_market(replace(given, spread=Spread()), value()).cash
    )
    np.testing.assert_allclose(added_up(given, means, "cash"), built(given)[1].cash, rtol=0, atol=1e-12)
    assert build_parts(replace(given, spread=Spread()), value()).tables == ()


def test_a_fixed_input_makes_no_part() -> None:
    sure = fixed(0.2)
    assert moving(relative(Draw("x", sure)), relative(Draw("x", sure), 1.0, -1.0)) == ()
    assert moving(weighed([(1.0, ()), (-1.0, (Draw("x", sure), Draw("y", sure)))])) == ()


def test_one_uncertain_cost_is_one_part() -> None:
    given = market(cogs_share=mean(COGS), spread=Spread(goods=moving(relative(COGS))))
    known = build_parts(given, value(), whole=build_market(given, value()))
    (part,) = part_rows(given, value(), known)
    assert not part.sales.any()
    assert (part.part_of, part.group) == ("us", "us")
    (same,) = part_rows(given, value(), build_parts(given, value()))
    assert np.array_equal(same.cash, part.cash), "the market's own sales, made once or taken from it"


def test_parts_are_shared_with_rivals_as_the_market_is() -> None:
    rival = Rival((date(2027, 3, 1).toordinal(),), 0.5, id="us.rivals.1")
    entry = OrderOfEntry(AS_OF, 1, 1, 0.5, (rival,))
    given = market(competition=entry, cogs_share=mean(COGS), spread=Spread(goods=moving(relative(COGS))))
    whole, known = build_market(given, value()), build_parts(given, value())
    (part,) = part_rows(given, value(), known)
    assert part.sharing is not None
    assert whole.sharing is not None
    assert np.array_equal(part.sharing.cash, whole.sharing.sales)
    assert part.scale[-1].powers == pytest.approx((mean(COGS), -1.0))


def test_a_later_price_leaves_the_cost_of_goods_of_a_state() -> None:
    """A free unit costs as much as one that is paid, at every age of the price."""
    spread = Spread(sales=moving(relative(FREE, 1.0, -1.0)))
    given = market(cogs_share=0.3, price_ages=(PriceAge(2.0, 0.5),), price_share=1 - mean(FREE), spread=spread)
    (part,) = part_rows(given, value(), build_parts(given, value()))
    assert np.allclose(part.cash, part.sales)
