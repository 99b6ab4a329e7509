"""What the sequence optimiser is asked and what it answers: months, whole US dollars, frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Objective = Literal["value", "earliest", "patients", "cost"]
MONTHS_PER_YEAR = 12


@dataclass(frozen=True)
class Need:
    """Reliance: at least `at_least` of these markets have approved by the month of filing.

    With `within_months` an approval counts only if it is at most that many months old when the filing goes in.
    """

    any_of: tuple[str, ...]
    at_least: int = 1
    within_months: int | None = None


@dataclass(frozen=True)
class Option:
    """One route to one market's approval.

    A filing that starts in month s goes in at s + `prepare_months` and is approved at s + `prepare_months` +
    `review_months`. `cost_by_month[k]` falls in month s + k, and `fee_usd` in the month of filing. `value_by_month[m]`
    (expected, discounted US dollars) and `patients_by_month[m]` (reached until the horizon) hold for an approval in
    month m, m = 0..horizon; each may be empty where the objective does not ask for it.
    """

    route: str
    prepare_months: int
    review_months: int
    cost_by_month: tuple[int, ...] = ()
    fee_usd: int = 0
    value_by_month: tuple[int, ...] = ()
    patients_by_month: tuple[int, ...] = ()
    needs: tuple[Need, ...] = ()

    @property
    def total_cost_usd(self) -> int:
        """Nominal cost and fee."""
        return sum(self.cost_by_month) + self.fee_usd


@dataclass(frozen=True)
class Job:
    """One market to file in: by one of `options`, from `ready_month` (the readout) on, or not at all if `optional`."""

    market: str
    options: tuple[Option, ...]
    ready_month: int = 0
    optional: bool = False


@dataclass(frozen=True)
class Approved:
    """An approval that the plan does not decide: there by month 0 (0 or below), or under way for that month."""

    market: str
    month: int


@dataclass(frozen=True)
class Question:
    """Which filings, when, on which route?

    Months run from 0 to `horizon_months`; an approval after the horizon does not count and is not planned.

    Attributes:
        budget_by_year_usd: the most that may be spent in months 0..11, 12..23 and so on, nominal; every year of the
            horizon has one. None: no limit. What falls after the last year is not limited.
        team_capacity: how many filings may be in preparation in one month. None: no limit.
        objective: `value` (most value less cost), `patients` (most reached), `earliest` (fewest months of waiting,
            summed over markets, a market that is not filed waiting until the month after the horizon), `cost` (least).
        discount_rate_per_year: for `value` alone, discounts the costs to month 0; effective annual rate above -1.
        value_is_net: the values carry the cost of filing already, so that `value` does not subtract it again.
        approved: approvals that needs may rest on and that are no decision of this plan.
    """

    jobs: tuple[Job, ...]
    horizon_months: int
    budget_by_year_usd: tuple[int, ...] | None = None
    team_capacity: int | None = None
    objective: Objective = "value"
    discount_rate_per_year: float = 0.0
    value_is_net: bool = False
    approved: tuple[Approved, ...] = ()

    @property
    def years(self) -> int:
        """Years of the horizon, begun ones included."""
        return self.horizon_months // MONTHS_PER_YEAR + 1


@dataclass(frozen=True)
class Planned:
    """What becomes of one market; route and months are None where it is not filed.

    `relies_on` are the approvals that the route's needs rest on, oldest first. `value_usd` and `patients` are None
    where the question does not state them.
    """

    market: str
    route: str | None = None
    start_month: int | None = None
    filed_month: int | None = None
    approved_month: int | None = None
    cost_usd: int = 0
    value_usd: int | None = None
    patients: int | None = None
    relies_on: tuple[str, ...] = ()

    @property
    def is_filed(self) -> bool:
        return self.route is not None


@dataclass(frozen=True)
class Shadow:
    """How much better the objective would be with one more unit, each alone, by solving again; never negative.

    Attributes:
        budget: by year, the gain of `budget_unit_usd` more in that year.
        team: the gain of one more filing in preparation at once; None without a capacity.
        unproven: the re-solves that were not proven in time, of `Sequence.gain_without` too; their gains are at least
            what is stated, and a limit among them that is not in `Sequence.binding` may bind all the same.
    """

    budget: Mapping[int, int] = field(default_factory=dict)
    team: int | None = None
    budget_unit_usd: int = 1_000_000
    unproven: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sequence:
    """The plan, in the order of the question's jobs, what it is worth, and what stands in its way.

    Attributes:
        objective_value: US dollars (`value`, `cost`), months (`earliest`) or patients; lower is better for `earliest`
            and `cost`.
        bound: no plan is better than this; equal to `objective_value` where `optimal`.
        spent_by_year_usd: nominal, by year of the horizon.
        team_by_month: filings in preparation, months 0..horizon.
        binding: what would improve the objective if it were lifted: `budget year 0`, `team months 3-8` (the months in
            which the team is full), `need SG`; `budget`, `needs` or `all together` where no single one is to blame.
        gain_without: by the names in `binding`, the improvement if it were lifted altogether.
        shadow: None where it was not asked for or the plan is not proven optimal.
    """

    plan: tuple[Planned, ...]
    objective: Objective
    objective_value: int
    optimal: bool
    bound: int
    spent_by_year_usd: tuple[int, ...]
    team_by_month: tuple[int, ...]
    binding: tuple[str, ...] = ()
    gain_without: Mapping[str, int] = field(default_factory=dict)
    shadow: Shadow | None = None

    @property
    def order(self) -> tuple[str, ...]:
        """The filed markets by month of filing, then of approval, then by name."""
        filed = [p for p in self.plan if p.is_filed]
        return tuple(p.market for p in sorted(filed, key=lambda p: (p.filed_month, p.approved_month, p.market)))

    @property
    def cost_usd(self) -> int:
        """Nominal cost and fees of all filings."""
        return sum(p.cost_usd for p in self.plan)
