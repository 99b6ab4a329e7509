"""Every number that the answers about deals explain rests on something that is there."""

from __future__ import annotations

import json
from typing import Any

import pytest

from onepill.workbench.operations import operation
from onepill.workbench.results.derive import explain
from onepill.workbench.results.solve_explain import solve_provenance
from tests.workbench.passports import ROOT


def told(name: str, **fields: Any) -> dict[str, Any]:
    found, text = operation(name), (ROOT / "examples" / "tunlametinib.yaml").read_text(encoding="utf-8")
    question = found.remote_question.model_validate({"text": text, "draws": 100, **fields})
    answer: dict[str, Any] = json.loads(found.tell(question, None).text)
    return answer


def deal(name: str) -> dict[str, str]:
    return {"text": (ROOT / "examples" / "deals" / f"{name}.yaml").read_text(encoding="utf-8"), "file": f"{name}.yaml"}


@pytest.mark.parametrize("name", ["newco", "option"])
def test_every_flow_of_a_comparison_leads_to_what_the_files_say(name: str) -> None:
    answer = told("deal compare", deals=[deal(name)])
    value = answer["deals"][0]
    for party in value["parties"]:
        at = f"deals.{value['deal']}.parties.{party['id']}"
        for flow in party["flows"]:
            chain = explain(answer, f"{at}.flows.{flow['kind']}.{flow['item']}")
            assert chain[0]["value"] == sum(flow["usd"])
            assert {row["origin"] for row in chain} - {"derived"}, flow["item"]


def test_a_solved_term_leads_to_what_binds_and_to_the_views_of_both_sides() -> None:
    answer = told("deal solve", deal=deal("licence"), unknowns=["upfront_usd"], licensor_share=0.4)
    chain = explain(answer, "open_terms.upfront.amount_usd.value")
    assert (chain[0]["value"], chain[0]["note"]) == (answer["terms"]["upfront_usd"], "binding: licensor.share")
    paths = {row["path"] for row in chain}
    assert {"deals.licence_abroad.terms.upfront.amount", "before.partner.own_npv_usd.mean"} <= paths
    rows = solve_provenance(answer)
    assert {part for row in rows for part in row["from"]} <= {row["path"] for row in rows}
