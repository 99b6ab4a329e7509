"""The slow twin of a procedure: law, calendar and who waits for whom, read day by day from a pack's own rows."""

from __future__ import annotations

import json
from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from onepill.calendars import JURISDICTIONS
from onepill.core.dates import NEVER
from onepill.sim import Results

Row = dict[str, Any]
ONE_DAY = timedelta(days=1)


@cache
def _listed(code: str) -> tuple[frozenset[str], frozenset[str]]:
    """The days off and the worked weekend days of the packaged file."""
    data = json.loads(files("onepill.calendars").joinpath("data", f"{code.lower()}.json").read_text(encoding="utf-8"))
    off, worked = (frozenset(day for days in data[key].values() for day in days.split()) for key in ("off", "make_up"))
    return off, worked


@cache
def works(code: str, day: date) -> bool:
    """Whether offices of a calendar work on a day: its own list first, then its weekend of that time."""
    off, worked = _listed(code)
    if day.isoformat() in worked:
        return True
    weekends = [each.weekdays for each in JURISDICTIONS[code].weekends if each.since <= day]
    return day.isoformat() not in off and day.weekday() not in weekends[-1]


def working_days(code: str, start: date, end: date) -> int:
    """How many working days lie after the start up to the end."""
    return sum(works(code, start + timedelta(days=n)) for n in range(1, (end - start).days + 1))


def due_day(rule: Row, calendar: str, start: date, count: int) -> date:
    """The end of a clock counted one day after the other; never before its start."""
    includes = rule["counts_start_day"]
    if count == 0:
        end = start
    elif rule["unit"] == "working_days":
        end, left = start - ONE_DAY if includes else start, count
        while left:
            end += ONE_DAY
            left -= works(calendar, end)
    elif rule["unit"] == "months":
        year, month = divmod(start.year * 12 + start.month - 1 + count, 12)
        last = monthrange(year, month + 1)[1]
        end = date(year, month + 1, 1) + timedelta(days=min(start.day - includes, last) - 1)
    else:
        end = start + timedelta(days=count * {"weeks": 7, "calendar_days": 1}[rule["unit"]] - includes)
    step = {"none": None, "next": ONE_DAY, "previous": -ONE_DAY}[rule["roll"]]
    while step and not works(calendar, end):
        end += step
    return max(end, start)


def holds(when: Any, terms: Iterable[str]) -> bool:
    if when is None:
        return True
    if isinstance(when, str):
        return when in terms
    if "not" in when:
        return not holds(when["not"], terms)
    return all(holds(part, terms) for part in when["all"])


def count_in_force(rule: Row, day: date, *, known_on: date, terms: Iterable[str]) -> Any:
    """What the law says on a day as far as it was announced: a variant's first, None where nothing was known."""
    variants = [v["versions"] for v in rule.get("variants", {}).values() if holds(v["when"], terms)]
    for versions in (*variants, rule["versions"]):
        heard = [v for v in versions if date.fromisoformat(v.get("announced", v["from"])) <= known_on]
        begun = [v for v in heard if date.fromisoformat(v["from"]) <= day]
        if begun:
            return max(begun, key=lambda v: str(v["from"]))["value"]
    return None


@dataclass(frozen=True)
class PathDays:
    """What happened on one path of a run."""

    results: Results
    path: int

    def start(self, name: str) -> int:
        return int(self.results.trace.start[self._row(name), self.path])

    def finish(self, name: str) -> int:
        return int(self.results.trace.finish[self._row(name), self.path])

    def event(self, name: str, event: str) -> int:
        """The day of an event, NEVER where it does not happen."""
        trace, row = self.results.trace, self._row(name)
        code = int(trace.outcome[row, self.path])
        if code < 0 or event not in ("started", "finished", trace.outcome_names[row][code]):
            return NEVER
        return self.start(name) if event == "started" else self.finish(name)

    def has(self, name: str) -> bool:
        return name in self.results.trace.activity_ids

    def _row(self, name: str) -> int:
        return self.results.trace.activity_ids.index(name)


class ProcedureTwin:
    """One procedure of a pack for one application. Where `facts`, it is submitted: what comes before is over."""

    def __init__(
        self, pack: Row, procedure: Row, *, prefix: str, terms: Iterable[str], as_of: date, facts: bool
    ) -> None:
        self.pack, self.prefix, self.terms, self.as_of = pack, prefix, frozenset(terms), as_of
        self.all = {step["id"]: step for step in procedure["steps"]}
        self.steps = self._reached(self._applying())
        if facts:
            self.steps = {name: step for name, step in self.steps.items() if name != "meeting"}

    def name(self, step: str) -> str:
        return f"{self.prefix}.{step}"

    def ready(self, step: Row, on: PathDays, start: int) -> int:
        """The day on which all that a step waits for is over; `start` where it waits for nothing."""
        return max((self._entry(entry, on, start) for entry in step["after"]), default=start)

    def anchor_day(self, step: Row, on: PathDays, start: int) -> int:
        holder = self._holder(step["anchor"], self.steps)
        if holder is not None:
            return on.start(self.name(holder["id"]))
        return self.ready(self.all[step["anchor"]], on, start)

    def clock_end(self, step: Row, day: int) -> int | None:
        """The last day of the step's clock that starts on a day; None where the step has none."""
        rule = self.pack["rules"][step["clock"]] if step.get("clock") else None
        if rule is None or day >= NEVER:
            return None if rule is None else NEVER
        began = date.fromordinal(day)
        count = count_in_force(rule, began, known_on=self.as_of, terms=self.terms)
        return due_day(rule, self.pack["calendar"], began, count).toordinal()

    def forecast(self, step: Row) -> Any:
        rule = self.pack["rules"].get(step.get("forecast"))
        return None if rule is None else count_in_force(rule, self.as_of, known_on=self.as_of, terms=self.terms)

    def covered(self) -> set[str]:
        """The steps whose time lies in another's forecast."""
        seen = [step for step in self.steps.values() if self.forecast(step) is not None]
        return {name for step in seen for name in step["covers"] if name != step["id"]}

    def _applying(self) -> dict[str, Row]:
        """The steps that apply: the first stand-in whose condition holds takes the ordinary step's place."""
        found: dict[str, Row] = {}
        for step in self.all.values():
            if step["instead_of"] is None:
                rivals = [s for s in self.all.values() if s["instead_of"] == step["id"] and self._stands_in(s, step)]
                chosen = rivals[0] if rivals else step
                if holds(chosen["when"], self.terms) and not (chosen.get("optional") and chosen["when"] is None):
                    found[chosen["id"]] = chosen
        return found

    def _stands_in(self, step: Row, ordinary: Row) -> bool:
        """A stand-in under the same clock is one only if that clock has a value of its own for it."""
        if not holds(step["when"], self.terms):
            return False
        if step.get("clock") is None or step["clock"] != ordinary.get("clock"):
            return True
        return any(holds(v["when"], self.terms) for v in self.pack["rules"][step["clock"]]["variants"].values())

    def _reached(self, steps: dict[str, Row]) -> dict[str, Row]:
        """Drops, until nothing changes, what follows only an outcome that no step has."""
        while True:
            kept = {n: s for n, s in steps.items() if all(map(self._can_come(steps), s["after"]))}
            if len(kept) == len(steps):
                return kept
            steps = {n: s | {"dropped": n not in kept} for n, s in steps.items() if n in kept}

    def _can_come(self, steps: dict[str, Row]) -> Callable[[Any], bool]:
        def can(entry: Any) -> bool:
            return any(self._exists(text, steps) for text in _alternatives(entry))

        return can

    def _exists(self, text: str, steps: dict[str, Row]) -> bool:
        target, _, event = text.partition(":")
        holder = self._holder(target, steps)
        return not event if holder is None else _has(holder, event)

    def _holder(self, name: str, steps: dict[str, Row]) -> Row | None:
        """Who has the place of a step: itself, its stand-in, or the one whose stand-in it would have been."""
        place = self.all[name]["instead_of"] or name
        others = [step for step in steps.values() if step["instead_of"] == place]
        return steps.get(name) or (others[0] if others else steps.get(place))

    def _entry(self, entry: Any, on: PathDays, start: int) -> int:
        texts = _alternatives(entry)
        applying = [text for text in texts if self._applies(text)] or texts
        return min(self._ended(text, on, start) for text in applying)

    def _applies(self, text: str) -> bool:
        holder = self._holder(text.partition(":")[0], self.steps)
        return holder is not None and _has(holder, text.partition(":")[2])

    def _ended(self, text: str, on: PathDays, start: int) -> int:
        target, _, event = text.partition(":")
        holder = self._holder(target, self.steps)
        if holder is None:
            return self.ready(self.all[target], on, start)
        return on.event(self.name(holder["id"]), event if event and _has(holder, event) else "succeeded")


def _alternatives(entry: Any) -> list[str]:
    return entry["any"] if isinstance(entry, dict) else [entry]


def _has(step: Row, event: str) -> bool:
    return event in ("", "succeeded") or any(outcome["id"] == event for outcome in step["outcomes"])
