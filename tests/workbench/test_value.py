"""`value`: the passport's numbers in full, flows against plain patients, and a slow twin on the paths themselves."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from onepill.access import CAME, FUNNEL, YEARS, MarketInput, Rival
from onepill.core.dates import NEVER
from onepill.core.errors import InputError
from onepill.sim import Results
from onepill.sim.plan import Link
from onepill.workbench.operations import operation
from onepill.workbench.results.derive import explain
from onepill.workbench.results.forecast_runs import NET, PATIENTS, forecast_markets
from onepill.workbench.results.patients import days_of
from onepill.workbench.results.simulate import simulate
from tests.access.test_market_flow import FlowDaily
from tests.workbench.passports import EXAMPLES, Row, assembled, example, passport_of, text_of

HEAD = """onepill: 1
programme: small
as_of: 2025-01-06
asset: {name: small, modality: small_molecule}
indication: {name: any, area: other}
development:
  trial: {kind: phase_3, regions: [US], held: [US], cost: 12 MUSD, success_prob: 0.6, duration: 30 months}
filings:
  US: {after: [trial], review: {low: 8 months, high: 14 months}, preparation: 6 months, approval_prob: 0.9}
scenarios:
  dearer: {changes: [{path: markets.US.net_price_per_month, value: 2_600 USD, reason: a peer}]}
markets:
  US:
    months_on_treatment: 10
    net_price_per_month: 2_000 USD
    launch_lag: {low: 1 months, high: 9 months}
    launch_cost: 3 MUSD
    loss_of_exclusivity: {exclusivity_years: 12}
"""
PLAIN = "    patients_per_year: 1_080\n    peak_share: 0.2\n"
FLOW = """    patients:
      population: 100_000_000
      incidence_per_100_000: 3
      diagnosed_share: 0.9
      biomarker_test_share: 0.8
      biomarker_positive_share: 0.5
    peak_share: 0.2
"""
POOL = FLOW.replace("      diagnosed", "      prevalence: {per_100_000: 9, treated_over_years: 4}\n      diagnosed")
RIVALS = """    competition:
      in_class: 1
      entrants:
        - {day: 2030-03-01, prob: 0.5}
        - {delay: 6 years, count: 2}
"""
CLASS = FLOW.replace("    peak_share: 0.2\n", RIVALS.replace("in_class: 1", "in_class: 1\n      class_share: 0.5"))


def ask(text: str, **changes: Any) -> Row:
    found = operation("value")
    fields = {"text": text, "file": "test.yaml", "draws": 2_000, "seed": 1, "threads": 1, **changes}
    return dict(found.ask(found.question.model_validate(fields)))


@lru_cache(maxsize=16)
def asked(text: str, draws: int = 2_000) -> Row:
    return ask(text, draws=draws)


def of_market(document: Row, id_: str) -> Row:
    return next(row for row in document["markets"] if row["id"] == id_)


# The passport's numbers


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_number_that_a_passport_has_too_is_the_passports(name: str) -> None:
    document, value = ask(text_of(name), draws=20_000), example(name)["value"]
    assert {key: document["rnpv_usd"][key] for key in value["rnpv_usd"]} == value["rnpv_usd"]
    same = ("rnpv_expected_usd", "by_market", "yearly", "cost_per_launch_usd", "assumption_variance_share")
    assert {key: document[key] for key in same} == {key: value[key] for key in same}


def test_a_scenario_is_the_passports_on_the_same_futures() -> None:
    names = ["expedited_us", "without_japan"]
    document, passport = ask(text_of("tunlametinib"), draws=20_000, scenarios=names), example("tunlametinib")
    of_passport = {row["name"]: row for row in passport["scenarios"]}
    assert [row["name"] for row in document["scenarios"]] == names
    for row in document["scenarios"]:
        beside = of_passport[row["name"]]
        assert row["rnpv_difference_usd"] == beside["rnpv_difference_usd"]
        assert {key: row["rnpv_usd"][key] for key in beside["rnpv_usd"]} == beside["rnpv_usd"]
        assert sum(part["rnpv_usd"] for part in row["by_market"]) == pytest.approx(row["rnpv_usd"]["mean"], abs=5)


def test_the_chance_of_a_loss_is_that_of_a_value_below_nothing() -> None:
    base = assembled(HEAD + PLAIN)
    npv = simulate(base.plan, draws=2_000, seed=1, threads=1).drawn.npv_usd["owner"]
    assert asked(HEAD + PLAIN)["rnpv_usd"]["prob_loss"] == np.count_nonzero(npv < 0) / 2_000


def test_a_value_that_no_path_moves_rests_on_no_assumption() -> None:
    """A programme that cannot succeed costs the same on every path: its variance is nothing, and so is each share."""
    document = asked((HEAD + PLAIN).replace("success_prob: 0.6", "success_prob: 0"))
    assert document["rnpv_usd"]["sd"] == 0
    assert document["assumption_variance_share"] == {"mean": 0.0, "standard_error": 0.0}
    assert json.dumps(document, allow_nan=False)


# Years


@pytest.mark.parametrize("text", [HEAD + PLAIN, HEAD + POOL, text_of("tunlametinib"), text_of("adc_shanghai")])
def test_the_years_add_up(text: str) -> None:
    document = asked(text)
    parts = {row["id"]: row["rnpv_usd"]["mean"] for row in document["by_market"]}
    for market in document["markets"]:
        present = 0.0
        for year in market["years"]:
            row = {name: cell["mean"] for name, cell in year["expected"].items()}
            costs = sum(row[name] for name in ("cost_of_goods_usd", "selling_usd", "tax_usd", "launch_cost_usd"))
            assert row["cash_usd"] == pytest.approx(row["net_sales_usd"] - costs, abs=0.05), "cents are rounded"
            assert list(year["expected"]) == list(YEARS)
            present += row["discounted_usd"]
        assert present == pytest.approx(parts[market["id"]], abs=2), "whole dollars; the largest part takes the rest"


def test_given_a_launch_each_mean_is_the_expected_one_over_the_chance_of_it() -> None:
    market = of_market(asked(HEAD + POOL), "us")
    prob = market["launch"]["prob"]
    assert 0.4 < prob < 0.7
    for year in market["years"]:
        for name, cell in year["expected"].items():
            assert year["given_launch"][name]["mean"] * prob == pytest.approx(cell["mean"], abs=0.01), name
    last = market["years"][-1]
    assert last["given_launch"]["on_market_share"]["mean"] == pytest.approx(1, abs=1e-6)
    assert last["expected"]["on_market_share"]["mean"] == pytest.approx(prob, abs=1e-6)


def test_a_market_that_never_opens_has_no_years_and_no_launch() -> None:
    never = HEAD.replace("approval_prob: 0.9", "approval_prob: 0")
    market = of_market(ask(never + FLOW), "us")
    assert (market["years"], market["peak_year"], market["launch"]["p50"]) == ([], None, None)
    assert market["peak_sales_usd"] == 1_080 * 0.2 * 20_000


def test_price_payers_and_later_levels_stand_between_gross_and_net() -> None:
    more = "    payers: [{payer: all, patient_share: 1, price_share: 0.8}]\n"
    more += "    price_steps: [{since: 2032-01-01, factor: 0.5}]\n"
    years = {row["year"]: row for row in of_market(ask(HEAD + PLAIN + more), "us")["years"]}
    for year, factor in ((2031, 0.8), (2032, 0.4), (2040, 0.4)):
        row = years[year]
        assert (row["gross_price_per_month_usd"], row["net_price_per_month_usd"]) == (2_000, 2_000 * factor)
        ratio = row["expected"]["net_sales_usd"]["mean"] / row["expected"]["gross_sales_usd"]["mean"]
        assert ratio == pytest.approx(factor, abs=1e-6)


def test_errors_are_what_other_seeds_spread() -> None:
    """Sixty seeds: the spread of their means is known to a tenth or so; within 0.7 to 1.4 is three of its errors."""
    base = assembled(HEAD + POOL)
    runs = [simulate(base.plan, draws=500, seed=seed, threads=1) for seed in range(1, 61)]
    found = [forecast_markets(base, run, threads=1)["us"] for run in runs]
    for name in (NET, PATIENTS, "cash_usd", "discounted_usd", "on_market_share"):
        means = np.array([forecast.years[name].mean for forecast in found])
        errors = np.array([forecast.years[name].standard_error for forecast in found])
        for k in (5, 8, 15):
            assert errors[:, k].mean() / means[:, k].std(ddof=1) == pytest.approx(1, rel=0.4), (name, k)
    within = np.array([f.years[NET].mean / f.launch_prob for f in found])
    launched = np.array([f.years[NET].launched_error for f in found])
    assert launched[:, 8].mean() / within[:, 8].std(ddof=1) == pytest.approx(1, rel=0.2), (
        "one error of a spread of 60 is 9 percent"
    )


def test_the_chance_to_be_on_a_market_that_may_end_has_the_error_of_a_share() -> None:
    """China's market ends where the confirmatory trial fails; long after that a path is on it or off it."""
    year = next(row for row in of_market(asked(text_of("tunlametinib")), "cn")["years"] if row["year"] == 2040)
    share = year["expected"]["on_market_share"]
    assert 0.4 < share["mean"] < 0.7
    error = (share["mean"] * (1 - share["mean"]) / 1_999) ** 0.5
    assert share["standard_error"] == pytest.approx(error, abs=1e-6), "six places are shown"


def test_the_launch_cost_of_a_market_with_payer_states_is_counted_once_on_the_launch() -> None:
    """3 million dollars on each path that is launched, whichever states follow."""
    text = HEAD.replace("    launch_cost", "    access: {path: us_medicare}\n    launch_cost") + PLAIN
    market = of_market(asked(text), "us")
    paid = sum(year["expected"]["launch_cost_usd"]["mean"] for year in market["years"])
    assert paid == pytest.approx(3e6 * market["launch"]["prob"], abs=1)
    given_launch = sum(year["given_launch"]["launch_cost_usd"]["mean"] for year in market["years"])
    assert given_launch == pytest.approx(3e6, abs=1)


# Flows, pools, rivals


LISTED = """onepill: 1
programme: listed
as_of: 2024-10-15
asset: {name: listed, modality: vaccine}
indication: {name: any, area: infectious_disease}
development: {trial: {kind: phase_3, regions: [JP], held: [JP], duration: 500 days, cost: 3_000 MJPY, success_prob: 1}}
filings: {JP: {after: [trial], preparation: 100 days, review: 300 days, approval_prob: 1, first_cycle_prob: 1}}
markets:
  JP:
    patients_per_year: 100_000
    peak_share: 0.3
    months_on_treatment: 1
    net_price_per_month: 20_000 JPY
    launch_lag: 90 days
    loss_of_exclusivity: {exclusivity_years: 8}
  OLD:
    jurisdiction: JP
    filing: JP
    patients_per_year: 50_000
    peak_share: 0.3
    months_on_treatment: 1
    net_price_per_month: 20_000 JPY
    loss_of_exclusivity: {exclusivity_years: 8}
capital: {exchange_rates: {JPY: {per_usd: 150, date: 2024-10-10}}}
"""


def test_protection_runs_from_approval_and_not_from_the_price_list() -> None:
    """Japan lists 60 days after approval, and the launch comes the lag later: for each market of the one filing."""
    approved = date(2024, 10, 15) + timedelta(days=900)
    for market in asked(LISTED)["markets"]:
        assert market["launch"]["p50"] == (approved + timedelta(days=60 + 90)).isoformat()
        assert market["loss_of_exclusivity"]["p50"] == (approved + timedelta(days=8 * 365.25)).isoformat()


def test_a_flow_is_worth_what_its_product_is_worth() -> None:
    """100 million people x 3 in 100,000 x 0.9 x 0.8 x 0.5 are 1,080 patients a year."""
    plain, flow = asked(HEAD + PLAIN), asked(HEAD + FLOW)
    assert flow["rnpv_usd"]["mean"] == pytest.approx(plain["rnpv_usd"]["mean"], abs=1)
    assert of_market(flow, "us")["peak_sales_usd"] == of_market(plain, "us")["peak_sales_usd"] == 4_320_000
    assert [round(row["running"], 6) for row in of_market(flow, "us")["funnel"]] == [
        *(100_000_000, 3_000, 2_700, 2_160, 1_080, 216, 2_160, 4_320_000)
    ]


def test_compliance_acts_on_the_months_and_not_on_the_patients() -> None:
    whole, less = (
        asked(HEAD + FLOW),
        ask(HEAD + FLOW.replace("      diagnosed", "      compliance_share: 0.75\n      diagnosed")),
    )
    one, other = of_market(whole, "us"), of_market(less, "us")
    assert other["peak_sales_usd"] == 0.75 * one["peak_sales_usd"]
    assert other["peak_patients_per_year"] == one["peak_patients_per_year"] == 216
    for before, after in zip(one["years"], other["years"], strict=True):
        assert after["expected"]["patients_treated"] == before["expected"]["patients_treated"]


@pytest.mark.parametrize("flow", [POOL, POOL + RIVALS, CLASS])
def test_net_sales_and_patients_are_those_of_a_twin_that_sells_day_by_day_on_each_path(flow: str) -> None:
    """Every input but the days is fixed, so that a path's year is the scale times the twin's year for its launch."""
    text = HEAD + flow
    base = assembled(text)
    run = simulate(base.plan, draws=100, seed=1, threads=1)
    (given,) = base.markets
    days = run.drawn.days_of("us.launch")
    scale = float(np.prod([draw.distribution.mean() * draw.factor for draw in given.scale]))
    launches = [(path, int(day)) for path, day in enumerate(days) if day < NEVER]
    twins = [FlowDaily(with_rivals_of(given, run.drawn, path), date.fromordinal(day)) for path, day in launches]
    assert 30 < len(twins) < 80
    years = {row["year"]: row["expected"] for row in of_market(ask(text, draws=100), "us")["years"]}
    for year in (2030, 2033):
        by_twin = scale * sum(sold_in(twin, year) for twin in twins) / 100
        assert years[year]["net_sales_usd"]["mean"] == pytest.approx(by_twin, rel=2e-3), "a pool ends within a day"


def with_rivals_of(given: MarketInput, drawn: Results, path: int) -> MarketInput:
    """The market with the rivals who come on one path, for certain and on their days."""
    if given.competition is None:
        return given
    came = [int(days_of(drawn, Link(rival.id, CAME))[path]) for rival in given.competition.rivals]
    known = tuple(Rival((day,), 1.0) for day in came if day < NEVER)
    return replace(given, competition=replace(given.competition, rivals=known))


def sold_in(twin: FlowDaily, year: int) -> float:
    """The twin's peak-years sold in a calendar year, at the price of the file."""
    days = (date.fromordinal(day) for day in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()))
    sold = [twin.uptake(day) * twin.kept(day) for day in days if day >= twin.launch]
    return sum(sold) / (365 + (year % 4 == 0))


def test_the_pools_patients_are_treated_over_its_years_besides_the_new_ones() -> None:
    """9 in 100,000 of 100 million: 9,000 x 0.36 x 0.2 = 648 on the drug, three years of new ones."""
    market = of_market(asked(HEAD + POOL), "us")
    assert market["pool"] == {
        "path": "markets.us.patients.prevalence",
        "ratio_years": pytest.approx(3.0),
        "treated_over_years": 4,
        "patients_on_drug": pytest.approx(648.0),
    }
    with_pool, without = (
        sum(row["given_launch"]["patients_treated"]["mean"] for row in of_market(asked(text), "us")["years"])
        for text in (HEAD + POOL, HEAD + FLOW)
    )
    assert with_pool - without == pytest.approx(648, abs=1)


def test_a_pool_alone_is_the_whole_flow() -> None:
    alone = POOL.replace("      incidence_per_100_000: 3\n", "")
    market = of_market(ask(HEAD + alone), "us")
    assert market["pool"]["ratio_years"] is None
    assert market["peak_patients_per_year"] == 162
    assert market["peak_sales_usd"] == 162 * 20_000
    treated = sum(row["given_launch"]["patients_treated"]["mean"] for row in market["years"])
    assert treated == pytest.approx(648, abs=1)
    part = next(row for row in asked(HEAD + alone)["by_market"] if row["id"] == "us")
    assert part["peak_sales_usd"] == 162 * 20_000


def test_a_class_share_is_shared_by_order_of_entry() -> None:
    """Second of two: 0.5 x 0.4142 of the treated, before rivals to come."""
    market = of_market(asked(HEAD + CLASS), "us")
    assert market["competition"]["order_share"] == pytest.approx(0.5**0.5 / (1 + 0.5**0.5))
    assert market["peak_patients_per_year"] == pytest.approx(1_080 * 0.5 * 0.41421, abs=0.1)
    steps = {row["key"]: row["value"] for row in market["funnel"]}
    assert steps["class_share"] == 0.5
    assert steps["order_of_entry"] == market["competition"]["order_share"]
    assert market["competition"]["expected_rivals"] == 2.5


def test_rivals_lower_the_value_and_their_absence_gives_it_back() -> None:
    alone, rivals = asked(HEAD + POOL), asked(HEAD + POOL + RIVALS)
    lost = alone["rnpv_usd"]["mean"] - rivals["rnpv_usd"]["mean"]
    assert lost > 0
    assert rivals["rivals_difference_usd"]["none"]["mean"] == pytest.approx(lost, abs=1)
    assert rivals["rivals_difference_usd"]["all"]["mean"] < 0
    assert alone["rivals_difference_usd"] is None


def test_instalments_beside_rivals_move_what_is_received_and_nothing_else() -> None:
    """Spans that rivals share are paid over three years: patients and gross sales stay where they were."""
    access = "    access: {states: {sold: {initial: true}}}\n"
    paid = access.replace("}}}", "}}, instalments: {years: 3, kept_share_per_year: 1}}")
    at_once, later = (of_market(asked(HEAD + CLASS + text), "us") for text in (access, paid))
    sold = {row["year"]: row["expected"] for row in at_once["years"]}
    net = [row["net_sales_usd"]["mean"] for row in sold.values()]
    for k, row in enumerate(later["years"]):
        for name in ("patients_treated", "gross_sales_usd", "on_market_share"):
            assert row["expected"][name] == sold[row["year"]][name]
        received = sum(net[max(k - 2, 0) : k + 1]) / 3
        assert row["expected"]["net_sales_usd"]["mean"] == pytest.approx(received, rel=1e-6, abs=1)


def test_a_rival_without_a_chance_changes_nothing_and_a_certain_one_is_all_there_is() -> None:
    never = ask(HEAD + POOL + "    competition: {in_class: 1, entrants: [{day: 2031-01-01, prob: 0}]}\n")
    assert never["rnpv_usd"] == asked(HEAD + POOL)["rnpv_usd"]
    certain = ask(HEAD + POOL + "    competition: {in_class: 1, entrants: [{day: 2031-01-01}]}\n")
    assert certain["rivals_difference_usd"]["all"] == {"mean": 0, "standard_error": 0}


def test_the_exponent_of_the_file_goes_before_the_rulebooks() -> None:
    equal = CLASS.replace("in_class: 1", "in_class: 1\n      entry_exponent: 0")
    assert of_market(ask(HEAD + equal), "us")["competition"]["order_share"] == 0.5
    by_rule = {row["path"]: row for row in asked(HEAD + CLASS)["provenance"]}["markets.us.competition.entry_exponent"]
    assert (by_rule["origin"], by_rule["value"], by_rule["source_grade"]) == ("rule", 0.5, "secondary")
    assert "square root" not in by_rule["source"]["title"]
    assert "Order of market entry" in by_rule["source"]["title"]


def test_each_uncertain_step_is_drawn_in_a_stream_of_its_own() -> None:
    uncertain = FLOW.replace("diagnosed_share: 0.9", "diagnosed_share: {low: 0.8, high: 1.0}")
    uncertain = uncertain.replace("incidence_per_100_000: 3", "incidence_per_100_000: {low: 2, high: 4}")
    base = assembled(HEAD + uncertain)
    streams = [draw.stream for draw in base.markets[0].scale]
    assert len(set(streams)) == len(streams)
    run = simulate(base.plan, draws=4_000, seed=1, threads=1)
    assert {"markets.us.patients.diagnosed_share", "markets.us.patients.incidence_per_100_000"} <= set(
        run.compiled.streams
    )
    document, plain = ask(HEAD + uncertain, draws=20_000), ask(HEAD + FLOW, draws=20_000)
    assert document["rnpv_usd"]["sd"] > plain["rnpv_usd"]["sd"]
    error = document["by_market"][1]["rnpv_usd"]["standard_error"]
    parts = [found["by_market"][1]["rnpv_usd"]["mean"] for found in (document, plain)]
    assert parts[0] == pytest.approx(parts[1], abs=4 * error), "the means of both spreads are those of the plain file"


# What is asked, and what it rests on


def test_a_market_is_shown_alone_and_the_programme_stays_whole() -> None:
    whole, us = asked(text_of("tunlametinib")), ask(text_of("tunlametinib"), market="us")
    assert [row["id"] for row in us["markets"]] == ["us"]
    assert us["rnpv_usd"] == whole["rnpv_usd"]
    assert of_market(us, "us") == of_market(whole, "us")


def test_an_unknown_market_is_named_with_those_that_there_are() -> None:
    with pytest.raises(InputError) as caught:
        ask(HEAD + PLAIN, market=["US", "JP"])
    (found,) = caught.value.findings
    assert (found.code, found.value) == ("value.market", "JP")
    assert "US" in found.hint


def test_the_peak_is_explained_down_to_the_steps_and_their_sources() -> None:
    document = ask(text_of("tunlametinib"))
    trail = explain(document, "forecast.us.peak_sales_usd")
    told = {row["path"]: row for row in trail}
    assert told["markets.us.patients.incidence"]["source"]["url"].endswith("key-statistics.html")
    assert told["markets.us.patients.line_share"]["origin"] == "assumption"
    paths = {row["path"] for row in document["provenance"]}
    for market in document["markets"]:
        assert {step["path"] for step in market["funnel"]} <= paths
        assert all(set(FUNNEL) <= set(step) for step in market["funnel"])


def test_what_is_plain_in_a_flow_and_a_class_has_its_provenance() -> None:
    rows = {row["path"]: row for row in asked(HEAD + POOL + RIVALS)["provenance"]}
    named = (
        "patients.prevalence.treated_over_years",
        "patients.prevalence.per_100_000",
        "patients.prevalence.ratio_years",
    )
    named += ("competition.in_class", "competition.order", "competition.entrants.0.day", "competition.entrants.0.prob")
    named += ("competition.entrants.1.delay", "competition.entrants.1.count", "patients_per_year")
    assert {f"markets.us.{name}" for name in named} <= set(rows)
    assert rows["markets.us.competition.entrants.0.prob"]["note"] is None, "used, and not said to be unused"


def test_as_of_an_earlier_day_a_delay_counts_from_that_day() -> None:
    """Six years of 365.25 days are 2,192 days, rounded."""
    late = of_market(asked(HEAD + PLAIN + RIVALS), "us")["competition"]["steps"]
    early = of_market(ask(HEAD + PLAIN + RIVALS, as_of="2024-01-06"), "us")["competition"]["steps"]
    assert [step["from"] for step in late] == ["2030-03-01", "2031-01-07"]
    assert [step["from"] for step in early] == ["2030-01-06", "2030-03-01"]


def test_findings_about_a_market_reach_the_answer_and_the_passport() -> None:
    text = HEAD + POOL.replace("per_100_000: 9,", "per_100_000: 90,")
    for document in (ask(text), passport_of(text)):
        assert "patients.pool_large" in {found["code"] for found in document["findings"]}


def test_an_incidence_of_nothing_beside_a_pool_is_refused_with_its_place() -> None:
    with pytest.raises(InputError) as caught:
        ask(HEAD + POOL.replace("incidence_per_100_000: 3", "incidence_per_100_000: 0"))
    (found,) = caught.value.findings
    assert (found.code, found.path) == ("patients.incidence", "markets.us.patients.prevalence")


def test_an_uncertain_delay_stands_on_the_middles_of_twelve_equal_slices() -> None:
    """Uniform from 12 to 24 months of 30.4375 days: the k-th middle is 12.5 + k months after the plan's day."""
    text = HEAD + PLAIN + "    competition: {in_class: 0, entrants: [{delay: {low: 12 months, high: 24 months}}]}\n"
    competition = assembled(text).markets[0].competition
    assert competition is not None
    (rival,) = competition.rivals
    first = date(2025, 1, 6).toordinal()
    assert [day - first for day in rival.days] == [round((12.5 + k) * 30.4375) for k in range(12)]
