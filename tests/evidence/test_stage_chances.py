"""Evidence about the drug: published ratios come out again, and what must hold whatever is known."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from onepill.core.errors import InputError
from onepill.core.provenance import Source
from onepill.evidence import (
    Effect,
    Fact,
    Known,
    Profile,
    Response,
    StageChance,
    Switches,
    chance_median,
    factor,
    factor_ids,
    gate_draws,
    published_table,
    stage_chance,
    switch_names,
)
from onepill.evidence.factors import effect_shift, relative_success_shift, share_shift
from onepill.model.known_evidence import SWITCHES
from onepill.stats.overlapping_cuts import expit, logit

BIO, WONG = published_table("bio"), published_table("wong")
SOURCE = Source("a paper")
YES, NO = Fact(True, SOURCE, "x"), Fact(False, SOURCE, "x")
PROFILE = Profile("oncology", modality="small_molecule", novelty="nme")
GOOD = Effect(0.5, 0.1, 0.36, SOURCE, "x")
FACTS = st.sampled_from([None, YES, NO])
EFFECTS = st.none() | st.builds(
    Effect,
    estimate=st.floats(-1.5, 1.5),
    standard_error=st.floats(0.05, 0.6),
    target=st.floats(0.1, 0.8),
    source=st.just(SOURCE),
)
RESPONSES = st.none() | st.builds(
    Response,
    share=st.floats(0, 1),
    n=st.integers(5, 300),
    control_share=st.floats(0.02, 0.3),
    target_share=st.floats(0.35, 0.8),
    source=st.just(SOURCE),
)
KNOWN = st.builds(
    Known,
    genetic_support=FACTS,
    proof_of_mechanism=FACTS,
    class_precedent=FACTS,
    breakthrough=st.sampled_from([{}, {"US": YES}, {"CN": YES}, {"CN": YES, "US": NO}]),
    phase_2_effect=EFFECTS,
    response_rate=RESPONSES,
)
KINDS = st.sampled_from(["phase_1", "phase_1_2", "phase_2", "phase_2_3", "phase_3", "filing"])
ALL_ON = Switches(on=frozenset(factor_ids()))
ON = st.sampled_from([Switches(), ALL_ON])


def chance(kind: str, known: Known | None = None, **more: Any) -> StageChance:
    found = stage_chance(kind, more.pop("profile", PROFILE), table=more.pop("table", BIO), known=known, **more)
    assert found is not None
    return found


@pytest.mark.parametrize("table", [BIO, WONG], ids=["bio", "wong"])
def test_minikel_2024_supported_programmes_reach_launch_2_62_times_as_often_as_others(table: Any) -> None:
    """188 of 666 supported pairs were launched; the ratio to the others comes out over all gates of the table."""
    spans = []
    for fact in (YES, NO):
        shifts = chance("phase_2", Known(genetic_support=fact), table=table).shifts
        shift = shifts["genetic_support"].value
        acts = ("phase_2", "phase_3")
        spans.append(
            math.prod(
                expit(logit(p) + shift) if gate.partition("_to_")[0] in acts else p
                for gate, (p, _) in table.overall.items()
            )
        )
    assert spans[0] / spans[1] == pytest.approx(2.62, rel=1e-9)
    supported = 666 / 13_022
    mixed = supported * spans[0] + (1 - supported) * spans[1]
    average = math.prod(p for p, _ in table.overall.values())
    assert mixed == pytest.approx(average, rel=1e-9), "the table's average holds both: nothing is counted twice"


def test_minikel_2024_counts_give_the_ratio_that_is_on_file() -> None:
    """188 of 666 with support; the ratio of 2.62 then leaves 10.8 % without, and 2.6 is what the abstract prints."""
    from onepill.evidence.factors import _document

    entry = _document()["factors"]["genetic_support"]
    assert entry["counts"]["supported"] == entry["supported"]["n"] == 666
    with_support = entry["counts"]["launched"] / entry["counts"]["supported"]
    assert with_support / entry["ratio"]["value"] == pytest.approx(0.108, abs=0.0005)
    # Katz limits: exp(log ratio +- 1.96 sqrt(1/188 - 1/666 + the others' share)), the others being far more.
    error = math.sqrt(1 / 188 - 1 / 666)
    limits = [2.62 * math.exp(side * 1.96 * error) for side in (-1, 1)]
    assert limits == pytest.approx([entry["ratio"]["low"], entry["ratio"]["high"]], rel=0.02)


def test_a_relative_success_is_no_ratio_of_odds() -> None:
    """Set on the odds of phases 2 and 3 both, a ratio of 2.62 would overshoot where chances are low and differ."""
    shift = relative_success_shift(
        2.62, supported_share=666 / 13_022, has_it=True, reference=BIO.overall, name="genetic_support"
    )
    assert math.exp(shift) != pytest.approx(2.62, abs=0.005)
    assert 2 < math.exp(shift) < 3.2


def test_breakthrough_drugs_reach_approval_from_phase_3_as_often_as_published() -> None:
    """72 % of the designations of 2013 to 2022 were approved."""
    shift = share_shift(0.72, reference=BIO.overall, name="breakthrough")
    p3, filing = BIO.overall["phase_3_to_filing"][0], BIO.overall["filing_to_approval"][0]
    assert expit(logit(p3) + shift) * filing == pytest.approx(0.72, rel=1e-9)


@settings(max_examples=60)
@given(
    st.floats(-1, 1.5),
    st.floats(0.05, 0.5),
    st.floats(0.1, 0.8),
    st.floats(0.05, 0.85),
    st.floats(0.1, 1.5),
)
def test_the_effects_shift_is_bayes_rule_written_out(x: float, se: float, target: float, base: float, h: float) -> None:
    """A slow twin: likelihoods of scipy conditional on phase 2 passed, two worlds, their powers."""
    sd, limit = math.hypot(se, h * target), norm.ppf(0.9) * se
    works, not_ = (norm.pdf(x, m, sd) / norm.sf(limit, m, sd) for m in (target, 0.0))
    prior = (base - 0.025) / (0.9 - 0.025)
    posterior = prior * works / (prior * works + (1 - prior) * not_)
    expected = posterior * 0.9 + (1 - posterior) * 0.025
    shift = effect_shift(Effect(x, se, target), heterogeneity=h, base_prob=base)
    assert expit(logit(base) + shift) == pytest.approx(expected, abs=2e-3), "its logarithm is kept within 12"
    assert 0.025 - 1e-9 <= expit(logit(base) + shift) <= 0.9 + 1e-9


def test_an_effect_says_nothing_on_average_over_programmes_that_passed_phase_2() -> None:
    """The mean of the updated chance over all effects that such programmes show is the chance before (no bias)."""
    base, se, target, h = 0.446, 0.15, 0.36, 0.5
    prior, sd, limit = (base - 0.025) / 0.875, math.hypot(se, h * target), norm.ppf(0.9) * se
    grid = np.linspace(limit, 3, 20_001)
    density = sum(
        weight * norm.pdf(grid, m, sd) / norm.sf(limit, m, sd) for weight, m in ((prior, target), (1 - prior, 0.0))
    )
    updated = [expit(logit(base) + effect_shift(Effect(x, se, target), heterogeneity=h, base_prob=base)) for x in grid]
    assert np.trapezoid(density, grid) == pytest.approx(1, abs=1e-6)
    assert np.trapezoid(density * np.array(updated), grid) == pytest.approx(base, abs=1e-6)


@settings(max_examples=80)
@given(KNOWN, KINDS, ON, st.sampled_from([BIO, WONG]))
def test_more_favourable_evidence_never_lowers_the_chance(known: Known, kind: str, on: Switches, table: Any) -> None:
    before = stage_chance(kind, PROFILE, table=table, known=known, switches=on)
    if before is None:
        return
    better = [replace(known, **{name: YES}) for name in ("genetic_support", "proof_of_mechanism", "class_precedent")]
    better.append(replace(known, breakthrough={**known.breakthrough, "US": YES}))
    if known.phase_2_effect:
        up = replace(known.phase_2_effect, estimate=known.phase_2_effect.estimate + 0.2)
        better.append(replace(known, phase_2_effect=up))
    if known.response_rate:
        up_share = min(known.response_rate.share + 0.1, 1)
        better.append(replace(known, response_rate=replace(known.response_rate, share=up_share)))
    for more in better:
        after = stage_chance(kind, PROFILE, table=table, known=more, switches=on)
        assert after is not None
        assert after.prob >= before.prob - 1e-12


@settings(max_examples=60)
@given(KNOWN, KINDS, ON)
def test_what_rests_on_the_same_data_updates_once(known: Known, kind: str, on: Switches) -> None:
    found = chance(kind, known, switches=on)
    used = [a for a in found.adjustments if a.is_used and a.item.factor.group == "effect"]
    assert len(used) <= 1
    acting = [a for a in found.adjustments if a.is_on and a.item.factor.group == "effect" and a.shift.value]
    if acting:
        assert used[0].shift.value == max((a.shift.value for a in acting), key=abs)
        assert all(a.told_by == used[0].item.factor.id for a in acting if a is not used[0])


@settings(max_examples=60)
@given(KNOWN, KINDS, ON)
def test_the_order_of_factors_does_not_matter(known: Known, kind: str, on: Switches) -> None:
    found = chance(kind, known, switches=on)
    assert chance_median(found.gates, reversed(found.adjustments)) == pytest.approx(found.prob, rel=1e-12)
    one = [gate_draws(gate, [a for a in found.adjustments if a.is_used]) for gate in found.gates]
    other = [gate_draws(gate, [a for a in reversed(found.adjustments) if a.is_used]) for gate in found.gates]
    assert np.allclose(one, other, rtol=1e-12)


@settings(max_examples=60)
@given(KNOWN, KINDS)
def test_with_every_factor_switched_off_the_chance_is_the_base(known: Known, kind: str) -> None:
    found = chance(kind, known, switches=Switches(off=frozenset(factor_ids())))
    plain = chance(kind)
    assert (found.prob, found.low, found.high) == (found.base, found.base_low, found.base_high)
    assert (found.prob, found.low, found.high) == (plain.prob, plain.low, plain.high)


@settings(max_examples=60)
@given(KNOWN, KINDS, ON)
def test_limits_enclose_the_chance(known: Known, kind: str, on: Switches) -> None:
    found = chance(kind, known, switches=on)
    assert 0 < found.low <= found.prob <= found.high < 1
    assert 0 < found.base_low <= found.base <= found.base_high < 1


def test_each_factor_is_switched_off_by_its_own_name() -> None:
    known = Known(YES, YES, YES, {"US": YES}, GOOD, Response(0.6, 100, 0.07, 0.3, SOURCE))
    every = chance("phase_2_3", known, switches=ALL_ON)
    assert {a.item.factor.id for a in every.adjustments} == set(factor_ids())
    for name in every.shifts:
        rest = Switches(on=ALL_ON.on - {name}, off=frozenset({name}))
        without = chance("phase_2_3", known, switches=rest)
        assert name not in without.shifts
        assert without.prob < every.prob


def test_factors_without_a_sourced_figure_are_off_unless_switched_on() -> None:
    known = Known(None, YES, YES, {"CN": YES}, replace(GOOD, source=None), Response(0.6, 100, 0.07, 0.3, SOURCE))
    assert chance("phase_2_3", known).shifts == {}
    assert set(chance("phase_2_3", known, switches=ALL_ON).shifts) >= {"proof_of_mechanism", "class_precedent"}
    for name in factor_ids():
        about = factor(name)
        assert (about.grade == "unverified") == (about.default == "off"), "an assumption is off by default"


def test_the_designation_of_fda_counts_and_another_agencys_has_no_published_share() -> None:
    assert set(chance("phase_3", Known(breakthrough={"US": YES})).shifts) == {"breakthrough"}
    assert chance("phase_3", Known(breakthrough={"CN": YES})).shifts == {}
    assert chance("phase_3", Known(breakthrough={"US": NO})).adjustments == ()


def test_factors_act_on_their_own_phases_alone() -> None:
    known = Known(YES, YES, YES, {"US": YES}, GOOD)
    assert chance("phase_1", known, switches=ALL_ON).prob == chance("phase_1").prob
    assert chance("filing", known, switches=ALL_ON).prob == chance("filing").prob
    assert set(chance("phase_2", known, switches=ALL_ON).shifts) == {
        "genetic_support",
        "proof_of_mechanism",
        "class_precedent",
    }


def test_the_biomarker_counts_in_the_table_alone_and_can_be_left_out() -> None:
    chosen = replace(PROFILE, biomarker="with")
    plain = chance("phase_2", profile=PROFILE)
    assert chance("phase_2", profile=chosen).prob > plain.prob
    left_out = chance("phase_2", profile=chosen, switches=Switches(off=frozenset({"biomarker"})))
    assert left_out.prob == plain.prob


def test_an_interval_of_a_product_is_that_of_draws_and_an_interval_of_one_gate_is_exact() -> None:
    known = Known(genetic_support=YES)
    single, double = chance("phase_2", known), chance("phase_2_3", known)
    used = [a for a in single.adjustments if a.is_used]
    drawn = gate_draws(single.gates[0], used, draws=200_000)
    assert np.quantile(drawn, [0.025, 0.975]) == pytest.approx([single.low, single.high], abs=0.005)
    many = np.prod([gate_draws(gate, used, draws=200_000) for gate in double.gates], axis=0)
    assert np.quantile(many, [0.025, 0.975]) == pytest.approx([double.low, double.high], abs=0.02)
    again = chance("phase_2_3", known)
    assert (again.low, again.high) == (double.low, double.high), "the same seed, the same limits"
    assert chance("phase_2_3", known, seed=2).low == pytest.approx(double.low, abs=0.02)


def test_one_factor_moves_all_gates_together() -> None:
    """Its uncertain shift is drawn once for phases 2 and 3: the product is wider than of independent shifts."""
    found = chance("phase_2_3", Known(genetic_support=YES))
    used = [a for a in found.adjustments if a.is_used]
    calm = [replace(gate, sd=1e-9) for gate in found.gates]
    one, other = (np.log(gate_draws(gate, used)) for gate in calm)
    assert np.corrcoef(one, other)[0, 1] > 0.99


@pytest.mark.parametrize(
    ("switches", "code"),
    [
        (Switches(on=frozenset({"luck"})), "success.factor_unknown"),
        (Switches(off=frozenset({"area"})), "success.factor_unknown"),
        (Switches(frozenset({"novelty"}), frozenset({"novelty"})), "success.factor_twice"),
    ],
)
def test_impossible_switches_are_an_input_error(switches: Switches, code: str) -> None:
    with pytest.raises(InputError) as caught:
        stage_chance("phase_3", PROFILE, table=BIO, switches=switches)
    assert caught.value.findings[0].code == code
    assert caught.value.findings[0].hint


def test_kinds_without_a_gate_have_no_chance_and_unknown_ones_are_refused() -> None:
    assert stage_chance("preclinical", PROFILE, table=BIO) is None
    assert stage_chance("filing", PROFILE, table=WONG) is None
    with pytest.raises(InputError):
        stage_chance("phase_4", PROFILE, table=BIO)


def test_a_stage_through_approval_holds_the_filing_gate_once() -> None:
    through = chance("phase_3", through_approval=True)
    assert through.quantity == "phase_3_to_approval"
    assert through.prob == pytest.approx(chance("phase_3").prob * chance("filing").prob)
    assert chance("phase_3", table=WONG, through_approval=True).prob == chance("phase_3", table=WONG).prob


def test_the_file_may_switch_what_the_engine_knows() -> None:
    assert set(SWITCHES) == set(switch_names())
