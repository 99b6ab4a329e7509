"""Paul SM et al. (2010) How to improve R&D productivity. Nature Reviews Drug Discovery 9:203-214, as a file."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import pytest

from tests.workbench.passports import Row, milestone, passport_of, text_of


@lru_cache(maxsize=1)
def paul() -> Row:
    return passport_of(text_of("paul_2010"), draws=4_000)


def test_paul_2010_costs_873_million_dollars_a_launch_out_of_pocket() -> None:
    assert round(paul()["value"]["cost_per_launch_usd"]["out_of_pocket"] / 1e6) == 873


def test_paul_2010_costs_1_778_million_dollars_a_launch_capitalised_at_11_percent() -> None:
    assert round(paul()["value"]["cost_per_launch_usd"]["capitalised"] / 1e6) == 1_778


def test_paul_2010_takes_13_5_years() -> None:
    launch = milestone(paul(), "us.launch")
    years = (date.fromisoformat(launch["p50"]) - date(2010, 1, 1)).days / 365.25
    assert round(years, 1) == 13.5
    assert launch["p10"] == launch["p90"], "nothing in the table is uncertain but success"


def test_paul_2010_launches_11_7_percent_of_what_enters_phase_1() -> None:
    gates = {row["id"]: row["prob"] for row in paul()["success"]["gates"]}
    chance = gates["phase_1"] * gates["phase_2"] * gates["phase_3"] * gates["submission"]
    assert round(100 * chance, 1) == 11.7


def test_the_weighted_mean_of_fixed_stages_has_no_error_at_all() -> None:
    expected = paul()["value"]["rnpv_expected_usd"]
    assert expected["standard_error"] == 0
    assert expected["excludes"] == []


@pytest.mark.parametrize("seed", [2, 3])
def test_cost_per_launch_does_not_depend_on_the_seed_where_only_success_is_uncertain(seed: int) -> None:
    again = passport_of(text_of("paul_2010"), draws=500, seed=seed)
    assert again["value"]["cost_per_launch_usd"] == paul()["value"]["cost_per_launch_usd"]
