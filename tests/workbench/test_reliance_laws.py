"""Filing plans over generated markets that recognise each other, against the shortest way counted by hand."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from onepill.model import load_programme
from onepill.workbench.filing.filing_plan import make_filing_plan
from onepill.workbench.results.path_risks import RISKS
from onepill.workbench.results.trial_evidence import BRIDGING, COMPARATOR, METHOD_1, PATIENTS
from tests.pathway.generated_rules import rulebook_of

Row = dict[str, Any]
CODES = ("AU", "CA", "CH", "GB", "SG", "US")
AS_OF, STUDY_DAYS, PREPARATION_DAYS = date(2025, 1, 6), 300, 40
CITED = {"source_grade": "official", "source": "law"}
LAW = {"from": "2008-01-01", **CITED}
QUICK = settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), max_examples=30)


@st.composite
def markets(draw: st.DrawFn) -> dict[str, Row]:
    """By market: the days of its own review, and of a shorter one for what some of the others have approved."""
    codes = draw(st.lists(st.sampled_from(CODES), min_size=2, max_size=6, unique=True))
    return {code: draw(_market([other for other in codes if other != code])) for code in codes}


@st.composite
def _market(draw: st.DrawFn, others: list[str]) -> Row:
    accepted = draw(st.lists(st.sampled_from(others), max_size=3, unique=True))
    return {
        "own_days": draw(st.integers(11, 900)),
        "relying_days": draw(st.integers(11, 400)),
        "accepts": accepted,
        "at_least": draw(st.integers(1, min(2, len(accepted)))) if accepted else 1,
    }


def pack(code: str, market: Row) -> Row:
    name = code.lower()
    found: Row = {
        "onepill_pack": 1,
        "jurisdiction": code,
        "calendar": code,
        "sources": {"law": {"title": "The law"}},
        "rules": {f"{name}.own": _clock(market["own_days"]), f"{name}.relying": _clock(market["relying_days"])},
        "procedures": {f"{name}.full": _procedure(f"{name}.own")},
    }
    if "own_fee" in market:
        found["rules"][f"{name}.fee"] = {
            "topic": "fees",
            "unit": "USD",
            "versions": [LAW | {"value": market["own_fee"]}],
        }
        found["procedures"][f"{name}.full"]["steps"][0]["fee"] = f"{name}.fee"
    if market["accepts"]:
        relies = {"references": market["accepts"], "at_least": market["at_least"], **CITED}
        relies["within_years"] = market.get("within_years")
        further = {"route": "reliance", "relies_on": relies}
        found["procedures"][f"{name}.short"] = _procedure(f"{name}.relying") | further
    return found


def no_risks() -> Row:
    """The rules behind the plan's findings on risks and evidence, on which generated law says nothing."""
    absent = {"topic": "review", "absent": {"checked": "2025-01-06", "note": "generated law"}}
    cited = {risk.rule_id for risk in RISKS} | {METHOD_1}
    cited |= {rule for table in (PATIENTS, BRIDGING, COMPARATOR) for rule in table.values()}
    return {"onepill_pack": 1, "jurisdiction": "WORLD", "rules": dict.fromkeys(sorted(cited), absent)}


def _clock(days: int) -> Row:
    return {"topic": "review", "unit": "calendar_days", "nature": "limit", "versions": [LAW | {"value": days}]}


def _procedure(clock: str) -> Row:
    steps = [
        {"id": "submission", "by": "applicant", "kind": "event"},
        {"id": "review", "by": "agency", "clock": clock, "after": ["submission"], "gate": "approval"},
    ]
    return {"topic": "review", "name": "review", "per": "filing", "grants": "approval", "steps": steps}


def plan_of(found: dict[str, Row], optimise: str = "earliest") -> dict[str, Row]:
    filings = "".join(
        f"  {code}: {{route: standard, after: [study], preparation: {PREPARATION_DAYS} days, approval_prob: 1.0}}\n"
        for code in found
    )
    text = (
        f"onepill: 1\nprogramme: generated\nas_of: {AS_OF}\n"
        "asset: {name: {en: x, zh: x}, modality: small_molecule}\n"
        "indication: {name: {en: x, zh: x}, area: oncology}\n"
        f"development:\n  study: {{kind: phase_3, duration: {STUDY_DAYS} days, success_prob: 1.0, cost: 1 USD}}\n"
        f"filings:\n{filings}"
    )
    book = rulebook_of([*(pack(code, market) for code, market in found.items()), no_risks()])
    loaded = load_programme(text, file="generated.yaml")
    options = {"markets": sorted(found), "optimise": optimise, "draws": 64, "seed": 1, "threads": 1}
    rows: dict[str, Row] = make_filing_plan(loaded, book, **options)["plan"]
    return rows


def earliest_approvals(found: dict[str, Row]) -> dict[str, date]:
    """Every market on its own, then shortened through others until nothing is gained."""
    ready = AS_OF + timedelta(days=STUDY_DAYS)
    days = {code: ready + timedelta(days=PREPARATION_DAYS + market["own_days"]) for code, market in found.items()}
    for _ in found:
        for code, market in found.items():
            reached = sorted(days[other] for other in market["accepts"])
            if len(reached) >= market["at_least"]:
                filed = reached[market["at_least"] - 1] + timedelta(days=PREPARATION_DAYS)
                days[code] = min(days[code], filed + timedelta(days=market["relying_days"]))
    return days


@QUICK
@given(markets())
def test_a_plan_relies_on_approvals_that_come_first_and_is_the_earliest(found: dict[str, Row]) -> None:
    plan, expected = plan_of(found), earliest_approvals(found)
    for code, row in plan.items():
        assert row["approval"]["p50"] == expected[code].isoformat(), code
        for reference in row["relies_on"]:
            assert plan[reference]["approval"]["p10"] <= row["filing"]["p10"]
            assert f"{plan[reference]['id']}.approval:succeeded" in row["waits_for"]


@QUICK
@given(markets(), st.data())
def test_a_shorter_review_in_one_market_makes_no_market_later(found: dict[str, Row], data: st.DataObject) -> None:
    shorter, code = deepcopy(found), data.draw(st.sampled_from(sorted(found)))
    which = data.draw(st.sampled_from(["own_days", "relying_days"]))
    assume(shorter[code][which] > 11)
    shorter[code][which] = data.draw(st.integers(11, shorter[code][which] - 1))
    before, after = plan_of(found), plan_of(shorter)
    for market in found:
        assert after[market]["approval"]["p50"] <= before[market]["approval"]["p50"]


def test_a_chain_of_three_relies_on_the_filing_that_was_chosen_in_the_middle() -> None:
    """Singapore first seems best on its own review and then through the United States; Australia relies on it."""
    alone = {"relying_days": 50, "accepts": [], "at_least": 1}
    found = {
        "US": alone | {"own_days": 100},
        "SG": alone | {"own_days": 500, "accepts": ["US"]},
        "AU": alone | {"own_days": 900, "accepts": ["SG"]},
    }
    plan = plan_of(found)
    assert {code: row["relies_on"] for code, row in plan.items()} == {"US": [], "SG": ["US"], "AU": ["SG"]}
    assert plan["AU"]["waits_for"] == [f"{plan['SG']['id']}.approval:succeeded"]
    assert plan["AU"]["approval"]["p50"] == earliest_approvals(found)["AU"].isoformat()


def test_two_markets_of_which_each_would_be_cheaper_through_the_other_do_not_wait_for_each_other() -> None:
    market = {"own_days": 300, "relying_days": 200, "at_least": 1, "own_fee": 1_000_000}
    found = {"AU": market | {"accepts": ["GB"]}, "GB": market | {"accepts": ["AU"]}, "SG": market | {"accepts": ["GB"]}}
    plan = plan_of(found, "cost")
    relying = {code: row["relies_on"] for code, row in plan.items()}
    assert sorted(map(len, (relying["AU"], relying["GB"]))) == [0, 1], relying
    assert relying["SG"] == ["GB"]


@pytest.mark.parametrize(("old_days", "relies_on"), [(PREPARATION_DAYS, ["US"]), (PREPARATION_DAYS - 1, [])])
def test_a_reference_must_be_young_enough_on_the_day_of_the_filing(old_days: int, relies_on: list[str]) -> None:
    """The application is filed its days of preparation after the approval that it relies on."""
    found = {
        "US": {"own_days": 100, "relying_days": 50, "accepts": [], "at_least": 1},
        "AU": {
            "own_days": 900,
            "relying_days": 50,
            "accepts": ["US"],
            "at_least": 1,
            "within_years": old_days / 365.25,
        },
    }
    assert plan_of(found)["AU"]["relies_on"] == relies_on
