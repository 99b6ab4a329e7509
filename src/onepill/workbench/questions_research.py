"""What is asked about the research behind the world's programmes: burden, white space, industry, readouts."""

from __future__ import annotations

from pydantic import Field

from onepill.workbench.questions_landscape import FilteredAsk


class BurdenAsk(FilteredAsk):
    """Does research follow the burden of disease."""

    area: str = Field(
        default="world", min_length=1, description="place of the burden: country (CN, CHN, China), region, or world"
    )
    year: int | None = Field(
        default=None, ge=1900, le=2200, description="year of the burden; the newest in which no cause is blank"
    )


class WhitespaceAsk(FilteredAsk):
    """Which supported pairs of target and indication are nearly empty."""

    at_most: int = Field(default=2, ge=0, le=1000, description="at most so many drugs at work in a pair")
    without_related: bool = Field(
        default=False, description="leave out pairs that only a late drug in a condition beside supports"
    )
    limit: int = Field(default=50, ge=1, le=100_000, description="at most so many pairs")
