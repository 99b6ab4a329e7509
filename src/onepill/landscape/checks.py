"""What is wrong or doubtful in the rows, before any measure is taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from onepill.core.errors import Finding
from onepill.landscape.inputs import PRECISIONS, ROLES, SPONSOR_CLASSES, DrugRow, EvidenceRow
from onepill.landscape.stages import STAGES


def check_evidence(rows: Sequence[EvidenceRow]) -> list[Finding]:
    """Findings about evidence: unknown words, missing ids."""
    return [finding for place, row in enumerate(rows) for finding in _evidence_findings(place, row)]


def check_drugs(rows: Sequence[DrugRow]) -> list[Finding]:
    """Findings about drugs: missing ids, and two different annotations of one drug on one day."""
    findings = [
        _error("drug.without_id", "a drug without an id", f"drugs[{place}].drug_id", row.drug_id)
        for place, row in enumerate(rows)
        if not row.drug_id
    ]
    return findings + list(_conflicts(rows))


def _evidence_findings(place: int, row: EvidenceRow) -> Iterator[Finding]:
    closed = {
        "stage": STAGES,
        "role": ROLES,
        "day_precision": PRECISIONS,
        "known_precision": PRECISIONS,
        "sponsor_class": SPONSOR_CLASSES,
    }
    for name, words in closed.items():
        value = getattr(row, name)
        if value not in words:
            hint = f"one of {', '.join(words)}"
            yield _error(f"evidence.{name}", f"no {name} {value!r}", f"evidence[{place}].{name}", value, hint)
    for name in ("drug_id", "record_id"):
        if not getattr(row, name):
            path = f"evidence[{place}].{name}"
            yield _error(
                f"evidence.{name}", f"evidence without {name}", path, "", "every number is traced to its record"
            )


def _conflicts(rows: Sequence[DrugRow]) -> Iterator[Finding]:
    seen: dict[tuple[str, object], DrugRow] = {}
    for place, row in enumerate(rows):
        other = seen.setdefault((row.drug_id, row.known_on), row)
        if (other.targets, other.mechanism, other.modality) != (row.targets, row.mechanism, row.modality):
            yield Finding(
                code="drug.conflict",
                severity="warning",
                message=f"{row.drug_id} has two annotations of {row.known_on}",
                hint="keep one; until then the last in alphabetical order is used",
                path=f"drugs[{place}]",
                value=row.targets,
            )


def _error(code: str, message: str, path: str, value: object, hint: str = "") -> Finding:
    return Finding(code=code, severity="error", message=message, path=path, value=value, hint=hint)
