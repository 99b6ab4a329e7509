"""The filing plan: prerequisites, reliance chains, routes that are not open, what was known on the day."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from onepill.core.errors import InputError
from onepill.model import load_programme
from onepill.rulebook import load_rulebook
from onepill.workbench.filing.filing_plan import make_filing_plan
from onepill.workbench.filing.route_compare import compare_routes
from tests.workbench.passports import example, text_of

Row = dict[str, Any]


def plan_of(
    name: str, *markets: str, text: str | None = None, day: date | None = None, optimise: str = "earliest"
) -> Row:
    loaded = load_programme(text or text_of(name), file=name, as_of=day)
    options = {"markets": markets, "optimise": optimise, "draws": 2_000, "seed": 1, "threads": 1}
    return make_filing_plan(loaded, load_rulebook(), **options)


def codes(plan: Row) -> set[str]:
    return {row["code"] for row in plan["findings"]}


@pytest.fixture(scope="module")
def everywhere() -> Row:
    return plan_of("tunlametinib", "all")


def test_every_jurisdiction_with_a_way_to_approval_has_a_row(everywhere: Row) -> None:
    known = {p.jurisdiction for p in load_rulebook().procedures() if p.grants == "approval" and p.per == "filing"}
    assert set(everywhere["plan"]) == known
    assert len(known) == 20


def test_no_approval_comes_before_its_filing_nor_a_filing_before_what_it_relies_on(everywhere: Row) -> None:
    plan = everywhere["plan"]
    for row in (row for row in plan.values() if row["status"] == "simulated"):
        assert row["filing"]["p50"] < row["approval"]["p50"]
        for reference in row["relies_on"]:
            assert plan[reference]["approval"]["p50"] <= row["filing"]["p50"]


def test_macao_recognises_the_chinese_approval_and_comes_first(everywhere: Row) -> None:
    row = everywhere["plan"]["MO"]
    assert (row["route"], row["relies_on"]) == ("recognition", ["CN"])
    assert everywhere["order"][0] == "CN"
    assert row["approval"]["p50"] < everywhere["plan"]["US"]["approval"]["p50"]


def test_reliance_is_followed_on_from_market_to_market() -> None:
    plan = plan_of("tunlametinib", "CN", "SG", "PH", "US")["plan"]
    assert plan["SG"]["relies_on"] == ["CN"]
    assert plan["PH"]["relies_on"] == ["SG"]


def test_a_market_never_relies_on_itself(everywhere: Row) -> None:
    assert all(market not in row["relies_on"] for market, row in everywhere["plan"].items())


def test_a_route_that_is_not_open_names_the_conditions_and_the_input_that_answers_them(everywhere: Row) -> None:
    priority = next(row for row in everywhere["alternatives"]["US"] if row["route"] == "priority")
    assert not priority["open"]
    assert [term["term"] for term in priority["failing"]] == ["priority"]
    assert "designations" in priority["failing"][0]["answered_by"]
    assert priority["days_saved"] > 0


def test_an_answer_in_the_file_opens_the_route_that_asked_for_it() -> None:
    text = text_of("tunlametinib")
    closed = plan_of("tunlametinib", "CN", "HK")
    missing = {t["term"] for row in closed["alternatives"]["HK"] for t in row["failing"] if row["route"] == "abridged"}
    assert closed["plan"]["HK"]["status"] == "none"
    answers = "".join(f"  {term}: true\n" for term in sorted(missing))
    opened = plan_of("tunlametinib", "CN", "HK", text=text.replace("conditions:\n", f"conditions:\n{answers}", 1))
    assert opened["plan"]["HK"]["route"] == "abridged"
    assert opened["plan"]["HK"]["relies_on"] == ["CN"]


def test_a_route_without_a_review_time_has_no_day_of_approval(everywhere: Row) -> None:
    unknown = [market for market, row in everywhere["plan"].items() if row["status"] == "time_unknown"]
    assert all(everywhere["plan"][market]["approval"] is None for market in unknown)
    named = {row["value"] for row in everywhere["findings"] if row["code"] == "path.time_unknown"}
    assert named == set(unknown) == {"VN"}


def test_an_unknown_market_is_an_input_error_that_lists_the_known_ones() -> None:
    with pytest.raises(InputError) as caught:
        plan_of("minimal", "XX")
    assert caught.value.findings[0].code == "path.unknown_market"
    assert "US" in caught.value.findings[0].hint


def test_risks_are_those_that_were_known_on_the_day() -> None:
    early = codes(plan_of("tunlametinib", "US"))
    late = codes(plan_of("tunlametinib", "US", day=date(2026, 11, 1)))
    assert "risk.us.tariff.section_232" not in early
    assert {"risk.us.tariff.section_232", "risk.us.biosecure.section_851"} <= late


def test_chinese_data_alone_behind_a_us_filing_recall_sintilimab() -> None:
    assert "risk.us.fda.foreign_data_sole_basis.sintilimab_vote" in codes(plan_of("adc_shanghai", "US"))
    assert "risk.us.fda.foreign_data_sole_basis.sintilimab_vote" not in codes(plan_of("tunlametinib", "US"))


def test_a_proposal_is_named_and_not_used() -> None:
    plan = plan_of("tunlametinib", "EU", day=date(2026, 11, 1))
    before = plan_of("tunlametinib", "EU")
    proposed = [row for row in plan["findings"] if row["code"] == "rule.proposed"]
    assert ("eu.ema.centralised.assessment", 180) in [(row["path"], row["value"]) for row in proposed]
    assert plan["plan"]["EU"]["route"] == before["plan"]["EU"]["route"] == "standard"
    assert "rule.proposed" not in codes(before)


def test_routes_are_compared_on_the_same_futures() -> None:
    loaded = load_programme(text_of("tunlametinib"))
    names = ["us=standard", "us=priority"]
    found = compare_routes(loaded, load_rulebook(), names, draws=2_000, seed=1, threads=1)
    rows = {row["id"]: row for row in found["routes"][1]["milestones"]}
    assert rows["us.approval"]["days_difference"]["mean"] < -100
    assert rows["us.filed"]["days_difference"] == {"mean": 0.0, "standard_error": 0.0}
    assert rows["eu.approval"]["days_difference"] == {"mean": 0.0, "standard_error": 0.0}
    assert rows["us.approval"]["prob_difference"] == 0.0


def with_filings(filings: str) -> str:
    head, _ = text_of("dual_submission").split("filings:")
    return f"{head}filings:\n{filings}"


REFUSED = "  US: {route: nda, done: {submitted: 2023-01-01, refused: 2023-12-01}}\n"
APPROVED = "  US: {route: nda, done: {submitted: 2023-01-01, approved: 2023-12-01}}\n"
AGAIN = "  US_2: {jurisdiction: US, route: nda, after: [phase_3]}\n"


def test_a_further_filing_is_planned_after_a_refusal() -> None:
    row = plan_of("", "US", text=with_filings(REFUSED + AGAIN))["plan"]["US"]
    alone = plan_of("", "US", text=with_filings(AGAIN))["plan"]["US"]
    assert row["status"] == "simulated"
    assert row["approval"] == alone["approval"]


def test_a_refusal_is_told_as_one_and_not_as_a_time_that_nobody_knows() -> None:
    plan = plan_of("", "US", text=with_filings(REFUSED))
    assert "filing.refused" in codes(plan)
    assert "path.time_unknown" not in codes(plan)
    assert plan["plan"]["US"]["status"] == "simulated"
    assert (plan["plan"]["US"]["approval"]["prob"], plan["plan"]["US"]["approval"]["p50"]) == (0.0, None)


def test_a_market_with_two_filings_is_planned_on_the_terms_of_the_one_that_comes() -> None:
    """A first licence is no supplement, although the file's next filing in the same market is one."""
    row = plan_of("adc_shanghai", "CN")["plan"]["CN"]
    assert row["procedure"] == "cn.nmpa.marketing_authorisation"
    own = {row["id"]: row for row in example("adc_shanghai", draws=2_000)["milestones"]}["cn.approval"]
    apart = date.fromisoformat(row["approval"]["p50"]) - date.fromisoformat(own["p50"])
    assert abs(apart.days) <= 15  # other ids, and so other draws: the standard error of the median is about 4 days


def test_a_plan_without_any_market_is_an_input_error() -> None:
    with pytest.raises(InputError) as caught:
        plan_of("", text=text_of("dual_submission").split("filings:")[0])
    assert caught.value.findings[0].code == "path.no_market"


@pytest.mark.parametrize("filings", [APPROVED, REFUSED])
def test_a_decided_market_has_no_route_to_compare(filings: str) -> None:
    names = ["us=standard", "us=priority"]
    options: dict[str, Any] = {"draws": 100, "seed": 1, "threads": 1}
    with pytest.raises(InputError) as caught:
        compare_routes(load_programme(with_filings(filings)), load_rulebook(), names, **options)
    assert caught.value.findings[0].code == "route.decided"
    found = compare_routes(load_programme(with_filings(filings + AGAIN)), load_rulebook(), names, **options)
    rows = {row["id"]: row for row in found["routes"][1]["milestones"]}
    assert rows["us_2.approval"]["days_difference"]["mean"] < 0


@pytest.mark.parametrize(
    ("names", "code"),
    [(["us=standard"], "route.too_few"), (["us"] * 2, "route.form"), (["us=magic"] * 2, "route.unknown")],
)
def test_a_wrong_route_is_an_input_error(names: list[str], code: str) -> None:
    with pytest.raises(InputError) as caught:
        compare_routes(load_programme(text_of("minimal")), load_rulebook(), names, draws=100, seed=1, threads=1)
    assert caught.value.findings[0].code == code


def limited(
    *markets: str,
    name: str = "tunlametinib",
    optimise: str = "value",
    budget_usd: float | None = None,
    team: int | None = None,
) -> Row:
    loaded = load_programme(text_of(name))
    limits: dict[str, Any] = {"optimise": optimise, "budget_usd": budget_usd, "team": team}
    return make_filing_plan(loaded, load_rulebook(), markets=markets, draws=500, seed=1, threads=1, **limits)


def test_without_limits_and_worth_nothing_is_sequenced(everywhere: Row) -> None:
    assert everywhere["sequence"] is None


def test_one_team_prepares_one_filing_at_a_time() -> None:
    found = limited("US", "EU", "JP", optimise="earliest", team=1)["sequence"]
    spans = sorted((p["start_month"], p["filed_month"]) for p in found["plan"] if p["start_month"] is not None)
    assert len(spans) == 3
    assert all(ended <= begun for (_, ended), (begun, _) in pairwise(spans))
    assert any(name.startswith("team") for name in found["binding"])
    assert 0 < found["one_more"]["team"] <= max(found["gain_without"].values())
    assert found["one_more"]["unproven"] == []


def test_a_budget_is_kept_and_more_of_it_is_never_worse() -> None:
    answers = [limited("US", "EU", "JP", budget_usd=budget)["sequence"] for budget in (0.0, 9.5e6, 40e6)]
    for answer in answers:
        assert max(answer["spent_by_year_usd"]) <= answer["budget_usd_per_year"]
    worth = [answer["objective_value"] for answer in answers]
    assert worth == sorted(worth)
    assert worth[0] == 0 < worth[-1]


def test_the_least_cost_is_that_of_filing_everywhere_and_a_budget_too_small_for_it_says_what_is_missing() -> None:
    """Leaving every market out would cost least of all, and is no plan."""
    free = limited("US", "JP", optimise="cost", team=2)["sequence"]
    assert (
        limited("US", "JP", optimise="cost", budget_usd=40e6)["sequence"]["objective_value"] == free["objective_value"]
    )
    assert len(free["order"]) == 2
    with pytest.raises(InputError) as caught:
        limited("US", "JP", optimise="cost", budget_usd=1e6)
    assert "sequence.infeasible_budget" in {finding.code for finding in caught.value.findings}


def test_the_plan_files_what_the_sequence_chose_and_not_before() -> None:
    plan = limited("US", "EU", "JP", team=1)
    for planned in plan["sequence"]["plan"]:
        row = plan["plan"][planned["market"]]
        assert row["route"] == planned["route"]
        assert row["status"] == ("simulated" if planned["route"] else "left_out")
        assert planned["start"] is None or planned["start"] < row["filing"]["p10"]


@pytest.mark.parametrize("name", ["tunlametinib", "adc_shanghai"])
def test_all_markets_are_sequenced_and_each_relies_on_filings_that_are_in_the_plan(name: str) -> None:
    """In the second file the sequence leaves out a market on which the scouting had let another one rely."""
    answer = limited("all", name=name)
    chains = 0
    for planned in (row for row in answer["sequence"]["plan"] if row["relies_on"]):
        row = answer["plan"][planned["market"]]
        assert row["relies_on"] == planned["relies_on"]
        assert row["waits_for"] == [f"{answer['plan'][m]['id']}.approval:succeeded" for m in row["relies_on"]]
        assert all(answer["plan"][m]["approval"]["p50"] <= row["filing"]["p50"] for m in row["relies_on"])
        chains += 1
    assert chains >= 3


def test_a_market_without_a_review_time_is_left_out_of_a_sequence_and_told() -> None:
    answer = limited("VN", "US", optimise="earliest", team=2)
    assert answer["plan"]["VN"]["status"] == "left_out"
    assert [row["value"] for row in answer["findings"] if row["code"] == "path.time_unknown"] == ["VN"]


def test_a_review_without_a_time_stays_unknown_where_few_paths_are_approved() -> None:
    """Vietnam's months are known only from later on: among few approvals the medians alone would feign some days."""
    plan = plan_of("minimal", "VN", "US")["plan"]
    assert plan["VN"]["status"] == "time_unknown"
    assert plan["VN"]["approval"] is None
    assert plan["US"]["status"] == "simulated"
