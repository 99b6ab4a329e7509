"""The stage ladder, and the day from which a record counts."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

import numpy as np
import numpy.typing as npt

from onepill.core.errors import InputError
from onepill.landscape.inputs import Precision

LADDER = (
    "unknown",
    "preclinical",
    "ind",
    "early_phase_1",
    "phase_1",
    "phase_1_2",
    "phase_2",
    "phase_2_3",
    "phase_3",
    "preapproval",
    "approval",
)
"""Lowest first. The order is Open Targets' (opentargets/clinical_mining, `dataset/clinical_report.py`)."""

COUNT_AS_APPROVAL = ("phase_4", "withdrawal")
"""By the same source both count as approval for the highest stage: the drug was on a market."""

STAGES = (*LADDER, *COUNT_AS_APPROVAL)
APPROVAL = LADDER.index("approval")
RANK = {name: min(place, APPROVAL) for place, name in enumerate(STAGES)}

_NUMPY_EPOCH = date(1970, 1, 1).toordinal()
Days = npt.NDArray[np.int32]


def rank_of(stage: str) -> int:
    """Place on the ladder, from 0 for `unknown` to 10 for `approval`.

    Raises:
        InputError: `stage.unknown` if the ladder has no such stage.
    """
    try:
        return RANK[stage]
    except KeyError:
        hint = f"one of {', '.join(STAGES)}"
        raise InputError.single("stage.unknown", f"no stage {stage!r}", hint=hint, value=stage) from None


def period_end(day: date, precision: Precision) -> date:
    """The last day that a day of this precision may mean: one cannot say that it happened any earlier."""
    if precision == "year":
        return date(day.year, 12, 31)
    if precision == "month":
        return date(day.year, day.month, monthrange(day.year, day.month)[1])
    return day


def period_ends(days: Days, precision: npt.NDArray[np.int8]) -> Days:
    """Like `period_end` for arrays.

    Args:
        days: proleptic Gregorian ordinals, any shape.
        precision: index into `inputs.PRECISIONS`, the same shape.
    """
    civil = (days - _NUMPY_EPOCH).astype("datetime64[D]")
    month_end = (civil.astype("datetime64[M]") + 1).astype("datetime64[D]") - 1
    year_end = (civil.astype("datetime64[Y]") + 1).astype("datetime64[D]") - 1
    chosen = np.where(precision == 0, civil, np.where(precision == 1, month_end, year_end))
    return (chosen.astype(np.int64) + _NUMPY_EPOCH).astype(np.int32)
