"""Trials to evidence row by row, in plain Python: the slow twin of `workbench.landscape_trials`."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from onepill.landscape import EvidenceRow
from onepill.landscape.inputs import Precision, SponsorClass
from onepill.landscape.stages import period_end
from onepill.registries.entities import sponsor_class
from onepill.registries.roles import DRUG_TYPES
from onepill.store.warehouse import Reader
from onepill.workbench.landscape.names import Names, Row, rows_of
from onepill.workbench.landscape.trials import STAGES

Key = tuple[str, str]
_TRIALS = """
    SELECT source, record_id, phase,
        coalesce(first_posted_day, first_submitted_day) AS known_day,
        CASE WHEN first_posted_day IS NOT NULL THEN first_posted_precision ELSE first_submitted_precision END
            AS known_precision,
        start_day, start_precision
    FROM trial WHERE study_type IS DISTINCT FROM 'OBSERVATIONAL' ORDER BY source, record_id
"""
_DRUGS = """
    SELECT source, record_id, name, arm_labels FROM intervention
    WHERE role = 'investigated' AND name IS NOT NULL AND list_contains(?, intervention_type)
    ORDER BY source, record_id, ordinal
"""
_LEADS = """
    SELECT source, record_id, arg_min(name, ordinal) AS name, arg_min(sponsor_class, ordinal) AS listed
    FROM sponsor WHERE name IS NOT NULL AND sponsor_role IS DISTINCT FROM 'collaborator' GROUP BY source, record_id
"""
_CONDITIONS = """
    SELECT source, record_id, term FROM condition WHERE kind = 'condition' AND term IS NOT NULL
    ORDER BY source, record_id, ordinal
"""


@dataclass(frozen=True)
class Sponsor:
    company_id: str = ""
    sponsor_class: SponsorClass = "unknown"
    country: str = ""


@dataclass
class Found:
    rows: list[EvidenceRow] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    first_trial: dict[str, tuple[date, set[str]]] = field(default_factory=dict)


def gather_slowly(reader: Reader, names: Names) -> Found:
    found = Found()
    _trials(reader, names, found)
    return found


def _trials(reader: Reader, names: Names, found: Found) -> None:
    drugs, conditions = _drugs_by_trial(reader, names), _conditions_by_trial(reader, names)
    leads = {(row["source"], row["record_id"]): _sponsor(row, names) for row in rows_of(reader, _LEADS)}
    for row in rows_of(reader, _TRIALS):
        key = (row["source"], row["record_id"])
        found.counts["trials"] += 1
        known = _known(row)
        if not drugs.get(key):
            found.counts["trials_without_linked_drug" if key in drugs else "trials_without_investigated_drug"] += 1
        elif known is None:
            found.counts["trials_without_day"] += 1
        else:
            sponsor = leads.get(key, Sponsor())
            found.counts["trials_used"] += 1
            found.counts["trials_without_phase"] += row["phase"] not in STAGES
            for drug_id in drugs[key]:
                _note_first(found, drug_id, period_end(*known), sponsor)
            found.rows.extend(_trial_rows(row, known, drugs[key], conditions.get(key, ()), sponsor=sponsor))


def _trial_rows(
    row: Row, known: tuple[date, Precision], drugs: dict[str, bool], conditions: tuple[str, ...], *, sponsor: Sponsor
) -> Iterator[EvidenceRow]:
    for drug_id, in_combination in drugs.items():
        for condition_id in conditions or ("",):
            yield EvidenceRow(
                drug_id=drug_id,
                indication_id=condition_id,
                stage=STAGES.get(row["phase"] or "", "unknown"),
                day=row["start_day"],
                day_precision=row["start_precision"] or "day",
                known_on=known[0],
                known_precision=known[1],
                record_id=_record(row),
                sponsor_id=sponsor.company_id,
                sponsor_class=sponsor.sponsor_class,
                combination=in_combination,
            )


def _known(row: Row) -> tuple[date, Precision] | None:
    """When the trial was first shown. The number of a Chinese record (CTR2018…) begins with its year of registration,
    which counts at its end where the list tells no day.
    """
    if row["known_day"] is not None:
        return row["known_day"], cast("Precision", row["known_precision"] or "day")
    digits = row["record_id"][3:7]
    if row["source"] == "cde" and digits.isdigit() and 2000 <= int(digits) <= 2100:
        return date(int(digits), 1, 1), "year"
    return None


def _note_first(found: Found, drug_id: str, day: date, sponsor: Sponsor) -> None:
    """Keep the countries of the sponsors of a drug's earliest trials; an empty one where it is not told."""
    first = found.first_trial.get(drug_id)
    country = sponsor.country if sponsor.sponsor_class == "industry" else ""
    if first is None or day < first[0]:
        found.first_trial[drug_id] = (day, {country})
    elif day == first[0]:
        first[1].add(country)


def _drugs_by_trial(reader: Reader, names: Names) -> dict[Key, dict[str, bool]]:
    """The investigated drugs of each trial that has any (none where no name is linked), and whether an arm gives each
    together with another.
    """
    arms: dict[Key, dict[str, list[frozenset[str]]]] = defaultdict(lambda: defaultdict(list))
    joined: set[tuple[Key, str]] = set()
    for row in rows_of(reader, _DRUGS, [sorted(DRUG_TYPES)]):
        key, ids = (row["source"], row["record_id"]), names.drug_ids(row["name"])
        of_trial = arms[key]
        for drug_id in ids:
            of_trial[drug_id].append(frozenset(row["arm_labels"] or ()))
            if len(ids) > 1:
                joined.add((key, drug_id))
    return {
        key: {one: (key, one) in joined or _shares_an_arm(one, of_trial) for one in of_trial}
        for key, of_trial in arms.items()
    }


def _shares_an_arm(drug_id: str, of_trial: dict[str, list[frozenset[str]]]) -> bool:
    own = frozenset().union(*of_trial[drug_id])
    return any(own & arms for other, every in of_trial.items() if other != drug_id for arms in every)


def _conditions_by_trial(reader: Reader, names: Names) -> dict[Key, tuple[str, ...]]:
    found: dict[Key, dict[str, None]] = defaultdict(dict)
    for row in rows_of(reader, _CONDITIONS):
        found[row["source"], row["record_id"]].update(dict.fromkeys(names.condition_ids(row["term"])))
    return {key: tuple(ids) for key, ids in found.items()}


def _sponsor(row: Row, names: Names) -> Sponsor:
    company_id, country = names.company(row["name"])
    kind = sponsor_class(row["name"], row["listed"] or "")
    told: Any = kind if kind in ("industry", "unknown") else "academic"
    return Sponsor(company_id, told, country)


def _record(row: Row) -> str:
    return f"{row['source']}:{row['record_id']}"
