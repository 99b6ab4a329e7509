"""Conditions against their truth table."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.rulebook import failing, matches, terms_of

WORDS = st.sampled_from(["a", "b", "c"])
WHENS = st.recursive(
    st.none() | WORDS,
    lambda inner: (
        st.builds(lambda parts: {"all": parts}, st.lists(inner, max_size=3))
        | st.builds(lambda parts: {"any": parts}, st.lists(inner, max_size=3))
        | st.builds(lambda part: {"not": part}, inner)
    ),
    max_leaves=8,
)
TERMS = st.frozensets(WORDS)


def test_no_condition_and_an_empty_all_always_hold() -> None:
    assert matches(None, frozenset())
    assert matches({"all": []}, frozenset())
    assert not matches({"any": []}, frozenset())


@pytest.mark.parametrize(
    ("terms", "missing"),
    [
        (("class_1",), ["key", "synchronous"]),
        (("key",), ["class_1"]),
        (("class_1", "key", "generic"), ["not generic"]),
        (("class_1", "key"), []),
    ],
)
def test_failing_names_what_keeps_the_condition_from_holding(terms: tuple[str, ...], missing: list[str]) -> None:
    when = {"all": ["class_1", {"any": ["key", "synchronous"]}, {"not": "generic"}]}
    assert failing(when, frozenset(terms)) == missing


@pytest.mark.parametrize("when", [{"all": [], "any": []}, {"none": ["a"]}, {}])
def test_any_other_shape_is_refused(when: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="a condition has one of all, any, not"):
        terms_of(when)


@given(WHENS, TERMS)
def test_a_condition_holds_where_its_python_expression_is_true(when: Any, terms: frozenset[str]) -> None:
    assert matches(when, terms) == eval(_expression(when), {}, {w: w in terms for w in "abc"})


@given(WHENS, TERMS)
def test_failing_is_empty_exactly_where_the_condition_holds_or_can_never_hold(when: Any, terms: frozenset[str]) -> None:
    found = failing(when, terms)
    assert not (matches(when, terms) and found)
    assert {term.removeprefix("not ") for term in found} <= terms_of(when)


def _expression(when: Any) -> str:
    if when is None:
        return "True"
    if isinstance(when, str):
        return when
    ((verb, parts),) = when.items()
    if verb == "not":
        return f"(not {_expression(parts)})"
    joined = f" {'and' if verb == 'all' else 'or'} ".join(_expression(part) for part in parts)
    return f"({joined or verb == 'all'})"
