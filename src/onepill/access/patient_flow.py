"""Patients by steps: what each step leaves of those before it, and how many wait at launch for each new one a year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from onepill.access.inputs import Money, Pool
from onepill.core.dates import DAYS_PER_YEAR


@dataclass(frozen=True)
class FlowStep:
    """One step at its mean: it multiplies what the steps before it leave; `key` names it, `path` is where it is given.

    `kind` is people, count (patients, or their part of the people before), share, months or price.
    """

    key: str
    path: str
    value: float
    kind: str


@dataclass(frozen=True)
class FlowRow:
    """A step with the product of all steps up to it, in `unit` (people, patients, months, USD; each a year)."""

    step: FlowStep
    running: float
    unit: str


UNITS = {"people": "people", "count": "patients", "share": "patients", "months": "months", "price": "USD"}
"""What the running product counts after a step of each kind."""


def funnel(steps: Sequence[FlowStep]) -> tuple[FlowRow, ...]:
    """The steps with their running product; a share leaves the unit of what is before it."""
    rows: list[FlowRow] = []
    running, unit = 1.0, "patients"
    for step in steps:
        running *= step.value
        unit = unit if step.kind == "share" else UNITS[step.kind]
        rows.append(FlowRow(step, running, unit))
    return tuple(rows)


def pool_integral(pool: Pool, days: Money) -> Money:
    """Peak-days that a pool adds in the first `days` after launch: all of it evenly over its years, then nothing.

    Args:
        days: days since launch, 0 or more, any shape.

    Returns:
        Days at the yearly peak of the scale (`ratio_years` x 365.25 once the pool is treated), of the same shape.
    """
    found: Money = (
        pool.ratio_years * DAYS_PER_YEAR * np.clip(days / (pool.treated_over_years * DAYS_PER_YEAR), 0.0, 1.0)
    )
    return found
