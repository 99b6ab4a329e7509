"""Small vehicles, years and runs for tests of the equity side."""

from __future__ import annotations

from datetime import date

import numpy as np
from hypothesis import strategies as st

from onepill.core.dates import NEVER
from onepill.deals.equity import Equity, EquityDays, EquityOutcome, share_out
from onepill.deals.inputs import SIGNING, Discounts, Exit, Fund, Round, Stake, Structure, Vehicle, Warrant
from onepill.deals.years import Years

AS_OF = date(2025, 1, 1)


def years_from(as_of: date, count: int) -> Years:
    starts = np.array([date(as_of.year + k, 1, 1).toordinal() for k in range(count + 1)], dtype=np.int32)
    bounds = starts.copy()
    bounds[0] = as_of.toordinal()
    return Years(bounds, np.diff(starts))


def discounts(years: Years, rate: float) -> Discounts:
    """A year's flows by whole years, a day's by exact ones."""
    days = np.arange(int(years.bounds[-1] - years.bounds[0]))
    return Discounts((1 + rate) ** -np.arange(years.count, dtype=float), (1 + rate) ** -(days / 365.0))


def structure(vehicle: Vehicle, funds: tuple[Fund, ...] = ()) -> Structure:
    return Structure("test", "newco", "owner", AS_OF.toordinal(), (), vehicle=vehicle, funds=funds)


def run(
    vehicle: Vehicle,
    flows: list[list[float]],
    *,
    funds: tuple[Fund, ...] = (),
    tranches: list[list[int]] | None = None,
    exits: list[list[int]] | None = None,
    values: tuple[float, ...] = (),
    as_of: date = AS_OF,
    rate: float = 0.0,
    held_until: list[int] | None = None,
) -> EquityOutcome:
    """All parties at one rate; tranches and exits are rows by path, at the signing and never where left out."""
    count, paths = len(flows[0]), len(flows)
    years = years_from(as_of, count)
    equity = Equity.of(structure(vehicle, funds), years=count)
    rows = tranches or [[as_of.toordinal()] * paths for _ in equity.tranche_days]
    leaving = exits or [[NEVER] * paths for _ in vehicle.exits]
    held = None if held_until is None else np.array(held_until, dtype=np.int32)
    days = EquityDays(
        np.array(flows, dtype=float), np.array(rows, dtype=np.int32), np.array(leaving, dtype=np.int32), held
    )
    factors = dict.fromkeys(equity.parties, discounts(years, rate))
    return share_out(equity, days, years, factors, exit_value_usd=values, keep=equity.parties)


def day(year: int, month: int = 1, of_month: int = 1) -> int:
    return date(year, month, of_month).toordinal()


MONEY = st.floats(1e5, 1e9)
SHARES = st.floats(0.01, 1.0)


@st.composite
def vehicles(draw: st.DrawFn) -> Vehicle:
    """Any vehicle whose terms do not contradict themselves, but that a round may want more than is left unprotected."""
    weights = draw(st.lists(SHARES, min_size=1, max_size=3))
    whole = draw(st.floats(0.5, 1.0)) / sum(weights)
    stakes = tuple(
        Stake(f"holder {i}", weight * whole, draw(st.sampled_from((0.0, 0.0, 5e7, 4e8))) if i == 0 else 0.0)
        for i, weight in enumerate(weights)
    )
    rounds = tuple(
        Round(
            f"round {r}",
            tuple((f"investor {i}", draw(MONEY)) for i in range(draw(st.integers(1, 2)))),
            draw(MONEY) * 10,
            draw(st.sampled_from((((1.0, SIGNING),), ((0.25, SIGNING), (0.75, SIGNING))))),
            draw(st.sampled_from(("none", "weighted_average", "full_ratchet"))),
        )
        for r in range(draw(st.integers(0, 3)))
    )
    warrants = tuple(
        Warrant(f"holder {i}", draw(st.floats(0.01, 0.2)), draw(st.floats(0, 3e8)))
        for i in range(draw(st.integers(0, 2)))
    )
    exits = tuple(
        Exit(kind, SIGNING, 0.1, cost_share=draw(st.floats(0, 0.1)))
        for kind in draw(st.lists(st.sampled_from(("sale", "listing")), max_size=2))
    )
    multiple = draw(st.sampled_from((0.0, 0.5, 1.0, 2.0)))
    return Vehicle("newco", stakes, rounds, warrants, exits, multiple, draw(st.booleans()))


@st.composite
def funds_of(draw: st.DrawFn, vehicle: Vehicle) -> tuple[Fund, ...]:
    """A fund behind some of the investors."""
    investors = dict.fromkeys(id_ for round_ in vehicle.rounds for id_, _ in round_.investors)
    found = []
    for i, investor in enumerate(investors):
        if draw(st.booleans()):
            carry = draw(st.sampled_from((0.0, 0.1, 0.2)))
            share = draw(st.sampled_from((0.0, 0.5, 1.0)))
            fee, hurdle = draw(st.sampled_from((0.0, 0.02))), draw(st.sampled_from((0.0, 0.06, 0.08)))
            found.append(Fund(investor, f"partners {i}", f"manager {i}", "USD", fee, 5.0, hurdle, share, carry))
    return tuple(found)


FLOWS = st.lists(st.one_of(st.just(0.0), st.floats(-3e8, 5e8)), min_size=8, max_size=8)
DAYS = st.one_of(st.just(NEVER), st.integers(day(2023), day(2034)))
