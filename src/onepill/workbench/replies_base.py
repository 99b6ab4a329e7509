"""What every answer is made of: a closed model, and findings."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

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
