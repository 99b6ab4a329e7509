"""Posted results of ClinicalTrials.gov: each number of a primary outcome with its arm, read where it is asked for."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from onepill.core.errors import InputError
from onepill.registries import open_load
from onepill.registries.ctgov_results import number
from tests.registries.loads import SAMPLES, load_whole

RECORDS = SAMPLES / "ctgov_v2"
AXIAL = "NCT02552212"


def rows_of(path: Path, trial: str = AXIAL) -> list[dict[str, Any]]:
    return [row for row in load_whole("ctgov", path, results=True).rows("outcome_result") if row["record_id"] == trial]


def test_the_published_share_of_major_improvement_by_arm() -> None:
    """47.2 against 7.0 percent at week 52, odds ratio 15.2: Deodhar A et al. (2019), Arthritis Rheumatol 71:1101."""
    rows = [row for row in rows_of(RECORDS) if "ASDAS-MI" in row["measure"]]
    arms = {row["arm"]: (row["value"], row["participants"]) for row in rows if row["kind"] == "measurement"}
    assert arms == {"Placebo (FAS)": (7.0, 158), "CZP 200 mg Q2W (FAS)": (47.2, 159)}
    (compared,) = [row for row in rows if row["kind"] == "comparison"]
    assert (compared["value"], compared["low"], compared["high"]) == (15.231, 7.336, 31.623)
    assert (compared["statistic"], compared["p_value"]) == ("Odds Ratio (OR)", "<0.001")
    assert compared["arm"] == "Placebo (FAS) | CZP 200 mg Q2W (FAS)"
    assert {row["time_frame"] for row in rows} == {"Week 52"}


def test_only_primary_outcomes_are_read_and_the_rest_of_the_record_is_the_same() -> None:
    plain, whole = load_whole("ctgov", RECORDS), load_whole("ctgov", RECORDS, results=True)
    assert "outcome_result" not in plain.tables
    for table, rows in plain.tables.items():
        assert rows.equals(whole.tables[table])
    record = json.loads((RECORDS / f"{AXIAL}.json").read_bytes())
    outcomes = record["resultsSection"]["outcomeMeasuresModule"]["outcomeMeasures"]
    primary = {one["title"] for one in outcomes if one["type"] == "PRIMARY"}
    assert {row["measure"] for row in whole.rows("outcome_result") if row["record_id"] == AXIAL} <= primary
    posted = record["protocolSection"]["statusModule"]["resultsFirstPostDateStruct"]["date"]
    assert {row["posted_day"] for row in rows_of(RECORDS)} == {date.fromisoformat(posted)}


def test_every_measurement_of_the_record_is_a_row() -> None:
    record = json.loads((RECORDS / f"{AXIAL}.json").read_bytes())
    values = [
        value["value"]
        for one in record["resultsSection"]["outcomeMeasuresModule"]["outcomeMeasures"]
        if one["type"] == "PRIMARY" and one.get("reportingStatus") != "NOT_POSTED"
        for part in one.get("classes", [])
        for category in part["categories"]
        for value in category["measurements"]
    ]
    assert [row["value_raw"] for row in rows_of(RECORDS) if row["kind"] == "measurement"] == values


def test_pages_and_lines_give_the_same_numbers(tmp_path: Path) -> None:
    record = json.loads((RECORDS / f"{AXIAL}.json").read_bytes())
    page, lines = tmp_path / "page.json", tmp_path / "lines.jsonl"
    page.write_text(json.dumps({"studies": [record]}, indent=1), encoding="utf-8")
    lines.write_text(json.dumps(record, separators=(",", ":")) + "\n", encoding="utf-8")
    assert rows_of(page) == rows_of(lines) == rows_of(RECORDS)


@pytest.mark.parametrize(
    ("text", "value"),
    [("47.2", 47.2), ("1,204", 1204.0), ("-3", -3.0), ("NA", None), ("<0.001", None), (None, None), ("inf", None)],
)
def test_a_value_that_is_no_number_is_null_and_kept_as_written(text: str | None, value: float | None) -> None:
    assert number(text) == value


def test_results_of_a_wrong_shape_set_the_record_aside(tmp_path: Path) -> None:
    record = json.loads((RECORDS / f"{AXIAL}.json").read_bytes())
    broken = json.loads(json.dumps(record).replace(AXIAL, "NCT00000009"))
    broken["resultsSection"]["outcomeMeasuresModule"]["outcomeMeasures"] = ["no outcome"]
    file = tmp_path / "page.json"
    file.write_text(json.dumps({"studies": [record, broken]}), encoding="utf-8")
    whole = load_whole("ctgov", file, results=True)
    assert (whole.load.rows_loaded, whole.reasons) == (1, {"malformed": 1})


def test_a_source_without_results_says_so() -> None:
    with pytest.raises(InputError) as refused:
        open_load("atc", SAMPLES / "atc.csv", results=True)
    assert refused.value.findings[0].code == "registry.results"
