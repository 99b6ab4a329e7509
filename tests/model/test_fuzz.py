"""A spoilt file is read or refused with findings; nothing else ever happens."""

from __future__ import annotations

import json
import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from onepill.core.errors import Finding, InputError
from onepill.model import load_programme
from tests.model.mutations import mutated, scribbled

FILE = "pill.yaml"
LINE_ENDS = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""What YAML takes for the end of a line."""


def findings_of(text: str) -> list[Finding]:
    try:
        return list(load_programme(text, file=FILE).findings)
    except InputError as error:
        assert any(finding.severity == "error" for finding in error.findings)  # noqa: PT017  # both ends are right
        return list(error.findings)


def check_findings(text: str) -> None:
    count = len(LINE_ENDS.split(text))
    for finding in findings_of(text):
        assert finding.code
        assert finding.message
        assert finding.hint, finding
        assert finding.file == FILE
        assert 1 <= finding.line <= count, finding
        # One finding is one row of JSON, whatever the value was.
        json.dumps(finding.as_row(), allow_nan=False)


@settings(max_examples=100)
@given(mutated())
def test_changed_data(data: dict[str, Any]) -> None:
    # JSON is YAML 1.2, and a line for each value lets lines go wrong.
    check_findings(json.dumps(data, ensure_ascii=False, indent=1))


@settings(max_examples=100)
@given(scribbled())
def test_changed_text(text: str) -> None:
    check_findings(text)


@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    check_findings(text)
