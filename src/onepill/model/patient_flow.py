"""The nouns of a market's patients: the flow from incidence to treatment, the pool at launch, competition."""

# ruff: noqa: RUF012 -- pydantic copies a default for each instance; the base class lies in another file

from __future__ import annotations

from pydantic import Field

from onepill.model.types import Closed, Day, SourceText, Text
from onepill.model.values import CountValue, DurationValue, ShareValue


class Pool(Closed):
    """Patients alive at launch (prevalence) who are treated evenly over `treated_over_years`, besides the new ones.

    Give their number, or `per_100_000` of the population of the flow. The shares of the flow hold for them too.
    """

    patients: CountValue | None = None
    per_100_000: CountValue | None = None
    treated_over_years: float = Field(gt=0, le=20)
    source: SourceText | None = None
    assumption: str = ""


class PatientFlow(Closed):
    """Patients a year by steps: each share is of the patients whom the step before it leaves; one left out is 1.

    New patients a year are `incidence`, or `incidence_per_100_000` times `population`. `compliance_share` acts on the
    months on treatment.
    """

    population: CountValue | None = Field(default=None, description="people, for what is given per 100,000")
    incidence_per_100_000: CountValue | None = Field(default=None, description="new patients a year in 100,000 people")
    incidence: CountValue | None = Field(default=None, description="new patients a year")
    prevalence: Pool | None = Field(default=None, description="patients waiting at launch")
    diagnosed_share: ShareValue | None = None
    line_share: ShareValue | None = Field(default=None, description="who reach the line of therapy")
    biomarker_test_share: ShareValue | None = None
    biomarker_positive_share: ShareValue | None = Field(default=None, description="of those tested")
    eligible_share: ShareValue | None = None
    treated_share: ShareValue | None = Field(default=None, description="who are treated with any drug")
    compliance_share: ShareValue | None = Field(default=None, description="months taken of the months on treatment")


class Entrant(Closed):
    """A rival (or `count` like ones) expected on a `day`, or a `delay` after the plan's day; certain without `prob`."""

    name: Text | None = None
    day: Day | None = None
    delay: DurationValue | None = None
    prob: ShareValue | None = None
    count: int = Field(default=1, ge=1, le=10)
    source: SourceText | None = None
    assumption: str = ""


class Competition(Closed):
    """The class: how many are in it, when more come, and what share of treated patients the whole class gets.

    `in_class` counts the other drugs on the market on the plan's day, `order` is the drug's own order of entry among
    them (the next one where it is left out). `entry_exponent` replaces the published one.
    """

    in_class: int | None = Field(default=None, ge=0, le=50)
    order: int | None = Field(default=None, ge=1, le=51)
    class_share: ShareValue | None = Field(default=None, description="of treated patients, once the class is mature")
    entrants: list[Entrant] = []
    entry_exponent: ShareValue | None = None
    source: SourceText | None = None
    assumption: str = ""

    @property
    def others(self) -> int:
        """Other drugs of the class on the market on the plan's day."""
        return self.in_class if self.in_class is not None else (self.order or 1) - 1

    @property
    def own_order(self) -> int:
        """The drug's order of entry, where no rival comes before it."""
        return self.order if self.order is not None else self.others + 1
