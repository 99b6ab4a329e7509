"""Laws that every group-sequential design keeps, over random terms."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from onepill.core.errors import InputError
from onepill.stats.sequential import Design, boundary_at, design, equal_shares, parse_rule, spent

SPENDING = st.one_of(
    st.sampled_from(["ld_of", "ld_pocock"]),
    st.floats(-8, 4).map(lambda gamma: f"hsd:{gamma}"),
    st.floats(0.3, 6).map(lambda rho: f"kim_demets:{rho}"),
)
BOUNDS = st.one_of(SPENDING, st.sampled_from(["of", "pocock"]), st.floats(-0.2, 0.6).map(lambda delta: f"wt:{delta}"))
ERRORS = st.tuples(st.floats(0.001, 0.2), st.floats(0.3, 0.99)).filter(lambda pair: pair[1] > pair[0] + 0.1)


@st.composite
def spacings(draw: Any) -> tuple[float, ...]:
    """Up to six looks that are not too near each other."""
    steps = draw(st.lists(st.floats(0.05, 1.0), min_size=1, max_size=6))
    shares = np.cumsum(steps) / np.sum(steps)
    return (*(float(share) for share in shares[:-1]), 1.0)


@given(spacings(), ERRORS, BOUNDS, st.sampled_from([1, 2]))
def test_the_error_of_each_side_and_the_power_are_those_asked_for(
    shares: tuple[float, ...], errors: tuple[float, float], bound: str, sides: int
) -> None:
    alpha, power = errors
    found = design(shares, alpha=alpha, power=power, bound=bound, sides=sides)
    assert found.rejection_prob(0.0) == pytest.approx(alpha, abs=1e-10)
    assert found.rejection_prob(1.0) == pytest.approx(power, abs=1e-10)
    assert found.alpha_spent[-1] == pytest.approx(alpha, abs=1e-10)
    assert found.inflation >= 1 - 1e-9


def with_futility(
    shares: tuple[float, ...], errors: tuple[float, float], bound: str, futility: str, **more: Any
) -> Design:
    """Where futility is asked to stop what the bound stops already, the terms are refused, and not tested here."""
    try:
        return design(shares, alpha=errors[0], power=errors[1], bound=bound, futility=futility, **more)
    except InputError as error:
        assert error.findings[0].code in {"design.futility.crosses", "design.power.unreached"}  # noqa: PT017
        assume(False)
        raise


@settings(deadline=None)
@given(spacings().filter(lambda shares: len(shares) > 1), ERRORS, BOUNDS, SPENDING, st.booleans())
def test_with_futility_the_error_is_kept_and_every_trial_ends(
    shares: tuple[float, ...], errors: tuple[float, float], bound: str, futility: str, binding: bool
) -> None:
    found = with_futility(shares, errors, bound, futility, binding=binding)
    alpha, power = errors
    upper, lower = found.stop_probs([0.0, 0.5, 1.0])
    assert upper[2].sum() == pytest.approx(power, abs=1e-8)
    assert list(upper.sum(axis=1) + lower.sum(axis=1)) == pytest.approx([1, 1, 1], abs=1e-9)
    if binding:
        assert upper[0].sum() == pytest.approx(alpha, abs=1e-10)
    else:
        assert upper[0].sum() <= alpha + 1e-12
        assert found.upper_z == design(shares, alpha=alpha, power=power, bound=bound).upper_z
    planned = spent(parse_rule(futility), np.asarray(shares), 1 - power)
    assert list(lower[2].cumsum()) == pytest.approx(list(planned), abs=1e-8)


@settings(deadline=None)
@given(spacings().filter(lambda shares: len(shares) > 1), ERRORS, SPENDING, SPENDING)
def test_a_binding_bound_asks_for_less_than_one_that_is_not(
    shares: tuple[float, ...], errors: tuple[float, float], bound: str, futility: str
) -> None:
    free = with_futility(shares, errors, bound, futility)
    bound_to = with_futility(shares, errors, bound, futility, binding=True)
    assert bound_to.upper_z[-1] <= free.upper_z[-1] + 1e-9
    assert bound_to.inflation <= free.inflation + 1e-8


@given(spacings(), ERRORS, SPENDING)
def test_a_spending_design_spends_what_its_function_says_at_each_look(
    shares: tuple[float, ...], errors: tuple[float, float], bound: str
) -> None:
    alpha, power = errors
    planned = spent(parse_rule(bound), np.asarray(shares), alpha)
    assert np.all(np.diff(planned, prepend=0.0) >= 0)
    assert planned[-1] == pytest.approx(alpha, rel=1e-12)
    assert list(design(shares, alpha=alpha, power=power, bound=bound).alpha_spent) == pytest.approx(
        list(planned), abs=1e-10
    )


@given(spacings(), ERRORS, BOUNDS, st.floats(0, 1.5), st.floats(0.01, 0.5))
def test_a_larger_effect_succeeds_more_often_and_ends_earlier_above_none(
    shares: tuple[float, ...], errors: tuple[float, float], bound: str, effect: float, more: float
) -> None:
    found = design(shares, alpha=errors[0], power=errors[1], bound=bound)
    assert found.rejection_prob(effect) <= found.rejection_prob(effect + more) + 1e-12
    assert found.expected_share(effect + more) <= found.expected_share(effect) + 1e-12
    assert 0 < found.expected_share(effect) <= 1


@given(spacings(), ERRORS, BOUNDS, st.floats(-1.5, 1.5))
def test_both_sides_of_a_two_sided_test_are_alike(
    shares: tuple[float, ...], errors: tuple[float, float], bound: str, effect: float
) -> None:
    found = design(shares, alpha=errors[0], power=errors[1], bound=bound, sides=2)
    upper, lower = found.stop_probs(effect)
    mirrored_upper, mirrored_lower = found.stop_probs(-effect)
    assert list(upper) == pytest.approx(list(mirrored_lower), abs=1e-12)
    assert list(lower) == pytest.approx(list(mirrored_upper), abs=1e-12)


@given(spacings(), ERRORS)
def test_families_meet_where_their_definitions_do(shares: tuple[float, ...], errors: tuple[float, float]) -> None:
    alpha, power = errors

    def z(bound: str) -> Any:
        return pytest.approx(design(shares, alpha=alpha, power=power, bound=bound).upper_z, abs=1e-6)

    assert design(shares, alpha=alpha, power=power, bound="of").upper_z == z("wt:0")
    assert design(shares, alpha=alpha, power=power, bound="pocock").upper_z == z("wt:0.5")
    assert design(shares, alpha=alpha, power=power, bound="kim_demets:1").upper_z == z("hsd:0")
    assert design(shares, alpha=alpha, power=power, bound="hsd:1e-9").upper_z == z("hsd:0")


@given(ERRORS, BOUNDS)
def test_one_look_is_a_fixed_test(errors: tuple[float, float], bound: str) -> None:
    from statistics import NormalDist

    found = design(1, alpha=errors[0], power=errors[1], bound=bound)
    assert found.upper_z[0] == pytest.approx(NormalDist().inv_cdf(1 - errors[0]), abs=1e-9)
    assert found.inflation == 1
    assert float(found.expected_inflation(0.3)) == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("bound", ["of", "pocock", "wt:0.25", "ld_of", "ld_pocock", "hsd:-4"])
def test_more_looks_cost_more_at_most_and_less_on_average_if_it_works(bound: str) -> None:
    designs = [design(looks, bound=bound) for looks in range(1, 11)]
    at_most = [found.inflation for found in designs]
    on_average = [float(found.expected_inflation(1.0)) for found in designs]
    assert at_most == sorted(at_most)
    assert on_average == sorted(on_average, reverse=True)


def test_effects_may_be_asked_many_at_once() -> None:
    found = design(4, bound="pocock", futility="hsd:-2")
    effects = [-0.5, 0.0, 0.3, 1.0]
    upper, lower = found.stop_probs(effects)
    assert upper.shape == lower.shape == (4, 4)
    for row, effect in enumerate(effects):
        one_upper, one_lower = found.stop_probs(effect)
        assert list(upper[row]) == pytest.approx(list(one_upper), abs=1e-15)
        assert list(lower[row]) == pytest.approx(list(one_lower), abs=1e-15)
        assert found.rejection_prob(effect) == pytest.approx(one_upper.sum(), abs=1e-15)


def test_a_look_too_early_to_stop_at_has_no_bound() -> None:
    found = design((0.001, 0.5, 1.0), bound="ld_of")
    assert found.upper_z[0] == math.inf
    assert found.stop_probs([0.0, 1.0])[0][:, 0].tolist() == [0, 0]
    without = design((0.5, 1.0), bound="ld_of")
    assert found.upper_z[1:] == pytest.approx(without.upper_z, abs=1e-9)


WRONG: dict[str, tuple[dict[str, Any], list[str]]] = {
    "power below alpha": ({"alpha": 0.1, "power": 0.05}, ["design.power"]),
    "power of one": ({"power": 1.0}, ["design.power"]),
    "alpha of a half": ({"alpha": 0.5}, ["design.alpha"]),
    "alpha not a number": ({"alpha": math.nan}, ["design.alpha"]),
    "no looks": ({"shares": 0}, ["design.looks"]),
    "looks beyond count": ({"shares": 101}, ["design.looks"]),
    "looks not rising": ({"shares": (0.6, 0.3, 1.0)}, ["design.at.order"]),
    "a look twice": ({"shares": (0.5, 0.5, 1.0)}, ["design.at.order"]),
    "a look at nothing": ({"shares": (0.0, 1.0)}, ["design.at.order"]),
    "a look that is no number": ({"shares": (math.nan, 1.0)}, ["design.at.order"]),
    "last look early": ({"shares": (0.3, 0.6)}, ["design.at.last"]),
    "looks too near": ({"shares": (0.5, 0.5004, 1.0)}, ["design.at.near"]),
    "no such bound": ({"bound": "fleming"}, ["design.bound.unknown"]),
    "bound without number": ({"bound": "wt"}, ["design.bound.unknown"]),
    "bound with a number too many": ({"bound": "of:2"}, ["design.bound.unknown"]),
    "bound out of range": ({"bound": "hsd:41"}, ["design.bound.unknown"]),
    "bound not finite": ({"bound": "hsd:nan"}, ["design.bound.unknown"]),
    "all spent early": ({"bound": "haybittle_peto:1.9"}, ["design.bound.spent"]),
    "classical futility": ({"futility": "of"}, ["design.futility.unknown"]),
    "too few futility bounds": ({"futility": "z:0"}, ["design.futility.number"]),
    "futility above efficacy": ({"futility": "z:0,2.5"}, ["design.futility.crosses"]),
    "two-sided futility": ({"futility": "hsd:-2", "sides": 2}, ["design.futility.two_sided"]),
    "futility at one look": ({"shares": 1, "futility": "hsd:-2"}, ["design.futility.one_look"]),
    "binding nothing": ({"binding": True}, ["design.binding"]),
    "three sides": ({"sides": 3}, ["design.sides"]),
    "everything": (
        {"alpha": 0.7, "bound": "x", "shares": (0.5,)},
        ["design.alpha", "design.at.last", "design.bound.unknown"],
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_terms_that_make_no_sense_are_refused_with_every_reason(name: str) -> None:
    terms, codes = WRONG[name]
    with pytest.raises(InputError) as refused:
        design(**{"shares": 3, **terms})
    assert [finding.code for finding in refused.value.findings] == codes
    assert all(finding.path and finding.hint for finding in refused.value.findings)


def test_bounds_out_of_the_range_of_drifts_are_refused_with_what_to_do() -> None:
    with pytest.raises(InputError) as refused:
        design(100, alpha=1e-8, power=0.999999, bound="wt:0.7")
    (finding,) = refused.value.findings
    assert (finding.code, finding.path) == ("design.power.unreached", "power")
    assert finding.hint


@pytest.mark.parametrize(
    ("shares", "upper_z", "lower_z"),
    [((0.5, 1.0), (2.0,), None), ((0.5, 1.0), (2.0, 2.0), (2.5, 0.0)), ((0.5, 0.5), (2.0, 2.0), None), ((), (), None)],
)
def test_given_bounds_that_make_no_sense_are_refused(shares: Any, upper_z: Any, lower_z: Any) -> None:
    with pytest.raises(ValueError, match="bounds"):
        boundary_at(shares, upper_z=upper_z, lower_z=lower_z)


def test_equal_shares_end_at_one_exactly() -> None:
    assert all(equal_shares(looks)[-1] == 1.0 for looks in range(1, 101))
