"""Parts that answers of several operations share."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Chance = float
Iso = str
Text = dict[str, str]


class Reply(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FindingRow(Reply):
    """A finding: stable code, severity, what, what to do, where."""

    code: str
    severity: Literal["error", "warning", "note"]
    message: str
    hint: str
    path: str
    file: str
    line: int = Field(ge=0)
    value: Any


class SourceRow(Reply):
    title: str
    url: str
    date: str
    retrieved: str


class Binding(Reply):
    activity: str
    share: Chance
    mean_days: float


class DayRow(Reply):
    """A day with its chance; null where it never comes."""

    prob: Chance
    p10: Iso | None
    p50: Iso | None
    p90: Iso | None
    mean: Iso | None
