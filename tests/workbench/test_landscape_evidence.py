"""Which rows of a warehouse become evidence, of what, and since when: origins and annotations of invented drugs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from onepill.landscape import EvidenceRow
from onepill.registries import TABLES
from onepill.registries.entities import CompanyBook, DrugLinker, Evidence, TargetClaim
from onepill.store.warehouse import Reader
from onepill.store.warehouse.manifest import empty_generation
from onepill.workbench.landscape_annotations import annotation_rows
from onepill.workbench.landscape_evidence import Gathered, gather
from onepill.workbench.landscape_names import Names, condition_book, drug_book
from onepill.workbench.landscape_stated import stated_by_records
from onepill.workbench.landscape_world import _origins
from tests.workbench.landscape_warehouse import AUSTRALIAN, CHINESE, JAPANESE, UNIVERSITY, Trial, load, load_trials
from tests.workbench.test_landscape import by_drug, python

Row = dict[str, Any]
DAY = date(2015, 6, 1)
APPROVAL = {
    "source": "fda_nme",
    "record_id": "NDA900001",
    "ordinal": 0,
    "substance": "VESTAGLIPTIN",
    "status": "AP",
    "decision_day": DAY,
    "decision_precision": "day",
    "is_human": True,
    "submission": "ORIG-1",
    "application_type": "NDA",
}
TRIAL = {"ordinal": 0, "study_type": "INTERVENTIONAL", "phase": "PHASE2"}
GIVEN = {"ordinal": 0, "intervention_type": "DRUG", "name": "brelumetinib", "role": "investigated"}


@contextmanager
def warehouse(tables: Mapping[str, Sequence[Row]]) -> Iterator[Reader]:
    """These rows and nothing else, in all tables of the model."""
    with duckdb.connect() as connection:
        for name, schema in TABLES.items():
            rows = [{**dict.fromkeys(schema.names), **row} for row in tables.get(name, ())]
            connection.register(name, pa.Table.from_pylist(rows, schema=schema))
        yield Reader(empty_generation(), connection)


def gathered(**tables: Sequence[Row]) -> Gathered:
    with warehouse(tables) as reader:
        return gather(reader, Names(DrugLinker(drug_book(reader)), condition_book(reader), CompanyBook()), {})


def test_an_original_approval_counts_from_its_decision() -> None:
    (row,) = gathered(approval=[APPROVAL]).rows
    assert (row.drug_id, row.stage, row.day, row.known_on) == ("vestagliptin", "approval", DAY, DAY)
    assert row.record_id == "fda_nme:NDA900001"


@pytest.mark.parametrize(
    "other",
    [
        {"is_generic": True},
        {"is_biosimilar": True},
        {"application_type": "ANDA"},
        {"submission": "SUPPL-12"},
        {"status": "TA"},
        {"status": "Refused"},
        {"is_human": False},
        {"decision_day": None},
    ],
    ids=str,
)
def test_what_is_no_first_approval_of_a_medicine_is_no_evidence(other: Row) -> None:
    assert gathered(approval=[{**APPROVAL, **other}]).rows == []


@pytest.mark.parametrize("other", [{"status": "Withdrawn"}, {"status": None}, {"submission": None}], ids=str)
def test_what_was_once_approved_stays_evidence(other: Row) -> None:
    assert len(gathered(approval=[{**APPROVAL, **other}]).rows) == 1


def test_an_observational_study_investigates_no_drug() -> None:
    key = {"source": "ctgov", "record_id": "NCT00000001"}
    posted = {"first_posted_day": date(2020, 1, 1), "first_posted_precision": "day"}
    for kind, expected in (("INTERVENTIONAL", 1), ("OBSERVATIONAL", 0), (None, 1)):
        found = gathered(trial=[{**TRIAL, **key, **posted, "study_type": kind}], intervention=[{**GIVEN, **key}])
        assert (len(found.rows), found.counts["trials_used"]) == (expected, expected)


def test_a_chinese_list_entry_without_days_counts_from_the_end_of_the_year_in_its_number() -> None:
    key = {"source": "cde", "record_id": "CTR20180123"}
    found = gathered(trial=[{**TRIAL, **key}], intervention=[{**GIVEN, **key}])
    (row,) = found.rows
    assert (row.known_on.year, row.known_precision, row.day) == (2018, "year", None)
    assert found.first_trial["brelumetinib"][0] == date(2018, 12, 31)
    elsewhere = {"source": "ctgov", "record_id": "CTR20180123"}
    lost = gathered(trial=[{**TRIAL, **elsewhere}], intervention=[{**GIVEN, **elsewhere}])
    assert (lost.rows, lost.counts["trials_without_day"]) == ([], 1)


FIRST_TRIAL = date(2018, 1, 1)


def origins(approvals: Sequence[date | None], countries: set[str]) -> dict[str, tuple[str, date]]:
    rows = [EvidenceRow("x", "", "approval", day, day or FIRST_TRIAL, "r") for day in approvals]
    return _origins(Gathered(rows, first_trial={"x": (FIRST_TRIAL, countries)}))


def test_the_origin_is_that_of_the_first_trial_of_a_drug_that_was_new() -> None:
    later, earlier = date(2021, 1, 1), date(2012, 1, 1)
    assert origins([], {"CN"}) == origins([later], {"CN"}) == {"x": ("CN", FIRST_TRIAL)}
    assert origins([earlier], {"CN"}) == origins([earlier, later], {"CN"}) == {}
    # Listed as approved without a day: only a dated approval shows that the drug was new, and from then on.
    assert origins([None], {"CN"}) == {}
    assert origins([None, later], {"CN"}) == {"x": ("CN", later)}


def test_sponsors_of_two_countries_or_none_tell_no_origin() -> None:
    assert origins([], {"CN", "US"}) == origins([], {""}) == origins([], {"CN", ""}) == {}


def test_first_trials_of_one_day_by_two_countries_tell_no_origin(tmp_path: Any) -> None:
    root = tmp_path / "warehouse"
    drug = ("brelumetinib",)
    load_trials(
        root, [Trial(1, "2020-01-01", "PHASE1", drug, CHINESE), Trial(2, "2020-01-01", "PHASE1", drug, JAPANESE)]
    )
    assert by_drug(python("", root))["brelumetinib"]["origin"] == ""
    load_trials(root, [Trial(3, "2019-01-01", "PHASE1", drug, AUSTRALIAN)], update=True)
    assert by_drug(python("", root))["brelumetinib"]["origin"] == "AU"
    load_trials(root, [Trial(4, "2018-01-01", "PHASE1", drug, UNIVERSITY)], update=True)
    assert by_drug(python("", root))["brelumetinib"]["origin"] == ""


def claim(kind: Any, value: str, score: float, *, action: str = "", source: str = "a list") -> TargetClaim:
    return TargetClaim("x", kind, value, action, score, Evidence("rule", value, source, value))


def test_targets_are_those_of_the_surest_claims_known_on_each_day() -> None:
    known = {"OLD": date(2018, 1, 1), "NEW": date(2020, 1, 1), "WEAK": date(2019, 1, 1)}
    claims = [
        claim("target", "NEW", 0.99, action="inhibitor"),
        claim("target", "OLD", 0.95, action="antagonist"),
        claim("target", "WEAK", 0.3),
    ]
    rows = annotation_rows("x", claims, lambda one: known[one.value], name="x", origin=("CN", date(2019, 1, 1)))
    assert [(row.known_on.year, row.targets, row.mechanism, row.origin) for row in rows] == [
        (2018, ("OLD",), "antagonist", ""),
        (2019, ("OLD",), "antagonist", "CN"),
        (2020, ("NEW",), "inhibitor", "CN"),
    ]


def test_the_action_is_read_in_the_mechanism_where_no_target_tells_it() -> None:
    claims = [claim("target", "EGFR", 0.99), claim("mechanism", "EGFR inhibitors", 0.9), claim("modality", "mab", 0.9)]
    (row,) = annotation_rows("x", claims, lambda _: DAY, name="x")
    assert (row.targets, row.mechanism, row.modality, row.biosimilar) == (("EGFR",), "inhibitor", "antibody", False)


def test_a_biosimilar_keeps_the_modality_that_another_source_tells() -> None:
    claims = [claim("modality", "biosimilar", 0.95), claim("modality", "mab", 0.9)]
    (row,) = annotation_rows("x", claims, lambda _: DAY, name="x")
    assert (row.modality, row.biosimilar) == ("antibody", True)


TEXT = {"title": "A study of XQZ-1234, an oral MEK inhibitor", "first_posted_day": date(2015, 1, 1)}


def stated(**trial: Any) -> tuple[dict[str, list[TargetClaim]], dict[tuple[str, str], date]]:
    """What the records say of drugs, and since when."""
    key = {"source": "ctgov", "record_id": "NCT1"}
    rows = {"trial": [{**key, **TRIAL, **TEXT, **trial}], "intervention": [{**key, **GIVEN, "name": "XQZ-1234"}]}
    days: dict[tuple[str, str], date] = {}
    with warehouse(rows) as reader:
        book = drug_book(reader)
        names = Names(DrugLinker(book), condition_book(reader), CompanyBook())
        return stated_by_records(reader, names, lambda drug: drug == "known", days), days


def test_a_records_own_words_tell_a_target_from_the_day_of_the_text() -> None:
    """The text stands as its last update left it: the day of first posting would be too early."""
    updated = {"last_update_posted_day": date(2019, 3, 1), "last_update_posted_precision": "month"}
    found, days = stated(**updated)
    assert {claim.value for claim in found["xqz1234"] if claim.kind == "target"} == {"MAP2K1", "MAP2K2"}
    assert days == {("ctgov", "NCT1"): date(2019, 3, 31)}
    assert stated()[1] == {("ctgov", "NCT1"): date(2015, 1, 1)}


def test_a_record_without_such_words_or_without_a_day_tells_nothing() -> None:
    assert stated(title="A study of XQZ-1234 and an oral MEK inhibitor") == ({}, {})
    assert stated(first_posted_day=None) == ({}, {})


def test_the_landscape_knows_the_target_from_that_day(tmp_path: Path) -> None:
    trial = Trial(1, "2017-03-01", "PHASE1", ("XQZ-1234",))
    record = trial.study()
    record["protocolSection"]["identificationModule"]["briefTitle"] = TEXT["title"]
    record["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"] = {"date": "2019-03-01", "type": "ACTUAL"}
    file = tmp_path / "trials.json"
    file.write_text(json.dumps({"studies": [record]}), encoding="utf-8")
    load(tmp_path / "warehouse", "ctgov", file)
    for day, known in (("2019-02-28", 0), ("2019-03-01", 1)):
        coverage = python("", tmp_path / "warehouse", on=day)["coverage"]
        assert coverage["target_share"] == known
