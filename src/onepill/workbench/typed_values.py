"""Inputs as a person types them: `30 – 38 – 56 months`, `0.2`, `{p10: 1 MUSD, p90: 3 MUSD}`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from onepill.model.values import META_KEYS
from onepill.workbench.scenario_answers import written_value

DASH = " – "
NUMBER = r"[+-]?\d[\d_,]*(?:\.\d+)?"
_RANGE = re.compile(rf"({NUMBER})\s*(?:–|—|\s-\s)\s*({NUMBER})(?:\s*(?:–|—|\s-\s)\s*({NUMBER}))?\s*(\D.*)?")
_MEASURED = re.compile(rf"({NUMBER})\s*(\D.*)?")
UNSOURCED = "changed in the workbench, without a source"
KEPT = ("factors",)
"""What belongs to an input's place in the model rather than to where its number comes from."""


def typed(raw: Any) -> str:
    """What a file holds at an input, as text that `read_typed` reads back to the same number or distribution."""
    body = _body(raw)
    if not isinstance(body, Mapping):
        return "" if body is None else _plain(body)
    if set(body) in ({"low", "high"}, {"low", "mode", "high"}):
        parts = [_MEASURED.fullmatch(str(body[key])) for key in ("low", "mode", "high") if key in body]
        found = [part for part in parts if part]
        units = {(part[2] or "").strip() for part in found}
        if len(found) == len(body) and len(units) == 1:
            return f"{DASH.join(part[1] for part in found)} {units.pop()}".strip()
    return "{" + ", ".join(f"{key}: {_plain(value)}" for key, value in body.items()) + "}"


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
        return written_value(_ungrouped(text.strip()))
    low, mode, high, unit = found.groups()
    numbers = {"low": low, "high": mode} if high is None else {"low": low, "mode": mode, "high": high}
    return {key: written_value(f"{_ungrouped(number)} {unit or ''}") for key, number in numbers.items()}


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
