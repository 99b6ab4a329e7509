"""What counts of a table on a day, and what is asked for."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.deals.comparables import REASONS, STAGES, Deal, Wanted, choose, kin_of
from tests.deals.announced import deal

DAY = date(2025, 1, 10)
BEFORE = DAY - timedelta(days=1)


def ids(deals: tuple[Deal, ...]) -> list[str]:
    return [one.deal_id for one in deals]


def test_a_deal_counts_from_the_day_of_its_announcement_and_not_the_day_before() -> None:
    deals = [deal("a", announced_on=DAY)]
    assert ids(choose(deals, Wanted(as_of=DAY)).counted) == ["a"]
    before = choose(deals, Wanted(as_of=BEFORE))
    assert (before.counted, ids(before.not_counted["announced_later"])) == ((), ["a"])


@pytest.mark.parametrize("ended", ["terminated", "failed", "superseded"])
def test_an_end_is_told_from_its_day_and_the_day_before_the_deal_is_active(ended: str) -> None:
    one = deal("a", status=ended, status_on=DAY)
    assert choose([one], Wanted(as_of=DAY)).counted[0].status == ended
    told_before = choose([one], Wanted(as_of=BEFORE)).counted[0]
    assert (told_before.status, told_before.status_on) == ("active", None)


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"amends": "plain"}, "amendment"),
        ({"amends": "earlier"}, "amendment"),
        ({"duplicate_of": "plain"}, "duplicate"),
        ({"duplicate_of": "plain", "amends": "plain"}, "duplicate"),
        ({"product": "biosimilar"}, "biosimilar"),
        ({"stage": "phase_1"}, "not_asked_for"),
    ],
)
def test_a_row_that_is_not_counted_says_why(told: dict[str, str], reason: str) -> None:
    chosen = choose([deal("plain"), deal("other", **told)], Wanted(as_of=DAY, stages=("phase_2",)))
    assert ids(chosen.counted) == ["plain"]
    assert {name: ids(left) for name, left in chosen.not_counted.items()} == {reason: ["other"]}


def test_biosimilars_and_unread_terms_count_where_one_asks_so() -> None:
    similar, unread = deal("similar", product="biosimilar"), deal("unread", source_grade="unverified")
    everything = choose([similar, unread], Wanted(as_of=DAY, with_biosimilars=True))
    assert set(ids(everything.counted)) == {"similar", "unread"}
    read = choose([similar, unread], Wanted(as_of=DAY, with_biosimilars=True, verified_only=True))
    assert ids(read.counted) == ["similar"]
    assert ids(read.not_counted["unverified"]) == ["unread"]


def test_parts_of_names_are_found_whatever_their_case() -> None:
    deals = [deal("a", licensor="Hengrui", licensee="GSK"), deal("b", licensor="Hansoh", licensee="GSK")]
    assert ids(choose(deals, Wanted(as_of=DAY, licensor="hengRUI")).counted) == ["a"]
    assert set(ids(choose(deals, Wanted(as_of=DAY, licensee="gs")).counted)) == {"a", "b"}


def test_since_and_until_take_their_own_days_in() -> None:
    days = [date(2024, 1, 1), date(2024, 1, 2), date(2024, 1, 3)]
    deals = [deal(day.isoformat(), announced_on=day) for day in days]
    assert ids(choose(deals, Wanted(as_of=DAY, since=days[1])).counted) == ["2024-01-03", "2024-01-02"]
    assert ids(choose(deals, Wanted(as_of=DAY, until=days[1])).counted) == ["2024-01-02", "2024-01-01"]


def test_the_upfront_share_needs_both_amounts_and_a_total_above_zero() -> None:
    assert deal("a", upfront_usd=5e6, total_usd=1e8).upfront_share == pytest.approx(0.05)
    assert deal("a", upfront_usd=0.0, total_usd=1e8).upfront_share == 0
    for told in ({"upfront_usd": 5e6}, {"total_usd": 1e8}, {"upfront_usd": 0.0, "total_usd": 0.0}):
        assert deal("a", **told).upfront_share is None


def test_deals_are_of_one_kin_where_they_agree_in_what_the_filters_name() -> None:
    one, other = deal("a", stage="phase_1", area="oncology"), deal("b", stage="phase_1", area="allergy")
    by_stage = kin_of(Wanted(as_of=DAY, stages=("phase_1",)))
    by_year = [kin_of(Wanted(as_of=DAY, **told)) for told in ({"since": DAY}, {"until": DAY})]  # type: ignore[arg-type]
    assert [kin(deal("y")) for kin in by_year] == [(str(deal("y").announced_on.year),)] * 2
    by_both = kin_of(Wanted(as_of=DAY, stages=("phase_1",), areas=("oncology",)))
    assert by_stage(one) == by_stage(other) == ("phase_1",)
    assert (by_both(one), by_both(other)) == (("phase_1", "oncology"), ("phase_1", "allergy"))


MADE_UP = st.builds(
    deal,
    st.uuids().map(str),
    announced_on=st.dates(date(2023, 1, 1), date(2026, 12, 31)),
    stage=st.sampled_from(STAGES),
    product=st.sampled_from(["innovative", "biosimilar"]),
    amends=st.sampled_from(["", "", "earlier"]),
    source_grade=st.sampled_from(["official", "unverified"]),
)


@given(
    st.lists(MADE_UP, max_size=12),
    st.dates(date(2023, 1, 1), date(2026, 12, 31)),
    st.sets(st.sampled_from(STAGES)),
    st.booleans(),
)
def test_every_row_is_counted_once_or_left_out_once_with_a_reason(
    deals: list[Deal], day: date, stages: set[str], verified_only: bool
) -> None:
    chosen = choose(deals, Wanted(as_of=day, stages=tuple(stages), verified_only=verified_only))
    left = [one for found in chosen.not_counted.values() for one in found]
    assert sorted(ids((*chosen.counted, *left))) == sorted(one.deal_id for one in deals)
    assert set(chosen.not_counted) <= set(REASONS)
    assert set(ids(chosen.counted)) <= set(ids(chosen.base))
    assert all(one.announced_on <= day for one in chosen.base)


@given(st.lists(MADE_UP, max_size=12), st.dates(date(2023, 1, 1), date(2026, 12, 30)))
def test_what_is_announced_later_changes_nothing_of_an_earlier_day(deals: list[Deal], day: date) -> None:
    known = [one for one in deals if one.announced_on <= day]
    assert choose(deals, Wanted(as_of=day)).counted == choose(known, Wanted(as_of=day)).counted


def test_an_end_whose_day_nobody_tells_is_not_known_on_any_day() -> None:
    """It may have come later than the day that is asked for; of one that is told, the day itself knows it."""
    assert deal("a", status="terminated", status_on=None).known_on(DAY).status == "active"
    assert deal("a", status="terminated", status_on=DAY).known_on(DAY).status == "terminated"
