"""Filing sequences worked by hand: limits and their edges, reliance, refusals, and an independent solver."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from itertools import permutations
from random import Random
from typing import Any

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from onepill.core.errors import InputError, MissingExtra, OnepillError
from onepill.pathway.sequence import Approved, Job, Need, Option, Planned, Question, Shadow, solve
from onepill.pathway.sequence_limits import what_to_relax
from onepill.pathway.sequence_model import Effort, ElasticModel

HORIZON = 23
"""Two whole years: months 0 to 11 and 12 to 23."""


def falling(first: int, by: int) -> tuple[int, ...]:
    return tuple(max(first - by * month, 0) for month in range(HORIZON + 1))


def route(name: str = "standard", *, prepare: int = 3, review: int = 6, value: int = 0, **further: Any) -> Option:
    return Option(name, prepare, review, value_by_month=further.pop("value_by_month", falling(value, 1)), **further)


def question(*jobs: Job, **further: Any) -> Question:
    return Question(jobs, HORIZON, **further)


def two_markets(**further: Any) -> Question:
    """Each loses a month's worth by waiting: CN 10 a month of 1,000, US 30 a month of 900."""
    cn = Job("CN", (route(value_by_month=falling(1_000, 10)),))
    us = Job("US", (route(value_by_month=falling(900, 30)),))
    return question(cn, us, **further)


def planned(asked: Question, **further: Any) -> dict[str, Planned]:
    return {p.market: p for p in solve(asked, explain=False, **further).plan}


def test_an_empty_question_has_an_empty_plan() -> None:
    answer = solve(question(budget_by_year_usd=(5, 5), team_capacity=1))
    assert answer.plan == answer.order == answer.binding == ()
    assert (answer.objective_value, answer.bound, answer.optimal) == (0, 0, True)
    assert answer.spent_by_year_usd == (0, 0)


def test_without_the_solver_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ortools.sat.python", None)
    with pytest.raises(MissingExtra, match="optimise"):
        solve(two_markets())


def test_without_limits_every_market_is_filed_at_once() -> None:
    answer = solve(two_markets())
    assert [(p.start_month, p.filed_month, p.approved_month) for p in answer.plan] == [(0, 3, 9)] * 2
    assert answer.objective_value == (1_000 - 90) + (900 - 270)
    assert answer.binding == ()
    assert answer.shadow == Shadow()
    assert solve(two_markets(), explain=False).shadow is None


def test_with_one_team_the_market_that_loses_more_by_waiting_goes_first() -> None:
    answer = solve(two_markets(team_capacity=1))
    assert answer.order == ("US", "CN")
    assert answer.objective_value == (900 - 270) + (1_000 - 120)
    assert answer.team_by_month == (1,) * 6 + (0,) * 18
    assert answer.binding == ("team months 0-5",)
    assert answer.gain_without == {"team months 0-5": 30}
    assert answer.shadow == Shadow(team=30), "three months of CN"


def test_the_months_of_a_full_team_are_named_in_spans() -> None:
    jobs = [
        Job(f"M{n}", (route(prepare=p, value=900),), ready_month=r)
        for n, p, r in ((0, 3, 0), (1, 3, 0), (2, 1, 9), (3, 2, 12), (4, 2, 12))
    ]
    assert solve(question(*jobs, team_capacity=1)).gain_without == {"team months 0-5, 9, 12-15": 3 + 2}


def test_a_budget_delays_what_it_cannot_pay_and_one_more_million_is_worth_the_delay() -> None:
    """Each filing takes 2 million in its first month: one fits into a year of 3 million, the other waits for year 1."""
    asked = two_markets(budget_by_year_usd=(3_000_000, 3_000_000), value_is_net=True)
    jobs = [replace(j, options=(replace(j.options[0], cost_by_month=(2_000_000,)),)) for j in asked.jobs]
    answer = solve(replace(asked, jobs=tuple(jobs)))
    assert {p.market: p.start_month for p in answer.plan} == {"US": 0, "CN": 12}
    assert answer.spent_by_year_usd == (2_000_000, 2_000_000)
    assert answer.binding == ("budget year 0",)
    assert answer.shadow == Shadow(budget={0: 120, 1: 0})
    short = solve(replace(asked, jobs=tuple(jobs)), budget_unit_usd=999_999).shadow
    assert short == Shadow(budget={0: 0, 1: 0}, budget_unit_usd=999_999)


def test_the_fee_falls_in_the_month_of_filing_and_what_comes_after_the_last_year_is_not_limited() -> None:
    """Filing in month 11 pays in year 0, in month 12 in year 1; the 90 of month 24 or 26 are beyond both."""
    job = Job(
        "CN", (route(prepare=1, review=2, fee_usd=7, cost_by_month=(0,) * 14 + (90,), value=900),), ready_month=10
    )
    assert planned(question(job, budget_by_year_usd=(7, 0)))["CN"].filed_month == 11
    answer = solve(question(job, budget_by_year_usd=(6, 7)))
    assert answer.plan[0].filed_month == 12
    assert answer.spent_by_year_usd == (0, 7)
    assert answer.cost_usd == 97


def test_work_before_the_turn_of_the_year_is_paid_from_the_year_it_falls_in() -> None:
    job = Job("CN", (route(prepare=2, review=2, cost_by_month=(5, 3), value=900),), ready_month=11)
    assert planned(question(job, budget_by_year_usd=(5, 3)))["CN"].start_month == 11
    assert planned(question(job, budget_by_year_usd=(4, 8)))["CN"].start_month == 12


def test_a_filing_without_preparation_takes_no_team() -> None:
    job = Job("CN", (route(prepare=0, value=900),))
    assert planned(question(job, team_capacity=0))["CN"].filed_month == 0


@pytest.mark.parametrize(("age", "reliable"), [(4, True), (3, False)])
def test_a_reference_approval_counts_up_to_its_last_month(age: int, reliable: bool) -> None:
    """US approves in month 9. SG is ready to file in month 13, four months later."""
    us = Job("US", (route(value=900),))
    need = Need(("US",), within_months=age)
    sg = Job("SG", (route("verification", review=1, value=500, needs=(need,)),), ready_month=10, optional=True)
    found = solve(question(us, sg), explain=False).plan[1]
    assert found.route == "verification"
    assert found.relies_on == ("US",)
    us_month = planned(question(us, sg))["US"].approved_month
    assert us_month == (9 if reliable else 10), "the reference waits where its approval would be too old"


def test_a_recognition_is_filed_in_the_month_of_the_reference_approval_not_before() -> None:
    us = Job("US", (route(value=900),))
    slow = route("full", review=15, value=500)
    quick = route("verification", review=1, value=500, needs=(Need(("US", "EU")),))
    found = planned(question(us, Job("EU", (route(review=12, value=800),)), Job("SG", (slow, quick))))["SG"]
    assert (found.route, found.start_month, found.filed_month, found.approved_month) == ("verification", 6, 9, 10)
    assert found.relies_on == ("US",)


def test_reliance_on_two_of_three_waits_for_the_second() -> None:
    references = [Job(m, (route(review=r, value=900),)) for m, r in (("US", 4), ("EU", 8), ("JP", 12))]
    option = route("abridged", review=1, value=500, needs=(Need(("JP", "EU", "US"), at_least=2),))
    found = planned(question(*references, Job("SG", (option,))))["SG"]
    assert found.filed_month == 11
    assert found.relies_on == ("US", "EU")


def test_what_a_reliance_costs_is_named() -> None:
    us = Job("US", (route(value=900),))
    sg = Job("SG", (route("verification", review=1, value=500, needs=(Need(("US",)),)),))
    answer = solve(question(us, sg))
    assert answer.gain_without == {"need SG": 6}, "filed in month 9 and not in month 3"


def test_no_more_approvals_are_named_than_a_need_asks_for_and_the_oldest_come_first() -> None:
    facts = (Approved("EU", -1), Approved("US", -8), Approved("JP", -4))
    for at_least, expected in ((1, ("US",)), (2, ("US", "JP"))):
        option = route("abridged", review=1, value=500, needs=(Need(("EU", "JP", "US"), at_least=at_least),))
        assert planned(question(Job("SG", (option,)), approved=facts))["SG"].relies_on == expected


def test_limits_that_bind_only_together_are_named_together() -> None:
    """A second filing needs a second team and a second 5 dollars: neither alone helps."""
    options = (route(review=20, cost_by_month=(5,), value=900),)
    jobs = [Job(market, options, optional=True) for market in ("CN", "US")]
    answer = solve(question(*jobs, budget_by_year_usd=(5, 0), team_capacity=1))
    assert answer.gain_without == {"all together": 900 - 23 - 5}
    assert answer.shadow == Shadow(budget={0: 0, 1: 0}, team=0)


def test_two_years_that_bind_only_together_are_named_as_the_budget() -> None:
    """Whenever it starts, in month 5 to 10, the work costs a dollar at once and one eight months later, in year 1."""
    job = Job("CN", (route(review=10, cost_by_month=(1,) + (0,) * 7 + (1,), value=900),), ready_month=5, optional=True)
    answer = solve(question(job, budget_by_year_usd=(0, 0)))
    assert answer.gain_without == {"budget": 900 - 18 - 2}


def test_freeing_either_of_two_that_wait_for_each_other_frees_both() -> None:
    pair = [
        Job(market, (route("recognition", value=900, needs=(Need((other,)),)),), optional=True)
        for market, other in (("CN", "US"), ("US", "CN"))
    ]
    answer = solve(question(*pair))
    assert answer.order == ()
    assert answer.gain_without == dict.fromkeys(("need CN", "need US"), 900 - 9 + 900 - 15)


def test_needs_can_rest_on_approvals_that_are_there_or_under_way() -> None:
    option = route("abridged", review=1, value=500, needs=(Need(("US", "EU"), at_least=2),))
    asked = question(Job("SG", (option,)), approved=(Approved("US", -30), Approved("EU", 5)))
    found = planned(asked)["SG"]
    assert (found.filed_month, found.relies_on) == (5, ("US", "EU"))
    recent = replace(option, needs=(Need(("US",), within_months=12),))
    with pytest.raises(InputError):
        solve(question(Job("SG", (recent,)), approved=(Approved("US", -30),)))


def test_a_market_that_is_worth_less_than_it_costs_is_left_out_unless_it_must_be_filed_or_values_are_net() -> None:
    job = Job("CN", (route(value=900, cost_by_month=(700,), fee_usd=192),), optional=True)
    assert not planned(question(job))["CN"].is_filed
    assert solve(question(replace(job, optional=False))).objective_value == -1
    assert solve(question(job, value_is_net=True)).objective_value == 891


def test_costs_are_discounted_to_month_0() -> None:
    """110 in month 12 at 10 % are 100 today; the fee in month 0 is not discounted."""
    job = Job("CN", (route(prepare=0, value=900, cost_by_month=(0,) * 12 + (110,), fee_usd=10),))
    assert solve(question(job, discount_rate_per_year=0.1)).objective_value == 894 - 100 - 10


def test_earliest_counts_the_months_of_waiting_and_a_market_left_out_waits_past_the_horizon() -> None:
    cn = Job("CN", (route(review=6), route("priority", review=4, fee_usd=9)))
    never = Job("US", (route(review=30),), optional=True)
    answer = solve(question(cn, never, objective="earliest"))
    assert answer.plan[0].route == "priority"
    assert answer.objective_value == 7 + 24


def test_of_two_equally_early_routes_the_cheaper_is_taken() -> None:
    routes = (route("dear", fee_usd=9), route("cheap", fee_usd=8), route("dearest", fee_usd=10))
    for options in permutations(routes):
        assert planned(question(Job("CN", options), objective="earliest"))["CN"].route == "cheap"


def test_cost_takes_the_cheapest_routes_as_early_as_they_go_and_leaves_out_what_may_be() -> None:
    cn = Job("CN", (route(fee_usd=3, value=1), route("priority", fee_usd=9, review=1)))
    us = Job("US", (route(fee_usd=5),), optional=True)
    answer = solve(question(cn, us, objective="cost"))
    assert answer.objective_value == answer.cost_usd == 3
    assert [(p.route, p.start_month) for p in answer.plan] == [("standard", 0), (None, None)]


def test_cost_files_what_a_market_that_must_be_filed_relies_on() -> None:
    us = Job("US", (route(fee_usd=5),), optional=True)
    sg = Job("SG", (route("verification", fee_usd=1, needs=(Need(("US",)),)),))
    answer = solve(question(us, sg, objective="cost"))
    assert answer.order == ("US", "SG")
    assert answer.gain_without == {"need SG": 5}


def test_patients_are_counted_apart_from_value() -> None:
    """With one team in month 0 to 2 alone, the market with more patients is filed and the dearer one is not."""
    cn = Job("CN", (route(value=1, patients_by_month=(80,) * 24),), optional=True)
    us = Job("US", (route(value=900, patients_by_month=(30,) * 24, review=20),), optional=True)
    cn = replace(cn, options=(replace(cn.options[0], review_months=20),))
    answer = solve(question(cn, us, team_capacity=1, objective="patients"))
    assert (answer.order, answer.objective_value) == (("CN",), 80)
    assert (answer.plan[0].patients, answer.plan[1].patients) == (80, None)


def refused(asked: Question) -> dict[str, Any]:
    with pytest.raises(InputError) as caught:
        solve(asked)
    assert all(f.message and f.hint for f in caught.value.findings)
    return {f.code: f for f in caught.value.findings}


def test_a_team_that_is_too_small_is_told_by_how_much() -> None:
    """Three filings of three months, each approved by month 23 only if it starts by month 2."""
    jobs = [Job(m, (route(review=18),)) for m in ("CN", "US", "EU")]
    found = refused(question(*jobs, team_capacity=1, objective="earliest"))
    assert set(found) == {"sequence.infeasible_team", "sequence.infeasible_markets"}
    assert "capacity to 3 filings" in found["sequence.infeasible_team"].hint
    assert len(found["sequence.infeasible_markets"].value) == 2


def test_where_no_way_out_is_found_in_time_that_is_said() -> None:
    model = ElasticModel(replace(crowded(), team_capacity=0))
    (found,) = what_to_relax(model, Effort(1e-9))
    assert found.code == "sequence.infeasible"
    assert "more seconds" in found.hint


def test_a_budget_that_is_too_small_is_told_by_how_much_and_when() -> None:
    job = Job("CN", (route(cost_by_month=(1_000_000,), review=18, fee_usd=500_000),))
    found = refused(question(job, budget_by_year_usd=(1_200_000, 0), objective="cost"))
    assert found["sequence.infeasible_budget"].value == {0: 300_000}
    assert "300,000 US dollars in year 0" in found["sequence.infeasible_budget"].hint
    assert found["sequence.infeasible_markets"].value == ["CN"]


def test_a_market_too_late_for_the_horizon_is_told_the_first_month_through_its_references() -> None:
    us = Job("US", (route(review=18),))
    sg = Job("SG", (route("verification", review=3, needs=(Need(("US",)),)),))
    found = refused(question(us, sg, objective="earliest"))
    assert found["sequence.too_late"].value == 24, "21 for the United States and 3 more"
    assert "24" in found["sequence.too_late"].hint
    eased = Question((us, sg), 24, objective="earliest")
    jobs = tuple(replace(j, options=tuple(replace(o, value_by_month=()) for o in j.options)) for j in eased.jobs)
    assert solve(replace(eased, jobs=jobs)).objective_value == 21 + 24


def test_the_first_month_of_a_reliance_on_two_is_that_of_the_second() -> None:
    references = [Job(m, (route(review=r),)) for m, r in (("US", 4), ("EU", 18))]
    sg = Job("SG", (route("abridged", review=9, needs=(Need(("US", "EU"), at_least=2),)),))
    assert refused(question(*references, sg, objective="earliest"))["sequence.too_late"].value == 30


def test_two_markets_that_wait_for_each_other_are_never_filed() -> None:
    cn = Job("CN", (route("recognition", review=1, value=500, needs=(Need(("US",)),)),))
    us = Job("US", (route("recognition", review=1, value=500, needs=(Need(("CN",)),)),))
    assert refused(question(cn, us))["sequence.too_late"].value is None
    either = question(replace(cn, optional=True), replace(us, optional=True))
    assert solve(either).order == ()


CN = Job("CN", (route(value=900),))


@pytest.mark.parametrize(
    ("code", "asked"),
    [
        ("objective", question(CN, objective="fame")),
        ("horizon", Question((), -1)),
        ("discount_rate", question(CN, discount_rate_per_year=-1.0)),
        ("discount_rate", question(CN, discount_rate_per_year=float("nan"))),
        ("team_capacity", question(CN, team_capacity=-1)),
        ("budget_years", question(CN, budget_by_year_usd=(5,))),
        ("budget", question(CN, budget_by_year_usd=(5, -1))),
        ("duplicate_market", question(CN, CN)),
        ("duplicate_market", question(CN, approved=(Approved("CN", 0),))),
        ("ready_month", question(replace(CN, ready_month=-1))),
        ("no_route", question(replace(CN, options=()))),
        ("duplicate_route", question(replace(CN, options=CN.options * 2))),
        ("prepare_months", question(Job("CN", (route(prepare=-1),)))),
        ("review_months", question(Job("CN", (route(review=0),)))),
        ("cost_by_month", question(Job("CN", (route(cost_by_month=(3, -1)),)))),
        ("fee_usd", question(Job("CN", (route(fee_usd=2**46),)))),
        ("value_by_month", question(Job("CN", (route(value_by_month=(1, 2)),)))),
        ("value_by_month", question(Job("CN", (route(value_by_month=()),)))),
        ("patients_by_month", question(CN, objective="patients")),
        ("unknown_market", question(Job("CN", (route(needs=(Need(("XX",)),)),)))),
        ("need_itself", question(Job("CN", (route(needs=(Need(("CN",)),)),)))),
        ("duplicate_reference", question(CN, Job("SG", (route(needs=(Need(("CN", "CN")),)),)))),
        ("at_least", question(CN, Job("SG", (route(needs=(Need(("CN",), at_least=2),)),)))),
        ("within_months", question(CN, Job("SG", (route(needs=(Need(("CN",), within_months=-1),)),)))),
    ],
)
def test_a_wrong_question_is_refused(code: str, asked: Question) -> None:
    assert f"sequence.{code}" in refused(asked)


def test_a_table_with_an_entry_too_far_below_zero_names_that_entry() -> None:
    wrong = question(Job("CN", (route(value_by_month=(-(2**46), *range(HORIZON))),)))
    assert refused(wrong)["sequence.value_by_month"].value == -(2**46)


def test_a_value_table_may_be_left_out_where_the_objective_does_not_ask_for_it() -> None:
    assert solve(question(Job("CN", (route(value_by_month=()),)), objective="cost")).plan[0].value_usd is None


def test_all_that_is_wrong_is_told_at_once() -> None:
    assert len(refused(question(Job("CN", (route(prepare=-1, review=0),)), team_capacity=-1))) == 3


def crowded(markets: int = 9, months: int = 36) -> Question:
    """A made-up question of middling size, too large to enumerate, with every kind of limit."""
    chance = Random(20)
    names = [f"M{number}" for number in range(markets)]
    jobs = []
    for number, name in enumerate(names):
        worth, prepare, review = chance.randint(5, 200) * 1_000, chance.randint(3, 8), chance.randint(6, 14)
        table = tuple(int(worth * (1 - month / (months + 24))) for month in range(months + 1))
        cost = tuple(chance.randint(1, 9) * 100 for _ in range(prepare))
        made = [Option("full", prepare, review, cost, fee_usd=chance.randint(0, 9) * 100, value_by_month=table)]
        if number > 1:
            need = Need(
                tuple(names[: min(number, 4)]), at_least=chance.randint(1, 2), within_months=chance.choice([None, 9])
            )
            made.append(Option("reliance", 2, chance.randint(1, 4), (500, 500), value_by_month=table, needs=(need,)))
        jobs.append(Job(name, tuple(made), chance.randint(0, 6), optional=number > 0))
    return Question(tuple(jobs), months, budget_by_year_usd=(9_000,) * (months // 12 + 1), team_capacity=2)


def best_by_mixed_integer_programming(asked: Question) -> int:
    """The plain month-by-month formulation of the same question, for another solver."""
    slots = [
        (n, o, start, start + o.prepare_months, start + o.prepare_months + o.review_months)
        for n, job in enumerate(asked.jobs)
        for o in job.options
        for start in range(job.ready_month, asked.horizon_months - o.prepare_months - o.review_months + 1)
    ]
    rows: list[tuple[list[float], float, float]] = []
    for n, job in enumerate(asked.jobs):
        rows.append(([float(s[0] == n) for s in slots], 0 if job.optional else 1, 1))
    for month in range(asked.horizon_months + 1):
        rows.append(([float(s[2] <= month < s[3]) for s in slots], 0, float(asked.team_capacity or 0)))
    for year, limit in enumerate(asked.budget_by_year_usd or ()):
        rows.append(([_paid_in(year, o, start, filed) for _, o, start, filed, _ in slots], 0, float(limit)))
    for i, (_, option, _, filed, _) in enumerate(slots):
        for need in option.needs:
            since = -1 if need.within_months is None else filed - need.within_months
            row = [float(asked.jobs[s[0]].market in need.any_of and since <= s[4] <= filed) for s in slots]
            row[i] -= need.at_least
            rows.append((row, 0, np.inf))
    worth = np.array([o.value_by_month[done] - o.total_cost_usd for _, o, _, _, done in slots], dtype=float)
    matrix, low, high = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    found = milp(
        -worth,
        constraints=LinearConstraint(matrix, low, high),
        bounds=Bounds(0, 1),
        integrality=np.ones(len(slots)),
        options={"mip_rel_gap": 0},
    )
    return round(-found.fun)


def _paid_in(year: int, option: Option, start: int, filed: int) -> float:
    fee = option.fee_usd if filed // 12 == year else 0
    return float(fee + sum(usd for k, usd in enumerate(option.cost_by_month) if (start + k) // 12 == year))


@pytest.mark.slow
def test_another_solver_finds_the_same_best_worth_in_a_question_too_large_to_enumerate() -> None:
    asked = crowded(12, 48)
    answer = solve(asked, explain=False)
    assert answer.optimal
    assert answer.objective_value == best_by_mixed_integer_programming(asked)
    assert {p.route for p in answer.plan} >= {"full", "reliance"}, "the case has something to choose"
    assert solve(asked, explain=False, workers=2).objective_value == answer.objective_value


def test_an_answer_that_is_not_proven_says_so_and_its_bound_holds() -> None:
    """No search, however long, finds a plan beyond a bound that a shorter one gave."""
    answers = [solve(crowded(20, 60), seconds=seconds) for seconds in (0.3, 0.6, 1.2)]
    unproven = [answer for answer in answers if not answer.optimal]
    assert unproven, "the first is too short to prove an optimum of 20 markets and 60 months"
    assert max(answer.objective_value for answer in answers) <= min(answer.bound for answer in answers)
    assert all(answer.binding == () and answer.shadow is None for answer in unproven)


@pytest.mark.slow
def test_gains_that_were_not_proven_in_time_are_named_and_hold_as_least() -> None:
    asked = crowded(16, 48)
    hasty, thorough = solve(asked, seconds=0.3), solve(asked, seconds=60.0)
    assert hasty.objective_value == thorough.objective_value
    assert hasty.shadow is not None
    assert thorough.shadow is not None
    assert hasty.shadow.unproven
    assert thorough.shadow.unproven == ()
    assert all(gain <= thorough.gain_without[name] for name, gain in hasty.gain_without.items())
    assert all(gain <= thorough.shadow.budget[year] for year, gain in hasty.shadow.budget.items())
    assert (hasty.shadow.team or 0) <= (thorough.shadow.team or 0)


def test_no_plan_at_all_in_time_is_an_error_of_its_own() -> None:
    with pytest.raises(OnepillError, match="no plan within") as caught:
        solve(crowded(), seconds=1e-9)
    assert not isinstance(caught.value, InputError)


def test_the_solver_is_loaded_only_when_there_is_something_to_solve() -> None:
    code = (
        "import sys; from onepill.pathway.sequence import *; solve(Question((), 3)); sys.exit('ortools' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
