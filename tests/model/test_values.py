"""How a value may be typed, what it then is, and where it says it comes from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from onepill.core import distributions as dist
from onepill.core.provenance import Source
from onepill.model.values import AmountValue, CountValue, DurationValue, ShareValue, Value

SHARE, COUNT, SPAN, MONEY = (TypeAdapter(kind) for kind in (ShareValue, CountValue, DurationValue, AmountValue))
Adapter = TypeAdapter[Value]


def code_of(adapter: Adapter, raw: object) -> str:
    with pytest.raises(ValidationError) as caught:
        adapter.validate_python(raw)
    (error,) = caught.value.errors()
    assert error["ctx"]["hint"]
    return error["type"]


@pytest.mark.parametrize(
    ("adapter", "raw", "expected", "unit"),
    [
        (SHARE, 0.4, dist.fixed(0.4), "share"),
        (SHARE, {"value": 1}, dist.fixed(1), "share"),
        (SHARE, {"low": 0, "high": 1}, dist.uniform(0, 1), "share"),
        (SHARE, {"low": 0.1, "mode": 0.2, "high": 0.5}, dist.triangular(0.1, 0.2, 0.5), "share"),
        (SHARE, {"low": 0.1, "mode": 0.2, "high": 0.5, "pert": True}, dist.pert(0.1, 0.2, 0.5), "share"),
        (SHARE, {"alpha": 2, "beta": 3}, dist.beta(2, 3), "share"),
        (SHARE, {"alpha": 2, "beta": 3, "low": 0.2, "high": 0.4}, dist.beta(2, 3, 0.2, 0.4), "share"),
        (COUNT, {"p10": 100, "p90": 400}, dist.lognormal(100, 400), "count"),
        (COUNT, {"values": [10, 20], "probs": [0.3, 0.7]}, dist.discrete((10, 20), (0.3, 0.7)), "count"),
        (SPAN, "2 weeks", dist.fixed(14), "days"),
        (SPAN, "30 wd", dist.fixed(30), "wd"),
        (SPAN, {"low": "1 weeks", "high": "10 days"}, dist.uniform(7, 10), "days"),
        (SPAN, {"alpha": 2, "beta": 2, "low": "1 days", "high": "3 days"}, dist.beta(2, 2, 1, 3), "days"),
        (MONEY, "12.5 MUSD", dist.fixed(12.5e6), "USD"),
        (MONEY, {"value": {"low": "1 MCNY", "high": "2 MCNY"}}, dist.uniform(1e6, 2e6), "CNY"),
    ],
)
def test_a_value_in_each_form(adapter: Adapter, raw: object, expected: dist.Distribution, unit: str) -> None:
    found = adapter.validate_python(raw)
    assert (found.distribution, found.unit) == (expected, unit)
    assert found.number == pytest.approx(expected.mean())


@pytest.mark.parametrize(
    ("adapter", "raw", "code"),
    [
        (SHARE, True, "value.number"),
        (SHARE, None, "value.number"),
        (SHARE, "0.4", "value.number"),
        (SHARE, 1.0000001, "value.share"),
        (SHARE, "40 %", "value.share"),
        (SHARE, {"p10": 0.3, "p90": 0.9}, "value.distribution"),
        (SHARE, {"low": 0.1, "high": 1.2}, "value.share"),
        (SHARE, {"alpha": 0, "beta": 1}, "value.distribution"),
        (SHARE, {"alpha": "a", "beta": 1}, "value.number"),
        (SHARE, {"low": 0.1, "mode": 0.2, "high": 0.5, "pert": False}, "value.distribution"),
        (SHARE, {"values": 0.4, "probs": 1}, "value.distribution"),
        (SHARE, {"values": [], "probs": []}, "value.distribution"),
        (SHARE, {"values": [0.1], "probs": ["x"]}, "value.number"),
        (SHARE, {"values": [0.1, 0.2], "probs": [0.5, 0.6]}, "value.distribution"),
        (SHARE, {}, "value.shape"),
        (SHARE, {"source": "a paper"}, "value.shape"),
        (SHARE, {"value": 0.4, "note": {"en": "x"}}, "text.shape"),
        (SHARE, {"value": 0.4, "assumption": ["x"]}, "text.shape"),
        (SHARE, {"value": 0.4, "source": ""}, "source.shape"),
        (SHARE, {"value": 0.4, "source": {"title": ["x"]}}, "source.shape"),
        (SHARE, {"value": 0.4, "source": {"title": "x", "page": 3}}, "source.shape"),
        (SHARE, {"value": 0.4, "date": "yesterday"}, "day.format"),
        (SHARE, {"value": 0.4, "factors": ["efficacy"]}, "factors.shape"),
        (SHARE, {"value": 0.4, "factors": {"efficacy": "much"}}, "value.number"),
        (SHARE, {"value": 0.4, "factors": {"a": 0.8, "b": 0.7}}, "factors.loadings"),
        (COUNT, 1e300, "value.range"),
        (COUNT, 10**400, "value.range"),
        (SPAN, {"alpha": 2, "beta": 3}, "value.distribution"),
        (SPAN, {"low": "1 days", "high": "2 wd"}, "unit.mixed"),
        (SPAN, "101 years", "value.range"),
        (SPAN, "1 MUSD", "unit.duration"),
        (SPAN, {"values": ["1 days"], "probs": [0.9]}, "value.distribution"),
        (MONEY, {"low": "1 MCNY", "high": "2 MUSD"}, "unit.mixed"),
        (MONEY, "-1 USD", "value.negative"),
        (MONEY, 5, "unit.amount"),
        (MONEY, {"p10": "0 USD", "p90": "1 USD"}, "value.distribution"),
    ],
)
def test_a_wrong_value_has_one_code_and_a_hint(adapter: Adapter, raw: object, code: str) -> None:
    assert code_of(adapter, raw) == code


def test_what_stands_beside_a_value_is_kept() -> None:
    source = {"title": "a paper", "url": "https://example.org", "date": 2003, "retrieved": "2026-11-21"}
    raw = {"low": 0.1, "high": 0.2, "source": source, "grade": "official", "date": "2024-02-29", "note": "n"}
    found = SHARE.validate_python({**raw, "assumption": "a", "factors": {"efficacy": -0.6}})
    assert found.source == Source("a paper", "https://example.org", "2003", "2026-11-21")
    assert (found.grade, found.date, found.note, found.assumption) == ("official", "2024-02-29", "n", "a")
    assert found.factors == (("efficacy", -0.6),)
    assert found.text == "low 0.1, high 0.2"


def test_a_source_without_a_grade_is_secondary_and_no_source_has_none() -> None:
    assert SHARE.validate_python({"value": 0.4, "source": "a paper"}).grade == "secondary"
    assert SHARE.validate_python(0.4).grade is None


def test_loadings_may_fill_the_whole_of_a_value() -> None:
    assert SHARE.validate_python({"value": 0.4, "factors": {"a": 0.6, "b": 0.8}}).factors == (("a", 0.6), ("b", 0.8))


def test_messages_may_hold_braces() -> None:
    with pytest.raises(ValidationError, match=r"\{title, url, date, retrieved\}"):
        SHARE.validate_python({"value": 0.4, "source": 3})


@given(st.lists(st.integers(0, 36_500), min_size=3, max_size=3).map(sorted), st.sampled_from(["days", "wd"]))
def test_a_triangle_of_durations_keeps_its_points(points: list[int], unit: str) -> None:
    low, mode, high = points
    raw = {"low": f"{low} {unit}", "mode": f"{mode} {unit}", "high": f"{high} {unit}"}
    found = SPAN.validate_python(raw)
    assert (found.distribution, found.unit) == (dist.triangular(low, mode, high), unit)
