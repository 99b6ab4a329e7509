"""What the review of uncertain links is asked."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from onepill.workbench.questions.programme import Question
from onepill.workbench.questions.registry import WarehouseAsk

Kind = Literal["drug", "company", "condition", "target"]


class CorrectionsText(Question):
    """The text of a CSV file of decisions; `file` is its name in messages."""

    text: str
    file: str = ""


class ReviewAsk(WarehouseAsk):
    """What is uncertain, a person's corrections of it, or those that are kept."""

    kind: Kind | None = Field(default=None, description="drug, company, condition or target; all if left out")
    limit: int | None = Field(default=None, ge=1, description="at most so many rows, the most used first")
    unknown: bool = Field(default=False, description="list also the texts of which nothing is known")
    export: str | None = Field(
        default=None, min_length=1, description="write the rows to this CSV file, to be filled in"
    )
    take: CorrectionsText | None = Field(
        default=None, description="a CSV file with decisions: an exported one that a person has filled in"
    )
    kept: bool = Field(default=False, description="show the corrections that are kept")
