"""What stands in the way of a better plan, or of any plan: found by solving again with one limit moved at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from onepill.core.errors import Finding
from onepill.pathway.sequence_model import Effort, ElasticModel, Outcome, Relief
from onepill.pathway.sequence_tables import Shadow

Gains = dict[str, int]
SHARE_A_PROBE = 0.25


@dataclass
class _Prober:
    """Solves again under reliefs, each with a share of the work left, so that a hard one leaves some to others."""

    model: ElasticModel
    base: Outcome
    effort: Effort
    exact: bool = True

    def gain(self, relief: Relief) -> int | None:
        """The improvement under a relief, never negative; None where it was not proven in what is left of the work."""
        share = replace(self.effort, seconds=self.effort.seconds * SHARE_A_PROBE)
        found = self.model.best(share, relief=relief, at_most=self.base)
        self.effort = replace(self.effort, seconds=max(self.effort.seconds - found.work, 0.0))
        self.exact = self.exact and found.optimal
        return self.base.loss - found.loss if found.optimal else None


def what_binds(
    model: ElasticModel, found: Outcome, team_by_month: tuple[int, ...], effort: Effort, *, budget_unit_usd: int
) -> tuple[Gains, Shadow]:
    """By limit, the improvement were it lifted altogether, where there is any; and the worth of one more unit."""
    prober = _Prober(model, found, effort)
    if -found.loss == model.free_gain():
        idle = dict.fromkeys(model.all_budget(), 0)
        team = None if model.question.team_capacity is None else 0
        return {}, Shadow(budget=idle, team=team, budget_unit_usd=budget_unit_usd)
    has_team = model.question.team_capacity is not None
    team_gain = prober.gain(Relief(team=len(model.question.jobs))) if has_team else 0
    team_unit = _further(prober, team_gain, Relief(team=1)) if has_team else None
    all_years, by_year = _gain_by_year(prober)
    units = {y: _further(prober, lifted, Relief(budget={y: budget_unit_usd})) for y, lifted in by_year.items()}
    without = _named_years(all_years, by_year) | _named_team(model, team_by_month, team_gain) | _gains_of_needs(prober)
    if prober.exact and not without:
        without = {"all together": found.loss + model.free_gain()}
    return without, Shadow(budget=units, team=team_unit, budget_unit_usd=budget_unit_usd, exact=prober.exact)


def _further(prober: _Prober, lifted: int | None, relief: Relief) -> int | None:
    """The gain of one more unit; a limit that gains nothing when lifted gains nothing by a unit either."""
    return 0 if lifted == 0 else prober.gain(relief)


def _gain_by_year(prober: _Prober) -> tuple[int | None, dict[int, int | None]]:
    """The budget lifted in all years, and in each year alone; no year gains where all together do not."""
    lifted = prober.model.all_budget()
    together = prober.gain(Relief(budget=lifted)) if lifted else 0
    if together == 0:
        return 0, dict.fromkeys(lifted, 0)
    return together, {year: prober.gain(Relief(budget={year: usd})) for year, usd in lifted.items()}


def _named_years(together: int | None, by_year: Mapping[int, int | None]) -> Gains:
    named = {f"budget year {year}": gain for year, gain in by_year.items() if gain}
    if named or not together or None in by_year.values():
        return named
    return {"budget": together}


def _named_team(model: ElasticModel, team_by_month: tuple[int, ...], gain: int | None) -> Gains:
    if not gain:
        return {}
    full = [month for month, busy in enumerate(team_by_month) if busy == model.question.team_capacity]
    return {f"team{_as_spans(full)}": gain}


def _as_spans(months: list[int]) -> str:
    """Months 3, 4, 5 and 8 as ` months 3-5, 8`."""
    ends = [m for m, after in pairwise([*months, -1]) if after != m + 1]
    starts = [m for before, m in pairwise([-2, *months]) if before != m - 1]
    spans = [str(a) if a == b else f"{a}-{b}" for a, b in zip(starts, ends, strict=True)]
    return f" months {', '.join(spans)}" if spans else ""


def _gains_of_needs(prober: _Prober) -> Gains:
    """Each market's reliance lifted alone; `needs` where only several together gain."""
    jobs = prober.model.question.jobs
    relying = [number for number, job in enumerate(jobs) if any(option.needs for option in job.options)]
    together = prober.gain(Relief(needs=frozenset(relying))) if relying else 0
    if not together:
        return {}
    alone = {f"need {jobs[number].market}": prober.gain(Relief(needs=frozenset({number}))) for number in relying}
    named = {name: gain for name, gain in alone.items() if gain}
    return named if named or None in alone.values() else {"needs": together}


def what_to_relax(model: ElasticModel, effort: Effort) -> tuple[Finding, ...]:
    """Each single way to have a plan at all, with the least that it takes; dropping markets is always one."""
    third = replace(effort, seconds=effort.seconds / 3)
    found = (_relax_budget(model, third), _relax_team(model, third), _relax_markets(model, third))
    return tuple(finding for finding in found if finding is not None)


def _relax_budget(model: ElasticModel, effort: Effort) -> Finding | None:
    found = model.least_over_budget(effort)
    over = {year: usd for year, usd in enumerate(found.over_budget) if usd}
    if found.slots is None or not over:
        return None
    added = ", ".join(f"{usd:,} US dollars in year {year}" for year, usd in over.items())
    message = "the markets that must be filed cost more than the budget"
    return _relaxed("budget", message, f"add {_at_least(found)}{added}", over)


def _relax_team(model: ElasticModel, effort: Effort) -> Finding | None:
    found = model.least_over_team(effort)
    if found.slots is None or not found.over_team:
        return None
    assert model.question.team_capacity is not None
    capacity = model.question.team_capacity + found.over_team
    message = "the team cannot prepare all markets that must be filed in time"
    return _relaxed(
        "team", message, f"raise the team's capacity to {_at_least(found)}{capacity} filings at once", capacity
    )


def _relax_markets(model: ElasticModel, effort: Effort) -> Finding | None:
    found = model.fewest_dropped(effort)
    if found.slots is None:
        return None
    names = [model.question.jobs[n].market for n in found.dropped if not model.question.jobs[n].optional]
    message = "not all markets that must be filed can be, within the horizon and the limits"
    return _relaxed("markets", message, f"make optional: {', '.join(names)}; or extend the horizon", names)


def _at_least(found: Outcome) -> str:
    """A relaxation that is not proven the least says so."""
    return "" if found.optimal else "(not proven the least) "


def _relaxed(what: str, message: str, hint: str, value: object) -> Finding:
    return Finding(f"sequence.infeasible_{what}", "error", message, hint=f"alone enough: {hint}", value=value)
