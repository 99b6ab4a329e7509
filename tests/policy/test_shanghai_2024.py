"""Shanghai's measures of 2024 on the conjugate of a Shanghai company."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

import pytest

from onepill.calendars import due
from onepill.core.errors import InputError
from onepill.policy import match_policy
from onepill.sim import compile_plan, run
from onepill.workbench.plan.assemble import with_overlays
from tests.workbench.passports import SHANGHAI, Row, assembled, example, passport_of, text_of

POLICY = "cn.shanghai.2024."
CNY = 7.2441
DRAWS = 4_000


def section(document: Row) -> Row:
    (found,) = document["policies"]
    assert found["id"] == SHANGHAI
    return found


def measures(document: Row) -> dict[str, Row]:
    return {row["id"].removeprefix(POLICY): row for row in section(document)["measures"]}


@lru_cache(maxsize=1)
def shown() -> dict[str, Row]:
    return measures(example("adc_shanghai"))


@lru_cache(maxsize=8)
def with_uptake(share: float) -> Row:
    """The example with the same uptake of every measure."""
    text = re.sub(rf"({POLICY}\w+: {{value: )[0-9.]+", rf"\g<1>{share:g}", text_of("adc_shanghai"))
    assert text != text_of("adc_shanghai")
    return passport_of(text, draws=DRAWS, policies=(SHANGHAI,))


def saved(row: Row, milestone: str) -> Row:
    return row["alone"]["days_saved"][milestone]


def test_each_measure_is_measured_or_says_why_not() -> None:
    for name, row in shown().items():
        if row["alone"] == "not_quantified":
            assert row["left_out"] == "not_quantified", name
            assert row["why"]["en"], name
            assert row["why"]["zh"], name
        else:
            assert row["applies"], name
            assert set(row["alone"]) == {"days_saved", "rnpv_gain_usd", "patients_gain", "subsidy_usd"}
            assert set(row["alone"]["rnpv_gain_usd"]) == {"mean", "standard_error", "low", "high"}


def test_what_can_be_put_in_numbers_is() -> None:
    measured = {name for name, row in shown().items() if row["alone"] != "not_quantified"}
    clocks = {"trial_application_30wd", "trial_start_up_25_weeks", "ethics_3_weeks", "supplement_60wd"}
    clocks |= {"ethics_mutual_recognition"}
    assert measured == clocks | {"phase_1_subsidy", "phase_2_subsidy", "phase_3_subsidy"}


def test_each_measured_clock_names_the_rule_or_baseline_otherwise_in_force() -> None:
    on_this_plan = {row["rule"]: row["value"] for row in example("adc_shanghai")["clocks"]}
    wanted = {
        "trial_application_30wd": "cn.nmpa.clinical_trial_application.review",
        "ethics_3_weeks": "cn.ethics.opinion",
        "supplement_60wd": "cn.nmpa.supplement.review",
    }
    for name, rule in wanted.items():
        found = shown()[name]["counterfactual"]
        assert (found["rule"], found["value"]) == (rule, on_this_plan[rule])
    assert on_this_plan["cn.nmpa.clinical_trial_application.review"] == 60
    assert on_this_plan["cn.ethics.opinion"] == 30
    site = shown()["trial_start_up_25_weeks"]["counterfactual"]
    assert site["rule"] == "cn.performance.trial_start_up_site"
    assert site["source"]["title"]


def test_every_measure_leads_to_its_sources() -> None:
    for name, row in shown().items():
        assert row["sources"], name
        assert all(source["title"] for source in row["sources"]), name


def test_thirty_working_days_instead_of_sixty_save_the_calendar_days_between_them() -> None:
    """Accepted 5 working days after 1 August 2024: 30 and 60 working days from there, National Day in between; the
    example's uptake is 0.7, so 0.7 of the difference is saved on average."""
    accepted = due("CN", date(2024, 8, 1), 5, "wd").due
    gained = (due("CN", accepted, 60, "wd").due - due("CN", accepted, 30, "wd").due).days
    found = saved(shown()["trial_application_30wd"], "gastric_1l_phase_2.cn.trial_authorisation")
    assert found["mean"] == pytest.approx(0.7 * gained, abs=3 * found["standard_error"])
    full = measures(with_uptake(1.0))["trial_application_30wd"]
    at_full_uptake = saved(full, "gastric_1l_phase_2.cn.trial_authorisation")
    assert (at_full_uptake["mean"], at_full_uptake["standard_error"]) == (gained, 0)


def test_no_uptake_has_no_effect() -> None:
    document = with_uptake(0.0)
    for name, row in measures(document).items():
        if row["alone"] != "not_quantified":
            assert row["alone"]["rnpv_gain_usd"] == NOTHING, name
            assert all(found == NOTHING for found in row["alone"]["days_saved"].values()), name
    assert section(document)["together"]["rnpv_gain_usd"]["mean"] == 0


def test_the_effect_grows_with_the_uptake() -> None:
    for name in ("trial_application_30wd", "trial_start_up_25_weeks", "phase_2_subsidy"):
        gains = [measures(with_uptake(share))[name] for share in (0.0, 0.5, 1.0)]
        days = [saved(row, "cn_1l.approval")["mean"] for row in gains]
        assert days == sorted(days), name
    money = [measures(with_uptake(share))["phase_2_subsidy"]["alone"]["rnpv_gain_usd"]["mean"] for share in (0.5, 1.0)]
    assert money[1] == pytest.approx(2 * money[0], rel=1e-5), "a subsidy is paid in proportion to its uptake"


SHANGHAI_PILL = """onepill: 1
programme: small
as_of: 2024-08-01
asset:
  name: small
  modality: small_molecule
  registration_class: "1"
  originator: {name: a Shanghai company, country: CN, region: CN-SH}
indication: {name: any, area: oncology}
"""
SMALL = (
    SHANGHAI_PILL
    + """conditions: {output_in_shanghai: true}
development:
  trial: {kind: KIND, regions: [CN], held: [CN], start_up: 1 days, duration: 12 months, cost: COST, success_prob: 1}
capital: {discount_rate_per_year: 0, exchange_rates: {CNY: {per_usd: 7.2441, date: 2024-08-01}}}
policy_uptake: {MEASURE: UPTAKE}
"""
)


NOTHING = {"mean": 0, "standard_error": 0, "low": 0, "high": 0}


def subsidy(kind: str, cost: str, *, uptake: float = 1.0) -> Row:
    measure = f"{kind}_subsidy"
    text = SMALL.replace("KIND", kind).replace("COST", cost).replace("UPTAKE", f"{uptake:g}")
    document = passport_of(text.replace("MEASURE", POLICY + measure), draws=500, policies=(SHANGHAI,))
    return measures(document)[measure]["alone"]["rnpv_gain_usd"]


@pytest.mark.parametrize(
    ("kind", "cost", "paid_cny"),
    [
        ("phase_1", "20 MCNY", 8e6),
        ("phase_1", "30 MCNY", 10e6),
        ("phase_2", "28 MCNY", 11.2e6),
        ("phase_2", "50 MCNY", 20e6),
        ("phase_2", "80 MCNY", 20e6),
        ("phase_3", "60 MCNY", 24e6),
        ("phase_3", "200 MCNY", 30e6),
    ],
)
def test_a_subsidy_is_forty_percent_of_the_cost_up_to_10_20_and_30_million_yuan(
    kind: str, cost: str, paid_cny: float
) -> None:
    """By hand: min(0.4 x cost, cap) at 7.2441 yuan a dollar, not discounted (the rate is 0)."""
    paid = pytest.approx(paid_cny / CNY, abs=1)
    assert subsidy(kind, cost) == {"mean": paid, "standard_error": 0, "low": paid, "high": paid}


def test_a_subsidy_with_an_even_chance_is_worth_half() -> None:
    assert subsidy("phase_2", "80 MCNY", uptake=0.5)["mean"] == pytest.approx(10e6 / CNY, abs=1)


def test_the_cap_holds_on_each_path_and_not_on_average() -> None:
    """A cost of 20 or 80 million yuan: 8 and 20 are paid, so 14 on average, and not min(0.4 x 50, 20) = 20."""
    found = subsidy("phase_2", "{values: [20 MCNY, 80 MCNY], probs: [0.5, 0.5]}")
    assert found["mean"] == pytest.approx(14e6 / CNY, abs=4 * found["standard_error"])
    assert found["standard_error"] == pytest.approx(6e6 / CNY / 500**0.5, rel=0.05)


@pytest.mark.parametrize(("base_cap_cny", "gained_cny"), [(0, 20e6), (10e6, 10e6), (20e6, 0)])
def test_a_subsidy_is_worth_what_it_pays_beyond_the_one_in_force(base_cap_cny: float, gained_cny: float) -> None:
    """80 million yuan of cost: 20 are paid, of which the earlier subsidy would have paid its own cap."""
    text = SMALL.replace("KIND", "phase_2").replace("COST", "80 MCNY").replace("MEASURE: UPTAKE", "")
    base = assembled(text)
    caps = {"cn.shanghai.2021.phase_2_subsidy": base_cap_cny / CNY}
    terms = frozenset({"shanghai_applicant", "class_1_innovative", "domestic_trial", "output_in_shanghai"})
    policy = base.filled.rulebook.policy(SHANGHAI)
    found = match_policy(policy, terms=terms, uptake={}, usd_per=base.filled.usd_per(), base_caps_usd=caps)
    overlay = next(match.overlay for match in found if match.measure.id == f"{POLICY}phase_2_subsidy")
    assert overlay is not None
    before, after = (
        run(compile_plan(plan), draws=1, seed=1).npv_usd["owner"][0]
        for plan in (base.plan, with_overlays(base, [overlay]).plan)
    )
    assert after - before == pytest.approx(gained_cny / CNY, abs=1e-3)


def test_a_subsidy_for_a_stage_that_is_not_ahead_is_worth_nothing_and_says_why() -> None:
    row = shown()["phase_1_subsidy"]
    assert row["alone"]["rnpv_gain_usd"]["mean"] == 0
    assert "phase 1" in row["why"]["en"]


def test_a_measure_that_comes_too_late_shows_no_days_and_why() -> None:
    """The same pill with its trials of the first line begun before the measures: nothing ahead is subject to them."""
    text = text_of("adc_shanghai")
    begun = "    done: {started: 2024-06-03}\n"
    for name in ("gastric_1l_phase_2", "gastric_1l_phase_3"):
        text = text.replace(f"\n  {name}:\n    kind:", f"\n  {name}:\n{begun}    kind:")
    late = measures(passport_of(text, draws=500, policies=(SHANGHAI,)))
    for name in ("trial_application_30wd", "trial_start_up_25_weeks", "ethics_3_weeks"):
        row = late[name]
        assert row["binds"] == 0, name
        assert all(found == NOTHING for found in row["alone"]["days_saved"].values())
        assert "too late" in row["why"]["en"], name


def test_together_is_at_least_each_alone_in_days() -> None:
    together = section(example("adc_shanghai"))["together"]["days_saved"]
    for name, row in shown().items():
        if row["alone"] != "not_quantified":
            for milestone, found in row["alone"]["days_saved"].items():
                assert together[milestone]["mean"] >= found["mean"] - 1e-9, (name, milestone)


def test_a_policy_announced_after_the_plans_day_is_not_known() -> None:
    with pytest.raises(InputError) as error:
        passport_of(text_of("adc_shanghai"), draws=500, policies=(SHANGHAI,), as_of=date(2024, 7, 29))
    assert error.value.findings[0].code == "policy.not_known"


def test_a_policy_does_not_act_on_a_drug_of_another_place() -> None:
    document = passport_of(text_of("minimal"), draws=500, policies=(SHANGHAI,))
    assert not any(row["applies"] for row in measures(document).values())
    assert section(document)["together"]["rnpv_gain_usd"] == NOTHING
