"""What is asked about deals: a programme, one terms file or several, and how much is simulated."""

from __future__ import annotations

from pydantic import Field

from onepill.workbench.questions.programme import DealText, ProgrammeText


class SimulatedAsk(ProgrammeText):
    """A programme under scenarios, simulated."""

    scenarios: list[str] = Field(default=[], description="scenarios of the programme file, applied in order")
    draws: int = Field(default=100_000, ge=100, le=2_000_000)
    seed: int = Field(default=1, ge=0)
    threads: int = Field(default=2, ge=1, le=256)


class DealValueAsk(SimulatedAsk):
    """What one deal brings each party."""

    deal: DealText = Field(description="terms file of the deal")


class DealCompareAsk(SimulatedAsk):
    """Deals against each other and against none, on the same futures; differences are from the first."""

    deals: list[DealText] = Field(min_length=1, max_length=20, description="terms file; once for each deal")
