"""Many people at once on the pages of a workbench: how long they wait, what a page costs, whether memory stays."""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

USERS = 50
WARM, QUIET, ALL = 2_000, 6_000, 10_000
"""Requests after which the server's memory is read, up to which nobody saves any more, and in all."""
LONGEST_SECONDS = 150.0
"""The run ends then, and misses its budget of requests: the machine is too busy to measure on."""
START_SECONDS = 120.0
SAVE_EVERY = 1_000
"""One request in so many is a save of another number, after which every page about its programme is made anew."""
BUDGETS = {
    "web.p95_ms": (300.0, "at most"),
    "web.quiet_p95_ms": (300.0, "at most"),
    "web.saving_p95_ms": (750.0, "at most"),
    "web.errors": (0.0, "at most"),
    "web.requests": (10_000.0, "at least"),
    "web.cpu_ms_a_page": (6.0, "at most"),
    "web.quiet_grown_mib": (8.0, "at most"),
    "web.grown_mib": (64.0, "at most"),
}
"""Reads keep the house's bounds. Our own are wider where somebody saves once in a thousand requests: a save makes pages
anew, and what is computed anew fills memory up to what `live_cache` may hold."""
COST = re.compile(r"(phase_2: .*?cost: \{value: )\d+( MUSD)")
PROGRAMMES = ("tunlametinib-nras-melanoma", "minimal")
OF_A_PROGRAMME = (
    ("", 6),
    ("/passport", 3),
    ("/explain/value.rnpv_usd.mean", 3),
    ("/history", 2),
    ("/compare", 2),
    ("?set=markets.US.peak_share:0.1", 2),
    ("/file", 1),
)
OTHERS = (
    ("/", 6),
    ("/brief?since=2026-10-01", 3),
    ("/world", 3),
    ("/world/coverage", 1),
    ("/policy", 2),
    ("/deals", 2),
    ("/evidence", 2),
    ("/landscape", 1),
    ("/keys", 1),
)
"""Pages and how often each is read: programmes most, then the list, the brief and what belongs to every programme."""


def measure() -> dict[str, Any]:
    """Milliseconds that readers wait, processor milliseconds a page, requests a second, errors, resident MiB."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        tokens = _people(home)
        with _served(home) as (port, process):
            for path in _pages():
                _status(http.client.HTTPConnection("127.0.0.1", port, timeout=120), path, tokens[0])
            crowd = _Crowd(port, tokens)
            first, warm = crowd.read(WARM, saves=True), _resident_mib(process.pid)
            busy, began = _busy_seconds(process.pid), time.monotonic()
            quiet = crowd.read(QUIET - WARM)
            read = _resident_mib(process.pid)
            saving = crowd.read(ALL - QUIET, saves=True)
            seconds, busy = time.monotonic() - began, _busy_seconds(process.pid) - busy
            after = _resident_mib(process.pid)
    rest = _Read([*quiet.waits, *saving.waits], [*quiet.errors, *saving.errors])
    waits = sorted(wait for _, wait in rest.waits)
    by_page = {path: [wait for one, wait in rest.waits if one == path] for path in _pages()}
    return {
        "p95_ms": _part(waits, 0.95),
        "quiet_p95_ms": _part(sorted(wait for _, wait in quiet.waits), 0.95),
        "saving_p95_ms": _part(sorted(wait for _, wait in saving.waits), 0.95),
        "p50_ms": _part(waits, 0.5),
        "cpu_ms_a_page": 1000 * busy / max(1, len(waits)),
        "errors": float(len(first.errors) + len(rest.errors)),
        "requests": float(len(first.waits) + len(waits)),
        "requests_a_second": len(waits) / seconds,
        "warm_mib": warm,
        "quiet_grown_mib": read - warm,
        "grown_mib": after - warm,
        "problems": [*first.errors, *rest.errors][:5],
        "p95_ms_by_page": {path: _part(sorted(found), 0.95) for path, found in by_page.items() if found},
    }


def _pages() -> dict[str, int]:
    """Every page with its weight."""
    of_programmes = {f"/programmes/{one}{rest}": weight for one in PROGRAMMES for rest, weight in OF_A_PROGRAMME}
    return of_programmes | dict(OTHERS)


@dataclass
class _Read:
    """What was waited for each page in milliseconds, and what went wrong."""

    waits: list[tuple[str, float]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class _Crowd:
    """People who each ask for a page, read it, and ask for the next at once."""

    def __init__(self, port: int, tokens: list[str]) -> None:
        self._port, self._tokens = port, tokens
        self._until = time.monotonic() + LONGEST_SECONDS
        self._lock, self._left, self._read, self._saves = threading.Lock(), 0, _Read(), False

    def read(self, requests: int, *, saves: bool = False) -> _Read:
        """Ask so many times in all, by everybody at once."""
        self._left, self._read, self._saves = requests, _Read(), saves
        people = [threading.Thread(target=self._person, args=(one,)) for one in range(len(self._tokens))]
        for person in people:
            person.start()
        for person in people:
            person.join()
        return self._read

    def _person(self, number: int) -> None:
        token, chosen = self._tokens[number], random.Random(number)  # noqa: S311 - no secret
        paths, weights = zip(*_pages().items(), strict=True)
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        while (left := self._take()) and time.monotonic() < self._until:
            path = chosen.choices(paths, weights)[0]
            if self._saves and left % SAVE_EVERY == 0:
                self._save(connection)
            began = time.perf_counter()
            try:
                status = _status(connection, path, token)
            except OSError as error:
                self._read.errors.append(f"{path}: {error}")
                connection.close()
                continue
            self._read.waits.append((path, 1000 * (time.perf_counter() - began)))
            if status != 200:
                self._read.errors.append(f"{path}: {status}")
        connection.close()

    def _take(self) -> int:
        with self._lock:
            self._left -= 1
            return max(0, self._left + 1)

    def _save(self, connection: http.client.HTTPConnection) -> None:
        """A new version of a programme that nobody else saves meanwhile."""
        with self._lock:
            shown = _ask(connection, self._tokens[0], "programmes/show", {"id": "minimal"})
            number = shown["newest_version"]
            text = COST.sub(rf"\g<1>{15 + number}\g<2>", shown["text"], count=1)
            if text == shown["text"]:
                raise SystemExit("the example has no cost to be changed")
            saved = {"text": text, "expected_version": number, "reason": "measured"}
            _ask(connection, self._tokens[0], "programmes/save", saved)


def _status(connection: http.client.HTTPConnection, path: str, token: str) -> int:
    connection.request("GET", path, headers={"authorization": f"Bearer {token}", "accept": "text/html"})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def _ask(connection: http.client.HTTPConnection, token: str, name: str, fields: dict[str, Any]) -> Any:
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    connection.request("POST", f"/api/{name}", json.dumps(fields), headers)
    answer = connection.getresponse()
    text = answer.read()
    if answer.status != 200:
        raise SystemExit(f"{name}: {answer.status} {text[:300]!r}")
    return json.loads(text)


def _people(home: Path) -> list[str]:
    """The tokens of as many accounts: an administrator, and readers."""
    from onepill.workbench.asking.context import close_workspaces, shared_workspace

    workspace, tokens = shared_workspace(home), []
    for number in range(USERS):
        name = f"person{number}"
        role = "admin" if number == 0 else "viewer"
        workspace.accounts.add(name, shown_name=name, role=role, password=f"{name} reads many pages", actor="bench")
        scopes = ("read", "write") if number == 0 else ("read",)
        tokens.append(workspace.tokens.add(name, "bench", scopes=scopes, days=1, actor="bench")[1])
    close_workspaces()
    return tokens


@contextmanager
def _served(home: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """A server for accounts on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["serve", "--team", "--port", str(port), "--home", str(home), "--job-workers", "0"]
    process = subprocess.Popen(
        [sys.executable, "-m", "onepill", *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(port, process)
        yield port, process
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the server did not start")


def _busy_seconds(pid: int) -> float:
    """Processor seconds of a process so far, which another program moves less than the time of day; Linux tells."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident_mib(pid: int) -> float:
    """Memory of a process that is not swapped out; Linux tells."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _part(ordered: list[float], share: float) -> float:
    """The value that this share of the ordered values does not exceed."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else statistics.nan


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    print(json.dumps(measure(), indent=1))
