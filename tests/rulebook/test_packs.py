"""The packaged packs: sound, and compiled as they stand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from onepill.core.errors import InputError
from onepill.rulebook import Rule, Version, load_rulebook, terms_of
from onepill.rulebook.checks import check_packs
from onepill.rulebook.packs import compile_packs, parse_pack
from tests.rulebook.packaged import packaged

SMALL = """
onepill_pack: 1
jurisdiction: XX
vocabulary: {fast: {en: fast}}
sources: {law: {title: The law}}
rules:
  xx.clock:
    topic: review
    unit: working_days
    versions:
      - {from: "2020-01-01", value: 60, source_grade: official, source: law}
procedures:
  xx.review:
    topic: review
    name: review
    per: filing
    grants: approval
    steps:
      - {id: submission, by: applicant, kind: event}
      - {id: review, by: agency, clock: xx.clock, after: [submission], outcomes: [{id: yes}, {id: no}]}
      - {id: issue, by: agency, after: ["review:yes"]}
"""
RELIES = "    relies_on: {references: [US], source_grade: official"
GATE = "    gate: {kind: data_export, before: filing, begins: submission"
POLICY = """
onepill_policy: 1
id: xx.policy
jurisdiction: XX
name: policy
document: {title: The policy, announced: "2020-01-01", from: "2020-01-01", source: text}
sources: {text: {title: The text}}
measures:
  xx.policy.faster:
    aspect: 3
    kind: clock
    name: faster
    unit: working_days
    effect: {rule: xx.clock, cap: 30 wd}
    baseline: xx.clock
    versions:
      - {from: "2020-01-01", value: 30, source_grade: official, source: text}
"""


def all_versions(rule: Rule) -> Iterator[Version]:
    yield from rule.all_versions()
    yield from rule.beside


# The packaged files


def test_the_compiled_rulebook_is_current(repository: Path) -> None:
    compiled = (repository / "src/onepill/rulebook/compiled.json").read_text(encoding="utf-8")
    assert compile_packs(packaged().values()) == compiled, "run python tools/compile_rulebook.py"


def test_variants_and_measures_keep_the_order_of_their_file() -> None:
    """The first matching variant wins, so a compiled rulebook in another order would be another law."""
    book = load_rulebook()
    for pack in packaged().values():
        data = pack.document.data
        for key, rule in data.get("rules", {}).items():
            assert [variant.id for variant in book.rule(key).variants] == list(rule.get("variants", {}))
        if "measures" in data:
            assert [measure.id for measure in book.policy(data["id"]).measures] == list(data["measures"])


def test_every_pack_is_sound() -> None:
    findings = check_packs(list(packaged().values()))
    assert [f"{f.file}:{f.line} {f.message}" for f in findings] == []


def test_every_value_has_a_unit_a_grade_a_day_and_a_source_unless_it_is_unverified() -> None:
    rules = load_rulebook().rules()
    values = [(rule, version) for rule in rules for version in all_versions(rule)]
    assert len(values) > 300
    for rule, version in values:
        assert rule.unit, rule.id
        assert version.first or version.attested, rule.id
        assert version.sources or version.source_grade == "unverified", rule.id
        assert version.formula or version.source_grade != "derived", rule.id
        assert all(source.title and source.retrieved for source in version.sources), rule.id


def test_every_clock_says_what_kind_of_limit_it_is() -> None:
    book = load_rulebook()
    clocks = {step.clock for procedure in book.procedures() for step in procedure.steps if step.clock}
    assert len(clocks) > 20
    assert [clock for clock in clocks if book.rule(clock).nature is None and book.rule(clock).absent is None] == []


def test_every_condition_of_a_step_a_procedure_and_a_measure_uses_declared_terms() -> None:
    book = load_rulebook()
    whens = [step.when for p in book.procedures() for step in p.steps]
    whens += [p.needed_when for p in book.procedures()]
    whens += [measure.when for policy in book.policies() for measure in policy.measures]
    whens += [variant.when for rule in book.rules() for variant in rule.variants]
    used = frozenset().union(*map(terms_of, whens))
    assert used
    assert [term for term in used if book.term(term) is None] == []


# What the checks find


def faults(text: str) -> list[str]:
    return [finding.code for finding in check_packs([parse_pack(text, file="xx.yaml")])]


def test_a_sound_pack_has_no_finding() -> None:
    assert faults(SMALL) == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (", source: law}", "}", "pack.source"),
        ("source: law}", "source: lore}", "pack.source_unknown"),
        ('from: "2020-01-01", ', "", "pack.day"),
        ("value: 60, ", "", "pack.value"),
        ("source_grade: official", "source_grade: derived", "pack.formula"),
        ("value: 60", 'until: "2019-12-31", value: 60', "pack.day_order"),
        ("    unit: working_days\n", "", "pack.unit"),
        ("    unit: working_days\n", '    absent: {checked: "2026-01-01", note: no}\n', "pack.valueless"),
        ("clock: xx.clock", "clock: xx.watch", "pack.rule_unknown"),
        ("after: [submission]", "after: [submitted]", "pack.step"),
        ("review:yes", "review:perhaps", "pack.step"),
        ("by: agency, clock", "by: agency, when: slow, clock", "pack.term"),
        ("id: issue", "id: review", "pack.step"),
        ("id: issue,", "id: issue, anchor: later,", "pack.step"),
        ("    grants: approval", "    needed_when: slow\n    grants: approval", "pack.term"),
        ("xx.review:", "xx.clock:", "pack.id_twice"),
        ("    grants: approval", "    second_cycle: xx.again\n    grants: approval", "pack.procedure_unknown"),
        ("    grants: approval", f"{RELIES}, source: lore}}\n    grants: approval", "pack.source_unknown"),
        ("    grants: approval", f"{RELIES}}}\n    grants: approval", "pack.source"),
        ("    grants: approval", f"{GATE}, rule: xx.watch}}\n    grants: approval", "pack.rule_unknown"),
        (
            "by: agency, clock",
            "by: agency, review_model: {step: fda.approval, classes: {priority: slow}}, clock",
            "pack.term",
        ),
    ],
)
def test_each_fault_is_found(old: str, new: str, code: str) -> None:
    assert old in SMALL
    assert code in faults(SMALL.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("source: text}\nsources", "source: lore}\nsources", "pack.source_unknown"),
        ("source: text}\n", "source: lore}\n", "pack.source_unknown"),
        ("baseline: xx.clock", "baseline: xx.watch", "pack.rule_unknown"),
        ("rule: xx.clock", "rule: xx.watch", "pack.rule_unknown"),
        ("    baseline: xx.clock\n", "", "pack.reason"),
        ("    effect: {rule: xx.clock, cap: 30 wd}\n", "", "pack.reason"),
        ("cap: 30 wd", "cap: 30 wd, add: 3 wd", "pack.effect"),
        ("rule: xx.clock, cap", "cap", "pack.effect"),
        ("cap: 30 wd", "cap: 30 wd, until: 2021", "pack.effect"),
        ("    aspect: 3", "    when: slow\n    aspect: 3", "pack.term"),
        ("id: xx.policy\n", "id: xx.clock\n", "pack.id_twice"),
        ("  xx.policy.faster:", "  xx.review:", "pack.id_twice"),
    ],
)
def test_each_fault_of_a_policy_is_found_with_its_line(old: str, new: str, code: str) -> None:
    assert old in POLICY
    law = parse_pack(SMALL, file="xx.yaml")
    assert check_packs([law, parse_pack(POLICY, file="policy.yaml")]) == []
    found = check_packs([law, parse_pack(POLICY.replace(old, new, 1), file="policy.yaml")])
    assert code in [finding.code for finding in found]
    assert all(finding.file == "policy.yaml" and finding.line and finding.hint for finding in found)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("topic: review", "topic: reviews"),
        ("unit: working_days", "unit: business_days"),
        ("source_grade: official", "source_grade: sure"),
        ('"2020-01-01"', '"2020-02-30"'),
        ("    topic: review\n    unit", "    tropic: review\n    topic: review\n    unit"),
        ("by: agency, clock", "by: agency, when: {some: [fast]}, clock"),
        ("by: agency, clock", "by: agency, review_model: {step: fda.appeal}, clock"),
        ("by: agency, clock", "by: agency, review_model: {step: fda.approval, otherwise: rapid}, clock"),
    ],
)
def test_a_pack_outside_the_schema_is_refused_with_its_line(old: str, new: str) -> None:
    text = SMALL.replace(old, new, 1)
    with pytest.raises(InputError) as caught:
        parse_pack(text, file="xx.yaml")
    lines = zip(SMALL.split("\n"), text.split("\n"), strict=False)
    changed = next(number for number, (before, after) in enumerate(lines, start=1) if before != after)
    assert abs(caught.value.findings[0].line - changed) <= 1  # a condition is reported at the step that holds it
