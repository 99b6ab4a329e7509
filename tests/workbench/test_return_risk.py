"""A deal that may come back, asked about: published counts, calibrated chances, worth, clauses, and what is refused."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise
from typing import Any

import pytest

from onepill.core.errors import InputError
from onepill.rulebook import load_rulebook
from onepill.workbench.deals.return_defaults import CAUSES, CLAUSE_EFFECTS
from onepill.workbench.operations import operation
from tests.workbench.deals import example, programme, valued

Row = dict[str, Any]
DRAWS = 2_000
BLOCK = "termination:\n"
CHANGES = ("end_change_usd", "second_life_gain_usd")


def asked(deal: dict[str, str], *, of: dict[str, str] | None = None, **fields: Any) -> Row:
    found = operation("deal return-risk")
    question = {"draws": DRAWS, "seed": 3, **(of or programme()), "deal": deal, **fields}
    answer: Row = found.ask(found.question.model_validate(question))
    return answer


@lru_cache(maxsize=16)
def licence(block: str = "", terms: str = "", **fields: Any) -> Row:
    """The example licence with another block on its early end, and with further terms."""
    return asked(deal(block, terms), **fields)


def deal(block: str = "", terms: str = "") -> dict[str, str]:
    text = example("licence")["text"]
    head, _, rest = text.partition(BLOCK)
    tail = rest[rest.index("\ncomparables:") :]
    written = "".join(f"  {line}\n" for line in block.splitlines())
    head = head.replace("\nterms:\n", f"\nterms:\n{terms}", 1)
    return {"text": head + (BLOCK + written if block else "") + tail, "file": "licence.yaml"}


def codes(answer: Row) -> set[str]:
    return {finding["code"] for finding in answer["findings"]}


# What is published.


def test_25_of_62_by_vbdata_stands_beside_39_of_another_body_and_is_divided_by_its_own_count_alone() -> None:
    rows = {row["year"]: row for row in licence()["cohorts"]}
    first = rows[2020]
    assert (first["ended"], first["deals"], first["counted_on"]) == (25, 62, "2025-04-20")
    assert first["body"] == "VBData"
    assert first["ended_share"] == pytest.approx(25 / 62, abs=1e-6)
    assert [(row["body"], row["deals"]) for row in first["other_counts"]] == [("PharmExec / Collabrium", 39)]
    assert first["hazard_low_per_year"] < first["hazard_per_year"] < first["hazard_high_per_year"]
    assert first["source"]["url"].startswith("https://")


def test_about_20_percent_of_2021_and_2022_have_no_denominator_and_so_no_exact_limits() -> None:
    rows = {row["year"]: row for row in licence()["cohorts"]}
    for year in (2021, 2022):
        assert rows[year]["ended_share"] == 0.2
        assert rows[year]["deals"] is rows[year]["ended"] is rows[year]["hazard_low_per_year"] is None
    assert {row["deals"] for row in rows[2021]["other_counts"]} == {65, 43}


def test_every_published_row_is_a_rule_with_a_source_and_a_body() -> None:
    rulebook = load_rulebook()
    for row in licence()["published"]:
        version = rulebook.rule(row["rule"]).versions[-1]
        assert (row["value"], row["body"]) == (version.value, version.body)
        assert row["body"]
        assert row["source"]["url"].startswith("http")


# How likely by when.


def test_on_these_futures_the_share_of_the_cohort_comes_about_by_its_age() -> None:
    answer = licence(draws=20_000)
    hazard, rows = answer["risk"]["hazard"], answer["risk"]["by_year"]
    assert hazard["reached_share"] == pytest.approx(25 / 62, abs=1e-6)
    assert 0 < hazard["own_share"] < 25 / 62
    at_four, at_five = (next(row["total_prob"] for row in rows if row["years"] == year) for year in (4, 5))
    error = 4 * math.sqrt(0.24 / 20_000)
    assert at_four - error < 25 / 62 < at_five + error


def test_chances_add_up_and_never_fall() -> None:
    rows = licence()["risk"]["by_year"]
    assert [row["years"] for row in rows] == list(range(1, 16))
    for row in rows:
        assert row["total_prob"] == pytest.approx(row["own_prob"] + row["added_prob"], abs=2e-6)
        assert row["total_prob_standard_error"] == pytest.approx(
            math.sqrt(row["total_prob"] * (1 - row["total_prob"]) / DRAWS), abs=1e-6
        )
    for key in ("own_prob", "added_prob", "total_prob"):
        assert all(earlier[key] <= later[key] for earlier, later in pairwise(rows))


def test_the_cohort_asked_for_goes_before_the_terms() -> None:
    hazard = licence("cohort: 2020", cohort="2021")["risk"]["hazard"]
    assert (hazard["cohort"], hazard["asked_share"], hazard["reached_share"]) == ("2021", 0.2, 0.2)
    assert hazard["age_years"] == pytest.approx(3.7988)
    assert licence("hazard_per_year: 0.5", cohort="2021")["risk"]["hazard"]["per_year"] == hazard["per_year"]


def test_where_the_programme_fails_by_itself_more_often_than_the_cohort_nothing_is_added_and_that_is_said() -> None:
    answer = licence("cohort: pooled")
    hazard, pooled = answer["risk"]["hazard"], answer["pooled"]["hazard_per_year"]
    assert hazard["asked_share"] == pytest.approx(-math.expm1(-pooled * hazard["age_years"]), abs=1e-4)
    assert hazard["per_year"] == [0.0]
    assert hazard["reached_share"] == hazard["own_share"] > hazard["asked_share"]
    assert "return.own_failures" in codes(answer)
    assert all(row[key]["mean"] == 0 for row in answer["risk"]["parties"].values() for key in CHANGES)


def test_beside_zeros_an_end_and_its_clauses_are_told_at_the_cohorts_own_hazard_which_is_an_assumption() -> None:
    answer = licence("cohort: pooled")
    stress, pooled = answer["risk"]["stress"], answer["pooled"]["hazard_per_year"]
    assert stress["hazard_per_year"] == pytest.approx(pooled, abs=1e-6)
    assert set(stress["why"]) == {"en", "zh"}
    # The same deal under the same hazard of its own is what is told.
    own = licence(f"hazard_per_year: {pooled!r}")
    assert own["risk"]["stress"] is None
    rounding_usd = 100  # The hazard shown is rounded to six digits, which moves some days by one.
    for party, row in own["risk"]["parties"].items():
        for key in (*CHANGES, "no_second_life_usd"):
            assert stress["parties"][party][key]["mean"] == pytest.approx(row[key]["mean"], abs=rounding_usd)
    assert stress["left_prob"] == own["clauses"][1]["levels"][0]["left_prob"] > 0
    assert [row["beside"] for row in answer["clauses"]] == ["stress"] * len(CLAUSE_EFFECTS)
    for ours, theirs in zip(answer["clauses"], own["clauses"], strict=True):
        for one, other in zip(ours["levels"], theirs["levels"], strict=True):
            gains = [level["gain_usd"]["licensor"]["mean"] for level in (one, other)]
            assert gains[0] == pytest.approx(gains[1], abs=rounding_usd)
    assert licence("cohort: 2020", draws=20_000)["risk"]["stress"] is None


def test_without_a_word_of_the_terms_2020_is_taken_and_said() -> None:
    answer = licence()
    assert answer["risk"]["hazard"]["cohort"] == "2020"
    assert "return.cohort_default" in codes(answer)
    assert "return.cohort_default" not in codes(licence("cohort: 2020"))


def test_a_hazard_of_ones_own_is_added_as_it_stands_year_by_year() -> None:
    answer = licence("hazard_per_year: [0.0, 0.5, 0.0]\nafter_launch: true\nassumption: a test")
    rows = {row["years"]: row["added_prob"] for row in answer["risk"]["by_year"]}
    hazard = answer["risk"]["hazard"]
    assert (hazard["cohort"], hazard["per_year"], hazard["asked_share"]) == ("own", [0.0, 0.5, 0.0], None)
    assert rows[1] == 0
    assert rows[2] == rows[15] > 0.2
    assert {row["path"].rpartition(".")[0] for row in answer["inputs"]} >= {
        "deals.licence_abroad.termination.hazard_per_year"
    }


def test_counts_later_than_the_programmes_day_are_told_as_hindsight() -> None:
    assert "return.hindsight" in codes(licence())
    assert "return.hindsight" not in codes(licence("hazard_per_year: 0.1"))


# What it is worth.


def test_without_a_hazard_nobody_loses_anything() -> None:
    answer = licence("hazard_per_year: 0")
    for row in answer["risk"]["parties"].values():
        assert row["without_end_usd"] == row["no_second_life_usd"] == row["second_life_usd"]
        assert row["end_change_usd"] == row["second_life_gain_usd"] == {"mean": 0, "standard_error": 0}
    assert answer["risk"]["by_year"][-1]["added_prob"] == 0


def test_paired_differences_are_those_of_the_means_with_smaller_errors() -> None:
    for row in licence("hazard_per_year: 0.1")["risk"]["parties"].values():
        gap = row["no_second_life_usd"]["mean"] - row["without_end_usd"]["mean"]
        assert row["end_change_usd"]["mean"] == pytest.approx(gap, abs=2)
        assert row["end_change_usd"]["standard_error"] < row["without_end_usd"]["standard_error"]
        more = row["second_life_usd"]["mean"] - row["no_second_life_usd"]["mean"]
        assert row["second_life_gain_usd"]["mean"] == pytest.approx(more, abs=2)


@pytest.mark.parametrize("per_year", ["0", "0.3"])
def test_buyers_at_an_exit_pay_for_what_may_still_come_back(per_year: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The company is sold a year after the approval: an end that may come later lowers its price."""
    terms = f"\ntermination: {{hazard_per_year: {per_year}, after_launch: true, assumption: a test}}\n"
    sold = {**example("newco"), "text": example("newco")["text"] + terms}
    priced = asked(sold)["risk"]["parties"]["founders"]
    monkeypatch.setattr("onepill.workbench.deals.return_runs.exit_prices", lambda *_: {})
    unaware = asked(sold)["risk"]["parties"]["founders"]
    assert priced["without_end_usd"] == unaware["without_end_usd"]
    if per_year == "0":
        assert priced == unaware
        assert priced["no_second_life_usd"] == priced["without_end_usd"]
    else:
        assert priced["no_second_life_usd"]["mean"] < 0.9 * unaware["no_second_life_usd"]["mean"]


def test_the_deals_own_valuation_shows_the_same_risk() -> None:
    text = deal("cohort: 2020\nsecond_life: {prob: 0.3}")
    assert valued(text, draws=DRAWS, seed=3)["return_risk"] == asked(text)["risk"]


def test_what_is_sold_for_good_or_never_granted_cannot_come_back_unless_the_terms_say_so() -> None:
    for name in ("acquisition", "royalty_financing"):
        answer = asked(example(name))
        assert answer["risk"] is answer["causes"] is None
        assert answer["clauses"] == []
        assert "return.nothing_granted" in codes(answer)
    sold = example("acquisition")
    undone = {**sold, "text": sold["text"] + "\ntermination: {hazard_per_year: 0.1}\n"}
    assert asked(undone)["risk"] is not None


@pytest.mark.parametrize("name", ["licence", "option", "co_development", "newco", "modified_newco"])
def test_every_example_that_grants_or_shares_has_a_risk(name: str) -> None:
    answer = asked(example(name), draws=500)
    parties = answer["risk"]["parties"]
    assert set(parties) == {row["id"] for row in valued(example(name), draws=500)["parties"]}
    assert any(row["end_change_usd"]["mean"] for row in parties.values())


# Causes and clauses.


def test_causes_are_asked_for_and_sum_to_all_ends_by_the_cohorts_age() -> None:
    assert licence()["causes"] is None
    answer = licence("cohort: 2020", with_causes=True, draws=20_000)
    rows = answer["causes"]
    assert sum(row["prob"] for row in rows) == pytest.approx(25 / 62, abs=4 * math.sqrt(0.24 / 20_000))
    by_name = {row["cause"]: row for row in rows if row["told_by"] == "published"}
    # 195 and 59 of 344 late-stage failures: Hwang and others, JAMA Internal Medicine 2016.
    assert by_name["efficacy"]["prob"] / by_name["safety"]["prob"] == pytest.approx(195 / 59, rel=1e-3)
    for row in rows:
        is_assumed = row["told_by"] == "assumption"
        assert (row["low_prob"] is not None) == is_assumed
        if is_assumed:
            assert row["low_prob"] <= row["prob"] <= row["high_prob"]


def test_the_assumed_split_sums_to_one_and_leaves_efficacy_and_safety_to_the_paths() -> None:
    assert sum(cause.mode for cause in CAUSES) == pytest.approx(1)
    assert not {cause.cause for cause in CAUSES} & {"efficacy", "safety"}
    assert all(cause.low <= cause.mode <= cause.high for cause in CAUSES)
    reasons = load_rulebook().rule("deal_return.reasons.2010_2011").versions[-1].value
    assert isinstance(reasons, dict)
    assert next(cause.mode for cause in CAUSES if cause.cause == "strategy") == reasons["strategy"]


def test_every_clause_effect_is_an_assumption_with_a_range_and_off_by_default() -> None:
    answer = licence("hazard_per_year: 0.1\nclauses: {diligence: true, data_return: true}")
    plain = licence("hazard_per_year: 0.1")
    assert answer["risk"] == plain["risk"]
    assert [row["clause"] for row in answer["clauses"]] == list(CLAUSE_EFFECTS)
    assert {row["clause"]: row["in_terms"] for row in answer["clauses"]} == {
        **dict.fromkeys(CLAUSE_EFFECTS, False),
        "diligence": True,
        "data_return": True,
    }
    for row in answer["clauses"]:
        assert row["is_assumption"]
        assert all(factor["low"] <= factor["mode"] <= factor["high"] for factor in row["factors"])
        assert set(row["why"]) == {"en", "zh"}


def test_a_clause_helps_the_owner_more_at_each_level_and_those_on_the_hazard_keep_partners() -> None:
    rows = {row["clause"]: row for row in licence("hazard_per_year: 0.2")["clauses"]}
    for name, row in rows.items():
        kept = [level["left_prob"] for level in row["levels"]]
        assert kept == sorted(kept, reverse=True)
        assert (kept[0] > kept[2]) == (name in {"diligence", "break_fee"})
    for name in ("step_in", "transition"):
        gains = [level["gain_usd"]["licensor"]["mean"] for level in rows[name]["levels"]]
        assert gains in (sorted(gains), sorted(gains, reverse=True)), "more where a second life pays, else less"
        assert all(level["gain_usd"]["partner"]["mean"] == 0 for level in rows[name]["levels"])


def test_effects_that_are_switched_on_are_counted_and_warned_about() -> None:
    block = (
        "hazard_per_year: 0.2\nclause_effects: true\nclauses: {diligence: {hazard: {low: 0.4, mode: 0.5, high: 0.6}}}"
    )
    answer, plain = licence(block), licence("hazard_per_year: 0.2")
    assert answer["risk"]["hazard"]["per_year"] == [0.1]
    assert answer["risk"]["clause_effects_counted"]
    assert "return.clauses_assumed" in codes(answer)
    assert answer["risk"]["by_year"][4]["added_prob"] < plain["risk"]["by_year"][4]["added_prob"]
    # Alone, each clause is set beside the same deal without any effect, whatever is switched on.
    assert [row["levels"] for row in answer["clauses"][1:]] == [row["levels"] for row in plain["clauses"][1:]]


def test_a_break_fee_is_a_payment_of_the_contract_and_worth_what_is_expected_of_it() -> None:
    fee = "  fee: {kind: break_fee, from: partner, to: licensor, amount: 5 MUSD, on: termination}\n"
    answer = licence("hazard_per_year: 0.2", fee)
    row = next(row for row in answer["clauses"] if row["clause"] == "break_fee")
    left = row["levels"][0]["left_prob"]
    assert row["in_terms"]
    got, paid = (row["fee_usd"][party]["mean"] for party in ("licensor", "partner"))
    assert 0.5 * 5e6 * left < got < 5e6 * left
    assert -5e6 * left < paid < -got / 2
    assert all(other["fee_usd"] is None for other in answer["clauses"] if other is not row)
    assert next(row for row in licence()["clauses"] if row["clause"] == "break_fee")["fee_usd"] is None


# What is refused.


@pytest.mark.parametrize(
    ("block", "path"),
    [
        ("cohort: 2019", "termination.cohort"),
        ("cohort: 2020\nhazard_per_year: 0.1", "termination"),
        ("hazard_per_year: []", "termination"),
        ("hazard_per_year: -0.1", "termination.hazard_per_year"),
        ("second_life: {prob: 1.5}", "termination.second_life.prob"),
        ("second_life: {restart: soon}", "termination.second_life.restart"),
        ("clauses: {applause: true}", "termination.clauses"),
        ("clauses: {diligence: {hazard: {low: 2, mode: 1, high: 1}}}", "termination.clauses.diligence"),
        ("clauses: {diligence: {hazard: {low: 1, mode: 1}}}", "termination.clauses.diligence.hazard"),
        ("whim: 3", "termination.whim"),
    ],
)
def test_what_is_wrong_in_the_block_is_told_with_its_line_and_a_hint(block: str, path: str) -> None:
    with pytest.raises(InputError) as caught:
        asked(deal(block))
    found = [finding for finding in caught.value.findings if finding.path.startswith(path)]
    text = deal(block)["text"].splitlines()
    assert found
    assert all(finding.line >= text.index("termination:") + 1 for finding in found)
    assert all(finding.hint for finding in found)


def test_a_cohort_that_nobody_counted_is_refused() -> None:
    with pytest.raises(ValueError, match="cohort"):
        asked(example("licence"), cohort="2019")
