"""Inputs as a person types them: `30 – 38 – 56 months`, `0.2`, `{p10: 1 MUSD, p90: 3 MUSD}`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from onepill.model.values import META_KEYS
from onepill.workbench.workspace.scenario_answers import written_value

DASH = " – "
NUMBER = r"[+-]?\d[\d_,]*(?:\.\d+)?"
_RANGE = re.compile(rf"({NUMBER})\s*(?:–|—|\s-\s)\s*({NUMBER})(?:\s*(?:–|—|\s-\s)\s*({NUMBER}))?\s*(\D.*)?")
_PERCENT = re.compile(rf"({NUMBER})\s*%")
_MEASURED = re.compile(rf"({NUMBER})\s*(\D.*)?")
_AMOUNT = re.compile(rf"({NUMBER})\s*([A-Za-z%].*)?")
UNSOURCED = "changed in the workbench, without a source"
SHAPES = (
    (frozenset({"pert"}), "pert"),
    (frozenset({"low", "mode", "high"}), "triangular"),
    (frozenset({"alpha"}), "beta"),
    (frozenset({"low", "high"}), "uniform"),
    (frozenset({"p10", "p90"}), "lognormal"),
    (frozenset({"probs"}), "discrete"),
)
"""Kinds of distributions by the keys that tell them."""
DEFAULT_CURVE = "s_curve"
LONG = 5
"""From so many digits on a number is written in groups of three."""
BARE = "exclusivity_years"
"""A number that a file holds without anything about it, whether or not it is computed from."""
CURVE = "uptake"
"""A curve of its own keys; a number alone is its years to the peak."""
_WORD = re.compile(r"(?!(?:true|false|null)$)[A-Za-z][\w.:-]*", re.IGNORECASE)
"""What a list of a file holds without quotes."""
_YEARS = re.compile(rf"({NUMBER})\s*(?:years?|年)")
KEPT = ("factors",)
"""What belongs to an input's place in the model rather than to where its number comes from."""


def typed(raw: Any) -> str:
    """What a file holds at an input, as text that `read_typed` reads back to the same number or distribution."""
    body = _body(raw)
    if isinstance(body, list) and all(isinstance(one, str) and _WORD.fullmatch(one) for one in body):
        return f"[{', '.join(body)}]"
    if not isinstance(body, Mapping):
        return "" if body is None else _one(_plain(body))
    if set(body) in ({"low", "high"}, {"low", "mode", "high"}):
        parts = [_MEASURED.fullmatch(str(body[key])) for key in ("low", "mode", "high") if key in body]
        found = [part for part in parts if part]
        units = {(part[2] or "").strip() for part in found}
        if len(found) == len(body) and len(units) == 1:
            return f"{DASH.join(grouped(part[1]) for part in found)} {units.pop()}".strip()
    if set(body) == {"years_to_peak"}:
        return f"{body['years_to_peak']} years"
    return "{" + ", ".join(f"{key}: {_plain(value)}" for key, value in body.items()) + "}"


def _one(text: str) -> str:
    """A single number with its unit, its thousands apart as people write them."""
    found = _AMOUNT.fullmatch(text)
    return f"{grouped(found[1])} {found[2] or ''}".strip() if found else text


def grouped(number: str) -> str:
    """`15_500` and `16900` as `15,500` and `16,900`; below ten thousand digits stay as the file has them."""
    plain = number.replace(",", "").replace("_", "")
    whole, dot, rest = plain.partition(".")
    is_long = "_" in number or len(whole.lstrip("+-")) >= LONG
    return f"{int(whole):,}{dot}{rest}" if is_long and whole.lstrip("+-").isdigit() else number


def shape_of(raw: Any, unit: str) -> str | None:
    """The kind of a distribution, of a curve its shape; None for one number."""
    if unit == "curve":
        shape = raw.get("shape", DEFAULT_CURVE) if isinstance(raw, Mapping) else str(raw).partition(",")[0]
        return str(shape)
    if isinstance(raw, Mapping) and "params" in raw:
        return str(raw["kind"])
    body = _body(raw)
    if not isinstance(body, Mapping):
        return None
    return next((kind for keys, kind in SHAPES if keys <= set(body)), None)


def _body(raw: Any) -> Any:
    """The number or distribution without its source."""
    if not isinstance(raw, Mapping):
        return raw
    rest = {key: value for key, value in raw.items() if key not in META_KEYS}
    return rest or raw.get("value")


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def read_typed(text: str) -> Any:
    """The number or distribution of a typed text, as a file would hold it.

    Raises:
        InputError: `yaml.…`: neither a range nor a value of a file.
    """
    found = _RANGE.fullmatch(text.strip())
    if not found:
        return written_value(_of_one(_ungrouped(text.strip())))
    low, mode, high, unit = found.groups()
    numbers = {"low": low, "high": mode} if high is None else {"low": low, "mode": mode, "high": high}
    if unit == "%":
        return {key: written_value(_of_one(f"{number}%")) for key, number in numbers.items()}
    return {key: written_value(f"{_ungrouped(number)} {unit or ''}") for key, number in numbers.items()}


def _of_one(text: str) -> str:
    """`21%` as files write it: `0.21`."""
    found = _PERCENT.fullmatch(text)
    return f"{Decimal(found[1].replace(',', '').replace('_', '')) / 100:f}" if found else text


def changes_of(path: str, text: str, before: Any, source: str, *, is_sourced: bool) -> list[tuple[str, Any]]:
    """The values to set, by path, for what was typed at one input; `is_sourced` says that it may carry its source.

    Raises:
        InputError: as `read_typed`.
    """
    leaf = path.rpartition(".")[2]
    years = _YEARS.fullmatch(text.strip()) if leaf in (BARE, CURVE) else None
    value = read_typed(years[1] if years else text)
    if leaf == BARE or not is_sourced:
        return _bare(path, value, before, source.strip())
    if leaf == CURVE:
        body = dict(value) if isinstance(value, Mapping) else {"years_to_peak": value}
        origin = {"source": {"title": source.strip()}} if source.strip() else {"assumption": UNSOURCED}
        return [(path, {**origin, **body})]
    return [(path, with_origin(value, before, source))]


def _bare(path: str, value: Any, before: Any, source: str) -> list[tuple[str, Any]]:
    """A value without a source of its own keeps its word in the file, or has its source beside it."""
    about = {"source": {"title": source}} if source else {"assumption": UNSOURCED}
    if isinstance(before, Mapping) and "value" in before:
        return [(path, value if isinstance(value, Mapping) else {"value": value, **about})]
    beside = [(f"{path.rpartition('.')[0]}.source", about["source"])] if source else []
    return [(path, value), *beside]


def _ungrouped(text: str) -> str:
    """`15,500 USD` as files write it: `15_500 USD`."""
    return re.sub(r"(?<=\d),(?=\d{3}(?:\D|$))", "_", text) if _MEASURED.fullmatch(text) else text


def with_origin(value: Any, before: Any, source: str) -> dict[str, Any]:
    """The typed number with where it comes from: its source, else the plain word that it has none."""
    body = dict(value) if isinstance(value, Mapping) else {"value": value}
    kept = {key: before[key] for key in KEPT if key in before} if isinstance(before, Mapping) else {}
    if set(body) & {"source", "assumption"}:
        return {**kept, **body}
    origin = {"source": source.strip()} if source.strip() else {"assumption": UNSOURCED}
    return {**kept, **body, **origin}
