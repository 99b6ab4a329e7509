"""What `value` is asked: a programme, markets to show, scenarios beside, and how much is drawn."""

from __future__ import annotations

from pydantic import Field

from onepill.workbench.questions.programme import Codes, ProgrammeText


class ValueAsk(ProgrammeText):
    """What a programme is worth, and its forecast by market and year."""

    market: Codes = Field(default=[], description="a market to show, such as US; all if left out")
    scenarios: list[str] = Field(default=[], description="a scenario of the file, beside the base on the same futures")
    draws: int = Field(default=100_000, ge=100, le=20_000_000)
    seed: int = Field(default=1, ge=0)
    threads: int = Field(default=2, ge=1, le=256)
