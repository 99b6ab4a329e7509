"""The review of uncertain links: what a person should look at, and the decisions that come back."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from onepill.core.errors import InputError
from onepill.workbench.landscape.corrections import corrections_file, keep_corrections, kept_corrections

if TYPE_CHECKING:
    from pathlib import Path

    from onepill.core.errors import Finding
    from onepill.registries.entities import Correction, Corrections, Linked
    from onepill.workbench.questions.review import CorrectionsText, ReviewAsk

Row = dict[str, Any]


def review(ask: ReviewAsk) -> Row:
    """What is uncertain among the links, for a person's decisions: --out writes them, --take reads them back."""
    from onepill.store.places import warehouse_folder

    root = warehouse_folder(ask.warehouse)
    if sum((ask.take is not None, ask.kept, ask.export is not None)) > 1:
        message, hint = "--take, --list and --out each do one thing", "give one of them"
        raise InputError.single("review.options", message, hint=hint, path="take")
    if ask.kept:
        return _answer(root, "list", corrections=_shown(kept_corrections(root).corrections, ask))
    return _exported(root, ask) if ask.take is None else _taken(root, ask.take)


def _exported(root: Path, ask: ReviewAsk) -> Row:
    from onepill.registries import TABLES
    from onepill.registries.entities import review_rows, review_to_csv
    from onepill.store.files import write_whole
    from onepill.store.places import named_path
    from onepill.store.warehouse import open_reader
    from onepill.workbench.registries.review_checks import refuse_lost_decisions
    from onepill.workbench.registries.review_links import every_link, refuse_unloaded

    corrections = kept_corrections(root).corrections
    with open_reader(root, TABLES) as reader:
        refuse_unloaded(reader, root)
        linked = every_link(reader, corrections, kinds=[ask.kind] if ask.kind else None)
        found = review_rows(linked, with_unknown=ask.unknown)
    rows = found[: ask.limit]
    counts = dict(sorted(Counter(row.link.kind for row in found).items()))
    written = named_path(ask.export).absolute() if ask.export else None
    if written is not None:
        refuse_lost_decisions(written, corrections)
        write_whole(written, "\ufeff" + review_to_csv(rows))  # the mark by which spreadsheets know UTF-8
    shown = [_uncertain(row) for row in rows]
    return _answer(root, "export", uncertain=counts, rows=shown, written=str(written) if written else None)


def _taken(root: Path, given: CorrectionsText) -> Row:
    from onepill.registries.entities import corrections_from_csv
    from onepill.store.warehouse import writing
    from onepill.workbench.registries.review_checks import checked, rows_waiting

    later = corrections_from_csv(given.text, file=given.file or "corrections.csv")
    known, findings = checked(root, later, file=given.file)
    with writing(root):
        before = kept_corrections(root).corrections
        after = before.with_later(known)
        if len(known):
            keep_corrections(root, after)
    taken = _counts(before, known, after) | {"waiting": rows_waiting(given.text, len(later) + _replaced(later))}
    corrections = [_correction(one) for one in known]
    return _answer(root, "take", taken=taken, corrections=corrections, findings=[*later.findings, *findings])


def _replaced(later: Corrections) -> int:
    return sum(finding.code == "corrections.replaced" for finding in later.findings)


def _counts(before: Corrections, given: Corrections, after: Corrections) -> dict[str, int]:
    became: Counter[str] = Counter()
    for one in given:
        was, now = before.find(one.kind, one.text), after.find(one.kind, one.text)
        if was is not None and now is was:
            became["older"] += 1
        elif was is None:
            became["new"] += 1
        else:
            became["unchanged" if was.entity_id == one.entity_id else "changed"] += 1
    return {"read": len(given)} | {name: became[name] for name in ("new", "changed", "unchanged", "older")}


def _shown(corrections: Corrections, ask: ReviewAsk) -> list[Row]:
    found = [_correction(one) for one in corrections if ask.kind in (None, one.kind)]
    return found[: ask.limit]


def _answer(root: Path, action: str, *, findings: list[Finding] | None = None, **parts: Any) -> Row:
    from onepill.store.warehouse import current

    empty: Row = {"uncertain": {}, "rows": [], "written": None, "taken": None, "corrections": []}
    return {
        "warehouse": str(root),
        "generation": current(root).number,
        "action": action,
        **empty,
        **parts,
        "kept": len(kept_corrections(root).corrections),
        "kept_in": str(corrections_file(root)),
        "findings": [finding.as_row() for finding in findings or []],
    }


def _uncertain(row: Linked) -> Row:
    link = row.link.as_row()
    names = ("kind", "text", "entity_id", "name", "score", "rule", "alias", "source", "record")
    return {name: link[name] for name in names} | {
        "others": list(row.link.others),
        "uses": row.uses,
        "example": row.example,
    }


def _correction(one: Correction) -> Row:
    names = ("kind", "text", "entity_id", "name", "decided_by", "reason")
    return {name: getattr(one, name) for name in names} | {"decided_on": one.decided_on.isoformat()}
