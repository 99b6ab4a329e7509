"""How long reviews take beside their clock: quantiles by cell, small cells leaning on wider ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from onepill.pathway.review_cases import Case
from onepill.pathway.review_clocks import review_clock

PROBS = (0.025, *(step / 20 for step in range(1, 20)), 0.975)
EVERYTHING = "all"
LEAN_ON_WIDER = 5
"""As many reviews as the wider cell counts for inside a narrower one (an assumption, see docs/methods)."""
FEW_REVIEWS = 10
"""Below as many reviews a step counts as not validated."""
RECENT_DAYS = 5 * 365
"""How far back the wider cells of a step with regimes reach from the last decision."""
SMALLEST_AT_RISK = 5
"""Where limits leave fewer reviews than this to estimate a share from, the share is taken as none."""

RECEIPT_REGIMES: dict[str, tuple[date, ...]] = {
    "fda.approval": (date(1992, 10, 1), date(1997, 10, 1), date(2002, 10, 1), date(2012, 10, 1)),
    "ema.decision": (date(2006, 1, 1), date(2013, 1, 1)),
}
"""First days of a regime. FDA: user fees, their renewals of 1997 and 2002, the Program for new molecules of 2012. EMA's
decision step: read off the table itself, whose yearly medians fall there; no change of law is meant."""
ONE_CELL_STEPS = ("fda.first_letter", "fda.resubmission", "ema.extension", "ema.decision")
"""Steps without cells by class: their tables hardly show one, or the clock carries the difference."""
SUBSTANCE_STEPS = ("ema.opinion",)
"""Steps whose table holds generics and biosimilars too, and says which medicines are new active substances. A cell of
either kind needs `FEW_REVIEWS`."""
NEW_SUBSTANCE, KNOWN_SUBSTANCE = "new active substance", "known substance"
UNSTOPPED_STEPS = ("fda.approval", "hc.decision", "pmda.decision")
"""Steps whose clock runs on while the applicant answers; their ratios serve an agency with few cases."""
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Cell:
    """Quantiles of days divided by the clock's days, at `PROBS`; `n` counts the cell's own reviews."""

    n: int
    ratios: tuple[float, ...]


@dataclass(frozen=True)
class ReviewModel:
    """What a set of cases says about the time of reviews; `through` is the last decision that it knows."""

    cells: Mapping[str, Cell]
    through: date

    def cell_name(self, step: str, review_class: str, submitted: date, *, is_new_substance: bool | None = None) -> str:
        """The narrowest cell that holds a review."""
        names = cell_names(step, review_class, submitted, is_new_substance=is_new_substance)
        return next(name for name in names if name in self.cells)

    def days(self, step: str, review_class: str, submitted: date, *, is_new_substance: bool | None = None) -> Floats:
        """Whole days at `PROBS`."""
        clock_days = review_clock(step, review_class, submitted).days_from(submitted)
        name = self.cell_name(step, review_class, submitted, is_new_substance=is_new_substance)
        ratios = self.cells[name].ratios
        return np.round(np.asarray(ratios) * clock_days)

    def knows(self, step: str) -> bool:
        return step in self.cells


def cell_names(step: str, review_class: str, submitted: date, *, is_new_substance: bool | None = None) -> list[str]:
    """From the narrowest cell to the widest; names that no case stands behind are among them.

    A class that is not shown has no cell of its own: its reviews differ for reasons that a forecast cannot know. Where
    nobody says whether the medicine is a new active substance (None), the forecast is that of all.
    """
    names = [EVERYTHING, step]
    has_class = review_class != "other" and step not in ONE_CELL_STEPS
    if has_class:
        names.append(f"{step}/{review_class}")
    if step in RECEIPT_REGIMES and (has_class or step in ONE_CELL_STEPS):
        names.append(f"{names[-1]}/{_regime(step, submitted)}")
    if step in SUBSTANCE_STEPS and has_class and is_new_substance is not None:
        names.append(f"{names[-1]}/{NEW_SUBSTANCE if is_new_substance else KNOWN_SUBSTANCE}")
    return names[::-1]


def _regime(step: str, submitted: date) -> str:
    begun = [first for first in RECEIPT_REGIMES[step] if first <= submitted]
    return f"from {begun[-1]}" if begun else f"before {RECEIPT_REGIMES[step][0]}"


def _is_regime(name: str) -> bool:
    return name.rpartition("/")[2].startswith(("from ", "before "))


def fit_model(cases: Sequence[Case]) -> ReviewModel:
    """Learn every cell from the decided cases, from the widest to the narrowest.

    A cell's quantiles are `(n own + k wider) / (n + k)` with k = `LEAN_ON_WIDER`, in units of the clock.

    Raises:
        ValueError: no decided case.
    """
    decided = [case for case in cases if case.is_decision and not case.set_aside]
    through = max(case.ended for case in decided)
    members = _members(decided, through=through)
    cells: dict[str, Cell] = {}
    for name in sorted(members, key=lambda name: (name != EVERYTHING, name.count("/"), name)):
        inside = members[name]
        own = _cohort_ratios(inside, through=through) if _is_regime(name) else _plain_ratios(inside)
        wider = cells.get(name.rpartition("/")[0] or EVERYTHING)
        cells[name] = Cell(len(inside), _lean(own, len(inside), None if name == EVERYTHING else wider))
    return ReviewModel(cells, through)


def _members(cases: Sequence[Case], *, through: date) -> dict[str, list[Case]]:
    members: dict[str, list[Case]] = {}
    for case in cases:
        is_recent = case.ended > through - timedelta(days=RECENT_DAYS)
        for name in cell_names(case.step, case.review_class, case.started, is_new_substance=case.is_new_substance):
            by_decision = not _is_regime(name) and (case.step in RECEIPT_REGIMES or name == EVERYTHING)
            has_place = name != EVERYTHING or case.step in UNSTOPPED_STEPS
            if has_place and (is_recent or not by_decision):
                members.setdefault(name, []).append(case)
    return {name: inside for name, inside in members.items() if len(inside) >= FEW_REVIEWS or not _is_substance(name)}


def _is_substance(name: str) -> bool:
    return name.rpartition("/")[2] in (NEW_SUBSTANCE, KNOWN_SUBSTANCE)


def _lean(own: Floats, n: int, wider: Cell | None) -> tuple[float, ...]:
    blended = own if wider is None else (n * own + LEAN_ON_WIDER * np.asarray(wider.ratios)) / (n + LEAN_ON_WIDER)
    return tuple(float(ratio) for ratio in np.round(blended, 4))


def _ratio(case: Case) -> float:
    return case.days / case.naive_days


def _plain_ratios(cases: Sequence[Case]) -> Floats:
    return np.quantile([_ratio(case) for case in cases], PROBS, method="inverted_cdf")


def _cohort_ratios(cases: Sequence[Case], *, through: date) -> Floats:
    """Quantiles of reviews received in a regime, of which the file shows only those that ended by `through`."""
    limits = [(through - case.started).days / case.naive_days for case in cases]
    return truncated_quantiles([_ratio(case) for case in cases], limits, PROBS)


def truncated_quantiles(values: Sequence[float], limits: Sequence[float], probs: Sequence[float]) -> Floats:
    """Quantiles of a quantity that is seen only where it is at most its own limit.

    Among the values at most u whose limit reaches u, the share equal to u estimates the chance that a value at most u
    is u itself; the product of the complements above u is the distribution function. Without limits it is the
    plain one.

    Args:
        values, limits: same length, each value at most its limit.
        probs: between 0 and 1.

    Source: Lynden-Bell D (1971), Monthly Notices of the Royal Astronomical Society 155:95-118, with time reversed
        (Lagakos SW, Barraj LM, De Gruttola V (1988), Biometrika 75:515-523).
    """
    seen, limit = np.asarray(values, dtype=np.float64), np.asarray(limits, dtype=np.float64)
    points, counts = np.unique(seen, return_counts=True)
    at_risk = ((seen <= points[:, None]) & (limit >= points[:, None])).sum(axis=1)
    enough = np.minimum(SMALLEST_AT_RISK, np.cumsum(counts))
    stays = np.where(at_risk >= enough, 1 - counts / at_risk, 1.0)
    below = np.append(np.cumprod(stays[::-1])[::-1][1:], 1.0)
    # Rounding in the product must not push a step past the probability that it reaches exactly.
    index = np.searchsorted(below, np.asarray(probs) - 1e-12)
    return np.asarray(points[index.clip(0, len(points) - 1)], dtype=np.float64)
