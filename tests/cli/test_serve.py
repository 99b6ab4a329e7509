"""`serve` as a process: where it says it is, a taken port, more than one process."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

COMMAND = (sys.executable, "-m", "onepill", "serve", "--job-workers", "0")


@contextmanager
def serving(home: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server that is up, and the address that it tells."""
    surroundings = os.environ | {"ONEPILL_HOME": str(home)}
    process = subprocess.Popen([*COMMAND, *words], stdout=subprocess.PIPE, text=True, env=surroundings)
    try:
        assert process.stdout is not None
        told = re.search(r"https?://\S+", process.stdout.readline())
        assert told
        yield process, told[0]
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=30)
        finally:
            process.kill()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_address_told_answers_and_an_interrupt_ends_it_in_good_order(tmp_path: Path, workers: str) -> None:
    with serving(tmp_path, "--port", "0", "--workers", workers) as (process, address):
        assert httpx.get(address, timeout=120).status_code == 200
    assert process.returncode == 0


def test_a_taken_port_is_bad_input(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        words = ("--port", str(other.getsockname()[1]), "--home", str(tmp_path))
        ended = subprocess.run([*COMMAND, *words], capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 2
    assert "serve.port" in ended.stderr or "cannot be listened at" in ended.stderr
    assert "--port 0" in ended.stderr
