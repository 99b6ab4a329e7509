"""Investigated drugs are told from comparators, background and placebo by arms, on cases made by hand."""

from __future__ import annotations

import pytest

from onepill.registries import roles_of
from onepill.registries.roles import Listed, is_placebo

TEST, ACTIVE, PLACEBO, NONE, OTHER = (
    "EXPERIMENTAL",
    "ACTIVE_COMPARATOR",
    "PLACEBO_COMPARATOR",
    "NO_INTERVENTION",
    "OTHER",
)


def told(
    arms: dict[str, str | None], drugs: dict[str, str], *, study: str | None = "INTERVENTIONAL", kind: str = "DRUG"
) -> dict[str, str]:
    """Roles by name; `drugs` names the arms of each, as letters."""
    listed = [Listed(name, kind, tuple(labels)) for name, labels in drugs.items()]
    return {one.name: role for one, (role, _) in zip(listed, roles_of(listed, arms, study), strict=True)}


def test_the_experimental_arm_is_investigated_and_the_active_arm_its_comparator() -> None:
    assert told({"A": TEST, "B": ACTIVE}, {"X": "A", "docetaxel": "B"}) == {
        "X": "investigated",
        "docetaxel": "comparator",
    }


def test_what_both_arms_receive_is_background() -> None:
    roles = told({"A": TEST, "B": PLACEBO}, {"X": "A", "Placebo": "B", "carboplatin": "AB", "pemetrexed": "AB"})
    expected = {"X": "investigated", "Placebo": "placebo", "carboplatin": "background", "pemetrexed": "background"}
    assert roles == expected


def test_an_antibody_added_to_the_standard_leaves_the_standard_background() -> None:
    """The naive count would make pembrolizumab an investigated drug here."""
    roles = told({"A": TEST, "B": ACTIVE}, {"new antibody": "A", "pembrolizumab": "AB"})
    assert roles == {"new antibody": "investigated", "pembrolizumab": "background"}


def test_two_doses_of_the_same_drug_are_investigated_though_one_arm_is_a_comparator() -> None:
    assert told({"high": TEST, "low": ACTIVE}, {"X": ["high", "low"]}) == {"X": "investigated"}  # type: ignore[dict-item]


def test_a_single_arm_with_two_drugs_is_a_combination() -> None:
    assert told({"A": TEST}, {"X": "A", "Y": "A"}) == {"X": "investigated", "Y": "investigated"}


def test_a_dose_ladder_of_experimental_arms() -> None:
    assert told({"A": TEST, "B": TEST, "C": PLACEBO}, {"X": "AB", "Placebo": "C"})["X"] == "investigated"


def test_two_active_arms_without_an_experimental_one_are_both_studied() -> None:
    roles = told({"A": ACTIVE, "B": ACTIVE}, {"warfarin": "A", "heparin": "B", "aspirin": "AB"})
    assert roles == {"warfarin": "investigated", "heparin": "investigated", "aspirin": "background"}


def test_an_active_arm_against_placebo_is_studied() -> None:
    assert told({"A": ACTIVE, "B": PLACEBO}, {"X": "A", "Sugar pill": "B"}) == {
        "X": "investigated",
        "Sugar pill": "placebo",
    }


def test_background_against_placebo_without_an_experimental_arm() -> None:
    roles = told({"A": ACTIVE, "B": PLACEBO}, {"X": "A", "Placebo": "B", "metformin": "AB"})
    assert roles == {"X": "investigated", "Placebo": "placebo", "metformin": "background"}


def test_a_placebo_listed_in_the_experimental_arm_stays_a_placebo() -> None:
    assert told({"A": TEST, "B": ACTIVE}, {"X": "A", "Placebo to Y": "A", "Y": "B"})["Placebo to Y"] == "placebo"


def test_arms_of_type_other_alone_are_what_is_studied() -> None:
    assert told({"A": OTHER}, {"X": "A"}) == {"X": "investigated"}
    assert told({"A": TEST, "B": OTHER}, {"X": "A", "Y": "B"}) == {"X": "investigated", "Y": "other"}


def test_an_arm_without_intervention_gives_no_role() -> None:
    assert told({"A": TEST, "B": NONE}, {"X": "A", "watching": "B"}) == {"X": "investigated", "watching": "other"}


def test_labels_match_whatever_their_case_and_blanks() -> None:
    listed = [Listed("X", "DRUG", (" arm a",)), Listed("Y", "DRUG", ("Arm B ",))]
    roles = roles_of(listed, {"Arm A": TEST, "arm b": ACTIVE}, "INTERVENTIONAL")
    assert [role for role, _ in roles] == ["investigated", "comparator"]


def test_an_intervention_without_an_arm_of_its_own_is_open() -> None:
    assert told({"A": TEST}, {"X": "A", "rescue": ""}) == {"X": "investigated", "rescue": "other"}


def test_without_arms_only_a_sole_drug_can_be_told() -> None:
    """Records of before about 2008 have no arms."""
    assert told({}, {"X": ""}) == {"X": "investigated"}
    assert told({}, {"X": "", "Placebo": ""}) == {"X": "investigated", "Placebo": "placebo"}
    assert told({}, {"X": "", "Y": ""}) == {"X": "other", "Y": "other"}


def test_without_arms_a_procedure_beside_the_sole_drug_does_not_hide_it() -> None:
    listed = [Listed("X", "DRUG"), Listed("surgery", "PROCEDURE")]
    assert roles_of(listed, {}, "INTERVENTIONAL") == [("investigated", "sole_drug"), ("other", "no_arms")]


def test_observational_studies_investigate_no_drug() -> None:
    assert told({"cohort": None}, {"X": ["cohort"]}, study="OBSERVATIONAL") == {"X": "other"}  # type: ignore[dict-item]


def test_expanded_access_gives_the_drug() -> None:
    assert told({}, {"X": "", "Y": ""}, study="EXPANDED_ACCESS") == {"X": "investigated", "Y": "investigated"}


def test_a_record_without_interventions_has_no_roles() -> None:
    assert roles_of([], {"A": TEST}, "INTERVENTIONAL") == []


@pytest.mark.parametrize(
    "name",
    ["Placebo", "placebo", "Matching placebo", "Placebo for X", "X placebo", "Sham injection", "Placebos", "安慰剂",
     "安慰剂（重组人神经生长因子注射液模拟剂）", "Placebo and saline", "Dummy tablet"],
)  # fmt: skip
def test_names_of_placebos(name: str) -> None:
    assert is_placebo(name)


@pytest.mark.parametrize(
    "name", ["X", "X or placebo", "X/placebo", "X + placebo", "X vs. placebo", "Shamrock extract", "Saline", ""]
)
def test_names_that_are_not_of_a_placebo_alone(name: str) -> None:
    assert not is_placebo(name)
