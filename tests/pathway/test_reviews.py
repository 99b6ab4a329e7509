"""The packaged review times against their tables and against published medians."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onepill.core.errors import InputError
from onepill.pathway.review_clocks import MAIN_STEP, REVIEW_CLASSES, STEP_AGENCY
from onepill.pathway.review_model import fit_model
from onepill.pathway.reviews import (
    packaged_backtest,
    packaged_further,
    published_medians,
    read_cases,
    review_time,
    score,
)
from onepill.rulebook import load_rulebook
from tests.pathway.review_rows import EMA_ROW, FDA_ROW, case, table

LATER = st.dates(date(2000, 1, 1), date(2040, 12, 31))


def median(agency: str, review_class: str, day: date, *, step: str = "") -> float:
    return dict(review_time(agency, review_class, day, step=step).quantiles)[0.5]


def test_the_packaged_file_is_what_the_tables_give(shared: Path, repository: Path) -> None:
    from tools.build_reviews import render

    packaged = (repository / "src/onepill/pathway/data/review_times.json").read_text(encoding="utf-8")
    retrieved = json.loads(packaged)["sources"]["fda.approval"]["retrieved"]
    assert render(shared / "data", retrieved=retrieved) == packaged


def test_ema_table_of_2024_08_22_has_1104_decisions_with_a_median_of_61_days(shared: Path) -> None:
    from tools.build_reviews import read_ema_decisions

    days = [case.days for case in read_ema_decisions(shared / "data")]
    assert len(days) == 1104
    # The published summary of the table gives whole days.
    assert np.round(np.quantile(days, [0.1, 0.5, 0.9])).tolist() == [55, 61, 102]


@pytest.mark.parametrize(("agency", "review_class", "days"), [("FDA", "standard", 365), ("FDA", "priority", 242)])
def test_cirs_medians_of_2021_fda(agency: str, review_class: str, days: int) -> None:
    # Most reviews end within a week of the goal day, which holds the median.
    assert median(agency, review_class, date(2020, 7, 1)) == pytest.approx(days, abs=7)


def test_cirs_medians_of_2021_ema_are_within_a_tenth() -> None:
    rows = {(row.agency, row.review_class): row for row in published_medians()}
    # CIRS counts from submission, the model from validation, and medians of two steps do not add exactly.
    for review_class in ("standard", "accelerated"):
        row = rows["EMA", review_class]
        assert row.model_days == pytest.approx(row.published_days, rel=0.1)


def test_published_medians_are_those_of_the_rulebook() -> None:
    book = load_rulebook()
    expedited = frozenset({"priority", "accelerated_assessment"})
    for row in published_medians():
        conditions = frozenset() if row.review_class == "standard" else expedited
        assert book.rule(row.rule).on(date(2026, 1, 1), conditions=conditions).value == row.published_days


@pytest.mark.parametrize(("review_class", "longer"), [("standard", (40, 90)), ("priority", (40, 90))])
def test_the_filing_period_counts_from_october_2012(review_class: str, longer: tuple[int, int]) -> None:
    before = review_time("FDA", review_class, date(2012, 9, 30))
    since = review_time("FDA", review_class, date(2012, 10, 1))
    assert longer[0] <= since.naive_days - before.naive_days <= longer[1]
    assert (before.cell[-10:], since.cell[-10:]) == ("2002-10-01", "2012-10-01")


@settings(deadline=None)
@given(LATER, st.sampled_from(sorted(MAIN_STEP)), st.sampled_from(REVIEW_CLASSES))
def test_quantiles_rise_and_the_sample_is_told(day: date, agency: str, review_class: str) -> None:
    time = review_time(agency, review_class, day)
    days = [value for _, value in time.quantiles]
    assert days == sorted(days)
    assert days[0] > 0
    assert time.n >= 1
    assert time.is_validated is (time.step_n >= 10)
    assert float(time.distribution.quantile(0.5)) == dict(time.quantiles)[0.5]
    assert review_time(agency, review_class, day) == time


def test_expedited_reviews_are_faster() -> None:
    day = date(2026, 1, 1)
    assert median("FDA", "priority", day) < median("FDA", "standard", day)
    assert median("EMA", "accelerated", day) < median("EMA", "standard", day)
    assert median("FDA", "other", day, step="fda.resubmission") < median("FDA", "other", day, step="fda.first_letter")


def test_few_reviews_say_so() -> None:
    time = review_time("NMPA", "standard", date(2026, 1, 1))
    assert not time.is_validated
    assert "not validated: 3 reviews" in time.note
    assert "is used instead" in time.note


@pytest.mark.parametrize(
    ("arguments", "step", "code"),
    [
        (("MHRA", "standard"), "", "review.agency_unknown"),
        (("FDA", "rapid"), "", "review.class_unknown"),
        (("FDA", "standard"), "ema.opinion", "review.step_unknown"),
    ],
)
def test_what_has_no_reviews_is_an_error(arguments: tuple[str, str], step: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        review_time(*arguments, date(2026, 1, 1), step=step)
    assert [found.code for found in caught.value.findings] == [code]


def test_cross_validation_covers_80_percent_and_beats_the_clock() -> None:
    row = packaged_backtest()
    assert row["n"] == 1730
    assert row["coverage_low"] <= 0.8 <= row["coverage_high"]
    for agency in ("FDA", "EMA"):
        figures = row["by_agency"][agency]
        assert figures["coverage_low"] <= 0.8 <= figures["coverage_high"]
        assert figures["pinball"] < figures["pinball_naive"] / 2
        assert row["beside"]["by_agency"][agency]["pinball"] < row["beside"]["by_agency"][agency]["pinball_naive"]
    assert sum(group["n"] for group in row["by_agency"].values()) == row["n"]
    assert row["apart"]["ema.decision"]["n"] == 1104
    assert row["apart"]["ema.decision"]["pinball"] < row["apart"]["ema.decision"]["pinball_naive"]


def test_the_shipped_model_scores_its_own_table(shared: Path) -> None:
    cases = read_cases((shared / "data/approvals/review_cases.csv").read_text(encoding="utf-8"))
    headline = score(cases).headline
    assert headline.overall is not None
    assert headline.overall.n == 1730
    # In sample a model cannot do much worse than in cross-validation; half a day is the rounding of ratios and days.
    assert headline.overall.pinball <= packaged_backtest()["pinball"] + 0.5


def test_a_class_that_the_model_does_not_know_takes_the_forecast_of_an_unknown_one() -> None:
    rolling = score(read_cases(table([{**EMA_ROW, "review_class": "rolling"}]))).headline
    unknown = score(read_cases(table([{**EMA_ROW, "review_class": "other"}]))).headline
    assert rolling.overall == unknown.overall
    assert list(rolling.by_review_class) == ["rolling"]


def test_other_agencies_are_counted_and_not_scored() -> None:
    row = score(read_cases(table([EMA_ROW, {**FDA_ROW, "agency": "MHRA"}]))).as_row()
    assert (row["n"], row["not_scored"]) == (1, {"no reviews of MHRA behind the model": 1})


LATER_ROW = {
    **FDA_ROW,
    "case_id": "FDA-2",
    "submitted": "2020-01-01",
    "decided": "2020-12-30",
    "source_url": "https://www.example.org/a",
}


def test_further_reviews_are_scored_and_those_already_learned_are_not() -> None:
    from tools.build_reviews import score_further

    learned = [case(300 + n, number=n) for n in range(40)]
    twin = case(310, number=99)
    further = [replace(twin, source_url="https://one.org/x"), *read_cases(table([LATER_ROW], extra=("source_url",)))]
    row = score_further(further, learned=learned, model=fit_model(learned))
    assert (row["n"], row["already_learned"]) == (1, 1)
    assert {site: found["n"] for site, found in row["by_source"].items()} == {"www.example.org": 1}


def test_further_reviews_of_the_package_have_their_sources_and_their_table(repository: Path) -> None:
    from tools.build_reviews import read_further, with_further

    further = read_further()
    assert len({found.case_id for found in further}) == len(further)
    assert all(found.source_url.startswith("http") for found in further)
    page = (repository / "docs/methods/review-times.md").read_text(encoding="utf-8")
    assert with_further(page, packaged_further()) == page
    assert packaged_further()["n"] + packaged_further()["already_learned"] <= len(further)


def test_every_number_of_the_page_is_the_packaged_one(repository: Path) -> None:
    page = (repository / "docs/methods/review-times.md").read_text(encoding="utf-8")
    row = packaged_backtest()
    for run in (row, row["beside"]):
        for name, figures in [("all", run), *run["by_agency"].items(), *run["by_step"].items(), *run["apart"].items()]:
            low, high = (f"{100 * figures[key]:.1f}" for key in ("coverage_low", "coverage_high"))
            band = f"{100 * figures['coverage_p10_p90']:.1f} ({low} to {high})"
            line = f"| {name} | {figures['n']:,} | {band} | {figures['pinball']:.1f} | {figures['pinball_naive']:.1f} |"
            assert line in page, line


def test_each_step_has_its_source() -> None:
    for step, agency in STEP_AGENCY.items():
        time = review_time(agency, "other", date(2026, 1, 1), step=step)
        assert time.source.title
        assert time.source.url.startswith("https://")
        assert time.grade == "derived"
