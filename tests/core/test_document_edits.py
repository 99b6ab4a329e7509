"""One value changes, and every other letter of the text stays."""

from __future__ import annotations

import difflib
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.core.document_edits import with_value
from onepill.core.documents import Path, read_document
from onepill.core.errors import InputError
from tests.workbench.passports import EXAMPLES, text_of

TEXT = """# a programme
pill: {name: x, dose: 3_000}   # by mouth
list: [a, 'b', "c"]
block:
  first: 1        # one
  # about the second
  second:
    low: 1
    high: 2

  third: |
    two
    lines
items:
  - {path: a, value: 1}
  - path: b
    value: 2
empty:
none: {}
last: end   # nothing follows
# the end
"""


def lines_changed(before: str, after: str) -> tuple[list[str], list[str]]:
    rows = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    return [row[2:] for row in rows if row[0] == "-"], [row[2:] for row in rows if row[0] == "+"]


@pytest.mark.parametrize(
    ("path", "value", "gone", "come"),
    [
        (
            ("pill", "dose"),
            4000,
            ["pill: {name: x, dose: 3_000}   # by mouth"],
            ["pill: {name: x, dose: 4000}   # by mouth"],
        ),
        (
            ("pill", "form"),
            "hard capsule",
            ["pill: {name: x, dose: 3_000}   # by mouth"],
            ["pill: {name: x, dose: 3_000, form: hard capsule}   # by mouth"],
        ),
        (("block", "first"), "yes", ["  first: 1        # one"], ["  first: yes        # one"]),
        (("block", "second", "high"), 2.5, ["    high: 2"], ["    high: 2.5"]),
        (("block", "second", "mode"), 1, [], ["    mode: 1"]),
        (("block", "third"), "one", ["  third: |", "    two", "    lines"], ["  third: one"]),
        (("block", "fourth"), None, [], ["  fourth: null"]),
        (("block", "second"), {"value": 3}, ["  second:", "    low: 1", "    high: 2"], ["  second: {value: 3}"]),
        (("items", 1, "value"), [1, "x: y"], ["    value: 2"], ['    value: [1, "x: y"]']),
        (("items", 0), {"path": "z"}, ["  - {path: a, value: 1}"], ["  - {path: z}"]),
        (("empty",), True, ["empty:"], ["empty: true"]),
        (("none", "now"), "3", ["none: {}"], ['none: {now: "3"}']),
        (("list", 1), "2024-08-01", ["""list: [a, 'b', "c"]"""], ["""list: [a, 2024-08-01, "c"]"""]),
        (("last",), "NO", ["last: end   # nothing follows"], ["last: NO   # nothing follows"]),
        (
            ("new",),
            {"a": {"b": [{"c": 1}, {"c": 2}]}},
            [],
            ["new:", "  a:", "    b:", "      - {c: 1}", "      - {c: 2}"],
        ),
    ],
)
def test_only_the_lines_of_the_value_change(path: Path, value: Any, gone: list[str], come: list[str]) -> None:
    assert lines_changed(TEXT, with_value(TEXT, path, value)) == (gone, come)


def test_lines_that_end_as_on_windows_still_do() -> None:
    text = TEXT.replace("\n", "\r\n")
    changed = with_value(text, ("block", "fourth"), {"a": {"b": 1}})
    assert changed.count("\r\n") == changed.count("\n")
    assert read_document(changed).data["block"]["fourth"] == {"a": {"b": 1}}


def test_a_text_without_a_last_line_end_takes_a_further_key() -> None:
    assert with_value("a: 1", ("b",), 2) == "a: 1\nb: 2"


@pytest.mark.parametrize("path", [(), ("nowhere", "x"), ("pill", "name", "x"), ("items", 7), ("last", 0), ("block", 0)])
def test_a_path_that_leads_nowhere_is_refused(path: Path) -> None:
    with pytest.raises(InputError) as error:
        with_value(TEXT, path, 1)
    assert error.value.findings[0].code == "edit.path"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), {"a": float("nan")}, "\ud800"])
def test_a_value_that_no_file_holds_is_refused(value: Any) -> None:
    with pytest.raises(InputError):
        with_value(TEXT, ("last",), value)


def paths_of(node: Any, path: Path = ()) -> list[Path]:
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    below = [place for key, value in pairs for place in paths_of(value, (*path, key))]
    return [path, *below] if path else below


DATA = {name: read_document(text_of(name)).data for name in EXAMPLES}
PATHS = {name: paths_of(data) for name, data in DATA.items()}
TRICKY = ["", " ", "no", "~", "1_000", "0x1f", "a: b", "a #b", "- a", "'", '"', "\\", "{", "%", "@"]
TRICKY += ["\u2028", "\x85", "😀", "two\nlines", ".5", ".nan", "true "]
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20) | st.sampled_from(TRICKY)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | WORDS
VALUES = st.recursive(
    LEAVES, lambda kind: st.lists(kind, max_size=3) | st.dictionaries(WORDS, kind, max_size=3), max_leaves=6
)


@given(st.data())
def test_any_value_at_any_place_of_an_example_is_read_back_and_nothing_else_changes(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["minimal", "dual_submission"]))
    path = data.draw(st.sampled_from(PATHS[name]))
    if data.draw(st.booleans()) and isinstance(path[-1], str):
        path = (*path[:-1], "a_new_key")
    value = data.draw(VALUES)
    expected = deepcopy(DATA[name])
    node = expected
    for part in path[:-1]:
        node = node[part]
    node[path[-1]] = value
    changed = with_value(text_of(name), path, value)
    assert read_document(changed).data == expected
    comments = [line for line in text_of(name).splitlines() if line.lstrip().startswith("#")]
    if len(path) > 1 and path[-1] == "a_new_key":
        assert [line for line in changed.splitlines() if line.lstrip().startswith("#")] == comments
