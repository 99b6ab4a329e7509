"""The map is made from docstrings, and each package's docstring begins with its question."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tools import map as house_map

PYPROJECT = """
[[tool.importlinter.contracts]]
id = "floors"
layers = ["cli | web", "core"]
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A house of two floors, of which `web` is not built."""
    sources = {
        "cli/__init__.py": '"""What can be asked? More words."""',
        "cli/render.py": '"""Text for a terminal of\n80 columns, as of v1.5. And more."""',
        "core/__init__.py": '"""What is shared?\n\nDetails."""',
        "core/charts/__init__.py": '"""Pictures."""',
        "core/charts/bars.py": "",
    }
    for name, text in sources.items():
        file = tmp_path / "src" / "onepill" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    return tmp_path


def test_floors_packages_and_modules_are_listed_from_the_top(tree: Path) -> None:
    listed = house_map.render_map(tree).removeprefix(house_map.HEAD).strip().splitlines()
    assert [line for line in listed if line] == [
        "## Floor 2: cli, web",
        "### cli",
        "What can be asked?",
        "- `render`: Text for a terminal of 80 columns, as of v1.5.",
        "## Floor 1: core",
        "### core",
        "What is shared?",
        "- `charts`: Pictures.",
        "- `charts.bars`: (says nothing yet)",
    ]


def test_a_stale_or_missing_map_fails_the_check_and_a_fresh_one_passes(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(house_map, "ROOT", tree)
    (tree / "docs").mkdir()
    assert house_map.main(["--check"]) == 1
    assert "make map" in capsys.readouterr().err
    assert house_map.main([]) == 0
    assert house_map.main(["--check"]) == 0
    (tree / "src/onepill/cli/render.py").write_text('"""Other words."""', encoding="utf-8")
    assert house_map.main(["--check"]) == 1


def test_the_projects_own_map_is_current(repository: Path) -> None:
    assert (repository / "docs/map.md").read_text(encoding="utf-8") == house_map.render_map(repository)


def every_package(repository: Path) -> dict[str, str]:
    """The first sentence of each package that stands on a floor."""
    source = repository / "src" / "onepill"
    names = (name for floor in house_map.read_floors(repository / "pyproject.toml") for name in floor)
    return {name: house_map.first_sentence(source / name / "__init__.py") for name in names}


def test_each_packages_docstring_begins_with_a_question(repository: Path) -> None:
    assert [name for name, question in every_package(repository).items() if not question.endswith("?")] == []


def test_the_questions_in_the_design_are_those_of_the_packages(repository: Path) -> None:
    design = (repository / "docs/design.md").read_text(encoding="utf-8")
    stated = dict(re.findall(r"^\|[^|]+\| `(\w+)` \| ([^|]+\?) \|$", design, flags=re.MULTILINE))
    assert len(stated) == 11
    assert {name: every_package(repository)[name] for name in stated} == stated


def test_the_floors_in_the_design_are_those_of_the_contract(repository: Path) -> None:
    design = (repository / "docs/design.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d) \| ((?:`\w+` ?)+) \|", design, flags=re.MULTILINE)
    stated = [re.findall(r"`(\w+)`", packages) for _, packages in rows]
    assert stated == house_map.read_floors(repository / "pyproject.toml")
    assert [int(number) for number, _ in rows] == list(range(len(stated), 0, -1))


def test_the_rooms_of_the_workbench_in_the_design_are_those_of_the_contract(repository: Path) -> None:
    design = (repository / "docs/design.md").read_text(encoding="utf-8")
    table = design.partition("| rooms, from the top floor |")[2].partition("\n\n")[0]
    stated = [re.findall(r"`(\w+)`", rooms) for rooms in re.findall(r"^\| (`[^|]+) \|", table, flags=re.MULTILINE)]
    assert stated == house_map.read_floors(repository / "pyproject.toml", "rooms")


def is_only_a_question(package: Path) -> bool:
    """Whether the package is one file that holds nothing but its docstring."""
    files = list(package.rglob("*.py"))
    return len(files) == 1 and len(ast.parse(files[0].read_text(encoding="utf-8")).body) == 1


def test_the_packages_that_the_design_calls_not_built_are_those_without_a_module(repository: Path) -> None:
    design = (repository / "docs/design.md").read_text(encoding="utf-8")
    (sentence,) = re.findall(r"^Not built yet.*?\. ", design, flags=re.MULTILINE | re.DOTALL)
    empty = {name for name in every_package(repository) if is_only_a_question(repository / "src/onepill" / name)}
    assert set(re.findall(r"`(\w+)`", sentence)) == empty
