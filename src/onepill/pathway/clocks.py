"""A rule's dated values as one table from start day to due day, with policy overlays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from onepill.calendars import LAST_DAY, clock_table
from onepill.core.dates import years_to_days
from onepill.core.distributions import Distribution, empirical, fixed, lognormal, triangular, uniform
from onepill.core.errors import InputError
from onepill.model.overlays import Overlay
from onepill.rulebook import Rule, RuleValue
from onepill.sim.plan import DayTable

Days = npt.NDArray[np.int32]
UNITS = {"working_days": "wd", "calendar_days": "cd", "weeks": "weeks", "months": "months", "years": "years"}
OVERLAY_UNITS = {"wd": "wd", "days": "cd", "weeks": "weeks", "months": "months", "years": "years"}
PAST_YEARS, FUTURE_YEARS = 8, 35
NOT_IN_FORCE_DAYS = 15_000
"""How far off an alternative that is not in force lies: later than any ordinary clock, so that it never comes first."""


@dataclass(frozen=True)
class Span:
    """The first and last start day that a table covers, as ordinals."""

    first: int
    last: int

    @classmethod
    def around(cls, as_of: date) -> Span:
        first = as_of.toordinal() - years_to_days(PAST_YEARS)
        last = as_of.toordinal() + years_to_days(FUTURE_YEARS)
        return cls(first, min(last, LAST_DAY.toordinal() - years_to_days(4)))

    @property
    def days(self) -> Days:
        return np.arange(self.first, self.last + 1, dtype=np.int32)


def rule_table(rule: Rule, *, jurisdiction: str, span: Span, known_on: date, terms: frozenset[str]) -> DayTable:
    """The due day for each start day: the version in force on the start day among those announced by `known_on`.

    A later start under a shorter clock may be due earlier, and stays so.
    """
    counts = _counts(rule, span=span, known_on=known_on, terms=terms)
    finish = clock_table(
        jurisdiction,
        span.first,
        span.last,
        count_by_day=counts,
        unit=UNITS[rule.unit],
        inclusive=rule.counts_start_day,
        roll=rule.roll,
    )
    return DayTable(span.first, np.ascontiguousarray(finish, dtype=np.int32))


def overlay_table(
    rule: Rule,
    overlay: Overlay,
    *,
    jurisdiction: str,
    span: Span,
    known_on: date,
    terms: frozenset[str],
    replaces: bool,
) -> DayTable:
    """The same clock as `overlay` has it, on the start days on which the overlay is in force.

    On other days it is the rule's own where it `replaces` the rule, else so far off that it never comes first.
    """
    counts: npt.NDArray[np.float64]
    if overlay.verb in ("add", "scale"):
        own = _counts(rule, span=span, known_on=known_on, terms=terms).astype(np.float64)
        counts = own + overlay.value if overlay.verb == "add" else own * overlay.value
        unit = UNITS[rule.unit]
    else:
        counts, unit = np.full(span.days.size, overlay.value), OVERLAY_UNITS[overlay.unit]
    whole = np.maximum(np.rint(counts), 0).astype(np.int64)
    inclusive, roll = rule.counts_start_day, rule.roll
    finish = clock_table(
        jurisdiction, span.first, span.last, count_by_day=whole, unit=unit, inclusive=inclusive, roll=roll
    )
    if not replaces:
        return _in_force_only(finish, overlay, span=span)
    own_table = rule_table(rule, jurisdiction=jurisdiction, span=span, known_on=known_on, terms=terms)
    return DayTable(span.first, np.where(_is_in_force(overlay, span=span), finish, own_table.finish).astype(np.int32))


def span_table(overlay: Overlay, *, jurisdiction: str, span: Span) -> DayTable:
    """A limit on a span: so many days after its start, on the days on which the overlay is in force."""
    count = round(overlay.value)
    finish = clock_table(jurisdiction, span.first, span.last, count_by_day=count, unit=OVERLAY_UNITS[overlay.unit])
    return _in_force_only(finish, overlay, span=span)


def window_table(overlay: Overlay, *, span: Span) -> DayTable:
    """The same day where the overlay is in force, else so far off that it never comes first."""
    return _in_force_only(span.days, overlay, span=span)


def _in_force_only(finish: Days, overlay: Overlay, *, span: Span) -> DayTable:
    far = span.days + NOT_IN_FORCE_DAYS
    return DayTable(span.first, np.where(_is_in_force(overlay, span=span), finish, far).astype(np.int32))


def _is_in_force(overlay: Overlay, *, span: Span) -> npt.NDArray[np.bool_]:
    days = span.days
    first = overlay.first.toordinal() if overlay.first else span.first
    last = overlay.last.toordinal() if overlay.last else span.last
    return (days >= first) & (days <= last)


def _counts(rule: Rule, *, span: Span, known_on: date, terms: frozenset[str]) -> npt.NDArray[np.int64]:
    """The count in force on each start day; the first known one holds before it too, the last one after a lapse."""
    counts = np.zeros(span.last - span.first + 1, dtype=np.int64)
    pieces = [(first, found) for first, found in rule.timeline(known_on, terms) if found is not None]
    if not pieces:
        raise InputError.single("rule.no_value", f"{rule.id} has no value", hint="no version was known on that day")
    for index, (first, found) in enumerate(pieces):
        start = span.first if first is None or index == 0 else max(first, span.first)
        counts[max(start - span.first, 0) :] = round(number(found))
    return counts


def number(found: RuleValue) -> float:
    """The plain number of a rule's value.

    Raises:
        InputError: `rule.not_a_number`.
    """
    if isinstance(found.value, bool) or not isinstance(found.value, int | float):
        message = f"{found.rule_id} is {found.value!r}, which is no length of time"
        raise InputError.single("rule.not_a_number", message, hint="use a rule that states a number")
    return float(found.value)


def forecast_distribution(found: RuleValue) -> Distribution:
    """A performance rule's value as a distribution, in the rule's unit."""
    value = found.value
    if isinstance(value, int | float):
        return fixed(float(value))
    keys = set(value)
    if keys == {"p10", "p90"}:
        return lognormal(value["p10"], value["p90"])
    if keys == {"low", "high"}:
        return uniform(value["low"], value["high"])
    if keys == {"low", "mode", "high"}:
        return triangular(value["low"], value["mode"], value["high"])
    if {"p10", "p50", "p90"} <= keys:
        return _three_points(float(value["p10"]), float(value["p50"]), float(value["p90"]))
    message = f"{found.rule_id} states {sorted(keys)}, which is no distribution"
    raise InputError.single("rule.not_a_distribution", message, hint="p10, p50 and p90")


def _three_points(p10: float, p50: float, p90: float) -> Distribution:
    """Straight lines through three quantiles, and on by the same ratio to the 1 % and 99 % points."""
    return empirical((0.01, 0.1, 0.5, 0.9, 0.99), (p10 * p10 / p50, p10, p50, p90, p90 * p90 / p50))


def overlays_on(overlays: Iterable[Overlay], *, on: str, target: str, jurisdiction: str) -> list[Overlay]:
    """The overlays that act on a target; one of a region (CN-SH) acts in its country."""
    return [o for o in overlays if o.on == on and o.target == target and o.jurisdiction[:2] in ("", jurisdiction)]
