"""Trials of a warehouse as columns of evidence: each text is linked once, and the query engine joins the rest.

`tests/workbench/trials_twin.py` says the same row by row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from onepill.landscape.columns import NO_DAY, UNKNOWN, Coded, EvidenceColumns
from onepill.landscape.inputs import PRECISIONS, SponsorClass
from onepill.registries.entities import sponsor_class
from onepill.registries.roles import DRUG_TYPES
from onepill.workbench.landscape.names import Names, rows_of

if TYPE_CHECKING:
    from onepill.store.warehouse import Reader

STAGES = {
    "EARLY_PHASE1": "early_phase_1",
    "PHASE1": "phase_1",
    "PHASE1_PHASE2": "phase_1_2",
    "PHASE2": "phase_2",
    "PHASE2_PHASE3": "phase_2_3",
    "PHASE3": "phase_3",
    "PHASE4": "phase_4",
}
"""Phases of the registers on the ladder; a trial without one is evidence of an unknown stage."""
_EPOCH = date(1970, 1, 1).toordinal()
_GIVEN = f"""role = 'investigated' AND name IS NOT NULL
    AND intervention_type IN ({", ".join(f"'{kind}'" for kind in sorted(DRUG_TYPES))})"""
_TERMS = "kind = 'condition' AND term IS NOT NULL"
_LEADS = """
    CREATE OR REPLACE TEMP TABLE lead AS
    SELECT source, record_id, arg_min(name, ordinal) AS name, arg_min(sponsor_class, ordinal) AS listed
    FROM sponsor WHERE name IS NOT NULL AND sponsor_role IS DISTINCT FROM 'collaborator' GROUP BY source, record_id
"""
_DRUGS = f"""
    CREATE OR REPLACE TEMP TABLE given AS
    SELECT i.source, i.record_id, i.place, i.arm_labels, l.id AS drug_id
    FROM (SELECT *, row_number() OVER () AS place FROM intervention WHERE {_GIVEN}) i
        LEFT JOIN drug_link l ON i.name = l.text
"""
_BY_TRIAL = """
    CREATE OR REPLACE TEMP TABLE trial_drug AS
    WITH linked AS (
        SELECT *, count(*) OVER (PARTITION BY place) > 1 AS is_joined FROM given WHERE drug_id IS NOT NULL
    ), armed AS (
        SELECT DISTINCT source, record_id, drug_id, unnest(arm_labels) AS arm FROM linked
    ), shared AS (
        SELECT DISTINCT source, record_id, drug_id
        FROM (SELECT *, count(*) OVER (PARTITION BY source, record_id, arm) AS drugs FROM armed) WHERE drugs > 1
    )
    SELECT l.source, l.record_id, l.drug_id, bool_or(l.is_joined OR s.drug_id IS NOT NULL) AS combination
    FROM linked l LEFT JOIN shared s USING (source, record_id, drug_id)
    GROUP BY l.source, l.record_id, l.drug_id
"""
_BY_CONDITION = f"""
    CREATE OR REPLACE TEMP TABLE trial_condition AS
    SELECT DISTINCT c.source, c.record_id, l.id AS condition_id
    FROM condition c JOIN condition_link l ON c.term = l.text WHERE {_TERMS}
"""
_YEAR_IN_NUMBER = """source = 'cde' AND regexp_full_match(substr(record_id, 4, 4), '[0-9]{4}')
    AND substr(record_id, 4, 4) BETWEEN '2000' AND '2100'"""
"""The number of a Chinese record (CTR2018…) begins with its year of registration, which counts at its end where the
list tells no day."""
_TRIALS = f"""
    CREATE OR REPLACE TEMP TABLE known_trial AS
    SELECT t.* EXCLUDE (told_day, told_precision),
        CASE WHEN told_day IS NOT NULL THEN told_day
            WHEN {_YEAR_IN_NUMBER} THEN make_date(substr(record_id, 4, 4)::INTEGER, 1, 1) END AS known_day,
        CASE WHEN told_day IS NOT NULL THEN coalesce(told_precision, 'day') ELSE 'year' END AS known_precision,
        d.has_linked
    FROM (
        SELECT source, record_id, phase, start_day, start_precision,
            coalesce(first_posted_day, first_submitted_day) AS told_day,
            CASE WHEN first_posted_day IS NOT NULL THEN first_posted_precision ELSE first_submitted_precision END
                AS told_precision
        FROM trial WHERE study_type IS DISTINCT FROM 'OBSERVATIONAL'
    ) t LEFT JOIN (
        SELECT source, record_id, bool_or(drug_id IS NOT NULL) AS has_linked FROM given GROUP BY source, record_id
    ) d USING (source, record_id)
"""
_COUNTS = f"""
    SELECT count(*) AS trials,
        count(*) FILTER (has_linked IS NULL) AS trials_without_investigated_drug,
        count(*) FILTER (NOT has_linked) AS trials_without_linked_drug,
        count(*) FILTER (has_linked AND known_day IS NULL) AS trials_without_day,
        count(*) FILTER (has_linked AND known_day IS NOT NULL) AS trials_used,
        count(*) FILTER (has_linked AND known_day IS NOT NULL
            AND (phase IS NULL OR phase NOT IN ({", ".join(f"'{phase}'" for phase in STAGES)})))
            AS trials_without_phase
    FROM known_trial
"""
_JOINED = """known_trial t JOIN trial_drug d USING (source, record_id)
    LEFT JOIN (lead JOIN sponsor_link l ON lead.name = l.text AND lead.listed IS NOT DISTINCT FROM l.listed)
        USING (source, record_id)"""
_EVIDENCE = f"""
    SELECT d.drug_id AS drug, coalesce(c.condition_id, '') AS indication, coalesce(t.phase, '') AS stage,
        coalesce(l.company_id, '') AS sponsor, t.source || ':' || t.record_id AS record,
        t.start_day AS day, coalesce(t.start_precision, 'day') AS day_precision,
        t.known_day AS known_on, t.known_precision, coalesce(l.class, '') = 'academic' AS academic, d.combination
    FROM {_JOINED} LEFT JOIN trial_condition c USING (source, record_id)
    WHERE t.known_day IS NOT NULL
    ORDER BY record, drug, indication
"""
_FIRST = f"""
    SELECT drug_id, counted, list(DISTINCT country) AS countries FROM (
        SELECT *, min(counted) OVER (PARTITION BY drug_id) AS earliest FROM (
            SELECT d.drug_id, CASE WHEN l.class = 'industry' THEN l.country ELSE '' END AS country,
                CASE t.known_precision WHEN 'year' THEN make_date(year(t.known_day), 12, 31)
                    WHEN 'month' THEN last_day(t.known_day) ELSE t.known_day END AS counted
            FROM {_JOINED} WHERE t.known_day IS NOT NULL
        )
    ) WHERE counted = earliest GROUP BY drug_id, counted ORDER BY drug_id
"""
_MADE = ("lead", "given", "trial_drug", "trial_condition", "known_trial")
FirstTrials = dict[str, tuple[date, set[str]]]


@dataclass(frozen=True)
class Trials:
    """Evidence of trials, what was left out, and for each drug the day of its earliest trials and the countries of
    their industry sponsors; an empty country where it is not told.
    """

    columns: EvidenceColumns
    counts: Mapping[str, int]
    first_trial: FirstTrials


def gather_trials(reader: Reader, names: Names) -> Trials:
    """The evidence of all trials with a linked investigated drug and a day."""
    ask = reader.connection.execute
    names.link_all("drug", _distinct(reader, f"SELECT DISTINCT name FROM intervention WHERE {_GIVEN} ORDER BY name"))
    names.link_all("condition", _distinct(reader, f"SELECT DISTINCT term FROM condition WHERE {_TERMS} ORDER BY term"))
    ask(_LEADS)
    tables = {"drug_link": _links(names, "drug"), "condition_link": _links(names, "condition")}
    tables["sponsor_link"] = _sponsors(reader, names)
    for name, table in tables.items():
        reader.connection.register(name, table)
    for made in (_DRUGS, _BY_TRIAL, _BY_CONDITION, _TRIALS):
        ask(made)
    counts = {name: int(count) for name, count in next(rows_of(reader, _COUNTS)).items() if count}
    first = {row["drug_id"]: (row["counted"], set(row["countries"])) for row in rows_of(reader, _FIRST)}
    columns = _columns(reader.connection.sql(_EVIDENCE).to_arrow_table())
    for name in _MADE:
        ask(f"DROP TABLE temp.{name}")
    for name in tables:
        reader.connection.unregister(name)
    return Trials(columns, counts, first)


def _distinct(reader: Reader, sql: str) -> Iterable[str]:
    return [text for (text,) in reader.connection.execute(sql).fetchall()]


def _links(names: Names, kind: Literal["drug", "condition"]) -> Any:
    import pyarrow as pa

    pairs = [(text, one) for text, (_, ids) in names.links[kind].items() for one in dict.fromkeys(i for i, _ in ids)]
    columns = list(zip(*pairs, strict=True)) if pairs else [(), ()]
    return pa.table({"text": pa.array(columns[0], pa.string()), "id": pa.array(columns[1], pa.string())})


def _sponsors(reader: Reader, names: Names) -> Any:
    import pyarrow as pa

    pairs = list(rows_of(reader, "SELECT DISTINCT name, listed FROM lead ORDER BY name, listed"))
    names.link_all("company", dict.fromkeys(row["name"] for row in pairs))
    found = [names.company(row["name"]) for row in pairs]
    columns = {
        "text": [row["name"] for row in pairs],
        "listed": [row["listed"] for row in pairs],
        "company_id": [company_id for company_id, _ in found],
        "class": [_class(row["name"], row["listed"]) for row in pairs],
        "country": [country for _, country in found],
    }
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def _class(name: str, listed: str | None) -> SponsorClass:
    """Government, networks and persons count as academic."""
    kind = sponsor_class(name, listed or "")
    return "industry" if kind == "industry" else "unknown" if kind == "unknown" else "academic"


def _columns(table: Any) -> EvidenceColumns:
    rows = table.num_rows
    stage = _coded(table["stage"])
    stages = Coded(stage.codes, tuple(STAGES.get(phase, "unknown") for phase in stage.names))
    return EvidenceColumns(
        drug=_coded(table["drug"]),
        indication=_coded(table["indication"]),
        stage=_with_unknown(stages),
        sponsor=_coded(table["sponsor"]),
        record=_coded(table["record"]),
        day=_ordinals(table["day"]),
        day_precision=_precisions(table["day_precision"]),
        known_on=_ordinals(table["known_on"]),
        known_precision=_precisions(table["known_precision"]),
        academic=np.asarray(table["academic"].to_numpy(), dtype=np.bool_),
        investigated=np.ones(rows, dtype=np.bool_),
        combination=np.asarray(table["combination"].to_numpy(), dtype=np.bool_),
    )


def _coded(column: Any) -> Coded:
    """Codes of a column of texts; the empty text is missing."""
    import pyarrow as pa

    packed = column.combine_chunks()
    if isinstance(packed, pa.ChunkedArray):
        packed = pa.concat_arrays(packed.chunks) if packed.num_chunks else pa.array([], column.type)
    found = packed.dictionary_encode()
    names = found.dictionary.to_pylist()
    codes = np.asarray(found.indices.to_numpy(zero_copy_only=False), dtype=np.int32)
    if "" not in names:
        return Coded(codes, tuple(names))
    missing = names.index("")
    moved = np.where(codes == missing, UNKNOWN, codes - (codes > missing)).astype(np.int32)
    return Coded(moved, tuple(name for name in names if name))


def _with_unknown(stage: Coded) -> Coded:
    """A trial without a phase is of an unknown stage, which is a stage."""
    codes = np.where(stage.codes == UNKNOWN, len(stage.names), stage.codes).astype(np.int32)
    return Coded(codes, (*stage.names, "unknown"))


def _ordinals(column: Any) -> np.ndarray[Any, np.dtype[np.int32]]:
    import pyarrow as pa

    days = column.cast(pa.int32()).to_numpy()
    told = ~np.isnan(days) if days.dtype.kind == "f" else np.ones(len(days), dtype=np.bool_)
    return np.where(told, np.nan_to_num(days) + _EPOCH, NO_DAY).astype(np.int32)


def _precisions(column: Any) -> np.ndarray[Any, np.dtype[np.int8]]:
    named = _coded(column)
    places = np.asarray([PRECISIONS.index(name) for name in named.names] or [0], dtype=np.int8)
    return places[named.codes]
