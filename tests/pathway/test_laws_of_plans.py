"""What any plan keeps, over generated programmes and rule sets: prerequisites, days off, order, threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onepill.core.dates import NEVER
from onepill.pathway import FilingInput, Network, StageInput
from onepill.sim.plan import Activity
from tests.pathway.generated_programmes import DEEP, QUICK, Case, cases, simulated
from tests.pathway.procedure_twin import PathDays, ProcedureTwin, Row, count_in_force, holds, working_days, works

CHECKED_PATHS = 8
GRANTS = ("trial_authorisation", "ethics_opinion", "hgr_clearance")


def paths_of(case: Case) -> tuple[Network, list[PathDays]]:
    found = case.network()
    results = simulated(found, case)
    return found, [PathDays(results, path) for path in range(CHECKED_PATHS)]


def ordinal(day: date | None) -> int:
    return 0 if day is None else day.toordinal()


def waited(part: StageInput | FilingInput, on: PathDays) -> int:
    """The day on which what a stage or filing names in `after` has happened."""
    days = [on.event(name, event) for name, event in part.after]
    return (min if part.any_of else max)(days, default=0)


# prerequisites


def check_stage(case: Case, stage: StageInput, on: PathDays) -> None:
    begun = on.start(stage.id)
    if stage.started or begun >= NEVER:
        return
    assert begun >= max(ordinal(case.given.as_of), ordinal(stage.not_before), waited(stage, on))
    for name in granted_names(case, stage, on):
        assert begun >= on.event(name, "finished"), f"{stage.id} starts before {name}"
    if stage.start_up is not None:
        assert begun >= on.event(f"{stage.id}.start_up", "finished")


def granted_names(case: Case, stage: StageInput, on: PathDays) -> Iterator[str]:
    """What stands for the grants that a stage needs: one activity each, whoever of those that share it names it."""
    for region, short, row in needed_grants(case, stage):
        owners = [s.id for s in case.given.stages if covers(stage, s, row["per"]) and not s.started]
        code, per_product = region.lower(), row["per"] == "product"
        names = [f"{code}.{short}"] if per_product else [f"{owner}.{code}.{short}" for owner in owners]
        found = [name for name in names if on.has(f"{name}.granted")]
        assert len(found) == 1, f"{stage.id} needs {short} of {region} once"
        yield f"{found[0]}.granted"


def needed_grants(case: Case, stage: StageInput) -> Iterator[tuple[str, str, Row]]:
    """Region, procedure and its row for the grants of a stage that no earlier work shows to be there."""
    for region, kind in product((r for r in stage.regions if r not in stage.held), GRANTS):
        applying = [
            (key, row)
            for key, row in sorted(case.pack(region)["procedures"].items())
            if row["grants"] == kind and holds(row["needed_when"], stage.terms)
        ]
        for key, row in applying[:1]:
            if not is_there(case, stage, region, row["per"]):
                yield region, key.rpartition(".")[2], row


def covers(stage: StageInput, other: StageInput, per: str) -> bool:
    return {"product": True, "indication": stage.indication == other.indication, "trial": stage is other}[per]


def is_there(case: Case, stage: StageInput, region: str, per: str) -> bool:
    shown = [s for s in case.given.stages if region in (s.regions if s.started else s.held)]
    return any(covers(stage, other, per) for other in shown)


def check_filing(case: Case, filing: FilingInput, on: PathDays) -> None:
    if filing.approved:
        return
    submission = on.event(f"{filing.id}.submission", "finished")
    if not filing.submitted:
        begun, prepared = on.start(f"{filing.id}.preparation"), on.event(f"{filing.id}.preparation", "finished")
        assert begun >= max(ordinal(case.given.as_of), ordinal(filing.not_before), waited(filing, on))
        assert submission >= prepared >= begun, "nothing is filed before it is prepared"
    approval = on.event(f"{filing.id}.approval", "finished")
    assert approval >= max(submission, ordinal(case.given.as_of))
    if filing.launch_lag is not None:
        assert on.start(f"{filing.id}.launch") >= approval


def twins(case: Case, filing: FilingInput, on: PathDays) -> Iterator[tuple[ProcedureTwin, int]]:
    """The filing's own procedures, each with the day on which it begins."""
    if filing.approved:
        return
    pack, start = case.pack(filing.jurisdiction), ordinal(filing.submitted)
    if not filing.submitted:
        start = on.event(f"{filing.id}.preparation", "finished")
    if filing.review is None:
        yield twin(case, pack, chosen(pack, filing), filing.id, filing), start
    for key, row in pack["procedures"].items():
        if row["grants"] == "price_listing" and filing.launch_lag is not None:
            prefix = f"{filing.id}.{key.rpartition('.')[2]}"
            found = ProcedureTwin(pack, row, prefix=prefix, terms=filing.terms, as_of=case.given.as_of, facts=False)
            yield found, on.event(f"{filing.id}.approval", "finished")


def grant_twins(case: Case, stage: StageInput, on: PathDays) -> Iterator[tuple[ProcedureTwin, int]]:
    """The trial procedures that a stage needs, each under the terms of the stage that applies."""
    for region, short, row in needed_grants(case, stage):
        sharing = [s for s in case.given.stages if asks_for(case, s, region, short) and covers(stage, s, row["per"])]
        first = [s for s in sharing if not any(other.id in upstream(case, s) for other in sharing)]
        owner = min(first, key=lambda s: s.id)
        code = region.lower()
        prefix = f"{code}.{short}" if row["per"] == "product" else f"{owner.id}.{code}.{short}"
        start = min(on.event(f"{s.id}.ready", "finished") for s in first)
        pack, as_of = case.pack(region), case.given.as_of
        yield ProcedureTwin(pack, row, prefix=prefix, terms=owner.terms, as_of=as_of, facts=False), start


def asks_for(case: Case, stage: StageInput, region: str, short: str) -> bool:
    asked = ((r, name) for r, name, _ in needed_grants(case, stage))
    return not stage.started and (region, short) in asked


def upstream(case: Case, part: StageInput | FilingInput) -> set[str]:
    """The ids of all that a stage or filing waits for, directly or not."""
    parts = {p.id: p for p in (*case.given.stages, *case.given.filings)}
    direct = {name.partition(".")[0] for name, _ in part.after}
    return direct.union(*(upstream(case, parts[name]) for name in direct))


def chosen(pack: Row, filing: FilingInput) -> Row:
    rows = [row for row in pack["procedures"].values() if row["grants"] == "approval"]
    particular = [row for row in rows if row["needed_when"] and holds(row["needed_when"], filing.terms)]
    return (particular or rows)[0]


def twin(case: Case, pack: Row, row: Row, prefix: str, filing: FilingInput) -> ProcedureTwin:
    facts = filing.submitted is not None
    return ProcedureTwin(pack, row, prefix=prefix, terms=filing.terms, as_of=case.given.as_of, facts=facts)


def check_steps(twin: ProcedureTwin, start: int, on: PathDays, filing: FilingInput | None = None) -> None:
    """Each step begins when what it waits for is over, neither earlier nor later, and takes what the law says."""
    covered, today = twin.covered(), twin.as_of.toordinal()
    for name, step in twin.steps.items():
        begun, ended = on.start(twin.name(name)), on.finish(twin.name(name))
        if filing is not None and is_fact(twin, step, filing):
            continue
        ready = twin.ready(step, on, start)
        is_drawn = twin.forecast(step) is not None
        if not (is_drawn and set(step["covers"]) - {name} and filing and filing.accepted):
            assert (begun if not step.get("anchor") or is_drawn or name in covered else ready) == ready, name
        if begun >= NEVER:
            continue
        assert ended >= begun
        if step.get("clock") and not is_drawn and name not in covered:
            day = twin.anchor_day(step, on, start) if step.get("anchor") else begun
            end = twin.clock_end(step, day)
            assert end is not None
            floor = today if filing and filing.submitted and day < today else 0
            assert ended == max(end, ready, floor), name
        if takes_time(step) and begun < today and name not in covered:
            assert ended >= today, f"{name} is no fact and cannot be over"


def takes_time(step: Row) -> bool:
    return any(step.get(key) for key in ("clock", "forecast", "duration"))


def is_fact(twin: ProcedureTwin, step: Row, filing: FilingInput) -> bool:
    if not filing.submitted or twin.prefix != filing.id:
        return False
    rule = twin.pack["rules"].get(step.get("clock"), {})
    follows = any("submission" in (entry["any"] if isinstance(entry, dict) else [entry]) for entry in step["after"])
    is_accepted = filing.accepted is not None and follows and rule.get("topic") == "validation"
    return step["id"] == "submission" or is_accepted


def check_prerequisites(case: Case) -> None:
    _, paths = paths_of(case)
    for on in paths:
        for stage in case.given.stages:
            check_stage(case, stage, on)
            for found, start in grant_twins(case, stage, on) if not stage.started else ():
                check_steps(found, start, on)
        for filing in case.given.filings:
            check_filing(case, filing, on)
            for found, start in twins(case, filing, on):
                check_steps(found, start, on, filing)


@settings(QUICK, max_examples=75)
@given(cases())
def test_nothing_starts_before_its_prerequisites_nor_ends_before_its_clock(case: Case) -> None:
    check_prerequisites(case)


@pytest.mark.slow
@DEEP
@given(cases())
def test_nothing_starts_before_its_prerequisites_in_many_more_programmes(case: Case) -> None:
    check_prerequisites(case)


# days off


def check_working_days(case: Case) -> None:
    found, paths = paths_of(case)
    for activity in found.fragment.activities:
        counted = counted_by_law(case, activity) if activity.clock else counted_by_draw(activity)
        if counted is None or activity.stops_on or activity.finished is not None:
            continue
        for on in paths:
            start, finish = on.start(activity.id), on.finish(activity.id)
            if start < NEVER and finish != case.given.as_of.toordinal():
                check_count(counted, date.fromordinal(start), date.fromordinal(finish))


@dataclass(frozen=True)
class Counted:
    """Working days of a calendar: how many on each start day (None where they are drawn), and how the start counts."""

    calendar: str
    count_on: Callable[[date], int | None]
    includes_start: bool = False
    rolls: bool = False


def counted_by_law(case: Case, activity: Activity) -> Counted | None:
    """The clock of a rule in working days; its key names the rule and the terms that hold."""
    key, _, terms = (activity.clock or "").partition("|")
    pack = next(pack for pack in case.packs if key in pack["rules"])
    rule, holding = pack["rules"][key], terms.split(",")
    if rule["unit"] != "working_days":
        return None
    known = case.given.as_of
    return Counted(
        pack["calendar"],
        lambda day: count_in_force(rule, day, known_on=known, terms=holding),
        rule["counts_start_day"],
        rule["roll"] != "none",
    )


def counted_by_draw(activity: Activity) -> Counted | None:
    if activity.calendar is None or activity.duration is None:
        return None
    spread = activity.duration.distribution
    days = round(spread.params[0]) if spread.kind == "fixed" else None
    return Counted(activity.calendar, lambda _: days)


def check_count(counted: Counted, start: date, finish: date) -> None:
    asked, taken = counted.count_on(start), working_days(counted.calendar, start, finish)
    taken += counted.includes_start and works(counted.calendar, start)
    if asked == 0:
        assert finish == start or counted.rolls
        return
    assert works(counted.calendar, finish) or finish == start
    assert asked in (None, taken)


@QUICK
@given(cases())
def test_no_day_off_counts_as_a_working_day(case: Case) -> None:
    check_working_days(case)


# order and threads


@QUICK
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_stages_and_filings_in_the_file_changes_no_day(case: Case, chance: Random) -> None:
    stages, filings = list(case.given.stages), list(case.given.filings)
    chance.shuffle(stages)
    chance.shuffle(filings)
    other = replace(case, given=replace(case.given, stages=tuple(stages), filings=tuple(filings)))
    first, second = simulated(case.network(), case), simulated(other.network(), other)
    assert sorted(first.milestone_ids) == sorted(second.milestone_ids)
    for name in first.milestone_ids:
        assert np.array_equal(first.days_of(name), second.days_of(name)), name


@settings(QUICK, max_examples=15)
@given(cases())
def test_two_threads_find_the_same_days_as_one(case: Case) -> None:
    found = case.network()
    one, two = (simulated(found, case, draws=1_100, threads=threads) for threads in (1, 2))
    assert np.array_equal(one.milestone_days, two.milestone_days)
    assert np.array_equal(one.trace.start, two.trace.start)
    assert np.array_equal(one.trace.finish, two.trace.finish)
    assert one.milestone_probs == two.milestone_probs
