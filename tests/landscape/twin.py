"""The slow obvious twin of programmes, tags and counts: dictionaries and loops, straight from the definitions."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from onepill.landscape import DrugRow, EvidenceRow, Question
from onepill.landscape.stages import RANK

Programme = tuple[str, str]


def last_day(day: date, precision: str) -> date:
    """Walk on until the period is over."""
    unit = {"day": lambda d: d, "month": lambda d: (d.year, d.month), "year": lambda d: d.year}[precision]
    while unit(day + timedelta(1)) == unit(day):
        day += timedelta(1)
    return day


def counts_from(row: EvidenceRow) -> date:
    posted = last_day(row.known_on, row.known_precision)
    return posted if row.day is None else max(posted, last_day(row.day, row.day_precision))


def known_drugs(rows: list[DrugRow], question: Question) -> dict[str, DrugRow]:
    known = [row for row in rows if row.known_on <= question.as_of or question.switches.annotation_hindsight]

    def key(row: DrugRow) -> tuple[object, ...]:
        told = (row.targets, row.mechanism, row.modality, row.origin, row.biosimilar, row.fixed_combination)
        return (row.known_on, *told)

    return {row.drug_id: row for row in sorted(known, key=key)}


def counted(rows: list[EvidenceRow], drugs: dict[str, DrugRow], question: Question) -> list[EvidenceRow]:
    switches = question.switches

    def takes(row: EvidenceRow) -> bool:
        drug = drugs.get(row.drug_id)
        return (
            row.role == "investigated"
            and counts_from(row) <= question.as_of
            and RANK[row.stage] >= RANK[question.min_stage]
            and (switches.academic or row.sponsor_class != "academic")
            and (switches.combination_arms or not row.combination)
            and (switches.phase_4_is_approval or row.stage != "phase_4")
            and (switches.biosimilars or drug is None or not drug.biosimilar)
            and (switches.cell_therapies or drug is None or drug.modality != "cell_therapy")
        )

    return [row for row in rows if takes(row)]


def reached(rows: list[EvidenceRow]) -> tuple[int, date]:
    top = max(RANK[row.stage] for row in rows)
    return top, min(counts_from(row) for row in rows if RANK[row.stage] == top)


def class_of(drug: DrugRow | None) -> tuple[object, ...] | None:
    if drug is None or not drug.targets or not drug.mechanism or not drug.modality:
        return None
    return (tuple(sorted(set(drug.targets))), drug.mechanism, drug.modality)


def tags(
    evidence: list[EvidenceRow], drugs: list[DrugRow], question: Question, *, ties: str = "all_lead"
) -> dict[str, str]:
    """The tag of each agent, whatever the coverage."""
    known = known_drugs(drugs, question)
    by_drug: dict[str, list[EvidenceRow]] = defaultdict(list)
    for row in counted(evidence, known, question):
        by_drug[row.drug_id].append(row)
    stand = {name: reached(rows) for name, rows in by_drug.items()}
    return {name: _tag(name, stand, known, ties) for name in stand}


def _tag(name: str, stand: dict[str, tuple[int, date]], known: dict[str, DrugRow], ties: str) -> str:
    drug, rank = known.get(name), stand[name][0]
    if drug is not None and drug.fixed_combination:
        return "combination"
    if rank == RANK["approval"]:
        return "approved"
    own = class_of(drug)
    if own is None:
        return "unknown"
    peers = [stand[other] for other in stand if class_of(known.get(other)) == own]
    if any(peer[0] == RANK["approval"] for peer in peers):
        return "me_too"
    leads = all(peer[0] <= rank for peer in peers)
    if ties == "earliest_leads":
        leads = leads and all(peer[0] < rank or peer[1] >= stand[name][1] for peer in peers)
    return "first_in_class" if leads else "fast_follower"


def target_counts(evidence: list[EvidenceRow], drugs: list[DrugRow], question: Question) -> dict[str, float]:
    """Programmes (drug and indication) by target, a drug of n targets counting 1/n."""
    known = known_drugs(drugs, question)
    programmes = {(row.drug_id, row.indication_id) for row in counted(evidence, known, question)}
    counts: dict[str, float] = defaultdict(float)
    for name, _ in programmes:
        targets = set(known[name].targets) if name in known else set()
        for target in targets:
            counts[target] += 1 / len(targets)
    return counts
