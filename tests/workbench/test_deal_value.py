"""What a deal brings each party: the programme's own value without one, nothing lost, every term with its source."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest

from onepill.core.documents import read_document
from onepill.core.errors import InputError
from onepill.model import load_programme
from onepill.model.deal_load import load_deal
from onepill.model.deal_terms import PaymentTerm, SalesMilestoneTerm
from onepill.sim.arrays import BLOCK_PATHS
from onepill.workbench.deals.ready import STRETCH_PATHS, paths_cut
from onepill.workbench.operations import operation
from tests.workbench.deals import EXAMPLES, compared, deal_text, example, party, programme, valued
from tests.workbench.passports import ROOT

Row = dict[str, Any]
STRUCTURES = {
    *("licence", "option", "co_development", "newco", "modified_newco"),
    *("royalty_financing", "asset_purchase", "acquisition"),
}
SMALLEST_USD = 1e-3
"""Sums of thousands of flows of tens of millions of dollars in float64 end near 1e-8; this is far above."""
NOTHING = """\
onepill: 1
deal: nothing
structure: licence
title: nothing
signed_on: 2024-12-01
parties:
  owner: {role: licensor, name: the owner, discount_rate_per_year: RATE}
  partner: {role: licensee, name: a partner}
grants:
  none: {to: partner}
"""
LICENCE = """\
onepill: 1
deal: small
structure: licence
title: {en: A small licence, zh: 一项小许可}
signed_on: 2024-12-01
parties:
  owner: {role: licensor, name: the owner}
  partner: {role: licensee, name: a partner}
grants:
  america: {to: partner, territory: US, pays: [phase_3, filings]}
terms:
  upfront: {kind: upfront, from: partner, to: owner, amount: 30 MUSD, assumption: a round number}
  royalty: {kind: royalty, from: partner, to: owner, tiers: [{above: 0, rate: {value: 0.1, source: a contract}}]}
"""


def made(text: str) -> dict[str, str]:
    return {"text": text, "file": "deal.yaml"}


@pytest.fixture(scope="module")
def minimal() -> dict[str, str]:
    return deal_text(ROOT / "examples" / "minimal.yaml")


@pytest.fixture(scope="module")
def examples() -> dict[str, Row]:
    return {name: valued(example(name)) for name in EXAMPLES}


def test_there_is_an_example_of_every_structure(examples: dict[str, Row]) -> None:
    assert {row["structure"] for row in examples.values()} == STRUCTURES == set(EXAMPLES)


@pytest.mark.parametrize("name", sorted(STRUCTURES))
def test_each_example_is_sound_and_every_number_in_it_is_sourced_or_assumed(
    name: str, examples: dict[str, Row]
) -> None:
    loaded = load_deal(example(name)["text"], load_programme(programme()["text"]).programme)
    assert loaded.findings == ()
    rows = [row for row in examples[name]["inputs"] if row["path"].startswith("deals.")]
    assert rows
    bare = [r["path"] for r in rows if r["origin"] == "user" and not r["source"] and not r["note"]]
    assert [path for path in bare if not path.endswith("signed_on")] == []


@pytest.mark.parametrize("name", sorted(STRUCTURES))
def test_no_dollar_of_an_example_is_lost_or_made(name: str, examples: dict[str, Row]) -> None:
    assert 0 <= examples[name]["unexplained_usd"] < SMALLEST_USD


@pytest.mark.parametrize("name", sorted(STRUCTURES))
def test_at_a_rate_of_nothing_each_party_is_worth_the_sum_of_its_flows(name: str) -> None:
    data = read_document(example(name)["text"]).data
    for given in data["parties"].values():
        given["discount_rate_per_year"] = 0
    for row in valued(made(json.dumps(data)))["parties"]:
        flows = [usd for flow in row["flows"] for usd in flow["usd"]]
        # Each year of each item is rounded to whole dollars, and items below half a dollar are left out.
        assert row["npv_usd"]["mean"] == pytest.approx(sum(flows), abs=2 + 0.5 * max(len(flows), 1))


@pytest.mark.parametrize("convention", ["end_year", "mid_year"])
def test_without_terms_the_owner_has_what_the_passport_says(minimal: dict[str, str], convention: str) -> None:
    text = f"{minimal['text']}capital: {{convention: {convention}}}\n"
    passport = operation("passport")
    found = passport.ask(passport.question.model_validate({"text": text, "draws": 2_000, "seed": 3}))
    rate = next(row for row in found["provenance"] if row["path"] == "capital.discount_rate_per_year")["value"]
    answer = valued(made(NOTHING.replace("RATE", str(rate))), of=made(text))
    rnpv = found["value"]["rnpv_usd"]
    owner = party(answer, "owner")
    # Both are rounded to whole dollars.
    assert owner["npv_usd"]["mean"] == pytest.approx(rnpv["mean"], abs=1)
    assert answer["programme_npv_usd"]["mean"] == pytest.approx(rnpv["mean"], abs=1)
    assert owner["npv_usd"]["p5"] == pytest.approx(rnpv["p5"], abs=1)
    assert owner["without_usd"]["mean"] == owner["npv_usd"]["mean"]
    assert owner["gain_usd"] == {"mean": 0, "standard_error": 0}
    nothing = {"mean": 0, "standard_error": 0, "p5": 0, "p50": 0, "p95": 0, "prob_loss": 0}
    assert party(answer, "partner")["npv_usd"] == nothing


def test_a_dollar_at_the_signing_is_worth_its_discount_factor(minimal: dict[str, str]) -> None:
    """Signed in the plan's first year, at mid-year a payment is not discounted: 30 million stay 30 million."""
    without, answer = (valued(made(text), of=minimal) for text in (LICENCE.replace("30 MUSD", "0 USD"), LICENCE))
    for name, sign in (("owner", 1), ("partner", -1)):
        moved = party(answer, name)["npv_usd"]["mean"] - party(without, name)["npv_usd"]["mean"]
        assert moved == pytest.approx(sign * 30e6, abs=1)
    assert party(answer, "owner")["months_to_first_cash"] == 0
    assert party(answer, "owner")["first_cash"]["prob"] == 1


def test_a_royalty_is_its_rate_of_the_sales_that_the_partner_has(minimal: dict[str, str]) -> None:
    """Operating profit is a fixed share of sales, so a flat royalty is a fixed share of it in every year."""
    answer = valued(made(LICENCE), of=minimal)
    flows = {(f["kind"], f["item"]): np.array(f["usd"], dtype=float) for f in party(answer, "partner")["flows"]}
    royalty, profit = -flows["leg", "royalty"], flows["profit", "us"]
    kept = {row["path"]: row["value"] for row in _passport_inputs(minimal)}
    margin = 1 - kept["markets.us.cogs_share"] - kept["markets.us.selling_share"]
    sold = profit > 1e5
    assert sold.sum() > 5
    np.testing.assert_allclose(royalty[sold], 0.1 * profit[sold] / margin, rtol=1e-4)


def _passport_inputs(text: dict[str, str]) -> list[Row]:
    found = operation("passport")
    rows: list[Row] = found.ask(found.question.model_validate({**text, "draws": 200}))["provenance"]
    return rows


def test_shares_of_a_positive_value_sum_to_one(minimal: dict[str, str]) -> None:
    dear = {**minimal, "text": minimal["text"].replace("10_000 USD", "60_000 USD")}
    answer = valued(made(LICENCE), of=dear)
    assert answer["shared_usd"] > 0
    assert sum(answer["shares"].values()) == pytest.approx(1, abs=1e-5)
    owner = party(answer, "owner")
    brought = owner["own_npv_usd"]["mean"] - owner["kept_usd"]
    assert answer["shares"]["owner"] == pytest.approx(brought / answer["shared_usd"], abs=1e-5)


def test_shares_of_no_value_are_left_open_with_a_note(minimal: dict[str, str]) -> None:
    answer = valued(made(NOTHING.replace("RATE", "0.1")), of=minimal)
    assert set(answer["shares"].values()) == {None}
    assert "deal.no_value" in [finding["code"] for finding in answer["findings"]]


def test_conduits_are_not_counted_again(examples: dict[str, Row]) -> None:
    answer = examples["modified_newco"]
    passing = {row["id"] for row in answer["parties"] if row["passes_on"]}
    assert passing == {"newco", "renminbi_fund", "dollar_fund"}
    counted = sum(row["npv_usd"]["mean"] for row in answer["parties"] if not row["passes_on"])
    assert answer["total_usd"] == pytest.approx(counted, abs=len(answer["parties"]))


def test_a_term_has_its_own_source_or_that_of_its_part(minimal: dict[str, str]) -> None:
    rows = {row["path"]: row for row in valued(made(LICENCE), of=minimal)["inputs"]}
    upfront, rate = rows["deals.small.terms.upfront.amount"], rows["deals.small.terms.royalty.tiers.0.rate"]
    assert (upfront["origin"], upfront["note"]) == ("assumption", "a round number")
    assert (rate["source"]["title"], rate["source_grade"]) == ("a contract", "secondary")
    assert rows["deals.small.parties.owner.discount_rate_per_year"]["from"] == ["capital.discount_rate_per_year"]


def test_the_programme_what_is_believed_and_how_it_may_end_are_among_the_inputs() -> None:
    rows = {row["path"]: row for row in valued(example("licence"))["inputs"]}
    own = {path: row for path, row in rows.items() if ".believes." in path}
    assert "capital.discount_rate_per_year" in rows
    assert any(path.startswith("markets.us.") for path in rows)
    assert any(path.startswith("deals.licence_abroad.termination.") for path in rows)
    head = "deals.licence_abroad.parties.partner.believes."
    exclusivity = "markets.us.loss_of_exclusivity.exclusivity_years"
    assert (rows[exclusivity]["value"], own[head + exclusivity]["value"]) == (5, 7)
    assert own
    assert all(path.startswith(head) for path in own)
    for path, row in own.items():
        common = rows.get(path.removeprefix(head))
        assert common is None or common | {"path": path} != row
        assert set(row["from"]) <= set(rows)


def test_an_option_counts_its_holders_share_in_the_vehicle() -> None:
    """A payment into the company brings its shareholders something though no term pays them anything."""
    decision = "options:\n  call: {holder: founders, on: signing}\n\nterms:\n"
    called = (
        "  called: {kind: upfront, from: licensor, to: newco, amount: 60 MUSD, on: option.call, assumption: a test}\n"
    )
    text = example("newco")["text"].replace("\nterms:\n", f"\n{decision}{called}", 1)
    backwards = text.replace("from: licensor, to: newco, amount: 60", "from: newco, to: licensor, amount: 60")
    paid = {
        name: [row for row in party(valued(made(terms)), "licensor")["flows"] if row["item"] == "called"]
        for name, terms in (("into", text), ("out", backwards))
    }
    assert paid["into"]
    assert not paid["out"]


def test_scenarios_of_the_programme_change_what_a_deal_is_worth() -> None:
    plain, listed = (valued(example("licence"), scenarios=names) for names in ([], ["expedited_us"]))
    assert plain["programme_npv_usd"]["mean"] != listed["programme_npv_usd"]["mean"]
    assert listed["scenarios"] == ["expedited_us"]


def test_the_same_question_has_the_same_answer_on_one_thread_and_on_two() -> None:
    assert valued(example("newco"), threads=1) == valued(example("newco"), threads=2)


def test_kailera_2024_three_totals_add_up_to_6035_million_dollars(minimal: dict[str, str]) -> None:
    """Morgan Lewis, 2024-10-10: 110 upfront and near-term, 200 development and regulatory, 5,725 sales."""
    text = (ROOT / "tests" / "workbench" / "kailera.yaml").read_text(encoding="utf-8")
    loaded = load_deal(text, load_programme(minimal["text"]).programme)
    assert loaded.findings == ()
    paid = [t for t in loaded.deal.terms.values() if isinstance(t, PaymentTerm | SalesMilestoneTerm)]
    assert [term.amount.number / 1e6 for term in paid] == [110, 200, 5725]
    assert sum(term.amount.number for term in paid) == 6_035e6
    assert loaded.deal.vehicle is not None
    assert loaded.deal.vehicle.stakes["hengrui"].share.number == 0.199
    assert valued(made(text), of=minimal)["unexplained_usd"] < SMALLEST_USD


def test_findings_of_all_terms_files_are_told_together() -> None:
    bad = [made(re.sub("MUSD", "MEUX", example(name)["text"], count=1)) for name in ("licence", "acquisition")]
    with pytest.raises(InputError) as caught:
        compared(*({**text, "file": f"{i}.yaml"} for i, text in enumerate(bad)))
    assert {finding.file for finding in caught.value.findings} == {"0.yaml", "1.yaml"}


def test_two_deals_of_one_id_are_told_apart_by_an_error() -> None:
    with pytest.raises(InputError) as caught:
        compared(example("licence"), {**example("licence"), "file": "copy.yaml"})
    assert caught.value.findings[0].code == "deal.id_repeated"


@pytest.mark.parametrize("draws", [1, 512, 513, 10_000, 65_536, 65_537, 100_000, 1_000_000])
def test_paths_are_cut_into_an_even_number_of_stretches_that_cores_share(draws: int) -> None:
    cuts = paths_cut(draws)
    ends = [first + count for first, count in cuts]
    assert [first for first, _ in cuts] == [0, *ends[:-1]]
    assert ends[-1] == draws
    sizes = [count for _, count in cuts]
    assert max(sizes) <= STRETCH_PATHS
    assert max(sizes) - min(sizes) <= BLOCK_PATHS * len(sizes)
    assert len(sizes) % 2 == 0 or draws <= BLOCK_PATHS
