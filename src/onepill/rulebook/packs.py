"""Pack files to the compiled rulebook: parse, check everything, write one JSON text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from pydantic import ValidationError

from onepill.core.documents import Document, dotted, read_document
from onepill.core.errors import Finding, InputError
from onepill.rulebook.nouns import TARGETS, VERBS
from onepill.rulebook.schema import (
    MeasureEntry,
    Pack,
    PolicyFile,
    ProcedureEntry,
    RuleEntry,
    SourceEntry,
    StepEntry,
    VariantEntry,
    VersionEntry,
)

COMPILED_SCHEMA = 1
SHARED = "shared"


@dataclass(frozen=True)
class PackFile:
    """A parsed file with its document, which knows the lines."""

    stem: str
    document: Document
    content: Pack | PolicyFile


def packaged_texts() -> dict[str, str]:
    """Text of every packaged file by its name, sorted."""
    folder = files("onepill.rulebook").joinpath("packs")
    return {entry.name: entry.read_text(encoding="utf-8") for entry in sorted(folder.iterdir(), key=lambda e: e.name)}


def parse_pack(text: str, *, file: str) -> PackFile:
    """Read one pack or policy file against its closed schema.

    Raises:
        InputError: all findings (`pack.schema`, `yaml.*`), with lines.
    """
    document = read_document(text, file=file)
    model = PolicyFile if isinstance(document.data, dict) and "onepill_policy" in document.data else Pack
    try:
        content = model.model_validate(document.data)
    except ValidationError as error:
        findings = [_schema_finding(row, document) for row in error.errors()]
        raise InputError(f"{file}: {findings[0].path}: {findings[0].message}", findings=findings) from None
    return PackFile(file.removesuffix(".yaml"), document, content)


def _schema_finding(row: Mapping[str, Any], document: Document) -> Finding:
    path = tuple(row["loc"])
    hint = "see docs/methods/rulebook.md for the keys of a pack"
    return Finding("pack.schema", "error", row["msg"], hint, dotted(path), document.file, document.line(path))


def compile_packs(packs: Iterable[PackFile]) -> str:
    """The compiled rulebook, one text for the same packs: ids sorted, variants and measures in their pack's order."""
    compiled: dict[str, Any] = {
        "schema": COMPILED_SCHEMA,
        "jurisdictions": [],
        "vocabulary": {},
        "sources": {},
        "absent_topics": [],
        "rules": {},
        "procedures": {},
        "policies": {},
    }
    for pack in packs:
        compiled["sources"] |= {f"{pack.stem}.{key}": _source(s) for key, s in pack.content.sources.items()}
        (_add_policy if isinstance(pack.content, PolicyFile) else _add_pack)(compiled, pack)
    slim = {key: _slim(value) for key, value in compiled.items()}
    for kind in ("rules", "procedures", "policies", "sources"):
        slim[kind] = dict(sorted(slim[kind].items()))
    return json.dumps(slim, ensure_ascii=False, separators=(",", ":")) + "\n"


def _slim(value: Any) -> Any:
    """Without empty texts, lists and nulls, which halves what the product parses at each start."""
    if isinstance(value, list):
        return [_slim(item) for item in value]
    if not isinstance(value, dict):
        return value
    slimmed = {key: _slim(item) for key, item in value.items()}
    return {key: item for key, item in slimmed.items() if item is not None and item not in ("", [], {})}


def _add_pack(compiled: dict[str, Any], pack: PackFile) -> None:
    content = pack.content
    assert isinstance(content, Pack)
    where = {"jurisdiction": content.jurisdiction, "calendar": content.calendar}
    if content.jurisdiction not in compiled["jurisdictions"]:
        compiled["jurisdictions"].append(content.jurisdiction)
    compiled["vocabulary"][content.jurisdiction] = _vocabulary(content.vocabulary)
    compiled["vocabulary"].setdefault(SHARED, {}).update(_vocabulary(content.shared_vocabulary))
    compiled["absent_topics"] += [
        {"jurisdiction": content.jurisdiction, "topic": a.topic, "checked": a.checked.isoformat(), "note": a.note}
        for a in content.absent_topics
    ]
    compiled["rules"] |= {key: where | _rule(rule, pack.stem) for key, rule in content.rules.items()}
    compiled["procedures"] |= {key: where | _procedure(p, pack.stem) for key, p in content.procedures.items()}


def _add_policy(compiled: dict[str, Any], pack: PackFile) -> None:
    content = pack.content
    assert isinstance(content, PolicyFile)
    document = content.document
    compiled["vocabulary"][content.id] = _vocabulary(content.vocabulary)
    compiled["policies"][content.id] = {
        "jurisdiction": content.jurisdiction,
        "name": content.name,
        "title": document.title,
        "number": document.number,
        "announced": _iso(document.announced),
        "first": _iso(document.first),
        "last": _iso(document.until),
        "source": f"{pack.stem}.{document.source}",
        "not_captured": content.not_captured,
        "measures_in_document": document.measures,
        "measures": {key: _measure(m, pack.stem) for key, m in content.measures.items()},
    }


def _vocabulary(terms: Mapping[str, Any]) -> dict[str, Any]:
    return {key: {"name": _names({"en": t.en, "zh": t.zh}), "answered_by": t.answered_by} for key, t in terms.items()}


def _names(names: Mapping[str, str]) -> dict[str, str]:
    return {language: text for language, text in names.items() if text}


def _source(source: SourceEntry) -> dict[str, str]:
    title = f"{source.publisher}: {source.title}" if source.publisher else source.title
    return {
        "title": title,
        "url": source.url,
        "date": _iso(source.date) or "",
        "retrieved": _iso(source.retrieved) or "",
    }


def _iso(day: Any) -> str | None:
    return str(day) if day else None


def _rule(rule: RuleEntry, stem: str) -> dict[str, Any]:
    absent = {"checked": _iso(rule.absent.checked), "note": rule.absent.note} if rule.absent else None
    plain = ("topic", "name", "nature", "starts", "counts_start_day", "roll", "stops", "note")
    return {
        **{key: getattr(rule, key) for key in plain},
        "unit": rule.unit or "",
        "facts": rule.fact,
        "absent": absent,
        "versions": [_version(v, stem) for v in rule.versions],
        "variants": {key: _variant(v, stem) for key, v in rule.variants.items()},
        "beside": [_version(v, stem) for v in rule.beside],
    }


def _variant(variant: VariantEntry, stem: str) -> dict[str, Any]:
    return {"when": variant.when, "name": variant.name, "versions": [_version(v, stem) for v in variant.versions]}


def _version(version: VersionEntry, stem: str) -> dict[str, Any]:
    return {
        "value": version.value,
        "first": _iso(version.first),
        "attested": sorted(map(str, version.attested)),
        "last": _iso(version.until),
        "announced": _iso(version.announced),
        "status": version.status,
        "source_grade": version.source_grade,
        "sources": [f"{stem}.{key}" for key in version.source or []],
        "ref": str(version.ref),
        "formula": version.formula,
        "recheck": _iso(version.recheck),
        "body": version.body,
        "note": version.note,
    }


def _procedure(procedure: ProcedureEntry, stem: str) -> dict[str, Any]:
    keys = ("topic", "name", "route", "per", "grants", "needed_when", "second_cycle", "note")
    plain = {key: getattr(procedure, key) for key in keys}
    relies_on = procedure.relies_on.model_dump(mode="json") if procedure.relies_on else None
    if relies_on and relies_on["source"]:
        relies_on["source"] = f"{stem}.{relies_on['source']}"
    gate = procedure.gate.model_dump() if procedure.gate else None
    return {
        **plain,
        "relies_on": relies_on,
        "gate": gate,
        "facts": procedure.fact,
        "steps": [_step(s) for s in procedure.steps],
    }


def _step(step: StepEntry) -> dict[str, Any]:
    return step.model_dump(mode="json")


def _measure(measure: MeasureEntry, stem: str) -> dict[str, Any]:
    plain = ("aspect", "kind", "name", "when", "baseline", "is_target", "unit", "not_quantified_reason", "note")
    return {
        **{key: getattr(measure, key) for key in plain},
        "effect": _effect(measure.effect) if measure.effect else None,
        "uptake": measure.uptake.value,
        "uptake_note": measure.uptake.note,
        "facts": measure.fact,
        "versions": [_version(v, stem) for v in measure.versions],
    }


def _effect(effect: Mapping[str, Any]) -> dict[str, Any]:
    (on,) = (key for key in TARGETS if key in effect)
    (verb,) = (key for key in VERBS if key in effect)
    return {"on": on, "target": effect[on], "verb": verb, "value": effect[verb], "where": effect.get("where", "")}
