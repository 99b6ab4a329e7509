"""The filing sequence as one integer model: a yes or no for each market, route and start month, solved by CP-SAT.

Every limit is elastic, held at no slack: a re-solve without it, or with one more unit of it, only widens a range.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from onepill.core.errors import MissingExtra
from onepill.pathway.sequence_tables import MONTHS_PER_YEAR, Job, Need, Option, Question

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

Terms = list[tuple[Any, int]]
"""Variables of the solver and their whole weights."""


@dataclass(frozen=True)
class Slot:
    """One way to file: the job's number, its option and the months.

    `gain` is what it adds to the objective, `tie` decides between plans of the same gain; more is better in both.
    """

    job: int
    option: Option
    start: int
    filed: int
    approved: int
    gain: int
    tie: int


@dataclass(frozen=True)
class Relief:
    """How far each limit may be exceeded: dollars by year, filings at once, the jobs freed of their needs, and whether
    a market that must be filed may be dropped."""

    budget: Mapping[int, int] = field(default_factory=dict)
    team: int = 0
    needs: frozenset[int] = frozenset()
    drop: bool = False


@dataclass(frozen=True)
class Effort:
    """What a solve may take: `seconds` in the solver's own count of work, however busy the machine is."""

    seconds: float
    seed: int = 1
    workers: int = 1


@dataclass(frozen=True)
class Outcome:
    """A solution, if `slots` is not None, with the least `loss` found, a bound on it, and the slack that it takes."""

    infeasible: bool
    optimal: bool
    work: float
    slots: tuple[Slot, ...] | None = None
    loss: int = 0
    bound: int = 0
    over_budget: tuple[int, ...] = ()
    over_team: int = 0
    dropped: tuple[int, ...] = ()


def slots_of(question: Question) -> tuple[Slot, ...]:
    """Every market, route and start month with an approval within the horizon, in order."""
    return tuple(
        _slot(question, number, option, start)
        for number, job in enumerate(question.jobs)
        for option in job.options
        for start in range(job.ready_month, question.horizon_months - option.prepare_months - option.review_months + 1)
    )


def gain_of_dropping(question: Question) -> int:
    """What a market that is not filed adds to the objective: under `earliest` it waits until after the horizon."""
    return -(question.horizon_months + 1) if question.objective == "earliest" else 0


def spending(slot: Slot, year: int) -> int:
    """Nominal US dollars that the filing takes in one year."""
    months = range(year * MONTHS_PER_YEAR - slot.start, (year + 1) * MONTHS_PER_YEAR - slot.start)
    fee = slot.option.fee_usd if slot.filed // MONTHS_PER_YEAR == year else 0
    return sum(slot.option.cost_by_month[max(months.start, 0) : max(months.stop, 0)]) + fee


def _slot(question: Question, number: int, option: Option, start: int) -> Slot:
    filed = start + option.prepare_months
    approved = filed + option.review_months
    gains = {
        "value": lambda: option.value_by_month[approved] - _cost_in_value(question, option, start),
        "patients": lambda: option.patients_by_month[approved],
        "earliest": lambda: -approved,
        "cost": lambda: -option.total_cost_usd,
    }
    by_cost = question.objective in ("earliest", "patients")
    tie = -option.total_cost_usd if by_cost else question.horizon_months + 1 - approved
    return Slot(number, option, start, filed, approved, gain=gains[question.objective](), tie=tie)


def _cost_in_value(question: Question, option: Option, start: int) -> int:
    if question.value_is_net:
        return 0
    if question.discount_rate_per_year == 0:
        return option.total_cost_usd
    growth = 1 + question.discount_rate_per_year
    cash = [(start + k, usd) for k, usd in enumerate(option.cost_by_month)]
    cash.append((start + option.prepare_months, option.fee_usd))
    present: float = sum(usd * growth ** (-month / MONTHS_PER_YEAR) for month, usd in cash)
    return round(present)


class ElasticModel:
    """The model of one question; built once, solved many times under different reliefs."""

    def __init__(self, question: Question) -> None:
        try:
            from ortools.sat.python import cp_model
        except ImportError:
            message = "the sequence needs a solver that is not installed: pip install 'onepill[optimise]'"
            raise MissingExtra(message) from None

        self.question = question
        self.slots = slots_of(question)
        self._model = cp_model.CpModel()
        self._chosen = [self._model.new_bool_var("") for _ in self.slots]
        self._dropped = [self._model.new_bool_var("") for _ in question.jobs]
        self._needless = [self._model.new_bool_var("") for _ in question.jobs]
        self._over_budget = [self._model.new_int_var(0, most, "") for most in self._most_by_year()]
        self._over_team = self._model.new_int_var(0, len(question.jobs), "")
        self._by_job: dict[int, list[tuple[Slot, cp_model.IntVar]]] = {n: [] for n in range(len(question.jobs))}
        for slot, chosen in zip(self.slots, self._chosen, strict=True):
            self._by_job[slot.job].append((slot, chosen))
        self._approved_by = self._count_approvals()
        self._file_each_once()
        self._keep_budget()
        self._keep_team()
        for number, job in enumerate(question.jobs):
            self._keep_needs(number, job)

    def free_gain(self) -> int:
        """The gain with every limit lifted: each market at its own best."""
        return sum(self._best_alone(number, job) for number, job in enumerate(self.question.jobs))

    def _best_alone(self, number: int, job: Job) -> int:
        gains = [slot.gain for slot, _ in self._by_job[number]]
        if job.optional:
            gains.append(gain_of_dropping(self.question))
        return max(gains)

    def all_budget(self) -> dict[int, int]:
        """A relief under which no year's budget limits anything."""
        return dict(enumerate(self._most_by_year()))

    def best(self, effort: Effort, *, relief: Relief | None = None, start: Outcome | None = None) -> Outcome:
        """The best plan under a relief; `loss` is minus the gain. It begins at `start`, a plan without relief."""
        found = self._minimise(self._loss_terms(), relief or Relief(), effort, start=start)
        if found.slots is None:
            return found
        loss = -sum(s.gain for s in found.slots) - gain_of_dropping(self.question) * len(found.dropped)
        return replace(found, loss=loss, bound=loss if found.optimal else found.bound)

    def settle_ties(self, best: Outcome, effort: Effort) -> Outcome:
        """Of the plans that lose no more than `best`, the one with the best sum of ties found in time."""
        terms = [(chosen, -slot.tie) for slot, chosen in self._pairs()]
        found = self._minimise(terms, Relief(), effort, start=best, keep_loss=True)
        return best if found.slots is None else replace(best, slots=found.slots, dropped=found.dropped)

    def _loss_terms(self) -> Terms:
        dropping = gain_of_dropping(self.question)
        return [(chosen, -slot.gain) for slot, chosen in self._pairs()] + [(d, -dropping) for d in self._dropped]

    def least_over_budget(self, effort: Effort) -> Outcome:
        """The fewest further dollars, over all years, with which there is a plan at all."""
        relief = Relief(budget=self.all_budget())
        return self._minimise([(over, 1) for over in self._over_budget], relief, effort)

    def least_over_team(self, effort: Effort) -> Outcome:
        """The fewest further filings at once with which there is a plan at all."""
        relief = Relief(team=len(self.question.jobs))
        return self._minimise([(self._over_team, 1)], relief, effort)

    def fewest_dropped(self, effort: Effort) -> Outcome:
        """The fewest markets that must be filed and cannot be."""
        must = [(d, 1) for d, job in zip(self._dropped, self.question.jobs, strict=True) if not job.optional]
        return self._minimise(must, Relief(drop=True), effort)

    def _pairs(self) -> zip[tuple[Slot, cp_model.IntVar]]:
        return zip(self.slots, self._chosen, strict=True)

    def _most_by_year(self) -> list[int]:
        """By year, what all filings could take at most; only for years with a budget."""
        years = self.question.years if self.question.budget_by_year_usd is not None else 0
        return [
            sum(max(spending(slot, year) for slot in slots) for _, slots in _runs_by_job(self.slots))
            for year in range(years)
        ]

    def _file_each_once(self) -> None:
        for number, pairs in self._by_job.items():
            self._model.add_exactly_one([*(chosen for _, chosen in pairs), self._dropped[number]])

    def _keep_budget(self) -> None:
        for year, over in enumerate(self._over_budget):
            assert self.question.budget_by_year_usd is not None
            spent = sum(usd * chosen for slot, chosen in self._pairs() if (usd := spending(slot, year)))
            self._model.add(spent <= self.question.budget_by_year_usd[year] + over)

    def _keep_team(self) -> None:
        if self.question.team_capacity is None:
            return
        at_work: list[list[cp_model.IntVar]] = [[] for _ in range(self.question.horizon_months + 1)]
        for slot, chosen in self._pairs():
            for month in range(slot.start, slot.filed):
                at_work[month].append(chosen)
        for busy in at_work:
            self._model.add(sum(busy) <= self.question.team_capacity + self._over_team)

    def _count_approvals(self) -> dict[str, list[Any]]:
        """For each market that somebody relies on, whether it has approved by month 0..horizon."""
        numbers = {job.market: number for number, job in enumerate(self.question.jobs)}
        wanted = {m for job in self.question.jobs for o in job.options for need in o.needs for m in need.any_of}
        months = range(self.question.horizon_months + 1)
        counted: dict[str, list[Any]] = {
            a.market: [int(a.month <= month) for month in months] for a in self.question.approved
        }
        for market in sorted(wanted - set(counted)):
            by_month: list[Any] = []
            for month in months:
                now = [chosen for slot, chosen in self._by_job[numbers[market]] if slot.approved == month]
                by_month.append(self._reached(now, by_month[-1] if by_month else 0))
            counted[market] = by_month
        return counted

    def _keep_needs(self, number: int, job: Job) -> None:
        for option in job.options:
            pairs = [(slot, chosen) for slot, chosen in self._by_job[number] if slot.option is option]
            for need in option.needs:
                self._keep_need(need, pairs, self._needless[number])

    def _keep_need(self, need: Need, pairs: list[tuple[Slot, cp_model.IntVar]], needless: cp_model.IntVar) -> None:
        """Whoever has filed by a month had its references by then: tighter than month by month, and the same plans."""
        filed_by: Any = 0
        for slot, chosen in pairs:
            filed_by = self._reached([chosen], filed_by)
            approvals = sum(self._approved_by[market][slot.filed] for market in need.any_of)
            self._model.add(need.at_least * filed_by <= approvals + need.at_least * needless)
            if need.within_months is not None:
                recent = sum(self._approved_within(market, slot.filed, need.within_months) for market in need.any_of)
                self._model.add(need.at_least * chosen <= recent + need.at_least * needless)

    def _reached(self, now: list[cp_model.IntVar], before: Any) -> cp_model.IntVar:
        """Whether one of these or of those before is chosen; at most one ever is."""
        reached = self._model.new_bool_var("")
        self._model.add(sum(now) + before == reached)
        return reached

    def _approved_within(self, market: str, filed: int, months: int) -> Any:
        for approved in (a for a in self.question.approved if a.market == market):
            return int(filed - months <= approved.month <= filed)
        before = filed - months - 1
        by_month = self._approved_by[market]
        return by_month[filed] - (by_month[before] if before >= 0 else 0)

    def _minimise(
        self, terms: Terms, relief: Relief, effort: Effort, *, start: Outcome | None = None, keep_loss: bool = False
    ) -> Outcome:
        from ortools.sat.python import cp_model

        model = self._model.clone()
        self._hold(model, relief)
        if start is not None:
            self._suggest(model, start)
            if keep_loss:
                model.add(_weighted(self._loss_terms()) <= start.loss)
        model.minimize(_weighted(terms))
        solver = cp_model.CpSolver()
        _set(solver.parameters, effort)
        status = solver.solve(model)
        work = solver.response_proto.deterministic_time
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Outcome(infeasible=status == cp_model.INFEASIBLE, optimal=False, work=work)
        return Outcome(
            infeasible=False,
            optimal=status == cp_model.OPTIMAL,
            work=work,
            slots=tuple(slot for slot, chosen in self._pairs() if solver.boolean_value(chosen)),
            bound=solver.response_proto.inner_objective_lower_bound,
            over_budget=tuple(solver.value(over) for over in self._over_budget),
            over_team=solver.value(self._over_team),
            dropped=tuple(n for n, dropped in enumerate(self._dropped) if solver.boolean_value(dropped)),
        )

    def _suggest(self, model: cp_model.CpModel, outcome: Outcome) -> None:
        """Start the search at a plan that is known to keep all limits."""
        taken = set(outcome.slots or ())
        for slot, chosen in self._pairs():
            model.add_hint(chosen, slot in taken)

    def _hold(self, model: cp_model.CpModel, relief: Relief) -> None:
        """Keep every slack within what the relief allows."""
        for year, over in enumerate(self._over_budget):
            model.add(over <= relief.budget.get(year, 0))
        model.add(self._over_team <= relief.team)
        for number, job in enumerate(self.question.jobs):
            model.add(self._needless[number] <= int(number in relief.needs))
            model.add(self._dropped[number] <= int(job.optional or relief.drop))


def _set(parameters: Any, effort: Effort) -> None:
    """One deterministic search that leans on the linear relaxation, which is tight here.

    Measured on 22 markets with 3 routes and 60 to 96 months: with level 2 and the whole relaxation from the start the
    bound comes within a few per cent at once; cuts, probing and symmetry cost more than they gain.
    """
    parameters.num_workers = effort.workers
    parameters.interleave_search = effort.workers > 1
    parameters.random_seed = effort.seed
    parameters.max_deterministic_time = effort.seconds
    parameters.linearization_level = 2
    parameters.add_lp_constraints_lazily = False
    parameters.cut_level = 0
    parameters.cp_model_probing_level = 0
    parameters.symmetry_level = 0


def _weighted(terms: Terms) -> Any:
    return sum((weight * variable for variable, weight in terms if weight), start=0)


def _runs_by_job(slots: tuple[Slot, ...]) -> list[tuple[int, list[Slot]]]:
    return [(job, list(group)) for job, group in groupby(slots, key=lambda slot: slot.job)]
