"""Laws that hold for any records: the past stands still, order does not matter, shares are shares, the twin agrees."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onepill.landscape import (
    DiscontinuationRow,
    DrugRow,
    EvidenceRow,
    Question,
    World,
    build_world,
    compare_origin,
    crowding,
    entrants,
    explain,
    landscape,
    matrix,
    tag_agents,
    timeline,
    translation,
)
from onepill.landscape.bootstrap import membership
from onepill.landscape.concentration import effective_number, gini, hhi, share_on_crowded, shares, top_share
from onepill.landscape.crowding import count, targets_of
from onepill.landscape.inputs import PD_1_PD_L1, Switches
from onepill.landscape.stages import RANK
from tests.landscape import twin
from tests.landscape.worlds import DAYS, NAMES, drug_rows, evidence_rows, many_drugs, many_evidence

switch_sets = st.builds(
    Switches,
    academic=st.booleans(),
    cell_therapies=st.booleans(),
    biosimilars=st.booleans(),
    combination_arms=st.booleans(),
    phase_4_is_approval=st.booleans(),
    annotation_hindsight=st.booleans(),
)
questions = st.builds(
    Question,
    as_of=DAYS,
    switches=switch_sets,
    min_stage=st.sampled_from(["unknown", "ind", "early_phase_1", "phase_2"]),
)
gone = st.lists(st.builds(DiscontinuationRow, st.sampled_from(NAMES), DAYS, st.just("PR")), max_size=4)
later = st.tuples(st.lists(evidence_rows, max_size=15), st.lists(drug_rows, max_size=5), gone)
Later = tuple[list[EvidenceRow], list[DrugRow], list[DiscontinuationRow]]
counts = st.lists(st.integers(0, 40), min_size=1, max_size=12).map(lambda numbers: np.asarray(numbers, dtype=float))


def _tags(world: World, question: Question, **more: object) -> dict[str, str]:
    tags = tag_agents(world, question, minimum_coverage=0.0, **more)  # type: ignore[arg-type]
    return {reason.drug_id: reason.tag for reason in explain(world, tags)}


@given(many_evidence, many_drugs, questions, st.sampled_from(["all_lead", "earliest_leads"]))
@settings(max_examples=200, deadline=None)
def test_tags_are_those_of_the_slow_twin(
    evidence: list[EvidenceRow], drugs: list[DrugRow], question: Question, ties: str
) -> None:
    world = build_world(drugs, evidence)
    assert _tags(world, question, ties=ties) == twin.tags(evidence, drugs, question, ties=ties)


@given(many_evidence, many_drugs, questions)
@settings(max_examples=150, deadline=None)
def test_programmes_by_target_are_those_of_the_slow_twin(
    evidence: list[EvidenceRow], drugs: list[DrugRow], question: Question
) -> None:
    counted = count(build_world(drugs, evidence), question, unit="agent_indication")
    expected = twin.target_counts(evidence, drugs, question)
    assert sorted(targets_of(counted).counts()) == pytest.approx(sorted(expected.values()))


@given(many_evidence, many_drugs, questions, later)
@settings(max_examples=150, deadline=None)
def test_records_known_later_change_no_past_answer(
    evidence: list[EvidenceRow], drugs: list[DrugRow], question: Question, later: Later
) -> None:
    later_evidence, later_drugs, given_up = later
    question = replace(question, switches=replace(question.switches, annotation_hindsight=False))
    future = [row for row in later_evidence if twin.counts_from(row) > question.as_of]
    unborn = [row for row in later_drugs if row.known_on > question.as_of]
    known = [row for row in given_up if row.known_on <= question.as_of]
    then = build_world(drugs, evidence, discontinuations=known)
    now = build_world([*drugs, *unborn], [*evidence, *future], discontinuations=given_up)
    assert landscape(now, question, minimum_coverage=0.0) == landscape(then, question, minimum_coverage=0.0)
    assert crowding(now, question, samples=20) == crowding(then, question, samples=20)
    assert matrix(now, question) == matrix(then, question)
    assert timeline(now, question) == timeline(then, question)
    assert compare_origin(now, question, "CN", samples=20) == compare_origin(then, question, "CN", samples=20)
    assert entrants(now, question, first_year=2015) == entrants(then, question, first_year=2015)
    assert translation(now, question, first_year=2015) == translation(then, question, first_year=2015)


@given(many_evidence, many_drugs, questions, st.randoms())
@settings(max_examples=100, deadline=None)
def test_the_order_of_records_does_not_matter(
    evidence: list[EvidenceRow], drugs: list[DrugRow], question: Question, chance: object
) -> None:
    mixed_evidence, mixed_drugs = list(evidence), list(drugs)
    chance.shuffle(mixed_evidence)  # type: ignore[attr-defined]
    chance.shuffle(mixed_drugs)  # type: ignore[attr-defined]
    world, mixed = build_world(drugs, evidence), build_world(mixed_drugs, mixed_evidence)
    assert landscape(mixed, question) == landscape(world, question)
    assert crowding(mixed, question, samples=20) == crowding(world, question, samples=20)


@given(many_evidence, many_drugs, questions, DAYS)
@settings(max_examples=100, deadline=None)
def test_a_later_day_never_takes_a_programme_or_a_stage_back(
    evidence: list[EvidenceRow], drugs: list[DrugRow], question: Question, other: date
) -> None:
    # Switches that depend on what is known of a drug may take it out once that is known.
    everything = replace(question.switches, cell_therapies=True, biosimilars=True)
    early, late = sorted((question.as_of, other))
    world = build_world(drugs, evidence)
    ranks = [
        {int(drug): int(rank) for drug, rank in zip(found.everywhere.drug, found.everywhere.rank, strict=True)}
        for found in (
            count(world, replace(question, as_of=day, switches=everything), unit="agent") for day in (early, late)
        )
    ]
    assert all(ranks[1][drug] >= rank for drug, rank in ranks[0].items())


@given(many_evidence, many_drugs, questions)
@settings(max_examples=60, deadline=None)
def test_every_measure_lies_within_its_limits_and_states_what_stands_behind_it(
    evidence: list[EvidenceRow], drugs: list[DrugRow], question: Question
) -> None:
    answer = crowding(build_world(drugs, evidence), question, samples=30)
    for measure in answer.measures.values():
        assert measure.n >= 0
        if measure.value is None:
            assert measure.low is measure.high is None
        else:
            assert measure.low is not None
            assert measure.high is not None
            assert measure.low <= measure.value <= measure.high


@given(counts)
def test_shares_sum_to_one_or_there_is_nothing(numbers: np.ndarray) -> None:
    assert shares(numbers).sum() == pytest.approx(1 if numbers.sum() else 0)


@given(counts)
def test_hhi_lies_between_even_and_single_and_gini_below_one(numbers: np.ndarray) -> None:
    groups = int((numbers > 0).sum())
    if not groups:
        assert hhi(numbers) == gini(numbers) == effective_number(numbers) == 0
        return
    assert 1 / groups - 1e-12 <= hhi(numbers) <= 1 + 1e-12
    assert -1e-12 <= gini(numbers) <= 1 - 1 / groups + 1e-12
    assert effective_number(numbers) == pytest.approx(1 / hhi(numbers))


@given(counts, st.integers(1, 12))
def test_top_shares_grow_with_k_and_crowded_shares_fall_with_the_threshold(numbers: np.ndarray, k: int) -> None:
    assert top_share(numbers, k=k) <= top_share(numbers, k=k + 1) + 1e-12
    assert share_on_crowded(numbers, at_least=k) >= share_on_crowded(numbers, at_least=k + 1) - 1e-12


@given(counts)
def test_moving_a_programme_to_a_larger_group_never_lowers_concentration(numbers: np.ndarray) -> None:
    order = np.argsort(numbers)
    small, large = order[0], order[-1]
    if small == large or numbers[small] == 0:
        return
    moved = numbers.copy()
    moved[small] -= 1
    moved[large] += 1
    assert hhi(moved) >= hhi(numbers) - 1e-12


@given(counts)
def test_gini_is_the_mean_difference_of_all_pairs_over_twice_the_mean(numbers: np.ndarray) -> None:
    present = numbers[numbers > 0]
    expected = np.abs(present[:, None] - present[None, :]).mean() / (2 * present.mean()) if len(present) else 0
    assert gini(numbers) == pytest.approx(expected)


@given(
    st.lists(st.sampled_from([(), ("PDCD1",), ("CD274",), ("CD274", "PDCD1"), ("EGFR",)]), max_size=30), st.booleans()
)
def test_membership_counts_like_a_loop(sets: list[tuple[str, ...]], split: bool) -> None:
    distinct = tuple(sorted({names for names in sets if names}))
    codes = np.asarray([distinct.index(names) if names else -1 for names in sets], dtype=np.int64)
    totals: dict[str, float] = {}
    for names in sets:
        for name in names:
            totals[name] = totals.get(name, 0) + (1 / len(names) if split else 1)
    found = membership(codes, distinct, split=split)
    assert list(found.counts()) == pytest.approx([totals[name] for name in sorted(totals)])


@given(many_evidence, many_drugs, questions)
@settings(max_examples=60, deadline=None)
def test_grouping_targets_never_makes_more_targets(
    evidence: list[EvidenceRow], drugs: list[DrugRow], question: Question
) -> None:
    grouped = replace(question, switches=replace(question.switches, target_groups={"T1": "G", "T2": "G"}))
    world = build_world(drugs, evidence)
    alone, together = (targets_of(count(world, one, unit="agent")) for one in (question, grouped))
    assert together.groups <= alone.groups
    assert together.n == alone.n
    assert set(PD_1_PD_L1.values()) == {"PD-1/PD-L1"}


def test_the_ladder_has_no_two_stages_of_one_rank_but_for_approval() -> None:
    ranks = [rank for stage, rank in RANK.items() if stage not in ("phase_4", "withdrawal")]
    assert ranks == list(range(11))
