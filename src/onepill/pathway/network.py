"""Stages and procedures as one activity network: prerequisites, clocks, stops, parallel filing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from onepill.core.errors import Finding
from onepill.pathway.builder import Builder, Built, Facts, Place, labels, text
from onepill.pathway.clocks import Span
from onepill.pathway.grants import Granted, already_granted, first_users, needed_grants, scope_of
from onepill.pathway.inputs import FilingInput, NetworkInput, StageInput
from onepill.pathway.plan_gates import FilingGates, PlanGates, plan_gates
from onepill.pathway.procedures import add_procedure
from onepill.pathway.start_up import add_start_up
from onepill.pathway.tables import ActivityInfo, MilestoneInfo, Network
from onepill.pathway.timing import with_span_overlays
from onepill.rulebook import Procedure, Rulebook, matches
from onepill.sim.plan import FAILED, FINISHED, SUCCEEDED, Activity, Fragment, Gate, Link

FILED, APPROVAL, LAUNCH, TRIAL = (
    text("filed", "提交"),
    text("approval", "批准"),
    text("launch", "上市"),
    text("trial authorised", "临床试验获准"),
)


SECOND_CYCLE = text("Second cycle", "第二轮审评")
ANSWER = text("Answer to the agency before the second cycle", "第二轮审评前的补充资料准备")


def build_network(given: NetworkInput, rulebook: Rulebook) -> Network:
    """The network of a programme: one activity for each stage and each step that the rulebook asks for.

    Raises:
        InputError: a rule or procedure that is needed has no value.
    """
    build = Builder(given, rulebook, Span.around(given.as_of))
    milestones: list[MilestoneInfo] = []
    granted, users = already_granted(given, rulebook), first_users(given, rulebook)
    for stage in given.stages:
        milestones += _add_stage(build, stage, granted=granted, users=users)
    gates = plan_gates(build)
    for filing in given.filings:
        milestones += _add_filing(build, filing, gates)
    fragment = Fragment(
        activities=tuple(build.activities),
        milestones=tuple((m.id, _milestone_link(m)) for m in milestones),
        clocks=build.clocks,
        calendars=build.calendars,
    )
    return Network(
        fragment,
        tuple(build.infos),
        tuple(milestones),
        tuple(build.uses),
        tuple(build.fees),
        tuple(build.findings),
        tuple(gates.infos),
    )


Users = Mapping[str, tuple[str, ...]]
"""By scope of a grant, the stages that can set off its application."""


def _milestone_link(milestone: MilestoneInfo) -> Link:
    return Link(milestone.activity, SUCCEEDED)


def _links(after: tuple[tuple[str, str], ...]) -> tuple[Link, ...]:
    return tuple(Link(activity, event) for activity, event in after)


def _add_stage(build: Builder, stage: StageInput, *, granted: Granted, users: Users) -> list[MilestoneInfo]:
    path = stage.path
    info = ActivityInfo(stage.id, stage.label, "", "development", "stage", path)
    gate = Gate(f"{path}.success", stage.success, stage.loadings) if stage.success else None
    named = build.calendar_name(stage.calendar) if stage.duration_unit == "wd" else None
    work = Activity(
        stage.id, duration=stage.duration, calendar=named, gate=gate, costs=stage.costs, stops_on=_links(stage.stops_on)
    )
    if stage.started:
        build.add(_with_facts(work, stage), info)
        return []
    ready, milestones = _ready(build, stage, granted=granted, users=users)
    ready = add_start_up(build, stage, ready)
    build.add(replace(work, after=ready, not_before=_earliest(build, stage)), info)
    return milestones


def _earliest(build: Builder, stage: StageInput) -> int:
    return max(day.toordinal() for day in (build.given.as_of, stage.not_before or build.given.as_of))


def _with_facts(work: Activity, stage: StageInput) -> Activity:
    return replace(
        work,
        started=stage.started.toordinal() if stage.started else None,
        finished=stage.finished.toordinal() if stage.finished else None,
        outcome=stage.outcome,
    )


def _ready(
    build: Builder, stage: StageInput, *, granted: Granted, users: Users
) -> tuple[tuple[Link, ...], list[MilestoneInfo]]:
    """What a stage waits for: its prerequisites and the grants of every region that is not held."""
    name = f"{stage.id}.ready"
    info = ActivityInfo(name, stage.label, "", "development", "internal", stage.path)
    start = Activity(name, after=_links(stage.after), any_of=stage.any_of, not_before=_earliest(build, stage))
    build.add(start, info)
    links, milestones = [Link(name, FINISHED)], []
    for procedure in needed_grants(build.rulebook, stage):
        link, milestone = _grant(build, procedure, stage, granted=granted, users=users)
        links += [link] if link else []
        milestones += [milestone] if milestone else []
    return tuple(links), milestones


def _grant(
    build: Builder, procedure: Procedure, stage: StageInput, *, granted: Granted, users: Users
) -> tuple[Link | None, MilestoneInfo | None]:
    """The grant of one procedure: already there, shared with another stage, or applied for."""
    scope = scope_of(procedure, stage)
    if scope in granted:
        return granted[scope], None
    # Whoever shares a grant, its application is the same wherever the stages stand in the file.
    stage = next(s for s in build.given.stages if s.id == min(users[scope]))
    short, code = procedure.id.rpartition(".")[2], procedure.jurisdiction.lower()
    prefix = f"{code}.{short}" if procedure.per == "product" else f"{stage.id}.{code}.{short}"
    path = f"{stage.path}.{code}.{short}"
    place = Place(prefix, path, procedure.jurisdiction, procedure.jurisdiction, stage.terms, procedure.calendar)
    built = add_procedure(build, procedure, place, start=_asked(build, procedure, place, users[scope]))
    link = _close(build, procedure, built, place)
    granted[scope] = link
    if procedure.grants != "trial_authorisation":
        return link, None
    milestone_id = (
        f"{code}.trial_authorisation" if procedure.per == "product" else f"{stage.id}.{code}.trial_authorisation"
    )
    return link, MilestoneInfo(milestone_id, procedure.jurisdiction, "trial_authorisation", link.activity, TRIAL)


def _asked(build: Builder, procedure: Procedure, place: Place, stages: tuple[str, ...]) -> tuple[Link, ...]:
    """The first of the stages that share a grant to be ready sets off the application."""
    links = tuple(Link(f"{stage}.ready", FINISHED) for stage in stages)
    if len(links) == 1:
        return links
    name = f"{place.prefix}.asked"
    info = ActivityInfo(name, procedure.name, place.jurisdiction, place.group, "internal", place.path)
    build.add(Activity(name, after=links, any_of=True), info)
    return (Link(name, FINISHED),)


def _close(build: Builder, procedure: Procedure, built: Built, place: Place) -> Link:
    """One event that stands for the grant, within what a policy allows for the span."""
    name = f"{place.prefix}.granted"
    span = "ethics" if procedure.grants == "ethics_opinion" else procedure.grants
    start, granted = Link(built.submission, FINISHED), Activity(name, after=built.ends)
    # A policy's limit counts from the submission, not from the start of the last step.
    merged = with_span_overlays(build, granted, place, span=span, start=start)
    info = ActivityInfo(name, procedure.name, place.jurisdiction, place.group, "internal", place.path)
    build.add(merged, info)
    return Link(name, FINISHED)


def _add_filing(build: Builder, filing: FilingInput, gates: PlanGates) -> list[MilestoneInfo]:
    if filing.accepted and not filing.submitted:
        filing = replace(filing, submitted=filing.accepted)
    if filing.approved:
        return _approved(build, filing)
    if filing.refused:
        return _refused(build, filing)
    code, path = filing.id, f"filings.{filing.id}"
    gates.check_stages(filing)
    waits = FilingGates() if filing.submitted else gates.before_filing(filing)
    start = _prepare(build, filing) + waits.filing
    splits = "resubmit" in {outcome for outcome, _ in filing.success}
    place = Place(code, path, filing.jurisdiction, filing.jurisdiction, filing.terms, splits_cycles=splits)
    gate = Gate(f"{path}.approval", filing.success, filing.loadings) if filing.success else None
    procedure = _approval_procedure(build, filing)
    facts = Facts(filing.submitted, filing.accepted)
    if procedure is None or filing.review is not None:
        built = _own_review(build, filing, procedure, place, start=start, gate=gate)
    else:
        built = add_procedure(build, procedure, place, start=start, facts=facts, gate=gate)
    waits = gates.after_submission(filing, waits, built.submission)
    approval = _close_filing(build, filing, procedure, built, place, waits=waits.approval)
    return [
        MilestoneInfo(f"{code}.filed", filing.jurisdiction, "filed", built.submission, labels(filing.label, FILED)),
        MilestoneInfo(f"{code}.approval", filing.jurisdiction, "approval", approval, labels(filing.label, APPROVAL)),
        *_launch(build, filing, approval, waits=waits.launch),
    ]


def _approval_procedure(build: Builder, filing: FilingInput) -> Procedure | None:
    """The procedure that is chosen, else the one that the terms ask for; a finding where there is none."""
    if filing.procedure is not None:
        return build.rulebook.procedure(filing.procedure)
    chosen = approval_procedure(build.rulebook, filing.jurisdiction, filing.terms)
    if chosen is None:
        message = f"the rulebook has no procedure that grants approval in {filing.jurisdiction}"
        build.findings.append(
            Finding("procedure.none", "warning", message, "give filings.….review", f"filings.{filing.id}")
        )
    return chosen


def approval_procedure(rulebook: Rulebook, jurisdiction: str, terms: frozenset[str]) -> Procedure | None:
    """The procedure that grants approval under these terms, a particular one before the general; None without one."""
    found = [
        p
        for p in rulebook.procedures(jurisdiction)
        if p.grants == "approval" and p.per == "filing" and matches(p.needed_when, terms)
    ]
    particular = [p for p in found if p.needed_when and p.needed_when != {"all": []}]
    return next(iter(particular or found), None)


def _prepare(build: Builder, filing: FilingInput) -> tuple[Link, ...]:
    """The applicant's work from the last prerequisite to the submission."""
    if filing.submitted:
        return ()
    name = f"{filing.id}.preparation"
    days = [day.toordinal() for day in (build.given.as_of, filing.not_before) if day]
    work = Activity(
        name,
        after=_links(filing.after),
        any_of=filing.any_of,
        not_before=max(days),
        duration=filing.preparation,
        costs=filing.costs,
    )
    info = ActivityInfo(
        name,
        text("Preparing the filing", "准备申报资料"),
        filing.jurisdiction,
        filing.jurisdiction,
        "step",
        f"filings.{filing.id}.preparation",
    )
    build.add(work, info)
    return (Link(name, FINISHED),)


def _own_review(
    build: Builder,
    filing: FilingInput,
    procedure: Procedure | None,
    place: Place,
    *,
    start: tuple[Link, ...],
    gate: Gate | None,
) -> Built:
    """Submission and one review of the file's own length."""
    submission, review = f"{filing.id}.submission", f"{filing.id}.review"
    fact = filing.submitted.toordinal() if filing.submitted else None
    label = text("Submission", "提交申请")
    build.add(
        Activity(submission, after=start, started=fact, finished=fact),
        ActivityInfo(submission, label, place.jurisdiction, place.group, "step", f"{place.path}.submission"),
    )
    name = procedure.name if procedure else text("Review", "审评")
    work = build.running(Activity(review, after=(Link(submission, FINISHED),), duration=filing.review))
    build.add(work, ActivityInfo(review, name, place.jurisdiction, place.group, "step", f"{place.path}.review"))
    decision, label = f"{filing.id}.decision", text("Decision", "审批决定")
    info = ActivityInfo(decision, label, place.jurisdiction, place.group, "internal", f"{place.path}.decision")
    build.add(Activity(decision, after=(Link(review, FINISHED),), gate=gate), info)
    return Built(submission, (Link(decision, SUCCEEDED),), submission)


def _close_filing(
    build: Builder,
    filing: FilingInput,
    procedure: Procedure | None,
    built: Built,
    place: Place,
    *,
    waits: tuple[Link, ...],
) -> str:
    """The approval as an event, after a second cycle where the first ends with a resubmission, and after its gates."""
    name = f"{filing.id}.approval"
    info = ActivityInfo(name, APPROVAL, place.jurisdiction, place.group, "internal", f"{place.path}.approval")
    # An approval that is no fact lies ahead, whatever the clocks that we know of say.
    today = build.given.as_of.toordinal()
    if not place.splits_cycles or filing.resubmission is None:
        build.add(Activity(name, after=(*built.ends, *waits), not_before=today), info)
        return name
    second, first, label = _second_cycle(build, filing, place), f"{filing.id}.first_cycle", SECOND_CYCLE
    build.add(
        Activity(first, after=built.ends),
        ActivityInfo(first, label, place.jurisdiction, place.group, "internal", place.path),
    )
    either = (Link(first, FINISHED), Link(second, FINISHED))
    if waits:
        cycle = f"{filing.id}.either_cycle"
        build.add(Activity(cycle, after=either, any_of=True), replace(info, id=cycle))
        build.add(Activity(name, after=(Link(cycle, FINISHED), *waits), not_before=today), info)
    else:
        build.add(Activity(name, after=either, any_of=True, not_before=today), info)
    return name


def _second_cycle(build: Builder, filing: FilingInput, place: Place) -> str:
    """The event that ends the second cycle: one span, or the applicant's work and then the agency's own procedure."""
    work = f"{filing.id}.resubmission"
    decision = next(a for a in build.activities if a.gate is not None and a.gate.stream == f"{place.path}.approval")
    label = SECOND_CYCLE if filing.second_cycle is None else ANSWER
    build.add(
        Activity(work, after=(Link(decision.id, "resubmit"),), duration=filing.resubmission),
        ActivityInfo(work, label, place.jurisdiction, place.group, "step", f"{place.path}.resubmission"),
    )
    if filing.second_cycle is None:
        return work
    name, path = f"{filing.id}.second_cycle", f"{place.path}.second_cycle"
    again = replace(place, prefix=name, path=path, splits_cycles=False)
    review = add_procedure(build, build.rulebook.procedure(filing.second_cycle), again, start=(Link(work, FINISHED),))
    info = ActivityInfo(name, SECOND_CYCLE, place.jurisdiction, place.group, "internal", path)
    build.add(Activity(name, after=review.ends), info)
    return name


def _approved(build: Builder, filing: FilingInput) -> list[MilestoneInfo]:
    """A filing that is approved is a fact, and so is its day of submission where known."""
    name, path = f"{filing.id}.approval", f"filings.{filing.id}"
    day = filing.approved.toordinal() if filing.approved else 0
    info = ActivityInfo(name, APPROVAL, filing.jurisdiction, filing.jurisdiction, "fact", f"{path}.done.approved")
    build.add(Activity(name, started=day, finished=day), info)
    decision = Activity(f"{filing.id}.decision", started=day, finished=day, outcome=SUCCEEDED)
    build.add(decision, replace(info, id=decision.id, kind="internal"))
    found = [MilestoneInfo(name, filing.jurisdiction, "approval", name, labels(filing.label, APPROVAL))]
    return _submitted(build, filing) + found + _launch(build, filing, name)


def _refused(build: Builder, filing: FilingInput) -> list[MilestoneInfo]:
    """A filing that is refused stays refused: its approval never comes."""
    name, path = f"{filing.id}.approval", f"filings.{filing.id}"
    day = filing.refused.toordinal() if filing.refused else 0
    label = text("Refusal", "不予批准")
    info = ActivityInfo(
        f"{filing.id}.decision", label, filing.jurisdiction, filing.jurisdiction, "fact", f"{path}.done.refused"
    )
    build.add(Activity(info.id, started=day, finished=day, outcome=FAILED), info)
    found = _submitted(build, filing)
    build.add(
        Activity(name, after=(Link(info.id, SUCCEEDED),)),
        replace(info, id=name, label=APPROVAL, kind="internal", path=f"{path}.approval"),
    )
    message = f"filing {filing.id.upper()} was refused on {filing.refused}; its approval never comes"
    hint = "add a further filing of that jurisdiction if it is to be submitted again"
    build.findings.append(Finding("filing.refused", "warning", message, hint, f"{path}.done.refused"))
    approval = MilestoneInfo(name, filing.jurisdiction, "approval", name, labels(filing.label, APPROVAL))
    return [*found, approval, *_launch(build, filing, name)]


def _submitted(build: Builder, filing: FilingInput) -> list[MilestoneInfo]:
    """The submission of a decided filing: a milestone where its day is known, else the day of the decision."""
    known = filing.submitted or filing.accepted
    day = known or filing.approved or filing.refused
    submission, path = f"{filing.id}.submission", f"filings.{filing.id}.done.submitted"
    then, kind = (day.toordinal() if day else 0), "fact" if known else "internal"
    info = ActivityInfo(submission, FILED, filing.jurisdiction, filing.jurisdiction, kind, path)
    build.add(Activity(submission, started=then, finished=then), info)
    label = labels(filing.label, FILED)
    return [MilestoneInfo(f"{filing.id}.filed", filing.jurisdiction, "filed", submission, label)] if known else []


def _launch(build: Builder, filing: FilingInput, approval: str, *, waits: tuple[Link, ...] = ()) -> list[MilestoneInfo]:
    """From approval to the first sale, after price listing where the market asks for one."""
    if filing.launch_lag is None and filing.launched is None:
        return []
    lag = filing.launch_lag.stream if filing.launch_lag else f"markets.{filing.id}.launch_lag"
    name, path = f"{filing.id}.launch", lag.removesuffix("_lag")
    if filing.launched:
        day = filing.launched.toordinal()
        info = ActivityInfo(name, LAUNCH, filing.jurisdiction, filing.jurisdiction, "fact", path)
        build.add(Activity(name, started=day, finished=day), info)
        return [MilestoneInfo(name, filing.jurisdiction, "launch", name, labels(filing.label, LAUNCH))]
    links = [Link(approval, SUCCEEDED), *waits]
    for procedure in _listings(build.rulebook, filing):
        place = Place(
            f"{filing.id}.{procedure.id.rpartition('.')[2]}",
            f"filings.{filing.id}.price_listing",
            filing.jurisdiction,
            filing.jurisdiction,
            filing.terms,
        )
        links += list(add_procedure(build, procedure, place, start=(Link(approval, SUCCEEDED),)).ends)
    info = ActivityInfo(name, LAUNCH, filing.jurisdiction, filing.jurisdiction, "launch", path)
    build.add(
        Activity(name, after=tuple(links), duration=filing.launch_lag, not_before=build.given.as_of.toordinal()), info
    )
    return [MilestoneInfo(name, filing.jurisdiction, "launch", name, labels(filing.label, LAUNCH))]


def _listings(rulebook: Rulebook, filing: FilingInput) -> list[Procedure]:
    """The procedures of price listing that a filing's launch waits for."""
    known = rulebook.procedures(filing.jurisdiction)
    return [p for p in known if p.grants == "price_listing" and matches(p.needed_when, filing.terms)]


def listing_days(rulebook: Rulebook, filing: FilingInput, as_of: date) -> int:
    """Calendar days from approval to the price list by the clocks of a day, 0 where a launch waits for none."""
    clocks = [step.clock for listing in _listings(rulebook, filing) for step in listing.steps if step.clock]
    rules = [rulebook.rule(clock) for clock in clocks]
    return sum(int(rule.on(as_of, as_of, filing.terms).value) for rule in rules if rule.unit == "calendar_days")
