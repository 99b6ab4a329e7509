"""Real reviews with a first and a last day, read from a table of cases."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from onepill.core.dates import parse_day
from onepill.core.errors import Finding, InputError
from onepill.pathway.review_clocks import MAIN_STEP, REVIEW_CLASSES, review_clock

COLUMNS = (
    "case_id",
    "agency",
    "review_class",
    "submitted",
    "accepted",
    "decided",
    "outcome",
    "cycle",
    "source_kind",
    "class_basis",
    "opinion_date",
)
"""The columns that are read; `source_url`, `flags` and others may stand beside them."""

SOURCE_COLUMN, FLAGS_COLUMN = OPTIONAL_COLUMNS = ("source_url", "flags")
NEW_SUBSTANCE_FLAG = "new_active_substance"

_NEEDED = {
    "case_id": "give each review an id of its own",
    "agency": f"the model knows {', '.join(MAIN_STEP)}",
    "review_class": f"the model knows {', '.join(REVIEW_CLASSES)}",
    "outcome": "such as approved, complete_response, refused or withdrawn",
}
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2100, 12, 31)
"""Days outside are mistyped years."""
MOST_FIELD = 131_072
NO_OPINION_DAY = "EMA decision without the day of its opinion"


@dataclass(frozen=True)
class Case:
    """One review, as one step of a procedure.

    Attributes:
        review_class: as the table names it; one outside `REVIEW_CLASSES` takes the forecast of an unknown class.
        step: one of `STEP_AGENCY`; empty for an agency that the model does not know.
        started, ended: FDA receipt and action; EMA validation and opinion, or the withdrawal; elsewhere submission or
            acceptance and decision.
        set_aside: why the case cannot be scored; empty for one that can.
        source_url: the page that states both days, where the table has that column.
        is_new_substance: whether the medicine is a new active substance; None where the table does not tell them apart.
    """

    case_id: str
    agency: str
    review_class: str
    step: str
    started: date
    ended: date
    outcome: str
    set_aside: str = ""
    source_url: str = ""
    is_new_substance: bool | None = None

    @property
    def days(self) -> int:
        return (self.ended - self.started).days

    @cached_property
    def naive_days(self) -> int:
        """What the clock by law or goal says, in calendar days without clock stops."""
        return review_clock(self.step, self.review_class, self.started).days_from(self.started)

    @property
    def is_decision(self) -> bool:
        """False for a review that the applicant ended; such a case is scored but teaches the model nothing."""
        return self.outcome != "withdrawn"


def read_cases(text: str, file: str = "") -> list[Case]:
    """Read a table of cases with the columns of `COLUMNS`.

    Args:
        text: the CSV, with or without a byte-order mark.
        file: its name, for the findings.

    Raises:
        InputError: with all findings at once: `review.columns`, `review.empty`, `review.fields`, `review.value`,
            `review.order`, `review.csv`, `review.range`, `day.format`, `day.unknown`, `calendar.range`.
    """
    # Line ends of every system are read alike.
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=None))
    try:
        _check_columns(reader.fieldnames or (), file=file)
        cases, findings = _read_rows(reader, file=file)
    except csv.Error as error:
        hint = "save the table as plain CSV, with quotes around a value that holds a comma"
        message = f"the table is no CSV: {error}"
        raise InputError.single("review.csv", message, hint=hint, file=file, line=reader.reader.line_num) from None
    if findings:
        raise InputError(f"{len(findings)} problems in {file or 'the table of cases'}", findings=findings)
    if not cases:
        hint = "give at least one review with its first and last day"
        raise InputError.single("review.empty", "the table holds no case", hint=hint, file=file, line=1)
    return _told_apart(cases)


def _check_columns(names: Sequence[str], *, file: str) -> None:
    known = (*COLUMNS, *OPTIONAL_COLUMNS)
    missing = [name for name in COLUMNS if name not in names]
    repeated = [name for name in known if names.count(name) > 1]
    if not missing and not repeated:
        return
    hint = f"the first line must name {', '.join(COLUMNS)}, each once"
    said = "lacks the column" if missing else "repeats the column"
    message = f"the table {said} {', '.join(missing or repeated)}"
    raise InputError.single("review.columns", message, hint=hint, file=file, line=1)


def _told_apart(cases: list[Case]) -> list[Case]:
    """In a table that flags new active substances, what is not flagged is none; another says nothing of them."""
    if not any(case.is_new_substance for case in cases):
        return cases
    return [replace(case, is_new_substance=bool(case.is_new_substance)) for case in cases]


def _read_rows(reader: csv.DictReader[str], *, file: str) -> tuple[list[Case], list[Finding]]:
    cases: list[Case] = []
    findings: list[Finding] = []
    for raw in reader:
        # The csv module's own limit is the whole process's, and another reader may have raised it.
        if any(len(value or "") > MOST_FIELD for value in raw.values()):
            raise csv.Error(f"field larger than field limit ({MOST_FIELD})")
        row = {name: (raw.get(name) or "").strip() for name in (*COLUMNS, *OPTIONAL_COLUMNS)}
        row |= {name: row[name].lower() for name in ("review_class", "outcome")}
        if not any(row.values()):
            continue
        problems = _bad_names(row) + _bad_days(row) + _bad_length(raw)
        if not problems:
            case = _case(row)
            problems = _bad_order(case) or _bad_range(case)
            cases.append(case)
        findings += [found.at(file=file, line=reader.line_num) for found in problems]
    return cases, findings


def _bad_length(raw: Mapping[str | None, object]) -> list[Finding]:
    """More fields than the first line names, as an unquoted comma gives: every later value stands in a wrong column."""
    if None not in raw:
        return []
    message = f"the row has more fields than the first line: {raw[None]}"
    return [Finding("review.fields", "error", message, hint="put quotes around a value with a comma")]


def _bad_names(row: Mapping[str, str]) -> list[Finding]:
    """Names that are missing; a name that the model does not know sets its case aside or widens its cell."""
    return [
        Finding("review.value", "error", f"{row['case_id'] or 'a row'} has no {column}", hint=hint, path=column)
        for column, hint in _NEEDED.items()
        if not row[column]
    ]


def _bad_days(row: Mapping[str, str]) -> list[Finding]:
    """Days that are missing or no days."""
    start = "accepted" if row["accepted"] and not row["submitted"] else "submitted"
    findings: list[Finding] = []
    for column in {start, "decided", *(name for name in ("accepted", "opinion_date") if row[name])}:
        try:
            parse_day(row[column], path=column)
        except InputError as error:
            findings += error.findings
    return sorted(findings, key=lambda found: found.path)


def _bad_order(case: Case) -> list[Finding]:
    if case.days >= 0:
        return []
    message = f"{case.case_id} ends on {case.ended}, before it starts on {case.started}"
    hint = "the start is `accepted` for EMA and NMPA, else `submitted`; EMA ends on `opinion_date`"
    return [Finding("review.order", "error", message, hint=hint, path="decided", value=str(case.ended))]


def _bad_range(case: Case) -> list[Finding]:
    """Days that no review can have, or that the clock's calendar does not reach."""
    if case.started < FIRST_DAY or case.ended > LAST_DAY:
        message = f"{case.case_id} runs from {case.started} to {case.ended}"
        hint = f"days from {FIRST_DAY} to {LAST_DAY} are read; check the years"
        return [Finding("review.range", "error", message, hint=hint, path="submitted")]
    if case.set_aside:
        return []
    try:
        case.naive_days  # noqa: B018 -- its score needs it, and here the row's line is known
    except InputError as error:
        return [replace(found, path="submitted") for found in error.findings]
    return []


def _case(row: Mapping[str, str]) -> Case:
    agency, step = row["agency"], _step(row)
    starts = ("accepted", "submitted") if agency in ("EMA", "NMPA") else ("submitted", "accepted")
    ended = row["opinion_date"] if step.startswith("ema.") and row["opinion_date"] else row["decided"]
    lacks_opinion = agency == "EMA" and not row["opinion_date"] and row["outcome"] != "withdrawn"
    set_aside = NO_OPINION_DAY if lacks_opinion else "" if step else f"no reviews of {agency} behind the model"
    return Case(
        case_id=row["case_id"],
        agency=agency,
        review_class=row["review_class"],
        step=step,
        started=date.fromisoformat(row[starts[0]] or row[starts[1]]),
        ended=date.fromisoformat(ended),
        outcome=row["outcome"],
        set_aside=set_aside,
        source_url=row[SOURCE_COLUMN],
        is_new_substance=True if NEW_SUBSTANCE_FLAG in row[FLAGS_COLUMN].split() else None,
    )


def _step(row: Mapping[str, str]) -> str:
    """Which step a row shows.

    An action letter shows one cycle. Other FDA rows run from the first receipt to the final approval, unless they say
    that they are a later cycle.
    """
    later_cycle = row["cycle"].isdecimal() and int(row["cycle"]) > 1
    if row["agency"] == "FDA" and (later_cycle or row["class_basis"].startswith("resubmission")):
        return "fda.resubmission"
    is_letter = row["source_kind"] == "fda_action_letter" or row["outcome"] == "complete_response"
    if row["agency"] == "FDA" and is_letter:
        return "fda.first_letter"
    if row["agency"] == "EMA" and row["class_basis"].startswith("extension of indication"):
        return "ema.extension"
    return MAIN_STEP.get(row["agency"], "")
