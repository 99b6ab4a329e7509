"""Published statistics of deals: every fact is a rule, and what a source's own numbers say of each other."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from onepill.core.documents import read_document
from onepill.rulebook import load_rulebook

DAY = date(2026, 11, 22)
SECTIONS = ("f1_licence_out_statistics", "f4_benchmarks", "f5_returns")
NO_FIGURE = {
    "LIC-26H1": "looked for and not found",
    "RET-EX": "two examples by name",
}


def value(rule_id: str) -> object:
    return load_rulebook().rule(rule_id).on(DAY).value


def test_every_published_statistic_of_the_facts_is_in_a_rule(shared: Path) -> None:
    file = shared / "facts/60_deals.yaml"
    facts = read_document(file.read_text(encoding="utf-8"), file=file.name).data
    wanted = {row["id"] for name, rows in facts.items() if name.startswith(SECTIONS) for row in rows}
    keyed = {fact for rule in load_rulebook().rules() for fact in rule.facts}
    assert wanted - keyed == set(NO_FIGURE)


@pytest.mark.parametrize(
    ("rule_id", "published"),
    [
        ("founding.licence_outs_2020", 62),
        ("founding.licence_outs_2020_returned", 25),
        ("founding.licence_outs_2020_return_share", 0.4032),
        ("founding.licence_outs_2021_return_share", 0.2),
        ("founding.licence_outs_2022_return_share", 0.2),
        ("cn.licence_out.upfront_share.2024", 0.079),
    ],
)
def test_return_shares_with_their_counting_body(rule_id: str, published: float) -> None:
    found = load_rulebook().rule(rule_id).on(DAY)
    assert found.value == published
    assert found.version.body


def test_derived_shares_follow_from_their_parts() -> None:
    """25 of 62; 4.1 of 51.9 billion dollars."""
    assert value("founding.licence_outs_2020_return_share") == round(25 / 62, 4)
    upfront, total = value("cn.licence_out.upfront_usd.2024"), value("founding.licence_out_total_2024_usd")
    assert isinstance(upfront, int)
    assert isinstance(total, int)
    assert value("cn.licence_out.upfront_share.2024") == round(upfront / total, 3)


def test_the_means_by_stage_of_one_benchmark_do_not_average_to_its_mean_of_all_and_the_rule_says_so() -> None:
    """satyabio, 389 deals: 108 and 1,055 million dollars by its stages, 95 and 985 as printed for all."""
    prefix = "deal_benchmark.satyabio.2024_2025."
    deals = value(prefix + "deals")
    assert isinstance(deals, dict)
    stages = [name for name in deals if name != "all"]
    assert sum(deals[name] for name in stages) == deals["all"] == 389
    for quantity, averaged, printed in (("upfront", 108, 95), ("total", 1055, 985)):
        means = value(f"{prefix}{quantity}.mean_usd")
        assert isinstance(means, dict)
        mean = sum(deals[name] * means[name] for name in stages) / deals["all"]
        assert round(mean / 1e6) == averaged
        assert means["all"] == printed * 1e6
        assert f"{averaged:,} million" in load_rulebook().rule(f"{prefix}{quantity}.mean_usd").note
