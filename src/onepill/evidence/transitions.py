"""Rates of passing from phase to phase, three ways of counting side by side, from histories as of a day.

They differ in who is counted and what becomes of what still runs; docs/methods/transitions.md says how. None is
averaged with another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onepill.core.dates import DAYS_PER_YEAR
from onepill.evidence.transition_histories import APPROVED, NEVER, Flags, Histories
from onepill.stats import ShareByTime, event_curve, quantiles_from_survival, share_by, wilson_interval

STEPS = {
    "phase_1_to_2": (0, 1),
    "phase_2_to_3": (1, 2),
    "phase_3_to_approval": (2, 3),
    "phase_1_to_approval": (0, 3),
}
"""From which of `PHASES` to which, or a later one."""
Wait = tuple[int, int, int]
"""For phases 1 to 3 the days without new evidence of a pair after which it counts as given up."""


@dataclass(frozen=True)
class Span:
    """Days from `start` to `end`, both counted, as ordinals."""

    start: int
    end: int

    def holds(self, days: npt.NDArray[np.int32]) -> Flags:
        return np.asarray((days >= self.start) & (days <= self.end))


@dataclass(frozen=True)
class Followed:
    """Survival view: pairs from their first evidence in a phase to a later phase, those still there censored.

    Attributes:
        n: pairs that entered the phase in the span; events: of them, advanced by the day; the rest are censored.
        already_further: entered the phase only when, or after, a later one was seen; not among `n`.
        within: the share that advanced within so many years, with log-minus-log limits.
        median_years: until half had advanced; None where not reached.
    """

    n: int
    events: int
    already_further: int
    within: tuple[ShareByTime, ...]
    median_years: float | None

    @property
    def censored(self) -> int:
        return self.n - self.events


@dataclass(frozen=True)
class Counted:
    """A share of pairs that ended a phase; what still runs is in neither number.

    Attributes:
        n: advanced and given up. advanced: of them. running: neither by the day.
        imputed: of those advanced, how many were never seen in the phase itself.
        prob, low, high: advanced / n with Wilson's 95 % limits; None where n is 0.
    """

    n: int
    advanced: int
    running: int
    imputed: int
    prob: float | None
    low: float | None
    high: float | None


def followed(histories: Histories, step: str, *, span: Span, years: Sequence[float]) -> Followed:
    """Kaplan and Meier from the first evidence in a phase to the first in a later one.

    Args:
        span: of the first evidence in the phase.
        years: horizons above 0.
    """
    begin, end = STEPS[step]
    entered, reached = histories.first[:, begin], histories.reached
    chosen = span.holds(entered)
    in_order = entered < reached[:, begin + 1]
    kept = chosen & in_order
    happened = reached[kept, end] != NEVER
    days = np.where(happened, reached[kept, end], histories.on) - entered[kept].astype(np.int64)
    curve = event_curve(days / DAYS_PER_YEAR, happened)
    half = quantiles_from_survival(curve.times, 1 - curve.share, [0.5])[0] if curve.times.size else np.nan
    return Followed(
        n=int(kept.sum()),
        events=int(happened.sum()),
        already_further=int((chosen & ~in_order).sum()),
        within=tuple(share_by(curve, horizon) for horizon in years),
        median_years=None if np.isnan(half) else float(half),
    )


def path_by_path(histories: Histories, step: str, *, span: Span, wait: Wait) -> Counted:
    """Every pair is a path through all phases up to its furthest; a phase that was not seen is taken as passed.

    After Wong CH, Siah KW, Lo AW (2019), Biostatistics 20:273-286: advanced / (in the phase - still in progress). From
    phase 1 to approval it is approved / (all paths - still in progress), which is no product of the three.

    Args:
        span: of the first evidence of the pair in any clinical phase.
    """
    begin, end = STEPS[step]
    furthest = histories.furthest
    chosen = span.holds(histories.begun)
    runs = _is_running(histories, wait)
    advanced = chosen & (furthest >= end)
    stayed = chosen & (furthest >= begin) & (furthest < end)
    imputed = advanced & (histories.first[:, begin] == NEVER)
    return _counted(advanced, stayed & ~runs, stayed & runs, imputed)


def phase_by_phase(histories: Histories, step: str, *, span: Span, wait: Wait) -> Counted:
    """Ends of a phase in a span: advanced / (advanced + given up), of pairs that were seen in the phase.

    After the report of BIO, QLS Advisors and Informa (2021). A pair is given up on the day on which its newest
    evidence is `wait` old; there is no rate from phase 1 to approval in this way of counting but the product.

    Args:
        span: of the day on which the phase ended.
    """
    begin, end = STEPS[step]
    if end != begin + 1:
        raise ValueError(f"{step} is no single step")
    entered, reached = histories.first[:, begin], histories.reached[:, end]
    seen = entered < reached
    stayed = seen & (reached == NEVER)
    runs = _is_running(histories, wait)
    given_up = histories.last + np.int32(wait[begin])
    advanced = seen & (reached != NEVER) & span.holds(reached)
    return _counted(advanced, stayed & ~runs & span.holds(given_up), stayed & runs, np.zeros_like(seen))


def _is_running(histories: Histories, wait: Wait) -> Flags:
    """Not approved, and with evidence that is not older than the wait of the phase it is in."""
    waits = np.asarray([*wait, 0], dtype=np.int64)[histories.furthest]
    return np.asarray((histories.furthest < APPROVED) & (histories.on - histories.last <= waits))


def _counted(advanced: Flags, given_up: Flags, running: Flags, imputed: Flags) -> Counted:
    won, lost = int(advanced.sum()), int(given_up.sum())
    n = won + lost
    low, high = wilson_interval(won, n) if n else (None, None)
    return Counted(n, won, int(running.sum()), int(imputed.sum()), won / n if n else None, low, high)
