"""The normal distribution for twins, from the standard library alone."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

_erfc = np.vectorize(math.erfc, otypes=[np.float64])


def cumulative(z: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The chance to be below `z`."""
    return np.asarray(0.5 * _erfc(-z / math.sqrt(2)))
