"""The nouns of a market's patients: the flow from incidence to treatment, the pool at launch, competition."""

# ruff: noqa: RUF012 -- pydantic copies a default for each instance; the base class lies in another file

from __future__ import annotations

from pydantic import Field, ValidationInfo
from pydantic.config import JsonDict

from onepill.model.types import Closed, Day, SourceText, Text
from onepill.model.values import CountValue, DurationValue, PlainYears, ShareValue, Value, fail

MARKET_NEEDS: JsonDict = {
    "allOf": [
        {"anyOf": [{"required": ["patients_per_year"]}, {"required": ["patients"]}]},
        {"anyOf": [{"required": ["peak_share"]}, {"required": ["competition"]}]},
    ]
}
"""What the JSON Schema says of a market's two ways to give its patients, and of the two to give its share."""


class Pool(Closed):
    """Patients alive at launch (prevalence) who are treated evenly over `treated_over_years`, besides the new ones.

    Give their number, or `per_100_000` of the population of the flow. The shares of the flow hold for them too.
    """

    patients: CountValue | None = None
    per_100_000: CountValue | None = None
    treated_over_years: PlainYears
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


def patients_given_once(count: Value | None, info: ValidationInfo) -> Value | None:
    """A market's `patients_per_year`, which stands where there is no flow, and only there."""
    if info.data.get("patients") is not None and count is not None:
        hint = "keep patients_per_year (with eligible_share), or the steps of patients"
        raise fail("market.patients", "patients are given twice: by patients_per_year and by patients", hint=hint)
    if "patients" in info.data and info.data["patients"] is None and count is None:
        hint = "add it, or write the steps below patients (incidence, diagnosed_share, …)"
        raise fail("schema.missing", "'patients_per_year' is missing", hint=hint)
    return count


def eligible_share_is_no_step(share: Value | None, info: ValidationInfo) -> Value | None:
    """A market's `eligible_share`, which is one of the flow's own steps where there is a flow."""
    if info.data.get("patients") is not None and share is not None:
        raise fail("market.patients", "eligible_share stands beside patients", hint="write it below patients")
    return share


def share_given_once(share: Value | None, info: ValidationInfo) -> Value | None:
    """A market's `peak_share`, which stands where its competition gives no class share, and only there."""
    if "competition" not in info.data:
        return share
    class_share = info.data["competition"] and info.data["competition"].class_share
    if share is not None and class_share is not None:
        hint = "keep peak_share, or competition.class_share, which gives it by the order of entry"
        raise fail("market.share", "the share is given twice: by peak_share and by class_share", hint=hint)
    if share is None and class_share is None:
        raise fail("schema.missing", "'peak_share' is missing", hint="add it, or competition.class_share")
    return share
