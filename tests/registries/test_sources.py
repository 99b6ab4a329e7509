"""Single facts of each other source, read from its sample as they stand there."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.registries.loads import SAMPLES, load_whole


def test_cde_full_record_splits_home_and_abroad_and_tells_drugs_apart() -> None:
    whole = load_whole("cde", SAMPLES / "cde_full")
    (trial,) = whole.rows("trial")
    assert (trial["phase"], trial["phase_raw"]) == ("PHASE1_PHASE2", "I/IIa期")
    assert (trial["enrolment"], trial["enrolment_type"]) == (120, "ESTIMATED")
    assert (trial["start_day"], trial["minimum_age"], trial["maximum_age"]) == (date(2099, 2, 20), "18岁", None)
    drugs = [(row["name"], row["role"]) for row in whole.rows("intervention")]
    assert drugs == [("注射用XY-1", "investigated"), ("虚构背景药片", "background"), ("安慰剂", "placebo")]
    assert [row["name"] for row in whole.rows("sponsor")] == ["虚构制药有限公司", "虚构生物有限公司"]
    assert whole.reasons == {"orphan": 1}


def test_cde_drug_without_a_chinese_name_goes_by_its_next(tmp_path: Path) -> None:
    """A blank name would be taken for the registered drug, since every name holds it."""
    text = (SAMPLES / "cde_full" / "full.csv").read_text(encoding="utf-8")
    (tmp_path / "full.csv").write_text(text.replace("虚构背景药片", ""), encoding="utf-8")
    drugs = [(row["name"], row["role"]) for row in load_whole("cde", tmp_path).rows("intervention")]
    assert drugs == [("注射用XY-1", "investigated"), ("Backgroundin Tablets", "background"), ("安慰剂", "placebo")]


def test_cde_list_reads_the_phase_from_the_title_alone() -> None:
    whole = load_whole("cde", SAMPLES / "cde_list.tsv")
    assert [row["phase"] for row in whole.rows("trial")] == ["PHASE1", None]
    assert whole.load.counts_by_status == {"进行中 尚未招募": 1, "已完成": 1}
    assert whole.reasons == {"field_count": 1, "duplicate_id": 1}


def test_euctr_disagreement_is_no_phase() -> None:
    discordant, agreed = load_whole("euctr", SAMPLES / "euctr.csv").rows("trial")
    assert (discordant["phase"], discordant["phase_raw"], discordant["status_raw"]) == (None, "discordant", "any_ended")
    assert (agreed["phase"], agreed["status"], agreed["healthy_volunteers"]) == ("PHASE3", "ONGOING", True)


def test_ictrp_words_of_two_registers() -> None:
    chictr, eu = load_whole("ictrp", SAMPLES / "ictrp.csv").rows("trial")
    assert (chictr["enrolment"], chictr["phase"], chictr["sex"]) == (60, None, "ALL")
    assert (eu["phase"], eu["sex"], eu["secondary_ids"]) == ("PHASE2_PHASE3", "FEMALE", ["NCT99000001"])
    assert eu["start_day"] == date(2099, 1, 25)


def test_drugs_at_fda_products_and_submissions() -> None:
    rows = [
        row for row in load_whole("drugsatfda", SAMPLES / "drugsatfda").rows("approval") if row["record_id"] == "000004"
    ]
    product = next(row for row in rows if row["drug_name"])
    assert (product["dosage_form"], product["route"], product["is_reference"]) == ("TABLET", "ORAL", True)
    submission = next(row for row in rows if row["submission"])
    assert (submission["submission"], submission["decision_day"]) == ("ORIG-1", date(1999, 1, 2))
    assert {row["application_id"] for row in rows} == {"000004"}


def test_orange_book_patent_and_early_product() -> None:
    whole = load_whole("orange_book", SAMPLES / "orange_book")
    patent = next(row for row in whole.rows("event") if row["kind"] == "patent")
    assert (patent["kind"], patent["code"], patent["end_day"]) == ("patent", "7625884", date(2026, 8, 24))
    assert patent["reasons"] == ["U-141"]
    known, early = whole.rows("approval")
    assert (known["decision_day"], early["decision_day"]) == (date(1999, 1, 2), None)


def test_purple_book_years_of_two_digits() -> None:
    whole = load_whole("purple_book", SAMPLES / "purple_book.csv")
    assert whole.rows("approval")[0]["decision_day"] == date(1987, 12, 2)
    assert whole.rows("event")[0]["end_day"] == date(1994, 12, 2)
    assert {row["is_biosimilar"] for row in whole.rows("approval")} == {True, False}


def test_new_entity_has_number_and_type_apart() -> None:
    first = load_whole("fda_nme", SAMPLES / "fda_nme.csv").rows("approval")[0]
    assert (first["record_id"], first["application_type"], first["application_id"]) == ("NDA017395", "NDA", "017395")
    assert first["decision_day"] == date(1974, 2, 25)


def test_letter_has_its_reasons_as_coded() -> None:
    first = load_whole("fda_crl", SAMPLES / "fda_crl.csv").rows("event")[0]
    assert (first["record_id"], first["reasons"], first["event_day"]) == ("BLA125745", ["Quality"], date(2025, 1, 15))


def test_shortage_ends_with_its_discontinuation() -> None:
    first = load_whole("fda_shortages", SAMPLES / "fda_shortages.csv").rows("event")[0]
    assert (first["status"], first["event_day"]) == ("To Be Discontinued", date(2025, 11, 3))


def test_hub_splits_targets() -> None:
    whole = load_whole("repurposing_hub", SAMPLES / "repurposing_hub.txt")
    assert [row["target"] for row in whole.rows("target")] == ["GENE1", "GENE2"]
    assert [row["stage"] for row in whole.rows("drug")] == ["PHASE_1_2", "APPROVAL"]
    assert whole.load.snapshot_day == date(2020, 3, 24)


def test_graph_tells_facts_from_what_it_derived() -> None:
    whole = load_whole("pharma_space", SAMPLES / "pharma_space")
    assert {(row["relation"], row["is_derived"]) for row in whole.rows("relation")} == {
        ("competes_with", True),
        ("subtype_of", False),
    }
    assert ("ab-1005", "GDNF", "substitution") in [
        (r["drug_name"], r["target"], r["action"]) for r in whole.rows("target")
    ]


def test_atc_has_codes_above_and_doses() -> None:
    rows = load_whole("atc", SAMPLES / "atc.csv").rows("vocabulary")
    assert [row["parent_id"] for row in rows] == [None, "X", "X99ZZ", "X99ZZ"]
    assert [(row["value"], row["route"], row["ordinal"]) for row in rows[2:]] == [(0.5, "O", 0), (0.1, "P", 1)]


def test_mesh_tree_has_its_parent() -> None:
    rows = [row for row in load_whole("mesh", SAMPLES / "mesh").rows("vocabulary") if row["kind"] == "tree_number"]
    assert (rows[0]["tree_number"], rows[0]["parent_id"]) == ("D03.438.221.173", "D03.438.221")


def test_mondo_map_without_its_last_label() -> None:
    rows = [row for row in load_whole("mondo_efo", SAMPLES / "mondo_efo").rows("vocabulary") if row["kind"] == "map"]
    assert [(row["record_id"], row["mapped_id"], row["mapped_term"]) for row in rows] == [
        ("MONDO:9990001", "EFO:9990001", "invented disease"),
        ("MONDO:9990002", "EFO:9990002", None),
    ]


def test_a_blank_burden_is_null_and_not_zero() -> None:
    rows = load_whole("burden", SAMPLES / "dalys.csv").rows("burden")
    assert [row["value"] for row in rows] == [1000.5, None, 1001.5, 3.0, 5000.0, 7.0]
    assert [row["record_id"] for row in rows[::2]] == ["INV-1990", "INV-1991", "Invented region-1990"]
