"""What the landscape operations are asked: a warehouse, a day, filters, and what counts."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from onepill.workbench.questions.programme import Codes, Day, Question
from onepill.workbench.questions.registry import WarehouseAsk

Axis = Literal["target", "indication", "modality", "origin", "mechanism"]


class CountedAsk(WarehouseAsk):
    """Which of the world's programmes count."""

    hindsight: bool = Field(default=False, description="use what is known of drugs today, although the day is past")
    without_academic: bool = Field(default=False, description="leave out programmes that academia alone runs")
    without_cell_therapies: bool = Field(default=False, description="leave out cell therapies")
    without_combinations: bool = Field(default=False, description="leave out arms that combine investigated drugs")
    with_biosimilars: bool = Field(default=False, description="count biosimilars")
    pd1_as_one: bool = Field(default=False, description="count PD-1 and PD-L1 as one target")
    groups: list[str] = Field(
        default=[], description="count targets as one: NAME=TARGET,TARGET, such as RAS=KRAS,NRAS,HRAS"
    )


class WorldAsk(CountedAsk):
    """The world's programmes on a day, and which of them count."""

    on: Day | None = Field(
        default=None, description="as of this day, YYYY-MM-DD; the newest day that the warehouse shows if left out"
    )


class Filters(Question):
    """Which of the world's programmes are shown; a name may be given more than once."""

    targets: Codes = Field(default=[], description="gene symbol or everyday name, such as EGFR or PD-1")
    indications: list[str] = Field(default=[], description="name of a condition or its id; what is below it counts")
    modalities: Codes = Field(default=[], description="such as small_molecule, antibody, cell_therapy")
    origins: Codes = Field(default=[], description="country of origin, ISO 3166, such as CN")


class Tagging(Question):
    """How sure a tag must be."""

    minimum_coverage: float = Field(
        default=0.8, ge=0, le=1, description="share of known classes below which nobody is called first"
    )


class FilteredAsk(Filters, WorldAsk):
    """Some of the world's programmes on a day."""


class TaggedAsk(Tagging, FilteredAsk):
    """Programmes with their tags."""


class LandscapeAsk(TaggedAsk):
    """Who else is there."""

    limit: int = Field(default=200, ge=1, le=100_000, description="at most so many programmes in full")


class FirstsAsk(TaggedAsk):
    """Who is first."""


class CrowdingAsk(FilteredAsk):
    """How crowded it is."""

    unit: Literal["agent", "agent_indication"] = Field(
        default="agent_indication", description="count an agent once, or once in each indication"
    )
    window_years: float = Field(default=3.0, gt=0, le=50, description="years over which entries are counted")
    seed: int = Field(default=1, ge=0, description="of the resampling that gives limits")


class MatrixAsk(FilteredAsk):
    """Programmes by two axes."""

    rows: Axis = Field(default="target", description="target, indication, modality, origin or mechanism")
    columns: Axis = Field(default="indication", description="target, indication, modality, origin or mechanism")
    limit: int | None = Field(
        default=None, ge=1, le=1_000_000, description="at most so many cells, the fullest; 1000 if left out"
    )


class EntrantsAsk(FilteredAsk):
    """Who came when."""

    first_year: int | None = Field(
        default=None, ge=1900, le=2200, description="first calendar year; ten years up to the day if left out"
    )


class CompareAsk(WorldAsk):
    """One origin against the rest of the world."""

    origin: str = Field(default="CN", pattern="^[A-Za-z]{2}$", description="country of origin, ISO 3166")
    versus: Literal["rest"] = Field(default="rest", description="against what")
    seed: int = Field(default=1, ge=0, description="of the resampling that gives limits")
