"""A procedure of the rulebook as activities: steps, clocks, stops, outcomes and fees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from onepill.calendars import calendar
from onepill.core.distributions import fixed
from onepill.core.errors import Finding, InputError
from onepill.core.units import parse_duration
from onepill.model.overlays import Overlay
from onepill.pathway.clocks import (
    UNITS,
    Span,
    forecast_distribution,
    overlay_table,
    overlays_on,
    rule_table,
    span_table,
)
from onepill.pathway.inputs import NetworkInput, Text
from onepill.pathway.tables import ActivityInfo, ClockUse, FeeUse
from onepill.rulebook import Procedure, Rule, Rulebook, RuleValue, Step, matches
from onepill.sim.plan import FINISHED, STARTED, SUCCEEDED, Activity, Cost, DayTable, Draw, Gate, Link, WorkingDays

LAPLACE = "share of the less favourable outcome where no source gives one: 1 / (n + 2) with no such case among n"
UNKNOWN_OUTCOME_SHARE = 1 / 16
"""Laplace's rule on none of 14, the count of Beijing's pilot (see docs/methods/filing-network.md)."""


@dataclass
class Builder:
    """Collects a network's parts while it is built."""

    given: NetworkInput
    rulebook: Rulebook
    span: Span
    activities: list[Activity] = field(default_factory=list)
    infos: list[ActivityInfo] = field(default_factory=list)
    clocks: dict[str, DayTable] = field(default_factory=dict)
    calendars: dict[str, WorkingDays] = field(default_factory=dict)
    uses: list[ClockUse] = field(default_factory=list)
    fees: list[FeeUse] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def add(self, activity: Activity, info: ActivityInfo) -> None:
        self.activities.append(activity)
        self.infos.append(info)

    def calendar_name(self, jurisdiction: str) -> str:
        """The working days of a jurisdiction, put on file once."""
        if jurisdiction not in self.calendars:
            index = calendar(jurisdiction).working_index(self.span.days)
            index = index - index[0]
            working = [0, *_first_of_each(index)]
            self.calendars[jurisdiction] = WorkingDays(self.span.first, index, self.span.days[working])
        return jurisdiction

    def clock_name(self, key: str, table: DayTable) -> str:
        self.clocks.setdefault(key, table)
        return key


def _first_of_each(index: object) -> list[int]:
    import numpy as np

    return [int(i) + 1 for i in np.flatnonzero(np.diff(np.asarray(index)) > 0)]


@dataclass(frozen=True)
class Place:
    """Where a procedure's activities belong: id prefix, value path, jurisdiction and the terms that hold."""

    prefix: str
    path: str
    group: str
    jurisdiction: str
    terms: frozenset[str]


@dataclass(frozen=True)
class Facts:
    """Days of a procedure that already happened."""

    submitted: date | None = None
    accepted: date | None = None


@dataclass(frozen=True)
class Built:
    """The activities at a procedure's ends: its submission and its last steps as links."""

    submission: str
    ends: tuple[Link, ...]
    first: str


def add_procedure(
    build: Builder,
    procedure: Procedure,
    place: Place,
    *,
    start: tuple[Link, ...],
    facts: Facts = Facts(),
    gate: Gate | None = None,
) -> Built:
    """Add a procedure's steps after `start`; `gate` sits on the step that decides."""
    steps = _chosen(build, procedure, place.terms)
    if facts.submitted:
        steps = _after_submission(steps)
    covered = {name for step in steps for name in step.covers if step.forecast and name != step.id}
    links = _Links(build, place, steps, start)
    for step in steps:
        _add_step(build, procedure, step, place, links=links, facts=facts, gate=gate, is_covered=step.id in covered)
    submission = next((s.id for s in steps if s.kind == "event"), steps[0].id)
    return Built(f"{place.prefix}.{submission}", links.ends(), f"{place.prefix}.{steps[0].id}")


def _chosen(build: Builder, procedure: Procedure, terms: frozenset[str]) -> list[Step]:
    """The steps that apply: a variant takes the place of the step it stands instead of; the first that matches wins."""
    by_id, replaced = {step.id: step for step in procedure.steps}, {}
    for step in procedure.steps:
        stands_in = step.instead_of and step.instead_of not in replaced and matches(step.when, terms)
        if step.instead_of and stands_in and _is_law(build, step, by_id[step.instead_of], terms):
            replaced[step.instead_of] = step
    kept = [replaced.get(s.id, s) for s in procedure.steps if s.instead_of is None]
    names = {step.id for step in kept}
    return [s for s in kept if matches(s.when, terms) and not (s.optional and s.when is None) and _is_led_to(s, names)]


def _is_law(build: Builder, step: Step, ordinary: Step, terms: frozenset[str]) -> bool:
    """A step that stands in for another under the same clock needs a variant of that clock to be known."""
    if step.clock is None or step.clock != ordinary.clock:
        return True
    pieces = build.rulebook.rule(step.clock).timeline(build.given.known_on, terms)
    return any(found.variant for _, found in pieces)


def _is_led_to(step: Step, names: set[str]) -> bool:
    """False for what only follows an outcome of a step that does not apply."""
    targets = [text.partition(":") for entry in step.after for text in entry]
    return not targets or any(not event or target in names for target, _, event in targets)


def _after_submission(steps: list[Step]) -> list[Step]:
    first = next((i for i, step in enumerate(steps) if step.kind == "event"), 0)
    return steps[first:]


class _Links:
    """Resolves `after` to links: steps that do not apply are passed through to what they wait for themselves."""

    def __init__(self, build: Builder, place: Place, steps: list[Step], start: tuple[Link, ...]) -> None:
        self.build, self.place, self.start = build, place, start
        self.present = {step.id: step for step in steps}
        self.alias = {step.instead_of: step.id for step in steps if step.instead_of}
        self.used: set[str] = set()

    def of(self, step: Step, procedure: Procedure) -> tuple[Link, ...]:
        links = tuple(dict.fromkeys(link for entry in step.after for link in self._entry(entry, step, procedure)))
        return links or self.start

    def _entry(self, entry: tuple[str, ...], step: Step, procedure: Procedure) -> tuple[Link, ...]:
        options = [self._one(text, procedure) for text in entry]
        if len(options) == 1:
            return options[0]
        name = f"{self.place.prefix}.{step.id}.first"
        links = tuple(link for option in options for link in option)
        info = ActivityInfo(name, step.name, self.place.jurisdiction, self.place.group, "internal", self.place.path)
        self.build.add(Activity(name, after=links, any_of=True), info)
        return (Link(name, FINISHED),)

    def _one(self, text: str, procedure: Procedure) -> tuple[Link, ...]:
        target, _, event = text.partition(":")
        target = self.alias.get(target, target)
        if target in self.present:
            self.used.add(target)
            return (Link(f"{self.place.prefix}.{target}", event or SUCCEEDED),)
        skipped = next((s for s in procedure.steps if s.id == target), None)
        if skipped is None or not skipped.after:
            return self.start
        return tuple(link for entry in skipped.after for item in entry for link in self._one(item, procedure))

    def ends(self) -> tuple[Link, ...]:
        """The steps that nothing waits for."""
        return tuple(Link(f"{self.place.prefix}.{name}", SUCCEEDED) for name in self.present if name not in self.used)


def _add_step(
    build: Builder,
    procedure: Procedure,
    step: Step,
    place: Place,
    *,
    links: _Links,
    facts: Facts,
    gate: Gate | None,
    is_covered: bool,
) -> None:
    name = f"{place.prefix}.{step.id}"
    after = links.of(step, procedure)
    activity = Activity(name, after=after, gate=_gate(build, step, place, gate))
    rule = ""
    if step.kind == "event" and facts.submitted:
        day = facts.submitted.toordinal()
        activity = Activity(name, started=day, finished=day)
    elif facts.accepted and links.used and _follows_submission(step, links):
        day = facts.accepted.toordinal()
        activity = Activity(name, started=facts.submitted.toordinal() if facts.submitted else day, finished=day)
    elif not is_covered:
        activity, rule = _timed(build, step, activity, place)
    activity = _with_fee(build, step, activity, place)
    info = ActivityInfo(name, step.name, place.jurisdiction, place.group, "step", f"{place.path}.{step.id}", rule)
    build.add(activity, info)


def _follows_submission(step: Step, links: _Links) -> bool:
    """True for the first agency step, whose end is the acceptance."""
    events = {s.id for s in links.present.values() if s.kind == "event"}
    return step.by == "agency" and any(text.partition(":")[0] in events for entry in step.after for text in entry)


def _gate(build: Builder, step: Step, place: Place, gate: Gate | None) -> Gate | None:
    if step.gate:
        return gate
    if not step.outcomes:
        return None
    shares = _outcome_shares(build, step, place)
    return Gate(f"{place.path}.{step.id}.outcome", tuple(zip((o.id for o in step.outcomes), shares, strict=True)))


def _outcome_shares(build: Builder, step: Step, place: Place) -> list[float]:
    """The share of each outcome; those without a source share a labelled assumption, the first takes the rest."""
    given = [_share(build, o.prob_rule, place) if o.prob_rule else None for o in step.outcomes]
    if all(share is None for share in given):
        others = [UNKNOWN_OUTCOME_SHARE] * (len(given) - 1)
        message = (
            f"no source gives the share of {', '.join(o.id for o in step.outcomes[1:])} at {place.prefix}.{step.id}"
        )
        hint = f"{UNKNOWN_OUTCOME_SHARE:.4f} is assumed ({LAPLACE})"
        build.findings.append(Finding("outcome.assumed", "note", message, hint, f"{place.path}.{step.id}"))
        return [1 - sum(others), *others]
    missing = sum(1 for share in given if share is None)
    rest = 1 - sum(share for share in given if share is not None)
    return [rest / missing if share is None else share for share in given]


def _share(build: Builder, rule_id: str, place: Place) -> float:
    found = build.rulebook.rule(rule_id).on(build.given.as_of, build.given.known_on, place.terms)
    return float(found.value)


def _timed(build: Builder, step: Step, activity: Activity, place: Place) -> tuple[Activity, str]:
    """The activity with its length: a forecast, a clock with its overlays, a fixed span, or none."""
    forecast = _found(build, step.forecast, place)
    if forecast is not None and step.forecast:
        return _forecast(build, step.forecast, forecast, activity, place), step.forecast
    if step.clock:
        return _clocked(build, step, build.rulebook.rule(step.clock), activity, place), step.clock
    if step.duration:
        return _spanned(build, step, activity, place), ""
    return activity, ""


def _found(build: Builder, rule_id: str | None, place: Place) -> RuleValue | None:
    """What a rule says on the plan's day; None where it is absent or has no value that was known."""
    if rule_id is None:
        return None
    rule = build.rulebook.rule(rule_id)
    try:
        return None if rule.absent else rule.on(build.given.as_of, build.given.known_on, place.terms)
    except InputError:
        return None


def _forecast(build: Builder, rule_id: str, found: RuleValue, activity: Activity, place: Place) -> Activity:
    build.uses.append(ClockUse(rule_id, activity.id, found, "forecast", f"{place.path}.{_last(activity.id)}"))
    distribution = forecast_distribution(found)
    working = found.unit == "working_days"
    draw = Draw(
        f"{place.path}.{_last(activity.id)}", distribution if working else distribution.scaled(_days_per(found.unit))
    )
    named = build.calendar_name(place.jurisdiction) if working else None
    return _replace(activity, duration=draw, calendar=named)


def _days_per(unit: str) -> float:
    return {"calendar_days": 1.0, "weeks": 7.0, "months": 365.25 / 12, "years": 365.25}[unit]


def _spanned(build: Builder, step: Step, activity: Activity, place: Place) -> Activity:
    span = parse_duration(step.duration)
    draw = Draw(f"{place.path}.{step.id}", fixed(span.value if span.unit == "wd" else span.days()))
    return _replace(
        activity, duration=draw, calendar=build.calendar_name(place.jurisdiction) if span.unit == "wd" else None
    )


def _clocked(build: Builder, step: Step, rule: Rule, activity: Activity, place: Place) -> Activity:
    found = _found(build, rule.id, place)
    if found is None or rule.unit not in UNITS:
        message = f"{rule.id} states no time limit on {build.given.as_of}; the step takes no time"
        hint = "give filings.….review in the programme file"
        build.findings.append(Finding("rule.no_value", "warning", message, hint, f"{place.path}.{step.id}"))
        return activity
    used_as = "limit" if rule.nature != "typical" else "forecast"
    build.uses.append(ClockUse(rule.id, activity.id, found, used_as, f"{place.path}.{step.id}"))
    known = build.given.known_on
    table = rule_table(rule, jurisdiction=rule.calendar, span=build.span, known_on=known, terms=place.terms)
    key = f"{rule.id}|{','.join(sorted(place.terms))}"
    timed = _anchored(build, step, activity, build.clock_name(key, table), place)
    for overlay in overlays_on(build.given.overlays, on="rule", target=rule.id, jurisdiction=place.jurisdiction):
        fast = overlay_table(
            rule, overlay, jurisdiction=rule.calendar, span=build.span, known_on=known, terms=place.terms
        )
        timed = with_alternative(build, timed, overlay, build.clock_name(f"{key}|{overlay.id}", fast), place)
    return timed


def _anchored(build: Builder, step: Step, activity: Activity, clock: str, place: Place) -> Activity:
    """A clock that runs from the start of an earlier step is work of its own; the step ends when both are over."""
    if not step.anchor:
        return _replace(activity, clock=clock)
    name = f"{activity.id}.clock"
    info = ActivityInfo(name, step.name, place.jurisdiction, place.group, "internal", place.path)
    anchor = Link(f"{place.prefix}.{step.anchor}", STARTED)
    build.add(Activity(name, after=(anchor,), clock=clock), info)
    return _replace(activity, after=(*activity.after, Link(name, FINISHED)))


def with_alternative(build: Builder, activity: Activity, overlay: Overlay, clock: str, place: Place) -> Activity:
    """The activity, or the same under the overlay's clock where that is taken up, whichever ends first.

    The ordinary work keeps its own draws under another id, so that nothing else on a path changes.
    """
    ordinary, faster = f"{activity.id}.ordinary", f"{activity.id}.{_last(overlay.id)}"
    info = ActivityInfo(ordinary, {}, place.jurisdiction, place.group, "internal", place.path)
    build.add(_replace(activity, id=ordinary, gate=None, costs=()), info)
    taken = Gate(f"{overlay.id}.uptake", (("taken", overlay.uptake), ("not_taken", 1 - overlay.uptake)))
    gate = taken if overlay.uptake < 1 else None
    info = ActivityInfo(faster, {}, place.jurisdiction, place.group, "internal", place.path)
    build.add(Activity(faster, after=activity.after, any_of=activity.any_of, clock=clock, gate=gate), info)
    links = (Link(ordinary, FINISHED), Link(faster, "taken" if gate else FINISHED))
    return Activity(activity.id, after=links, any_of=True, gate=activity.gate, costs=activity.costs)


def with_span_overlays(build: Builder, activity: Activity, place: Place, *, span: str) -> Activity:
    """The activity with every limit that a policy sets on this span."""
    for overlay in overlays_on(build.given.overlays, on="span", target=span, jurisdiction=place.jurisdiction):
        table = span_table(overlay, jurisdiction=place.jurisdiction, span=build.span)
        clock = build.clock_name(f"{overlay.id}|{place.jurisdiction}", table)
        activity = with_alternative(build, activity, overlay, clock, place)
    return activity


def _with_fee(build: Builder, step: Step, activity: Activity, place: Place) -> Activity:
    found = _found(build, step.fee, place)
    if found is None or step.fee is None or activity.started is not None:
        return activity
    rate = build.given.usd_per.get(found.unit)
    path = f"{place.path}.{step.id}.fee"
    if rate is None:
        message = f"the fee {step.fee} is in {found.unit}, for which the file has no exchange rate; it is left out"
        hint = f"add capital.exchange_rates.{found.unit}"
        build.findings.append(Finding("fee.no_rate", "warning", message, hint, path))
        return activity
    amount = float(found.value) * rate
    if amount <= 0:
        return activity
    build.fees.append(FeeUse(step.fee, activity.id, found, amount, path))
    cost = Cost(Draw(path, fixed(amount)), "fees", timing="start")
    return _replace(activity, costs=(*activity.costs, cost))


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _replace(activity: Activity, **changes: object) -> Activity:
    from dataclasses import replace

    return replace(activity, **changes)  # type: ignore[arg-type]  # the callers name fields of Activity


def text(en: str, zh: str) -> Text:
    return {"en": en, "zh": zh}


def labels(*parts: Mapping[str, str]) -> Text:
    """Texts side by side in each language."""
    return {lang: " · ".join(part.get(lang, "") for part in parts if part) for lang in ("en", "zh")}
