"""What the design operations are asked: an error, a power, looks and bounds, an effect, and how patients come."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from onepill.workbench.questions.programme import Day, Question


def _numbers(raw: object) -> object:
    """`0.3,0.6,1` and several such are one list of numbers."""
    items = [raw] if isinstance(raw, str) else raw
    if not isinstance(items, list):
        return raw
    parts = [part.strip() if isinstance(part, str) else part for item in items for part in _split(item)]
    if not all(part != "" for part in parts):
        raise ValueError("a number is missing between commas")
    return parts


def _split(item: object) -> list[object]:
    return list(item.split(",")) if isinstance(item, str) else [item]


Numbers = Annotated[list[float], BeforeValidator(_numbers)]


class TestAsk(Question):
    """A test's error and power."""

    alpha: float = Field(default=0.025, description="error of one side")
    power: float = Field(default=0.9, description="chance to succeed if the effect is as assumed")


class EffectAsk(TestAsk):
    """The effect that is assumed, of one endpoint, and how patients come and are followed."""

    difference: float | None = Field(default=None, description="means: treated minus control")
    sd: float | None = Field(default=None, description="means: standard deviation in each arm")
    rates: Numbers = Field(default=[], description="proportions: treated,control such as 0.4,0.2")
    hazard_ratio: float | None = Field(default=None, description="time to event: treated over control")
    margin: float | None = Field(
        default=None, description="non-inferiority: the loss tolerated, or the hazard ratio excluded (above 1)"
    )
    lower_is_better: bool = Field(default=False, description="non-inferiority of means or rates: less is better")
    ratio: float = Field(default=1.0, description="treated patients for each control")
    accrual_per_month: float | None = Field(default=None, description="patients who enter each month")
    accrual_months: float | None = Field(default=None, description="time to event: how long patients enter")
    follow_up_months: float | None = Field(
        default=None, description="until the endpoint is known; of time to event, after the last patient"
    )
    control_median_months: float | None = Field(default=None, description="time to event: median of the controls")
    event_prob: float | None = Field(
        default=None, description="time to event: share of patients with an event by the end, where no median is given"
    )
    dropout_per_year: float = Field(default=0.0, description="share of patients lost within a year")


class FixedAsk(EffectAsk):
    """A test with one look: its size, or its power with a size that is given."""

    patients: float | None = Field(default=None, description="work out the power with so many patients")
    events: float | None = Field(default=None, description="work out the power with so many events")


class SequentialAsk(EffectAsk):
    """A test with several looks."""

    looks: int | None = Field(default=None, description="number of looks, equally spaced")
    at: Numbers = Field(default=[], description="information shares of the looks such as 0.3,0.6,1")
    bound: str = Field(
        default="of",
        description="of, pocock, wt:0.25, haybittle_peto, ld_of, ld_pocock, hsd:-4 or kim_demets:2",
    )
    futility: str = Field(
        default="none", description="none, ld_of, ld_pocock, hsd:-2, kim_demets:2, or bounds such as z:0,0.5"
    )
    binding: bool = Field(default=False, description="the error counts on stopping for futility")
    sides: int = Field(default=1, description="2: the lower bounds mirror the upper, the error is of each side")


class SingleArmAsk(Question):
    """A response rate against one of no interest, in a single arm."""

    null_rate: float = Field(description="response rate of no interest")
    target_rate: float = Field(description="response rate worth finding")
    alpha: float = Field(default=0.05, description="chance to find interest at the rate of no interest")
    power: float = Field(default=0.8, description="chance to find interest at the rate worth finding")


class RegionalAsk(TestAsk):
    """How many patients of a trial of several regions one region needs."""

    region: Literal["JP", "CN", "KR", "US"] = Field(default="JP", description="JP, CN, KR or US")
    shares: Numbers = Field(
        default=[], description="share of the patients in the region, or of all regions beginning with it"
    )
    regions: int = Field(default=3, ge=2, le=50, description="number of regions, where their shares are not given")
    patients: int | None = Field(default=None, ge=1, description="patients of the whole trial")
    effect_kept: float | None = Field(
        default=None, description="part of the whole effect that the region is to show; Japan's method 1 if left out"
    )
    chance: float | None = Field(default=None, description="chance asked for; Japan's method 1 if left out")
    on: Day | None = Field(default=None, description="rules as known on this day, YYYY-MM-DD; the newest if left out")
