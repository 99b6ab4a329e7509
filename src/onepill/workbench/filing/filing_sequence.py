"""The filing plan under a budget and a team: the scouted routes as a question for the sequence optimiser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from onepill.access import MarketInput, patients_treated
from onepill.core.dates import DAYS_PER_MONTH
from onepill.pathway.routes import accepts
from onepill.pathway.sequence import Approved, Job, Need, Option, Planned, Question, solve
from onepill.pathway.sequence_tables import MONTHS_PER_YEAR
from onepill.sim.plan import SUCCEEDED
from onepill.workbench.common import defaults
from onepill.workbench.plan.assemble import Assembled
from onepill.workbench.results.payer_worth import payer_worth

if TYPE_CHECKING:
    from onepill.workbench.filing.filing_routes import Candidate, Scouted

Row = dict[str, Any]
Objective = Literal["value", "earliest", "patients", "cost"]
SLACK_MONTHS = 24
"""How long after the latest approval without limits the plan may reach."""
SOLVER_SECONDS = 5.0


@dataclass(frozen=True)
class Limits:
    """What is to be best, the budget of each year in US dollars, and how many filings may be prepared at once."""

    objective: Objective
    budget_usd: float | None
    team: int | None


def sequence_filings(
    whole: Assembled, scouted: Scouted, asked: Sequence[str], limits: Limits
) -> tuple[dict[str, Candidate], Row]:
    """The chosen route of each market with its earliest start, and the sequence's own answer.

    `whole` is the programme with its markets, whose tables give the value and the patients of an approval by month.
    """
    timed = [c for c in scouted.tried.values() if c.route.is_open and scouted.knows_time(c.filing.id)]
    by_market = {market: [c for c in timed if c.jurisdiction == market] for market in asked}
    latest = max((scouted.days[c.filing.id][1] or 0.0 for c in timed), default=float(whole.plan.as_of))
    horizon = _month(whole, latest) + SLACK_MONTHS
    there = [*scouted.facts, *(market for market, found in by_market.items() if found)]
    optional = _may_be_left_out(limits)
    jobs = [_job(whole, scouted, c, horizon, optional=optional, there=there) for c in by_market.values() if c]
    approved = tuple(Approved(m, min(_month(whole, day), 0)) for m, (day, _) in scouted.facts.items())
    years = horizon // MONTHS_PER_YEAR + 1
    question = Question(
        tuple(jobs),
        horizon,
        budget_by_year_usd=None if limits.budget_usd is None else (round(limits.budget_usd),) * years,
        team_capacity=limits.team,
        objective=limits.objective,
        discount_rate_per_year=_rate(whole),
        approved=approved,
    )
    answer = solve(question, seconds=SOLVER_SECONDS)
    filed = {p.market: _chosen(whole, by_market[p.market], p) for p in answer.plan if p.is_filed}
    ids = {m: name for m, (_, name) in scouted.facts.items()} | {m: c.filing.id for m, c in filed.items()}
    chosen = {p.market: _relying(filed[p.market], p.relies_on, ids) for p in answer.plan if p.is_filed}
    return chosen, _answer_row(whole, answer, limits)


def _rate(whole: Assembled) -> float:
    given = whole.filled.programme.capital.discount_rate_per_year
    return given.number if given is not None else defaults.DISCOUNT.distribution.mean()


def _month(whole: Assembled, day: float) -> int:
    return round((day - whole.plan.as_of) / DAYS_PER_MONTH)


def _may_be_left_out(limits: Limits) -> bool:
    """The least cost is that of filing nothing: under `cost` every market is filed, or the budget is too small."""
    if limits.objective == "earliest":
        return limits.budget_usd is not None
    return limits.objective in ("value", "patients")


def _job(
    whole: Assembled, scouted: Scouted, found: list[Candidate], horizon: int, *, optional: bool, there: Sequence[str]
) -> Job:
    """A market with its routes, all of one jurisdiction; `there` are the markets that a route may rely on."""
    options = tuple(_option(whole, scouted, c, horizon, there) for c in found)
    full = [c for c in found if not c.references]
    starts = [_start(whole, scouted, c) for c in full or found]
    return Job(found[0].jurisdiction, options, ready_month=max(min(starts), 0), optional=optional)


def _start(whole: Assembled, scouted: Scouted, candidate: Candidate) -> int:
    filed = scouted.days[candidate.filing.id][0] or float(whole.plan.as_of)
    return _month(whole, filed - candidate.filing.preparation.distribution.mean())


def _option(whole: Assembled, scouted: Scouted, candidate: Candidate, horizon: int, there: Sequence[str]) -> Option:
    """One route in months: medians of the scouting, costs by their means, worth by month of approval."""
    prepare = max(round(candidate.filing.preparation.distribution.mean() / DAYS_PER_MONTH), 1)
    cost = sum(c.amount.distribution.mean() * c.amount.factor for c in candidate.filing.costs)
    value, patients = _worth(whole, scouted, candidate, horizon)
    return Option(
        candidate.route.name,
        prepare,
        max(round((scouted.review_days[candidate.filing.id] or 0.0) / DAYS_PER_MONTH), 1),
        cost_by_month=(round(cost / prepare),) * prepare,
        fee_usd=round(scouted.fees.get(candidate.filing.id, 0.0)),
        value_by_month=value,
        patients_by_month=patients,
        needs=_needs(candidate, there),
    )


def _needs(candidate: Candidate, there: Sequence[str]) -> tuple[Need, ...]:
    reliance = candidate.route.relies_on
    if reliance is None:
        return ()
    counted = tuple(m for m in accepts(candidate.route, there) if m != candidate.jurisdiction)
    within = None if reliance.within_years is None else round(reliance.within_years * MONTHS_PER_YEAR)
    return (Need(counted, reliance.at_least, within),)


def _worth(
    whole: Assembled, scouted: Scouted, candidate: Candidate, horizon: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Discounted US dollars and patients of an approval in each month, times its chance once filed.

    The cost of a filing falls only where it is filed, so that worth and cost are both given the readout behind it. A
    jurisdiction without a market in the file is worth 0.
    """
    market = next((m for m in whole.markets if _jurisdiction(whole, m) == candidate.jurisdiction), None)
    months = np.arange(horizon + 1)
    if market is None:
        return (0,) * (horizon + 1), (0,) * (horizon + 1)
    prob = scouted.probs.get(candidate.filing.id, 0.0)
    if market.group:
        return _payer_worth(whole, market.group, months, prob)
    lag = market.exclusivity.approval_to_launch_days
    launch = whole.plan.as_of + months * DAYS_PER_MONTH + lag
    table = next(m for m in whole.plan.markets if m.id == market.id)
    row = np.clip(np.rint(launch - table.first_day).astype(int), 0, np.shape(table.discounted)[0] - 1)
    scale = float(np.prod([d.distribution.mean() * d.factor for d in market.scale]))
    launch_cost = market.launch_cost.distribution.mean() if market.launch_cost else 0.0
    value = prob * (scale * table.discounted.sum(axis=1)[row] - launch_cost * _discount(whole, launch))
    return tuple(np.rint(value).astype(int).tolist()), _patients(whole, market, launch, prob)


def _payer_worth(whole: Assembled, name: str, months: Any, prob: float) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The same for a market with a payer path, whose worth depends on who pays when."""
    value, treated = payer_worth(whole, name, months, DAYS_PER_MONTH)
    given = whole.paths[name].path.market
    launch = whole.plan.as_of + months * DAYS_PER_MONTH + given.exclusivity.approval_to_launch_days
    cost = given.launch_cost.distribution.mean() if given.launch_cost else 0.0
    worth = prob * (value - cost * _discount(whole, launch))
    return tuple(np.rint(worth).astype(int).tolist()), tuple(np.rint(prob * treated).astype(int).tolist())


def _discount(whole: Assembled, launch: Any) -> Any:
    days = np.clip(np.rint(launch - whole.plan.as_of).astype(int), 0, whole.plan.discount_by_day.size - 1)
    return whole.plan.discount_by_day[days]


def _patients(whole: Assembled, market: MarketInput, launch: Any, prob: float) -> tuple[int, ...]:
    """Patients treated from launch to the end of the valuation period, times the chance."""
    end = whole.plan.as_of + whole.plan.discount_by_day.size
    return tuple(np.rint(prob * patients_treated(market, launch, first=whole.plan.as_of, end=end)).astype(int).tolist())


def _jurisdiction(whole: Assembled, market: MarketInput) -> str:
    markets = {key.lower(): m.jurisdiction or key.upper() for key, m in whole.filled.programme.markets.items()}
    return markets[market.group or market.id]


def _chosen(whole: Assembled, found: list[Candidate], planned: Planned) -> Candidate:
    candidate = next(c for c in found if c.route.name == planned.route)
    start = whole.filled.as_of + timedelta(days=round((planned.start_month or 0) * DAYS_PER_MONTH))
    return replace(candidate, filing=replace(candidate.filing, not_before=start))


def _relying(candidate: Candidate, relies_on: tuple[str, ...], ids: dict[str, str]) -> Candidate:
    """The sequence may have chosen other references, or other routes of them, than the scouting."""
    if not relies_on:
        return candidate
    after = tuple((f"{ids[market]}.approval", SUCCEEDED) for market in relies_on)
    return replace(candidate, references=relies_on, filing=replace(candidate.filing, after=after))


def _answer_row(whole: Assembled, answer: Any, limits: Limits) -> Row:
    rows = [
        {**asdict(p), "start": _day(whole, p.start_month), "filed": _day(whole, p.filed_month)} for p in answer.plan
    ]
    shadow = answer.shadow
    return {
        "objective": limits.objective,
        "budget_usd_per_year": limits.budget_usd,
        "team": limits.team,
        "plan": [{**row, "relies_on": list(row["relies_on"])} for row in rows],
        "order": list(answer.order),
        "objective_value": answer.objective_value,
        "optimal": answer.optimal,
        "bound": answer.bound,
        "spent_by_year_usd": list(answer.spent_by_year_usd),
        "binding": list(answer.binding),
        "gain_without": dict(answer.gain_without),
        "one_more": None
        if shadow is None
        else {
            "budget_unit_usd": shadow.budget_unit_usd,
            "budget": {str(year): gain for year, gain in shadow.budget.items()},
            "team": shadow.team,
            "unproven": list(shadow.unproven),
        },
    }


def _day(whole: Assembled, month: int | None) -> str | None:
    if month is None:
        return None
    return (whole.filled.as_of + timedelta(days=round(month * DAYS_PER_MONTH))).isoformat()
