"""What `deal solve` answers."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from onepill.workbench.replies.parts import FindingRow
from onepill.workbench.replies.programme import Estimate, ProvenanceRow


class Reply(BaseModel):
    model_config = ConfigDict(extra="forbid")


class OpenTerm(Reply):
    """One open term: as asked for and by its whole name, as it stands, as found, and where it was sought."""

    asked: str
    name: str
    unit: Literal["USD", "share"]
    before: float
    value: float
    low: float
    high: float
    zone_low: float | None
    zone_high: float | None


class SideValue(Reply):
    """One party under terms: on the file's futures, and by its own view (its beliefs and risk measure).

    `outside_usd` is what it has without the deal, `kept_usd` what it keeps under it whatever is paid.
    """

    npv_usd: Estimate
    prob_loss: float
    own_npv_usd: Estimate
    own_utility_usd: int
    outside_usd: int
    kept_usd: int


class GapPart(Reply):
    """Why the counterparty values what `of` has otherwise than `of` does: parts that add up to the gap."""

    of: str
    seen_by: str
    own_usd: int
    seen_usd: int
    beliefs_usd: int
    discount_rate_usd: int
    tax_usd: int
    risk_usd: int


class FrontierRow(Reply):
    terms: dict[str, float]
    utility_usd: dict[str, int]
    efficient: bool


class Offer(Reply):
    """Terms and what they bring each side."""

    terms: dict[str, float]
    shared_usd: int
    shares: dict[str, float | None]
    parties: dict[str, SideValue]


class SolveReply(Reply):
    """Terms that meet the wishes; `terms` by the names that were asked for."""

    schema_version: int
    programme: str
    deal: str
    as_of: str
    draws: int
    seed: int
    terms: dict[str, float]
    shares: dict[str, float | None]
    shared_usd: int
    feasible: bool
    binding: list[str]
    slack: dict[str, float]
    evaluations: int
    open_terms: list[OpenTerm]
    parties: dict[str, SideValue]
    before: Offer
    counter: Offer | None
    gap: list[GapPart]
    frontier: list[FrontierRow]
    inputs: list[ProvenanceRow]
    findings: list[FindingRow]
