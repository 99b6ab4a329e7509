"""Names of one substance meet under one id; a link tells what it rests on."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from onepill.registries.entities import (
    Alias,
    DrugBook,
    DrugLinker,
    aliases_from_rows,
    learned_aliases,
    packaged_aliases,
    programme_aliases,
)

ALIASES = [
    *programme_aliases("tunlametinib-nras-melanoma", "tunlametinib", ["HL-085", "妥拉美替尼"]),
    Alias("pembrolizumab", "pembrolizumab", "inn", "atc", "L01FF02"),
    Alias("pembrolizumab", "Keytruda", "brand", "ema", "1"),
    Alias("MK-3475", "MK-3475", "name", "hub", "7"),
    Alias("pembrolizumab", "MK-3475", "code", "space", "2"),
    Alias("cisplatin", "cisplatin", "inn", "atc", "L01XA01"),
    Alias("prednisone", "prednisone", "name", "hub", "8"),
    Alias("prednisolone", "prednisolone", "name", "hub", "9"),
    Alias("prednisone", "prednisolone", "synonym", "careless", "1"),
    Alias("prednisolone", "prednisolone", "name", "careless", "2"),
    Alias("prednisone", "prednisone", "name", "careless", "3"),
    Alias("tipiracil;trifluridine", "Lonsurf", "brand", "ema", "3"),
    Alias("insulin glargine", "Twoface", "brand", "ema", "4"),
    Alias("apixaban", "Twoface", "brand", "ema", "5"),
]
LINKER = DrugLinker(DrugBook(ALIASES))


def ids(text: str, linker: DrugLinker = LINKER) -> list[str]:
    return [link.entity_id for link in linker.link(text) if link.status == "accepted"]


def test_code_chinese_name_and_inn_are_one_drug() -> None:
    for text in ("Tunlametinib capsules", "HL 085", "HL085片", "妥拉美替尼胶囊"):
        assert ids(text) == ["tunlametinib"], text


def test_a_link_keeps_rule_alias_source_and_record() -> None:
    (link,) = LINKER.link("Keytruda®")
    assert (link.entity_id, link.status) == ("pembrolizumab", "accepted")
    assert (link.evidence.rule, link.evidence.alias, link.evidence.source, link.evidence.record) == (
        "drug.name", "Keytruda", "ema", "1",
    )  # fmt: skip


def test_the_inn_names_a_drug_that_a_source_lists_by_code() -> None:
    assert LINKER.book.id_of("MK-3475") == "pembrolizumab"
    assert LINKER.book.entries["pembrolizumab"].name == "pembrolizumab"


def test_a_source_that_lists_two_names_as_two_drugs_keeps_them_apart() -> None:
    assert ids("Prednisone/prednisolone") == ["prednisone", "prednisolone"]


def test_a_brand_of_a_combination_names_both() -> None:
    assert sorted(ids("Lonsurf")) == ["tipiracil", "trifluridine"]


def test_a_name_of_two_drugs_is_uncertain_and_tells_the_other() -> None:
    (link,) = LINKER.link("Twoface")
    assert link.status == "uncertain"
    assert {link.entity_id, *link.others} == {"insulin-glargine", "apixaban"}


def test_combinations_placebo_and_unknown_parts_are_told_one_by_one() -> None:
    links = LINKER.link("MK-3475 + cisplatin + XYZ-123 + placebo")
    assert [(link.entity_id, link.evidence.rule) for link in links] == [
        ("pembrolizumab", "drug.name"),
        ("cisplatin", "drug.name"),
        ("", "drug.unknown"),
        ("", "drug.not_a_drug.placebo"),
    ]
    assert links[2].name == "xyz-123"


def test_a_misspelt_name_is_found_and_a_code_is_never_guessed() -> None:
    assert ids("pembrolizumb") == ["pembrolizumab"]
    assert ids("MK-3476") == []


def test_a_new_inn_is_a_drug_of_its_own() -> None:
    (link,) = LINKER.link("Ulocuplumab injection")
    assert (link.entity_id, link.evidence.rule, link.status) == ("ulocuplumab", "drug.own_name", "accepted")


def test_drug_and_dose_words_around_a_name() -> None:
    assert ids("Low-dose cisplatin weekly for 6 weeks") == ["cisplatin"]
    assert ids("cisplatin after surgery") == ["cisplatin"]
    assert ids("重组人源化抗PD-1单抗MK-3475注射液") == ["pembrolizumab"]


@settings(max_examples=40)
@given(st.permutations([*ALIASES, *packaged_aliases()[:60]]))
def test_the_order_of_aliases_changes_nothing(shuffled: list[Alias]) -> None:
    book, usual = DrugBook(shuffled), DrugBook([*ALIASES, *packaged_aliases()[:60]])
    assert book.keys == usual.keys
    assert [book.hits(key) for key in book.keys] == [usual.hits(key) for key in usual.keys]
    assert book.entries == usual.entries


def test_rows_of_the_table_model_become_aliases() -> None:
    rows = [{"source": "fda_nme", "record_id": "NDA1", "substance": "ALPHAX ACETATE; BETAX", "drug_name": "ABBA"}]
    assert DrugLinker(DrugBook(aliases_from_rows("approval", rows))).link("abba")[0].entity_id == "alphax"
    drugs = [{"source": "x", "record_id": 1, "drug_name": "  — "}]
    assert list(aliases_from_rows("drug", drugs)) == []
    classes = [
        {"source": "atc", "record_id": "L01FF", "vocabulary": "atc", "term": "PD-1 inhibitors"},
        {"source": "atc", "record_id": "L01FF01", "vocabulary": "atc", "term": "nivolumab"},
    ]
    assert [alias.alias for alias in aliases_from_rows("vocabulary", classes)] == ["nivolumab"]


def test_codes_beside_names_are_learned_and_contradictions_are_not() -> None:
    def row(record: str, name: str, *others: str) -> dict[str, object]:
        return {"source": "ctgov", "record_id": record, "name": name, "other_names": others}

    rows = [
        row("NCT2", "Pembrolizumab (SCH 900475)"),
        row("NCT1", "pembrolizumab", "SCH-900475", "IND 12345"),
        row("NCT3", "cisplatin (ABC-100)"),
        row("NCT4", "pembrolizumab (ABC-100)"),
        row("NCT5", "cisplatin plus pembrolizumab (ABC-200)"),
    ]
    learned = learned_aliases(rows, LINKER)
    assert [(one.drug, one.alias, one.kind, one.record) for one in learned] == [
        ("pembrolizumab", "SCH 900475", "code", "NCT1")
    ]
    assert learned == learned_aliases(rows[::-1], LINKER)
    assert ids("SCH900475", DrugLinker(DrugBook([*ALIASES, *learned]))) == ["pembrolizumab"]
