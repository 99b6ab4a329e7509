"""What a drug acts on, out of a mechanism's words and a record's own sentence; silence where that is not plain."""

from __future__ import annotations

from datetime import date

import pytest

from onepill.registries.entities import Alias, Correction, Corrections, DrugBook, TargetBook
from onepill.registries.entities.acting import acted_on, stated_of
from onepill.registries.entities.targets import record_claims

BOOK = DrugBook([Alias(name, name, "name", "hub", name) for name in ("alphabrin", "betabrin", "gammabrin")])


@pytest.mark.parametrize(
    ("mechanism", "targets"),
    [
        ("EGFR inhibitor", ("EGFR",)),
        ("Bruton's tyrosine kinase (BTK) inhibitor", ("BTK",)),
        ("Epidermal growth factor receptor (EGFR) tyrosine kinase inhibitors", ("EGFR",)),
        ("ALK tyrosine kinase receptor inhibitor", ("ALK",)),
        ("MEK inhibitor", ("MAP2K1", "MAP2K2")),
        ("CDK4/6 inhibitor", ("CDK4", "CDK6")),
        ("dopamine receptor antagonist", ("dopamine receptor",)),
        ("serotonin receptor partial agonist", ("serotonin receptor",)),
        ("selective serotonin reuptake inhibitor (SSRI)", ("SLC6A4",)),
        ("serotonin–norepinephrine reuptake inhibitor (SNRI)", ("SLC6A2", "SLC6A4")),
        ("Direct factor Xa inhibitors", ("F10",)),
        ("Angiotensin II receptor blockers (ARBs)", ("AGTR1",)),
        ("bacterial DNA gyrase inhibitor", ("bacterial DNA gyrase",)),
        ("DNA alkylating agent", ("DNA",)),
        ("Glucagon-like peptide-1 (GLP-1) analogues", ("GLP1R",)),
    ],
)
def test_a_mechanism_names_what_is_acted_on(mechanism: str, targets: tuple[str, ...]) -> None:
    assert acted_on(mechanism) == targets


@pytest.mark.parametrize(
    "mechanism",
    ["kinase inhibitor", "protein synthesis inhibitor", "angiogenesis inhibitor", "epithelial sodium channel blocker",
     "Other protein kinase inhibitors", "PD-1/PD-L1 (Programmed cell death protein 1/death ligand 1) inhibitors",
     "Interleukin inhibitors", "antioxidant", "inhibitor", "", "EGFR", "anti-EGFR"],
)  # fmt: skip
def test_nothing_is_told_of_words_that_name_no_single_thing(mechanism: str) -> None:
    assert acted_on(mechanism) == ()


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("A study of ABC-123, a selective PARP inhibitor, in adults", ("PARP1",)),
        ("A study of ABC-123 (XYZ999)(PARP Inhibitor) in adults", ("PARP1",)),
        ("ABC-123 is an oral MEK inhibitor.", ("MAP2K1", "MAP2K2")),
        ("Safety of the AKT inhibitor ABC-123 given daily", ("AKT",)),
        ("Effect of the humanised HER2-inhibitor, ABC-123", ()),
        ("ABC-123, a human monoclonal anti-EGF receptor antibody, in cancer", ("EGFR",)),
        ("ABC-123 [anti-CD40L antibody] for lupus", ("CD40LG",)),
        ("EGFR and HER2 inhibitor ABC-123", ()),
        ("a MEK inhibitor plus ABC-123", ()),
        ("ABC-123 in combination with a MEK inhibitor", ()),
        ("ABC-123 or a MEK inhibitor", ()),
        ("ABC-123, XYZ and a MEK inhibitor", ()),
        ("ABC-123, unlike a MEK inhibitor, is safe", ()),
        ("the MEK inhibitor ABC-1234", ()),
        ("the MEK inhibitor XABC-123", ()),
        ("ABC-123 is a small molecule inhibitor of multiple kinases", ()),
        ("ABC-123 for anti-NMDA receptor encephalitis", ()),
        ("patients after PARP inhibitors. ABC-123 is given", ()),
    ],
)
def test_a_sentence_tells_of_a_drug_only_right_beside_its_name(text: str, targets: tuple[str, ...]) -> None:
    assert tuple(target for stated in stated_of(text, "ABC-123") for target in stated.targets) == targets


@pytest.mark.parametrize(
    "text", ["a-" * 400 + "b ABC-123", "ABC-123, a " + "b-c " * 300, "(" * 300 + " ABC-123 " + "[" * 300]
)
def test_a_long_text_without_an_answer_ends(text: str) -> None:
    """Cut in every way that hyphens allow, the first would take years."""
    assert stated_of(text, "ABC-123") == ()


def test_short_names_are_not_looked_for() -> None:
    assert stated_of("T, a MEK inhibitor", "T") == ()


def test_a_list_of_bound_proteins_gives_way_to_the_mechanism_and_a_short_list_does_not() -> None:
    bound = [{"source": "hub", "record_id": "a", "drug_name": "alphabrin", "target": f"HTR{n}"} for n in range(6)]
    listed = [{"source": "hub", "record_id": "b", "drug_name": "betabrin", "target": "HTR2A"}]
    words = [
        {"source": "hub", "record_id": name, "drug_name": name, "mechanism": "serotonin receptor antagonist"}
        for name in ("alphabrin", "betabrin")
    ]
    atc = [
        {"source": "atc", "record_id": "L01EB", "term": "Epidermal growth factor receptor (EGFR) inhibitors"},
        {"source": "atc", "record_id": "L01EB99", "term": "gammabrin"},
    ]
    book = TargetBook(BOOK, targets=[*bound, *listed], mechanisms=words, atc=atc)
    assert book.targets("alphabrin") == ("serotonin receptor",)
    assert book.targets("betabrin") == ("HTR2A",)
    assert book.targets("gammabrin") == ("EGFR",)
    (claim,) = [claim for claim in book.claims("gammabrin") if claim.kind == "target"]
    assert (claim.evidence.rule, claim.evidence.record) == ("target.atc", "L01EB99")


def test_a_records_words_are_claims_with_the_record_and_give_way_to_a_person() -> None:
    text = "ABC-123, a human monoclonal anti-EGF receptor antibody"
    claims = record_claims("abc123", ["ABC-123", "abc-123"], text, source="ctgov", record="NCT1")
    assert {(claim.kind, claim.value) for claim in claims} == {
        ("target", "EGFR"),
        ("modality", "antibody"),
        ("mechanism", "human monoclonal anti-egf receptor antibody"),
    }
    assert {(claim.evidence.source, claim.evidence.record) for claim in claims} == {("ctgov", "NCT1")}
    decided = Correction("target", "ABC-123", "HER2", "", "A. Reader", date(2026, 11, 22), "leaflet")
    for corrections, wanted in ((Corrections(), ["EGFR"]), (Corrections([decided]), ["HER2"])):
        found = TargetBook(BOOK, corrections=corrections).claims("abc123", name="ABC-123", stated=claims)
        assert [claim.value for claim in found if claim.kind == "target"] == wanted
