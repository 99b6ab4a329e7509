"""Trials and approvals of a warehouse as dated evidence: who investigates which drug, in what, how far, since when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from onepill.landscape import EvidenceRow
from onepill.landscape.columns import EvidenceColumns, evidence_columns, joined_columns
from onepill.workbench.landscape.names import Names, Row, rows_of
from onepill.workbench.landscape.trials import FirstTrials, gather_trials

if TYPE_CHECKING:
    from onepill.store.warehouse import Reader

APPROVED = {"Authorised", "Withdrawn", "AP", "Licensed", "Voluntarily Revoked", "Expired", "Lapsed", "Suspended"}
"""Words of EMA and FDA for what is or was approved; a missing word counts where a day of approval is told."""
_APPROVALS = """
    SELECT source, record_id, substance, therapeutic_area, company, status, decision_day, decision_precision
    FROM approval
    WHERE is_human AND decision_day IS NOT NULL AND substance IS NOT NULL
        AND (submission IS NULL OR submission LIKE 'ORIG%' OR submission = 'Original')
        AND NOT coalesce(is_generic, FALSE) AND NOT coalesce(is_biosimilar, FALSE)
        AND application_type IS DISTINCT FROM 'ANDA'
    ORDER BY source, record_id, ordinal
"""
_LISTED = """
    SELECT source, record_id, drug_name FROM drug WHERE stage = 'APPROVAL' AND drug_name IS NOT NULL
    ORDER BY source, record_id, ordinal
"""
Key = tuple[str, str]


@dataclass
class Gathered:
    """Evidence, what was left out and why, and the first sponsors that tell an origin.

    Attributes:
        rows: approvals. trials: the evidence of trials, by column.
    """

    rows: list[EvidenceRow] = field(default_factory=list)
    trials: EvidenceColumns | None = None
    counts: Counter[str] = field(default_factory=Counter)
    first_trial: FirstTrials = field(default_factory=dict)

    @property
    def columns(self) -> EvidenceColumns:
        """All evidence."""
        approvals = evidence_columns(self.rows)
        return approvals if self.trials is None else joined_columns([self.trials, approvals])


def gather(reader: Reader, names: Names, day_of: dict[Key, date]) -> Gathered:
    """All evidence of the warehouse.

    Args:
        day_of: for records that tell no day of their own, the day from which the warehouse knows them.
    """
    trials = gather_trials(reader, names)
    found = Gathered(trials=trials.columns, counts=Counter(trials.counts), first_trial=trials.first_trial)
    _approvals(reader, names, found)
    _listed_approvals(reader, names, found, day_of)
    return found


def _approvals(reader: Reader, names: Names, found: Gathered) -> None:
    for row in rows_of(reader, _APPROVALS):
        if row["status"] not in APPROVED and row["status"] is not None:
            continue
        found.counts["approvals"] += 1
        drugs = tuple(
            dict.fromkeys(one for part in row["substance"].split(";") for one in names.drug_ids(part.strip()))
        )
        found.counts["approvals_without_linked_drug"] += not drugs
        found.rows.extend(_approval_rows(row, drugs, names))


def _approval_rows(row: Row, drugs: tuple[str, ...], names: Names) -> Iterator[EvidenceRow]:
    areas = [part.strip() for part in (row["therapeutic_area"] or "").split(";") if part.strip()]
    conditions = tuple(dict.fromkeys(one for area in areas for one in names.condition_ids(area))) or ("",)
    company = names.company(row["company"])[0] if row["company"] else ""
    for drug_id in drugs:
        for condition_id in conditions:
            yield EvidenceRow(
                drug_id=drug_id,
                indication_id=condition_id,
                stage="approval",
                day=row["decision_day"],
                day_precision=row["decision_precision"] or "day",
                known_on=row["decision_day"],
                known_precision=row["decision_precision"] or "day",
                record_id=_record(row),
                sponsor_id=company,
                sponsor_class="industry",
                combination=len(drugs) > 1,
            )


def _listed_approvals(reader: Reader, names: Names, found: Gathered, day_of: dict[Key, date]) -> None:
    """Drugs that a drug source lists as approved without a day: known from the day that the source shows."""
    for row in rows_of(reader, _LISTED):
        known = day_of[row["source"], row["record_id"]]
        drugs = names.drug_ids(row["drug_name"])
        found.counts["listed_as_approved"] += bool(drugs)
        found.rows.extend(
            EvidenceRow(
                drug_id=drug_id,
                indication_id="",
                stage="approval",
                day=None,
                known_on=known,
                record_id=_record(row),
                combination=len(drugs) > 1,
            )
            for drug_id in drugs
        )


def _record(row: Row) -> str:
    return f"{row['source']}:{row['record_id']}"
