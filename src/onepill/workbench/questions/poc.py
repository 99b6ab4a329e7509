"""What the lean proof of concept is asked: a programme, limits, and how much is simulated."""

from __future__ import annotations

from pydantic import Field

from onepill.workbench.questions.programme import ProgrammeText


class PlanAsk(ProgrammeText):
    """The best policy before the stage that the file's proof of concept decides on."""

    scenarios: list[str] = Field(default=[], description="scenarios of the file, applied in order")
    budget: str | None = Field(
        default=None, description="the most that experiments may cost, such as 5 MUSD; the file's own if left out"
    )
    months: float | None = Field(
        default=None, ge=0, le=1200, description="the latest decision, in months; the file's own if left out"
    )
    at_once: int | None = Field(default=None, ge=1, le=100, description="how many experiments may run side by side")
    draws: int = Field(default=20_000, ge=100, le=200_000, description="futures of the programme behind its value")
    seed: int = Field(default=1, ge=0)
    threads: int = Field(default=2, ge=1, le=256)


class SimulateAsk(PlanAsk):
    """The best policy and simple ones, tried on the same simulated truths."""

    trials: int = Field(default=100_000, ge=100, le=5_000_000, description="simulated truths")
