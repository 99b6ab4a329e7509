"""What the sequence optimiser is asked about a programme: costs, chances, launches and readouts in its months."""

from __future__ import annotations

from typing import Any

import pytest

from onepill.model import load_programme
from onepill.pathway.sequence import Option, Question, Sequence, solve
from onepill.rulebook import load_rulebook
from onepill.workbench.filing import filing_sequence
from onepill.workbench.filing.filing_plan import make_filing_plan
from tests.workbench.passports import text_of

FILING, MARKET = "route: nda, after: [phase_3]", "    patients_per_year:"
LAUNCH_COST_USD = 50e6


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Question]:
    """The questions that went to the solver."""
    found: list[Question] = []

    def listen(question: Question, **how: Any) -> Sequence:
        found.append(question)
        return solve(question, **how)

    monkeypatch.setattr(filing_sequence, "solve", listen)
    return found


def us_option(asked: list[Question], *, filing: str = "", market: str = "", capital: str = "", **how: Any) -> Option:
    """The US standard route of the smallest example with further lines in its file."""
    text = text_of("minimal").replace(FILING, FILING + filing).replace(MARKET, market + MARKET) + capital
    options: dict[str, Any] = {"markets": ["US"], "optimise": "value", "draws": 200, "seed": 1, "threads": 1, **how}
    make_filing_plan(load_programme(text), load_rulebook(), **options)
    (job,) = asked[-1].jobs
    return next(option for option in job.options if option.route == "standard")


def test_the_fee_is_that_of_the_us_federal_register_for_fiscal_year_2024(asked: list[Question]) -> None:
    """Fiscal year 2024, with clinical data: 4,048,695 US dollars (88 FR 48881)."""
    assert us_option(asked).fee_usd == 4_048_695


def test_the_cost_of_preparing_is_spread_over_its_months(asked: list[Question]) -> None:
    lines = ", preparation: {value: 5 months, assumption: x}, preparation_cost: {value: 10 MUSD, assumption: x}"
    option = us_option(asked, filing=lines)
    assert option.prepare_months == 5
    assert option.cost_by_month == (2_000_000,) * 5


def test_worth_and_patients_are_times_the_chance_of_approval_once_filed(asked: list[Question]) -> None:
    """The shares of approved among filed in the scouting scatter by a tenth at most about 0.4 and 0.8."""
    less, more = (us_option(asked, filing=f", approval_prob: {{value: {p}, assumption: x}}") for p in (0.4, 0.8))
    month = 140
    assert more.value_by_month[month] / less.value_by_month[month] == pytest.approx(2, rel=0.1)
    assert more.patients_by_month[month] / less.patients_by_month[month] == pytest.approx(2, rel=0.1)
    assert more.patients_by_month[month] > 0


def test_a_launch_later_by_a_year_treats_as_many_as_an_approval_later_by_it(asked: list[Question]) -> None:
    """A year of 365 days is a quarter of a day short of twelve months: far less than a patient in a hundred."""
    chance = ", approval_prob: {value: 1, assumption: x}"
    soon, late = (
        us_option(asked, filing=chance, market=f"    launch_lag: {{value: {days} days, assumption: x}}\n")
        for days in (10, 375)
    )
    assert late.patients_by_month[120:130] == pytest.approx(soon.patients_by_month[132:142], rel=0.01)
    assert late.patients_by_month[130] < 0.95 * soon.patients_by_month[130]


def test_the_launch_is_paid_for_and_discounted_to_the_plans_day(asked: list[Question]) -> None:
    """At 10 % a year, whatever the convention within a year: between half a year's discount less and more."""
    rate = "capital: {discount_rate_per_year: {value: 0.1, assumption: x}}\n"
    chance = ", approval_prob: {value: 1, assumption: x}"
    free = us_option(asked, filing=chance, capital=rate)
    line = f"    launch_cost: {{value: {LAUNCH_COST_USD:.0f} USD, assumption: x}}\n"
    paid = us_option(asked, filing=chance, capital=rate, market=line)
    for month in (60, 120, 150):
        lost = (free.value_by_month[month] - paid.value_by_month[month]) / LAUNCH_COST_USD
        assert 1.1 ** -(month / 12 + 1) < lost < 1.1 ** -(month / 12 - 1)
    assert asked[-1].discount_rate_per_year == 0.1


def test_nothing_is_begun_before_its_readout(asked: list[Question]) -> None:
    """The market is ready when its last stage ends: preparation, then the review of ten months, follow."""
    done = us_option(asked, optimise="earliest", team=1)
    (job,) = asked[-1].jobs
    plan = solve(asked[-1], explain=False).plan[0]
    assert job.ready_month > 36, "a phase 2 and a phase 3 go before"
    assert plan.start_month == job.ready_month
    assert plan.approved_month == job.ready_month + done.prepare_months + done.review_months


def test_an_approval_is_young_enough_to_rely_on_for_the_years_that_the_rulebook_states(asked: list[Question]) -> None:
    rulebook = load_rulebook()
    make_filing_plan(
        load_programme(text_of("tunlametinib")),
        rulebook,
        markets=["all"],
        optimise="earliest",
        draws=200,
        seed=1,
        threads=1,
        team=3,
    )
    within = {
        (job.market, option.route): need.within_months
        for job in asked[-1].jobs
        for option in job.options
        for need in option.needs
    }
    stated = {
        (p.jurisdiction, p.id.rpartition(".")[2]): p.relies_on.within_years
        for p in rulebook.procedures()
        if p.relies_on is not None
    }
    found = {key: (within[key], stated[key]) for key in within if key in stated}
    assert any(years for _, years in found.values()), "a route with a limit is among them"
    assert all(months == (None if years is None else 12 * years) for months, years in found.values())
