"""Generated lean proofs of concept."""

from __future__ import annotations

from hypothesis import strategies as st

from onepill.evidence.lean_inputs import Experiment, HiddenState, LeanProblem

SHARES = st.integers(0, 20).map(lambda n: n / 20)
MONTHS = st.sampled_from([1.0, 2.0, 2.5, 3.0, 4.0, 6.0])


@st.composite
def problems(draw: st.DrawFn, *, most: int = 4, limits: bool = True) -> LeanProblem:
    """Two to four hidden states, up to `most` experiments with families and prerequisites, limits or none."""
    weights = draw(st.lists(st.integers(1, 9), min_size=2, max_size=4))
    states = tuple(
        HiddenState(
            {"truth": str(i)}, w / sum(weights), draw(st.integers(-60, 300)) * 1e6, draw(st.integers(0, 20)) * 1e6
        )
        for i, w in enumerate(weights)
    )
    count = draw(st.integers(0, most))
    experiments = tuple(draw(_experiment(i, len(states))) for i in range(count))
    spent = sum(experiment.cost_usd for experiment in experiments)
    longest = sum(experiment.months for experiment in experiments)
    return LeanProblem(
        states,
        experiments,
        correlations={"one": draw(SHARES), "other": draw(SHARES)},
        discount_rate_per_year=draw(st.sampled_from([0.0, 0.1, 0.5])),
        budget_usd=draw(st.none() | SHARES.map(lambda share: share * spent)) if limits else None,
        limit_months=draw(st.none() | SHARES.map(lambda share: share * longest)) if limits else None,
        at_once=draw(st.none() | st.integers(1, 3)) if limits else None,
    )


@st.composite
def _experiment(draw: st.DrawFn, index: int, states: int) -> Experiment:
    before = draw(st.lists(st.integers(0, index - 1), unique=True, max_size=2)) if index else []
    return Experiment(
        f"e{index}",
        cost_usd=draw(st.integers(0, 40)) * 0.25e6,
        months=draw(MONTHS),
        positive_probs=tuple(draw(SHARES) for _ in range(states)),
        after=tuple((f"e{i}", draw(st.sampled_from([None, True, False]))) for i in before),
        family=draw(st.sampled_from(["", "one", "other"])),
    )
