"""The competitor table of a programme's folder: a CSV beside the programme file, each row with its own source."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError

from onepill.core.dates import parse_day
from onepill.core.errors import Finding, InputError
from onepill.landscape.inputs import Precision
from onepill.landscape.stages import STAGES, period_end
from onepill.model.schema import MODALITIES
from onepill.model.types import Jurisdiction, jurisdiction_code
from onepill.model.values import fail
from onepill.registries.entities.targets import symbols_of

_PARTIAL = re.compile(r"[0-9]{4}(-[0-9]{2})?")
_COUNTRY = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True)
class Dated:
    """A day as written: a month or a year counts at its end, since one cannot say that it was any earlier."""

    text: str
    first: date
    last: date


def _dated(raw: str) -> Dated:
    if _PARTIAL.fullmatch(raw):
        precision: Precision = "year" if len(raw) == 4 else "month"
        first = _day(f"{raw}-01-01"[:10] if precision == "year" else f"{raw}-01")
        return Dated(raw, first, period_end(first, precision))
    day = _day(raw)
    return Dated(raw, day, day)


def _day(raw: str) -> date:
    try:
        return parse_day(raw)
    except InputError as error:
        raise fail(error.findings[0].code, str(error), hint="write YYYY-MM-DD, YYYY-MM or YYYY") from None


def _origin(raw: str) -> str:
    code = jurisdiction_code(raw)
    if not _COUNTRY.fullmatch(code):
        raise fail("competitors.origin", f"{raw!r} is no country", hint="two letters of ISO 3166, such as CN")
    return code


def _targets(raw: str) -> tuple[str, ...]:
    names = [part.strip() for part in raw.split(";") if part.strip()]
    if not names:
        raise fail("competitors.target", "the target is empty", hint="gene symbols or everyday names with ; between")
    return tuple(dict.fromkeys(symbol for name in names for symbol in symbols_of(name)))


def _url(raw: str) -> str:
    if not raw.startswith(("https://", "http://")) or any(letter.isspace() for letter in raw):
        raise fail("competitors.url", f"{raw!r} is no address of the web", hint="https://…, or leave it empty")
    return raw


def _word(raw: str) -> str:
    return raw.lower().replace(" ", "_").replace("-", "_")


Filled = Annotated[str, StringConstraints(min_length=1)]
Countries = Annotated[str, BeforeValidator(_origin)]
Targets = Annotated[tuple[str, ...], BeforeValidator(_targets)]
Url = Annotated[str, BeforeValidator(_url)]
Day = Annotated[date, BeforeValidator(_day)]
DayText = Annotated[Dated, BeforeValidator(_dated)]


class Competitor(BaseModel):
    """A row: that a drug is at a stage in an indication, since when that is public, and who says so.

    Attributes:
        target: gene symbols; several stand in one cell with `;` between.
        stage: a name of the stage ladder, `phase_4` or `withdrawal` (both count as approval).
        market: where the stage was reached, such as US for an approval there.
        first_seen: the first day on which a source shows the stage.
        source_date: the source's own day. retrieved: when it was read.
        source_grade: `official` (an agency, a register), `secondary` (press, a copy) or `unverified`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    drug: Filled
    company: Filled
    target: Targets
    modality: Annotated[Literal[MODALITIES], BeforeValidator(_word)]  # type: ignore[valid-type]
    stage: Annotated[Literal[STAGES], BeforeValidator(_word)]  # type: ignore[valid-type]
    indication: Filled
    first_seen: DayText
    source: Filled
    source_date: DayText
    url: Url = ""
    retrieved: Day | None = None
    source_grade: Literal["official", "secondary", "unverified"] = "secondary"
    origin: Countries = ""
    mechanism: str = ""
    market: Jurisdiction = ""
    drug_zh: str = ""
    indication_zh: str = ""

    @property
    def checked_on(self) -> date:
        """The day for which the row is known to hold: that of reading, else the last that the source's may mean."""
        return self.retrieved or self.source_date.last

    @property
    def key(self) -> tuple[str, ...]:
        """What a table may say once."""
        return self.drug.casefold(), self.stage, self.indication.casefold(), self.market


COLUMNS = tuple(Competitor.model_fields)
REQUIRED = tuple(name for name, field in Competitor.model_fields.items() if field.is_required())


@dataclass(frozen=True)
class CompetitorTable:
    """A table that holds together.

    Attributes:
        sha256: of its text, in hexadecimal; the passport's key holds it.
    """

    file: str
    sha256: str
    rows: tuple[Competitor, ...]


def read_competitors(text: str, file: str = "") -> CompetitorTable:
    """Read a competitor table.

    Args:
        text: the CSV with the columns of `COLUMNS` in any order, those of `REQUIRED` at least.
        file: its name, for the findings.

    Raises:
        InputError: all findings at once, each with its line: `competitors.columns`, `.csv`, `.empty`, `.fields`,
            `.missing`, `.choice`, `.origin`, `.target`, `.url`, `.order`, `.repeated`, `day.format`, `day.unknown`,
            `jurisdiction.unknown`.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=None), strict=True)
    try:
        _check_columns(reader.fieldnames or (), file)
        rows, findings = _read_rows(reader, file)
    except csv.Error as error:
        hint = "save the table as plain CSV, with quotes around a value that holds a comma"
        message = f"the table is no CSV: {error}"
        raise InputError.single("competitors.csv", message, hint=hint, file=file, line=reader.reader.line_num) from None
    if findings:
        raise InputError(f"{len(findings)} problems in {file or 'the competitor table'}", findings=findings)
    if not rows:
        hint = "give at least one row, or remove the file"
        raise InputError.single("competitors.empty", "the table holds no row", hint=hint, file=file, line=1)
    return CompetitorTable(file, hashlib.sha256(text.encode()).hexdigest(), tuple(rows))


def _check_columns(names: Sequence[str], file: str) -> None:
    findings = [*_column_findings(names)]
    if findings:
        raise InputError(findings[0].message, findings=[one.at(file=file, line=1) for one in findings])


def _column_findings(names: Sequence[str]) -> Iterator[Finding]:
    code, columns = "competitors.columns", f"the columns are {', '.join(COLUMNS)}"
    for name in dict.fromkeys(names):
        if name not in COLUMNS:
            near = get_close_matches(name, COLUMNS, n=1)
            hint = f"did you mean {near[0]}?" if near else columns
            yield Finding(code, "error", f"{name!r} is no column of a competitor table", hint, value=name)
        elif names.count(name) > 1:
            yield Finding(code, "error", f"the column {name} is there twice", "keep one of them", value=name)
    for name in REQUIRED:
        if name not in names:
            yield Finding(code, "error", f"the table lacks the column {name}", columns, value=name)


def _read_rows(reader: csv.DictReader[str], file: str) -> tuple[list[Competitor], list[Finding]]:
    rows: list[Competitor] = []
    findings: list[Finding] = []
    lines: dict[tuple[str, ...], int] = {}
    for raw in reader:
        row, found = _read_row(raw)
        if row is not None and row.key in lines:
            hint = f"line {lines[row.key]} says it already; keep the earlier day"
            found = [Finding("competitors.repeated", "error", f"{row.drug} at {row.stage} is there twice", hint)]
        elif row is not None:
            lines[row.key] = reader.line_num
            rows.append(row)
        findings += [one.at(file=file, line=reader.line_num) for one in found]
    return rows, findings


def _read_row(raw: Mapping[str | None, Any]) -> tuple[Competitor | None, list[Finding]]:
    """A row, or what is wrong with it; an empty one is neither."""
    if None in raw or None in raw.values():
        message = "the line has more or fewer fields than the first one"
        return None, [Finding("competitors.fields", "error", message, "put quotes around a value that holds a comma")]
    given = {str(name): value.strip() for name, value in raw.items()}
    if not any(given.values()):
        return None, []
    try:
        row = Competitor.model_validate({name: value for name, value in given.items() if value})
    except ValidationError as error:
        return None, [_finding(item) for item in error.errors()]
    return (row, []) if row.first_seen.first <= row.checked_on else (None, [_order(row)])


def _order(row: Competitor) -> Finding:
    message = f"first_seen {row.first_seen.text} is after {row.checked_on}, the day of its source"
    hint = "a source tells what has come; leave out what is only planned"
    return Finding("competitors.order", "error", message, hint, "first_seen", value=row.first_seen.text)


def _finding(item: Any) -> Finding:
    name = str(item["loc"][0])
    if item["type"] == "missing":
        return Finding("competitors.missing", "error", f"{name} is empty", "every row needs it", name)
    if item["type"] == "literal_error":
        said = f"{item['input']!r} is no {name}"
        return Finding("competitors.choice", "error", said, f"one of: {item['ctx']['expected']}", name)
    hint = str((item.get("ctx") or {}).get("hint") or "")
    return Finding(str(item["type"]), "error", f"{name}: {item['msg']}", hint, name, value=str(item.get("input")))
