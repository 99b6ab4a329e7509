"""What the documents promise exists."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).resolve().parents[2] / "README.md"


def shell_lines(document: Path) -> list[str]:
    """The commands of the document's shell blocks, without their comments."""
    blocks = re.findall(r"```sh\n(.*?)```", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    return [line.split("  #")[0].strip() for block in blocks for line in block.splitlines() if line.strip()]


def make_targets(repository: Path) -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (repository / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))


def test_the_two_commands_stand_first_and_are_make_targets(repository: Path) -> None:
    first_two = [shlex.split(line, comments=True) for line in shell_lines(README)[:2]]
    assert first_two == [["make", "run"], ["make", "test"]]
    assert {"run", "test", "check", "bench", "setup"} <= make_targets(repository)


def test_every_make_target_that_a_document_names_exists(repository: Path) -> None:
    documents = [repository / "README.md", repository / "CHANGELOG.md", *(repository / "docs").rglob("*.md")]
    named = {name for file in documents for name in re.findall(r"`make ([a-z-]+)`", file.read_text(encoding="utf-8"))}
    assert {"check", "bench"} <= named
    assert named - make_targets(repository) == set()


def test_ci_calls_what_the_readme_names(repository: Path) -> None:
    script = (repository / ".ci/run").read_text(encoding="utf-8")
    assert re.findall(r"\bmake (check|test)$", script, flags=re.MULTILINE) == ["check", "test"]
    assert (repository / ".ci/run").stat().st_mode & 0o111


def test_every_relative_link_leads_to_a_file(repository: Path) -> None:
    documents = [repository / "README.md", repository / "CHANGELOG.md", *(repository / "docs").rglob("*.md")]
    broken = [
        f"{file.relative_to(repository)}: {target}"
        for file in documents
        for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", file.read_text(encoding="utf-8"))
        if not (file.parent / target).exists()
    ]
    assert broken == []


COMMANDS = sorted({line.split()[1] for line in shell_lines(README) if line.startswith("onepill ")})


def test_the_readme_shows_every_command_of_the_main_job() -> None:
    assert {"passport", "check", "schema", "rules", "due", "explain"} <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_readme_has_help(command: str) -> None:
    program = "from onepill.cli import main; raise SystemExit(main())"
    done = subprocess.run(
        [sys.executable, "-c", program, command, "--help"], capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    assert command in done.stdout


def test_every_example_that_the_readme_names_exists(repository: Path) -> None:
    examples = {word for line in shell_lines(README) for word in shlex.split(line) if word.endswith(".yaml")}
    assert examples
    assert [name for name in sorted(examples) if not (repository / name).is_file()] == []
