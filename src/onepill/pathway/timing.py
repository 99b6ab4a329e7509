"""How long a step takes: a forecast, a clock of the law, a fixed span, and what policies change of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from onepill.core.distributions import fixed
from onepill.core.errors import Finding, InputError
from onepill.core.units import DAYS_PER_UNIT, parse_duration
from onepill.model.overlays import Overlay
from onepill.pathway.builder import Builder, Place, last_part
from onepill.pathway.clocks import (
    UNITS,
    forecast_distribution,
    overlay_table,
    overlays_on,
    rule_table,
    span_table,
)
from onepill.pathway.review_steps import RULE_PREFIX, found_review, holds_later_cycles, note_review, reviewed
from onepill.pathway.review_times import ReviewTime
from onepill.pathway.tables import ActivityInfo, ClockUse
from onepill.rulebook import Rule, RuleValue, Step
from onepill.sim.plan import FINISHED, Activity, Draw, Gate, Link


def timed_step(
    build: Builder, step: Step, activity: Activity, place: Place, *, anchor: tuple[Link, ...] = ()
) -> tuple[Activity, str]:
    """The activity with its length (a forecast, a clock, a fixed span, or none) under the overlays on its rule.

    The validated review-time model goes before a forecast of the rulebook, and either before the clock. A clock with an
    `anchor` runs from there.
    """
    review = found_review(build, step, place)
    if review is not None:
        timed = _reviewed(build, step, review, activity, place)
        return _under_overlays(build, step, timed, place), f"{RULE_PREFIX}{review.step}"
    forecast = _found_forecast(build, step, place)
    if forecast is not None:
        timed = _begun_with(build, step, _forecast(build, forecast.rule_id, forecast, activity, place), place)
        return _under_overlays(build, step, timed, place), forecast.rule_id
    if step.clock:
        rule = build.rulebook.rule(step.clock)
        return _clocked(build, step, rule, activity, place, anchor=anchor), step.clock
    if step.duration:
        return build.running(_spanned(build, step, activity, place)), ""
    return activity, ""


def has_forecast(build: Builder, step: Step, place: Place) -> bool:
    """Whether a forecast sets the step's length, so that the other steps which it covers take no time."""
    return found_review(build, step, place) is not None or _found_forecast(build, step, place) is not None


def _found_forecast(build: Builder, step: Step, place: Place) -> RuleValue | None:
    """The rulebook's own forecast; none where it would count twice the cycles that the filing states itself."""
    return None if holds_later_cycles(step, place) else found_value(build, step.forecast, place)


def _reviewed(build: Builder, step: Step, found: ReviewTime, activity: Activity, place: Place) -> Activity:
    """The activity with the model's time; one that has begun takes the clock and the regime of the day it began."""
    timed = _begun_with(build, step, reviewed(found, activity, place), place)
    if timed.started is not None:
        then = found_review(build, step, place, submitted=date.fromordinal(timed.started))
        found = then or found
        timed = reviewed(found, timed, place)
    note_review(build, found, activity, place)
    return timed


def _under_overlays(build: Builder, step: Step, timed: Activity, place: Place) -> Activity:
    """A forecast of the step alone under what policies change of its rule; one of several steps stays as it is."""
    if set(step.covers) <= {step.id}:
        return _with_rule_overlays(build, step, timed, place)
    _name_overlays_not_applied(build, step, place)
    return timed


def _begun_with(build: Builder, step: Step, activity: Activity, place: Place) -> Activity:
    """A forecast that covers earlier steps runs from the start of the first of them, where that is a fact."""
    covered = {f"{place.prefix}.{name}" for name in step.covers if name != step.id}
    earlier = [a for a in build.activities if a.id in covered]
    # A covered step has no length of its own; with this one's it has begun where its prerequisites are facts.
    running = [a if a.started is not None else build.running(replace(a, duration=activity.duration)) for a in earlier]
    begun = [a.started for a in running if a.started is not None]
    return replace(activity, started=min(begun)) if begun else build.running(activity)


def _name_overlays_not_applied(build: Builder, step: Step, place: Place) -> None:
    """A forecast of several steps at once says nothing of each, so that a change of one rule cannot be measured."""
    for overlay in overlays_on(
        build.given.overlays, on="rule", target=step.clock or "", jurisdiction=place.jurisdiction
    ):
        message = f"{overlay.id} changes {step.clock}, one of several steps under one forecast; it is not applied"
        hint = "give filings.….review in the programme file"
        build.findings.append(Finding("overlay.not_applied", "warning", message, hint, f"{place.path}.{step.id}"))


def found_value(build: Builder, rule_id: str | None, place: Place) -> RuleValue | None:
    """What a rule says on the plan's day; None where it is absent or has no value that was known."""
    if rule_id is None:
        return None
    rule = build.rulebook.rule(rule_id)
    try:
        return None if rule.absent else rule.on(build.given.as_of, build.given.known_on, place.terms)
    except InputError:
        return None


def _forecast(build: Builder, rule_id: str, found: RuleValue, activity: Activity, place: Place) -> Activity:
    build.uses.append(ClockUse(rule_id, activity.id, found, "forecast", f"{place.path}.{last_part(activity.id)}"))
    distribution = forecast_distribution(found)
    working = found.unit == "working_days"
    draw = Draw(
        f"{place.path}.{last_part(activity.id)}",
        distribution if working else distribution.scaled(_days_per(found.unit)),
    )
    named = build.calendar_name(build.rulebook.rule(rule_id).calendar) if working else None
    return replace(activity, duration=draw, calendar=named)


def _days_per(unit: str) -> float:
    return DAYS_PER_UNIT["days" if unit == "calendar_days" else unit]


def _spanned(build: Builder, step: Step, activity: Activity, place: Place) -> Activity:
    span = parse_duration(step.duration)
    draw = Draw(f"{place.path}.{step.id}", fixed(span.value if span.unit == "wd" else span.days()))
    return replace(activity, duration=draw, calendar=build.calendar_name(place.days) if span.unit == "wd" else None)


def _clocked(
    build: Builder, step: Step, rule: Rule, activity: Activity, place: Place, *, anchor: tuple[Link, ...]
) -> Activity:
    found = found_value(build, rule.id, place)
    if found is None or rule.unit not in UNITS:
        message = f"{rule.id} states no time limit on {build.given.as_of}; the step takes no time"
        hint = "give filings.….review in the programme file"
        build.findings.append(Finding("rule.no_value", "warning", message, hint, f"{place.path}.{step.id}"))
        return activity
    if isinstance(found.value, Mapping):
        # A range is no table from day to day: it is drawn, as a forecast is.
        return _forecast(build, rule.id, found, activity, place)
    used_as = "limit" if rule.nature != "typical" else "forecast"
    build.uses.append(ClockUse(rule.id, activity.id, found, used_as, f"{place.path}.{step.id}"))
    known = build.given.known_on
    table = rule_table(rule, jurisdiction=rule.calendar, span=build.span, known_on=known, terms=place.terms)
    clock = build.clock_name(_clock_key(rule, place), table)
    if not anchor:
        return _with_rule_overlays(build, step, build.running(replace(activity, clock=clock)), place)
    name = f"{activity.id}.clock"
    info = ActivityInfo(name, step.name, place.jurisdiction, place.group, "internal", place.path)
    anchored = build.running(Activity(name, after=anchor, clock=clock))
    build.add(_with_rule_overlays(build, step, anchored, place), info)
    # The step waits for its own prerequisites too, and ends when both are over.
    return replace(activity, after=(*activity.after, Link(name, FINISHED)))


def _clock_key(rule: Rule, place: Place) -> str:
    return f"{rule.id}|{','.join(sorted(place.terms))}"


def _with_rule_overlays(build: Builder, step: Step, activity: Activity, place: Place) -> Activity:
    """The activity with what policies change of the rule behind it."""
    if step.clock is None:
        return activity
    rule, plain = build.rulebook.rule(step.clock), activity
    found = overlays_on(build.given.overlays, on="rule", target=rule.id, jurisdiction=place.jurisdiction)
    # A cap holds whatever else a measure makes of the clock.
    for overlay in sorted(found, key=lambda overlay: overlay.verb == "cap"):
        table = overlay_table(
            rule,
            overlay,
            jurisdiction=rule.calendar,
            span=build.span,
            known_on=build.given.known_on,
            terms=place.terms,
            replaces=replaces(plain, overlay),
        )
        clock = build.clock_name(f"{_clock_key(rule, place)}|{overlay.id}", table)
        activity = with_alternative(build, activity, overlay, clock, place, plain=plain)
    return activity


def replaces(activity: Activity, overlay: Overlay) -> bool:
    """A cap only ends work earlier, and so does any change of a limit that was not what the forecast rests on."""
    return overlay.verb != "cap" and activity.clock is not None


def with_alternative(
    build: Builder, activity: Activity, overlay: Overlay, clock: str, place: Place, *, plain: Activity
) -> Activity:
    """The activity under the overlay's clock where that is taken up, whichever ends first or in its stead.

    The ordinary work keeps its own draws under another id, so that nothing else on a path changes. `plain` is the
    work before any overlay: the clock of each starts with it, and so several may act on the same work.
    """
    short = last_part(overlay.id)
    ordinary = f"{plain.id}.ordinary" if activity is plain else f"{plain.id}.without_{short}"
    other = f"{plain.id}.{short}"
    taken = Gate(f"{overlay.id}.uptake", (("taken", overlay.uptake), ("not_taken", 1 - overlay.uptake)))
    gate = taken if overlay.uptake < 1 else None
    _add_internal(build, replace(activity, id=ordinary, gate=None, costs=()), place)
    quick = replace(plain, id=other, duration=None, calendar=None, clock=clock, gate=gate, costs=())
    _add_internal(build, quick, place)
    links = (Link(ordinary, FINISHED), Link(other, "taken" if gate else FINISHED))
    if replaces(plain, overlay):
        links = (_where_not_taken(build, plain, ordinary, taken, place), links[1]) if gate else (links[1],) * 2
    return Activity(plain.id, after=tuple(dict.fromkeys(links)), any_of=True, gate=plain.gate, costs=plain.costs)


def _where_not_taken(build: Builder, activity: Activity, ordinary: str, taken: Gate, place: Place) -> Link:
    """The end of the ordinary work, on the paths on which the same uniform says that the measure is not taken up."""
    choice, kept = f"{ordinary}.choice", f"{ordinary}.kept"
    begins = replace(activity, id=choice, duration=None, calendar=None, clock=None, gate=taken, costs=(), started=None)
    _add_internal(build, begins, place)
    _add_internal(build, Activity(kept, after=(Link(ordinary, FINISHED), Link(choice, "not_taken"))), place)
    return Link(kept, FINISHED)


def _add_internal(build: Builder, activity: Activity, place: Place) -> None:
    build.add(activity, ActivityInfo(activity.id, {}, place.jurisdiction, place.group, "internal", place.path))


def with_span_overlays(
    build: Builder, activity: Activity, place: Place, *, span: str, start: Link | None = None
) -> Activity:
    """The activity with every limit that a policy sets on this span; limits count from `start` where that is named."""
    before, plain = len(build.activities), activity
    for overlay in overlays_on(build.given.overlays, on="span", target=span, jurisdiction=place.jurisdiction):
        table = span_table(overlay, jurisdiction=place.days, span=build.span)
        clock = build.clock_name(f"{overlay.id}|{place.jurisdiction}", table)
        activity = with_alternative(build, activity, overlay, clock, place, plain=plain)
    if start is not None:
        _count_from(build, before, start)
    return activity


def _count_from(build: Builder, before: int, start: Link) -> None:
    """Let the limits that were added since `before` count from `start`."""
    for index in range(before, len(build.activities)):
        if build.activities[index].clock:
            build.activities[index] = replace(build.activities[index], after=(start,), any_of=False)
