"""Crowding by hand, and against published numbers."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import numpy as np
import pytest

from onepill.landscape import StageWeights, Switches, crowding, crowding_trend
from onepill.landscape.bootstrap import bootstrap_measure, membership, resample
from onepill.landscape.concentration import effective_number, gini, hhi, share_on_crowded, top_share
from onepill.landscape.crowding import poisson_interval, rate_ratio, share_measure
from onepill.landscape.tables import CROWDING
from tests.landscape.worlds import DAY, approved, ask, drug, seen, world

BIO_LOA_2011_2020 = StageWeights(
    {"phase_1": 0.079, "phase_2": 0.151, "phase_3": 0.524, "preapproval": 0.906},
    "BIO, QLS, Informa: Clinical Development Success Rates 2011-2020, likelihood of approval, all diseases",
)


def test_hhi_of_eight_participants_as_investopedia_works_it_out() -> None:
    # Shares A to H in percent and their sum of squares 1,296: investopedia.com/video/play/herfindahlhirschman-index-hhi
    assert hhi(np.array([10.0, 9, 12, 15, 12, 11, 15, 16])) * 10_000 == pytest.approx(1296)


def test_shares_of_the_three_tags_as_printed_nrdd_2022_and_2024() -> None:
    for tagged, agents, printed in (
        ((418, 473, 923), 2251, (18.6, 21.0, 41.0)),
        ((836, 1053, 1803), 4391, (19.0, 24.0, 41.1)),
    ):
        shares = [share_measure(number, agents, unit="agents").value for number in tagged]
        assert [round(share * 100, 1) for share in shares if share is not None] == list(printed)


@pytest.mark.parametrize(("events", "low", "high"), [(0, 0.0, 3.69), (1, 0.0253, 5.57), (10, 4.795, 18.39)])
def test_poisson_limits_are_those_of_garwood_1936(events: int, low: float, high: float) -> None:
    assert poisson_interval(events) == (pytest.approx(low, abs=0.005), pytest.approx(high, abs=0.005))


def test_eight_crowded_targets_of_booth_2012_hold_more_than_a_fifth_of_the_programmes() -> None:
    # "8 targets with more than 24 projects each, over 20 % of about 990 programmes" (Booth, Forbes 2012). The fewest
    # that fit are 8 x 25.
    counts = np.array([25.0] * 8 + [1.0] * 790)
    assert counts.sum() == 990
    assert share_on_crowded(counts, at_least=25) > 0.20
    assert share_on_crowded(counts, at_least=26) == 0


def test_top_shares_gini_and_effective_number_by_hand() -> None:
    counts = np.array([6.0, 3, 1])
    assert top_share(counts, k=1) == pytest.approx(0.6)
    assert top_share(counts, k=5) == pytest.approx(1)
    assert effective_number(counts) == pytest.approx(1 / 0.46)
    # Lorenz curve through 0.1, 0.4, 1: area under it 1/3 (0.05 + 0.25 + 0.7) = 1/3, so that Gini is 1 - 2/3.
    assert gini(counts) == pytest.approx(1 / 3)


def _crowded() -> object:
    drugs = [drug(f"a{n}", "A") for n in range(10)] + [drug(f"b{n}", "B") for n in range(5)] + [drug("ab", "A", "B")]
    rows = [seen(one.drug_id, "phase_1", date(2020, 1, 1), sponsor_id=f"S-{one.drug_id[0]}") for one in drugs]
    return world(drugs, [*rows, seen("unknown", "phase_1")])


def test_measures_of_a_small_world_by_hand() -> None:
    found = crowding(_crowded(), ask())  # type: ignore[arg-type]
    values = {name: one.value for name, one in found.measures.items()}
    assert values["programmes"] == 17
    assert values["sponsors"] == 2
    assert values["targets"] == 2
    assert found.measures["hhi"].n == 16
    assert values["top_1_share"] == pytest.approx(10.5 / 16)
    assert values["share_on_at_least_10"] == pytest.approx(10.5 / 16)
    assert values["share_on_at_least_20"] == 0
    assert found.coverage.target_share == pytest.approx(16 / 17)
    assert found.as_of_method == "reconstructed"


def test_a_drug_of_two_targets_counts_once_under_each_if_not_split() -> None:
    split, whole = (
        crowding(_crowded(), ask(switches=Switches(split_targets=flag))).measures["top_1_share"].value  # type: ignore[arg-type]
        for flag in (True, False)
    )
    assert (split, whole) == (pytest.approx(10.5 / 16), pytest.approx(11 / 17))


def test_entries_trend_and_late_entrants() -> None:
    given = world(
        [drug(name, "T") for name in ("old", "before", "recent", "late")],
        [
            seen("before", "phase_1", date(2017, 1, 1)),
            seen("recent", "phase_1", date(2019, 1, 1)),
            seen("late", "phase_1", date(2020, 7, 1)),
        ],
        [approved("old", date(2020, 1, 1))],
    )
    found = crowding(given, ask(as_of=date(2021, 7, 1)), window_years=3).measures
    assert found["entry_rate_per_year"].value == pytest.approx(1)
    assert found["entry_trend_ratio"].value == pytest.approx(3)
    assert found["late_entrant_share"].value == pytest.approx(1 / 4)


def test_a_day_belongs_to_one_window_alone() -> None:
    """A year's window has 365 days: the day itself and the 364 before it, then the 365 before those."""
    rows = [seen(f"{ago} days ago", "phase_1", DAY - timedelta(ago)) for ago in (0, 364, 365, 730)]
    found = crowding(world([], rows), ask(as_of=DAY), window_years=1).measures
    assert found["entry_rate_per_year"].n == 2
    assert found["entry_trend_ratio"].value == 2 / 1


def test_a_trend_without_earlier_entries_is_none_and_its_limits_are_those_of_a_share() -> None:
    assert rate_ratio(3, 0).value is None
    even = rate_ratio(20, 20)
    assert even.value == 1
    assert even.low is not None
    assert even.high is not None
    assert even.low * even.high == pytest.approx(1)


def test_phase_weighted_crowding_is_the_expected_number_of_approvals_with_the_published_likelihoods() -> None:
    given = world([], [seen("a", "phase_1"), seen("b", "phase_1"), seen("c", "phase_3")])
    found = crowding(given, ask(), weights=BIO_LOA_2011_2020).measures["phase_weighted_programmes"]
    assert found.value == pytest.approx(2 * 0.079 + 0.524)
    assert "phase_weighted_programmes" not in crowding(given, ask()).measures


def test_academic_programmes_and_old_ones_can_be_left_out() -> None:
    rows = [
        seen("a", "phase_1", sponsor_class="academic"),
        seen("b", "phase_1"),
        seen("c", "phase_1", date(2010, 1, 1)),
    ]
    given = world([], rows)
    for switches, number in ((Switches(), 3), (Switches(academic=False), 2), (Switches(seen_within_years=5), 2)):
        assert crowding(given, ask(switches=switches)).measures["programmes"].value == number


def test_an_agent_counts_once_or_once_in_each_indication() -> None:
    given = world([drug("a", "T")], [seen("a", "phase_1"), seen("a", "phase_2", indication="E")])
    assert crowding(given, ask(), unit="agent").measures["programmes"].value == 1
    assert crowding(given, ask(), unit="agent_indication").measures["programmes"].value == 2


def test_nothing_gives_no_share_and_no_error() -> None:
    found = crowding(world([], []), ask()).measures
    assert found["programmes"].value == 0
    assert found["hhi"].value is None
    assert found["late_entrant_share"].value is None


def test_trend_is_what_was_known_on_each_day() -> None:
    given = world([], [seen("a", "phase_1", date(2019, 1, 1)), seen("b", "phase_1", date(2020, 6, 1))])
    days = [date(2018, 12, 31), date(2019, 1, 1), date(2020, 6, 1)]
    assert [one.measures["programmes"].value for one in crowding_trend(given, ask(), days)] == [0, 1, 2]


def test_the_same_seed_gives_the_same_draws_and_another_stream_others() -> None:
    members = membership(np.repeat(np.arange(5), 6), None, split=False)
    draw = partial(resample, members, samples=8)
    assert np.array_equal(draw(seed=1, stream="a"), draw(seed=1, stream="a"))
    assert not np.array_equal(draw(seed=1, stream="a"), draw(seed=1, stream="b"))
    assert (draw(seed=1, stream="a").sum(axis=1) == 30).all()


def test_limits_of_a_top_share_agree_with_wilson_where_both_apply() -> None:
    members = membership(np.repeat([0, 1], [70, 30]), None, split=False)
    draws = resample(members, seed=3, stream="test", samples=4000)
    found = bootstrap_measure(partial(top_share, k=1), members.counts(), draws, n=100, unit="", bounds=(0.0, 1.0))
    wilson = share_measure(70, 100, unit="")
    # The share of the larger of two groups is a binomial proportion; 4,000 draws place a percentile within about 0.01.
    assert found.low == pytest.approx(wilson.low, abs=0.015)
    assert found.high == pytest.approx(wilson.high, abs=0.015)


def test_limits_of_hhi_enclose_it_even_where_every_group_is_equal() -> None:
    members = membership(np.arange(50), None, split=False)
    draws = resample(members, seed=3, stream="test", samples=400)
    found = bootstrap_measure(hhi, members.counts(), draws, n=50, unit="", bounds=(1 / 50, 1.0))
    assert found.value == pytest.approx(1 / 50)
    assert found.low == pytest.approx(1 / 50)
    assert hhi(draws).min() > 1 / 50


def test_limits_of_hhi_stand_on_both_sides_of_it_though_resampling_piles_up() -> None:
    members = membership(np.repeat(np.arange(41), [10] + [1] * 40), None, split=False)
    draws = resample(members, seed=3, stream="test", samples=1000)
    found = bootstrap_measure(hhi, members.counts(), draws, n=50, unit="", bounds=(1 / 41, 1.0))
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.value < found.high
    # Moved by the bias, the limits have the spread of the draws and the value in their midst.
    assert found.high - found.low == pytest.approx(np.diff(np.percentile(hhi(draws), [2.5, 97.5]))[0], rel=0.2)
    assert hhi(draws).mean() > 1.1 * found.value


def test_every_measure_has_a_meaning_in_both_languages_and_none_is_described_in_vain() -> None:
    found = crowding(_crowded(), ask(), weights=BIO_LOA_2011_2020).measures  # type: ignore[arg-type]
    assert set(found) == set(CROWDING)
    assert all(set(column.meaning) == {"en", "zh"} for column in CROWDING.values())
