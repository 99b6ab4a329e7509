"""Deals at the command line: what a person reads, the contract's keys, the page, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.asking import Ask

ROOT = Path(__file__).resolve().parents[2]
PROGRAMME = str(ROOT / "examples" / "tunlametinib.yaml")
FOLDER = ROOT / "examples" / "deals"
LICENCE, ROYALTY = (str(FOLDER / f"{name}.yaml") for name in ("licence", "royalty_financing"))
FEW = ("--draws", "500", "--seed", "2")


def test_a_person_reads_each_party_its_flows_and_who_loses(ask: Ask) -> None:
    answer = ask("deal", "value", PROGRAMME, "--deal", LICENCE, *FEW)
    assert answer.code == 0
    for part in ("(owner)", "a partner abroad", "royalty", "may end early or fail", "deal.worse_off", "worst"):
        assert part in answer.out


def test_shares_are_told_by_name_with_what_they_come_from(ask: Ask) -> None:
    words = ("deal", "value", PROGRAMME, "--deal", LICENCE, *FEW)
    found, told = ask(*words, "--json").document, ask(*words).out
    for party in found["parties"]:
        share, own = found["shares"][party["id"]], party["own_npv_usd"]["mean"]
        assert f"{share:.0%}  {party['name']['en']}: {own / 1e6:,.2f}" in told
    owner = next(party for party in found["parties"] if party["is_owner"])
    assert f"keeps {owner['kept_usd'] / 1e6:,.2f}" in told


def test_a_person_reads_differences_and_the_frontier(ask: Ask) -> None:
    answer = ask("deal", "compare", PROGRAMME, "--deal", LICENCE, "--deal", ROYALTY, *FEW)
    assert answer.code == 0
    for part in (
        "from no deal",
        "from",
        "Frontier",
        "beaten by",
        "Licence outside China",
        "Synthetic royalty",
        "no deal",
    ):
        assert part in answer.out


def test_the_document_has_the_keys_of_the_contract(ask: Ask) -> None:
    found = ask("deal", "value", PROGRAMME, "--deal", LICENCE, *FEW, "--json").document
    assert found["parties"]
    for party in found["parties"]:
        assert {"mean", "standard_error", "p5", "p50", "p95"} <= set(party["npv_usd"])
        assert {"prob_loss", "months_to_first_cash", "flows"} <= set(party)
        assert party["npv_usd"]["prob_loss"] == party["prob_loss"]
    assert set(found["shares"]) == {party["id"] for party in found["parties"]}
    assert found["return_risk"] is not None
    both = ask("deal", "compare", PROGRAMME, "--deal", LICENCE, "--deal", ROYALTY, *FEW, "--json").document
    for deal in both["deals"]:
        assert {"parties", "shares", "return_risk", "differences"} <= set(deal)
        for row in (r for group in deal["differences"].values() for r in group.values()):
            assert "standard_error" in row


@pytest.mark.parametrize(("lang", "word"), [("en", "What each deal is worth"), ("zh", "每项交易对双方的价值")])
def test_compare_writes_the_page_and_its_document(ask: Ask, tmp_path: Path, lang: str, word: str) -> None:
    out = tmp_path / "deals"
    answer = ask("deal", "compare", PROGRAMME, "--deal", LICENCE, *FEW, "--out", str(out), "--lang", lang)
    assert answer.code == 0
    assert sorted(file.name for file in out.iterdir()) == ["deals.html", "deals.json"]
    assert word in (out / "deals.html").read_text(encoding="utf-8")
    assert json.loads((out / "deals.json").read_text(encoding="utf-8"))["deals"][0]["deal"] == "licence_abroad"


def test_a_missing_terms_file_is_named(ask: Ask) -> None:
    answer = ask("deal", "value", PROGRAMME, "--deal", "nowhere.yaml", "--json")
    assert answer.code == 2
    assert [row["code"] for row in answer.document["findings"]] == ["file.missing"]


@pytest.mark.parametrize("command", ["value", "compare"])
def test_a_question_without_a_deal_is_refused(ask: Ask, command: str) -> None:
    answer = ask("deal", command, PROGRAMME, "--json")
    assert answer.code == 2
    (found,) = answer.document["findings"]
    assert (found["code"], found["message"].partition(":")[0]) == ("option.value", "--deal")


def test_check_tells_a_deals_mistakes_beside_the_programmes_and_ends_as_bad_input_does(
    ask: Ask, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.yaml"
    text = Path(LICENCE).read_text(encoding="utf-8").replace("on: filings.US:approved", "on: filings.US:aproved")
    bad.write_text(text, encoding="utf-8")
    answer = ask("check", PROGRAMME, "--deal", str(bad), "--deal", ROYALTY, "--json")
    assert answer.code == 2
    (found,) = [row for row in answer.document["findings"] if row["severity"] == "error"]
    line = text[: text.index("aproved")].count("\n") + 1
    assert (found["code"], found["file"], found["line"]) == ("deal.event", str(bad), line)
    assert ask("check", PROGRAMME, "--deal", ROYALTY).code == 0


def test_the_schema_of_a_terms_file_knows_its_kinds(ask: Ask) -> None:
    schema = ask("schema", "--of", "deal").document
    assert schema["title"] == "onepill deal"
    assert "RoyaltyTerm" in schema["$defs"]
    assert ask("schema").document["title"] == "onepill programme"
