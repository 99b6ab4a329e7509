"""Transitions between phases: counted by hand, by a slow twin, and recovered from simulated worlds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.core.dates import DAYS_PER_YEAR
from onepill.evidence import STEPS, Span, default_wait, followed, path_by_path, phase_by_phase, registry_counts
from onepill.evidence.transition_histories import NEVER
from tests.evidence.histories_twin import (
    Approval,
    Sign,
    followed_slowly,
    histories,
    path_counts,
    paths,
    phase_counts,
)

WAIT = (100, 200, 300)
ON = 1_000
EVER = Span(1, ON)
SIGNS: list[Sign] = [
    (0, 0, 0, 100), (0, 0, 1, 200), (0, 0, 2, 400),  # in order, approved below
    (1, 0, 0, 100), (1, 0, 0, 150),                  # stays in phase 1 since 150: given up after 250
    (2, 0, 0, 950),                                  # runs in phase 1
    (3, 0, 0, 300), (3, 0, 2, 500),                  # leaps over phase 2; given up in phase 3 after 800
    (4, 1, 1, 600), (4, 1, 1, 900),                  # first seen in phase 2, where it runs
    (5, 1, 1, 100), (5, 1, 0, 100),                  # both on one day: no entry into phase 1
    (6, 1, 2, 800),                                  # runs in phase 3
    (7, 1, 0, 2_000),                                # after the day
]  # fmt: skip
APPROVALS: list[Approval] = [(0, 0, 700), (6, 1, 1_001)]


def test_the_survival_view_by_hand() -> None:
    found = followed(histories(SIGNS, APPROVALS, on=ON), "phase_1_to_2", span=EVER, years=[1.0])
    # Entered: 0 (event after 100 days), 1 (censored after 900), 2 (after 50), 3 (event after 200); 5 was further.
    assert (found.n, found.events, found.censored, found.already_further) == (4, 2, 2, 1)
    # At risk 3 when the first advances (2 left before), 2 when the second does.
    assert found.within[0].share == pytest.approx(1 - 2 / 3 * 1 / 2)
    assert found.within[0].followed == 1
    assert found.median_years == pytest.approx(200 / DAYS_PER_YEAR)


def test_the_survival_view_to_approval_by_hand() -> None:
    known = histories(SIGNS, APPROVALS, on=ON)
    found = followed(known, "phase_3_to_approval", span=EVER, years=[0.5, 2.0])
    # 0 was approved after 300 days; 3 and 6 are censored after 500 and 200.
    assert (found.n, found.events, found.already_further) == (3, 1, 0)
    assert found.within[0].share == 0.0
    assert found.within[1].share is None, "nobody was followed for two years"
    whole = followed(known, "phase_1_to_approval", span=EVER, years=[1.0])
    assert (whole.n, whole.events) == (4, 1)


@pytest.mark.parametrize(
    ("step", "advanced", "given_up", "running", "imputed"),
    [
        ("phase_1_to_2", 5, 1, 1, 2),  # 0 3 4 5 6 | 1 | 2; never seen in phase 1: 4 6
        ("phase_2_to_3", 3, 1, 1, 2),  # 0 3 6 | 5 | 4; never seen in phase 2: 3 6
        ("phase_3_to_approval", 1, 1, 1, 0),  # 0 | 3 | 6
        ("phase_1_to_approval", 1, 3, 3, 0),  # 0 | 1 3 5 | 2 4 6
    ],
)
def test_path_by_path_by_hand(step: str, advanced: int, given_up: int, running: int, imputed: int) -> None:
    found = path_by_path(histories(SIGNS, APPROVALS, on=ON), step, span=EVER, wait=WAIT)
    assert (found.advanced, found.n - found.advanced, found.running, found.imputed) == (
        advanced,
        given_up,
        running,
        imputed,
    )
    assert found.prob == advanced / (advanced + given_up)


@pytest.mark.parametrize(
    ("step", "span", "advanced", "given_up", "running"),
    [
        ("phase_1_to_2", EVER, 2, 1, 1),  # 0 3 | 1 | 2
        ("phase_1_to_2", Span(201, 500), 1, 1, 1),  # 0 advanced on day 200; 1 was given up on day 250
        ("phase_1_to_2", Span(251, 500), 1, 0, 1),
        ("phase_2_to_3", EVER, 1, 1, 1),  # 0 | 5 | 4
        ("phase_3_to_approval", EVER, 1, 1, 1),  # 0 | 3 | 6
    ],
)
def test_phase_by_phase_by_hand(step: str, span: Span, advanced: int, given_up: int, running: int) -> None:
    found = phase_by_phase(histories(SIGNS, APPROVALS, on=ON), step, span=span, wait=WAIT)
    assert (found.advanced, found.n - found.advanced, found.running) == (advanced, given_up, running)
    assert found.imputed == 0


def test_phase_by_phase_has_no_rate_over_several_steps() -> None:
    with pytest.raises(ValueError, match="no single step"):
        phase_by_phase(histories(SIGNS, on=ON), "phase_1_to_approval", span=EVER, wait=WAIT)


def test_a_programme_is_given_up_the_day_after_its_wait() -> None:
    signs: list[Sign] = [(0, 0, 0, 100)]
    assert path_by_path(histories(signs, on=200), "phase_1_to_2", span=Span(1, 200), wait=WAIT).running == 1
    assert path_by_path(histories(signs, on=201), "phase_1_to_2", span=Span(1, 201), wait=WAIT).n == 1


def test_an_approval_goes_to_the_condition_it_names_its_kin_or_the_furthest() -> None:
    signs: list[Sign] = [(0, 0, 1, 10), (0, 1, 2, 20), (0, 2, 2, 15), (1, 0, 0, 10)]
    above = {1: frozenset({5}), 6: frozenset({2})}

    def approved(*rows: Approval) -> list[tuple[int, int]]:
        found = histories(signs, list(rows), on=ON, above=above)
        return [(d, c) for d, c, day in zip(found.drug, found.condition, found.first[:, 3], strict=True) if day < NEVER]

    assert approved((0, 0, 30)) == [(0, 0)], "the condition that it names"
    assert approved((0, 5, 30)) == [(0, 1)], "a condition above that of the trial"
    assert approved((0, 1, 18)) == [], "its own condition was not seen by then"
    assert approved((0, 6, 30)) == [(0, 2)], "a condition below that of the trial"
    assert approved((0, -1, 30)) == [(0, 2)], "unnamed: in phase 3 before the other"
    assert approved((0, -1, 12)) == [(0, 0)], "what came later is not known on its day"
    assert approved((0, -1, 30), (0, -1, 40)) == [(0, 2)], "a later unnamed one follows the first"
    assert approved((0, 4, 30)) == approved((0, -1, 5)) == approved((1, -1, 30)) == approved((2, -1, 30)) == []
    found = histories(signs, [(0, 4, 30), (0, -1, 5), (1, -1, 30), (2, -1, 30), (0, 0, 30)], on=ON, above=above)
    assert found.approvals == {
        "placed": 1,
        "without_history": 2,
        "of_another_condition": 1,
        "unnamed_without_phase_2": 1,
    }


def test_the_first_of_several_approvals_counts() -> None:
    found = histories([(0, 0, 2, 10)], [(0, 0, 40), (0, -1, 50), (0, 0, 30)], on=ON)
    assert found.first.tolist() == [[NEVER, NEVER, 10, 30]]


def test_an_approval_stays_where_it_belonged_on_its_day() -> None:
    signs: list[Sign] = [(0, 0, 1, 10), (0, 1, 0, 5), (0, 1, 2, 50)]
    for on in (40, 60):
        found = histories(signs, [(0, -1, 30)], on=on)
        assert found.first[:, 3].tolist() == [30, NEVER], "the other was further only later"


_DAY = st.integers(1, 1_400)
_SIGNS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2), st.integers(0, 2), _DAY), max_size=40)
_APPROVALS = st.lists(st.tuples(st.integers(0, 5), st.integers(-1, 3), _DAY), max_size=20)


@given(signs=_SIGNS, approvals=_APPROVALS, on=st.integers(1, 1_400))
def test_counts_are_those_of_the_slow_twin(signs: list[Sign], approvals: list[Approval], on: int) -> None:
    known, slow = histories(signs, approvals, on=on), paths(signs, approvals, on=on)
    days = dict(zip(zip(known.drug.tolist(), known.condition.tolist(), strict=True), known.first.tolist(), strict=True))
    assert days == {key: [path.days.get(phase, NEVER) for phase in range(4)] for key, path in slow.items()}
    span, window = Span(1, on), (min(300, on), on)
    for step, (begin, end) in STEPS.items():
        rows = followed_slowly(slow, begin, end, on=on)
        fast = followed(known, step, span=span, years=[1.0])
        assert (fast.n, fast.events) == (len(rows), sum(ended for _, ended in rows))
        counted = path_by_path(known, step, span=span, wait=WAIT)
        told = path_counts(slow, begin, end, on=on, wait=WAIT)
        assert (counted.advanced, counted.n - counted.advanced, counted.running) == told
        if end == begin + 1:
            counted = phase_by_phase(known, step, span=Span(*window), wait=WAIT)
            told = phase_counts(slow, begin, on=on, wait=WAIT, window=window)
            assert (counted.advanced, counted.n - counted.advanced, counted.running) == told


@given(signs=_SIGNS, approvals=_APPROVALS, more=_SIGNS, later=_APPROVALS, on=st.integers(1, 1_000))
def test_what_counts_after_the_day_changes_nothing(
    signs: list[Sign], approvals: list[Approval], more: list[Sign], later: list[Approval], on: int
) -> None:
    future = [(drug, condition, phase, on + day) for drug, condition, phase, day in more]
    approved = [(drug, condition, on + day) for drug, condition, day in later]
    one, two = histories(signs, approvals, on=on), histories(signs + future, approvals + approved, on=on)
    assert one.approvals == two.approvals
    for name in ("drug", "condition", "first", "last"):
        assert np.array_equal(getattr(one, name), getattr(two, name))


@given(signs=_SIGNS, approvals=_APPROVALS, order=st.randoms(use_true_random=False))
def test_the_order_of_records_does_not_matter(signs: list[Sign], approvals: list[Approval], order: object) -> None:
    mixed, other = list(signs), list(approvals)
    order.shuffle(mixed)  # type: ignore[attr-defined]
    order.shuffle(other)  # type: ignore[attr-defined]
    one, two = histories(signs, approvals, on=ON), histories(mixed, other, on=ON)
    assert np.array_equal(one.first, two.first)


PASS_SHARES = (0.6, 0.3, 0.55)
YEARS_IN_PHASE = (1.5, 2.5, 3.0)
WORLD_YEARS, PAIRS = 12, 20_000


def simulated(seed: int) -> tuple[list[Sign], list[Approval], int]:
    """Pairs that enter phase 1 evenly over twelve years; each phase is passed with a known chance, after an exponential
    time, and nobody tells of a failure. The day asked for is the end of the twelfth year.
    """
    chance = np.random.default_rng(seed)
    on = round(WORLD_YEARS * DAYS_PER_YEAR)
    signs: list[Sign] = []
    approvals: list[Approval] = []
    for drug in range(PAIRS):
        day = 1 + float(chance.integers(on))
        for phase in range(3):
            signs.append((drug, 0, phase, round(day)))
            if chance.random() > PASS_SHARES[phase]:
                break
            # At least a day, so that no phase begins on the day of the one before.
            day += 1 + float(chance.exponential(YEARS_IN_PHASE[phase] * DAYS_PER_YEAR))
            if phase == 2:
                approvals.append((drug, 0, round(day)))
    return signs, approvals, on


def test_known_rates_are_recovered_in_spite_of_censoring_and_the_plain_ratio_is_too_low() -> None:
    signs, approvals, on = simulated(seed=5)
    known = histories(signs, approvals, on=on)
    for step, (begin, _) in list(STEPS.items())[:3]:
        found = followed(known, step, span=Span(1, on), years=[5.0, 8.0])
        for within in found.within:
            true = PASS_SHARES[begin] * (1 - np.exp(-within.time / YEARS_IN_PHASE[begin]))
            assert within.low is not None
            assert within.high is not None
            # The limits are of 95 %: 1.5 times their width is three standard errors.
            assert within.share == pytest.approx(true, abs=0.75 * (within.high - within.low))
        eight = found.within[1]
        assert eight.low is not None
        assert found.events / found.n < eight.low, "counting what still runs as failed is biased"


def test_counted_ways_overrate_what_is_young_and_come_right_with_a_cohort_that_is_old_enough() -> None:
    signs, approvals, on = simulated(seed=6)
    known, wait = histories(signs, approvals, on=on), (1_500, 1_500, 1_500)
    old = Span(1, round(4 * DAYS_PER_YEAR))
    found = path_by_path(known, "phase_1_to_2", span=old, wait=wait)
    assert found.n > 3_000
    assert found.running < 0.02 * found.n
    assert found.low is not None
    assert found.high is not None
    assert found.low - 0.01 < PASS_SHARES[0] < found.high + 0.01
    young = path_by_path(known, "phase_1_to_2", span=Span(on - 1_400, on), wait=wait)
    assert young.prob == 1.0, "those that fail still count as running"


def test_limits_of_the_share_hold_the_truth_as_often_as_they_say() -> None:
    held = 0
    for seed in range(60):
        chance = np.random.default_rng(100 + seed)
        begin = chance.integers(1, 2_000, 120)
        passed = chance.random(120) < 0.5
        days = begin + 1 + chance.exponential(600, 120).astype(int)
        signs: list[Sign] = [(drug, 0, 0, int(day)) for drug, day in enumerate(begin)]
        signs += [(drug, 0, 1, int(days[drug])) for drug in np.flatnonzero(passed)]
        within = followed(histories(signs, on=2_000), "phase_1_to_2", span=Span(1, 2_000), years=[2.0]).within[0]
        assert within.low is not None
        assert within.high is not None
        held += within.low <= 0.5 * (1 - np.exp(-2 * DAYS_PER_YEAR / 600)) <= within.high
    # 57 of 60 expected; 51 is 3.6 standard errors below.
    assert held >= 51


def test_the_waits_are_the_median_trial_and_the_gap() -> None:
    assert default_wait() == (638 + 360, 731 + 540, 882 + 900)


def test_counts_for_the_table_of_rates() -> None:
    known = histories(SIGNS, APPROVALS, on=ON)
    areas = ["oncology"] * 4 + [""] * 3
    modalities = ["antibody"] * 4 + [""] * 3
    rows = {
        (row.phase_from, row.phase_to, row.area, row.modality): (row.advanced, row.n)
        for row in registry_counts(known, areas, modalities, wait=WAIT)
    }
    assert rows == {
        ("phase_1", "phase_2", "oncology", "monoclonal_antibody"): (2, 3),
        ("phase_2", "phase_3", "oncology", "monoclonal_antibody"): (1, 1),
        ("phase_3", "approval", "oncology", "monoclonal_antibody"): (1, 2),
        ("phase_1", "phase_2", "all", ""): (0, 0),
        ("phase_2", "phase_3", "all", ""): (0, 1),
        ("phase_3", "approval", "all", ""): (0, 0),
    }
    is_open = np.array([True] + [False] * 6)
    rows = {
        (row.phase_from, row.area): (row.advanced, row.n)
        for row in registry_counts(known, areas, modalities, wait=WAIT, is_open_ended=is_open)
    }
    assert rows["phase_3", "oncology"] == (0, 1)
    assert rows["phase_2", "oncology"] == (1, 1)
