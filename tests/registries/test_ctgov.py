"""ClinicalTrials.gov: the same study in every packing and form, and what of it is never read."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from onepill.registries.ctgov_json import parse_json
from onepill.registries.ctgov_study import read_study, study_id
from onepill.registries.sink import Sink
from tests.registries.loads import SAMPLES, Whole, load_whole

RECORD = SAMPLES / "ctgov_v2" / "NCT03630471.json"


def study(trial_id: str = "NCT90000001", **modules: Any) -> dict[str, Any]:
    """An invented study with the least that a record must have."""
    protocol = {
        "identificationModule": {"nctId": trial_id, "briefTitle": "An invented study"},
        "statusModule": {"overallStatus": "RECRUITING", "startDateStruct": {"date": "2020-05"}},
        "designModule": {"studyType": "INTERVENTIONAL", "phases": ["PHASE1", "PHASE2"]},
    }
    return {"protocolSection": {**protocol, **modules}}


def as_page(studies: list[Any]) -> bytes:
    return json.dumps({"studies": studies, "nextPageToken": "abc"}).encode()


def as_array(studies: list[Any]) -> bytes:
    return json.dumps(studies).encode()


def as_lines(studies: list[Any]) -> bytes:
    return b"\n".join(json.dumps(one, separators=(",", ":")).encode() for one in studies) + b"\n"


def as_pretty_page(studies: list[Any]) -> bytes:
    return json.dumps({"studies": studies}, indent=2).encode()


def as_compact_page(studies: list[Any]) -> bytes:
    """As the API itself answers: one line without blanks."""
    return json.dumps({"totalCount": len(studies), "studies": studies}, separators=(",", ":")).encode()


def as_marked_lines(studies: list[Any]) -> bytes:
    """With the byte-order mark that some editors put first."""
    return b"\xef\xbb\xbf" + as_lines(studies)


def as_gz(studies: list[Any]) -> bytes:
    return gzip.compress(as_lines(studies))


def as_zip(studies: list[Any]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in studies:
            name = one["protocolSection"]["identificationModule"]["nctId"]
            archive.writestr(f"ctg-studies/{name}.json", json.dumps(one))
        archive.writestr("__MACOSX/._x", b"\x00\x01")
    return out.getvalue()


def as_tar(studies: list[Any]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for place, one in enumerate(studies):
            data = json.dumps(one, indent=1).encode()
            info = tarfile.TarInfo(f"s/{place}.json")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def as_zip_of_pages(studies: list[Any]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("page-1.json", as_page(studies[:2]))
        archive.writestr("page-2.json", as_page(studies[2:]))
    return out.getvalue()


def complete_records() -> list[Any]:
    names = ("NCT00763412", "NCT00973089", "NCT02210780", "NCT03475563", "NCT03630471", "NCT06171568")
    return [json.loads((SAMPLES / "ctgov_v2" / f"{name}.json").read_bytes()) for name in names]


PACKINGS = [
    as_page,
    as_compact_page,
    as_array,
    as_lines,
    as_marked_lines,
    as_pretty_page,
    as_gz,
    as_zip,
    as_tar,
    as_zip_of_pages,
]


@pytest.mark.parametrize("pack", PACKINGS, ids=lambda pack: pack.__name__)
def test_the_same_studies_give_the_same_tables_in_every_packing(
    pack: Callable[[list[Any]], bytes], tmp_path: Path
) -> None:
    """And whatever the file is called."""
    records = complete_records()
    plain, packed = tmp_path / "plain.json", tmp_path / "download.bin"
    plain.write_bytes(as_page(records))
    packed.write_bytes(pack(records))
    one, other = load_whole("ctgov", plain), load_whole("ctgov", packed)
    assert other.load.rows_loaded == len(records)
    for table, rows in one.tables.items():
        assert other.tables[table].equals(rows), table


def test_a_record_is_read_as_it_stands() -> None:
    """NCT03630471, by eye."""
    whole = load_whole("ctgov", RECORD)
    (trial,) = whole.rows("trial")
    protocol = json.loads(RECORD.read_bytes())["protocolSection"]
    assert trial["record_id"] == "NCT03630471"
    assert trial["title"] == protocol["identificationModule"]["briefTitle"]
    assert trial["status"] == protocol["statusModule"]["overallStatus"]
    assert trial["start_day"] == date.fromisoformat(protocol["statusModule"]["startDateStruct"]["date"])
    assert trial["enrolment"] == protocol["designModule"]["enrollmentInfo"]["count"]
    assert trial["countries"] == ["India"]
    lead = protocol["sponsorCollaboratorsModule"]["leadSponsor"]
    sponsors = [(row["name"], row["sponsor_role"], row["sponsor_class"]) for row in whole.rows("sponsor")]
    assert sponsors[0] == (lead["name"], "lead", lead["class"])
    assert whole.column("arm", "label") == [arm["label"] for arm in protocol["armsInterventionsModule"]["armGroups"]]
    posted = date.fromisoformat(protocol["statusModule"]["lastUpdatePostDateStruct"]["date"])
    assert set(whole.column("trial_date", "known_day")) == {posted}


def test_month_and_year_are_kept_as_such(tmp_path: Path) -> None:
    whole = load_study(tmp_path, study())
    (trial,) = whole.rows("trial")
    assert (trial["start_day"], trial["start_precision"]) == (date(2020, 5, 1), "month")
    assert (trial["phase"], trial["phases"]) == ("PHASE1_PHASE2", ["PHASE1", "PHASE2"])


def load_study(folder: Path, *studies: dict[str, Any]) -> Whole:
    path = folder / "studies.json"
    path.write_bytes(as_array(list(studies)))
    return load_whole("ctgov", path)


def test_persons_and_contacts_are_never_read(tmp_path: Path) -> None:
    secret = "SECRET-PERSON"
    contact = {"name": secret, "phone": secret, "email": secret}
    places = {"locations": [{"facility": "Ward 1", "contacts": [contact]}], "centralContacts": [contact]}
    party = {"responsibleParty": {"investigatorFullName": secret}, "leadSponsor": {"name": "Inventia"}}
    one = study(contactsLocationsModule={**places, "overallOfficials": [contact]}, sponsorCollaboratorsModule=party)
    whole = load_study(tmp_path, one)
    assert secret not in str([rows.to_pylist() for rows in whole.tables.values()])
    assert whole.rows("site")[0]["facility"] == "Ward 1"


def test_contact_columns_of_ictrp_are_never_read() -> None:
    whole = load_whole("ictrp", SAMPLES / "ictrp.csv")
    text = str([rows.to_pylist() for rows in whole.tables.values()])
    assert "SECRET" not in text
    assert "SECRET" in (SAMPLES / "ictrp.csv").read_text(encoding="utf-8")


def test_roles_stand_on_interventions(tmp_path: Path) -> None:
    arms = [{"label": "Test", "type": "EXPERIMENTAL"}, {"label": "Control", "type": "ACTIVE_COMPARATOR"}]
    drugs = [
        {"type": "BIOLOGICAL", "name": "XY-1", "armGroupLabels": ["Test"], "otherNames": ["inventimab"]},
        {"type": "DRUG", "name": "pembrolizumab", "armGroupLabels": ["Test", "Control"]},
        {"type": "DRUG", "name": "docetaxel", "armGroupLabels": ["Control"]},
    ]
    whole = load_study(tmp_path, study(armsInterventionsModule={"armGroups": arms, "interventions": drugs}))
    roles = [(row["name"], row["role"]) for row in whole.rows("intervention")]
    assert roles == [("XY-1", "investigated"), ("pembrolizumab", "background"), ("docetaxel", "comparator")]
    assert whole.rows("intervention")[0]["other_names"] == ["inventimab"]
    assert whole.rows("intervention")[0]["arm_labels"] == ["Test"]


def test_a_value_of_a_wrong_type_sets_its_study_aside_with_all_its_rows(tmp_path: Path) -> None:
    bad = study("NCT90000002", conditionsModule={"conditions": ["x"]})
    bad["protocolSection"]["identificationModule"]["briefTitle"] = {"not": "a text"}
    worse = study("NCT90000003", designModule={"enrollmentInfo": {"count": "many"}})
    whole = load_study(tmp_path, study(conditionsModule={"conditions": ["y"]}), bad, worse)
    assert whole.reasons == {"malformed": 2}
    assert whole.column("trial", "record_id") == ["NCT90000001"]
    assert whole.column("condition", "term") == ["y"]
    assert whole.load.counts_by_status == {"RECRUITING": 1}


def test_an_id_whose_study_was_set_aside_for_a_type_may_come_again() -> None:
    """Types are told when a batch is given out: from then on the id is free."""
    sink, bad = Sink("ctgov"), study()
    bad["protocolSection"]["identificationModule"]["briefTitle"] = {"not": "a text"}
    for one in (bad, study()):
        sink.take(one, 1, read_study, unique=True)
        list(sink.flush())
    assert (sink.rows_read, sink.rows_loaded) == (2, 1)
    assert [found.reason_code for found in sink.quarantined] == ["malformed"]


def test_the_latest_day_of_release_stands(tmp_path: Path) -> None:
    days = ("2024-03-01", "2024-03-04", "2024-03-02")
    studies = [
        {**study(f"NCT9000000{n}"), "derivedSection": {"miscInfoModule": {"versionHolder": day}}}
        for n, day in enumerate(days)
    ]
    whole = load_study(tmp_path, *studies)
    assert whole.load.snapshot_day == date(2024, 3, 4)
    assert [day.isoformat() for day in whole.column("trial", "version_day")] == list(days)


def test_a_study_that_is_no_object_is_set_aside(tmp_path: Path) -> None:
    whole = load_study(tmp_path, study(), "text", {"protocolSection": []}, None)  # type: ignore[arg-type]
    assert whole.load.rows_loaded == 1
    assert whole.reasons == {"malformed": 3}


def test_results_are_left_out_before_parsing_and_nothing_else_is() -> None:
    record = json.loads((SAMPLES / "ctgov_v2" / "NCT02552212.json").read_bytes())
    assert "resultsSection" in record
    trap = 'a text with "resultsSection": in it'
    record["protocolSection"]["descriptionModule"]["briefSummary"] = trap
    for indent in (None, 2):
        parsed = parse_json(json.dumps([record, record], indent=indent).encode())
        assert len(parsed) == 2
        for one in parsed:
            assert "resultsSection" not in one
            assert one["protocolSection"] == record["protocolSection"]
            assert one["derivedSection"] == record["derivedSection"]


def test_a_study_behind_results_without_an_end_is_not_lost() -> None:
    """A download of chosen fields may have results and no derived section; the next study has one."""
    first = {**study(), "resultsSection": {"any": 1}, "hasResults": True}
    second = {**study("NCT90000002"), "derivedSection": {}}
    parsed = parse_json(json.dumps([first, second], separators=(",", ":")).encode())
    assert [study_id(one) for one in parsed] == ["NCT90000001", "NCT90000002"]


def test_legacy_rows_split_what_is_joined() -> None:
    whole = load_whole("ctgov", SAMPLES / "ctgov_legacy.csv")
    trial = next(row for row in whole.rows("trial") if row["record_id"] == "NCT03146533")
    assert (trial["phase"], trial["status"]) == ("PHASE1_PHASE2", "RECRUITING")
    assert (trial["start_day"], trial["start_precision"]) == (date(2017, 5, 1), "month")
    drugs = [row["name"] for row in whole.rows("intervention") if row["record_id"] == "NCT03146533"]
    assert drugs == ["Fludarabine", "Cyclophosphamide", "CD19 CART"]
    site = next(row for row in whole.rows("site") if row["record_id"] == "NCT03146533")
    place = (site["facility"], site["city"], site["region"], site["country"])
    assert place == ("The Second People's Hospital of Shenzhen", "Shenzhen", "Guangdong", "China")


def test_legacy_xml_has_the_columns_of_the_api() -> None:
    whole = load_whole("ctgov", SAMPLES / "ctgov_xml" / "NCT00000299.xml")
    (trial,) = whole.rows("trial")
    assert (trial["record_id"], trial["study_type"], trial["status"]) == ("NCT00000299", "INTERVENTIONAL", "COMPLETED")
    assert trial["title"]
    (drug,) = whole.rows("intervention")
    assert (drug["name"], drug["role"]) == ("Buprenorphine", "investigated")
    assert whole.load.snapshot_day is not None
