"""Fills every gap of a programme from rules, base rates and registries, each with its provenance."""

from __future__ import annotations

from onepill.core.distributions import fixed
from onepill.core.errors import Finding
from onepill.evidence import RateTable, default_duration
from onepill.model.checks import split_event
from onepill.model.schema import Filing, Market, Programme, Stage
from onepill.pathway import FilingInput, StageInput, approval_procedure
from onepill.rulebook import Rulebook
from onepill.sim.plan import FAILED, FINISHED, SUCCEEDED, Cost, Draw
from onepill.workbench.common import defaults
from onepill.workbench.common import ledger as notes
from onepill.workbench.plan.fill_gates import dossier_input, gate_inputs
from onepill.workbench.plan.filled import Filled
from onepill.workbench.plan.gates import area_of, filing_gate, stage_gate
from onepill.workbench.plan.terms import filing_terms, stage_terms

KIND_LABELS = {
    "preclinical": {"en": "Preclinical", "zh": "临床前研究"},
    "phase_1": {"en": "Phase 1", "zh": "I期"},
    "phase_1_2": {"en": "Phase 1/2", "zh": "I/II期"},
    "phase_2": {"en": "Phase 2", "zh": "II期"},
    "phase_2_3": {"en": "Phase 2/3", "zh": "II/III期"},
    "phase_3": {"en": "Phase 3", "zh": "III期"},
    "bridging": {"en": "Bridging study", "zh": "桥接研究"},
    "dose_optimisation": {"en": "Dose optimisation", "zh": "剂量优化"},
    "post_marketing": {"en": "Post-marketing study", "zh": "上市后研究"},
    "other": {"en": "Other work", "zh": "其他工作"},
}


def fill(programme: Programme, rulebook: Rulebook, *, registry: RateTable | None = None) -> Filled:
    """The programme with every stage and filing complete.

    Args:
        registry: rates counted from a warehouse, needed where the programme's table is `registry`.
    """
    filled = Filled(programme, rulebook, registry)
    for name, stage in programme.development.items():
        filled.stages.append(_stage(filled, name, stage))
    for name, dossier in programme.dossiers.items():
        filled.stages.append(dossier_input(filled, name, dossier, after=_after(dossier.after)))
    filled.plan_gates |= gate_inputs(filled)
    for name, filing in programme.filings.items():
        filled.filings.append(_filing(filled, name.lower(), filing))
    for name, market in programme.markets.items():
        if market.launched and (market.filing or name).lower() not in {f.id for f in filled.filings}:
            filled.filings.append(_already_sold(name.lower(), market))
    return filled


def _stage(filled: Filled, name: str, stage: Stage) -> StageInput:
    path, done = f"development.{name}", stage.done
    ended = done.succeeded or done.failed or done.finished
    label = stage.title or KIND_LABELS[stage.kind]
    duration = _duration(filled, f"{path}.duration", stage, is_needed=ended is None)
    if done.started and not ended and not (stage.duration and stage.duration.unit == "wd"):
        _check_elapsed(filled, f"{path}.duration", duration, elapsed_days=(filled.as_of - done.started).days)
    start_up = filled.draw(f"{path}.start_up", stage.start_up, None) if done.started is None else None
    return StageInput(
        id=name,
        kind=stage.kind,
        indication=filled.programme.indication_id(stage.indication),
        label=label,
        regions=tuple(dict.fromkeys(stage.regions)),
        calendar=stage.calendar or (stage.regions[0] if len(stage.regions) == 1 else ""),
        after=_after(stage.after),
        any_of="any" in stage.after,
        not_before=stage.not_before,
        duration=duration,
        duration_unit=stage.duration.unit if stage.duration else "days",
        start_up=start_up,
        start_up_unit=stage.start_up.unit if stage.start_up else "days",
        costs=_stage_costs(filled, path, stage) if ended is None else (),
        success=() if done.succeeded or done.failed else stage_gate(filled, name, stage, label=label),
        loadings=stage.success_prob.factors if stage.success_prob else (),
        held=frozenset(stage.held),
        stops_on=tuple(event_of(item) for item in stage.stops_on),
        started=done.started,
        finished=ended,
        outcome=FAILED if done.failed else SUCCEEDED if done.succeeded else None,
        terms=stage_terms(filled.programme, stage),
    )


OVERDUE_QUANTILE = 0.999
"""Beyond it a running stage counts as overdue: less than one future in a thousand would still go on."""


def _after(after: dict[str, list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple(event_of(item) for items in after.values() for item in items)


_FILING_EVENTS = {
    "succeeded": ("approval", SUCCEEDED),
    "approved": ("approval", SUCCEEDED),
    "submitted": ("submission", FINISHED),
    "started": ("submission", FINISHED),
    "finished": ("decision", FINISHED),
    "refused": ("decision", FAILED),
    "failed": ("decision", FAILED),
}


def event_of(text: str) -> tuple[str, str]:
    """An event as typed: `phase_3:failed` of a stage, `filings.cn:approved` of a filing."""
    name, event = split_event(text)
    if not name.startswith("filings."):
        return name, event
    step, found = _FILING_EVENTS[event]
    return f"{name.removeprefix('filings.').lower()}.{step}", found


def _duration(filled: Filled, path: str, stage: Stage, *, is_needed: bool) -> Draw:
    if stage.duration is not None or not is_needed:
        return filled.draw(path, stage.duration, None) or Draw(path, fixed(0.0))
    if stage.kind in defaults.STAGE_DURATIONS:
        default = defaults.STAGE_DURATIONS[stage.kind]
        filled.findings.append(_assumed(path, default.why))
        return filled.draw(path, None, default) or Draw(path, default.distribution)
    found = default_duration(stage.kind, area_of(filled.programme, stage.indication))
    if found is None:
        return Draw(path, defaults.STAGE_DURATIONS["other"].distribution)
    shown = {f"p{round(p * 100)}": round(days) for p, days in found.quantiles}
    note = f"registry cell {found.cell}, n = {found.n}, {found.events} ended; {found.note}"
    notes.note_base(
        filled.ledger, path, shown, unit="days", origin="registry", grade=found.grade, source=found.source, note=note
    )
    return Draw(path, found.distribution)


def _check_elapsed(filled: Filled, path: str, duration: Draw, *, elapsed_days: int) -> None:
    """Note a running stage that has already taken longer than its duration allows: it then ends on the plan's day."""
    longest = float(duration.distribution.quantile(OVERDUE_QUANTILE))
    if elapsed_days > longest:
        message = f"{path} is at most {longest:,.0f} days, and {elapsed_days:,} have passed; the stage ends at once"
        hint = "give a longer duration, or the day on which it ended"
        filled.findings.append(Finding("stage.overdue", "warning", message, hint, path, value=elapsed_days))


def _assumed(path: str, why: str) -> Finding:
    return Finding(
        "value.assumed", "note", f"{path} is assumed: {why}", "give a value with its source in the file", path
    )


def _stage_costs(filled: Filled, path: str, stage: Stage) -> tuple[Cost, ...]:
    default = defaults.TRIAL_COSTS[stage.kind]
    if stage.cost is None:
        filled.findings.append(_assumed(f"{path}.cost", default.why))
    drawn = filled.draw(f"{path}.cost", stage.cost, default)
    return (Cost(drawn, "development", timing=stage.cost_timing),) if drawn else ()


def _filing(filled: Filled, name: str, filing: Filing) -> FilingInput:
    jurisdiction, path, done = filing.jurisdiction or name.upper(), f"filings.{name}", filing.done
    decided = done.approved or done.refused
    preparation = None
    if done.submitted is None and done.accepted is None and decided is None:
        preparation = filled.draw(f"{path}.preparation", filing.preparation, defaults.PREPARATION)
    cost = filled.draw(f"{path}.preparation_cost", filing.preparation_cost, None) if preparation else None
    key, market = _market_of(filled.programme, name)
    terms = filing_terms(filled.programme, filing, jurisdiction=jurisdiction)
    second_cycle = _second_cycle(filled, filing, jurisdiction, terms)
    return FilingInput(
        id=name,
        jurisdiction=jurisdiction,
        label=filing.title or {},
        after=_after(filing.after) + (((f"dossiers.{filing.dossier}", SUCCEEDED),) if filing.dossier else ()),
        any_of="any" in filing.after,
        not_before=filing.not_before,
        preparation=preparation or Draw(f"{path}.preparation", fixed(0.0)),
        costs=(Cost(cost, "filing"),) if cost else (),
        review=filled.draw(f"{path}.review", filing.review, None) if decided is None else None,
        success=() if decided else filing_gate(filled, name, jurisdiction, filing),
        loadings=filing.approval_prob.factors if filing.approval_prob else (),
        resubmission=_resubmission(filled, path, filing, second_cycle) if decided is None else None,
        second_cycle=second_cycle if decided is None else None,
        submitted=done.submitted,
        accepted=done.accepted,
        approved=done.approved,
        refused=done.refused,
        launch_lag=_launch_lag(filled, key, market),
        launched=market.launched if market else None,
        terms=terms,
    )


def _market_of(programme: Programme, filing: str) -> tuple[str, Market | None]:
    """The first market that the filing opens, with its id."""
    found = [(key.lower(), m) for key, m in programme.markets.items() if (m.filing or key).lower() == filing]
    return found[0] if found else (filing, None)


def _launch_lag(filled: Filled, name: str, market: Market | None) -> Draw | None:
    if market is None or market.launched is not None:
        return None
    return filled.draw(f"markets.{name}.launch_lag", market.launch_lag, defaults.LAUNCH_LAG)


def _second_cycle(filled: Filled, filing: Filing, jurisdiction: str, terms: frozenset[str]) -> str | None:
    """The agency's procedure of a second cycle, unless the file gives the whole of it or does not split the cycles."""
    if filing.first_cycle_prob is None or filing.resubmission is not None:
        return None
    procedure = approval_procedure(filled.rulebook, jurisdiction, terms)
    return procedure.second_cycle if procedure else None


def _resubmission(filled: Filled, path: str, filing: Filing, second_cycle: str | None) -> Draw | None:
    """The whole second cycle, or the applicant's work before the agency's procedure of it."""
    if filing.first_cycle_prob is None:
        return None
    default = defaults.ANSWER if second_cycle else defaults.RESUBMISSION
    return filled.draw(f"{path}.resubmission", filing.resubmission, default)


def _already_sold(name: str, market: Market) -> FilingInput:
    """A market without a filing that is already supplied: its launch stands for the approval too."""
    return FilingInput(
        id=name,
        jurisdiction=market.jurisdiction or name.upper(),
        preparation=Draw(f"filings.{name}.preparation", fixed(0.0)),
        approved=market.launched,
        launched=market.launched,
    )
