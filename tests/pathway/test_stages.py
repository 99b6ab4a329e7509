"""Stages: past and running ones, what they wait for, what stops them, and the grants that they need."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations

import numpy as np
import pytest

from onepill.core.dates import NEVER
from onepill.core.distributions import fixed, triangular, uniform
from onepill.rulebook import load_rulebook
from onepill.sim import compile_plan, run
from onepill.sim.plan import FAILED, FINISHED, STARTED, SUCCEEDED, Cost, Draw
from tests.pathway.networks import AS_OF, filing, finish_days, milestone, network, plan, simulate, stage

TODAY = AS_OF.toordinal()


def day_of(name: str, *parts: object, draws: int = 1) -> np.ndarray:
    return finish_days(network(*parts), name, draws=draws)  # type: ignore[arg-type]  # stages and filings


def test_a_stage_without_regions_starts_on_the_plans_day() -> None:
    assert day_of("a", stage("a", 100))[0] == TODAY + 100


def test_a_stage_that_ended_is_a_fact_and_the_next_starts_on_the_plans_day() -> None:
    done = stage("a", 0, started=date(2023, 1, 2), finished=date(2024, 1, 2), outcome=SUCCEEDED)
    found = network(done, stage("b", 50, after=(("a", SUCCEEDED),)))
    assert finish_days(found, "a")[0] == date(2024, 1, 2).toordinal()
    assert finish_days(found, "b")[0] == TODAY + 50


def test_what_waits_for_a_failed_stage_never_comes_and_what_waits_for_its_failure_does() -> None:
    failed = stage("a", 0, started=date(2023, 1, 2), finished=date(2024, 1, 2), outcome=FAILED)
    found = network(failed, stage("b", after=(("a", SUCCEEDED),)), stage("c", 30, after=(("a", FAILED),)))
    assert finish_days(found, "b")[0] == NEVER
    assert finish_days(found, "c")[0] == TODAY + 30


def test_a_running_stage_draws_what_is_left_given_the_time_elapsed() -> None:
    """Uniform from 0 to 1,000 days, 600 elapsed: what is left is uniform from 0 to 400 days, so its mean is 200 and its
    standard error over 4,096 draws is 400 / sqrt(12 * 4096) = 1.8 days."""
    running = stage("a", uniform(0, 1000), started=AS_OF - timedelta(days=600))
    left = finish_days(network(running), "a", draws=4_096) - TODAY
    assert left.min() >= 0
    assert left.max() <= 400
    assert left.mean() == pytest.approx(200, abs=4 * 1.8)


def test_a_plan_later_than_the_longest_finish_ends_the_running_stage_on_its_own_day() -> None:
    running = stage("a", triangular(100, 150, 200), started=AS_OF - timedelta(days=900))
    assert set(finish_days(network(running), "a", draws=64)) == {TODAY}


def test_the_cost_of_a_running_stage_before_the_plans_day_is_sunk() -> None:
    """Ten days of 100, spread evenly: six are over, so four of ten tenths are still to come."""
    cost = Cost(Draw("development.a.cost", fixed(1_000.0)), "development")
    running = stage("a", 10, costs=(cost,), started=AS_OF - timedelta(days=6))
    results = simulate(network(running))
    assert float(results.npv_usd["owner"][0]) == pytest.approx(-400, rel=1e-12)


def test_a_stopped_stage_ends_on_the_day_of_the_event_and_pays_pro_rata() -> None:
    cost = Cost(Draw("development.a.cost", fixed(1_000.0)), "development")
    stopped = stage("a", 100, costs=(cost,), stops_on=(("b", FINISHED),))
    found = network(stage("b", 25), stopped, stage("c", 5, after=(("a", FAILED),)))
    assert finish_days(found, "a")[0] == TODAY + 25
    assert finish_days(found, "c")[0] == TODAY + 30
    assert float(simulate(found).npv_usd["owner"][0]) == pytest.approx(-250, rel=1e-12)


def test_a_stop_after_the_end_changes_nothing() -> None:
    found = network(
        stage("b", 101), stage("a", 100, stops_on=(("b", FINISHED),)), stage("c", 5, after=(("a", SUCCEEDED),))
    )
    assert finish_days(found, "c")[0] == TODAY + 105


def test_all_prerequisites_hold_or_the_first_of_any() -> None:
    parts = (stage("a", 40), stage("b", 70))
    both = (("a", SUCCEEDED), ("b", SUCCEEDED))
    assert day_of("c", *parts, stage("c", 10, after=both))[0] == TODAY + 80
    assert day_of("c", *parts, stage("c", 10, after=both, any_of=True))[0] == TODAY + 50


def test_any_of_needs_one_prerequisite_that_comes() -> None:
    failed = stage("a", 0, started=date(2023, 1, 2), finished=date(2024, 1, 2), outcome=FAILED)
    first = (("a", SUCCEEDED), ("b", STARTED))
    assert day_of("c", failed, stage("b", 70), stage("c", 10, after=first, any_of=True))[0] == TODAY + 10


def test_a_stage_is_never_earlier_than_its_own_first_day() -> None:
    assert day_of("a", stage("a", 10, not_before=date(2025, 3, 1)))[0] == date(2025, 3, 11).toordinal()


def test_a_finished_stage_whose_outcome_is_not_known_still_draws_it() -> None:
    gate = ((SUCCEEDED, 0.3), (FAILED, 0.7))
    done = stage("a", 0, started=date(2023, 1, 2), finished=date(2024, 1, 2), success=gate)
    days = day_of("b", done, stage("b", 10, after=(("a", SUCCEEDED),)), draws=4_096)
    share = float(np.mean(days == TODAY + 10))
    assert share == pytest.approx(0.3, abs=4 * (0.3 * 0.7 / 4_096) ** 0.5), "four standard errors of a share"


# grants


def test_a_stage_starts_when_every_region_is_authorised() -> None:
    """The US waits 30 days for the IND; China 5 and 60 working days: the later counts."""
    alone = network(stage("t", 10, kind="phase_1", regions=("US",)))
    both = network(stage("t", 10, kind="phase_1", regions=("US", "CN"), calendar="US"))
    assert finish_days(alone, "t")[0] == TODAY + 40
    china = milestone(both, "t.cn.trial_authorisation")
    assert china is not None
    assert finish_days(both, "t")[0] == china.toordinal() + 10


def test_a_held_region_asks_for_nothing() -> None:
    found = network(stage("t", 10, kind="phase_1", regions=("US", "CN"), held=frozenset({"US", "CN"}), calendar="US"))
    assert finish_days(found, "t")[0] == TODAY + 10
    assert found.milestones == ()


def test_a_started_stage_shows_that_the_product_is_authorised_there() -> None:
    running = stage("a", 400, kind="phase_1", regions=("US",), started=AS_OF - timedelta(days=10))
    assert day_of("b", running, stage("b", 20, kind="phase_1", regions=("US",)))[0] == TODAY + 20


def test_a_grant_per_product_is_asked_for_once_and_shared() -> None:
    found = network(stage("a", 20, kind="phase_1", regions=("US",)), stage("b", 30, kind="phase_1", regions=("US",)))
    assert [m.id for m in found.milestones] == ["us.trial_authorisation"]
    assert finish_days(found, "a")[0] == TODAY + 50
    assert finish_days(found, "b")[0] == TODAY + 60


SHARING = {
    "a": stage("a", 20, kind="phase_1", regions=("US",)),
    "b": stage("b", 30, kind="phase_2", regions=("US",), after=(("a", SUCCEEDED),)),
    "c": stage("c", 40, kind="phase_1", regions=("US",), not_before=date(2026, 1, 5)),
}


@pytest.mark.parametrize("order", list(permutations("abc")), ids="".join)
def test_the_order_of_stages_in_the_file_does_not_decide_who_asks_first(order: tuple[str, ...]) -> None:
    """The first stage that is ready asks: 30 days for the IND, then a, then b; c waits for its own day only."""
    found = network(*(SHARING[name] for name in order))
    assert finish_days(found, "a")[0] == TODAY + 50
    assert finish_days(found, "b")[0] == TODAY + 80
    assert finish_days(found, "c")[0] == date(2026, 1, 5).toordinal() + 40


def test_a_grant_per_indication_is_not_shared_across_indications() -> None:
    parts = [stage(name, 10, kind="phase_1", regions=("CN",), indication=name) for name in ("first", "second")]
    found = network(*parts)
    names = {"first.cn.trial_authorisation", "second.cn.trial_authorisation"}
    assert {m.id for m in found.milestones} == names
    same = network(*(stage(n, 10, kind="phase_1", regions=("CN",), indication="one") for n in ("first", "second")))
    assert {m.id for m in same.milestones} == {"first.cn.trial_authorisation"}


def test_a_grant_per_trial_is_asked_for_by_each_trial() -> None:
    found = network(*(stage(name, 10, kind="phase_1", regions=("JP",)) for name in ("a", "b")))
    assert {m.id for m in found.milestones} == {"a.jp.trial_authorisation", "b.jp.trial_authorisation"}


def test_two_indications_in_one_jurisdiction_are_two_filings() -> None:
    """The supplement is filed after the first approval and is not mixed up with it."""
    later = filing("us_2l", after=(("us.approval", SUCCEEDED),), terms=frozenset({"supplement"}))
    found = network(filing("us"), later)
    days = simulate(found, draws=256)
    first, second = days.days_of("us.approval"), days.days_of("us_2l.approval")
    assert {m.jurisdiction for m in found.milestones} == {"US"}
    assert (second > first).all()


def test_an_unrelated_stage_changes_no_other_days() -> None:
    parts = [
        stage("a", triangular(50, 80, 200), kind="phase_1", regions=("US",)),
        filing("us", after=(("a", SUCCEEDED),)),
    ]
    alone, beside = network(*parts), network(stage("new", uniform(10, 20)), *parts)
    before, after = (run(compile_plan(plan(n.fragment)), draws=512, seed=3) for n in (alone, beside))
    for name in before.milestone_ids:
        assert np.array_equal(before.days_of(name), after.days_of(name))


def test_the_packs_grant_per_product_indication_and_trial() -> None:
    """The cases above rest on these scopes of the rulebook."""
    granting = [p for p in load_rulebook().procedures() if p.grants == "trial_authorisation"]
    scopes = {p.jurisdiction: p.per for p in granting}
    assert {code: scopes[code] for code in ("CN", "US", "EU", "JP")} == {
        "CN": "indication",
        "US": "product",
        "EU": "trial",
        "JP": "trial",
    }
