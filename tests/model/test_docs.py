"""The page about the programme file is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from onepill.model import load_programme

MADE_BY = re.compile(
    r'(?:_error|fail|Finding|single|_refuse|code=)\(?\s*"([a-z_]+\.[a-z_]+)"|^\s*"[a-z_]+": \("([a-z_]+\.[a-z_]+)"',
    re.M,
)


@pytest.fixture
def page(repository: Path) -> str:
    return (repository / "docs" / "methods" / "programme-file.md").read_text(encoding="utf-8")


def test_its_example_is_sound(page: str) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", page, re.S)
    assert load_programme(text).findings == ()
    assert load_programme(text, scenarios=["dearer"]).findings == ()


def test_its_table_names_every_finding_of_core_and_model(page: str, repository: Path) -> None:
    source = repository / "src" / "onepill"
    files = [source / "core" / name for name in ("documents.py", "dates.py", "units.py")]
    texts = [path.read_text(encoding="utf-8") for path in (*files, *(source / "model").glob("*.py"))]
    made = {one or other for text in texts for one, other in MADE_BY.findall(text)}
    table = page.partition("## Findings")[2].partition("Other commands")[0]
    named = set(re.findall(r"`([a-z_]+\.[a-z_]+)`", table))
    assert len(made) > 35
    assert made - named == set()
    whole = "\n".join(texts)
    assert {code for code in named if f'"{code}"' not in whole} == set()
