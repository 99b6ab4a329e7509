"""Laws that every example's passport keeps."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onepill.workbench.replies.programme import Passport
from onepill.workbench.results.rows_value import _round_to_sum
from tests.workbench.passports import EXAMPLES, Row, example, passport_of, text_of

pytestmark = pytest.mark.parametrize("name", EXAMPLES)


@pytest.mark.parametrize("seed", [1, 7])
def test_the_mean_is_within_three_standard_errors_of_the_conditional_expectation(name: str, seed: int) -> None:
    """Drawing success and weighting by it estimate the same number; the error of their difference is at most that of
    independent runs. One run in 370 would miss: the two seeds are fixed."""
    value = passport_of(text_of(name), draws=100_000, seed=seed)["value"]
    drawn, expected = value["rnpv_usd"], value["rnpv_expected_usd"]
    error = (drawn["standard_error"] ** 2 + expected["standard_error"] ** 2) ** 0.5
    assert abs(drawn["mean"] - expected["mean"]) < 3 * error
    assert expected["standard_error"] < drawn["standard_error"]


def test_the_discounted_rows_of_all_years_sum_to_the_mean(name: str) -> None:
    """Rows are rounded to cents, the mean to whole dollars, and rows below half a dollar are left out."""
    value = example(name)["value"]
    rows = value["yearly"]
    left_out = 0.5 * len({row["item"] for row in rows}) * 41
    total = sum(row["discounted_usd"] for row in rows)
    assert total == pytest.approx(value["rnpv_usd"]["mean"], abs=0.5 + 0.005 * len(rows) + left_out)


def test_the_markets_and_development_sum_to_the_mean(name: str) -> None:
    value = example(name)["value"]
    assert sum(row["rnpv_usd"]["mean"] for row in value["by_market"]) == value["rnpv_usd"]["mean"]
    assert sum(row["market"] == "development" for row in value["by_market"]) == 1


def test_the_rows_of_a_market_are_its_part_of_the_mean(name: str) -> None:
    value = example(name)["value"]
    for part in value["by_market"]:
        rows = [row["discounted_usd"] for row in value["yearly"] if row["market"] == part["id"]]
        assert sum(rows) == pytest.approx(part["rnpv_usd"]["mean"], abs=2 + 0.5 * 41)


def test_milestone_percentiles_are_in_order_and_never_before_the_plans_day(name: str) -> None:
    document = example(name)
    assert document["milestones"]
    for row in document["milestones"]:
        days = [row["p10"], row["p50"], row["p90"]]
        assert (row["prob"] > 0) == (None not in days)
        if row["prob"] > 0:
            assert days == sorted(days)
            assert row["p10"] <= row["mean"] or row["mean"] <= row["p90"]
        if row["status"] == "simulated" and row["p10"]:
            assert row["p10"] >= document["as_of"]


def test_nothing_is_launched_more_often_than_approved_or_approved_more_often_than_filed(name: str) -> None:
    chances: dict[tuple[str, str], float] = {}
    for row in example(name)["milestones"]:
        chances[row["id"].rpartition(".")[0], row["kind"]] = row["prob"]
    for (place, kind), chance in chances.items():
        before = {"launch": "approval", "approval": "filed"}.get(kind)
        if before and (place, before) in chances:
            assert chance <= chances[place, before]


def test_the_histogram_counts_every_path_once(name: str) -> None:
    document = example(name)
    histogram = document["value"]["histogram"]
    assert sum(sum(counts) for counts in histogram["counts"].values()) == document["draws"]
    assert all(len(counts) == len(histogram["edges"]) - 1 for counts in histogram["counts"].values())


def test_what_binds_a_milestone_is_an_activity_of_the_passport(name: str) -> None:
    document = example(name)
    shown = {row["id"] for row in document["activities"]}
    for row in document["milestones"]:
        assert {binding["activity"] for binding in row["binding"]} <= shown
        assert all(0 < binding["share"] <= 1 for binding in row["binding"])


def test_the_document_is_the_one_that_the_operation_declares(name: str) -> None:
    Passport.model_validate(example(name))


def test_no_look_up_lies_beyond_a_table(name: str) -> None:
    assert "table.overflow" not in {finding["code"] for finding in example(name)["findings"]}


def test_a_scenario_that_is_shown_leaves_the_base_as_it_was(name: str) -> None:
    """Scenarios and policies are measured beside the base, on its own futures."""
    with_scenarios, alone = example(name), passport_of(text_of(name), draws=20_000)
    for key in ("milestones", "value", "success", "answer"):
        assert with_scenarios[key] == alone[key]


def test_a_scenarios_milestones_and_value_differ_by_its_own_means(name: str) -> None:
    document = example(name)
    base = document["value"]["rnpv_usd"]["mean"]
    for row in document["scenarios"]:
        difference = row["rnpv_difference_usd"]["mean"]
        assert row["rnpv_usd"]["mean"] - base == pytest.approx(difference, abs=2), "each is rounded to a dollar"


def test_the_days_of_the_answer_are_days(name: str) -> None:
    document: Row = example(name)
    first = document["answer"]["next_approval"]
    assert first is None or date.fromisoformat(first["p10"]) >= date.fromisoformat(document["as_of"])


@settings(max_examples=50)
@given(parts=st.dictionaries(st.sampled_from("abcde"), st.floats(-1e9, 1e9), min_size=1))
def test_whole_dollars_still_sum_to_the_rounded_total(name: str, parts: dict[str, float]) -> None:
    assert name
    assert sum(_round_to_sum(parts).values()) == round(sum(parts.values()))
