"""Uncertain inputs of a market: each is drawn, and its futures are those of a file with the drawn values."""

from __future__ import annotations

from functools import cache, reduce
from typing import Any

import numpy as np
import pytest

from onepill.core.errors import InputError
from onepill.model import load_programme
from onepill.rulebook import load_rulebook
from onepill.sim import compile_plan, run
from onepill.workbench.operations import operation
from onepill.workbench.plan.assemble import Assembled, assemble, with_overlays
from onepill.workbench.plan.fill import fill
from onepill.workbench.results.derive import explain
from onepill.workbench.results.deterministic import deterministic_value
from tests.workbench.deals import valued
from tests.workbench.sheets import opened

Row = dict[str, Any]
PLAIN = {
    "cogs_share": "{low: 0.1, high: 0.3}",
    "selling_share": "{low: 0.2, mode: 0.3, high: 0.5}",
    "payers.0.patient_share": "{low: 0.3, high: 0.5}",
    "payers.1.price_share": "{values: [0.4, 0.8], probs: [0.5, 0.5]}",
    "price_steps.0.factor": "{low: 0.6, high: 1.0}",
    "loss_of_exclusivity.retained_share": "{low: 0.05, mode: 0.2, high: 0.4}",
}
CONTRACTS = {
    "access.free_goods_share": "{low: 0.0, high: 0.2}",
    "access.outcome_contract.refund_share": "{low: 0.3, high: 0.9}",
    "access.outcome_contract.non_response_share": "{low: 0.2, high: 0.5}",
    "access.instalments.kept_share_per_year": "{low: 0.6, high: 1.0}",
    "access.tariff.rate": "{low: 0.1, high: 0.3}",
    "access.tariff.customs_value_share": "{low: 0.1, high: 0.4}",
    "access.medicare_share": "{low: 0.3, high: 0.6}",
    "access.negotiated_cut_share": "{low: 0.2, high: 0.5}",
    "access.states.generic.price_factor": "{low: 0.3, mode: 0.8, high: 1.0}",
}
VARIED = {
    "growth_per_year": "{low: -0.03, high: 0.05}",
    "uptake.years_to_peak": "{low: 2, mode: 3, high: 7}",
    "patients.prevalence.treated_over_years": "{low: 2, high: 5}",
}
"""Inputs that tables are no polynomial of: they stand at a few values, each with tables of its own."""
AT_MEAN = {"tax_share": "{low: 0.2, high: 0.3}"}
"""Inputs that a file may leave uncertain, and that stand at their means."""
HEAD = """\
onepill: 1
programme: small
as_of: 2025-01-06
asset: {name: small, modality: small_molecule}
indication: {name: any, area: other}
capital: {horizon_years: 16}
rights:
  upstream: [{licensor: university, royalty: [{above_usd: 0, rate: 0.04}, {above_usd: 20_000_000, rate: 0.06}]}]
development:
  trial: {kind: phase_3, regions: [US], held: [US], cost: 12 MUSD, success_prob: 0.6, duration: 30 months}
filings:
  US: {after: [trial], review: {low: 8 months, high: 14 months}, preparation: 6 months, approval_prob: 0.9}
markets:
  US:
    peak_share: {low: 0.2, high: 0.4}
    months_on_treatment: 10
    net_price_per_month: 2_000 USD
    launch_lag: {low: 1 months, high: 9 months}
    launch_cost: 3 MUSD
"""
MARKET = """\
    patients:
      incidence: 3_000
      prevalence: {patients: 4_000, treated_over_years: AT:patients.prevalence.treated_over_years}
    growth_per_year: AT:growth_per_year
    uptake: {years_to_peak: AT:uptake.years_to_peak}
    payers:
      - {payer: insurer, patient_share: AT:payers.0.patient_share}
      - {payer: state, patient_share: 0.3, price_share: AT:payers.1.price_share}
    price_steps: [{since: 2031-05-01, factor: AT:price_steps.0.factor}]
    tax_share: AT:tax_share
    cogs_share: AT:cogs_share
    selling_share: AT:selling_share
    loss_of_exclusivity: {exclusivity_years: 8, retained_share: AT:loss_of_exclusivity.retained_share}
"""
ACCESS = """\
    patients_per_year: 3_000
    loss_of_exclusivity: {exclusivity_years: 12}
    access:
      path: us_medicare
      medicare_share: AT:access.medicare_share
      negotiated_cut_share: AT:access.negotiated_cut_share
      transitions: {selection: {prob: 0.7}}
      states: {generic: {price_factor: AT:access.states.generic.price_factor}}
      free_goods_share: AT:access.free_goods_share
      outcome_contract:
        refund_share: AT:access.outcome_contract.refund_share
        non_response_share: AT:access.outcome_contract.non_response_share
      instalments: {years: 3, kept_share_per_year: AT:access.instalments.kept_share_per_year}
      tariff:
        origin: CN
        since: 2026-01-01
        rate: AT:access.tariff.rate
        customs_value_share: AT:access.tariff.customs_value_share
"""
DRAWS = 1_024


def text(**stated: float) -> str:
    """The file with every input uncertain but those whose value is stated, by their path."""
    found = HEAD + (ACCESS if any(path in CONTRACTS for path in stated) else MARKET)
    for path, spread in (PLAIN | CONTRACTS | VARIED | AT_MEAN).items():
        found = found.replace(f"AT:{path}", f"{stated[path]}" if stated.get(path) is not None else spread)
    return found


@cache
def base(kind: str) -> Assembled:
    """A file with its own uncertain inputs."""
    return made(text(**STATED[kind]))


def made(given: str) -> Assembled:
    return assemble(fill(load_programme(given, file="small.yaml").programme, load_rulebook()))


def npv(found: Any) -> Any:
    return run(found, draws=DRAWS, seed=4).npv_usd["owner"]


@pytest.mark.parametrize("path", [*PLAIN, *CONTRACTS])
def test_every_future_is_that_of_a_file_with_the_value(path: str) -> None:
    """All other inputs drawn as they are: path by path the same value, and not that of the mean."""
    known, u = base("plain" if path in PLAIN else "contracts"), 0.85
    stream = f"markets.us.{path}"
    compiled = compile_plan(known.plan)
    draw = next(draw for market in known.plan.markets for draw in market.scale if draw.stream == stream)
    frozen = npv(compiled.freeze(stream, quantile=u))
    others = VARIED_MEANS if path in PLAIN else {}
    stated = npv(compile_plan(made(text(**others, **{path: float(draw.distribution.quantile(u))})).plan))
    np.testing.assert_allclose(frozen, stated, rtol=0, atol=1e-3)
    moved = npv(compiled.freeze(stream, quantile=0.2))
    assert np.abs(moved - frozen).max() > 1e3, "it matters"


@pytest.mark.parametrize("kind", ["varied", "contracts"])
def test_the_deterministic_value_stands_at_the_means(kind: str) -> None:
    means = {path: SPREAD_MEANS[path] for path in (PLAIN | VARIED | AT_MEAN if kind == "varied" else CONTRACTS)}
    at_means = deterministic_value(made(text(**means)).plan).rnpv_usd
    assert deterministic_value(base(kind).plan).rnpv_usd == pytest.approx(at_means, abs=1e-3)


SPREAD_MEANS = {
    "tax_share": 0.25,
    "cogs_share": 0.2,
    "selling_share": 1 / 3,
    "growth_per_year": 0.01,
    "uptake.years_to_peak": 4.0,
    "payers.0.patient_share": 0.4,
    "payers.1.price_share": 0.6,
    "price_steps.0.factor": 0.8,
    "loss_of_exclusivity.retained_share": 0.65 / 3,
    "patients.prevalence.treated_over_years": 3.5,
    "access.free_goods_share": 0.1,
    "access.outcome_contract.refund_share": 0.6,
    "access.outcome_contract.non_response_share": 0.35,
    "access.instalments.kept_share_per_year": 0.8,
    "access.tariff.rate": 0.2,
    "access.tariff.customs_value_share": 0.25,
    "access.medicare_share": 0.45,
    "access.negotiated_cut_share": 0.35,
    "access.states.generic.price_factor": 0.7,
}


VARIED_MEANS = {path: SPREAD_MEANS[path] for path in VARIED}
BESIDE = ("cogs_share", "loss_of_exclusivity.retained_share")
"""The other inputs that are uncertain beside those of `VARIED`."""
STATED: dict[str, dict[str, Any]] = {
    "plain": VARIED_MEANS,
    "varied": {path: SPREAD_MEANS[path] for path in PLAIN if path not in BESIDE},
    "contracts": {"access.free_goods_share": None},
}
"""What each kind of file states; `plain` has the inputs that need several tables at their means."""


@pytest.mark.parametrize("kind", ["varied", "contracts"])
def test_another_engine_computes_the_workbook_at_the_means(kind: str) -> None:
    given = text(**STATED[kind])
    book = opened(given)
    book.model.evaluate()
    assert abs(book.rnpv_usd - deterministic_value(base(kind).plan).rnpv_usd) < 1


def test_a_programme_without_such_inputs_has_no_parts() -> None:
    assert not [market for market in made(text(**SPREAD_MEANS)).plan.markets if market.part_of]


def test_what_stands_at_its_mean_is_said() -> None:
    known = base("varied")
    told = {finding.path for finding in known.filled.findings if finding.code == "market.at_mean"}
    assert told == {f"markets.us.{path}" for path in AT_MEAN}
    assert not {draw.stream for market in known.plan.markets for draw in market.scale} & told
    assert {one.draw.stream for one in known.uncertain} == {f"markets.us.{path}" for path in VARIED}
    assert not base("plain").uncertain


def test_every_future_has_the_tables_of_the_values_that_it_draws() -> None:
    """What is left out of parts of parts is less than a hundredth of the spread."""
    known, compiled, stated = base("varied"), compile_plan(base("varied").plan), dict(STATED["varied"])
    for one, u in zip(known.uncertain, (0.9, 0.2, 0.9), strict=True):
        compiled = compiled.freeze(one.draw.stream, quantile=u)
        stated[one.draw.stream.removeprefix("markets.us.")] = float(one.drawn().distribution.quantile(u))
    frozen, other = npv(compiled), npv(compile_plan(made(text(**stated)).plan))
    assert np.sqrt(np.mean((frozen - other) ** 2)) < 1e-2 * np.std(other)
    assert np.std(frozen - npv(compile_plan(known.plan))) > 0.1 * np.std(other), "it matters"


def test_tables_are_taken_over_by_overlays_and_by_a_file_that_sells_alike() -> None:
    known = base("varied")
    np.testing.assert_array_equal(npv(compile_plan(known.plan)), npv(compile_plan(with_overlays(known, ()).plan)))
    other = made(text(**STATED["varied"]).replace("cost: 12 MUSD", "cost: 13 MUSD"))
    assert other.variants["us"] is known.variants["us"]


SOLD = """\
onepill: 1
programme: sold
as_of: 2025-01-06
asset: {name: sold, modality: small_molecule}
indication: {name: any, area: other}
capital: {horizon_years: 25}
markets:
  US:
    launched: 2024-11-01
    peak_share: 0.3
    months_on_treatment: 10
    net_price_per_month: 2_000 USD
    cogs_share: 0.2
    selling_share: 0.2
    tax_share: 0.2
    patients:
      incidence: 3_000
      prevalence: {patients: 4_000, treated_over_years: AT:patients.prevalence.treated_over_years}
    growth_per_year: AT:growth_per_year
    uptake: {years_to_peak: AT:uptake.years_to_peak}
"""


def sold(**stated: float) -> Assembled:
    found = SOLD
    for path, spread in VARIED.items():
        found = found.replace(f"AT:{path}", str(stated.get(path, spread)))
    return made(found)


def test_a_few_values_have_the_spread_of_all_of_them() -> None:
    """The twin makes tables anew for each of 128 points of a rank-one lattice: mean within 1 % of the spread, variance
    within 2 %."""
    known = sold()
    (market,) = [m for m in known.plan.markets if m.variants]
    (whole,) = [m for m in known.plan.markets if not m.part_of]
    scale = np.prod([draw.distribution.mean() * draw.factor for draw in whole.scale])
    probs = reduce(np.multiply.outer, [one.probs for one in known.uncertain]).ravel()
    values = scale * (whole.discounted.sum() + market.discounted.sum(axis=1))
    mean = probs @ values
    spread = np.sqrt(probs @ (values - mean) ** 2)
    laws = [one.draw.distribution for one in known.uncertain]
    names = [one.draw.stream.removeprefix("markets.us.") for one in known.uncertain]
    twin = []
    for i in range(128):
        u = ((i + 0.5) / 128, (i * 41 / 128 + 0.3) % 1, (i * 55 / 128 + 0.7) % 1)
        stated = {name: float(law.quantile(at)) for name, law, at in zip(names, laws, u, strict=True)}
        (one,) = sold(**stated).plan.markets
        twin.append(scale * one.discounted.sum())
    assert mean == pytest.approx(np.mean(twin), abs=0.01 * spread)
    assert spread**2 == pytest.approx(np.var(twin), rel=0.02)


@pytest.fixture(scope="module")
def passport() -> Row:
    found = operation("passport")
    asked = {"text": text(**STATED["varied"]), "file": "small.yaml", "draws": DRAWS, "seed": 1, "threads": 1}
    document: Row = found.ask(found.question.model_validate(asked))
    return document


def test_each_is_an_input_that_matters_and_has_a_source_of_its_own(passport: Row) -> None:
    moved = {row["path"] for row in passport["value"]["tornado"]}
    assert {f"markets.us.{path}" for path in ("cogs_share", "growth_per_year", "uptake.years_to_peak")} <= moved
    chain = {row["path"] for row in explain(passport, "value.by_market.us.rnpv_usd.mean")}
    assert {f"markets.us.{path}" for path in (*BESIDE, *VARIED)} <= chain


LICENCE = """\
onepill: 1
deal: small
structure: licence
title: a licence
signed_on: 2025-02-01
parties:
  owner: {role: licensor, name: the owner}
  partner: {role: licensee, name: a partner}
grants:
  america: {to: partner, territory: US}
terms:
  royalty: {kind: royalty, from: partner, to: owner, tiers: [{above: 0, rate: {value: 0.1, source: a contract}}]}
  profit: {kind: profit_share, from: partner, to: owner, share: {value: 0.2, source: a contract}}
"""


@pytest.mark.parametrize("kind", ["varied", "contracts"])
def test_a_royalty_is_its_rate_of_each_futures_sales_and_no_dollar_is_lost(kind: str) -> None:
    given = text(**STATED[kind])
    programme = {"text": given, "file": "small.yaml"}
    answer = valued({"text": LICENCE, "file": "deal.yaml"}, of=programme, draws=DRAWS)
    assert 0 <= answer["unexplained_usd"] < 1e-3
    found = operation("value")
    sold = found.ask(found.question.model_validate({**programme, "draws": DRAWS, "seed": 3, "threads": 1}))
    (market,) = sold["markets"]
    sales = {row["year"]: row["expected"]["net_sales_usd"]["mean"] for row in market["years"]}
    owner = next(row for row in answer["parties"] if row["id"] == "owner")
    (royalty,) = [flow for flow in owner["flows"] if flow["item"] == "royalty"]
    for year, usd in zip(answer["years"], royalty["usd"], strict=True):
        assert usd == pytest.approx(0.1 * sales.get(year, 0.0), abs=1)


@pytest.mark.parametrize(
    ("path", "typed", "code"),
    [
        ("growth_per_year", "{low: -0.6, high: 0.1}", "value.range"),
        ("uptake.years_to_peak", "{low: 0, high: 4}", "value.range"),
        ("uptake.years_to_peak", "{p10: 2, p90: 6}", "value.distribution"),
        ("loss_of_exclusivity.retained_share", "{low: 0.2, high: 1.4}", "value.share"),
        ("price_steps.0.factor", "{low: 0.9, high: 0.2}", "value.distribution"),
        ("payers.0.patient_share", "{low: 0.4, high: 0.9}", "payers.share"),
    ],
)
def test_a_distribution_out_of_its_range_is_refused(path: str, typed: str, code: str) -> None:
    given = HEAD + MARKET
    for other, spread in (PLAIN | VARIED | AT_MEAN).items():
        given = given.replace(f"AT:{other}", typed if other == path else spread)
    with pytest.raises(InputError) as refused:
        made(given)
    assert code in {finding.code for finding in refused.value.findings}
