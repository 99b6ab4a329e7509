"""The programme after its licence has come back: row by row beside a slow twin, and at the boundaries."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onepill.core.dates import NEVER
from onepill.core.streams import uniforms
from onepill.deals import Timeline
from onepill.deals.clauses import SecondLife
from onepill.deals.second_life import STREAM, Stopped, returned_timeline
from onepill.sim.plan import Cost
from tests.deals.licence_plans import drawn, programme

PLAN = programme(ends=True)
FUTURES = drawn(PLAN, draws=300)
TIMELINE = Timeline.of(FUTURES)
ABROAD = frozenset(a.id for a in PLAN.activities if a.id.startswith("abroad"))
STOPPED = Stopped(ABROAD, ABROAD, frozenset({"abroad"}), PLAN.as_of + 200)
LIVES = st.builds(
    SecondLife,
    prob=st.sampled_from([0.0, 0.4, 1.0]),
    transition_days=st.integers(0, 400),
    restart_days=st.integers(0, 400),
    repeat_share=st.sampled_from([0.0, 0.25, 1.0]),
    sales_dip_share=st.sampled_from([0.0, 0.3, 1.0]),
)
SPREADS = ("start", "finish", "launch", "end")


def ends(seed: int) -> np.ndarray:
    """Days from the licence's beginning to some years after it; never on a third of the paths."""
    days = STOPPED.since + np.floor(uniforms(seed, stream="test", paths=np.arange(300)) * 3_500)
    return np.where(uniforms(seed, stream="test.never", paths=np.arange(300)) < 0.33, NEVER, days).astype(np.int32)


def day_by_day(cost: Cost, start: int, finish: int, usd: float) -> dict[int, float]:
    """What falls on each day."""
    if start >= NEVER:
        return {}
    if cost.timing == "even":
        days = range(start, max(finish, start + 1))
        return dict.fromkeys(days, usd / len(days))
    if cost.timing == "middle":
        found: dict[int, float] = {}
        for half in (0, 1):
            day = start + (finish - start + half) // 2
            found[day] = found.get(day, 0.0) + usd / 2
        return found
    return {start if cost.timing == "start" else finish: usd}


@settings(max_examples=25)
@given(life=LIVES, seed=st.integers(0, 50))
def test_each_cost_falls_as_the_slow_twin_says(life: SecondLife, seed: int) -> None:
    """Before the end as it was; after it what had not fallen, later, and what is repeated; nothing where it stops."""
    ended = ends(seed)
    found = returned_timeline(TIMELINE, ended, STOPPED, life)
    goes_on = uniforms(FUTURES.seed, stream=STREAM, paths=np.arange(300)) < life.prob
    for row, (a, cost) in enumerate(FUTURES.costs):
        for path in range(seed % 29, 300, 29):
            before = _row(TIMELINE, row, path)
            after = _row(found, row, path)
            if ended[path] == NEVER or PLAN.activities[a].id not in ABROAD:
                assert after == before
                continue
            was, day = day_by_day(cost, *before), int(ended[path])
            left = sum(usd for when, usd in was.items() if when >= day)
            spent = sum(usd for when, usd in was.items() if STOPPED.since <= when < day)
            repeated = life.repeat_share * spent if cost.item == "development" else 0.0
            now = day_by_day(cost, *after)
            expected = left + repeated if goes_on[path] else 0.0
            assert sum(now.values()) == pytest.approx(expected, rel=1e-9, abs=1e-6)
            assert all(when >= day for when, usd in now.items() if usd)
            if goes_on[path] and not (life.repeat_share and spent) and cost.timing != "even":
                expected_days = {when + life.delay_days: usd for when, usd in was.items() if when >= day}
                assert {when: usd for when, usd in now.items() if usd} == pytest.approx(expected_days)
            if day < before[1] < NEVER and cost.timing == "even":
                assert after[:2] == (max(before[0], day) + life.delay_days, before[1] + life.delay_days)


def _row(timeline: Timeline, row: int, path: int) -> tuple[int, int, float]:
    return int(timeline.start[row, path]), int(timeline.finish[row, path]), float(timeline.paid_usd[row, path])


@settings(max_examples=40)
@given(life=LIVES, seed=st.integers(0, 50))
def test_each_market_opens_and_ends_as_the_slow_twin_says(life: SecondLife, seed: int) -> None:
    ended = ends(seed)
    found = returned_timeline(TIMELINE, ended, STOPPED, life)
    goes_on = uniforms(FUTURES.seed, stream=STREAM, paths=np.arange(300)) < life.prob
    for path in range(300):
        launch, end, scale, usd = _market(TIMELINE, 0, path)
        day = int(ended[path])
        if NEVER in {day, launch}:
            expected = (launch, end, scale, usd)
        elif launch < day and goes_on[path]:
            # What may end the market abroad is a study there, which waits too.
            later = end + life.delay_days if day < end < NEVER else end
            expected = (launch, later, scale * (1 - life.sales_dip_share), usd)
        elif launch < day:
            expected = (launch, min(end, day), scale * (1 - life.sales_dip_share), usd)
        elif goes_on[path]:
            later = end + life.delay_days if end < NEVER else end
            expected = (launch + life.delay_days, later, scale, usd)
        else:
            later = end + life.delay_days if end < NEVER else end
            expected = (NEVER, later, 0.0, 0.0)
        assert _market(found, 0, path) == pytest.approx(expected)
        assert _market(found, 1, path) == _market(TIMELINE, 1, path)


def _market(timeline: Timeline, m: int, path: int) -> tuple[int, int, float, float]:
    days = int(timeline.launch[m, path]), int(timeline.end[m, path])
    return (*days, float(timeline.scale[m, path]), float(timeline.launch_cost_usd[m, path]))


def test_without_delay_repetition_and_dip_all_that_is_left_is_as_it_was() -> None:
    ended = ends(3)
    found = returned_timeline(TIMELINE, ended, STOPPED, SecondLife(1.0, 0, 0))
    for name in ("launch", "end", "scale", "launch_cost_usd"):
        assert (getattr(found, name) == getattr(TIMELINE, name)).all()
    waits = TIMELINE.start[:, :] >= ended
    assert (found.start[waits] == TIMELINE.start[waits]).all()
    assert (found.paid_usd[waits] == TIMELINE.paid_usd[waits]).all()


def test_no_right_to_a_second_life_is_a_chance_of_nothing() -> None:
    ended = ends(5)
    none = returned_timeline(TIMELINE, ended, STOPPED, None)
    nothing = returned_timeline(TIMELINE, ended, STOPPED, SecondLife(0.0, 0, 0))
    for name in ("launch", "end", "scale", "launch_cost_usd", "paid_usd"):
        assert (getattr(none, name) == getattr(nothing, name)).all()


def test_what_was_spent_before_the_deal_is_not_repeated() -> None:
    ended = np.full(300, PLAN.as_of + 200, dtype=np.int32)
    life = SecondLife(1.0, 30, 0, repeat_share=1.0)
    found = returned_timeline(TIMELINE, ended, STOPPED, life)
    later = returned_timeline(TIMELINE, ended, replace(STOPPED, since=PLAN.as_of), life)
    trial = [cost.amount.stream for _, cost in FUTURES.costs].index("abroad.trial.cost")
    done = 200 / (TIMELINE.finish[trial] - TIMELINE.start[trial])
    assert found.paid_usd[trial] == pytest.approx((1 - done) * TIMELINE.paid_usd[trial])
    assert later.paid_usd[trial] == pytest.approx(TIMELINE.paid_usd[trial])


def test_the_last_day_of_the_licence_belongs_to_it_and_the_next_to_its_owner() -> None:
    """A launch on the day of the end is the owner's to make, later; one on the day before was the partner's."""
    launch = TIMELINE.launch[0]
    on_the_day = returned_timeline(TIMELINE, launch, STOPPED, SecondLife(1.0, 10, 10))
    day_after = returned_timeline(
        TIMELINE, np.where(launch < NEVER, launch + 1, NEVER).astype(np.int32), STOPPED, SecondLife(1.0, 10, 10)
    )
    launched = launch < NEVER
    assert (on_the_day.launch[0][launched] == launch[launched] + 20).all()
    assert (day_after.launch[0] == launch).all()


def test_a_market_that_would_end_before_its_later_launch_is_not_launched_at_all() -> None:
    stopped = replace(STOPPED, activities=ABROAD - {"abroad.study"})
    ended = np.where(TIMELINE.launch[0] < NEVER, TIMELINE.launch[0], NEVER).astype(np.int32)
    found = returned_timeline(TIMELINE, ended, stopped, SecondLife(1.0, 1_000, 0))
    ending = (TIMELINE.launch[0] < NEVER) & (TIMELINE.end[0] < NEVER)
    assert ending.any()
    assert (found.launch[0][ending] == NEVER).all()
    assert (found.launch_cost_usd[0][ending] == 0).all()
    assert (found.scale[0][ending] == 0).all()


def test_two_stretches_of_paths_are_one() -> None:
    """512 is the simulation's block: a stretch begins with one."""
    life = SecondLife(0.5, 90, 90, 0.2, 0.1)
    both, tail = Timeline.of(drawn(PLAN, draws=600)), Timeline.of(drawn(PLAN, draws=88, first=512))
    ended = np.full(600, PLAN.as_of + 900, dtype=np.int32)
    whole, part = (returned_timeline(t, ended[-t.paths :], STOPPED, life) for t in (both, tail))
    for name in (*SPREADS, "scale", "paid_usd"):
        assert (getattr(whole, name)[:, 512:] == getattr(part, name)).all()
