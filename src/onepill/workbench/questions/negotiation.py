"""What `deal solve` is asked: which terms are open, and what each side wants."""

from __future__ import annotations

from pydantic import Field

from onepill.workbench.questions.deals import SimulatedAsk
from onepill.workbench.questions.programme import DealText


class SolveAsk(SimulatedAsk):
    """Terms that meet the wishes of both sides."""

    deal: DealText = Field(description="terms file of the deal")
    unknowns: list[str] = Field(
        min_length=1, max_length=8, description="an open term, such as upfront_usd or royalty.rate=0.05..0.12"
    )
    licensor_share: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="the owner's part of what the deal brings all parties, each by its own view",
    )
    at_least: list[str] = Field(default=[], description="what a party accepts by its own view, such as partner=5 MUSD")
    most_loss: list[str] = Field(default=[], description="the chance of a loss that a party bears, such as partner=0.6")
    counter: list[str] = Field(default=[], description="a counter-offer, such as upfront_usd=6 MUSD; valued beside")
    frontier: bool = Field(default=False, description="spread the open terms over their ranges and mark the efficient")
