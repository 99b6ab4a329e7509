"""Defaults of payer paths that are made of published ranges: their means and ends are those that were published."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.core.distributions import empirical, fixed, pert, triangular
from onepill.sim.plan import Draw
from onepill.workbench.plan.assemble import Assembled
from onepill.workbench.plan.payer_ranges import between, one_less
from tests.workbench.passports import assembled
from tests.workbench.test_payers import small

U = (np.arange(1_000) + 0.5) / 1_000


@cache
def at(path: str, where: str, day: str) -> Assembled:
    return assembled(small(f"{{path: {path}}}", where=where).replace("as_of: 2024-08-01", f"as_of: {day}"))


def drawn(base: Assembled, stream: str) -> Draw:
    """The draw of this stream in the plan."""
    durations = (a.duration for a in base.plan.activities if a.duration is not None)
    scales = (draw for market in base.plan.markets for draw in market.scale)
    return next(draw for draw in (*durations, *scales) if draw.stream == stream)


# The shape


def test_a_mean_between_its_ends_is_pert_malcolm_1959() -> None:
    assert between(0.1, (0.1 + 4 * 0.4 + 0.9) / 6, 0.9).quantile(U) == pytest.approx(pert(0.1, 0.4, 0.9).quantile(U))


@given(low=st.floats(0, 0.4), share=st.floats(0.05, 0.95), width=st.floats(0.01, 0.6))
def test_the_published_mean_and_ends_are_kept(low: float, share: float, width: float) -> None:
    mean = low + share * width
    found = between(low, mean, low + width)
    assert found.mean() == pytest.approx(mean)
    values = found.quantile(U)
    assert low <= values.min() <= values.max() <= low + width
    assert values.mean() == pytest.approx(mean, abs=1e-3)
    assert one_less(found).quantile(U) == pytest.approx(1 - values[::-1])


@pytest.mark.parametrize(("low", "mean", "high"), [(0.44, 0.617, 0.617), (0.5, 0.4, 0.6), (0.2, 0.2, 0.9)])
def test_a_mean_that_is_not_between_the_ends_stays_one_number(low: float, mean: float, high: float) -> None:
    assert between(low, mean, high) == fixed(mean)


def test_one_less_turns_quantiles_round() -> None:
    found = one_less(empirical((0.0, 0.3, 1.0), (0.0, 0.2, 0.6)))
    assert found == empirical((0.0, 0.7, 1.0), (0.4, 0.8, 1.0))
    with pytest.raises(ValueError, match="triangular"):
        one_less(triangular(0, 1, 2))


# What was published, by the day of the plan


CHINA = "markets.cn.access.states"
CASES: list[tuple[str, str, str, str, tuple[float, float, float]]] = [
    # the mean of the round of 2023; the least mean of a round (2017); the largest cut of one drug (round of 2022)
    ("cn_national", "CN", "2024-08-01", f"{CHINA}.listed.price_factor", (1 - 0.94, 1 - 0.617, 1 - 0.44)),
    ("cn_national", "CN", "2026-06-01", f"{CHINA}.listed.price_factor", (1 - 0.94, 1 - 0.63, 1 - 0.44)),
    # the mean of the two rounds of 2023; offers for 56 drugs of the third round
    (
        "cn_national",
        "CN",
        "2024-08-01",
        f"{CHINA}.group_buying.price_factor",
        (1 - 0.9872, 1 - 0.57, 1 - 0.1326),
    ),
    # surveys of 2024 and, for the ends of 2024-08-01, of 2021; the launch of the file is 60 days after authorisation
    (
        "eu_reimbursement",
        "EU",
        "2026-06-01",
        "markets.eu.access.transitions.reimbursement.lag",
        (128 - 60, 578 - 60, 840 - 60),
    ),
    (
        "eu_country_groups",
        "EU",
        "2024-08-01",
        "markets.eu.access.transitions.launch_others.lag",
        (133 - 60, 531 - 60, 899 - 60),
    ),
    # nine drugs of April 2018
    (
        "jp_nhi, transitions: {market_expansion: {prob: 0.5}}",
        "JP",
        "2024-08-01",
        "markets.jp.access.states.repriced.price_factor",
        (1 - 0.262, 1 - 0.1766, 1 - 0.071),
    ),
    # the mean of 195 substances, none cut by less than nothing
    (
        "eu_country_groups",
        "EU",
        "2024-08-01",
        "markets.eu.access.states.germany.price_factor",
        (1 - 0.6085, 1 - 0.273, 1.0),
    ),
]


@pytest.mark.parametrize(("path", "where", "day", "stream", "published"), CASES)
def test_a_default_has_the_published_mean_and_lies_between_the_published_ends(
    path: str, where: str, day: str, stream: str, published: tuple[float, float, float]
) -> None:
    found = drawn(at(path, where, day), stream).distribution
    assert found.mean() == pytest.approx(published[1], rel=1e-9)
    ends = found.quantile(np.array([1e-12, 1 - 1e-12]))
    assert ends == pytest.approx([published[0], published[2]], rel=5e-3, abs=2e-3)


def test_german_cuts_are_as_many_in_each_published_class_as_were_counted() -> None:
    """64 of 195 substances below 20 %, 62 from 20 to 30 % and 69 above: 32.8, 31.8 and 35.4 % of them."""
    cut = 1 - drawn(at("eu_country_groups", "EU", "2024-08-01"), CASES[-1][3]).distribution.quantile(U)
    shares = [np.mean(cut < 0.2), np.mean((cut >= 0.2) & (cut < 0.3)), np.mean(cut >= 0.3)]
    assert shares == pytest.approx([64 / 195, 62 / 195, 69 / 195], abs=2e-3)


def medicare(day: str, area: str = "oncology") -> tuple[Any, Assembled]:
    text = small("{path: us_medicare, transitions: {selection: {prob: 0.5}}}").replace("oncology", area)
    base = assembled(text.replace("as_of: 2024-08-01", f"as_of: {day}"))
    draws = (draw for market in base.plan.markets for draw in market.scale)
    stream = "markets.us.access.negotiated_cut_share"
    return next((draw.distribution for draw in draws if draw.stream == stream), None), base


def test_medicares_cut_is_the_net_mean_with_the_spread_of_the_discounts_off_list() -> None:
    """Price year 2027: 44 % net on average; 38 to 85 % off list with mean 59 %. Before, no mean off list was told."""
    found, base = medicare("2026-06-01")
    assert found.mean() == pytest.approx(0.44)
    assert found.quantile(np.array([1e-12, 1 - 1e-12])) == pytest.approx(
        [0.44 * 0.38 / 0.59, 0.44 * 0.85 / 0.59], rel=0.01
    )
    assert base.filled.ledger.get("markets.us.access.states.negotiated.price_factor").value == pytest.approx(
        1 - 0.45 * 0.44
    )
    day_before, other = medicare("2025-11-24")
    assert day_before is None
    assert other.filled.ledger.get("markets.us.access.negotiated_cut_share").value == pytest.approx(0.22)


def test_no_drawn_cut_is_below_the_one_that_the_ceiling_forces() -> None:
    """Where gross-to-net is 7 %, the ceiling of 75 % forces 19 %; where it forces more than the mean, that holds."""
    found, _ = medicare("2026-06-01")
    assert found.quantile(1e-9) >= 1 - 0.75 / 0.93


@pytest.mark.parametrize(
    ("path", "where", "day", "stream"),
    [
        ("cn_national", "CN", "2022-11-29", f"{CHINA}.listed.price_factor"),
        ("cn_national", "CN", "2020-08-30", f"{CHINA}.group_buying.price_factor"),
        ("eu_reimbursement", "EU", "2020-05-30", "markets.eu.access.transitions.reimbursement.lag"),
        ("eu_country_groups", "EU", "2026-06-01", "markets.eu.access.transitions.launch_germany.lag"),
    ],
)
def test_before_a_range_was_known_and_where_none_is_there_is_one_number(
    path: str, where: str, day: str, stream: str
) -> None:
    assert drawn(at(path, where, day), stream).distribution.is_fixed


def test_a_number_of_the_file_takes_the_place_of_a_published_range() -> None:
    path = "cn_national, states: {listed: {price_factor: 0.4}}"
    assert drawn(at(path, "CN", "2024-08-01"), f"{CHINA}.listed.price_factor").distribution == fixed(0.4)


def test_germanys_patients_are_its_share_of_the_population_once_it_is_known() -> None:
    """Eurostat, 2025-07-11: 83.6 of 450.4 million; before that an assumption."""
    found = [
        at("eu_country_groups", "EU", day).filled.ledger.get("markets.eu.access.states.germany.patient_share")
        for day in ("2025-07-10", "2025-07-11")
    ]
    assert [(row.origin, row.value) for row in found] == [("assumption", 0.19), ("derived", pytest.approx(0.1856))]
    others = at("eu_country_groups", "EU", "2025-07-11").filled.ledger.get(
        "markets.eu.access.states.others.patient_share"
    )
    assert others.value == pytest.approx((1 - 0.1856) * 0.46)
