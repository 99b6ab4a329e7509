"""What each operation answers: closed models of the documents, which tests hold the answers to."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from onepill.workbench.replies.parts import Binding, Chance, DayRow, FindingRow, Iso, Reply, SourceRow, Text
from onepill.workbench.replies.payers import PayerPathRow
from onepill.workbench.replies.plan import AgencyLog, FilingPlan, PlanGateRow, RiskRow  # noqa: F401 -- by name


class Check(Reply):
    """All findings about a file."""

    file: str
    errors: int
    findings: list[FindingRow]


class DayReason(Reply):
    day: Iso
    reason: str


class Due(Reply):
    """A due day and the days that were not counted; `make_up_days` are weekend days that were."""

    jurisdiction: str
    from_: Iso = Field(alias="from")
    count: str
    inclusive: bool
    due: Iso
    skipped: list[DayReason]
    projected: bool
    make_up_days: list[DayReason]


class ProvenanceRow(Reply):
    """Where one value comes from; `from` names the paths that it was derived from."""

    path: str
    value: Any
    unit: str
    origin: Literal["user", "rule", "base_rate", "registry", "derived", "assumption"]
    source_grade: Literal["official", "secondary", "derived", "unverified"]
    source: SourceRow | None
    date: str | None
    formula: str | None
    from_: list[str] = Field(alias="from")
    note: str | None


class ExplainedRow(ProvenanceRow):
    """A provenance row in a chain, `depth` steps from the value asked for; `repeated` where it stands above already."""

    depth: int
    repeated: bool


class Explanation(Reply):
    path: str
    chain: list[ExplainedRow]


class Estimate(Reply):
    """A mean and its simulation error."""

    mean: float
    standard_error: float


class Milestone(Reply):
    """A day on which something happens, given that it does."""

    id: str
    jurisdiction: str
    kind: str
    label: Text
    status: Literal["actual", "simulated"]
    activity: str
    prob: Chance
    p10: Iso | None
    p50: Iso | None
    p90: Iso | None
    mean: Iso | None
    binding: list[Binding]


class CountingFactor(Reply):
    """What is known about the drug and counts: its factor on the odds of success."""

    factor: str
    name: Text
    odds_ratio: float


class GateReply(Reply):
    """One chance on the way; `low` and `high` are 95 % limits where there are any.

    `base` is the chance before evidence about the drug, null where the file states its own or no table has one.
    """

    id: str
    activity: str
    jurisdiction: str | None
    kind: Literal["stage", "filing"]
    label: Text
    base: Chance | None
    adjustments: list[CountingFactor]
    prob: Chance
    table: str | None
    n: int | None
    low: Chance | None
    high: Chance | None
    other_table_prob: Chance | None
    comparable: str | None
    included: bool
    origin: str
    source_grade: str


class MarketChance(Reply):
    jurisdiction: str
    milestone: str
    cumulative_prob: Chance


class Success(Reply):
    gates: list[GateReply]
    markets: list[MarketChance]
    chain: dict[str, list[str]]
    base_rates: dict[str, str]


class Rnpv(Reply):
    """Whole US dollars; percentiles are observed order statistics."""

    mean: int
    standard_error: int
    sd: int
    p5: int
    p50: int
    p95: int
    prob_positive: Chance


class RnpvExpected(Reply):
    mean: int
    standard_error: int
    excludes: list[str]


class MarketValue(Reply):
    market: str
    id: str
    jurisdiction: str | None
    rnpv_usd: Estimate
    peak_sales_usd: int | None
    route: str | None


class YearlyCash(Reply):
    year: int
    item: str
    market: str
    cash_usd: float
    discounted_usd: float


class CostPerLaunch(Reply):
    out_of_pocket: int
    capitalised: int


class Value(Reply):
    party: str
    rnpv_usd: Rnpv
    rnpv_expected_usd: RnpvExpected
    by_market: list[MarketValue]
    yearly: list[YearlyCash]
    cost_per_launch_usd: CostPerLaunch | None
    assumption_variance_share: Estimate
    variance: list[dict[str, Any]]
    tornado: list[dict[str, Any]]
    histogram: dict[str, Any]
    payer_paths: list[PayerPathRow]


class EffectEstimate(Estimate):
    """An estimate with what it is at the least and at the most while uncertain inputs move."""

    low: float
    high: float


class Effect(Reply):
    """Days saved by milestone, rNPV and patients gained, paired on the same futures; null where no subsidy is paid."""

    days_saved: dict[str, EffectEstimate]
    rnpv_gain_usd: EffectEstimate
    patients_gain: EffectEstimate
    subsidy_usd: EffectEstimate | None


class MeasureReply(Reply):
    """A measure's effect; `uncertain` names the inputs that set its limits."""

    id: str
    aspect: int
    kind: str
    name: Text
    applies: bool
    failing: list[dict[str, str]]
    is_target: bool
    is_too_late: bool
    uptake: Chance | None
    uptake_assumed: bool | None
    counterfactual: dict[str, Any] | None
    binds: Chance | None
    alone: Effect | Literal["not_quantified"]
    left_out: Effect | Literal["not_quantified"]
    why: Text | None
    sources: list[SourceRow]
    subsidy_usd: EffectEstimate | None
    uncertain: list[Literal["uptake", "eligibility", "limit", "baseline", "cost"]]


class MeasureOfPolicy(MeasureReply):
    policy: str


class AspectReply(Reply):
    """One of the eight aspects of a drug's cycle: its measures, those that apply, and those in numbers together."""

    aspect: int
    measures: int
    applies: int
    quantified: int
    effect: Effect | Literal["not_quantified"]


class TimelineRow(Reply):
    """A milestone that is still ahead, without the measures and with them."""

    id: str
    without: DayRow
    with_: DayRow = Field(alias="with")


class PolicyHead(Reply):
    id: str
    name: Text
    jurisdiction: str
    announced: Iso
    from_: Iso = Field(alias="from")
    until: Iso | None
    source: SourceRow
    measures_in_document: int | None
    not_captured: Text


class PolicyReply(PolicyHead):
    together: Effect
    measures: list[MeasureReply]
    aspects: list[AspectReply]
    timeline: list[TimelineRow]


class PolicyRow(Reply):
    """A policy on file; `measures` is their number in a list, and all of them where one policy is shown."""

    id: str
    jurisdiction: str
    name: Text
    title: str
    number: str
    announced: Iso
    from_: Iso = Field(alias="from")
    until: Iso | None
    measures: int | list[dict[str, Any]]
    with_effect: int
    source: SourceRow
    not_captured: Text


class MatchRow(Reply):
    """A measure against a programme; `failing` are the conditions that do not hold, with what answers them."""

    id: str
    policy: str
    policy_name: Text
    aspect: int
    name: Text
    failing: list[dict[str, str]]
    quantified: bool
    reason: Text | None


class PolicyMatches(Reply):
    programme: str
    as_of: Iso
    applies: list[MatchRow]
    nearly: list[MatchRow]
    excluded: list[MatchRow]


class PolicyEffects(Reply):
    programme: str
    as_of: Iso
    seed: int
    draws: int
    policies: list[PolicyHead]
    together: Effect
    measures: list[MeasureOfPolicy]
    aspects: list[AspectReply]
    timeline: list[TimelineRow]


class Backtest(BaseModel):
    """Figures of the review-time model on past reviews: of its cross-validation, or unchanged on cases that are given.

    `apart` are steps that are never pooled, `beside` is the other way of folding (each year from the years before it),
    `published_medians` stand beside the model's, `further` are reviews that the shipped model has not learned from.
    """

    model_config = ConfigDict(extra="allow")
    n: int
    coverage_p10_p90: float | None
    pinball: float | None
    pinball_naive: float | None
    by_agency: dict[str, dict[str, Any]]
    by_review_class: dict[str, dict[str, Any]]
    apart: dict[str, dict[str, Any]]
    not_scored: dict[str, int]
    not_validated: list[str]
    beside: dict[str, Any] | None
    published_medians: list[dict[str, Any]] = []
    further: dict[str, Any] | None = None


class RouteComparison(Reply):
    programme: str
    as_of: Iso
    seed: int
    draws: int
    base: str
    routes: list[dict[str, Any]]


class ScenarioReply(Reply):
    name: str
    summary: Text | None
    rnpv_difference_usd: Estimate
    rnpv_usd: Estimate
    milestones: list[dict[str, Any]]
    changes: list[dict[str, Any]]


class Passport(Reply):
    """One drug's passport."""

    schema_version: Literal[1]
    engine_version: str
    programme: str
    title: Text
    as_of: Iso
    seed: int
    draws: int
    inputs_hash: str
    rulebook_hash: str
    calendars_hash: str
    identity: dict[str, Any]
    calendars: dict[str, Any]
    capital: dict[str, Any]
    answer: dict[str, Any]
    decision: dict[str, Any] | None
    risks: list[dict[str, Any]]
    milestones: list[Milestone]
    activities: list[dict[str, Any]]
    clocks: list[dict[str, Any]]
    dossiers: list[dict[str, Any]]
    gates: list[PlanGateRow]
    plan_risks: list[RiskRow]
    log: AgencyLog
    success: Success
    value: Value
    chapters: list[dict[str, Any]]
    rules_on_file: list[dict[str, Any]]
    findings: list[FindingRow]
    scenarios: list[ScenarioReply]
    policies: list[PolicyReply]
    provenance: list[ProvenanceRow]


class RuleRow(BaseModel):
    """A rule or a procedure with all its versions and variants; `on` is its value on the day asked for."""

    model_config = ConfigDict(extra="allow")
    id: str
    jurisdiction: str
    kind: Literal["rule", "procedure"]
    unit: str | None
    nature: str | None
    until: Iso | None
    versions: list[dict[str, Any]]
    variants: list[dict[str, Any]]


class CoverageRow(BaseModel):
    model_config = ConfigDict(extra="allow")
    jurisdiction: str
    topic: str
    state: Literal["complete", "partial", "absent"]


PolicyRows = list[PolicyRow]
RuleRows = list[RuleRow]
CoverageRows = list[CoverageRow]
Schema = dict[str, Any]
