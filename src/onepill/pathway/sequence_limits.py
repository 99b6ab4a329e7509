"""What stands in the way of a better plan, or of any plan: found by solving again with one limit moved at a time."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise

from onepill.core.errors import Finding
from onepill.pathway.sequence_model import Effort, ElasticModel, Outcome, Relief
from onepill.pathway.sequence_tables import Shadow

Gains = dict[str, int]
SHARE_A_PROBE = 1 / 4


@dataclass(frozen=True)
class _Gain:
    """An improvement that some plan reaches; where `proven`, no plan reaches more."""

    least: int
    proven: bool

    @property
    def is_nothing(self) -> bool:
        return self.proven and self.least == 0


NOTHING = _Gain(0, proven=True)


@dataclass
class _Prober:
    """Solves again under reliefs, each with a share of the work left, so that a hard one leaves some to others."""

    model: ElasticModel
    base: Outcome
    effort: Effort
    unproven: list[str] = field(default_factory=list)

    def gain(self, name: str, relief: Relief) -> _Gain:
        """The improvement under a relief, never negative, since the plan at hand stays possible."""
        share = replace(self.effort, seconds=self.effort.seconds * SHARE_A_PROBE)
        found = self.model.best(share, relief=relief, start=self.base)
        self.effort = replace(self.effort, seconds=max(self.effort.seconds - found.work, 0.0))
        if not found.optimal:
            self.unproven.append(name)
        gain = 0 if found.slots is None else max(self.base.loss - found.loss, 0)
        return _Gain(gain, proven=found.optimal)


def what_binds(
    model: ElasticModel, found: Outcome, team_by_month: tuple[int, ...], effort: Effort, *, budget_unit_usd: int
) -> tuple[Gains, Shadow]:
    """By limit, the improvement were it lifted altogether, where there is any; and the worth of one more unit."""
    prober = _Prober(model, found, effort)
    has_team = model.question.team_capacity is not None
    free = found.loss + model.free_gain()
    team = prober.gain("team", Relief(team=len(model.question.jobs))) if has_team and free else NOTHING
    team_unit = _further(prober, "one more in the team", team, Relief(team=1))
    budget, by_year = _gain_by_year(prober, may_gain=free > 0)
    units = {
        year: _further(prober, f"more in budget year {year}", lifted, Relief(budget={year: budget_unit_usd}))
        for year, lifted in by_year.items()
    }
    without = _named_team(model, team_by_month, team) | _named_years(budget, by_year)
    without |= _gains_of_needs(prober) if free else {}
    if free and not without and not prober.unproven:
        without = {"all together": free}
    shadow = Shadow(
        budget={year: unit.least for year, unit in units.items()},
        team=team_unit.least if has_team else None,
        budget_unit_usd=budget_unit_usd,
        unproven=tuple(dict.fromkeys(prober.unproven)),
    )
    return without, shadow


def _further(prober: _Prober, name: str, lifted: _Gain, relief: Relief) -> _Gain:
    """The gain of one more unit; a limit that gains nothing when lifted gains nothing by a unit either."""
    return NOTHING if lifted.is_nothing else prober.gain(name, relief)


def _gain_by_year(prober: _Prober, *, may_gain: bool) -> tuple[_Gain, dict[int, _Gain]]:
    """The budget lifted in all years, and in each year alone; no year gains where all together do not."""
    lifted = prober.model.all_budget()
    together = prober.gain("budget", Relief(budget=lifted)) if lifted and may_gain else NOTHING
    if together.is_nothing:
        return NOTHING, dict.fromkeys(lifted, NOTHING)
    by_year = {y: prober.gain(f"budget year {y}", Relief(budget={y: usd})) for y, usd in lifted.items()}
    return together, by_year


def _named_years(together: _Gain, by_year: dict[int, _Gain]) -> Gains:
    return _named("budget", together, {f"budget year {year}": gain for year, gain in by_year.items()})


def _named_team(model: ElasticModel, team_by_month: tuple[int, ...], gain: _Gain) -> Gains:
    if not gain.least:
        return {}
    full = [month for month, busy in enumerate(team_by_month) if busy == model.question.team_capacity]
    return {f"team{_as_spans(full)}": gain.least}


def _gains_of_needs(prober: _Prober) -> Gains:
    """Each market's reliance lifted alone."""
    jobs = prober.model.question.jobs
    relying = [number for number, job in enumerate(jobs) if any(option.needs for option in job.options)]
    together = prober.gain("needs", Relief(needs=frozenset(relying))) if relying else NOTHING
    if together.is_nothing:
        return {}
    names = {f"need {jobs[number].market}": Relief(needs=frozenset({number})) for number in relying}
    return _named("needs", together, {name: prober.gain(name, relief) for name, relief in names.items()})


def _named(all_of_them: str, together: _Gain, alone: dict[str, _Gain]) -> Gains:
    """Those that gain alone; all of them under one name where only several together gain."""
    named = {name: gain.least for name, gain in alone.items() if gain.least}
    return named or ({all_of_them: together.least} if together.least else {})


def _as_spans(months: list[int]) -> str:
    """Months 3, 4, 5 and 8 as ` months 3-5, 8`."""
    ends = [m for m, after in pairwise([*months, -1]) if after != m + 1]
    starts = [m for before, m in pairwise([-2, *months]) if before != m - 1]
    spans = [str(a) if a == b else f"{a}-{b}" for a, b in zip(starts, ends, strict=True)]
    return f" months {', '.join(spans)}" if spans else ""


def what_to_relax(model: ElasticModel, effort: Effort) -> tuple[Finding, ...]:
    """Each single way to have a plan at all, with the least that it takes; dropping markets is always one, if it is
    found in time."""
    third = replace(effort, seconds=effort.seconds / 3)
    found = (_relax_budget(model, third), _relax_team(model, third), _relax_markets(model, third))
    message, hint = "no plan keeps all limits", "allow more seconds to learn what to relax, or make markets optional"
    unknown = Finding("sequence.infeasible", "error", message, hint=hint, value=effort.seconds)
    return tuple(finding for finding in found if finding is not None) or (unknown,)


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
