"""The network takes the back-tested review times, as they were known on the plan's day."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onepill.core.distributions import fixed
from onepill.pathway import FilingInput, Network
from onepill.pathway.review_clocks import REVIEW_CLASSES, STEP_AGENCY, STEP_NAMES
from onepill.pathway.review_model import fit_model
from onepill.pathway.review_times import ReviewTime, packaged_vintages, review_time, validated_review_time
from onepill.rulebook import load_rulebook
from onepill.rulebook.schema import ReviewClass, ReviewStep
from onepill.sim.plan import FAILED, SUCCEEDED, Draw
from tests.pathway.networks import AS_OF, filing, finish_days, network

NEW = frozenset({"nme", "new_active_substance", "chemical"})
DRAWS = 20_000
SPLIT = ((FAILED, 0.0), ("resubmit", 0.16), (SUCCEEDED, 0.84))


def used(found: Network) -> dict[str, ReviewTime]:
    """The review times of a network by their step."""
    return {use.review.step: use.review for use in found.clocks if use.review is not None}


def filed(name: str, *terms: str, **changes: object) -> FilingInput:
    return filing(name, terms=NEW | set(terms), **changes)


def review_days(found: Network, start: str, end: str, *, as_of: date = AS_OF) -> np.ndarray:
    first, last = (finish_days(found, name, draws=DRAWS, as_of=as_of) for name in (start, end))
    return np.asarray(last - first)


def test_the_rulebook_and_the_model_know_the_same_steps_and_classes() -> None:
    assert set(get_args(ReviewStep)) == set(STEP_AGENCY) == set(STEP_NAMES)
    assert set(get_args(ReviewClass)) == set(REVIEW_CLASSES)


def test_every_mapped_step_names_classes_that_its_step_has() -> None:
    """A class without reviews would silently take the forecast of a wider cell."""
    mapped = 0
    for procedure in load_rulebook().procedures():
        for step in procedure.steps:
            model = step.review_model
            for name in [*(name for name, _ in model.classes), model.otherwise] if model else ():
                newest = packaged_vintages(model.step)[-1].model
                assert name == "other" or f"{model.step}/{name}" in newest.cells
                mapped += 1
    assert mapped


@pytest.mark.parametrize(
    ("terms", "step", "review_class", "start", "end"),
    [
        ((), "fda.approval", "standard", "us.submission", "us.review_program"),
        (("priority",), "fda.approval", "priority", "us.submission", "us.review_program"),
        ((), "ema.opinion", "standard", "eu.validation", "eu.opinion"),
        (("accelerated_assessment",), "ema.opinion", "accelerated", "eu.validation", "eu.opinion"),
        (("conditional_approval",), "ema.opinion", "conditional", "eu.validation", "eu.opinion"),
        ((), "ema.decision", "other", "eu.opinion", "eu.decision"),
        (("supplement",), "ema.extension", "other", "eu.submission", "eu.assessment"),
    ],
)
def test_what_the_plan_predicts_is_what_was_tested(
    terms: tuple[str, ...], step: str, review_class: str, start: str, end: str
) -> None:
    found = network(filed(start[:2], *terms))
    expected = review_time(STEP_AGENCY[step], review_class, AS_OF, step=step, is_new_substance=True)
    assert used(found)[step] == expected
    days, points = review_days(found, start, end), dict(expected.quantiles)
    for prob in (0.1, 0.5, 0.9):
        # The share of draws at or below the quantile: four standard errors, and what one day of rounding holds.
        share = np.mean(days <= points[prob] + 0.5)
        assert share >= prob - 4 * (prob * (1 - prob) / DRAWS) ** 0.5
        assert np.mean(days < points[prob] - 0.5) <= prob + 4 * (prob * (1 - prob) / DRAWS) ** 0.5


def test_the_eu_tells_new_active_substances_from_generics() -> None:
    """Annex 10 holds both: a first opinion on a new substance takes more clock stops than one on a generic."""
    new, old = (used(network(filing("eu", terms=terms)))["ema.opinion"] for terms in (NEW, frozenset({"chemical"})))
    assert new.cell.endswith("standard/new active substance")
    assert old.cell.endswith("standard/known substance")
    whole = review_time("EMA", "standard", AS_OF)
    assert (new.n + old.n, whole.cell) == (whole.n, "ema.opinion/standard")
    assert dict(old.quantiles)[0.1] < dict(whole.quantiles)[0.1] < dict(new.quantiles)[0.1]


def test_an_old_substance_in_the_us_has_no_reviews_and_keeps_its_goal() -> None:
    found = network(filing("us", terms=frozenset({"chemical"})))
    assert not used(found)
    assert {use.rule_id: use.used_as for use in found.clocks}["us.fda.nda.review_from_receipt"] == "limit"


def test_too_few_reviews_leave_the_rulebooks_own_forecast() -> None:
    """Health Canada and PMDA have six and three reviews."""
    found = network(filed("ca"), filed("jp"))
    assert not used(found)
    forecasts = {use.rule_id for use in found.clocks if use.used_as == "forecast"}
    assert {"ca.hc.performance.median_approval", "jp.pmda.performance.median_approval_2021"} <= forecasts


def test_a_plan_before_the_first_reviews_keeps_the_rulebooks_own_forecast() -> None:
    """EMA's tables begin in 2015: a plan of 2014 does not know them, and knows FDA's reviews of the time."""
    found = network(filed("eu"), filed("us"), as_of=date(2014, 3, 1))
    assert set(used(found)) == {"ema.decision", "fda.approval"}
    assert "eu.ema.performance.start_to_opinion" in {use.rule_id for use in found.clocks}
    assert validated_review_time("ema.opinion", "standard", AS_OF, known_on=date(2014, 3, 1)) is None


@settings(deadline=None, max_examples=30)
@given(st.dates(date(2001, 1, 1), date(2035, 12, 31)))
def test_no_plan_knows_a_later_review(as_of: date) -> None:
    found = network(filed("us"), filed("eu"), as_of=as_of)
    assert used(found)
    assert all(review.knows_through <= as_of for review in used(found).values())
    for use in (use for use in found.clocks if use.review is not None):
        assert use.found.version.used_from <= as_of


def test_each_vintage_is_a_fit_of_what_had_ended(shared: Path) -> None:
    """The slow twin: fit the table again, without the reviews that ended later."""
    from tools.build_reviews import read_reviews

    cases = read_reviews(shared / "data")
    for day in (date(2003, 5, 5), date(2013, 12, 31), date(2016, 7, 1)):
        known = fit_model(
            [case for case in cases if case.ended <= date(day.year - (day < date(day.year, 12, 31)), 12, 31)]
        )
        found = review_time("FDA", "standard", day, known_on=day)
        cell = known.cell_name("fda.approval", "standard", day)
        assert (found.cell, found.n, found.knows_through) == (cell, known.cells[cell].n, known.through)
        assert [days for _, days in found.quantiles] == known.days("fda.approval", "standard", day).tolist()


def test_a_review_that_has_begun_takes_the_goal_and_the_regime_of_its_own_day() -> None:
    """FDA's 60 days to the filing date count for what was received from 2012-10-01."""
    as_of = date(2013, 7, 1)
    before, since = (
        used(network(filed("us", "priority", submitted=day), as_of=as_of))["fda.approval"]
        for day in (date(2012, 9, 30), date(2012, 10, 1))
    )
    assert before.cell.endswith("from 2002-10-01")
    assert (before.naive_days, since.naive_days) == (
        (date(2013, 3, 30) - date(2012, 9, 30)).days,
        (date(2013, 5, 30) - date(2012, 10, 1)).days,
    )


def test_what_is_left_of_a_review_depends_on_the_time_elapsed() -> None:
    """Submitted 400 days ago and not approved: the draw is the forecast beyond 400 days, from the day of submission."""
    submitted = AS_OF - timedelta(days=400)
    found = network(filed("us", submitted=submitted))
    days = finish_days(found, "us.approval", draws=DRAWS) - submitted.toordinal()
    expected = used(found)["fda.approval"].distribution.quantile(np.linspace(0.0005, 0.9995, 1000))
    left = expected[expected > 400]
    assert days.min() >= 400
    # The median of what is left, by the quantiles directly; a day of rounding on either side.
    assert np.median(days) == pytest.approx(np.median(left), abs=0.02 * np.median(left) + 1)


def test_what_stands_behind_a_review_time_is_on_file() -> None:
    use = next(use for use in network(filed("us")).clocks if use.review is not None)
    version, validation = use.found.version, use.review.validation
    assert use.rule_id == "review_times.fda.approval"
    assert (version.source_grade, version.source) == ("derived", use.review.source)
    assert f"n = {use.review.n}" in version.formula
    assert use.review.cell in version.note
    assert validation.n == 1048
    assert f"{validation.coverage_p10_p90:.1%} of 1,048 reviews" in version.note
    assert validation.coverage_low < 0.8 < validation.coverage_high


def test_split_cycles_are_not_counted_twice() -> None:
    """With the file's own first-cycle share the first cycle ends with the first letter and the second is added."""
    answer = Draw("filings.us.resubmission", fixed(250.0))
    found = network(filed("us", success=SPLIT, resubmission=answer, second_cycle="us.fda.resubmission"))
    assert set(used(found)) == {"fda.first_letter", "fda.resubmission"}
    days = review_days(found, "us.submission", "us.approval")
    first = review_days(found, "us.submission", "us.review_program")
    again = days > first
    assert np.mean(again) == pytest.approx(0.16, abs=4 * (0.16 * 0.84 / DRAWS) ** 0.5), "four standard errors"
    assert (days[again] - first[again]).min() > 250


def test_sacks_2014_a_second_cycle_takes_435_days_at_the_median() -> None:
    """JAMA 311:378-384: a median delay of 435 days from the first unsuccessful submission to approval. The applicant's
    share is set to meet it; within two weeks, since medians of two steps do not add exactly."""
    from onepill.workbench.common.defaults import ANSWER

    answer = Draw("filings.us.resubmission", ANSWER.distribution)
    found = network(filed("us", success=SPLIT, resubmission=answer, second_cycle="us.fda.resubmission"))
    days = review_days(found, "us.submission", "us.approval") - review_days(found, "us.submission", "us.review_program")
    assert np.median(days[days > 0]) == pytest.approx(435, abs=14)
    rule = load_rulebook().rule("us.fda.performance.second_cycle_delay")
    assert rule.on(AS_OF).value == 435


def test_shukla_2021_84_percent_of_approvals_of_2012_to_2018_took_one_cycle() -> None:
    """Biomedical and Pharmacology Journal 14(1): of 279 novel drugs 84 percent took one cycle and 58 percent priority
    review. In the total times a first cycle ends by its goal and an extension of three months; the two shares rest on
    different tables, and differ by three points at most."""
    day, by_class = date(2018, 1, 1), {}
    for name in ("priority", "standard"):
        time = review_time("FDA", name, day)
        probs, days = zip(*time.quantiles, strict=True)
        by_class[name] = np.interp(time.naive_days + 92, days, probs)
    assert 0.58 * by_class["priority"] + 0.42 * by_class["standard"] == pytest.approx(0.84, abs=0.03)


def test_two_cycles_at_the_published_share_come_near_the_total_time() -> None:
    """Two ways to the same quantity: total times of approved applications, and letters, answers and resubmissions
    mixed at 84 percent in the first cycle. They rest on different tables and agree within a tenth at the mean."""
    from onepill.workbench.common.defaults import ANSWER

    share = load_rulebook().rule("us.fda.performance.first_cycle_share").on(AS_OF).value
    split = ((FAILED, 0.0), ("resubmit", 1 - share), (SUCCEEDED, share))
    answer = Draw("filings.us.resubmission", ANSWER.distribution)
    two = network(filed("us", success=split, resubmission=answer, second_cycle="us.fda.resubmission"))
    total, mixed = (review_days(found, "us.submission", "us.approval") for found in (network(filed("us")), two))
    assert mixed.mean() == pytest.approx(total.mean(), rel=0.1)
    assert np.median(mixed) == pytest.approx(np.median(total), rel=0.1)


def test_before_any_letter_was_known_a_split_first_cycle_runs_on_its_clocks() -> None:
    """The rulebook's own forecast holds all cycles, so that it cannot stand for the first one."""
    answer = Draw("filings.us.resubmission", fixed(250.0))
    as_of = date(2001, 3, 1)
    found = network(filed("us", success=SPLIT, resubmission=answer, second_cycle="us.fda.resubmission"), as_of=as_of)
    assert not used(found)
    assert "us.fda.performance.nme_receipt_to_approval" not in {use.rule_id for use in found.clocks}
    filing_day = finish_days(found, "us.filing_review", as_of=as_of)[0]
    submitted = finish_days(found, "us.submission", as_of=as_of)[0]
    assert filing_day == submitted + 60, "sixty days to the filing date"


@pytest.mark.parametrize("as_of", [date(2005, 1, 1), date(2012, 1, 1), date(2024, 1, 1)])
def test_a_priority_review_was_the_shorter_one_at_every_time(as_of: date) -> None:
    priority, standard = (
        dict(review_time("FDA", name, as_of, known_on=as_of).quantiles)[0.5] for name in ("priority", "standard")
    )
    assert priority < standard
