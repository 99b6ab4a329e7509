"""EMA's table of medicines (xlsx): one row a medicine, header below a few lines of preface."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from onepill.core.errors import InputError
from onepill.registries.days import read_day
from onepill.registries.delimited import loose
from onepill.registries.extras import need
from onepill.registries.layouts import release_day
from onepill.registries.opening import MAX_DOCUMENT, MAX_RATIO, RATIO_FROM, Member
from onepill.registries.sink import Kept, Refused, Sink, day_pair, text_or_none

COLUMNS = {
    "name": ("nameofmedicine", "medicinename"),
    "number": ("emaproductnumber", "productnumber"),
    "status": ("medicinestatus", "authorisationstatus"),
    "inn": ("internationalnonproprietarynameinncommonname", "internationalnonproprietarynameinn"),
    "substance": ("activesubstance",),
    "area": ("therapeuticareamesh", "therapeuticarea"),
    "atc": ("atccodehuman",),
    "indication": ("therapeuticindication", "conditionindication"),
    "company": ("marketingauthorisationdeveloperapplicantholder", "marketingauthorisationholdercompanyname"),
    "opinion": ("opinionadopteddate",),
    "authorised": ("marketingauthorisationdate",),
    "refused": ("refusalofmarketingauthorisationdate",),
    "application_withdrawn": ("withdrawalofapplicationdate",),
    "ended": ("withdrawalexpiryrevocationorlapseofmarketingauthorisationdate",),
    "updated": ("lastupdateddate",),
    "category": ("category",),
    "url": ("medicineurl", "url"),
}
"""Loose names of the columns by edition; the first two and the status must be there."""
FLAGS = {
    "is_accelerated": ("acceleratedassessment",),
    "is_advanced_therapy": ("advancedtherapy",),
    "is_biosimilar": ("biosimilar",),
    "is_conditional": ("conditionalapproval",),
    "is_exceptional": ("exceptionalcircumstances",),
    "is_generic": ("genericorhybrid", "generic"),
    "is_orphan": ("orphanmedicine",),
    "is_prime": ("primeprioritymedicine", "primeprioritymedicines"),
}
NEEDED = ("name", "number", "status")
_STAMP = re.compile(r"(\d{2}/\d{2}/\d{4})(?: - \d{2}:\d{2})?")
_PREFACE_ROWS = 40


@dataclass(frozen=True)
class EmaWorkbook:
    """The workbook, told by its packing; the header is looked for in the first rows."""

    name: str = "ema_xlsx"
    rank: int = 0
    needs: str = ""

    def fits(self, head: bytes) -> bool:
        return head.startswith(b"PK\x03\x04")

    def parse(self, member: Member, sink: Sink) -> Iterator[None]:
        rows = _rows(member)
        start, at = _header(rows, member.name)
        for line, row in enumerate(rows[:start], 1):
            for cell in row:
                if isinstance(cell, str) and (found := _STAMP.fullmatch(cell.strip())):
                    sink.note_snapshot(release_day(found[1], "dmy", name=member.name, line=line))
        for line, cells in enumerate(rows[start + 1 :], start + 2):
            if any(str(cell).strip() for cell in cells):
                medicine = {key: _text(cells[place]) for key, place in at.items()}
                sink.take(medicine, line, read_medicine, unique=True)
                yield


def _rows(member: Member) -> list[list[Any]]:
    calamine, data = need("python_calamine"), member.read()
    try:
        unpacked = sum(info.file_size for info in zipfile.ZipFile(io.BytesIO(data)).infolist())
        if unpacked > min(MAX_DOCUMENT, max(RATIO_FROM, MAX_RATIO * len(data))):
            message, hint = f"{member.name} unpacks to {unpacked:,} bytes", "fetch it again from the publisher"
            raise InputError.single("registry.zip_bomb", message, hint=hint, path=member.name)
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        rows: list[list[Any]] = book.get_sheet_by_index(0).to_python()
    except (calamine.CalamineError, OSError, zipfile.BadZipFile) as error:
        hint = "the download is incomplete or damaged: fetch it again"
        message = f"{member.name} cannot be read as a workbook: {error}"
        raise InputError.single("registry.damaged", message, hint=hint, path=member.name) from None
    return rows


def _header(rows: list[list[Any]], name: str) -> tuple[int, dict[str, int]]:
    """The header's row, and the place of each column that this edition has."""
    wanted = {**COLUMNS, **FLAGS}
    best: list[str] = list(NEEDED)
    for start, row in enumerate(rows[:_PREFACE_ROWS]):
        places = {loose(str(cell)): place for place, cell in enumerate(row)}
        at = {key: places[one] for key, names in wanted.items() for one in reversed(names) if one in places}
        absent = [key for key in NEEDED if key not in at]
        if not absent:
            return start, at
        best = min(best, absent, key=len)
    message = f"{name}: columns are missing: {', '.join(COLUMNS[key][0] for key in best)}"
    hint = f"no header was found in the first {_PREFACE_ROWS} rows: is this EMA's table of medicines?"
    raise InputError.single("registry.columns", message, hint=hint, path=name, line=1)


def read_medicine(row: dict[str, str], sink: Sink) -> Kept:
    """A medicine. `decision_day` is the authorisation's, else the refusal's."""
    record_id, get = row["number"].strip(), row.get
    if not record_id:
        raise Refused("bad_id", "the row has no product number")
    days = {key: read_day(get(key), "dmy") for key in ("opinion", "authorised", "refused", "ended", "updated")}
    withdrawn = read_day(get("application_withdrawn"), "dmy")
    names = {key: text_or_none(get(key)) for key in ("name", "inn", "substance")}
    values = {
        "agency": "EMA",
        "application_id": record_id,
        "application_type": "centralised",
        "drug_name": names["name"],
        "substance": names["substance"] or names["inn"],
        "company": text_or_none(get("company")),
        "status": text_or_none(row["status"]),
        "indication": text_or_none(get("indication")),
        "therapeutic_area": text_or_none(get("area")),
        "atc_code": text_or_none(get("atc")),
        "is_human": get("category", "Human") == "Human",
        "url": text_or_none(get("url")),
        **{flag: {"Yes": True, "No": False}.get(row[flag]) for flag in FLAGS if flag in row},
        **day_pair("opinion", days["opinion"]),
        **day_pair("decision", days["authorised"] if days["authorised"][0] is not None else days["refused"]),
        **day_pair("end", days["ended"] if days["ended"][0] is not None else withdrawn),
        **day_pair("updated", days["updated"]),
    }
    sink.put("approval", record_id, 0, values)
    others = dict.fromkeys(names[key] for key in ("inn", "substance") if names[key] and names[key] != names["name"])
    for place, other in enumerate(others):
        sink.put("alias", record_id, place, {"drug_name": names["name"], "alias": other, "alias_kind": "substance"})
    return Kept(record_id, values_status(row), tuple(days[key][0] for key in ("opinion", "authorised", "refused")))


def values_status(row: dict[str, str]) -> str | None:
    """The status as the counts name it: veterinary medicines apart."""
    status = text_or_none(row["status"])
    return status if row.get("category", "Human") == "Human" or not status else f"{status} (veterinary)"


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    if hasattr(cell, "isoformat"):
        return str(cell.strftime("%d/%m/%Y"))
    return "" if cell is None else str(cell)


WORKBOOK = EmaWorkbook()
