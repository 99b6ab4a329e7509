"""The tested review times reach the passport, its page and the sums, each with what stands behind it."""

from __future__ import annotations

from typing import Literal

import pytest

from onepill.pathway.reviews import review_time
from onepill.reports import render_passport
from onepill.workbench.results.derive import explain
from tests.workbench.passports import Row, assembled, example, milestone, passport_of, text_of

FIRST_CYCLE = "  US: {route: nda, first_cycle_prob: 0.7, after: [phase_3]}"


def clocks(document: Row) -> dict[str, Row]:
    return {row["rule"]: row for row in document["clocks"]}


def test_a_review_time_says_what_stands_behind_it() -> None:
    row = clocks(example("tunlametinib"))["review_times.fda.approval"]
    assert (row["used_as"], row["nature"], row["source_grade"], row["jurisdiction"]) == (
        "forecast",
        "typical",
        "derived",
        "US",
    )
    assert row["name"]["zh"]
    assert row["source"]["url"].startswith("https://")
    review = row["review"]
    assert review["n"] < review["step_n"] == review["validated"]["n"] == 1048
    assert review["knows_through"] <= example("tunlametinib")["as_of"]
    time = review_time("FDA", "standard", assembled(text_of("tunlametinib")).filled.as_of)
    assert row["value"] == {f"p{round(100 * p)}": days for p, days in time.quantiles if p in (0.1, 0.5, 0.9)}


def test_a_rule_has_no_reviews_behind_it() -> None:
    rows = clocks(example("tunlametinib"))
    assert rows["jp.pmda.performance.median_approval_2021"]["review"] is None


def test_two_classes_of_one_step_are_two_rows() -> None:
    both = text_of("minimal").replace(
        "  US: {route: nda, after: [phase_3]}",
        "  US: {route: nda, after: [phase_3]}\n"
        "  US_fast: {jurisdiction: US, route: nda, designations: [priority], after: [phase_3]}",
    )
    rows = [row for row in passport_of(both)["clocks"] if row["rule"] == "review_times.fda.approval"]
    assert sorted(row["variant"].split("/")[1] for row in rows) == ["priority", "standard"]


def test_an_approval_day_is_followed_back_to_the_reviews() -> None:
    chain = {row["path"]: row for row in explain(example("tunlametinib"), "milestones.us.approval.p50")}
    row = chain["filings.us.review_program"]
    assert (row["origin"], row["source_grade"]) == ("registry", "derived")
    assert "80.2% of 1,048 reviews" in row["note"]
    assert row["source"]["title"].startswith("FDA CDER")


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "of 1,048 reviews ended within p10 to p90"), ("zh", "1,048件审评中")]
)
def test_the_page_says_how_the_back_test_went(lang: Literal["en", "zh"], said: str) -> None:
    assert said in render_passport(example("tunlametinib"), lang=lang)


def test_a_first_cycle_share_splits_the_cycles_with_each_part_on_file() -> None:
    text = text_of("minimal").replace("  US: {route: nda, after: [phase_3]}", FIRST_CYCLE)
    document, whole = passport_of(text, draws=20_000), example("minimal")
    rules = set(clocks(document))
    assert {"review_times.fda.first_letter", "review_times.fda.resubmission"} <= rules
    assert "review_times.fda.approval" not in rules
    rows = {row["path"]: row for row in document["provenance"]}
    assert rows["filings.us.resubmission"]["origin"] == "assumption"
    assert "435 days" in rows["filings.us.resubmission"]["note"]
    assert rows["filings.us.second_cycle.review"]["origin"] == "registry"
    shown = {row["id"] for row in document["activities"]}
    assert {"us.resubmission", "us.second_cycle.review"} <= shown
    # The share moves the day and never the chance: the same uniform decides.
    assert milestone(document, "us.approval")["prob"] == milestone(whole, "us.approval")["prob"]


def test_a_second_cycle_of_the_files_own_length_stays_one_span() -> None:
    own = FIRST_CYCLE.replace("first_cycle_prob: 0.7", "first_cycle_prob: 0.7, resubmission: 300 days")
    document = passport_of(text_of("minimal").replace("  US: {route: nda, after: [phase_3]}", own))
    shown = {row["id"] for row in document["activities"]}
    assert "us.resubmission" in shown
    assert "us.second_cycle.review" not in shown


def test_a_plan_of_2016_knows_the_reviews_of_2015() -> None:
    document = passport_of(text_of("minimal").replace("as_of: 2024-08-01", "as_of: 2016-08-01"))
    row = clocks(document)["review_times.fda.approval"]
    assert row["review"]["knows_through"].startswith("2015-12")
