"""Deals against each other: pairs on the same futures, and who is beaten by whom."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.sim import estimate
from onepill.workbench.deals import ready as deal_ready
from onepill.workbench.deals.frontier import Point
from onepill.workbench.deals.rows import counted, difference_row, edges_of, tail_mean
from tests.workbench.deals import compared, example, party, valued

Row = dict[str, Any]
NAMES = ("licence", "co_development", "asset_purchase")


@pytest.fixture(scope="module")
def answer() -> Row:
    return compared(*map(example, NAMES))


def test_each_set_of_futures_is_drawn_once_whatever_is_asked_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """All partners of the examples believe the same. The licence may come back, which takes the file's own futures once
    more: what its partners did is calibrated on all of them before any is valued."""
    drawn, real = Counter[int](), deal_ready.futures

    def counted(compiled: Any, *, draws: int, **given: Any) -> Any:
        drawn[id(compiled)] += draws
        return real(compiled, draws=draws, **given)

    monkeypatch.setattr(deal_ready, "futures", counted)
    compared(*map(example, NAMES), draws=3_000)
    assert sorted(drawn.values()) == [3_000, 6_000]


def test_an_answer_does_not_depend_on_the_threads() -> None:
    """Of more stretches than one, with exits that are priced on all paths and a licence that may come back."""
    one, three = (compared(example("licence"), example("newco"), draws=9_000, threads=n) for n in (1, 3))
    assert one == three


def test_what_nobody_waits_for_any_more_is_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, may_end = list[int](), Event()

    class Pool(ThreadPoolExecutor):
        def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
            super().shutdown(wait=False, cancel_futures=cancel_futures)
            may_end.set()
            super().shutdown(wait=wait)

    def work(item: int) -> int:
        begun.append(item)
        assert item < 2 or may_end.wait(60)
        return item

    monkeypatch.setattr(deal_ready, "ThreadPoolExecutor", Pool)
    parts = deal_ready.in_order(work, range(50), threads=2)
    assert next(parts) == 0
    parts.close()
    assert set(begun) <= {0, 1, 2, 3}


def test_each_deal_is_the_one_that_deal_value_tells(answer: Row) -> None:
    alone = valued(example("co_development"))
    together = next(deal for deal in answer["deals"] if deal["deal"] == alone["deal"])
    assert together["parties"] == alone["parties"]
    assert answer["programme_npv_usd"] == alone["programme_npv_usd"]


def test_the_first_deal_differs_from_itself_by_nothing(answer: Row) -> None:
    for side in ("owner", "partner"):
        row = answer["deals"][0]["differences"]["from_first"][side]
        assert row == {"mean": 0, "standard_error": 0, "better_prob": 0.0}


def test_differences_are_those_of_the_means_and_pairs_are_tighter(answer: Row) -> None:
    for deal in answer["deals"][1:]:
        for side in ("owner", "partner"):
            ours, first = (row["sides"][side]["npv_usd"] for row in (deal, answer["deals"][0]))
            found = deal["differences"]["from_first"][side]
            assert found["mean"] == pytest.approx(ours["mean"] - first["mean"], abs=2)
            apart = np.hypot(ours["standard_error"], first["standard_error"])
            assert 0 < found["standard_error"] < 1.05 * apart


def test_the_others_are_all_parties_but_the_owner(answer: Row) -> None:
    for deal in answer["deals"]:
        others = sum(row["npv_usd"]["mean"] for row in deal["parties"] if not row["is_owner"])
        assert deal["sides"]["partner"]["npv_usd"]["mean"] == pytest.approx(others, abs=2)
        owner = party(deal, deal["owner"])
        assert deal["sides"]["owner"]["npv_usd"] == owner["npv_usd"]
        assert deal["sides"]["owner"]["tail_mean_usd"] == owner["tail_mean_usd"]


def test_the_flows_of_a_side_by_year_are_those_of_its_parties(answer: Row) -> None:
    for deal in answer["deals"]:
        shown = np.array(deal["sides"]["owner"]["yearly_usd"])
        flows = np.sum([flow["usd"] for flow in party(deal, deal["owner"])["flows"]], axis=0)
        # Rounded once, against rounded item by item.
        np.testing.assert_allclose(shown, flows, atol=15)


def test_the_frontier_has_every_deal_and_the_absence_of_one(answer: Row) -> None:
    rows = {row["id"]: row for row in answer["frontier"]}
    assert set(rows) == {deal["deal"] for deal in answer["deals"]} | {"none"}
    assert rows["none"]["partner_usd"] == 0
    for deal in answer["deals"]:
        assert rows[deal["deal"]]["owner_usd"] == deal["sides"]["owner"]["npv_usd"]["mean"]


def test_a_deal_that_differs_only_by_what_is_withheld_is_beaten() -> None:
    """More is withheld from the same upfront payment: the owner has less, the partner as much."""
    text = example("licence")["text"]
    worse = text.replace('value: 0.1, assumption: "a tenth', 'value: 0.9, assumption: "nine tenths')
    worse = worse.replace("deal: licence_abroad", "deal: withheld")
    assert worse != text.replace("deal: licence_abroad", "deal: withheld")
    answer = compared(example("licence"), {"text": worse, "file": "worse.yaml"})
    rows = {row["id"]: row for row in answer["frontier"]}
    assert rows["withheld"]["dominated_by"] == ["licence_abroad"]
    assert rows["withheld"]["dominated_by_with_risk"] == ["licence_abroad"]
    assert rows["licence_abroad"]["dominated_by"] == []


MEASURES = st.tuples(*[st.integers(-3, 3)] * 4)


@given(MEASURES, MEASURES, MEASURES, st.booleans())
def test_to_beat_is_a_strict_order(a: Any, b: Any, c: Any, with_risk: bool) -> None:
    one, two, three = (Point(name, m[:2], m[2:]) for name, m in zip("abc", (a, b, c), strict=True))
    assert not one.beats(one, with_risk=with_risk)
    assert not (one.beats(two, with_risk=with_risk) and two.beats(one, with_risk=with_risk))
    if one.beats(two, with_risk=with_risk) and two.beats(three, with_risk=with_risk):
        assert one.beats(three, with_risk=with_risk)


def test_the_tail_is_the_mean_of_the_worst_twentieth() -> None:
    values = np.random.default_rng(1).permutation(np.arange(1, 101, dtype=np.float64))
    assert tail_mean(values) == 3.0
    assert tail_mean(np.array([5.0, 7.0])) == 5.0


def test_a_difference_has_its_error_and_the_chance_to_be_better() -> None:
    ours, base = np.array([1.0, 5.0, 9.0, 2.0]), np.array([1.0, 1.0, 1.0, 4.0])
    found, expected = difference_row(ours, base), estimate(ours - base)
    assert found == {"mean": round(expected.mean), "standard_error": round(expected.standard_error), "better_prob": 0.5}


@given(st.lists(st.floats(-1e9, 1e9), min_size=2, max_size=50), st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=50))
def test_a_histogram_counts_every_path_once(one: list[float], other: list[float]) -> None:
    edges = edges_of([np.array(one), np.array(other)])
    assert (np.diff(edges) > 0).all()
    for values in (one, other):
        assert sum(counted(np.array(values), edges)["counts"]) == len(values)
