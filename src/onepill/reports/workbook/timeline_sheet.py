"""The sheet of days: when each step starts and ends in each branch, computed from its links and lengths."""

from __future__ import annotations

from dataclasses import dataclass

from onepill.reports.workbook.cases import Step
from onepill.reports.workbook.formula import Num, floor, half_even, maximum, minimum, rounded, when
from onepill.reports.workbook.frame import Frame
from onepill.reports.workbook.inputs_sheet import Inputs
from onepill.reports.workbook.sheets import Sheet
from onepill.sim.plan import FAILED, FINISHED, STARTED, Draw, Link
from onepill.sim.ways import Case

SHEET = "Timeline"
COLUMNS = ("step", "place", "branch", "chance", "length", "unit", "start", "finish", "planned", "stopped", "id")
WIDTHS = (44, 16, 34, 10, 10, 30, 12, 12, 14, 12, 40)
START, FINISH, PLANNED, STOPPED = (COLUMNS.index(name) for name in ("start", "finish", "planned", "stopped"))
DAY_DECIMALS = 6
"""Days are rounded here before they are rounded to whole days (as `workbench.deterministic` does)."""


@dataclass(frozen=True)
class Days:
    """A step's days. Where it may not happen at all (`is_sure` is False) they are the day that never comes."""

    start: Num
    finish: Num
    planned: Num
    is_sure: bool
    stopped: Num | None = None


class Timeline:
    """The days of every step in every case, as cells."""

    def __init__(self, sheet: Sheet, frame: Frame) -> None:
        self._sheet, self._model = sheet, frame.model
        self._cases, self._inputs, self._clocks = frame.cases, frame.inputs, frame.clocks
        self._days: dict[tuple[str, Case], Days] = {}
        self.chances: dict[tuple[str, Case], Num] = {}

    def days(self, activity: str, case: Case) -> Days:
        return self._days[activity, self._cases.ways.case_of(activity, case)]

    def event(self, link: Link, case: Case, *, waits: Num | None = None) -> tuple[Num, bool]:
        """The day of a link's event in a case in which it may come, and whether it surely comes.

        `waits` are the days that follow it, those of the link where none are given.
        """
        days = self.days(link.activity, case)
        day = days.start if link.event == STARTED else days.finish
        lagged = day + waits if waits is not None else day + float(link.lag_days) if link.lag_days else day
        if link.event in (STARTED, FINISHED) or days.stopped is None:
            return (lagged, True) if days.is_sure else (when(day >= self.never, self.never, lagged), False)
        is_stopped = days.stopped < days.planned
        if link.event == FAILED and self._cases.ways.outcome(link.activity, case) == FAILED:
            return when(day >= self.never, self.never, lagged), False
        if link.event == FAILED:
            return when(is_stopped, when(day >= self.never, self.never, lagged), self.never), False
        return when(is_stopped, self.never, lagged), False

    @property
    def never(self) -> Num:
        return self._inputs.never

    def add(self, row: int, step: Step) -> None:
        """Write a step's days; its predecessors are there already."""
        activity, sheet = step.activity, self._sheet
        if activity.finished is not None:
            end = sheet.put(row, FINISH, self._inputs[f"{activity.id}.finished"], "day")
            begun = f"{activity.id}.started"
            start = sheet.put(row, START, self._inputs.get(begun) or end, "day")
            self._days[activity.id, step.case] = Days(start, end, end, is_sure=True)
            return
        start, is_sure = self._start(step)
        stop = self._stop(step)
        running = activity.started is not None
        if stop is None:
            opened = sheet.put(row, START, start, "day")
            planned = self._planned(row, step, opened, is_sure=is_sure)
            end = sheet.put(row, FINISH, planned, "day")
            self._days[activity.id, step.case] = Days(opened, end, end, is_sure=is_sure)
            return
        stopped = sheet.put(row, STOPPED, maximum(stop, self._inputs["as_of"]) if running else stop, "day")
        opened = sheet.put(row, START, start if running else when(stopped <= start, self.never, start), "day")
        planned = sheet.put(row, PLANNED, self._planned(row, step, opened, is_sure=is_sure and running), "day")
        end = sheet.put(row, FINISH, minimum(planned, when(opened >= self.never, self.never, stopped)), "day")
        self._days[activity.id, step.case] = Days(opened, end, planned, is_sure=is_sure and running, stopped=stopped)

    def _start(self, step: Step) -> tuple[Num, bool]:
        activity = step.activity
        if activity.started is not None:
            return self._inputs[f"{activity.id}.started"], True
        bound = self._bound(step)
        if not activity.after:
            return bound or self._inputs["as_of"], True
        links = [link for link in activity.after if self._cases.ways.holds(link, step.case)]
        years = self._model.year_lags.get(activity.id)
        waits = half_even(self._inputs[years] * self._inputs.days_per_year) if years else None
        events = [self.event(link, step.case, waits=waits) for link in links]
        days = [day for day, _ in events]
        sure = any(is_sure for _, is_sure in events) if activity.any_of else all(is_sure for _, is_sure in events)
        first = days[0] if len(days) == 1 else minimum(*days) if activity.any_of else maximum(*days)
        return (maximum(first, bound) if bound else first), sure

    def _bound(self, step: Step) -> Num | None:
        bound = step.activity.not_before
        if bound is None:
            return None
        return (
            self._inputs["as_of"] if bound == self._model.plan.as_of else self._inputs[f"{step.activity.id}.not_before"]
        )

    def _planned(self, row: int, step: Step, start: Num, *, is_sure: bool) -> Num:
        """The finish before stops."""
        activity = step.activity
        if activity.clock is not None and self._clocks is not None:
            self._sheet.put(row, COLUMNS.index("unit"), activity.clock.partition("|")[0], "small")
            planned = self._clocks.due_day(activity.clock, start)
        elif activity.duration is not None:
            days = self._length(row, activity.duration, is_working=activity.calendar is not None)
            planned = start + days
            if activity.calendar is not None and self._clocks is not None:
                planned = maximum(start, self._clocks.working_day(activity.calendar, start, days))
        else:
            planned = start
        if activity.started is not None:
            planned = maximum(planned, self._inputs["as_of"])
        for number, cap in enumerate(activity.span_caps):
            if self._cases.ways.holds(cap.link, step.case):
                earliest = start if activity.started is None else self._inputs["as_of"]
                allowed = self.event(cap.link, step.case)[0] + self._inputs[f"{activity.id}.cap.{number}"]
                planned = minimum(planned, maximum(allowed, earliest))
        return planned if is_sure else when(start >= self.never, self.never, planned)

    def _length(self, row: int, draw: Draw, *, is_working: bool) -> Num:
        whole = floor(rounded(maximum(amount_of(draw, self._inputs), 0), DAY_DECIMALS) + 0.5)
        self._sheet.put(row, COLUMNS.index("unit"), "wd" if is_working else "", "small")
        return self._sheet.put(row, COLUMNS.index("length"), whole, "whole")

    def _stop(self, step: Step) -> Num | None:
        if not step.activity.stops_on:
            return None
        links = [link for link in step.activity.stops_on if self._cases.ways.holds(link, step.case)]
        days = [self.event(link, step.case)[0] for link in links]
        return minimum(*days) if len(days) > 1 else days[0] if days else self.never + 0


def amount_of(draw: Draw, inputs: Inputs) -> Num:
    """A draw's value: its input, times a factor and under a cap where it has them."""
    path, factor, cap = inputs.draws[draw]
    value = inputs[path] * inputs[factor] if factor else inputs[path]
    return minimum(value, inputs[cap]) if cap else value


def add_timeline(frame: Frame) -> Timeline:
    """Write the sheet: a row for each step in each case."""
    words, sheet = frame.words, frame.book.add(SHEET)
    sheet.put(0, 0, words("sheet.timeline.title"), "title")
    sheet.put(1, 0, words("sheet.timeline.help"), "small")
    for column, name in enumerate(COLUMNS):
        sheet.put(3, column, words(f"sheet.timeline.{name}"), "head")
        sheet.widths[column] = WIDTHS[column]
    sheet.freeze, sheet.repeat_rows = (4, 1), (3, 3)
    found = Timeline(sheet, frame)
    for row, step in enumerate(frame.cases.steps.values(), start=4):
        told = frame.model.steps[step.activity.id]
        sheet.put(row, 0, words.text(told.label))
        sheet.put(row, 1, words.either("jurisdiction", told.jurisdiction) if told.jurisdiction else "")
        sheet.put(row, 2, frame.branch_name(step.case), "small")
        chance = frame.chances.of(step.case, step.gates)
        found.chances[step.activity.id, step.case] = sheet.put(row, 3, chance, "share")
        sheet.put(row, COLUMNS.index("id"), step.activity.id, "small")
        found.add(row, step)
    return found
