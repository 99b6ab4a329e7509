"""What a machine's first question takes to compile its kernels, in times of what a known function takes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from numba import njit

ROOT = Path(__file__).resolve().parents[1]
DEALS = ("licence", "newco")
BUDGETS = {"first_use.licence_in_references": (260.0, "at most"), "first_use.newco_in_references": (350.0, "at most")}
"""A known function's time moves with the machine and with numba as the kernels' does, their ratio with us only."""


def measure() -> dict[str, float]:
    """Processor seconds that a first `deal value` takes more than a second one, and in times of the reference."""
    reference = min(_reference_seconds() for _ in range(5))
    found = {"reference_seconds": reference}
    for deal in DEALS:
        with tempfile.TemporaryDirectory() as kept:
            first, second = (_seconds(deal, kept) for _ in range(2))
        found |= {f"{deal}_seconds": first - second, f"{deal}_in_references": (first - second) / reference}
    return found


def _seconds(deal: str, kept: str) -> float:
    """Processor seconds of one question in a process of its own, which finds compiled code in the folder `kept`."""
    example, terms = ROOT / "examples" / "tunlametinib.yaml", ROOT / "examples" / "deals" / f"{deal}.yaml"
    command = [sys.executable, "-m", "onepill", "deal", "value", str(example), "--deal", str(terms), "--draws", "1000"]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "NUMBA_CACHE_DIR": kept}
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed")
    return usage.ru_utime + usage.ru_stime


def _reference_seconds() -> float:
    """Seconds of this thread in which numba compiles a function like a part of a kernel."""
    compiled: Any = njit(nogil=True, error_model="numpy")(_reference)
    start = time.thread_time()
    compiled.compile("(float64[:,::1], float64[:,::1], int32[::1], int64)")
    return time.thread_time() - start


def _reference(values: Any, sums: Any, days: Any, count: int) -> float:
    """Rows added, cut, turned by a day and summed: nothing that anybody asks for, and never to be changed."""
    total = 0.0
    for row in range(values.shape[0]):
        found, into = values[row], sums[row]
        for i in range(count):
            day = min(max(days[i] - row, 0), 365)
            into[i] += found[i] * day / 365.0
        for i in range(count):
            into[i] = min(into[i], found[i])
            total += into[i]
        for i in range(1, count):
            at = i
            while at > 0 and found[at - 1] > found[at]:
                found[at - 1], found[at] = found[at], found[at - 1]
                at -= 1
    return total
