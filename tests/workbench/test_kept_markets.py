"""A market whose tables are taken from an earlier plan is the market that is built anew."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from onepill.access import (
    Continued,
    Instalments,
    MarketInput,
    OrderOfEntry,
    Pool,
    PriceAge,
    PriceLevel,
    Rival,
    Spread,
    Valuation,
    YearlyCut,
    build_market,
    valuation,
)
from onepill.core.distributions import uniform
from onepill.model import load_programme
from onepill.rulebook import load_rulebook
from onepill.sim.plan import Draw, Link, Market
from onepill.workbench.plan.assemble import Assembled, assemble
from onepill.workbench.plan.fill import fill
from onepill.workbench.plan.kept_markets import market_of

LATER = date(2033, 3, 1)
RIVAL = Rival(days=(LATER.toordinal(),), prob=0.5)
OTHERS = {
    "id": "other",
    "launch": Link("other"),
    "scale": (),
    "years_to_peak": 7.0,
    "shape": "linear",
    "price_share": 0.5,
    "price_levels": (PriceLevel(LATER, 0.4),),
    "growth_per_year": 0.07,
    "cogs_share": 0.4,
    "selling_share": 0.05,
    "tax_share": 0.01,
    "launch_cost": None,
    "launched": date(2026, 12, 1),
    "ends_on": (Link("other"),),
    "peak_patients_per_year": 3.0,
    "pool": Pool(ratio_years=2.0, treated_over_years=3.0),
    "competition": OrderOfEntry(date(2026, 11, 21), order=1, others=1, exponent=0.5, rivals=(RIVAL,)),
    "group": "other",
    "start_share": 0.3,
    "continues": Continued(date(2025, 1, 1), ratio=0.5, years_to_peak=3.0, shape="linear"),
    "price_ages": (PriceAge(2.0, 0.5),),
    "yearly_cut": YearlyCut(4, 1, 0.1),
    "duties": (PriceLevel(LATER, 0.1),),
    "instalments": Instalments(3, 0.9),
    "spread": Spread(selling=Draw("selling", uniform(0.2, 0.4))),
}


@pytest.fixture(scope="module")
def base(repository: Path) -> Assembled:
    text = (repository / "examples" / "tunlametinib.yaml").read_text(encoding="utf-8")
    return assemble(fill(load_programme(text, file="tunlametinib.yaml").programme, load_rulebook()))


def same(one: Market, other: Market) -> None:
    plain = {"sales": 0, "cash": 0, "discounted": 0, "sharing": None}
    assert replace(one, **plain) == replace(other, **plain)
    shared = [vars(found.sharing).items() if found.sharing else () for found in (one, other)]
    for (name, part), (_, beside) in zip(*shared, strict=True):
        assert np.array_equal(part, beside) if isinstance(part, np.ndarray) else part == beside, name
    for name in ("sales", "cash", "discounted"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def eu(base: Assembled) -> MarketInput:
    return next(market for market in base.markets if market.id == "eu")


@pytest.mark.parametrize("field", [*OTHERS, "exclusivity", "has_yearly_patients"])
def test_a_field_that_differs_is_never_answered_from_another_markets_tables(base: Assembled, field: str) -> None:
    given = eu(base)
    rule = replace(given.exclusivity, patent=LATER, years=None, retained_share=0.6)
    changed = {**OTHERS, "exclusivity": rule, "has_yearly_patients": False}[field]
    other = replace(given, **{field: changed})
    if field == "has_yearly_patients":
        other = replace(other, pool=OTHERS["pool"])
    held = market_of(given, base.value)
    same(market_of(other, base.value), build_market(other, base.value))
    same(held, build_market(given, base.value))


def test_every_field_of_a_market_is_tried() -> None:
    assert {field.name for field in fields(MarketInput)} == {*OTHERS, "exclusivity", "has_yearly_patients"}


def other_days(base: Assembled) -> list[Valuation]:
    asked = [
        (date(2027, 3, 1), 25, "exact", 0.1),
        (base.value.as_of, 12, "exact", 0.1),
        (base.value.as_of, 25, "mid_year", 0.2),
    ]
    return [valuation(day, years=n, convention=how, rate_per_year=rate) for day, n, how, rate in asked]


def test_another_valuation_has_its_own_tables_and_its_own_discount(base: Assembled) -> None:
    held = market_of(eu(base), base.value)
    for value in other_days(base):
        same(market_of(eu(base), value), build_market(eu(base), value))
    assert market_of(eu(base), other_days(base)[2]).sales is held.sales
