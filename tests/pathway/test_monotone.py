"""A shorter clock never makes any milestone later, nor does a further prerequisite make one earlier.

It holds on every path, with one exception that the law itself makes: where the law turns shorter from one day to the
next, an application that comes earlier can fall under the older, longer law and be decided later. Where a milestone is
later all the same, a test finds that step and both laws on that path.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from onepill.core.dates import NEVER
from onepill.core.distributions import Distribution
from onepill.model.overlays import Overlay
from onepill.sim import Results, compile_plan, run
from onepill.sim.plan import FINISHED, SUCCEEDED, Draw
from tests.pathway.generated_programmes import DEEP, QUICK, Case, cases, simulated
from tests.pathway.generated_rules import NEVER_HOLDS, Row
from tests.pathway.networks import network, plan, stage
from tests.pathway.procedure_twin import count_in_force

LIMITS = {"wd": 100, "days": 150, "weeks": 20, "months": 5}
RISING = cases(rising=True, stops=False)
ANY_LAW = cases(stops=False)


def run_of(case: Case) -> Results:
    return simulated(case.network(), case)


def assert_never_later(early: Results, late: Results) -> None:
    assert sorted(early.milestone_ids) == sorted(late.milestone_ids)
    for name in late.milestone_ids:
        assert (early.days_of(name) <= late.days_of(name)).all(), name


# what can be made shorter


def laws_of(case: Case) -> list[tuple[Row, list[Row]]]:
    """Every list of versions with its rule. Where something has happened, without times that agencies were seen to
    take: the rest of a drawn time, given the time elapsed, need not be shorter where the whole is."""
    happened = any(s.started for s in case.given.stages) or any(f.submitted for f in case.given.filings)
    rules = [rule for pack in case.packs for rule in pack["rules"].values() if rule["unit"] != "share"]
    lists = [(rule, [rule["versions"], *(v["versions"] for v in rule.get("variants", {}).values())]) for rule in rules]
    return [(rule, one) for rule, many in lists for one in many if not (happened and rule["topic"] == "performance")]


def with_something_shorter(draw: st.DrawFn, case: Case, *, rising: bool) -> Case:
    return with_shorter_law(draw, case, rising=rising) if draw(st.booleans()) else with_shorter_work(draw, case)


def with_shorter_law(draw: st.DrawFn, case: Case, *, rising: bool) -> Case:
    """The same programme with one version of one rule shorter, where `rising` not below the version before it."""
    changed = replace(case, packs=deepcopy(case.packs))
    _, versions = draw(st.sampled_from(laws_of(changed)))
    i = draw(st.integers(0, len(versions) - 1))
    least = versions[i - 1]["value"] if rising and i else 0
    versions[i]["value"] = _shorter(draw, versions[i]["value"], least)
    return changed


def _shorter(draw: st.DrawFn, value: Any, least: int) -> Any:
    if isinstance(value, dict):
        share = draw(st.sampled_from([0.1, 0.5, 0.9]))
        return {key: part * share for key, part in value.items()}
    return draw(st.integers(least, value))


def with_shorter_work(draw: st.DrawFn, case: Case) -> Case:
    """The same programme with one of its own times shorter."""
    given, share = case.given, draw(st.sampled_from([0.0, 0.5, 0.9]))
    spans = [(s, w) for s in given.stages for w in ("duration", "start_up") if getattr(s, w) and not s.started]
    works = ("preparation", "review", "resubmission", "launch_lag")
    spans += [(f, w) for f in given.filings for w in works if getattr(f, w) and not f.submitted]
    assume(spans)
    part, where = draw(st.sampled_from(spans))
    shorter = replace(part, **{where: _scaled(getattr(part, where), share)})
    stages, filings = (tuple(shorter if p is part else p for p in parts) for parts in (given.stages, given.filings))
    return replace(case, given=replace(given, stages=stages, filings=filings))


def _scaled(span: Draw, share: float) -> Draw:
    old = span.distribution
    return replace(span, distribution=Distribution(old.kind, tuple(part * share for part in old.params)))


def cap(draw: st.DrawFn, case: Case, name: str) -> Overlay:
    """A limit that a policy sets on a rule or on a span between two events."""
    unit = draw(st.sampled_from(sorted(LIMITS)))
    pack = draw(st.sampled_from(case.packs))
    steps = [step for procedure in pack["procedures"].values() for step in procedure["steps"]]
    keys = [("rule", step["clock"]) for step in steps if step.get("clock")]
    spans = [("span", span) for span in ("trial_authorisation", "ethics", "trial_start_up")]
    on, target = draw(st.sampled_from([*keys, *spans]))
    value, uptake = draw(st.integers(0, LIMITS[unit])), draw(st.sampled_from([1.0, 0.5]))
    where = pack["jurisdiction"]
    return Overlay(f"test.{name}", on, target, "cap", value, unit, jurisdiction=where, uptake=uptake)


def under(case: Case, *overlays: Overlay) -> Case:
    return replace(case, given=replace(case.given, overlays=overlays))


# laws that never turn shorter


def check_shorter(case: Case, data: st.DataObject) -> None:
    shorter = with_something_shorter(data.draw, case, rising=True)
    assert_never_later(run_of(shorter), run_of(case))


@QUICK
@given(RISING, st.data())
def test_a_shorter_clock_never_makes_any_milestone_later(case: Case, data: st.DataObject) -> None:
    check_shorter(case, data)


@pytest.mark.slow
@DEEP
@given(RISING, st.data())
def test_a_shorter_clock_never_makes_any_milestone_later_in_many_more(case: Case, data: st.DataObject) -> None:
    check_shorter(case, data)


def check_caps(case: Case, data: st.DataObject) -> None:
    one, other = cap(data.draw, case, "one"), cap(data.draw, case, "other")
    if data.draw(st.booleans()):
        other = replace(other, on=one.on, target=one.target, jurisdiction=one.jurisdiction)
    tighter = replace(one, value=data.draw(st.integers(0, int(one.value))))
    plain, alone, both = run_of(case), run_of(under(case, one)), run_of(under(case, one, other))
    assert_never_later(alone, plain)
    assert_never_later(run_of(under(case, tighter)), alone)
    assert_never_later(both, alone)
    assert_never_later(both, run_of(under(case, other)))
    assert_never_later(run_of(under(case, other, one)), both)


@settings(QUICK, max_examples=40)
@given(RISING, st.data())
def test_a_cap_never_makes_any_milestone_later_alone_or_beside_another(case: Case, data: st.DataObject) -> None:
    check_caps(case, data)


@pytest.mark.slow
@DEEP
@given(RISING, st.data())
def test_a_cap_never_makes_any_milestone_later_in_many_more(case: Case, data: st.DataObject) -> None:
    check_caps(case, data)


@QUICK
@given(RISING, st.data())
def test_a_step_that_falls_away_never_makes_any_milestone_later(case: Case, data: st.DataObject) -> None:
    """A plain step: no alternative to another (the other would be waited for), and no forecast for other steps."""
    without = replace(case, packs=deepcopy(case.packs))
    free = [step for steps in steps_of(without) for step in steps if is_plain(step, steps)]
    assume(free)
    step = data.draw(st.sampled_from(free))
    step["when"], step["optional"] = NEVER_HOLDS, True
    assert_never_later(run_of(without), run_of(case))


def steps_of(case: Case) -> list[list[Row]]:
    return [procedure["steps"] for pack in case.packs for procedure in pack["procedures"].values()]


def is_plain(step: Row, steps: list[Row]) -> bool:
    alternatives = {
        text.partition(":")[0] for s in steps for e in s["after"] if isinstance(e, dict) for text in e["any"]
    }
    particular = step["id"] in alternatives or step["outcomes"] or step.get("forecast") or step["instead_of"]
    stood_in = any(other["instead_of"] == step["id"] for other in steps)
    return not (particular or stood_in or step["id"] in ("submission", "decision"))


@QUICK
@given(RISING, st.data())
def test_a_further_prerequisite_never_makes_any_milestone_earlier(case: Case, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["step", "stage", "filing"]))
    further = {"step": further_step, "stage": further_stage, "filing": further_filing}[kind](case, data)
    before, after = case.network(), further.network()
    # Who applies first for a grant that stages share may change, and with it whose conditions and chances hold.
    assume({a.id for a in before.fragment.activities} <= {a.id for a in after.fragment.activities})
    assert_never_later(simulated(before, case), simulated(after, further))


def further_step(case: Case, data: st.DataObject) -> Case:
    changed = replace(case, packs=deepcopy(case.packs))
    steps = data.draw(st.sampled_from(steps_of(changed)))
    i = data.draw(st.integers(1, len(steps) - 1))
    assume(not steps[i]["instead_of"] and not any(s["instead_of"] == steps[i]["id"] for s in steps))
    free = [s["id"] for s in steps[:i] if not s["outcomes"] and not any(":" in str(e) for e in s["after"])]
    assume(free)
    steps[i]["after"].append(data.draw(st.sampled_from(free)))
    return changed


def further_stage(case: Case, data: st.DataObject) -> Case:
    stages = list(case.given.stages)
    i = data.draw(st.integers(0, len(stages) - 1))
    assume(i and not stages[i].any_of)
    more = (stages[data.draw(st.integers(0, i - 1))].id, data.draw(st.sampled_from([SUCCEEDED, FINISHED])))
    stages[i] = replace(stages[i], after=(*stages[i].after, more))
    return replace(case, given=replace(case.given, stages=tuple(stages)))


def further_filing(case: Case, data: st.DataObject) -> Case:
    filings = list(case.given.filings)
    i = data.draw(st.integers(0, len(filings) - 1))
    assume(not filings[i].any_of and not filings[i].submitted)
    known = [s.id for s in case.given.stages] + [f"{f.id}.approval" for f in filings[:i]]
    filings[i] = replace(filings[i], after=(*filings[i].after, (data.draw(st.sampled_from(known)), SUCCEEDED)))
    return replace(case, given=replace(case.given, filings=tuple(filings)))


# laws that may turn shorter


def check_any_law(case: Case, data: st.DataObject) -> None:
    """Where a milestone is later, a step on that path began earlier under a longer law."""
    shorter = with_something_shorter(data.draw, case, rising=False)
    early, late = run_of(shorter), run_of(case)
    for name in late.milestone_ids:
        for path in np.flatnonzero(early.days_of(name) > late.days_of(name)):
            assert falls_under_an_older_longer_law(shorter, early, late, int(path)), name


def falls_under_an_older_longer_law(case: Case, early: Results, late: Results, path: int) -> bool:
    """Whether some step's clock runs longer from its earlier start, because the law turned shorter in between."""
    for i, activity in enumerate(case.network().fragment.activities):
        first, second = int(early.trace.start[i, path]), int(late.trace.start[i, path])
        ends_later = early.trace.finish[i, path] > late.trace.finish[i, path]
        if activity.clock and first < second < NEVER and ends_later:
            old, new = (count_on(case, activity.clock, date.fromordinal(day)) for day in (first, second))
            if old > new:
                return True
    return False


def count_on(case: Case, clock: str, day: date) -> int:
    key, _, terms = clock.partition("|")
    rule = next(pack["rules"][key] for pack in case.packs if key in pack["rules"])
    return int(count_in_force(rule, day, known_on=case.given.as_of, terms=terms.split(",")))


@QUICK
@given(ANY_LAW, st.data())
def test_a_milestone_is_later_only_where_an_earlier_start_falls_under_a_longer_law(
    case: Case, data: st.DataObject
) -> None:
    check_any_law(case, data)


@pytest.mark.slow
@DEEP
@given(ANY_LAW, st.data())
def test_a_milestone_is_later_only_under_an_older_law_in_many_more(case: Case, data: st.DataObject) -> None:
    check_any_law(case, data)


def test_china_a_trial_application_accepted_before_the_channel_of_2025_09_12_is_authorised_later() -> None:
    """The packaged law: 60 working days for what is accepted until 11 September 2025, 30 in the channel from the next
    day on. The quicker applicant is accepted a day earlier (formal review: 5 working days) and authorised later."""
    as_of, channel = date(2025, 8, 1), frozenset({"class_1_innovative", "national_key_support"})
    days = []
    for ready in (date(2025, 9, 4), date(2025, 9, 5)):
        trial = stage("trial", kind="phase_1", regions=("CN",), terms=channel, not_before=ready)
        found = network(trial, as_of=as_of, known_on=date(2025, 9, 30))
        authorised = run(compile_plan(plan(found.fragment, as_of)), draws=64, seed=1)
        days.append(np.median(authorised.days_of("trial.cn.trial_authorisation")))
    assert days[0] > days[1] + 30, "most applications are not returned from the channel"
