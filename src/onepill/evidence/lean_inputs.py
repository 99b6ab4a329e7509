"""What a lean proof of concept is asked: hidden truths, experiments on them, money, and limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from math import prod

Readings = Mapping[str, Mapping[str, float]]
"""By hidden factor and level: the chance that an experiment sees what it looks for."""


@dataclass(frozen=True)
class HiddenFactor:
    """One thing that nobody knows yet, such as whether the mechanism drives the disease.

    `levels` are its possible truths with their prior chances, which sum to 1.
    """

    id: str
    levels: Mapping[str, float]


@dataclass(frozen=True)
class HiddenState:
    """One possible truth: a level of each factor, its prior chance, and what either decision is worth if it holds.

    Values are in US dollars on the day of the decision; `no_go_usd` is 0 or more.
    """

    levels: Mapping[str, str]
    prob: float
    go_usd: float
    no_go_usd: float = 0.0

    @property
    def is_worth_it(self) -> bool:
        """Whether going is the right decision where this is the truth."""
        return self.go_usd > self.no_go_usd


@dataclass(frozen=True)
class Experiment:
    """A piece of work whose result is positive or negative.

    `positive_probs` is the chance of a positive result in each hidden state (0 to 1), in the states' order. `after`
    names experiments whose result must be in, and where a result is given, must be that one. Experiments of one
    `family` share a cause of error.
    """

    id: str
    cost_usd: float
    months: float
    positive_probs: tuple[float, ...]
    after: tuple[tuple[str, bool | None], ...] = ()
    family: str = ""


@dataclass(frozen=True)
class LeanProblem:
    """The whole question.

    Args:
        correlations: by family, the correlation of two equally accurate experiments given the truth, 0 to 1.
        discount_rate_per_year: effective annual rate, 0 or more.
        budget_usd: the most that experiments may cost on any path, undiscounted; None for no limit.
        limit_months: the latest decision; None for no limit.
        at_once: how many experiments may run side by side; None for any number.
    """

    states: tuple[HiddenState, ...]
    experiments: tuple[Experiment, ...]
    correlations: Mapping[str, float] = field(default_factory=dict)
    discount_rate_per_year: float = 0.0
    budget_usd: float | None = None
    limit_months: float | None = None
    at_once: int | None = None

    def discount(self, months: float) -> float:
        """What a dollar after so many months is worth now: (1 + rate)^(-months / 12)."""
        return float((1.0 + self.discount_rate_per_year) ** (-months / 12.0))

    def affords(self, spent_usd: float) -> bool:
        return self.budget_usd is None or spent_usd <= self.budget_usd + TOLERANCE * max(1.0, self.budget_usd)

    def is_in_time(self, months: float) -> bool:
        return self.limit_months is None or months <= self.limit_months + TOLERANCE


TOLERANCE = 1e-9
"""Sums of the same costs or months in another order may differ in their last digits."""


def joint_levels(factors: tuple[HiddenFactor, ...]) -> list[tuple[dict[str, str], float]]:
    """Every combination of levels with its prior chance; factors are independent a priori."""
    found = []
    for combination in product(*(factor.levels.items() for factor in factors)):
        levels = {factor.id: level for factor, (level, _) in zip(factors, combination, strict=True)}
        found.append((levels, prod(prob for _, prob in combination)))
    return found


def positive_prob(readings: Readings, levels: Mapping[str, str]) -> float:
    """The chance of a positive result: each factor that the experiment reads is seen, independently given the truth."""
    return prod(by_level[levels[factor]] for factor, by_level in readings.items())
