"""What the words of a programme file do to its passport: the past, the future, chances, markets."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from onepill.core.errors import InputError
from onepill.model.schema import Market
from tests.workbench.passports import Row, assembled, found_codes, milestone, passport_of, text_of

BASE = """onepill: 1
programme: small
as_of: 2025-01-06
asset: {name: small, modality: small_molecule}
indication: {name: any, area: other}
"""
TRIAL = "kind: phase_3, regions: [US], held: [US], cost: 12 MUSD, success_prob: 0.6"
SOLD = """
    patients_per_year: 1_000
    peak_share: 0.5
    months_on_treatment: 10
    net_price_per_month: 2_000 USD
"""


def programme(trial: str = TRIAL, *, filing: str = "after: [trial]", market: str = "", more: str = "") -> str:
    sold = f"{SOLD}{market}\n    loss_of_exclusivity: {{exclusivity_years: 12}}\n"
    return f"{BASE}development:\n  trial: {{{trial}}}\nfilings:\n  US: {{{filing}}}\nmarkets:\n  US:{sold}{more}"


def made(text: str, **changes: Any) -> Row:
    return passport_of(text, **{"draws": 4_000, **changes})


def test_a_refused_filing_is_worth_no_market_and_says_so() -> None:
    document = made(programme(filing="done: {submitted: 2024-01-02, refused: 2024-11-04}"))
    assert milestone(document, "us.approval")["prob"] == 0
    assert milestone(document, "us.approval")["p50"] is None
    assert milestone(document, "us.filed")["status"] == "actual"
    assert "filing.refused" in found_codes(document)
    part = next(row for row in document["value"]["by_market"] if row["id"] == "us")
    assert part["rnpv_usd"]["mean"] == 0
    assert document["value"]["cost_per_launch_usd"] is None
    assert document["answer"]["next_approval"] is None


def test_a_refusal_after_the_plans_day_is_not_known_yet() -> None:
    text = programme(filing="after: [trial], done: {submitted: 2024-01-02, refused: 2024-11-04}")
    assert milestone(made(text, as_of=date(2024, 6, 3)), "us.approval")["prob"] > 0


def test_a_submitted_filing_is_a_fact_and_its_approval_is_ahead() -> None:
    done = f"{TRIAL}, done: {{started: 2021-01-04, succeeded: 2024-01-02}}"
    document = made(programme(done, filing="after: [trial], done: {submitted: 2024-12-02, accepted: 2025-01-02}"))
    assert milestone(document, "us.filed")["status"] == "actual"
    approval = milestone(document, "us.approval")
    assert approval["status"] == "simulated"
    assert approval["p10"] >= "2025-01-06"
    assert 0 < approval["prob"] < 1


def test_a_running_stage_that_is_overdue_is_named() -> None:
    done = f"{TRIAL}, duration: {{low: 10 months, mode: 12 months, high: 15 months}}, done: {{started: 2022-01-03}}"
    document = made(programme(done))
    assert "stage.overdue" in found_codes(document)
    assert milestone(document, "us.filed")["p10"] >= "2025-01-06"
    early = made(programme(done), as_of=date(2022, 6, 1))
    assert "stage.overdue" not in found_codes(early)


def test_a_finished_stage_without_an_outcome_keeps_its_chance() -> None:
    done = f"{TRIAL}, done: {{started: 2021-01-04, finished: 2024-12-02}}"
    document = made(programme(done, filing="after: [trial], approval_prob: 1"))
    chance = milestone(document, "us.filed")["prob"]
    assert chance == pytest.approx(0.6, abs=4 * (0.6 * 0.4 / 4_000) ** 0.5), "four standard errors of a share"
    assert [gate["prob"] for gate in document["success"]["gates"]] == [0.6, 1]


def test_money_spent_before_the_plans_day_is_sunk() -> None:
    """Twelve months of 12 MUSD that began six months ago: half is left, discounted by at most half a year."""
    fixed = f"{TRIAL.replace('0.6', '0')}, duration: 12 months, done: {{started: 2024-07-07}}"
    value = made(programme(fixed))["value"]["rnpv_usd"]
    assert value["mean"] == pytest.approx(-6e6, rel=0.01), "183 of 365 days are left, of which 365 / 12 differ by days"


def test_the_first_cycle_share_moves_the_day_and_not_the_chance() -> None:
    once = made(programme(filing="after: [trial], approval_prob: 0.8"))
    twice = made(programme(filing="after: [trial], approval_prob: 0.8, first_cycle_prob: 0.5, resubmission: 12 months"))
    first, second = (milestone(document, "us.approval") for document in (once, twice))
    assert first["prob"] == second["prob"]
    assert first["p50"] < second["p50"]


def test_wong_counts_the_approval_in_its_phase_3_and_only_where_that_phase_3_is_ahead() -> None:
    wong = "capital: {base_rates: wong}\n"
    ahead = made(programme(TRIAL.replace(", success_prob: 0.6", ""), more=wong))
    gates = {gate["id"]: gate for gate in ahead["success"]["gates"]}
    assert gates["us.approval"]["included"]
    assert gates["us.approval"]["prob"] == 1
    beside = programme(TRIAL.replace("phase_3", "phase_2"), more=wong).replace(
        "filings:", "  other: {kind: phase_3, regions: [US], held: [US]}\nfilings:"
    )
    gates = {gate["id"]: gate for gate in made(beside)["success"]["gates"]}
    assert gates["us.approval"]["prob"] < 1, "the phase 3 of another filing does not lie before this one"


@pytest.mark.parametrize("event", ["approved", "refused", "submitted", "finished"])
@pytest.mark.parametrize("review", ["", ", review: 10 months"], ids=["law", "own review"])
@pytest.mark.parametrize(
    "done",
    ["", ", done: {approved: 2024-11-04}", ", done: {refused: 2024-11-04}"],
    ids=["ahead", "approved", "refused"],
)
def test_work_can_wait_for_every_event_of_a_filing(event: str, review: str, done: str) -> None:
    text = programme(filing=f"after: [trial]{review}{done}").replace(
        "filings:", f"  later: {{kind: other, after: ['filings.us:{event}'], cost: 1 MUSD}}\nfilings:"
    )
    document = made(text, draws=500)
    later = next(row for row in document["activities"] if row["id"] == "later")
    impossible = (event == "refused" and "approved" in done) or (event == "approved" and "refused" in done)
    assert (later["prob"] == 0) == impossible


def test_a_market_ends_on_an_event() -> None:
    ended = programme(
        market="    ends_on: ['trial:failed']\n    launched: 2024-01-02", filing="done: {approved: 2023-06-01}"
    )
    plain = programme(market="    launched: 2024-01-02", filing="done: {approved: 2023-06-01}")
    worth = [made(text)["value"]["by_market"][1]["rnpv_usd"]["mean"] for text in (ended, plain)]
    assert 0 < worth[0] < worth[1]


def test_a_market_may_name_a_filing_of_another_id() -> None:
    text = programme().replace(
        "markets:\n  US:", "markets:\n  US_second:\n    jurisdiction: US\n    filing: US\n    launch_lag: 90 days"
    )
    document = made(text)
    paths = {row["path"] for row in document["provenance"]}
    assert "markets.us_second.launch_lag" in paths
    exclusivity = assembled(text).markets[0].exclusivity
    assert exclusivity.approval_to_launch_days == 90


def test_payers_scale_the_price_and_must_not_cover_more_than_everybody() -> None:
    payers = "    payers: [{payer: a, patient_share: 0.6, price_share: 0.5}, {payer: b, patient_share: 0.3}]"
    part, full = assembled(programme(market=payers)), assembled(programme())
    assert part.markets[0].price_share == pytest.approx(0.6)
    assert full.markets[0].price_share == 1
    with pytest.raises(InputError, match="cover"):
        assembled(programme(market=payers.replace("0.3", "0.5")))


def test_the_peak_is_patients_times_shares_times_months_times_price() -> None:
    document = made(programme(market="    eligible_share: 0.5"))
    part = next(row for row in document["value"]["by_market"] if row["id"] == "us")
    assert part["peak_sales_usd"] == 1_000 * 0.5 * 0.5 * 10 * 2_000


def test_a_royalty_to_a_licensor_lowers_the_owners_value() -> None:
    licence = "rights: {upstream: [{licensor: a, royalty: [{rate: 0.05}], territories: [US]}]}\n"
    certain = f"{TRIAL.replace('0.6', '1')}, duration: 12 months"
    plain, paid = (made(programme(certain, more=more)) for more in ("", licence))
    market = next(row for row in plain["value"]["by_market"] if row["id"] == "us")
    margin = (1 - 0.15 - 0.30) * (1 - 0.25)
    sales = market["rnpv_usd"]["mean"] / margin
    lost = plain["value"]["rnpv_usd"]["mean"] - paid["value"]["rnpv_usd"]["mean"]
    assert lost == pytest.approx(0.05 * sales, rel=1e-3), "the royalty is on net sales, at the discount of their year"


def test_what_is_left_out_is_filled_and_named() -> None:
    document = made(programme("kind: phase_3, regions: [US]"))
    rows = {row["path"]: row for row in document["provenance"]}
    assert rows["development.trial.duration"]["origin"] == "registry"
    assert rows["development.trial.success_prob"]["origin"] == "base_rate"
    assert rows["development.trial.cost"]["origin"] == "assumption"
    assert "value.assumed" in found_codes(document)
    assert Market.model_fields["growth_per_year"].default == rows["markets.us.growth_per_year"]["value"]


def test_a_positive_loading_makes_success_and_sales_go_together() -> None:
    """Chance and share that load on one factor with the same sign rise together: the mean rises with the loading."""
    declared = "programme: minimal\nfactors: {efficacy: how well it works}"
    text = text_of("minimal").replace("programme: minimal", declared)
    chance = "kind: phase_3, success_prob: {value: 0.5, assumption: test, factors: {efficacy: LOADING}}"
    share = "high: 0.3, factors: {efficacy: 0.9}"
    means = []
    for loading in (-0.9, 0.0, 0.9):
        changed = text.replace("kind: phase_3", chance.replace("LOADING", str(loading))).replace("high: 0.3", share)
        means.append(passport_of(changed, draws=20_000)["value"]["rnpv_usd"]["mean"])
    assert means[0] < means[1] < means[2]
