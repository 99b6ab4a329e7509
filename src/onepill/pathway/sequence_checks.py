"""Findings about a question to the sequence optimiser, before anything is solved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import get_args

from onepill.core.errors import Finding
from onepill.pathway.sequence_tables import Job, Need, Objective, Option, Question

MOST_USD = 2**45
"""35 trillion US dollars: far above any programme, and sums of it stay exact in the solver's 64-bit integers."""


def check_question(question: Question) -> tuple[Finding, ...]:
    """All that is wrong with the question; empty where it can be solved or shown to have no plan."""
    return (*_check_frame(question), *(f for job in question.jobs for f in _check_job(job, question)))


def earliest_approvals(question: Question) -> dict[str, int]:
    """The first month in which each market could approve, with money and people unlimited; unreachable ones left out.

    Reliance is followed until nothing gains a month; the age of an approval is not looked at, so that the true first
    month may be later, never earlier.
    """
    found = {a.market: a.month for a in question.approved}
    gained = True
    while gained:
        gained = False
        for job in question.jobs:
            months = [m for option in job.options if (m := _first_approval(job, option, found)) is not None]
            if months and min(months) < found.get(job.market, min(months) + 1):
                found[job.market] = min(months)
                gained = True
    return found


def _first_approval(job: Job, option: Option, found: dict[str, int]) -> int | None:
    filed = job.ready_month + option.prepare_months
    for need in option.needs:
        months = sorted(found[market] for market in need.any_of if market in found)
        if len(months) < need.at_least:
            return None
        filed = max(filed, months[need.at_least - 1])
    return filed + option.review_months


def _check_frame(question: Question) -> Iterator[Finding]:
    if question.objective not in get_args(Objective):
        hint = f"use one of {', '.join(get_args(Objective))}"
        yield _wrong("objective", f"no objective is called {question.objective}", hint, question.objective)
    if question.horizon_months < 0:
        yield _wrong("horizon", "the horizon is negative", "state months from 0 on", question.horizon_months)
    if not question.discount_rate_per_year > -1:
        yield _wrong(
            "discount_rate", "the rate must be above -1", "0.1 is 10 % a year", question.discount_rate_per_year
        )
    if question.team_capacity is not None and question.team_capacity < 0:
        yield _wrong(
            "team_capacity", "the team's capacity is negative", "leave it out for no limit", question.team_capacity
        )
    yield from _check_budget(question)
    names = [job.market for job in question.jobs] + [a.market for a in question.approved]
    for name, times in Counter(names).items():
        if times > 1:
            yield _wrong("duplicate_market", f"{name} is there {times} times", "state each market once", name)


def _check_budget(question: Question) -> Iterator[Finding]:
    budget = question.budget_by_year_usd
    if budget is None:
        return
    if len(budget) < question.years:
        message = f"a horizon of {question.horizon_months} months has {question.years} years, the budget {len(budget)}"
        yield _wrong("budget_years", message, "state a budget for each year, or shorten the horizon", len(budget))
    if any(not 0 <= usd <= MOST_USD for usd in budget):
        yield _wrong("budget", "a year's budget is negative or too large", "state whole US dollars from 0 on", budget)


def _check_job(job: Job, question: Question) -> Iterator[Finding]:
    if job.ready_month < 0:
        yield _wrong("ready_month", f"{job.market} is ready before month 0", "use 0 for ready now", job.ready_month)
    if not job.options and not job.optional:
        yield _wrong("no_route", f"{job.market} has no route", "give it one, or make it optional", job.market)
    for route, times in Counter(option.route for option in job.options).items():
        if times > 1:
            yield _wrong("duplicate_route", f"{job.market} has {times} routes called {route}", "name each once", route)
    for option in job.options:
        yield from _check_option(job, option, question)


def _check_option(job: Job, option: Option, question: Question) -> Iterator[Finding]:
    where = f"{job.market}, {option.route}"
    if option.prepare_months < 0:
        yield _wrong("prepare_months", f"{where}: preparation is negative", "state whole months", option.prepare_months)
    if option.review_months < 1:
        hint = "a recognition within days counts as one month"
        yield _wrong("review_months", f"{where}: a review takes at least one month", hint, option.review_months)
    amounts = {"cost_by_month": option.cost_by_month, "fee_usd": (option.fee_usd,)}
    for name, usd in amounts.items():
        if any(not 0 <= amount <= MOST_USD for amount in usd):
            yield _wrong(name, f"{where}: {name} is negative or too large", "state whole US dollars from 0 on", usd)
    yield from _check_tables(where, option, question)
    for need in option.needs:
        yield from _check_need(where, job, need, question)


def _check_tables(where: str, option: Option, question: Question) -> Iterator[Finding]:
    tables = {"value": option.value_by_month, "patients": option.patients_by_month}
    for name, table in tables.items():
        months = question.horizon_months + 1
        if len(table) != months and (table or question.objective == name):
            message = f"{where}: {name}_by_month has {len(table)} months, the question 0 to {question.horizon_months}"
            yield _wrong(f"{name}_by_month", message, f"state {months} values", len(table))
        if any(abs(entry) > MOST_USD for entry in table):
            largest = max(table, key=abs)
            yield _wrong(f"{name}_by_month", f"{where}: {name}_by_month is too large", "check its unit", largest)


def _check_need(where: str, job: Job, need: Need, question: Question) -> Iterator[Finding]:
    known = {j.market for j in question.jobs} | {a.market for a in question.approved}
    unknown = [market for market in need.any_of if market not in known]
    if unknown:
        hint = "add a job for it, state its approval under approved, or leave it out of any_of"
        yield _wrong("unknown_market", f"{where} relies on {_listed(unknown)}, not in the question", hint, unknown)
    if job.market in need.any_of:
        yield _wrong("need_itself", f"{where} relies on its own approval", "name other markets", job.market)
    if len(set(need.any_of)) < len(need.any_of):
        yield _wrong("duplicate_reference", f"{where} names a reference market twice", "name each once", need.any_of)
    if not 1 <= need.at_least <= len(need.any_of):
        message = f"{where} needs {need.at_least} of {len(need.any_of)} approvals"
        yield _wrong("at_least", message, "state a number from 1 to that of the markets", need.at_least)
    if need.within_months is not None and need.within_months < 0:
        yield _wrong(
            "within_months", f"{where}: within_months is negative", "leave it out for no limit", need.within_months
        )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def _wrong(code: str, message: str, hint: str, value: object) -> Finding:
    return Finding(f"sequence.{code}", "error", message, hint=hint, value=value)
