"""The command line is asked in this process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def minimal(repository: Path) -> str:
    return str(repository / "examples" / "minimal.yaml")


@pytest.fixture(scope="session")
def passport(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a passport of the smallest example, made by the command itself in a process of its own."""
    folder = tmp_path_factory.mktemp("made")
    words = ["passport", str(repository / "examples" / "minimal.yaml"), "--draws", "500", "--out", str(folder)]
    done = subprocess.run(
        [sys.executable, "-m", "onepill", *words], capture_output=True, text=True, check=False, env={**os.environ}
    )
    assert done.returncode == 0, done.stderr
    return folder
