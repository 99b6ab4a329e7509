"""A workbook comes back: nothing changed, something changed, or damaged; by the command line as users ask."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from onepill.core.documents import read_document
from onepill.core.errors import InputError
from onepill.model import load_programme
from onepill.reports.workbook.inputs_sheet import HEAD_ROW, PATH, SHEET, VALUE, WRITTEN
from onepill.reports.workbook.sheets import Book, Num, write_book
from onepill.workbench.questions.workbook import ImportWorkbookAsk
from onepill.workbench.sheets import cells as workbook_cells
from onepill.workbench.sheets.answers import import_workbook
from tests.cli.asking import Ask
from tests.workbench.sheets import EVERYTHING, Recomputed, example_text, row_of, workbook

MINIMAL = example_text("minimal")
TUNLAMETINIB = example_text("tunlametinib")


def asked(text: str, content: bytes, **options: Any) -> dict[str, Any]:
    given = {"text": text, "file": "f.yaml", "workbook": {"content": content, "file": "a/book.xlsx"}, **options}
    return import_workbook(ImportWorkbookAsk.model_validate(given))


@pytest.mark.parametrize("text", [MINIMAL, TUNLAMETINIB, EVERYTHING], ids=["minimal", "tunlametinib", "everything"])
def test_an_unchanged_workbook_changes_nothing(text: str, tmp_path: Path) -> None:
    for content in (workbook(text), Recomputed(workbook(text), tmp_path).change({}).saved()):
        answer = asked(text, content)
        assert answer["changes"] == []
        assert answer["text"] == text
        assert answer["rnpv_before_usd"] == answer["rnpv_after_usd"] == answer["rnpv_in_workbook_usd"]


def changed(text: str, tmp_path: Path, values: dict[str, float]) -> bytes:
    return Recomputed(workbook(text), tmp_path).change(values).saved()


def test_a_changed_value_is_an_assumption_that_names_the_workbook(tmp_path: Path) -> None:
    path = "development.confirmatory_phase_3.cost"
    answer = asked(TUNLAMETINIB, changed(TUNLAMETINIB, tmp_path, {path: 71.5}))
    (row,) = answer["changes"]
    assert (row["path"], row["after"], row["unit"]) == (path, 71.5, "MCNY")
    assert row["before"] == pytest.approx((45 + 65 + 100) / 3)
    value = load_programme(answer["text"]).programme.development["confirmatory_phase_3"].cost
    assert value is not None
    assert value.text == "71.5 MCNY"
    assert value.source is None
    assert value.assumption.startswith("changed in the workbook book.xlsx from 70 MCNY, the mean of low 45 MCNY")
    assert answer["rnpv_in_workbook_usd"] == answer["rnpv_after_usd"]


def test_comments_order_and_all_other_lines_stay(tmp_path: Path) -> None:
    answer = asked(TUNLAMETINIB, changed(TUNLAMETINIB, tmp_path, {"markets.us.months_on_treatment": 7.0}))
    before, after = TUNLAMETINIB.splitlines(), answer["text"].splitlines()
    new = [line for line in after if line not in before]
    assert len(new) <= 3
    assert [line for line in before if line.lstrip().startswith("#")] == [
        line for line in after if line.lstrip().startswith("#")
    ]


def test_a_source_that_no_longer_backs_a_number_is_taken_away_and_named(tmp_path: Path) -> None:
    paths = {"capital.exchange_rates.CNY.per_usd": 8.0, "markets.cn.payers.0.patient_share": 0.5}
    answer = asked(EVERYTHING, changed(EVERYTHING, tmp_path, paths))
    data = read_document(answer["text"]).data
    assert "source" not in data["capital"]["exchange_rates"]["CNY"]
    payer = data["markets"]["CN"]["payers"][0]
    assert "source" not in payer
    assert "payer doc" in payer["assumption"]


def test_loadings_on_common_factors_stay(tmp_path: Path) -> None:
    answer = asked(TUNLAMETINIB, changed(TUNLAMETINIB, tmp_path, {"markets.us.peak_share": 0.3}))
    share = load_programme(answer["text"]).programme.markets["US"].peak_share
    assert share is not None
    assert share.factors == (("efficacy", 0.6),)


def test_changes_come_as_a_scenario_and_leave_the_base(tmp_path: Path) -> None:
    values = {"markets.us.peak_share": 0.3, "markets.us.growth_per_year": 0.03, "filings.us.approval_prob": 0.5}
    content = changed(TUNLAMETINIB, tmp_path, values)
    answer = asked(TUNLAMETINIB, content, scenario="finance", reason="the finance team's view")
    base = load_programme(answer["text"]).programme
    assert base.markets == load_programme(TUNLAMETINIB).programme.markets
    assert {change.reason for change in base.scenarios["finance"].changes} == {"the finance team's view"}
    variant = load_programme(answer["text"], scenarios=["finance"]).programme
    assert variant.markets["US"].growth_per_year == 0.03
    assert answer["rnpv_in_workbook_usd"] == answer["rnpv_after_usd"]
    with pytest.raises(InputError, match="already"):
        asked(answer["text"], content, scenario="finance", reason="again")
    with pytest.raises(InputError, match="reason"):
        asked(TUNLAMETINIB, content, scenario="finance")


def test_what_would_move_with_a_change_is_written_out_too(tmp_path: Path) -> None:
    """Under Wong's table the file's own chance of phase 3 lets BIO's chance of approval in, which was 1 before."""
    text = MINIMAL + "capital: {base_rates: wong}\n"
    answer = asked(text, changed(text, tmp_path, {"development.phase_3.success_prob": 0.5}))
    assert [row["path"] for row in answer["kept"]] == ["filings.us.approval_prob"]
    assert answer["rnpv_in_workbook_usd"] == answer["rnpv_after_usd"]


Damage = Callable[[Recomputed, int], None]


def _set(row: int, column: int, value: Any) -> Damage:
    def damage(book: Recomputed, sheet: int) -> None:
        if isinstance(value, str):
            book.model.update_cell_with_text(sheet, row + 1, column + 1, value)
        else:
            book.model.update_cell_with_number(sheet, row + 1, column + 1, value)

    return damage


SHARE = row_of(MINIMAL, "markets.us.peak_share")
LAUNCH = row_of(MINIMAL, "as_of")


@pytest.mark.parametrize(
    ("damage", "code", "place"),
    [
        (_set(SHARE, VALUE, "a lot"), "workbook.number", f"C{SHARE + 1}"),
        (_set(SHARE, VALUE, 1.2), "workbook.range", f"C{SHARE + 1}"),
        (_set(SHARE, VALUE, -0.1), "workbook.range", f"C{SHARE + 1}"),
        (_set(SHARE, PATH, "markets.us.other"), "workbook.path", f"A{SHARE + 1}"),
        (_set(SHARE, WRITTEN, 0.4), "workbook.stale", f"O{SHARE + 1}"),
        (_set(LAUNCH, VALUE, 45_000.0), "workbook.locked", f"C{LAUNCH + 1}"),
    ],
)
def test_damage_is_told_with_its_cell(damage: Damage, code: str, place: str, tmp_path: Path) -> None:
    book = Recomputed(workbook(MINIMAL), tmp_path)
    damage(book, book.sheets.index(SHEET))
    with pytest.raises(InputError) as refused:
        asked(MINIMAL, book.saved())
    finding = refused.value.findings[0]
    assert finding.code == code
    assert place in finding.message
    assert finding.hint


def laid_anew(content: bytes, edit: Callable[[list[list[Any]]], None]) -> bytes:
    """The sheets that are read back with plain values alone, the rows of inputs edited."""
    book = Book()
    for name, cells in workbook_cells.read_cells(content, ("Read me", SHEET), file="").items():
        sheet = book.add(name)
        if name == SHEET:
            edit(cells.rows)
        for row, values in enumerate(cells.rows):
            for column in range(len(values)):
                sheet.put(row, column, cells.at(row, column))
    return write_book(book)


@pytest.mark.parametrize(
    ("edit", "told"),
    [(lambda rows: rows.pop(SHARE), "is missing"), (lambda rows: rows.insert(SHARE, ["new"]), "a further row")],
    ids=["missing", "further"],
)
def test_a_row_that_is_missing_or_further_is_told_once(edit: Callable[[list[list[Any]]], None], told: str) -> None:
    """And not again for every row below it."""
    with pytest.raises(InputError) as refused:
        asked(MINIMAL, laid_anew(workbook(MINIMAL), edit))
    (finding,) = refused.value.findings
    assert finding.code == "workbook.path"
    assert f"A{SHARE + 1}" in finding.message
    assert told in finding.message


def test_a_formula_that_was_typed_over_is_told_with_its_cell(tmp_path: Path) -> None:
    book = Recomputed(workbook(MINIMAL), tmp_path).change({"markets.us.peak_share": 0.3})
    book.model.update_cell_with_number(book.sheets.index("Result"), 12, 2, 1.0)
    book.model.evaluate()
    with pytest.raises(InputError) as refused:
        asked(MINIMAL, book.saved())
    (finding,) = refused.value.findings
    assert (finding.code, finding.path) == ("workbook.formula", "Result!B12")
    assert "Inputs" in finding.hint


def test_another_sheet_that_is_gone_is_told(tmp_path: Path) -> None:
    book = Recomputed(workbook(MINIMAL), tmp_path)
    book.model.rename_sheet(book.sheets.index("Result"), "Ergebnis")
    with pytest.raises(InputError) as refused:
        asked(MINIMAL, book.saved())
    assert [(f.code, f.path) for f in refused.value.findings] == [("workbook.sheet", "Result")]


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}, "workbook.unreadable"),
        ({"xl/workbook.xml": "<x/>", "xl/other.xml": "<c\nr='XFD1048576'/>"}, "workbook.too_large"),
        ({"xl/workbook.xml": "<x/>", "xl/a.xml": "<x:c r='XFD1'/><x:c s='1' r='A1048576'/>"}, "workbook.too_large"),
        (
            {
                "xl/workbook.xml": "<x/>",
                "xl/a.xml": "<sheetData><row r='1048576'><c s='1'><v>1</v></c></row></sheetData>",
            },
            "workbook.unreadable",
        ),
        (
            {
                "xl/workbook.xml": "<x/>",
                "xl/a.xml": """<sheetData><row r='1048576'><c t=" r='A1'"/></row></sheetData>""",
            },
            "workbook.unreadable",
        ),
        ({"xl/workbook.xml": "<x/>", "xl/a.xml": f"<sheetData>{'<c ' * 1_000_000} r="}, "workbook.unreadable"),
        ({"xl/workbook.xml": "<x/>", "xl/a.xml": f"<sheetData><c {'r' * 1_000_000}"}, "workbook.unreadable"),
    ],
    ids=["ods", "quotes", "prefix", "placeless", "place in an attribute", "open tags", "endless tag"],
)
def test_other_formats_and_hidden_extents_are_refused(parts: dict[str, str], code: str) -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, text in parts.items():
            packed.writestr(name, text)
    with pytest.raises(InputError) as refused:
        asked(MINIMAL, out.getvalue())
    assert refused.value.findings[0].code == code


def test_a_password_is_named_as_the_reason() -> None:
    with pytest.raises(InputError, match="password") as refused:
        asked(MINIMAL, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 1_000)
    assert "without a password" in refused.value.findings[0].hint


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    book = Recomputed(workbook(MINIMAL), tmp_path)
    for offset, value in enumerate(("x", "y", "z")):
        _set(HEAD_ROW + 2 + offset, VALUE, value)(book, book.sheets.index(SHEET))
    with pytest.raises(InputError) as refused:
        asked(MINIMAL, book.saved())
    assert [finding.code for finding in refused.value.findings] == ["workbook.number"] * 3


def test_a_missing_sheet_another_programme_another_day_and_another_version_are_refused(tmp_path: Path) -> None:
    content = workbook(MINIMAL)
    book = Recomputed(content, tmp_path)
    book.model.rename_sheet(book.sheets.index(SHEET), "Other")
    cases = {
        "workbook.sheet": (MINIMAL, book.saved(), {}),
        "workbook.programme": (MINIMAL.replace("programme: minimal", "programme: other"), content, {}),
        "workbook.as_of": (MINIMAL, content, {"as_of": "2024-09-01"}),
    }
    for code, (text, bytes_, options) in cases.items():
        with pytest.raises(InputError) as refused:
            asked(text, bytes_, **options)
        assert refused.value.findings[0].code == code
    book = Recomputed(content, tmp_path)
    book.model.update_cell_with_text(0, 9, 2, "0.0.1")
    with pytest.raises(InputError) as refused:
        asked(MINIMAL, book.saved())
    assert refused.value.findings[0].code == "workbook.version"


def test_a_file_that_changed_since_is_refused() -> None:
    with pytest.raises(InputError) as refused:
        asked(MINIMAL.replace("months_on_treatment: {value: 8", "months_on_treatment: {value: 9"), workbook(MINIMAL))
    assert refused.value.findings[0].code == "workbook.stale"


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"no workbook", b"\x00" * 1_000], ids=["empty", "cut", "text", "zeros"]
)
def test_what_is_no_workbook_is_refused(content: bytes) -> None:
    with pytest.raises(InputError) as refused:
        asked(MINIMAL, content)
    assert refused.value.findings[0].code == "workbook.unreadable"


def test_a_cut_workbook_is_refused_wherever_it_is_cut() -> None:
    content = workbook(MINIMAL)
    for size in range(1_000, len(content), len(content) // 7):
        with pytest.raises(InputError):
            asked(MINIMAL, content[:size])


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_part_is_refused_however_it_was_packed(method: int) -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", method) as packed:
        packed.writestr("xl/workbook.xml", b"some text " * 500)
    content = bytearray(out.getvalue())
    begins = content.index(b"xl/workbook.xml") + len("xl/workbook.xml")
    for value in (0x00, 0x5A, 0xFF):
        content[begins : begins + 12] = bytes([value]) * 12
        with pytest.raises(InputError) as refused:
            asked(MINIMAL, bytes(content))
        assert refused.value.findings[0].code == "workbook.unreadable"


def test_a_bomb_is_refused_before_it_goes_off(monkeypatch: pytest.MonkeyPatch) -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"")
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 5_000_000)
    monkeypatch.setattr(workbook_cells, "LARGEST_UNPACKED", 1_000_000)
    with pytest.raises(InputError) as refused:
        asked(MINIMAL, out.getvalue())
    assert refused.value.findings[0].code == "workbook.too_large"
    monkeypatch.setattr(workbook_cells, "LARGEST_FILE", 100)
    with pytest.raises(InputError, match="bytes"):
        asked(MINIMAL, out.getvalue())


def test_a_cell_in_the_last_corner_is_refused() -> None:
    book = Book()
    sheet = book.add(SHEET)
    sheet.put(1_048_575, 16_383, Num("1", 1.0))
    with pytest.raises(InputError) as refused:
        asked(MINIMAL, write_book(book))
    assert refused.value.findings[0].code == "workbook.too_large"


def test_the_command_writes_a_workbook_and_takes_it_back(ask: Ask, tmp_path: Path) -> None:
    file, book, new = tmp_path / "p.yaml", tmp_path / "p.xlsx", tmp_path / "new.yaml"
    file.write_text(MINIMAL, encoding="utf-8")
    told = ask("value", str(file), "--workbook", str(book), "--draws", "200", "--lang", "zh")
    assert told.code == 0, told.err
    answer = ask("import-workbook", str(book), str(file), "--json")
    assert answer.document["changes"] == []
    book.write_bytes(changed(MINIMAL, tmp_path, {"markets.us.peak_share": 0.25}))
    told = ask("import-workbook", str(book), str(file), "--out", str(new))
    assert told.code == 0, told.err
    assert "markets.us.peak_share" in told.out
    assert load_programme(new.read_text(encoding="utf-8")).programme.markets["US"].peak_share.number == 0.25  # type: ignore[union-attr]
    refused = ask("value", str(file), "--workbook", str(tmp_path / "p.csv"), "--draws", "200")
    assert refused.code == 2
    refused = ask("import-workbook", str(file), str(file))
    assert refused.code == 2
