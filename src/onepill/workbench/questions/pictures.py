"""What the page of pictures is asked: the landscape's own filters, and how far back the pictures reach."""

from __future__ import annotations

from pydantic import Field

from onepill.workbench.questions.landscape import TaggedAsk


class LandscapePageAsk(TaggedAsk):
    """A page of pictures."""

    years: int = Field(default=10, ge=2, le=40, description="calendar years of the trend and the entrants")
    compare_origin: str = Field(
        default="CN", pattern="^[A-Za-z]{2}$", description="country of origin against the rest, ISO 3166"
    )
    area: str = Field(
        default="world", min_length=1, description="place of the burden: country (CN, CHN, China), region, or world"
    )
    seed: int = Field(default=1, ge=0, description="of the resampling that gives limits")
