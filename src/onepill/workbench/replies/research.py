"""What the questions about the research behind the world's programmes answer."""

from __future__ import annotations

from typing import Literal

from onepill.workbench.replies.landscape import Asked, MeasureRow
from onepill.workbench.replies.parts import Chance, Iso, Reply, Text


class CauseRow(Reply):
    """A cause of burden: `log_ratio` is the natural logarithm of its share of trials over its share of DALYs, with 95 %
    limits; 0 is in proportion. `n` pairs of trial and cause stand behind the shares. `unmeasured` says why a cause has
    no shares: its DALYs are blank, or no condition can be told to belong to it.
    """

    id: str
    cause: Text
    trials: int
    dalys: float | None
    trial_share: Chance | None
    daly_share: Chance | None
    trials_per_million_dalys: float | None
    log_ratio: float | None
    low: float | None
    high: float | None
    n: int
    unmeasured: Text | None


class ConditionCount(Reply):
    condition: str
    name: str
    trials: int


class BurdenCoverage(Reply):
    """`mapped_trials` have a cause; the others have no known condition, or only such as belong to no cause."""

    trials: int
    mapped_trials: int
    mapped_share: Chance
    trial_cause_pairs: int
    without_condition: int
    unmapped_conditions: list[ConditionCount]
    records: dict[str, int]


class BurdenSource(Reply):
    """The loaded table of burden, and the day from which it is known."""

    publisher: str
    licence: str
    address: str
    file: str
    known_on: Iso


class CauseMap(Reply):
    """How conditions were given causes."""

    title: str
    source_grade: str
    note: str


class BurdenReply(Asked):
    """Causes, the least researched for their burden first; those that cannot be measured last."""

    area: str
    year: int
    causes: list[CauseRow]
    coverage: BurdenCoverage
    burden: BurdenSource
    cause_map: CauseMap


class SupportRow(Reply):
    """One finding for the pair; `source` names the record, `known_on` the day from which it is known."""

    kind: Literal["approval", "trial", "drug_list", "knowledge_graph", "related_condition"]
    drug: str
    name: str
    statement: Text
    source: str
    known_on: Iso


class NeighbourRow(Reply):
    drug: str
    name: str
    indication: str
    indication_name: str
    stage: str


class FailureRow(Reply):
    """A drug on the target that is said to have failed; `here` tells whether in this very indication."""

    drug: str
    name: str
    here: bool
    year: int | None
    mode: str
    scope: str
    source: str
    known_on: Iso


class PairRow(Reply):
    """A pair: why it is thought to work, who is there already, who is near, and what failed.

    `drugs` are at work in the pair: `programmes` by trials and approvals, `listed` by the supports alone.
    """

    target: str
    indication: str
    indication_name: str
    kinds: list[str]
    supports: list[SupportRow]
    drugs: int
    programmes: list[NeighbourRow]
    listed: list[NeighbourRow]
    elsewhere: list[NeighbourRow]
    target_programmes: int
    indication_programmes: int
    approved_here: bool
    failed_here: bool
    failures: list[FailureRow]


class WhitespaceCoverage(Reply):
    """Supports by kind before pairs are chosen; `target_share` of all programmes have a known class: the others may
    stand in any of the pairs unseen.
    """

    supports: dict[str, int]
    failures: int
    target_share: Chance
    records: dict[str, int]


class WhitespaceReply(Asked):
    """Pairs in the order that `order` tells; `found` counts all."""

    order: Text
    at_most: int
    pairs: list[PairRow]
    found: int
    coverage: WhitespaceCoverage


class YearsRow(Reply):
    """Years until half of the drugs were approved, with 95 % limits; null where the curve or its limit ends before."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    unit: str


class TranslationRow(Reply):
    """From the first evidence in humans to the first approval; drugs not approved are censored on the day.

    `left_out` are approved drugs without earlier evidence; `approved_within_years` the share approved by then.
    """

    agents: int
    approved: int
    left_out: int
    median_years: YearsRow
    approved_within_years: dict[int, MeasureRow]


class GroupRow(Reply):
    """All drugs of the question, or those of one origin: how their sponsors and approvals stand."""

    sponsors: dict[str, MeasureRow]
    translation: TranslationRow


class DependenceRow(Reply):
    """A reporter's trade of a year: `import_share` of imports and exports, `import_penetration` of home use where
    production is given, and how few partners supply the imports.
    """

    reporter: str
    year: int
    imports_usd: float
    exports_usd: float
    production_usd: float | None
    import_share: Chance | None
    import_penetration: float | None
    partners: int
    partner_hhi: float | None
    effective_partners: float | None
    top_partner: str
    top_partner_share: Chance | None


class TradeReply(Reply):
    file: str
    hs_codes: list[str]
    rows: list[DependenceRow]
    counts: dict[str, int]


class IndustryReply(Asked):
    """`origin_share` of the drugs have a known origin; the others are in `all` alone. `trade` is null where no table
    was given, and `trade_absent` says so and how to give one.
    """

    first_year: int
    origin_share: Chance
    all: GroupRow
    by_origin: dict[str, GroupRow]
    trade: TradeReply | None
    trade_absent: Text | None
    trade_note: Text


class DrugName(Reply):
    drug: str
    name: str


class ReadoutRow(Reply):
    """A posted number of a primary outcome: a measurement of an arm, or a comparison of arms.

    `low` and `high` or `spread` are what `dispersion` says; `drugs` are those that the trial investigates.
    """

    trial: str
    drugs: list[DrugName]
    kind: Literal["measurement", "comparison"]
    arm: str
    measure: str
    category: str
    time_frame: str
    statistic: str
    value: float
    low: float | None
    high: float | None
    spread: float | None
    dispersion: str
    participants: int | None
    p_value: str
    population: str
    posted: Iso


class ReadoutTable(Reply):
    """Rows of one endpoint and unit; `differences` are the columns in which they differ."""

    endpoint: Text
    unit: str
    trials: int
    differences: list[str]
    rows: list[ReadoutRow]


class ReadoutsReply(Asked):
    """Readouts side by side, never without the `caveat`. `results_absent` says that none are loaded, and how to.

    `found` counts all rows, `not_numbers` posted values that are none, such as NA.
    """

    caveat: Text
    tables: list[ReadoutTable]
    trials: int
    trials_with_results: int
    found: int
    not_numbers: int
    endpoint_note: Text
    results_absent: Text | None
