"""Rows of the gates on a plan: what each waits for, from when to when, whether it binds, and which rule asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from onepill.core.errors import Finding
from onepill.model.regulatory import GateState
from onepill.pathway import FilingInput, GateInfo, StageInput
from onepill.pathway.plan_gates import (
    FIRST_IN_ADULTS,
    acts_on,
    gate_procedures,
    gate_terms,
    pivotal_stages,
    stages_behind,
)
from onepill.rulebook import Procedure, failing
from onepill.sim.results import Trace
from onepill.workbench.common.rule_rows import rule_row
from onepill.workbench.plan.assemble import Assembled
from onepill.workbench.results.rows_policy import term_row
from onepill.workbench.results.simulate import Runs, day_row

Row = dict[str, Any]
Critical = Mapping[str, Sequence[Row]]
"""By filing, the activities that bind its approval."""
NOTHING = GateState()
TEST = "companion_diagnostic"
UNSAID: Row = {"done": None, "met_by": None, "reason": None, "begins": None, "ends": None, "binds": None}


def gate_rows(base: Assembled, runs: Runs, critical: Critical) -> list[Row]:
    """Every gate of every filing that is still to be decided, those that are not needed with the failing condition."""
    needed = [_needed_row(base, runs, info, critical) for info in base.network.gates]
    trials = [_trial_row(base, runs, stage, procedure) for stage, procedure in _clearances(base)]
    return needed + trials + [_not_needed_row(base, *pair) for pair in _not_needed(base)]


def _clearances(base: Assembled) -> Iterator[tuple[StageInput, Procedure]]:
    """The clearances of human genetic resources before trials that have not begun."""
    for stage in (stage for stage in base.filled.stages if not stage.started):
        for region in (region for region in stage.regions if region not in stage.held):
            for procedure in base.filled.rulebook.procedures(region):
                if procedure.grants == "hgr_clearance":
                    yield stage, procedure


def _trial_row(base: Assembled, runs: Runs, stage: StageInput, procedure: Procedure) -> Row:
    """A clearance that a trial waits for, or the condition that keeps it from being needed."""
    lacking = failing(procedure.needed_when, stage.terms)
    prefix = f"{stage.id}.{procedure.jurisdiction.lower()}.{procedure.id.rpartition('.')[2]}"
    trace, first = runs.drawn.trace, f"{prefix}.{procedure.steps[0].id}"
    return {
        **_head(base, procedure, "", procedure.jurisdiction),
        "kind": procedure.topic,
        "stage": stage.id,
        "before": "stage",
        "state": "not_needed" if lacking else "planned",
        **UNSAID,
        "begins": _days(trace, first, start=True),
        "ends": _days(trace, f"{prefix}.granted"),
        "failing": [term_row(base.filled.rulebook, term, procedure.jurisdiction) for term in lacking],
    }


def _needed_row(base: Assembled, runs: Runs, info: GateInfo, critical: Critical) -> Row:
    state = _said(base, info.procedure)
    prefix = info.first.removesuffix(".begins")
    binds = [row["share"] for row in critical.get(info.filing, ()) if prefix and row["activity"].startswith(prefix)]
    return {
        **_head(base, info.procedure, info.filing, info.jurisdiction),
        "before": info.before,
        "state": _state(info, state),
        "done": state.done.isoformat() if state.done else None,
        "met_by": state.by or (info.first if info.state == "met" and info.first else None),
        "reason": dict(state.not_needed) if state.not_needed else None,
        "begins": _days(runs.drawn.trace, info.first, start=info.state == "met"),
        "ends": _days(runs.drawn.trace, info.last) if info.state != "time_unknown" else None,
        "binds": max(binds, default=0.0) if info.state == "planned" else None,
        "failing": [],
    }


def _state(info: GateInfo, state: GateState) -> str:
    """`met` in the file's words: done, not_needed, or met by a stage."""
    if info.state != "met":
        return info.state
    return "done" if state.done else "not_needed" if state.not_needed else "met"


def _said(base: Assembled, procedure: Procedure) -> GateState:
    kinds = base.filled.programme.gates.get(procedure.jurisdiction, {})
    return kinds.get(procedure.gate.kind, NOTHING) if procedure.gate else NOTHING


def _days(trace: Trace, activity: str, *, start: bool = False) -> Row | None:
    if not activity or activity not in trace.activity_ids:
        return None
    index = trace.activity_ids.index(activity)
    return day_row((trace.start if start else trace.finish)[index])


def _head(base: Assembled, procedure: Procedure, filing: str, market: str) -> Row:
    gate = procedure.gate
    return {
        "kind": gate.kind if gate else "",
        "market": market,
        "filing": filing,
        "stage": None,
        "procedure": procedure.id,
        "name": dict(procedure.name),
        "rules": _rules(base, procedure),
        "note": procedure.note or None,
    }


def _rules(base: Assembled, procedure: Procedure) -> list[Row]:
    asked = [procedure.gate.rule] if procedure.gate and procedure.gate.rule else []
    ids = dict.fromkeys([*asked, *(step.clock for step in procedure.steps if step.clock)])
    rows = (rule_row(base.filled.rulebook, rule_id, base.filled.as_of) for rule_id in ids)
    return [row for row in rows if row is not None]


def _not_needed(base: Assembled) -> Iterator[tuple[Procedure, FilingInput, list[str]]]:
    for filing in open_filings(base):
        terms = gate_terms(base.filled.stages, filing)
        for procedure in gate_procedures(base.filled.rulebook):
            lacking = failing(procedure.needed_when, terms)
            if lacking and acts_on(procedure, filing) and not (procedure.gate and procedure.gate.abroad):
                yield procedure, filing, lacking


def _not_needed_row(base: Assembled, procedure: Procedure, filing: FilingInput, lacking: list[str]) -> Row:
    rows = [term_row(base.filled.rulebook, term, procedure.jurisdiction) for term in lacking]
    before = procedure.gate.before if procedure.gate else ""
    head = _head(base, procedure, filing.id, filing.jurisdiction)
    return {**head, "before": before, "state": "not_needed", **UNSAID, "failing": rows}


def open_filings(base: Assembled) -> list[FilingInput]:
    """The filings that are not decided yet."""
    return [filing for filing in base.filled.filings if not (filing.approved or filing.refused)]


def gate_findings(base: Assembled) -> list[Finding]:
    """Gates that nothing on the plan meets, and plans for children that the law wanted earlier."""
    by_id = {filing.id: filing for filing in base.filled.filings}
    found = [_missing(base, info) for info in base.network.gates if info.state == "missing"]
    found += [late for info in base.network.gates if (late := _late(base, info, by_id[info.filing])) is not None]
    return _distinct([*found, *_not_on_file(base), *_unused_times(base)])


def _unused_times(base: Assembled) -> Iterator[Finding]:
    """Times that the file gives for work which is a stage of the plan, with a length of its own."""
    for procedure in gate_procedures(base.filled.rulebook):
        gate = procedure.gate
        if gate is not None and gate.before == "stage" and _said(base, procedure).time is not None:
            path = f"gates.{procedure.jurisdiction}.{gate.kind}"
            message = f"the work of {path} is a stage of its own, so that a time changes nothing"
            hint = f"give the duration of a stage of kind {gate.kind}"
            yield Finding("gate.time_unused", "warning", message, hint, f"{path}.time")


def _not_on_file(base: Assembled) -> Iterator[Finding]:
    """Markets whose filing is told by a biomarker while the rulebook has nothing on their companion diagnostics."""
    known = {p.jurisdiction for p in gate_procedures(base.filled.rulebook) if p.gate and p.gate.kind == TEST}
    markets = [f.jurisdiction for f in open_filings(base) if "biomarker" in f.terms and f.jurisdiction not in known]
    if markets:
        message = f"no rule on companion diagnostics is on file for {', '.join(dict.fromkeys(markets))}"
        hint = "ask the agency; the plan has no gate there"
        yield Finding(
            "gate.not_on_file", "note", message, hint, f"gates.{TEST}", value=", ".join(dict.fromkeys(markets))
        )


def _missing(base: Assembled, info: GateInfo) -> Finding:
    filing = next(filing for filing in base.filled.filings if filing.id == info.filing)
    names = ", ".join(stage.id for stage in pivotal_stages(base.filled.stages, filing)) or "the pivotal stage"
    message = f"nothing on the plan compares doses before {names}, on which the {info.jurisdiction} filing rests"
    hint = f"add a stage of kind {info.kind}, or say gates.{info.jurisdiction}.{info.kind}: by, done or not_needed"
    return Finding("gate.missing", "warning", message, hint, _path(info), value=info.jurisdiction)


def _late(base: Assembled, info: GateInfo, filing: FilingInput) -> Finding | None:
    """A plan for children that is not agreed although the event after which it was due is past."""
    begins = info.procedure.gate.begins if info.procedure.gate else ""
    if info.state not in ("planned", "time_unknown") or begins not in ("pivotal_stage", "adult_pharmacokinetics"):
        return None
    behind = stages_behind(base.filled.stages, filing)
    begun = [stage.started for stage in pivotal_stages(base.filled.stages, filing) if stage.started]
    ended = (
        [s.finished for s in behind if s.kind in FIRST_IN_ADULTS and s.finished] if begins != "pivotal_stage" else []
    )
    since = min([*begun, *ended], default=None)
    if since is None:
        return None
    event = "the end of phase 1" if ended and since == min(ended) else "the start of the pivotal stage"
    message = f"{info.procedure.id} was due before {since} ({event}), and the file does not say that it is agreed"
    hint = f"give gates.{info.procedure.jurisdiction}.{info.kind}: {{done: DAY}}"
    return Finding("gate.late", "warning", message, hint, _path(info), value=since.isoformat())


def _path(info: GateInfo) -> str:
    return f"gates.{info.procedure.jurisdiction}.{info.kind}"


def _distinct(found: Iterable[Finding]) -> list[Finding]:
    return list({(finding.code, finding.path, finding.message): finding for finding in found}.values())
