"""The command line as a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

SLOW_TO_IMPORT = {
    "pydantic",
    "numpy",
    "scipy",
    "numba",
    "rich",
    "ruamel.yaml",
    "jinja2",
    "altair",
    "vl_convert",
    "holidays",
}
LOADED = """
import sys
sys.argv = ["onepill", {words}]
from onepill.cli import main
try:
    main()
except SystemExit as stop:
    assert not stop.code, stop.code
print("\\n" + " ".join(sys.modules))
"""


def onepill(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "onepill", *words], capture_output=True, text=True, check=False)


def test_the_module_is_the_command(minimal: str) -> None:
    done = onepill("check", minimal, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["errors"] == 0


def test_a_missing_file_is_exit_code_2() -> None:
    done = onepill("passport", "nowhere.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert "file.missing" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_reader_that_goes_away_is_no_traceback() -> None:
    command = [sys.executable, "-m", "onepill", "rules", "list", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        errors = process.stderr.read().decode()
    assert "Traceback" not in errors
    assert "Exception ignored" not in errors


@pytest.mark.parametrize(
    ("words", "allowed"),
    [
        (("--help",), set()),
        (("due", "--jurisdiction", "CN", "--from", "2024-02-05", "--count", "30 wd"), {"pydantic"}),
    ],
    ids=lambda item: item[0] if isinstance(item, tuple) else "",
)
def test_quick_commands_import_nothing_slow(words: tuple[str, ...], allowed: set[str]) -> None:
    """What keeps the help within 150 ms and a due day within 250 ms; `make bench` holds the clock to it."""
    code = LOADED.format(words=", ".join(map(repr, words)))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.splitlines()[-1].split())
    assert loaded & SLOW_TO_IMPORT == allowed
