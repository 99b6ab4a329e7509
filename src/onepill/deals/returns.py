"""How likely is it that a licence comes back, and by when? A hazard calibrated to what bodies counted.

A cohort is all deals of one year; only its share ended by one later day is known, with the body that counted it. On
simulated paths a licence also ends by itself where its programme fails; the hazard added to that is such that both
together end the cohort's share by the cohort's age.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from onepill.core.dates import DAYS_PER_YEAR, NEVER
from onepill.core.streams import uniforms
from onepill.deals.crossing import rising_crossing

Days = npt.NDArray[np.int32]
STREAM = "deal.termination"
HIGHEST_PER_YEAR = 20.0
"""Above this a licence lasts weeks: a share that would need more cannot be reached on the paths."""
_FOR_EVER_YEARS = 1e7


@dataclass(frozen=True)
class Cohort:
    """Deals signed in `year`, of which `ended_share` had ended on `counted_on`, as `body` counts.

    `deals` and `ended` are the body's own counts, None where it states none; those of another body never stand here.
    """

    year: int
    ended_share: float
    counted_on: date
    body: str
    deals: int | None = None
    ended: int | None = None

    @property
    def mean_age_years(self) -> float:
        """From the middle of the cohort's year, the mean day of signing, to the day of the count."""
        first, last = date(self.year, 1, 1).toordinal(), date(self.year + 1, 1, 1).toordinal()
        return (self.counted_on.toordinal() - (first + last) / 2) / DAYS_PER_YEAR

    @property
    def hazard_per_year(self) -> float:
        """The constant hazard that ends the share by the mean age: -ln(1 - share) / age."""
        return -math.log1p(-self.ended_share) / self.mean_age_years


@dataclass(frozen=True)
class Pooled:
    """One hazard for several cohorts, and the interval of a further cohort's mean level at 95 percent."""

    hazard_per_year: float
    low_per_year: float
    high_per_year: float


@dataclass(frozen=True)
class Hazard:
    """Yearly hazards by year since signing, the last of which goes on; none after the launch unless `after_launch`."""

    per_year: tuple[float, ...]
    after_launch: bool = False

    def scaled(self, factor: float) -> Hazard:
        return Hazard(tuple(factor * rate for rate in self.per_year), self.after_launch)

    def cumulative(self, years: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """The hazard added up from signing to `years` since then, any shape, at least 0."""
        since = np.asarray(years, dtype=np.float64)
        starts = np.arange(len(self.per_year), dtype=np.float64)
        lasts = np.r_[np.ones(len(self.per_year) - 1), np.inf]
        spent = np.clip(since[..., None] - starts, 0.0, lasts)
        return np.asarray((spent * np.asarray(self.per_year)).sum(axis=-1))


@dataclass(frozen=True)
class Lives:
    """Counts of paths by how long the licence lasts by itself, enough to calibrate on: memory does not grow with paths.

    `exposed[d]` of the paths are under the added hazard for d days from its start, `own[d]` end by themselves on day d
    and are under it until then; what lasts longer than the arrays stands in the last place of `exposed`.
    """

    exposed: npt.NDArray[np.int64]
    own: npt.NDArray[np.int64]

    @property
    def paths(self) -> int:
        return int(self.exposed.sum() + self.own.sum())

    @property
    def own_share(self) -> float:
        """Ended by themselves within the span."""
        return float(self.own.sum() / self.paths)

    def ended_share(self, hazard: Hazard) -> float:
        """Ended within the span by themselves or by the added hazard: 1 - mean of what both leave."""
        days = np.arange(len(self.exposed))
        left = float((self.exposed * np.exp(-hazard.cumulative(days / DAYS_PER_YEAR))).sum())
        return 1 - left / self.paths

    def __add__(self, other: Lives) -> Lives:
        return Lives(self.exposed + other.exposed, self.own + other.own)


@dataclass(frozen=True)
class Added:
    """The hazard on top of the paths' own failures, and how the share of the cohort comes about on these paths.

    `reached` is the share ended by the cohort's age: above `asked` where the own failures alone exceed it, below it
    where too few licences are exposed.
    """

    hazard: Hazard
    asked_share: float
    own_share: float
    reached_share: float


def exact_interval(cohort: Cohort, *, level: float = 0.95) -> tuple[float, float] | None:
    """Interval of a cohort's hazard from its own counts alone; None where its body gives none.

    Exact binomial (Clopper CJ, Pearson ES (1934), Biometrika 26:404-413) limits of the share, carried over by
    -ln(1 - share) / age.
    """
    if cohort.deals is None or cohort.ended is None:
        return None
    from scipy.special import betaincinv

    tail, ended, going = (1 - level) / 2, cohort.ended, cohort.deals - cohort.ended
    low = float(betaincinv(ended, going + 1, tail)) if ended else 0.0
    high = float(betaincinv(ended + 1, going, 1 - tail)) if going else 1.0
    age = cohort.mean_age_years
    return -math.log1p(-low) / age, math.inf if high == 1 else -math.log1p(-high) / age


def pooled(cohorts: Sequence[Cohort], *, level: float = 0.95) -> Pooled:
    """The geometric mean of the cohorts' hazards, each weighing the same, with Student's interval on logarithms.

    It needs no number of deals, which the body gives for one cohort only, and takes the spread between cohorts as the
    error: that is larger than the counting error of any one.

    Raises:
        ValueError: fewer than two cohorts, or a share of 0 or 1.
    """
    if len(cohorts) < 2 or not all(0 < cohort.ended_share < 1 for cohort in cohorts):
        raise ValueError("pooling takes two cohorts or more, with shares between 0 and 1")
    from scipy.special import stdtrit

    logs = np.log([cohort.hazard_per_year for cohort in cohorts])
    half = float(stdtrit(len(logs) - 1, (1 + level) / 2) * logs.std(ddof=1) / math.sqrt(len(logs)))
    mean = float(logs.mean())
    return Pooled(math.exp(mean), math.exp(mean - half), math.exp(mean + half))


def lives(*, begins: int, own_end: Days, launch: Days, age_years: float, after_launch: bool) -> Lives:
    """How long licences last by themselves, to the age of a cohort.

    Args:
        begins: the day from which the hazard counts.
        own_end, launch: int32 (paths,), NEVER where a licence does not end by itself, or nothing is launched.
        age_years: span of the count.
        after_launch: whether a launched licence stays under the hazard.
    """
    span = max(round(age_years * DAYS_PER_YEAR), 1)
    own = np.clip(own_end.astype(np.int64) - begins, 0, None)
    ends = own <= span
    under = own if after_launch else np.minimum(own, np.clip(launch.astype(np.int64) - begins, 0, None))
    exposed = np.bincount(np.minimum(under[~ends], span), minlength=span + 1)
    return Lives(exposed, np.bincount(own[ends], minlength=span + 1))


def calibrate(found: Lives, *, share: float, after_launch: bool = False) -> Added:
    """The constant hazard with which `share` of the licences end within the span of `found`, at least 0.

    Without own failures and launches it is -ln(1 - share) / age. Where even a licence of weeks would not reach the
    share, since most are launched before, the hazard is that one.
    """
    own = found.own_share
    if own >= share:
        return Added(Hazard((0.0,), after_launch), share, own, own)

    def short(rate: float) -> float:
        return found.ended_share(Hazard((rate,), after_launch)) - share

    years = (len(found.exposed) - 1) / DAYS_PER_YEAR
    if short(HIGHEST_PER_YEAR) < 0:
        hazard = constant(share, years, after_launch)
        return Added(hazard, share, own, found.ended_share(hazard))
    rate = rising_crossing(short, 0.0, HIGHEST_PER_YEAR)
    hazard = Hazard((rate,), after_launch)
    return Added(hazard, share, own, found.ended_share(hazard))


def constant(share: float, age_years: float, after_launch: bool) -> Hazard:
    """The constant hazard that alone, without own failures, ends a share by an age: -ln(1 - share) / age."""
    return Hazard((-math.log1p(-share) / age_years,), after_launch)


def termination_days(hazard: Hazard, *, begins: int, own_end: Days, launch: Days, first: int, seed: int) -> Days:
    """The day on which the partner ends the licence, NEVER where it does not: int32 (paths,).

    Drawn from the stream `deal.termination`, one uniform a path: all structures and clauses share the same luck, and
    a larger hazard brings every day forward. It counts only before the licence ends by itself and, unless
    `after_launch`, before the launch.

    Args:
        begins: the later of signing and the programme's day, until which the licence is known to be alive.
        own_end, launch: as in `lives`.
        first: number of the first path.
    """
    luck = uniforms(seed, stream=STREAM, paths=first + np.arange(len(own_end)))
    years = np.minimum(_years_at(hazard, -np.log(luck)), _FOR_EVER_YEARS)
    days = begins + np.ceil(years * DAYS_PER_YEAR)
    counts = days < own_end
    if not hazard.after_launch:
        counts &= days <= launch
    return np.where(counts, days, NEVER).astype(np.int32)


def _years_at(hazard: Hazard, owed: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The years after which the hazard has added up to `owed`; infinite where it never does."""
    rates = np.asarray(hazard.per_year, dtype=np.float64)
    before = np.r_[0.0, np.cumsum(rates[:-1])]
    years = np.full(owed.shape, np.inf)
    for start in range(len(rates) - 1, -1, -1):
        inside = owed > before[start]
        if start < len(rates) - 1:
            inside &= owed <= before[start + 1]
        if rates[start] > 0:
            years[inside] = start + (owed[inside] - before[start]) / max(rates[start], 1 / _FOR_EVER_YEARS)
    return years
