"""Gates on the way to a filing: what must be agreed or approved before it, before its approval or before its launch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from onepill.core.errors import Finding
from onepill.pathway.builder import Builder, Place, last_part
from onepill.pathway.inputs import FilingInput, GateInput, StageInput
from onepill.pathway.procedures import add_procedure
from onepill.pathway.tables import ActivityInfo, GateInfo
from onepill.pathway.timing import found_value
from onepill.rulebook import PlanGate, Procedure, Rulebook, matches
from onepill.sim.plan import FINISHED, STARTED, Activity, Link

PIVOTAL = ("phase_3", "phase_2_3")
FIRST_IN_ADULTS = ("phase_1", "phase_1_2")
"""Stages whose end stands for the completion of the pharmacokinetic studies in adults."""
COMPARISON = "dose_optimisation"
DOSSIER = "dossier"
CHINA = "CN"
Starts = tuple[tuple[Link, ...], bool]
"""Links, and whether the first of them is enough."""


@dataclass
class FilingGates:
    """The links that a filing, its approval and its launch wait for beside their own work."""

    filing: tuple[Link, ...] = ()
    approval: tuple[Link, ...] = ()
    launch: tuple[Link, ...] = ()


@dataclass
class PlanGates:
    """Builds gates once for all filings that wait for the same one."""

    build: Builder
    procedures: tuple[Procedure, ...]
    built: dict[tuple[str, Starts], GateInfo] = field(default_factory=dict)
    infos: list[GateInfo] = field(default_factory=list)

    def before_filing(self, filing: FilingInput) -> FilingGates:
        """Add the gates of an application that is still to be submitted."""
        return FilingGates(filing=self._links(filing, "filing", submission=None))

    def after_submission(self, filing: FilingInput, gates: FilingGates, submission: str) -> FilingGates:
        """Add the gates that run beside the review."""
        found = {before: self._links(filing, before, submission=submission) for before in ("approval", "launch")}
        return replace(gates, **found)

    def check_stages(self, filing: FilingInput) -> None:
        """Note the gates before a stage: they are met by a stage, or missing."""
        for procedure, gate in self._applying(filing, "stage"):
            given = self.build.given.gates.get((procedure.jurisdiction, gate.kind), GateInput())
            done_by = _comparison_before(self.build.given.stages, filing)
            state = "met" if given.is_met or done_by else "missing"
            first = "" if given.is_met else done_by
            self.infos.append(_info(procedure, gate, filing, state=state, first=first, last=first))

    def _links(self, filing: FilingInput, before: str, *, submission: str | None) -> tuple[Link, ...]:
        links = []
        for procedure, gate in self._applying(filing, before):
            given = self.build.given.gates.get((procedure.jurisdiction, gate.kind), GateInput())
            if given.is_met:
                self.infos.append(_info(procedure, gate, filing, state="met"))
                continue
            starts = _starts(self.build.given.stages, filing, gate, submission)
            info = self.built.get((procedure.id, starts))
            if info is None:
                info = self._add(procedure, gate, filing, given, starts)
                self.built[procedure.id, starts] = info
            self.infos.append(replace(info, filing=filing.id, jurisdiction=filing.jurisdiction))
            links.append(Link(info.last, FINISHED))
        return tuple(links)

    def _applying(self, filing: FilingInput, before: str) -> Iterator[tuple[Procedure, PlanGate]]:
        terms = gate_terms(self.build.given.stages, filing)
        for procedure in self.procedures:
            gate = procedure.gate
            if gate is None or gate.before != before or not acts_on(procedure, filing):
                continue
            if matches(procedure.needed_when, terms):
                yield procedure, gate

    def _add(
        self, procedure: Procedure, gate: PlanGate, filing: FilingInput, given: GateInput, starts: Starts
    ) -> GateInfo:
        """The gate's activities: the file's own time, the rulebook's steps, or an event without a time."""
        prefix = f"{filing.id}.{last_part(procedure.id)}"
        path = f"gates.{procedure.jurisdiction.lower()}.{gate.kind}"
        place = Place(prefix, path, filing.jurisdiction, procedure.jurisdiction, gate_terms((), filing))
        first = self._begin(procedure, place, gate, starts)
        if given.time is not None:
            last = self._own_time(procedure, place, given, first)
        elif any(_has_time(self.build, step.clock, step.duration, place) for step in procedure.steps):
            built = add_procedure(self.build, procedure, place, start=(Link(first, FINISHED),))
            last = f"{prefix}.closed"
            self._internal(Activity(last, after=built.ends), procedure, place)
        else:
            self._say_unknown(procedure, gate, path)
            return _info(procedure, gate, filing, state="time_unknown", first=first, last=first)
        return _info(procedure, gate, filing, state="planned", first=first, last=last)

    def _begin(self, procedure: Procedure, place: Place, gate: PlanGate, starts: Starts) -> str:
        """An event from which the work of the gate can begin; never before the plan's day but after a submission."""
        name, (links, any_of) = f"{place.prefix}.begins", starts
        earliest = None if gate.begins == "submission" else self.build.given.as_of.toordinal()
        begins = Activity(name, after=links, any_of=any_of and len(links) > 1, not_before=earliest)
        self._internal(begins, procedure, place)
        return name

    def _own_time(self, procedure: Procedure, place: Place, given: GateInput, first: str) -> str:
        name = f"{place.prefix}.work"
        named = self.build.calendar_name(place.jurisdiction) if given.time_unit == "wd" else None
        work = Activity(name, after=(Link(first, FINISHED),), duration=given.time, calendar=named)
        info = ActivityInfo(name, procedure.name, place.jurisdiction, place.group, "step", f"{place.path}.time")
        self.build.add(work, info)
        return name

    def _internal(self, activity: Activity, procedure: Procedure, place: Place) -> None:
        info = ActivityInfo(activity.id, procedure.name, place.jurisdiction, place.group, "internal", place.path)
        self.build.add(activity, info)

    def _say_unknown(self, procedure: Procedure, gate: PlanGate, path: str) -> None:
        message = f"no source gives a time for {procedure.id}; the gate stands on the plan without one"
        hint = f"give gates.{procedure.jurisdiction}.{gate.kind}.time"
        if not any(finding.path == path for finding in self.build.findings):
            self.build.findings.append(Finding("gate.time_unknown", "note", message, hint, path))


def plan_gates(build: Builder) -> PlanGates:
    """The gates of a plan, none built yet."""
    return PlanGates(build, gate_procedures(build.rulebook))


def gate_procedures(rulebook: Rulebook) -> tuple[Procedure, ...]:
    """Every procedure of the rulebook that is a gate."""
    return tuple(procedure for procedure in rulebook.procedures() if procedure.gate is not None)


def acts_on(procedure: Procedure, filing: FilingInput) -> bool:
    """A gate acts in its own jurisdiction; one `abroad` acts everywhere else."""
    is_abroad = procedure.gate is not None and procedure.gate.abroad
    return (procedure.jurisdiction == filing.jurisdiction) is not is_abroad


def gate_terms(stages: Iterable[StageInput], filing: FilingInput) -> frozenset[str]:
    """What holds for a filing's gates: its own terms, and what follows from where its patients were treated."""
    is_chinese = any(CHINA in stage.regions for stage in stages_behind(stages, filing))
    more = {"chinese_trial_data"} if is_chinese and filing.jurisdiction != CHINA else set()
    return filing.terms | more


def stages_behind(stages: Iterable[StageInput], filing: FilingInput) -> tuple[StageInput, ...]:
    """Every stage that a filing waits for, directly or not; approvals elsewhere are not followed."""
    by_id = {stage.id: stage for stage in stages}
    found: dict[str, StageInput] = {}
    queue = [name for name, _ in filing.after]
    while queue:
        stage = by_id.get(queue.pop(0))
        if stage is not None and stage.id not in found:
            found[stage.id] = stage
            queue += [name for name, _ in stage.after]
    return tuple(found.values())


def pivotal_stages(stages: Iterable[StageInput], filing: FilingInput) -> tuple[StageInput, ...]:
    """The pivotal stages behind a filing: phase 3 where there is one, else the trials that it or its dossier names."""
    behind = stages_behind(stages, filing)
    named = {name for name, _ in filing.after}
    named |= {name for stage in behind if stage.kind == DOSSIER and stage.id in named for name, _ in stage.after}
    late = tuple(stage for stage in behind if stage.kind in PIVOTAL)
    return late or tuple(stage for stage in behind if stage.id in named and stage.kind.startswith("phase"))


def _comparison_before(stages: Iterable[StageInput], filing: FilingInput) -> str:
    """The stage that compares doses before a pivotal stage of the filing; empty where there is none."""
    known = tuple(stages)
    pivotal = {stage.id for stage in pivotal_stages(known, filing)}
    behind = [stage for stage in stages_behind(known, filing) if stage.kind == COMPARISON]
    return next((stage.id for stage in behind if stage.id not in pivotal), "")


def _starts(stages: tuple[StageInput, ...], filing: FilingInput, gate: PlanGate, submission: str | None) -> Starts:
    """What the work of a gate may begin with."""
    if gate.begins == "submission" and submission is not None:
        return (Link(submission, FINISHED),), False
    if gate.begins == "prerequisites":
        return tuple(Link(activity, event) for activity, event in filing.after), filing.any_of
    if gate.begins == "pivotal_stage":
        return tuple(_readiness(stage) for stage in pivotal_stages(stages, filing)), True
    early = [stage for stage in stages_behind(stages, filing) if stage.kind in FIRST_IN_ADULTS]
    return tuple(Link(stage.id, FINISHED) for stage in early), True


def _readiness(stage: StageInput) -> Link:
    return Link(stage.id, STARTED) if stage.started else Link(f"{stage.id}.ready", FINISHED)


def _has_time(build: Builder, clock: str | None, duration: str | None, place: Place) -> bool:
    return bool(duration) or found_value(build, clock, place) is not None


def _info(
    procedure: Procedure, gate: PlanGate, filing: FilingInput, *, state: str, first: str = "", last: str = ""
) -> GateInfo:
    return GateInfo(gate.kind, procedure, filing.id, filing.jurisdiction, gate.before, state, first, last)
