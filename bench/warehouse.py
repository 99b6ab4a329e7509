"""Measure the warehouse at full size: the bulk load, a load of changes, opening and asking; prints a JSON document.

    python bench/warehouse.py --samples FOLDER [--studies 576000] [--work FOLDER]

Studies are grown by bench/grow_studies.py. Each load is a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
CHANGED = 2_000
QUESTIONS = {
    "count by status": "SELECT status, count(*) FROM trial GROUP BY status",
    "programmes of a sponsor": "SELECT count(DISTINCT record_id) FROM sponsor WHERE name = 'Sponsor 31'",
    "one record, all versions": "SELECT * FROM trial_version WHERE record_id = 'NCT00000288'",
}
RUNS = 9


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=Path, required=True, help="a folder of API v2 records")
    parser.add_argument("--studies", type=int, default=576_000)
    parser.add_argument("--work", type=Path, help="a folder for the grown files and the warehouse, kept afterwards")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        figures = measure(asked.work or Path(temporary), asked.samples, asked.studies)
    print(json.dumps(figures, indent=1))
    return 0


def measure(work: Path, samples: Path, studies: int) -> dict[str, Any]:
    """Figures of one run over an empty warehouse."""
    from bench.grow_studies import write_zip

    bulk, changes, root = work / f"bulk-{studies}.zip", work / f"changes-{studies}.zip", work / "warehouse"
    if not bulk.exists():
        write_zip(bulk, samples, studies)
    write_zip(changes, samples, min(CHANGED, studies), spread=studies, edition=2)
    if root.exists():
        raise SystemExit(f"{root} is there already; this measures the first load")
    figures = {"studies": studies, "packed_gb": round(bulk.stat().st_size / 1e9, 2)}
    figures["load"] = load(root, bulk)
    figures["load_again"] = load(root, bulk)
    figures["load_changes"] = load(root, changes, "--update")
    return {**figures, **ask(root), "load_average": os.getloadavg()}


def load(root: Path, file: Path, *how: str) -> dict[str, Any]:
    """Seconds and peak memory of one `onepill registry load`."""
    words = ["registry", "load", "ctgov", str(file), "--warehouse", str(root), *how, "--json"]
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
