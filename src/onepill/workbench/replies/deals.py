"""What the operations on deals answer."""

from __future__ import annotations

from typing import Any, Literal

from onepill.workbench.replies.parts import Chance, FindingRow, Iso, Reply, Text
from onepill.workbench.replies.programme import ProvenanceRow
from onepill.workbench.replies.vehicle import VehicleSection

Side = Literal["owner", "partner"]


class DollarsRow(Reply):
    mean: int
    standard_error: int


class NpvRow(DollarsRow):
    """Percentiles are observed order statistics; `prob_loss` is the share of paths below 0."""

    p5: int
    p50: int
    p95: int
    prob_loss: Chance


class FirstCashRow(Reply):
    """The chance of any cash, and months to it on the paths that have some."""

    prob: Chance
    p10: float | None
    p90: float | None


class FlowRow(Reply):
    """Expected undiscounted flow of one leg or item in each year of `years`, received positive."""

    kind: Literal["profit", "launch_cost", "cost", "leg", "withholding", "tax", "vehicle"]
    item: str
    label: Text
    usd: list[int]


class RiskRow(Reply):
    """`tail_mean_usd` is the mean of the worst twentieth of the paths; months are the median of paths with cash."""

    npv_usd: NpvRow
    prob_loss: Chance
    tail_mean_usd: int
    months_to_first_cash: float | None
    first_cash: FirstCashRow


class PartyRow(RiskRow):
    """A party at its own discount rate, and what it has without the deal.

    `own_npv_usd` is the value on the futures that it believes in, `kept_usd` what it keeps of that whatever is paid.

    `passes_on`: a vehicle or a fund, whose value is that of its holders and partners and is counted there.
    """

    id: str
    role: str
    name: Text
    is_owner: bool
    passes_on: bool
    discount_rate_per_year: float
    own_npv_usd: DollarsRow
    kept_usd: int
    without_usd: DollarsRow
    gain_usd: DollarsRow
    flows: list[FlowRow]


class DealRow(Reply):
    """A deal: its parties, and their shares of `shared_usd`, what it brings them by their own views (null: of nothing).

    `unexplained_usd` is the largest yearly gap between all flows and the programme's own: rounding alone.
    """

    deal: str
    deal_title: Text
    structure: str
    signed_on: Iso
    owner: str
    parties: list[PartyRow]
    shares: dict[str, float | None]
    shared_usd: int
    total_usd: int
    vehicle: VehicleSection | None
    return_risk: dict[str, Any] | None
    unexplained_usd: float


class ProgrammeHead(Reply):
    """The programme, and what it is worth in one hand at its own rate; `years` are the years of all flows."""

    programme: str
    title: Text
    as_of: Iso
    seed: int
    draws: int
    scenarios: list[str]
    convention: str
    years: list[int]
    programme_npv_usd: NpvRow
    inputs: list[ProvenanceRow]
    findings: list[FindingRow]


class DealValueReply(ProgrammeHead, DealRow):
    """What a deal brings each party."""


class HistogramRow(Reply):
    edges_usd: list[int]
    counts: list[int]


class SideRow(RiskRow):
    """The owner, or all others together."""

    histogram: HistogramRow
    yearly_usd: list[int]


class DifferenceRow(DollarsRow):
    """Paired path by path; `better_prob` is the share of the paths on which the side is better off."""

    better_prob: Chance


class DifferencesRow(Reply):
    from_first: dict[Side, DifferenceRow]
    from_none: dict[Side, DifferenceRow]


class ComparedRow(DealRow):
    sides: dict[Side, SideRow]
    differences: DifferencesRow


class FrontierRow(Reply):
    """A deal (or `none`) as both sides see it, and the ids of those that beat it for both."""

    id: str
    deal_title: Text
    owner_usd: int
    partner_usd: int
    owner_tail_usd: int
    partner_tail_usd: int
    dominated_by: list[str]
    dominated_by_with_risk: list[str]


class DealCompareReply(ProgrammeHead):
    """Deals against each other and against none, on the same futures."""

    deals: list[ComparedRow]
    frontier: list[FrontierRow]
