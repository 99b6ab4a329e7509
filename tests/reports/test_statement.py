"""The answer in two sentences, in every state that a programme can be in."""

from __future__ import annotations

from typing import Any

import pytest

from onepill.reports.context import open_context
from onepill.reports.numerals import NBSP
from onepill.reports.views.statement import statement

Document = dict[str, Any]


def said(document: Document, lang: str = "en") -> list[str]:
    return [line.replace(NBSP, " ") for line in statement(open_context(document, lang))]  # type: ignore[arg-type]


def test_sold_in_one_market_and_one_trial_for_the_others(sample: Document) -> None:
    assert said(sample) == [
        "On sale in China. One trial decides the other three markets: "
        "a 48% chance of a new approval, most likely in late 2029.",
        "Worth USD 11 million on average, yet 56 of 100 futures lose money.",
    ]


def test_the_same_in_chinese(sample: Document) -> None:
    assert said(sample, "zh") == [
        "已在中国上市。另外三个市场系于一项试验：新获批的概率48%，最可能在2029年底。",
        "平均价值1,140万美元；但每100种未来中有56种亏损。",
    ]


def test_one_market_with_nothing_reached_yet(minimal: Document) -> None:
    assert said(minimal)[0] == "A 48% chance of approval in the United States, most likely in late 2029."


def test_nothing_comes(never: Document) -> None:
    assert said(never) == [
        "On this plan no approval comes.",
        "It loses money in every future: USD 5 million on average.",
    ]


def test_all_is_sold(sold: Document) -> None:
    first, second = said(sold)
    assert first == "On sale in China, the United States, the European Union and Japan. No further approval is planned."
    assert second == "Worth USD 11 million on average, and no future loses money."


def test_approved_but_not_yet_sold(sample: Document) -> None:
    sample["milestones"] = [m for m in sample["milestones"] if m["id"] != "cn.launch"]
    assert said(sample)[0].startswith("Approved in China.")


def test_markets_with_trials_of_their_own_are_not_said_to_hang_on_one(sample: Document) -> None:
    sample["success"]["chain"]["JP"] = ["confirmatory_phase_3"]
    assert "at least one new approval" in said(sample)[0]


@pytest.mark.parametrize(
    ("mean", "loss", "words"),
    [
        (5e6, 0.2, "Worth USD 5 million on average; 20 of 100 futures lose money."),
        (5e6, 0.004, "Worth USD 5 million on average; 1 of 100 futures loses money."),
        (-5e6, 0.7, "On average it loses USD 5 million: 70 of 100 futures lose money."),
        (5e6, None, "Worth USD 5 million on average."),
    ],
)
def test_worth(sample: Document, mean: float, loss: float | None, words: str) -> None:
    sample["answer"]["loss_prob"] = loss
    sample["value"]["rnpv_usd"] |= {"mean": mean, "prob_positive": None}
    assert said(sample)[1] == words


def test_without_a_value_only_the_plan_is_said(sample: Document) -> None:
    sample["value"] = {"by_market": sample["value"]["by_market"]}
    assert len(said(sample)) == 1
