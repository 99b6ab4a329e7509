"""Copies of trial records in the warehouse: every version that was loaded, with the day from which it is known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from onepill.landscape import TrialState, TrialVersion
from onepill.landscape.stages import period_end
from onepill.registries.roles import DRUG_TYPES
from onepill.workbench.landscape.names import rows_of
from onepill.workbench.landscape.world import days_of_loads

if TYPE_CHECKING:
    from onepill.landscape.inputs import Precision
    from onepill.store.warehouse import Reader

Row = dict[str, Any]
Key = tuple[str, str]
_VERSIONS = """
    WITH wanted AS (SELECT unnest(?) AS source, unnest(?) AS record_id),
    lead AS (
        SELECT source, record_id, generation, arg_min(name, ordinal) AS sponsor FROM sponsor_version
        SEMI JOIN wanted USING (source, record_id)
        WHERE name IS NOT NULL AND sponsor_role IS DISTINCT FROM 'collaborator' GROUP BY ALL),
    aim AS (
        SELECT source, record_id, generation, string_agg(measure, '; ' ORDER BY ordinal) AS primary_endpoint
        FROM endpoint_version SEMI JOIN wanted USING (source, record_id)
        WHERE kind = 'primary' AND measure IS NOT NULL GROUP BY source, record_id, generation)
    SELECT t.*, lead.sponsor, aim.primary_endpoint,
        coalesce(t.first_posted_day, t.first_submitted_day) AS known_day,
        CASE WHEN t.first_posted_day IS NOT NULL THEN t.first_posted_precision ELSE t.first_submitted_precision END
            AS known_precision,
        r.first_generation, r.first_snapshot, r.ended_generation,
        row_number() OVER (PARTITION BY r.source, r.record_id ORDER BY r.version DESC) = 1 AS is_last
    FROM trial_version t SEMI JOIN wanted USING (source, record_id)
    JOIN record r ON r.source = t.source AND r.record_id = t.record_id AND r.first_generation = t.generation
    LEFT JOIN lead ON lead.source = t.source AND lead.record_id = t.record_id AND lead.generation = t.generation
    LEFT JOIN aim ON aim.source = t.source AND aim.record_id = t.record_id AND aim.generation = t.generation
    WHERE t.ordinal = 0 ORDER BY t.source, t.record_id, r.version
"""
_GONE_DRUGS = """
    WITH gone AS (
        SELECT source, record_id, max(first_generation) AS generation FROM record
        GROUP BY source, record_id HAVING NOT bool_or(is_current))
    SELECT source, record_id, name FROM intervention_version JOIN gone USING (source, record_id, generation)
    WHERE role = 'investigated' AND name IS NOT NULL AND list_contains(?, intervention_type)
    ORDER BY source, record_id, ordinal
"""
_GONE_CONDITIONS = """
    WITH gone AS (
        SELECT source, record_id, max(first_generation) AS generation FROM record
        GROUP BY source, record_id HAVING NOT bool_or(is_current))
    SELECT source, record_id, term FROM condition_version JOIN gone USING (source, record_id, generation)
    WHERE kind = 'condition' AND term IS NOT NULL ORDER BY source, record_id, ordinal
"""


@dataclass(frozen=True)
class TrialCopy:
    """One version of a trial, with the days that the publisher itself gives: they hold from their own day on.

    Attributes:
        first_posted, results_posted: the last day that they may mean; None where the copy tells none.
    """

    version: TrialVersion
    first_posted: date | None
    results_posted: date | None
    url: str


def trial_copies(reader: Reader, records: Iterable[Key]) -> dict[Key, list[TrialCopy]]:
    """All versions of the records, in the order of loading."""
    keys = sorted(set(records))
    if not keys:
        return {}
    days = days_of_loads(reader.generation)
    forms = {
        (source, load.generation): f"{load.format} {load.engine_version.removesuffix('+results')}"
        for source, state in reader.generation.sources.items()
        for load in state.loads
    }
    found: dict[Key, list[TrialCopy]] = defaultdict(list)
    for row in rows_of(reader, _VERSIONS, [[source for source, _ in keys], [record for _, record in keys]]):
        found[row["source"], row["record_id"]].append(_copy(row, days, forms))
    return dict(found)


def gone_trials(reader: Reader) -> tuple[dict[Key, list[str]], dict[Key, list[str]]]:
    """Names of investigated drugs, and conditions, of the records that no longer stand, by their last version."""
    drugs: dict[Key, list[str]] = defaultdict(list)
    conditions: dict[Key, list[str]] = defaultdict(list)
    for row in rows_of(reader, _GONE_DRUGS, [sorted(DRUG_TYPES)]):
        drugs[row["source"], row["record_id"]].append(row["name"])
    if drugs:
        for row in rows_of(reader, _GONE_CONDITIONS):
            conditions[row["source"], row["record_id"]].append(row["term"])
    return dict(drugs), dict(conditions)


def _copy(row: Row, days: Mapping[tuple[str, int], date], forms: Mapping[tuple[str, int], str]) -> TrialCopy:
    source, first, ended = row["source"], row["first_generation"], row["ended_generation"]
    known = known_since(row)
    return TrialCopy(
        version=TrialVersion(
            state=_state(row),
            known_on=min(days[source, first], row["first_snapshot"] or date.max),
            ended_on=days[source, ended] if ended is not None and row["is_last"] else None,
            posted_on=_end(row, "last_update_posted"),
            read_as=forms.get((source, first), ""),
        ),
        first_posted=None if known is None else period_end(*known),
        results_posted=_end(row, "results_first_posted"),
        url=row["url"] or "",
    )


def _state(row: Row) -> TrialState:
    """What the record said. Posted results are left out: they hold from their own day, not from that of a copy."""
    return TrialState(
        record_id=f"{row['source']}:{row['record_id']}",
        status=row["status"] or "",
        why_stopped=row["why_stopped"] or "",
        primary_endpoint=row["primary_endpoint"] or "",
        phase=row["phase"] or "",
        sponsor=row["sponsor"] or "",
        title=row["title"] or "",
        enrolment=row["enrolment"],
        start=row["start_day"],
        primary_completion=row["primary_completion_day"],
        completion=row["completion_day"],
    )


def _end(row: Row, name: str) -> date | None:
    day = row[f"{name}_day"]
    return None if day is None else period_end(day, cast("Precision", row[f"{name}_precision"] or "day"))


def known_since(row: Row) -> tuple[date, Precision] | None:
    """When the trial was first shown. The number of a Chinese record (CTR2018…) begins with its year of registration,
    which counts at its end where the list tells no day.
    """
    if row["known_day"] is not None:
        return row["known_day"], cast("Precision", row["known_precision"] or "day")
    digits = row["record_id"][3:7]
    if row["source"] == "cde" and digits.isdigit() and 2000 <= int(digits) <= 2100:
        return date(int(digits), 1, 1), "year"
    return None
