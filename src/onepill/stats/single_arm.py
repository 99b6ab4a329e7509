"""How many patients show that a response rate is above one that is of no interest? Exact designs of a single arm."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr, bdtrc, gammaln, xlog1py, xlogy

Floats = npt.NDArray[np.float64]

MOST_PATIENTS = 400
"""Larger designs of a single arm are not searched."""


@dataclass(frozen=True)
class Question:
    """A response rate of no interest, one that is worth finding, and the errors allowed at each."""

    null_rate: float
    target_rate: float
    alpha: float
    power: float


@dataclass(frozen=True)
class OneStage:
    """`patients` are treated; more than `responses` of them respond where the drug is of interest."""

    patients: int
    responses: int
    error: float
    power: float


@dataclass(frozen=True)
class TwoStage:
    """Stops after `first_patients` where at most `first_responses` respond; of interest where more than `responses` of
    all `patients` do. `stop_prob_null` and `expected_null` are under the rate of no interest."""

    first_patients: int
    first_responses: int
    patients: int
    responses: int
    error: float
    power: float
    stop_prob_null: float
    stop_prob_target: float
    expected_null: float
    expected_target: float


def one_stage(asked: Question) -> OneStage | None:
    """The smallest exact binomial design; none up to 400 patients.

    Source: A'Hern RP (2001), Statistics in Medicine 20:859-866. A larger design may fail where a smaller one holds,
    since counts are whole.
    """
    for patients in range(1, MOST_PATIENTS + 1):
        responses = np.arange(patients)
        errors = bdtrc(responses, patients, asked.null_rate)
        least = int(np.argmax(errors <= asked.alpha))
        power = float(bdtrc(least, patients, asked.target_rate))
        if errors[least] <= asked.alpha and power >= asked.power:
            return OneStage(patients, least, float(errors[least]), power)
    return None


def simon(asked: Question) -> tuple[TwoStage, TwoStage] | None:
    """Simon's optimal and his minimax design; none where no design up to 400 patients will do.

    The optimal design has the fewest expected patients under the rate of no interest, the minimax design the fewest in
    all, and of those the fewest expected. The search is exhaustive: no test of n patients has more power than the most
    powerful randomised one of a single stage (Neyman and Pearson), which gives the first n, and a second stage is
    lengthened only while the best chance to stop after the first could still beat the best design so far.

    Source: Simon R (1989), Controlled Clinical Trials 10:1-10.
    """
    first = next((n for n in range(2, MOST_PATIENTS + 1) if _most_power(n, asked) >= asked.power), None)
    minimax = None if first is None else _minimax(asked, first)
    if first is None or minimax is None:
        return None
    optimal = minimax
    for first_patients in range(1, MOST_PATIENTS):
        if first_patients >= optimal.expected_null:
            break
        stops = _stops(first_patients, asked)
        if not stops.size:
            continue
        for patients in range(max(first, first_patients + 1), MOST_PATIENTS + 1):
            if first_patients + (1 - stops[-1]) * (patients - first_patients) >= optimal.expected_null:
                break
            optimal = min((optimal, *_designs(asked, first_patients, patients)), key=_by_expected)
    return optimal, minimax


def two_stage(asked: Question, first_patients: int, first_responses: int, patients: int, responses: int) -> TwoStage:
    """What a given two-stage design does: its errors, chances to stop and expected patients."""
    second = patients - first_patients
    rejects, stops = [], []
    for rate in (asked.null_rate, asked.target_rate):
        last = np.asarray([responses])
        rejects.append(float(_rejects(rate, first_patients, patients, first_responses, last)[0, 0]))
        stops.append(float(bdtr(first_responses, first_patients, rate)))
    expected = [first_patients + (1 - stop) * second for stop in stops]
    return TwoStage(first_patients, first_responses, patients, responses, *rejects, *stops, *expected)


def _by_expected(found: TwoStage) -> float:
    return found.expected_null


def _minimax(asked: Question, first: int) -> TwoStage | None:
    for patients in range(first, MOST_PATIENTS + 1):
        found = [one for part in range(1, patients) for one in _designs(asked, part, patients)]
        if found:
            return min(found, key=_by_expected)
    return None


def _most_power(patients: int, asked: Question) -> float:
    """Power of the most powerful test of that many patients, which rejects at its boundary with some chance."""
    responses = np.arange(patients + 1)
    beyond = bdtrc(responses, patients, asked.null_rate)
    least = int(np.argmax(beyond <= asked.alpha))
    at = _chances(patients, asked.null_rate)[least]
    chance = min(1.0, (asked.alpha - beyond[least]) / at)
    at_target = _chances(patients, asked.target_rate)[least]
    return float(bdtrc(least, patients, asked.target_rate) + chance * at_target)


def _stops(first_patients: int, asked: Question) -> Floats:
    """Under the rate of no interest, the chance to stop after the first stage at each bound that leaves the power."""
    bounds = np.arange(first_patients)
    allowed = bdtr(bounds, first_patients, asked.target_rate) <= 1 - asked.power
    return np.asarray(bdtr(bounds[allowed], first_patients, asked.null_rate))


def _designs(asked: Question, first_patients: int, patients: int) -> Iterator[TwoStage]:
    """The design with these patients that keeps both errors and stops most often, where there is one."""
    count = _stops(first_patients, asked).size
    # Two stages reject less often than one with the same last bound, so that one stage limits it from above; and the
    # highest first bound has the least error, which limits it from below.
    most = int(np.sum(_beyond(patients, asked.target_rate)[: patients + 1] >= asked.power))
    if not count or not most:
        return
    least_error = _rejects(asked.null_rate, first_patients, patients, count - 1, np.arange(most))[0]
    bounds = np.flatnonzero(least_error <= asked.alpha)
    if not bounds.size:
        return
    error = _rejects(asked.null_rate, first_patients, patients, 0, bounds)[:count]
    power = _rejects(asked.target_rate, first_patients, patients, 0, bounds)[:count]
    holds = (error <= asked.alpha) & (power >= asked.power)
    # The higher the first bound, the fewer patients are expected.
    for first in np.flatnonzero(holds.any(axis=1))[-1:]:
        yield two_stage(asked, first_patients, int(first), patients, int(bounds[np.argmax(holds[first])]))


def _rejects(rate: float, first_patients: int, patients: int, least: int, bounds: npt.NDArray[np.intp]) -> Floats:
    """The chance to find interest, for first bounds from `least` on (rows) and the last bounds (columns)."""
    going = np.arange(least + 1, first_patients + 1)
    second = patients - first_patients
    left = np.clip(bounds - going[:, None], -1, second)
    joint = _chances(first_patients, rate)[least + 1 :, None] * _beyond(second, rate)[left]
    return np.asarray(np.cumsum(joint[::-1], axis=0)[::-1])


@lru_cache(maxsize=4 * MOST_PATIENTS)
def _chances(patients: int, rate: float) -> Floats:
    """The chance of each count of responses from 0 to all."""
    counts = np.arange(patients + 1)
    ways = gammaln(patients + 1) - gammaln(counts + 1) - gammaln(patients - counts + 1)
    return np.asarray(np.exp(ways + xlogy(counts, rate) + xlog1py(patients - counts, -rate)))


@lru_cache(maxsize=4 * MOST_PATIENTS)
def _beyond(patients: int, rate: float) -> Floats:
    """The chance of more responses than each count from 0 to all; at the end, which is also index -1, of any at all."""
    counts = np.arange(patients)
    return np.concatenate([bdtrc(counts, patients, rate), [0.0, 1.0]])
