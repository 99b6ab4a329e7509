"""Research against burden over a small warehouse, counted by hand; the map of conditions to causes; real files."""

from __future__ import annotations

import csv
import gzip
import json
import math
from pathlib import Path
from typing import Any

import pytest

from onepill.core.errors import InputError
from onepill.registries.entities.burden_causes import cause_table, three_letter_codes
from onepill.stats import wilson_interval
from onepill.workbench.operations import operation
from tests.cli.asking import Ask
from tests.workbench.landscape_warehouse import (
    APPROVALS,
    BURDEN_DAY,
    DALYS,
    TRIALS,
    Trial,
    load,
    load_approvals,
    load_burden,
    load_mesh,
    load_trials,
    make_warehouse,
)

Row = dict[str, Any]
DAY = "2021-07-01"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_warehouse(tmp_path_factory.mktemp("burden") / "warehouse")


def burden(root: Path, **fields: Any) -> Row:
    found = operation("landscape burden")
    answer: Row = found.ask(found.question.model_validate({"warehouse": str(root), "on": DAY, **fields}))
    return answer


def causes(answer: Row) -> dict[str, Row]:
    return {row["id"]: row for row in answer["causes"]}


def test_shares_and_log_ratio_by_hand(root: Path) -> None:
    """Five trials of neoplasms and one of diabetes against 30 and 10 million DALYs."""
    answer = burden(root, area="CN")
    assert (answer["area"], answer["year"]) == ("China", 2016)
    found = causes(answer)
    cancers, diabetes = found["cancers"], found["diabetes_blood_endocrine"]
    assert (cancers["trials"], diabetes["trials"], cancers["n"]) == (5, 1, 6)
    assert cancers["trials_per_million_dalys"] == pytest.approx(5 / 30)
    assert cancers["log_ratio"] == pytest.approx(math.log((5 / 6) / (30 / 40)))
    assert diabetes["log_ratio"] == pytest.approx(math.log((1 / 6) / (10 / 40)))
    low, high = wilson_interval(1, 6)
    assert (diabetes["low"], diabetes["high"]) == pytest.approx((math.log(low / 0.25), math.log(high / 0.25)))
    assert cancers["cause"] == {"en": "Cancers", "zh": "癌症"}
    assert [row["id"] for row in answer["causes"]][:2] == ["diabetes_blood_endocrine", "cancers"]


def test_what_cannot_be_told_is_out_of_the_shares_and_says_so(root: Path) -> None:
    """DALYs of injuries by transport would else make every other cause look more researched than it is."""
    found = causes(burden(root, area="CN"))
    assert found["transport_injuries"]["dalys"] == 9e6
    assert found["transport_injuries"]["daly_share"] is None
    assert "how an injury came about" in found["transport_injuries"]["unmeasured"]["en"]
    assert len(found) == 23


def test_the_newest_year_without_a_blank_is_taken_and_a_blank_one_warns(root: Path) -> None:
    answer = burden(root, area="China", year=2017)
    row = causes(answer)["diabetes_blood_endocrine"]
    assert (row["dalys"], row["log_ratio"], row["trials"]) == (None, None, 1)
    assert causes(answer)["cancers"]["log_ratio"] == 0
    assert [one["code"] for one in answer["findings"]] == ["landscape.burden_blank"]


@pytest.mark.parametrize("area", ["CN", "cn", "CHN", "China", " china "])
def test_a_place_by_any_of_its_names(root: Path, area: str) -> None:
    assert burden(root, area=area)["area"] == "China"


def test_the_world_is_the_default_place_and_coverage_tells_what_was_counted(root: Path) -> None:
    answer = burden(root)
    assert answer["area"] == "World"
    coverage = answer["coverage"]
    assert (coverage["trials"], coverage["mapped_trials"], coverage["trial_cause_pairs"]) == (6, 6, 6)
    assert answer["cause_map"]["source_grade"] == "unverified"


def test_filters_and_switches_choose_the_trials(root: Path) -> None:
    assert burden(root, origins=["JP"])["coverage"]["trials"] == 2
    assert burden(root, without_academic=True)["coverage"]["trials"] == 5
    assert burden(root, targets=["KRAS"])["coverage"]["trials"] == 1
    assert burden(root, on="2019-12-31")["coverage"]["trials"] == 3


def test_a_trial_of_two_causes_counts_in_both_and_one_without_condition_in_none(tmp_path: Path) -> None:
    root = tmp_path / "warehouse"
    both = Trial(1, "2020-01-01", "PHASE2", ("brelumetinib",), condition="Melanoma").study()
    both["protocolSection"]["conditionsModule"]["conditions"] += ["Neoplasms", "Type 2 Diabetes Mellitus"]
    nothing = Trial(2, "2020-01-01", "NA", ("brelumetinib",), condition="An unheard-of state").study()
    file = tmp_path / "trials.jsonl"
    file.write_text("\n".join(map(json.dumps, (both, nothing))), encoding="utf-8")
    load(root, "ctgov", file)
    load_mesh(root)
    load_burden(root)
    answer = burden(root, area="CN")
    found, coverage = causes(answer), answer["coverage"]
    assert (found["cancers"]["trials"], found["diabetes_blood_endocrine"]["trials"]) == (1, 1)
    assert (coverage["trials"], coverage["mapped_trials"], coverage["without_condition"]) == (2, 1, 1)
    assert coverage["mapped_share"] == 0.5


def test_the_day_before_and_the_day_the_burden_was_published(root: Path) -> None:
    assert burden(root, on=BURDEN_DAY)["coverage"]["trials"] == 2
    with pytest.raises(InputError) as refused:
        burden(root, on="2018-11-07")
    assert refused.value.findings[0].code == "burden.hindsight"


def test_without_burden_the_error_names_the_load_command(tmp_path: Path, ask: Ask) -> None:
    root = tmp_path / "warehouse"
    load_trials(root, [Trial(1, "2020-01-01", "PHASE2", ("brelumetinib",))])
    answer = ask("landscape", "burden", "--warehouse", str(root), "--on", DAY)
    assert answer.code == 2
    assert "onepill registry load burden PATH" in answer.err


@pytest.mark.parametrize(
    ("fields", "code"),
    [({"area": "Chnia"}, "landscape.area"), ({"area": "CN", "year": 1980}, "landscape.year")],
)
def test_a_wrong_place_or_year_is_refused_with_a_hint(root: Path, fields: Row, code: str) -> None:
    with pytest.raises(InputError) as refused:
        burden(root, **fields)
    assert refused.value.findings[0].code == code
    assert refused.value.findings[0].hint


def test_a_later_edition_of_the_burden_is_known_from_its_own_day(tmp_path: Path) -> None:
    root = make_warehouse(tmp_path / "warehouse")
    later = {key: {cause: value * 2 for cause, value in row.items()} for key, row in DALYS.items()}
    load_burden(root, snapshot="2020-10-17", dalys=later)
    assert causes(burden(root, area="CN"))["cancers"]["dalys"] == 60e6
    with pytest.raises(InputError):
        burden(root, area="CN", on="2020-10-16")


def test_approvals_are_no_trials(tmp_path: Path) -> None:
    root = tmp_path / "warehouse"
    load_trials(root, [Trial(1, "2015-01-01", "PHASE4", ("vestagliptin",), condition="Diabetes Mellitus")])
    load_approvals(root, [("NDA900001", "VESTAGLIPTIN", "20150601")])
    load_mesh(root)
    load_burden(root)
    assert burden(root)["coverage"]["trials"] == 1


@pytest.mark.parametrize(
    ("heading", "cause"),
    [
        ("Liver Neoplasms", "cancers"),
        ("Tuberculosis, Pulmonary", "hiv_and_tuberculosis"),
        ("Dengue", "malaria_and_neglected"),
        ("Influenza, Human", "common_infections"),
        ("Stroke", "cardiovascular"),
        ("Asthma", "respiratory"),
        ("Hepatitis B, Chronic", "liver"),
        ("Crohn Disease", "digestive"),
        ("Alzheimer Disease", "neurological"),
        ("Parkinson Disease", "neurological"),
        ("Depressive Disorder, Major", "mental"),
        ("Schizophrenia", "mental"),
        ("Diabetes Mellitus, Type 2", "diabetes_blood_endocrine"),
        ("Diabetic Retinopathy", "diabetes_blood_endocrine"),
        ("Renal Insufficiency, Chronic", "diabetes_blood_endocrine"),
        ("Anemia, Sickle Cell", "diabetes_blood_endocrine"),
        ("Arthritis, Rheumatoid", "musculoskeletal"),
        ("Low Back Pain", "musculoskeletal"),
        ("Gout", "musculoskeletal"),
        ("Psoriasis", "other_noncommunicable"),
        ("Macular Degeneration", "other_noncommunicable"),
        ("Down Syndrome", "other_noncommunicable"),
        ("Pre-Eclampsia", "maternal"),
        ("Premature Birth", "neonatal"),
        ("Anemia, Iron-Deficiency", "nutritional"),
        ("Fractures, Bone", "unintentional_injuries"),
        ("Candidiasis", "other_communicable"),
        ("Obesity", ""),
        ("Hypercholesterolemia", ""),
    ],
)
def test_a_heading_of_mesh_has_the_cause_of_the_cause_list(shared: Path, heading: str, cause: str) -> None:
    """By the groups of the cause list of GBD; a risk such as obesity has none."""
    assert _cause_of(shared, heading) == cause


def test_every_heading_of_the_map_is_one_of_mesh(shared: Path) -> None:
    known = {mesh_id for mesh_id, _ in _trees(shared)[0].items()}
    assert {one.removeprefix("mesh:") for one in cause_table().rules} <= known


def test_the_causes_are_the_columns_of_the_real_table(shared: Path) -> None:
    with gzip.open(shared / "data/burden/dalys_by_cause_1990_2017.csv.gz", "rt", encoding="utf-8") as file:
        columns = [name.removesuffix(" (DALYs)") for name in next(csv.reader(file))[3:]]
    assert [one.column for one in cause_table().causes] == columns
    assert three_letter_codes()["CN"] == "CHN"


def test_the_real_burden_beside_real_trials(shared: Path, tmp_path: Path) -> None:
    """Of 6,786 records; 2016 is the last year in which the file has every cause."""
    data, root = shared / "data", tmp_path / "warehouse"
    load(root, "ctgov", data / "registry/ctgov_xml_6786.tar.gz", snapshot="2023-02-03")
    folder = tmp_path / "mesh"
    folder.mkdir()
    for name in ("mesh_2015_terms.tsv", "mesh_2015_tree_numbers.tsv.gz"):
        (folder / name).write_bytes((data / "drugs" / name).read_bytes())
    load(root, "mesh", folder)
    load(root, "burden", data / "burden/dalys_by_cause_1990_2017.csv.gz", snapshot=BURDEN_DAY)
    answer = burden(root, on="2024-01-01", area="US")
    assert (answer["area"], answer["year"]) == ("United States", 2016)
    found = causes(answer)
    assert found["cancers"]["dalys"] == pytest.approx(14368167.427)
    assert found["cancers"]["log_ratio"] > 0 > found["musculoskeletal"]["log_ratio"]
    shares = [row["daly_share"] for row in found.values() if row["daly_share"] is not None]
    assert sum(shares) == pytest.approx(1)
    assert answer["coverage"]["mapped_share"] > 0.8


def _trees(shared: Path) -> tuple[dict[str, list[str]], dict[str, str], dict[str, str]]:
    trees: dict[str, list[str]] = {}
    of_tree: dict[str, str] = {}
    ids: dict[str, str] = {}
    with gzip.open(shared / "data/drugs/mesh_2015_tree_numbers.tsv.gz", "rt", encoding="utf-8") as file:
        for mesh_id, name, tree in csv.reader(file, delimiter="\t"):
            trees.setdefault(mesh_id, []).append(tree)
            of_tree[tree], ids[name] = mesh_id, mesh_id
    return trees, of_tree, ids


def _cause_of(shared: Path, heading: str) -> str:
    trees, of_tree, ids = _trees(shared)
    parts = [tree.split(".") for tree in trees[ids[heading]]]
    higher = [".".join(path[:end]) for path in parts for end in range(1, len(path))]
    above = {f"mesh:{of_tree[tree]}" for tree in higher if tree in of_tree}
    return cause_table().cause_of(f"mesh:{ids[heading]}", sorted(above))


def test_without_mesh_no_trial_has_a_cause_and_the_answer_says_why(root: Path, tmp_path: Path) -> None:
    bare = tmp_path / "warehouse"
    load_trials(bare, TRIALS)
    load_approvals(bare, APPROVALS)
    load_burden(bare)
    answer = burden(bare, area="CN")
    assert {row["trials"] for row in answer["causes"]} == {0}
    told = {row["code"]: row for row in answer["findings"]}
    assert told["landscape.burden_unmapped"]["severity"] == "warning"
    assert "registry load mesh" in told["landscape.burden_unmapped"]["hint"]
    assert "landscape.burden_unmapped" not in {row["code"] for row in burden(root, area="CN")["findings"]}
