"""Generated lean proofs of concept."""

from __future__ import annotations

from hypothesis import strategies as st

from onepill.evidence.lean_inputs import Experiment, HiddenState, LeanProblem

SHARES = st.integers(0, 20).map(lambda n: n / 20)
PARTS = st.integers(4, 18).map(lambda n: n / 20)
LOW, HIGH = st.integers(0, 8).map(lambda n: n / 20), st.integers(11, 20).map(lambda n: n / 20)
MONTHS = st.sampled_from([1.0, 2.0, 2.5, 3.0, 4.0, 6.0])


@st.composite
def problems(draw: st.DrawFn, *, most: int = 4, limits: bool = True) -> LeanProblem:
    """Two to four hidden states, up to `most` experiments with families and prerequisites, limits or none.

    In the first state going is wrong, in the last it is right, and most experiments tell them apart, so that there is
    something to find out and limits bind.
    """
    weights = draw(st.lists(st.integers(1, 9), min_size=2, max_size=4))
    go = [draw(st.integers(-60, -5)), *(draw(st.integers(-60, 80)) for _ in weights[2:]), draw(st.integers(5, 80))]
    no_go = draw(st.sampled_from([0, 0, 5, 20]))
    states = tuple(
        HiddenState({"truth": str(i)}, w / sum(weights), value * 1e6, no_go * 1e6)
        for i, (w, value) in enumerate(zip(weights, go, strict=True))
    )
    count = draw(st.integers(0, most))
    experiments = tuple(draw(_experiment(i, states)) for i in range(count))
    spent = sum(experiment.cost_usd for experiment in experiments)
    longest = sum(experiment.months for experiment in experiments)
    return LeanProblem(
        states,
        experiments,
        correlations={"one": draw(SHARES), "other": draw(SHARES)},
        discount_rate_per_year=draw(st.sampled_from([0.0, 0.1, 0.5])),
        budget_usd=draw(st.none() | PARTS.map(lambda part: part * spent)) if limits else None,
        limit_months=draw(st.none() | PARTS.map(lambda part: part * longest)) if limits else None,
        at_once=draw(st.none() | st.integers(1, 2)) if limits else None,
    )


@st.composite
def _experiment(draw: st.DrawFn, index: int, states: tuple[HiddenState, ...]) -> Experiment:
    before = draw(st.lists(st.integers(0, index - 1), unique=True, max_size=1)) if index else []
    probs = [draw(HIGH if state.is_worth_it else LOW) for state in states]
    if draw(st.integers(0, 4)) == 0:
        probs = [draw(SHARES) for _ in states]
    return Experiment(
        f"e{index}",
        cost_usd=draw(st.integers(0, 8)) * 0.25e6,
        months=draw(MONTHS),
        positive_probs=tuple(probs),
        after=tuple((f"e{i}", draw(st.sampled_from([None, True, False]))) for i in before if draw(st.booleans())),
        family=draw(st.sampled_from(["", "one", "other"])),
    )
