"""Rows of the one table model out of the shared files: only the columns that entity resolution reads."""

from __future__ import annotations

import csv
import gzip
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from onepill.registries.entities import (
    Alias,
    ConditionBook,
    DrugBook,
    DrugLinker,
    TargetBook,
    aliases_from_rows,
    condition_book_from_rows,
    learned_aliases,
    packaged_aliases,
)

Row = dict[str, Any]


def hub_drugs(shared: Path) -> Iterator[Row]:
    lines = (shared / "data/drugs/repurposing_hub_2020-03-24.txt").read_text("utf-8").splitlines()
    body = [line for line in lines if not line.startswith("!")]
    for n, row in enumerate(csv.DictReader(body, delimiter="\t")):
        yield {
            "source": "repurposing_hub",
            "record_id": str(n),
            "drug_name": row["pert_iname"],
            "target": row["target"],
            "mechanism": row["moa"],
        }


def space_nodes(shared: Path) -> Iterator[Row]:
    for line in (shared / "data/drugs/pharma_space/nodes.jsonl").read_text("utf-8").splitlines():
        yield json.loads(line)


def space_edges(shared: Path) -> Iterator[Row]:
    for line in (shared / "data/drugs/pharma_space/edges.jsonl").read_text("utf-8").splitlines():
        yield json.loads(line)


def space_drugs(shared: Path) -> Iterator[Row]:
    for node in space_nodes(shared):
        if node["kind"] == "molecule":
            yield {"source": "pharma_space", "record_id": node["id"], "drug_name": node["id"].replace("-", " ")}


def space_aliases(shared: Path) -> Iterator[Row]:
    for node in space_nodes(shared):
        for brand in node.get("brands", ()) if node["kind"] == "molecule" else ():
            yield {
                "source": "pharma_space",
                "record_id": node["id"],
                "drug_name": node["id"].replace("-", " "),
                "alias": brand,
                "alias_kind": "brand",
            }


def atc_terms(shared: Path) -> Iterator[Row]:
    with (shared / "data/drugs/who_atc_ddd_2026-04-25.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield {"source": "atc", "record_id": row["atc_code"], "vocabulary": "atc", "term": row["atc_name"]}


def nme_approvals(shared: Path) -> Iterator[Row]:
    with (shared / "data/approvals/fda_new_molecular_entities.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield {
                "source": "fda_nme",
                "record_id": row["application_number"],
                "substance": row["active_ingredient"],
                "drug_name": row["brand_name"],
            }


def purple_approvals(shared: Path) -> Iterator[Row]:
    with (shared / "data/approvals/purple_book_2025-03.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            yield {
                "source": "purple_book",
                "record_id": row["BLA Number"],
                "substance": row["Proper Name"],
                "drug_name": row["Proprietary Name"],
            }


def ema_approvals(shared: Path) -> Iterator[Row]:
    from python_calamine import CalamineWorkbook

    sheet = CalamineWorkbook.from_path(shared / "data/approvals/ema_medicines_2024-08-22.xlsx").get_sheet_by_index(0)
    rows = sheet.to_python()
    header = next(n for n, row in enumerate(rows) if str(row[0]).strip() == "Category")
    names = [" ".join(str(cell).split()).casefold() for cell in rows[header]]
    brand = names.index("name of medicine")
    substance = next(n for n, name in enumerate(names) if "common name" in name)
    number = next(n for n, name in enumerate(names) if "product number" in name)
    for row in rows[header + 1 :]:
        if str(row[0]).strip() == "Human":
            yield {
                "source": "ema",
                "record_id": str(row[number]),
                "substance": str(row[substance]),
                "drug_name": str(row[brand]),
            }


def every_alias(shared: Path) -> list[Alias]:
    return [
        *packaged_aliases(),
        *aliases_from_rows("drug", hub_drugs(shared)),
        *aliases_from_rows("drug", space_drugs(shared)),
        *aliases_from_rows("alias", space_aliases(shared)),
        *aliases_from_rows("vocabulary", atc_terms(shared)),
        *aliases_from_rows("approval", nme_approvals(shared)),
        *aliases_from_rows("approval", purple_approvals(shared)),
        *aliases_from_rows("approval", ema_approvals(shared)),
    ]


def interventions(shared: Path) -> Iterator[Row]:
    with (shared / "data/registry/ddl/interventions.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["intervention_type"] in {"DRUG", "BIOLOGICAL", "GENETIC", "COMBINATION_PRODUCT"}:
                yield {"source": "ctgov", "record_id": row["study_id"], "name": row["intervention_name"]}
    with tarfile.open(shared / "data/registry/ctgov_xml_6786.tar.gz") as tar:
        for member in tar:
            file_of = tar.extractfile(member) if member.isfile() else None
            for one in etree.fromstring(file_of.read()).findall("intervention") if file_of else ():
                if one.findtext("intervention_type") in {"Drug", "Biological", "Genetic", "Combination Product"}:
                    others = [str(other.text) for other in one.findall("other_name")]
                    name = str(one.findtext("intervention_name"))
                    yield {"source": "ctgov", "record_id": Path(member.name).stem, "name": name, "other_names": others}


def drug_linker(shared: Path) -> DrugLinker:
    """As a warehouse builds it: the tables first, then the codes that the registers put beside known names."""
    stated = every_alias(shared)
    learned = learned_aliases(interventions(shared), DrugLinker(DrugBook(stated)))
    return DrugLinker(DrugBook([*stated, *learned]))


def mesh_rows(shared: Path) -> Iterator[Row]:
    with (shared / "data/drugs/mesh_2015_terms.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            yield {
                "source": "mesh", "record_id": row["mesh_id"], "vocabulary": "mesh", "kind": "term",
                "term": row["mesh_name"],
            }  # fmt: skip
    with gzip.open(shared / "data/drugs/mesh_2015_tree_numbers.tsv.gz", "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            yield {
                "source": "mesh", "record_id": row["mesh_id"], "vocabulary": "mesh", "kind": "tree_number",
                "term": row["mesh_name"], "tree_number": row["mesh_tree_number"],
            }  # fmt: skip


def mondo_rows(shared: Path) -> Iterator[Row]:
    for line in (shared / "data/drugs/mondo_efo_2026-07.tsv").read_text("utf-8").splitlines():
        mondo, efo, mondo_name, efo_name = (*line.split("\t"), "")[:4]
        yield {
            "source": "mondo_efo", "record_id": mondo.rsplit("/", 1)[1], "vocabulary": "mondo_efo", "kind": "map",
            "term": mondo_name, "mapped_id": efo.rsplit("/", 1)[1], "mapped_term": efo_name,
        }  # fmt: skip


def condition_book(shared: Path) -> ConditionBook:
    return condition_book_from_rows([*mesh_rows(shared), *mondo_rows(shared)])


def target_book(shared: Path, book: DrugBook) -> TargetBook:
    targets = [
        {
            "source": "repurposing_hub", "record_id": row["record_id"], "drug_name": row["drug_name"], "target": one,
        }
        for row in hub_drugs(shared)
        for one in row["target"].split("|")
        if one
    ]  # fmt: skip
    targets += [
        {
            "source": "pharma_space", "record_id": edge["src"], "drug_name": edge["src"].replace("-", " "),
            "target": edge["dst"], "action": edge.get("action"),
        }
        for edge in space_edges(shared)
        if edge["rel"] == "acts_on"
    ]  # fmt: skip
    return TargetBook(book, targets=targets, mechanisms=hub_drugs(shared), atc=atc_terms(shared))
