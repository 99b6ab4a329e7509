"""What a biomarker is worth, and where the choice of design flips."""

from __future__ import annotations

import pytest

from onepill.evidence.enrichment import Costs, crossings, curves, price
from onepill.stats.enrichment import Assay, MeanOutcome, Terms, at_prevalence

TERMS = Terms()
SHARES = [share / 50 for share in range(1, 51)]


def test_cost_and_months_by_hand() -> None:
    costs = Costs(assay_usd=1_000, patient_usd=50_000, patients_per_month=20, follow_up_months=6)
    row = price("targeted", MeanOutcome(1.0, 0.0, 2.0), Assay(0.25), TERMS, costs)
    assert row is not None
    assert row.screened == pytest.approx(4 * row.randomised)
    assert row.cost_usd == pytest.approx(1_000 * row.screened + 50_000 * row.randomised)
    assert row.months == pytest.approx(row.screened / 20 + 6)


def test_the_flip_between_all_comers_and_targeted_in_closed_form() -> None:
    """Half the benefit in negatives, a perfect assay at a tenth of a patient's cost: 4 / (1 + p)^2 = 1 + 0.1 / p."""
    outcome, assay = MeanOutcome(1.0, 0.5, 2.0), Assay(0.5)
    costs = Costs(assay_usd=10_000, patient_usd=100_000, patients_per_month=20)
    found = curves(outcome, assay, TERMS, costs, prevalences=SHARES)
    pairs = [
        row
        for row in crossings(found, outcome, assay, TERMS, costs)
        if row.measure == "cost_usd" and {row.below, row.above} == {"all_comers", "targeted"}
    ]
    assert [(row.below, row.above) for row in pairs] == [("all_comers", "targeted"), ("targeted", "all_comers")]
    for row in pairs:
        assert 4 / (1 + row.prevalence) ** 2 == pytest.approx(1 + 0.1 / row.prevalence, rel=1e-5)


def test_at_a_crossing_both_designs_need_the_same_and_beside_it_they_do_not() -> None:
    outcome, assay = MeanOutcome(0.5, 0.2, 1.0), Assay(0.3, 0.9, 0.9)
    costs = Costs(2_000, 60_000, 30, 12)
    found = crossings(curves(outcome, assay, TERMS, costs, prevalences=SHARES), outcome, assay, TERMS, costs)
    assert found
    for row in found:
        at = [
            price(name, outcome, at_prevalence(assay, row.prevalence + move), TERMS, costs)
            for move in (0.0, -0.01, 0.01)
            for name in (row.below, row.above)
        ]
        values = [float(getattr(one, row.measure)) for one in at if one is not None]
        assert values[0] == pytest.approx(values[1], rel=1e-5)
        assert values[2] < values[3]
        assert values[4] > values[5]
