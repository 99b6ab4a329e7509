"""What `deal value` tells of a vehicle, asked of the example NewCos."""

from __future__ import annotations

from typing import Any

import pytest

from onepill.cli.show_vehicle import show_vehicle
from onepill.workbench.operations import operation
from tests.workbench.passports import ROOT

Row = dict[str, Any]


def valued(name: str, *, changed: tuple[str, str] = ("", ""), draws: int = 4_000) -> Row:
    file, programme = ROOT / "examples" / "deals" / f"{name}.yaml", ROOT / "examples" / "tunlametinib.yaml"
    text = file.read_text(encoding="utf-8")
    assert changed[0] in text
    asked = {
        "text": programme.read_text(encoding="utf-8"),
        "file": programme.name,
        "deal": {"text": text.replace(*changed, 1), "file": file.name},
        "draws": draws,
        "seed": 3,
    }
    found = operation("deal value")
    answer: Row = found.ask(found.question.model_validate(asked))
    return answer


@pytest.fixture(scope="module")
def modified() -> Row:
    return valued("modified_newco")


def test_the_cap_table_starts_with_the_stakes_and_every_step_is_whole(modified):
    table = modified["vehicle"]["cap_table"]
    assert table[0] == {"round": None, "shares": {"licensor": 0.25, "founders": 0.75}}
    assert [row["round"] for row in table] == [None, "series_a"]
    for shares in (*(row["shares"] for row in table), modified["vehicle"]["mean_shares"]):
        assert sum(shares.values()) == pytest.approx(1, abs=1e-5)
    # Two halves of about 24 million at 20 million before; the quarter is protected until 48.
    assert table[1]["shares"]["licensor"] == pytest.approx(0.25, abs=1e-3)
    assert table[1]["shares"]["dollar_fund"] == pytest.approx(24 / 68, abs=2e-3)


def test_partners_get_what_the_fund_got_less_what_its_manager_has(modified):
    money = {row["party"]: row for row in modified["vehicle"]["money"]}
    assert [money[p]["holds"] for p in ("dollar_fund", "dollar_partners")] == ["fund", "partners"]
    manager = next(row for row in modified["parties"] if row["id"] == "dollar_manager")
    to_manager = sum(sum(flow["usd"]) for flow in manager["flows"])
    net = {
        name: money[name]["paid_out_usd"] - money[name]["paid_in_usd"] for name in ("dollar_fund", "dollar_partners")
    }
    assert net["dollar_fund"] - net["dollar_partners"] == pytest.approx(to_manager, abs=50)
    for row in money.values():
        assert row["multiple"] == pytest.approx(row["paid_out_usd"] / row["paid_in_usd"], abs=1e-5)
        assert row["dpi"][-1] == pytest.approx(row["multiple"], abs=1e-5)
        assert row["path_multiple"]["p5"] <= row["path_multiple"]["p50"] <= row["path_multiple"]["p95"]
    assert money["dollar_partners"]["multiple"] < money["dollar_fund"]["multiple"]


def test_each_funds_waterfall_is_told_in_its_own_money_and_adds_up(modified):
    funds = {row["id"]: row for row in modified["vehicle"]["funds"]}
    money = {row["party"]: row for row in modified["vehicle"]["money"]}
    assert [row["currency"] for row in funds.values()] == ["CNY", "USD"]
    for fund in funds.values():
        usd = {step["item"]: step["usd"] for step in fund["waterfall"]}
        partners = money[fund["partners"]]
        assert usd["draw"] == pytest.approx(money[fund["party"]]["paid_in_usd"], abs=2)
        assert usd["draw"] + usd["management_fee"] == pytest.approx(partners["paid_in_usd"], abs=50)
        assert usd["paid_out"] + usd["clawback"] == pytest.approx(partners["paid_out_usd"], abs=50)
        assert usd["paid_out"] + usd["carried_interest"] == pytest.approx(money[fund["party"]]["paid_out_usd"], abs=2)
        for step in fund["waterfall"]:
            assert step["own_currency"] == pytest.approx(step["usd"] * fund["per_usd"], abs=5)
    assert funds["dollar"]["per_usd"] == 1
    # The programme's own rate of the renminbi.
    assert funds["renminbi"]["per_usd"] == pytest.approx(7.2441)


def test_no_flow_is_lost_between_parties(modified):
    assert modified["unexplained_usd"] < 1


def test_a_higher_hurdle_costs_the_manager_and_nobody_else(modified):
    """The renminbi fund's stands first in the file."""
    lower = valued("modified_newco", changed=("hurdle_per_year: 0.08", "hurdle_per_year: 0.0"))
    worth = [{row["id"]: row["npv_usd"]["mean"] for row in answer["parties"]} for answer in (modified, lower)]
    changed = {name for name in worth[0] if worth[0][name] != worth[1][name]}
    assert changed <= {"renminbi_partners", "renminbi_manager"}
    assert worth[0]["renminbi_manager"] <= worth[1]["renminbi_manager"]


def test_a_given_price_is_taken_and_more_of_it_goes_to_the_holders(modified):
    given = valued("modified_newco", changed=("      kind: sale\n", "      kind: sale\n      value: 500 MUSD\n"))
    (leave,), (priced,) = (answer["vehicle"]["exits"] for answer in (given, modified))
    assert leave["value_usd"] == 500_000_000
    assert leave["prob"] == priced["prob"] > 0
    for name in ("licensor", "founders", "dollar_partners"):
        worth = [next(r for r in a["parties"] if r["id"] == name)["npv_usd"]["mean"] for a in (given, modified)]
        assert worth[0] > worth[1]
    dear, cheap = (answer["vehicle"]["stakes"][0]["cost_of_capital_per_year"] for answer in (given, modified))
    assert cheap is None or dear > cheap


def test_a_deal_without_a_vehicle_has_none(capsys):
    answer = valued("licence", draws=200)
    assert answer["vehicle"] is None
    show_vehicle(answer)
    assert not capsys.readouterr().out


def test_a_person_is_told_shares_exits_and_money(modified, capsys):
    show_vehicle(modified)
    told = capsys.readouterr().out
    for words in ("shares of its holders", "exit sale (sale)", "pay beyond the rounds", "Money put into it"):
        assert words in told
