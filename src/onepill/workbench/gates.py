"""Chances of stages and filings: the file's own, else the chosen table's, each with what the passport shows of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from onepill.core.errors import Finding
from onepill.evidence import BaseRate, approval, counterpart, stage_success
from onepill.model.checks import split_event, stage_prerequisites
from onepill.model.names import place
from onepill.model.schema import Filing, Programme, Stage
from onepill.model.values import Value
from onepill.sim.plan import FAILED, SUCCEEDED
from onepill.workbench import defaults
from onepill.workbench import ledger as notes
from onepill.workbench.filled import Filled, GateRow

Outcomes = tuple[tuple[str, float], ...]
"""A gate's outcomes with their probabilities, failure first: a positive loading on a factor then means more success."""


def area_of(programme: Programme, indication: str | None) -> str:
    return str(programme.all_indications()[programme.indication_id(indication)].area)


def stage_gate(filled: Filled, name: str, stage: Stage, *, label: Mapping[str, str]) -> Outcomes:
    """The outcomes of a stage that can fail: the file's chance, else the chosen table's; empty where it is certain."""
    path, area = f"development.{name}.success_prob", area_of(filled.programme, stage.indication)
    table, rate = filled.programme.capital.base_rates, None
    default = defaults.STAGE_SUCCESS.get(stage.kind)
    if stage.success_prob is None and stage.kind in ("bridging", "dose_optimisation", "post_marketing", "other"):
        message = f"no base rate covers the success of {name}; it is taken as certain"
        filled.findings.append(Finding("success.certain", "note", message, "give success_prob with its source", path))
        return ()
    if stage.success_prob is None:
        rate = stage_success(stage.kind, area, table=table)
    if rate is None:
        prob = filled.number(path, stage.success_prob, default or defaults.STAGE_SUCCESS["preclinical"])
    else:
        prob = rate.prob
        _note_base_rate(filled, path, rate)
    row = _gate_row(filled, path, prob, rate=rate, value=stage.success_prob, label=label)
    pair = counterpart(stage.kind, area, table=table) if stage.kind.startswith("phase") else None
    if pair is not None:
        row = replace(row, other_table_prob=pair.other.prob, comparable=pair.quantity)
    filled.gates.append(replace(row, id=name, stream=f"development.{name}.success", activity=name))
    return ((FAILED, 1 - prob), (SUCCEEDED, prob))


def _note_base_rate(filled: Filled, path: str, rate: BaseRate) -> None:
    words = [f"table {rate.table}, {rate.area_used}", f"n = {rate.n}" if rate.n else "", rate.note]
    notes.note_base(
        filled.ledger,
        path,
        rate.prob,
        unit="share",
        origin="base_rate",
        grade=rate.grade,
        source=rate.source,
        note="; ".join(word for word in words if word),
    )


def _gate_row(
    filled: Filled, path: str, prob: float, *, rate: BaseRate | None, value: Value | None, label: Mapping[str, str]
) -> GateRow:
    """What is known of the chance at `path`; the ids of its gate are still to be filled in."""
    entry = filled.ledger.get(path)
    low, high = (rate.low, rate.high) if rate else _limits(value)
    return GateRow(
        id="",
        stream="",
        activity="",
        jurisdiction="",
        kind="stage",
        label=dict(label),
        prob=prob,
        table=rate.table if rate else "",
        n=rate.n if rate else None,
        low=low,
        high=high,
        other_table_prob=None,
        comparable="",
        included=bool(rate and rate.formula == "1"),
        origin=entry.origin if entry else "assumption",
        source_grade=entry.source_grade if entry else "unverified",
    )


def _limits(value: Value | None) -> tuple[float | None, float | None]:
    if value is None or value.distribution.is_fixed:
        return None, None
    low, high = value.distribution.quantile([0.025, 0.975])
    return float(low), float(high)


def filing_gate(filled: Filled, name: str, jurisdiction: str, filing: Filing) -> Outcomes:
    """Eventual approval, split by the first cycle's share where the file gives one."""
    path, area = f"filings.{name}.approval_prob", area_of(filled.programme, filing.indication)
    rate, assumed = None, defaults.STAGE_SUCCESS["preclinical"]
    if filing.approval_prob is not None:
        prob = filled.number(path, filing.approval_prob, assumed)
    else:
        rate = _approval_rate(filled, name, area)
        _note_base_rate(filled, path, rate)
        prob = rate.prob
    title = filing.title or {"en": "approval", "zh": "批准"}
    where = place(jurisdiction)
    label = {"en": f"{where['en']}: {title['en']}", "zh": f"{where['zh']}{title['zh']}"}
    row = _gate_row(filled, path, prob, rate=rate, value=filing.approval_prob, label=label)
    event, stream = f"{name}.approval", f"filings.{name}.approval"
    row = replace(row, id=event, activity=event, stream=stream, jurisdiction=jurisdiction, kind="filing")
    filled.gates.append(row)
    if filing.first_cycle_prob is None:
        return ((FAILED, 1 - prob), (SUCCEEDED, prob))
    first = filled.number(f"filings.{name}.first_cycle_prob", filing.first_cycle_prob, assumed)
    return ((FAILED, 1 - prob), ("resubmit", prob * (1 - first)), (SUCCEEDED, prob * first))


def _approval_rate(filled: Filled, name: str, area: str) -> BaseRate:
    """The table's rate of a filing; BIO's where Wong's phase-3 gate, which would include it, is not drawn before it."""
    table, path = filled.programme.capital.base_rates, f"filings.{name}.approval_prob"
    rate = approval(area, table=table, phase_3_ahead=_has_phase_3_ahead(filled.programme, name))
    if rate is not None:
        return rate
    message = f"the table {table} has no rate for a filing alone; {path} uses the table bio"
    filled.findings.append(Finding("success.table_mixed", "warning", message, "give approval_prob in the file", path))
    found = approval(area, table="bio")
    assert found is not None  # bio prints filing to approval for every area
    return found


def _has_phase_3_ahead(programme: Programme, filing: str) -> bool:
    """Whether the filing waits, directly or not, for a phase 3 whose chance is still drawn from the table."""
    waits_for, queue, seen = stage_prerequisites(programme), [f"filings.{filing}"], set[str]()
    while queue:
        name = split_event(queue.pop())[0]
        if name not in seen:
            seen.add(name)
            queue += waits_for.get(name, [])
    return any(_is_drawn_phase_3(programme.development[name]) for name in seen & set(programme.development))


def _is_drawn_phase_3(stage: Stage) -> bool:
    return stage.kind in ("phase_3", "phase_2_3") and not (stage.done.succeeded or stage.success_prob)
