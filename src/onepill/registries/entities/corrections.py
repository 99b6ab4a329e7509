"""A person's corrections: a CSV file with who, when and why, which wins over every rule."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import get_args

from onepill.core.errors import Finding, InputError
from onepill.registries.entities.links import Evidence, Link, LinkKind
from onepill.registries.entities.text import fold

COLUMNS = ("kind", "text", "entity_id", "name", "decided_by", "decided_on", "reason")
_REQUIRED = ("kind", "text", "decided_by", "decided_on", "reason")


@dataclass(frozen=True)
class Correction:
    """One decision of a person: this text names this thing, or (an empty `entity_id`) nothing at all.

    `line` is the line of the file, from 1; 0 where the correction came from elsewhere.
    """

    kind: LinkKind
    text: str
    entity_id: str
    name: str
    decided_by: str
    decided_on: date
    reason: str
    line: int = 0


class Corrections:
    """Corrections by kind and folded text.

    A later decision replaces an earlier one; two decisions of one day that disagree are an error.

    Raises:
        InputError: decisions of the same day for the same text disagree.
    """

    def __init__(self, decisions: Iterable[Correction] = (), *, file: str = "") -> None:
        ordered = sorted(decisions, key=lambda one: (one.decided_on, one.line))
        conflicts = tuple(_conflicts(ordered, file=file))
        if any(finding.severity == "error" for finding in conflicts):
            raise InputError("corrections disagree", findings=conflicts)
        self.findings = conflicts
        self._latest = {(one.kind, fold(one.text)): one for one in ordered}

    def __len__(self) -> int:
        return len(self._latest)

    def with_later(self, later: Corrections) -> Corrections:
        """These and others; of two for one text the one of the later day stands, of one day that of the others."""
        kept = [one for one in self if not _is_replaced(one, later.find(one.kind, one.text))]
        standing = {(one.kind, fold(one.text)) for one in kept}
        return Corrections([*kept, *(one for one in later if (one.kind, fold(one.text)) not in standing)])

    def __iter__(self) -> Iterator[Correction]:
        return iter(self._latest[key] for key in sorted(self._latest))

    def find(self, kind: LinkKind, text: str) -> Correction | None:
        return self._latest.get((kind, fold(text)))

    def links(self, kind: LinkKind, text: str) -> tuple[Link, ...] | None:
        """The links that a person decided for the text; an empty tuple for "nothing", None without a decision.

        An `entity_id` of several ids is joined by `|`, its names likewise.
        """
        found = self.find(kind, text)
        if found is None:
            return None
        ids = [one.strip() for one in found.entity_id.split("|") if one.strip()]
        names = [one.strip() for one in found.name.split("|")]
        evidence = Evidence(
            "correction", found.text, f"{found.decided_by}, {found.decided_on.isoformat()}", found.reason
        )
        return tuple(
            Link(kind, text, one, names[n] if n < len(names) and names[n] else one, 1.0, evidence)
            for n, one in enumerate(ids)
        )


def _is_replaced(one: Correction, by: Correction | None) -> bool:
    return by is not None and by.decided_on >= one.decided_on


def corrections_from_csv(text: str, *, file: str = "corrections.csv") -> Corrections:
    """Read a file of corrections, or a reviewed export: rows without `decided_by` are left for later.

    Columns: `kind`, `text`, `entity_id` (empty: names nothing; several joined by `|`), `name`, `decided_by`,
    `decided_on` (ISO day), `reason`; the further columns of an export are passed over.

    Raises:
        InputError: a column is missing, a row is incomplete, or decisions of one day disagree.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise InputError.single(
            "corrections.columns",
            f"{file} lacks the columns {', '.join(missing)}",
            hint=f"the first line must hold {', '.join(COLUMNS)}",
            file=file,
            line=1,
        )
    findings: list[Finding] = []
    decisions: list[Correction] = []
    for row in reader:
        line = reader.line_num
        cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
        if not any(cells[name] for name in ("decided_by", "decided_on", "reason")):
            continue
        wrong = tuple(_row_findings(cells, file=file, line=line))
        findings.extend(wrong)
        if not wrong:
            decisions.append(_decision(cells, line=line))
    if findings:
        raise InputError(f"{file} holds {len(findings)} wrong cells", findings=findings)
    return Corrections(decisions, file=file)


def corrections_to_csv(corrections: Corrections) -> str:
    """The latest decisions as a file that reads back to the same, sorted by kind and text."""
    rows = (
        (one.kind, one.text, one.entity_id, one.name, one.decided_by, one.decided_on.isoformat(), one.reason)
        for one in corrections
    )
    return to_csv(COLUMNS, sorted(rows))


def to_csv(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A CSV text with its header, lines ended by a line feed."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()


def _decision(cells: dict[str, str], *, line: int) -> Correction:
    return Correction(
        kind=cells["kind"],  # type: ignore[arg-type]
        text=cells["text"],
        entity_id=cells["entity_id"],
        name=cells["name"],
        decided_by=cells["decided_by"],
        decided_on=date.fromisoformat(cells["decided_on"]),
        reason=cells["reason"],
        line=line,
    )


def _row_findings(cells: dict[str, str], *, file: str, line: int) -> Iterator[Finding]:
    def wrong(code: str, message: str, path: str, hint: str) -> Finding:
        return Finding(code, "error", message, hint=hint, path=path, file=file, line=line, value=cells[path])

    for name in _REQUIRED:
        if not cells[name]:
            yield wrong("corrections.empty", f"{name} is empty", name, "fill who, when and why")
    if cells["kind"] and cells["kind"] not in get_args(LinkKind):
        kinds = ", ".join(get_args(LinkKind))
        yield wrong("corrections.kind", f"no such kind: {cells['kind']}", "kind", f"one of {kinds}")
    if cells["decided_on"] and not _is_day(cells["decided_on"]):
        yield wrong("corrections.day", f"not a day: {cells['decided_on']}", "decided_on", "write it as 2026-11-22")


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == 10


def _conflicts(ordered: list[Correction], *, file: str) -> Iterable[Finding]:
    """An error for two answers of one day, a note for an answer that a later one replaces."""
    latest: dict[tuple[str, str], Correction] = {}
    for one in ordered:
        key: tuple[str, str] = (one.kind, fold(one.text))
        before = latest.get(key)
        latest[key] = one
        if before is None or before.entity_id == one.entity_id:
            continue
        same_day = before.decided_on == one.decided_on
        yield Finding(
            "corrections.conflict" if same_day else "corrections.replaced",
            "error" if same_day else "note",
            f"{one.text!r} is {before.entity_id or 'nothing'} by {before.decided_by} (line {before.line}) "
            f"and {one.entity_id or 'nothing'} by {one.decided_by}",
            hint="keep one of the two" if same_day else "the later decision counts",
            path="entity_id",
            file=file,
            line=one.line,
            value=one.entity_id,
        )
