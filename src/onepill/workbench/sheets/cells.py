"""A workbook's cells, read from bytes that nobody vouches for: small, whole, and of the sheets that are wanted."""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

from onepill.core.errors import InputError
from onepill.reports.workbook.sheets import letters, need, serial

LARGEST_FILE = 20_000_000
LARGEST_UNPACKED = 200_000_000
MOST_CELLS = 2_000_000
"""Of one sheet, counted as a rectangle up to its last row and column."""
_CHUNK = 1 << 20
# Every search is bounded by the next tag or by a length: bytes that nobody vouches for must not make one slow.
_CELL = re.compile(rb"""<(?:\w+:)?c(?=[\s/>])([^<>]*)""")
_PLACE = re.compile(rb"""\sr=["']\$?([A-Za-z]{1,3})\$?([0-9]{1,7})["']""")
_ATTRIBUTE = re.compile(rb"""\s([\w:]{1,40})\s{0,9}=\s{0,9}("[^"]*"|'[^']*')""")
_LONGEST_TAG = 500
_FORMULA = re.compile(
    rb"""<(?:\w+:)?c\s[^<>]{0,500}?\br=["']([A-Z]{1,3}[0-9]{1,7})["'][^<>]{0,500}>\s{0,100}<(?:\w+:)?f[\s/>]"""
)
_BOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How files begin that a password encrypts, and those of the spreadsheet programs of before 2007."""


@dataclass(frozen=True)
class Cells:
    """A sheet's cells by row and column from 0; None where nothing stands."""

    sheet: str
    rows: list[list[Any]]

    def at(self, row: int, column: int) -> Any:
        """The cell's content; days as spreadsheets count them, None where it is empty."""
        if row >= len(self.rows) or column >= len(self.rows[row]):
            return None
        content = self.rows[row][column]
        if isinstance(content, datetime):
            content = content.date()
        if isinstance(content, date):
            return serial(content.toordinal())
        return None if content == "" else content

    def place(self, row: int, column: int) -> str:
        return f"{self.sheet}!{letters(column)}{row + 1}"


def read_cells(content: bytes, wanted: tuple[str, ...], *, file: str) -> dict[str, Cells]:
    """The wanted sheets by name; one that is not there is left out.

    Raises:
        MissingExtra: `onepill[workbook]` is not installed.
        InputError: `workbook.unreadable` or `workbook.too_large`.
    """
    calamine = need("python_calamine")
    safe = _repacked(content, file)
    try:
        book = calamine.CalamineWorkbook.from_filelike(BytesIO(safe))
        names = [name for name in wanted if name in book.sheet_names]
        return {name: Cells(name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in names}
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise _unreadable(file, str(error)) from None


def formula_cells(content: bytes, *, file: str) -> dict[str, set[str]]:
    """By sheet, the addresses of its cells that hold a formula; sheets by their name.

    Raises:
        InputError: `workbook.unreadable` or `workbook.too_large`.
    """
    with zipfile.ZipFile(BytesIO(_repacked(content, file))) as stored:
        parts = {item.filename: stored.read(item) for item in stored.infolist()}
    targets = {
        found["Id"]: found["Target"].removeprefix("/xl/").removeprefix("xl/")
        for found in map(_attributes, re.findall(rb"<(?:\w+:)?Relationship\s[^<>]*>", parts.get(_RELATIONS, b"")))
        if "Id" in found and "Target" in found
    }
    sheets = map(_attributes, re.findall(rb"<(?:\w+:)?sheet\s[^<>]*>", parts.get(_BOOK, b"")))
    places = {sheet.get("name", ""): f"xl/{targets.get(sheet.get('r:id', ''), '')}" for sheet in sheets}
    return {name: {cell.decode() for cell in _FORMULA.findall(parts.get(place, b""))} for name, place in places.items()}


def _attributes(tag: bytes) -> dict[str, str]:
    """The attributes of a tag, by name with its prefix."""
    return dict(re.findall(r"""([\w:]{1,40})=["']([^"']*)["']""", tag.decode("utf-8", "replace")))


def _repacked(content: bytes, file: str) -> bytes:
    """The same archive, unpacked within limits and stored anew: no claim of the original about sizes is believed."""
    if len(content) > LARGEST_FILE:
        raise _too_large(file, f"it has {len(content):,} bytes, more than {LARGEST_FILE:,}")
    if content.startswith(_OLE):
        hint = "save it as .xlsx, without a password"
        raise _unreadable(file, "a password encrypts it, or it is of an old format", hint=hint)
    out, left = BytesIO(), LARGEST_UNPACKED
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed, zipfile.ZipFile(out, "w") as stored:
            if len({item.filename for item in packed.infolist()}) < len(packed.infolist()):
                raise _unreadable(file, "two of its parts have one name")
            if _BOOK not in packed.namelist():
                raise _unreadable(file, "it is no .xlsx file", hint="save it as .xlsx (Excel 2007 and later)")
            for item in packed.infolist():
                data = _unpacked(packed, item, left, file)
                left -= len(data)
                _check_extent(item.filename, data, file)
                stored.writestr(item.filename, data)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError, zlib.error) as error:
        raise _unreadable(file, str(error)) from None
    return out.getvalue()


def _unpacked(packed: zipfile.ZipFile, item: zipfile.ZipInfo, left: int, file: str) -> bytes:
    if item.compress_type not in _METHODS:
        raise _unreadable(file, f"{item.filename} is packed in a way that no .xlsx file is")
    parts, size = [], 0
    with packed.open(item) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > left:
                raise _too_large(file, f"it unpacks to more than {LARGEST_UNPACKED:,} bytes")
            parts.append(chunk)
    return b"".join(parts)


def _check_extent(name: str, data: bytes, file: str) -> None:
    """A single cell in the last corner would make a reader lay out the whole sheet, whatever part it stands in."""
    rows = columns = 0
    is_sheet = b"sheetData" in data
    for tag in _CELL.finditer(data):
        found = _place(tag[1])
        if found is None and not is_sheet:
            continue
        if found is None:
            hint = "open it in a spreadsheet program, and save it as .xlsx there"
            raise _unreadable(file, f"cells of {name} do not say where they stand", hint=hint)
        number = 0
        for letter in found[1].upper():
            number = number * 26 + letter - 64
        rows, columns = max(rows, int(found[2])), max(columns, number)
    if rows * columns > MOST_CELLS:
        raise _too_large(file, f"{name} reaches to row {rows:,} and column {columns:,}")


def _place(attributes: bytes) -> re.Match[bytes] | None:
    """Where a cell says that it stands; a cell that does not stands after the one before it, in a row that may lie
    anywhere. What looks like a place inside another attribute is none.
    """
    if found := _PLACE.match(attributes):
        return found
    if len(attributes) > _LONGEST_TAG:
        return None
    told = dict(_ATTRIBUTE.findall(attributes))
    return _PLACE.fullmatch(b" r=" + told.get(b"r", b""))


def _unreadable(file: str, reason: str, *, hint: str = "write it anew, and save it as .xlsx") -> InputError:
    message = f"{file or 'the workbook'} cannot be read as a workbook: {reason[:200]}"
    return InputError.single("workbook.unreadable", message, hint=hint, file=file)


def _too_large(file: str, reason: str) -> InputError:
    message = f"{file or 'the workbook'} is too large: {reason}"
    return InputError.single("workbook.too_large", message, hint="take out what onepill did not write", file=file)
