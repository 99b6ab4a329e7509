"""What cannot be asked about designs: every finding has its code, its place and a hint."""

from __future__ import annotations

import math
from typing import Any

import pytest

from onepill.core.errors import InputError
from onepill.workbench.common.documents import to_json
from tests.workbench.test_design import SURVIVAL, asked

WRONG: dict[str, tuple[str, dict[str, Any], str]] = {
    "power below alpha": ("sequential", {"looks": 3, "alpha": 0.1, "power": 0.05}, "design.power@power"),
    "power below alpha, one look": ("fixed", {"hazard_ratio": 0.7, "alpha": 0.2, "power": 0.1}, "design.power@power"),
    "negative deviation": ("sequential", {"looks": 3, "difference": 2, "sd": -8}, "effect.range@sd"),
    "deviation not a number": ("fixed", {"difference": 2, "sd": math.nan}, "effect.range@sd"),
    "looks not rising": ("sequential", {"at": [0.6, 0.3, 1]}, "design.at.order@at"),
    "looks told twice": ("sequential", {"looks": 2, "at": [0.3, 0.6, 1]}, "design.looks@looks"),
    "looks untold": ("sequential", {}, "design.looks@looks"),
    "more looks than memory holds": ("sequential", {"hazard_ratio": 0.7, "looks": 10**30}, "design.looks@looks"),
    "ratio without end": ("sequential", {"hazard_ratio": 0.7, "looks": 2, "ratio": 1e308}, "effect.range@ratio"),
    "ratio of next to nothing": ("fixed", {"hazard_ratio": 0.7, "ratio": 5e-324}, "effect.range@ratio"),
    "next to no events": ("fixed", {"hazard_ratio": 0.7, "event_prob": 5e-324}, "effect.range@event_prob"),
    "difference of next to nothing": ("fixed", {"difference": 5e-324, "sd": 8}, "effect.range@difference"),
    "difference of many deviations": ("fixed", {"difference": 1e30, "sd": 8}, "effect.range@difference"),
    "margin of next to nothing": ("fixed", {"difference": 0, "sd": 8, "margin": 5e-324}, "effect.range@difference"),
    "margin of many deviations": ("fixed", {"difference": 0, "sd": 8, "margin": 1e30}, "effect.range@difference"),
    "two endpoints": ("fixed", {"hazard_ratio": 0.7, "rates": [0.4, 0.2]}, "effect.several@hazard_ratio"),
    "no effect named": ("fixed", {}, "effect.missing@difference"),
    "deviation alone": ("fixed", {"sd": 8}, "effect.difference@difference"),
    "difference alone": ("fixed", {"difference": 2}, "effect.sd@sd"),
    "difference endless": ("fixed", {"difference": math.inf, "sd": 1}, "effect.difference@difference"),
    "no difference": ("fixed", {"difference": 0, "sd": 8}, "effect.zero@difference"),
    "rate of 0": ("fixed", {"rates": [0, 0.2]}, "effect.rates@rates"),
    "rate above 1": ("fixed", {"rates": [40, 20]}, "effect.rates@rates"),
    "one rate": ("fixed", {"rates": [0.2]}, "effect.rates@rates"),
    "equal rates": ("fixed", {"rates": [0.2, 0.2]}, "effect.zero@rates"),
    "hazard ratio of 1": ("fixed", {"hazard_ratio": 1}, "effect.zero@hazard_ratio"),
    "margin below 1": ("fixed", {"hazard_ratio": 1, "margin": 0.9}, "effect.margin@margin"),
    "worse than the margin": ("fixed", {"hazard_ratio": 1.4, "margin": 1.3}, "effect.zero@hazard_ratio"),
    "loss beyond the margin": ("fixed", {"rates": [0.5, 0.7], "margin": 0.1}, "effect.margin@margin"),
    "margin above any rate": ("fixed", {"rates": [0.5, 0.7], "margin": 1.5}, "effect.margin@margin"),
    "negative margin": ("fixed", {"rates": [0.5, 0.4], "margin": -0.1}, "effect.margin@margin"),
    "way without margin": ("fixed", {"rates": [0.5, 0.4], "lower_is_better": True}, "effect.unused@lower_is_better"),
    "way of a hazard ratio": ("fixed", {"hazard_ratio": 0.7, "lower_is_better": True}, "effect.unused@lower_is_better"),
    "median without accrual": (
        "fixed",
        {"hazard_ratio": 0.7, "control_median_months": 12},
        "effect.accrual@accrual_per_month",
    ),
    "accrual open at both ends": ("fixed", {**SURVIVAL, "follow_up_months": None}, "effect.accrual@accrual_months"),
    "accrual told twice": ("fixed", {**SURVIVAL, "accrual_months": 12}, "effect.accrual@accrual_months"),
    "accrual without median": (
        "fixed",
        {"hazard_ratio": 0.7, "accrual_per_month": 3},
        "effect.unused@accrual_per_month",
    ),
    "dropout without median": (
        "fixed",
        {"hazard_ratio": 0.7, "dropout_per_year": 0.1},
        "effect.unused@dropout_per_year",
    ),
    "events told twice": ("fixed", {**SURVIVAL, "event_prob": 0.5}, "effect.events@event_prob"),
    "share of events above 1": ("fixed", {"hazard_ratio": 0.7, "event_prob": 60}, "effect.range@event_prob"),
    "events of means": ("fixed", {"difference": 2, "sd": 8, "event_prob": 0.5}, "effect.unused@event_prob"),
    "all drop out": ("fixed", {"difference": 2, "sd": 8, "dropout_per_year": 1}, "effect.range@dropout_per_year"),
    "negative follow-up": (
        "fixed",
        {"difference": 2, "sd": 8, "follow_up_months": -1},
        "effect.range@follow_up_months",
    ),
    "accrual of nothing": (
        "fixed",
        {"difference": 2, "sd": 8, "accrual_per_month": 0},
        "effect.range@accrual_per_month",
    ),
    "events never come": (
        "fixed",
        {**SURVIVAL, "follow_up_months": None, "accrual_months": 3},
        "effect.events_never_come@accrual_months",
    ),
    "margin of nothing": ("sequential", {"looks": 2, "margin": 1}, "effect.none@margin"),
    "accrual of nobody": ("sequential", {"looks": 2, "accrual_per_month": 3}, "effect.none@accrual_per_month"),
    "patients of events": ("fixed", {"hazard_ratio": 0.7, "patients": 300}, "effect.amount@patients"),
    "events of patients": ("fixed", {"difference": 2, "sd": 8, "events": 300}, "effect.amount@events"),
    "too few patients": ("fixed", {"difference": 2, "sd": 8, "patients": 3}, "effect.amount@patients"),
    "endless patients": ("fixed", {"difference": 2, "sd": 8, "patients": math.inf}, "effect.amount@patients"),
    "target not above null": ("single_arm", {"null_rate": 0.3, "target_rate": 0.2}, "design.rate@target_rate"),
    "null rate of 0": ("single_arm", {"null_rate": 0, "target_rate": 0.2}, "design.rate@null_rate"),
    "both rates out": (
        "single_arm",
        {"null_rate": -1, "target_rate": 2},
        "design.rate@null_rate design.rate@target_rate",
    ),
    "too near rates": ("single_arm", {"null_rate": 0.5, "target_rate": 0.51}, "design.single_arm.size@target_rate"),
    "shares above 1": ("regional", {"shares": [0.5, 0.6]}, "regional.shares@shares"),
    "share of 0": ("regional", {"shares": [0, 0.6]}, "regional.shares@shares"),
    "chance of a half": ("regional", {"chance": 0.5}, "regional.chance@chance"),
    "whole effect kept": ("regional", {"effect_kept": 1}, "regional.kept@effect_kept"),
    "power below alpha, regions": ("regional", {"alpha": 0.2, "power": 0.1}, "design.power@power"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_makes_no_sense_is_refused_with_its_place_and_a_hint(name: str) -> None:
    operation_name, fields, expected = WRONG[name]
    with pytest.raises(InputError) as refused:
        asked(operation_name, **fields)
    assert " ".join(f"{finding.code}@{finding.path}" for finding in refused.value.findings) == expected
    assert all(finding.hint for finding in refused.value.findings)
    to_json([finding.as_row() for finding in refused.value.findings])
