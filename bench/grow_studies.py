"""Grow studies of ClinicalTrials.gov from real API v2 records, as a bulk zip like the registry's: benchmarks only.

    python bench/grow_studies.py --samples FOLDER --studies 576000 --out out/bulk.zip
    python bench/grow_studies.py --samples FOLDER --studies 2000 --spread 576000 --edition 2 --out out/changes.zip

Each grown study is one of the samples with an id of its own, another status, start, phase, enrolment and sponsor, and
made names of its conditions and interventions: sizes and shapes are real, and nothing can be taken for a study. With
`--drugs` and `--conditions` (files of a name a line) two of three interventions and conditions get such a name, some
names far more often than others, as in a register; half of the drugs with a dose. An edition changes the enrolment of
every study and nothing else; `--spread` takes the ids evenly from so many. The same arguments give the same JSON.
Samples are read from the folder named and never shipped.
"""

from __future__ import annotations

import argparse
import random
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
PHASES = ("PHASE1", "PHASE2", "PHASE3", "PHASE1", "PHASE2", "NA", "PHASE4")
NAMED = 3
"""Interventions, and conditions, that get names of their own; further ones share them."""
ID, STATUS, START, ENROLLED, SPONSOR, PHASE = (f"\x01{name}\x01" for name in "isneop")
DRUGS = tuple(f"\x01d{place}\x01" for place in range(NAMED))
CONDITIONS = tuple(f"\x01c{place}\x01" for place in range(NAMED))
MARKS = (ID, STATUS, START, ENROLLED, SPONSOR, PHASE, *DRUGS, *CONDITIONS)


@dataclass(frozen=True)
class Names:
    """Names to be given to interventions and conditions; without any they keep those of the samples, numbered."""

    drugs: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()


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
    parser.add_argument("--drugs", type=Path, help="names of drugs, one a line")
    parser.add_argument("--conditions", type=Path, help="names of conditions, one a line")
    parser.add_argument("--out", type=Path, required=True, help="a .zip")
    asked = parser.parse_args(arguments)
    names = Names(_lines(asked.drugs), _lines(asked.conditions))
    size = write_zip(asked.out, asked.samples, asked.studies, spread=asked.spread, edition=asked.edition, names=names)
    print(f"{asked.studies:,} studies, {size / 1e9:.2f} GB of JSON, {asked.out.stat().st_size / 1e9:.2f} GB packed")
    return 0


def _lines(path: Path | None) -> tuple[str, ...]:
    return tuple(path.read_text(encoding="utf-8").splitlines()) if path else ()


def write_zip(
    out: Path, samples: Path, studies: int, *, spread: int = 0, edition: int = 1, names: Names | None = None
) -> int:
    """Write a zip of one file a study; returns the bytes of JSON in it."""
    size = 0
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for study_id, text in grow(samples, studies, spread=spread, edition=edition, names=names):
            archive.writestr(f"{study_id}.json", text)
            size += len(text)
    return size


def grow(
    samples: Path, studies: int, *, spread: int = 0, edition: int = 1, names: Names | None = None
) -> Iterator[tuple[str, bytes]]:
    """Ids and JSON of the studies."""
    given = names or Names()
    records = [orjson.loads(path.read_bytes()) for path in sorted(samples.glob("*.json"))]
    whole = [record for record in records if "statusModule" in record.get("protocolSection", {})]
    with_results = [template(record) for record in whole]
    without = [template({**record, "resultsSection": None, "hasResults": False}) for record in whole]
    step = max(1, spread // studies)
    for number in range(0, studies * step, step):
        found = with_results if number % RESULTS_EVERY == 0 else without
        study_id = f"NCT{number:08d}"
        # A prime apart from the number of samples, so that every sample meets every status and year.
        yield study_id, found[number * 7 % len(found)].filled(values(number, study_id, edition, given))


def values(number: int, study_id: str, edition: int, names: Names) -> dict[str, bytes]:
    """What stands at each mark of the study of this number."""
    chance = random.Random(number)  # noqa: S311 (made names, no secret)
    start = FIRST_START + timedelta(days=number * 37 % START_SPAN_DAYS)
    return {
        ID: study_id.encode(),
        STATUS: STATUSES[number % len(STATUSES)].encode(),
        START: start.isoformat().encode(),
        ENROLLED: str(number % 997 + 1000 * edition).encode(),
        SPONSOR: str(number * 31 % SPONSORS).encode(),
        PHASE: PHASES[number * 11 % len(PHASES)].encode(),
        **{mark: _drug(names.drugs, number, place, chance) for place, mark in enumerate(DRUGS)},
        **{mark: _condition(names.conditions, number, place, chance) for place, mark in enumerate(CONDITIONS)},
    }


def _drug(drugs: tuple[str, ...], number: int, place: int, chance: random.Random) -> bytes:
    """A name of the list, half of them with a dose; one in three, and all without a list, are no drug's name."""
    name = _skewed(drugs, chance)
    if not name or chance.random() < 1 / 3:
        return f"Made intervention {place} {number % 20_011}".encode()
    return _text(f"{name} {chance.randrange(1, 100) * 5} mg" if chance.random() < 1 / 2 else name)


def _condition(conditions: tuple[str, ...], number: int, place: int, chance: random.Random) -> bytes:
    name = _skewed(conditions, chance)
    if not name or chance.random() < 1 / 3:
        return f"Made condition {place} {number % 20_011}".encode()
    return _text(name)


def _skewed(names: tuple[str, ...], chance: random.Random) -> str:
    """One name; the first of the list far more often than the last."""
    place = chance.random() ** 3
    return names[int(len(names) * place)] if names else ""


def _text(name: str) -> bytes:
    """As it stands within a JSON text."""
    return orjson.dumps(name)[1:-1]


def template(record: dict[str, Any]) -> Template:
    """The record with marks where studies differ, cut at them."""
    protocol = record["protocolSection"]
    design, arms = protocol.get("designModule", {}), protocol.get("armsInterventionsModule", {})
    marked = {
        **protocol,
        "identificationModule": {**protocol["identificationModule"], "nctId": ID},
        "statusModule": {**protocol["statusModule"], "overallStatus": STATUS, "startDateStruct": {"date": START}},
        "designModule": {**design, "phases": [PHASE], "enrollmentInfo": {"count": ENROLLED, "type": "ESTIMATED"}},
        "sponsorCollaboratorsModule": {"leadSponsor": {"name": f"Sponsor {SPONSOR}", "class": "INDUSTRY"}},
        "conditionsModule": _numbered(protocol.get("conditionsModule", {})),
        "armsInterventionsModule": {**arms, "interventions": _renamed(arms.get("interventions", []))},
    }
    kept = {key: value for key, value in record.items() if value is not None}
    text = orjson.dumps({**kept, "protocolSection": marked}).decode()
    return _cut(text)


def _numbered(module: dict[str, Any]) -> dict[str, Any]:
    listed = module.get("conditions", [])
    return {**module, "conditions": [CONDITIONS[place % NAMED] for place, _ in enumerate(listed)]}


def _renamed(interventions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "name": DRUGS[place % NAMED]} for place, row in enumerate(interventions)]


def _cut(text: str) -> Template:
    """Cut at the marks; the count loses its quotes, for it is a number."""
    written = {orjson.dumps(mark).decode()[1:-1]: mark for mark in MARKS}
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
