"""What each operation is asked: closed models that the command line, pages and agents fill in."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from onepill.core.dates import parse_day

Day = Annotated[date, BeforeValidator(parse_day)]


def _split(raw: object) -> object:
    """`CN,US` and several such are one list. An empty name is refused: without it the list would ask for everything."""
    items = [raw] if isinstance(raw, str) else raw
    if not isinstance(items, list):
        return raw
    parts = [part.strip() for item in items for part in str(item).split(",")]
    if not all(parts):
        raise ValueError("an empty name: leave the option out to ask for all")
    return parts


Codes = Annotated[list[str], BeforeValidator(_split)]


class Question(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Undrawn(Question):
    """A question whose answer has no chance in it; it takes the options of those that have, for the sake of scripts."""

    draws: int = Field(default=0, ge=0, le=20_000_000, description="taken for uniformity; nothing is drawn here")
    seed: int = Field(default=1, ge=0, description="taken for uniformity; nothing is drawn here")


class ProgrammeText(Question):
    """The text of a programme file; `file` is its name in messages."""

    text: str
    file: str = ""
    as_of: Day | None = None


class TableText(Question):
    """The text of a CSV file; `file` is its name in messages."""

    text: str
    file: str = ""


class DealText(Question):
    """The text of a deal's terms file; `file` is its name in messages."""

    text: str
    file: str = ""


class CompetedAsk(ProgrammeText):
    """A programme with the competitor table of its folder."""

    competitors: TableText | None = Field(
        default=None, description="competitor table; FILE's own (NAME.competitors.csv) or competitors.csv beside it"
    )


class CheckAsk(CompetedAsk):
    """Everything to be said of a programme's files."""

    deals: list[DealText] = Field(default=[], description="terms file of a deal on the programme; may be repeated")


class PassportAsk(CompetedAsk):
    """The passport of a programme."""

    scenarios: list[str] = []
    policies: list[str] = []
    draws: int = Field(default=100_000, ge=100, le=20_000_000)
    seed: int = Field(default=1, ge=0)
    threads: int = Field(default=2, ge=1, le=256)


class Nothing(Question):
    """No question: there is one answer."""


class SchemaAsk(Question):
    """Which file's schema."""

    of: Literal["programme", "deal"] = "programme"


class CoverageAsk(Undrawn):
    """What the rulebook covers: there is one answer."""


class RuleAsk(Question):
    """One rule or procedure, as of a day."""

    id: str
    on: Day | None = None
    known_on: Day | None = None
    conditions: list[str] = []


class DueAsk(Question):
    """The due day of a count from a start day."""

    jurisdiction: str
    start: Day
    count: str = Field(description="a count with its unit, such as 30 wd, 60 days or 10 months")
    inclusive: bool = False
    roll: Literal["none", "next", "previous"] = "none"


class ExplainAsk(Question):
    """Where a number of a passport comes from."""

    passport: dict[str, object]
    path: str


class PolicyListAsk(Undrawn):
    """Policies of a jurisdiction (CN-SH), in force on a day."""

    jurisdiction: str | None = None
    on: Day | None = None


class PolicyAsk(Undrawn):
    """One policy."""

    id: str


class PolicyMatchAsk(ProgrammeText, Undrawn):
    """Which measures apply to a programme."""


class PolicyEffectAsk(ProgrammeText):
    """What measures are worth to a programme; all policies known on its day if none is named."""

    policies: list[str] = []
    draws: int = Field(default=100_000, ge=100, le=20_000_000)
    seed: int = Field(default=1, ge=0)
    threads: int = Field(default=2, ge=1, le=256)


class PathAsk(Question):
    """The filing plan of a programme for some markets (`all`: every one on file; none: the file's own)."""

    text: str
    file: str = ""
    markets: Codes = []
    optimise: Literal["earliest", "value", "cost", "patients"] = "earliest"
    budget: str | None = Field(default=None, description="the most that filings may cost in a year, such as 10 MUSD")
    team: int | None = Field(default=None, ge=1, le=1_000, description="how many filings may be prepared at once")
    on: Day | None = None
    draws: int = Field(default=20_000, ge=100, le=20_000_000)
    seed: int = Field(default=1, ge=0)
    threads: int = Field(default=2, ge=1, le=256)


class PathCompareAsk(Question):
    """Routes to compare, such as us=standard and us=priority; differences are from the first."""

    text: str
    file: str = ""
    routes: list[str] = []
    on: Day | None = None
    draws: int = Field(default=20_000, ge=100, le=20_000_000)
    seed: int = Field(default=1, ge=0)
    threads: int = Field(default=2, ge=1, le=256)


class CasesText(Question):
    """The text of a CSV file of reviews; `file` is its name in messages."""

    text: str
    file: str = ""


class BacktestAsk(Undrawn):
    """Cases to score the shipped review-time model on; none: the figures of its own cross-validation."""

    cases: CasesText | None = Field(default=None, description="a CSV of reviews with the columns of review_cases.csv")
