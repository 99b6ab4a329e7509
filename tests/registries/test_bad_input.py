"""Bad input gives one clear error, or records set aside with a reason; nothing is lost without a word."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import tarfile
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onepill.core.errors import InputError, MissingExtra
from onepill.registries import SOURCES, open_load
from tests.registries.loads import SAMPLE_OF, SAMPLES, load_whole
from tests.registries.test_ctgov import as_array, as_lines, as_page, as_zip, study

MIB = 1024**2
GIB = 1024**3


def refused(source: str, path: Path, **options: Any) -> InputError:
    """The error that loading ends with; it has a code, a place and a hint."""
    with pytest.raises(InputError) as caught:
        for _ in open_load(source, path, **options).batches():
            pass
    (finding,) = caught.value.findings
    assert finding.hint
    assert finding.file or finding.path or finding.value
    assert caught.value.exit_code == 2
    return caught.value


def code_of(error: InputError) -> str:
    return error.findings[0].code


def written(folder: Path, data: bytes, name: str = "download") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_an_unknown_source_is_told_with_the_nearest() -> None:
    error = refused("ctgv", SAMPLES)
    assert code_of(error) == "registry.source"
    assert "ctgov" in error.findings[0].hint


def test_nothing_at_the_path(tmp_path: Path) -> None:
    assert code_of(refused("ctgov", tmp_path / "absent.zip")) == "registry.path"


def test_an_empty_file_and_an_empty_folder(tmp_path: Path) -> None:
    assert code_of(refused("ctgov", written(tmp_path, b""))) == "registry.empty"
    (tmp_path / "folder").mkdir()
    assert code_of(refused("ctgov", tmp_path / "folder")) == "registry.format"


def test_a_header_without_rows(tmp_path: Path) -> None:
    header = (SAMPLES / "ctgov_sample.csv").read_bytes().split(b"\n")[0]
    assert code_of(refused("ctgov", written(tmp_path, header + b"\n"))) == "registry.empty"


@pytest.mark.parametrize("source", ["ctgov", "ema", "euctr", "burden"])
def test_an_error_page_named_csv(source: str, tmp_path: Path) -> None:
    page = b"\n<!DOCTYPE html><html><head><title>503</title></head><body>Service unavailable</body></html>"
    error = refused(source, written(tmp_path, page, "studies.csv"))
    assert code_of(error) == "registry.html"
    assert "studies.csv" in str(error)


def test_a_truncated_zip(tmp_path: Path) -> None:
    whole = as_zip([study()])
    for cut in (len(whole) // 2, len(whole) - 5, 30):
        assert code_of(refused("ctgov", written(tmp_path, whole[:cut]))) == "registry.damaged"


def test_a_zip_with_a_wrong_checksum(tmp_path: Path) -> None:
    whole = bytearray(as_zip([study(descriptionModule={"briefSummary": "word " * 500})]))
    whole[120] ^= 0xFF
    assert code_of(refused("ctgov", written(tmp_path, bytes(whole)))) == "registry.damaged"


def test_a_truncated_gz_and_tar(tmp_path: Path) -> None:
    lines = gzip.compress(as_lines([study(f"NCT9{n:07}") for n in range(500)]))
    assert code_of(refused("ctgov", written(tmp_path, lines[: len(lines) // 2]))) == "registry.damaged"
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        archive.add(SAMPLES / "ctgov_v2", "v2")
    packed = out.getvalue()
    assert code_of(refused("ctgov", written(tmp_path, packed[: len(packed) // 2]))) == "registry.damaged"


def test_a_zip_locked_with_a_password(tmp_path: Path) -> None:
    whole = bytearray(as_zip([study()]))
    at = whole.index(b"PK\x01\x02")
    whole[6] |= 1
    whole[at + 8] |= 1
    error = refused("ctgov", written(tmp_path, bytes(whole)))
    assert code_of(error) == "registry.damaged"
    assert "password" in str(error)


def bomb_zip(path: Path, size: int) -> None:
    """Zeros in pieces, so that making the bomb needs no memory."""
    archive = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9)
    with archive, archive.open("studies.json", "w", force_zip64=True) as file:
        file.write(b'{"studies": [{"protocolSection": ')
        for _ in range(size // MIB):
            file.write(b" " * MIB)


def test_a_bomb_in_a_zip_is_stopped_by_its_ratio(tmp_path: Path) -> None:
    bomb_zip(tmp_path / "bomb.zip", 256 * MIB)
    assert code_of(refused("ctgov", tmp_path / "bomb.zip")) == "registry.zip_bomb"


@pytest.mark.parametrize("head", [b"", b'{"protocolSection": '])
def test_a_bomb_in_a_gz_is_stopped_by_its_ratio(head: bytes, tmp_path: Path) -> None:
    with gzip.open(tmp_path / "bomb.gz", "wb", compresslevel=9) as file:
        file.write(head)
        for _ in range(200):
            file.write((b" " if head else b"\x00") * MIB)
    code = code_of(refused("ctgov", tmp_path / "bomb.gz"))
    assert code == ("registry.zip_bomb" if head else "registry.binary")


def test_a_bomb_in_a_tar_is_stopped_by_its_ratio(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "bomb.tar.gz", "w:gz") as archive:
        info = tarfile.TarInfo("NCT1.xml")
        info.size = 300 * MIB
        archive.addfile(info, io.BytesIO(b"<clinical_study>" + b" " * info.size))
    assert code_of(refused("ctgov", tmp_path / "bomb.tar.gz")) == "registry.zip_bomb"


def test_a_bomb_in_a_workbook_is_stopped_by_its_ratio(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/workbook.xml", b" " * 64 * MIB)
    assert code_of(refused("ema", tmp_path / "bomb.xlsx")) == "registry.zip_bomb"


@pytest.mark.slow
def test_ten_gib_of_zeros_are_stopped_by_what_the_zip_says_of_itself(tmp_path: Path) -> None:
    bomb_zip(tmp_path / "bomb.zip", 10 * GIB)
    assert code_of(refused("ctgov", tmp_path / "bomb.zip")) == "registry.zip_bomb"


def test_more_bytes_than_allowed(tmp_path: Path) -> None:
    path = written(tmp_path, as_zip([study(f"NCT9{n:07}") for n in range(200)]))
    assert code_of(refused("ctgov", path, max_bytes=10_000)) == "registry.too_large"
    assert load_whole("ctgov", path, max_bytes=MIB).load.rows_loaded == 200


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_of_another_packing_that_is_damaged(packing: int, tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as archive:
        archive.writestr("NCT90000001.json", json.dumps(study(descriptionModule={"briefSummary": "word " * 900})))
    whole = bytearray(out.getvalue())
    assert load_whole("ctgov", written(tmp_path, bytes(whole))).load.rows_loaded == 1
    whole[70:90] = bytes(byte ^ 0xFF for byte in whole[70:90])
    assert code_of(refused("ctgov", written(tmp_path, bytes(whole)))) == "registry.damaged"


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, as_lines([study()]))

    def locked(self: Path, *mode: str) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", locked)
    error = refused("ctgov", path)
    assert (code_of(error), error.findings[0].file) == ("registry.path", str(path))


def test_a_page_of_the_api_that_is_cut(tmp_path: Path) -> None:
    """How many studies are lost cannot be told: the whole file is refused."""
    page = as_page([study(), study("NCT90000002")])
    error = refused("ctgov", written(tmp_path, page[:-40]))
    assert code_of(error) == "registry.json"
    assert error.findings[0].line == 1


def test_invalid_json_inside_a_zip_is_set_aside_by_name(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bulk.zip", "w") as archive:
        archive.writestr("NCT90000001.json", json.dumps(study()))
        archive.writestr("NCT90000002.json", json.dumps(study("NCT90000002"))[:-10])
        archive.writestr("readme.txt", "hello")
    whole = load_whole("ctgov", tmp_path / "bulk.zip")
    assert whole.reasons == {"invalid_json": 1}
    assert whole.load.quarantined[0].record_id == "NCT90000002.json"
    assert whole.load.skipped == ["readme.txt"]


def test_an_invalid_line_of_json_lines_is_set_aside_by_number(tmp_path: Path) -> None:
    lines = as_lines([study(), study("NCT90000002")]) + b'{"protocolSection":{"identif\n\n'
    whole = load_whole("ctgov", written(tmp_path, lines))
    assert (whole.load.rows_loaded, whole.reasons) == (2, {"invalid_json": 1})
    assert whole.load.quarantined[0].row == 3


def test_invalid_xml_is_set_aside_and_entities_are_not_followed(tmp_path: Path) -> None:
    good = (SAMPLES / "ctgov_xml" / "NCT00000299.xml").read_bytes()
    (tmp_path / "a.xml").write_bytes(good)
    (tmp_path / "b.xml").write_bytes(good[:-30].replace(b"NCT00000299", b"NCT00000298"))
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET", encoding="utf-8")
    entity = f'<!DOCTYPE c [<!ENTITY x SYSTEM "{secret.as_uri()}">]><clinical_study>'.encode()
    inner = good[good.index(b"<clinical_study>") + len(b"<clinical_study>") :]
    swapped = inner.replace(b"NCT00000299", b"NCT00000297").replace(b"<brief_title>", b"<brief_title>&x;", 1)
    (tmp_path / "c.xml").write_bytes(entity + swapped)
    whole = load_whole("ctgov", tmp_path)
    assert whole.reasons["invalid_xml"] == 1
    assert "SECRET" not in str([rows.to_pylist() for rows in whole.tables.values()])


def test_text_that_is_not_utf8_is_told_with_its_line(tmp_path: Path) -> None:
    text = (SAMPLES / "cde_list.tsv").read_text(encoding="utf-8")
    lines = text.encode().split(b"\n")
    lines[1] = lines[1].decode().encode("gb18030")
    error = refused("cde", written(tmp_path, b"\n".join(lines), "cde.tsv"))
    assert (code_of(error), error.findings[0].line) == ("registry.encoding", 2)
    assert "GB 18030" in error.findings[0].hint


def test_text_of_another_encoding_throughout(tmp_path: Path) -> None:
    text = (SAMPLES / "ctgov_sample.csv").read_text(encoding="utf-8")
    assert code_of(refused("ctgov", written(tmp_path, text.encode("utf-16")))) == "registry.encoding"


def test_zeros_instead_of_text(tmp_path: Path) -> None:
    assert code_of(refused("euctr", written(tmp_path, b"\x00" * 10_000))) == "registry.binary"
    sample = (SAMPLES / "euctr.csv").read_bytes()
    assert code_of(refused("euctr", written(tmp_path, sample + b" " * 70_000 + b"\x00" * 9))) == "registry.line"


def test_a_line_without_end(tmp_path: Path) -> None:
    sample = (SAMPLES / "euctr.csv").read_bytes()
    assert code_of(refused("euctr", written(tmp_path, sample + b"x" * 9 * MIB))) == "registry.line"


def test_missing_columns_are_named(tmp_path: Path) -> None:
    text = (SAMPLES / "ctgov_sample.csv").read_text(encoding="utf-8").replace("overall_status", "state", 1)
    error = refused("ctgov", written(tmp_path, text.encode()))
    assert code_of(error) == "registry.columns"
    assert "overall_status" in str(error)


def test_a_file_of_another_source_is_told(tmp_path: Path) -> None:
    error = refused("euctr", SAMPLES / "dalys.csv")
    assert code_of(error) == "registry.format"
    assert "`burden`" in error.findings[0].hint


def test_a_part_without_what_it_adds_to(tmp_path: Path) -> None:
    error = refused("ctgov", SAMPLES / "ctgov_relational" / "conditions.csv")
    assert code_of(error) == "registry.part"
    assert "relational_studies" in str(error)


def test_impossible_days_are_set_aside(tmp_path: Path) -> None:
    bad = study("NCT90000002", statusModule={"overallStatus": "COMPLETED", "startDateStruct": {"date": "2021-02-30"}})
    whole = load_whole("ctgov", written(tmp_path, as_array([study(), bad])))
    assert whole.reasons == {"bad_day": 1}
    found = whole.load.quarantined[0]
    assert (found.record_id, found.row) == ("NCT90000002", 2)
    assert "2021-02-30" in found.message


def test_duplicate_ids_keep_the_first(tmp_path: Path) -> None:
    second = study(designModule={"phases": ["PHASE3"]})
    whole = load_whole("ctgov", written(tmp_path, as_array([study(), second, study("NCT90000002")])))
    assert whole.reasons == {"duplicate_id": 1}
    assert whole.column("trial", "phase") == ["PHASE1_PHASE2", "PHASE1_PHASE2"]


def test_an_id_whose_first_record_was_bad_may_come_again(tmp_path: Path) -> None:
    bad = study(statusModule={"overallStatus": "COMPLETED", "startDateStruct": {"date": "2021-02-30"}})
    whole = load_whole("ctgov", written(tmp_path, as_array([bad, study()])))
    assert (whole.load.rows_loaded, whole.reasons) == (1, {"bad_day": 1})


def test_rows_with_a_field_too_many_are_set_aside(tmp_path: Path) -> None:
    sample = (SAMPLES / "euctr.csv").read_bytes() + b"2099-000003-13,1\n"
    whole = load_whole("euctr", written(tmp_path, sample))
    assert (whole.load.rows_loaded, whole.reasons) == (2, {"field_count": 1})
    assert whole.load.quarantined[0].row == 4


@pytest.mark.parametrize("end", [b"\n", b""])
@pytest.mark.parametrize("row", [b'2099-000003-13,"1', b'"'])
def test_a_quotation_mark_that_stays_open_is_told_with_its_line(row: bytes, end: bytes, tmp_path: Path) -> None:
    """It swallows every row behind it, and how many these are cannot be told."""
    head, *rows = (SAMPLES / "euctr.csv").read_bytes().split(b"\n")
    error = refused("euctr", written(tmp_path, b"\n".join([head, rows[0], row, *rows[1:2]]) + end))
    assert (code_of(error), error.findings[0].line) == ("registry.csv", 3)


def test_a_row_that_a_quotation_mark_stretches_over_others_says_so(tmp_path: Path) -> None:
    sample = (SAMPLES / "euctr.csv").read_bytes() + b'2099-000003-13,"1\n2099-000004-14,1\n2099-000005-15",1\n'
    whole = load_whole("euctr", written(tmp_path, sample))
    assert "over 3 lines" in whole.load.quarantined[0].message
    assert (whole.load.quarantined[0].row, whole.reasons) == (4, {"field_count": 1})


def test_a_burden_table_without_a_cause_is_none(tmp_path: Path) -> None:
    """A row without causes would count as loaded and give nothing."""
    for header in (b"Entity,Code,Year,Cancers - dalys", b"entity,code,year,Cancers (DALYs)", b"Entity,Code,Year"):
        path = written(tmp_path, header + b"\nInventia,INV,1990,1\n")
        assert code_of(refused("burden", path)) == "registry.format"


def test_a_day_of_release_that_is_none_is_told_with_its_line(tmp_path: Path) -> None:
    hub = (SAMPLES / "repurposing_hub.txt").read_bytes().replace(b"3/24/2020", b"13/24/2020")
    error = refused("repurposing_hub", written(tmp_path, hub))
    assert (code_of(error), error.findings[0].line) == ("registry.release_day", 2)
    header = ["Category", "Name of medicine", "EMA product number", "Medicine status"]
    rows = [["", ""], ["31/02/2099"], header, ["Human", "Inventin", "EMEA/H/C/999901", "Authorised"]]
    write_workbook(tmp_path / "table.xlsx", rows)
    error = refused("ema", tmp_path / "table.xlsx")
    assert (code_of(error), error.findings[0].value) == ("registry.release_day", "31/02/2099")


def test_a_file_that_names_no_day_of_release_has_none(tmp_path: Path) -> None:
    hub = (SAMPLES / "repurposing_hub.txt").read_bytes().replace(b"!File_date\t3/24/2020\t\t\t\t", b"!File_date")
    whole = load_whole("repurposing_hub", written(tmp_path, hub))
    assert (whole.load.rows_loaded, whole.load.snapshot_day) == (2, None)


def as_folder_of_graph(folder: Path, nodes: list[Any], edges: list[Any], concepts: dict[str, Any]) -> Path:
    folder.mkdir()
    for name, things in (("nodes.jsonl", nodes), ("edges.jsonl", edges)):
        (folder / name).write_bytes(b"\n".join(json.dumps(one).encode() for one in things))
    (folder / "indications.json").write_text(json.dumps({"concepts": concepts}), encoding="utf-8")
    return folder


def test_nodes_edges_and_concepts_without_a_name_are_set_aside(tmp_path: Path) -> None:
    """Even a number: ids are texts, and a null would stand in a column that has none."""
    good = {"src": "inventin", "rel": "acts_on", "dst": "GENE1", "etype": "fact"}
    nodes = [{"id": one, "kind": "molecule"} for one in ("inventin", None, "", 3, ["x"])]
    nodes += [{"id": "x", "kind": None}, {"id": "brands", "kind": "molecule", "brands": "abc"}]
    edges = [good, *({**good, key: None} for key in ("src", "rel", "dst"))]
    concepts = {"ill": {"aliases": ["sick"]}, " ": {}, "text": {"aliases": "abc"}, "null": {"aliases": [None]}}
    whole = load_whole("pharma_space", as_folder_of_graph(tmp_path / "graph", nodes, edges, concepts))
    assert whole.reasons == {"bad_id": 5 + 3 + 1, "malformed": 1 + 2}
    assert [row["record_id"] for row in whole.rows("drug")] == ["inventin"]
    assert [row["target"] for row in whole.rows("target")] == ["GENE1"]
    assert [row["alias"] for row in whole.rows("alias")] == ["sick"]


def test_a_code_table_without_its_code(tmp_path: Path) -> None:
    shutil.copytree(SAMPLES / "drugsatfda", tmp_path / "set")
    with (tmp_path / "set" / "ActionTypes_Lookup.txt").open("ab") as file:
        file.write(b" \tno code\t\t\n")
    whole = load_whole("drugsatfda", tmp_path / "set")
    assert whole.reasons == {"bad_id": 1}


def test_a_file_of_nothing_but_bad_records_is_refused(tmp_path: Path) -> None:
    header = (SAMPLES / "euctr.csv").read_text(encoding="utf-8").split("\n")[0]
    error = refused("euctr", written(tmp_path, f"{header}\nx,1\ny,2\n".encode()))
    assert code_of(error) == "registry.nothing_loaded"
    assert "2 records" in str(error)


def test_a_workbook_without_the_columns(tmp_path: Path) -> None:
    path = tmp_path / "table.xlsx"
    write_workbook(path, [["Category", "Name of medicine"], ["Human", "X"]])
    error = refused("ema", path)
    assert code_of(error) == "registry.columns"
    assert "emaproductnumber" in str(error)


def test_a_small_workbook_of_another_edition(tmp_path: Path) -> None:
    """Later editions rename columns: `Generic or hybrid` to `Generic`, and put the header elsewhere."""
    header = [
        "Category",
        "Name of\nmedicine",
        "EMA product number",
        "Medicine status",
        "Generic",
        "Opinion adopted date",
    ]
    rows = [["", ""], header, ["Human", "Inventin", "EMEA/H/C/999901", "Authorised", "Yes", "30/01/2099"]]
    write_workbook(tmp_path / "table.xlsx", rows)
    (medicine,) = load_whole("ema", tmp_path / "table.xlsx").rows("approval")
    assert (medicine["drug_name"], medicine["is_generic"], medicine["is_orphan"]) == ("Inventin", True, None)
    assert medicine["opinion_day"].isoformat() == "2099-01-30"


def write_workbook(path: Path, rows: list[list[str]]) -> None:
    """The least workbook that a spreadsheet opens: one sheet of texts."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    cells = "".join(
        f'<row r="{r}">'
        + "".join(f'<c r="{chr(64 + c)}{r}" t="inlineStr"><is><t>{text}</t></is></c>' for c, text in enumerate(row, 1))
        + "</row>"
        for r, row in enumerate(rows, 1)
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}'
        '/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="M" sheetId="1" '
        'r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)


def test_a_load_is_read_once() -> None:
    load = open_load("euctr", SAMPLES / "euctr.csv")
    list(load.batches())
    with pytest.raises(ValueError, match="open it again"):
        next(load.batches())


def test_a_missing_package_names_the_extra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "orjson", None)
    load = open_load("ctgov", SAMPLES / "ctgov_v2")
    with pytest.raises(MissingExtra, match=r"onepill\[registry\]") as caught:
        list(load.batches())
    assert caught.value.exit_code == 3


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_damage_to_any_sample_is_accounted_for(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Bytes changed, cut out or put in: either one clear error, or every record is loaded or set aside."""
    files = [(source, SAMPLES / name) for source, name in SAMPLE_OF if (SAMPLES / name).is_file()]
    source, path = data.draw(st.sampled_from([*files, ("ctgov", SAMPLES / "ctgov_v2" / "NCT06171568.json")]))
    whole = path.read_bytes()
    start = data.draw(st.integers(0, len(whole)))
    length = data.draw(st.integers(0, 200))
    put = data.draw(st.binary(max_size=40))
    damaged = whole[:start] + put + whole[start + length :]
    target = tmp_path_factory.mktemp("damage") / "download"
    target.write_bytes(damaged)
    with suppress(InputError):
        load_whole(source, target)


@pytest.mark.parametrize("source", list(SOURCES))
def test_every_source_refuses_what_it_cannot_know(source: str, tmp_path: Path) -> None:
    path = written(tmp_path, b"one,two\n1,2\n")
    assert code_of(refused(source, path)) in ("registry.format", "registry.columns")
