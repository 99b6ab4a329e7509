"""Trials and approvals of a warehouse as dated evidence: who investigates which drug, in what, how far, since when."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal, cast

from onepill.landscape import EvidenceRow
from onepill.landscape.inputs import Precision, SponsorClass
from onepill.landscape.stages import period_end
from onepill.registries.entities import sponsor_class
from onepill.registries.roles import DRUG_TYPES
from onepill.workbench.landscape_names import Names, Row, rows_of

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
APPROVED = {"Authorised", "Withdrawn", "AP", "Licensed", "Voluntarily Revoked", "Expired", "Lapsed", "Suspended"}
"""Words of EMA and FDA for what is or was approved; a missing word counts where a day of approval is told."""
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


@dataclass(frozen=True)
class Sponsor:
    """A lead sponsor: its company's id, its class, and its country where known."""

    company_id: str = ""
    sponsor_class: SponsorClass = "unknown"
    country: str = ""


@dataclass
class Gathered:
    """Evidence, what was left out and why, and the first sponsors that tell an origin."""

    rows: list[EvidenceRow] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    first_trial: dict[str, tuple[date, set[str]]] = field(default_factory=dict)


def gather(reader: Reader, names: Names, day_of: dict[Key, date]) -> Gathered:
    """All evidence of the warehouse.

    Args:
        day_of: for records that tell no day of their own, the day from which the warehouse knows them.
    """
    found = Gathered()
    _trials(reader, names, found)
    _approvals(reader, names, found)
    _listed_approvals(reader, names, found, day_of)
    return found


def _trials(reader: Reader, names: Names, found: Gathered) -> None:
    drugs, conditions = _drugs_by_trial(reader, names), _conditions_by_trial(reader, names)
    leads = {(row["source"], row["record_id"]): _sponsor(row, names) for row in rows_of(reader, _LEADS)}
    for row in rows_of(reader, _TRIALS):
        key = (row["source"], row["record_id"])
        found.counts["trials"] += 1
        known = known_since(row)
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


def _note_first(found: Gathered, drug_id: str, day: date, sponsor: Sponsor) -> None:
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
    company = names.company(row["name"])
    kind = sponsor_class(row["name"], row["listed"] or "")
    told: Literal["industry", "unknown", "academic"]
    told = "industry" if kind == "industry" else "unknown" if kind == "unknown" else "academic"
    return Sponsor(company.company_id, told, company.country)


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
    company = names.company(row["company"]).company_id if row["company"] else ""
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
