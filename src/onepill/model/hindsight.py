"""What was not known on a day: facts of a later date are taken out, and each is named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from onepill.core.documents import Path, dotted
from onepill.core.errors import Finding
from onepill.model.positions import Places

_EVENTS = ("started", "finished", "succeeded", "failed", "submitted", "accepted", "approved", "refused")


def hide_later(data: dict[str, Any], as_of: date, places: Places) -> list[Finding]:
    """Take out of `data` (of a valid programme) events, readouts, evidence, grants and the log after `as_of`.

    A note names each.

    A readout counts from its cut-off or from the day of its source, whichever is later.
    """
    known_by = as_of.isoformat()
    findings = []
    for path, facts, key in _events(data):
        if isinstance(facts.get(key), str) and facts[key] > known_by:
            findings.append(_hidden((*path, key), facts.pop(key), known_by, places))
    for path, item, day in _records(data):
        if day > known_by:
            findings.append(_hidden(path, day, known_by, places))
            item.clear()
    findings += _hide_evidence(data, known_by, places)
    findings += _hide_log(data, known_by, places)
    for holder, key in ((data, "readouts"), (data.get("rights") or {}, "granted")):
        if key in holder:
            holder[key] = [item for item in holder[key] if item]
    return findings


def _events(data: dict[str, Any]) -> Iterator[tuple[Path, dict[str, Any], str]]:
    for group in ("development", "filings"):
        for name, item in data.get(group, {}).items():
            for key in _EVENTS:
                yield (group, name, "done"), item.get("done", {}), key
    for name, item in data.get("markets", {}).items():
        yield ("markets", name), item, "launched"
        entered = (item.get("access") or {}).get("done") or {}
        yield from ((("markets", name, "access", "done"), entered, state) for state in list(entered))
    for code, kinds in data.get("gates", {}).items():
        for kind, state in kinds.items():
            yield ("gates", code, kind), state, "done"


def _records(data: dict[str, Any]) -> Iterator[tuple[Path, dict[str, Any], str]]:
    """Items of lists that are known from a day on."""
    for index, item in enumerate(data.get("readouts", [])):
        published = str((item.get("source") or {}).get("date") or "")
        yield ("readouts", index), item, max(item.get("cut_off") or "", published)
    for index, item in enumerate(data.get("rights", {}).get("granted", [])):
        yield ("rights", "granted", index), item, item["since"]


def _hide_evidence(data: dict[str, Any], known_by: str, places: Places) -> list[Finding]:
    """Evidence counts from its own day or from the day of its source, whichever is later."""
    findings = []
    indications: list[tuple[Path, dict[str, Any]]] = [(("indication",), data.get("indication") or {})]
    indications += [(("indications", name), item) for name, item in data.get("indications", {}).items()]
    for path, indication in indications:
        known = indication.get("evidence") or {}
        holders: list[tuple[Path, dict[str, Any]]] = [((*path, "evidence"), known)]
        holders.append(((*path, "evidence", "breakthrough"), known.get("breakthrough") or {}))
        for where, holder in holders:
            for name in [name for name in holder if name != "breakthrough"]:
                published = str((holder[name].get("source") or {}).get("date") or "")
                day = max(holder[name].get("date") or "", published)
                if day > known_by:
                    findings.append(_hidden((*where, name), day, known_by, places))
                    del holder[name]
    return findings


def _hide_log(data: dict[str, Any], known_by: str, places: Places) -> list[Finding]:
    """Questions asked, answers given and commitments made or kept after the day are not known on it."""
    findings: list[Finding] = []
    for index, question in enumerate(data.get("questions", [])):
        path: Path = ("questions", index)
        if question["asked"] > known_by:
            findings.append(_hidden(path, question["asked"], known_by, places))
            question.clear()
            continue
        findings += _hide_commitments(path, question, known_by, places)
        if (question.get("answered") or "") > known_by:
            findings.append(_hidden((*path, "answered"), question.pop("answered"), known_by, places))
            question.pop("answer", None)
    if "questions" in data:
        data["questions"] = [question for question in data["questions"] if question]
    return findings


def _hide_commitments(path: Path, question: dict[str, Any], known_by: str, places: Places) -> list[Finding]:
    findings = []
    for index, item in enumerate(question.get("commitments", [])):
        where: Path = (*path, "commitments", index)
        made = item.get("made") or question.get("answered") or question["asked"]
        if made > known_by:
            findings.append(_hidden(where, made, known_by, places))
            item.clear()
        elif (item.get("done") or "") > known_by:
            findings.append(_hidden((*where, "done"), item.pop("done"), known_by, places))
    if "commitments" in question:
        question["commitments"] = [item for item in question["commitments"] if item]
    return findings


def _hidden(path: Path, day: str, known_by: str, places: Places) -> Finding:
    message = f"{dotted(path)} ({day}) is later than {known_by} and is not known on that day"
    place = (dotted(path), places.document.file, places.line(path))
    return Finding("as_of.hidden", "note", message, "ask with a later --as-of to use it", *place, value=day)
