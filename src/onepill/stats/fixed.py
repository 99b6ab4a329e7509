"""Size and power of tests with one look: two means, two proportions, time to event, superiority or non-inferiority.

Everywhere `alpha` is the error of one side, `ratio` is treated patients for each control, `benefit` is counted so that
more is better for the patient, and `margin` is the loss that is tolerated: 0 asks for superiority.
"""

from __future__ import annotations

import math
from types import ModuleType

from scipy.special import ndtr, ndtri

from onepill.core.errors import MissingExtra

_LARGE_SAMPLE = 100_000.0
"""Patients beyond which the normal and the t test need the same number to four digits, and the latter is not solved."""


def patients_for_means(
    benefit: float, sd: float, *, alpha: float, power: float, ratio: float = 1.0, margin: float = 0.0
) -> float:
    """Patients in all for a t test of two means with equal variances, as a real number.

    Solved by statsmodels from the non-central t distribution; above 100,000 patients by the normal formula,
    (z_alpha + z_beta)^2 sd^2 (1 + ratio)^2 / (ratio (benefit + margin)^2).

    Raises:
        ValueError: `benefit + margin` or `sd` is not above 0.
        MissingExtra: statsmodels is not installed.
    """
    effect = _effect(benefit, margin) / _above_0(sd, "standard deviation")
    by_normal = (_z_sum(alpha, power) / effect) ** 2 * (1 + ratio) ** 2 / ratio
    if by_normal > _LARGE_SAMPLE:
        return by_normal
    # A t test needs two patients an arm at the very least.
    least = 2.0 * (1 + max(ratio, 1 / ratio))
    if power_for_means(least, benefit, sd, alpha=alpha, ratio=ratio, margin=margin) >= power:
        return least
    treated = (
        _statsmodels("power")
        .TTestIndPower()
        .solve_power(effect_size=effect, alpha=alpha, power=power, ratio=1 / ratio, alternative="larger")
    )
    return float(treated) * (1 + 1 / ratio)


def power_for_means(
    patients: float, benefit: float, sd: float, *, alpha: float, ratio: float = 1.0, margin: float = 0.0
) -> float:
    """Power of the t test of two means with that many patients in all.

    Raises:
        ValueError: `benefit + margin` or `sd` is not above 0, or an arm has fewer than two patients.
        MissingExtra: statsmodels is not installed.
    """
    effect = _effect(benefit, margin) / _above_0(sd, "standard deviation")
    treated = patients * ratio / (1 + ratio)
    if min(treated, patients - treated) < 2 - 1e-9:
        raise ValueError(f"{patients:g} patients leave an arm with fewer than two")
    if patients > _LARGE_SAMPLE:
        return float(ndtr(effect * math.sqrt(patients * ratio) / (1 + ratio) + ndtri(alpha)))
    found = _statsmodels("power").TTestIndPower().power(effect, treated, alpha, ratio=1 / ratio, alternative="larger")
    return float(found)


def patients_for_rates(
    treated_rate: float,
    control_rate: float,
    *,
    alpha: float,
    power: float,
    ratio: float = 1.0,
    margin: float = 0.0,
    higher_is_better: bool = True,
) -> float:
    """Patients in all for a test of two proportions by the normal approximation, as a real number.

    Superiority: pooled variance under no difference, own variances under the alternative (statsmodels). With a margin:
    own variances throughout (Blackwelder WC 1982, Controlled Clinical Trials 3:345-353).

    Raises:
        ValueError: a rate is not between 0 and 1, or the benefit does not exceed minus the margin.
        MissingExtra: statsmodels is not installed.
    """
    effect = _rate_effect(treated_rate, control_rate, margin, higher_is_better=higher_is_better)
    if margin == 0:
        treated = _statsmodels("proportion").samplesize_proportions_2indep_onetail(
            treated_rate - control_rate,
            control_rate,
            power,
            ratio=1 / ratio,
            alpha=alpha,
            alternative="larger" if treated_rate > control_rate else "smaller",
        )
        return float(treated) * (1 + 1 / ratio)
    spread = _rate_spread(treated_rate, control_rate, ratio)
    return (_z_sum(alpha, power) * spread / effect) ** 2


def power_for_rates(
    patients: float,
    treated_rate: float,
    control_rate: float,
    *,
    alpha: float,
    ratio: float = 1.0,
    margin: float = 0.0,
    higher_is_better: bool = True,
) -> float:
    """Power of the test of two proportions with that many patients in all: the inverse of `patients_for_rates`.

    Raises:
        ValueError: a rate is not between 0 and 1, the benefit does not exceed minus the margin, or no patients.
    """
    effect = _rate_effect(treated_rate, control_rate, margin, higher_is_better=higher_is_better)
    spread = _rate_spread(treated_rate, control_rate, ratio)
    pooled = (treated_rate * ratio + control_rate) / (1 + ratio)
    under_null = _rate_spread(pooled, pooled, ratio) if margin == 0 else spread
    return float(ndtr((effect * math.sqrt(_above_0(patients, "patients")) + ndtri(alpha) * under_null) / spread))


def events_for_hazards(
    hazard_ratio: float, *, alpha: float, power: float, ratio: float = 1.0, margin_ratio: float = 1.0
) -> float:
    """Events in all for a log-rank test, as a real number: (z_alpha + z_beta)^2 (1 + ratio)^2 / (ratio log^2).

    Schoenfeld DA (1981), Biometrika 68:316-319; the logarithm is of `hazard_ratio / margin_ratio`.

    Args:
        hazard_ratio: treated over control, above 0.
        alpha: error of one side.
        power: power, above `alpha`.
        ratio: treated patients for each control.
        margin_ratio: the hazard ratio that is to be excluded; 1 asks for superiority, above 1 for non-inferiority.

    Raises:
        ValueError: a ratio is not above 0, or the two are the same.
    """
    return (_z_sum(alpha, power) / _log_effect(hazard_ratio, margin_ratio)) ** 2 * (1 + ratio) ** 2 / ratio


def power_for_hazards(
    events: float, hazard_ratio: float, *, alpha: float, ratio: float = 1.0, margin_ratio: float = 1.0
) -> float:
    """Power of the log-rank test with that many events in all: the inverse of `events_for_hazards`.

    Raises:
        ValueError: a ratio or the events are not above 0, or the two ratios are the same.
    """
    effect = _log_effect(hazard_ratio, margin_ratio)
    return float(ndtr(effect * math.sqrt(_above_0(events, "events") * ratio) / (1 + ratio) + ndtri(alpha)))


def _z_sum(alpha: float, power: float) -> float:
    return float(ndtri(power) - ndtri(alpha))


def _effect(benefit: float, margin: float) -> float:
    if not benefit + margin > 0:
        raise ValueError(f"a benefit of {benefit:g} is not above minus the margin of {margin:g}")
    return benefit + margin


def _rate_effect(treated: float, control: float, margin: float, *, higher_is_better: bool) -> float:
    for rate in (treated, control):
        if not 0 < rate < 1:
            raise ValueError(f"a rate lies between 0 and 1, not {rate:g}")
    if margin == 0:
        return _effect(abs(treated - control), 0.0)
    return _effect((treated - control) * (1 if higher_is_better else -1), margin)


def _rate_spread(treated: float, control: float, ratio: float) -> float:
    """Standard deviation of the difference of two rates, times the root of the patients in all."""
    return math.sqrt((treated * (1 - treated) / ratio + control * (1 - control)) * (1 + ratio))


def _log_effect(hazard_ratio: float, margin_ratio: float) -> float:
    effect = abs(math.log(_above_0(hazard_ratio, "hazard ratio") / _above_0(margin_ratio, "margin")))
    if effect == 0:
        raise ValueError(f"a hazard ratio of {hazard_ratio:g} is no effect")
    return effect


def _above_0(value: float, name: str) -> float:
    if not value > 0:
        raise ValueError(f"the {name} is above 0, not {value:g}")
    return value


def _statsmodels(name: str) -> ModuleType:
    from importlib import import_module

    try:
        return import_module(f"statsmodels.stats.{name}")
    except ModuleNotFoundError as error:
        raise MissingExtra("sizes of fixed designs need statsmodels: install onepill[evidence]") from error
