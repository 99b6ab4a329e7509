"""What `success` is asked: a programme, a table, and which factors count."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from onepill.workbench.questions.programme import Codes, ProgrammeText
from onepill.workbench.questions.registry import FOLDER


class SuccessAsk(ProgrammeText):
    """How likely each stage and each approval of a programme is, and why."""

    table: Literal["bio", "wong", "registry"] | None = Field(
        default=None, description="bio, wong or registry; the file's own if left out"
    )
    warehouse: str | None = Field(default=None, min_length=1, description=FOLDER + "; for the table registry")
    with_factors: Codes = Field(default=[], description="a factor or cut to count, by name")
    without_factors: Codes = Field(default=[], description="a factor or cut to leave out, by name")
