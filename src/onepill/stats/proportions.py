"""Intervals of a proportion and of a product of proportions."""

from __future__ import annotations

import math
from collections.abc import Sequence


def wilson_interval(successes: float, n: float, *, level: float = 0.95) -> tuple[float, float]:
    """Score interval of a binomial proportion, without continuity correction.

    Args:
        successes: count of successes, 0 to `n`; a fraction is allowed, because printed tables give a rounded
            rate and `n`, not the count.
        n: count of trials, above 0.
        level: two-sided confidence level, between 0 and 1.

    Returns:
        Lower and upper limit, both within 0 and 1.

    Raises:
        ValueError: `n` is not above 0, `successes` is outside 0 to `n`, or `level` is outside 0 to 1.

    Source: Wilson EB (1927), JASA 22:209-212; method 3 of Newcombe RG (1998), Statistics in Medicine 17:857-872.
    """
    if not n > 0:
        raise ValueError(f"n must be above 0, not {n}")
    if not 0 <= successes <= n:
        raise ValueError(f"successes must lie within 0 and {n:g}, not {successes}")
    z = two_sided_z(level)
    share = successes / n
    centre = share + z * z / (2 * n)
    half_width = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    # The exact limits at no and at only successes are 0 and 1; rounding must not move them.
    low = 0.0 if successes == 0 else (centre - half_width) / scale
    high = 1.0 if successes == n else (centre + half_width) / scale
    return max(0.0, low), min(1.0, high)


def product_interval(parts: Sequence[tuple[float, float, float]]) -> tuple[float, float]:
    """Interval of a product of independent proportions, from the interval of each ("variance recovery").

    Works on logarithms: the distance of each limit from its estimate is squared and summed. With one part the
    result is that part's own interval.

    Args:
        parts: for each factor `(estimate, low, high)`, 0 <= low <= estimate <= high <= 1, at least one.

    Returns:
        Lower and upper limit at the level of the parts; (0, 0) limits follow where an estimate or a limit is 0.

    Raises:
        ValueError: no parts, or a part whose limits do not enclose its estimate.

    Source: Zou GY, Donner A (2008), Statistics in Medicine 27:1693-1702 (MOVER), on the log scale.
    """
    if not parts:
        raise ValueError("a product needs at least one part")
    for estimate, low, high in parts:
        if not 0 <= low <= estimate <= high <= 1:
            raise ValueError(f"limits {low:g} and {high:g} must enclose {estimate:g} within 0 and 1")
    product = math.prod(estimate for estimate, _, _ in parts)
    if product == 0:
        return 0.0, min(1.0, math.prod(high for _, _, high in parts))
    if any(low == 0 for _, low, _ in parts):
        down = math.inf
    else:
        down = math.sqrt(sum(math.log(estimate / low) ** 2 for estimate, low, _ in parts))
    up = math.sqrt(sum(math.log(high / estimate) ** 2 for estimate, _, high in parts))
    return product * math.exp(-down), min(1.0, product * math.exp(up))


def two_sided_z(level: float) -> float:
    """The normal quantile of two-sided limits at a level between 0 and 1.

    Raises:
        ValueError: the level is outside 0 to 1.
    """
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, not {level}")
    if level == 0.95:
        return 1.959963984540054  # spares the import below on the common path
    from statistics import NormalDist

    return NormalDist().inv_cdf(0.5 + level / 2)
