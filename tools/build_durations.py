"""Build the packaged stage durations from public registry files.

    python tools/build_durations.py DATA_DIR [--retrieved DAY] [--out FILE]

`DATA_DIR` holds `registry/` with the ClinicalTrials.gov files named below and `drugs/` with MeSH 2015. The same files
give the same bytes. Rules, sources and limits: docs/methods/stage-durations.md.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import re
import tarfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
from lifelines import KaplanMeierFitter
from lifelines.utils import median_survival_times

from onepill.evidence.conditions import area_of_conditions, is_healthy_volunteers
from onepill.stats import quantiles_from_survival

PROBS = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)
SMALLEST_CELL = 50
SMALLEST_EVENTS = 30
MID_MONTH = 15
SAMPLE_FILE = "registry/ctgov_sample_10000.csv"
SAMPLE_DAY = date(2026, 4, 28)
XML_FILE = "registry/ctgov_xml_6786.tar.gz"
LEGACY_FILE = "registry/ctgov_legacy_csv_1000.csv"
MESH_FILE = "drugs/mesh_2015_tree_numbers.tsv.gz"
OUT_FILE = Path(__file__).parents[1] / "src/onepill/evidence/data/stage_durations.json"

PHASES = {
    "phase1": "phase_1",
    "phase1phase2": "phase_1_2",
    "phase2": "phase_2",
    "phase2phase3": "phase_2_3",
    "phase3": "phase_3",
}
RUNNING = {"recruiting", "active, not recruiting", "enrolling by invitation"}
NEVER_STARTED = {"withdrawn", "not yet recruiting"}
NOT_KNOWN = {"unknown status", "suspended"}


@dataclass(frozen=True)
class Record:
    """An industry drug trial as a file states it; texts as found, days where the file is unambiguous."""

    trial_id_nct: str
    file: str
    snapshot: date
    phase: str
    status: str
    conditions: tuple[str, ...]
    start: str
    primary_completion: str
    study_completion: str
    primary_is_actual: bool
    primary_is_anticipated: bool
    study_is_anticipated: bool


@dataclass(frozen=True)
class Observation:
    """How long a trial ran, or how long at least."""

    phase: str
    area: str | None
    days: int
    ended: bool
    endpoint: str
    status: str
    start_year: int
    file: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--retrieved", default="2026-11-21", help="day on which the files were taken over")
    parser.add_argument("--out", type=Path, default=OUT_FILE)
    arguments = parser.parse_args()
    arguments.out.write_text(render(arguments.data_dir, retrieved=arguments.retrieved), encoding="utf-8")


def render(data_dir: Path, *, retrieved: str) -> str:
    """The text of the packaged file."""
    return json.dumps(build(data_dir, retrieved=retrieved), indent=1, ensure_ascii=False) + "\n"


def build(data_dir: Path, *, retrieved: str) -> dict[str, Any]:
    """Read the files, observe each trial once, estimate each cell."""
    records = newest_each([*read_xml(data_dir), *read_legacy(data_dir), *read_sample(data_dir)])
    terms = read_mesh(data_dir)
    outcomes = [observe(record, terms=terms) for record in records]
    kept = [outcome for outcome in outcomes if isinstance(outcome, Observation)]
    cells, left_out = estimate_cells(kept)
    return {
        "format": 1,
        "endpoint": "start to primary completion, else to study completion, in days",
        "probs": list(PROBS),
        "smallest_cell": {"trials": SMALLEST_CELL, "ended": SMALLEST_EVENTS},
        "retrieved": retrieved,
        "sources": sources(records),
        "dropped": dict(sorted(Counter(outcome for outcome in outcomes if isinstance(outcome, str)).items())),
        "cells": cells,
        "too_small": left_out,
    }


def read_sample(data_dir: Path) -> Iterator[Record]:
    """The random sample, which has no intervention type and no primary completion.

    A stated phase stands for a drug: in the XML file 632 of 650 industry trials with one are of drugs or biologics.
    """
    for row in _rows(data_dir / SAMPLE_FILE):
        if row["sponsor_type"] != "INDUSTRY" or row["study_type"] != "INTERVENTIONAL" or not _phase(row["phase"]):
            continue
        yield Record(
            trial_id_nct=row["nct_id"],
            file=SAMPLE_FILE,
            snapshot=SAMPLE_DAY,
            phase=_phase(row["phase"]),
            status=_status(row["overall_status"]),
            conditions=(row["condition"],),
            start=row["start_date"],
            primary_completion="",
            study_completion=row["completion_date"],
            primary_is_actual=False,
            primary_is_anticipated=False,
            study_is_anticipated=False,
        )


def read_legacy(data_dir: Path) -> Iterator[Record]:
    """The 27-column download; the first funder is the lead sponsor's; its day is that of the latest update."""
    rows = list(_rows(data_dir / LEGACY_FILE))
    snapshot = max(day for row in rows if (day := parse_day(row["Last Update Posted"])))
    for row in rows:
        is_drug = re.search(r"(Drug|Biological): ", row["Interventions"])
        is_industry = row["Funded Bys"].split("|")[0] == "Industry"
        if not (is_drug and is_industry and row["Study Type"] == "Interventional" and _phase(row["Phases"])):
            continue
        yield Record(
            trial_id_nct=row["NCT Number"],
            file=LEGACY_FILE,
            snapshot=snapshot,
            phase=_phase(row["Phases"]),
            status=_status(row["Status"]),
            conditions=tuple(row["Conditions"].split("|")),
            start=row["Start Date"],
            primary_completion=row["Primary Completion Date"],
            study_completion=row["Completion Date"],
            primary_is_actual=False,
            primary_is_anticipated=False,
            study_is_anticipated=False,
        )


def read_xml(data_dir: Path) -> Iterator[Record]:
    """The legacy XML records, whose dates say whether they are actual."""
    with tarfile.open(data_dir / XML_FILE) as archive:
        for member in archive:
            stream = archive.extractfile(member) if member.name.endswith(".xml") else None
            # The archive is the builder's own, and its records hold no entities.
            record = _xml_record(ElementTree.parse(stream).getroot()) if stream else None  # noqa: S314
            if record is not None:
                yield record


def _xml_record(root: ElementTree.Element) -> Record | None:
    kinds = {element.text for element in root.findall("intervention/intervention_type")}
    is_industry = root.findtext("sponsors/lead_sponsor/agency_class") == "Industry"
    is_interventional = root.findtext("study_type") == "Interventional"
    phase = _phase(root.findtext("phase") or "")
    if not (is_industry and is_interventional and phase and kinds & {"Drug", "Biological"}):
        return None
    processed = re.search(r"on (\w+ \d+, \d{4})", root.findtext("required_header/download_date") or "")
    snapshot = parse_day(processed.group(1)) if processed else None
    if snapshot is None:
        raise ValueError(f"{root.findtext('id_info/nct_id')}: no day of processing")
    primary, study = root.find("primary_completion_date"), root.find("completion_date")
    return Record(
        trial_id_nct=root.findtext("id_info/nct_id") or "",
        file=XML_FILE,
        snapshot=snapshot,
        phase=phase,
        status=_status(root.findtext("overall_status") or ""),
        conditions=tuple(
            element.text or "" for tag in ("condition", "condition_browse/mesh_term") for element in root.findall(tag)
        ),
        start=root.findtext("start_date") or "",
        primary_completion=_text(primary),
        study_completion=_text(study),
        primary_is_actual=_kind(primary) == "Actual",
        primary_is_anticipated=_kind(primary) == "Anticipated",
        study_is_anticipated=_kind(study) == "Anticipated",
    )


def newest_each(records: Iterable[Record]) -> list[Record]:
    """One record a trial, from the newest file that has it, in order of id."""
    newest: dict[str, Record] = {}
    for record in sorted(records, key=lambda record: record.snapshot):
        newest[record.trial_id_nct] = record
    return [newest[trial_id] for trial_id in sorted(newest)]


def observe(record: Record, *, terms: Mapping[str, list[str]]) -> Observation | str:
    """The observation that a record allows, or why it allows none."""
    start = parse_day(record.start)
    if record.status in NEVER_STARTED:
        return "never started"
    if start is None:
        return "no start date"
    if start > record.snapshot:
        return "start after the file's day"
    if is_healthy_volunteers(record.conditions):
        return "healthy volunteers"
    end = _end(record)
    if isinstance(end, str):
        return end
    day, ended, endpoint = end
    if day < start:
        return "end before start"
    return Observation(
        phase=record.phase,
        area=area_of_conditions(record.conditions, tree_numbers_by_term=terms),
        days=max(1, (day - start).days),
        ended=ended,
        endpoint=endpoint,
        status=record.status,
        start_year=start.year,
        file=record.file,
    )


def _end(record: Record) -> tuple[date, bool, str] | str:
    """The day on which the trial reached its endpoint or was last seen without it: `(day, ended, endpoint)`."""
    primary, study = parse_day(record.primary_completion), parse_day(record.study_completion)
    reached = None if record.primary_is_anticipated else primary
    endpoint = "primary" if reached else "study"
    reached = reached or (None if record.study_is_anticipated else study)
    if record.status in NOT_KNOWN and not record.primary_is_actual:
        return f"{record.status}: whether it ran on is not known"
    if record.status in RUNNING and not record.primary_is_actual:
        # A stated day that has passed may be stale, so the trial is only known to have run until then.
        return min([record.snapshot, *filter(None, [primary or study])]), False, "file's day"
    if reached is None:
        return "no completion date"
    if reached > record.snapshot:
        return "completion after the file's day"
    # A stopped trial shows that its planned end had not come yet, not how long the plan was.
    return reached, record.status != "terminated", endpoint


def estimate_cells(observations: list[Observation]) -> tuple[dict[str, Any], dict[str, int]]:
    """Each phase, and each phase and area, that is large enough; the others with their count of trials.

    The cells of a whole phase, with and without oncology, take the random sample alone, because the other files
    favour some areas. The cell of an area takes the files that state primary completion where they hold enough
    trials, else every file.
    """
    large: dict[str, Any] = {}
    small: dict[str, int] = {}
    for phase in PHASES.values():
        rows = [row for row in observations if row.phase == phase]
        sample = [row for row in rows if row.file == SAMPLE_FILE]
        groups = {
            "all": ("random sample", sample),
            "without_oncology": ("random sample", [row for row in sample if row.area not in (None, "oncology")]),
        }
        for area in sorted({row.area for row in rows if row.area}):
            groups[area] = _area_rows([row for row in rows if row.area == area])
        for area, (basis, cell) in groups.items():
            if len(cell) >= SMALLEST_CELL and sum(row.ended for row in cell) >= SMALLEST_EVENTS:
                large[f"{phase}/{area}"] = {"basis": basis, **estimate(cell)}
            else:
                small[f"{phase}/{area}"] = len(cell)
    return large, small


def _area_rows(rows: list[Observation]) -> tuple[str, list[Observation]]:
    stated = [row for row in rows if row.file != SAMPLE_FILE]
    enough = len(stated) >= SMALLEST_CELL and sum(row.ended for row in stated) >= SMALLEST_EVENTS
    return ("files with primary completion", stated) if enough else ("all files", rows)


def estimate(cell: list[Observation]) -> dict[str, Any]:
    """Kaplan-Meier quantiles of one cell with their sample."""
    fitter = _fitted(cell, ended=[row.ended for row in cell])
    stops_as_ends = _fitted(cell, ended=[row.ended or row.status == "terminated" for row in cell])
    limits = median_survival_times(fitter.confidence_interval_).iloc[0]
    years = [row.start_year for row in cell]
    return {
        "n": len(cell),
        "events": sum(row.ended for row in cell),
        "censored": sum(not row.ended for row in cell),
        "terminated": sum(row.status == "terminated" for row in cell),
        "to_primary_completion": sum(row.ended and row.endpoint == "primary" for row in cell),
        "start_years": [min(years), int(np.median(years)), max(years)],
        "files": {Path(name).name: count for name, count in sorted(Counter(row.file for row in cell).items())},
        "areas": dict(sorted(Counter(row.area or "none" for row in cell).items())),
        "quantiles_days": _quantiles(fitter, PROBS),
        "median_95_days": [_day_or_none(value) for value in limits],
        "median_if_terminated_ended_days": _quantiles(stops_as_ends, [0.5])[0],
    }


def _fitted(cell: list[Observation], *, ended: list[bool]) -> KaplanMeierFitter:
    return KaplanMeierFitter().fit([row.days for row in cell], ended)


def _quantiles(fitter: KaplanMeierFitter, probs: Sequence[float]) -> list[int | None]:
    curve = fitter.survival_function_.iloc[:, 0]
    return [_day_or_none(value) for value in quantiles_from_survival(curve.index, curve.values, probs)]


def sources(records: list[Record]) -> list[dict[str, Any]]:
    """The files with their day and how many trials each one gave."""
    counts = Counter((record.file, record.snapshot.isoformat()) for record in records)
    return [
        {"publisher": "ClinicalTrials.gov", "file": Path(file).name, "date": day, "industry_drug_trials": count}
        for (file, day), count in sorted(counts.items())
    ]


def read_mesh(data_dir: Path) -> dict[str, list[str]]:
    """MeSH tree numbers by lower-case term."""
    numbers: dict[str, list[str]] = defaultdict(list)
    with gzip.open(data_dir / MESH_FILE, "rt", encoding="utf-8") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            numbers[row["mesh_name"].lower()].append(row["mesh_tree_number"])
    return dict(numbers)


def parse_day(text: str) -> date | None:
    """A registry date; the middle of the month where no day is stated; None where there is none."""
    for pattern, has_day in (("%Y-%m-%d", True), ("%B %d, %Y", True), ("%Y-%m", False), ("%B %Y", False)):
        try:
            parts = time.strptime(text.strip(), pattern)
        except ValueError:
            continue
        return date(parts.tm_year, parts.tm_mon, parts.tm_mday if has_day else MID_MONTH)
    return None


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        yield from csv.DictReader(io.StringIO(stream.read()))


def _phase(text: str) -> str:
    return PHASES.get(re.sub(r"[^a-z0-9]", "", text.lower()), "")


def _status(text: str) -> str:
    words = text.replace("_", " ").lower()
    return {"unknown": "unknown status", "active not recruiting": "active, not recruiting"}.get(words, words)


def _text(element: ElementTree.Element | None) -> str:
    return "" if element is None else element.text or ""


def _kind(element: ElementTree.Element | None) -> str:
    return "" if element is None else element.get("type", "")


def _day_or_none(value: float) -> int | None:
    return round(float(value)) if np.isfinite(value) else None


if __name__ == "__main__":
    main()
