"""The design operations: what is asked in patients, events and months, and what cannot be asked."""

from __future__ import annotations

import math
from typing import Any

import pytest

from onepill.core.errors import InputError
from onepill.stats.accrual import Hazards, hazard_of_median, hazard_of_yearly_prob, months_to_events
from onepill.stats.sequential import design
from onepill.workbench.common.documents import to_json
from onepill.workbench.operations import operation

SURVIVAL = {
    "hazard_ratio": 0.7,
    "control_median_months": 12.0,
    "accrual_per_month": 20.0,
    "follow_up_months": 12.0,
    "dropout_per_year": 0.05,
}


def asked(name: str, **fields: Any) -> Any:
    found = operation(f"design {name}")
    return found.ask(found.question.model_validate(fields))


def test_bounds_inflation_and_expectations_are_those_of_the_design() -> None:
    answer = asked("sequential", looks=5, bound="pocock")
    found = design(5, bound="pocock")
    assert answer["upper_z"] == list(found.upper_z)
    assert answer["inflation"] == found.inflation
    assert answer["expected_inflation"] == {
        "null": float(found.expected_inflation(0.0)),
        "intermediate": float(found.expected_inflation(0.5)),
        "alternative": float(found.expected_inflation(1.0)),
    }
    assert (answer["lower_z"], answer["lower_bound"], answer["beta_spent"], answer["size"]) == (
        None,
        "none",
        None,
        None,
    )
    assert answer["type_1_error"] == pytest.approx(0.025, abs=1e-10)
    assert answer["upper_p"][0] == pytest.approx(answer["alpha_spent"][0], abs=1e-12)


def test_lower_bounds_say_what_they_are_for() -> None:
    futile = asked("sequential", looks=3, bound="hsd:-4", futility="hsd:-2")
    assert futile["lower_bound"] == "futility"
    assert futile["lower_z"][-1] == futile["upper_z"][-1]
    assert futile["beta_spent"][-1] == pytest.approx(0.1, abs=1e-9)
    assert futile["type_1_error"] < 0.025 == pytest.approx(futile["alpha_spent"][-1])
    harm = asked("sequential", looks=3, sides=2)
    assert harm["lower_bound"] == "harm"
    assert harm["lower_z"] == [-z for z in harm["upper_z"]]
    assert {text["en"][:5] for text in harm["assumptions"]} != {text["en"][:5] for text in futile["assumptions"]}


def test_a_look_at_which_nobody_can_stop_is_null() -> None:
    answer = asked("sequential", at=[0.001, 0.5, 1.0], bound="ld_of")
    assert answer["upper_z"][0] is None
    assert answer["upper_p"][0] == 0
    to_json(answer)


def test_events_of_several_looks_are_those_of_one_times_the_inflation() -> None:
    """Hazard ratio 0.7, Lan and DeMets' O'Brien-Fleming with three looks: 334.294 against 330.378 events."""
    size = asked("sequential", looks=3, bound="ld_of", hazard_ratio=0.7)["size"]
    assert (size["fixed"], size["maximum"]) == (pytest.approx(330.378, abs=5e-4), pytest.approx(334.294, abs=5e-4))
    assert size["maximum_whole"] == 335
    assert [row["needed"] for row in size["looks"]] == pytest.approx([size["maximum"] * k / 3 for k in (1, 2, 3)])
    assert (size["patients"], size["months"], size["expected_months"]) == (None, None, None)


def test_the_calendar_of_sas_proc_seqdesign_example_14() -> None:
    """Its control hazard 0.03466 is a median of 20 weeks to four digits; weeks stand for months."""
    answer = asked(
        "sequential",
        looks=4,
        bound="ld_of",
        hazard_ratio=0.5,
        control_median_months=math.log(2) / 0.03466,
        accrual_per_month=15,
        accrual_months=18,
    )
    size = answer["size"]
    assert size["patients"] == 270
    assert [row["needed"] for row in size["looks"]] == pytest.approx([22.26962, 44.53924, 66.80886, 89.07847], abs=5e-4)
    assert [row["month"] for row in size["looks"]] == pytest.approx([11.2631, 16.2875, 20.4926, 25.13323], abs=2e-4)
    assert [row["entered"] for row in size["looks"]] == pytest.approx([168.95, 244.31, 270, 270], abs=5e-3)


def test_months_and_events_are_expected_over_the_chances_to_stop() -> None:
    answer = asked("sequential", looks=3, bound="hsd:-4", futility="hsd:-2", **SURVIVAL)
    size, stops = answer["size"], answer["stop_probs"]["alternative"]
    ends = [up + low for up, low in zip(stops["upper"], stops["lower"], strict=True)]
    assert sum(ends) == pytest.approx(1, abs=1e-9)
    for key, column in (("expected", "needed"), ("expected_months", "month")):
        by_hand = sum(chance * row[column] for chance, row in zip(ends, size["looks"], strict=True))
        assert size[key]["alternative"] == pytest.approx(by_hand, rel=1e-9)
    assert size["months"] == pytest.approx(size["accrual_months"] + 12, abs=1e-6)


def test_without_an_effect_the_treated_have_events_as_the_controls_do() -> None:
    answer = asked("sequential", looks=2, **SURVIVAL)
    size, stops = answer["size"], answer["stop_probs"]["null"]["upper"][0]
    hazard = hazard_of_median(12.0)
    alike = Hazards(hazard, hazard, hazard_of_yearly_prob(0.05))
    months = [
        months_to_events(
            row["needed"],
            alike,
            accrual_months=size["accrual_months"],
            patients_per_month=SURVIVAL["accrual_per_month"],
        )
        for row in size["looks"]
    ]
    assert months[0] < size["looks"][0]["month"]
    by_hand = stops * months[0] + (1 - stops) * months[1]
    assert size["expected_months"]["null"] == pytest.approx(by_hand, rel=1e-9)


def test_patients_of_means_and_rates_known_after_follow_up_and_dropout() -> None:
    plain = asked("fixed", difference=2.5, sd=8, power=0.8)
    assert plain["size"]["maximum"] == pytest.approx(323.42, abs=5e-3)
    assert plain["size"]["arms"] == {"treated": 162, "control": 162}
    assert plain["size"]["patients"] == 324
    lost = asked(
        "fixed", difference=2.5, sd=8, power=0.8, accrual_per_month=10, follow_up_months=12, dropout_per_year=0.2
    )["size"]
    assert lost["maximum"] == pytest.approx(323.42, abs=5e-3)
    assert lost["patients"] == 406  # 323.42 / 0.8 = 404.28, in two whole arms
    assert lost["accrual_months"] == pytest.approx(323.42 / 0.8 / 10, abs=1e-3)
    assert lost["months"] == pytest.approx(lost["accrual_months"] + 12)


def test_unequal_arms_are_whole_and_in_their_ratio() -> None:
    arms = asked("fixed", rates=[0.4, 0.2], ratio=2)["size"]["arms"]
    assert sum(arms.values()) == pytest.approx(245.63, abs=2)
    assert arms == {"treated": 164, "control": 82}


def test_patients_from_the_share_who_have_an_event() -> None:
    size = asked("fixed", hazard_ratio=0.7, event_prob=0.6)["size"]
    assert size["patients"] == 552  # 330.378 / 0.6 = 550.63, in two whole arms
    assert size["months"] is None


@pytest.mark.parametrize(
    ("effect", "unit"),
    [
        ({"difference": 2.5, "sd": 8.0}, "patients"),
        ({"rates": [0.7, 0.72], "margin": 0.12}, "patients"),
        ({"hazard_ratio": 0.7}, "events"),
    ],
)
def test_the_power_of_a_size_is_the_power_that_gave_it(effect: dict[str, Any], unit: str) -> None:
    size = asked("fixed", **effect, power=0.85)
    back = asked("fixed", **effect, **{unit: size["size"]["maximum"]})
    assert (size["worked_out"], back["worked_out"]) == ("size", "power")
    assert back["power"] == pytest.approx(0.85, abs=1e-7)
    assert back["size"]["maximum"] == size["size"]["maximum"]


def test_superiority_takes_either_sign_and_a_margin_takes_the_right_one() -> None:
    both = [asked("fixed", difference=d, sd=8)["size"]["maximum"] for d in (2.5, -2.5)]
    assert both[0] == both[1]
    higher = asked("fixed", difference=1, sd=8, margin=2)["size"]
    lower = asked("fixed", difference=-1, sd=8, margin=2, lower_is_better=True)["size"]
    assert higher["maximum"] == lower["maximum"]
    assert "non-inferiority" in higher["method"]["en"]
    more = asked("fixed", rates=[0.3, 0.28], margin=0.1)["size"]["maximum"]
    less = asked("fixed", rates=[0.7, 0.72], margin=0.1, lower_is_better=True)["size"]["maximum"]
    assert more == pytest.approx(less)
    worse = asked("fixed", difference=-1, sd=8, margin=2)["size"]
    assert worse["maximum"] > 8 * higher["maximum"]


def test_simon_and_one_stage_of_one_question() -> None:
    answer = asked("single_arm", null_rate=0.1, target_rate=0.3)
    optimal, minimax = answer["optimal"], answer["minimax"]
    assert (optimal["first_responses"], optimal["first_patients"]) == (1, 10)
    assert (optimal["responses"], optimal["patients"]) == (5, 29)
    assert (minimax["responses"], minimax["patients"]) == (5, 25)
    assert (answer["one_stage"]["responses"], answer["one_stage"]["patients"]) == (5, 25)


def test_regional_shares_with_their_rules_and_chances() -> None:
    answer = asked("regional", patients=1000, shares=[0.2243])
    assert answer["method_1"]["least_share"] == pytest.approx(0.2243, abs=5e-5)
    assert answer["method_1"]["least_patients"] == 225
    assert answer["method_1"]["prob"] == pytest.approx(0.8, abs=1e-4)
    assert answer["shares"] == pytest.approx([0.2243, 0.7757])
    assert (answer["effect_kept"], answer["chance"]) == (0.5, 0.8)
    assert [row["rule"] for row in answer["rules"]][-1] == "jp.mhlw.japanese_patients.method_1"
    assert all(row["source"]["url"] for row in answer["rules"])


def test_a_region_without_a_number_borrows_japans_and_says_so() -> None:
    chinese, japanese = asked("regional", region="CN"), asked("regional")
    assert chinese["method_1"] == japanese["method_1"]
    assert len(chinese["assumptions"]) == len(japanese["assumptions"]) + 1
    assert chinese["rules"][0]["rule"] == "cn.nmpa.bridging"
    assert (chinese["method_1"]["prob"], chinese["method_1"]["least_patients"]) == (None, None)


def test_before_the_notification_there_is_no_criterion_to_borrow() -> None:
    with pytest.raises(InputError, match="no criterion"):
        asked("regional", on="2007-09-27")
    assert asked("regional", on="2007-09-28")["chance"] == 0.8
    assert asked("regional", on="2007-09-27", effect_kept=0.5, chance=0.8)["method_1"]["least_share"] > 0.2


def test_every_assumption_is_said_in_both_languages() -> None:
    answers = [
        asked("sequential", looks=3, bound="hsd:-4", futility="hsd:-2", **SURVIVAL),
        asked("sequential", looks=2, bound="hsd:-4", futility="hsd:-2", binding=True),
        asked("fixed", rates=[0.4, 0.2]),
        asked("single_arm", null_rate=0.1, target_rate=0.3),
        asked("regional", region="KR"),
    ]
    for answer in answers:
        assert answer["assumptions"]
        assert all(set(text) == {"en", "zh"} and all(text.values()) for text in answer["assumptions"])
