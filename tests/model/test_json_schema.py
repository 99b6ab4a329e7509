"""The JSON Schema says what the loader says, as far as a schema can."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from onepill.core.documents import read_document
from onepill.model import Programme, programme_json_schema
from tests.model.mutations import EXAMPLES, mutated
from tests.model.programmes import TEXT, spoilt

SCHEMA = programme_json_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)


def wrong(text: str) -> list[str]:
    return [error.json_path for error in VALIDATOR.iter_errors(read_document(text).data)]


def test_it_is_a_json_schema_of_2020_12_with_its_own_title() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert SCHEMA["title"] == "onepill programme"


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_are_valid(name: str, repository: Path) -> None:
    assert wrong((repository / "examples" / f"{name}.yaml").read_text(encoding="utf-8")) == []


def test_every_object_of_the_programme_is_closed() -> None:
    def objects(node: Any) -> Iterator[dict[str, Any]]:
        if isinstance(node, dict):
            if "properties" in node and node.get("type") == "object":
                yield node
            for item in node.values():
                yield from objects(item)
        elif isinstance(node, list):
            for item in node:
                yield from objects(item)

    found = list(objects(SCHEMA))
    assert len(found) > 20
    assert all(item["additionalProperties"] is False for item in found)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (("onepill: 1\n", "onepill: 1\nowner: x\n"), "$"),
        (("    cost: 60 MUSD", "    costs: 60 MUSD"), "$.development.phase_3"),
        (("kind: phase_3", "kind: phase_7"), "$.development.phase_3.kind"),
        (("{value: 0.4, source: a paper}", "1.2"), "$.development.phase_2.success_prob"),
        (("{value: 0.4, source: a paper}", "{value: 0.4, sauce: x}"), "$.development.phase_2.success_prob"),
        (("{value: 0.4, source: a paper}", "{low: 0.4}"), "$.development.phase_2.success_prob"),
        (("as_of: 2024-08-01", "as_of: 2024-02-30"), "$.as_of"),
        (("regions: [CN, US]", "regions: [CN, XX]"), "$.development.phase_3.regions[1]"),
        (("per_usd: 7.2441", "per_usd: '7'"), "$.capital.exchange_rates.CNY.per_usd"),
        (("    patients_per_year: 3_000\n", ""), "$.markets.US"),
    ],
)
def test_a_mistake_is_found_where_it_stands(change: tuple[str, str], path: str) -> None:
    assert wrong(TEXT) == []
    assert wrong(spoilt(change)) == [path]


@settings(max_examples=150)
@given(st.data())
def test_what_the_loader_takes_the_schema_takes(data: st.DataObject) -> None:
    changed = data.draw(mutated())
    try:
        Programme.model_validate(changed)
    except ValidationError:
        return
    assert [error.json_path for error in VALIDATOR.iter_errors(changed)] == []
