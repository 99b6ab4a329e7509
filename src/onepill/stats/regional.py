"""How many patients one region needs so that its result agrees with the whole trial."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

from onepill.stats.roots import rising_root

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
    z, u = _STANDARD.inv_cdf(chance), _whole_effect(power, two_sided_error)
    needed = z * z / (u * u * (1 - effect_kept) ** 2 + z * z * (2 * effect_kept - effect_kept**2))
    return min(needed, 1.0)


def effect_kept_prob(share: float, *, effect_kept: float, power: float = 0.9, two_sided_error: float = 0.05) -> float:
    """The chance that a region with that share of the patients shows at least a part of the whole effect.

    The inverse of `consistent_share`: Phi(u (1 - k) / sqrt(1 / share - 2 k + k^2)), with its letters and assumptions.

    Raises:
        ValueError: an argument is outside its range.
    """
    _check_shares([share])
    if not 0 <= effect_kept < 1:
        raise ValueError(f"effect_kept {effect_kept} is out of range")
    u = _whole_effect(power, two_sided_error)
    if share == 1:
        return 1.0
    return _STANDARD.cdf(u * (1 - effect_kept) / math.sqrt(1 / share - 2 * effect_kept + effect_kept**2))


def same_direction_prob(shares: Sequence[float], *, power: float = 0.9, two_sided_error: float = 0.05) -> float:
    """The chance that every region's estimate points the right way: the product of Phi(u sqrt(share)).

    With the same true effect everywhere, equal variances and independent regions; u as in `consistent_share`. Derived
    here from the criterion of Japan's method 2 (notification 0928010 of 2007). Not conditional on the whole trial's
    success.

    Args:
        shares: share of the patients of each region, each above 0, together at most 1.
        power: power of the whole trial, above 0 and below 1.
        two_sided_error: its two-sided error, above 0 and below 1.

    Raises:
        ValueError: an argument is outside its range.
    """
    _check_shares(shares)
    u = _whole_effect(power, two_sided_error)
    return math.prod(_STANDARD.cdf(u * math.sqrt(share)) for share in shares)


def same_direction_share(
    regions: int, *, chance: float, power: float = 0.9, two_sided_error: float = 0.05
) -> float | None:
    """The smallest share of one region for which all likely point the right way; the others share the rest evenly.

    Returns:
        A share up to 1 / `regions`; None where not even equal regions reach the chance.

    Raises:
        ValueError: fewer than two regions, or an argument outside its range.
    """
    if regions < 2 or not 0 < chance < 1:
        raise ValueError(f"regions {regions} or chance {chance} is out of range")

    def excess(share: float) -> float:
        others = [(1 - share) / (regions - 1)] * (regions - 1)
        return same_direction_prob([share, *others], power=power, two_sided_error=two_sided_error) - chance

    equal = 1 / regions
    least = 1e-9
    if excess(equal) < 0:
        return None
    return least if excess(least) >= 0 else rising_root(excess, equal / 3, equal / 2, least=least, most=equal)


def _whole_effect(power: float, two_sided_error: float) -> float:
    """The whole effect over its standard error, in a trial sized for the power."""
    if not 0 < power < 1 or not 0 < two_sided_error < 1:
        raise ValueError(f"power {power} or error {two_sided_error} is out of range")
    return _STANDARD.inv_cdf(1 - two_sided_error / 2) + _STANDARD.inv_cdf(power)


def _check_shares(shares: Sequence[float]) -> None:
    if not shares or not all(0 < share <= 1 for share in shares) or sum(shares) > 1 + 1e-9:
        raise ValueError(f"shares {list(shares)} are out of range: each above 0, together at most 1")
