"""`onepill backtest reviews`: what is scored apart, what is published beside, and what has no verdict, are all said."""

from __future__ import annotations

from pathlib import Path

import pytest

from onepill.pathway.reviews import packaged_backtest, published_medians
from tests.cli.asking import Ask
from tests.pathway.review_rows import EMA_ROW, FDA_ROW, table

FIGURES = ("n", "coverage_p10_p90", "pinball", "pinball_naive")


def line_of(out: str, start: str) -> str:
    found = [line for line in out.splitlines() if line.startswith(start)]
    assert len(found) == 1, (start, found)
    return found[0]


def test_the_contract_of_the_json(ask: Ask) -> None:
    answer = ask("backtest", "reviews", "--json")
    assert answer.code == 0
    row = answer.document
    for group in ("by_agency", "by_review_class"):
        assert sum(figures["n"] for figures in row[group].values()) == row["n"] == 1730
        assert all(set(FIGURES) <= set(figures) for figures in row[group].values())
    assert row["apart"]["ema.decision"]["n"] == 1104
    assert [found["published_days"] for found in row["published_medians"]] == [
        found.published_days for found in published_medians()
    ]
    assert {"hc.decision", "pmda.decision", "nmpa.decision"} <= set(row["not_validated"])


def test_the_text_has_every_group_with_its_interval(ask: Ask) -> None:
    out = ask("backtest", "reviews").out
    row = packaged_backtest()
    for name in ("EMA", "FDA", "priority", "standard"):
        figures = {**row["by_agency"], **row["by_review_class"]}[name]
        interval = f"{figures['coverage_low']:.1%} to {figures['coverage_high']:.1%}"
        assert interval in next(
            line for line in out.splitlines() if line.startswith(name) and f"{figures['n']:,}" in line
        )
    assert "1,104" in line_of(out, "apart: European")
    assert "too few" in next(line for line in out.splitlines() if line.split()[:2] == ["PMDA", "3"])
    assert f"{row['beside']['n']:,}" in line_of(out, "all, each year from")
    assert "us.fda.performance.median_approval_2021" in out
    assert "  not validated: Health Canada: submission to decision" in out.splitlines()


def test_given_cases_are_scored_by_the_shipped_model_and_few_give_no_verdict(ask: Ask, tmp_path: Path) -> None:
    file = tmp_path / "cases.csv"
    file.write_text(table([FDA_ROW, EMA_ROW, {**FDA_ROW, "case_id": "X", "agency": "TGA"}]), encoding="utf-8")
    answer = ask("backtest", "reviews", "--cases", str(file))
    assert line_of(answer.out, "all ").split()[1] == "2"
    assert "too few" in line_of(answer.out, "EMA ")
    assert "  not scored: 1, no reviews of TGA behind the model" in answer.out.splitlines()
    assert "not validated by these cases" in answer.out
    row = ask("backtest", "reviews", "--cases", str(file), "--json").document
    assert (row["n"], row["scheme"], row["beside"]) == (2, "shipped model", None)


@pytest.mark.parametrize("name", ["us.fda.nda", "eu.ema.centralised"])
def test_the_rulebook_says_which_model_forecasts_a_step(name: str, ask: Ask) -> None:
    steps = ask("rules", "show", name, "--json").document["steps"]
    assert [step["review_model"]["step"] for step in steps if step["review_model"]]
