"""What a distribution is worth to somebody who minds its lower end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onepill.core.errors import InputError

Money = npt.NDArray[np.float64]
TAIL_SHARE = 0.05


@dataclass(frozen=True)
class Risk:
    """`weight` of the mean of the worst `tail_share` of paths, and the rest of the mean of all (weight 0: the mean).

    A coherent measure (Acerbi 2002, spectral measures of risk, doi:10.1016/S0378-4266(02)00281-9, with two levels), so
    that amounts keep their unit: adding a sure dollar adds a dollar.
    """

    weight: float = 0.0
    tail_share: float = TAIL_SHARE

    def __post_init__(self) -> None:
        if not (0 <= self.weight <= 1 and 0 < self.tail_share <= 1):
            message = f"a weight of {self.weight} on the worst {self.tail_share} of paths"
            raise InputError.single("risk.range", message, hint="the weight from 0 to 1, the tail above 0 up to 1")


NEUTRAL = Risk()
"""The mean alone."""


def tail_mean(npv_usd: Money, share: float = TAIL_SHARE) -> float:
    """The mean of the worst `share` of paths, the last of them in part (expected shortfall), in US dollars."""
    wanted = share * npv_usd.size
    count = max(int(np.ceil(wanted)), 1)
    worst = np.sort(np.partition(npv_usd, count - 1)[:count]) if count < npv_usd.size else np.sort(npv_usd)
    kept = np.ones(count)
    kept[-1] = 1.0 - (count - max(wanted, 1e-12)) if count > 1 else 1.0
    return float(kept @ worst / kept.sum())


def utility_usd(npv_usd: Money, risk: Risk) -> float:
    """What the distribution is worth under `risk`, in US dollars."""
    mean = float(npv_usd.mean())
    return mean if risk.weight == 0 else (1 - risk.weight) * mean + risk.weight * tail_mean(npv_usd, risk.tail_share)


def prob_loss(npv_usd: Money) -> float:
    """The share of paths below 0."""
    return float(np.count_nonzero(npv_usd < 0) / npv_usd.size)
