"""When does a variant, a step or a measure apply: all, any and not over a closed set of terms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

When = Any
"""A term, or `{all: [...]}`, `{any: [...]}`, `{not: ...}` of such; None and an empty `all` always hold."""


def matches(when: When, terms: frozenset[str]) -> bool:
    """Whether `when` holds where exactly `terms` are true."""
    if when is None:
        return True
    if isinstance(when, str):
        return when in terms
    verb, parts = _split(when)
    if verb == "not":
        return not matches(parts[0], terms)
    return (all if verb == "all" else any)(matches(part, terms) for part in parts)


def failing(when: When, terms: frozenset[str]) -> list[str]:
    """The terms that keep `when` from holding, `not x` where x should be false; empty where it holds."""
    if matches(when, terms):
        return []
    return list(dict.fromkeys(_blockers(when, terms, wanted=True)))


def terms_of(when: When) -> frozenset[str]:
    """Every term that `when` names."""
    if when is None:
        return frozenset()
    if isinstance(when, str):
        return frozenset((when,))
    return frozenset().union(*(terms_of(part) for part in _split(when)[1]))


def _blockers(when: When, terms: frozenset[str], *, wanted: bool) -> Iterator[str]:
    if isinstance(when, str):
        if (when in terms) is not wanted:
            yield when if wanted else f"not {when}"
        return
    verb, parts = _split(when) if when is not None else ("all", [])
    inner = wanted if verb != "not" else not wanted
    for part in parts:
        if matches(part, terms) is not inner:
            yield from _blockers(part, terms, wanted=inner)


def _split(when: Mapping[str, Any]) -> tuple[str, list[Any]]:
    if len(when) != 1:
        raise ValueError(f"a condition has one of all, any, not, and not {sorted(when)}")
    (verb, parts), *_ = when.items()
    if verb not in ("all", "any", "not"):
        raise ValueError(f"a condition has one of all, any, not, and not {verb!r}")
    return verb, parts if isinstance(parts, list) else [parts]
