"""Measures speed and memory in one run and writes out/bench.json, ratios first: no test is timed, this is the place."""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from onepill.sim import CompiledPlan

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "tunlametinib.yaml"
SHANGHAI = ROOT / "examples" / "adc_shanghai.yaml"
COMMAND = [sys.executable, "-m", "onepill"]
RUNS = 5
PLAN_PATHS = 1_000_000
BUDGETS = {
    "kernel.ratio_to_numpy": (10.0, "at least"),
    "kernel.paths_per_s_1_core": (5e6, "at least"),
    "kernel.paths_per_s_2_cores": (10e6, "at least"),
    "tunlametinib.paths_per_s_1_core": (3e6, "at least"),
    "tunlametinib.paths_per_s_2_cores": (6e6, "at least"),
    "tunlametinib.rivals_time_ratio": (1.25, "at most"),
    "passport.seconds": (3.0, "at most"),
    "passport.peak_mib": (600.0, "at most"),
    "path.seconds": (2.0, "at most"),
    "policy_effect.seconds": (4.0, "at most"),
    "parsing.ratio_to_duckdb": (3.0, "at most"),
    "transitions.seconds": (20.0, "at most"),
    "lean.twelve_seconds": (5.0, "at most"),
    "lean.twelve_limited_seconds": (5.0, "at most"),
    "help.seconds": (0.150, "at most"),
    "due.seconds": (0.250, "at most"),
}
"""What each figure should reach on two cores."""
WAREHOUSE_BUDGETS = {
    "warehouse_load.seconds": (120.0, "at most"),
    "warehouse_load.peak_mib": (4096.0, "at most"),
    "warehouse_load_changes.seconds": (5.0, "at most"),
}
"""With --registry: 576,000 studies, and 2,000 of them changed; with --named also what follows."""
LANDSCAPE_BUDGETS = {"landscape.p95_ms": (100.0, "at most")}


def main(arguments: list[str] | None = None) -> None:
    """Measure everything, write `out/bench.json`, print each figure beside its budget."""
    from bench import browser, deals, first_use, transitions, web
    from bench.design import BUDGETS as DESIGN_BUDGETS
    from bench.design import measure as measure_designs
    from bench.kernel import measure
    from bench.lean import measure as measure_lean
    from bench.newco import BUDGETS as NEWCO_BUDGETS
    from bench.newco import measure as measure_newcos

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--registry", type=Path, metavar="SAMPLES", help=WAREHOUSE_HELP)
    parser.add_argument("--named", nargs="*", default=[], metavar="SOURCE=PATH", help=NAMED_HELP)
    given = parser.parse_args(arguments)
    samples = given.registry
    figures: dict[str, Any] = {"kernel": measure(), "tunlametinib": measure_plan(), **measure_commands()}
    figures["parsing"] = measure_parsing()
    figures["transitions"] = transitions.measure()
    figures["lean"] = measure_lean()
    figures["design"] = measure_designs()
    figures["newco"] = measure_newcos()
    figures["deals"] = deals.measure()
    figures["first_use"] = first_use.measure()
    figures["browser"] = browser.measure()
    figures["web"] = web.measure()
    figures["kernel"] = {"ratio_to_numpy": figures["kernel"].pop("ratio_to_numpy"), **figures["kernel"]}
    budgets = BUDGETS | DESIGN_BUDGETS | NEWCO_BUDGETS | deals.BUDGETS | first_use.BUDGETS | web.BUDGETS
    budgets |= browser.BUDGETS if figures["browser"] else {}
    if samples:
        figures |= measure_warehouse(samples, given.named)
        budgets |= WAREHOUSE_BUDGETS | (LANDSCAPE_BUDGETS if given.named else {})
    out = ROOT / "out" / "bench.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    for name, (budget, side) in budgets.items():
        group, _, key = name.partition(".")
        value = figures[group][key]
        held = value >= budget if side == "at least" else value <= budget
        print(f"{'ok  ' if held else 'MISS'} {name:36s} {value:14,.3f}   {side} {budget:,.3f}")
    print(f"wrote {out.relative_to(ROOT)}")


WAREHOUSE_HELP = "a folder of ClinicalTrials.gov API v2 records: grow 576,000 studies from them and load them (slow)"
NAMED_HELP = "with --registry: sources of names (repurposing_hub=FILE mondo_efo=FILE), to measure the landscape too"
STUDIES = 576_000


def measure_warehouse(samples: Path, named: list[str]) -> dict[str, dict[str, Any]]:
    """Loads and questions at full size; needs some 6 GB of disk for as long as it takes."""
    from bench.warehouse import measure as measure_loads

    with tempfile.TemporaryDirectory(dir=ROOT / "out") as work:
        found = measure_loads(Path(work), samples, STUDIES, named=named)
    loads = {f"warehouse_{name}": found.pop(name) for name in ("load", "load_again", "load_changes")}
    landscape = {"landscape": found.pop("landscape")} if "landscape" in found else {}
    return {**loads, **landscape, "warehouse": found}


def measure_parsing() -> dict[str, float]:
    """Seconds to parse the same JSON lines as DuckDB reads, on one thread each, and their ratio; the best of three."""
    from bench import registry

    samples = registry.read_samples(registry.SAMPLES)
    with tempfile.TemporaryDirectory() as work:
        lines = Path(work) / "studies.jsonl"
        registry.write_lines(lines, samples, PARSED)
        registry.load_samples()
        pairs = [(_busy(lambda: registry.load(lines)), _busy(lambda: registry.duckdb_read(lines, 1))) for _ in range(3)]
    ours, theirs = (min(seconds) for seconds in zip(*pairs, strict=True))
    return {"ratio_to_duckdb": ours / theirs, "cpu_seconds": ours, "duckdb_cpu_seconds": theirs}


PARSED = 8_000


def _busy(work: Callable[[], object]) -> float:
    """Processor seconds, which another program's work on the machine moves less than the time of day."""
    start = time.process_time()
    work()
    return time.process_time() - start


def measure_plan() -> dict[str, float]:
    """Paths a second of tunlametinib's own plan, the best of several runs after a warm-up."""
    from onepill.model import load_programme
    from onepill.rulebook import load_rulebook
    from onepill.sim import compile_plan, run
    from onepill.workbench.plan.assemble import assemble
    from onepill.workbench.plan.fill import fill

    def plan_of(text: str) -> CompiledPlan:
        loaded = load_programme(text, file=EXAMPLE.name)
        return compile_plan(assemble(fill(loaded.programme, load_rulebook())).plan)

    text = EXAMPLE.read_text(encoding="utf-8")
    compiled, rivals = plan_of(text), plan_of(_with_rivals(text))
    run(compiled, draws=100_000, seed=1, threads=2)
    speeds: dict[int, list[float]] = {1: [], 2: []}
    seconds: dict[bool, list[float]] = {False: [], True: []}
    for _ in range(2 * RUNS):
        for is_shared, plan in ((False, compiled), (True, rivals)):
            start = time.process_time()
            run(plan, draws=PLAN_PATHS // 5, seed=1)
            seconds[is_shared].append(time.process_time() - start)
    for _ in range(RUNS):
        for threads, found in speeds.items():
            start = time.perf_counter()
            run(compiled, draws=PLAN_PATHS, seed=1, threads=threads)
            found.append(PLAN_PATHS / (time.perf_counter() - start))
    ratio = min(seconds[True]) / min(seconds[False])
    return {
        "rivals_time_ratio": ratio,
        "paths_per_s_1_core": max(speeds[1]),
        "paths_per_s_2_cores": max(speeds[2]),
    }


def _with_rivals(text: str) -> str:
    """The programme with a rival to come in each of its markets."""
    head, tail = text.split("\nmarkets:\n", 1)
    rival = "{name: rival, delay: {low: 3 years, mode: 5 years, high: 9 years}, prob: 0.5}"
    block = f"    competition: {{in_class: 1, entrants: [{rival}]}}\n"
    return head + "\nmarkets:\n" + re.sub(r"^(  (?:CN|US|EU|JP):\n)", rf"\1{block}", tail, flags=re.MULTILINE)


def measure_commands() -> dict[str, dict[str, float]]:
    """Whole processes: median wall time, and the peak memory of the passport."""
    out = ROOT / "out" / "bench"
    passport = [*COMMAND, "passport", str(EXAMPLE), "--draws", "100000", "--out", str(out)]
    due = [*COMMAND, "due", "--jurisdiction", "CN", "--from", "2024-02-05", "--count", "30 wd"]
    path = [*COMMAND, "path", str(EXAMPLE), "--markets", "all"]
    effect = [*COMMAND, "policy", "effect", str(SHANGHAI), "--policy", "cn.shanghai.2024", "--draws", "100000"]
    runs = {"passport": passport, "path": path, "policy_effect": effect, "help": [*COMMAND, "--help"], "due": due}
    figures: dict[str, dict[str, float]] = {}
    for name, command in runs.items():
        timed = [_process(command) for _ in range(RUNS + 1)][1:]
        figures[name] = {"seconds": statistics.median(seconds for seconds, _ in timed)}
        if name == "passport":
            figures[name]["peak_mib"] = max(peak for _, peak in timed)
    return figures


def _process(command: list[str]) -> tuple[float, float]:
    """Wall seconds and peak resident MiB of one run.

    Raises:
        SystemExit: the command fails.
    """
    start = time.perf_counter()
    # Modules compiled once stay compiled on a user's machine, whatever this shell says of it.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=ROOT, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        problem: Any = process.stderr.read().decode() if process.stderr else ""
        raise SystemExit(f"{' '.join(command)} failed: {problem}")
    return seconds, usage.ru_maxrss / 1024


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
