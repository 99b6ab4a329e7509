"""Trials as their registration tells them: a table with one row a trial, and nothing that is only known later."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from onepill.core.errors import Finding, InputError

FIELDS = ("title", "diseases", "drugs", "criteria", "phase", "icdcodes")
"""Columns that a register shows when a trial is registered; all may be features."""
KNOWN_LATER = (
    "status", "why_stop", "why_stopped", "label", "enrollment", "enrolment", "actual_enrollment", "completion_date",
    "primary_completion_date", "last_update_posted", "has_results", "results",
)  # fmt: skip
"""Columns that are written or overwritten after registration. They give the outcome away and are never read."""
ID, LABEL, DAY = "nctid", "label", "study_first_submitted_date"
MOST_FIELD = 1_000_000
"""Characters of one value; the longest criteria of a register have some 20,000."""

_NCT = re.compile(r"NCT(\d{8})\Z")


@dataclass(frozen=True)
class Trial:
    """One trial at its registration.

    Attributes:
        id: its number in the register.
        label: 1 for success, 0 for failure, None where the table has no label.
        order: sorts trials by registration: (0, ordinal of the day), or (1, number) of an NCT number without a day;
            the register gives them out in rising order.
        values: the text of each field of `FIELDS` that the table has, in lower case.
    """

    id: str
    label: int | None
    order: tuple[int, int]
    values: Mapping[str, str]

    @property
    def phase(self) -> str:
        return " ".join(self.values.get("phase", "").split())


def read_trials(text: str, file: str = "", *, labelled: bool) -> list[Trial]:
    """The trials of a CSV table with the columns `nctid`, those of `FIELDS`, and `label` where one is needed.

    Args:
        text: the table, with or without a byte-order mark.
        file: its name, for the findings.
        labelled: each row must have a label, 0 or 1; otherwise a label is read where there is one.

    Raises:
        InputError: with all findings at once: `trials.columns`, `trials.empty`, `trials.id`, `trials.label`,
            `trials.day`, `trials.twice`, `trials.fields`, `trials.csv`.
    """
    before = csv.field_size_limit(MOST_FIELD)
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=None), strict=True)
    try:
        _check_columns(reader.fieldnames or (), file, labelled=labelled)
        rows = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        hint = "save the table as plain CSV, with quotes around a value that holds a comma or a line break"
        line = reader.reader.line_num
        raise InputError.single(
            "trials.csv", f"the table is no CSV: {error}", hint=hint, file=file, line=line
        ) from None
    finally:
        csv.field_size_limit(before)
    found = [(line, _trial(row, labelled=labelled)) for line, row in rows]
    findings = [fault.at(file=file, line=line) for line, (_, faults) in found for fault in faults]
    findings += [fault.at(file=file, line=line) for line, fault in _repeated(found)]
    if findings:
        raise InputError(f"{len(findings)} problems in {file or 'the table of trials'}", findings=findings)
    if not found:
        hint = "give a table with at least one trial"
        raise InputError.single("trials.empty", "the table holds no trial", hint=hint, file=file, line=1)
    return [trial for _, (trial, _) in found]


def _check_columns(names: Sequence[str], file: str, *, labelled: bool) -> None:
    needed = [ID, "phase", *([LABEL] if labelled else [])]
    missing = [name for name in needed if name not in names]
    if not any(name in names for name in ("title", "diseases", "drugs", "criteria")):
        missing.append("title")
    repeated = [name for name in (*needed, *FIELDS) if names.count(name) > 1]
    if missing or repeated:
        said = f"lacks the column {', '.join(missing)}" if missing else f"repeats the column {repeated[0]}"
        hint = f"the first line names {', '.join(needed)} and some of {', '.join(FIELDS)}, each once"
        raise InputError.single("trials.columns", f"the table {said}", hint=hint, file=file, line=1)


def _trial(row: Mapping[str | None, object], *, labelled: bool) -> tuple[Trial, list[Finding]]:
    plain = {name: str(value or "").strip() for name, value in row.items() if isinstance(name, str)}
    faults = []
    if None in row:
        hint = "put quotes around a value with a comma"
        faults.append(Finding("trials.fields", "error", "the row has more fields than the first line", hint))
    if not plain[ID]:
        faults.append(Finding("trials.id", "error", "the row has no nctid", "give each trial its register's number"))
    label = plain.get(LABEL, "")
    if label not in ("0", "1") and (label or labelled):
        hint = "1 for success, 0 for failure"
        faults.append(Finding("trials.label", "error", f"{label!r} is no label", hint, value=label))
    order, fault = _order(plain)
    faults += [fault] if fault else []
    values = {name: plain[name].lower() for name in FIELDS if name in plain}
    return Trial(plain[ID], int(label) if label in ("0", "1") else None, order, values), faults


def _order(plain: Mapping[str, str]) -> tuple[tuple[int, int], Finding | None]:
    told = plain.get(DAY, "")
    if told:
        try:
            return (0, date.fromisoformat(told).toordinal()), None
        except ValueError:
            return (1, 0), Finding(
                "trials.day", "error", f"{told!r} is no day", f"write {DAY} as YYYY-MM-DD", value=told
            )
    number = _NCT.fullmatch(plain[ID])
    return (1, int(number.group(1)) if number else 0), None


def _repeated(found: Iterable[tuple[int, tuple[Trial, list[Finding]]]]) -> Iterable[tuple[int, Finding]]:
    """A trial that stands twice would be learned twice, and be tested by what it was learned from."""
    seen: dict[str, int] = {}
    for line, (trial, _) in found:
        if trial.id and trial.id in seen:
            message = f"{trial.id} stands on line {seen[trial.id]} too"
            yield line, Finding("trials.twice", "error", message, "keep one row a trial", value=trial.id)
        seen.setdefault(trial.id, line)


def in_order(trials: Iterable[Trial]) -> list[Trial]:
    """By registration, the oldest first; trials without a day are sorted by their number.

    Raises:
        InputError: `trials.order`: some rows have a day and others none, so that two orders would be mixed; or a row
            has neither a day nor an NCT number.
    """
    found = list(trials)
    if len({trial.order[0] for trial in found}) > 1:
        hint = f"give every trial {DAY}, or none"
        raise InputError.single("trials.order", "some trials have a day of registration and others none", hint=hint)
    if any(trial.order == (1, 0) for trial in found):
        message = "some trials have neither a day of registration nor an NCT number"
        raise InputError.single("trials.order", message, hint=f"give every trial {DAY}, or an NCT number")
    return sorted(found, key=lambda trial: (trial.order, trial.id))
