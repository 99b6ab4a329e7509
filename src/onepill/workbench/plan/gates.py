"""Chances of stages and filings: the file's own, else the chosen table's, each with what the passport shows of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from onepill.core.errors import Finding
from onepill.core.provenance import Provenance
from onepill.evidence import Adjustment, StageChance, published_table
from onepill.model.checks import split_event, stage_prerequisites
from onepill.model.names import place
from onepill.model.schema import Filing, Programme, Stage
from onepill.model.values import Value
from onepill.sim.plan import FAILED, SUCCEEDED
from onepill.workbench.common import defaults
from onepill.workbench.common import ledger as notes
from onepill.workbench.common.defaults import Default
from onepill.workbench.plan.chances import OTHER, chance_of
from onepill.workbench.plan.filled import Filled, GateRow

Outcomes = tuple[tuple[str, float], ...]
"""A gate's outcomes with their probabilities, failure first: a positive loading on a factor then means more success."""

FORMULA = "log-odds of all programmes + weighted deviations of its cuts + shifts of what is known about the drug"


def area_of(programme: Programme, indication: str | None) -> str:
    return str(programme.all_indications()[programme.indication_id(indication)].area)


def stage_gate(filled: Filled, name: str, stage: Stage, *, label: Mapping[str, str]) -> Outcomes:
    """The outcomes of a stage that can fail: the file's chance, else the predicted one; empty where it is certain."""
    path, indication = f"development.{name}.success_prob", filled.programme.indication_id(stage.indication)
    default = defaults.STAGE_SUCCESS.get(stage.kind)
    if stage.success_prob is None and stage.kind in ("bridging", "dose_optimisation", "post_marketing", "other"):
        message = f"no base rate covers the success of {name}; it is taken as certain"
        filled.findings.append(Finding("success.certain", "note", message, "give success_prob with its source", path))
        return ()
    chance = chance_of(filled.programme, stage.kind, indication, table=filled.rates)
    prob = _prob(filled, path, stage.success_prob, chance, default or defaults.STAGE_SUCCESS["preclinical"])
    row = _gate_row(filled, path, prob, chance=chance, value=stage.success_prob, label=label)
    other = _other(filled.programme, stage.kind, indication)
    if other is not None:
        row = replace(row, other_table_prob=other.prob, comparable=other.quantity)
    row = replace(row, id=name, stream=f"development.{name}.success", activity=name, indication=indication)
    filled.gates.append(row)
    return ((FAILED, 1 - prob), (SUCCEEDED, prob))


def _prob(filled: Filled, path: str, value: Value | None, chance: StageChance | None, default: Default) -> float:
    """The file's own chance, else the predicted one, with its provenance."""
    if value is not None and chance is not None:
        _tell_stated(filled, path, value, chance)
    if value is not None or chance is None:
        return filled.number(path, value, default)
    _note_chance(filled, path, chance)
    return chance.prob


def _tell_stated(filled: Filled, path: str, value: Value, chance: StageChance) -> None:
    """Say what would be predicted where the file states its own chance, which stays."""
    predicted = f"{chance.prob:.1%} ({chance.low:.1%} to {chance.high:.1%})"
    stated = value.distribution.mean()
    message = f"the file states {stated:.1%}; the table {chance.table.key} would give {predicted}"
    hint = "leave the chance out to take the table's"
    filled.findings.append(Finding("success.stated", "note", message, hint, path, value=stated))


def _other(programme: Programme, kind: str, indication: str) -> StageChance | None:
    """The nearest quantity that the other table has, with the same cuts and the same evidence."""
    table = published_table(OTHER[programme.capital.base_rates])
    return chance_of(programme, kind, indication, table=table, through_approval=True)


def _note_chance(filled: Filled, path: str, chance: StageChance) -> None:
    cuts = {f"{use.cut} {use.level}": None for gate in chance.gates for use in gate.cuts if use.cut != "all"}
    words = [f"table {chance.table.key}, {', '.join(cuts) or 'all'}", f"n = {chance.n}", chance.gates[0].note]
    used = [adjustment for adjustment in chance.adjustments if adjustment.is_used]
    words += [f"{adjustment.item.factor.id}: odds times {adjustment.ratio:.2f}" for adjustment in used]
    paths = tuple(adjustment.item.path for adjustment in used)
    for adjustment in used:
        _note_fact(filled, adjustment)
    filled.ledger.add(
        Provenance(
            path,
            chance.prob,
            "share",
            "base_rate",
            "derived",
            chance.table.source,
            chance.table.source.date,
            formula=FORMULA,
            derived_from=paths,
            note="; ".join(word for word in words if word),
        )
    )


def _note_fact(filled: Filled, adjustment: Adjustment) -> None:
    """What the file says of the drug, with what turns it into a shift of the chance."""
    item = adjustment.item
    source = item.fact_source
    filled.ledger.add(
        Provenance(
            item.path,
            True if item.says is None else item.says,
            "flag",
            "user" if source else "assumption",
            "secondary" if source else "unverified",
            source,
            source.date if source else "",
            note=f"{item.factor.name['en']}; odds times {adjustment.ratio:.2f} by {item.factor.source.title}",
        )
    )


def _gate_row(
    filled: Filled, path: str, prob: float, *, chance: StageChance | None, value: Value | None, label: Mapping[str, str]
) -> GateRow:
    """What is known of the chance at `path`; the ids of its gate are still to be filled in."""
    entry = filled.ledger.get(path)
    used = chance if value is None else None
    low, high = (used.low, used.high) if used else _limits(value)
    return GateRow(
        id="",
        stream="",
        activity="",
        jurisdiction="",
        kind="stage",
        label=dict(label),
        prob=prob,
        table=used.table.key if used else "",
        n=used.n if used else None,
        low=low,
        high=high,
        other_table_prob=None,
        comparable="",
        included=False,
        origin=entry.origin if entry else "assumption",
        source_grade=entry.source_grade if entry else "unverified",
        indication="",
        chance=chance,
        is_stated=value is not None,
    )


def _limits(value: Value | None) -> tuple[float | None, float | None]:
    if value is None or value.distribution.is_fixed:
        return None, None
    low, high = value.distribution.quantile([0.025, 0.975])
    return float(low), float(high)


def filing_gate(filled: Filled, name: str, jurisdiction: str, filing: Filing) -> Outcomes:
    """Eventual approval, split by the first cycle's share where the file gives one."""
    path, indication = f"filings.{name}.approval_prob", filled.programme.indication_id(filing.indication)
    assumed = defaults.STAGE_SUCCESS["preclinical"]
    is_included = filing.approval_prob is None and _is_included(filled, name)
    chance = None if is_included else _filing_chance(filled, path, indication, is_stated=bool(filing.approval_prob))
    prob = _note_included(filled, path) if is_included else _prob(filled, path, filing.approval_prob, chance, assumed)
    title = filing.title or {"en": "approval", "zh": "批准"}
    where = place(jurisdiction)
    label = {"en": f"{where['en']}: {title['en']}", "zh": f"{where['zh']}{title['zh']}"}
    row = _gate_row(filled, path, prob, chance=chance, value=filing.approval_prob, label=label)
    event, stream = f"{name}.approval", f"filings.{name}.approval"
    row = replace(row, id=event, activity=event, stream=stream, jurisdiction=jurisdiction, kind="filing")
    row = replace(row, included=is_included, indication=indication)
    filled.gates.append(replace(row, table=filled.programme.capital.base_rates) if is_included else row)
    if filing.first_cycle_prob is None:
        return ((FAILED, 1 - prob), (SUCCEEDED, prob))
    first = filled.number(f"filings.{name}.first_cycle_prob", filing.first_cycle_prob, assumed)
    return ((FAILED, 1 - prob), ("resubmit", prob * (1 - first)), (SUCCEEDED, prob * first))


def _is_included(filled: Filled, filing: str) -> bool:
    """Whether the table's phase-3 gate, drawn before this filing, reaches to approval."""
    return "filing_to_approval" not in filled.rates.gates and _has_phase_3_ahead(filled.programme, filing)


def _note_included(filled: Filled, path: str) -> float:
    table = filled.rates
    notes.note_base(
        filled.ledger,
        path,
        1.0,
        unit="share",
        origin="base_rate",
        grade="derived",
        source=table.source,
        note=f"table {table.key}; included in the rate of phase 3 to approval",
    )
    return 1.0


def _filing_chance(filled: Filled, path: str, indication: str, *, is_stated: bool) -> StageChance | None:
    """The table's chance of a filing; BIO's where Wong's phase-3 gate, which would include it, is not drawn before."""
    chance = chance_of(filled.programme, "filing", indication, table=filled.rates)
    if chance is not None or is_stated:
        return chance
    table = filled.programme.capital.base_rates
    message = f"the table {table} has no rate for a filing alone; {path} uses the table bio"
    filled.findings.append(Finding("success.table_mixed", "warning", message, "give approval_prob in the file", path))
    return chance_of(filled.programme, "filing", indication, table=published_table("bio"))


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
