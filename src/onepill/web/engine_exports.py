"""An engine's answer as a file: its document, a table for a spreadsheet, a drawing."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from fastapi.responses import Response

from onepill.core.errors import InputError, MissingExtra
from onepill.core.spreadsheet import safe
from onepill.reports.charts import Chart
from onepill.reports.paper import as_png, standalone_svg
from onepill.web.engine_tables import Table, file_columns, file_rows

WIDEST_PX = 320
FORMATS = ("csv", "json", "xlsx", "svg", "png")
KINDS = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "svg": "image/svg+xml",
    "png": "image/png",
}


def download(
    kind: str, name: str, answer: Any, *, tables: Sequence[Table], charts: Sequence[Chart], part: str, lang: str
) -> Response:
    """The file that was asked for; `part` names the table or the chart, the first if left out.

    Raises:
        InputError: `export.kind`, `export.part`.
        MissingExtra: spreadsheets need an optional part.
    """
    if kind not in FORMATS:
        said = f"{kind!r} is no kind of file that this page has"
        hint = f"one of {', '.join(FORMATS)}; print the page for a PDF"
        raise InputError.single("export.kind", said, hint=hint, path="format", value=kind)
    content: str | bytes
    if kind == "json":
        content = json.dumps(answer, ensure_ascii=False)
    elif kind == "csv":
        table = _named(tables, part)
        content, name = as_csv(table, answer, lang), f"{name}.{table.id}"
    elif kind == "xlsx":
        content = as_xlsx([_named(tables, part)] if part else tables, answer, lang)
    else:
        chart = _named(charts, part)
        content, name = standalone_svg(chart), f"{name}.{chart.id}"
        content = as_png(content) if kind == "png" else content
    headers = {"content-disposition": f'attachment; filename="{name}.{kind}"', "cache-control": "no-store"}
    return Response(content, media_type=KINDS[kind], headers=headers)


def _named(parts: Sequence[Any], name: str) -> Any:
    found = next((part for part in parts if not name or part.id == name), None)
    if found is None:
        hint = f"one of: {', '.join(part.id for part in parts)}" if parts else "this view has none"
        raise InputError.single("export.part", f"there is no {name!r} here", hint=hint, path="part", value=name)
    return found


def as_csv(table: Table, answer: Any, lang: str) -> str:
    """A table with its columns' paths as heads; nulls are empty."""
    out = io.StringIO()
    writer = csv.writer(out)  # ends lines as RFC 4180 does, so that a return within a text is quoted
    writer.writerow(file_columns(table, answer))
    writer.writerows([safe(value) for value in row] for row in file_rows(table, answer, lang))
    return out.getvalue()


def as_xlsx(tables: Sequence[Table], answer: Any, lang: str) -> bytes:
    """Tables as sheets of a workbook; texts are written as texts.

    Raises:
        MissingExtra: the library is not installed.
    """
    try:
        import xlsxwriter  # type: ignore[import-untyped]  # it carries no types
    except ImportError:
        raise MissingExtra("spreadsheets need xlsxwriter: install onepill[workbook]") from None
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        for table in tables:
            sheet = book.add_worksheet(table.id[:31])
            sheet.write_row(0, 0, file_columns(table, answer), book.add_format({"bold": True}))
            sheet.freeze_panes(1, 0)
            for number, row in enumerate(file_rows(table, answer, lang), start=1):
                for place, value in enumerate(row):
                    _write(sheet, number, place, safe(value))
            sheet.autofit(WIDEST_PX)
    return out.getvalue()


def _write(sheet: Any, row: int, place: int, value: Any) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(row, place, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, place, value)
    elif value is not None:
        sheet.write_string(row, place, value)
