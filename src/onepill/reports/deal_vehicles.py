"""The vehicle of each deal as its page shows it: shares by round, exits, funds side by side in their own money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from onepill.reports.catalogue import Catalogue
from onepill.reports.numerals import MINUS, musd, number, percent

View = dict[str, Any]
Row = Mapping[str, Any]
OUTSIDE = "outside"
NOTHING = "–"


def vehicle_view(deal: Row, words: Catalogue) -> View | None:
    """None where the deal has no vehicle."""
    found = deal["vehicle"]
    if found is None:
        return None
    names = {party["id"]: words.text(party["name"]) for party in deal["parties"]} | {OUTSIDE: words("deal.outsiders")}
    need = found["further_need"]
    return {
        "name": names[found["party"]],
        "rounds": [_round(row["round"], words) for row in found["cap_table"]],
        "holders": _holders(found, names),
        "exits": [_exit(row, words) for row in found["exits"]],
        "need": words("deal.further_need", prob=percent(need["prob"]), value=musd(need["mean_usd"], 2)),
        "funds": _funds(found, names, words),
        "money": [_money(row, names, words) for row in found["money"]],
    }


def _round(name: str | None, words: Catalogue) -> str:
    return words("deal.round_first") if name is None else name.replace("_", " ")


def _holders(found: Row, names: Mapping[str, str]) -> list[View]:
    steps = [*(row["shares"] for row in found["cap_table"]), found["mean_shares"]]
    holders = dict.fromkeys(holder for shares in steps for holder in shares)
    return [{"name": names[holder], "cells": [_share(shares.get(holder)) for shares in steps]} for holder in holders]


def _share(share: float | None) -> str:
    return NOTHING if share is None else percent(share, 1)


def _exit(row: Row, words: Catalogue) -> View:
    cells = [words(f"deal.exit_{row['kind']}"), musd(row["value_usd"], 2), percent(row["prob"])]
    return {"name": str(row["id"]).replace("_", " "), "cells": cells}


def _funds(found: Row, names: Mapping[str, str], words: Catalogue) -> View | None:
    """The funds as columns: their terms, what goes through their waterfalls, and what their partners end with."""
    funds: Sequence[Row] = found["funds"]
    if not funds:
        return None
    money = {row["party"]: row for row in found["money"]}
    terms = [
        (words("deal.fund_currency"), [fund["currency"] for fund in funds]),
        (words("deal.fund_fee"), [_fee(fund, words) for fund in funds]),
        (words("deal.fund_hurdle"), [percent(fund["hurdle_per_year"], 1) for fund in funds]),
        (words("deal.fund_catch_up"), [percent(fund["catch_up_share"]) for fund in funds]),
        (words("deal.fund_carry"), [percent(fund["carry_share"]) for fund in funds]),
    ]
    flows = [
        (words.text(steps[0]["label"]), [_amount(step, fund) for step, fund in zip(steps, funds, strict=True)])
        for steps in zip(*(fund["waterfall"] for fund in funds), strict=True)
    ]
    ends = [
        (words("deal.fund_multiple"), [_multiple(money.get(fund["partners"])) for fund in funds]),
        (words("deal.fund_irr"), [_rate(money.get(fund["partners"])) for fund in funds]),
        (words("deal.fund_short"), [_short(money.get(fund["partners"])) for fund in funds]),
    ]
    groups = (("terms", terms), ("flows", flows), ("ends", ends))
    return {
        "names": [names[fund["party"]] for fund in funds],
        "groups": [{"title": words(f"deal.fund_{name}"), "rows": rows} for name, rows in groups],
    }


def _fee(fund: Row, words: Catalogue) -> str:
    return words("deal.fund_fee_for", share=percent(fund["fee_share_per_year"], 1), years=number(fund["fee_years"]))


def _amount(step: Row, fund: Row) -> str:
    """In the fund's own money, dollars behind it where that is another."""
    dollars = f"{musd(step['usd'], 2)} MUSD"
    if fund["currency"] == "USD" or step["own_currency"] is None:
        return dollars
    return f"{musd(step['own_currency'], 2)} M{fund['currency']} ({dollars})"


def _multiple(row: Row | None) -> str:
    return NOTHING if row is None or row["multiple"] is None else f"{row['multiple']:.2f}"


def _rate(row: Row | None) -> str:
    return (
        NOTHING if row is None or row["irr_per_year"] is None else percent(row["irr_per_year"], 1).replace("-", MINUS)
    )


def _short(row: Row | None) -> str:
    return NOTHING if row is None else percent(row["prob_loss"])


def _money(row: Row, names: Mapping[str, str], words: Catalogue) -> View:
    spread = row["path_multiple"]
    told = NOTHING if spread is None else f"{spread['p5']:.2f} – {spread['p95']:.2f}"
    cells = [musd(row["paid_in_usd"], 2), musd(row["paid_out_usd"], 2), _multiple(row), told, _rate(row), _short(row)]
    remark = "" if row["holds"] == "shares" else words(f"deal.holds_{row['holds']}")
    return {"name": names[row["party"]], "remark": remark, "cells": cells}
