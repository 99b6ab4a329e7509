"""A pool of like programmes in closed form: its expected return, its risk, and the chance of so many successes.

The arithmetic of the megafund (Fernandez, Stein and Lo 2012, Nature Biotechnology 30, 964-975): each programme costs
a sum today, succeeds or fails after some years, and a success earns a level income for further years.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isinf, lgamma, log, log1p, sqrt

import numpy as np
import numpy.typing as npt

from onepill.core.normal import ndtr, ndtri

Probs = npt.NDArray[np.float64]
_NODES = 2_001
_REACH = 8.5
"""Where the normal factor is cut: 2e-17 of its mass lie outside."""


@dataclass(frozen=True)
class LikeProgramme:
    """One of many programmes that are alike.

    Attributes:
        cost_usd: paid today, above 0.
        years_to_result: above 0.
        success_prob: 0 to 1.
        income_usd_per_year: of a success, at the end of each of `years_of_income` years after the result.
        discount_rate_per_year: at which that income is worth a sum at the result; above -1.
    """

    cost_usd: float
    years_to_result: float
    success_prob: float
    income_usd_per_year: float
    years_of_income: int
    discount_rate_per_year: float

    @property
    def value_of_success_usd(self) -> float:
        """The income's present value at the result: an annuity paid at the end of each year."""
        rate, years = self.discount_rate_per_year, self.years_of_income
        annuity = years if rate == 0 else (1 - (1 + rate) ** -years) / rate
        return self.income_usd_per_year * annuity

    @property
    def expected_return_per_year(self) -> float:
        """The yearly rate at which the cost grows to the expected value at the result: (p V / C)^(1/T) - 1."""
        gross = self.success_prob * self.value_of_success_usd / self.cost_usd
        return float(gross ** (1 / self.years_to_result) - 1)

    @property
    def return_sd_per_year(self) -> float:
        """The standard deviation of the whole gross return V / C, spread over the years as independent yearly returns
        would have it: (V / C) sqrt(p (1 - p)) / sqrt(T)."""
        p = self.success_prob
        return self.value_of_success_usd / self.cost_usd * sqrt(p * (1 - p) / self.years_to_result)


@dataclass(frozen=True)
class Pool:
    """`programmes` of one kind in equal parts, whose successes hang together by `factor_correlation`.

    The correlation, 0 to 1, is that of the normal variables below which a success lies, all loading on one common
    factor (Vasicek 1987); 0: they are independent.
    """

    programme: LikeProgramme
    programmes: int
    factor_correlation: float = 0.0

    def __post_init__(self) -> None:
        """Reject what is no pool."""
        if self.programmes < 1 or not 0 <= self.factor_correlation < 1:
            raise ValueError("a pool has one programme or more, and a correlation from 0 to below 1")
        if not 0 <= self.programme.success_prob <= 1 or self.programme.cost_usd <= 0:
            raise ValueError("a programme succeeds with 0 to 1 and costs something")

    @property
    def cost_usd(self) -> float:
        return self.programmes * self.programme.cost_usd

    @property
    def success_correlation(self) -> float:
        """The correlation of two programmes' outcomes, successes counting 1 and failures 0."""
        p = self.programme.success_prob
        if self.factor_correlation == 0 or p in (0.0, 1.0):
            return 0.0
        chance, mass = self._factor()
        return float((mass @ chance**2 - p * p) / (p * (1 - p)))

    @property
    def return_sd_per_year(self) -> float:
        """The spread of the mean: sigma sqrt((1 + (n - 1) rho) / n), with rho the correlation of outcomes."""
        n = self.programmes
        return self.programme.return_sd_per_year * sqrt((1 + (n - 1) * self.success_correlation) / n)

    def successes(self) -> Probs:
        """The chance of 0, 1, ... n successes, shape (programmes + 1,)."""
        chance, mass = self._factor()
        return mass @ _binomial(self.programmes, chance)

    def at_least(self, successes: int) -> float:
        """The chance of so many successes or more."""
        return float(self.successes()[max(successes, 0) :].sum())

    def _factor(self) -> tuple[Probs, Probs]:
        """The chance of success given the common factor, and the mass of each of the factor's values."""
        p, rho = self.programme.success_prob, self.factor_correlation
        if rho == 0:
            return np.array([p]), np.ones(1)
        z = np.linspace(-_REACH, _REACH, _NODES)
        mass = np.exp(-0.5 * z * z)
        bound = ndtri(p)
        chance = ndtr((bound - sqrt(rho) * z) / sqrt(1 - rho)) if np.isfinite(bound) else np.full(z.size, p)
        return np.asarray(chance, dtype=np.float64), mass / mass.sum()


def _binomial(n: int, chance: Probs) -> Probs:
    """The binomial distribution for each chance, shape (chances, n + 1)."""
    k = np.arange(n + 1)
    ways = np.array([lgamma(n + 1) - lgamma(i + 1) - lgamma(n - i + 1) for i in k])
    found = np.zeros((chance.size, n + 1))
    for row, p in zip(found, chance, strict=True):
        hit, miss = (log(p) if p > 0 else -inf), (log1p(-p) if p < 1 else -inf)
        if isinf(hit) or isinf(miss):
            row[0 if isinf(hit) else n] = 1.0
            continue
        row[:] = np.exp(ways + k * hit + (n - k) * miss)
    return found
