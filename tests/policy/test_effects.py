"""Limits, patients and money of measures, on small programmes whose answers can be worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

import pytest

from onepill.model import load_programme
from onepill.model.overlays import Overlay
from onepill.model.schema import Programme
from onepill.rulebook import load_rulebook
from onepill.sim import compile_plan, run
from onepill.workbench.plan.assemble import Assembled, with_overlays
from onepill.workbench.results.patients import patients_by_path
from onepill.workbench.results.policies import effect_rows
from onepill.workbench.results.policy_effects import Effects
from onepill.workbench.results.rows_policy import policy_matches
from onepill.workbench.results.simulate import simulate
from tests.policy.test_shanghai_2024 import CNY, SHANGHAI_PILL, section
from tests.workbench.passports import SHANGHAI, Row, assembled, example, text_of

POLICY = f"{SHANGHAI}."
PILL = (
    SHANGHAI_PILL
    + """conditions: {output_in_shanghai: OUTPUT}
development:
  trial: {kind: phase_3, regions: [CN], held: [CN], start_up: START, duration: 365 days, cost: COST, success_prob: 1}
filings:
  CN: {route: nda, after: [trial], preparation: 1 days, review: 200 days, approval_prob: 1}
markets:
  CN:
    {patients_per_year: 1_461, peak_share: 0.5, months_on_treatment: 1, net_price_per_month: 1 USD, tax_share: 0,
     selling_share: 0, cogs_share: 0, launch_lag: 1 days, uptake: {years_to_peak: 1, shape: linear}}
capital: {discount_rate_per_year: 0, horizon_years: 12, exchange_rates: {CNY: {per_usd: 7.2441, date: 2024-08-01}}}
policy_uptake: {UPTAKE}
"""
)
DRAWS = 4_000


def pill(*, start: str = "300 days", cost: str = "80 MCNY", output: str = "true", uptake: str = "") -> str:
    values = {"START": start, "COST": cost, "OUTPUT": output, "UPTAKE": uptake}
    text = PILL
    for name, value in values.items():
        text = text.replace(name, value)
    return text


@lru_cache(maxsize=32)
def base_of(text: str) -> Assembled:
    return assembled(text)


def effects_of(text: str) -> Effects:
    base = base_of(text)
    matches = policy_matches(base, base.filled.rulebook.policy(SHANGHAI))
    return Effects(base, simulate(base.plan, draws=DRAWS, seed=1, threads=1).drawn, matches, seed=1, threads=1)


def alone(measure: str, **changes: str) -> Row:
    return effects_of(pill(**changes)).effect([POLICY + measure])


WEEKS = "trial_start_up_25_weeks"


def days(row: Row) -> Row:
    return row["days_saved"]["cn.launch"]


def test_a_known_baseline_and_a_known_uptake_leave_no_room() -> None:
    """300 days against 25 weeks: 125 days on each path, no more and no less."""
    found = days(alone(WEEKS, uptake=f"{POLICY}{WEEKS}: 1"))
    assert found == {"mean": 125, "standard_error": 0, "low": 125, "high": 125}


def test_an_uptake_that_nobody_gave_may_be_none() -> None:
    assert days(alone(WEEKS)) == {"mean": 125, "standard_error": 0, "low": 0, "high": 125}


def test_an_uptake_with_a_range_gives_its_p10_and_p90() -> None:
    """Uniform from 0.2 to 0.6: 0.24 and 0.56 of 125 days, drawn on 4,000 paths."""
    row = alone(WEEKS, uptake=f"{POLICY}{WEEKS}: {{low: 0.2, high: 0.6}}")
    found, error = days(row), 4 * 125 * (0.25 / DRAWS) ** 0.5
    assert found["mean"] == pytest.approx(0.4 * 125, abs=error)
    assert found["low"] == pytest.approx(0.24 * 125, abs=2 * error)
    assert found["high"] == pytest.approx(0.56 * 125, abs=2 * error)


def test_an_uncertain_baseline_stands_at_its_p10_and_p90() -> None:
    """Uniform from 100 to 300 days: 120 days are not shortened, 280 are by 105; the mean is 125^2 / 2 / 200 = 39.1."""
    row = alone(WEEKS, start="{low: 100 days, high: 300 days}", uptake=f"{POLICY}{WEEKS}: 1")
    found = days(row)
    assert found["mean"] == pytest.approx(39.06, abs=4 * found["standard_error"])
    assert found["low"] == pytest.approx(0, abs=4 * found["standard_error"])
    assert found["high"] == pytest.approx(105, abs=4 * found["standard_error"])


def test_the_standard_error_is_not_the_range() -> None:
    row = days(alone(WEEKS, start="{low: 100 days, high: 300 days}"))
    assert row["standard_error"] < 1
    assert row["high"] - row["low"] > 50


@pytest.mark.parametrize(
    ("output", "low_share"),
    [("true", 1.0), ("{value: true, assumption: made under contract}", 0.0), ("{value: true}", 1.0)],
)
def test_a_condition_that_is_assumed_may_not_hold(output: str, low_share: float) -> None:
    """30 million yuan of a phase III of 80: owed where the output is in Shanghai, and nothing where it is not."""
    row = alone("phase_3_subsidy", output=output, uptake=f"{POLICY}phase_3_subsidy: 1")["subsidy_usd"]
    assert row["mean"] == row["high"] == pytest.approx(30e6 / CNY, abs=1)
    assert row["low"] == pytest.approx(low_share * 30e6 / CNY, abs=1)


def test_a_limit_of_the_law_is_no_proof_of_how_long_the_work_takes() -> None:
    """Ethics within 3 weeks against the limit of 30 days: 9 days at most, and none where reviews are faster anyway."""
    text = pill(uptake=f"{POLICY}ethics_3_weeks: 1").replace(" held: [CN],", "").replace("phase_3", "phase_1")
    effects = effects_of(text)
    assert effects.uncertain(f"{POLICY}ethics_3_weeks") == ["limit"]
    assert days(effects.effect([f"{POLICY}ethics_3_weeks"]))["low"] == 0


def test_an_uncertain_cost_sets_the_limits_of_a_subsidy() -> None:
    """Uniform from 20 to 60 million yuan: 40 % of 24 and of 56."""
    effects = effects_of(pill(cost="{low: 20 MCNY, high: 60 MCNY}", uptake=f"{POLICY}phase_3_subsidy: 1"))
    row = effects.effect([f"{POLICY}phase_3_subsidy"])["subsidy_usd"]
    assert effects.uncertain(f"{POLICY}phase_3_subsidy") == ["cost"]
    assert row["low"] == pytest.approx(0.4 * 24e6 / CNY, rel=0.01)
    assert row["high"] == pytest.approx(0.4 * 56e6 / CNY, rel=0.01)


def test_an_input_that_a_measure_does_not_act_on_moves_none_of_its_limits() -> None:
    """The trial's cost is uncertain and discounted; the start-up is 300 days and taken up: nothing about it is open."""
    text = pill(cost="{low: 20 MCNY, high: 90 MCNY}", uptake=f"{POLICY}{WEEKS}: 1, {POLICY}phase_3_subsidy: 1")
    effects = effects_of(text.replace("discount_rate_per_year: 0,", "discount_rate_per_year: 0.1,"))
    found = effects.effect([POLICY + WEEKS])["rnpv_gain_usd"]
    assert effects.uncertain(POLICY + WEEKS) == []
    assert found["mean"] != 0
    assert found["low"] == found["mean"] == found["high"]


def test_a_day_earlier_at_the_peak_is_a_day_of_peak_patients() -> None:
    """Peak 1,461 x 0.5 patients a year are 2 a day: 125 days earlier treat 250 more by the end of the valuation."""
    found = alone(WEEKS, uptake=f"{POLICY}{WEEKS}: 1")["patients_gain"]
    assert found == {"mean": 250, "standard_error": 0, "low": 250, "high": 250}


def test_a_market_that_ends_treats_nobody_after() -> None:
    """Launch after 300 + 365 + 1 + 200 + 1 days, the end after 2,000: half a year is lost on the way up to 2 a day."""
    text = pill().replace("filings:", "  watch: {kind: other, duration: 2000 days, success_prob: 0}\nfilings:")
    base = base_of(text.replace("launch_lag: 1 days,", 'launch_lag: 1 days, ends_on: ["watch:failed"],'))
    treated = patients_by_path(base, simulate(base.plan, draws=200, seed=1, threads=1).drawn)
    assert treated == pytest.approx(2 * (2_000 - 867 - 365.25 / 2))


def test_a_drug_that_never_comes_treats_nobody() -> None:
    base = base_of(pill().replace("success_prob: 1}", "success_prob: 0}"))
    assert not patients_by_path(base, simulate(base.plan, draws=200, seed=1, threads=1).drawn).any()


def test_limits_hold_the_mean_in_every_estimate() -> None:
    effects = effects_of(pill(start="{low: 100 days, high: 300 days}", cost="{low: 20 MCNY, high: 60 MCNY}"))
    every = list(effects.active)
    rows = [effects.effect(every), *(effects.effect([n], beside=[o for o in every if o != n]) for n in every)]
    for row in rows:
        for estimate in [*row["days_saved"].values(), row["rnpv_gain_usd"], row["patients_gain"]]:
            assert estimate["low"] <= estimate["mean"] <= estimate["high"]


# Costs under overlays


def money(overlay: Overlay, **changes: str) -> float:
    """What the owner spends on the trial under an overlay on its cost, in million yuan."""
    plan = with_overlays(base_of(pill(**changes)), [overlay]).plan
    result = run(compile_plan(replace(plan, markets=())), draws=1, seed=1)
    return float(-result.npv_usd["owner"][0]) * CNY / 1e6


def cost(verb: str, value: float, **changes: Any) -> Overlay:
    return Overlay("cn.test.cost", "stage_cost", "phase_3", verb, value, "USD", "CN-SH", **changes)  # type: ignore[arg-type]  # tests name any


@pytest.mark.parametrize(
    ("verb", "value", "uptake", "spent"),
    [
        ("set", 50e6 / CNY, 1.0, 50),
        ("set", 50e6 / CNY, 0.5, 65),
        ("cap", 60e6 / CNY, 1.0, 60),
        ("cap", 100e6 / CNY, 1.0, 80),
        ("add", 10e6 / CNY, 1.0, 90),
        ("add", 10e6 / CNY, 0.2, 82),
        ("scale", 0.75, 1.0, 60),
        ("scale", 0.75, 0.5, 70),
    ],
)
def test_a_cost_is_set_capped_added_to_or_scaled(verb: str, value: float, uptake: float, spent: float) -> None:
    """A trial of 80 million yuan, by hand; where half take it up, half of the money changes."""
    assert money(cost(verb, value, uptake=uptake)) == pytest.approx(spent, abs=1e-6)


def test_a_cost_changes_only_where_the_stage_starts_in_force() -> None:
    """The trial starts 300 days after 2024-08-01, on 2025-05-28: the day before and the day of each end."""
    start = base_of(pill()).filled.as_of.fromordinal(base_of(pill()).plan.as_of + 300)
    day = start.resolution
    windows = {(start, None): 40, (start + day, None): 80, (None, start): 40, (None, start - day): 80}
    for (first, last), spent in windows.items():
        assert money(cost("scale", 0.5, first=first, last=last)) == pytest.approx(spent), (first, last)


def test_a_subsidy_reaches_stages_that_start_by_its_last_day() -> None:
    start = base_of(pill()).filled.as_of.fromordinal(base_of(pill()).plan.as_of + 300)
    for last, spent in ((start, 48), (start - start.resolution, 80)):
        paid = Overlay("cn.test.paid", "stage_cost", "phase_3", "subsidy", 0.4, last=last)
        assert money(paid) == pytest.approx(spent), last


def test_a_subsidy_pays_its_share_of_what_the_stage_then_costs() -> None:
    """80 scaled to 60, of which 40 % are paid: 36 stay. The order of the measures does not matter."""
    both = [cost("scale", 0.75), Overlay("cn.test.paid", "stage_cost", "phase_3", "subsidy", 0.4)]
    for overlays in (both, both[::-1]):
        plan = with_overlays(base_of(pill()), overlays).plan
        result = run(compile_plan(replace(plan, markets=())), draws=1, seed=1)
        assert -result.npv_usd["owner"][0] * CNY / 1e6 == pytest.approx(36)


def test_an_answer_is_a_flag_or_a_flag_with_its_reason() -> None:
    programme: Programme = base_of(pill(output="{value: true, assumption: made under contract}")).filled.programme
    assert programme.conditions["output_in_shanghai"].assumption == "made under contract"
    assert base_of(pill()).filled.programme.conditions["output_in_shanghai"].value is True


# Aspect by aspect, and several policies at once


def test_an_aspect_is_what_its_own_measures_do_together() -> None:
    row = section(example("adc_shanghai"))
    by_aspect = {a["aspect"]: a for a in row["aspects"]}
    assert sorted(by_aspect) == list(range(1, 9))
    for number, aspect in by_aspect.items():
        own = [m for m in row["measures"] if m["aspect"] == number]
        assert (aspect["measures"], aspect["applies"]) == (len(own), sum(m["applies"] for m in own))
        assert aspect["quantified"] == sum(m["alone"] != "not_quantified" for m in own)
        assert (aspect["effect"] == "not_quantified") is (aspect["quantified"] == 0)
    clinical = by_aspect[2]["effect"]["days_saved"]["cn_1l.approval"]["mean"]
    counted = (m for m in row["measures"] if m["aspect"] == 2 and m["alone"] != "not_quantified")
    alone = [m["alone"]["days_saved"]["cn_1l.approval"]["mean"] for m in counted]
    assert max(alone) <= clinical <= sum(alone) + 1, "a day off may move what the parts add up to"


def test_the_timeline_shows_the_days_that_are_saved() -> None:
    """Where a milestone comes on every path, the difference of its mean days is what the measures save together."""
    row = section(example("adc_shanghai"))
    shown = next(r for r in row["timeline"] if r["id"] == "gastric_1l_phase_2.cn.trial_authorisation")
    gap = date.fromisoformat(shown["without"]["mean"]) - date.fromisoformat(shown["with"]["mean"])
    assert shown["without"]["prob"] == 1
    assert gap.days == pytest.approx(row["together"]["days_saved"][shown["id"]]["mean"], abs=1)


def test_several_policies_are_taken_together_on_the_same_paths() -> None:
    """Shanghai's and the nation's measures: each keeps its effect alone, and all are left out of all."""
    loaded = load_programme(text_of("adc_shanghai"), file="x", as_of=None)
    options: Any = {"draws": 1_000, "seed": 1, "threads": 1}
    one = effect_rows(loaded, load_rulebook(), [SHANGHAI], **options)
    both = effect_rows(loaded, load_rulebook(), [SHANGHAI, "cn.national.2024", SHANGHAI], **options)
    assert [policy["id"] for policy in both["policies"]] == [SHANGHAI, "cn.national.2024"]
    alone = {row["id"]: row["alone"] for row in one["measures"]}
    for row in both["measures"]:
        assert row["policy"] in row["id"]
        if row["id"] in alone:
            assert row["alone"] == alone[row["id"]]
    assert both["together"]["days_saved"].keys() == one["together"]["days_saved"].keys()
