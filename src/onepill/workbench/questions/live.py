"""What is asked of a programme while it is being edited."""

from __future__ import annotations

from pydantic import Field

from onepill.workbench.questions.programme import Day, Question


class LiveAsk(Question):
    """A saved programme with changes that are not saved, against the saved version on the same futures."""

    id: str = Field(description="a programme's id", min_length=1, max_length=200)
    version: int | None = Field(default=None, ge=1, description="the newest if left out")
    changes: list[str] = Field(default=[], max_length=200, description="PATH=VALUE, such as markets.US.peak_share=0.2")
    sources: list[str] = Field(default=[], max_length=200, description="PATH=TEXT: where a changed value comes from")
    scenario: str | None = Field(default=None, max_length=80, description="a scenario of the file, below the changes")
    as_of: Day | None = None
    draws: int = Field(default=10_000, ge=100, le=20_000_000)
    seed: int = Field(default=1, ge=0)
    threads: int = Field(default=2, ge=1, le=256)
    with_passport: bool = Field(default=False, description="with the whole passport of the changed programme")
    with_text: bool = Field(default=False, description="with the changed file, its comments kept")
