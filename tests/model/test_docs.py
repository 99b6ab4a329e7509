"""The page about the programme file is true."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from onepill.core.documents import read_document
from onepill.model import load_programme

MADE_BY = re.compile(
    r'(?:_error|fail|Finding|single|_refuse|code=)\(?\s*"([a-z_]+\.[a-z_]+)"|^\s*"[a-z_]+": \("([a-z_]+\.[a-z_]+)"',
    re.M,
)


def blocks(page: str) -> list[str]:
    """The example, and what is written on top of it: work with agencies, a proof of concept, evidence, patients."""
    found: list[str] = re.findall(r"```yaml\n(.*?)```", page, re.S)
    assert len(found) == 5
    return found


def merged(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Mappings are joined key by key; what the other says goes before."""
    both = {key: merged(one[key], other[key]) for key in one.keys() & other.keys() if isinstance(other[key], dict)}
    return {**one, **other, **both}


@pytest.fixture
def page(repository: Path) -> str:
    return (repository / "docs" / "methods" / "programme-file.md").read_text(encoding="utf-8")


def test_its_example_is_sound(page: str) -> None:
    text, *_ = blocks(page)
    assert load_programme(text).findings == ()
    assert load_programme(text, scenarios=["dearer"]).findings == ()


def test_its_example_of_work_with_agencies_is_sound_on_top_of_the_first(page: str) -> None:
    whole, added, *_ = (read_document(text, file="page").data for text in blocks(page))
    programme = load_programme(json.dumps(merged(whole, added))).programme
    assert programme.filings["US"].dossier == "core"
    assert programme.questions[0].commitments[0].touches == "filings.US"


def test_its_example_of_a_proof_of_concept_is_sound_on_top_of_the_first(page: str) -> None:
    whole, _, added, *_ = (read_document(text, file="page").data for text in blocks(page))
    loaded = load_programme(json.dumps(merged(whole, added)))
    assert loaded.findings == ()
    assert loaded.programme.proof_of_concept is not None
    assert list(loaded.programme.proof_of_concept.experiments) == ["mouse", "small_trial"]


def test_its_example_of_known_evidence_is_sound_on_top_of_the_first(page: str) -> None:
    whole, _, _, added, _ = (read_document(text, file="page").data for text in blocks(page))
    programme = load_programme(json.dumps(merged(whole, added))).programme
    known = programme.all_indications()["main"].evidence
    assert known.genetic_support is not None
    assert known.genetic_support.value
    assert programme.success.switch_on == ["response_rate"]


def test_its_example_of_patients_by_steps_is_sound_on_top_of_the_first(page: str) -> None:
    whole, *_, added = (read_document(text, file="page").data for text in blocks(page))
    loaded = load_programme(json.dumps(merged(whole, added)))
    assert loaded.findings == ()
    market = loaded.programme.markets["CN"]
    assert market.patients is not None
    assert market.competition is not None
    assert market.competition.own_order == 2


def test_its_table_names_every_finding_of_core_and_model(page: str, repository: Path) -> None:
    source = repository / "src" / "onepill"
    files = [source / "core" / name for name in ("documents.py", "dates.py", "units.py")]
    own = [path for path in (source / "model").glob("*.py") if not path.name.startswith("deal")]
    texts = [path.read_text(encoding="utf-8") for path in (*files, *own)]
    made = {one or other for text in texts for one, other in MADE_BY.findall(text)}
    table = page.partition("## Findings")[2].partition("Other commands")[0]
    named = set(re.findall(r"`([a-z_]+\.[a-z_]+)`", table))
    assert len(made) > 35
    assert made - named == set()
    whole = "\n".join(texts)
    assert {code for code in named if f'"{code}"' not in whole} == set()
