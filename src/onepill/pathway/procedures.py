"""A procedure of the rulebook as activities: steps, clocks, stops, outcomes and fees."""

from __future__ import annotations

from dataclasses import replace

from onepill.core.distributions import fixed
from onepill.core.errors import Finding
from onepill.pathway.builder import NOTHING_HAPPENED, Builder, Built, Facts, Place
from onepill.pathway.tables import ActivityInfo, FeeUse
from onepill.pathway.timing import found_value, has_forecast, timed_step
from onepill.rulebook import Procedure, Step, matches
from onepill.sim.plan import FINISHED, SUCCEEDED, Activity, Cost, Draw, Gate, Link

LAPLACE = "share of the less favourable outcome where no source gives one: 1 / (n + 2) with no such case among n"
ACCEPTANCE_TOPICS = ("validation", "filing")
"""Topics of the clocks that end with the acceptance of an application."""
UNKNOWN_OUTCOME_SHARE = 1 / 16
"""Laplace's rule on none of 14, the count of Beijing's pilot (see docs/methods/filing-network.md)."""


def add_procedure(
    build: Builder,
    procedure: Procedure,
    place: Place,
    *,
    start: tuple[Link, ...],
    facts: Facts = NOTHING_HAPPENED,
    gate: Gate | None = None,
) -> Built:
    """Add a procedure's steps after `start`; `gate` sits on the step that decides."""
    steps = _chosen(build, procedure, place.terms)
    if facts.submitted:
        steps = _after_submission(steps)
    covered = {name for s in steps for name in s.covers if name != s.id and has_forecast(build, s, place)}
    submission = next((s.id for s in steps if s.kind == "event"), steps[0].id)
    links = _Links(build, place, steps, start, submission)
    for step in steps:
        _add_step(build, procedure, step, place, links=links, facts=facts, gate=gate, is_covered=step.id in covered)
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
    return any(found is not None and found.variant for _, found in pieces)


def _is_led_to(step: Step, names: set[str]) -> bool:
    """False for what only follows an outcome of a step that does not apply."""
    targets = [text.partition(":") for entry in step.after for text in entry]
    return not targets or any(not event or target in names for target, _, event in targets)


def _after_submission(steps: list[Step]) -> list[Step]:
    first = next((i for i, step in enumerate(steps) if step.kind == "event"), 0)
    return steps[first:]


class _Links:
    """Resolves `after` to links: steps that do not apply are passed through to what they wait for themselves."""

    def __init__(
        self, build: Builder, place: Place, steps: list[Step], start: tuple[Link, ...], submission: str
    ) -> None:
        self.build, self.place, self.start, self.submission = build, place, start, submission
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
    if facts.submitted and step.id == links.submission:
        day = facts.submitted.toordinal()
        activity = Activity(name, started=day, finished=day)
    elif facts.submitted and facts.accepted and _ends_with_acceptance(build, step, links):
        activity = Activity(name, started=facts.submitted.toordinal(), finished=facts.accepted.toordinal())
    elif not is_covered:
        activity, rule = timed_step(build, step, activity, place)
    activity = _with_fee(build, step, activity, place)
    info = ActivityInfo(name, step.name, place.jurisdiction, place.group, "step", f"{place.path}.{step.id}", rule)
    build.add(activity, info)


def _ends_with_acceptance(build: Builder, step: Step, links: _Links) -> bool:
    """True for the agency's validation or filing review right after the submission; a review is never one."""
    follows = any(text.partition(":")[0] == links.submission for entry in step.after for text in entry)
    if step.by != "agency" or not follows or step.clock is None:
        return False
    return build.rulebook.rule(step.clock).topic in ACCEPTANCE_TOPICS


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


def _with_fee(build: Builder, step: Step, activity: Activity, place: Place) -> Activity:
    found = found_value(build, step.fee, place)
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
    return replace(activity, costs=(*activity.costs, cost))
