"""Does research follow the burden of disease? Shares of trials against shares of DALYs, by cause."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from onepill.core.errors import InputError
from onepill.stats import wilson_interval


@dataclass(frozen=True)
class BurdenTable:
    """Disability-adjusted life years by cause in one year and place.

    Attributes:
        dalys: by cause, at or above 0, with a sum above 0.
        known_on: the day the estimates were published.
    """

    place: str
    year: int
    dalys: Mapping[str, float]
    known_on: date
    source: str


@dataclass(frozen=True)
class CauseFocus:
    """Research against burden for one cause.

    Attributes:
        trials: how many trials name a condition of the cause.
        trials_per_million_dalys: None where the cause has no DALYs.
        log_ratio: natural logarithm of share of trials over share of DALYs; 0 in proportion, above 0 more research than
            burden; None without trials (then only `high` is known) or without DALYs.
        low, high: 95 % limits.
    """

    cause: str
    trials: int
    dalys: float
    trial_share: float
    daly_share: float
    trials_per_million_dalys: float | None
    log_ratio: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class BurdenFocus:
    """All causes, least researched for their burden first.

    Attributes:
        mapped_share: share of the trials that could be given to a cause, 0 to 1.
        trial_cause_pairs: the total that shares refer to; a trial of two causes counts in both.
    """

    place: str
    year: int
    source: str
    causes: tuple[CauseFocus, ...]
    trials: int
    mapped_share: float
    trial_cause_pairs: int


def burden_focus(
    trials_by_cause: Mapping[str, int], table: BurdenTable, *, as_of: date, trials: int, mapped_trials: int
) -> BurdenFocus:
    """Compare shares of trials with shares of DALYs.

    Limits are Wilson's of the trial share, divided by the DALY share: the burden's own uncertainty is not in them.

    Args:
        trials_by_cause: trials known on the day, by the burden table's causes; a cause left out has none.
        trials, mapped_trials: all trials of the question, and those with at least one cause.

    Raises:
        InputError: a cause that the table lacks, no burden at all, negative numbers, or estimates published later.
    """
    _check(trials_by_cause, table, as_of)
    pairs, burden = sum(trials_by_cause.values()), sum(table.dalys.values())
    rows = [_cause(cause, trials_by_cause.get(cause, 0), pairs, dalys, burden) for cause, dalys in table.dalys.items()]
    mapped = mapped_trials / trials if trials else 0.0
    rows.sort(key=lambda row: (-math.inf if row.log_ratio is None else row.log_ratio, -row.dalys, row.cause))
    return BurdenFocus(table.place, table.year, table.source, tuple(rows), trials, mapped, pairs)


def _cause(cause: str, trials: int, pairs: int, dalys: float, burden: float) -> CauseFocus:
    share, weight = trials / pairs if pairs else 0.0, dalys / burden
    per_million = trials / dalys * 1e6 if dalys else None
    if not pairs or not dalys:
        return CauseFocus(cause, trials, dalys, share, weight, per_million, None, None, None)
    low, high = (math.log(limit / weight) if limit > 0 else None for limit in wilson_interval(trials, pairs))
    ratio = math.log(share / weight) if trials else None
    return CauseFocus(cause, trials, dalys, share, weight, per_million, ratio, low, high)


def _check(trials_by_cause: Mapping[str, int], table: BurdenTable, as_of: date) -> None:
    unknown = sorted(set(trials_by_cause) - set(table.dalys))
    if unknown:
        hint = f"one of {', '.join(sorted(table.dalys))}"
        raise InputError.single("burden.cause_unknown", f"no burden for {unknown[0]!r}", hint=hint, value=unknown)
    numbers = [*trials_by_cause.values(), *table.dalys.values()]
    if min(numbers, default=0) < 0 or not sum(table.dalys.values()) > 0:
        raise InputError.single("burden.numbers", "trials and DALYs must not be negative, and some DALYs above 0")
    if table.known_on > as_of:
        hint = f"ask as of {table.known_on} or later, or load an earlier edition"
        message = f"the burden of {table.year} was published on {table.known_on}, after {as_of}"
        raise InputError.single("burden.hindsight", message, hint=hint, value=table.known_on.isoformat())
