"""How many patients one region needs so that its result agrees with the whole trial."""

from __future__ import annotations

from statistics import NormalDist

_STANDARD = NormalDist()


def consistent_share(*, effect_kept: float, chance: float, power: float = 0.9, two_sided_error: float = 0.05) -> float:
    """The smallest share of patients for which a region likely shows at least a part of the whole effect.

    With the same true effect everywhere and equal variances, the region's estimate is normal around the effect with
    1 / share of the whole trial's variance, and the whole is its weighted mean. The region keeps `effect_kept` of the
    whole estimate with probability `chance` where share >= z^2 / (u^2 (1 - k)^2 + z^2 (2 k - k^2)), k = effect_kept,
    z the normal quantile of `chance`, u that of the error's half plus that of the power. The trial is sized for its
    power. Derived here from the criterion of Japan's method 1 (notification 0928010 of 2007).

    Args:
        effect_kept: part of the whole effect that the region is to keep, from 0 to below 1.
        chance: probability asked for, above 0.5 and below 1.
        power: power of the whole trial, above 0 and below 1.
        two_sided_error: its two-sided error, above 0 and below 1.

    Returns:
        A share above 0 and up to 1.

    Raises:
        ValueError: an argument is outside its range.
    """
    if not 0 <= effect_kept < 1 or not 0.5 < chance < 1:
        raise ValueError(f"effect_kept {effect_kept} or chance {chance} is out of range")
    if not 0 < power < 1 or not 0 < two_sided_error < 1:
        raise ValueError(f"power {power} or error {two_sided_error} is out of range")
    z = _STANDARD.inv_cdf(chance)
    u = _STANDARD.inv_cdf(1 - two_sided_error / 2) + _STANDARD.inv_cdf(power)
    needed = z * z / (u * u * (1 - effect_kept) ** 2 + z * z * (2 * effect_kept - effect_kept**2))
    return min(needed, 1.0)
