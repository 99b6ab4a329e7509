"""Write docs/map.md: every package by floor, its question and its modules, from their docstrings.

The floors are those of the import contract in pyproject.toml, so that the map, the linter and the code cannot disagree.
Nothing is imported: the sources are parsed.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEAD = """# Map

Where a thing is: the floors from the top, each package with its question, each module with its work. A package imports
only from floors below its own; packages on one floor are strangers. Why it is so: [design.md](design.md).

This page is made by `make map` from the docstrings; change those.
"""


@dataclass(frozen=True)
class Module:
    """One module: its dotted name below its package and the first sentence of its docstring."""

    name: str
    work: str


@dataclass(frozen=True)
class Package:
    """One package: its name, its question and its modules."""

    name: str
    question: str
    modules: tuple[Module, ...]


def main(arguments: list[str] | None = None) -> int:
    """Write the map, or with --check say whether the one on disk is current."""
    parser = argparse.ArgumentParser(description="make docs/map.md from the packages' docstrings")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the map is not current")
    options = parser.parse_args(arguments)
    target, wanted = ROOT / "docs" / "map.md", render_map(ROOT)
    if options.check:
        return report_difference(target, wanted)
    target.write_text(wanted, encoding="utf-8")
    return 0


def report_difference(target: Path, wanted: str) -> int:
    present = target.read_text(encoding="utf-8") if target.exists() else ""
    if present == wanted:
        return 0
    print(f"{target.relative_to(ROOT)} is not current: run `make map`", file=sys.stderr)
    return 1


def render_map(root: Path) -> str:
    """The page's whole text for the source tree at `root`."""
    source = root / "src" / "onepill"
    floors = read_floors(root / "pyproject.toml")
    blocks = [HEAD]
    for number, names in zip(range(len(floors), 0, -1), floors, strict=True):
        blocks.append(f"## Floor {number}: {', '.join(names)}\n")
        present = (source / name for name in names if (source / name / "__init__.py").exists())
        blocks += [render_package(read_package(folder)) for folder in present]
    return "\n".join(blocks)


def read_floors(pyproject: Path, contract: str = "floors") -> list[list[str]]:
    """The package names of each floor, top floor first, from a layers contract."""
    settings = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    (found,) = (c for c in settings["tool"]["importlinter"]["contracts"] if c["id"] == contract)
    return [re.findall(r"\w+", layer) for layer in found["layers"]]


def read_package(folder: Path) -> Package:
    files = sorted(file for file in folder.rglob("*.py") if file != folder / "__init__.py")
    modules = (Module(module_name(file, folder), first_sentence(file)) for file in files)
    return Package(folder.name, first_sentence(folder / "__init__.py"), tuple(modules))


def module_name(file: Path, package: Path) -> str:
    parts = file.relative_to(package).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def first_sentence(file: Path) -> str:
    """The first sentence of the docstring's first paragraph, on one line; empty where there is none."""
    docstring = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    paragraph = " ".join(docstring.split("\n\n")[0].split())
    # The full stop of `1.5` or of a file name ends nothing: an end is followed by a blank and a capital or a name.
    return re.split(r"(?<=[.?!]) (?=[A-Z`])", paragraph, maxsplit=1)[0]


def render_package(package: Package) -> str:
    modules = "".join(f"- `{module.name}`: {module.work or '(says nothing yet)'}\n" for module in package.modules)
    heading = f"### {package.name}\n\n{package.question or '(asks nothing yet)'}\n"
    return f"{heading}\n{modules}" if modules else heading


if __name__ == "__main__":
    sys.exit(main())
