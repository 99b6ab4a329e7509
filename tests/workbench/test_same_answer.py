"""The same question has the same answer: threads, runs, and parts that have nothing to do with each other."""

from __future__ import annotations

import pytest

from onepill.workbench.common.documents import to_json
from tests.workbench.passports import EXAMPLES, SHANGHAI, milestone, passport_of, text_of

DRAWS = 33_333
"""More than two units of work for two threads, and no multiple of a block."""


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.slow) if n == "adc_shanghai" else n for n in EXAMPLES]
)
def test_one_and_two_threads_write_the_same_text(name: str) -> None:
    policies = (SHANGHAI,) if name == "adc_shanghai" else ()
    one, two = (passport_of(text_of(name), draws=DRAWS, policies=policies, threads=n) for n in (1, 2))
    assert to_json(one) == to_json(two)


def test_another_seed_is_another_answer() -> None:
    one, two = (passport_of(text_of("minimal"), seed=seed) for seed in (1, 2))
    assert one["value"]["rnpv_usd"]["mean"] != two["value"]["rnpv_usd"]["mean"]
    assert one["inputs_hash"] != two["inputs_hash"]


UNRELATED = """development:
  unrelated:
    kind: other
    duration: {low: 3 months, mode: 5 months, high: 9 months}
"""
INDICATION = {"adc_shanghai": "    indication: gastric_3l\n"}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_unrelated_stage_changes_no_milestones_row_and_no_markets_value(name: str) -> None:
    text = text_of(name)
    assert text.count("\ndevelopment:\n") == 1
    before = passport_of(text)
    added = f"\n{UNRELATED}{INDICATION.get(name, '')}"
    after = passport_of(text.replace("\ndevelopment:\n", added))
    assert after["milestones"] == before["milestones"]
    assert after["value"]["rnpv_usd"] == before["value"]["rnpv_usd"]
    assert [row["id"] for row in after["activities"]] != [row["id"] for row in before["activities"]]


def test_the_order_of_filings_and_markets_in_the_file_changes_no_day() -> None:
    text = text_of("minimal")
    more = "  EU: {after: [phase_3]}\n"
    first = passport_of(text.replace("filings:\n", f"filings:\n{more}"))
    last = passport_of(text.replace("markets:\n", f"{more}markets:\n"))
    for name in ("us.filed", "us.approval", "eu.approval"):
        assert milestone(first, name) == milestone(last, name)
