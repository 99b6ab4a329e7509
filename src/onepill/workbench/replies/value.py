"""What `value` answers."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from onepill.workbench.replies.parts import Chance, DayRow, FindingRow, Iso, Reply, Text
from onepill.workbench.replies.payers import PayerPathRow
from onepill.workbench.replies.programme import (
    CostPerLaunch,
    Estimate,
    MarketValue,
    ProvenanceRow,
    Rnpv,
    RnpvExpected,
    YearlyCash,
)


class RnpvLoss(Rnpv):
    """Whole US dollars, with the chance of a loss (a value below 0)."""

    prob_loss: Chance


class CapitalRow(Reply):
    discount_rate_per_year: float | None
    convention: str
    horizon_years: int


class FunnelStep(Reply):
    """A step at its mean; `running` is the product of all steps so far, in `running_unit` a year."""

    key: str
    label: Text
    path: str
    value: float
    unit: str
    running: float
    running_unit: Literal["people", "patients", "months", "USD"]


class PoolRow(Reply):
    """Patients waiting at launch: `ratio_years` are they for each new one a year (null without new ones),
    `patients_on_drug` get the drug over `treated_over_years`, if no rival came."""

    path: str
    ratio_years: float | None
    treated_over_years: float
    patients_on_drug: float


class ShareStep(Reply):
    """From a day on a drug launched before all rivals keeps this much of its first share, in the mean."""

    from_: Iso = Field(alias="from")
    share_kept: float


class CompetitionRow(Reply):
    path: str
    order: int
    others: int
    entry_exponent: float
    order_share: Chance
    rivals: int
    expected_rivals: float
    steps: list[ShareStep]


class LaunchRow(DayRow):
    status: Literal["actual", "simulated"]


class PeakYear(Reply):
    """The calendar year with the highest net sales, given a launch."""

    year: int
    net_sales_usd: int


class ForecastYear(Reply):
    """One year's quantities; costs are positive, `cash_usd` is what stays of net sales less the launch cost."""

    on_market_share: Estimate
    patients_treated: Estimate
    gross_sales_usd: Estimate
    net_sales_usd: Estimate
    cost_of_goods_usd: Estimate
    selling_usd: Estimate
    tax_usd: Estimate
    launch_cost_usd: Estimate
    cash_usd: Estimate
    discounted_usd: Estimate


class YearRow(Reply):
    """A calendar year over all futures, and over those with a launch (null where there is none)."""

    year: int
    gross_price_per_month_usd: float | None
    net_price_per_month_usd: float | None
    expected: ForecastYear
    given_launch: ForecastYear | None


class MarketForecastRow(Reply):
    market: str
    id: str
    launch: LaunchRow
    funnel: list[FunnelStep]
    pool: PoolRow | None
    competition: CompetitionRow | None
    peak_patients_per_year: float | None
    peak_sales_usd: int
    months_to_peak: float
    peak_year: PeakYear | None
    loss_of_exclusivity: DayRow
    years: list[YearRow]


class ScenarioMarket(Reply):
    id: str
    rnpv_usd: int
    peak_patients_per_year: float | None
    peak_sales_usd: int | None


class ScenarioValue(Reply):
    """A scenario on the same futures as the base."""

    name: str
    summary: Text | None
    rnpv_difference_usd: Estimate
    rnpv_usd: RnpvLoss
    milestones: list[dict[str, Any]]
    by_market: list[ScenarioMarket]
    changes: list[dict[str, Any]]


class ValueReply(Reply):
    programme: str
    title: Text
    as_of: Iso
    seed: int
    draws: int
    capital: CapitalRow
    rnpv_usd: RnpvLoss
    rnpv_expected_usd: RnpvExpected
    by_market: list[MarketValue]
    yearly: list[YearlyCash]
    cost_per_launch_usd: CostPerLaunch | None
    assumption_variance_share: Estimate
    rivals_difference_usd: dict[Literal["none", "all"], Estimate] | None
    markets: list[MarketForecastRow]
    payer_paths: list[PayerPathRow]
    scenarios: list[ScenarioValue]
    findings: list[FindingRow]
    provenance: list[ProvenanceRow]
