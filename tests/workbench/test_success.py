"""`success`: the passport's own chances with what they are made of, and what a file may say of them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pytest
from pydantic import TypeAdapter

from onepill.core.errors import InputError
from onepill.evidence import Profile, gate_base, published_table, stage_chance
from onepill.workbench.operations import operation
from tests.workbench.passports import EXAMPLES, example, found_codes, passport_of, text_of

Row = dict[str, Any]
SUPPORT = "evidence: {genetic_support: {value: true, source: {title: a paper, date: 2020-01-01}}}"
INDICATION = "area: oncology}"


def ask(text: str, **changes: Any) -> Row:
    found = operation("success")
    answer: Row = found.ask(found.question.model_validate({"text": text, "file": "test.yaml", **changes}))
    TypeAdapter(found.answer).validate_python(answer)
    return answer


def minimal(evidence: str = "", more: str = "") -> str:
    text = text_of("minimal").replace(INDICATION, f"area: oncology, {evidence}}}" if evidence else INDICATION)
    return f"{text}{more}"


@lru_cache
def plain(name: str) -> Row:
    return ask(text_of(name))


def stage(answer: Row, name: str) -> Row:
    return next(row for row in answer["stages"] if row["id"] == name)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_passport_has_the_same_chances(name: str) -> None:
    gates, answer = example(name)["success"]["gates"], plain(name)
    for key in ("id", "prob", "low", "high", "n", "table", "base", "included", "origin"):
        assert [gate[key] for gate in gates] == [row[key] for row in answer["stages"]]
    assert [gate["other_table_prob"] for gate in gates] == [
        row["other"]["prob"] if row["other"] else None for row in answer["stages"]
    ]


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_chance_of_an_approval_is_the_share_of_the_passports_futures(name: str) -> None:
    shares = {row["milestone"]: row["cumulative_prob"] for row in example(name)["success"]["markets"]}
    for row in plain(name)["overall"]:
        error = (row["prob"] * (1 - row["prob"]) / 20_000) ** 0.5
        assert row["prob"] == pytest.approx(shares[f"{row['filing']}.approval"], abs=4 * error), "four standard errors"
        assert row["low"] < row["prob"] < row["high"]


def test_the_shortest_files_chance_is_the_engines() -> None:
    profile, table = Profile("oncology", modality="small_molecule", novelty="nme"), published_table("bio")
    found = stage(plain("minimal"), "phase_2")
    assert found["prob"] == gate_base(profile, "phase_2_to_3", table=table).prob
    assert [cut["cut"] for cut in found["gates"][0]["cuts"]] == ["all", "area", "novelty"]
    assert found["source"]["title"].startswith("BIO, QLS Advisors")


def test_a_table_is_named_and_the_other_stands_beside() -> None:
    bio, wong = plain("minimal"), ask(text_of("minimal"), table="wong")
    assert (bio["table"], bio["other_table"], wong["table"], wong["other_table"]) == ("bio", "wong", "wong", "bio")
    assert stage(wong, "phase_2")["prob"] == stage(bio, "phase_2")["other"]["prob"]
    assert stage(bio, "phase_2")["prob"] == stage(wong, "phase_2")["other"]["prob"]
    assert stage(wong, "us.approval")["included"]
    assert wong["overall"][0]["prob"] == pytest.approx(bio["overall"][0]["other_prob"])
    in_file = ask(minimal(more="capital: {base_rates: wong}\n"))
    assert in_file["stages"] == wong["stages"]


def test_registries_are_refused_until_their_transitions_are_counted() -> None:
    with pytest.raises(InputError) as caught:
        ask(text_of("minimal"), table="registry")
    assert caught.value.findings[0].code == "success.registry_absent"
    assert "onepill registry load" in caught.value.findings[0].hint


def test_support_counts_from_the_file_and_reaches_the_passport() -> None:
    answer, document = ask(minimal(SUPPORT)), passport_of(minimal(SUPPORT))
    found = stage(answer, "phase_2")
    assert [(row["factor"], row["used"]) for row in found["adjustments"]] == [("genetic_support", True)]
    odds = [p / (1 - p) for p in (found["base"], found["prob"])]
    assert odds[1] / odds[0] == pytest.approx(found["adjustments"][0]["odds_ratio"])
    assert found["adjustments"][0]["prob_without"] == pytest.approx(found["base"])
    gate = next(gate for gate in document["success"]["gates"] if gate["id"] == "phase_2")
    assert gate["prob"] == found["prob"] > stage(plain("minimal"), "phase_2")["prob"]
    assert gate["adjustments"][0]["factor"] == "genetic_support"
    rows = {row["path"]: row for row in document["provenance"]}
    assert rows["development.phase_2.success_prob"]["from"] == ["indication.evidence.genetic_support"]
    assert rows["indication.evidence.genetic_support"]["source"]["title"] == "a paper"


@pytest.mark.parametrize("way", ["option", "file"])
def test_a_factor_that_is_switched_off_leaves_the_base(way: str) -> None:
    if way == "option":
        answer = ask(minimal(SUPPORT), without_factors=["genetic_support"])
    else:
        answer = ask(minimal(SUPPORT, "success: {switch_off: [genetic_support]}\n"))
    found = stage(answer, "phase_2")
    assert found["prob"] == stage(plain("minimal"), "phase_2")["prob"]
    assert (found["adjustments"][0]["on"], found["adjustments"][0]["reason"]["en"]) == (False, "switched off")


def test_an_option_goes_before_the_file() -> None:
    text = minimal(SUPPORT, "success: {switch_off: [genetic_support]}\n")
    assert stage(ask(text, with_factors=["genetic_support"]), "phase_2")["adjustments"][0]["used"]


def test_all_cuts_but_the_area_switched_off_leave_the_areas_printed_rate() -> None:
    found = stage(ask(text_of("minimal"), without_factors=["novelty", "modality"]), "phase_2")
    assert found["prob"] == pytest.approx(0.246, abs=0.002), "BIO figure 2, oncology II to III, 1,732 programmes"
    assert found["n"] == 1_732


def test_a_stated_chance_stays_and_is_told() -> None:
    text = text_of("minimal").replace("kind: phase_3,", "kind: phase_3, success_prob: 0.6,")
    found = stage(ask(text), "phase_3")
    assert (found["prob"], found["adjustments"], found["origin"]) == (0.6, [], "user")
    assert found["overrides"]["prob"] == stage(plain("minimal"), "phase_3")["prob"]
    assert "success.stated" in {row["code"] for row in ask(text)["findings"]}
    assert "success.stated" in found_codes(passport_of(text))


def test_the_response_rate_of_tunlametinib_is_off_unless_switched_on() -> None:
    found = stage(plain("tunlametinib"), "global_phase_3")
    by_name = {row["factor"]: row for row in found["adjustments"]}
    assert set(by_name) == {"response_rate", "class_precedent"}
    assert not any(row["used"] for row in by_name.values())
    assert by_name["response_rate"]["fact_source"]["title"].startswith("KeChow Pharma")
    on = stage(ask(text_of("tunlametinib"), with_factors=["response_rate"]), "global_phase_3")
    used = next(row for row in on["adjustments"] if row["factor"] == "response_rate")
    assert used["used"]
    assert used["odds_ratio_low"] < 1 < used["odds_ratio_high"], "35.8 % less 12.9 points against 20 % says little"


def test_evidence_of_a_later_day_is_not_known_yet() -> None:
    late = SUPPORT.replace("date: 2020-01-01", "date: 2024-08-02")
    answer = ask(minimal(late))
    assert stage(answer, "phase_2")["adjustments"] == []
    assert "as_of.hidden" in {row["code"] for row in answer["findings"]}
    same_day = ask(minimal(SUPPORT.replace("date: 2020-01-01", "date: 2024-08-01")))
    assert stage(same_day, "phase_2")["adjustments"]


def test_two_phases_in_one_stage_have_one_chance_with_both_gates() -> None:
    lines = [line for line in text_of("minimal").splitlines() if not line.startswith("  phase_3:")]
    text = "\n".join(lines).replace("kind: phase_2,", "kind: phase_2_3,").replace("[phase_3]", "[phase_2]")
    found = stage(ask(text), "phase_2")
    assert [gate["transition"] for gate in found["gates"]] == ["phase_2_to_3", "phase_3_to_filing"]
    profile = Profile("oncology", modality="small_molecule", novelty="nme")
    expected = stage_chance("phase_2_3", profile, table=published_table("bio"))
    assert expected is not None
    assert (found["prob"], found["low"], found["high"]) == (expected.prob, expected.low, expected.high)


def test_an_approval_with_alternatives_on_its_way_is_no_product() -> None:
    text = text_of("minimal").replace(
        "US: {route: nda, after: [phase_3]}", "US: {route: nda, after: {any: [phase_2, phase_3]}}"
    )
    answer = ask(text)
    assert answer["overall"][0]["prob"] is None
    assert "success.alternatives" in {row["code"] for row in answer["findings"]}


def test_each_indication_has_its_own_profile_and_evidence() -> None:
    text = text_of("adc_shanghai").replace("    line: first line\n", f"    line: first line\n    {SUPPORT}\n", 1)
    answer = ask(text)
    assert set(answer["profiles"]) == {"gastric_3l", "gastric_1l"}
    assert stage(answer, "gastric_1l_phase_3")["adjustments"]
    assert not stage(answer, "gastric_3l_phase_3")["adjustments"]


def test_rows_that_the_file_does_not_tell_can_be_named() -> None:
    text = minimal(more="success: {oncology_subtype: haematologic, modality: car_t, novelty: biologic}\n")
    cuts = {(cut["cut"], cut["level"]) for cut in stage(ask(text), "phase_2")["gates"][0]["cuts"]}
    assert {("oncology_subtype", "haematologic"), ("modality", "car_t")} <= cuts
    unprinted = text_of("minimal").replace("modality: small_molecule", "modality: cell_therapy")
    assert "success.no_modality_row" in {row["code"] for row in ask(unprinted)["findings"]}


EFFECT = "scale: hazard_ratio, estimate: 0.6, low: 0.45, high: 0.8, target: 0.7, source: {title: a trial}"
RESPONSE = "share: 0.4, n: 60, control_share: 0.1, target_share: 0.3"


@pytest.mark.parametrize(
    ("evidence", "code"),
    [
        ("phase_2_effect: {" + EFFECT.replace("low: 0.45", "low: 0.65") + "}", "evidence.interval"),
        ("phase_2_effect: {" + EFFECT.replace("target: 0.7", "target: 1.2") + "}", "evidence.target"),
        ("phase_2_effect: {" + EFFECT.replace("estimate: 0.6", "estimate: -0.5") + "}", "evidence.ratio"),
        ("phase_2_effect: {" + EFFECT.replace("hazard_ratio", "risk") + "}", "schema.choice"),
        ("response_rate: {" + RESPONSE.replace("0.3", "0.1") + "}", "evidence.target"),
        ("response_rate: {" + RESPONSE.replace("n: 60", "n: 0") + "}", "schema.range"),
        ("response_rate: {" + RESPONSE.replace("share: 0.4", "share: 40") + "}", "schema.range"),
        ("genetic_support: true", "schema.type"),
        ("luck: {value: true}", "schema.unknown_key"),
    ],
)
def test_impossible_evidence_is_an_error_with_its_place(evidence: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        ask(minimal(f"evidence: {{{evidence}}}"))
    found = [finding for finding in caught.value.findings if finding.code == code]
    assert found, caught.value.findings
    assert found[0].path.startswith("indication.evidence")
    assert found[0].line == 8


def test_an_effect_counts_on_each_scale_alike() -> None:
    """A hazard ratio of 0.6 (0.45 to 0.8) against 0.7 is an odds ratio of 1/0.6 against 1/0.7, and its logarithm."""
    from math import log

    hazard = ask(minimal(f"evidence: {{phase_2_effect: {{{EFFECT}}}}}"))
    odds = (
        "scale: odds_ratio, estimate: {:.12f}, low: {:.12f}, high: {:.12f}, target: {:.12f}, source: {{title: a trial}}"
    )
    difference = odds.replace("odds_ratio", "difference")
    for text, numbers in (
        (odds, [1 / x for x in (0.6, 0.8, 0.45, 0.7)]),
        (difference, [-log(x) for x in (0.6, 0.8, 0.45, 0.7)]),
    ):
        same = ask(minimal(f"evidence: {{phase_2_effect: {{{text.format(*numbers)}}}}}"))
        assert stage(same, "phase_3")["prob"] == pytest.approx(stage(hazard, "phase_3")["prob"], abs=1e-9)
    assert stage(hazard, "phase_3")["prob"] > stage(plain("minimal"), "phase_3")["prob"]
