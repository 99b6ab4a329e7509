"""What is asked about the research behind the world's programmes: burden, white space, industry, readouts."""

from __future__ import annotations

from pydantic import Field

from onepill.workbench.questions.landscape import FilteredAsk
from onepill.workbench.questions.programme import Codes, Question


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


class TradeText(Question):
    """The text of a CSV file of trade by commodity code; `file` is its name in messages."""

    text: str
    file: str = ""


class IndustryAsk(FilteredAsk):
    """How concentrated and how productive the industry is, and what it imports."""

    first_year: int = Field(
        default=2005, ge=1900, le=2200, description="follow drugs first seen in humans from this year on"
    )
    trade: TradeText | None = Field(
        default=None, description="a CSV of trade: hs_code,year,reporter,partner,flow,value_usd"
    )
    hs_codes: Codes = Field(
        default=["29"], description="beginning of the commodity codes that count as starting materials"
    )
    seed: int = Field(default=1, ge=0, description="of the resampling that gives limits")


class ReadoutsAsk(FilteredAsk):
    """What the competitors' trials found."""

    endpoints: list[str] = Field(default=[], description="words that the endpoint must hold, such as survival or HbA1c")
    limit: int = Field(
        default=500, ge=1, le=100_000, description="at most so many rows, of the endpoints with most trials"
    )
