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
