"""Grow studies of ClinicalTrials.gov from real API v2 records, as a bulk zip like the registry's: benchmarks only.

    python bench/grow_studies.py --samples FOLDER --studies 576000 --out out/bulk.zip
    python bench/grow_studies.py --samples FOLDER --studies 2000 --spread 576000 --edition 2 --out out/changes.zip

Each grown study is one of the samples with an id of its own, another status, start, enrolment and sponsor, and numbers
in the names of its conditions and interventions: sizes and shapes are real, and nothing can be taken for a study. An
edition changes the enrolment of every study and nothing else; `--spread` takes the ids evenly from so many. The same
arguments give the same JSON. Samples are read from the folder named and never shipped.
"""

from __future__ import annotations

import argparse
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson

STATUSES = ("COMPLETED", "RECRUITING", "UNKNOWN", "TERMINATED", "NOT_YET_RECRUITING", "ACTIVE_NOT_RECRUITING")
FIRST_START = date(1999, 11, 1)
START_SPAN_DAYS = 9_500
SPONSORS = 24_430
"""Different sponsor names among 232,481 reports (opentargets/mira, pull request 55)."""
RESULTS_EVERY = 8
"""One study in so many keeps its results section, an assumption; parsers skip it, but must read past it."""
ID, STATUS, START, ENROLLED, SPONSOR, SERIAL = (f"\x01{name}\x01" for name in "isneor")


@dataclass(frozen=True)
class Template:
    """A sample's JSON cut at the places that differ: `pieces[i]` is followed by the value that `marks[i]` names."""

    pieces: tuple[bytes, ...]
    marks: tuple[str, ...]

    def filled(self, values: dict[str, bytes]) -> bytes:
        parts = [self.pieces[0]]
        for mark, piece in zip(self.marks, self.pieces[1:], strict=True):
            parts += (values[mark], piece)
        return b"".join(parts)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=Path, required=True, help="a folder of API v2 records")
    parser.add_argument("--studies", type=int, required=True)
    parser.add_argument("--spread", type=int, default=0, help="take the ids evenly from so many")
    parser.add_argument("--edition", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True, help="a .zip")
    asked = parser.parse_args(arguments)
    size = write_zip(asked.out, asked.samples, asked.studies, spread=asked.spread, edition=asked.edition)
    print(f"{asked.studies:,} studies, {size / 1e9:.2f} GB of JSON, {asked.out.stat().st_size / 1e9:.2f} GB packed")
    return 0


def write_zip(out: Path, samples: Path, studies: int, *, spread: int = 0, edition: int = 1) -> int:
    """Write a zip of one file a study; returns the bytes of JSON in it."""
    size = 0
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for study_id, text in grow(samples, studies, spread=spread, edition=edition):
            archive.writestr(f"{study_id}.json", text)
            size += len(text)
    return size


def grow(samples: Path, studies: int, *, spread: int = 0, edition: int = 1) -> Iterator[tuple[str, bytes]]:
    """Ids and JSON of the studies."""
    records = [orjson.loads(path.read_bytes()) for path in sorted(samples.glob("*.json"))]
    whole = [record for record in records if "statusModule" in record.get("protocolSection", {})]
    with_results = [template(record) for record in whole]
    without = [template({**record, "resultsSection": None, "hasResults": False}) for record in whole]
    step = max(1, spread // studies)
    for number in range(0, studies * step, step):
        found = with_results if number % RESULTS_EVERY == 0 else without
        study_id = f"NCT{number:08d}"
        # A prime apart from the number of samples, so that every sample meets every status and year.
        yield study_id, found[number * 7 % len(found)].filled(values(number, study_id, edition))


def values(number: int, study_id: str, edition: int) -> dict[str, bytes]:
    start = FIRST_START + timedelta(days=number * 37 % START_SPAN_DAYS)
    return {
        ID: study_id.encode(),
        STATUS: STATUSES[number % len(STATUSES)].encode(),
        START: start.isoformat().encode(),
        ENROLLED: str(number % 997 + 1000 * edition).encode(),
        SPONSOR: str(number * 31 % SPONSORS).encode(),
        SERIAL: str(number % 20_011).encode(),
    }


def template(record: dict[str, Any]) -> Template:
    """The record with marks where studies differ, cut at them."""
    protocol = record["protocolSection"]
    design, arms = protocol.get("designModule", {}), protocol.get("armsInterventionsModule", {})
    marked = {
        **protocol,
        "identificationModule": {**protocol["identificationModule"], "nctId": ID},
        "statusModule": {**protocol["statusModule"], "overallStatus": STATUS, "startDateStruct": {"date": START}},
        "designModule": {**design, "enrollmentInfo": {"count": ENROLLED, "type": "ESTIMATED"}},
        "sponsorCollaboratorsModule": {"leadSponsor": {"name": f"Sponsor {SPONSOR}", "class": "INDUSTRY"}},
        "conditionsModule": _numbered(protocol.get("conditionsModule", {})),
        "armsInterventionsModule": {**arms, "interventions": _renamed(arms.get("interventions", []))},
    }
    kept = {key: value for key, value in record.items() if value is not None}
    text = orjson.dumps({**kept, "protocolSection": marked}).decode()
    return _cut(text)


def _numbered(module: dict[str, Any]) -> dict[str, Any]:
    return {**module, "conditions": [f"{name} {SERIAL}" for name in module.get("conditions", [])]}


def _renamed(interventions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "name": f"{row.get('name', '')} {SERIAL}"} for row in interventions]


def _cut(text: str) -> Template:
    """Cut at the marks; the count loses its quotes, for it is a number."""
    written = {orjson.dumps(mark).decode()[1:-1]: mark for mark in (ID, STATUS, START, ENROLLED, SPONSOR, SERIAL)}
    count = orjson.dumps(ENROLLED).decode()
    text = text.replace(count, count[1:-1])
    pieces, marks, rest = [], [], text
    while found := min(((rest.find(w), w) for w in written if w in rest), default=None):
        place, mark = found
        pieces.append(rest[:place].encode())
        marks.append(written[mark])
        rest = rest[place + len(mark) :]
    return Template((*pieces, rest.encode()), tuple(marks))


if __name__ == "__main__":
    sys.exit(main())
