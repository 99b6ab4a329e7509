"""The kernel's payer states against a twin that walks each path with dates, and against closed forms and laws."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onepill.access import (
    PayerMove,
    PayerState,
    Pool,
    PriceAge,
    PriceLevel,
    YearlyCut,
    compile_path,
    with_idle_moves,
)
from onepill.core.dates import NEVER
from onepill.core.distributions import fixed, uniform
from onepill.sim.plan import Draw
from tests.access.payer_world import AS_OF, MOVES, STATES, Walker, market, share, stays_of, world

EARLY = date(2024, 3, 15)


@pytest.mark.parametrize("approved", [None, EARLY, date(2024, 7, 1)])
def test_every_path_is_in_the_states_that_a_walk_by_hand_finds(approved: date | None) -> None:
    found = world(draws=400, approved=approved)
    for index in range(400):
        walked = {
            s.state: (s.first.toordinal(), s.after.toordinal())
            for s in Walker(found, index).walk()
            if s.after > s.first
        }
        assert stays_of(found, index) == walked


@pytest.mark.parametrize("failure", [0.0, 0.3])
def test_the_states_of_a_path_follow_each_other_from_launch_to_the_horizon_without_a_gap(failure: float) -> None:
    found = world(draws=1_000, failure=failure)
    launch = found.results.days_of("cn.payer.self_pay")
    for index in range(1_000):
        stays = sorted(stays_of(found, index).values())
        if launch[index] >= NEVER:
            assert stays == []
            continue
        assert stays[0][0] == launch[index]
        assert stays[-1][1] == found.path.horizon + 1
        assert all(a[1] == b[0] for a, b in pairwise(stays))


def _sold(found, index: int) -> float:
    """Sales of one path in US dollars, day by day, from the words of the method page."""
    total, prices, patients = 0.0, {}, {}
    walk = Walker(found, index).walk()
    states = {s.id: s for s in found.path.states}
    segments = {s.state: s.market for s in found.compiled.segments}
    price, reach = 1.0, 1.0
    for stay in walk:
        state = states[stay.state]
        p = state.price.distribution.mean() if state.price else 1.0
        n = state.patients.distribution.mean() if state.patients else 1.0
        price, reach = (price * p, reach * n) if state.follows else (p, n)
        prices[stay.state], patients[stay.state] = price, reach
        start = segments[stay.state].start_share
        for k in range((stay.after - stay.first).days):
            day = stay.first + timedelta(days=k)
            x = min((k + 0.5) / (state.years_to_peak * 365.25), 1.0)
            level = start + (1 - start) * (3 * x * x - 2 * x**3)
            total += 100.0 * price * reach * level / (366 if day.year % 4 == 0 else 365)
    return total


def test_sales_of_each_path_are_those_of_selling_day_by_day() -> None:
    """A state left within a year keeps that year's part by days: of a rising curve that is too much, here 0.2 % in the
    mean and less than 1 % on any path."""
    found = world(draws=60)
    over = np.array([found.results.npv_usd["owner"][i] / _sold(found, i) - 1 for i in range(60)])
    assert over.min() > -1e-9
    assert over.max() < 0.01
    assert over.mean() < 0.003


def test_the_chance_to_be_listed_is_that_of_not_failing_every_round() -> None:
    """1 - (1 - p)^3 = 0.875 for p = 0.5; a path may fail one year and succeed in the next."""
    found = world(draws=40_000, moves=(MOVES[0],))
    listed = found.results.days_of("cn.payer.listed")
    error = np.sqrt(0.875 * 0.125 / 40_000)
    assert np.mean(listed < NEVER) == pytest.approx(0.875, abs=4 * error)
    first = [found.results.days_of("cn.payer.listed") == year for year in (date(2026, 1, 1).toordinal(),)]
    assert 0 < np.mean(first) < 0.875


def test_weighing_by_the_chance_of_approval_gives_the_drawn_mean() -> None:
    drawn, weighed = world(draws=40_000, failure=0.4), world(draws=40_000, failure=0.4, weighted=True)
    values = drawn.results.npv_usd["owner"], weighed.results.npv_usd["owner"]
    error = float(np.hypot(*(v.std() / np.sqrt(v.size) for v in values)))
    assert values[0].mean() == pytest.approx(values[1].mean(), abs=4 * error)


def test_a_tie_goes_to_the_transition_named_first() -> None:
    day = (date(2025, 1, 1) - date(2024, 5, 14)).days
    on_new_year = Draw("lag", fixed(float(day)))
    listing = PayerMove("listing", ("self_pay",), "listed", calendar="nrdl")
    city = PayerMove("city", ("self_pay",), "city", lag=on_new_year)
    for moves, winner in (((listing, city), "listed"), ((city, listing), "city")):
        found = world(draws=10, moves=moves, approved=EARLY)
        assert found.results.milestone_probs[f"cn.payer.{winner}"] == 1.0
        loser = {"listed": "city", "city": "listed"}[winner]
        assert np.all(found.results.days_of(f"cn.payer.{loser}") == NEVER)


def test_a_listing_in_force_before_launch_skips_the_state_before() -> None:
    late = replace(market(), launch=replace(market().launch, lag_days=400))
    found = world(
        draws=10, moves=(PayerMove("listing", ("self_pay",), "listed", calendar="nrdl"),), approved=EARLY, base=late
    )
    launch = found.results.days_of("cn.payer.self_pay")
    assert np.all(found.results.days_of("cn.payer.listed") == launch)
    assert np.all(found.results.days_of("cn.payer.listed") > date(2025, 1, 1).toordinal())
    assert list(stays_of(found, 0)) == ["listed"]


def test_exclusivity_is_lost_on_the_later_of_patent_and_protection() -> None:
    five = world(draws=5, moves=MOVES[2:3], approved=EARLY, base=market())
    assert date.fromordinal(int(five.results.days_of("cn.payer.self_pay.generic")[0])) == date(2034, 1, 1)
    exclusivity = replace(market().exclusivity, patent=date(2026, 1, 1), years=12.0)
    twelve = world(draws=5, moves=MOVES[2:3], approved=EARLY, base=market(exclusivity=exclusivity))
    day = EARLY + timedelta(days=round(12 * 365.25))
    assert date.fromordinal(int(twelve.results.days_of("cn.payer.self_pay.generic")[0])) == day
    over = replace(market().exclusivity, patent=date(2020, 1, 1), years=None)
    past = world(draws=5, moves=MOVES[2:3], approved=EARLY, base=market(exclusivity=over))
    assert int(past.results.days_of("cn.payer.self_pay.generic")[0]) == AS_OF.toordinal()


def test_facts_fix_the_path_up_to_the_state_that_was_entered() -> None:
    launched = market(launched=date(2024, 5, 14))
    entered = (("city", date(2024, 6, 1)), ("listed", date(2024, 7, 15)))
    moves = (*MOVES[:2], PayerMove("loss", ("self_pay", "city", "listed"), "generic", calendar="loss_of_exclusivity"))
    found = world(draws=20, moves=moves, approved=EARLY, base=launched, entered=entered)
    assert np.all(found.results.days_of("cn.payer.city") == date(2024, 6, 1).toordinal())
    assert np.all(found.results.days_of("cn.payer.listed") == date(2024, 7, 15).toordinal())
    assert {s.state for s in found.compiled.segments} == {"self_pay", "city", "listed", "generic"}


def test_no_segment_is_entered_after_the_horizon_and_no_table_overflows() -> None:
    late = PayerMove("late", ("self_pay",), "city", lag=Draw("late", uniform(7_000, 9_000)))
    found = world(draws=2_000, moves=(late,))
    days = found.results.days_of("cn.payer.city")
    assert found.results.table_overflows == 0
    assert days[days < NEVER].max() <= found.path.horizon
    assert 0 < np.mean(days == NEVER) < 1


def test_launch_cost_falls_once_on_the_launch_day_whatever_state_comes_first() -> None:
    cost = Draw("cn.launch_cost", fixed(5.0))
    plain, costly = world(draws=200), world(draws=200, base=market(launch_cost=cost))
    assert np.allclose(plain.results.npv_usd["owner"] - costly.results.npv_usd["owner"], 5.0)


def test_a_market_that_ends_takes_its_states_with_it() -> None:
    from onepill.sim.plan import Link

    end = market(ends_on=(Link("cn.launch", "finished", lag_days=300),))
    found = world(draws=100, base=end)
    per_path = found.results.npv_usd["owner"]
    assert np.all(per_path < 0.4 * 100.0)
    assert np.all(per_path > 0)
    assert found.compiled.ends == ("cn.payer.ends_1",)


def test_no_launch_cost_falls_where_the_market_ends_by_its_launch() -> None:
    from onepill.sim.plan import Link

    cost, ended = Draw("cn.launch_cost", fixed(5.0)), (Link("cn.launch", "finished"),)
    found = world(draws=50, base=market(launch_cost=cost, ends_on=ended))
    assert np.all(found.results.npv_usd["owner"] == 0)


def test_a_state_that_is_lost_before_it_is_come_to_in_the_mean_leaves_no_higher_price() -> None:
    """Protection of a month, and a list of next year: no cut was made, and none is taken back."""
    cut = tuple(replace(s, yearly_cut=YearlyCut(4, 1, 0.1)) if s.id == "listed" else s for s in STATES)
    short = replace(market().exclusivity, patent=None, years=0.1)
    found = world(draws=1, states=cut, base=market(exclusivity=short))
    after = next(s for s in found.compiled.segments if s.id.endswith("listed.generic"))
    assert after.price_mean == pytest.approx(0.4)


def test_of_a_market_that_is_launched_cuts_are_counted_up_to_its_patent() -> None:
    """Launched on a known day, with a patent that outlasts protection: a yearly cut of a tenth in each year between."""
    cut = tuple(replace(s, yearly_cut=YearlyCut(4, 1, 0.1)) if s.id == "self_pay" else s for s in STATES)
    launched, patent = EARLY + timedelta(days=60), market().exclusivity.patent
    assert patent is not None
    found = world(draws=1, states=cut, approved=EARLY, base=market(launched=launched))
    after = next(s for s in found.compiled.segments if s.id.endswith("self_pay.generic"))
    assert after.price_mean == pytest.approx(0.9 ** ((patent - launched).days / 365.25))


@pytest.mark.parametrize("ends", [True, False])
def test_duties_end_with_exclusivity_where_they_do(ends: bool) -> None:
    duties = (PriceLevel(AS_OF, 0.2),)
    found = world(draws=1, base=market(duties=duties), duties_end=ends)
    left = {s.state: s.market.duties for s in found.compiled.segments if s.market is not None}
    assert left["self_pay"] == left["listed"] == duties
    assert left["generic"] == left["vbp"] == (() if ends else duties)


def test_a_transition_without_a_chance_is_kept_where_no_other_state_feels_it() -> None:
    """A bid leads to a state of its own. A city list would be one more way to the national one, whose start is the mean
    over its ways; and a transition whose rounds are over is none any more."""
    path = world(draws=1).path
    closed = replace(path, moves=tuple(replace(m, prob=0.0) if m.id in ("bid", "city") else m for m in path.moves))
    kept = with_idle_moves(closed)
    assert kept.kept == {"bid"}
    known, found = ({s.id: s.price_mean for s in compile_path(p).segments} for p in (closed, kept))
    assert found.items() > known.items()
    assert {name.rpartition(".")[2] for name in found.keys() - known.keys()} == {"vbp"}
    over = replace(closed, moves=tuple(replace(m, is_over=True) for m in closed.moves))
    assert with_idle_moves(over).kept == frozenset()


@settings(max_examples=25, deadline=None)
@given(
    cut=st.floats(0.0, 0.95),
    prob=st.floats(0.05, 0.95),
    rounds=st.integers(1, 4),
    reach=st.floats(0.1, 1.0),
)
def test_a_cut_never_raises_what_is_earned_and_no_chance_means_no_effect(
    cut: float, prob: float, rounds: int, reach: float
) -> None:
    """On the same futures: a deeper cut at the same reach earns no more on any path."""

    def earned(factor: float, chance: float) -> np.ndarray:
        states = (
            PayerState("self_pay", patients=share("a", reach), initial=True, years_to_peak=2.0),
            PayerState(
                "listed", price=share("b", factor), patients=share("c", reach), start_share=0.5, years_to_peak=2.0
            ),
        )
        move = PayerMove("listing", ("self_pay",), "listed", "nrdl", rounds=rounds, prob=chance, stream="listing")
        return world(draws=200, states=states, moves=(move,)).results.npv_usd["owner"]

    full, less = earned(1.0, prob), earned(1.0 - cut, prob)
    assert np.all(less <= full * (1 + 1e-12))
    assert np.allclose(earned(1.0 - cut, 0.0), earned(0.5, 0.0))


def test_states_side_by_side_share_the_launch_and_add_up() -> None:
    """Two groups of countries with half of the patients each and no wait are the market as a whole."""
    halves = tuple(PayerState(n, patients=share(n, 0.5), initial=True, years_to_peak=2.0) for n in ("north", "south"))
    whole = (PayerState("all", initial=True, years_to_peak=2.0),)
    parts, one = world(draws=50, states=halves, moves=()), world(draws=50, states=whole, moves=())
    assert np.allclose(parts.results.npv_usd["owner"], one.results.npv_usd["owner"])
    assert {s.id for s in parts.compiled.segments} == {"cn.north", "cn.south"}


def test_segments_carry_their_group_price_and_cost_of_goods() -> None:
    found = world(draws=1, base=market(cogs_share=0.1, peak_patients_per_year=50.0))
    segments = {s.id: s for s in found.compiled.segments}
    assert set(segments) == {
        "cn.self_pay", "cn.city", "cn.listed", "cn.self_pay.generic", "cn.city.generic", "cn.listed.generic",
        "cn.self_pay.generic.vbp", "cn.city.generic.vbp", "cn.listed.generic.vbp",
    }  # fmt: skip
    bid = segments["cn.listed.generic.vbp"]
    assert bid.price_mean == pytest.approx(0.4 * 0.45)
    assert bid.patients_mean == pytest.approx(0.3)
    assert bid.market is not None
    assert bid.market.group == "cn"
    assert bid.market.cogs_share == pytest.approx(0.1 / (0.4 * 0.45)), "a unit costs what it did at the first price"
    assert bid.market.peak_patients_per_year == pytest.approx(50.0), "others supply whom the owner lost"
    assert segments["cn.self_pay"].market.peak_patients_per_year == pytest.approx(20.0)


def test_the_first_day_of_a_state_carries_on_from_the_one_before() -> None:
    """With the launch a fact: the uptake since launch times the patients of the states before over the new ones."""
    launched = market(launched=date(2024, 5, 14))
    found = world(draws=1, approved=EARLY, base=launched)
    listed = next(s.market for s in found.compiled.segments if s.state == "listed")
    assert listed is not None
    assert listed.continues is not None
    assert listed.continues.ratio == pytest.approx((0.4 + 0.5) / 2)
    given_share = replace(STATES[2], start_share=0.2)
    stated = world(draws=1, approved=EARLY, base=launched, states=(*STATES[:2], given_share, *STATES[3:]))
    assert next(s.market for s in stated.compiled.segments if s.state == "listed").start_share == 0.2


def test_the_start_of_a_state_is_the_mean_over_approvals_of_a_year_and_over_rounds() -> None:
    """Approvals on each day of a year, launched sixty days later, in force on a 1 January after one to three rounds."""
    found = world(draws=1, moves=MOVES[:1])
    listed = next(s.market for s in found.compiled.segments if s.state == "listed")
    total = weight = 0.0
    for i in range(365):
        day = AS_OF + timedelta(days=i)
        first = date(day.year + 1 + (day > date(day.year, 6, 30)), 1, 1)
        for k in range(3):
            x = min(max(((first - day).days - 60 + 365.25 * k) / (2 * 365.25), 0.0), 1.0)
            total += 0.5 ** (k + 1) * (3 * x * x - 2 * x**3)
            weight += 0.5 ** (k + 1)
    assert listed.start_share == pytest.approx(0.4 * total / weight)


def test_the_start_share_is_right_in_the_mean_over_the_paths() -> None:
    """Against the level that each path had reached: approvals here fall in two years, so to three percent."""
    found = world(draws=20_000, moves=MOVES[:1])
    days = found.results.days_of("cn.payer.listed")
    launch = found.results.days_of("cn.payer.self_pay")
    met = days < NEVER
    x = np.clip((days[met] - launch[met]) / (2 * 365.25), 0, 1)
    listed = next(s.market for s in found.compiled.segments if s.state == "listed")
    assert listed.start_share == pytest.approx(float(np.mean(0.4 * (3 * x**2 - 2 * x**3))), rel=0.03)


def test_what_renewals_and_yearly_cuts_leave_of_a_price_goes_on_after_the_state() -> None:
    """Two renewals of 10 % are made; 3 % a year over the lag of two years, and over five years of protection less the
    mean wait of a year's approvals for the list."""
    renewed = replace(STATES[2], price_ages=(PriceAge(2.0, 0.9), PriceAge(4.0, 0.81)))
    after = world(draws=1, moves=(MOVES[0], MOVES[2]), states=(*STATES[:2], renewed, *STATES[3:]))
    generic = {s.id: s for s in after.compiled.segments}["cn.listed.generic"]
    assert generic.market.price_share == pytest.approx(0.81)
    assert generic.price_mean == pytest.approx(0.4 * 0.81)

    cut = replace(STATES[0], yearly_cut=YearlyCut(4, 1, 0.03))
    lag = PayerMove("wait", ("self_pay",), "generic", lag=Draw("wait", fixed(730.5)))
    waited = world(draws=1, moves=(lag,), states=(cut, *STATES[1:]))
    assert {s.state: s for s in waited.compiled.segments}["generic"].market.price_share == pytest.approx(0.97**2)

    listed = replace(STATES[2], yearly_cut=YearlyCut(4, 1, 0.03))
    lost = world(draws=1, moves=(MOVES[0], MOVES[2]), states=(*STATES[:2], listed, *STATES[3:]))
    waits = [
        (date(d.year + 1 + (d > date(d.year, 6, 30)), 1, 1) - d).days
        for d in (AS_OF + timedelta(days=i) for i in range(365))
    ]
    years = 5 - np.mean(waits) / 365.25
    assert {s.id: s for s in lost.compiled.segments}["cn.listed.generic"].market.price_share == pytest.approx(
        0.97**years
    )


def test_who_waits_at_launch_is_treated_in_the_first_states_alone() -> None:
    pool = Pool(1.5, 2.0)
    found = world(draws=1, base=market(pool=pool))
    assert {s.id: s.market.pool for s in found.compiled.segments if s.market and s.market.pool} == {"cn.self_pay": pool}
