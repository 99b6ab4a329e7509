"""The rulebook as plain rows: what `onepill rules list --json` prints."""

from __future__ import annotations

from datetime import date
from typing import Any

from onepill.rulebook.book import Rulebook
from onepill.rulebook.lookup import Rule
from onepill.rulebook.nouns import Procedure, Step, Version

Row = dict[str, Any]


def rules_list(rulebook: Rulebook) -> list[Row]:
    """One row a rule and a procedure, by id; days are ISO text, null where unknown."""
    rows = [_rule_row(rule) for rule in rulebook.rules()]
    rows += [_procedure_row(procedure) for procedure in rulebook.procedures()]
    return sorted(rows, key=lambda row: row["id"])


def _rule_row(rule: Rule) -> Row:
    absent = rule.absent
    return {
        "id": rule.id,
        "jurisdiction": rule.jurisdiction,
        "kind": rule.kind,
        "topic": rule.topic,
        "name": dict(rule.name),
        "unit": rule.unit or None,
        "nature": rule.nature,
        "until": _last_day(rule),
        "versions": [version_row(version) for version in rule.versions],
        "variants": [
            {"id": v.id, "when": v.when, "versions": [version_row(version) for version in v.versions]}
            for v in rule.variants
        ],
        "beside": [version_row(version) for version in rule.beside],
        "absent": {"checked": absent.checked.isoformat(), "note": absent.note} if absent else None,
    }


def _procedure_row(procedure: Procedure) -> Row:
    return {
        "id": procedure.id,
        "jurisdiction": procedure.jurisdiction,
        "kind": procedure.kind,
        "topic": procedure.topic,
        "name": dict(procedure.name),
        "unit": None,
        "nature": None,
        "until": None,
        "versions": [],
        "variants": [],
        "beside": [],
        "absent": None,
        "per": procedure.per,
        "grants": procedure.grants,
        "needed_when": procedure.needed_when,
        "second_cycle": procedure.second_cycle,
        "steps": [_step_row(step) for step in procedure.steps],
    }


def _step_row(step: Step) -> Row:
    model = step.review_model
    return {
        "id": step.id,
        "by": step.by,
        "clock": step.clock,
        "after": [list(entry) for entry in step.after],
        "when": step.when,
        "forecast": step.forecast,
        "review_model": None
        if model is None
        else {
            "step": model.step,
            "one_cycle": model.one_cycle,
            "classes": dict(model.classes),
            "otherwise": model.otherwise,
            "new_substance": model.new_substance,
        },
    }


def version_row(version: Version) -> Row:
    """One version with its first source; `from` and `until` are its first and last day."""
    return {
        "announced": _iso(version.announced),
        "from": _iso(version.first),
        "attested": [day.isoformat() for day in version.attested],
        "until": _iso(version.last),
        "value": version.value,
        "status": version.status,
        "source_grade": version.source_grade,
        "source": version.source.as_row() if version.source else None,
        "ref": version.ref or None,
        "formula": version.formula or None,
        "body": version.body or None,
        "note": version.note or None,
    }


def _last_day(rule: Rule) -> str | None:
    """The day on which the rule's last own version ends; null while one is open."""
    days = [version.last for version in rule.versions]
    closed = [day for day in days if day is not None]
    return max(closed).isoformat() if closed and len(closed) == len(days) else None


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
