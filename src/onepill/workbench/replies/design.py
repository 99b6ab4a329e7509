"""What the design operations answer."""

from __future__ import annotations

from typing import Any, Literal

from onepill.workbench.replies.parts import Chance, Reply, Text


class ByEffect(Reply):
    """A number without any effect, at half of the assumed one, and at the assumed one; null where it never comes."""

    null: float | None
    intermediate: float | None
    alternative: float | None


class LookRow(Reply):
    """A look: patients or events needed, its month under the assumed effect, and the patients who entered by then."""

    look: int
    share: float
    needed: float
    month: float | None
    entered: float | None


class SizeRow(Reply):
    """What a design needs, in `unit`; `fixed` with one look, `maximum` at the last, `expected` at the end.

    `patients` are to enter, with those who drop out; `arms` are whole patients of each arm. Months count from the
    first patient; null where the question does not say how patients come.
    """

    endpoint: Literal["means", "rates", "time_to_event"]
    unit: Literal["patients", "events"]
    method: Text
    fixed: float
    maximum: float
    maximum_whole: int
    expected: ByEffect
    patients: int | None
    arms: dict[str, int] | None
    accrual_months: float | None
    months: float | None
    expected_months: ByEffect | None
    looks: list[LookRow]


class FixedReply(Reply):
    """A test with one look; `worked_out` says whether size or power was asked for."""

    alpha: float
    power: Chance
    worked_out: Literal["size", "power"]
    size: SizeRow
    assumptions: list[Text]


class StopProbs(Reply):
    """The chance to stop above and below at each look."""

    upper: list[Chance]
    lower: list[Chance]


class StopsByEffect(Reply):
    null: StopProbs
    intermediate: StopProbs
    alternative: StopProbs


class SequentialReply(Reply):
    """Bounds on the z scale at shares `at` of the information.

    `upper_z` is null at a look where nobody can stop; `lower_z` is null where there is no lower bound, and
    `lower_bound` says what it is for. `upper_p` is the one-sided nominal level; `alpha_spent` is cumulative, of each
    side, and counts futility only where it binds; `type_1_error` counts it always. `inflation` is full information over
    that of a test with one look; `drift` is the expected z at full information.
    """

    looks: int
    at: list[float]
    alpha: float
    power: Chance
    sides: Literal[1, 2]
    bound: str
    futility: str
    binding: bool
    upper_z: list[float | None]
    lower_z: list[float | None] | None
    lower_bound: Literal["none", "futility", "harm"]
    upper_p: list[Chance]
    alpha_spent: list[Chance]
    beta_spent: list[Chance] | None
    type_1_error: Chance
    drift: float
    inflation: float
    expected_inflation: ByEffect
    stop_probs: StopsByEffect
    size: SizeRow | None
    assumptions: list[Text]


class OneStageRow(Reply):
    """So many patients; of interest where more than `responses` of them respond."""

    patients: int
    responses: int
    error: Chance
    power: Chance


class TwoStageRow(OneStageRow):
    """Stops after the first stage where at most `first_responses` respond."""

    first_patients: int
    first_responses: int
    stop_prob_null: Chance
    stop_prob_target: Chance
    expected_null: float
    expected_target: float


class SingleArmReply(Reply):
    """Exact designs: one stage, and Simon's two stages with the fewest expected and with the fewest patients in all."""

    null_rate: float
    target_rate: float
    alpha: float
    power: Chance
    one_stage: OneStageRow
    optimal: TwoStageRow
    minimax: TwoStageRow
    searched_up_to: int
    assumptions: list[Text]


class MethodRow(Reply):
    """The smallest share of the region, its patients, and the chance with the shares that were given.

    Null where no share is enough, where no number of patients, or no share was given.
    """

    name: Text
    least_share: float | None
    least_patients: int | None
    prob: Chance | None


class RegionalReply(Reply):
    """Japan's two methods for one region; `rules` are what the region says and where the criterion stands."""

    region: str
    shares: list[float]
    effect_kept: float
    chance: Chance
    alpha: float
    power: Chance
    method_1: MethodRow
    method_2: MethodRow
    rules: list[dict[str, Any]]
    assumptions: list[Text]
