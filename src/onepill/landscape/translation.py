"""From first trial to approval: what share of agents got there within so many years, and how long it took."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onepill.core.dates import DAYS_PER_YEAR
from onepill.landscape.crowding import count
from onepill.landscape.inputs import Measure, Question
from onepill.landscape.stages import APPROVAL
from onepill.landscape.world import World
from onepill.stats import event_curve, quantiles_from_survival

WITHIN_YEARS = (5, 10, 15)
Days = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ApprovalCurve:
    """Kaplan and Meier's curve of approval; steps of shape (n_steps,).

    Attributes:
        years: since the first evidence in humans. approved_share: approved by then, 0 to 1, never falling.
        variance: Greenwood's of the share.
    """

    years: Days
    approved_share: Days
    variance: Days


@dataclass(frozen=True)
class Translation:
    """Agents from their first evidence in humans to their first approval anywhere.

    Attributes:
        agents: how many are followed; approved: how many of them were approved by the day.
        left_out: approved agents without earlier evidence, whose way is not seen.
        approved_within_years: by number of years, the share approved by then.
        quarter_years: years until a quarter of the agents was approved; None where not reached.
    """

    agents: int
    approved: int
    left_out: int
    approved_within_years: dict[int, Measure]
    quarter_years: float | None


def translation(world: World, question: Question, *, first_year: int) -> Translation:
    """Follow the agents first seen from a year on to the question's day.

    An agent not approved by the day is censored there, whether it was given up or goes on, because registries do
    not say when a drug was given up. Agents seen before `first_year` are left out: of old ones
    chiefly the successful are on record.

    Args:
        first_year: of the first evidence in humans.
    """
    programmes = count(world, question, unit="agent").programmes
    since = int(np.datetime64(f"{first_year}-01-01", "D").astype(np.int64)) + 719163
    took = programmes.rank == APPROVAL
    unseen = took & (programmes.first_seen == programmes.reached)
    keep = (programmes.first_seen >= since) & ~unseen
    end = np.where(took, programmes.reached, question.as_of.toordinal())
    days = (end - programmes.first_seen)[keep].astype(np.float64)
    curve = approval_curve(days, took[keep])
    within = {years: _within(curve, years, days) for years in WITHIN_YEARS}
    quarter = quantiles_from_survival(curve.years, 1 - curve.approved_share, [0.25])[0] if len(curve.years) else np.nan
    left_out = int(np.count_nonzero((programmes.first_seen >= since) & unseen))
    found = None if np.isnan(quarter) else float(quarter)
    return Translation(len(days), int(np.count_nonzero(took[keep])), left_out, within, found)


def approval_curve(days: Days, approved: npt.NDArray[np.bool_]) -> ApprovalCurve:
    """Share approved by time since first evidence.

    Source: Kaplan EL, Meier P (1958), JASA 53:457-481; variance by Greenwood M (1926).

    Args:
        days: from first evidence to approval, or to the day of the question; shape (n,), at or above 0.
        approved: whether it ended in approval; shape (n,).
    """
    curve = event_curve(days, approved)
    return ApprovalCurve(curve.times / DAYS_PER_YEAR, curve.share, curve.variance)


def _within(curve: ApprovalCurve, years: int, days: Days) -> Measure:
    """The share approved by so many years; None where nobody was followed for so long."""
    unit = "agents followed"
    if not len(days) or days.max() < years * DAYS_PER_YEAR:
        return Measure(None, None, None, len(days), unit, "greenwood")
    step = int(np.searchsorted(curve.years, years, side="right")) - 1
    share, spread = (0.0, 0.0) if step < 0 else (float(curve.approved_share[step]), float(curve.variance[step]) ** 0.5)
    half = 1.959963984540054 * spread
    return Measure(share, max(0.0, share - half), min(1.0, share + half), len(days), unit, "greenwood")
