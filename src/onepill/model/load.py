"""From a programme's text to its model: overlays, validation and every finding at once, each with its line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from onepill.core.documents import Document, read_document
from onepill.core.errors import Finding, InputError, sort_findings
from onepill.model import hindsight
from onepill.model.checks import check_programme
from onepill.model.partial import Partial, partial_programme
from onepill.model.positions import Places
from onepill.model.refusals import schema_findings
from onepill.model.scenarios import set_value, with_scenario
from onepill.model.schema import Programme


@dataclass(frozen=True)
class Loaded:
    """A valid programme, the document it was read from, its data as changed, and what was noticed (no errors)."""

    programme: Programme
    document: Document
    data: dict[str, Any]
    findings: tuple[Finding, ...]


def load_programme(
    text: str, *, file: str = "", as_of: date | None = None, scenarios: Sequence[str] = (), hide_later: bool = True
) -> Loaded:
    """Read a programme file, apply `as_of` and the named scenarios in order, and check it.

    Events after `as_of` are hidden (they become plans again), so that an earlier day does not know what came later.
    Without a named scenario every scenario of the file is tried, so that a mistake in one is found before it is asked
    for.

    Raises:
        InputError: with all findings, each with file, line, path, value and hint.
    """
    document = read_document(text, file=file)
    if not isinstance(document.data, dict):
        hint = "start with 'onepill: 1'"
        raise InputError.single("yaml.shape", "a programme is a mapping of keys", hint=hint, file=file, line=1)
    data = deepcopy(document.data)
    if as_of is not None:
        data["as_of"] = as_of.isoformat()
    base = Places(document)
    declared = _validated(data, base)
    loaded = _variant(data, base, declared, scenarios, hide=hide_later)
    errors = _errors(loaded.findings)
    if not scenarios:
        errors += _scenario_errors(data, base, declared, known=errors, hide=hide_later)
    if errors:
        rest = [finding for finding in loaded.findings if finding.severity != "error"]
        raise InputError(errors[0].message, findings=sort_findings([*errors, *rest]))
    return loaded


def change_programme(
    document: Document, changes: Sequence[tuple[str, Any]], *, as_of: date | None = None, scenarios: Sequence[str] = ()
) -> Loaded:
    """The programme of a document that was loaded before, with values set at paths after its scenarios.

    The text is not read again and scenarios that are not named are not tried, so that a change is answered while it is
    being typed.

    Args:
        document: what `load_programme` read without an error.
        changes: dotted paths and values as a file holds them; all of a path but its last key must be there.

    Raises:
        InputError: `edit.path` for a path that leads nowhere; all findings about what was set, by the value's path.
    """
    data = deepcopy(document.data)
    if as_of is not None:
        data["as_of"] = as_of.isoformat()
    places = Places(document)
    declared = _validated(data, places)
    for name in scenarios:
        data, places = with_scenario(data, declared, places, name=name)
    lost = [_lost_edit(path) for path, value in changes if set_value(data, path, value) is None]
    if lost:
        raise InputError(lost[0].message, findings=lost)
    changed = _variant(data, places, _validated(data, places), (), hide=True)
    if errors := _errors(changed.findings):
        raise InputError(errors[0].message, findings=errors)
    return changed


def _lost_edit(path: str) -> Finding:
    hint = "all of a path but its last key must be in the file"
    return Finding("edit.path", "error", f"nothing stands above {path!r}", hint, path)


def programme_json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the programme file, for editors."""
    schema = {**Programme.model_json_schema(), "title": "onepill programme"}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _validated(data: dict[str, Any], places: Places) -> Programme:
    try:
        return Programme.model_validate(data)
    except ValidationError as error:
        items = error.errors()
    findings = schema_findings(items, data, places)
    if not places.changes:
        findings += _further(partial_programme(data, items), places)
    raise InputError(findings[0].message, findings=sort_findings(findings))


def _further(rest: Partial | None, places: Places) -> list[Finding]:
    """What the other checks say of a file's sound part."""
    if rest is None:
        return []
    found = rest.trusted(places.placed(check_programme(rest.programme), rest.data))
    return found + rest.trusted(_scenario_errors(rest.data, places, rest.programme, known=found, hide=False))


def _variant(
    data: dict[str, Any], places: Places, declared: Programme, scenarios: Sequence[str], *, hide: bool
) -> Loaded:
    """The programme with the scenarios applied; its findings may hold errors of the checks beyond the schema."""
    programme = declared
    for name in scenarios:
        data, places = with_scenario(data, declared, places, name=name)
        programme = _validated(data, places)
    hidden: list[Finding] = []
    if hide:
        data = deepcopy(data)
        hidden = hindsight.hide_later(data, programme.as_of, places)
        programme = _validated(data, places) if hidden else programme
    findings = [*hidden, *places.placed(check_programme(programme), data)]
    return Loaded(programme, places.document, data, tuple(sort_findings(findings)))


def _scenario_errors(
    data: dict[str, Any], places: Places, declared: Programme, *, known: list[Finding], hide: bool
) -> list[Finding]:
    """Errors that a scenario of the file brings in on its own."""
    found: list[Finding] = []
    before = {(finding.code, finding.path) for finding in known}
    for name in declared.scenarios:
        try:
            errors = _errors(_variant(data, places, declared, [name], hide=hide).findings)
        except InputError as error:
            errors = _errors(error.findings)
        found += [finding for finding in errors if (finding.code, finding.path) not in before]
    return found


def _errors(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity == "error"]
