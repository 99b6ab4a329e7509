"""What measures are worth on the same futures: days, money, patients, and the limits that uncertain inputs set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np

from onepill.access import is_payer_event
from onepill.core.distributions import fixed
from onepill.model.overlays import Overlay
from onepill.policy import MeasureMatch
from onepill.sim import CompiledPlan, Results, compile_plan, estimate, paired_days, paired_value, run
from onepill.sim.plan import Draw, Plan
from onepill.workbench.plan.assemble import Assembled, with_overlays
from onepill.workbench.plan.stage_costs import reaches
from onepill.workbench.results.patients import patients_by_path
from onepill.workbench.results.simulate import OWNER, TRACED, estimate_row, whole

Row = dict[str, Any]
RANGE_DRAWS = 8_192
"""Draws of the runs that only say how far an effect moves with an input; all of them share their futures."""
RANGE_QUANTILES = (0.1, 0.9)
"""Where an uncertain time or cost that a measure acts on is put, on all paths alike."""
SUBSIDY = "subsidy"
End = Literal["mean", "low", "high"]


@dataclass(frozen=True)
class Pins:
    """The draws of these streams fixed at one quantile, on all paths alike."""

    streams: frozenset[str]
    quantile: float


class Effects:
    """Effects of sets of measures on one programme, each set run once.

    Args:
        drawn: the programme without any of them.
        matches: those that apply and have an overlay take part.
    """

    def __init__(
        self, base: Assembled, drawn: Results, matches: Iterable[MeasureMatch], *, seed: int, threads: int
    ) -> None:
        self.base, self.drawn, self._seed, self._threads = base, drawn, seed, threads
        self.active = {m.measure.id: m for m in matches if m.applies and m.overlay is not None}
        self._runs: dict[tuple[Pins | None, int, tuple[Overlay, ...]], Results] = {(None, drawn.draws, ()): drawn}
        self._plans: dict[tuple[Pins | None, tuple[Overlay, ...]], CompiledPlan] = {}
        self._treated: dict[Results, Any] = {}

    def effect(self, added: Sequence[str], beside: Sequence[str] = ()) -> Row:
        """What the measures `added` do to the programme under the measures `beside`.

        Estimates with `low` and `high`, the least and the most that they become while the baseline, the uptake and the
        eligibility of the added measures move.
        """
        given, ours = self._overlays(beside, "mean"), self._overlays(added, "mean")
        before, after = self.run(given), self.run([*given, *ours])
        row = difference(before, after)
        row["patients_gain"] = _rounded(estimate_row(estimate(self._patients(after) - self._patients(before))))
        row["subsidy_usd"] = self._subsidy(given, ours)
        return self._with_limits(row, added, given)

    def run(self, overlays: Sequence[Overlay]) -> Results:
        """The programme under these overlays, with its first paths recorded."""
        return self._run(overlays, None, self.drawn.draws)

    def uncertain(self, name: str) -> list[str]:
        """Which inputs set the limits of a measure's effect: uptake, eligibility, baseline, cost."""
        match, overlay = self.active[name], self._overlays([name], "mean")[0]
        found = ["uptake"] if match.uptake.low < match.uptake.high else []
        found += ["eligibility"] if match.terms_assumed else []
        if self._is_against_a_limit(match):
            return [*found, "limit"]
        moved = "cost" if overlay.on == "stage_cost" else "baseline"
        return [*found, moved] if self._streams([overlay]) else found

    def _run(self, overlays: Sequence[Overlay], pins: Pins | None, draws: int) -> Results:
        ordered = tuple(sorted(overlays, key=lambda overlay: overlay.id))
        key = (pins, draws, ordered)
        if key not in self._runs:
            self._runs[key] = self._simulate(self._compiled(ordered, pins), draws)
        return self._runs[key]

    def _compiled(self, overlays: tuple[Overlay, ...], pins: Pins | None) -> CompiledPlan:
        key = (pins, overlays)
        if key not in self._plans:
            plan = self._plan(overlays)
            self._plans[key] = compile_plan(plan if pins is None else _pinned(plan, pins))
        return self._plans[key]

    def _plan(self, overlays: Sequence[Overlay]) -> Plan:
        return with_overlays(self.base, overlays).plan if overlays else self.base.plan

    def _simulate(self, compiled: CompiledPlan, draws: int) -> Results:
        trace = min(TRACED, draws)
        return run(compiled, draws=draws, seed=self._seed, threads=self._threads, trace=trace)

    def _patients(self, results: Results) -> Any:
        if results not in self._treated:
            self._treated[results] = patients_by_path(self.base, results)
        return self._treated[results]

    def _subsidy(self, given: Sequence[Overlay], ours: Sequence[Overlay]) -> Row | None:
        """Nominal US dollars that subsidies pay: the paired value of their income where nothing is discounted."""
        paid = [overlay for overlay in ours if overlay.verb == SUBSIDY]
        if not paid:
            return None
        plans = (_undiscounted(self._plan(overlays)) for overlays in (given, [*given, *paid]))
        before, after = (self._simulate(compile_plan(plan), self.drawn.draws) for plan in plans)
        return whole(estimate_row(paired_value(after, before, party=OWNER)))

    # Limits

    def _with_limits(self, row: Row, added: Sequence[str], given: Sequence[Overlay]) -> Row:
        centre = self._means(added, given, None, "mean")
        moved = [self._means(added, given, pins, end) for pins, end in self._corners(added)]
        may_be_none = bool(added) and not self._overlays(added, "low")
        found = dict(row)
        found["days_saved"] = {
            name: _limits(value, name, centre, moved, may_be_none) for name, value in row["days_saved"].items()
        }
        for key in ("rnpv_gain_usd", "patients_gain", "subsidy_usd"):
            found[key] = row[key] and _limits(row[key], key, centre, moved, may_be_none)
        return found

    def _corners(self, added: Sequence[str]) -> Iterator[tuple[Pins | None, End]]:
        """Where the baseline and the measures are put, apart from where they are anyway."""
        mean = self._overlays(added, "mean")
        both: tuple[End, End] = ("low", "high")
        ends = [end for end in both if self._overlays(added, end) not in ([], mean)]
        yield from ((None, end) for end in ends)
        streams = self._streams(mean)
        for pins in (Pins(streams, quantile) for quantile in RANGE_QUANTILES if streams):
            yield pins, "mean"
            yield from ((pins, end) for end in ends)

    def _means(self, added: Sequence[str], given: Sequence[Overlay], pins: Pins | None, end: End) -> Row:
        """Every mean of one corner, days by the milestone's id."""
        draws = min(self.drawn.draws, RANGE_DRAWS)
        ours = self._overlays(added, end)
        before, after = (self._run(overlays, pins, draws) for overlays in (given, [*given, *ours]))
        row = difference(before, after)
        means = {name: value["mean"] for name, value in row["days_saved"].items()}
        means["rnpv_gain_usd"] = row["rnpv_gain_usd"]["mean"]
        means["patients_gain"] = float(np.mean(self._patients(after) - self._patients(before)))
        return means | {"subsidy_usd": _paid(after) - _paid(before)}

    def _overlays(self, names: Sequence[str], end: End) -> list[Overlay]:
        """The overlays of measures with their uptake at its mean or an end; at the low end some do not act at all."""
        found = []
        for match in (self.active[name] for name in names):
            assert match.overlay is not None  # active measures have one
            if end != "low" or not self._may_be_none(match):
                found.append(replace(match.overlay, uptake=getattr(match.uptake, end)))
        return found

    def _may_be_none(self, match: MeasureMatch) -> bool:
        """Whether a measure may do nothing: not eligible, not taken up, or the baseline is no more than a limit."""
        return bool(match.terms_assumed) or match.uptake.low == 0 or self._is_against_a_limit(match)

    def _is_against_a_limit(self, match: MeasureMatch) -> bool:
        """The law's limit is the baseline, and no source says how much earlier the work ends in fact."""
        if match.overlay is None or match.overlay.on == "stage_cost" or match.measure.baseline is None:
            return False
        return self.base.filled.rulebook.rule(match.measure.baseline).nature != "typical"

    def _streams(self, overlays: Sequence[Overlay]) -> frozenset[str]:
        """The streams of the uncertain times and costs that overlays act on."""
        countries = {overlay.jurisdiction[:2] for overlay in overlays if overlay.on != "stage_cost"}
        times = {stream for country, stream in self._drawn_times if country in countries}
        return frozenset(times.union(*(self._cost_streams(overlay) for overlay in overlays)))

    @cached_property
    def _drawn_times(self) -> list[tuple[str, str]]:
        """Each drawn time of a procedure or a start-up by country; the applicant's own work is none of them."""
        regions = {stage.id: stage.regions for stage in self.base.filled.stages}
        infos = {info.id: info for info in self.base.network.activities if info.kind in ("step", "start_up")}
        found = []
        for activity in (a for a in self.base.plan.activities if a.id in infos):
            info, drawn = infos[activity.id], activity.duration
            is_own = info.path.endswith((".preparation", ".resubmission"))
            if drawn is not None and not drawn.distribution.is_fixed and not is_own:
                places = {info.jurisdiction, *regions.get(info.id.partition(".")[0], ())}
                found += [(place, drawn.stream) for place in places]
        return found

    def _cost_streams(self, overlay: Overlay) -> set[str]:
        """The uncertain costs of the stages that an overlay on costs reaches."""
        stages = self.base.filled.stages if overlay.on == "stage_cost" else ()
        reached = (stage for stage in stages if reaches(stage, overlay))
        drawn = (cost.amount for stage in reached for cost in stage.costs)
        return {amount.stream for amount in drawn if not amount.distribution.is_fixed}


def difference(before: Results, after: Results) -> Row:
    """Days saved by milestone (over the paths on which it comes in both) and rNPV gained, paired path by path."""
    saved = {}
    shared = (name for name in before.milestone_ids if name in after.milestone_ids and not is_payer_event(name))
    for name in shared:
        change = estimate_row(paired_days(before, after, milestone=name))
        if change["mean"] == change["mean"]:
            saved[name] = _rounded(change)
    gain = estimate_row(paired_value(after, before, party=OWNER))
    return {"days_saved": saved, "rnpv_gain_usd": whole(gain)}


def _rounded(row: Row) -> Row:
    return {key: round(value, 3) for key, value in row.items()}


def _limits(value: Row, name: str, centre: Row, moved: Sequence[Row], may_be_none: bool) -> Row:
    """An estimate with its limits: as far as the corners move it from the centre, which was run on the same paths."""
    mean, found = value["mean"], [corner[name] for corner in moved if name in corner and name in centre]
    ends = [mean + (end - centre[name]) if end else 0 for end in found]
    places = None if isinstance(mean, int) else 3
    spread = [mean, *ends, *([0] if may_be_none else [])]
    return {**value, "low": round(min(spread), places) + 0, "high": round(max(spread), places) + 0}


def _paid(results: Results) -> float:
    """Nominal US dollars of subsidies, net of those whose place they take."""
    return sum(float(cash.sum()) for (item, _), (cash, _) in results.yearly.items() if item == SUBSIDY)


def _undiscounted(plan: Plan) -> Plan:
    ones = (np.ones_like(plan.discount_by_day), np.ones_like(plan.discount_by_year))
    return replace(plan, discount_by_day=ones[0], discount_by_year=ones[1])


def _pinned(plan: Plan, pins: Pins) -> Plan:
    def pin(drawn: Draw) -> Draw:
        if drawn.stream not in pins.streams:
            return drawn
        return replace(drawn, distribution=fixed(float(drawn.distribution.quantile(pins.quantile))), loadings=())

    changed = [
        replace(
            activity,
            duration=activity.duration and pin(activity.duration),
            costs=tuple(replace(cost, amount=pin(cost.amount)) for cost in activity.costs),
        )
        for activity in plan.activities
    ]
    return replace(plan, activities=tuple(changed))
