"""What the lean proof of concept answers."""

from __future__ import annotations

from typing import Literal

from onepill.workbench.replies.parts import Chance, FindingRow, Iso, Reply, Text
from onepill.workbench.replies.programme import ProvenanceRow

Kind = Literal[
    "best",
    "go_now",
    "no_go_now",
    "straight_to",
    "best_stop_at_negative",
    "best_stop_when_clear",
    "all_then_decide",
    "all_at_once",
]


class MeanRow(Reply):
    mean: float
    standard_error: float


class AveragesRow(Reply):
    """Averages of a policy: value discounted and net of experiments, cost undiscounted, months to the decision."""

    expected_value_usd: int
    expected_cost_usd: int
    expected_months: float
    go_prob: Chance
    wrong_go_prob: Chance
    wrong_no_go_prob: Chance


class BranchRow(Reply):
    """Results that lead on, with their chance at this point."""

    results: dict[str, Literal["positive", "negative"]]
    prob: Chance
    then: PolicyNode


class PolicyNode(Reply):
    """A point of the policy: experiments to start together, or a decision.

    `prob` is the chance of coming here, `value_usd` the policy's value from here on in dollars of this point in time.
    """

    prob: Chance
    go_is_right_prob: Chance
    months: float
    spent_usd: int
    value_usd: int
    decision: Literal["go", "no_go"] | None
    start: list[str]
    cost_usd: int
    takes_months: float
    branches: list[BranchRow]


class LimitsRow(Reply):
    budget_usd: int | None
    months: float | None
    at_once: int | None


class HiddenRow(Reply):
    id: str
    title: Text
    levels: dict[str, Chance]


class StateRow(Reply):
    """A possible truth, and what either decision is worth if it holds, in dollars of the day of the decision."""

    levels: dict[str, str]
    prob: Chance
    success_prob: Chance | None
    go_usd: int
    no_go_usd: int
    go_is_right: bool


class SuccessRow(Reply):
    """The stage in the programme: chance and worth of success and failure, as differences from not beginning it."""

    implied_prob: Chance | None
    programme_prob: Chance
    reached_prob: Chance
    success_usd: MeanRow
    failure_usd: MeanRow


class ExperimentRow(Reply):
    """An experiment; `use_prob` is the chance that the policy starts it, `alone_gain_usd` its worth alone.

    Alone means with what it needs before it; null where a limit does not allow it.
    """

    id: str
    kind: str
    title: Text
    cost_usd: int
    months: float
    after: list[str]
    family: str | None
    positive_prob: Chance
    use_prob: Chance
    alone_gain_usd: int | None


class ComparedRow(AveragesRow):
    """A simple policy; `behind_usd` is how much less it is worth than the best one."""

    kind: Kind
    order: list[str]
    behind_usd: int


class HeadRow(Reply):
    programme: str
    title: Text
    as_of: Iso
    seed: int
    draws: int
    decides: str | None
    discount_rate_per_year: float
    limits: LimitsRow
    findings: list[FindingRow]


class PocPlan(HeadRow, AveragesRow):
    """The best policy, what it does on average, and what information is worth."""

    policy: PolicyNode
    expected_value_standard_error_usd: int
    value_without_experiments_usd: int
    value_of_information_usd: int
    value_of_sample_information_usd: int | None
    value_of_perfect_information_usd: int
    exact: bool
    bound_usd: int
    hidden: list[HiddenRow]
    states: list[StateRow]
    success: SuccessRow | None
    experiments: list[ExperimentRow]
    compared: list[ComparedRow]
    inputs: list[ProvenanceRow]


class TriedRow(Reply):
    """A policy on the simulated truths, beside its exact averages; `behind_usd` is paired truth by truth."""

    kind: Kind
    order: list[str]
    exact: AveragesRow
    expected_value_usd: MeanRow
    expected_cost_usd: MeanRow
    expected_months: MeanRow
    go_prob: MeanRow
    wrong_go_prob: MeanRow
    wrong_no_go_prob: MeanRow
    behind_usd: MeanRow


class PocSimulation(HeadRow):
    """Operating characteristics of the best policy and of simple ones on the same simulated truths."""

    trials: int
    policies: list[TriedRow]
