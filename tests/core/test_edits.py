"""Values set in the text of a document: the data is what was meant, and nothing else is another."""

from __future__ import annotations

from copy import deepcopy
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from onepill.core.documents import Path, read_document
from onepill.core.edits import REMOVED, set_value

FILE = """\
# what this is
onepill: 1   # version
stage:
  cost:      # to be replaced
    low: 45 MCNY
    # in the middle
    mode: 65 MCNY
    note: >-
      folded text
      of two lines

  after: [a, b]
  flow: {low: 1, high: 2}   # beside
  empty:
  list:
    - {factor: 0.5, why: x}
    - factor: 0.6
      why: y
# at the end
"""


def data_of(text: str) -> Any:
    return read_document(text).data


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("stage", "cost"), {"value": "71 MCNY", "assumption": 'said: "so" # no comment'}),
        (("stage", "cost", "mode"), "70 MCNY"),
        (("stage", "flow"), {"value": 3}),
        (("stage", "flow", "low"), 0.25),
        (("stage", "flow", "mode"), 1.5),
        (("stage", "empty"), 4),
        (("stage", "empty", "deep", "down"), "x"),
        (("stage", "list", 0, "factor"), 0.7),
        (("stage", "list", 1, "factor"), 0.7),
        (("stage", "list", 0, "new"), "no"),
        (("new", "deep"), {"list": [{"a": 1, "b": {"c": "=1+1"}}, {"a": None}]}),
        (("stage", "after"), ["c"]),
    ],
)
def test_a_value_is_set_and_all_others_stay(path: Path, value: object) -> None:
    wanted = deepcopy(data_of(FILE))
    node = wanted
    for key in path[:-1]:
        if isinstance(node, dict) and node.get(str(key)) is None:
            node[str(key)] = {}
        node = node[key]
    node[path[-1]] = value
    assert data_of(set_value(FILE, path, value)) == wanted


def test_comments_and_order_stay() -> None:
    text = set_value(FILE, ("stage", "cost"), {"value": "71 MCNY"})
    for comment in ("# what this is", "# version", "# in the middle", "# beside", "# at the end"):
        assert comment in text
    assert list(data_of(text)["stage"]) == ["cost", "after", "flow", "empty", "list"]
    before, after = FILE.splitlines(), text.splitlines()
    assert after[:3] == before[:3]
    assert after[-9:] == before[-9:]


def test_a_key_is_taken_out_alone() -> None:
    for path in (("stage", "cost"), ("stage", "flow", "low"), ("stage", "flow", "high"), ("stage", "list", 1, "why")):
        wanted = deepcopy(data_of(FILE))
        node: Any = wanted
        for key in path[:-1]:
            node = node[key]
        del node[path[-1]]
        assert data_of(set_value(FILE, path, REMOVED)) == wanted
    assert set_value(FILE, ("stage", "absent", "key"), REMOVED) == FILE


def test_a_path_through_a_number_is_refused() -> None:
    with pytest.raises(KeyError):
        set_value(FILE, ("onepill", "deeper"), 1)


KEYS = st.text("abcdefgh", min_size=1, max_size=4)
SCALARS = st.one_of(
    st.integers(-9, 9),
    st.floats(0.1, 9, allow_nan=False).map(lambda x: round(x, 3)),
    st.sampled_from(["a b", "=x", "# y", "no"]),
)
TREES = st.dictionaries(
    KEYS,
    st.recursive(SCALARS, lambda inner: st.dictionaries(KEYS, inner, min_size=1, max_size=3), max_leaves=6),
    min_size=1,
    max_size=4,
)


def paths_of(tree: Any, head: Path = ()) -> list[Path]:
    if not isinstance(tree, dict):
        return [head]
    own = [head] if head else []
    return own + [path for key, item in tree.items() for path in paths_of(item, (*head, key))]


@given(TREES, st.data(), st.booleans(), st.one_of(SCALARS, st.dictionaries(KEYS, SCALARS, min_size=1, max_size=2)))
def test_any_value_of_any_document_is_set(tree: Any, data: st.DataObject, is_flow: bool, value: Any) -> None:
    out = StringIO()
    yaml = YAML()
    yaml.default_flow_style = is_flow
    yaml.dump(tree, out)
    text = out.getvalue()
    path = data.draw(st.sampled_from(paths_of(tree)))
    wanted = deepcopy(data_of(text))
    node: Any = wanted
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    assert data_of(set_value(text, path, value)) == wanted
