"""What is asked about deals that may come back."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from onepill.workbench.questions.deals import SimulatedAsk
from onepill.workbench.questions.programme import DealText


class ReturnRiskAsk(SimulatedAsk):
    """How likely a deal comes back, and what that is worth."""

    deal: DealText = Field(description="terms file of the deal")
    cohort: Literal["2020", "2021", "2022", "pooled"] | None = Field(
        default=None, description="deals of which year tell how often; else what the terms choose"
    )
    with_causes: bool = Field(default=False, description="split by cause: assumptions with ranges")
    draws: int = Field(default=20_000, ge=100, le=2_000_000)
