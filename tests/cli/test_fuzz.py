"""A spoilt example is answered or refused with findings by the operations themselves; nothing else ever happens."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings

from onepill.core.errors import InputError
from onepill.workbench.common.documents import to_json
from onepill.workbench.operations import operation
from tests.model.mutations import mutated

FILE = "pill.yaml"


def as_text(data: dict[str, Any]) -> str:
    """JSON is YAML 1.2."""
    return json.dumps(data, ensure_ascii=False, indent=1)


@settings(max_examples=40)
@given(mutated())
def test_check_tells_what_is_wrong_and_where(data: dict[str, Any]) -> None:
    check = operation("check")
    answer = check.ask(check.question(text=as_text(data), file=FILE))
    errors = [row for row in answer["findings"] if row["severity"] == "error"]
    assert answer["errors"] == len(errors)
    assert all(row["hint"] and row["line"] > 0 and row["file"] == FILE for row in errors)
    to_json(answer)


@settings(max_examples=40)
@given(mutated())
def test_a_passport_is_made_of_what_check_lets_pass(data: dict[str, Any]) -> None:
    check, passport = operation("check"), operation("passport")
    found = check.ask(check.question(text=as_text(data), file=FILE))
    asked = passport.question(text=as_text(data), file=FILE, draws=100, threads=1)
    try:
        document = passport.ask(asked)
    except InputError as error:
        assert found["errors"] == sum(f.severity == "error" for f in error.findings) > 0  # noqa: PT017  # either end
        return
    assert found["errors"] == 0
    to_json(document)
