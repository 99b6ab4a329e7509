"""Uncertain inputs of pools, of the order of entry and of payer paths: each stands at a few values."""

from __future__ import annotations

from math import prod

import numpy as np
import pytest

from onepill.sim import compile_plan
from onepill.workbench.plan.market_variants import INPUTS
from tests.workbench.deals import valued
from tests.workbench.test_uncertain import HEAD, LICENCE, SOLD, VARIED, made, npv

PLAIN = HEAD.replace("peak_share: {low: 0.2, high: 0.4}", "peak_share: 0.3")
POOL = """\
    patients:
      incidence: {low: 2_000, high: 4_000}
      prevalence: {patients: AT, treated_over_years: 4}
"""
ENTRY = """\
    patients_per_year: 3_000
    competition: {in_class: 2, class_share: 0.5, entry_exponent: AT}
"""
MEDICARE = """\
    patients_per_year: 300_000
    loss_of_exclusivity: {exclusivity_years: 12}
    access:
      path: us_medicare
      gross_to_net_share: AT
      transitions: {selection: {prob: 0.7}}
"""
CEILINGS = MEDICARE.replace("gross_to_net_share: AT", "gross_to_net_share: 0.4\n      medicare_share: AT")
CHINA = """\
    jurisdiction: CN
    patients_per_year: 3_000
    loss_of_exclusivity: {exclusivity_years: 9}
    access:
      path: cn_national
      states: {listed: {renewal: {cut_share: AT, every_years: 2}}}
"""
EUROPE = """\
    jurisdiction: EU
    patients_per_year: 3_000
    loss_of_exclusivity: {exclusivity_years: 10}
    access:
      path: eu_reimbursement
      states: {reimbursed: {%s}}
"""
CASES = {
    "patients.prevalence.patients": (POOL, "{low: 2_000, high: 8_000}"),
    "competition.entry_exponent": (ENTRY, "{low: 0.2, high: 0.8}"),
    "access.gross_to_net_share": (MEDICARE, "{low: 0.3, high: 0.65}"),
    "access.medicare_share": (CEILINGS, "{low: 0.2, high: 0.6}"),
    "access.states.listed.renewal.cut_share": (CHINA, "{low: 0.0, high: 0.2}"),
    "access.states.reimbursed.revision.cut_share": (
        EUROPE % "revision: {cut_share: AT, day: 01-01}",
        "{low: 0.01, high: 0.05}",
    ),
    "access.states.reimbursed.start_share": (EUROPE % "start_share: AT", "{values: [0.1, 0.6], probs: [0.4, 0.6]}"),
}


@pytest.mark.parametrize("path", CASES)
def test_a_future_is_that_of_a_file_with_the_value_that_it_draws(path: str) -> None:
    market, spread = CASES[path]
    market = (
        PLAIN.replace("    peak_share: 0.3\n", "" if path.startswith("competition") else "    peak_share: 0.3\n")
        + market
    )
    known = made(market.replace("AT", spread))
    (one,) = [one for one in known.uncertain if one.draw.stream == f"markets.us.{path}"]
    assert not [finding for finding in known.filled.findings if finding.code == "market.at_mean"]
    compiled, found = compile_plan(known.plan), []
    low, high = (float(one.draw.distribution.quantile(u)) for u in (0, 1))
    for value in (one.values[0], one.values[-1]):
        u = min(max((value - low) / (high - low), 0.02), 0.98)
        frozen = npv(compiled.freeze(one.draw.stream, quantile=u))
        stated = npv(compile_plan(made(market.replace("AT", f"{value!r}")).plan))
        assert np.sqrt(np.mean((frozen - stated) ** 2)) < 1e-2 * np.std(stated)
        found.append(frozen)
    assert np.abs(found[0] - found[1]).max() > 1e3, "it matters"


def test_of_more_inputs_than_tables_can_hold_the_least_stands_at_its_mean() -> None:
    """One more than four; a pool of few patients moves least over how many years it is treated."""
    given = SOLD.replace(
        "peak_share: 0.3", "competition: {in_class: 2, class_share: 0.5, entry_exponent: {low: 0.2, high: 0.8}}"
    )
    given = given.replace("patients: 4_000", "patients: {low: 200, high: 2_000}")
    for path, spread in VARIED.items():
        given = given.replace(f"AT:{path}", spread)
    known = made(given)
    told = [finding.path for finding in known.filled.findings if finding.code == "market.at_mean"]
    assert told == ["markets.us.patients.prevalence.treated_over_years"]
    assert len(known.uncertain) == INPUTS
    assert not {one.draw.stream for one in known.uncertain} & set(told)
    (whole, part) = known.plan.markets
    assert len(part.cash) == prod(len(one.values) for one in known.uncertain) * len(whole.cash)


@pytest.mark.parametrize("path", ["access.gross_to_net_share", "access.states.listed.renewal.cut_share"])
def test_a_deal_on_payer_states_with_several_tables_loses_no_dollar(path: str) -> None:
    market, spread = CASES[path]
    programme = {"text": PLAIN + market.replace("AT", spread), "file": "small.yaml"}
    licence = LICENCE.replace("territory: US", f"territory: {'CN' if market is CHINA else 'US'}")
    answer = valued({"text": licence, "file": "deal.yaml"}, of=programme, draws=1_024)
    assert 0 <= answer["unexplained_usd"] < 1e-3
    owner = next(row for row in answer["parties"] if row["id"] == "owner")
    assert sum(flow["usd"][-1] for flow in owner["flows"] if flow["item"] == "royalty") > 0
