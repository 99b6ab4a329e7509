"""The `success` operation: each stage's chance with what it is made of, the approvals, the other table beside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from onepill.core.errors import Finding, InputError, sort_findings

if TYPE_CHECKING:
    from onepill.evidence import Adjustment, GateBase, StageChance
    from onepill.model.schema import Programme
    from onepill.workbench.plan.assemble import Assembled
    from onepill.workbench.plan.filled import GateRow
    from onepill.workbench.questions.success import SuccessAsk

Row = dict[str, Any]
COUNTS = {"en": "counts", "zh": "计入"}
IS_OFF = {"en": "switched off", "zh": "已关闭"}
IS_ASSUMED = {
    "en": "off unless switched on: it rests on an assumption or on no source",
    "zh": "默认关闭：依据为假设或无来源，可手动开启",
}


def success(ask: SuccessAsk) -> Row:
    """Each stage's chance: base, every adjustment with its factor and source, result, interval; the approvals."""
    from onepill.evidence import CHANCE_DRAWS, CHANCE_SEED
    from onepill.evidence.base_rates import table_about
    from onepill.model import load_programme
    from onepill.rulebook import load_rulebook
    from onepill.workbench.plan.assemble import assemble
    from onepill.workbench.plan.chances import OTHER, REGISTRY
    from onepill.workbench.plan.fill import fill
    from onepill.workbench.trials.transitions_answers import registry_about, registry_rates

    loaded = load_programme(ask.text, file=ask.file, as_of=ask.as_of)
    programme, rulebook = _with_choices(loaded.programme, ask), load_rulebook()
    table = programme.capital.base_rates
    rates = registry_rates(ask.warehouse, programme.as_of) if table == REGISTRY else None
    base = assemble(fill(programme, rulebook, registry=rates))
    beside = assemble(fill(_on_table(programme, OTHER[table]), rulebook))
    findings = [f for f in (*loaded.findings, *base.filled.findings) if f.code.startswith(SHOWN)]
    if ask.warehouse is not None and table != REGISTRY:
        message, hint = f"the table {table} needs no warehouse; none was read", "ask with --table registry"
        findings.append(Finding("success.warehouse_unused", "note", message, hint, value=ask.warehouse))
    return {
        "programme": programme.programme,
        "as_of": programme.as_of.isoformat(),
        "seed": CHANCE_SEED,
        "draws": CHANCE_DRAWS,
        "table": table,
        "other_table": OTHER[table],
        "tables": [
            {"key": key, **(registry_about(programme.as_of) if key == REGISTRY else table_about(key))}
            for key in (table, OTHER[table])
        ],
        "profiles": _profiles(programme),
        "stages": [_stage(base, gate) for gate in base.filled.gates],
        "overall": _overall(base, beside),
        "factors": _factors(base),
        "findings": [f.as_row() for f in sort_findings([*findings, *_told(base, programme)])],
    }


SHOWN = ("success.", "evidence.", "as_of.")
"""Findings that bear on chances."""


def _with_choices(programme: Programme, ask: SuccessAsk) -> Programme:
    """The programme with the table and the switches of the question; they go before those of the file."""
    from onepill.evidence import switch_names

    for name in (*ask.with_factors, *ask.without_factors):
        if name not in switch_names():
            hint = f"choose {', '.join(switch_names())}"
            raise InputError.single("success.factor_unknown", f"no factor {name!r}", hint=hint, value=name)
    on, off = set(ask.with_factors), set(ask.without_factors)
    for name in sorted(on & off):
        message, hint = f"{name} is switched on and off", "keep one of --with and --without"
        raise InputError.single("success.factor_twice", message, hint=hint, value=name)
    said = programme.success
    choices = {
        "switch_on": sorted((set(said.switch_on) - off) | on),
        "switch_off": sorted((set(said.switch_off) - on) | off),
    }
    chosen = programme.model_copy(update={"success": said.model_copy(update=choices)})
    return _on_table(chosen, ask.table or programme.capital.base_rates)


def _on_table(programme: Programme, table: str) -> Programme:
    return programme.model_copy(update={"capital": programme.capital.model_copy(update={"base_rates": table})})


def _profiles(programme: Programme) -> dict[str, dict[str, str | None]]:
    """Where the tables sort the drug in each indication, without the cuts that are switched off."""
    from dataclasses import asdict

    from onepill.workbench.plan.chances import profile_of, switches_of

    off = switches_of(programme).off
    return {name: asdict(profile_of(programme, name).without(off)) for name in programme.all_indications()}


def _stage(base: Assembled, gate: GateRow) -> Row:
    chance, stated = gate.chance, gate.is_stated
    entry = base.filled.ledger.get(_path(gate))
    used = None if stated else chance
    overridden = chance if stated else None
    return {
        "id": gate.id,
        "kind": gate.kind,
        "indication": gate.indication,
        "jurisdiction": gate.jurisdiction or None,
        "label": gate.label,
        "table": gate.table or None,
        "quantity": chance.quantity if chance else None,
        "base": chance.base if chance else None,
        "base_low": chance.base_low if chance else None,
        "base_high": chance.base_high if chance else None,
        "adjustments": [_adjustment(used, item) for item in _at_stage(used)] if used else [],
        "prob": gate.prob,
        "low": gate.low,
        "high": gate.high,
        "n": gate.n,
        "included": gate.included,
        "origin": gate.origin,
        "source_grade": gate.source_grade,
        "source": entry.source.as_row() if entry and entry.source else None,
        "gates": [_part(part) for part in used.gates] if used else [],
        "overrides": {k: getattr(overridden, k) for k in ("prob", "low", "high")} if overridden else None,
        "other": _other(base, gate),
    }


def _path(gate: GateRow) -> str:
    from onepill.workbench.results.rows_value import gate_path

    return gate_path(gate.stream)


def _at_stage(chance: StageChance) -> list[Adjustment]:
    """Factors that act on a gate of this stage."""
    from onepill.evidence import role_of

    roles = {role_of(gate.transition) for gate in chance.gates}
    return [item for item in chance.adjustments if roles & set(item.item.factor.acts_on)]


def _adjustment(chance: StageChance, adjustment: Adjustment) -> Row:
    from math import exp

    from onepill.evidence import chance_median

    item, factor = adjustment.item, adjustment.item.factor
    rest = [other for other in chance.adjustments if other is not adjustment]
    return {
        "factor": factor.id,
        "name": factor.name,
        "group": factor.group or None,
        "says": item.says,
        "on": adjustment.is_on,
        "used": adjustment.is_used,
        "told_by": adjustment.told_by or None,
        "reason": _reason(adjustment),
        "odds_ratio": adjustment.ratio,
        "odds_ratio_low": exp(adjustment.shift.low),
        "odds_ratio_high": exp(adjustment.shift.high),
        "prob_without": chance_median(chance.gates, rest),
        "grade": factor.grade,
        "source": factor.source.as_row(),
        "fact_source": item.fact_source.as_row() if item.fact_source else None,
        "note": factor.note,
    }


def _reason(adjustment: Adjustment) -> dict[str, str]:
    from onepill.evidence import factor

    if adjustment.told_by:
        teller = factor(adjustment.told_by).name
        return {
            "en": f"rests on the same data as {teller['en']}, which shifts further and stands for both",
            "zh": f"与“{teller['zh']}”依据相同数据，后者影响更大，只计一次",
        }
    if adjustment.is_used:
        return COUNTS
    return IS_OFF if adjustment.item.is_default else IS_ASSUMED


def _part(part: GateBase) -> Row:
    from math import exp

    cuts = [
        {
            "cut": use.cut,
            "level": use.level,
            "place": use.place,
            "prob": use.prob,
            "n": int(use.n),
            "reference_prob": use.reference_prob,
            "weight": use.weight,
            "odds_ratio": exp(use.shift),
        }
        for use in part.cuts
    ]
    head = {"transition": part.transition, "prob": part.prob, "low": part.low, "high": part.high, "n": part.n}
    return {**head, "note": part.note or None, "cuts": cuts}


def _other(base: Assembled, gate: GateRow) -> Row | None:
    """The same quantity in both tables; a filing alone has no counterpart."""
    from onepill.workbench.plan.chances import OTHER, chance_of, table_of

    if gate.kind != "stage":
        return None
    programme = base.filled.programme
    kind, other = programme.development[gate.id].kind, table_of(OTHER[programme.capital.base_rates])
    theirs = chance_of(programme, kind, gate.indication, table=other, through_approval=True)
    ours = chance_of(programme, kind, gate.indication, table=base.filled.rates, through_approval=True)
    if theirs is None or ours is None:
        return None
    limits = {"prob": theirs.prob, "low": theirs.low, "high": theirs.high, "own_prob": ours.prob}
    return {"table": other.key, "quantity": theirs.quantity, **limits}


def _overall(base: Assembled, beside: Assembled) -> list[Row]:
    from onepill.workbench.results.overall_chance import overall_chances

    theirs = {found.filing: found for found in overall_chances(beside)}
    rows = []
    for found in overall_chances(base):
        other = theirs[found.filing]
        rows.append(
            {
                "filing": found.filing,
                "jurisdiction": found.jurisdiction,
                "gates": list(found.gates),
                "prob": found.prob,
                "low": found.low,
                "high": found.high,
                "base": found.base,
                "other_prob": other.prob,
                "other_low": other.low,
                "other_high": other.high,
            }
        )
    return rows


def _factors(base: Assembled) -> list[Row]:
    """Every factor, whether anything is known about it, and whether it counts somewhere in this programme."""
    from onepill.evidence import factor, factor_ids

    gates = [gate.chance for gate in base.filled.gates if gate.chance is not None]
    known = {item.item.factor.id for chance in gates for item in chance.adjustments}
    counted = {
        item.item.factor.id
        for gate in base.filled.gates
        if gate.chance is not None and not gate.is_stated
        for item in gate.chance.adjustments
        if item.is_used
    }
    found = [factor(name) for name in factor_ids()]
    return [
        {
            "factor": one.id,
            "name": one.name,
            "acts_on": list(one.acts_on),
            "group": one.group or None,
            "default": one.default,
            "known": one.id in known,
            "counts": one.id in counted,
            "grade": one.grade,
            "source": one.source.as_row(),
            "note": one.note,
        }
        for one in found
    ]


def _told(base: Assembled, programme: Programme) -> Iterator[Finding]:
    """What a reader must know: a modality without a row, and approvals that are no plain product."""
    from onepill.workbench.results.overall_chance import overall_chances

    if programme.asset.modality in UNPRINTED and not programme.success.modality:
        message = f"the tables print no row for {programme.asset.modality}"
        hint = "name the row in success.modality (car_t, sirna, antisense), if one fits"
        yield Finding("success.no_modality_row", "note", message, hint, "asset.modality")
    for found in overall_chances(base):
        if found.prob is None:
            message = f"the approval {found.filing} has alternatives on its way and is no product of its gates"
            hint = "its simulated chance is in the passport"
            yield Finding("success.alternatives", "note", message, hint, f"filings.{found.filing}")


UNPRINTED = ("oligonucleotide", "cell_therapy", "radiopharmaceutical", "other")
