"""Writes down what the effects of policies were computed from: measure, baseline, uptake and assumed conditions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from onepill.core.errors import InputError
from onepill.core.provenance import Ledger, Provenance
from onepill.rulebook import Measure, terms_of
from onepill.workbench.common import ledger as notes
from onepill.workbench.plan.assemble import Assembled
from onepill.workbench.results.rows_policy import baseline_on

Row = dict[str, Any]
DAYS = "mean difference of the milestone's day over the paths on which it comes with and without the measures"
MONEY = "mean difference of the discounted cash of all paths with and without the measures"
PATIENTS = "mean difference of patients treated, recorded paths with and without the measures"
PAID = "mean income from subsidies of all paths, not discounted"
FULL_UPTAKE = "nobody gave an uptake: full uptake is taken"
STATED_UPTAKE = "the target of the measure, taken as its uptake"
QUANTITIES = {
    "rnpv_gain_usd": ("USD", MONEY, "value.rnpv_usd.mean"),
    "patients_gain": ("patients", PATIENTS, "value.rnpv_usd.mean"),
    "subsidy_usd": ("USD", PAID, "value.by_market.development.rnpv_usd.mean"),
}
"""By quantity its unit, its formula, and the value of the plain programme whose inputs it shares."""


def note_policies(ledger: Ledger, base: Assembled, sections: Sequence[Row]) -> None:
    """Each mean of each policy's effects, down to the measures' own sources."""
    for section in sections:
        policy = base.filled.rulebook.policy(section["id"])
        inputs: dict[str, tuple[str, ...]] = {}
        for row in (row for row in section["measures"] if isinstance(row["alone"], Mapping)):
            inputs[row["id"]] = _note_inputs(ledger, base, policy.measure(row["id"]), row)
            for name in ("alone", "left_out"):
                _note_effect(ledger, f"policies.{row['id']}.{name}", row[name], inputs[row["id"]])
        every = tuple(dict.fromkeys(path for paths in inputs.values() for path in paths))
        _note_effect(ledger, f"policies.{section['id']}.together", section["together"], every)
        for aspect in (row for row in section["aspects"] if isinstance(row["effect"], Mapping)):
            own = [r["id"] for r in section["measures"] if r["aspect"] == aspect["aspect"] and r["id"] in inputs]
            parts = tuple(dict.fromkeys(path for name in own for path in inputs[name]))
            _note_effect(ledger, f"policies.{section['id']}.aspects.{aspect['aspect']}", aspect["effect"], parts)


def _note_effect(ledger: Ledger, path: str, effect: Row, inputs: tuple[str, ...]) -> None:
    for milestone, found in effect["days_saved"].items():
        where, plain = f"{path}.days_saved.{milestone}.mean", f"milestones.{milestone}.p50"
        notes.note_derived(ledger, where, found["mean"], unit="days", formula=DAYS, derived_from=(*inputs, plain))
    for key, (unit, formula, plain) in QUANTITIES.items():
        if effect[key] is not None:
            where, shown = f"{path}.{key}.mean", effect[key]["mean"]
            notes.note_derived(ledger, where, shown, unit=unit, formula=formula, derived_from=(*inputs, plain))


def _note_inputs(ledger: Ledger, base: Assembled, measure: Measure, row: Row) -> tuple[str, ...]:
    """The paths of what one measure's effect rests on, each with its entry."""
    version, path = measure.versions[0], f"measures.{measure.id}"
    ledger.add(
        Provenance(
            path,
            version.value,
            measure.unit,
            "rule",
            version.source_grade,
            version.source,
            version.date_text,
            note=measure.note,
        )
    )
    return (path, _note_uptake(ledger, base, row), *_note_baseline(ledger, base, measure), *_conditions(base, measure))


def _note_uptake(ledger: Ledger, base: Assembled, row: Row) -> str:
    path, given = f"policy_uptake.{row['id']}", base.filled.programme.policy_uptake.get(row["id"])
    if given is not None:
        notes.note_user(ledger, path, given)
        return path
    if row["uptake_assumed"]:
        ledger.add(Provenance(path, row["uptake"], "share", "assumption", "unverified", note=FULL_UPTAKE))
    else:
        ledger.add(Provenance(path, row["uptake"], "share", "rule", "unverified", note=STATED_UPTAKE))
    return path


def _note_baseline(ledger: Ledger, base: Assembled, measure: Measure) -> Iterator[str]:
    if measure.baseline is None:
        return
    try:
        found = baseline_on(base, measure.baseline)
    except InputError:
        return
    path = f"measures.{measure.id}.baseline"
    notes.note_rule(ledger, path, found, note="in force without the measure")
    yield path


def _conditions(base: Assembled, measure: Measure) -> Iterator[str]:
    """The answers of the file that decide whether the measure applies; their entries are the file's own."""
    programme, wanted = base.filled.programme, terms_of(measure.when)
    yield from (f"conditions.{term}" for term in programme.conditions if term in wanted)
    for name, filing in programme.filings.items():
        yield from (f"filings.{name.lower()}.conditions.{term}" for term in filing.conditions if term in wanted)
