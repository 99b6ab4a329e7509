"""Enrichment: printed ratios of Simon and Maitournam, simulated trials, the error whatever the choice, laws."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri

from onepill.stats.enrichment import (
    Assay,
    EventOutcome,
    MeanOutcome,
    RateOutcome,
    Terms,
    adaptive,
    adaptive_chances,
    all_comers,
    operating,
    targeted,
)
from onepill.stats.fixed import events_for_hazards, patients_for_rates
from onepill.workbench.operations import operation

TERMS = Terms()
SHARES = st.floats(0.05, 0.95)


@pytest.mark.parametrize(
    ("prevalence", "negative", "randomised", "screened"),
    [(0.25, 0.0, 16.0, 4.0), (0.5, 0.0, 4.0, 2.0), (0.25, 0.5, 2.56, 0.64), (0.5, 0.5, 16 / 9, 8 / 9)],
)
def test_simon_and_maitournam_2004_ratios_of_patients_with_a_perfect_assay(
    prevalence: float, negative: float, randomised: float, screened: float
) -> None:
    """All comers over targeted: 1 / p^2 without, 4 / (1 + p)^2 with half the benefit in negatives; screened p times."""
    outcome, assay = MeanOutcome(1.0, negative, 2.0), Assay(prevalence)
    everybody, chosen = all_comers(outcome, assay, TERMS), targeted(outcome, assay, TERMS)
    assert everybody is not None
    assert chosen is not None
    assert everybody.randomised / chosen.randomised == pytest.approx(randomised, rel=1e-12)
    assert everybody.randomised / chosen.screened == pytest.approx(screened, rel=1e-12)


def test_an_assay_that_errs_by_hand() -> None:
    assay = Assay(0.25, sensitivity=0.8, specificity=0.9)
    assert assay.positive_share == pytest.approx(0.25 * 0.8 + 0.75 * 0.1)
    assert assay.predictive_value == pytest.approx(0.2 / 0.275)
    assert assay.missed_share == pytest.approx(0.05 / 0.725)
    assert Assay(1.0).missed_share == 0


def test_sizes_of_rates_and_events_are_those_of_fixed_designs() -> None:
    everybody = all_comers(RateOutcome(0.2, 0.5, 0.3), Assay(0.5), TERMS)
    assert everybody is not None
    assert everybody.randomised == pytest.approx(patients_for_rates(0.4, 0.2, alpha=0.025, power=0.9), rel=1e-6)
    events = targeted(EventOutcome(0.7, 1.0, 0.6), Assay(0.4), TERMS)
    assert events is not None
    assert events.randomised * 0.6 == pytest.approx(events_for_hazards(0.7, alpha=0.025, power=0.9), rel=1e-12)
    assert events.screened == pytest.approx(events.randomised / 0.4)
    assert events.assayed == events.screened


def simulated(
    drifts: tuple[float, float, float], share: float, *, interim: float, below: float, trials: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Whether each of many trials enriches, rejects for everybody, and rejects for positive assays."""
    rng = np.random.default_rng(5)
    positive, negative, whole = drifts
    critical = -ndtri(0.025)
    z_pos = positive * math.sqrt(interim * share) + rng.normal(size=trials)
    z_neg = negative * math.sqrt(interim * (1 - share)) + rng.normal(size=trials)
    z_all = math.sqrt(share) * z_pos + math.sqrt(1 - share) * z_neg
    p_pos, p_all = ndtr(-z_pos), ndtr(-z_all)
    simes = np.minimum(2 * np.minimum(p_pos, p_all), np.maximum(p_pos, p_all))
    enriches = z_neg < below
    own = np.where(enriches, p_pos, p_all)
    after = np.where(enriches, positive, whole) * math.sqrt(1 - interim) + rng.normal(size=trials)
    both = [math.sqrt(interim) * -ndtri(p) + math.sqrt(1 - interim) * after > critical for p in (own, simes)]
    rejects = both[0] & both[1]
    return enriches, rejects & ~enriches, rejects & enriches


@pytest.mark.parametrize(
    ("positive", "negative", "share", "interim", "below"),
    [(3.0, 1.0, 0.3, 0.5, 0.0), (4.0, 0.0, 0.5, 0.3, 0.5), (3.5, -1.0, 0.6, 0.7, -0.5), (0.0, 0.0, 0.4, 0.5, 1.0)],
)
def test_chances_of_the_adaptive_design_agree_with_simulated_trials(
    positive: float, negative: float, share: float, interim: float, below: float
) -> None:
    drifts = (positive, negative, share * positive + (1 - share) * negative)
    found = adaptive_chances(*drifts, positive_share=share, alpha=0.025, interim_share=interim, enrich_below=below)
    trials = 400_000
    seen = [group.mean() for group in simulated(drifts, share, interim=interim, below=below, trials=trials)]
    for chance, mean in zip((found.enrich_prob, found.everybody_prob, found.positive_prob), seen, strict=True):
        assert chance == pytest.approx(mean, abs=4 * math.sqrt(0.25 / trials))


@given(SHARES, st.floats(0.1, 0.9), st.floats(-3, 3))
@settings(max_examples=60, deadline=None)
def test_without_any_effect_the_error_is_kept_whatever_the_choice(share: float, interim: float, below: float) -> None:
    found = adaptive_chances(
        0.0, 0.0, 0.0, positive_share=share, alpha=0.025, interim_share=interim, enrich_below=below
    )
    assert 0 < found.success_prob <= 0.025 + 1e-4


@given(SHARES, st.floats(0.1, 0.9), st.floats(-3, 3), st.floats(0, 5))
@settings(max_examples=60, deadline=None)
def test_a_claim_for_everybody_is_rarely_false_where_positives_alone_benefit(
    share: float, interim: float, below: float, positive: float
) -> None:
    """The negatives are harmed as much as the positives benefit: everybody together has no effect."""
    negative = -positive * share / (1 - share)
    assume(negative > -20)
    found = adaptive_chances(
        positive, negative, 0.0, positive_share=share, alpha=0.025, interim_share=interim, enrich_below=below
    )
    assert found.everybody_prob <= 0.025 + 1e-4


@given(SHARES, st.floats(0.5, 1), st.floats(0.5, 1), st.floats(0, 1))
@settings(max_examples=25, deadline=None)
def test_each_design_has_the_power_asked_for(
    prevalence: float, sensitivity: float, specificity: float, negative: float
) -> None:
    outcome, assay = MeanOutcome(1.0, negative, 2.0), Assay(prevalence, sensitivity, specificity)
    found = adaptive(outcome, assay, TERMS)
    assert found is not None
    assert operating(outcome, assay, TERMS, found.randomised).success_prob == pytest.approx(0.9, abs=1e-6)
    for design, share in ((all_comers, prevalence), (targeted, assay.predictive_value)):
        needed = design(outcome, assay, TERMS)
        assert needed is not None
        drift = outcome.effect(share) / outcome.sd * math.sqrt(needed.randomised) / 2
        assert ndtr(drift + ndtri(0.025)) == pytest.approx(0.9, abs=1e-9)
        assert needed.screened >= needed.randomised * (1 - 1e-12)


def test_a_better_assay_never_needs_more_patients_to_be_randomised() -> None:
    outcome = MeanOutcome(1.0, 0.2, 2.0)
    sizes = [targeted(outcome, Assay(0.3, 0.9, specificity), TERMS) for specificity in (0.5, 0.7, 0.9, 1.0)]
    counts = [size.randomised for size in sizes if size is not None]
    assert len(counts) == 4
    assert counts == sorted(counts, reverse=True)


def test_harm_in_negatives_leaves_all_comers_without_a_size() -> None:
    outcome, assay = MeanOutcome(1.0, -1.0, 2.0), Assay(0.3)
    assert all_comers(outcome, assay, TERMS) is None
    assert targeted(outcome, assay, TERMS) is not None
    assert adaptive(outcome, assay, TERMS) is not None


def test_where_everybody_tests_positive_the_adaptive_design_is_that_of_all_comers() -> None:
    outcome, assay = MeanOutcome(1.0, 0.0, 2.0), Assay(1.0)
    found, everybody = adaptive(outcome, assay, TERMS), all_comers(outcome, assay, TERMS)
    assert found is not None
    assert everybody is not None
    assert found.randomised == pytest.approx(everybody.randomised, rel=1e-6)


def test_screened_and_assayed_of_the_adaptive_design_by_hand() -> None:
    """Everybody is assayed before the choice; after it, to enrich takes 1 / q assays for each patient."""
    outcome, assay = MeanOutcome(1.0, 0.0, 2.0), Assay(0.3, 0.9, 0.8)
    terms = Terms(interim_share=0.4, enrich_below=0.5)
    found = adaptive(outcome, assay, terms)
    assert found is not None
    chance = operating(outcome, assay, terms, found.randomised).enrich_prob
    first, second, share = 0.4 * found.randomised, 0.6 * found.randomised, 0.3 * 0.9 + 0.7 * 0.2
    assert found.enrich_prob == chance
    assert found.assayed == pytest.approx(first + second * chance / share)
    assert found.screened == pytest.approx(first + second * (1 - chance) + second * chance / share)


def test_designs_that_are_the_same_do_not_cross() -> None:
    """Where everybody tests positive all designs are one: what differs is rounding."""
    found = operation("design enrichment")
    money = {"patient_cost_usd": 50_000, "assay_cost_usd": 0.0, "accrual_per_month": 20}
    fields = {"rates": [0.4, 0.3, 0.2], "prevalence": 0.3, "specificity": 0.0, **money}
    crossings = found.ask(found.question.model_validate(fields))["crossings"]
    assert [row for row in crossings if row["measure"] != "cost_usd"] == []
