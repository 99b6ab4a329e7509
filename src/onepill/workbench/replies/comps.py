"""What `deal comps` answers. Amounts are nominal US dollars, shares run from 0 to 1, null is not told."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from onepill.workbench.replies.parts import FindingRow, Iso, Reply, SourceRow, Text


class PooledRow(Reply):
    """A geometric mean drawn towards that of all groups; `weight` is how much its own cases count."""

    label: Text
    estimate: float
    low: float
    high: float
    weight: float
    groups: int
    n_all: int


class CaseRow(Reply):
    deal_id: str
    value: float


class AmountRow(Reply):
    """Quantiles of one quantity; under five cases the cases and a pooled estimate stand in their place."""

    n: int
    p10: float | None
    p25: float | None
    p50: float | None
    p75: float | None
    p90: float | None
    p50_low: float | None = Field(description="95 % limits of the median by resampling; null within groups")
    p50_high: float | None
    cases: list[CaseRow] | None
    pooled: PooledRow | None


Amounts = dict[str, AmountRow]


class GroupRow(Reply):
    group: str
    label: Text
    n: int
    quantiles: Amounts


class DealTold(Reply):
    """A deal; `announced_on` is the first of the month where `day_precision` is month."""

    deal_id: str
    announced_on: Iso
    day_precision: str
    licensor: str
    licensor_country: str | None
    licensee: str
    licensee_country: str | None
    asset: str
    modality: str
    targets: list[str]
    area: str
    stage: str
    structure: str
    territory: str | None
    territory_kind: str
    upfront_usd: float | None
    other_payments_usd: float | None
    development_regulatory_milestones_usd: float | None
    sales_milestones_usd: float | None
    milestones_usd: float | None
    total_usd: float | None
    upfront_share: float | None
    royalty_low_share: float | None
    royalty_high_share: float | None
    equity_share: float | None
    currency: str
    usd_per_unit: float | None
    rate_on: Iso | None
    product: str
    status: str
    status_on: Iso | None
    amends: str | None
    duplicate_of: str | None
    source_title: str
    source_url: str
    source_date: Iso | None
    source_kind: str
    source_grade: str
    checked_url: str | None
    checked_on: Iso | None
    note: str | None


class LeftOut(Reply):
    """Rows that are not counted, by the first reason that holds; ids where the table's own columns say so."""

    reason: str
    label: Text
    n: int
    deal_ids: list[str]


class ProfileRow(Reply):
    """What the programme is compared by, and where each was read."""

    programme: str
    day: Iso
    stage: str | None
    modality: str | None
    area: str | None
    targets: list[str]
    territory_kind: str | None
    read_from: dict[str, Text]


class PartRow(Reply):
    """One part of a distance, 0 alike to 1 apart; null where one side does not tell the feature."""

    feature: str
    label: Text
    ours: str | None
    theirs: str | None
    distance: float | None


class NeighbourRow(Reply):
    distance: float
    reason: Text
    shared_targets: list[str]
    parts: list[PartRow]
    deal: DealTold


class ScoreRow(Reply):
    median_factor: float = Field(ge=1)
    p90_factor: float = Field(ge=1)
    within_2_share: float


class PredictorRow(Reply):
    """What a ridge regression is worth against the median, each deal left out in turn."""

    n: int
    penalty: float
    model: ScoreRow
    median: ScoreRow
    gain: float = Field(description="mean log10 factor by which the regression is nearer than the median")
    gain_error: float
    is_better: bool
    verdict: Text
    predicted_usd: float | None
    low_usd: float | None
    high_usd: float | None


class BenchmarkRow(Reply):
    """A published figure beside the table's, of another body and other deals."""

    rule_id: str
    name: Text
    body: str
    unit: str
    value: Any
    source_grade: str
    source: SourceRow | None


class TableAbout(Reply):
    """The table that was read. `by_source_kind` and `by_source_grade` count the rows that count."""

    file: str
    is_packaged: bool
    rows: int
    first_day: Iso
    last_day: Iso
    by_source_kind: dict[str, int]
    by_source_grade: dict[str, int]


class CompsReply(Reply):
    as_of: Iso
    table: TableAbout
    filters: dict[str, Any]
    money: Text
    n: int
    counted: int = Field(description="rows of the table that count on the day, whatever their features")
    not_counted: list[LeftOut]
    quantiles: Amounts
    by_group: dict[str, list[GroupRow]]
    deals: list[DealTold]
    deals_left_off: int
    programme: ProfileRow | None
    neighbours: list[NeighbourRow]
    predictor: dict[str, PredictorRow | None]
    benchmarks: list[BenchmarkRow]
    findings: list[FindingRow]
