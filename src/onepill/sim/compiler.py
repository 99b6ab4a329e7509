"""From a plan to the kernel's arrays: names become positions, distributions become tables, nothing is drawn."""

from __future__ import annotations

from datetime import date

import numpy as np

from onepill.core.dates import NEVER
from onepill.sim import arrays as k
from onepill.sim.checks import check_plan, order_activities, outcome_names
from onepill.sim.compiled import FACTOR_STREAM, CompiledPlan
from onepill.sim.compiler_cash import CashRows
from onepill.sim.plan import Activity, Plan
from onepill.sim.quantiles import normal_table, phi_table
from onepill.sim.rows import NO_STREAM, DrawRows, GateRows, LinkRows, LoadRows, Row, Streams
from onepill.sim.weighting import Weighting, members, weigh_plan

_TIMINGS = {"even": k.EVEN, "start": k.AT_START, "middle": k.AT_MIDDLE, "finish": k.AT_FINISH}
_NO_BOUND = -NEVER


def compile_plan(plan: Plan) -> CompiledPlan:
    """Turn a plan into arrays.

    Raises:
        InputError: codes `plan.*`, one finding for each thing that does not hold, each naming its part.
    """
    check_plan(plan)
    return _Compiler(plan).compile()


class _Compiler:
    """The lists that grow while the parts of one plan are added."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.order = order_activities(plan)
        self.streams, self.loads = Streams(), LoadRows(plan)
        self.links = LinkRows(plan)
        self.draws = DrawRows(self.streams, self.loads)
        self.gates = GateRows(self.streams, self.loads)
        self.tables = _TableRows(plan)
        self.cash = CashRows(plan, self.links, self.draws)
        self.gate_activity: list[str] = []
        self.costs: list[Row] = []
        self.caps: list[Row] = []

    def compile(self) -> CompiledPlan:
        plan = self.plan
        factors = [{"stream": self.streams.add(FACTOR_STREAM + name), "frozen": np.nan} for name in plan.factors]
        activities = [self._activity(activity) for activity in plan.activities]
        self.cash.add_all()
        milestones: list[Row] = [{"link": self.links.add(link)} for _, link in plan.milestones]
        shared = frozenset(name for name, uses in self.streams.uses.items() if uses > 1)
        weighting = weigh_plan(plan, self.order, shared_streams=shared)
        gate_sets = self._number_sets(weighting, activities, milestones)
        return CompiledPlan(
            plan=plan,
            model=k.Model(
                network=self._network(activities),
                chance=self._chance(factors),
                cash=self.cash.build(self.costs, milestones),
                calendar=_calendar(plan),
            ),
            streams=tuple(self.streams.index),
            draws=tuple(self.draws.draws),
            outcomes=tuple(outcome_names(a) for a in plan.activities),
            rows=tuple(self.cash.rows),
            royalties=tuple(self.cash.royalty_rows),
            tables=(*self.tables.names, *(f"market {m.id}" for m in plan.markets), "discount"),
            gate_activity=tuple(self.gate_activity),
            gate_sets=gate_sets,
            drawn_gates=tuple((plan.activities[i].id, reason) for i, reason in sorted(weighting.drawn.items())),
        )

    def _activity(self, activity: Activity) -> Row:
        outcome = activity.outcome
        row: Row = {
            "any_of": activity.any_of,
            "not_before": self._not_before(activity),
            "started": NEVER if activity.started is None else activity.started,
            "finished": NEVER if activity.finished is None else activity.finished,
            "outcome": k.NOT_STARTED if outcome is None else outcome_names(activity).index(outcome),
            "gate": self._gate(activity),
            "only_where": -1 if activity.only_where is None else self.links.add(activity.only_where),
        }
        row |= self._span(activity) | self._add_costs(activity) | self._add_caps(activity)
        return row | self.links.add_all(activity.after, "after") | self.links.add_all(activity.stops_on, "stops")

    def _not_before(self, activity: Activity) -> int:
        if activity.not_before is not None:
            return activity.not_before
        return _NO_BOUND if activity.after else self.plan.as_of

    def _span(self, activity: Activity) -> Row:
        """Kind of span, table and draw of an activity; a finished one needs none."""
        if activity.finished is not None:
            return {"span": k.NO_SPAN}
        if activity.clock is not None:
            return {"span": k.CLOCK, "table": self.tables.clock(activity.clock)}
        if activity.duration is None:
            return {"span": k.NO_SPAN}
        duration = self.draws.add(activity.duration, elapsed=self._elapsed(activity))
        if activity.calendar is None:
            return {"span": k.CALENDAR_DAYS, "duration": duration}
        return {"span": k.WORKING_DAYS, "duration": duration, "table": self.tables.calendar(activity.calendar)}

    def _elapsed(self, activity: Activity) -> float:
        """Days, or working days of its calendar, that a running activity has taken by the plan's day."""
        if activity.started is None or activity.started >= self.plan.as_of:
            return 0.0
        if activity.calendar is None:
            return float(self.plan.as_of - activity.started)
        days = self.plan.calendars[activity.calendar]
        at = np.clip(np.array([activity.started, self.plan.as_of]) - days.first_day, 0, len(days.index) - 1)
        start, now = days.index[at]
        return float(now - start)

    def _gate(self, activity: Activity) -> int:
        if activity.gate is None or activity.outcome is not None:
            return -1
        codes = {name: code for code, name in enumerate(outcome_names(activity))}
        self.gate_activity.append(activity.id)
        return self.gates.add(activity.gate, codes)

    def _add_costs(self, activity: Activity) -> Row:
        start = len(self.costs)
        sunk = activity.finished is not None and activity.finished < self.plan.as_of
        for cost in () if sunk else activity.costs:
            self.costs.append(
                {
                    "draw": self.draws.add(cost.amount),
                    "sign": 1.0 if cost.income else -1.0,
                    "timing": _TIMINGS[cost.timing],
                    "row": self.cash.row(cost.item, cost.party),
                    "party": self.plan.parties.index(cost.party),
                    "start_from": cost.start_from,
                    "start_until": cost.start_until,
                }
            )
        return {"costs_from": start, "costs_to": len(self.costs)}

    def _add_caps(self, activity: Activity) -> Row:
        start = len(self.caps)
        for cap in activity.span_caps:
            stream = self.streams.add(cap.stream) if cap.prob < 1.0 else NO_STREAM
            self.caps.append({"link": self.links.add(cap.link), "days": cap.days, "prob": cap.prob, "stream": stream})
        return {"caps_from": start, "caps_to": len(self.caps)}

    def _number_sets(
        self, found: Weighting, activities: list[Row], milestones: list[Row]
    ) -> tuple[tuple[int, ...], ...]:
        """Number the distinct sets of weighted gates, the empty one first, and write each part's into its row."""
        position = {a.id: i for i, a in enumerate(self.plan.activities)}
        gate_index = {position[id_]: g for g, id_ in enumerate(self.gate_activity)}
        numbers: dict[int, int] = {0: 0}
        parts = [(activities, found.activities), (milestones, found.milestones)]
        for rows, sets in [*parts, (self.cash.markets, found.markets), (self.cash.payments, found.payments)]:
            for row, bits in zip(rows, sets, strict=True):
                row["weight_set"] = numbers.setdefault(bits & ~found.drawn_bits, len(numbers))
        return tuple(tuple(gate_index[i] for i in members(bits)) for bits in numbers)

    def _network(self, activities: list[Row]) -> k.Network:
        return k.Network(
            as_of=np.int64(self.plan.as_of),
            order=np.array(self.order, dtype=np.int32),
            activities=k.build(k.ACTIVITY, activities),
            links=k.build(k.LINK, self.links.rows),
            caps=k.build(k.CAP, self.caps),
            tables=k.build(k.TABLE, self.tables.rows),
            days=self.tables.days(),
        )

    def _chance(self, factors: list[Row]) -> k.Chance:
        return k.Chance(
            keys=np.zeros(0, dtype=np.uint64),
            draws=k.build(k.DRAW, self.draws.rows),
            gates=k.build(k.GATE, self.gates.rows),
            edges=k.build(k.EDGE, self.gates.edges),
            loads=k.build(k.LOAD, self.loads.rows),
            factors=k.build(k.FACTOR, factors),
            knots=self.draws.knots(),
            normal_knots=normal_table(),
            phi_knots=phi_table(),
            powers=self.draws.powers(),
            sets=k.build(k.WEIGHT_SET, []),
            set_gates=np.zeros(0, dtype=np.int32),
        )


class _TableRows:
    """Clocks and calendars that are used, in one pool of days."""

    def __init__(self, plan: Plan) -> None:
        self.rows: list[Row] = []
        self._plan = plan
        self._index: dict[str, int] = {}
        self._days: list[k.Array] = []
        self._used = 0

    @property
    def names(self) -> list[str]:
        return list(self._index)

    def clock(self, name: str) -> int:
        table = self._plan.clocks[name]
        return self._add(f"clock {name}", table.first_day, table.finish, np.zeros(0, np.int32))

    def calendar(self, name: str) -> int:
        table = self._plan.calendars[name]
        return self._add(f"calendar {name}", table.first_day, table.index, table.day_of)

    def days(self) -> k.Array:
        days = np.concatenate(self._days) if self._days else np.zeros(1)
        return np.ascontiguousarray(days, dtype=np.int32)

    def _add(self, name: str, first_day: int, days: k.Array, inverse: k.Array) -> int:
        if name not in self._index:
            self._index[name] = len(self.rows)
            sizes: Row = {"size": len(days), "inverse_size": len(inverse)}
            places: Row = {"offset": self._used, "inverse_offset": self._used + len(days)}
            self.rows.append({"first_day": first_day} | sizes | places)
            self._days += [np.asarray(days), np.asarray(inverse)]
            self._used += len(days) + len(inverse)
        return self._index[name]


def _calendar(plan: Plan) -> k.Calendar:
    by_day = np.ascontiguousarray(plan.discount_by_day, dtype=np.float64)
    by_year = np.ascontiguousarray(plan.discount_by_year, dtype=np.float64)
    first_year = date.fromordinal(plan.as_of).year
    last_year = max(date.fromordinal(plan.as_of + by_day.size).year, first_year + by_year.size - 1)
    starts = np.array([date(year, 1, 1).toordinal() for year in range(first_year, last_year + 2)]) - plan.as_of
    starts[0] = 0
    year_of_day = np.searchsorted(starts, np.arange(by_day.size + 1), side="right") - 1
    return k.Calendar(
        by_day=by_day,
        cumulative=np.concatenate(([0.0], np.cumsum(by_day))),
        by_year=by_year,
        year_of_day=year_of_day.astype(np.int32),
        year_start=starts.astype(np.int32),
    )
