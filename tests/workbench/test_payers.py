"""Payer paths of whole programmes: published numbers, provenance, grouping, and what each rule does to the answer."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest

from onepill.core.dates import NEVER
from onepill.model.overlays import Overlay
from onepill.model.payer_path import Tariff
from onepill.sim import compile_plan, run
from onepill.workbench.plan.assemble import Assembled, with_overlays
from onepill.workbench.plan.payer_contracts import duty_rates
from onepill.workbench.results.patients import patients_by_path
from onepill.workbench.results.payer_rows import payer_rows
from onepill.workbench.results.simulate import Runs, simulate
from tests.workbench.passports import assembled, example, passport_of, text_of

DRAWS = 20_000


def small(access: str, *, where: str = "US", market: str = "", asset: str = "small_molecule", extra: str = "") -> str:
    """A drug on the market of one place since 2020, or filed there, with a payer path."""
    return f"""\
onepill: 1
programme: a-pill
as_of: 2024-08-01
asset: {{name: a pill, modality: {asset}}}
indication: {{name: a tumour, area: oncology}}
development:
  phase_3: {{kind: phase_3, regions: [{where}], held: [{where}], duration: 12 months, cost: 1 MUSD, success_prob: 1}}
filings:
  {where}: {{after: [phase_3], preparation: 3 months, review: 10 months, approval_prob: 1{extra}}}
markets:
  {where}:
    patients_per_year: 10_000
    peak_share: 0.5
    months_on_treatment: 12
    net_price_per_month: 10_000 USD
    launch_lag: 60 days
    cogs_share: 0.1
    selling_share: 0.2
    tax_share: 0
    loss_of_exclusivity: {{patent: 2045-01-01, exclusivity_years: 5, retained_share: 0.2}}
    access: {access}
    {market}
capital: {{discount_rate_per_year: 0.1, horizon_years: 24}}
"""


def played(text: str) -> tuple[Assembled, Runs]:
    base = assembled(text)
    return base, simulate(base.plan, draws=DRAWS, seed=1, threads=1)


@lru_cache(maxsize=1)
def tunlametinib() -> tuple[Assembled, Runs]:
    return played(text_of("tunlametinib"))


def states_of(base: Assembled, runs: Runs, market: str) -> dict:
    found = next(row for row in payer_rows(base, runs) if row["id"] == market)
    return {state["id"]: state for state in found["states"]} | {"years": found["years"], "row": found}


# China


def test_tunlametinib_approved_2024_03_15_is_in_force_on_2025_01_01_if_its_first_round_succeeds() -> None:
    base, runs = tunlametinib()
    days = runs.drawn.days_of("cn.payer.listed")
    first = np.mean(days == date(2025, 1, 1).toordinal())
    assert first == pytest.approx(0.54, abs=4 * np.sqrt(0.54 * 0.46 / DRAWS))
    assert set(np.unique(days)) == {*(date(y, 1, 1).toordinal() for y in (2025, 2026, 2027)), NEVER}
    assert base.paths["cn"].path.entered == (("city_insurance", date(2024, 7, 30)),)


def test_the_path_by_name_alone_is_filled_with_provenance() -> None:
    base, runs = played(small("{path: cn_national}", where="CN"))
    ledger = base.filled.ledger
    prob = ledger.get("markets.cn.access.transitions.listing.prob")
    assert prob.value == pytest.approx(0.638 * 0.846)
    assert prob.origin == "derived"
    parents = [ledger.get(path) for path in prob.derived_from]
    assert [p.origin for p in parents] == ["rule", "rule"]
    assert all(p.source for p in parents)
    price = ledger.get("markets.cn.access.states.listed.price_factor")
    assert price.value["kind"] == "beta", "a mean with published ends: tests/workbench/test_payer_ranges.py"
    assert ledger.get("markets.cn.access.states.self_pay.patient_share").origin == "assumption"
    assert ledger.get("markets.cn.access.transitions.commercial_listing.prob").value == 0.0, "no such list in 2024"
    assert states_of(base, runs, "cn")["listed"]["price_factor"] == pytest.approx(0.383)


@pytest.mark.parametrize(("approved", "rounds"), [("2024-06-30", 5), ("2022-06-30", 3), ("2018-07-01", 0)])
def test_rounds_that_passed_since_an_approval_are_gone(approved: str, rounds: int) -> None:
    """In force on 1 January of 2023 and 2024: two of five are gone for an approval of June 2022."""
    text = small("{path: cn_national}", where="CN", market="launched: 2024-07-15")
    text = text.replace(
        "{after: [phase_3], preparation: 3 months, review: 10 months, approval_prob: 1}",
        f"{{done: {{approved: {approved}}}}}",
    )
    base, runs = played(text)
    assert base.filled.ledger.get("markets.cn.access.transitions.listing.rounds").value == rounds
    listed = runs.drawn.milestone_probs.get("cn.payer.listed", 0.0)
    prob = 0.638 * 0.846
    assert listed == pytest.approx(1 - (1 - prob) ** rounds, abs=0.015)
    assert ("access.too_old" in {f.code for f in base.filled.findings}) is (rounds == 0)


def test_patients_are_counted_over_the_states() -> None:
    """A path without a change of reach treats as many as the market without a path, generics' patients included."""
    plain = small("{path: us_medicare}", extra=", designations: [orphan]")
    base, without = assembled(plain), assembled(plain.replace("    access: {path: us_medicare}\n", ""))
    found = [patients_by_path(b, run(compile_plan(b.plan), draws=512, seed=1, trace=512)) for b in (base, without)]
    assert found[0] == pytest.approx(found[1], rel=1e-6)
    assert found[0].min() > 0


def test_the_commercial_list_is_open_once_it_is_known() -> None:
    later = small("{path: cn_national}", where="CN").replace("as_of: 2024-08-01", "as_of: 2025-12-20")
    base, runs = played(later)
    assert base.filled.ledger.get("markets.cn.access.transitions.commercial_listing.prob").value == pytest.approx(0.157)
    assert states_of(base, runs, "cn")["commercial_list"]["entered"]["prob"] > 0.05


def test_group_buying_takes_the_published_cut_off_the_price_before() -> None:
    base, _ = played(small("{path: cn_national}", where="CN"))
    prices = {s.id: s.price_mean for s in base.paths["cn"].segments}
    renewed = 0.95 * 0.975**2
    assert prices["cn.listed.generic.group_buying"] == pytest.approx(0.383 * renewed * (1 - 0.57))


# United States


def test_a_large_drug_meets_the_negotiated_price_in_years_9_to_14_of_a_small_molecule() -> None:
    base, runs = played(small("{path: us_medicare, transitions: {selection: {prob: 0.5}}}"))
    approval = runs.drawn.days_of("us.approval")
    entered = runs.drawn.days_of("us.payer.market_price.negotiated")
    met = entered < NEVER
    waited = (entered[met] - approval[met]) / 365.25
    assert waited.min() > 8.9
    assert waited.max() < 9.92 + 4, "five yearly selections"
    assert np.mean(met) == pytest.approx(1 - 0.5**5, abs=4 * np.sqrt(0.97 * 0.03 / DRAWS))
    assert {date.fromordinal(int(day)).strftime("%m-%d") for day in np.unique(entered[met])} == {"01-01"}
    assert states_of(base, runs, "us")["negotiated"]["price_factor"] < 1


def test_a_biologic_is_negotiated_four_years_later() -> None:
    waits = []
    for asset in ("small_molecule", "monoclonal_antibody"):
        _, runs = played(small("{path: us_medicare, transitions: {selection: {prob: 1}}}", asset=asset))
        day = runs.drawn.days_of("us.payer.market_price.negotiated")
        waits.append(date.fromordinal(int(day[0])).year)
    assert waits[1] - waits[0] == 4


def test_the_statutory_ceiling_is_used_where_no_negotiated_price_was_known() -> None:
    """On 2024-08-01 none was: 1 - 0.45 x (1 - 0.75 / 0.93), and the published 22 % a fortnight later."""
    before, _ = played(small("{path: us_medicare, medicare_share: 0.45}"))
    after, _ = played(small("{path: us_medicare, medicare_share: 0.45}").replace("2024-08-01", "2024-08-16"))
    path = "markets.us.access.states.negotiated.price_factor"
    assert before.filled.ledger.get(path).value == pytest.approx(1 - 0.45 * (1 - 0.75 / 0.93))
    assert after.filled.ledger.get(path).value == pytest.approx(1 - 0.45 * 0.22)


def test_the_ceiling_falls_with_the_years() -> None:
    base, _ = played(small("{path: us_medicare, medicare_share: 0.45}"))
    segment = next(s for s in base.paths["us"].segments if s.state == "negotiated")
    cuts = [1 - 0.75 / 0.93, 1 - 0.65 / 0.93, 1 - 0.40 / 0.93]
    expected = [(years, (1 - 0.45 * cut) / (1 - 0.45 * cuts[0])) for years, cut in ((3.0, cuts[1]), (7.0, cuts[2]))]
    assert [(a.after_years, a.factor) for a in segment.market.price_ages] == [
        (years, pytest.approx(factor)) for years, factor in expected
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (small("{path: us_medicare}", extra=", designations: [orphan]"), "orphan"),
        (
            small("{path: us_medicare}").replace("patients_per_year: 10_000", "patients_per_year: 100"),
            "below the floor",
        ),
    ],
)
def test_orphans_and_small_drugs_are_not_negotiated_and_the_file_is_told_why(text: str, reason: str) -> None:
    base, _ = played(text)
    assert {s.state for s in base.paths["us"].segments} == {"market_price", "generic"}
    finding = next(f for f in base.filled.findings if f.code == "access.not_negotiated")
    assert reason in finding.message


def test_an_orphan_drug_of_two_diseases_is_out_once_the_law_of_2025_is_known() -> None:
    two = small("{path: us_medicare}", market="indication: a", extra=", designations: [orphan], indication: a")
    two = two.replace("kind: phase_3, regions", "kind: phase_3, indication: a, regions").replace(
        "indication: {name: a tumour, area: oncology}",
        "indications: {a: {name: one, area: oncology}, b: {name: two, area: oncology}}",
    )
    before, _ = played(two)
    after, _ = played(two.replace("as_of: 2024-08-01", "as_of: 2025-07-04"))
    day_before, _ = played(two.replace("as_of: 2024-08-01", "as_of: 2025-07-03"))
    assert "negotiated" in {s.state for s in before.paths["us"].segments}
    assert "negotiated" in {s.state for s in day_before.paths["us"].segments}
    assert "negotiated" not in {s.state for s in after.paths["us"].segments}


def test_a_path_without_any_change_of_price_is_the_market_without_a_path() -> None:
    """The year of the loss is kept by its days instead of cut on the day: equal to a thousandth of the market."""
    plain = small("{path: us_medicare}", extra=", designations: [orphan]")
    base, runs = played(plain)
    without, other = played(plain.replace("    access: {path: us_medicare}\n", ""))
    a, b = runs.drawn.npv_usd["owner"], other.drawn.npv_usd["owner"]
    assert a == pytest.approx(b, rel=1e-3)
    assert len(base.plan.markets) == 2
    assert len(without.plan.markets) == 1


# Europe, Japan


def test_europe_waits_for_the_published_days_from_authorisation() -> None:
    base, runs = played(small("{path: eu_reimbursement, transitions: {reimbursement: {prob: 1}}}", where="EU"))
    wait = runs.drawn.days_of("eu.payer.reimbursed") - runs.drawn.days_of("eu.approval")
    assert wait.mean() == pytest.approx(531, abs=4 * wait.std() / np.sqrt(DRAWS)), "survey of 2023, known on 2024-08-01"
    assert wait.min() >= 133, (
        "the fastest country of the survey of 2021, the last one before with a slowest member state"
    )
    assert 800 < wait.max() <= 899, "the slowest"
    assert base.filled.ledger.get("markets.eu.access.states.reimbursed.revision.cut_share").origin == "assumption"


def test_a_joint_assessment_is_named_for_a_new_cancer_drug_and_nothing_else() -> None:
    text = small("{path: eu_reimbursement}", where="EU")
    codes = [{f.code for f in assembled(t).filled.findings} for t in (text, text.replace("oncology", "metabolic"))]
    assert "access.joint_assessment" in codes[0]
    assert "access.joint_assessment" not in codes[1]


@pytest.mark.parametrize(("path", "moves"), [("eu_reimbursement", 1), ("eu_country_groups", 2)])
def test_a_joint_assessment_changes_the_published_waits_by_the_files_factor_alone(path: str, moves: int) -> None:
    plain, longer = (
        assembled(small(f"{{path: {path}{more}}}", where="EU"))
        for more in ("", ", joint_assessment_wait_factor: {value: 1.25, source: a study}")
    )
    waits = [{m.id: m.lag for m in base.paths["eu"].path.moves if m.lag is not None} for base in (plain, longer)]
    changed = [name for name, lag in waits[0].items() if lag != waits[1][name]]
    assert len(changed) == moves
    for name in changed:
        before, after = (found[name] for found in waits)
        assert after.distribution.mean() == pytest.approx(1.25 * before.distribution.mean())
        row = longer.filled.ledger.get(f"{after.stream}.assessed")
        assert row.derived_from == (after.stream, "markets.eu.access.joint_assessment_wait_factor")
    assert plain.filled.ledger.get("markets.eu.access.joint_assessment_wait_factor").origin == "assumption"
    assert longer.filled.ledger.get("markets.eu.access.joint_assessment_wait_factor").origin == "user"


def test_a_factor_of_joint_assessments_leaves_the_files_own_wait_and_other_drugs() -> None:
    own = "transitions: {reimbursement: {lag: 200 days}}"
    stated = assembled(small(f"{{path: eu_reimbursement, joint_assessment_wait_factor: 2, {own}}}", where="EU"))
    (lag,) = [move.lag for move in stated.paths["eu"].path.moves if move.id == "reimbursement"]
    assert lag.distribution.mean() == 200
    texts = [
        small(f"{{path: eu_reimbursement{more}}}", where="EU") for more in ("", ", joint_assessment_wait_factor: 2")
    ]
    other = [assembled(text.replace("oncology", "metabolic")).paths["eu"].path for text in texts]
    assert other[0].moves == other[1].moves


def test_country_groups_come_one_after_the_other_and_share_the_patients() -> None:
    base, runs = played(small("{path: eu_country_groups}", where="EU"))
    states = states_of(base, runs, "eu")
    assert states["germany"]["entered"]["prob"] == pytest.approx(0.92, abs=0.01)
    assert states["germany"]["entered"]["p50"] < states["others"]["entered"]["p50"]
    assert states["others"]["patient_share"] == pytest.approx(0.81 * 0.46)
    late = states["years"].index(2047)
    assert states["generic"]["by_year"][late] == pytest.approx(1.0), "of both groups, and no more than one"
    assert states["germany_waits"]["by_year"][late] == pytest.approx(0.08, abs=0.01), "never reimbursed"
    assert max(states["row"]["on_market"]) <= 1.0


def test_japan_keeps_the_price_under_the_premium_and_cuts_it_all_at_once_after() -> None:
    base, _ = played(small("{path: jp_nhi}", where="JP"))
    segments = {s.state: s for s in base.paths["jp"].segments}
    assert segments["listed"].market.yearly_cut is None
    assert segments["generic"].price_mean == pytest.approx(0.96**5), "6 % - 2 % a year over five years of protection"
    without, _ = played(small("{path: jp_nhi, price_maintenance: false}", where="JP"))
    plain = {s.state: s for s in without.paths["jp"].segments}
    assert plain["listed"].market.yearly_cut.cut_share == pytest.approx(0.04)
    assert (plain["listed"].market.yearly_cut.month, plain["listed"].market.yearly_cut.day) == (4, 1)
    years = (5 * 365.25 - 120) / 365.25  # the list comes 60 days after approval, and the launch 60 later
    assert plain["generic"].price_mean == pytest.approx(0.96**years), "the cuts of the years in the list have been made"


def test_a_repricing_in_the_first_year_comes_before_the_yearly_cuts() -> None:
    """17.66 % less at once, the mean of nine drugs; the yearly cuts of the weeks before are a small part of one 5 %."""
    text = small("{path: jp_nhi, price_maintenance: false, transitions: {market_expansion: {prob: 1}}}", where="JP")
    base, runs = played(text)
    repriced = states_of(base, runs, "jp")["repriced"]
    first = 1 - 0.1766
    assert first * 0.95 < repriced["price_factor"] <= first
    assert repriced["entered"]["p50"].endswith("-04-01")


# Contracts and duties


def mean(text: str) -> float:
    base = assembled(text)
    return float(run(compile_plan(base.plan), draws=4_096, seed=1).npv_usd["owner"].mean())


@pytest.mark.parametrize(
    ("contract", "paid"),
    [
        ("outcome_contract: {refund_share: 0.5, non_response_share: 0.4}", 0.8),
        ("free_goods_share: 0.25", 0.75),
        ("outcome_contract: {refund_share: 1, non_response_share: 0.2}, free_goods_share: 0.5", 0.4),
    ],
)
def test_refunds_and_free_goods_lower_the_price_and_not_the_cost_of_goods(contract: str, paid: float) -> None:
    """Per dollar at the full price: (1 - 0.2) x paid - 0.1."""
    base = assembled(small(f"{{path: us_medicare, {contract}}}", extra=", designations: [orphan]"))
    market = base.plan.markets[0]
    ratio = market.cash[:, 10].max() / market.sales[:, 10].max()
    assert ratio == pytest.approx((0.8 * paid - 0.1) / paid)
    assert base.filled.ledger.get("markets.us.access.paid_share").value == pytest.approx(paid)


def test_a_duty_known_on_the_day_is_taken_from_its_first_day_and_others_are_told() -> None:
    access = "{path: us_medicare, tariff: {origin: CN, customs_value_share: 0.2}}"
    unknown, _ = played(small(access))
    assert "access.no_tariff" in {f.code for f in unknown.filled.findings}
    known, _ = played(small(access).replace("as_of: 2024-08-01", "as_of: 2026-05-01"))
    assert known.markets[0].duties[-1].since == date(2026, 9, 29)
    assert known.markets[0].duties[-1].factor == pytest.approx(1.0 * 0.2)
    european = access.replace("origin: CN", "origin: DE")
    lower, _ = played(small(european).replace("as_of: 2024-08-01", "as_of: 2026-05-01"))
    assert lower.markets[0].duties[-1].factor == pytest.approx(0.15 * 0.2)
    for origin in ("KR", "CH", "GB"):
        below = access.replace("origin: CN", f"origin: {origin}")
        told, _ = played(small(below).replace("as_of: 2024-08-01", "as_of: 2026-05-01"))
        assert told.markets[0].duties == (), "below the baseline at an unknown rate"
        assert "access.no_tariff" in {f.code for f in told.filled.findings}
    own = access.replace("0.2}", "0.2, rate: 0.25, since: 2027-01-01}")
    stated, _ = played(small(own))
    assert stated.markets[0].duties == ((type(stated.markets[0].duties[0]))(date(2027, 1, 1), 0.05),)


def test_rates_that_a_later_start_brings_to_one_day_are_the_latest_law() -> None:
    tariff = Tariff.model_validate({"origin": "CN", "customs_value_share": 0.2, "since": "2028-01-01"})
    base = assembled(small("{path: us_medicare}"))
    days = (None, date(2026, 1, 1).toordinal(), date(2027, 1, 1).toordinal(), date(2029, 1, 1).toordinal())
    stretches = [(day, SimpleNamespace(value=rate)) for day, rate in zip(days, (0.1, 0.2, 0.3, 0.4), strict=True)]
    with pytest.MonkeyPatch.context() as patch:
        rule = SimpleNamespace(timeline=lambda _: stretches)
        patch.setattr("onepill.workbench.plan.payer_contracts._tariff_rule", lambda *_: rule)
        assert duty_rates(base.filled, "us", tariff) == ((date(2028, 1, 1), 0.3), (date(2029, 1, 1), 0.4))


def test_a_duty_on_patented_drugs_ends_with_exclusivity() -> None:
    """The law of the United States covers patented drugs; a duty that a file states elsewhere has no such end."""
    tariff = "tariff: {origin: CN, customs_value_share: 0.2, rate: 0.5}"
    for where, path, ends in (("US", "us_medicare", True), ("JP", "jp_nhi", False)):
        base = assembled(small(f"{{path: {path}, {tariff}}}", where=where))
        duties = {s.state: s.market.duties for s in base.paths[where.lower()].segments if s.market}
        assert (duties.pop("generic") == ()) is ends
        assert duties
        assert all(level.factor == pytest.approx(0.1) for levels in duties.values() for level in levels)
        assert all(duties.values())


def test_a_lower_duty_that_the_rulebook_has_no_rate_of_is_told() -> None:
    text = small("{path: us_medicare, tariff: {origin: CH, customs_value_share: 0.2}}")
    for day, is_told in (("2026-05-01", True), ("2024-08-01", False)):
        found = assembled(text.replace("as_of: 2024-08-01", f"as_of: {day}")).filled.findings
        message = next(f.message for f in found if f.code == "access.no_tariff")
        assert ("a lower duty holds for drugs from CH" in message) is is_told


def test_each_contract_costs_the_owner_something() -> None:
    plain = mean(small("{path: us_medicare}"))
    for more in (
        "free_goods_share: 0.1",
        "instalments: {years: 3, kept_share_per_year: 0.9}",
        "tariff: {origin: CN, customs_value_share: 0.2, rate: 0.5}",
        "transitions: {selection: {prob: 1}}",
    ):
        assert mean(small(f"{{path: us_medicare, {more}}}")) < plain


# Rows, grouping, what others do with the plan


def test_chances_by_year_sum_to_the_chance_to_be_on_the_market() -> None:
    base, runs = tunlametinib()
    for row in payer_rows(base, runs):
        total = np.sum([state["by_year"] for state in row["states"]], axis=0)
        assert np.allclose(total, row["on_market"])
        assert len(row["years"]) == len(row["price_factor"]) == base.value.years
        assert all(0 <= p <= 1 for state in row["states"] for p in state["by_year"])


def test_the_mean_price_falls_as_states_change_and_never_exceeds_the_first() -> None:
    base, runs = played(small("{path: us_medicare, transitions: {selection: {prob: 0.5}}}"))
    prices = [p for p in states_of(base, runs, "us")["row"]["price_factor"] if p is not None]
    assert prices[0] == 1.0
    assert all(b <= a + 1e-12 for a, b in pairwise(prices))
    assert prices[-1] < 0.95


def test_the_passport_counts_the_states_of_a_market_as_one() -> None:
    value = example("tunlametinib")["value"]
    assert [row["id"] for row in value["by_market"]] == ["development", "cn", "us", "eu", "jp"]
    assert sum(row["rnpv_usd"]["mean"] for row in value["by_market"]) == value["rnpv_usd"]["mean"]
    assert {row["market"] for row in value["yearly"]} <= {"development", "cn", "us", "eu", "jp"}
    assert [row["id"] for row in value["payer_paths"]] == ["cn", "us"]


def test_drawn_and_weighted_means_agree_with_payer_paths() -> None:
    value = example("tunlametinib")["value"]
    drawn, weighted = value["rnpv_usd"], value["rnpv_expected_usd"]
    error = np.hypot(drawn["standard_error"], weighted["standard_error"])
    assert drawn["mean"] == pytest.approx(weighted["mean"], abs=4 * error)


def test_no_chance_of_listing_is_the_scenario_without_a_listing() -> None:
    document = example("tunlametinib")
    row = next(r for r in document["scenarios"] if r["name"] == "not_listed_in_2025")
    assert row["rnpv_usd"]["mean"] != document["value"]["rnpv_usd"]["mean"]
    assert not [m for m in row["milestones"] if ".payer." in m["id"]]


def test_policy_overlays_keep_the_payer_paths() -> None:
    base, _ = tunlametinib()
    overlay = Overlay("o", "span", "us.submission..us.approval", "add", 30.0, "days")
    try:
        changed = with_overlays(base, (overlay,))
    except Exception:  # noqa: BLE001 -- the span's name is the pathway's affair
        changed = with_overlays(base, ())
    assert [m.id for m in changed.plan.markets] == [m.id for m in base.plan.markets]
    assert {a.id for a in base.sold.activities} <= {a.id for a in changed.plan.activities}
    run(compile_plan(changed.plan), draws=256, seed=1)


def test_a_royalty_on_a_market_is_paid_on_all_of_its_states() -> None:
    royalty = "rights: {upstream: [{licensor: a lab, royalty: [{rate: 0.1}]}]}\n"
    text = small("{path: us_medicare}", extra=", designations: [orphan]")
    base = assembled(text.replace("capital:", royalty + "capital:"))
    assert base.plan.contracts[0].royalties[0].markets == ("us.market_price", "us.market_price.generic")
    found = run(compile_plan(base.plan), draws=512, seed=1)
    assert found.npv_usd["a lab"].mean() > 0


def test_the_chance_of_listing_moves_the_tornado_under_its_own_name() -> None:
    rows = passport_of(small("{path: cn_national}", where="CN"))["value"]["tornado"]
    row = next(r for r in rows if r["path"] == "markets.cn.access.transitions.listing.prob")
    assert row["label"] == {
        "en": "CN: national reimbursement list, chance in a round",
        "zh": "CN：国家医保目录，每轮概率",
    }
    assert row["low_usd"] != row["high_usd"]


def test_files_without_a_path_have_no_rows() -> None:
    assert example("minimal")["value"]["payer_paths"] == []
