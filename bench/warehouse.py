"""Measure the warehouse at full size: the bulk load, a load of changes, opening and asking; prints a JSON document.

    python bench/warehouse.py --samples FOLDER [--named SOURCE=PATH ...] [--studies 576000] [--work FOLDER]

Studies are grown by bench/grow_studies.py. Each load is a process of its own, so that its peak memory is its own.
Sources that are named (`repurposing_hub=…`, `pharma_space=…`, `mondo_efo=…`, `ema=…`) are loaded first, and the grown
studies are of their drugs and conditions: without them no name is known, and the landscape is empty.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bench.grow_studies import Names
    from onepill.workbench.landscape.world import LoadedWorld

ROOT = Path(__file__).resolve().parents[1]
CHANGED = 2_000
QUESTIONS = {
    "count by status": "SELECT status, count(*) FROM trial GROUP BY status",
    "programmes of a sponsor": "SELECT count(DISTINCT record_id) FROM sponsor WHERE name = 'Sponsor 31'",
    "one record, all versions": "SELECT * FROM trial_version WHERE record_id = 'NCT00000288'",
}
RUNS = 9
QUESTIONS_EACH = 27
"""Rounds of eight questions: 216 in all."""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=Path, required=True, help="a folder of API v2 records")
    parser.add_argument("--studies", type=int, default=576_000)
    parser.add_argument("--work", type=Path, help="a folder for the grown files and the warehouse, kept afterwards")
    parser.add_argument("--named", nargs="*", default=[], metavar="SOURCE=PATH", help="sources of names, loaded first")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        figures = measure(asked.work or Path(temporary), asked.samples, asked.studies, named=asked.named)
    print(json.dumps(figures, indent=1))
    return 0


def measure(work: Path, samples: Path, studies: int, *, named: Sequence[str] = ()) -> dict[str, Any]:
    """Figures of one run over an empty warehouse."""
    from bench.grow_studies import write_zip

    bulk, changes, root = work / f"bulk-{studies}.zip", work / f"changes-{studies}.zip", work / "warehouse"
    if root.exists():
        raise SystemExit(f"{root} is there already; this measures the first load")
    for one in named:
        source, _, path = one.partition("=")
        load(root, Path(path), source=source)
    names = names_in(root)
    if not bulk.exists():
        write_zip(bulk, samples, studies, names=names)
    write_zip(changes, samples, min(CHANGED, studies), spread=studies, edition=2, names=names)
    figures = {"studies": studies, "packed_gb": round(bulk.stat().st_size / 1e9, 2)}
    figures["load"] = load(root, bulk)
    figures["load_again"] = load(root, bulk)
    figures["load_changes"] = load(root, changes, "--update")
    figures |= ask(root)
    if names.drugs:
        figures["landscape"] = ask_landscape(root)
    return {**figures, "load_average": os.getloadavg()}


def names_in(root: Path) -> Names:
    """The names of drugs and conditions that are loaded, in an order that has nothing to do with them."""
    from bench.grow_studies import Names
    from onepill.registries import TABLES
    from onepill.store.warehouse import open_reader

    with open_reader(root, TABLES) as reader:
        found = [
            [text.replace("\n", " ") for (text,) in reader.connection.execute(sql).fetchall()]
            for sql in (
                "SELECT DISTINCT drug_name FROM drug WHERE drug_name <> '' ORDER BY md5(drug_name)",
                "SELECT DISTINCT term FROM vocabulary WHERE vocabulary = 'mondo_efo' AND term <> '' ORDER BY md5(term)",
            )
        ]
    return Names(tuple(found[0]), tuple(found[1]))


def ask_landscape(root: Path) -> dict[str, Any]:
    """Milliseconds of a mixed set of questions in one process, as the workbench asks them, and of whole commands."""
    from onepill.workbench.landscape.world import loaded_world

    start = time.perf_counter()
    loaded = loaded_world(root)
    opened = time.perf_counter() - start
    taken = [_asked(name, {**fields, "warehouse": str(root)}) for name, fields in landscape_set(loaded)]
    milliseconds, busy = (sorted(times) for times in zip(*taken, strict=True))
    commands = sorted(_command(root) for _ in range(RUNS))
    place = math.ceil(0.95 * len(milliseconds)) - 1
    return {
        "questions": len(milliseconds),
        "open_s": round(opened, 3),
        "p50_ms": round(statistics.median(milliseconds), 1),
        "p95_ms": round(milliseconds[place], 1),
        "slowest_ms": round(milliseconds[-1], 1),
        "p95_cpu_ms": round(busy[place], 1),
        "command_median_s": round(statistics.median(commands), 3),
        "command_slowest_s": round(commands[-1], 3),
    }


def landscape_set(loaded: LoadedWorld) -> Iterator[tuple[str, dict[str, Any]]]:
    """Operations and fields: each kind over the world's own targets and conditions, an origin, and several days."""
    targets = sorted({name for names in loaded.world.annotations.sets for name in names})
    conditions = sorted(name for name, _ in loaded.inputs.conditions.values())
    days = ("2010-01-01", "2021-07-01", None)
    for number in range(QUESTIONS_EACH):
        target, condition = (names[number * 37 % len(names)] for names in (targets, conditions))
        day = {"on": days[number % len(days)]} if days[number % len(days)] else {}
        yield "landscape", {**day, "targets": [target]}
        yield "landscape", {**day, "indications": [condition]}
        yield "landscape", {**day, "modalities": ["antibody"], "origins": ["CN"]} if number % 2 else day
        yield "landscape matrix", {**day, "targets": [target]} if number % 2 else day
        yield "landscape crowding", {**day, "indications": [condition]} if number % 4 else day
        yield "landscape firsts", {**day, "targets": [target]} if number % 2 else day
        yield "landscape entrants", day
        yield "landscape compare", day


def _asked(name: str, fields: dict[str, Any]) -> tuple[float, float]:
    """Milliseconds of the clock, and of the processor, which other programs move less."""
    from onepill.workbench.operations import operation

    found = operation(name)
    question = found.question.model_validate(fields)
    start, busy = time.perf_counter(), time.process_time()
    found.ask(question)
    return (time.perf_counter() - start) * 1e3, (time.process_time() - busy) * 1e3


def _command(root: Path) -> float:
    words = ["landscape", "--target", "EGFR", "--warehouse", str(root), "--json"]
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "onepill", *words], stdout=subprocess.DEVNULL, cwd=ROOT, check=True)
    return time.perf_counter() - start


def load(root: Path, file: Path, *how: str, source: str = "ctgov") -> dict[str, Any]:
    """Seconds and peak memory of one `onepill registry load`."""
    words = ["registry", "load", source, str(file), "--warehouse", str(root), *how, "--json"]
    start = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen([sys.executable, "-m", "onepill", *words], stdout=out, cwd=ROOT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - start
        out.seek(0)
        text = out.read().decode()
    if process.returncode:
        raise SystemExit(f"{' '.join(words)} failed: {text}")
    answer = json.loads(text)
    return {
        "seconds": round(seconds, 2),
        "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 2),
        "peak_mib": round(usage.ru_maxrss / 1024),
        "records": answer["manifest"]["records"],
        "segments_mb": round(sum(segment["bytes"] for segment in answer["manifest"]["segments"]) / 1e6, 1),
    }


def ask(root: Path) -> dict[str, Any]:
    """Seconds to open a reader, and the median and slowest of each question."""
    from onepill.store.warehouse import open_reader

    start = time.perf_counter()
    found: dict[str, Any] = {}
    with open_reader(root) as reader:
        found["open_seconds"] = round(time.perf_counter() - start, 3)
        for name, question in QUESTIONS.items():
            times = []
            for _ in range(RUNS):
                begin = time.perf_counter()
                reader.connection.execute(question).fetchall()
                times.append(time.perf_counter() - begin)
            found[name] = {"median_s": round(statistics.median(times), 4), "slowest_s": round(max(times), 4)}
    return found


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
