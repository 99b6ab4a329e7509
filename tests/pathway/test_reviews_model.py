"""Clocks of reviews, and quantiles by cell."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onepill.core.errors import InputError
from onepill.pathway.review_clocks import CLOCKS, REVIEW_CLASSES, STEP_AGENCY, review_clock
from onepill.pathway.review_model import (
    LEAN_ON_WIDER,
    PROBS,
    RECEIPT_REGIMES,
    cell_names,
    fit_model,
    truncated_quantiles,
)
from onepill.rulebook import load_rulebook
from tests.pathway.review_rows import case

DAYS = st.dates(date(1980, 1, 1), date(2040, 12, 31))
CONDITIONS = {"priority": {"priority"}, "accelerated": {"accelerated_assessment"}, "conditional": {"noc_c"}}


def naive(step: str, review_class: str, day: date) -> int:
    return review_clock(step, review_class, day).days_from(day)


@pytest.mark.parametrize(
    ("review_class", "day_before", "days_before", "days_since"),
    [
        ("standard", date(2012, 9, 30), 303, 364),
        ("priority", date(2012, 9, 30), 181, 241),
        ("standard", date(2001, 9, 30), 365, 304),
        ("priority", date(1997, 9, 30), 365, 182),
        ("standard", date(1992, 9, 30), 180, 365),
    ],
)
def test_fda_goals_on_the_day_before_and_the_day_of_a_change(
    review_class: str, day_before: date, days_before: int, days_since: int
) -> None:
    assert naive("fda.approval", review_class, day_before) == days_before
    assert naive("fda.approval", review_class, day_before + timedelta(days=1)) == days_since


@pytest.mark.parametrize("clock", [clock for clock in CLOCKS if clock.rules], ids=lambda clock: clock.step)
def test_clocks_are_those_of_the_rulebook(clock) -> None:  # type: ignore[no-untyped-def]
    book = load_rulebook()
    day = max(clock.first or date(2026, 1, 1), date(2012, 10, 1))
    conditions = set(CONDITIONS.get(clock.review_class, ()))
    if clock.step == "ema.extension":
        conditions.add("supplement")
    values = [book.rule(name).on(day, conditions=frozenset(conditions)) for name in clock.rules]
    assert [values[-1].value, values[-1].unit[:4]] == [
        clock.count,
        {"wd": "work", "days": "cale"}.get(clock.unit, "mont"),
    ]
    assert sum(value.value for value in values[:-1]) == clock.offset_days


def test_every_clock_without_a_rule_has_an_address() -> None:
    assert all(clock.rules or clock.source.startswith("https://") for clock in CLOCKS)


@settings(deadline=None)
@given(DAYS, st.sampled_from(sorted(STEP_AGENCY)), st.sampled_from(REVIEW_CLASSES))
def test_every_step_and_class_has_a_clock(day: date, step: str, review_class: str) -> None:
    if step == "nmpa.decision" and not 2000 <= day.year < 2040:
        return
    assert 30 <= naive(step, review_class, day) <= 400


def test_an_unknown_step_is_an_error() -> None:
    with pytest.raises(InputError, match="no review step"):
        review_clock("fda.magic", "standard", date(2020, 1, 1))


def _slow_distribution(values: list[int], limits: list[int], at: int) -> float:
    """Lynden-Bell's product, term by term, as its definition reads."""
    share = 1.0
    for point in sorted({value for value in values if value > at}):
        at_risk = [v for v, limit in zip(values, limits, strict=True) if v <= point <= limit]
        if len(at_risk) >= min(5, sum(v <= point for v in values)):
            share *= 1 - at_risk.count(point) / len(at_risk)
    return share


PAIRS = st.lists(st.tuples(st.integers(1, 30), st.integers(0, 30)), min_size=1, max_size=40)


@settings(deadline=None)
@given(PAIRS)
def test_truncated_quantiles_are_those_of_the_slow_product(pairs: list[tuple[int, int]]) -> None:
    values = [value for value, _ in pairs]
    limits = [value + more for value, more in pairs]
    fast = truncated_quantiles(values, limits, PROBS)
    for prob, quantile in zip(PROBS, fast, strict=True):
        reached = [point for point in sorted(set(values)) if _slow_distribution(values, limits, point) >= prob - 1e-12]
        assert quantile == reached[0]


@settings(deadline=None)
@given(st.lists(st.integers(1, 1000), min_size=1, max_size=60))
def test_without_limits_the_quantiles_are_the_plain_ones(values: list[int]) -> None:
    plain = np.quantile(values, PROBS, method="inverted_cdf")
    assert truncated_quantiles(values, [10_000] * len(values), PROBS) == pytest.approx(plain)


def test_truncation_is_undone_where_the_truth_is_known() -> None:
    # Received evenly over 1,000 days, lasting 1 to 1,000 days, seen if ended by day 1,000: the true median is 500.
    seen = [
        (days, 1000 - start) for start in range(0, 1000, 20) for days in range(10, 1001, 20) if start + days <= 1000
    ]
    values, limits = zip(*seen, strict=True)
    assert np.median(values) == pytest.approx(290, abs=10)
    # The limits reach every duration only from the first receipt day, so the grid's step is the tolerance.
    assert truncated_quantiles(values, limits, [0.5])[0] == pytest.approx(500, abs=20)


def test_a_cell_leans_on_the_wider_one_by_its_count() -> None:
    wide = [case(365, number=number, started=date(2013, 1, 1)) for number in range(20)]
    own = [case(730, number=100 + number, step="pmda.decision") for number in range(3)]
    model = fit_model([*wide, *own])
    everything = np.asarray(model.cells["all"].ratios)
    ratio = 730 / naive("pmda.decision", "standard", date(2013, 1, 1))
    whole = (3 * ratio + LEAN_ON_WIDER * everything) / (3 + LEAN_ON_WIDER)
    # Ratios are kept to four places.
    assert model.cells["pmda.decision"].ratios == pytest.approx(whole, abs=1e-4)


def test_withdrawn_and_set_aside_cases_teach_nothing() -> None:
    from dataclasses import replace

    cases = [case(300 + number, number=number) for number in range(30)]
    strange = replace(case(4000, number=99), outcome="withdrawn")
    aside = replace(case(4000, number=98), set_aside="reason")
    assert fit_model([*cases, strange, aside]) == fit_model(cases)


@settings(deadline=None)
@given(st.lists(st.integers(10, 3000), min_size=1, max_size=40), st.randoms(use_true_random=False))
def test_a_model_does_not_depend_on_the_order_and_its_quantiles_rise(lengths: list[int], random) -> None:  # type: ignore[no-untyped-def]
    cases = [
        case(days, number=number, started=date(1990, 1, 1) + timedelta(days=300 * number))
        for number, days in enumerate(lengths)
    ]
    model = fit_model(cases)
    random.shuffle(cases)
    assert fit_model(cases) == model
    for first in (date(1985, 1, 1), *RECEIPT_REGIMES["fda.approval"]):
        days = model.days("fda.approval", "standard", first)
        assert (np.diff(days) >= 0).all()


@pytest.mark.parametrize("first", RECEIPT_REGIMES["fda.approval"])
def test_a_regime_begins_on_its_first_day(first: date) -> None:
    name = cell_names("fda.approval", "priority", first)[0]
    assert name == f"fda.approval/priority/from {first}"
    assert cell_names("fda.approval", "priority", first - timedelta(days=1))[0] != name


def test_a_class_that_is_not_shown_has_no_cell_of_its_own() -> None:
    assert cell_names("ema.opinion", "other", date(2016, 1, 1)) == ["ema.opinion", "all"]
