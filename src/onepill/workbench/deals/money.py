"""Rows about a deal's vehicle: who owns it, how it ends, and how the money does that is put into it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from onepill.deals import FlowKey, Years
from onepill.deals.equity_measures import (
    MoneyMeasures,
    Spread,
    cap_table,
    cost_of_stake_capital,
    invested,
    money_measures,
    years_ahead,
)
from onepill.workbench.deals.words import VEHICLE

if TYPE_CHECKING:
    from onepill.model.deal_vehicle import FundTerms
    from onepill.workbench.deals.run import Valued
    from onepill.workbench.plan.assemble import Assembled

Row = dict[str, Any]
WATERFALL = ("draw", "management_fee", "paid_out", "carried_interest", "clawback")
"""What goes between a fund, its partners and its manager: the partners pay the first two, and the manager the last."""


def vehicle_section(valued: Valued, base: Assembled) -> Row | None:
    """The vehicle of a deal, None without one."""
    equity, money, deal = valued.ready.equity, valued.money, valued.posed.loaded.deal
    if equity is None or money is None or deal.vehicle is None:
        return None
    ahead = years_ahead(Years.of(base.plan), convention=base.filled.programme.capital.convention)
    exits = zip(deal.vehicle.exits.items(), valued.ready.exit_value_usd, money.exits, strict=True)
    rounds = [None, *(round_.id for round_ in equity.vehicle.rounds)]
    holders = dict.fromkeys(stake.holder for stake in equity.vehicle.stakes)
    return {
        "party": equity.vehicle.party,
        "cap_table": [
            {"round": name, "shares": _shares(shares)} for name, shares in zip(rounds, cap_table(equity), strict=True)
        ],
        "mean_shares": _shares(money.mean_share),
        "exits": [
            {"id": name, "kind": leave.kind, "value_usd": round(float(usd)), "prob": int(count) / money.paths}
            for (name, leave), usd, count in exits
        ],
        "further_need": {"prob": money.needed / money.paths, "mean_usd": round(money.needed_usd)},
        "funds": [_fund(id_, terms, valued, base) for id_, terms in deal.funds.items()],
        "money": [_money(money_measures(money, party, ahead), valued) for party in invested(equity)],
        "stakes": [
            {"party": name, "cost_of_capital_per_year": _rounded(cost_of_stake_capital(equity, money, name, ahead))}
            for name in holders
        ],
    }


def _fund(id_: str, terms: FundTerms, valued: Valued, base: Assembled) -> Row:
    """A fund's terms and what goes through its waterfall, expected and undiscounted, in dollars and its own money."""
    fund = next(each for each in valued.posed.structure.funds if each.party == terms.party)
    per_usd = _per_usd(fund.currency, valued, base)
    steps = []
    for item in WATERFALL:
        party = fund.partners if item in ("management_fee", "clawback") else fund.party
        usd = abs(float(np.sum(valued.outcome.flows_usd.get(FlowKey("vehicle", item, party), 0.0))))
        own = None if per_usd is None else round(usd * per_usd)
        steps.append({"item": item, "label": dict(VEHICLE[item]), "usd": round(usd), "own_currency": own})
    return {
        "id": id_,
        "party": fund.party,
        "partners": fund.partners,
        "manager": fund.manager,
        "currency": fund.currency,
        "per_usd": per_usd,
        "fee_share_per_year": fund.fee_share_per_year,
        "fee_years": fund.fee_years,
        "hurdle_per_year": fund.hurdle_per_year,
        "catch_up_share": fund.catch_up_share,
        "carry_share": fund.carry_share,
        "waterfall": steps,
    }


def _per_usd(currency: str, valued: Valued, base: Assembled) -> float | None:
    """Units of a currency for a dollar: the deal's rate, else the programme's, one throughout; None without one."""
    if currency == "USD":
        return 1.0
    books = (valued.posed.loaded.deal.exchange_rates, base.filled.programme.capital.exchange_rates)
    return next((book[currency].per_usd for book in books if currency in book), None)


def _money(found: MoneyMeasures, valued: Valued) -> Row:
    funds = valued.posed.structure.funds
    is_fund, behind = (found.party in group for group in ({f.party for f in funds}, {f.partners for f in funds}))
    return {
        "party": found.party,
        "holds": "fund" if is_fund else "partners" if behind else "shares",
        "paid_in_usd": round(found.paid_in_usd),
        "paid_out_usd": round(found.paid_out_usd),
        "multiple": _rounded(found.multiple),
        "irr_per_year": _rounded(found.irr_per_year),
        "dpi": [_rounded(float(each)) for each in found.dpi],
        "path_multiple": _spread(found.path_multiple),
        "path_irr_per_year": _spread(found.path_irr_per_year),
        "path_irr_defined_share": found.path_irr_defined_share,
        "prob_loss": found.prob_loss,
    }


def _shares(shares: dict[str, float]) -> dict[str, float]:
    return {party: round(share, 6) for party, share in _positive(shares.items())}


def _positive(items: Iterable[tuple[str, float]]) -> Iterable[tuple[str, float]]:
    return ((party, share) for party, share in items if share > 0)


def _spread(found: Spread | None) -> Row | None:
    return None if found is None else {name: _rounded(getattr(found, name)) for name in ("p5", "p50", "p95")}


def _rounded(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else round(value, 6)
