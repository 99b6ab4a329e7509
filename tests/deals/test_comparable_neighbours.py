"""Distances to a programme, made by hand."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.deals.comparable_neighbours import FEATURES, Profile, nearest
from onepill.deals.comparables import STAGES, TERRITORIES, UNRANKED_STAGES
from tests.deals.announced import PLAIN, deal

PROFILE = Profile(
    day=date(2024, 6, 1),
    stage="phase_2",
    modality="small_molecule",
    area="oncology",
    targets=("KRAS", "NRAS"),
    territory_kind="outside_china",
)


def test_a_deal_alike_in_all_that_is_known_has_distance_zero() -> None:
    (found,) = nearest(PROFILE, [deal("a", targets=("NRAS", "KRAS"))], count=1)
    assert (found.distance, found.agrees_in, found.shared_targets) == (0, FEATURES, ("NRAS", "KRAS"))


def test_the_distance_is_the_mean_of_the_parts_by_hand() -> None:
    """phase 2 to phase 3 are two of seven steps, one of three targets is shared, one year of five lies between."""
    other = deal(
        "a",
        stage="phase_3",
        modality="peptide",
        targets=("KRAS", "HRAS"),
        territory_kind="worldwide",
        announced_on=date(2023, 6, 2),
    )
    (found,) = nearest(PROFILE, [other], count=1)
    assert found.parts == pytest.approx(
        {"stage": 2 / 7, "modality": 1, "area": 0, "targets": 2 / 3, "territory": 1, "day": 365 / 365.25 / 5}
    )
    assert found.distance == pytest.approx((2 / 7 + 1 + 0 + 2 / 3 + 1 + 365 / 365.25 / 5) / 6)
    assert found.agrees_in == ("area",)


@pytest.mark.parametrize("stage", UNRANKED_STAGES)
def test_what_one_side_does_not_tell_is_left_out_of_the_mean(stage: str) -> None:
    other = deal("a", stage=stage, targets=(), territory_kind="undisclosed", modality="peptide")
    (found,) = nearest(PROFILE, [other], count=1)
    assert [name for name, part in found.parts.items() if part is None] == ["stage", "targets", "territory"]
    assert found.distance == pytest.approx(1 / 3), "modality of modality, area and day"


def test_days_further_apart_than_five_years_are_wholly_apart() -> None:
    (found,) = nearest(PROFILE, [deal("a", announced_on=date(2014, 6, 1))], count=1)
    assert found.parts["day"] == 1


def test_of_two_as_near_the_one_that_agrees_in_more_goes_first_then_the_newer() -> None:
    day = PROFILE.day
    told, untold = deal("z-told", targets=PROFILE.targets), deal("a-untold")
    older = deal("older", announced_on=date(2024, 5, 31))
    newer = deal("newer", announced_on=date(2024, 6, 2))
    assert [one.deal.deal_id for one in nearest(PROFILE, [untold, told], count=2)] == ["z-told", "a-untold"]
    assert abs((older.announced_on - day).days) == abs((newer.announced_on - day).days)
    assert [one.deal.deal_id for one in nearest(PROFILE, [older, newer], count=2)] == ["newer", "older"]


def test_no_more_are_told_than_asked_for() -> None:
    deals = [deal(str(number)) for number in range(4)]
    assert [len(nearest(PROFILE, deals, count=count)) for count in (0, 3, 9)] == [0, 3, 4]
    with pytest.raises(ValueError, match="count is -1"):
        nearest(PROFILE, deals, count=-1)


@given(
    st.sampled_from((*STAGES, *UNRANKED_STAGES)),
    st.sampled_from(TERRITORIES),
    st.dates(date(2000, 1, 1), date(2040, 1, 1)),
    st.sets(st.sampled_from(["KRAS", "NRAS", "EGFR", "DLL3"])),
)
def test_distances_lie_from_0_to_1_and_are_alike_from_both_sides(
    stage: str, territory: str, day: date, targets: set[str]
) -> None:
    other = deal("a", stage=stage, territory_kind=territory, announced_on=day, targets=tuple(sorted(targets)))
    (found,) = nearest(PROFILE, [other], count=1)
    assert 0 <= found.distance <= 1
    back = Profile(
        other.announced_on,
        stage if stage in STAGES else None,
        other.modality,
        other.area,
        other.targets,
        None if territory == "undisclosed" else territory,
    )
    assert PROFILE.stage is not None
    assert PROFILE.territory_kind is not None
    mirrored = deal(
        "b",
        stage=PROFILE.stage,
        targets=PROFILE.targets,
        territory_kind=PROFILE.territory_kind,
        announced_on=PROFILE.day,
        area=PLAIN.area,
    )
    assert nearest(back, [mirrored], count=1)[0].distance == pytest.approx(found.distance)
