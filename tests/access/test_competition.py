"""Shares by order of entry: published numbers, a twin that goes through every case, and laws."""

from __future__ import annotations

from datetime import date
from itertools import pairwise, product
from math import prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onepill.access import OrderOfEntry, Rival, entry_share, first_share, share_steps
from onepill.rulebook import load_rulebook

AS_OF = date(2024, 8, 1)
DAY = date(2030, 1, 1).toordinal()
EXPONENTS = st.sampled_from([0.0, 0.3, 0.5, 1.0])
RIVALS = st.lists(
    st.builds(
        Rival,
        days=st.lists(st.sampled_from([DAY, DAY + 90, DAY + 400, DAY + 900]), min_size=1, max_size=3).map(tuple),
        prob=st.sampled_from([0.0, 0.25, 0.6, 1.0]),
    ),
    max_size=3,
).map(tuple)


def rule(name: str) -> float:
    return float(load_rulebook().rule(f"world.market_share.{name}").on(AS_OF, AS_OF).value)


def entry(**changes: object) -> OrderOfEntry:
    plain: dict[str, object] = {"as_of": AS_OF, "order": 1, "others": 0, "exponent": 0.5, "rivals": ()}
    return OrderOfEntry(**{**plain, **changes})  # type: ignore[arg-type]  # names of the class


# Published numbers


@pytest.mark.parametrize("order", [1, 2, 3, 4, 9])
def test_kalyanaram_robinson_urban_1995_an_entrants_share_over_the_firsts_is_one_over_the_root_of_its_order(
    order: int,
) -> None:
    share = entry_share(order, 9, rule("entry_exponent")) / entry_share(1, 9, rule("entry_exponent"))
    assert share == pytest.approx(1 / order**0.5)


@pytest.mark.parametrize(
    ("drugs", "by_hand"),
    [
        (1, [1.0]),
        (2, [0.5858, 0.4142]),
        (3, [0.4377, 0.3095, 0.2527]),
        (4, [0.3591, 0.2539, 0.2073, 0.1796]),
    ],
)
def test_shares_of_a_class_by_hand(drugs: int, by_hand: list[float]) -> None:
    """1 / 1.7071, 1 / 2.2845, 1 / 2.7845, each times 1, 0.7071, 0.5774, 0.5."""
    found = [entry_share(order, drugs, 0.5) for order in range(1, drugs + 1)]
    assert found == pytest.approx(by_hand, abs=5e-5), "four digits were written down"


def test_regnier_ridley_2015_a_third_entrant_has_18_percent_less_than_a_second_as_the_exponent_says() -> None:
    assert rule("third_to_second") == pytest.approx(0.82)
    assert entry_share(3, 4, 0.5) / entry_share(2, 4, 0.5) == pytest.approx(0.82, abs=0.005), "18 percent is rounded"


def test_regnier_ridley_2015_a_fourth_entrant_has_23_percent_less_where_the_exponent_says_29() -> None:
    """Eight fourth entrants in that sample: the difference is told on the method page and not mended."""
    assert rule("fourth_to_second") == pytest.approx(0.77)
    assert entry_share(4, 4, 0.5) / entry_share(2, 4, 0.5) == pytest.approx(0.707, abs=0.0005)


def test_cha_yu_2014_the_first_has_more_than_its_fair_share() -> None:
    """The source finds 6 percentage points over all classes; the exponent gives 8.6 of two drugs and 10.4 of three."""
    assert rule("first_over_fair") == 0.06
    assert [round(entry_share(1, n, 0.5) - 1 / n, 3) for n in (2, 3)] == [0.086, 0.104]


# A twin that goes through every case


def expected_share(given: OrderOfEntry, launch: int, now: int) -> float:
    """The mean over every combination of a day, or none, for each rival."""
    cases = [[(day, r.prob / len(r.days)) for day in r.days] + [(None, 1 - r.prob)] for r in given.rivals]
    total = 0.0
    for case in product(*cases):
        came = [day for day, _ in case if day is not None and day <= now]
        before = sum(day <= launch for day in came)
        share = entry_share(given.order + before, given.others + 1 + len(came), given.exponent)
        total += prod(chance for _, chance in case) * share
    return total


@settings(max_examples=60, deadline=None)
@given(
    rivals=RIVALS,
    others=st.integers(0, 3),
    exponent=EXPONENTS,
    launch=st.integers(DAY - 500, DAY + 1_000),
    later=st.integers(0, 1_500),
)
def test_the_steps_are_the_mean_over_every_case(
    rivals: tuple[Rival, ...], others: int, exponent: float, launch: int, later: int
) -> None:
    entered = entry(order=others + 1, others=others, exponent=exponent, rivals=rivals)
    found = float(share_steps(entered).on(launch, launch + later)) * first_share(entered)
    assert found == pytest.approx(expected_share(entered, launch, launch + later), rel=1e-12)


def test_twelve_rivals_are_worked_out_as_the_binomial_distribution_says() -> None:
    """All on one day, each with one chance in three, after a launch: the share of the first of 1 + k drugs."""
    from math import comb

    entered = entry(rivals=(Rival((DAY,), 1 / 3),) * 12)
    mean = sum(comb(12, k) * (1 / 3) ** k * (2 / 3) ** (12 - k) * entry_share(1, 1 + k, 0.5) for k in range(13))
    assert float(share_steps(entered).on(DAY - 1, DAY)) == pytest.approx(mean, rel=1e-12)


# Laws


@given(drugs=st.integers(1, 30), exponent=st.floats(0, 2))
def test_a_classes_shares_sum_to_one_and_never_rise_with_the_order(drugs: int, exponent: float) -> None:
    shares = [entry_share(order, drugs, exponent) for order in range(1, drugs + 1)]
    assert sum(shares) == pytest.approx(1)
    assert all(late <= early + 1e-15 for early, late in pairwise(shares))


@settings(max_examples=60, deadline=None)
@given(rivals=RIVALS, prob=st.floats(0, 1), launch=st.integers(DAY - 100, DAY + 500), later=st.integers(0, 1_000))
def test_one_more_rival_never_raises_the_share(rivals: tuple[Rival, ...], prob: float, launch: int, later: int) -> None:
    fewer, more = entry(rivals=rivals), entry(rivals=(*rivals, Rival((DAY + 200,), prob)))
    assert share_steps(more).on(launch, launch + later) <= share_steps(fewer).on(launch, launch + later) + 1e-12


@settings(max_examples=60, deadline=None)
@given(
    rivals=RIVALS,
    day=st.integers(DAY, DAY + 800),
    earlier=st.integers(0, 900),
    launch=st.integers(DAY - 100, DAY + 500),
    later=st.integers(0, 1_000),
)
def test_a_rival_who_comes_earlier_never_leaves_more(
    rivals: tuple[Rival, ...], day: int, earlier: int, launch: int, later: int
) -> None:
    late, early = (entry(rivals=(*rivals, Rival((d,), 1.0))) for d in (day, day - earlier))
    assert share_steps(early).on(launch, launch + later) <= share_steps(late).on(launch, launch + later) + 1e-12


@given(rivals=RIVALS)
def test_without_time_and_before_all_rivals_the_share_is_the_first_one(rivals: tuple[Rival, ...]) -> None:
    assert float(share_steps(entry(rivals=rivals)).on(DAY - 2, DAY - 1)) == pytest.approx(1.0)


def test_a_rival_counts_from_its_day_on_and_from_a_launch_of_that_day() -> None:
    steps = share_steps(entry(rivals=(Rival((DAY,), 1.0),)))
    second, first = entry_share(2, 2, 0.5), entry_share(1, 2, 0.5)
    assert float(steps.on(DAY - 1, DAY - 1)) == 1
    assert float(steps.on(DAY - 1, DAY)) == pytest.approx(first)
    assert float(steps.on(DAY, DAY)) == pytest.approx(second)
    assert steps.on([DAY - 1, DAY], DAY).tolist() == pytest.approx([first, second])


@pytest.mark.parametrize(("order", "drugs", "exponent"), [(0, 1, 0.5), (3, 2, 0.5), (1, 2, -0.1)])
def test_an_impossible_order_is_refused(order: int, drugs: int, exponent: float) -> None:
    with pytest.raises(ValueError, match="no share"):
        entry_share(order, drugs, exponent)
