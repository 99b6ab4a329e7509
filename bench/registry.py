"""Measure how fast registries are parsed, on studies grown from the shipped samples with changed ids.

    python bench/registry.py --studies 20000    parse JSON lines and a bulk zip, beside DuckDB on the same JSON

The grown studies are benchmarks only and never shipped: each is one of the samples with an id of its own, its days
shifted and its names kept, so that sizes and shapes stay real while nothing can be taken for a study.
"""

from __future__ import annotations

import argparse
import copy
import json
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson

from onepill.registries import open_load

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "tests" / "registries" / "samples" / "ctgov_v2"
FIRST_ID = 10_000_000
"""Ids of grown studies: eight digits that ClinicalTrials.gov has not reached."""
LONGEST_SHIFT_DAYS = 3_000


def main(arguments: list[str] | None = None) -> int:
    """Measure, and print one line of JSON a measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--studies", type=int, default=20_000, help="how many studies to grow")
    parser.add_argument("--samples", type=Path, default=SAMPLES, help="a folder of API v2 records")
    options = parser.parse_args(arguments)
    samples = read_samples(options.samples)
    with tempfile.TemporaryDirectory() as folder:
        for result in measure(Path(folder), samples, options.studies):
            print(json.dumps(result))
    return 0


def read_samples(folder: Path) -> list[dict[str, Any]]:
    """The complete records of a folder of API v2 files."""
    studies = (orjson.loads(path.read_bytes()) for path in sorted(folder.glob("*.json")))
    return [study for study in studies if "statusModule" in study["protocolSection"]]


def grow(samples: list[dict[str, Any]], number: int) -> Iterator[tuple[str, bytes]]:
    """Id and JSON of each grown study."""
    for place in range(number):
        study = copy.deepcopy(samples[place % len(samples)])
        trial_id = f"NCT{FIRST_ID + place}"
        study["protocolSection"]["identificationModule"]["nctId"] = trial_id
        shift_days(study["protocolSection"]["statusModule"], place * 37 % LONGEST_SHIFT_DAYS)
        yield trial_id, orjson.dumps(study)


def shift_days(status: dict[str, Any], days: int) -> None:
    """Move every whole day of the status module into the past by so many days."""
    for key, value in status.items():
        text = value.get("date") if isinstance(value, dict) else value
        if isinstance(text, str) and len(text) == 10 and text[4] == text[7] == "-":
            moved = (date.fromisoformat(text) - timedelta(days)).isoformat()
            status[key] = {**value, "date": moved} if isinstance(value, dict) else moved


def write_lines(path: Path, samples: list[dict[str, Any]], number: int) -> None:
    with path.open("wb") as file:
        for _, data in grow(samples, number):
            file.write(data + b"\n")


def write_zip(path: Path, samples: list[dict[str, Any]], number: int) -> None:
    """A bulk zip of one file a study, packed quickly."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for trial_id, data in grow(samples, number):
            archive.writestr(f"{trial_id}.json", data)


def measure(folder: Path, samples: list[dict[str, Any]], number: int) -> Iterator[dict[str, Any]]:
    """Seconds and studies a second: JSON lines, bulk zip, and DuckDB on the same JSON lines (one thread and all)."""
    lines, packed = folder / "studies.jsonl", folder / "studies.zip"
    write_lines(lines, samples, number)
    write_zip(packed, samples, number)
    load_samples()
    ours = timed("onepill, JSON lines", number, lambda: load(lines))
    yield {**ours, "megabytes": round(lines.stat().st_size / 1e6, 1)}
    yield timed("onepill, bulk zip", number, lambda: load(packed))
    yield timed("onepill, bulk zip, 2 processes", number, lambda: load(packed, workers=2))
    for threads in (1, 2):
        theirs = timed(f"DuckDB, JSON lines, {threads} threads", number, lambda t=threads: duckdb_read(lines, t))
        yield {**theirs, "onepill_over_duckdb": round(ours["seconds"] / theirs["seconds"], 2)}


def timed(name: str, number: int, work: Callable[[], int]) -> dict[str, Any]:
    start, busy = time.perf_counter(), time.process_time()
    loaded = work()
    seconds, busy = time.perf_counter() - start, time.process_time() - busy
    if loaded != number:
        raise SystemExit(f"{name}: {loaded} of {number} studies")
    rate = round(number / seconds)
    return {"what": name, "seconds": round(seconds, 3), "cpu_seconds": round(busy, 3), "studies_per_second": rate}


def load(path: Path, *, workers: int = 1) -> int:
    opened = open_load("ctgov", path, workers=workers)
    for _ in opened.batches():
        pass
    return opened.rows_loaded


def load_samples() -> None:
    """One small load first, so that imports are not measured."""
    load(SAMPLES)


def duckdb_read(path: Path, threads: int) -> int:
    """DuckDB reads the same modules by its typed JSON reader, and makes the same tables of them."""
    import duckdb

    base = duckdb.connect(config={"threads": threads})
    base.execute(f"create table raw as select * from read_json(?, {DUCKDB_READER})", [str(path)])
    for table, query in DUCKDB_TABLES.items():
        base.execute(f"create table {table} as {query}")
    return int(base.execute("select count(*) from trial").fetchall()[0][0])


DAY = "struct(date varchar, type varchar)"
DUCKDB_TYPE = f"""struct(
    identificationModule struct(nctId varchar, briefTitle varchar, officialTitle varchar, acronym varchar,
        orgStudyIdInfo struct(id varchar), secondaryIdInfos struct(id varchar)[]),
    statusModule struct(overallStatus varchar, whyStopped varchar, startDateStruct {DAY}, completionDateStruct {DAY},
        primaryCompletionDateStruct {DAY}, studyFirstPostDateStruct {DAY}, lastUpdatePostDateStruct {DAY},
        studyFirstSubmitDate varchar),
    descriptionModule struct(briefSummary varchar),
    conditionsModule struct(conditions varchar[], keywords varchar[]),
    sponsorCollaboratorsModule struct(leadSponsor struct(name varchar, class varchar),
        collaborators struct(name varchar, class varchar)[]),
    designModule struct(studyType varchar, phases varchar[], enrollmentInfo struct(count bigint, type varchar),
        designInfo struct(allocation varchar, interventionModel varchar, primaryPurpose varchar)),
    armsInterventionsModule struct(armGroups struct(label varchar, type varchar, interventionNames varchar[])[],
        interventions struct(type varchar, name varchar, armGroupLabels varchar[], otherNames varchar[])[]),
    outcomesModule struct(primaryOutcomes struct(measure varchar, timeFrame varchar)[]),
    eligibilityModule struct(sex varchar, minimumAge varchar, maximumAge varchar, healthyVolunteers boolean),
    contactsLocationsModule struct(locations struct(facility varchar, city varchar, state varchar, country varchar,
        status varchar, geoPoint struct(lat double, lon double))[]))"""
MESHES = "struct(meshes struct(id varchar, term varchar)[], ancestors struct(id varchar, term varchar)[])"
DUCKDB_READER = f"""format='newline_delimited', maximum_object_size=100000000, columns={{
    protocolSection: '{DUCKDB_TYPE}',
    derivedSection: 'struct(conditionBrowseModule {MESHES}, interventionBrowseModule {MESHES})',
    hasResults: 'boolean'}}"""
MODULES = "protocolSection.armsInterventionsModule"
ID = "protocolSection.identificationModule.nctId id"
DUCKDB_TABLES = {
    "trial": "select protocolSection.identificationModule, protocolSection.statusModule, protocolSection.designModule,"
    " protocolSection.eligibilityModule, protocolSection.descriptionModule, hasResults from raw",
    "arm": f"select {ID}, unnest({MODULES}.armGroups, recursive := true) from raw",
    "intervention": f"select {ID}, unnest({MODULES}.interventions, recursive := true) from raw",
    "site": f"select {ID}, unnest(protocolSection.contactsLocationsModule.locations, recursive := true) from raw",
    "condition": f"select {ID}, unnest(protocolSection.conditionsModule.conditions) from raw",
    "mesh": f"select {ID}, unnest(derivedSection.conditionBrowseModule.ancestors, recursive := true) from raw",
}


if __name__ == "__main__":
    raise SystemExit(main())
