"""The optimiser against a slow twin that tries every plan, and the laws that any optimum keeps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from onepill.core.errors import InputError
from onepill.pathway.sequence import Approved, Job, Need, Option, Question, Sequence, solve

Choice = tuple[Option, int] | None
"""The option and start month of one market, or none."""
MARKETS = ("CN", "US", "EU", "SG")
QUICK = settings(
    max_examples=50,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def enumerate_best(question: Question) -> tuple[int, tuple[Choice, ...]] | None:
    """The best objective and the first plan that reaches it; None where no plan keeps all limits."""
    best: tuple[int, tuple[Choice, ...]] | None = None
    for plan in product(*(list(_choices(job, question.horizon_months)) for job in question.jobs)):
        if not _keeps_limits(question, plan):
            continue
        worth = _worth(question, plan)
        if best is None or _better(question, worth, best[0]):
            best = (worth, plan)
    return best


def _choices(job: Job, horizon: int) -> Iterator[Choice]:
    if job.optional:
        yield None
    for option in job.options:
        for start in range(job.ready_month, horizon + 1):
            if start + option.prepare_months + option.review_months <= horizon:
                yield option, start


def _better(question: Question, worth: int, than: int) -> bool:
    return worth < than if question.objective in ("earliest", "cost") else worth > than


def _keeps_limits(question: Question, plan: tuple[Choice, ...]) -> bool:
    horizon = question.horizon_months
    spent = dict.fromkeys(range(horizon // 12 + 1), 0)
    busy = dict.fromkeys(range(horizon + 1), 0)
    approved = {a.market: a.month for a in question.approved}
    for job, choice in zip(question.jobs, plan, strict=True):
        if choice is None:
            continue
        option, start = choice
        filed = start + option.prepare_months
        approved[job.market] = filed + option.review_months
        for month in range(start, filed):
            busy[month] += 1
        for k, usd in [*enumerate(option.cost_by_month), (option.prepare_months, option.fee_usd)]:
            if (start + k) // 12 in spent:
                spent[(start + k) // 12] += usd
    if question.budget_by_year_usd is not None and any(spent[y] > question.budget_by_year_usd[y] for y in spent):
        return False
    if question.team_capacity is not None and max(busy.values()) > question.team_capacity:
        return False
    return all(_has_references(c[0], c[1] + c[0].prepare_months, approved) for c in plan if c is not None)


def _has_references(option: Option, filed: int, approved: dict[str, int]) -> bool:
    for need in option.needs:
        counting = 0
        for market in need.any_of:
            if market in approved and approved[market] <= filed:
                age = filed - approved[market]
                counting += need.within_months is None or age <= need.within_months
        if counting < need.at_least:
            return False
    return True


def _worth(question: Question, plan: tuple[Choice, ...]) -> int:
    worth = 0
    for choice in plan:
        if choice is None:
            worth += question.horizon_months + 1 if question.objective == "earliest" else 0
            continue
        option, start = choice
        month = start + option.prepare_months + option.review_months
        cost = sum(option.cost_by_month) + option.fee_usd
        worth += {
            "value": (option.value_by_month or [0] * 99)[month] - (0 if question.value_is_net else cost),
            "patients": (option.patients_by_month or [0] * 99)[month],
            "earliest": month,
            "cost": cost,
        }[question.objective]
    return worth


@st.composite
def options(draw: st.DrawFn, *, route: str, others: tuple[str, ...], horizon: int, lawful: bool) -> Option:
    """A route; `lawful` ones are worth less the later they are approved and rely on approvals of any age."""
    prepare, review = draw(st.integers(0, 3)), draw(st.integers(1, 3))
    needs: tuple[Need, ...] = ()
    if others and draw(st.booleans()):
        any_of = tuple(draw(st.lists(st.sampled_from(others), min_size=1, unique=True)))
        within = None if lawful else draw(st.none() | st.integers(0, 4))
        needs = (Need(any_of, at_least=draw(st.integers(1, len(any_of))), within_months=within),)
    table = st.lists(st.integers(-2, 30), min_size=horizon + 1, max_size=horizon + 1)
    value, patients = draw(table), draw(table)
    return Option(
        route,
        prepare,
        review,
        cost_by_month=tuple(draw(st.lists(st.integers(0, 4), max_size=prepare + review))),
        fee_usd=draw(st.integers(0, 3)),
        value_by_month=tuple(sorted(value, reverse=True) if lawful else value),
        patients_by_month=tuple(sorted(patients, reverse=True) if lawful else patients),
        needs=needs,
    )


@st.composite
def questions(draw: st.DrawFn, *, lawful: bool = False) -> Question:
    """Up to four markets with up to two routes; the horizon crosses into the second year now and then."""
    count = draw(st.integers(1, 4))
    horizon = draw(st.integers(4, 7 if count > 2 else 14))
    facts = draw(st.sampled_from([(), (Approved("JP", -2),), (Approved("JP", 3),)]))
    jobs = []
    for number, market in enumerate(MARKETS[:count]):
        others = tuple(m for m in MARKETS[:count] if m != market) + tuple(a.market for a in facts)
        routes = ("standard", "reliance")[: draw(st.integers(1, 2))]
        made = tuple(draw(options(route=r, others=others, horizon=horizon, lawful=lawful)) for r in routes)
        jobs.append(Job(market, made, draw(st.integers(0, 2)), optional=number > 0 or draw(st.booleans())))
    years = horizon // 12 + 1
    return Question(
        tuple(jobs),
        horizon,
        budget_by_year_usd=draw(st.none() | st.tuples(*[st.integers(0, 12)] * years)),
        team_capacity=draw(st.sampled_from([None, 1, 1, 2, 0])),
        objective=draw(st.sampled_from(["value", "earliest", "patients", "cost"])),
        value_is_net=draw(st.booleans()),
        approved=facts,
    )


def solved(question: Question, *, explain: bool = False, unit: int = 1) -> Sequence | None:
    """The answer; None where there is no plan."""
    try:
        return solve(question, explain=explain, budget_unit_usd=unit)
    except InputError as error:
        codes = {f.code for f in error.findings}
    assert all(code == "sequence.too_late" or code.startswith("sequence.infeasible_") for code in codes)
    return None


def as_choices(question: Question, answer: Sequence) -> tuple[Choice, ...]:
    found: list[Choice] = []
    for job, planned in zip(question.jobs, answer.plan, strict=True):
        option = next((o for o in job.options if o.route == planned.route), None)
        assert (option is None) == (planned.start_month is None)
        found.append(None if option is None or planned.start_month is None else (option, planned.start_month))
    return tuple(found)


@QUICK
@given(questions())
def test_no_plan_of_all_is_better(question: Question) -> None:
    best, answer = enumerate_best(question), solved(question)
    if best is None or answer is None:
        assert best is answer is None
        return
    assert answer.optimal
    assert answer.objective_value == answer.bound == best[0]
    plan = as_choices(question, answer)
    assert _keeps_limits(question, plan)
    assert _worth(question, plan) == answer.objective_value, "the plan is worth what the answer says"


@QUICK
@given(questions())
def test_the_worth_of_one_more_unit_is_that_of_the_best_plan_with_it(question: Question) -> None:
    answer = solved(question, explain=True, unit=3)
    if answer is None:
        return
    assert answer.shadow is not None
    assert answer.shadow.unproven == ()
    for year, gain in answer.shadow.budget.items():
        assert question.budget_by_year_usd is not None
        more = [usd + 3 * (y == year) for y, usd in enumerate(question.budget_by_year_usd)]
        assert gain == _improvement(question, replace(question, budget_by_year_usd=tuple(more)))
    assert (answer.shadow.team is None) == (question.team_capacity is None)
    if question.team_capacity is not None:
        assert answer.shadow.team == _improvement(question, replace(question, team_capacity=question.team_capacity + 1))


@QUICK
@given(questions())
def test_what_binds_is_what_would_help_if_it_were_gone(question: Question) -> None:
    answer = solved(question, explain=True)
    if answer is None:
        return
    lifted = {
        "budget": replace(question, budget_by_year_usd=None),
        "team": replace(question, team_capacity=None),
        "needs": _without_needs(question, set(MARKETS)),
        "all together": _without_needs(replace(question, budget_by_year_usd=None, team_capacity=None), set(MARKETS)),
    }
    lifted |= {f"need {m}": _without_needs(question, {m}) for m in MARKETS}
    if question.budget_by_year_usd is not None:
        for year in range(len(question.budget_by_year_usd)):
            free = [999 if y == year else usd for y, usd in enumerate(question.budget_by_year_usd)]
            lifted[f"budget year {year}"] = replace(question, budget_by_year_usd=tuple(free))
    for name, gain in answer.gain_without.items():
        key = "team" if name.startswith("team") else name
        assert gain == _improvement(question, lifted[key]) > 0
    assert bool(answer.binding) == (_improvement(question, lifted["all together"]) > 0)
    singles = [key for key in lifted if key == "team" or key.startswith(("budget year", "need "))]
    named = {name.partition(" months")[0] for name in answer.binding}
    assert {key for key in singles if _improvement(question, lifted[key]) > 0} == named & set(singles)


def _improvement(question: Question, eased: Question) -> int:
    before, after = enumerate_best(question), enumerate_best(eased)
    assert before is not None
    assert after is not None
    return abs(after[0] - before[0])


def _without_needs(question: Question, markets: set[str]) -> Question:
    return replace(
        question,
        jobs=tuple(
            replace(job, options=tuple(replace(o, needs=()) for o in job.options)) if job.market in markets else job
            for job in question.jobs
        ),
    )


@QUICK
@given(questions(lawful=True), st.data())
def test_a_shorter_review_is_never_worse(question: Question, data: st.DataObject) -> None:
    """Where value falls with time and approvals do not grow too old to rely on."""
    market = data.draw(st.sampled_from([job.market for job in question.jobs]))
    shorter = replace(
        question,
        jobs=tuple(
            replace(job, options=tuple(replace(o, review_months=max(1, o.review_months - 1)) for o in job.options))
            if job.market == market
            else job
            for job in question.jobs
        ),
    )
    _assert_never_worse(question, shorter)


@QUICK
@given(questions(), st.integers(0, 10), st.integers(0, 1))
def test_more_budget_or_team_is_never_worse(question: Question, usd: int, people: int) -> None:
    budget, team = question.budget_by_year_usd, question.team_capacity
    more = replace(
        question,
        budget_by_year_usd=None if budget is None else tuple(b + usd for b in budget),
        team_capacity=None if team is None else team + people,
    )
    _assert_never_worse(question, more)


def _assert_never_worse(question: Question, eased: Question) -> None:
    before, after = solved(question), solved(eased)
    if before is not None:
        assert after is not None, "what had a plan has one still"
        assert not _better(question, before.objective_value, after.objective_value)


@QUICK
@given(questions())
def test_asked_twice_or_with_other_seeds_the_worth_is_the_same(question: Question) -> None:
    first = solved(question)
    assert solved(question) == first
    if first is not None:
        assert solve(question, seed=7, explain=False).objective_value == first.objective_value


@QUICK
@given(questions())
@example(Question((Job("CN", (Option("a", 3, 1, (), 0), Option("b", 2, 1, (9,), 1))),), 4, (5,), 0, "cost"))
def test_each_way_to_relax_is_enough_and_the_least(question: Question) -> None:
    """A market is dropped only where all of the named ones must be; one dollar or one filing less is not enough."""
    must = replace(question, jobs=tuple(replace(job, optional=False) for job in question.jobs))
    try:
        solve(must, explain=False)
    except InputError as error:
        found = {f.code: f.value for f in error.findings}
    else:
        return
    if "sequence.too_late" in found:
        assert enumerate_best(must) is None
        return
    assert set(found) <= {"sequence.infeasible_budget", "sequence.infeasible_team", "sequence.infeasible_markets"}
    _assert_least_markets(must, set(found["sequence.infeasible_markets"]))
    if (usd := found.get("sequence.infeasible_budget")) is not None:
        _assert_least_budget(must, usd)
    elif must.budget_by_year_usd is not None:
        assert enumerate_best(replace(must, budget_by_year_usd=None)) is None
    if (team := found.get("sequence.infeasible_team")) is not None:
        assert enumerate_best(replace(must, team_capacity=team)) is not None
        assert enumerate_best(replace(must, team_capacity=team - 1)) is None
    elif must.team_capacity is not None:
        assert enumerate_best(replace(must, team_capacity=None)) is None


def _assert_least_markets(must: Question, names: set[str]) -> None:
    assert names
    assert enumerate_best(_with_optional(must, names)) is not None
    for name in names:
        assert enumerate_best(_with_optional(must, names - {name})) is None


def _with_optional(question: Question, names: set[str]) -> Question:
    return replace(question, jobs=tuple(replace(job, optional=job.market in names) for job in question.jobs))


def _assert_least_budget(must: Question, over: dict[int, int]) -> None:
    assert must.budget_by_year_usd is not None
    enough = [usd + over.get(year, 0) for year, usd in enumerate(must.budget_by_year_usd)]
    assert enumerate_best(replace(must, budget_by_year_usd=tuple(enough))) is not None
    for year in over:
        short = [usd - (y == year) for y, usd in enumerate(enough)]
        assert enumerate_best(replace(must, budget_by_year_usd=tuple(short))) is None


def test_the_twin_finds_no_plan_where_there_is_none() -> None:
    late = Job("CN", (Option("standard", 3, 3),))
    assert enumerate_best(Question((late,), 5, objective="earliest")) is None
    assert enumerate_best(Question((late,), 6, objective="earliest")) == (6, ((late.options[0], 0),))
    with pytest.raises(InputError, match="approved within the horizon"):
        solve(Question((late,), 5, objective="earliest"))
