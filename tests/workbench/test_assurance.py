"""The operations on chances of success: what is asked in words of a trial, and what cannot be asked."""

from __future__ import annotations

import math
from typing import Any

import pytest
from pydantic import ValidationError
from scipy.special import ndtr, ndtri

from onepill.core.errors import InputError
from onepill.workbench.common.documents import to_json
from onepill.workbench.operations import operation
from tests.workbench.passports import text_of

MONEY = {"patient_costs_musd": [0.075, 0.1], "fixed_costs_musd": [10.0, 15.0], "gains_musd": [100.0, 300.0, 500.0]}
MARKER = {"prevalence": 0.3, "patient_cost_usd": 60_000, "accrual_per_month": 30}


def asked(name: str, **fields: Any) -> Any:
    found = operation(name)
    answer = found.ask(found.question.model_validate(fields))
    to_json(answer)
    return answer


def codes(name: str, **fields: Any) -> list[str]:
    with pytest.raises(InputError) as refused:
        asked(name, **fields)
    assert all(finding.hint for finding in refused.value.findings)
    return [finding.code for finding in refused.value.findings]


def test_a_hazard_ratio_known_from_events_in_closed_form() -> None:
    answer = asked("assurance", hazard_ratio=0.7, events=330, effect=0.8, prior_n=120)
    mean, spread = -math.log(0.8) * math.sqrt(330) / 2, math.sqrt(330 / 120)
    assert answer["known"]["se"] == pytest.approx(2 / math.sqrt(120))
    assert answer["assurance"] == pytest.approx(ndtr((mean + ndtri(0.025)) / math.hypot(1, spread)), abs=1e-9)
    assert answer["known"]["benefit_prob"] == pytest.approx(ndtr(mean / spread))


def test_means_and_rates_known_from_patients() -> None:
    means = asked("assurance", difference=2.5, sd=8, power=0.8, effect=2.0, prior_n=100)
    assert means["known"]["se"] == pytest.approx(1.6)
    assert means["amount"] == pytest.approx(323.42, abs=5e-3)
    drift = ndtri(0.8) - ndtri(0.025)
    expected = ndtr((drift * 0.8 + ndtri(0.025)) / math.hypot(1, drift * 1.6 / 2.5))
    assert means["assurance"] == pytest.approx(expected, abs=1e-9)
    rates = asked("assurance", rates=[0.4, 0.2], effect=0.15, prior_n=80)
    assert rates["known"]["se"] == pytest.approx(math.sqrt((0.35 * 0.65 + 0.2 * 0.8) * 2 / 80))


def test_what_is_known_for_certain_is_the_power_and_no_effect_the_error() -> None:
    sure = asked("assurance", hazard_ratio=0.7, looks=3, bound="ld_of", prior="points:0.7=1")
    assert sure["assurance"] == pytest.approx(0.9, abs=1e-7) == sure["power_assumed"]
    nothing = asked("assurance", hazard_ratio=0.7, looks=3, bound="ld_of", prior="points:0.7=1", no_effect_prob=1.0)
    assert nothing["assurance"] == pytest.approx(0.025, abs=1e-7)
    half = asked("assurance", hazard_ratio=0.7, prior="points:0.7=0.5,1=0.5")
    assert half["assurance"] == pytest.approx(0.4625, abs=1e-7)
    assert half["known"]["benefit_prob"] == 0.5


def test_the_sign_of_a_difference_is_free_but_must_be_that_of_what_is_known() -> None:
    down = asked("assurance", difference=-2.5, sd=8, effect=-2.0, se=1.0)["assurance"]
    assert down == asked("assurance", difference=2.5, sd=8, effect=2.0, se=1.0)["assurance"]
    assert asked("assurance", difference=-2.5, sd=8, effect=2.0, se=1.0)["assurance"] < 0.025


def file_with(evidence: str) -> str:
    return text_of("minimal").replace("area: oncology}", f"area: oncology, evidence: {evidence}}}")


def test_the_file_s_known_effect_and_its_target_stand_in_for_options() -> None:
    numbers = "scale: hazard_ratio, estimate: 0.6, low: 0.45, high: 0.8, target: 0.7"
    known = f"{{phase_2_effect: {{{numbers}, source: {{title: a trial}}}}}}"
    answer = asked("assurance", text=file_with(known), file="x.yaml", no_effect_prob=0.1)
    se = math.log(0.8 / 0.45) / (2 * 1.959963984540054)
    told = asked("assurance", hazard_ratio=0.7, effect=0.6, se=se, no_effect_prob=0.1)
    assert answer["assurance"] == told["assurance"]
    assert answer["known"]["from_file"]["path"] == "indication.evidence.phase_2_effect"
    assert answer["known"]["from_file"]["source"]["title"] == "a trial"
    assert told["known"]["from_file"] is None
    larger = asked("assurance", text=file_with(known), file="x.yaml", hazard_ratio=0.8)
    assert larger["assurance"] > answer["assurance"]
    assert codes("assurance", text=file_with(known), sd=1.0, difference=2.0) == ["prior.endpoint"]


def test_a_response_rate_of_the_file_is_a_difference_of_rates() -> None:
    known = "{response_rate: {share: 0.35, n: 95, control_share: 0.07, target_share: 0.2, source: {title: a trial}}}"
    answer = asked("assurance", text=file_with(known), file="x.yaml")
    assert answer["known"]["effects"] == [pytest.approx(0.28)]
    assert answer["known"]["se"] == pytest.approx(math.sqrt(0.35 * 0.65 / 95))
    assert answer["assumed_effect"] == pytest.approx(0.13)
    assert any("single arm" in text["en"] for text in answer["assumptions"])


def test_a_file_that_knows_no_effect_says_so() -> None:
    assert codes("assurance", text=text_of("minimal"), hazard_ratio=0.7) == ["prior.file"]
    assert codes("assurance", text=text_of("minimal"), indication="other") == ["indication.unknown"]


def test_an_interim_look_without_bounds_in_closed_form() -> None:
    answer = asked("assurance interim", z=1.2, effect=1.0, se=0.5)
    critical = -ndtri(0.025)
    assert answer["predictive_power"] == pytest.approx(ndtr((1.2 - critical * 0.5**0.5) / 0.5**0.5), abs=1e-9)
    drift = ndtri(0.9) + critical
    ahead = (1.2 * 0.5**0.5 + drift * 0.5 - critical) / 0.5**0.5
    assert answer["conditional_power_assumed"] == pytest.approx(ndtr(ahead), abs=1e-9)
    assert answer["predictive_power"] < answer["predictive_power_known"] < answer["conditional_power_assumed"]
    assert not answer["stops"]
    more = asked("assurance interim", z=1.2, effect=1.0, se=0.5, at=[0.5, 0.8, 1.0])
    assert more["predictive_power"] == answer["predictive_power"]
    extremes = [asked("assurance interim", z=z, at=[0.1, 1.0])["predictive_power"] for z in (-10, 10)]
    assert extremes == [pytest.approx(0, abs=1e-9), pytest.approx(1, abs=1e-9)]
    assert asked("assurance interim", z=3.0, at=[0.5, 1.0], bound="of")["stops"]


def test_lee_and_liu_by_the_command() -> None:
    answer = asked(
        "assurance responses",
        responses=16,
        patients=23,
        max_patients=40,
        null_rate=0.6,
        target_rate=0.8,
        threshold=0.9,
        prior_beta=[0.6, 0.4],
    )
    assert answer["predictive_prob"] == pytest.approx(0.5655589, abs=5e-8)
    assert (answer["decision"], answer["least_responses"]) == ("continue", 28)
    assert [row["rate"] for row in answer["operating"]] == [0.6, 0.8]
    done = {"max_patients": 40, "null_rate": 0.6, "patients": 40, "threshold": 0.9, "prior_beta": [0.6, 0.4]}
    assert [asked("assurance responses", responses=r, **done)["decision"] for r in (27, 28)] == ["no_go", "go"]


def test_drug_develop_r_by_the_command_in_millions() -> None:
    answer = asked("design programme", hazard_ratio=0.8, events=[160.0, 176.0], **MONEY)
    assert round(answer["best"]["utility_musd"], 1) == 35.2
    assert round(answer["best"]["go_prob"], 2) == 0.73
    assert not answer["at_edge"]
    assert asked("design programme", hazard_ratio=0.8, events=[20.0, 30.0], **MONEY)["at_edge"]


def test_a_prior_of_hazard_ratios_lies_between_its_ends() -> None:
    small = {"events": [100.0, 104.0], **MONEY}
    worth = [
        asked("design programme", prior=prior, **small)["best"]["utility_musd"]
        for prior in ("points:0.7=1", "points:0.7=0.5,0.9=0.5", "points:0.9=1", "normal:0.8,0.0001")
    ]
    assert worth[0] > worth[1] > worth[2]
    certain = asked("design programme", hazard_ratio=0.8, **small)["best"]["utility_musd"]
    assert worth[3] == pytest.approx(certain, abs=0.3)  # patients of phase III are whole


def test_enrichment_of_each_endpoint_is_answered() -> None:
    for effect in (
        {"differences": [0.5, 0.0], "sd": 1.0},
        {"rates": [0.5, 0.25, 0.2]},
        {"hazard_ratios": [0.6, 0.95], "event_prob": 0.7},
    ):
        answer = asked("design enrichment", **MARKER, **effect)
        assert [row["design"] for row in answer["designs"]] == ["all_comers", "targeted", "adaptive"]
        base, chosen = answer["designs"][0], answer["designs"][1]
        assert answer["worth"][0]["cost_usd"] == pytest.approx(base["cost_usd"] - chosen["cost_usd"])
        assert answer["cheapest"] == "targeted"


def test_designs_without_a_size_are_named() -> None:
    answer = asked("design enrichment", **MARKER, differences=[0.5, -0.5], sd=1.0)
    assert answer["without_size"] == ["all_comers"]
    assert answer["worth"] == []


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"hazard_ratio": 0.7}, "prior.missing"),
        ({"effect": 0.8, "se": 0.1}, "effect.missing"),
        ({"hazard_ratio": 0.7, "effect": 0.8, "se": -0.1}, "prior.se"),
        ({"hazard_ratio": 0.7, "effect": 0.8, "se": math.nan}, "prior.se"),
        ({"hazard_ratio": 0.7, "effect": 0.8}, "prior.se"),
        ({"hazard_ratio": 0.7, "effect": 0.8, "prior_n": 0.0}, "prior.n"),
        ({"hazard_ratio": 0.7, "effect": -0.8, "se": 0.1}, "prior.effect"),
        ({"hazard_ratio": 0.7, "prior": "points:0.7=0.5,0.8=0.4"}, "prior.weights"),
        ({"hazard_ratio": 0.7, "prior": "points:0.7=1.5,0.8=-0.5"}, "prior.weights"),
        ({"hazard_ratio": 0.7, "prior": "points:0.7"}, "prior.shape"),
        ({"hazard_ratio": 0.7, "prior": "uniform:0,1"}, "prior.shape"),
        ({"hazard_ratio": 0.7, "prior": "normal:x,1"}, "prior.number"),
        ({"hazard_ratio": 0.7, "prior": "normal:0.7,inf"}, "prior.number"),
        ({"rates": [0.4, 0.2], "effect": 1.2, "se": 0.1}, "prior.effect"),
        ({"rates": [0.4, 0.2], "effect": 0.9, "prior_n": 50.0}, "prior.effect"),
        ({"hazard_ratio": 1.0, "margin": 1.3, "effect": 1.0, "se": 0.1}, "effect.missing"),
        ({"hazard_ratio": 0.7, "effect": 0.8, "se": 0.1, "power": 0.01}, "design.power"),
        ({"hazard_ratio": 0.7, "effect": 0.8, "se": 0.1, "patients": 100.0}, "effect.amount"),
    ],
)
def test_what_assurance_cannot_answer(fields: dict[str, Any], code: str) -> None:
    assert code in codes("assurance", **fields)


@pytest.mark.parametrize(
    ("name", "fields", "code"),
    [
        ("assurance interim", {"z": 1.0, "look": 2}, "interim.look"),
        ("assurance interim", {"z": 1.0, "effect": 1.0}, "prior.shape"),
        ("assurance interim", {"z": 1.0, "at": [0.5, 0.4]}, "design.at.order"),
        ("design enrichment", {**MARKER}, "enrichment.effect"),
        ("design enrichment", {**MARKER, "differences": [0.5], "sd": 1.0}, "enrichment.effect"),
        ("design enrichment", {**MARKER, "differences": [0.5, 0.0]}, "enrichment.missing"),
        ("design enrichment", {**MARKER, "differences": [-0.5, 0.0], "sd": 1.0}, "enrichment.no_benefit"),
        ("design enrichment", {**MARKER, "rates": [1.4, 0.2, 0.2]}, "enrichment.effect"),
        ("design enrichment", {**MARKER, "rates": [0.4, 0.2, 0.2], "sd": 1.0}, "enrichment.unused"),
        ("design enrichment", {**MARKER, "differences": [0.5, 0.0], "sd": 1.0, "power": 0.02}, "design.power"),
        ("design programme", {**MONEY}, "programme.hazard_ratio"),
        ("design programme", {**MONEY, "hazard_ratio": 0.8, "classes": [0.9, 0.95, 0.8]}, "programme.classes"),
        ("design programme", {**MONEY, "hazard_ratio": 0.8, "gains_musd": [1.0]}, "programme.gains_musd"),
        ("design programme", {**MONEY, "hazard_ratio": 0.8, "event_probs": [0.0, 0.7]}, "programme.event_probs"),
        ("design programme", {**MONEY, "hazard_ratio": 0.8, "events": [100.0, 10.0]}, "programme.events"),
        ("design programme", {**MONEY, "hazard_ratio": 0.8, "thresholds": [0.7, 1.2]}, "programme.thresholds"),
    ],
)
def test_what_the_others_cannot_answer(name: str, fields: dict[str, Any], code: str) -> None:
    assert code in codes(name, **fields)


@pytest.mark.parametrize("wrong", [{"prevalence": 0.0}, {"prevalence": 1.5}, {"prevalence": math.nan}, {"sd": -1.0}])
def test_values_out_of_range_are_refused_at_the_border(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        operation("design enrichment").question.model_validate(
            {**MARKER, "differences": [0.5, 0.0], "sd": 1.0, **wrong}
        )


def test_responses_out_of_order_are_refused() -> None:
    base = {"max_patients": 40, "null_rate": 0.3}
    assert codes("assurance responses", responses=5, patients=4, **base) == ["responses.order"]
    assert codes("assurance responses", responses=1, patients=4, prior_beta=[0.0, 1.0], **base) == ["responses.prior"]
    assert codes("assurance responses", responses=1, patients=4, target_rate=0.2, **base) == ["design.rate"]


def test_a_size_whose_power_is_next_to_certain_keeps_its_drift() -> None:
    """In closed form: mean -ln 0.9 x sqrt(2000) / 2, its standard error 0.1 x sqrt(2000) / 2."""
    answer = asked("assurance", hazard_ratio=0.5, effect=0.9, se=0.1, events=2000)
    mean, spread = -math.log(0.9) * math.sqrt(2000) / 2, 0.1 * math.sqrt(2000) / 2
    assert answer["assurance"] == pytest.approx(ndtr((mean + ndtri(0.025)) / math.hypot(1, spread)), abs=1e-6)


@pytest.mark.parametrize(
    ("name", "fields", "code"),
    [
        ("assurance", {"hazard_ratio": 0.7, "effect": 0.8, "se": 0.1, "event_prob": 0.5}, "effect.unused"),
        ("assurance", {"hazard_ratio": 0.7, "prior": "normal:0.8,0.1", "se": 0.5}, "prior.unused"),
        ("assurance", {"hazard_ratio": 0.7, "effect": 0.8, "se": 0.1, "indication": "x"}, "prior.unused"),
        ("assurance", {"hazard_ratio": 0.7, "effect": 0.8, "se": 0.1, "looks": 5, "at": [0.5, 1.0]}, "design.looks"),
        ("design programme", {**MONEY, "prior": "normal:0.8,100"}, "prior.se"),
        ("design programme", {**MONEY, "hazard_ratio": 0.8, "thresholds": [0.705, 0.8]}, "programme.thresholds"),
        ("design programme", {**MONEY, "hazard_ratio": 0.8, "thresholds": [0.9, 0.999]}, "programme.thresholds"),
        ("design fixed", {"rates": [0.4, 0.2], "dropout_per_year": 0.3}, "effect.unused"),
    ],
)
def test_what_would_be_lost_in_silence_is_refused(name: str, fields: dict[str, Any], code: str) -> None:
    assert codes(name, **fields) == [code]


def test_a_go_and_a_no_go_never_hold_together() -> None:
    fields = {"responses": 1, "patients": 5, "max_patients": 20, "null_rate": 0.2}
    assert codes("assurance responses", **fields, no_go_below=0.9, go_above=0.1) == ["responses.bounds"]
