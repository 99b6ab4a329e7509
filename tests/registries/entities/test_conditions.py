"""Conditions: inverted headings, stage and line words, Chinese words, ancestors; no disease where none is named."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest

from onepill.registries.entities import ConditionBook, condition_book_from_rows, corrections_from_csv
from tests.registries.entities import readers

HEADINGS = [
    ("D002289", "Carcinoma, Non-Small-Cell Lung", "C04.588.894.797.520.109.220.249"),
    ("D008175", "Lung Neoplasms", "C04.588.894.797.520"),
    ("D009369", "Neoplasms", "C04"),
    ("D003924", "Diabetes Mellitus, Type 2", "C18.452.394.750.149"),
    ("D003920", "Diabetes Mellitus", "C18.452.394.750"),
    ("D006973", "Hypertension", "C14.907.489"),
    ("D051436", "Renal Insufficiency, Chronic", "C12.777.419.780.750"),
    ("D000067877", "Autism Spectrum Disorder", "F03.625.164.113"),
    ("D014920", "Walking", "G11.427.410"),
]


def rows() -> list[dict[str, str]]:
    mesh = [
        {
            "vocabulary": "mesh",
            "source": "mesh",
            "kind": "tree_number",
            "record_id": number,
            "term": term,
            "tree_number": tree,
        }
        for number, term, tree in HEADINGS
    ]
    mondo = {"vocabulary": "mondo_efo", "source": "mondo_efo", "kind": "map"}
    return [
        *mesh,
        {
            **mondo,
            "record_id": "MONDO_0005148",
            "term": "type 2 diabetes mellitus",
            "mapped_id": "EFO_1",
            "mapped_term": "x",
        },
        {**mondo, "record_id": "MONDO_0007", "term": "made-up myopathy", "mapped_id": "EFO_2", "mapped_term": "y"},
    ]


@pytest.fixture(scope="module")
def book() -> ConditionBook:
    return condition_book_from_rows(rows())


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("Non-Small Cell Lung Carcinoma", "Carcinoma, Non-Small-Cell Lung"),
        ("NSCLC", "Carcinoma, Non-Small-Cell Lung"),
        ("Stage IIIB Non-small Cell Lung Cancer, previously treated", "Carcinoma, Non-Small-Cell Lung"),
        ("Lung Tumours", "Lung Neoplasms"),
        ("Lung Carcinoma", "Lung Neoplasms"),
        ("Diabetes Mellitus, Type 2 (T2DM)", "Diabetes Mellitus, Type 2"),
        ("Hypertensoin", "Hypertension"),
        ("非小细胞肺癌二线治疗", "Carcinoma, Non-Small-Cell Lung"),
        ("治疗2型糖尿病", "Diabetes Mellitus, Type 2"),
        ("轻、中度原发性高血压", "Hypertension"),
    ],
)
def test_the_heading_is_found(book: ConditionBook, text: str, heading: str) -> None:
    (link,) = book.link(text)
    assert (link.name, bool(link.evidence.rule), link.evidence.alias != "") == (heading, True, True)
    assert link.status in ({"accepted"} if text != "Hypertensoin" else {"uncertain"})


@pytest.mark.parametrize("text", ["Healthy Volunteers", "Quality of Life", "Walking", "健康受试者", "Hip disease"])
def test_no_disease_is_linked_where_none_is_named(book: ConditionBook, text: str) -> None:
    assert [link.entity_id for link in book.link(text) if link.status == "accepted"] == []


def test_a_heading_carries_its_mondo_and_efo_ids_and_mondo_stands_alone_where_mesh_has_none(
    book: ConditionBook,
) -> None:
    diabetes = book.conditions["mesh:D003924"]
    assert (diabetes.mondo_id, diabetes.efo_id) == ("MONDO_0005148", "EFO_1")
    assert book.link("Made-Up Myopathy")[0].entity_id == "mondo:MONDO_0007"


def test_ancestors_lead_to_the_branch(book: ConditionBook) -> None:
    assert book.ancestors("mesh:D002289") == ("mesh:D008175", "mesh:D009369")
    assert book.branches("mesh:D002289") == ("C04",)
    assert book.ancestors("mesh:D009369") == ()


def test_the_nearest_ancestor_comes_first_whatever_its_id() -> None:
    places = {"D3": "C01.1.1.1", "D2": "C01", "D1": "C01.1", "D4": "C01.1.1"}
    one = {"vocabulary": "mesh", "source": "mesh", "kind": "tree_number"}
    found = condition_book_from_rows([{**one, "record_id": k, "term": f"heading {k}", "tree_number": tree}
                                      for k, tree in places.items()])  # fmt: skip
    assert found.ancestors("mesh:D3") == ("mesh:D4", "mesh:D1", "mesh:D2")


def test_rows_without_a_name_are_no_condition() -> None:
    """Registers write `None` where a trial has no condition: no heading may answer to it."""
    mesh = {"vocabulary": "mesh", "source": "mesh", "kind": "tree_number", "record_id": "D1", "tree_number": "C04.1"}
    mondo = {"vocabulary": "mondo_efo", "source": "mondo_efo", "kind": "map", "record_id": "MONDO_9"}
    named = {**mondo, "record_id": "MONDO_8", "term": "made-up myopathy", "mapped_id": None}
    book = condition_book_from_rows([{**mesh, "term": None}, {**mondo, "term": None, "mapped_id": "EFO_9"}, named])
    assert [(one.condition_id, one.efo_id) for one in book.conditions.values()] == [("mondo:MONDO_8", "")]
    assert book.link("None")[0].entity_id == ""


def test_two_conditions_of_one_string_are_both_linked(book: ConditionBook) -> None:
    assert [link.name for link in book.link("Hypertension and Type 2 Diabetes")] == [
        "Hypertension", "Diabetes Mellitus, Type 2",
    ]  # fmt: skip


def test_the_order_of_rows_changes_nothing() -> None:
    one, other = condition_book_from_rows(rows()), condition_book_from_rows(rows()[::-1])
    assert list(one.conditions.values()) == list(other.conditions.values())
    for text in ("NSCLC", "Lung cancer", "Diabetes", "高血压、糖尿病"):
        assert one.link(text) == other.link(text)


def test_a_correction_wins(book: ConditionBook) -> None:
    head = "kind,text,entity_id,name,decided_by,decided_on,reason\n"
    text = head + "condition,NSCLC,mesh:D008175,Lung Neoplasms,A,2026-11-22,wide\n"
    corrected = book.with_corrections(corrections_from_csv(text))
    assert [link.name for link in corrected.link("nsclc")] == ["Lung Neoplasms"]


def test_every_heading_of_the_packaged_names_is_in_mesh(shared: Path) -> None:
    known = {row["term"] for row in readers.mesh_rows(shared)}
    text = files("onepill.registries.entities").joinpath("data/condition_names.json").read_text("utf-8")
    for table in json.loads(text)["tables"]:
        assert table["grade"]
        unknown = [heading for _, heading in table["names"] if heading not in known]
        # The register assigns headings of its own day; the one that MeSH 2015 wrote otherwise is passed over.
        assert unknown == (["Infections"] if table["id"] == "learned" else [])


def test_the_learned_names_are_those_of_the_registers_file(shared: Path) -> None:
    from tools.build_condition_names import learned

    found = [[name, heading] for name, heading, _ in learned(shared / "data/registry/ctgov_xml_6786.tar.gz")]
    text = files("onepill.registries.entities").joinpath("data/condition_names.json").read_text("utf-8")
    (table,) = [table for table in json.loads(text)["tables"] if table["id"] == "learned"]
    assert table["names"] == found
    assert len(found) > 50
