"""What `success transitions` is asked: a warehouse, a day, who counts, and how long is waited."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from onepill.workbench.questions.programme import Codes, Day
from onepill.workbench.questions.registry import WarehouseAsk

FIRST_YEAR, LAST_YEAR = 1900, 2200
MOST_YEARS = 50


def _horizons(years: list[float]) -> list[float]:
    """Rising, each once."""
    if any(not 0 < one <= MOST_YEARS for one in years):
        raise ValueError(f"years must lie above 0 and at or below {MOST_YEARS}")
    return sorted(set(years))


Horizons = Annotated[list[float], AfterValidator(_horizons)]


class TransitionsAsk(WarehouseAsk):
    """Shares of programmes that pass from phase to phase, counted from the trials of a warehouse."""

    areas: Codes = Field(default=[], description="therapeutic area, such as oncology")
    modalities: Codes = Field(default=[], description="such as small_molecule, antibody, cell_therapy")
    origins: Codes = Field(default=[], description="country of origin, ISO 3166, such as CN")
    from_year: int | None = Field(
        default=None, ge=FIRST_YEAR, le=LAST_YEAR, description="first calendar year; all if left out"
    )
    to_year: int | None = Field(
        default=None, ge=FIRST_YEAR, le=LAST_YEAR, description="last calendar year; that of the day if left out"
    )
    on: Day | None = Field(
        default=None, description="as of this day, YYYY-MM-DD; the newest day that the warehouse shows if left out"
    )
    within_years: Horizons = Field(
        default=[5.0, 8.0], min_length=1, max_length=10, description="years after which the share is told"
    )
    dormant_years: float | None = Field(
        default=None,
        gt=0,
        le=MOST_YEARS,
        description="years without a new trial after which a programme is given up",
    )
    with_academic: bool = Field(default=False, description="count trials that academia leads too")
    without_combinations: bool = Field(default=False, description="leave out arms that combine investigated drugs")
    hindsight: bool = Field(default=False, description="use what is known of drugs today, although the day is past")
