"""What a closed schema cannot see: sources, terms and references across pack files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from onepill.core.documents import Path, dotted
from onepill.core.errors import Finding
from onepill.rulebook.conditions import terms_of
from onepill.rulebook.nouns import TARGETS, VERBS
from onepill.rulebook.packs import PackFile
from onepill.rulebook.schema import (
    MeasureEntry,
    Pack,
    PolicyFile,
    ProcedureEntry,
    RelianceEntry,
    RuleEntry,
    StepEntry,
    VersionEntry,
)

Fault = tuple[str, Path, str, str]
"""Code, path, message, hint."""


def check_packs(packs: Iterable[PackFile]) -> list[Finding]:
    """Every finding of every pack: an empty list is a sound rulebook."""
    loaded = list(packs)
    rules = {key for pack in loaded if isinstance(pack.content, Pack) for key in pack.content.rules}
    shared = {t for pack in loaded if isinstance(pack.content, Pack) for t in pack.content.shared_vocabulary}
    procedures = {key for pack in loaded if isinstance(pack.content, Pack) for key in pack.content.procedures}
    findings = list(_duplicate_ids(loaded))
    for pack in loaded:
        terms = shared | set(pack.content.vocabulary)
        faults = _pack_faults(pack.content, terms, rules, procedures) if isinstance(pack.content, Pack) else ()
        faults = _policy_faults(pack.content, terms, rules) if isinstance(pack.content, PolicyFile) else faults
        findings += [_finding(fault, pack) for fault in faults]
    return findings


def _finding(fault: Fault, pack: PackFile) -> Finding:
    code, path, message, hint = fault
    document = pack.document
    return Finding(code, "error", message, hint, dotted(path), document.file, document.line(path))


def _duplicate_ids(packs: list[PackFile]) -> Iterator[Finding]:
    owner: dict[str, str] = {}
    for pack in packs:
        for path, key in _ids(pack.content):
            if key in owner:
                message = f"{key} stands in {owner[key]} too"
                yield _finding(("pack.id_twice", path, message, "rename one"), pack)
            owner[key] = pack.document.file


def _ids(content: Pack | PolicyFile) -> Iterator[tuple[Path, str]]:
    """Everything that can be asked for by its id, and where it stands."""
    if isinstance(content, PolicyFile):
        yield ("id",), content.id
        yield from ((("measures", key), key) for key in content.measures)
        return
    for kind in ("rules", "procedures"):
        yield from (((kind, key), key) for key in getattr(content, kind))


def _pack_faults(pack: Pack, terms: set[str], rules: set[str], procedures: set[str]) -> Iterator[Fault]:
    for key, rule in pack.rules.items():
        yield from _rule_faults(rule, ("rules", key), terms, set(pack.sources))
    for key, procedure in pack.procedures.items():
        yield from _procedure_faults(procedure, ("procedures", key), terms, rules)
        yield from _reliance_faults(procedure.relies_on, ("procedures", key, "relies_on"), set(pack.sources))
        if procedure.second_cycle is not None and procedure.second_cycle not in procedures:
            message = f"no procedure {procedure.second_cycle!r}"
            yield "pack.procedure_unknown", ("procedures", key), message, "name the procedure of a resubmission"


def _rule_faults(rule: RuleEntry, path: Path, terms: set[str], sources: set[str]) -> Iterator[Fault]:
    valued = bool(rule.versions or rule.variants)
    if valued == (rule.absent is not None):
        yield "pack.valueless", path, "a rule has values, or is absent, and not both", "write versions or absent"
    if valued and rule.unit is None:
        yield "pack.unit", path, "a value has a unit", "write unit"
    yield from _version_list_faults(rule.versions, (*path, "versions"), sources)
    for index, version in enumerate(rule.beside):
        beside: Path = (*path, "beside", index)
        yield from _version_faults(version, beside, sources)
        if not version.body:
            yield "pack.body", beside, "a count beside the rule's names its body", "write body"
    for name, variant in rule.variants.items():
        where = (*path, "variants", name)
        yield from _term_faults(variant.when, where, terms)
        yield from _version_list_faults(variant.versions, (*where, "versions"), sources)


def _version_list_faults(versions: list[VersionEntry], path: Path, sources: set[str]) -> Iterator[Fault]:
    starts = [(v.first or min(v.attested), v.status) for v in versions if v.first or v.attested]
    if len(set(starts)) < len(starts):
        yield "pack.version_order", path, "two versions begin on one day", "one value a day"
    for index, version in enumerate(versions):
        yield from _version_faults(version, (*path, index), sources)


def _version_faults(version: VersionEntry, path: Path, sources: set[str]) -> Iterator[Fault]:
    if version.value is None:
        yield "pack.value", path, "a version has a value", "write value, or record the rule absent"
    if version.first is None and not version.attested:
        yield "pack.day", path, "a value has a start day or an attested day", "write from or attested"
    if version.source_grade != "unverified" and not version.source:
        yield "pack.source", path, f"a value of grade {version.source_grade} has a source", "write source"
    if version.source_grade == "derived" and not version.formula:
        yield "pack.formula", path, "a derived value has its formula", "write formula"
    if version.until and version.first and version.until < version.first:
        yield "pack.day_order", path, f"until {version.until} is before from {version.first}", "check the two days"
    for key in set(version.source or []) - sources:
        yield "pack.source_unknown", path, f"source {key!r} is not in the table of sources", "add it to sources"


def _term_faults(when: Any, path: Path, terms: set[str]) -> Iterator[Fault]:
    for term in sorted(terms_of(when) - terms):
        yield "pack.term", path, f"the term {term!r} is not declared", "declare it in vocabulary"


def _procedure_faults(procedure: ProcedureEntry, path: Path, terms: set[str], rules: set[str]) -> Iterator[Fault]:
    yield from _term_faults(procedure.needed_when, path, terms)
    yield from _reference_faults((procedure.gate.rule if procedure.gate else None,), path, rules)
    known: dict[str, set[str]] = {}
    for index, step in enumerate(procedure.steps):
        where = (*path, "steps", index)
        yield from _step_faults(step, where, terms, rules, known)
        known[step.id] = {outcome.id for outcome in step.outcomes}
    for index, step in enumerate(procedure.steps):
        for name in set(step.covers) - set(known):
            yield "pack.step", (*path, "steps", index), f"covers an unknown step {name!r}", "name a step"


def _reliance_faults(reliance: RelianceEntry | None, path: Path, sources: set[str]) -> Iterator[Fault]:
    if reliance is None:
        return
    if reliance.source is None and reliance.source_grade != "unverified":
        yield "pack.source", path, f"a list of grade {reliance.source_grade} has a source", "write source"
    if reliance.source is not None and reliance.source not in sources:
        message = f"source {reliance.source!r} is not in the table of sources"
        yield "pack.source_unknown", path, message, "add it to sources"


def _step_faults(
    step: StepEntry, path: Path, terms: set[str], rules: set[str], known: Mapping[str, set[str]]
) -> Iterator[Fault]:
    if step.id in known:
        yield "pack.step", path, f"step {step.id!r} stands twice", "rename one"
    yield from _term_faults(step.when, path, terms)
    model = step.review_model
    for condition in (*model.classes.values(), model.new_substance) if model else ():
        yield from _term_faults(condition, (*path, "review_model"), terms)
    chances = (outcome.prob_rule for outcome in step.outcomes)
    yield from _reference_faults((step.clock, step.fee, step.forecast, *chances), path, rules)
    for entry in (name for alternatives in step.after for name in alternatives):
        name, _, outcome = entry.partition(":")
        if name not in known or (outcome and outcome not in known[name]):
            yield "pack.step", path, f"after names no earlier step: {entry!r}", "name an earlier step, or step:outcome"
    for name in filter(None, (step.anchor, step.instead_of)):
        if name not in known:
            yield "pack.step", path, f"names no earlier step: {name!r}", "name an earlier step"


def _reference_faults(references: Iterable[str | None], path: Path, rules: set[str]) -> Iterator[Fault]:
    for rule_id in references:
        if rule_id is not None and rule_id not in rules:
            yield "pack.rule_unknown", path, f"no rule {rule_id!r}", "check the id, or add the rule"


def _policy_faults(policy: PolicyFile, terms: set[str], rules: set[str]) -> Iterator[Fault]:
    sources = set(policy.sources)
    if policy.document.source not in sources:
        yield "pack.source_unknown", ("document",), f"no source {policy.document.source!r}", "add it to sources"
    for key, measure in policy.measures.items():
        path: Path = ("measures", key)
        yield from _term_faults(measure.when, path, terms)
        yield from _version_list_faults(measure.versions, (*path, "versions"), sources)
        yield from _reference_faults((measure.baseline,), path, rules)
        if _unmeasured(measure) and not measure.not_quantified_reason:
            yield "pack.reason", path, "a measure without effect or baseline says why", "write not_quantified_reason"
        if measure.effect is not None:
            yield from _effect_faults(measure.effect, path, rules)


def _unmeasured(measure: MeasureEntry) -> bool:
    """No effect, or a clock's effect without anything to compare it with."""
    return measure.effect is None or (measure.baseline is None and "stage_cost" not in measure.effect)


def _effect_faults(effect: Mapping[str, Any], path: Path, rules: set[str]) -> Iterator[Fault]:
    targets, verbs = [t for t in TARGETS if t in effect], [v for v in VERBS if v in effect]
    if len(targets) != 1 or len(verbs) != 1 or set(effect) - {*targets, *verbs, "where"}:
        hint = f"{'|'.join(TARGETS)} with {'|'.join(VERBS)}"
        yield "pack.effect", path, "an effect has one target and one verb", hint
        return
    if targets == ["rule"]:
        yield from _reference_faults((effect["rule"],), path, rules)
