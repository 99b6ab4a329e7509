"""Exact designs of a single arm: Simon's own tables, a brute-force search, and laws."""

from __future__ import annotations

import math
from itertools import product

import pytest

from onepill.stats.single_arm import MOST_PATIENTS, Question, TwoStage, one_stage, simon, two_stage


def told(found: TwoStage) -> tuple[int, int, int, int, float, float]:
    """r1, n1, r, n, expected patients and the chance to stop, under the rate of no interest, as Simon prints them."""
    counts = (found.first_responses, found.first_patients, found.responses, found.patients)
    return (*counts, round(found.expected_null, 1), round(found.stop_prob_null, 2))


@pytest.mark.parametrize(
    ("rates", "power", "optimal", "minimax"),
    [
        ((0.05, 0.25), 0.8, (0, 9, 2, 17, 12.0, 0.63), (0, 12, 2, 16, 13.8, 0.54)),
        ((0.1, 0.3), 0.8, (1, 10, 5, 29, 15.0, 0.74), (1, 15, 5, 25, 19.5, 0.55)),
        ((0.2, 0.4), 0.8, (3, 13, 12, 43, 20.6, 0.75), (4, 18, 10, 33, 22.3, 0.72)),
        ((0.1, 0.3), 0.9, (2, 18, 6, 35, 22.5, 0.73), (2, 22, 6, 33, 26.2, 0.62)),
        ((0.2, 0.4), 0.9, (4, 19, 15, 54, 30.4, 0.67), (5, 24, 13, 45, 31.2, 0.66)),
        ((0.3, 0.5), 0.9, (8, 24, 24, 63, 34.7, 0.73), (7, 24, 21, 53, 36.6, 0.56)),
    ],
)
def test_designs_of_simon_1989_at_an_error_of_five_percent(
    rates: tuple[float, float], power: float, optimal: tuple[float, ...], minimax: tuple[float, ...]
) -> None:
    found = simon(Question(*rates, 0.05, power))
    assert found is not None
    assert (told(found[0]), told(found[1])) == (optimal, minimax)


def chance(count: int, patients: int, rate: float) -> float:
    return math.comb(patients, count) * rate**count * (1 - rate) ** (patients - count)


def rejects(first: int, stop: int, patients: int, last: int, rate: float) -> float:
    """Summed over every pair of counts, in the words of the design."""
    second = patients - first
    return sum(
        chance(x, first, rate) * chance(y, second, rate)
        for x, y in product(range(first + 1), range(second + 1))
        if x > stop and x + y > last
    )


def brute_force(asked: Question, most: int) -> list[tuple[float, int, tuple[int, int, int, int]]]:
    """Every design up to `most` patients that keeps both errors, with its expected patients."""
    found = []
    for patients in range(2, most + 1):
        for first, last in product(range(1, patients), range(patients)):
            for stop in range(min(first, last + 1)):
                if rejects(first, stop, patients, last, asked.null_rate) > asked.alpha:
                    continue
                if rejects(first, stop, patients, last, asked.target_rate) < asked.power:
                    continue
                stops = sum(chance(x, first, asked.null_rate) for x in range(stop + 1))
                expected = first + (1 - stops) * (patients - first)
                found.append((expected, patients, (stop, first, last, patients)))
    return found


@pytest.mark.parametrize(
    ("asked", "most"),
    [(Question(0.2, 0.6, 0.1, 0.8), 14), (Question(0.1, 0.5, 0.05, 0.8), 14), (Question(0.5, 0.85, 0.1, 0.7), 14)],
    ids=str,
)
def test_the_search_finds_what_trying_everything_finds(asked: Question, most: int) -> None:
    found, everything = simon(asked), brute_force(asked, most)
    assert found is not None
    optimal, minimax = found
    assert optimal.expected_null == pytest.approx(min(everything)[0], abs=1e-12)
    least = min(patients for _, patients, _ in everything)
    assert minimax.patients == least
    assert minimax.expected_null == pytest.approx(min(row[0] for row in everything if row[1] == least), abs=1e-12)


@pytest.mark.parametrize("rates", [(0.05, 0.2), (0.3, 0.45), (0.7, 0.85), (0.001, 0.2)])
@pytest.mark.parametrize(("alpha", "power"), [(0.05, 0.8), (0.1, 0.9), (0.025, 0.8)])
def test_every_design_keeps_its_errors_and_is_what_it_claims(
    rates: tuple[float, float], alpha: float, power: float
) -> None:
    asked = Question(*rates, alpha, power)
    found, single = simon(asked), one_stage(asked)
    assert found is not None
    assert single is not None
    optimal, minimax = found
    for one in found:
        given = (one.first_patients, one.first_responses, one.patients, one.responses)
        assert one == two_stage(asked, *given)
        in_words = [rejects(given[0], given[1], given[2], given[3], rate) for rate in rates]
        assert (one.error, one.power) == pytest.approx(tuple(in_words), abs=1e-10)
        assert one.error <= alpha
        assert one.power >= power
        assert one.first_patients <= one.expected_null <= one.patients
    assert optimal.expected_null <= minimax.expected_null
    assert minimax.patients <= optimal.patients
    assert single.error <= alpha
    assert single.power >= power


def test_one_stage_is_the_smallest() -> None:
    asked = Question(0.2, 0.4, 0.05, 0.8)
    found = one_stage(asked)
    assert found is not None
    for patients, last in product(range(1, found.patients), range(found.patients)):
        error = sum(chance(x, patients, 0.2) for x in range(last + 1, patients + 1))
        power = sum(chance(x, patients, 0.4) for x in range(last + 1, patients + 1))
        assert error > 0.05 or power < 0.8


def test_too_small_a_difference_has_no_design() -> None:
    asked = Question(0.5, 0.52, 0.05, 0.9)
    assert simon(asked) is None
    assert one_stage(asked) is None
    assert MOST_PATIENTS == 400
