"""Every real file gives the counts that its data dictionary names, and no record is lost."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from tests.registries.loads import Whole, load_whole


@pytest.fixture(scope="module")
def data(shared: Path) -> Path:
    return shared / "data"


def gathered(folder: Path, files: list[Path]) -> Path:
    for file in files:
        shutil.copy(file, folder)
    return folder


def held(whole: Whole, read: int, loaded: int) -> Whole:
    assert (whole.load.rows_read, whole.load.rows_loaded) == (read, loaded)
    return whole


def test_ctgov_sample(data: Path) -> None:
    whole = held(load_whole("ctgov", data / "registry/ctgov_sample_10000.csv"), 10_000, 10_000)
    assert whole.load.format == "sample_csv"
    assert whole.load.counts_by_status == {
        "COMPLETED": 5438,
        "UNKNOWN": 1612,
        "RECRUITING": 1137,
        "TERMINATED": 561,
        "NOT_YET_RECRUITING": 509,
        "ACTIVE_NOT_RECRUITING": 353,
        "WITHDRAWN": 258,
        "ENROLLING_BY_INVITATION": 85,
        "SUSPENDED": 25,
        "NO_LONGER_AVAILABLE": 10,
        "WITHHELD": 10,
        "AVAILABLE": 1,
        "APPROVED_FOR_MARKETING": 1,
    }
    phases = {"NA": 3923, None: 2360, "PHASE2": 1197, "PHASE1": 1145, "PHASE3": 673, "PHASE4": 599}
    assert whole.counts("trial", "phase") == {**phases, "EARLY_PHASE1": 103}
    types = {"INTERVENTIONAL": 7645, "OBSERVATIONAL": 2333, "EXPANDED_ACCESS": 12, None: 10}
    assert whole.counts("trial", "study_type") == types
    assert whole.counts("trial", "start_precision") == {"day": 6130, "month": 3795, None: 75}
    classes = whole.counts("sponsor", "sponsor_class")
    assert (classes["INDUSTRY"], classes["OTHER"], classes["INDIV"], classes[None]) == (2209, 7160, 15, 10)
    countries = [(row or [None])[0] for row in whole.column("trial", "countries")]
    assert (countries.count("United States"), countries.count("China"), countries.count(None)) == (2875, 795, 1033)


def test_ctgov_relational(data: Path) -> None:
    rows = 5_000 + 11_015 + 7_590 + 8_549 + 57_896
    whole = held(load_whole("ctgov", data / "registry/ddl"), rows, rows)
    tables = {"trial": 5_000, "intervention": 11_015, "sponsor": 7_590, "condition": 8_549, "site": 57_896}
    assert whole.load.rows_by_table == tables
    phases = {"PHASE2": 1536, "PHASE1": 1303, "PHASE3": 814, "PHASE4": 678, "NA": 567, "EARLY_PHASE1": 102}
    assert whole.counts("trial", "phase") == phases
    assert whole.column("trial", "enrolment").count(None) == 51
    kinds = whole.counts("intervention", "intervention_type")
    assert (kinds["DRUG"], kinds["BIOLOGICAL"], kinds["COMBINATION_PRODUCT"]) == (9406, 261, 18)
    assert sum(name.lower().startswith("placebo") for name in whole.column("intervention", "name")) == 1077
    china = [row["record_id"] for row in whole.rows("site") if row["country"] == "China"]
    assert (len(china), len(set(china))) == (2418, 616)
    assert len(set(whole.column("site", "record_id"))) == 4569


def test_ctgov_legacy_xml(data: Path) -> None:
    whole = held(load_whole("ctgov", data / "registry/ctgov_xml_6786.tar.gz"), 6_786, 6_786)
    assert (whole.load.format, whole.load.container) == ("legacy_xml", "tar")
    assert whole.load.snapshot_day == date(2023, 2, 3)
    types = {"INTERVENTIONAL": 5366, "OBSERVATIONAL": 1417, "EXPANDED_ACCESS": 3}
    assert whole.counts("trial", "study_type") == types
    phases = {None: 1420, "NA": 764, "PHASE1": 1070, "PHASE1_PHASE2": 224, "PHASE2": 1918, "PHASE2_PHASE3": 47}
    assert whole.counts("trial", "phase") == {**phases, "PHASE3": 1117, "PHASE4": 223, "EARLY_PHASE1": 3}
    assert whole.column("trial", "has_results").count(True) == 440
    assert whole.column("trial", "start_day").count(None) == 1141
    assert len({row["record_id"] for row in whole.rows("site") if row["country"] == "China"}) == 28
    ids = whole.column("trial", "record_id")
    assert [sum(one.startswith(p) for one in ids) for p in ("NCT000", "NCT004")] == [5754, 1032]


def test_ctgov_legacy_download(data: Path) -> None:
    whole = held(load_whole("ctgov", data / "registry/ctgov_legacy_csv_1000.csv"), 1_000, 1_000)
    phases = {"PHASE2": 402, "PHASE1": 224, "PHASE1_PHASE2": 156, "PHASE3": 91, None: 60, "NA": 36}
    assert whole.counts("trial", "phase") == {**phases, "PHASE2_PHASE3": 15, "EARLY_PHASE1": 9, "PHASE4": 7}
    assert whole.column("trial", "has_results").count(True) == 140


def test_ctgov_api_records(data: Path) -> None:
    """19 files: two fragments, one id twice, four whose id is invented and two digits short."""
    whole = held(load_whole("ctgov", data / "registry/ctgov_v2"), 19, 12)
    assert whole.reasons == {"fragment": 2, "duplicate_id": 1, "bad_id": 4}
    assert whole.load.skipped == ["LICENSE"]


def test_cde_list(data: Path) -> None:
    """Of 6,410 lines 15 hold tabs in their text; three ids of the 6,395 clean ones occur twice: the first stands."""
    whole = held(load_whole("cde", data / "registry/cde_list_6410.tsv"), 6_410, 6_392)
    assert whole.reasons == {"field_count": 15, "duplicate_id": 3}
    twice = {one.record_id for one in whole.load.quarantined if one.reason_code == "duplicate_id"}
    assert twice == {"CTR20130603", "CTR20130320", "CTR20130074"}
    counts = {"已完成": 2424, "进行中 招募中": 1780, "进行中 尚未招募": 1213, "进行中 招募完成": 817, "主动暂停": 161}
    # Of the three that are set aside one is completed, one recruiting, one suspended.
    counts = {**counts, "已完成": 2423, "进行中 招募中": 1779, "主动暂停": 160}
    assert whole.load.counts_by_status == counts
    ids = whole.column("trial", "record_id")
    assert (min(ids), max(ids)) == ("CTR20130001", "CTR20181445")
    years = [sum(one.startswith(f"CTR{year}") for one in ids) for year in range(2013, 2019)]
    assert years == [1732 - 3, 648, 692, 828, 1423, 1072]


def test_cde_full_records(data: Path, tmp_path: Path) -> None:
    folder = gathered(tmp_path, list((data / "registry").glob("cde_full_46*")))
    whole = held(load_whole("cde", folder), 46 + 229 + 257, 46 + 229 + 257)
    assert whole.load.rows_by_table["trial"] == 46
    assert (whole.load.rows_by_table["endpoint"], whole.load.rows_by_table["site"]) == (229, 257)
    phases = whole.counts("trial", "phase_raw")
    assert (phases["I期"], phases["II期"], phases["III期"]) == (17, 6, 2)
    kinds = {row["record_id"]: row["intervention_type"] for row in whole.rows("intervention")}
    assert (list(kinds.values()).count("DRUG"), list(kinds.values()).count("BIOLOGICAL")) == (35, 11)
    assert (whole.load.first_day, whole.load.last_day) == (date(2023, 2, 8), date(2023, 2, 16))
    assert all(row["role"] == "investigated" for row in whole.rows("intervention") if row["ordinal"] == 0)


def test_euctr(data: Path) -> None:
    whole = held(load_whole("euctr", data / "registry/euctr_31821.csv"), 31_821, 31_821)
    statuses = {"all_ongoing": 12947, "all_ended": 11531, "any_ended": 5757, "other": 519, "blank": 1067}
    assert whole.load.counts_by_status == statuses
    phases = {None: 398, "PHASE1": 1569, "PHASE2": 12194, "PHASE3": 10282, "PHASE4": 7378}
    assert whole.counts("trial", "phase") == phases
    assert whole.counts("trial", "phase_raw")["discordant"] == 398
    ids = whole.column("trial", "record_id")
    assert (min(ids), max(ids)) == ("2004-000007-18", "2017-004846-31")


def test_ictrp(data: Path) -> None:
    whole = held(load_whole("ictrp", data / "registry/ictrp_covid_2020-07-07.csv.gz"), 4_098, 4_098)
    registers = whole.counts("trial", "register")
    assert (len(registers), registers["ClinicalTrials.gov"], registers["ChiCTR"]) == (18, 2300, 733)
    assert (registers["IRCT"], registers["EU Clinical Trials Register"], registers["CTRI"]) == (234, 228, 209)


def test_ema(data: Path) -> None:
    whole = held(load_whole("ema", data / "approvals/ema_medicines_2024-08-22.xlsx"), 2_433, 2_433)
    assert whole.load.snapshot_day == date(2024, 8, 22)
    human = [row for row in whole.rows("approval") if row["is_human"]]
    assert len(human) == 2096
    statuses = {"Authorised": 1422, "Withdrawn": 306, "Application withdrawn": 235, "Refused": 55, "Opinion": 29}
    assert {status: sum(row["status"] == status for row in human) for status in statuses} == statuses
    flags = {"is_orphan": 226, "is_prime": 37, "is_conditional": 50, "is_exceptional": 48, "is_accelerated": 41}
    flags |= {"is_biosimilar": 120, "is_generic": 346, "is_advanced_therapy": 26}
    assert {flag: sum(bool(row[flag]) for row in human) for flag in flags} == flags
    assert sum(row["opinion_day"] is not None for row in human) == 1215


def test_ema_opinion_to_authorisation_has_the_median_of_the_data_dictionary(data: Path) -> None:
    """Median 61 days over the human medicines whose authorisation follows the opinion shown within 1,000 days."""
    whole = load_whole("ema", data / "approvals/ema_medicines_2024-08-22.xlsx")
    rows = [row for row in whole.rows("approval") if row["is_human"] and row["opinion_day"] and row["decision_day"]]
    days = sorted((row["decision_day"] - row["opinion_day"]).days for row in rows if row["status"] != "Refused")
    plausible = [one for one in days if 0 <= one <= 1000]
    assert plausible[len(plausible) // 2] == 61


def test_drugs_at_fda(data: Path, tmp_path: Path) -> None:
    folder = gathered(tmp_path, list((data / "approvals").glob("drugsatfda_*")))
    rows = 28_382 + 50_286 + 59 + 62 + 5 + 28
    whole = held(load_whole("drugsatfda", folder), rows, rows)
    assert whole.load.counts_by_status == {"ANDA": 22180, "NDA": 5762, "BLA": 440}
    kinds = {"action_type": 59, "document_type": 62, "marketing_status": 5, "submission_class": 28}
    expected = {f"drugsatfda.{kind}": number for kind, number in kinds.items()}
    assert whole.counts("vocabulary", "vocabulary") == expected
    assert len({row["company"] for row in whole.rows("approval") if row["company"]}) == 2225


def test_orange_book(data: Path, tmp_path: Path) -> None:
    folder = gathered(tmp_path, list((data / "approvals").glob("orange_book_*")))
    whole = held(load_whole("orange_book", folder), 21_112 + 2_110, 21_112 + 2_110)
    patents = [row for row in whole.rows("event") if row["kind"] == "patent"]
    assert len({row["application_id"] for row in patents}) == 1311
    assert len({row["code"] for row in patents}) == 6868
    assert sum(row["status"] == "delisted" for row in patents) == 136
    assert max(row["event_day"] for row in patents if row["event_day"]) == date(2026, 5, 7)
    codes = whole.counts("event", "code")
    assert (codes["NCE"], codes["PED"]) == (380, 318)
    assert sum(n for code, n in codes.items() if code.startswith("ODE-")) == 562


def test_purple_book(data: Path) -> None:
    whole = held(load_whole("purple_book", data / "approvals/purple_book_2025-03.csv"), 6_279, 6_279)
    kinds = {"351(a)": 5700, "351(k) Biosimilar": 410, "351(k) Interchangeable": 169}
    assert whole.counts("approval", "application_type") == kinds
    assert len(set(whole.column("approval", "application_id"))) == 796
    assert max(day for day in whole.column("approval", "decision_day") if day) == date(2025, 3, 14)
    codes = whole.counts("event", "code")
    assert codes["reference_product"] == 99
    assert codes["orphan"] == 1603


def test_new_molecular_entities(data: Path) -> None:
    whole = held(load_whole("fda_nme", data / "approvals/fda_new_molecular_entities.csv"), 1_513, 1_513)
    assert whole.counts("approval", "review_priority") == {"PRIORITY": 753, "STANDARD": 741, "UNKNOWN": 14, None: 5}
    assert whole.counts("approval", "application_type") == {"NDA": 1403, "BLA": 110}
    assert whole.counts("approval", "submission_class") == {"TYPE 1": 1422, "TYPE 1/4": 91}
    assert len(set(whole.column("approval", "record_id"))) == 1449
    assert whole.load.last_day == date(2020, 10, 22)


def test_complete_response_letters(data: Path) -> None:
    whole = held(load_whole("fda_crl", data / "approvals/fda_complete_response_letters.csv"), 88, 88)
    assert (whole.load.first_day, whole.load.last_day) == (date(2024, 1, 12), date(2025, 8, 18))


def test_shortages(data: Path) -> None:
    whole = held(load_whole("fda_shortages", data / "approvals/fda_shortages_2026-05.csv"), 1_688, 1_688)
    assert whole.load.counts_by_status == {"Current": 1157, "To Be Discontinued": 502, "Resolved": 29}
    assert whole.counts("event", "code") == {"Reverified": 685, "New": 507, "Revised": 496}
    assert len({row["drug_name"] for row in whole.rows("event")}) == 252
    assert whole.load.last_day == date(2026, 5, 11)


def test_repurposing_hub(data: Path) -> None:
    whole = held(load_whole("repurposing_hub", data / "drugs/repurposing_hub_2020-03-24.txt"), 6_798, 6_798)
    stages = {"APPROVAL": 2427, "PRECLINICAL": 2310, "PHASE_2": 813, "PHASE_1": 566, "PHASE_3": 458}
    assert whole.counts("drug", "stage") == {**stages, "WITHDRAWN": 95, "PHASE_1_2": 85, "PHASE_2_3": 44}
    assert len(set(whole.column("target", "record_id"))) == 4382
    assert len(set(whole.column("mechanism", "record_id"))) == 6232
    assert sum(bool(row) for row in whole.column("drug", "indications")) == 2222
    assert whole.load.snapshot_day == date(2020, 3, 24)


def test_pharma_space(data: Path) -> None:
    whole = held(load_whole("pharma_space", data / "drugs/pharma_space"), 1_424 + 9_365 + 72, 1_424 + 9_365 + 72)
    assert whole.counts("drug", "stage_raw") == {"marketed": 381, "pipeline": 255, "failed": 101, "legacy": 40}
    relations = {"competes_with": 5862, "has_modality": 777, "portfolio_includes": 700, "treats": 547}
    relations |= {"studied_for": 335, "in_area": 149, "failed_on": 126, "prevents": 49, "subtype_of": 13}
    assert whole.counts("relation", "relation") == relations
    assert whole.load.rows_by_table["target"] == 807
    kinds = {"target": 423, "indication": 149, "company": 39, "modality": 27, "disease_area": 9, "concept": 72}
    assert whole.counts("vocabulary", "kind") == kinds
    derived = {row["relation"] for row in whole.rows("relation") if row["is_derived"]}
    assert derived == {"competes_with"}


def test_atc(data: Path) -> None:
    whole = held(load_whole("atc", data / "drugs/who_atc_ddd_2026-04-25.csv"), 7_536, 7_536)
    assert len(set(whole.column("vocabulary", "record_id"))) == 6996


def test_mesh(data: Path, tmp_path: Path) -> None:
    folder = gathered(tmp_path, list((data / "drugs").glob("mesh_2015*")))
    whole = held(load_whole("mesh", folder), 27_455 + 56_341, 27_455 + 56_341)
    assert whole.counts("vocabulary", "kind") == {"term": 27_455, "tree_number": 56_341}


def test_disease_vocabularies(data: Path, tmp_path: Path) -> None:
    files = [data / "drugs/mondo_efo_2026-07.tsv", data / "burden/orphanet_classification_2025-12.csv"]
    whole = held(load_whole("mondo_efo", gathered(tmp_path, files)), 2_658 + 13_906, 2_658 + 13_906)
    orphanet = [row for row in whole.rows("vocabulary") if row["vocabulary"] == "orphanet"]
    assert len({row["record_id"] for row in orphanet}) == 7530
    assert len({row["mapped_term"] for row in orphanet}) == 30


def test_burden(data: Path) -> None:
    whole = held(load_whole("burden", data / "burden/dalys_by_cause_1990_2017.csv.gz"), 6_468, 6_468)
    assert len(set(whole.column("burden", "cause"))) == 23
    assert len(set(whole.column("burden", "entity"))) == 231
    assert sum(row["value"] is None for row in whole.rows("burden") if row["entity"] == "China") == 4
