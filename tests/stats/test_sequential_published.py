"""Group-sequential designs against published tables and the printed output of other programs.

Jennison and Turnbull: Group Sequential Methods with Applications to Clinical Trials, 2000. Their tables count a
two-sided error of 0.05. gsDesign: its reference manual and its own checks against that book. rpact: the values that
version 3 states of its designs, to seven digits. SAS: PROC SEQDESIGN, documentation example 14.
"""

from __future__ import annotations

import math
from typing import Any

import pytest

from onepill.stats.sequential import Design, boundary_at, design

LAST_DIGIT = 1e-6
"""Bounds below z = 4.5, of programs that agree with each other to this."""


def near(value: Any, digits: int) -> Any:
    """Equal when rounded to so many digits after the point: half a unit of the last, and a little for ties."""
    return pytest.approx(value, abs=0.5001 * 10.0**-digits)


@pytest.mark.parametrize(
    ("bound", "looks", "constant", "inflation"),
    [
        ("of", 2, 1.9774, 1.0071),
        ("of", 3, 2.0040, 1.0161),
        ("of", 4, 2.0243, 1.0222),
        ("of", 5, 2.0401, 1.0265),
        ("pocock", 2, 2.1783, 1.1001),
        ("pocock", 3, 2.2895, 1.1506),
        ("pocock", 4, 2.3613, 1.1831),
        ("pocock", 5, 2.4132, 1.2066),
    ],
)
@pytest.mark.parametrize("sides", [1, 2])
def test_constants_and_inflation_of_pocock_and_of_obrien_and_fleming(
    bound: str, looks: int, constant: float, inflation: float, sides: int
) -> None:
    found = design(looks, bound=bound, sides=sides)
    assert found.upper_z[-1] == near(constant, 4)
    assert found.inflation == near(inflation, 4)


@pytest.mark.parametrize(
    ("bound", "z"),
    [
        ("of", [4.561743, 3.225639, 2.633723, 2.280871, 2.040073]),
        ("ld_of", [4.332634, 2.963132, 2.359044, 2.014090]),
        ("ld_pocock", [2.437977, 2.426814, 2.410194, 2.396649, 2.386000]),
    ],
)
def test_bounds_at_every_look(bound: str, z: list[float]) -> None:
    assert list(design(len(z), bound=bound).upper_z) == pytest.approx(z, abs=LAST_DIGIT)


@pytest.mark.parametrize(("looks", "error"), [(2, 0.042), (4, 0.063), (10, 0.097), (20, 0.124)])
def test_repeated_tests_at_1_96_err_as_anderson_2008_slide_19_says(looks: int, error: float) -> None:
    z = 1.959963984540054
    shares = [look / looks for look in range(1, looks + 1)]
    above, _ = boundary_at(shares, upper_z=[z] * looks, lower_z=[-z] * looks).stop_probs(0.0)
    assert above.sum() == near(error, 3)


@pytest.mark.parametrize(
    ("looks", "delta", "power", "constant", "inflation"),
    [(9, 0.1, 0.9, 2.113, 1.048), (6, 0.25, 0.8, 2.154, 1.077), (7, 0.4, 0.8, 2.313, 1.159)],
)
def test_wang_tsiatis_jennison_turnbull_tables_2_9_and_2_10(
    looks: int, delta: float, power: float, constant: float, inflation: float
) -> None:
    found = design(looks, bound=f"wt:{delta}", power=power, sides=2)
    assert (found.upper_z[-1], found.inflation) == (near(constant, 3), near(inflation, 3))


EXPECTED = [
    ("of", 5, 0.8, 102.8, [102.1]),
    ("of", 20, 0.9, 104.5, [103.4]),
    ("pocock", 4, 0.8, 120.2, [117.5, 108.8, 80.5, 52.2]),
    ("pocock", 15, 0.9, 130.5, [126.4, 111.2, 66.4, 35.4]),
    ("kim_demets:1", 3, 0.8, 111.7, [109.9, 103.4, 81.2, 56.5]),
    ("kim_demets:2", 10, 0.8, 108.1, [106.6, 99.7, 76.2, 51.0]),
    ("kim_demets:3", 2, 0.8, 101.0, [100.7, 98.9, 89.5, 70.7]),
]


@pytest.mark.parametrize(("bound", "looks", "power", "maximum", "expected"), EXPECTED)
def test_two_sided_sizes_jennison_turnbull_tables_2_7_and_2_8_and_7_2(
    bound: str, looks: int, power: float, maximum: float, expected: list[float]
) -> None:
    """In percent of the fixed size, at 0, 1/2, 1 and 3/2 of the alternative."""
    found = design(looks, bound=bound, power=power, sides=2)
    effects = [0.0, 0.5, 1.0, 1.5][: len(expected)]
    assert 100 * found.inflation == near(maximum, 1)
    assert list(100 * found.expected_inflation(effects)) == [near(value, 1) for value in expected]


@pytest.mark.parametrize(
    ("looks", "rho", "power", "maximum", "expected"),
    [
        (5, 2, 0.95, 110.1, [63.4, 80.3, 63.4]),
        (10, 3, 0.95, 106.9, [63.1, 79.5, 63.1]),
        (3, 2, 0.9, 107.2, [68.1, 83.9, 73.8]),
        (4, 3, 0.9, 104.0, [69.2, 84.2, 74.2]),
        (2, 2, 0.8, 104.3, [74.5, 87.8, 84.6]),
        (15, 3, 0.8, 106.9, [62.2, 77.3, 73.0]),
    ],
)
def test_binding_futility_jennison_turnbull_tables_7_7_to_7_9(
    looks: int, rho: int, power: float, maximum: float, expected: list[float]
) -> None:
    rule = f"kim_demets:{rho}"
    found = design(looks, alpha=0.05, power=power, bound=rule, futility=rule, binding=True)
    assert 100 * found.inflation == near(maximum, 1)
    assert list(100 * found.expected_inflation([0.0, 0.5, 1.0])) == [near(value, 1) for value in expected]


GSDESIGN: dict[tuple[int, str, str], dict[str, list[float]]] = {
    (5, "hsd:-4", "hsd:-2"): {
        "information": [0.220, 0.441, 0.661, 0.881, 1.101],
        "lower_z": [-0.90, -0.04, 0.69, 1.36, 2.03],
        "upper_z": [3.25, 2.99, 2.69, 2.37, 2.03],
        "upper_null": [0.0006, 0.0013, 0.0028, 0.0062, 0.0117],
        "upper_effect": [0.0417, 0.1679, 0.2806, 0.2654, 0.1444],
        "lower_null": [0.1836, 0.3201, 0.2700, 0.1477, 0.0559],
        "lower_effect": [0.0077, 0.0115, 0.0171, 0.0256, 0.0381],
        "expected": [0.5726, 0.7440],
    },
    (4, "hsd:-2", "hsd:1"): {
        "information": [0.324, 0.649, 0.973, 1.297],
        "lower_z": [0.03, 0.88, 1.51, 2.09],
        "upper_z": [2.80, 2.58, 2.34, 2.09],
        "upper_null": [0.0025, 0.0042, 0.0065, 0.0072],
        "upper_effect": [0.1695, 0.3553, 0.2774, 0.0978],
        "lower_null": [0.5136, 0.3156, 0.1169, 0.0336],
        "lower_effect": [0.0350, 0.0273, 0.0212, 0.0165],
        "expected": [0.5477, 0.7533],
    },
}


@pytest.mark.parametrize("terms", GSDESIGN, ids=str)
def test_not_binding_futility_as_the_manual_of_gsdesign_prints_it(terms: tuple[int, str, str]) -> None:
    looks, bound, futility = terms
    found, printed = design(looks, bound=bound, futility=futility), GSDESIGN[terms]
    upper, lower = found.stop_probs([0.0, 1.0])
    shown = {
        "information": [found.inflation * share for share in found.shares],
        "lower_z": found.lower_z,
        "upper_z": found.upper_z,
        "upper_null": upper[0],
        "upper_effect": upper[1],
        "lower_null": lower[0],
        "lower_effect": lower[1],
        "expected": found.expected_inflation([0.0, 1.0]),
    }
    digits = {"information": 3, "lower_z": 2, "upper_z": 2}
    for name, values in printed.items():
        assert list(shown[name]) == [near(value, digits.get(name, 4)) for value in values], name


def characteristics(found: Design) -> list[float]:
    """Inflation, and expected information under the alternative, half of it, and none."""
    return [found.inflation, *found.expected_inflation([1.0, 0.5, 0.0])]


def test_linear_spending_at_unequal_looks_rpact() -> None:
    found = design((0.2, 0.4, 1.0), alpha=0.03, power=0.86, bound="hsd:0")
    assert list(found.upper_z) == pytest.approx([2.5121443, 2.4228747, 2.0280392], abs=LAST_DIGIT)
    assert found.alpha_spent == pytest.approx((0.006, 0.012, 0.03), abs=1e-7)
    assert found.drift**2 == pytest.approx(9.4594102, abs=1e-6)
    assert characteristics(found) == pytest.approx([1.0788327, 0.83081135, 1.0142116, 1.0697705], abs=1e-7)


def test_hwang_shih_decani_on_both_sides_rpact() -> None:
    found = design((0.2, 0.4, 1.0), alpha=0.07, power=0.86, bound="hsd:-1", futility="hsd:-2")
    upper, lower = found.stop_probs(1.0)
    assert list(found.upper_z) == pytest.approx([2.364813, 2.1928805, 1.5660474], abs=LAST_DIGIT)
    assert list(found.lower_z[:2]) == pytest.approx([-1.1063623, -0.35992438], abs=LAST_DIGIT)
    assert list(upper) == pytest.approx([0.12038954, 0.20856311, 0.53104735], abs=1e-7)
    assert list(lower[:2]) == pytest.approx([0.010777094, 0.016077535], abs=1e-7)
    assert characteristics(found) == pytest.approx([1.0869177, 0.82636428, 0.91614201, 0.79471657], abs=1e-7)


def test_kim_demets_on_both_sides_rpact() -> None:
    found = design((0.3, 0.7, 1.0), alpha=0.03, power=0.66, bound="kim_demets:2.2", futility="kim_demets:3.2")
    assert list(found.upper_z) == pytest.approx([2.8594012, 2.2435708, 1.9735737], abs=LAST_DIGIT)
    assert list(found.lower_z[:2]) == pytest.approx([-1.1558435, 0.72836893], abs=LAST_DIGIT)
    assert characteristics(found) == pytest.approx([1.0555891, 0.86740735, 0.87361708, 0.75480974], abs=1e-7)


def test_lan_demets_with_pocock_futility_rpact() -> None:
    found = design(3, alpha=0.03, power=0.8, bound="ld_of", futility="ld_pocock")
    assert list(found.upper_z) == pytest.approx([3.5815302, 2.417863, 1.9175839], abs=LAST_DIGIT)
    assert list(found.lower_z[:2]) == pytest.approx([0.42062972, 1.2539286], abs=LAST_DIGIT)
    assert found.alpha_spent == pytest.approx((0.00017079385, 0.0078650906, 0.03), abs=1e-7)


@pytest.mark.parametrize(
    ("alpha", "z", "spent"),
    [
        (0.035, [2.3284312, 2.1725031, 2.0861776, 2.0270171], (0.0099446089, 0.020756912, 0.029001537, 0.035)),
        (0.025, [2.4958485, 2.328709, 2.2361766, 2.1727623], (0.0062828133, 0.013876673, 0.02015684, 0.025)),
    ],
)
def test_wang_tsiatis_with_given_binding_futility_rpact(alpha: float, z: list[float], spent: tuple[float, ...]) -> None:
    found = design(4, alpha=alpha, bound="wt:0.4", futility="z:0.5244,0.5244,0.5244", binding=True)
    assert list(found.upper_z) == pytest.approx(z, abs=LAST_DIGIT)
    assert found.lower_z[:3] == (0.5244, 0.5244, 0.5244)
    assert found.alpha_spent == pytest.approx(spent, abs=1e-7)


def test_haybittle_peto_rpact() -> None:
    found = design(4, bound="haybittle_peto")
    assert list(found.upper_z) == pytest.approx([3, 3, 3, 1.9827514], abs=LAST_DIGIT)
    assert found.alpha_spent == pytest.approx((0.001349898, 0.0024617416, 0.0033695882, 0.025), abs=1e-7)


def test_events_of_the_survival_example() -> None:
    """Hazard ratio 0.7, three looks, Lan and DeMets' O'Brien-Fleming, power 0.9: 334.294 against 330.378 events."""
    fixed = 4 * (1.959963984540054 + 1.2815515655446004) ** 2 / math.log(0.7) ** 2
    assert fixed == near(330.378, 3)
    assert fixed * design(3, bound="ld_of").inflation == near(334.294, 3)


def test_events_of_sas_example_14_at_four_looks() -> None:
    fixed = 4 * (1.959963984540054 + 1.2815515655446004) ** 2 / math.log(0.01733 / 0.03466) ** 2
    found = design(4, bound="ld_of", sides=2)
    events = [fixed * found.inflation * share for share in found.shares]
    # Its own bounds agree with these to 2e-4 at the second look, and so do its events to the fourth digit.
    assert events == pytest.approx([22.26962, 44.53924, 66.80886, 89.07847], abs=5e-4)
