"""What is answered about deals that may come back."""

from __future__ import annotations

from typing import Any, Literal

from onepill.workbench.replies.parts import Chance, FindingRow, Iso, Reply, SourceRow, Text
from onepill.workbench.replies.programme import ProvenanceRow

CohortName = Literal["2020", "2021", "2022", "pooled", "own"]
ClauseName = Literal["diligence", "step_in", "transition", "data_return", "break_fee"]
Cause = Literal["efficacy", "safety", "strategy", "competition", "regulator", "partner_funding", "quality", "other"]


class Usd(Reply):
    """Whole US dollars, present value."""

    mean: int
    standard_error: int


class OtherCountRow(Reply):
    """Another body's number of the same year's deals, which no share here is of."""

    body: str
    deals: int
    rule: str


class CohortRow(Reply):
    """Deals of one year as one body counts them; hazards are constant ones that end the share by the mean age.

    `hazard_low_per_year` and `hazard_high_per_year` are exact 95 percent limits, null where the body states no counts.
    """

    year: int
    ended_share: Chance
    deals: int | None
    ended: int | None
    counted_on: Iso
    body: str
    mean_age_years: float
    hazard_per_year: float
    hazard_low_per_year: float | None
    hazard_high_per_year: float | None
    other_counts: list[OtherCountRow]
    source_grade: str
    source: SourceRow | None


class PooledRow(Reply):
    """All cohorts as one, each weighing the same; 95 percent limits from the spread between them."""

    hazard_per_year: float
    hazard_low_per_year: float
    hazard_high_per_year: float


class PublishedRow(Reply):
    """Something else that is published of ended licences."""

    rule: str
    name: Text
    value: Any
    unit: str
    body: str
    attested: list[Iso]
    source_grade: str
    source: SourceRow | None
    note: str


class HazardRow(Reply):
    """The hazard added to the programme's own failures, by year since the licence began (the last goes on).

    `asked_share` is the cohort's share ended by `age_years`; on these paths the programme's own failures come to
    `own_share`, and both together to `reached_share`. Null where the terms give their own hazard.
    """

    cohort: CohortName
    per_year: list[float]
    after_launch: bool
    age_years: float
    asked_share: Chance | None
    own_share: Chance | None
    reached_share: Chance | None


class YearRow(Reply):
    """Chances that the licence has ended within so many years since it began: by itself, by the partner, in all."""

    years: int
    own_prob: Chance
    added_prob: Chance
    total_prob: Chance
    total_prob_standard_error: float


class CauseRow(Reply):
    """Chance of an end by this cause within the hazard's `age_years`.

    `told_by`: `paths` (what failed on them), `published` (a published split of what they tell), `assumption` (with its
    range; the modes sum to the partner's ends).
    """

    cause: Cause
    told_by: Literal["paths", "published", "assumption"]
    prob: Chance
    low_prob: Chance | None
    high_prob: Chance | None
    note: Text


class SecondLifeRow(Reply):
    prob: Chance
    transition_days: int
    restart_days: int
    repeat_share: float
    sales_dip_share: Chance


class PartyReturnRow(Reply):
    """A party's present value without an early end, with it, and with a second life besides; differences are paired.

    `end_change_usd` is what the end changes: below 0 the party loses by it. `second_life_gain_usd` is what the right to
    a second life adds to that.
    """

    name: Text
    without_end_usd: Usd
    no_second_life_usd: Usd
    second_life_usd: Usd
    end_change_usd: Usd
    second_life_gain_usd: Usd


class FactorRow(Reply):
    on: Literal["hazard", "transition", "restart", "repeat", "chance"]
    low: float
    mode: float
    high: float


class LevelRow(Reply):
    """A clause alone at one level of its assumed effect: what it adds to each party, and how often a partner leaves."""

    level: Literal["least", "mode", "most"]
    left_prob: Chance
    gain_usd: dict[str, Usd]


class ClauseRow(Reply):
    """A clause beside the same deal without any clause's effect, at the added hazard, or at that of `stress`.

    `fee_usd` is what a payment on the day of the end adds to each party, which is a term of the contract and no
    assumption; null where there is none.
    """

    clause: ClauseName
    in_terms: bool
    is_assumption: bool
    beside: Literal["hazard", "stress"]
    why: Text
    factors: list[FactorRow]
    levels: list[LevelRow]
    fee_usd: dict[str, Usd] | None


class StressRow(Reply):
    """As if the partner left besides, at the cohort's own constant hazard: an assumption, where none is calibrated."""

    why: Text
    hazard_per_year: float
    left_prob: Chance
    parties: dict[str, PartyReturnRow]


class ReturnSection(Reply):
    """How likely a deal comes back, by when, and what that is worth to each party.

    `stress` where the programme's own failures exceed the cohort's share: no hazard is added then, and the changes of
    `parties` are 0.
    """

    hazard: HazardRow
    by_year: list[YearRow]
    second_life: SecondLifeRow
    clause_effects_counted: bool
    parties: dict[str, PartyReturnRow]
    stress: StressRow | None


class ReturnRisk(Reply):
    """The section is null where nothing can come back: no market is granted, or all is sold for good."""

    deal: str
    programme: str
    title: Text
    as_of: Iso
    signed_on: Iso
    draws: int
    seed: int
    risk: ReturnSection | None
    causes: list[CauseRow] | None
    clauses: list[ClauseRow]
    cohorts: list[CohortRow]
    pooled: PooledRow
    published: list[PublishedRow]
    inputs: list[ProvenanceRow]
    findings: list[FindingRow]
