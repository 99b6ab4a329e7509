"""Example programmes with parts cut out, doubled, moved or replaced by odd values."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from onepill.core.documents import read_document

EXAMPLES = ("minimal", "tunlametinib", "adc_shanghai", "dual_submission", "lean_poc")
Keys = tuple[Any, ...]
ODD: list[Any] = [
    None, True, False, 0, -1, 1.2, 40, 1e15, 10**30, "", "x", "NO", "{braces}", "a\nb", "阿", "CN", "us", "GB",
    "2024-02-30", "9999-12-31", "0001-01-01", "2024-08-01", "18 months", "0 wd", "30 wd", "-3 days", "1e9 years",
    "12 MUSD", "1 XXX", "99 %", "phase_3:failed", "filings.us:approved", [], [1], ["x"], [None], {}, {"a": 1}, {"": 1},
    {"value": 1}, {"value": None}, {"low": 1, "high": 2}, {"low": "1 months", "mode": "2 months", "high": "3 months"},
    {"alpha": 1, "beta": 2}, {"alpha": "a", "beta": []}, {"p10": 0.1, "p90": 0.5}, {"values": 3, "probs": None},
    {"values": [1, 2], "probs": [0.5, 0.5]}, {"value": 0.1, "factors": {"efficacy": "x"}}, {"any": ["phase_2"]},
    {"any": []}, {"en": "x"}, {"zh": ""}, {"kind": "other"},
    {"changes": [{"path": "as_of", "value": 1, "reason": "r"}]},
]  # fmt: skip
SIGNS = [*"{}[]:,#&*!|>'\"%@`?-~\\\x00\x07\ufeff\u2028é中", "---\n", "...\n", "<<: "]
NEW_KEYS = ["x", "US", "cn", "as_of", "A B", "after", "value", "", "phase_9", "done", "phase_2.x"]


@lru_cache
def example_text(name: str) -> str:
    path = Path(__file__).resolve().parents[2] / "examples" / f"{name}.yaml"
    return path.read_text(encoding="utf-8")


@lru_cache
def _example(name: str) -> dict[str, Any]:
    found: dict[str, Any] = read_document(example_text(name)).data
    return found


def places(node: Any, keys: Keys = ()) -> Iterator[Keys]:
    """The keys that lead to each value but the whole."""
    if keys:
        yield keys
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, item in children:
        yield from places(item, (*keys, key))


def follow(node: Any, keys: Keys) -> Any:
    for key in keys:
        node = node[key]
    return node


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """The data of an example after one to three changes."""
    data = deepcopy(_example(draw(st.sampled_from(EXAMPLES))))
    for _ in range(draw(st.integers(1, 3))):
        found = list(places(data))
        if found:
            _change(draw, data, found)
    return data


def _change(draw: st.DrawFn, data: Any, found: list[Keys]) -> None:
    *parents, last = draw(st.sampled_from(found))
    parent = follow(data, tuple(parents))
    other = deepcopy(follow(data, draw(st.sampled_from(found))))
    change = draw(st.sampled_from(["cut", "odd", "odd", "move", "add"]))
    if change == "cut":
        del parent[last]
    elif change == "odd":
        parent[last] = deepcopy(draw(st.sampled_from(ODD)))
    elif change == "move":
        parent[last] = other
    elif isinstance(parent, dict):
        parent[draw(st.sampled_from(NEW_KEYS))] = draw(st.sampled_from([other, *deepcopy(ODD)]))
    else:
        parent.append(other)


@st.composite
def scribbled(draw: st.DrawFn) -> str:
    """The text of an example after one to three changes of lines or signs."""
    lines = example_text(draw(st.sampled_from(EXAMPLES))).splitlines(keepends=True)
    for _ in range(draw(st.integers(1, 3))):
        at, other = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
        change = draw(st.sampled_from(["cut", "double", "swap", "indent", "sign"]))
        if change == "cut" and len(lines) > 1:
            del lines[at]
        elif change == "double":
            lines.insert(other, lines[at])
        elif change == "swap":
            lines[at], lines[other % len(lines)] = lines[other % len(lines)], lines[at]
        elif change == "indent":
            lines[at] = draw(st.sampled_from([" ", "  ", "\t", "- ", "? "])) + lines[at]
        else:
            sign = draw(st.sampled_from(SIGNS))
            column = draw(st.integers(0, len(lines[at])))
            lines[at] = lines[at][:column] + sign + lines[at][column:]
    return "".join(lines)
