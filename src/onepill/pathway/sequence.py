"""In which order to file where, on which route, with the budget and the people there are; what binds, and the worth of
one more unit of each.

The exact optimum of `sequence_model`, explained by solving again with one limit moved at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from onepill.core.errors import Finding, InputError, OnepillError
from onepill.pathway.sequence_checks import check_question, earliest_approvals
from onepill.pathway.sequence_limits import what_binds, what_to_relax
from onepill.pathway.sequence_model import Effort, ElasticModel, Slot, gain_of_dropping, spending
from onepill.pathway.sequence_tables import (
    Approved,
    Job,
    Need,
    Objective,
    Option,
    Planned,
    Question,
    Sequence,
    Shadow,
)

__all__ = [
    "Approved",
    "Job",
    "Need",
    "Objective",
    "Option",
    "Planned",
    "Question",
    "Sequence",
    "Shadow",
    "solve",
]

MILLION_USD = 1_000_000


def solve(
    question: Question,
    *,
    seconds: float = 10.0,
    seed: int = 1,
    workers: int = 1,
    budget_unit_usd: int = MILLION_USD,
    explain: bool = True,
) -> Sequence:
    """The best plan. Among plans of the same worth, the cheapest (`earliest`, `patients`) or the one with the fewest
    months of waiting in sum (`value`, `cost`), as far as that is found in what is left of `seconds`.

    The same question, seed and workers give the same answer however busy the machine is: `seconds` are the solver's
    own count of work, about one second of time each. The plan takes at most `seconds`, and what binds, or what to
    relax, as many again; `explain=False` leaves out what binds. A plan that is not proven optimal in time says so, and
    what binds it is not asked.

    Raises:
        InputError: `sequence.*`: the question is wrong, or no plan keeps all limits; the findings say what to relax.
        OnepillError: no plan was found in time, and none was ruled out.
    """
    _raise_if_any("the question cannot be solved as it stands", check_question(question))
    if not question.jobs:
        return _read(question, (), optimal=True, bound=0)
    _raise_if_any("a market cannot be approved within the horizon", tuple(_too_late(question)))
    model = ElasticModel(question)
    effort = Effort(seconds, seed, workers)
    found = model.best(effort)
    if found.infeasible:
        raise InputError("no plan keeps all limits", findings=what_to_relax(model, effort))
    if found.slots is None:
        hint = "allow more seconds, or make markets optional"
        finding = Finding("sequence.out_of_time", "error", f"no plan within {seconds:g} s", hint=hint, value=seconds)
        raise OnepillError(finding.message, findings=(finding,))
    if found.optimal and found.work < seconds:
        found = model.settle_ties(found, replace(effort, seconds=seconds - found.work))
    assert found.slots is not None
    answer = _read(question, found.slots, optimal=found.optimal, bound=_signed(question, -found.bound))
    if not (explain and found.optimal):
        return answer
    without, shadow = what_binds(model, found, answer.team_by_month, effort, budget_unit_usd=budget_unit_usd)
    return replace(answer, binding=tuple(without), gain_without=without, shadow=shadow)


def _raise_if_any(message: str, findings: tuple[Finding, ...]) -> None:
    if findings:
        raise InputError(message, findings=findings)


def _signed(question: Question, gain: int) -> int:
    """The objective as the user counts it: months and costs are losses."""
    return -gain if question.objective in ("earliest", "cost") else gain


def _too_late(question: Question) -> Iterator[Finding]:
    """Markets that must be filed and could not be approved in time even with money and people unlimited."""
    earliest = earliest_approvals(question)
    for job in question.jobs:
        month = earliest.get(job.market)
        if job.optional or (month is not None and month <= question.horizon_months):
            continue
        if month is None:
            message = f"no route of {job.market} ever has the approvals that it relies on"
            hint = f"give {job.market} a route without them, add a market that it relies on, or make it optional"
        else:
            message = f"{job.market} cannot be approved before month {month}, the horizon is {question.horizon_months}"
            hint = f"set the horizon to {month} or later, or make {job.market} optional"
        yield Finding("sequence.too_late", "error", message, hint=hint, path=job.market, value=month)


def _read(question: Question, slots: tuple[Slot, ...], *, optimal: bool, bound: int) -> Sequence:
    """The chosen slots as a plan."""
    by_job = {slot.job: slot for slot in slots}
    approved = {a.market: a.month for a in question.approved}
    approved |= {question.jobs[slot.job].market: slot.approved for slot in slots}
    gain = sum(slot.gain for slot in slots) + gain_of_dropping(question) * (len(question.jobs) - len(slots))
    at_work = [sum(s.start <= month < s.filed for s in slots) for month in range(question.horizon_months + 1)]
    value = _signed(question, gain)
    return Sequence(
        plan=tuple(_planned(job.market, by_job.get(n), approved) for n, job in enumerate(question.jobs)),
        objective=question.objective,
        objective_value=value,
        optimal=optimal,
        bound=value if optimal else bound,
        spent_by_year_usd=tuple(sum(spending(s, year) for s in slots) for year in range(question.years)),
        team_by_month=tuple(at_work),
    )


def _planned(market: str, slot: Slot | None, approved: dict[str, int]) -> Planned:
    if slot is None:
        return Planned(market)
    option = slot.option
    return Planned(
        market,
        route=option.route,
        start_month=slot.start,
        filed_month=slot.filed,
        approved_month=slot.approved,
        cost_usd=option.total_cost_usd,
        value_usd=option.value_by_month[slot.approved] if option.value_by_month else None,
        patients=option.patients_by_month[slot.approved] if option.patients_by_month else None,
        relies_on=_relied_on(slot, approved),
    )


def _relied_on(slot: Slot, approved: dict[str, int]) -> tuple[str, ...]:
    """For each need, the oldest approvals that count, as many as it asks for."""
    found: list[str] = []
    for need in slot.option.needs:
        since = slot.filed - need.within_months if need.within_months is not None else None
        counting = [
            (month, market)
            for market in need.any_of
            if (month := approved.get(market)) is not None and month <= slot.filed and (since is None or month >= since)
        ]
        found += [market for _, market in sorted(counting)[: need.at_least]]
    return tuple(dict.fromkeys(found))
