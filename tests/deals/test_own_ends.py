"""When a licence ends by itself: path by path beside a slow search, on a small programme and on the examples."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from onepill.core.dates import NEVER
from onepill.core.distributions import fixed
from onepill.deals.own_ends import NOWHERE, affected_activities, own_ends
from onepill.sim.checks import outcome_names
from onepill.sim.futures import Futures
from onepill.sim.plan import Activity, Draw, Link
from tests.deals.licence_plans import drawn, programme
from tests.workbench.passports import assembled, text_of


class Slow:
    """One path at a time, by recursion over names."""

    def __init__(self, futures: Futures, path: int) -> None:
        self.futures, self.path = futures, path
        self.index = {activity.id: i for i, activity in enumerate(futures.plan.activities)}

    def lost(self, link: Link) -> int:
        i = self.index[link.activity]
        code = int(self.futures.outcome[i, self.path])
        if code < 0:
            return self.dead(link.activity)
        name = outcome_names(self.futures.plan.activities[i])[code]
        met = link.event in ("started", "finished") or link.event == name
        return NEVER if met else int(self.futures.finish[i, self.path])

    def dead(self, name: str) -> int:
        activity = self.futures.plan.activities[self.index[name]]
        days = [self.lost(link) for link in activity.after]
        return max(days) if activity.any_of else min(days)

    def own_end(self, markets: list[str]) -> int:
        days = []
        for market in self.futures.plan.markets:
            if market.id not in markets:
                continue
            if self.futures.launch_days(market)[self.path] < NEVER:
                return NEVER
            days.append(self.lost(market.launch))
        return max(days)


@pytest.mark.parametrize("markets", [["abroad"], ["home"], ["abroad", "home"]])
def test_each_path_ends_when_the_slow_search_says(markets: list[str]) -> None:
    futures = drawn(programme(refusal_prob=0.3), draws=400)
    found = own_ends(futures, markets)
    expected = [Slow(futures, path).own_end(markets) for path in range(400)]
    assert found.day.tolist() == expected
    assert len({day for day in expected if day < NEVER}) > 50


def test_the_failed_activity_is_the_one_that_finished_on_that_day() -> None:
    futures = drawn(programme(refusal_prob=0.3), draws=1_000)
    found = own_ends(futures, ["abroad"])
    names = [activity.id for activity in futures.plan.activities]
    ended = np.flatnonzero(found.day < NEVER)
    for path in ended:
        where = found.activity[path]
        assert names[where] in {"abroad.trial", "abroad.decision"}
        assert futures.finish[where, path] == found.day[path]
        assert outcome_names(futures.plan.activities[where])[futures.outcome[where, path]] == "failed"
    assert {names[found.activity[path]] for path in ended} == {"abroad.trial", "abroad.decision"}
    assert (found.activity[found.day == NEVER] == NOWHERE).all()


def test_a_launched_market_never_ends_by_itself_and_the_first_launch_counts() -> None:
    futures = drawn(programme(), draws=500)
    found = own_ends(futures, ["abroad", "home"])
    first = np.minimum(*(futures.launch_days(market) for market in futures.plan.markets))
    assert (found.launch == first).all()
    assert ((found.day == NEVER) == (first < NEVER)).all()


def test_any_of_several_ways_must_all_be_lost() -> None:
    plan = programme()
    either = replace(plan.activities[-1], after=(Link("home.trial"), Link("abroad.trial")), any_of=True)
    plan = replace(plan, activities=(*plan.activities[:-1], either))
    futures = drawn(plan, draws=400)
    found = own_ends(futures, ["home"])
    assert found.day.tolist() == [Slow(futures, path).own_end(["home"]) for path in range(400)]
    both = (futures.outcome[0] == 0) & (futures.outcome[5] == 0)
    assert ((found.day < NEVER) == both).all()


def test_what_an_event_stops_before_it_begins_is_lost_on_that_day() -> None:
    plan = programme(trial_prob=1.0, refusal_prob=0.0)
    rival = Activity("rival", duration=Draw("rival", fixed(100.0)))
    filing = replace(plan.activities[1], stops_on=(Link("rival"),))
    plan = replace(plan, activities=(plan.activities[0], filing, *plan.activities[2:], rival))
    found = own_ends(drawn(plan, draws=50), ["abroad"])
    assert (found.day == plan.as_of + 100).all()
    assert (found.activity == 1).all()


def test_a_market_that_an_event_ends_before_its_launch_is_lost_then() -> None:
    plan = programme(trial_prob=1.0, refusal_prob=0.0)
    rival = Activity("rival", duration=Draw("rival", fixed(100.0)))
    abroad = replace(plan.markets[0], ends_on=(Link("rival"),))
    plan = replace(plan, activities=(*plan.activities, rival), markets=(abroad, plan.markets[1]))
    found = own_ends(drawn(plan, draws=50), ["abroad"])
    assert (found.day == plan.as_of + 100).all()
    assert (found.activity == NOWHERE).all()


@pytest.mark.parametrize("markets", [[], ["moon"], ["abroad", "moon"]])
def test_unknown_markets_are_refused(markets: list[str]) -> None:
    with pytest.raises(ValueError, match="licensed markets"):
        own_ends(drawn(programme(), draws=10), markets)


def test_what_serves_the_licensed_market_alone_stands_still_with_all_that_follows() -> None:
    plan = programme()
    abroad = {a.id for a in plan.activities if a.id.startswith("abroad")}
    home = {a.id for a in plan.activities} - abroad
    assert affected_activities(plan, markets=["abroad"], activities=[]) == abroad
    assert affected_activities(plan, markets=["home"], activities=[]) == home
    assert affected_activities(plan, markets=["abroad"], activities=["home.trial"]) == abroad | home


def test_work_that_a_kept_market_needs_goes_on_unless_the_partner_pays_for_it() -> None:
    plan = programme()
    shared = replace(plan.activities[-1], after=(Link("abroad.trial"),))
    plan = replace(plan, activities=(*plan.activities[:-1], shared))
    kept = affected_activities(plan, markets=["abroad"], activities=[])
    assert "abroad.trial" not in kept
    assert "home.launch" not in kept
    assert "abroad.filing" in kept
    paid = affected_activities(plan, markets=["abroad"], activities=["abroad.trial"])
    assert {"abroad.trial", "home.launch"} <= paid


@pytest.mark.parametrize(("name", "markets"), [("tunlametinib", ["us", "eu", "jp"]), ("adc_shanghai", ["cn", "cn_1l"])])
def test_the_examples_end_as_the_slow_search_says(name: str, markets: list[str]) -> None:
    futures = drawn(assembled(text_of(name)).plan, draws=250)
    markets = [m.id for m in futures.plan.markets if (m.group or m.id) in markets]
    found = own_ends(futures, markets)
    assert found.day.tolist() == [Slow(futures, path).own_end(markets) for path in range(250)]
    assert 0.2 < (found.day < NEVER).mean() < 0.8
