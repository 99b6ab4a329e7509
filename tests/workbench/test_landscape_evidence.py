"""Which rows of a warehouse become evidence, of what, and since when: origins and annotations of invented drugs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onepill.landscape import EvidenceRow
from onepill.landscape.columns import NO_DAY, Coded, EvidenceColumns, evidence_columns
from onepill.landscape.inputs import PRECISIONS
from onepill.registries import TABLES
from onepill.registries.entities import Corrections, Evidence, TargetClaim
from onepill.store.warehouse import Reader, current
from onepill.store.warehouse.manifest import empty_generation
from onepill.workbench.landscape import links as landscape_links
from onepill.workbench.landscape.annotations import annotation_rows
from onepill.workbench.landscape.corrections import NONE
from onepill.workbench.landscape.evidence import Gathered, gather
from onepill.workbench.landscape.links import book_key, link_many, read_links
from onepill.workbench.landscape.names import Names, books_of
from onepill.workbench.landscape.stated import stated_by_records
from onepill.workbench.landscape.trials import STAGES, gather_trials
from onepill.workbench.landscape.world import _origins, prepare_world
from tests.workbench.landscape_warehouse import (
    AUSTRALIAN,
    CHINESE,
    JAPANESE,
    MESH,
    UNIVERSITY,
    Trial,
    load,
    load_approvals,
    load_trials,
)
from tests.workbench.test_landscape import by_drug, python
from tests.workbench.trials_twin import gather_slowly

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
        return gather(reader, Names(books_of(reader, Corrections())), {})


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
        assert (len(found.columns.day), found.counts["trials_used"]) == (expected, expected)


def test_a_chinese_list_entry_without_days_counts_from_the_end_of_the_year_in_its_number() -> None:
    key = {"source": "cde", "record_id": "CTR20180123"}
    found = gathered(trial=[{**TRIAL, **key}], intervention=[{**GIVEN, **key}])
    columns = found.columns
    assert columns.known_on.tolist() == [date(2018, 1, 1).toordinal()]
    assert (columns.known_precision.tolist(), columns.day.tolist()) == ([PRECISIONS.index("year")], [NO_DAY])
    assert found.first_trial["brelumetinib"][0] == date(2018, 12, 31)
    elsewhere = {"source": "ctgov", "record_id": "CTR20180123"}
    lost = gathered(trial=[{**TRIAL, **elsewhere}], intervention=[{**GIVEN, **elsewhere}])
    assert (len(lost.columns.day), lost.counts["trials_without_day"]) == (0, 1)


KEYS = st.sampled_from([("ctgov", "NCT00000001"), ("ctgov", "NCT00000002"), ("cde", "CTR20180001"), ("cde", "CTRX")])
DAYS = st.sampled_from([None, date(2018, 2, 1), date(2018, 12, 31), date(2021, 7, 1)])
PRECISION = st.sampled_from([None, *PRECISIONS])
DRUG_TEXTS = ["brelumetinib", "brelumetinib 5 mg", "dorametinib + quilirasib", "XQZ-1234", "a lamp", "placebo", None]


def record_rows(**columns: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Row]]:
    """Rows of a table with an ordinal that counts on within each record."""
    rows = st.lists(st.tuples(KEYS, st.fixed_dictionaries(columns)), max_size=8)

    def numbered(found: list[tuple[tuple[str, str], Row]]) -> list[Row]:
        return [
            {"source": key[0], "record_id": key[1], "ordinal": place, **values}
            for place, (key, values) in enumerate(found)
        ]

    return rows.map(numbered)


@given(
    trials=st.dictionaries(
        KEYS,
        st.fixed_dictionaries(
            {
                "study_type": st.sampled_from(["INTERVENTIONAL", "OBSERVATIONAL", None]),
                "phase": st.sampled_from([*STAGES, "NA", None]),
                **{f"{name}_day": DAYS for name in ("first_posted", "first_submitted", "start")},
                **{f"{name}_precision": PRECISION for name in ("first_posted", "first_submitted", "start")},
            }
        ),
    ),
    intervention=record_rows(
        name=st.sampled_from(DRUG_TEXTS),
        intervention_type=st.sampled_from(["DRUG", "BIOLOGICAL", "DEVICE", None]),
        role=st.sampled_from(["investigated", "investigated", "comparator"]),
        arm_labels=st.sampled_from([None, [], ["a"], ["b"], ["a", "b"]]),
    ),
    condition=record_rows(
        term=st.sampled_from(["Melanoma", "melanoma", "Neoplasms", "no such thing", None]),
        kind=st.sampled_from(["condition", "condition", "mesh"]),
    ),
    sponsor=record_rows(
        name=st.sampled_from([CHINESE, JAPANESE, UNIVERSITY, None]),
        sponsor_class=st.sampled_from(["INDUSTRY", "OTHER", None]),
        sponsor_role=st.sampled_from(["lead", "collaborator", None]),
    ),
)
@settings(max_examples=80, deadline=None, derandomize=True)
def test_trials_become_the_evidence_that_the_slow_twin_makes_of_them(
    trials: dict[tuple[str, str], Row], intervention: list[Row], condition: list[Row], sponsor: list[Row]
) -> None:
    trial = [{"source": key[0], "record_id": key[1], "ordinal": 0, **row} for key, row in trials.items()]
    mesh = [
        {"source": "mesh", "record_id": number, "ordinal": 0, "vocabulary": "mesh", "kind": "term", "term": name}
        for number, name, _ in MESH
    ]
    tables = {"trial": trial, "intervention": intervention, "condition": condition, "sponsor": sponsor}
    with warehouse({**tables, "vocabulary": mesh}) as reader:
        names, slow_names = Names(books_of(reader, Corrections())), Names(books_of(reader, Corrections()))
        fast, slow = gather_trials(reader, names), gather_slowly(reader, slow_names)
    expected = evidence_columns(slow.rows)
    assert rows_in(fast.columns) == rows_in(expected)
    assert fast.counts == {name: count for name, count in slow.counts.items() if count}
    assert fast.first_trial == slow.first_trial
    assert names.counts() == slow_names.counts()
    assert (names.drug_names, names.sponsor_names) == (slow_names.drug_names, slow_names.sponsor_names)


def rows_in(columns: EvidenceColumns) -> list[tuple[Any, ...]]:
    """The rows of columns, sorted, with names for codes."""
    told = [
        [None if code < 0 else one.names[code] for code in one.codes] if isinstance(one, Coded) else one.tolist()
        for one in (getattr(columns, name.name) for name in fields(columns))
    ]
    return sorted(zip(*told, strict=True), key=str)


def test_many_texts_are_linked_by_several_processes_as_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landscape_links, "SHARED_FROM", 4)
    monkeypatch.setattr(landscape_links, "CHUNK", 2)
    texts = [text for text in DRUG_TEXTS if text] + ["pembrolizumab", "Pembrolizumab 100 mg"]
    with warehouse({}) as reader:
        books = books_of(reader, Corrections())
        told: list[tuple[str, int, int]] = []
        shared = dict(link_many("drug", texts, books, tell=lambda *step: told.append(step)))
        alone = dict(link_many("drug", texts, replace(books, aliases=())))
    assert shared == alone
    assert told[-1] == ("link", len(texts), len(texts))


def test_kept_links_belong_to_the_names_that_are_loaded(tmp_path: Path) -> None:
    root = tmp_path / "warehouse"
    load_trials(root, [Trial(1, "2020-01-01", "PHASE1", ("brelumetinib",))])
    prepare_world(root)
    key = book_key(current(root), NONE)
    assert set(read_links(root, key)["drug"]) == {"brelumetinib"}
    load_trials(root, [Trial(2, "2020-01-01", "PHASE1", ("dorametinib",))], update=True)
    prepare_world(root)
    assert book_key(current(root), NONE) == key
    assert set(read_links(root, key)["drug"]) == {"brelumetinib", "dorametinib"}
    load_approvals(root, [("NDA900001", "VESTAGLIPTIN", "20150601")])
    prepare_world(root)
    assert book_key(current(root), NONE) != key
    assert read_links(root, key) == {}
    links = root / "landscape" / "links.json"
    links.write_bytes(links.read_bytes()[:-9])
    assert read_links(root, book_key(current(root), NONE)) == {}


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
        names = Names(books_of(reader, Corrections()))
        names.link_all("drug", ["XQZ-1234"])
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


def test_a_list_of_a_later_day_takes_no_target_back_that_a_record_told(tmp_path: Path) -> None:
    root = tmp_path / "warehouse"
    trial = Trial(1, "2017-03-01", "PHASE1", ("XQZ-1234",))
    record = trial.study()
    record["protocolSection"]["identificationModule"]["briefTitle"] = TEXT["title"]
    file, listed = tmp_path / "trials.json", tmp_path / "hub.txt"
    file.write_text(json.dumps({"studies": [record]}), encoding="utf-8")
    load(root, "ctgov", file)
    before = python("", root, on="2019-01-01")["coverage"]["target_share"]
    columns = "pert_iname\tclinical_phase\tmoa\ttarget\tdisease_area\tindication"
    listed.write_text(f"{columns}\nXQZ-1234\tPhase 1\tEGFR inhibitor\tEGFR\t\t\n", encoding="utf-8")
    load(root, "repurposing_hub", listed, snapshot="2024-03-24")
    assert python("", root, on="2019-01-01")["coverage"]["target_share"] == before == 1
    (row,) = by_drug(python("", root, on="2024-03-24")).values()
    assert "EGFR" in row["class"]
