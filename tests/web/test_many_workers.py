"""A team's server: several processes that answer, on one PostgreSQL, and one of them killed in the middle."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from onepill.store.workspace import DATABASE, open_workspace

if TYPE_CHECKING:
    from tests.postgresql import Server

SERVE = "from onepill.cli import main; main()"
LONGEST_SECONDS = 120
"""A bound on what hangs, not a measure: every wait ends when what it waits for is there."""


@pytest.fixture(scope="module")
def database(postgresql: Server) -> Iterator[str]:
    url = postgresql.database(empty=True)
    yield url
    postgresql.drop(url)


@pytest.fixture(scope="module")
def address(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("home")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["serve", "--port", str(port), "--home", str(home), "--workers", "2", "--job-workers", "1"]
    environment = {**os.environ, DATABASE: database, "ONEPILL_HOME": str(home)}
    process = subprocess.Popen([sys.executable, "-c", SERVE, *words], env=environment)
    found = f"http://127.0.0.1:{port}"
    try:
        until(lambda: process.poll() is not None or is_up(found))
        assert process.poll() is None
        yield found
    finally:
        process.terminate()
        process.wait(timeout=30)


def until(is_so: Any) -> None:
    end = time.monotonic() + LONGEST_SECONDS
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.1)


def is_up(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/keys"):
            return True
    except OSError:
        return False


def ask(address: str, name: str, **question: Any) -> Any:
    body, kind = json.dumps(question).encode(), {"content-type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(f"{address}/api/{name}", body, kind)) as answer:
        return json.load(answer)


def answering(port: str) -> set[int]:
    """The processes that hold the listening port, without the one that started them."""
    inodes = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if int(fields[1].rpartition(":")[2], 16) == int(port) and fields[3] == "0A":
            inodes.add(f"socket:[{fields[9]}]")
    holders = set()
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if os.readlink(link) in inodes:
                holders.add(int(link.parts[2]))
        except OSError:
            continue
    return holders - {parent_of(one) for one in holders}


def parent_of(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="the processes of a port are read from Linux's /proc")
def test_several_processes_answer_alike_and_one_that_is_killed_is_not_missed(address: str, database: str) -> None:
    text = ask(address, "programmes/show", id="minimal")["text"]
    names = [f"p{number}" for number in range(8)]

    def add(name: str) -> int:
        made = ask(address, "programmes/add", text=text.replace("programme: minimal", f"programme: {name}"))
        return int(made["version"]["version"])

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(add, names)) == [1] * 8
    job = ask(address, "jobs/start", operation="path", programme="p3")["id"]
    first, *others = sorted(answering(address.rpartition(":")[2]))
    assert others
    os.kill(first, signal.SIGKILL)
    until(lambda: is_up(address))
    with ThreadPoolExecutor(4) as pool:
        listed = list(pool.map(lambda _: {row["id"] for row in list_of(address)}, range(8)))
    assert all(set(names) <= one for one in listed)
    until(lambda: ask(address, "jobs/show", id=job)["state"] == "done")
    kept = open_workspace(url=database)
    assert kept.audit.checked().problems == []
    assert sum(row["action"] == "add" for row in kept.audit.rows()) >= 8
    kept.close()


def list_of(address: str) -> Any:
    return ask(address, "programmes/list", outlook=False)["programmes"]
