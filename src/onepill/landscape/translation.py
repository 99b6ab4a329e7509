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
class ReachedYears:
    """Years until a share of the agents was approved, with 95 % limits; each None where the curve, or its limit, never
    gets there: a median without an upper limit is at least its lower one.
    """

    share: float
    years: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Translation:
    """Agents from their first evidence in humans to their first approval anywhere.

    Attributes:
        agents: how many are followed; approved: how many of them were approved by the day.
        left_out: approved agents without earlier evidence, whose way is not seen.
        approved_within_years: by number of years, the share approved by then.
        quarter_years: years until a quarter of the agents was approved; None where not reached.
        median: years until half of them were.
    """

    agents: int
    approved: int
    left_out: int
    approved_within_years: dict[int, Measure]
    quarter_years: float | None
    median: ReachedYears


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
    median = reached_years(curve, 0.5)
    return Translation(len(days), int(np.count_nonzero(took[keep])), left_out, within, found, median)


def reached_years(curve: ApprovalCurve, share: float) -> ReachedYears:
    """When the curve reaches a share, and when its limits do.

    Source: Brookmeyer R, Crowley J (1982), Biometrics 38:29-41, with limits of the survival on the log-log scale
    (Kalbfleisch JD, Prentice RL (1980), The Statistical Analysis of Failure Time Data).

    Args:
        share: of approved agents, within 0 and 1, both excluded.
    """
    alive = 1 - curve.approved_share
    inside = (alive > 0) & (alive < 1)
    # Before the first approval nothing is uncertain; at the end, where all are approved, the limits stay as they were.
    with np.errstate(divide="ignore", invalid="ignore"):
        half = 1.959963984540054 * np.sqrt(curve.variance) / (alive * np.abs(np.log(alive)))
        limits = [np.where(inside, alive ** np.exp(sign * half), 1.0) for sign in (1, -1)]
    low, high = (_carried(limit, alive) for limit in limits)
    years = [_first_at(curve.years, one, 1 - share) for one in (alive, low, high)]
    return ReachedYears(share, *years)


def _carried(limit: Days, alive: Days) -> Days:
    """The limit, which from the step on at which all are approved stays what it was before."""
    last = int(np.argmax(alive <= 0)) if np.any(alive <= 0) else len(alive)
    return np.where(np.arange(len(alive)) < last, limit, limit[last - 1] if last else 1.0)


def _first_at(years: Days, alive: Days, level: float) -> float | None:
    reached = np.flatnonzero(alive <= level + 1e-12)
    return float(years[reached[0]]) if len(reached) else None


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
