"""The built wheel holds all that the source tree holds, and works away from it."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path, PurePosixPath

import pytest

# What a running program leaves beside the sources.
LEFT_BY_RUNNING = "__pycache__"


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source tree."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("onepill-*.whl")
    return built


@pytest.fixture(scope="module")
def unpacked(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the wheel's files as an installation would."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_every_file_of_the_package_is_in_the_wheel(repository: Path, wheel: Path) -> None:
    source = repository / "src"
    files = (path for path in (source / "onepill").rglob("*") if path.is_file() and LEFT_BY_RUNNING not in path.parts)
    wanted = {path.relative_to(source).as_posix() for path in files}
    beside = [repository / name for name in ("examples", "docs/methods", "docs/how-to")]
    files = (path for folder in beside for path in folder.rglob("*") if path.is_file())
    wanted |= {f"onepill/{path.relative_to(repository).as_posix()}" for path in files}
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if PurePosixPath(name).parts[0] == "onepill"}
    assert packed == wanted


def test_the_wheel_carries_data_that_programs_read(wheel: Path) -> None:
    """Templates, messages, rule packs, calendars and base rates: what reading by `importlib.resources` needs."""
    with zipfile.ZipFile(wheel) as archive:
        folders = {str(PurePosixPath(name).parent) for name in archive.namelist() if not name.endswith(".py")}
    assert {f"onepill/{name}" for name in ("rulebook/packs", "calendars/data", "evidence/data")} <= folders
    assert {f"onepill/reports/{name}" for name in ("templates", "messages", "styles")} <= folders


def test_the_wheel_carries_the_licence_the_command_and_the_mark_of_types(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (licence,) = (name for name in names if name.endswith("licenses/LICENSE"))
        (commands,) = (name for name in names if name.endswith("entry_points.txt"))
        assert b"Apache License" in archive.read(licence)
        assert b"onepill = onepill.cli:main" in archive.read(commands)
    assert "onepill/py.typed" in names


@pytest.mark.parametrize(
    "question",
    [["--help"], ["schema"], ["rules", "coverage", "--json"], ["rules", "list", "--json"], ["programmes", "list"]],
)
def test_the_command_answers_from_the_wheel_alone(unpacked: Path, tmp_path: Path, question: list[str]) -> None:
    """With the wheel first on the path and no source tree in sight, the packaged data is found."""
    program = (
        "import sys, onepill; from onepill.cli import main;"
        f" assert onepill.__file__.startswith({str(unpacked)!r}), onepill.__file__; sys.exit(main())"
    )
    environment = {
        "PYTHONPATH": str(unpacked),
        "PYTHONUTF8": "1",
        "PATH": "/usr/bin:/bin",
        "ONEPILL_HOME": str(tmp_path),
    }
    command = [sys.executable, "-c", program, *question]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
