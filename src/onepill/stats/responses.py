"""Predictive probability of a single arm with responses: will it be a success at the end, given what was seen so far?

The response rate has a Beta prior; the responses still to come are then beta-binomial. Success is a posterior chance
above `threshold` that the rate exceeds `null_rate`, after all patients (Lee JJ, Liu DD 2008, Clinical Trials 5:93-106).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, betaln, gammaln

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class SingleArm:
    """Patients in all, the rate of no interest, the posterior chance that is success, and the prior Beta(a, b)."""

    patients: int
    null_rate: float
    threshold: float
    prior: tuple[float, float] = (1.0, 1.0)

    def posterior_above_null(self, responses: npt.ArrayLike, patients: int) -> Floats:
        """The chance that the rate is above the null rate after so many responses among so many patients."""
        seen = np.asarray(responses, dtype=np.float64)
        return np.asarray(1 - betainc(self.prior[0] + seen, self.prior[1] + patients - seen, self.null_rate))

    def least_responses(self) -> int | None:
        """The fewest responses among all patients that are a success; none where all responding is not enough."""
        reached = self.posterior_above_null(np.arange(self.patients + 1), self.patients) > self.threshold
        return int(np.argmax(reached)) if reached.any() else None


def predictive_prob(arm: SingleArm, responses: int, patients: int) -> float:
    """The chance of success at the end after `responses` among `patients`: 0 or 1 where all have been seen."""
    least = arm.least_responses()
    if least is None:
        return 0.0
    left = arm.patients - patients
    to_come = np.arange(max(0, least - responses), left + 1)
    a, b = arm.prior[0] + responses, arm.prior[1] + patients - responses
    chances = _log_choose(left, to_come) + betaln(a + to_come, b + left - to_come) - betaln(a, b)
    return min(1.0, float(np.exp(chances).sum()))


@dataclass(frozen=True)
class Bounds:
    """At a look at `patients`: stop for no-go at or below `no_go`, for go at or above `go`; none where nobody stops."""

    patients: int
    no_go: int | None
    go: int | None


def bounds(arm: SingleArm, looks: Sequence[int], *, no_go_below: float, go_above: float) -> tuple[Bounds, ...]:
    """Responses at which each look stops; the last of all patients leaves nothing open.

    Args:
        arm: the trial.
        looks: patients seen at each look, rising, below all of them.
        no_go_below: a predictive probability below this is a no-go.
        go_above: one above this is a go before the end; 1 never stops for go.
    """
    found = []
    for seen in looks:
        probs = [predictive_prob(arm, responses, seen) for responses in range(seen + 1)]
        no_go = sum(prob < no_go_below for prob in probs)  # the probability rises with responses
        go = sum(prob <= go_above for prob in probs)
        found.append(Bounds(seen, no_go - 1 if no_go else None, go if go <= seen else None))
    least = arm.least_responses()
    last = Bounds(arm.patients, arm.patients if least is None else (least - 1 if least else None), least)
    return (*found, last)


@dataclass(frozen=True)
class Operating:
    """With a true rate: the chance of go, of no-go before the end, and the expected patients."""

    rate: float
    go_prob: float
    early_no_go_prob: float
    expected_patients: float


def operating(arm: SingleArm, at: Sequence[Bounds], rate: float) -> Operating:
    """Exact operating characteristics of bounds, by the binomial distribution from look to look."""
    going = np.ones(1)
    before, go_prob, no_go_prob, expected = 0, 0.0, 0.0, 0.0
    for row in at:
        step = row.patients - before
        expected += step * float(going.sum())
        count = np.arange(step + 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = _log_choose(step, count) + _times_log(count, rate) + _times_log(step - count, 1 - rate)
        going = np.convolve(going, np.exp(logs))
        responses = np.arange(going.size)
        is_go = responses >= (going.size if row.go is None else row.go)
        is_no_go = responses <= (-1 if row.no_go is None else row.no_go)
        go_prob += float(going[is_go].sum())
        no_go_prob += float(going[is_no_go].sum()) if row.patients < arm.patients else 0.0
        going = np.where(is_go | is_no_go, 0.0, going)
        before = row.patients
    return Operating(rate, go_prob, no_go_prob, expected)


def _log_choose(n: int, k: npt.NDArray[np.int_]) -> Floats:
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))


def _times_log(count: npt.NDArray[np.int_], prob: float) -> Floats:
    return np.where(count == 0, 0.0, count * np.log(prob))
