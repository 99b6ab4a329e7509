"""Small worlds for tests, by hand and by hypothesis."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from onepill.landscape import ApprovalRow, DrugRow, EvidenceRow, Question, World, build_world
from onepill.landscape.inputs import PRECISIONS, ROLES, SPONSOR_CLASSES
from onepill.landscape.stages import STAGES

LONG_AGO = date(2000, 1, 1)
DAY = date(2021, 7, 1)


def drug(
    name: str, *targets: str, mechanism: str = "inhibitor", modality: str = "small_molecule", **more: Any
) -> DrugRow:
    return DrugRow(name, targets, mechanism, modality, known_on=more.pop("known_on", LONG_AGO), **more)


def seen(name: str, stage: str, known: date = date(2020, 1, 1), indication: str = "D", **more: Any) -> EvidenceRow:
    record = more.pop("record_id", f"{name}-{stage}-{indication}-{known}")
    return EvidenceRow(name, indication, stage, more.pop("day", None), known, record, **more)


def approved(name: str, day: date, indication: str = "D") -> ApprovalRow:
    return ApprovalRow(name, day, f"approval-{name}", indication_id=indication)


def ask(**more: Any) -> Question:
    return Question(more.pop("as_of", DAY), **more)


def world(drugs: list[DrugRow], evidence: list[EvidenceRow], approvals: list[ApprovalRow] | None = None) -> World:
    return build_world(drugs, evidence, approvals or [])


NAMES = [f"drug {letter}" for letter in "ABCDEFGH"]
TARGETS = ["T1", "T2", "T3"]
DAYS = st.dates(date(2015, 1, 1), date(2024, 12, 31))

evidence_rows = st.builds(
    EvidenceRow,
    drug_id=st.sampled_from(NAMES),
    indication_id=st.sampled_from(["", "D1", "D2"]),
    stage=st.sampled_from(STAGES),
    day=st.none() | DAYS,
    known_on=DAYS,
    record_id=st.sampled_from([f"NCT{number}" for number in range(30)]),
    day_precision=st.sampled_from(PRECISIONS),
    known_precision=st.sampled_from(PRECISIONS),
    sponsor_id=st.sampled_from(["", "S1", "S2", "S3"]),
    sponsor_class=st.sampled_from(SPONSOR_CLASSES),
    role=st.sampled_from(ROLES[:2]),
    combination=st.booleans(),
)

drug_rows = st.builds(
    DrugRow,
    drug_id=st.sampled_from(NAMES),
    targets=st.lists(st.sampled_from(TARGETS), max_size=2, unique=True).map(tuple),
    mechanism=st.sampled_from(["", "inhibitor", "agonist"]),
    modality=st.sampled_from(["antibody", "cell_therapy"]),
    known_on=DAYS,
    origin=st.sampled_from(["", "CN", "US"]),
    biosimilar=st.booleans(),
    fixed_combination=st.sampled_from([False, False, False, True]),
)

many_evidence = st.lists(evidence_rows, max_size=40)
many_drugs = st.lists(drug_rows, max_size=12)
