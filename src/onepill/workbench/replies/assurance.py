"""What is answered about chances of success, about enrichment, and about the size of phase II."""

from __future__ import annotations

from typing import Literal

from onepill.workbench.replies.parts import Chance, Reply, SourceRow, Text


class FilePlace(Reply):
    """Where a programme file states what is known."""

    path: str
    source: SourceRow | None


class KnownRow(Reply):
    """What is known about the effect, in the endpoint's own scale; `se` is of the logarithm of a hazard ratio."""

    kind: Literal["normal", "points"]
    effects: list[float]
    weights: list[Chance]
    se: float | None
    no_effect_prob: Chance
    benefit_prob: Chance
    from_file: FilePlace | None


class AssuranceReply(Reply):
    """The chance of success given what is known, beside the power at the effect that the test is sized for.

    `amount` is patients or events at the last look, `expected_amount` at the end; `upper` and `lower` are the chances
    to stop above and below at each look. `benefit_prob` of what is known is what no size of trial exceeds by more than
    the error.
    """

    endpoint: Literal["means", "rates", "time_to_event"]
    unit: Literal["patients", "events"]
    amount: float
    expected_amount: float
    at: list[float]
    upper_z: list[float | None]
    alpha: float
    power_assumed: Chance
    assumed_effect: float
    known: KnownRow
    assurance: Chance
    upper: list[Chance]
    lower: list[Chance]
    assumptions: list[Text]


class InterimReply(Reply):
    """The chance of success at a later look, if the effect is none, as the data show, or as assumed; and averaged.

    `predictive_power` takes every effect as equally likely before the trial; `predictive_power_known` what was known,
    null where nothing was told. `effect_seen` is a multiple of the effect assumed.
    Without bounds `upper_z` has this look and the last one alone.
    """

    look: int
    share: float
    z: float
    effect_seen: float
    upper_z: list[float | None]
    stops: bool
    conditional_power_null: Chance
    conditional_power_seen: Chance
    conditional_power_assumed: Chance
    predictive_power: Chance
    predictive_power_known: Chance | None
    assumptions: list[Text]


class BoundsRow(Reply):
    """Stop for no-go at or below `no_go` responses, for go at or above `go`; null where no number stops."""

    patients: int
    no_go: int | None
    go: int | None


class RateRow(Reply):
    """With a true response rate: chances, and expected patients."""

    rate: Chance
    go_prob: Chance
    early_no_go_prob: Chance
    expected_patients: float


class ResponsesReply(Reply):
    """Will a single arm be a success? `least_responses` among all patients are one; null where no number is."""

    responses: int
    patients: int
    max_patients: int
    least_responses: int | None
    posterior_prob: Chance
    predictive_prob: Chance
    decision: Literal["go", "no_go", "continue"]
    bounds: list[BoundsRow]
    operating: list[RateRow]
    assumptions: list[Text]


class EnrichedRow(Reply):
    """A design of the power asked for; null at a prevalence where no number of patients has it."""

    design: Literal["all_comers", "targeted", "adaptive"]
    prevalence: Chance
    randomised: float
    screened: float
    assayed: float
    enrich_prob: Chance | None
    cost_usd: float
    months: float


class CrossingRow(Reply):
    """Below this prevalence the design `below` needs less of the measure, above it the design `above`."""

    measure: Literal["cost_usd", "months", "randomised", "screened"]
    below: str
    above: str
    prevalence: Chance
    value: float


class WorthRow(Reply):
    """What a design saves against all comers: positive is less; null where either has no size."""

    design: Literal["targeted", "adaptive"]
    randomised: float
    screened: float
    cost_usd: float
    months: float


class CurveRow(Reply):
    design: Literal["all_comers", "targeted", "adaptive"]
    points: list[EnrichedRow | None]


class EnrichmentReply(Reply):
    """Three designs of the same error and power at the marker's prevalence, and over all prevalences."""

    endpoint: Literal["means", "rates", "time_to_event"]
    prevalence: Chance
    sensitivity: Chance
    specificity: Chance
    positive_share: Chance
    predictive_value: Chance
    designs: list[EnrichedRow]
    without_size: list[str]
    cheapest: str | None
    fastest: str | None
    worth: list[WorthRow]
    crossings: list[CrossingRow]
    curves: list[CurveRow]
    assumptions: list[Text]


class PlanRow(Reply):
    """A phase II and its threshold; phase III numbers are averages that count no-go as nothing."""

    events: int
    threshold: float
    phase_2_patients: int
    phase_3_events: int
    phase_3_patients: int
    go_prob: Chance
    no_effect_go_prob: Chance
    success_prob: Chance
    class_probs: list[Chance]
    phase_2_cost_musd: float
    phase_3_cost_musd: float
    gain_musd: float
    utility_musd: float


class UtilityRow(Reply):
    events: int
    utility_musd: float


class ProgrammeReply(Reply):
    """The plan that is worth most, and how flat the optimum is: utilities at its threshold, sizes within 1 %."""

    best: PlanRow
    hazard_ratios: list[float]
    weights: list[Chance]
    go: bool
    near_best_events: list[int]
    by_events: list[UtilityRow]
    at_edge: bool
    assumptions: list[Text]
