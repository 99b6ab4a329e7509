"""Vocabularies: WHO's ATC with daily doses, MeSH, MONDO to EFO, Orphanet's classification."""

from __future__ import annotations

import re

from onepill.registries.delimited import TAB
from onepill.registries.layouts import Headless, Row, Separated
from onepill.registries.sink import Kept, Refused, Sink, text_or_none

_ATC = re.compile(r"[A-Z](\d\d([A-Z]([A-Z](\d\d)?)?)?)?")
_ATC_LEVELS = {3: 1, 4: 3, 5: 4, 7: 5}
"""Length of a code and of the code above it."""
_MESH = re.compile(r"[DC]\d{6,9}")
_MONDO, _FIELDS = "/MONDO_", 4


def read_atc(row: Row, sink: Sink) -> Kept:
    """A code, with one of its daily doses where it has any: several rows a code. `NA` stands for nothing."""
    code = row["atccode"].strip()
    if not _ATC.fullmatch(code):
        raise Refused("bad_id", f"{code!r} is no ATC code", code)
    dose, unit, route, note = (_told(row[column]) for column in ("ddd", "uom", "admr", "note"))
    above = _ATC_LEVELS.get(len(code))
    sink.add(
        "vocabulary", code, vocabulary="atc", kind="dose" if dose else "term", term=text_or_none(row["atcname"]),
        parent_id=code[:above] if above else None, value=float(dose) if dose else None, unit=unit, route=route,
        note=note,
    )  # fmt: skip
    return Kept(code, f"level {5 if len(code) == 7 else len(code) if len(code) < 2 else len(code) - 1}")


def _told(text: str) -> str | None:
    return None if text.strip() in ("", "NA") else text.strip()


def _mesh_id(row: Row) -> str:
    code = row["meshid"].strip()
    if not _MESH.fullmatch(code):
        raise Refused("bad_id", f"{code!r} is no MeSH number", code)
    return code


def read_mesh_term(row: Row, sink: Sink) -> Kept:
    code = _mesh_id(row)
    sink.add("vocabulary", code, vocabulary="mesh", kind="term", term=text_or_none(row["meshname"]))
    return Kept(code, "term")


def read_mesh_tree(row: Row, sink: Sink) -> Kept:
    """A place in the tree; the place above it is its number without the last part."""
    code, place = _mesh_id(row), row["meshtreenumber"].strip()
    above = place.rpartition(".")[0] or None
    sink.add(
        "vocabulary", code, vocabulary="mesh", kind="tree_number", term=text_or_none(row["meshname"]),
        tree_number=place, parent_id=above,
    )  # fmt: skip
    return Kept(code, "tree_number")


def is_mondo(fields: list[str]) -> bool:
    return len(fields) in (_FIELDS - 1, _FIELDS) and _MONDO in fields[0]


def read_mondo(fields: list[str], sink: Sink) -> Kept:
    """A map from MONDO to EFO; the last label may be missing."""
    mondo, efo, term, *rest = fields
    record_id, mapped_id = (text.rsplit("/", 1)[-1].replace("_", ":") for text in (mondo, efo))
    if not record_id.startswith("MONDO:"):
        raise Refused("bad_id", f"{mondo!r} is no MONDO address", mondo)
    sink.add(
        "vocabulary", record_id, vocabulary="mondo_efo", kind="map", term=text_or_none(term), mapped_id=mapped_id,
        mapped_term=text_or_none(rest[0]) if rest else None,
    )  # fmt: skip
    return Kept(record_id, "map")


def read_orphanet(row: Row, sink: Sink) -> Kept:
    """A rare disease in one of its areas."""
    code = row["orphacode"].strip()
    if not code.isdigit():
        raise Refused("bad_id", f"{code!r} is no ORPHAcode", code)
    kind = text_or_none(row["type"])
    sink.add(
        "vocabulary", f"ORPHA:{code}", vocabulary="orphanet", kind="class", term=text_or_none(row["name"]),
        mapped_term=text_or_none(row["rarediseasearea"]), note=kind,
    )  # fmt: skip
    return Kept(f"ORPHA:{code}", kind)


ATC = Separated("atc_csv", ("atc_code", "atc_name", "ddd", "uom", "adm_r", "note"), read_atc)
MESH_TREE = Separated("mesh_tree_numbers", ("mesh_id", "mesh_name", "mesh_tree_number"), read_mesh_tree, TAB, rank=1)
MESH_TERMS = Separated("mesh_terms", ("mesh_id", "mesh_name"), read_mesh_term, TAB)
MONDO = Headless("mondo_efo_tsv", is_mondo, (_FIELDS - 1, _FIELDS), read_mondo, TAB)
ORPHANET = Separated("orphanet_csv", ("orpha_code", "name", "type", "rare_disease_area"), read_orphanet)
