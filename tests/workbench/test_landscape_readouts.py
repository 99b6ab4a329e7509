"""Competitors' readouts over the register's sample records: numbers, days, caveat, and their explicit absence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from onepill.workbench.landscape.readouts import endpoint_of, unit_of
from onepill.workbench.operations import operation
from tests.cli.asking import Ask
from tests.workbench.landscape_warehouse import load, make_warehouse

Row = dict[str, Any]
SAMPLES = Path(__file__).resolve().parents[1] / "registries" / "samples" / "ctgov_v2"
AXIAL = "ctgov:NCT02552212"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("readouts") / "warehouse"
    load(root, "ctgov", SAMPLES, results=True)
    return root


def readouts(root: Path, **fields: Any) -> Row:
    found = operation("landscape readouts")
    answer: Row = found.ask(found.question.model_validate({"warehouse": str(root), **fields}))
    return answer


def test_the_numbers_stand_side_by_side_with_their_trial_and_the_caveat(root: Path) -> None:
    answer = readouts(root, endpoints=["ASDAS"])
    shares = next(table for table in answer["tables"] if table["unit"] == "percentage of participants")
    assert {(row["arm"], row["value"], row["trial"]) for row in shares["rows"]} == {
        ("CZP 200 mg Q2W (FAS)", 47.2, AXIAL),
        ("Placebo (FAS)", 7.0, AXIAL),
    }
    assert {one["name"] for row in shares["rows"] for one in row["drugs"]} == {"certolizumab pegol"}
    assert "no evidence of a difference between drugs" in answer["caveat"]["en"]
    assert "随机对照" in answer["caveat"]["zh"]
    assert answer["results_absent"] is None


def test_the_day_before_and_the_day_results_were_posted(root: Path) -> None:
    posted = readouts(root, endpoints=["ASDAS"])["tables"][0]["rows"][0]["posted"]
    before = f"{posted[:-2]}{int(posted[-2:]) - 1:02}"
    assert readouts(root, on=posted, endpoints=["ASDAS"])["found"] == 3
    assert readouts(root, on=before, endpoints=["ASDAS"])["found"] == 0


def test_filters_endpoints_and_limit(root: Path) -> None:
    whole = readouts(root)
    assert whole["found"] == sum(len(table["rows"]) for table in whole["tables"])
    assert {row["trial"] for table in whole["tables"] for row in table["rows"]} == {AXIAL, "ctgov:NCT02210780"}
    assert readouts(root, endpoints=["no such endpoint"])["tables"] == []
    assert sum(len(table["rows"]) for table in readouts(root, limit=3)["tables"]) == 3
    assert readouts(root, limit=3)["found"] == whole["found"]
    assert readouts(root, modalities=["small_molecule"])["found"] == 0


def test_a_file_loaded_without_results_is_read_again_where_they_are_asked_for(tmp_path: Path) -> None:
    root = tmp_path / "warehouse"
    load(root, "ctgov", SAMPLES)
    assert "registry load ctgov PATH --results" in readouts(root)["results_absent"]["en"]
    load(root, "ctgov", SAMPLES, results=True)
    assert readouts(root)["results_absent"] is None


def test_a_person_reads_the_caveat_first_also_where_nothing_is_loaded(ask: Ask, root: Path, tmp_path: Path) -> None:
    answer = ask("landscape", "readouts", "--warehouse", str(root), "--endpoint", "ASDAS")
    assert (answer.code, answer.err) == (0, "")
    assert "47.2" in answer.out
    assert answer.out.index("only a randomised comparison is") < answer.out.index("47.2")
    other = ask("landscape", "readouts", "--warehouse", str(make_warehouse(tmp_path / "warehouse")))
    assert "only a randomised comparison is" in other.out
    assert "No posted results are loaded" in other.out


@pytest.mark.parametrize(
    ("measure", "family"),
    [
        ("Progression-Free Survival (PFS) per RECIST 1.1", "progression-free survival"),
        ("Overall Survival", "overall survival"),
        ("Overall Response Rate (ORR)", "objective response"),
        ("Change From Baseline in HbA1c at Week 26", "HbA1c"),
        ("Number of Chewing Cycles  Per Bolus", "Number of Chewing Cycles Per Bolus"),
        ("Positive serology", "Positive serology"),
    ],
)
def test_endpoints_are_put_together_by_words(measure: str, family: str) -> None:
    assert endpoint_of(measure)["en"] == family


@pytest.mark.parametrize(
    ("unit", "plain"),
    [
        ("Percentage of participants", "percentage of participants"),
        ("percentage of subjects", "percentage of participants"),
        ("% of patients", "percentage of participants"),
        ("Patients", "participants"),
        ("Kg/m^2", "kg/m^2"),
        ("months", "months"),
    ],
)
def test_units_have_one_spelling(unit: str, plain: str) -> None:
    assert unit_of(unit) == plain


@pytest.mark.parametrize(
    ("measure", "family"),
    [
        ("Percentage of Participants With Fever", False),
        ("Trough FEV1", True),
        ("Change in FEV 1", True),
        ("Bioavailability of drug given per os", False),
        ("OS", True),
        ("Overall Survival", True),
    ],
)
def test_words_within_words_name_no_endpoint(measure: str, family: bool) -> None:
    found = endpoint_of(measure)["en"]
    assert (found in ("FEV1", "overall survival")) is family
