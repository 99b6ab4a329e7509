"""What is asked about chances of success, about enrichment, and about the size of phase II."""

from __future__ import annotations

from pydantic import Field

from onepill.workbench.questions.design import Numbers, SequentialAsk, TestAsk
from onepill.workbench.questions.programme import Day, Question


class AssuranceAsk(SequentialAsk):
    """A test of one or several looks, and what is known about the effect.

    The test's own effect is the one that it is sized for; what is known may lie elsewhere. Hazard ratios are written as
    such, their standard error is of the logarithm. `text` is a programme file whose known evidence stands in where no
    effect is told; `file` is its name in messages.
    """

    text: str = ""
    file: str = ""
    as_of: Day | None = None
    indication: str | None = Field(default=None, description="of the file; the first if left out")
    patients: float | None = Field(default=None, gt=0, allow_inf_nan=False, description="patients, if not sized here")
    events: float | None = Field(default=None, gt=0, allow_inf_nan=False, description="events, if not sized here")
    effect: float | None = Field(default=None, description="what is known: the effect found so far")
    se: float | None = Field(default=None, description="its standard error; of a hazard ratio, of its logarithm")
    prior_n: float | None = Field(
        default=None, description="patients or events behind it, where no standard error is given"
    )
    prior: str | None = Field(
        default=None, description="in one: normal:EFFECT,SE or points:EFFECT=WEIGHT,EFFECT=WEIGHT"
    )
    no_effect_prob: float = Field(
        default=0.0, ge=0, le=1, description="chance, on top, that there is no effect whatsoever"
    )


class InterimAsk(TestAsk):
    """A trial at an interim look; effects are multiples of the one that it was sized for."""

    at: Numbers = Field(default=[0.5, 1.0], description="information shares of the looks such as 0.3,0.6,1")
    look: int = Field(default=1, ge=1, description="the look that has been made")
    z: float = Field(ge=-10, le=10, description="its z statistic, positive for benefit")
    bound: str = Field(default="none", description="none (success at the end only), of, ld_of, hsd:-4 and so on")
    effect: float | None = Field(
        default=None, allow_inf_nan=False, description="known before: effect, 1 for the one assumed"
    )
    se: float | None = Field(default=None, gt=0, allow_inf_nan=False, description="its standard error, in the same")


class ResponsesAsk(Question):
    """A single arm with responses: what was seen, what is success, when to stop."""

    responses: int = Field(ge=0, description="responses so far")
    patients: int = Field(ge=0, description="patients so far")
    max_patients: int = Field(ge=1, le=1000, description="patients in all")
    null_rate: float = Field(gt=0, lt=1, description="response rate of no interest")
    target_rate: float | None = Field(default=None, gt=0, lt=1, description="response rate worth finding")
    threshold: float = Field(
        default=0.95, gt=0, lt=1, description="posterior chance of a rate above the null that is a success"
    )
    prior_beta: Numbers = Field(default=[1.0, 1.0], description="prior of the rate: a,b of a Beta distribution")
    no_go_below: float = Field(default=0.05, ge=0, lt=1, description="stop where success is less likely than this")
    go_above: float = Field(default=1.0, gt=0, le=1, description="stop where it is likelier than this; 1 never does")
    first_look: int = Field(default=10, ge=1, description="patients before the first look")
    every: int = Field(default=1, ge=1, description="patients from look to look")


class EnrichmentAsk(TestAsk):
    """A marker, its assay, the effect in marker positives and negatives, and what patients cost."""

    prevalence: float = Field(gt=0, le=1, description="share of patients who are marker positive")
    sensitivity: float = Field(default=1.0, gt=0, le=1, description="share of marker positives with a positive assay")
    specificity: float = Field(default=1.0, ge=0, le=1, description="share of marker negatives with a negative assay")
    differences: Numbers = Field(default=[], description="means: benefit in marker positives,negatives such as 0.5,0")
    sd: float | None = Field(default=None, gt=0, allow_inf_nan=False, description="means: standard deviation")
    rates: Numbers = Field(default=[], description="rates: treated positives,treated negatives,control")
    hazard_ratios: Numbers = Field(default=[], description="time to event: in positives,negatives such as 0.6,0.9")
    event_prob: float | None = Field(
        default=None, gt=0, le=1, description="time to event: share of patients with an event by the end"
    )
    ratio: float = Field(default=1.0, gt=0, allow_inf_nan=False, description="treated patients for each control")
    interim_share: float = Field(default=0.5, gt=0, lt=1, description="adaptive: patients before the choice")
    enrich_below: float = Field(
        default=0.0,
        allow_inf_nan=False,
        description="adaptive: go on with positive assays alone if the z of negative ones is below this",
    )
    assay_cost_usd: float = Field(default=0.0, ge=0, allow_inf_nan=False, description="US dollars for each assay")
    patient_cost_usd: float = Field(gt=0, allow_inf_nan=False, description="US dollars for each randomised patient")
    accrual_per_month: float = Field(
        gt=0, allow_inf_nan=False, description="patients with the disease who present themselves each month"
    )
    follow_up_months: float = Field(
        default=0.0, ge=0, allow_inf_nan=False, description="months from the last patient to the result"
    )


class ProgrammeAsk(TestAsk):
    """Phase II with a go/no-go threshold, then phase III; time to event, two equal arms. Money in millions."""

    hazard_ratio: float | None = Field(default=None, gt=0, allow_inf_nan=False, description="the true hazard ratio")
    prior: str | None = Field(
        default=None, description="or several: points:RATIO=WEIGHT,RATIO=WEIGHT, or normal:RATIO,SE of its logarithm"
    )
    event_probs: Numbers = Field(default=[0.7, 0.7], description="share of patients with an event, phase II,III")
    patient_costs_musd: Numbers = Field(description="MUSD a patient, phase II,III")
    fixed_costs_musd: Numbers = Field(description="MUSD to start, phase II,III")
    gains_musd: Numbers = Field(description="MUSD that success is worth, one for each class such as 100,300,500")
    classes: Numbers = Field(
        default=[1.0, 0.95, 0.85], description="hazard ratios below which success is of each class, falling"
    )
    events: Numbers = Field(default=[10.0, 400.0], description="events of phase II tried, one by one: from,to")
    thresholds: Numbers = Field(
        default=[0.71, 0.95], description="thresholds of the hazard ratio tried, by 0.01: from,to"
    )
